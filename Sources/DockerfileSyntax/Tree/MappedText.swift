/// Bytes that were put together from pieces of a file, with the way back: every byte knows its file offset.
///
/// BuildKit hands an instruction to its parsers as one line without continuations and comments, and the shell gets that
/// line. An edit and a finding need the place in the file, so the pieces keep their offsets.
package struct MappedText: Sendable {
    /// A run of bytes that stand side by side in the file too, or that all come from one stretch of it.
    struct Segment: Sendable {
        /// The first byte in `bytes`.
        let start: Int
        /// The file offset of that byte.
        let offset: Int
        /// For text that stands for a stretch of the file (a variable's value): how long that stretch is.
        let fixedLength: Int?
        /// Whether only a continuation (its sign, comments, blank lines) stands between this run and the one before it.
        var continuesLine = false
    }

    /// The bytes as a parser or a shell sees them.
    package private(set) var bytes: [UInt8] = []
    private(set) var segments: [Segment] = []

    /// Makes an empty text.
    package init() {}

    /// Makes the text of a stretch of a file.
    package init(_ source: [UInt8], _ range: Range<Int>) {
        append(source[range.clamped(to: 0..<source.count)], at: range.lowerBound)
    }

    /// Creates a text that stands for a whole stretch of a file: a value that is written there in other words.
    package init(_ text: String, standingFor range: Range<Int>) {
        append(text, standingFor: range)
    }

    /// The text; bytes that are not UTF-8 become U+FFFD.
    package var string: String { String(decoding: bytes, as: UTF8.self) }

    /// The number of bytes.
    package var count: Int { bytes.count }

    /// Adds one byte that stands in the file at an offset.
    mutating func append(byte: UInt8, at offset: Int) {
        if let last = segments.last, last.fixedLength == nil, last.offset + (bytes.count - last.start) == offset {
            bytes.append(byte)
            return
        }
        segments.append(Segment(start: bytes.count, offset: offset, fixedLength: nil))
        bytes.append(byte)
    }

    /// Adds bytes that stand in the file at an offset.
    ///
    /// - Parameter continuingLine: whether only a continuation stands between them and the bytes before.
    package mutating func append(_ piece: ArraySlice<UInt8>, at offset: Int, continuingLine: Bool = false) {
        guard !piece.isEmpty else { return }
        // Two pieces that stand side by side are one.
        if let last = segments.last, last.fixedLength == nil, last.offset + (bytes.count - last.start) == offset {
            bytes += piece
            return
        }
        segments.append(
            Segment(start: bytes.count, offset: offset, fixedLength: nil, continuesLine: continuingLine))
        bytes += piece
    }

    /// Adds bytes that stand for a whole stretch of the file, such as a variable's value.
    package mutating func append(_ piece: ArraySlice<UInt8>, standingFor range: Range<Int>) {
        guard !piece.isEmpty else { return }
        segments.append(Segment(start: bytes.count, offset: range.lowerBound, fixedLength: range.count))
        bytes += piece
    }

    /// Adds a string that stands for a whole stretch of the file.
    mutating func append(_ piece: String, standingFor range: Range<Int>) {
        guard !piece.isEmpty else { return }
        segments.append(Segment(start: bytes.count, offset: range.lowerBound, fixedLength: range.count))
        bytes += piece.utf8
    }

    private func segment(at index: Int) -> Segment? {
        let found = segmentIndex(at: index)
        return found < segments.count ? segments[found] : nil
    }

    private func segmentIndex(at index: Int) -> Int {
        var low = 0
        var high = segments.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if segments[middle].start <= index { low = middle } else { high = middle }
        }
        return low
    }

    /// The file offset of a byte; the end of the text is just behind its last byte.
    package func offset(of index: Int) -> Int {
        if index >= bytes.count, let last = segments.last {
            if let fixed = last.fixedLength { return last.offset + fixed }
            return last.offset + (bytes.count - last.start)
        }
        guard let segment = segment(at: index) else { return 0 }
        return segment.fixedLength == nil ? segment.offset + (index - segment.start) : segment.offset
    }

    /// The stretch of the file that a range of bytes covers, from its first to behind its last byte.
    package func fileRange(_ range: Range<Int>) -> Range<Int> {
        let start = offset(of: range.lowerBound)
        guard range.upperBound > range.lowerBound, let last = segment(at: range.upperBound - 1) else {
            return start..<start
        }
        let end: Int
        if let fixed = last.fixedLength {
            end = last.offset + fixed
        } else {
            end = last.offset + (range.upperBound - last.start)
        }
        return start..<max(start, end)
    }

    /// Whether a range stands in the file as it is here: no byte stands for something else, and nothing but continuations
    /// was taken out between its bytes (an escape inside of a quoted script was).
    package func standsInFile(_ range: Range<Int>) -> Bool {
        let range = range.clamped(to: 0..<bytes.count)
        let first = range.isEmpty ? segments.count : segmentIndex(at: range.lowerBound)
        var index = first
        while index < segments.count, segments[index].start < range.upperBound {
            if segments[index].fixedLength != nil { return false }
            if index > first, !segments[index].continuesLine { return false }
            index += 1
        }
        return true
    }

    /// A part of the text as a string; bytes that are not UTF-8 become U+FFFD.
    func string(_ range: Range<Int>) -> String {
        String(decoding: bytes[range.clamped(to: 0..<bytes.count)], as: UTF8.self)
    }

    /// A part of the text with the same way back.
    package func slice(_ range: Range<Int>) -> MappedText {
        var result = MappedText()
        result.append(self, range)
        return result
    }

    /// Adds a part of another text.
    mutating func append(_ other: MappedText, _ range: Range<Int>) {
        let range = range.clamped(to: 0..<other.bytes.count)
        guard !range.isEmpty else { return }
        var index = other.segmentIndex(at: range.lowerBound)
        while index < other.segments.count, other.segments[index].start < range.upperBound {
            let segment = other.segments[index]
            let end = index + 1 < other.segments.count ? other.segments[index + 1].start : other.bytes.count
            let from = max(segment.start, range.lowerBound)
            let to = min(end, range.upperBound)
            index += 1
            guard from < to else { continue }
            let piece = other.bytes[from..<to]
            if let fixed = segment.fixedLength {
                append(piece, standingFor: segment.offset..<(segment.offset + fixed))
            } else if piece.count == 1, !segment.continuesLine {
                append(byte: other.bytes[from], at: segment.offset + (from - segment.start))
            } else {
                append(
                    piece, at: segment.offset + (from - segment.start),
                    continuingLine: segment.continuesLine && from == segment.start)
            }
        }
    }

    /// Adds another text.
    package mutating func append(_ other: MappedText) {
        for (index, segment) in other.segments.enumerated() {
            let end = index + 1 < other.segments.count ? other.segments[index + 1].start : other.bytes.count
            if let fixed = segment.fixedLength {
                append(other.bytes[segment.start..<end], standingFor: segment.offset..<(segment.offset + fixed))
            } else {
                append(other.bytes[segment.start..<end], at: segment.offset, continuingLine: segment.continuesLine)
            }
        }
    }
}
