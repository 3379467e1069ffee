import SourceDocuments

/// A `.pth` file as one release of Python reads it.
///
/// `site` executes each line that begins with `import`, and adds the directory that any other line names
/// (https://docs.python.org/3/library/site.html). Up to 3.12 the file is opened as text, whose lines end at LF, CR and CR LF;
/// 3.13 decodes the whole file and splits it with `str.splitlines`, which also ends lines at form feeds and Unicode
/// separators, after a byte order mark is dropped
/// (https://github.com/python/cpython/blob/v3.13.0/Lib/site.py, `addpackage`).
package struct PathConfiguration: Sendable, Hashable {
    /// One line that does something.
    package struct Line: Sendable, Hashable {
        /// The number by line feeds, as an editor shows it.
        package let number: Int
        /// The line without the white space at its end.
        package let text: String
        /// Whether Python executes it.
        package var isCode: Bool { text.hasPrefix("import ") || text.hasPrefix("import\t") }
    }

    /// The lines that are neither empty nor comments.
    package let lines: [Line]

    /// Reads a file.
    ///
    /// - Parameter minor: the minor version of Python 3 that reads it; nil finds what any version would find.
    package init(_ bytes: [UInt8], minor: Int?) {
        var starts: [(bytes: ArraySlice<UInt8>, number: Int)] = []
        let isModern = minor.map { $0 >= 13 } ?? true
        var body = bytes[...]
        if isModern, body.starts(with: [0xEF, 0xBB, 0xBF]) { body = body.dropFirst(3) }
        var start = body.startIndex
        var number = 1
        var index = start
        while index < body.endIndex {
            let length = Self.lineEnd(body, index, isModern: isModern)
            if length > 0 {
                starts.append((body[start..<index], number))
                let isReturn = body[index] == UInt8(ascii: "\r")
                if body[index] == UInt8(ascii: "\n") || (isReturn && length == 2) { number += 1 }
                index += length
                start = index
            } else {
                index += 1
            }
        }
        starts.append((body[start...], number))
        lines = starts.compactMap { item in
            guard let first = item.bytes.first, first != UInt8(ascii: "#") else { return nil }
            var text = item.bytes
            while let last = text.last, last <= UInt8(ascii: " ") { text = text.dropLast() }
            return text.isEmpty ? nil : Line(number: item.number, text: String(decoding: text, as: UTF8.self))
        }
    }

    /// Returns the length of the line end at an index; 0 when there is none.
    private static func lineEnd(_ bytes: ArraySlice<UInt8>, _ index: Int, isModern: Bool) -> Int {
        switch bytes[index] {
        case UInt8(ascii: "\n"): return 1
        case UInt8(ascii: "\r"):
            return index + 1 < bytes.endIndex && bytes[index + 1] == UInt8(ascii: "\n") ? 2 : 1
        case 0x0B, 0x0C, 0x1C, 0x1D, 0x1E: return isModern ? 1 : 0
        case 0xC2 where isModern:  // U+0085
            return index + 1 < bytes.endIndex && bytes[index + 1] == 0x85 ? 2 : 0
        case 0xE2 where isModern:  // U+2028 and U+2029
            guard index + 2 < bytes.endIndex, bytes[index + 1] == 0x80 else { return 0 }
            return bytes[index + 2] == 0xA8 || bytes[index + 2] == 0xA9 ? 3 : 0
        default: return 0
        }
    }
}
