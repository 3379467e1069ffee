internal import Glibc

/// The lines of a source at which an import statement may begin, in ascending order: those with `import` in them, and those
/// that a backslash joins with such a one.
///
/// Lines are looked for only around that word, since most of a source has none.
struct ImportLines {
    /// How many lines a backslash may join.
    private static let maximumJoined = 16

    private let bytes: UnsafeRawBufferPointer
    /// Where to look on: the start of a line, but at the end.
    private var position = 0
    /// The last line at the left margin above what was asked about, and how far it is known to be the last one.
    private var margin = (line: 0, known: 0)

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// The start of the next line; nil behind the last one.
    mutating func next() -> Int? {
        guard let base = bytes.baseAddress, let word = Self.word(in: bytes, from: position) else { return nil }
        var line = start(of: word, from: position)
        for _ in 0..<Self.maximumJoined {
            guard line > position, isJoined(line) else { break }
            line = start(of: line - 1, from: position)
        }
        let end = memchr(base + word, 0x0A, bytes.count - word)
        position = end.map { UnsafeRawPointer($0) - base + 1 } ?? bytes.count
        return line
    }

    /// The last line above another one, or that line itself, that begins with a letter, `_` or `@`; 0 where there is none.
    /// Lines are asked about in ascending order.
    mutating func lineAtMargin(above line: Int) -> Int {
        var next = line
        while true {
            let first = bytes[next]
            if first.isASCIILetter || first == UInt8(ascii: "_") || first == UInt8(ascii: "@") {
                margin.line = next
                break
            }
            guard next > margin.known else { break }
            next = start(of: next - 1, from: margin.known)
        }
        margin.known = line
        return margin.line
    }

    /// The start of the line that a place is in; `first` where it begins above that.
    private func start(of place: Int, from first: Int) -> Int {
        var start = place
        while start > first, bytes[start &- 1] != 0x0A { start &-= 1 }
        return start
    }

    /// Whether the line above ends with a backslash.
    private func isJoined(_ line: Int) -> Bool {
        guard line >= 2 else { return false }
        let last = bytes[line - 2] == 0x0D && line >= 3 ? bytes[line - 3] : bytes[line - 2]
        return last == UInt8(ascii: "\\")
    }

    /// Where `import` stands next, as part of a word or not.
    private static func word(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        // `mp` is rare, and 64 places are looked at in one go.
        var index = start + 1
        while index &+ 65 <= bytes.count {
            let (low, high) = (
                hits(bytes, index) .| hits(bytes, index &+ 16), hits(bytes, index &+ 32) .| hits(bytes, index &+ 48)
            )
            // As words: `any` calls a function for each vector.
            let words = unsafeBitCast(low .| high, to: SIMD2<UInt64>.self)
            if words[0] | words[1] != 0, let word = isWord(bytes, in: index..<(index &+ 64)) { return word }
            index &+= 64
        }
        return isWord(bytes, in: index..<max(index, bytes.count))
    }

    /// At which of sixteen places `mp` stands.
    @inline(__always)
    private static func hits(_ bytes: UnsafeRawBufferPointer, _ place: Int) -> SIMDMask<SIMD16<Int8>> {
        let first = bytes.loadUnaligned(fromByteOffset: place, as: SIMD16<UInt8>.self)
        let second = bytes.loadUnaligned(fromByteOffset: place &+ 1, as: SIMD16<UInt8>.self)
        return (first .== SIMD16(repeating: UInt8(ascii: "m"))) .& (second .== SIMD16(repeating: UInt8(ascii: "p")))
    }

    /// The first place at whose second letter the word goes on.
    private static func isWord(_ bytes: UnsafeRawBufferPointer, in range: Range<Int>) -> Int? {
        var place = range.lowerBound - 1
        let end = min(range.upperBound - 1, bytes.count - 5)
        while place < end {
            if bytes[place] == UInt8(ascii: "i"), bytes[place...].starts(with: "import".utf8) { return place }
            place += 1
        }
        return nil
    }
}
