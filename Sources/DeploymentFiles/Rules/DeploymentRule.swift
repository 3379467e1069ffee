import EnvironmentInventory
import SourceDocuments

/// A rule about the files of a deployment.
package protocol DeploymentRule: Sendable {
    /// The name, the documentation and the examples.
    static var rule: Rule { get }
    /// How bad its findings are.
    static var severity: Severity { get }
    /// The question that its findings belong to.
    static var question: PreflightResult.Question { get }

    /// Returns what it finds.
    static func findings(in situation: DeploymentSituation) -> [Finding]
}

extension DeploymentRule {
    /// Creates a finding of the rule.
    static func finding(_ message: String, file: String, range: SourceRange?, subject: String? = nil) -> Finding {
        Finding(
            rule: rule.name, severity: severity, file: file, range: range, message: message, help: rule.help,
            subject: subject)
    }
}

/// The rules about the files of a deployment.
package enum DeploymentRules {
    /// All of them, in the order of the documentation.
    package static let all: [any DeploymentRule.Type] = [
        NoRevisionHistory.self, FloatingRollbackImage.self, AliasWithoutVersion.self, AliasOfAnotherModel.self,
        ColdRollback.self, NoOutputAlert.self, DeadReference.self, AlertWithoutRunbook.self,
        AlertWithoutSeverity.self, NoOwner.self, NoOnCall.self, PlaceholderOwner.self, NoRunbook.self,
        ContradictingOwners.self,
    ]

    /// Returns the findings of one question.
    package static func findings(
        of question: PreflightResult.Question, in situation: DeploymentSituation
    ) -> [Finding] {
        all.filter { $0.question == question }.flatMap { $0.findings(in: situation) }
    }
}
