import DeploymentFiles
import EnvironmentInventory
import InputContracts
import SourceDocuments

/// A rule of `preflight` itself: one file in `Rules/`, one line in the list.
protocol PreflightRule: Sendable {
    /// The rule's documentation.
    static var rule: Rule { get }
    /// The question that its findings belong to.
    static var question: PreflightResult.Question { get }
    /// How bad a finding is.
    static var severity: Severity { get }
    /// The answer that a finding of this rule leads to; nil if the question stays answered.
    static var effect: PreflightResult.Answer? { get }
}

extension PreflightRule {
    /// Makes a finding.
    static func finding(
        _ message: String, file: String, range: SourceRange? = nil, subject: String? = nil, help: String? = nil
    ) -> Finding {
        Finding(
            rule: rule.name, severity: severity, file: file, range: range, message: message, help: help ?? rule.help,
            ecosystem: .model, subject: subject)
    }
}

/// The rules of `preflight`: its own, those about inputs and those about the files of a deployment.
package enum PreflightRules {
    /// Its own, in the order of the documentation.
    static let all: [any PreflightRule.Type] = [
        NamesLost.self, BreakingNull.self, SilentUnseenCategory.self, UntestedRange.self,
        OutcomeChangesWithVersion.self, NoPreviousModel.self, PreviousNotServable.self, RollbackBreaksCallers.self,
        NoOutputBaseline.self, BaselineOfAnotherModel.self, UnboundBaseline.self, IncompleteBaseline.self,
        UnreadBaseline.self, ExpiredWaiver.self,
    ]

    /// The documentation of every rule, those of the rooms below among them, by question.
    package static let rules: [Rule] = {
        let known = InputRules.all + DeploymentRules.all.map { $0.rule } + all.map { $0.rule }
        var seen: Set<String> = []
        let unique = known.filter { seen.insert($0.name).inserted }
        return PreflightResult.Question.allCases.flatMap { question in
            unique.filter { PreflightRules.question(of: $0.name) == question && $0.name != ExpiredWaiver.rule.name }
        } + [ExpiredWaiver.rule]
    }()

    /// The names of the types, which are those of their files.
    package static var typeNames: [String] { all.map { "\($0)" }.sorted() }

    /// The effect of a rule's finding on an answer.
    struct Judgement {
        let question: PreflightResult.Question
        let effect: PreflightResult.Answer?
    }

    private static let judgements: [String: Judgement] = {
        var table: [String: Judgement] = [:]
        for (rule, effect) in inputEffects { table[rule] = Judgement(question: .input, effect: effect) }
        for type in DeploymentRules.all {
            let known = deploymentEffects.first { $0.0 == type.rule.name }
            table[type.rule.name] = Judgement(question: type.question, effect: known == nil ? .wrong : known?.1)
        }
        for type in all { table[type.rule.name] = Judgement(question: type.question, effect: type.effect) }
        return table
    }()

    /// The effects of the rules about the contract.
    private static let inputEffects: [(String, PreflightResult.Answer?)] = [
        (NoInputContract.rule.name, .notAnswered), (ContradictingContract.rule.name, .wrong),
        (DuplicateColumn.rule.name, .wrong), (UselessColumn.rule.name, nil), (SilentCoercion.rule.name, nil),
        (UnenforcedContract.rule.name, .notAnswered), (BreakingInputChange.rule.name, .wrong),
        (BreakingOutputChange.rule.name, .wrong), (InvalidRequest.rule.name, .wrong),
    ]

    /// The effects of the rules about a deployment, unless they are `wrong`.
    private static let deploymentEffects: [(String, PreflightResult.Answer?)] = [
        (ColdRollback.rule.name, nil), (NoOutputAlert.rule.name, .notAnswered),
        (AlertWithoutRunbook.rule.name, .notAnswered), (AlertWithoutSeverity.rule.name, .notAnswered),
        (NoOwner.rule.name, .notAnswered), (NoOnCall.rule.name, .notAnswered), (NoRunbook.rule.name, .notAnswered),
    ]

    /// Returns the effect of a finding on an answer; nil for a rule of another command.
    static func judgement(of name: String) -> Judgement? { judgements[name] }

    /// The question that a rule belongs to; a rule of `verify` belongs to the environment.
    static func question(of name: String) -> PreflightResult.Question { judgements[name]?.question ?? .environment }
}
