import EnvironmentInventory

/// Values for the reports of `preflight`.
enum PreflightSamples {
    private static func identity(_ name: String) -> PreflightResult.ModelIdentity? {
        guard let tree = VerificationSamples.digest("1"), let payload = VerificationSamples.digest("2") else {
            return nil
        }
        return .init(format: "mlflow", name: name, treeDigest: tree, payloadDigest: payload)
    }

    /// Five answers, of which the last has what the caller says.
    static func result(
        verdict: PreflightResult.Verdict = .notReady, name: String = "churn",
        change: (inout PreflightResult) -> Void = { _ in }
    ) -> PreflightResult? {
        guard let identity = identity(name) else { return nil }
        let verification = VerificationSamples.described(
            VerificationSamples.verification([
                VerificationSamples.row("numpy", "1.0", "1.0", .match, evidence: .locked)
            ]), name: name)
        var answers: [PreflightResult.QuestionAnswer] = []
        for question in PreflightResult.Question.allCases {
            var answer = PreflightResult.QuestionAnswer(
                question: question, answer: question == .monitoring ? .notAnswered : .answered,
                summary: "the summary of \(question.rawValue)")
            if question == .monitoring {
                answer.remedy = "pinproof profile predictions.csv --of MODEL -o baseline.json"
                answer.findings = [
                    Finding(
                        rule: "no-output-baseline", severity: .error, file: "preflight.toml", range: nil,
                        message: "no baseline of prediction", help: "write one", ecosystem: .model,
                        subject: "prediction")
                ]
            }
            answer.evidence = [
                .init(kind: "owner", value: "group:risk-ml", strength: "claimed", file: "preflight.toml", line: 3)
            ]
            answers.append(answer)
        }
        var result = PreflightResult(
            verdict: verdict, required: PreflightResult.Question.allCases, model: identity, questions: answers,
            verification: verification)
        change(&result)
        return result
    }

    /// Texts that a hostile model might have in its names.
    static let hostile = [
        "<script>alert(1)</script>", "a|b", "`x`", "@here", "line\nbreak", "</style><b>", "[x](javascript:alert(1))",
        "\u{202E}evil", "\u{1B}[2J", "&amp;", "\" onload=\"x",
    ]

    /// A result of which every text is hostile.
    static func hostileResult() -> PreflightResult? {
        let all = hostile.joined(separator: " ")
        return result(name: "churn") { result in
            result.questions = result.questions.map { answer in
                var answer = answer
                answer.summary = all
                answer.remedy = all
                answer.evidence = [.init(kind: all, value: all, strength: all, file: all, line: 1)]
                answer.findings = hostile.map { text in
                    Finding(
                        rule: "no-owner", severity: .error, file: text, range: nil, message: text, help: text,
                        ecosystem: .model, subject: text)
                }
                return answer
            }
            var contract = InputContract()
            for (index, text) in hostile.enumerated() {
                var input = ContractInput(name: text, position: index)
                input.categories = .init(values: hostile.map { .text($0) }, isOpen: false)
                contract.inputs.append(input)
            }
            contract.library = .init(name: all, training: all)
            result.contract = contract
            result.changes = hostile.map {
                ContractChange(column: $0, kind: $0, previous: $0, now: $0, breaksCallers: true, breaksRollback: true)
            }
            result.probes = hostile.map {
                ContractProbe(
                    column: .name($0), kind: .unseen, value: .text($0), outcome: .silent, why: $0, version: nil)
            }
        }
    }
}
