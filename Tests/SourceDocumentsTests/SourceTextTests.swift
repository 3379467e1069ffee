import TestSupport
import Testing

@testable import SourceDocuments

@Suite struct SourceTextTests {
    /// Line and column of an offset, counted byte by byte.
    private static func position(_ offset: Int, _ bytes: [UInt8]) -> SourcePosition {
        let before = bytes[..<max(0, min(offset, bytes.count))]
        let line = before.count { $0 == UInt8(ascii: "\n") }
        let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        return SourcePosition(line: line + 1, column: before.count - start + 1)
    }

    private static func randomText(_ random: inout SeededGenerator) -> [UInt8] {
        (0..<random.next(0...200)).map { _ in Array("ab\n\n\r é".utf8).randomElement(using: &random) ?? 0 }
    }

    @Test("positions of every offset, and of offsets outside of the text")
    func positions() {
        var random = SeededGenerator(seed: 1)
        for _ in 0..<200 {
            let bytes = Self.randomText(&random)
            let text = SourceText(name: "x", bytes: bytes)
            for offset in -2...(bytes.count + 2) { #expect(text.place(at: offset) == Self.position(offset, bytes)) }
        }
    }

    @Test("a cursor gives the positions of a text, forwards and backwards, from any start")
    func cursors() {
        var random = SeededGenerator(seed: 2)
        for _ in 0..<200 {
            let text = SourceText(name: "x", bytes: Self.randomText(&random))
            var cursor = PlaceCursor(text, near: random.next(0...text.bytes.count))
            for _ in 0..<50 {
                let offset = random.next(0...text.bytes.count)
                #expect(cursor.place(at: offset) == text.place(at: offset))
                let end = random.next(offset...text.bytes.count)
                #expect(cursor.range(offset..<end) == text.range(offset..<end))
            }
        }
    }

    @Test(
        "lines, and the offsets of each",
        arguments: [
            ("", 0, [0..<0]), ("a", 1, [0..<1]), ("a\n", 1, [0..<1, 2..<2]), ("\n", 1, [0..<0, 1..<1]),
            ("a\r\nbc", 2, [0..<2, 3..<5]), ("a\n\nb\n", 3, [0..<1, 2..<2, 3..<4, 5..<5]),
        ] as [(String, Int, [Range<Int>])])
    func lines(text: String, count: Int, offsets: [Range<Int>]) {
        let source = SourceText(name: "x", text: text)
        #expect(source.lineCount == count)
        for (index, range) in offsets.enumerated() { #expect(source.offsets(ofLine: index + 1) == range) }
        #expect(source.offsets(ofLine: 0) == nil)
        #expect(source.offsets(ofLine: -1) == nil)
        #expect(source.offsets(ofLine: offsets.count + 1) == nil)
    }

    @Test("a part of the text is cut off at its ends, and is UTF-8")
    func strings() {
        let text = SourceText(name: "x", text: "aéb")
        #expect(text.string(0..<4) == "aéb")
        #expect(text.string(2..<3) == "\u{FFFD}")
        #expect(text.string(-5..<1) == "a")
        #expect(text.string(3..<100) == "b")
        #expect(text.string(50..<100) == "")
    }

    @Test("lines and columns that no text has do not trap")
    func extremes() {
        let position = SourcePosition(line: .max, column: .min)
        #expect(position.line == Int(UInt32.max) && position.column == 0)
        #expect(SourcePosition(line: 1, column: 9) < SourcePosition(line: 2, column: 1))
        #expect(SourcePosition(line: 2, column: 1) < SourcePosition(line: 2, column: 3))
    }

    @Test(
        "a text is found where it first occurs",
        arguments: [
            ("", "a", nil), ("abc", "", nil), ("abc", "abcd", nil), ("abc", "c", 2), ("aab", "ab", 1),
            ("aaab", "aab", 1),
            ("é", "\u{301}", nil), ("ababac", "abac", 2), ("x\0y", "\0", 1), ("aaaa", "b", nil), ("ab", "ab", 0),
        ] as [(String, String, Int?)])
    func search(text: String, needle: String, offset: Int?) {
        #expect(text.containsText(needle) == (offset != nil))
        let found = text.range(ofText: needle)
        #expect(found.map { text.utf8.distance(from: text.utf8.startIndex, to: $0.lowerBound) } == offset)
        if let found { #expect(Array(text.utf8[found]) == Array(needle.utf8)) }
        #expect(Array(text.utf8)[...].containsBytes(Array(needle.utf8)) == (offset != nil))
    }

    @Test("search finds what a plain search finds")
    func randomSearch() {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<2000 {
            let text = String((0..<random.next(0...20)).map { _ in random.next(0...1) == 0 ? "a" : "b" })
            let needle = String((0..<random.next(1...4)).map { _ in random.next(0...1) == 0 ? "a" : "b" })
            let offset = (0...20).first { text.dropFirst($0).hasPrefix(needle) }
            let found = text.range(ofText: needle)
            #expect(found.map { text.distance(from: text.startIndex, to: $0.lowerBound) } == offset)
        }
    }
}

@Suite struct UnicodeCheckingTests {
    @Test("the first byte that is not UTF-8 is the one that Swift's decoder replaces")
    func randomBytes() {
        var random = SeededGenerator(seed: 4)
        let pieces: [[UInt8]] = [
            [0x41], Array("é€😀".utf8), [0xC0], [0xC2], [0xE0, 0x80], [0xE0, 0xA0], [0xED, 0xA0, 0x80],
            [0xED, 0x9F, 0xBF],
            [0xF0, 0x80], [0xF0, 0x90, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5], [0xFF], [0x80], [0xBF],
            [0xF4, 0x8F],
        ]
        for _ in 0..<5000 {
            var bytes: [UInt8] = []
            for _ in 0..<random.next(0...12) { bytes += pieces.randomElement(using: &random) ?? [] }
            let offset = UnicodeChecking.firstInvalidOffset(bytes)
            #expect((offset == nil) == (String(validating: bytes, as: UTF8.self) != nil), "\(bytes)")
            if let offset { #expect(String(validating: bytes[..<offset], as: UTF8.self) != nil, "\(bytes)") }
        }
    }

    @Test("every two bytes, and every three that begin as three do")
    func allPairs() {
        for first in UInt8.min...UInt8.max {
            for second in UInt8.min...UInt8.max {
                for bytes in [[first, second], [first, second, 0x80]] where first >= 0x80 {
                    let isValid = String(validating: bytes, as: UTF8.self) != nil
                    #expect((UnicodeChecking.firstInvalidOffset(bytes) == nil) == isValid, "\(bytes)")
                }
            }
        }
    }

    @Test("a text of more than 64 MiB is refused by every reader")
    func size() {
        let text = SourceText(name: "x", bytes: [UInt8](repeating: UInt8(ascii: " "), count: 64 << 20 | 1))
        let reason = "has 67108865 bytes; documents larger than 67108864 bytes are not read"
        let error = DocumentError(file: "x", place: nil, reason: reason)
        #expect(error.description == "x: \(reason)")
        #expect(throws: error) { try JSONReader.read(text) }
        #expect(throws: error) { try TOMLReader.read(text) }
        #expect(throws: error) { try YAMLReader.read(text) }
        #expect(throws: error) { try text.checkUTF8() }
    }

    @Test("the first NUL")
    func nul() {
        #expect(UnicodeChecking.firstNUL([]) == nil)
        #expect(UnicodeChecking.firstNUL([1, 2]) == nil)
        #expect(UnicodeChecking.firstNUL([1, 0, 0]) == 1)
    }
}
