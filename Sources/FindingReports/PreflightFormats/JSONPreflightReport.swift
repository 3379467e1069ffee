import EnvironmentInventory
import SourceDocuments

/// The five answers for programs, `pinproof/preflight/1`; its keys are documented in docs/json.md.
package enum JSONPreflightReport: PreflightReportFormat {
    /// `json`.
    package static let name = "json"

    /// The whole report as one JSON object; every key is always there.
    package static func render(_ result: PreflightResult, style: TerminalStyle) -> String {
        let findings = result.findings
        let probes: [JSONValue.Member] = [ValueOutcome.accepted, .rejected, .error, .silent, .unknown].map { outcome in
            .init(outcome.rawValue, .integer(result.probes.count { $0.outcome == outcome }))
        }
        let identity: JSONValue = result.verification.identity.image?.json ?? .null
        let summary: JSONValue = .members([
            "answered": .integer(result.questions.count { $0.answer == .answered }),
            "notAnswered": .integer(result.questions.count { $0.answer == .notAnswered }),
            "wrong": .integer(result.questions.count { $0.answer == .wrong }),
            "errors": .integer(findings.count { $0.severity == .error }),
            "warnings": .integer(findings.count { $0.severity == .warning }),
            "notes": .integer(findings.count { $0.severity == .note }),
        ])
        let report: JSONValue = .members([
            "schema": .string("pinproof/preflight/1"),
            "verdict": .string(result.verdict.rawValue),
            "required": .strings(result.required.map(\.rawValue)),
            "model": result.model.json,
            "image": .members(["identity": identity]),
            "previous": result.previous.map(\.json) ?? .null,
            "questions": .array(result.questions.map(\.json)),
            "contract": result.contract?.json ?? .null,
            "changes": .array(result.changes.map(\.json)),
            "probes": .object(probes),
            "requests": result.requests.map(\.json) ?? .null,
            "verification": JSONVerificationReport.value(result.verification),
            "findings": .array(findings.map(\.json)),
            "summary": summary,
        ])
        return report.document()
    }
}

extension PreflightResult.ModelIdentity {
    /// The identity as `preflight` writes it.
    var json: JSONValue {
        .members([
            "format": .string(format), "name": .string(name), "treeDigest": .string(treeDigest.description),
            "payloadDigest": .string(payloadDigest.description),
        ])
    }
}

extension PreflightResult.Previous {
    /// The previous deployment as `preflight` writes it.
    var json: JSONValue {
        .members([
            "model": model?.json ?? .null, "image": .optional(image),
            "verdict": .optional(verification?.verdict.rawValue),
        ])
    }
}

extension PreflightResult.QuestionAnswer {
    /// The answer as `preflight` writes it.
    var json: JSONValue {
        var seen: Set<String> = []
        return .members([
            "question": .string(question.rawValue),
            "answer": .string(answer.rawValue),
            "evidence": .array(
                evidence.map {
                    .members([
                        "kind": .string($0.kind), "value": .string($0.value), "strength": .string($0.strength),
                        "file": .optional($0.file), "line": .optional($0.line),
                    ])
                }),
            "findings": .strings(findings.map(\.rule).filter { seen.insert($0).inserted }),
        ])
    }
}

extension PreflightResult.Requests {
    /// The rows as `preflight` writes them.
    var json: JSONValue {
        .members([
            "rows": .integer(rows), "valid": .integer(valid),
            "invalid": .array(
                invalid.map {
                    .members([
                        "row": .integer($0.row), "column": .optional($0.column), "rule": .string($0.rule),
                    ])
                }),
        ])
    }
}
