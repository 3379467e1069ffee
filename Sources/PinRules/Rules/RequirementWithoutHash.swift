import EnvironmentInventory

/// A line of a requirements file with a version but without a hash, where hashes are required.
package enum RequirementWithoutHash: PinRule {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "requirement-without-hash",
        summary: "A requirements or environment file pins a version but no hash, and --require hashed asks for hashes.",
        why: "A version names a release, not bytes: files can be added to it, and an index can be asked or forged.",
        help: "Compile the file with hashes: uv pip compile --generate-hashes.",
        bad: [.init(file: "requirements.txt", require: .hashed, "«numpy==1.26.4»\n")],
        good: [
            .init(
                file: "requirements.txt", require: .hashed,
                "numpy==1.26.4 \\\n    --hash=\(PythonPackageWithoutHash.exampleDigest)\n"),
            .init(file: "requirements.txt", "numpy==1.26.4\n"),
        ])

    /// What is said of a package of a lock that names files with a hash and others.
    static let partlyHashed = "has files without a hash"

    /// Exact is an error at `hashed`.
    package static func judge(_ pin: Pin, require: PinStrength) -> PinJudgement? {
        guard pin.kind == .requirement, pin.strength == .exact, require == .hashed else { return nil }
        let what = pin.reason == partlyHashed ? partlyHashed : "has a version but no hash"
        return PinJudgement(.error, "\(pin.subject) \(what)")
    }
}
