import ContentHashing
import EnvironmentInventory
import SourceDocuments

/// What an attestation of `preflight` says of the five questions (docs/attestation.md).
package struct PreflightAttestation: Sendable, Hashable {
    /// One question with its answer.
    package struct Answer: Sendable, Hashable {
        /// The question.
        package let question: PreflightResult.Question
        /// The answer.
        package let answer: PreflightResult.Answer
        /// Whether it decided about the verdict.
        package let isRequired: Bool
    }

    /// The verdict over the questions that were required.
    package let verdict: PreflightResult.Verdict
    /// The digest of the model's files without its declaration, its baseline and a signature.
    package let payloadDigest: String
    /// The five answers.
    package let answers: [Answer]
}

extension AttestationReport {
    /// Takes what a statement of `preflight` says: all that it decides on has to be in it.
    mutating func readPreflight(_ statement: SignedStatement) throws(InputError) {
        guard let predicate = statement.predicate.table,
            let verdict = predicate["verdict"]?.string.flatMap(PreflightResult.Verdict.init(rawValue:)),
            let model = predicate["model"]?.table, let tree = model["treeDigest"]?.string,
            let payload = model["payloadDigest"]?.string.flatMap({ Digest($0) }), let image = predicate["image"]?.table,
            let answers = Self.answers(predicate), let verification = predicate["verification"]?.table,
            let environment = verification["verdict"]?.string.flatMap(Verdict.init(rawValue:)),
            let required = verification["required"]?.string.flatMap(Evidence.init(rawValue:))
        else {
            throw InputError(
                "\(file)!payload: the predicate has no verdict, model, image, verification or five answers")
        }
        let preflight = PreflightAttestation(verdict: verdict, payloadDigest: payload.description, answers: answers)
        self.preflight = preflight
        self.verdict = environment
        self.required = required
        self.model = tree
        version = predicate["verifier"]?.table?["version"]?.string
        manifest = image["manifest"]?.string
        config = image["config"]?.string
        if image["onlyImageOfIndex"]?.text == "true" { index = image["index"]?.string }
        isStrict = verification["strict"]?.text == "true"
        scope = verification["scope"]?.string.flatMap(Verification.Scope.init(rawValue:)) ?? .named
        take(statement.subjects)
        contradictions(of: preflight, environment)
    }

    /// The answers, each question once; nil where one is not there or not known.
    private static func answers(_ predicate: DocumentTable) -> [PreflightAttestation.Answer]? {
        guard let items = predicate["questions"]?.array, let names = predicate["required"]?.array else { return nil }
        let required = names.compactMap { $0.string.flatMap(PreflightResult.Question.init(rawValue:)) }
        var answers: [PreflightAttestation.Answer] = []
        for item in items {
            guard let question = item.table?["question"]?.string.flatMap(PreflightResult.Question.init(rawValue:)),
                let answer = item.table?["answer"]?.string.flatMap(PreflightResult.Answer.init(rawValue:))
            else { return nil }
            answers.append(.init(question: question, answer: answer, isRequired: required.contains(question)))
        }
        let isWhole = answers.map(\.question) == PreflightResult.Question.allCases
        return isWhole && required.count == names.count && !required.isEmpty ? answers : nil
    }

    /// A verdict that its own answers do not bear is worth nothing.
    private mutating func contradictions(of preflight: PreflightAttestation, _ environment: Verdict) {
        guard preflight.verdict == .ready else { return }
        for answer in preflight.answers where answer.isRequired && answer.answer != .answered {
            problems.append("the verdict is ready, and \(answer.question.rawValue) is \(answer.answer.rawValue)")
        }
        let isRequired = preflight.answers.contains { $0.question == .environment && $0.isRequired }
        if isRequired, environment != .match {
            problems.append("the verdict is ready, and that of the verification is \(environment.rawValue)")
        }
    }

    /// Refuses a verdict that was made without a question that is demanded.
    mutating func demand(answersTo questions: [PreflightResult.Question]) {
        for answer in preflight?.answers ?? [] where questions.contains(answer.question) && !answer.isRequired {
            problems.append("the verdict was made without the question \(answer.question.rawValue)")
        }
    }
}
