import SourceDocuments
import TestSupport
import Testing

@Suite struct JSONValueTests {
    private static func read(_ text: String) throws -> DocumentNode {
        try JSONReader.read(SourceText(name: "x", text: text))
    }

    @Test(
        "values as text",
        arguments: [
            (.null, "null"), (.boolean(true), "true"), (.boolean(false), "false"), (.integer(-3), "-3"),
            (.integer(.min), "-9223372036854775808"), (.string(""), #""""#), (.array([]), "[]"), (.object([]), "{}"),
            (.array([.integer(1), .array([])]), "[\n  1,\n  []\n]"),
            (.members(["b": .integer(1), "a": .null]), "{\n  \"b\": 1,\n  \"a\": null\n}"),
            (
                .members(["a": .array([.members(["b": .string("c")])])]),
                "{\n  \"a\": [\n    {\n      \"b\": \"c\"\n    }\n  ]\n}"
            ),
            (.optional("a"), #""a""#), (.optional(nil as String?), "null"), (.optional(1), "1"),
            (.optional(nil as Int?), "null"),
            (.strings(["a", "b"]), "[\n  \"a\",\n  \"b\"\n]"),
        ] as [(JSONValue, String)])
    func text(value: JSONValue, text: String) {
        #expect(value.text() == text)
        #expect(value.document() == text + "\n")
    }

    /// What is made while it is written has the text of the same array, and more than a piece of it.
    @Test("a list that is made element by element", arguments: [0, 1, 3, 50_000])
    func madeList(count: Int) {
        @Sendable func element(_ index: Int) -> JSONValue {
            .members(["n": .integer(index), "s": .strings(["\u{e9}\n", "x"])])
        }
        let made = JSONValue.members(["a": .made(.init(count: count) { element($0) }), "b": .null])
        let kept = JSONValue.members(["a": .array((0..<count).map { element($0) }), "b": .null])
        #expect(made.document() == kept.document())
        #expect(made == .members(["a": .made(.init(count: count) { element($0) }), "b": .null]))
        #expect(made != .members(["a": .made(.init(count: count) { _ in .null }), "b": .null]) || count == 0)
    }

    @Test("a document that is handed over piece by piece is the same", arguments: [0, 1, 3, 4096, 4097, 20_000])
    func documentInPieces(count: Int) {
        let list = JSONValue.MadeList(count: count) {
            .members(["n": .integer($0), "s": .strings(["\u{e9}\n", "x"])])
        }
        for value in [
            .members(["a": .integer(1), "b": .made(list), "c": .made(list), "d": .members(["e": .made(list)])]),
            .made(list), .array([]), .object([]), .null,
        ] as [JSONValue] {
            var pieces: [[UInt8]] = []
            value.document { pieces.append(Array($0)) }
            #expect(String(decoding: pieces.flatMap { $0 }, as: UTF8.self) == value.document())
        }
    }

    @Test("of a list that is made while it is written no more than a piece is kept")
    func piecesOfAList() {
        let list = JSONValue.MadeList(count: 40_960) { _ in .string("12345678") }
        var sizes: [Int] = []
        JSONValue.members(["a": .made(list)]).document { sizes.append($0.count) }
        #expect(sizes.count >= 10)
        #expect(sizes.allSatisfy { $0 < 128 << 10 })
    }

    /// Strings are looked at eight bytes at a time: each byte at each place of a word, beside each other one.
    @Test("every byte is escaped or kept wherever it stands", arguments: 0..<128)
    func everyByte(byte: Int) {
        let scalar = Unicode.Scalar(UInt8(byte))
        for length in [1, 7, 8, 9, 16, 23] {
            for place in 0..<length {
                for filler in ["a", "!", "~", "]", "[", "#"] {
                    var scalars = Array(repeating: filler.unicodeScalars.first ?? "a", count: length)
                    scalars[place] = scalar
                    var text = String.UnicodeScalarView()
                    text.append(contentsOf: scalars)
                    let written: String
                    switch byte {
                    case 0x22: written = "\\\""
                    case 0x5C: written = "\\\\"
                    case 0x0A: written = "\\n"
                    case 0x0D: written = "\\r"
                    case 0x09: written = "\\t"
                    case 0..<0x20, 0x7F: written = "\\u00" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
                    default: written = String(scalar)
                    }
                    let expected = (0..<length).map { $0 == place ? written : filler }.joined()
                    #expect(JSONValue.string(String(text)).text() == "\"\(expected)\"")
                }
            }
        }
    }

    @Test("lines are indented at every depth", arguments: [1, 5, 12, 13, 14, 40])
    func depth(depth: Int) {
        var value = JSONValue.integer(1)
        for _ in 0..<depth { value = .array([value]) }
        let lines = value.text().split(separator: "\n").map(String.init)
        #expect(lines.count == 2 * depth + 1)
        #expect(lines[depth] == String(repeating: " ", count: 2 * depth) + "1")
    }

    @Test("a list that several threads write is the list that one writes", arguments: [1, 127, 255, 256, 1000])
    func longLists(count: Int) throws {
        let text = JSONValue.array((0..<count).map { .string("a\($0)") }).text()
        #expect(text == "[\n" + (0..<count).map { "  \"a\($0)\"" }.joined(separator: ",\n") + "\n]")
    }

    @Test(
        "characters that JSON or a terminal would read otherwise are escaped",
        arguments: [
            ("a\"b\\c", #"a\"b\\c"#), ("\n\r\t", #"\n\r\t"#), ("\u{0}\u{1F}\u{7F}", #"\u0000\u001f\u007f"#),
            ("é😀", "é😀"),
            ("/", "/"), ("\u{1B}[31m", #"\u001b[31m"#), ("\u{8}\u{C}", #"\u0008\u000c"#),
        ])
    func escapes(text: String, written: String) {
        #expect(JSONValue.string(text).text() == "\"\(written)\"")
        #expect(JSONValue.members([text: .null] as KeyValuePairs).text() == "{\n  \"\(written)\": null\n}")
    }

    private static func random(_ random: inout SeededGenerator, depth: Int) -> JSONValue {
        switch random.next(0...(depth > 0 ? 6 : 4)) {
        case 0: return .null
        case 1: return .boolean(random.next(0...1) == 0)
        case 2: return .integer(Int(truncatingIfNeeded: random.next()))
        case 3, 4:
            let pieces = ["a", "\"", "\\", "\n", "\u{0}", "é", "😀", "\u{7F}", " ", "\u{2028}"]
            return .string((0..<random.next(0...6)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined())
        case 5:
            return .array((0..<random.next(0...4)).map { _ in Self.random(&random, depth: depth - 1) })
        default:
            return .object((0..<random.next(0...4)).map { .init("k\($0)", Self.random(&random, depth: depth - 1)) })
        }
    }

    /// A written value and the document that it is read as.
    private static func isSame(_ value: JSONValue, _ node: DocumentNode) -> Bool {
        switch (value, node.value) {
        case (.null, .null): return true
        case (.boolean(let left), .boolean(let right)): return left == right
        case (.integer(let left), .integer(let right)): return Int64(left) == right
        case (.string(let left), .string(let right)): return Array(left.utf8) == Array(right.utf8)
        case (.array(let left), .array(let right)):
            return left.count == right.count && zip(left, right).allSatisfy { isSame($0, $1) }
        case (.object(let left), .table(let right)):
            return left.count == right.members.count
                && zip(left, right.members).allSatisfy { $0.key == $1.key && isSame($0.value, $1.value) }
        default: return false
        }
    }

    @Test("what is written is read back the same")
    func roundTrips() throws {
        var random = SeededGenerator(seed: 5)
        for _ in 0..<500 {
            let value = Self.random(&random, depth: 4)
            #expect(Self.isSame(value, try Self.read(value.text())), "\(value)")
        }
    }

    @Test("a long list is written as a short one is")
    func longLists() throws {
        let elements = (0..<5000).map { JSONValue.members(["n": .integer($0), "s": .string("\($0)\n")]) }
        let expected = elements.map { "  " + $0.text().replacing("\n", with: "\n  ") }.joined(separator: ",\n")
        #expect(JSONValue.array(elements).text() == "[\n\(expected)\n]")
        let members = (0..<5000).map { JSONValue.Member("k\($0)", .integer($0)) }
        #expect(
            JSONValue.object(members).text() == "{\n"
                + (0..<5000).map { "  \"k\($0)\": \($0)" }.joined(separator: ",\n") + "\n}")
    }
}

@Suite struct DocumentTableTests {
    private static func member(_ key: String, _ value: Int64) -> DocumentTable.Member {
        let start = SourcePosition(line: 1, column: 1)
        return .init(key: key, keyPlace: start, value: DocumentNode(.integer(value), at: start, raw: "\(value)"))
    }

    @Test(
        "keys are unique and keep their order, in small tables and in large ones",
        arguments: [0, 1, 15, 16, 17, 18, 100])
    func unique(count: Int) {
        var table = DocumentTable()
        for index in 0..<count {
            let isNew = table.insert(Self.member("k\(index)", Int64(index)))
            #expect(isNew)
        }
        for index in 0..<count {
            let isNew = table.insert(Self.member("k\(index)", -1))
            #expect(!isNew)
            #expect(table["k\(index)"]?.integer == Int64(index))
            #expect(table.member("k\(index)")?.key == "k\(index)")
            #expect(table.string("k\(index)") == nil)
        }
        #expect(table["k\(count)"] == nil)
        #expect(table.member("none") == nil)
        #expect(table.members.map(\.key) == (0..<count).map { "k\($0)" })
    }

    @Test(
        "the type of a value, and its text",
        arguments: [
            ("null", "null", nil), ("true", "a boolean", "true"), ("12", "an integer", "12"),
            ("1.50", "a number", "1.50"),
            (#""x""#, "a string", "x"), ("[1]", "a list", nil), ("{}", "a table", nil),
        ] as [(String, String, String?)])
    func types(json: String, name: String, text: String?) throws {
        let node = try JSONReader.read(SourceText(name: "x", text: json))
        #expect(node.typeName == name)
        #expect(node.text == text)
        #expect(node.isNull == (json == "null"))
        #expect((node.string != nil) == (name == "a string"))
        #expect((node.integer != nil) == (name == "an integer"))
        #expect((node.boolean != nil) == (name == "a boolean"))
        #expect((node.array != nil) == (name == "a list"))
        #expect((node.table != nil) == (name == "a table"))
    }

    @Test func dates() throws {
        let node = try #require(try TOMLReader.read(SourceText(name: "x", text: "a = 2020-01-02")).table?["a"])
        #expect(node.typeName == "a date" && node.text == "2020-01-02" && node.string == nil)
    }
}
