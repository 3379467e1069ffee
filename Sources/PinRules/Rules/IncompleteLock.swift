import EnvironmentInventory

/// A lock that lacks a dependency.
package enum IncompleteLock: PinRule {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "incomplete-lock",
        summary: "A package of the lock depends on one that the lock does not hold.",
        why: "The installer resolves the missing package on its own, unpinned.",
        help: "Lock again with all dependencies.",
        bad: [.init(file: "uv.lock", lock(dependency: "«{ name = \"joblib\" }»"))],
        good: [.init(file: "uv.lock", lock(dependency: "{ name = \"numpy\" }"))])

    private static func lock(dependency: String) -> String {
        """
        version = 1
        revision = 3
        requires-python = ">=3.11"

        [[package]]
        name = "model"
        version = "0.1.0"
        source = { virtual = "." }
        dependencies = [
            { name = "numpy" },
            \(dependency),
        ]

        [[package]]
        name = "numpy"
        version = "1.26.4"
        source = { registry = "https://index.example/simple" }
        wheels = [
            { url = "https://index.example/numpy-1.26.4-cp311-cp311-manylinux_2_17_x86_64.whl", hash = "\(PythonPackageWithoutHash.exampleDigest)" },
        ]

        """
    }
}
