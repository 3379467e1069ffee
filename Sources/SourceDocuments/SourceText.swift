internal import Glibc
internal import Synchronization

/// A text with its name, that turns byte offsets into lines and columns.
///
/// The bytes are kept as they were read: nothing is decoded, so that an edit leaves every other byte unchanged. A line ends
/// at LF; a CR before it belongs to the line.
package struct SourceText: Sendable {
    /// The name that errors and findings use, usually the path as it was given.
    package let name: String
    /// The bytes of the text, unchanged.
    package let bytes: [UInt8]
    private let lines: Lines
    /// Where each line starts, computed on first access. Every access takes a lock: ask once, then use the result.
    private var lineStarts: [Int] { lines.starts(of: bytes) }

    /// Creates a text from its name and bytes.
    package init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
        lines = Lines()
    }

    /// Where the lines of a text start; copies of the text share it.
    private final class Lines: Sendable {
        private let known = Mutex<[Int]>([])

        func starts(of bytes: [UInt8]) -> [Int] {
            known.withLock { known in
                if known.isEmpty { known = SourceText.lineStarts(bytes) }
                return known
            }
        }
    }

    private static func lineStarts(_ bytes: [UInt8]) -> [Int] {
        bytes.withUnsafeBufferPointer { bytes in
            // Counted first, many bytes at a time: an array that grows is copied again and again.
            var starts: [Int] = []
            starts.reserveCapacity(LineCount.of(bytes) + 1)
            starts.append(0)
            guard let base = bytes.baseAddress else { return starts }
            var index = 0
            while index < bytes.count, let found = memchr(base + index, Int32(UInt8(ascii: "\n")), bytes.count - index)
            {
                index = UnsafeRawPointer(found) - UnsafeRawPointer(base) + 1
                starts.append(index)
            }
            return starts
        }
    }

    /// Creates a text from its name and a string.
    package init(name: String, text: String) {
        self.init(name: name, bytes: Array(text.utf8))
    }

    /// The number of lines, counting a last one that has no line feed; an empty text has none.
    package var lineCount: Int {
        let starts = lineStarts
        guard let last = starts.last else { return 0 }
        return last == bytes.count ? starts.count - 1 : starts.count
    }

    /// Returns the position of a byte offset; an offset outside of the text is clamped.
    package func place(at offset: Int) -> SourcePosition {
        let offset = min(max(offset, 0), bytes.count)
        let starts = lineStarts
        var low = 0
        var high = starts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= offset { low = middle } else { high = middle }
        }
        return SourcePosition(line: low + 1, column: offset - starts[low] + 1)
    }

    /// Returns the range of byte offsets as lines and columns.
    package func range(_ offsets: Range<Int>) -> SourceRange {
        SourceRange(start: place(at: offsets.lowerBound), end: place(at: offsets.upperBound))
    }

    /// Returns the byte offsets of a range; positions after the end of the text are clamped.
    package func offsets(of range: SourceRange) -> Range<Int> {
        func offset(_ position: SourcePosition) -> Int {
            min((offsets(ofLine: position.line)?.lowerBound ?? bytes.count) + position.column - 1, bytes.count)
        }
        let start = offset(range.start)
        return start..<max(start, offset(range.end))
    }

    /// The byte offsets of a line (the first is 1) without its line feed; nil when there is no such line.
    package func offsets(ofLine line: Int) -> Range<Int>? {
        let starts = lineStarts
        guard line >= 1, line <= starts.count else { return nil }
        let start = starts[line - 1]
        let end = line < starts.count ? starts[line] - 1 : bytes.count
        return start..<end
    }

    /// Returns a part of the text as a string; bytes that are not UTF-8 become U+FFFD, and offsets outside are clamped.
    package func string(_ offsets: Range<Int>) -> String {
        String(decoding: bytes[offsets.clamped(to: 0..<bytes.count)], as: UTF8.self)
    }
}

/// Converts byte offsets to positions without a search for each, if they ascend or go back only a little.
struct PlaceCursor {
    private let bytes: [UInt8]
    /// The number of the line, the first being 0, and where it and the next one start.
    private var line: Int
    private var start: Int
    private var next: Int

    init(_ text: SourceText) {
        self.init(text, at: 0, line: 0)
    }

    /// - Parameter offset: an offset near the first one that will be asked for.
    init(_ text: SourceText, near offset: Int) {
        let place = text.place(at: offset)
        self.init(text, at: offset - place.column + 1, line: place.line - 1)
    }

    /// - Parameters:
    ///   - start: where a line starts.
    ///   - line: its number, the first being 0.
    init(_ text: SourceText, at start: Int, line: Int) {
        bytes = text.bytes
        self.line = line
        self.start = start
        next = Self.end(of: start, bytes)
    }

    mutating func place(at offset: Int) -> SourcePosition {
        while offset >= next {
            line += 1
            start = next
            next = Self.end(of: start, bytes)
        }
        while offset < start {
            line -= 1
            next = start
            start -= 1
            while start > 0, bytes[start - 1] != UInt8(ascii: "\n") { start -= 1 }
        }
        return SourcePosition(line: line + 1, column: offset - start + 1)
    }

    mutating func range(_ offsets: Range<Int>) -> SourceRange {
        let start = place(at: offsets.lowerBound)
        return SourceRange(start: start, end: place(at: offsets.upperBound))
    }

    /// Where the next line starts; the last one has none.
    private static func end(of start: Int, _ bytes: [UInt8]) -> Int {
        bytes.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress, start < bytes.count,
                let found = memchr(base + start, Int32(UInt8(ascii: "\n")), bytes.count - start)
            else { return Int.max }
            return UnsafeRawPointer(found) - UnsafeRawPointer(base) + 1
        }
    }
}

/// How many lines end in bytes.
enum LineCount {
    static func of(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        let raw = UnsafeRawBufferPointer(bytes)
        let (ones, lineFeeds): (UInt64, UInt64) = (0x0101_0101_0101_0101, 0x0A0A_0A0A_0A0A_0A0A)
        let low = 0x7F &* ones
        var count = 0
        var index = 0
        while index &+ 8 <= raw.count {
            // Eight sums of a byte each: they hold 255.
            var sums: UInt64 = 0
            let end = min(index &+ 8 &* 255, raw.count &- raw.count % 8)
            while index < end {
                let word = raw.loadUnaligned(fromByteOffset: index, as: UInt64.self) ^ lineFeeds
                // The highest bit of a byte that is not zero.
                let others = (word & low) &+ low | word
                sums &+= ~others &>> 7 & ones
                index &+= 8
            }
            // Added in pairs first, as all eight may be more than a byte holds.
            let pairs = (sums & 0x00FF_00FF_00FF_00FF) &+ (sums &>> 8 & 0x00FF_00FF_00FF_00FF)
            count += Int((pairs &* 0x0001_0001_0001_0001) &>> 48)
        }
        while index < raw.count {
            if raw[index] == UInt8(ascii: "\n") { count += 1 }
            index += 1
        }
        return count
    }
}
