import Testing

@testable import ArchiveReading

/// Names of entries in refusals.
struct QuotedNameTests {
    @Test("a refused name stays on its line, and nothing in it is escaped that is escaped again where it is shown")
    func lines() {
        let error = ArchiveReadingError(archive: "a", reason: .unsafePath("../x\n\u{1B}\\u{1b}"))
        #expect("\(error)" == "a: refused: the entry '../x\\n\u{1B}\\u{1b}' points outside of the archive")
        #expect(ArchiveReadingError.quoted(String(repeating: "x", count: 201)).utf8.count == 205)
    }

    @Test(
        "bytes that are not UTF-8 are shown by their numbers, other names as they are",
        arguments: [([0x61, 0xFF], "a\\xFF"), ([0xC3, 0xA9], "\u{E9}"), (Array("\\x".utf8), "\\x")]
            as [([UInt8], String)])
    func bytes(_ name: [UInt8], _ text: String) { #expect(ArchiveReadingError.text(name) == text) }
}
