/// One logical line of a requirements file: physical lines joined over `\`, without comment and surrounding space.
///
/// As pip's `req_file` does it (https://pip.pypa.io/en/stable/reference/requirements-file-format/): lines end where
/// Python's `str.splitlines` ends them, a comment starts at a `#` at the start of a line or after white space, a comment line
/// ends a continuation, and a `#` inside of a URL is not a comment.
struct RequirementsLine {
    /// The text.
    let text: [UInt8]
    /// The offset in the file of each byte of the text.
    let offsets: [Int]
    /// The comment after the text and the comment lines that ended the continuation, without `#`.
    let comment: String
    /// Whether a comment inside of the continuation ended it, although the lines after the comment go on.
    let endedByComment: Bool

    var start: Int { offsets.first ?? 0 }
    var end: Int { (offsets.last ?? 0) + 1 }

    func string(_ range: Range<Int>) -> String { String(decoding: text[range], as: UTF8.self) }
    var string: String { String(decoding: text, as: UTF8.self) }
}

enum RequirementsLines {
    /// Splits a text that is UTF-8 into its logical lines; empty ones and pure comments are returned with empty text.
    static func split(_ bytes: [UInt8], from start: Int) -> [RequirementsLine] {
        var logical: [RequirementsLine] = []
        var text: [UInt8] = []
        var offsets: [Int] = []
        var isContinued = false
        var index = start
        while index < bytes.count {
            let physical = physicalLine(bytes, at: index)
            index = physical.next
            var content = physical.content
            let isComment = isCommentLine(bytes[content])
            let continues = !isComment && bytes[content].last == UInt8(ascii: "\\")
            if continues {
                while let last = bytes[content].last, last == UInt8(ascii: "\\") {
                    content = content.lowerBound..<content.upperBound - 1
                }
                while bytes[content].first == UInt8(ascii: "\\") {
                    content = content.lowerBound + 1..<content.upperBound
                }
                text += bytes[content]
                offsets += content
                isContinued = true
                continue
            }
            if isComment {
                text.append(UInt8(ascii: " "))
                offsets.append(content.lowerBound)
            }
            text += bytes[content]
            offsets += content
            logical.append(finish(text, offsets, endedByComment: isComment && isContinued))
            (text, offsets, isContinued) = ([], [], false)
        }
        if isContinued { logical.append(finish(text, offsets, endedByComment: false)) }
        return logical
    }

    /// Takes the comment and the surrounding space off.
    private static func finish(_ text: [UInt8], _ offsets: [Int], endedByComment: Bool) -> RequirementsLine {
        var end = text.count
        var comment = ""
        for index in text.indices
        where text[index] == UInt8(ascii: "#") && (index == 0 || spaceCount(text[..<index]) > 0) {
            comment = String(decoding: text[(index + 1)...], as: UTF8.self)
            end = index
            break
        }
        while end > 0, case let count = spaceCount(text[..<end]), count > 0 { end -= count }
        var start = 0
        while start < end, case let count = leadingSpaceCount(text[start..<end]), count > 0 { start += count }
        return RequirementsLine(
            text: Array(text[start..<end]), offsets: Array(offsets[start..<end]), comment: comment,
            endedByComment: endedByComment)
    }

    /// The spaces of Python's `\s` beyond ASCII, in UTF-8: pip takes a comment off behind any of them
    /// (https://docs.python.org/3/library/re.html, https://github.com/pypa/pip/blob/main/src/pip/_internal/req/req_file.py).
    private static let wideSpaces: [[UInt8]] =
        [[0xC2, 0xA0], [0xE1, 0x9A, 0x80], [0xE2, 0x80, 0xAF], [0xE2, 0x81, 0x9F], [0xE3, 0x80, 0x80]]
        + (0x80...0x8A).map { [0xE2, 0x80, $0] }

    /// How many bytes the space has that a text ends with; 0 when it ends with none.
    private static func spaceCount(_ text: ArraySlice<UInt8>) -> Int {
        guard let last = text.last else { return 0 }
        if isWhite(last) { return 1 }
        return last < 0x80 ? 0 : wideSpaces.first { text.suffix($0.count).elementsEqual($0) }?.count ?? 0
    }

    /// How many bytes the space has that a text begins with; 0 when it begins with none.
    private static func leadingSpaceCount(_ text: ArraySlice<UInt8>) -> Int {
        guard let first = text.first else { return 0 }
        if isWhite(first) { return 1 }
        return first < 0x80 ? 0 : wideSpaces.first { text.starts(with: $0) }?.count ?? 0
    }

    static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || (UInt8(ascii: "\t")...UInt8(ascii: "\r")).contains(byte)
    }

    /// Whether Python's `\s` and `str.strip` take an ASCII byte for a space, as they do the four separators.
    private static func isWhite(_ byte: UInt8) -> Bool { isSpace(byte) || (0x1C...0x1F).contains(byte) }

    private static func isCommentLine(_ line: ArraySlice<UInt8>) -> Bool {
        var rest = line
        while case let count = leadingSpaceCount(rest), count > 0 { rest = rest.dropFirst(count) }
        return rest.first == UInt8(ascii: "#")
    }

    /// The content of the physical line at an offset, and where the next one starts.
    private static func physicalLine(_ bytes: [UInt8], at start: Int) -> (content: Range<Int>, next: Int) {
        var index = start
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\r"):
                let isPair = index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "\n")
                return (start..<index, index + (isPair ? 2 : 1))
            case 0x0A, 0x0B, 0x0C, 0x1C, 0x1D, 0x1E: return (start..<index, index + 1)
            case 0xC2 where index + 1 < bytes.count && bytes[index + 1] == 0x85: return (start..<index, index + 2)
            case 0xE2 where index + 2 < bytes.count && bytes[index + 1] == 0x80 && bytes[index + 2] & 0xFE == 0xA8:
                return (start..<index, index + 3)
            default: index += 1
            }
        }
        return (start..<index, index)
    }
}
