import EnvironmentInventory
import SourceDocuments

/// The payload of `preflight --attest`: an in-toto statement whose subjects are those of `verify --attest`, and whose
/// predicate has the five answers.
///
/// It contains no time and no path of this machine, so that the same files give the same bytes.
package enum PreflightStatement {
    /// The statement's bytes, which are the payload of an envelope.
    package static func text(
        _ result: PreflightResult, subjects: [VerificationStatement.Subject], isStrict: Bool
    ) -> String {
        VerificationStatement.text(
            type: PreflightResult.predicateType, subjects: subjects, predicate: predicate(result, isStrict: isStrict))
    }

    private static func predicate(_ result: PreflightResult, isStrict: Bool) -> JSONValue {
        let verification = result.verification
        return .members([
            "verifier": .members(["name": .string("pinproof"), "version": .string(pinproofVersion)]),
            "verdict": .string(result.verdict.rawValue),
            "required": .strings(result.required.map(\.rawValue)),
            "model": .members([
                "format": .string(result.model.format), "treeDigest": .string(result.model.treeDigest.description),
                "payloadDigest": .string(result.model.payloadDigest.description),
            ]),
            "image": verification.identity.image?.json ?? .null,
            "previous": result.previous.map(previous) ?? .null,
            "questions": .array(result.questions.map(question)),
            "verification": .members([
                "verdict": .string(verification.verdict.rawValue),
                "required": .string(verification.required.rawValue),
                "strict": .boolean(isStrict),
                "scope": .string(verification.scope.rawValue),
                "summary": VerificationStatement.summary(verification),
            ]),
        ])
    }

    private static func previous(_ previous: PreflightResult.Previous) -> JSONValue {
        .members([
            "treeDigest": .optional(previous.model?.treeDigest.description),
            "verdict": .optional(previous.verification?.verdict.rawValue),
        ])
    }

    private static func question(_ answer: PreflightResult.QuestionAnswer) -> JSONValue {
        let findings: [JSONValue] = answer.findings.map { finding in
            .members(["rule": .string(finding.rule), "severity": .string(finding.severity.rawValue)])
        }
        return .members([
            "question": .string(answer.question.rawValue),
            "answer": .string(answer.answer.rawValue),
            "findings": .array(findings),
            "waivers": .strings(answer.evidence.filter { $0.kind == "waiver" }.map(\.value)),
        ])
    }
}
