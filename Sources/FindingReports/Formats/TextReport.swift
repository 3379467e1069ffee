import EnvironmentInventory
import SourceDocuments

/// The report for a person at a terminal, in the form that compilers use: what, where, why, how to fix it.
package enum TextReport: CheckReportFormat {
    /// `text`.
    package static let name = "text"

    /// Each finding with its line of the file, the help of a rule once, then lines that sum up.
    package static func render(_ result: CheckResult, style: TerminalStyle) -> String {
        // Hundreds of findings are shown in less time than a String takes to grow by them.
        var output = Output()
        output.bytes.reserveCapacity(result.findings.count * 320)
        var explained = Set<String>()
        let contexts = style.isVerbose ? result.contexts : [:]
        for finding in result.findings {
            let place = shown(finding.file) + (finding.range.map { ":\($0.start.line):\($0.start.column):" } ?? ":")
            addHeading(finding, place, style, to: &output)
            if let range = finding.range, let text = result.texts[finding.file] {
                addExcerpt(of: text, at: range, style: style, to: &output)
            }
            if let context = contexts[finding.file] {
                output.add("  \(style.faint("build context:")) \(shown(context))\n")
            }
            if let help = finding.help, explained.insert("\(finding.rule) \(help)").inserted {
                output.add("  ")
                output.add(style.bold("help:"))
                output.add(" ")
                output.add(wrapped(shown(help), first: 8, rest: 8, style.width))
                output.add("\n")
            }
            output.add("\n")
        }
        if style.showsStatistics { addStatistics(result, style, to: &output) }
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

    private static func addHeading(
        _ finding: Finding, _ place: String, _ style: TerminalStyle, to output: inout Output
    ) {
        output.add(style.bold(place))
        output.add(" ")
        output.add(style.severity(finding.severity))
        output.add(": ")
        let message = shown(finding.messageWithUsers)
        if let width = style.width {
            let indent = place.unicodeScalars.count + finding.severity.rawValue.utf8.count + 3
            let rule = "[\(finding.rule)]"
            let lines = wrapped("\(message) \(rule)", first: indent, rest: 4, width)
            output.add(lines.hasSuffix(rule) ? lines.dropLast(rule.count) + style.faint(rule) : lines)
        } else {
            output.add(message)
            output.add(" ")
            output.add(style.faint("[\(finding.rule)]"))
        }
        output.add("\n")
    }

    /// Text in lines of at most so many columns, broken at spaces; a word that is longer stays whole.
    ///
    /// - Parameters:
    ///   - first: the columns that the first line has used already.
    ///   - rest: the spaces that the following lines begin with.
    static func wrapped(_ text: String, first: Int, rest: Int, _ width: Int?) -> String {
        guard let width, width >= 20, first + text.unicodeScalars.count > width else { return text }
        var output = ""
        var column = first
        var isLineEmpty = true
        for word in text.split(separator: " ") {
            let length = word.unicodeScalars.count
            if !isLineEmpty || column > rest, column + (isLineEmpty ? 0 : 1) + length > width {
                output += "\n" + String(repeating: " ", count: rest)
                column = rest
                isLineEmpty = true
            }
            if !isLineEmpty {
                output += " "
                column += 1
            }
            output += word
            column += length
            isLineEmpty = false
        }
        return output
    }

    private static func addExcerpt(
        of text: SourceText, at range: SourceRange, style: TerminalStyle, to output: inout Output
    ) {
        guard var offsets = text.offsets(ofLine: range.start.line), offsets.count <= 400 else { return }
        if let last = text.bytes[offsets].last, last == UInt8(ascii: "\r") {
            offsets = offsets.lowerBound..<(offsets.upperBound - 1)
        }
        let length = offsets.count
        let number = String(range.start.line)
        let start = min(length, range.start.column - 1)
        let end = range.end.line == range.start.line ? min(length, max(start, range.end.column - 1)) : length
        let line = text.bytes[offsets]
        let isPlain = line.allSatisfy { ($0 >= UInt8(ascii: " ") && $0 < 0x7F) || $0 == UInt8(ascii: "\t") }
        if isPlain, style.width == nil, !line.containsBytes(Array("://".utf8)) {
            // Nearly every line: each byte is one column, and Characters are slow.
            addLine(line, number, style, to: &output)
            addMarker(under: line.prefix(start), width: end - start, number, style, to: &output)
            return
        }
        var excerpt = Excerpt(
            before: String(decoding: line.prefix(start), as: UTF8.self),
            marked: String(decoding: line.dropFirst(start).prefix(end - start), as: UTF8.self),
            after: String(decoding: line.dropFirst(end), as: UTF8.self))
        excerpt.hideCredentials()
        if !isPlain { excerpt.escape() }
        if let width = style.width { excerpt.cut(to: width - number.utf8.count - 4) }
        addLine(Array((excerpt.before + excerpt.marked + excerpt.after).utf8)[...], number, style, to: &output)
        let before = excerpt.before.map { $0 == "\t" ? UInt8(ascii: "\t") : UInt8(ascii: " ") }
        addMarker(under: before[...], width: excerpt.marked.count, number, style, to: &output)
    }

    private static func addLine(
        _ line: ArraySlice<UInt8>, _ number: String, _ style: TerminalStyle, to output: inout Output
    ) {
        output.add(" ")
        output.add(style.faint(number + " |"))
        output.add(" ")
        output.bytes += line
        output.add("\n")
    }

    /// Adds a line that marks as many columns after those of `before`; tabs stay tabs, so that the mark is aligned.
    private static func addMarker(
        under before: ArraySlice<UInt8>, width: Int, _ number: String, _ style: TerminalStyle, to output: inout Output
    ) {
        output.add(" ")
        output.add(style.faint(String(repeating: " ", count: number.utf8.count) + " |"))
        output.add(" ")
        for byte in before { output.bytes.append(byte == UInt8(ascii: "\t") ? byte : UInt8(ascii: " ")) }
        let mark = [UInt8(ascii: "^")] + repeatElement(UInt8(ascii: "~"), count: max(1, width) - 1)
        output.add(style.green(String(decoding: mark, as: UTF8.self)))
        output.add("\n")
    }

    /// A line of a file around what is marked in it.
    private struct Excerpt {
        var before: String
        var marked: String
        var after: String

        /// Hides the user parts and tokens of URLs, also of one that the mark begins or ends in.
        mutating func hideCredentials() {
            let line = before + marked + after
            guard line.containsText("://") else { return }
            let redacted = URLCredentials.redacted(line)
            guard redacted != line else { return }
            let parts = [before, marked, after].map(URLCredentials.redacted)
            if parts.joined() == redacted {
                (before, marked, after) = (parts[0], parts[1], parts[2])
            } else {
                // The mark would tell where the secret begins: it stands under the whole line then.
                (before, marked, after) = ("", redacted, "")
            }
        }

        mutating func escape() { (before, marked, after) = (shown(before), shown(marked), shown(after)) }

        /// Leaves out the ends of a line that is too long, so that the mark is seen.
        mutating func cut(to width: Int) {
            guard width >= 20, before.count + marked.count + after.count > width else { return }
            let room = max(0, width - min(marked.count, width / 2))
            if before.count > room / 2 { before = "…" + before.suffix(max(0, room / 2 - 1)) }
            if before.count + marked.count > width { marked = marked.prefix(max(1, width - before.count - 1)) + "…" }
            let left = max(0, width - before.count - marked.count)
            if after.count > left { after = left > 0 ? after.prefix(left - 1) + "…" : "" }
        }
    }

    private static func addStatistics(_ result: CheckResult, _ style: TerminalStyle, to output: inout Output) {
        let counts = result.countsByRule
        guard !counts.isEmpty else { return }
        let width = counts.map { String($0.count).utf8.count }.max() ?? 1
        for (rule, count) in counts {
            let number = String(count)
            output.add(String(repeating: " ", count: width - number.utf8.count))
            output.add("\(style.bold(number))  \(rule)\n")
        }
        output.add("\n")
    }

    private static func summary(_ result: CheckResult, _ style: TerminalStyle) -> String {
        let counts = [Severity.error, .warning, .note].filter { result.count($0) > 0 }
        let suppressed = result.suppressed == 0 ? "" : ", \(result.suppressed) suppressed"
        let files = plural(result.files.count, "file")
        guard !counts.isEmpty else {
            if result.files.isEmpty { return "there is nothing here that check reads" }
            return style.green("nothing floats") + " in \(files) at strength \(result.require.rawValue)\(suppressed)"
        }
        var text =
            counts.map { plural(result.count($0), $0.rawValue) }.joined(separator: ", ") + " in \(files)\(suppressed)"
        let fixable = result.fixable
        if fixable > 0 { text = "\(fixable) can be fixed with --fix --fetch\n" + text }
        if let rule = result.countsByRule.first?.rule { text = "pinproof rules \(rule) explains a rule\n" + text }
        return text
    }
}
