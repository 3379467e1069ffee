import TestSupport
import Testing

@testable import SourceDocuments

extension SourceText {
    /// The byte offset of a position; nil for one that no text position has.
    fileprivate func offset(of position: SourcePosition) -> Int? {
        guard let line = offsets(ofLine: position.line) else { return nil }
        let offset = line.lowerBound + position.column - 1
        // A line feed belongs to its line.
        return offset <= line.upperBound + 1 && offset <= bytes.count ? offset : nil
    }

    fileprivate func text(of range: SourceRange) -> String? {
        guard let start = offset(of: range.start), let end = offset(of: range.end), start <= end else { return nil }
        return string(start..<end)
    }
}

extension DocumentNode {
    /// The node and all nodes below it, with the depth of each.
    fileprivate func forEachNode(_ depth: Int = 0, _ body: (DocumentNode, Int) -> Void) {
        body(self, depth)
        for node in array ?? [] { node.forEachNode(depth + 1, body) }
        for member in table?.members ?? [] { member.value.forEachNode(depth + 1, body) }
    }
}

/// The range of a node holds what the node was read from: read alone, it gives the same node.
@Suite struct NodeRangeTests {
    private static let scalars = [
        "1", "-1.50", "true", "\"a\"", "\"é\"", "\"x \\n y\"", "\"\"", "1e3", "\"\\u00e9\"", "0", "\"#\"", "\"a: b\"",
    ]

    /// A document that JSON, and as a flow YAML, reads; lines and blanks at random.
    private static func json(_ random: inout SeededGenerator, depth: Int) -> String {
        func blank() -> String { ["", "", " ", "\n", "\n  "].randomElement(using: &random) ?? "" }
        switch depth > 0 ? random.next(0...3) : 0 {
        case 1:
            let items = (0..<random.next(0...3)).map { _ in json(&random, depth: depth - 1) }
            return "[" + blank() + items.joined(separator: "," + blank()) + blank() + "]"
        case 2, 3:
            let members = (0..<random.next(0...3)).map { "\"k\($0)\": " + json(&random, depth: depth - 1) }
            return "{" + blank() + members.joined(separator: "," + blank()) + blank() + "}"
        default: return scalars.randomElement(using: &random) ?? "0"
        }
    }

    private static func expectReadAlone(
        _ text: SourceText, _ read: (SourceText) throws(DocumentError) -> DocumentNode
    ) throws {
        try read(text).forEachNode { node, _ in
            guard let part = text.text(of: node.range) else {
                Issue.record("\(node.range) is outside of \(text.string(0..<text.bytes.count))")
                return
            }
            let alone = (try? read(SourceText(name: "part", text: part))).map(sketch)
            #expect(alone == sketch(node), "\(part)")
            if let raw = node.raw { #expect(part == raw) }
        }
    }

    @Test("JSON") func json() throws {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<300 {
            let text = SourceText(name: "x", text: " \n" + Self.json(&random, depth: 4) + "\n")
            try Self.expectReadAlone(text) { text throws(DocumentError) in try JSONReader.read(text) }
        }
    }

    @Test("YAML in flow style") func flow() throws {
        var random = SeededGenerator(seed: 12)
        for _ in 0..<300 {
            let text = SourceText(name: "x", text: Self.json(&random, depth: 4) + "\n")
            try Self.expectReadAlone(text) { text throws(DocumentError) in try YAMLReader.read(text) }
        }
    }

    @Test("TOML, values of one key") func toml() throws {
        let values = [
            "1", "-1_000", "0x1F", "1.5e3", "true", "inf", "1979-05-27", "1979-05-27 07:32:00Z", "07:32:00.5", "\"a\"",
            "'b'",
            "\"\"\"\nc\\\n  d\"\"\"", "'''\ne\n'''", "\"\\u00e9\"", "[]", "{}",
        ]
        var random = SeededGenerator(seed: 13)
        func value(_ depth: Int) -> String {
            switch depth > 0 ? random.next(0...3) : 0 {
            case 1: return "[ " + (0..<random.next(0...3)).map { _ in value(depth - 1) + ", # c\n" }.joined() + "]"
            case 2:
                return "{ " + (0..<random.next(0...3)).map { "k\($0) = " + value(depth - 1) }.joined(separator: " , ")
                    + " }"
            default: return values.randomElement(using: &random) ?? "0"
            }
        }
        for _ in 0..<300 {
            let text = SourceText(name: "x", text: "# c\nfirst = 1\nv = \(value(3)) # c\nlast = 2\n")
            let root = try TOMLReader.read(text)
            #expect(root.table?["first"]?.integer == 1 && root.table?["last"]?.integer == 2)
            try #require(root.table?["v"]).forEachNode { node, _ in
                guard let part = text.text(of: node.range) else {
                    Issue.record("\(node.range) is outside of the text")
                    return
                }
                let alone = try? TOMLReader.read(SourceText(name: "part", text: "v = " + part)).table?["v"]
                #expect((alone ?? nil).map(sketch) == sketch(node), "\(part)")
            }
        }
    }

