import EnvironmentInventory

/// An R package without one version.
package enum FloatingRPackage: PinRule {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "floating-r-package",
        summary:
            "install.packages, remotes, pak or renv installs a package without a version, and no snapshot is named.",
        why: "CRAN serves only the newest version of each package.",
        help:
            "remotes::install_version(\"x\", version = \"1.2.3\"), a dated snapshot repository, or renv::restore() with renv.lock.",
        bad: [
            .init("FROM r-base:4.4.1\nRUN R -e «'install.packages(\"xgboost\")'»\n")
        ],
        good: [
            .init("FROM r-base:4.4.1\nRUN Rscript -e 'remotes::install_version(\"xgboost\", version = \"1.7.7.1\")'\n")
        ])

    /// Floating is an error whatever is required.
    package static func judge(_ pin: Pin, require: PinStrength) -> PinJudgement? {
        guard pin.kind == .rPackage else { return nil }
        switch pin.strength {
        case .floating:
            return PinJudgement(.error, "\(pin.title) floats: \(pin.reason ?? "it has no version")")
        default: return nil
        }
    }
}
