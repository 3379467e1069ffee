import EnvironmentInventory

/// A rule of `check`: one file in `Rules/`, one line in ``PinRules``.
package protocol PinRule: Sendable {
    /// The name, the reasons and the examples.
    static var rule: Rule { get }
    /// What the rule says of one pin; nil when it is silent.
    static func judge(_ pin: Pin, require: PinStrength) -> PinJudgement?
}

extension PinRule {
    /// Rules about a whole file look at no single pin.
    package static func judge(_ pin: Pin, require: PinStrength) -> PinJudgement? { nil }
}

/// What a rule says of a pin.
package struct PinJudgement: Sendable {
    /// How bad it is.
    package let severity: Severity
    /// What is wrong, one sentence without a full stop.
    package let message: String
    /// How to fix it; nil for the rule's own help.
    package let help: String?

    /// Makes a judgement.
    package init(_ severity: Severity, _ message: String, help: String? = nil) {
        self.severity = severity
        self.message = message
        self.help = help
    }
}

/// The list of all rules of `check`.
package enum PinRules {
    /// Every rule, in the order of the documentation.
    package static let all: [any PinRule.Type] = [
        FloatingImage.self,
        ImageWithoutDigest.self,
        OverridableDigest.self,
        FloatingAptPackage.self,
        FloatingApkPackage.self,
        FloatingRpmPackage.self,
        FloatingPythonPackage.self,
        PythonPackageWithoutHash.self,
        UnlockedPythonProject.self,
        FloatingCondaPackage.self,
        UnlockedCondaEnvironment.self,
        FloatingNpmPackage.self,
        FloatingGem.self,
        FloatingGoModule.self,
        FloatingCargoCrate.self,
        FloatingRPackage.self,
        UnverifiedDownload.self,
        FloatingGitCheckout.self,
        FloatingModelDownload.self,
        FloatingAction.self,
        FloatingTool.self,
        FloatingRequirement.self,
        RequirementWithoutHash.self,
        WeakHash.self,
        StaleLock.self,
        IncompleteLock.self,
        ConflictingPins.self,
        ExtraIndex.self,
        UnreadCommand.self,
        UnresolvedVariable.self,
        UnreadableFile.self,
    ]

    /// The rule with a name, or nil.
    package static func named(_ name: String) -> (any PinRule.Type)? { all.first { $0.rule.name == name } }

    /// What all rules say of pins.
    ///
    /// - Parameter help: what to do in the files of one format; nil for what the rules say.
    static func findings(_ pins: [Pin], require: PinStrength, help: String? = nil) -> [Finding] {
        pins.flatMap { pin in
            all.compactMap { rule -> Finding? in
                guard let judgement = rule.judge(pin, require: require) else { return nil }
                return Finding(
                    rule: rule.rule.name, severity: judgement.severity, file: pin.file, range: pin.range,
                    message: judgement.message, help: help ?? judgement.help ?? rule.rule.help,
                    ecosystem: pin.ecosystem, subject: pin.subject, strength: pin.strength,
                    usedBy: pin.usedBy)
            }
        }
    }
}
