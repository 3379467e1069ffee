import SourceDocuments

/// Paragraphs of `Name: value` lines, parted by empty lines; a line that starts with a blank goes on with the field before
/// (https://www.debian.org/doc/debian-policy/ch-controlfields.html#syntax-of-control-files).
struct ControlParagraph {
    /// The first line, the first of the file being 1.
    let line: Int
    private var fields: [String: String] = [:]
    /// The further lines of the field that was asked for, without the blanks in front.
    private(set) var lines: [String] = []

    /// The value of a field by its lower-case name, without the blanks around it.
    subscript(name: String) -> String? { fields[name] }

    /// Reads all paragraphs; only the first line of a field is kept.
    ///
    /// - Parameter field: the lower-case name of the field whose further lines are kept in ``lines``.
    static func read(_ text: SourceText, keepingLinesOf field: String) throws(DocumentError) -> [ControlParagraph] {
        var isKept = false
        var paragraphs: [ControlParagraph] = []
        var current: ControlParagraph?
        for number in 1...max(text.lineCount, 1) {
            guard let range = text.offsets(ofLine: number) else { break }
            let line = text.bytes[range]
            guard let first = line.first, !(line.allSatisfy { $0.isASCIIBlank || $0 == UInt8(ascii: "\r") }) else {
                if let paragraph = current { paragraphs.append(paragraph) }
                current = nil
                continue
            }
            if first.isASCIIBlank {
                guard var paragraph = current else {
                    throw error(text, number, "a line goes on with no field before it")
                }
                if isKept {
                    paragraph.lines.append(
                        String(decoding: line.drop { $0.isASCIIBlank }, as: UTF8.self))
                    current = paragraph
                }
                continue
            }
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex else {
                throw error(text, number, "the line is no 'Name: value'")
            }
            let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
            isKept = name == field
            let value = line[(colon + 1)...].drop { $0.isASCIIBlank }
            let end =
                value.lastIndex { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") && $0 != UInt8(ascii: "\r") }.map
            { $0 + 1 } ?? value.startIndex
            var paragraph = current ?? ControlParagraph(line: number)
            if paragraph.fields[name] == nil { paragraph.fields[name] = String(decoding: value[..<end], as: UTF8.self) }
            current = paragraph
        }
        if let current { paragraphs.append(current) }
        return paragraphs
    }

    private init(line: Int) { self.line = line }

    private static func error(_ text: SourceText, _ line: Int, _ reason: String) -> DocumentError {
        DocumentError(file: text.name, place: SourcePosition(line: line, column: 1), reason: reason)
    }
}
