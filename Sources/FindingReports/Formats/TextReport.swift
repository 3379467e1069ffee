import EnvironmentInventory
import SourceDocuments

/// The report for a person at a terminal, in the form that compilers use: what, where, why, how to fix it.
package enum TextReport: CheckReportFormat {
    /// `text`.
    package static let name = "text"

    /// Each finding with its line of the file, then one line that sums up.
    package static func render(_ result: CheckResult, style: TerminalStyle) -> String {
        // Hundreds of findings are shown in less time than a String takes to grow by them.
        var output = Output()
        output.bytes.reserveCapacity(result.findings.count * 320)
        for finding in result.findings {
            let place = finding.range.map { ":\($0.start.line):\($0.start.column):" } ?? ":"
            output.add(style.bold(shown(finding.file) + place))
            output.add(" ")
            output.add(style.severity(finding.severity))
            output.add(": ")
            output.add(shown(finding.messageWithUsers))
            output.add(" ")
            output.add(style.faint("[\(finding.rule)]"))
            output.add("\n")
            if let range = finding.range, let text = result.texts[finding.file] {
                addExcerpt(of: text, at: range, style: style, to: &output)
            }
            if let help = finding.help {
                output.add("  ")
                output.add(style.bold("help:"))
                output.add(" ")
                output.add(shown(help))
                output.add("\n")
            }
            output.add("\n")
        }
        output.add(summary(result, style))
        output.add("\n")
        return String(decoding: output.bytes, as: UTF8.self)
    }

    /// The text as it grows.
    private struct Output {
        var bytes: [UInt8] = []

        mutating func add(_ text: String) {
            var text = text
            text.withUTF8 { bytes.append(contentsOf: $0) }
        }
    }

    private static func addExcerpt(
        of text: SourceText, at range: SourceRange, style: TerminalStyle, to output: inout Output
    ) {
        guard var offsets = text.offsets(ofLine: range.start.line), offsets.count <= 400 else { return }
        let length = offsets.count
        if let last = text.bytes[offsets].last, last == UInt8(ascii: "\r") {
            offsets = offsets.lowerBound..<(offsets.upperBound - 1)
        }
        let number = String(range.start.line)
        output.add(" ")
        output.add(style.faint(number + " |"))
        output.add(" ")
        let line = text.bytes[offsets]
        let isPlain = line.allSatisfy { ($0 >= UInt8(ascii: " ") && $0 < 0x7F) || $0 == UInt8(ascii: "\t") }
        if isPlain { output.bytes.append(contentsOf: line) } else { output.add(shown(text.string(offsets))) }
        output.add("\n ")
        output.add(style.faint(String(repeating: " ", count: number.utf8.count) + " |"))
        output.add(" ")
        // Tabs are kept as tabs, so that the marker is aligned with what it marks.
        let before = line.prefix(range.start.column - 1)
        if isPlain {
            output.bytes.append(
                contentsOf: before.lazy.map { $0 == UInt8(ascii: "\t") ? UInt8(ascii: "\t") : UInt8(ascii: " ") })
        } else {
            for scalar in String(decoding: before, as: UTF8.self).unicodeScalars {
                output.bytes.append(scalar == "\t" ? UInt8(ascii: "\t") : UInt8(ascii: " "))
            }
        }
        let end = range.end.line == range.start.line ? range.end.column : length + 1
        let width = max(1, min(end, length + 1) - range.start.column)
        output.add(
            style.green(
                String(
                    decoding: [UInt8(ascii: "^")] + repeatElement(UInt8(ascii: "~"), count: width - 1), as: UTF8.self)))
        output.add("\n")
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
