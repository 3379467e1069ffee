/// The report for a person at a terminal, in the manner of a compiler: what, where, why, how to mend.
public enum TextReport: CheckReportFormat {
    /// `text`.
    public static let name = "text"

    /// Each finding with its line of the file, then one line that sums up.
    public static func render(_ result: CheckResult, style: TerminalStyle) -> String {
        var output = ""
        for finding in result.findings {
            let place = finding.range.map { ":\($0.start.line):\($0.start.column)" } ?? ""
            output += style.bold(shown(finding.file) + place + ":")
            output += " \(style.severity(finding.severity)): \(shown(finding.message)) "
            output += style.faint("[\(finding.rule)]") + "\n"
            if let range = finding.range, let text = result.texts[finding.file] {
                output += excerpt(text, range, style)
            }
            if let help = finding.help { output += "  \(style.bold("help:")) \(shown(help))\n" }
            output += "\n"
        }
        return output + summary(result, style) + "\n"
    }

    private static func excerpt(_ text: SourceText, _ range: SourceRange, _ style: TerminalStyle) -> String {
        guard let offsets = text.offsets(ofLine: range.start.line), offsets.count <= 400 else { return "" }
        var line = text.string(offsets)
        if line.unicodeScalars.last == "\r" { line.unicodeScalars.removeLast() }
        let number = String(range.start.line)
        let margin = String(repeating: " ", count: number.count)
        let before = text.string(
            offsets.lowerBound..<min(offsets.upperBound, offsets.lowerBound + range.start.column - 1))
        // Tabs are kept as tabs, so that the mark stands below what it marks.
        let indentation = String(String.UnicodeScalarView(before.unicodeScalars.map { $0 == "\t" ? "\t" : " " }))
        let end = range.end.line == range.start.line ? range.end.column : offsets.count + 1
        let width = max(1, min(end, offsets.count + 1) - range.start.column)
        let mark = "^" + String(repeating: "~", count: width - 1)
        return " \(style.faint(number + " |")) \(shown(line))\n"
            + " \(style.faint(margin + " |")) \(indentation)\(style.green(mark))\n"
    }

    private static func summary(_ result: CheckResult, _ style: TerminalStyle) -> String {
        let counts = [Severity.error, .warning, .note].filter { result.count($0) > 0 }
        let suppressed = result.suppressed == 0 ? "" : ", \(result.suppressed) suppressed"
        let files = plural(result.files.count, "file")
        guard !counts.isEmpty else {
            return style.green("nothing floats") + " in \(files) at strength \(result.require.rawValue)\(suppressed)"
        }
        return counts.map { plural(result.count($0), $0.rawValue) }.joined(separator: ", ")
            + " in \(files)\(suppressed)"
    }
}
