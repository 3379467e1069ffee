import Testing

@testable import SourceDocuments

/// Lines are counted eight bytes at a time; the count is that of byte after byte.
@Suite struct LineCountTests {
    @Test(arguments: [0, 1, 7, 8, 9, 64, 2_039, 2_040, 2_041, 2_048, 10_007])
    func countsEveryLineFeed(_ size: Int) {
        for step in [1, 2, 3, 7, 8, 9, 100] {
            for other: UInt8 in [0x0B, 0x8A, 0, 0xFF, 0x09] {
                let bytes = (0..<size).map { (number: Int) -> UInt8 in number % step == 0 ? 0x0A : other }
                let expected = bytes.count { $0 == 0x0A }
                #expect(bytes.withUnsafeBufferPointer { LineCount.of($0) } == expected, "\(size) \(step) \(other)")
            }
        }
    }

    /// A cursor gives the places of the text's own search, forwards and backwards, and from the middle.
    @Test func cursorsAgreeWithTheText() {
        let text = SourceText(name: "x", text: "ab\n\ncd\n" + String(repeating: "line\n", count: 50) + "end")
        for start in stride(from: 0, through: text.bytes.count, by: 7) {
            var cursor = PlaceCursor(text, near: start)
            for offset in Array(0...text.bytes.count) + Array((0...text.bytes.count).reversed()) {
                #expect(cursor.place(at: offset) == text.place(at: offset))
            }
        }
    }
}
