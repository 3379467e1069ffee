import EnvironmentInventory

/// A conda package without one exact version.
package enum FloatingCondaPackage: PinRule {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "floating-conda-package",
        summary: "conda, mamba, micromamba or pixi installs a package without one exact version.",
        why: "A single = matches every version with that prefix, and a channel gets new builds every day.",
        help:
            "Name version and build, name=1.2.3=build, or better install from an @EXPLICIT file with hashes (conda-lock).",
        bad: [
            .init("FROM continuumio/miniconda3:24.5.0-0\nRUN conda install -y «numpy» «scipy=1.13» pandas==2.2.2\n")
        ],
        good: [
            .init("FROM continuumio/miniconda3:24.5.0-0\nRUN conda install -y numpy=1.26.4=py311h64a7726_0\n")
        ])

    /// Floating is an error whatever is required, exact is one at `hashed`.
    package static func judge(_ pin: Pin, require: PinStrength) -> PinJudgement? {
        guard pin.kind == .condaPackage else { return nil }
        switch pin.strength {
        case .floating:
            return PinJudgement(.error, "\(pin.title) floats: \(pin.reason ?? "it has no version")")
        case .exact where require == .hashed:
            return PinJudgement(.error, "\(pin.title) has a version but no hash")
        case .exact:
            // `name=1.2.3`: accepted, and said.
            return pin.reason.map { PinJudgement(.note, "\(pin.title) is taken as one version: \($0)") }
        default: return nil
        }
    }
}
