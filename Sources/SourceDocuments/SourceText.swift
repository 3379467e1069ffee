internal import Glibc

/// A place in a text: line and column both start at 1, columns count UTF-8 bytes.
public struct SourcePlace: Sendable, Hashable, Comparable {
    // A document of some megabytes has a hundred thousand places.
    private let storedLine: UInt32
    private let storedColumn: UInt32

    /// The line, the first being 1.
    public var line: Int { Int(storedLine) }
    /// The column in UTF-8 bytes, the first being 1.
    public var column: Int { Int(storedColumn) }

    /// Makes a place from a line and a column, both starting at 1.
    public init(line: Int, column: Int) {
        storedLine = UInt32(clamping: line)
        storedColumn = UInt32(clamping: column)
    }

    /// Orders places as they stand in the text.
    public static func < (left: SourcePlace, right: SourcePlace) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

/// A stretch of a text; the end is exclusive.
public struct SourceRange: Sendable, Hashable {
    /// The place of the first byte.
    public let start: SourcePlace
    /// The place just behind the last byte.
    public let end: SourcePlace

    /// Makes a range from its first place and the place behind its last byte.
    public init(start: SourcePlace, end: SourcePlace) {
        self.start = start
        self.end = end
    }
}

/// A text with its name, that turns byte offsets into lines and columns.
///
/// The bytes are kept as they were read: nothing is decoded, so that an edit can leave every other byte alone. A line ends
/// at LF; a CR before it belongs to the line.
public struct SourceText: Sendable {
    /// The name that errors and findings use, usually the path as it was given.
    public let name: String
    /// The bytes of the text, unchanged.
    public let bytes: [UInt8]
    let lineStarts: [Int]

    /// Makes a text from its name and bytes.
    public init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
        lineStarts = bytes.withUnsafeBufferPointer { bytes in
            // Counted first, many bytes at a time: an array that grows is copied again and again.
            var lines = 1
            for byte in bytes { lines &+= byte == 0x0A ? 1 : 0 }
            var starts: [Int] = []
            starts.reserveCapacity(lines)
            starts.append(0)
            guard let base = bytes.baseAddress else { return starts }
            var index = 0
            while index < bytes.count, let found = memchr(base + index, 0x0A, bytes.count - index) {
                index = UnsafeRawPointer(found) - UnsafeRawPointer(base) + 1
                starts.append(index)
            }
            return starts
        }
    }

    /// Makes a text from its name and a string.
    public init(name: String, text: String) {
        self.init(name: name, bytes: Array(text.utf8))
    }

    /// The number of lines, counting a last one that has no line feed; an empty text has none.
    public var lineCount: Int {
        guard let last = lineStarts.last else { return 0 }
        return last == bytes.count ? lineStarts.count - 1 : lineStarts.count
    }

    /// The place of a byte offset; an offset outside of the text is moved to its nearest end.
    public func place(at offset: Int) -> SourcePlace {
        let offset = min(max(offset, 0), bytes.count)
        var low = 0
        var high = lineStarts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= offset { low = middle } else { high = middle }
        }
        return SourcePlace(line: low + 1, column: offset - lineStarts[low] + 1)
    }

    /// The range of a stretch of byte offsets.
    public func range(_ offsets: Range<Int>) -> SourceRange {
        SourceRange(start: place(at: offsets.lowerBound), end: place(at: offsets.upperBound))
    }

    /// The byte offsets of a line (the first is 1) without its line feed; nil when there is no such line.
    public func offsets(ofLine line: Int) -> Range<Int>? {
        guard line >= 1, line <= lineStarts.count else { return nil }
        let start = lineStarts[line - 1]
        let end = line < lineStarts.count ? lineStarts[line] - 1 : bytes.count
        return start..<end
    }

    /// A stretch of the text as a string; bytes that are not UTF-8 become U+FFFD, offsets outside are cut off.
    public func string(_ offsets: Range<Int>) -> String {
        String(decoding: bytes[offsets.clamped(to: 0..<bytes.count)], as: UTF8.self)
    }
}

/// Turns ascending byte offsets into places without a search for each.
struct PlaceCursor {
    private let lineStarts: [Int]
    private var line = 0

    /// - Parameter offset: near where the first place will be asked for.
    init(_ text: SourceText, near offset: Int = 0) {
        lineStarts = text.lineStarts
        line = text.place(at: offset).line - 1
    }

    mutating func place(at offset: Int) -> SourcePlace {
        while line > 0, lineStarts[line] > offset { line -= 1 }
        while line + 1 < lineStarts.count, lineStarts[line + 1] <= offset { line += 1 }
        return SourcePlace(line: line + 1, column: offset - lineStarts[line] + 1)
    }

    mutating func range(_ offsets: Range<Int>) -> SourceRange {
        let start = place(at: offsets.lowerBound)
        return SourceRange(start: start, end: place(at: offsets.upperBound))
    }
}
