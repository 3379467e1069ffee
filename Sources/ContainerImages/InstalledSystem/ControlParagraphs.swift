import EnvironmentInventory
import SourceDocuments

/// A paragraph of `Name: value` lines; empty lines separate paragraphs, a line that starts with a blank continues a field
/// (https://www.debian.org/doc/debian-policy/ch-controlfields.html#syntax-of-control-files).
struct ControlParagraph {
    /// The first line, the first of the file being 1.
    let line: Int
    private var fields: [String: String] = [:]
    /// The further lines of the field that was asked for, without the blanks in front.
    private(set) var lines: [String] = []

    /// The value of a field by its lower-case name, without the blanks around it.
    subscript(name: String) -> String? { fields[name] }

    /// Reads all paragraphs; only the first line of a field is kept. A paragraph with a line that is not a field is left out
    /// as a gap.
    ///
    /// - Parameters:
    ///   - field: the lower-case name of the field whose further lines are kept in ``lines``.
    ///   - scope: what the gaps may hide.
    static func read(
        _ text: SourceText, keepingLinesOf field: String, scope: Gap.Scope
    ) -> Reading<[ControlParagraph]> {
        var reading = Reading<[ControlParagraph]>([])
        var isKept = false
        var current: ControlParagraph?
        var problem: (line: Int, reason: String)?
        func end() {
            if let problem {
                reading.gaps.append(
                    Gap(
                        current?["package"] ?? "a paragraph", reason: problem.reason,
                        source: FileLocation(file: text.name, line: problem.line), scope: scope))
            } else if let current {
                reading.value.append(current)
            }
            (current, problem, isKept) = (nil, nil, false)
        }
        for number in 1...max(text.lineCount, 1) {
            guard let range = text.offsets(ofLine: number) else { break }
            let line = text.bytes[range]
            guard let first = line.first, !line.allSatisfy({ $0.isASCIIBlank || $0 == UInt8(ascii: "\r") }) else {
                end()
                continue
            }
            if first.isASCIIBlank {
                if current == nil { problem = problem ?? (number, "a line continues a field that is not there") }
                if isKept { current?.lines.append(String(decoding: line.drop { $0.isASCIIBlank }, as: UTF8.self)) }
                continue
            }
            var paragraph = current ?? ControlParagraph(line: number)
            if let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex {
                let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
                isKept = name == field
                if paragraph.fields[name] == nil { paragraph.fields[name] = value(line[(colon + 1)...]) }
            } else {
                isKept = false
                problem = problem ?? (number, "a line is not 'Name: value'")
            }
            current = paragraph
        }
        end()
        return reading
    }

    /// The text of a value without the blanks around it.
    private static func value(_ bytes: ArraySlice<UInt8>) -> String {
        var value = bytes.drop { $0.isASCIIBlank }
        while let last = value.last, last.isASCIIBlank || last == UInt8(ascii: "\r") { value.removeLast() }
        return String(decoding: value, as: UTF8.self)
    }

    private init(line: Int) { self.line = line }
}
