import EnvironmentInventory
import SourceDocuments

/// The fleet for programs, `pinproof/fleet-report/1`.
package enum JSONFleetReport: FleetReportFormat {
    /// `json`.
    package static let name = "json"

    /// The whole report as one JSON object.
    package static func render(_ report: FleetReport, style: TerminalStyle) -> String {
        JSONValue.members([
            "schema": .string("pinproof/fleet-report/1"),
            "verdict": .string(report.verdict.rawValue),
            "summary": .object(FleetReport.words.map { .init($0, .integer(report.count($0))) }),
            "pairs": .array(
                report.rows.map { row in
                    .members([
                        "pair": .string(row.pair), "name": .string(row.name), "model": .string(row.model),
                        "image": .string(row.image), "pinned": .string(row.pinned),
                        "verdict": .optional(row.verdict?.rawValue), "reasons": .strings(row.reasons),
                        "sameModels": .strings(row.sameModels), "sameImages": .strings(row.sameImages),
                    ])
                }),
            "notes": .strings(report.notes),
            "problems": .strings(report.problems),
        ]).document()
    }
}
