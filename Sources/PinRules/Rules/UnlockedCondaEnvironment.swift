import EnvironmentInventory

/// A conda environment that is solved at build time.
package enum UnlockedCondaEnvironment: PinRule {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "unlocked-conda-environment",
        summary: "An environment is created from a file that is not a lock.",
        why: "The solver takes what is newest on the day of the build, for the dependencies of the packages too.",
        help:
            "Render an explicit file with hashes (conda-lock, micromamba env export --explicit) and install that; pixi install --locked.",
        bad: [
            .init("FROM ghcr.io/prefix-dev/pixi:0.30.0\nRUN pixi «install»\n"),
            .init(
                context: ["environment.yml": "dependencies:\n  - python==3.11.9\n"],
                "FROM continuumio/miniconda3:24.5.0-0\nCOPY environment.yml .\nRUN conda env create -f «environment.yml»\n"
            ),
        ],
        good: [
            .init("FROM ghcr.io/prefix-dev/pixi:0.30.0\nRUN pixi install --locked\n")
        ])

    /// Floating is an error whatever is required.
    package static func judge(_ pin: Pin, require: PinStrength) -> PinJudgement? {
        guard pin.kind == .condaEnvironment else { return nil }
        switch pin.strength {
        case .floating:
            return PinJudgement(
                .error, "\(pin.title) floats: \(pin.reason ?? "it is solved at build time")")
        default: return nil
        }
    }
}
