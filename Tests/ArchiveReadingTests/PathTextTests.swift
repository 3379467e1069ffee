import Testing

@testable import ArchiveReading

@Suite struct PathTextTests {
    struct Case: Sendable {
        let path: [UInt8]
        let text: String

        init(text: String, _ start: String, _ bytes: [UInt8] = [], _ end: String = "") {
            path = Array(start.utf8) + bytes + Array(end.utf8)
            self.text = text
        }
    }

    private static let cases: [Case] = [
        Case(text: "usr/lib/x", "usr/lib/x"),
        Case(text: "caf\u{e9}/\u{301}", "caf\u{e9}/\u{301}"),
        Case(text: "caf\\xE9", "caf", [0xE9]),
        Case(text: "\\xFF", "", [0xFF]),
        Case(text: "\\xFE", "", [0xFE]),
        Case(text: "a/\\xFF/b\\c", "a/", [0xFF], "/b\\c"),
        Case(text: "\\xFF\\\\", "", [0xFF], "\\"),
        Case(text: "\\\\xFF", "\\xFF"),
        Case(text: "a\\b", "a\\b"),
        Case(text: "\u{FFFD}", "\u{FFFD}"),
        Case(text: "\\xF0\\x9F\\x98", "", [0xF0, 0x9F, 0x98]),
        Case(text: "", ""),
        Case(text: "\u{e9}\\xC3", "\u{e9}", [0xC3]),
        Case(text: "\\xED\\xA0\\x80", "", [0xED, 0xA0, 0x80]),
    ]

    @Test(arguments: cases)
    func textsAreUnambiguous(example: Case) {
        #expect(PathText.text(example.path) == example.text)
        #expect(PathText.bytes(example.text) == example.path)
    }

    @Test func everyPathComesBack() {
        var state: UInt64 = 88_172_645_463_325_252
        func next(_ bound: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state % UInt64(bound))
        }
        let alphabet: [UInt8] = Array("\\\\x/Fa".utf8) + [0xFF, 0xC3, 0xA9, 0xE2, 0x80, 0xA8]
        var seen: [String: [UInt8]] = [:]
        for _ in 0..<20_000 {
            let path = (0..<next(9)).map { _ in alphabet[next(alphabet.count)] }
            let text = PathText.text(path)
            #expect(PathText.bytes(text) == path)
            #expect(seen.updateValue(path, forKey: text).map { $0 == path } ?? true, "\(text)")
        }
    }
}
