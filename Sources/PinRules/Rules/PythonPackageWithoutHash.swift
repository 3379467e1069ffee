import EnvironmentInventory

/// A Python package with a version but without a hash, where hashes are required.
package enum PythonPackageWithoutHash: PinRule {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "python-package-without-hash",
        summary: "A command installs a Python package by version only, and --require hashed asks for hashes.",
        why: "A version names a release, not bytes: files can be added to it, and an index can be asked or forged.",
        help:
            "Install from a requirements file with hashes: pip install --require-hashes -r FILE (pinproof freeze writes it).",
        bad: [.init(require: .hashed, "FROM python:3.11.9@\(exampleDigest)\nRUN pip install «scikit-learn==1.5.2»\n")],
        good: [.init("FROM python:3.11.9\nRUN pip install scikit-learn==1.5.2\n")])

    static let exampleDigest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

    /// Exact is an error at `hashed`.
    package static func judge(_ pin: Pin, require: PinStrength) -> PinJudgement? {
        guard pin.kind == .pythonPackage, pin.strength == .exact, require == .hashed else {
            return nil
        }
        let what = pin.reason.map { "has no hash: \($0)" } ?? "has a version but no hash"
        return PinJudgement(.error, "\(pin.title) \(what)")
    }
}
