import EnvironmentInventory

/// What loading the model needs and the training side does not name.
struct UnnamedNeeds {
    /// An error each kind, or a note where only the named packages are asked about.
    let findings: [Finding]
    /// How many packages and modules there are.
    let count: Int

    init(
        needed: NeededPackages, training: TrainingSide, serving: ServingSide, scope: Verification.Scope
    ) {
        let severity: Severity = scope == .closed ? .error : .note
        let unnamed = needed.unnamed(by: training.environment)
        var findings: [Finding] = []
        if !needed.unprovided.isEmpty {
            let names = EnvironmentVerifier.listed(needed.unprovided)
            findings.append(
                EnvironmentVerifier.finding(
                    EnvironmentVerifier.missingModule, severity, in: serving.name,
                    "the model imports \(names), which no package of the serving side provides",
                    help: EnvironmentVerifier.missingModule.help))
        }
        if !unnamed.isEmpty {
            // What the model itself imports comes first.
            let ordered = unnamed.filter { needed.direct.contains($0) } + unnamed.filter { !needed.direct.contains($0) }
            findings.append(
                EnvironmentVerifier.finding(
                    EnvironmentVerifier.unnamedPackage, severity, in: training.name,
                    "loading the model needs \(EnvironmentVerifier.listed(ordered)), "
                        + "whose version training does not record", help: EnvironmentVerifier.unnamedPackage.help))
        }
        self.findings = findings
        count = needed.unprovided.count + unnamed.count
    }
}