    @Test("the positions of TOML keys and tables")
    func tomlPositions() throws {
        let text = "a.b = 1\n[ t ]\n  \"k\" = 2\n[[l]]\nx = 1\n[l.m]\n[[l]]\n"
        let root = try TOMLReader.read(SourceText(name: "x", text: text))
        func position(_ line: Int, _ column: Int) -> SourcePosition { SourcePosition(line: line, column: column) }
        #expect(root.table?.member("a")?.keyPlace == position(1, 1))
        #expect(root.table?["a"]?.table?.member("b")?.keyPlace == position(1, 3))
        #expect(root.table?["t"]?.place == position(2, 1))
        #expect(root.table?["t"]?.table?.member("k")?.keyPlace == position(3, 3))
        let list = try #require(root.table?["l"]?.array)
        #expect(list.map(\.place) == [position(4, 1), position(7, 1)])
        #expect(list[0].table?["m"]?.place == position(6, 1))
    }

    @Test("the positions of block YAML, by both readers")
    func yamlPositions() throws {
        let text = SourceText(name: "x", text: "a:\n  b: 'c'\nd:\n- e\n- f: 1\n  g: ~\n")
        for root in [
            try #require(YAMLBlockReader.read(text, contentStart: 0)), try YAMLReader.readEvents(text, contentStart: 0),
        ] {
            func position(_ line: Int, _ column: Int) -> SourcePosition { SourcePosition(line: line, column: column) }
            let table = try #require(root.table)
            #expect(table.members.map(\.keyPlace) == [position(1, 1), position(3, 1)])
            #expect(table["a"]?.table?["b"]?.range == SourceRange(start: position(2, 6), end: position(2, 9)))
            let list = try #require(table["d"]?.array)
            #expect(list.map(\.place) == [position(4, 3), position(5, 3)])
            #expect(list[1].table?.member("g")?.keyPlace == position(6, 3))
            #expect(list[1].table?["g"]?.isNull == true && list[1].table?["g"]?.raw == "~")
        }
    }
}

/// Damaged documents of a fixed seed: an error inside of the text, or nodes inside of it, never a trap.
@Suite struct DamagedDocumentTests {
    private static let json =
        #"{"a": [1, -2.5e3, "x\n\u00e9\ud83d\ude00", true, null], "b": {"c": {}, "d": []}, "é": "\\"}"#
    private static let toml =
        "a = 1\nb.c = \"x\\u00e9\"\n[t.\"u v\"]\nd = 1979-05-27T07:32:00Z\ne = [1, {f = 'g'}, [\n]]\n[[l]]\nh = \"\"\"\ni\\\n j\"\"\"\n"
        + "files = [\n  {url = \"https://index.example/a\", hash = \"sha256:00\", size = 12},\n]\n[[l]]\n[l.m]\nn = 0x_f\n"
    private static let yaml =
        "a: &x {b: 1, c: [d, 'e']}\nf: *x\ng:\n- h: |\n    i\n  j: \"k\\n\"\n- <<: *x\nl: !!str 1\n? m\n: n\no: 3.10\n'p': ~\n"

    private static func damaged(_ text: String, _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = Array(text.utf8)
        let pieces = [
            "\"", "'", "\\", "[", "]", "{", "}", "\n", "\r\n", "\t", ",", ":", "=", ".", "#", "- ", "&", "*", "\u{0}",
            "é", "[[",
        ]
        for _ in 0...random.next(0...4) {
            let place = random.next(0...bytes.count)
            let end = min(bytes.count, place + random.next(0...8))
            switch random.next(0...4) {
            case 0: bytes.removeSubrange(place..<end)
            case 1: bytes.insert(contentsOf: bytes[place..<end], at: random.next(0...bytes.count))
            case 2: if place < bytes.count { bytes[place] = UInt8(random.next(0...255)) }
            case 3: bytes.removeSubrange(place...)
            default: bytes.insert(contentsOf: (pieces.randomElement(using: &random) ?? "").utf8, at: place)
            }
        }
        return bytes
    }

