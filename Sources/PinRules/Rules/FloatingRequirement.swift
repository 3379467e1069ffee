import EnvironmentInventory

/// A line of a requirements or environment file without one exact version.
package enum FloatingRequirement: PinRule {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "floating-requirement",
        summary: "A requirements or environment file names a package without one exact version.",
        why: "Whoever installs from the file gets the newest version of that day.",
        help: "Compile the file: uv pip compile --generate-hashes, or pip-compile --generate-hashes.",
        bad: [
            .init(file: "requirements.txt", "«numpy>=1.26»\npandas==2.2.2\n«scipy»\n"),
            .init(file: "requirements.txt", "«flask==3.*»\n"),
        ],
        good: [.init(file: "requirements.txt", "numpy==1.26.4\n")])

    /// Floating is an error whatever is required.
    package static func judge(_ pin: Pin, require: PinStrength) -> PinJudgement? {
        if pin.kind == .requirement, pin.ecosystem == .conda, pin.strength == .exact, require == .exact,
            let reason = pin.reason
        {
            return PinJudgement(.note, "\(pin.subject) is taken as one version: \(reason)")
        }
        guard pin.kind == .requirement, pin.strength == .floating else { return nil }
        return PinJudgement(
            .error, "\(pin.subject) floats: \(pin.reason ?? "it has no version")",
            help: pin.ecosystem == .conda
                ? "Lock the file: conda-lock, pixi lock, or conda list --explicit --sha256." : nil)
    }
}
