import EnvironmentInventory
import SourceDocuments

/// The report of `diff` about data and a baseline, in the formats that `diff` has.
package enum DriftReport {
    /// Returns the report in the format of a name; nil when it is not one of `text`, `json`, `markdown` and `html`.
    package static func render(_ drift: DataDrift, format: String, style: TerminalStyle) -> String? {
        switch format {
        case TextDifferenceReport.name: text(drift, style)
        case JSONDifferenceReport.name: json(drift).document()
        case MarkdownDifferenceReport.name: markdown(drift)
        case HTMLDifferenceReport.name: html(drift)
        default: nil
        }
    }

    /// The document of `pinproof/drift/1`.
    package static func json(_ drift: DataDrift) -> JSONValue {
        .members([
            "schema": .string("pinproof/drift/1"), "baseline": .string(drift.baseline), "data": .string(drift.data),
            "rows": .members(["baseline": .optional(drift.baselineRows), "data": .optional(drift.dataRows)]),
            "thresholds": .array(
                drift.thresholds.map {
                    .members(["measure": .string($0.measure.rawValue), "value": .number($0.value)])
                }),
            "columns": .array(
                drift.columns.map {
                    .members([
                        "column": .string($0.column), "psi": .number($0.psi),
                        "jensenShannon": .number($0.jensenShannon),
                        "lInfinity": .number($0.lInfinity), "above": .boolean($0.above),
                    ])
                }),
            "problems": .array(
                drift.problems.map {
                    .members([
                        "column": .string($0.column), "problem": .string($0.kind.rawValue),
                        "message": .string($0.message),
                    ])
                }),
            "summary": .members([
                "columns": .integer(drift.columns.count), "above": .integer(drift.columns.count(where: \.above)),
                "problems": .integer(drift.problems.count),
            ]),
        ])
    }

    // MARK: Words

    private static func bounds(_ drift: DataDrift) -> String {
        drift.thresholds.map { "\($0.measure.rawValue)=\(number($0.value))" }.joined(separator: ", ")
    }

    private static func summary(_ drift: DataDrift) -> String {
        let above = drift.columns.count(where: \.above)
        return "\(above) of \(plural(drift.columns.count, "column")) above \(bounds(drift))"
            + (drift.problems.isEmpty ? "" : "; \(plural(drift.problems.count, "remark"))")
    }

    private static func rows(_ rows: Int?) -> String { rows.map { plural($0, "row") } ?? "an unknown number of rows" }

    /// A number with four places behind the point, and a bound as short as it can be.
    private static func places(_ value: Double) -> String {
        let scaled = (value * 10_000).rounded()
        guard scaled < 1e15, let whole = Int(exactly: scaled) else { return value.description }
        let rest = String(whole % 10_000)
        return "\(whole / 10_000)." + String(repeating: "0", count: 4 - rest.count) + rest
    }

    private static func number(_ value: Double) -> String {
        Int(exactly: value).map(String.init) ?? value.description
    }

    // MARK: Text

    private static func text(_ drift: DataDrift, _ style: TerminalStyle) -> String {
        var lines = [
            "baseline  \(shown(drift.baseline))  \(rows(drift.baselineRows))",
            "data      \(shown(drift.data))  \(rows(drift.dataRows))", "",
        ]
        let width = min(drift.columns.map { shown($0.column).count }.max() ?? 0, 40)
        for column in drift.columns {
            let name = shown(column.column)
            let mark = column.above ? style.red("above ") : "      "
            lines.append(
                mark + name + String(repeating: " ", count: max(width - name.count, 0)) + "  psi \(places(column.psi))"
                    + "  js \(places(column.jensenShannon))  linf \(places(column.lInfinity))")
        }
        if !drift.problems.isEmpty { lines.append("") }
        for problem in drift.problems {
            let kind =
                problem.kind.isDifference ? style.red(problem.kind.rawValue) : style.yellow(problem.kind.rawValue)
            lines.append("\(kind)  \(shown(problem.column)): \(shown(problem.message))")
        }
        lines += ["", summary(drift)]
        return lines.joined(separator: "\n") + "\n"
    }

    // MARK: Markdown

    private static func markdown(_ drift: DataDrift) -> String {
        let code = MarkdownText.code
        var output = "### Pinproof drift: \(summary(drift))\n\n"
        output += "Baseline \(code(drift.baseline)) (\(rows(drift.baselineRows))), "
        output += "data \(code(drift.data)) (\(rows(drift.dataRows)))\n"
        var room = MarkdownText.maximumCommentSize - output.utf8.count
        output += MarkdownText.table(
            "column", ["", "Column", "PSI", "Jensen-Shannon", "L-infinity"],
            drift.columns.map {
                [
                    $0.above ? "**above**" : "", code($0.column), places($0.psi), places($0.jensenShannon),
                    places($0.lInfinity),
                ]
            }, room: &room)
        output += MarkdownText.table(
            "remark", ["Remark", "Column", "What"],
            drift.problems.map { [$0.kind.rawValue, code($0.column), MarkdownText.cell($0.message)] }, room: &room)
        return output
    }

    // MARK: HTML

    private static func html(_ drift: DataDrift) -> String {
        func code(_ text: String) -> String { "<code>\(HTMLPage.text(text))</code>" }
        let measured = drift.columns.map { column in
            HTMLPage.Row(
                kind: column.above ? "changed" : "same",
                cells: [
                    "<span class=\"tag\">\(column.above ? "above" : "below")</span>", code(column.column),
                    places(column.psi), places(column.jensenShannon), places(column.lInfinity),
                ], section: "Columns")
        }
        let remarks = drift.problems.map { problem in
            HTMLPage.Row(
                kind: "gap",
                cells: [
                    "<span class=\"tag\">\(problem.kind.rawValue)</span>", code(problem.column),
                    HTMLPage.text(problem.message), "", "",
                ], section: "Remarks")
        }
        let above = drift.columns.count(where: \.above)
        return HTMLPage(
            title: "Pinproof drift",
            headline: (
                drift.differs ? "changed" : drift.isDecided ? "same" : "not-provable", HTMLPage.text(summary(drift))
            ),
            subjects: [("Baseline", drift.baseline, []), ("Data", drift.data, [])],
            overview: "<p>\(rows(drift.baselineRows)) in the baseline, \(rows(drift.dataRows)) in the data.</p>\n",
            columns: ["", "Column", "PSI", "Jensen-Shannon", "L-infinity"],
            kinds: [
                .init(name: "changed", count: above), .init(name: "same", count: drift.columns.count - above),
                .init(name: "gap", count: drift.problems.count),
            ], rows: measured + remarks, closing: ""
        ).render()
    }
}