    private static func check(_ bytes: [UInt8], _ read: (SourceText) throws(DocumentError) -> DocumentNode) {
        let text = SourceText(name: "x", bytes: bytes)
        do throws(DocumentError) {
            try read(text).forEachNode { node, depth in
                #expect(depth <= UnicodeChecking.maximumDepth)
                #expect(text.offset(of: node.range.start) != nil && text.offset(of: node.range.end) != nil)
            }
        } catch {
            #expect(!error.reason.isEmpty)
            if let place = error.place {
                #expect(text.offset(of: place) != nil, "\(error): \(text.string(0..<bytes.count))")
            }
        }
    }

    @Test(arguments: 0..<4 as Range<UInt64>)
    func damaged(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<fuzzRounds(500) {
            Self.check(Self.damaged(Self.json, &random)) { text throws(DocumentError) in try JSONReader.read(text) }
            Self.check(Self.damaged(Self.toml, &random)) { text throws(DocumentError) in try TOMLReader.read(text) }
            Self.check(Self.damaged(Self.yaml, &random)) { text throws(DocumentError) in try YAMLReader.read(text) }
        }
    }

    @Test("a text that is cut anywhere")
    func cut() {
        for (text, read) in [
            (Self.json, { text throws(DocumentError) in try JSONReader.read(text) }),
            (Self.toml, { text throws(DocumentError) in try TOMLReader.read(text) }),
            (Self.yaml, { text throws(DocumentError) in try YAMLReader.read(text) }),
        ] as [(String, (SourceText) throws(DocumentError) -> DocumentNode)] {
            let bytes = Array(text.utf8)
            for end in 0...bytes.count { Self.check(Array(bytes[..<end]), read) }
        }
    }
}

/// Lists that stay text until they are used.
@Suite struct DeferredListTests {
    @Test("scalars of a block sequence have the values and positions that libyaml gives them")
    func scalars() throws {
        let text = SourceText(
            name: "x", text: "l:\n  - a\n  - 'b: c'\n  -   3.10\n  # c\n\n  - ~\n  - []\n  - \"\"\nm: 1\n")
        let block = try #require(YAMLBlockReader.read(text, contentStart: 0))
        guard case .deferred(.scalars) = try #require(block.table?["l"]).value else {
            Issue.record("the list was read")
            return
        }
        let events = try YAMLReader.readEvents(text, contentStart: 0)
        let (found, expected) = (try #require(block.table?["l"]?.array), try #require(events.table?["l"]?.array))
        #expect(found.map(sketch) == expected.map(sketch))
        #expect(found.map(\.range) == expected.map(\.range))
        #expect(sketch(block) == "{l:['a','b: c',f3.1|3.10,null,[],''],m:i1}")
        #expect(block.table?["l"]?.typeName == "a list" && block.table?["l"]?.text == nil)
    }

    @Test("random lists of flat tables are the same unread and read")
    func flatTables() throws {
        var random = SeededGenerator(seed: 14)
        let values = [
            "\"a\"", "\"é\"", "1", "0", "12345", "\"https://index.example/x#y\"", "\"\"", "1.5", "true", "\"\\n\"",
            "'a'", "-1", "01",
        ]
        var unread = 0
        for _ in 0..<1000 {
            let tables = (0..<random.next(1...4)).map { _ in
                "{ "
                    + (0..<random.next(1...4)).map {
                        "k\($0) = " + (values.prefix(random.next(7...13)).randomElement(using: &random) ?? "")
                    }
                    .joined(separator: ", ") + " }"
            }
            let text = SourceText(
                name: "x", text: "v = [" + tables.joined(separator: random.next(0...1) == 0 ? ", " : ",\n  ") + "]\n")
            var scanner = TOMLScanner(text, at: 4)
            scanner.keepsFlatTables = false
            let expected = Result { () throws(TOMLScanner.Failure) in sketch(try scanner.value(depth: 0)) }
            let found = Result { () throws(DocumentError) in try TOMLReader.read(text) }
            switch (found, expected) {
            case (.success(let root), .success(let expected)):
                let node = try #require(root.table?["v"])
                if case .deferred = node.value { unread += 1 }
                #expect(sketch(node) == expected)
            case (.failure(let error), .failure(let expected)): #expect(error == expected.error)
            default: Issue.record("\(text.string(0..<text.bytes.count)): \(found) and \(expected)")
            }
        }
        #expect(unread > 200)
    }
}
