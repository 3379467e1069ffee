import EnvironmentInventory

/// Markdown for a pull request's comment: tables, folded when they are long, within what a comment holds.
package enum MarkdownDifferenceReport: DifferenceReportFormat {
    /// `markdown`.
    package static let name = "markdown"

    /// A heading that sums up, then one row a package.
    package static func render(_ report: DifferenceReport, style: TerminalStyle) -> String {
        let difference = report.difference
        let code = MarkdownText.code
        var output = "### Pinproof diff: \(report.opening)\(report.summary)\n\n"
        output += "Left \(code(report.left)), right \(code(report.right))\n"
        for fact in difference.facts {
            output += "\n**\(MarkdownText.cell(fact.name))** differs: \(code(fact.left)) → \(code(fact.right))\n"
        }
        var room = MarkdownText.maximumCommentSize - output.utf8.count
        output += MarkdownText.table(
            "package", ["", "Package", "Left", "Right"],
            difference.changes.map {
                [
                    $0.kind.rawValue, "\($0.ecosystem.rawValue) \(code($0.label))", code($0.cell($0.left)),
                    code($0.cell($0.right)),
                ]
            }, room: &room)
        if let image = report.image {
            output += MarkdownText.table(
                "setting", ["", "Setting", "Left", "Right"],
                image.configuration.map {
                    [$0.kind.rawValue, code($0.title), code($0.left ?? ""), code($0.right ?? "")]
                }, room: &room)
            output += MarkdownText.table(
                "file", ["", "File", "Left", "Right"],
                image.files.lazy.map {
                    [
                        $0.kind.rawValue, code($0.path) + ($0.owner.map { " of \(code($0))" } ?? ""),
                        code($0.cell($0.left)), code($0.cell($0.right)),
                    ]
                }, room: &room)
        }
        output += MarkdownText.table(
            "library", ["Library", "Left", "Right"],
            (report.libraries ?? []).map { [code($0.name), code($0.cell($0.left)), code($0.cell($0.right))] },
            room: &room)
        output += MarkdownText.table(
            "input or output change", ["", "Input or output", "Left", "Right"],
            (report.contractChanges ?? []).map { change in
                [
                    change.breaksCallers ? "breaks callers" : "passes", code(change.title), code(change.previous ?? ""),
                    code(change.now ?? ""),
                ]
            }, room: &room)
        output += MarkdownText.table(
            "gap", ["Gap", "File", "Entry", "Reason"],
            report.gaps.named("left", "right").map { side, gap in
                [side, code(gap.position), code(gap.subject), MarkdownText.cell(gap.reason)]
            }, room: &room)
        return output
    }
}
