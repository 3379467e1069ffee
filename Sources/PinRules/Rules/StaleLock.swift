import EnvironmentInventory

/// A lock that does not fit its project.
package enum StaleLock: PinRule {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "stale-lock",
        summary: "The lock does not satisfy what the project declares.",
        why: "What is installed is not what the project says, and the next tool that is run changes it.",
        help: "Lock again: uv lock, poetry lock, pdm lock, pipenv lock.",
        bad: [
            .init(
                file: "poetry.lock",
                context: [
                    "pyproject.toml":
                        "[tool.poetry]\nname = \"x\"\n[tool.poetry.dependencies]\npython = \"^3.11\"\nsix = \"^1.17\"\n"
                ],
                lock(
                    "«[[package]]\nname = \"six\"\nversion = \"1.15.0\"\nfiles = [{file = \"six.whl\", hash = \"\(PythonPackageWithoutHash.exampleDigest)\"}]»"
                ))
        ],
        good: [
            .init(
                file: "poetry.lock",
                context: [
                    "pyproject.toml":
                        "[tool.poetry]\nname = \"x\"\n[tool.poetry.dependencies]\npython = \"^3.11\"\nsix = \"^1.16\"\n"
                ],
                lock(
                    "[[package]]\nname = \"six\"\nversion = \"1.17.0\"\nfiles = [{file = \"six.whl\", hash = \"\(PythonPackageWithoutHash.exampleDigest)\"}]"
                ))
        ])

    private static func lock(_ package: String) -> String {
        """
        \(package)

        [metadata]
        lock-version = "2.1"
        python-versions = "^3.11"
        content-hash = "1e05e51b7bd3564094866f63aa2f99a3b2aa110ba24c8e6c2ec6a77e3c8537a2"

        """
    }
}
