import EnvironmentInventory
import SourceDocuments

/// The report for programs, `pinproof/check/1`; its keys are documented in docs/json.md.
package enum JSONReport: CheckReportFormat {
    /// `json`.
    package static let name = "json"

    /// The whole report as one JSON object.
    package static func render(_ result: CheckResult, style: TerminalStyle) -> String {
        var members: [JSONValue.Member] = [
            .init("schema", .string("pinproof/check/1")),
            .init("require", .string(result.require.rawValue)),
            .init("findings", .array(result.findings.map(\.json))),
            .init(
                "files",
                .array(
                    result.files.map {
                        .members([
                            "path": .string($0.path), "kind": .string($0.kind), "context": .optional($0.context),
                        ])
                    })),
            .init(
                "summary",
                .members([
                    "files": .integer(result.files.count),
                    "errors": .integer(result.count(.error)),
                    "warnings": .integer(result.count(.warning)),
                    "notes": .integer(result.count(.note)),
                    "unread": .integer(result.unread),
                    "fixable": .integer(result.fixable),
                    "suppressed": .integer(result.suppressed),
                ])),
        ]
        if style.showsStatistics {
            members.append(
                .init("statistics", .object(result.countsByRule.map { .init($0.rule, .integer($0.count)) })))
        }
        return JSONValue.object(members).document()
    }
}

extension Finding {
    /// The finding as the JSON of `check` and `verify` holds it.
    package var json: JSONValue {
        let range = shownRange
        return .members([
            "rule": .string(rule),
            "severity": .string(severity.rawValue),
            "file": .string(file),
            "line": .integer(range.start.line),
            "column": .integer(range.start.column),
            "endLine": .integer(range.end.line),
            "endColumn": .integer(range.end.column),
            "message": .string(message),
            "help": .optional(help),
            "ecosystem": .optional(ecosystem?.rawValue),
            "subject": .optional(subject),
            "strength": .optional(strength?.rawValue),
            "usedBy": .array(
                usedBy.map { .members(["file": .string($0.file), "line": .optional($0.line)]) }),
        ])
    }
}
