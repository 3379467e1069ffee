import Glibc
import ParallelWork
import TestSupport
import Testing

@testable import SourceDocuments

/// The fast reader of block YAML against libyaml: where it gives a node, libyaml gives the same, place for place.
@Suite struct YAMLBlockReaderTests {
    private static func written(_ node: DocumentNode) -> String {
        let range =
            "\(node.range.start.line):\(node.range.start.column)-\(node.range.end.line):\(node.range.end.column)"
        let value: String
        switch node.value {
        case .array, .deferred: value = "[" + (node.array ?? []).map(written).joined(separator: ",") + "]"
        case .table(let table):
            let members = table.members.map {
                "\($0.key)@\($0.keyPlace.line):\($0.keyPlace.column)=\(written($0.value))"
            }
            value = "{" + members.joined(separator: ",") + "}"
        default: value = "\(node.value)"
        }
        return "\(value)(\(node.raw ?? ""))<\(range)>"
    }

    private static func block(_ text: String) -> String? {
        YAMLBlockReader.read(SourceText(name: "x", text: text), contentStart: 0).map(written)
    }

    private static func events(_ text: String) -> String {
        do { return written(try YAMLReader.readEvents(SourceText(name: "x", text: text), contentStart: 0)) } catch {
            return "error: \(error)"
        }
    }

    private static let lock = """
        # made by a tool
        version: 6
        environments:
          default:
            channels:
            - url: https://index.example/conda/
            packages:
              linux-64:
              - conda: https://index.example/a-1.0-0.conda

              # a comment
              - pypi: https://index.example/b.whl
        packages:
        - conda: https://index.example/a-1.0-0.conda
          sha256: 5966a1b79653f3f5a4b1f54e5873d170ee7d82c904db31e56516eb9d26bced44
          version: 1.10
          depends:
          - python >=3.7
          - '>=1'
          purls: []
          track: {}
          nothing: ~
          optional: false
          size: 99425
          name: "b"
        -   wide: 1
            list:
                - - x
                  - y
                - key: value
        """

    @Test(arguments: [
        lock, lock + "\n", "a: 1", "a: 1\nb: 2 \n\n\n", "a:\n  b:\n    c: d\ne: f\n", "a:\n- b\n- c\nd: e\n",
        "a:\n  - b: c\n    d: e\n  - f: g\n", "- a: 1\n  b: 2\n- c: 3\n", "a: 'x'\nb: \"y z\"\nc: x:y\n",
        "3.10: 1\nnull: 2\n",
    ])
    func readsWhatLibyamlReads(_ text: String) {
        let expected = Self.events(text)
        #expect(!expected.hasPrefix("error"))
        // A list at the top is not a lock: it is left to libyaml.
        if !text.hasPrefix("-") { #expect(Self.block(text) == expected) }
    }

    @Test(arguments: [
        "a: 1\na: 2", "a: b: c", "a: |\n  x", "a: >\n  x", "a: &b c", "a: *b", "a: !t c", "a: [1, 2]", "a: {b: c}",
        "a: x # y", "a: x\n  y", "a: x\n b: c", "a:\n", "? a\n: b", "'a': b", "a: 'it''s'", "a: \"x\\n\"",
        "a: 'x\n  y'",
        "---\na: b", "a: b\n---\nc: d", "a: b\n...", "%YAML 1.1\n---\na: b", "<<: {a: b}", "a : b", "a:\tb", "a: b\r\n",
        "é: b", "a: é", "\ta: b", "a: - b", "a: ? b", "a: @b", "a: `b", "a: %b", "a:\n - b\n  - c", "a:\n  - b\n - c",
        "a:\n  b: c\n d: e", "-\n  a: b", "a", "", "[]", "a: #b",
    ])
    func leavesTheRestToLibyaml(_ text: String) { #expect(Self.block(text) == nil) }

    /// A text that is read in pieces gives what it gives in one; places where it cannot be cut give it up.
    @Test(arguments: [
        lock, lock + "\n", "a:\n- b\n- c\n- d\n- e\n# end\n", "a:\n- b\n- c\nd:\n- e\n- f\n",
        "a: 1\nb:\n- c: d\n- e: f\n\n",
        "a:\n- b: c\n  d:\n  - e\n- f: g\n", "a:\n- b\nc: d\n- e\n- f\n", "a:\n  - b\n- c\n",
        "a:\n- b\n# x\n- c\n# y\n- d",
    ])
    func piecesGiveWhatTheWholeGives(_ text: String) {
        let source = SourceText(name: "x", text: text)
        let whole = YAMLBlockReader.read(source, contentStart: 0, pieces: 1).map(Self.written)
        for count in 2...8 {
            let pieces = YAMLBlockReader.read(source, contentStart: 0, pieces: count).map(Self.written)
            #expect(pieces == whole, "in \(count) pieces")
        }
    }

    /// Bytes taken out, put in and doubled, a few in each of thousands of texts.
    @Test func neverSaysSomethingElse() {
        var state: UInt64 = 42
        func random(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % max(count, 1)
        }
        let pieces = [
            " ", "\n", "- ", ": ", ":", "#", "'", "\"", "[]", "  ", "x", "-", "|", "{", "\n\n", "a: b\n", "~", "<<",
        ]
        var read = 0
        for _ in 0..<fuzzRounds(5_000) {
            var text = Array(Self.lock.utf8)
            for _ in 0...random(3) {
                let place = random(text.count)
                switch random(3) {
                case 0: text.removeSubrange(place..<min(text.count, place + 1 + random(12)))
                case 1: text.insert(contentsOf: pieces[random(pieces.count)].utf8, at: place)
                default:
                    text.insert(contentsOf: Array(text[place..<min(text.count, place + 1 + random(30))]), at: place)
                }
            }
            let string = String(decoding: text, as: UTF8.self)
            guard let node = Self.block(string) else { continue }
            read += 1
            let expected = Self.events(string)
            let source = SourceText(name: "x", text: string)
            let pieces = YAMLBlockReader.read(source, contentStart: 0, pieces: 2 + random(4)).map(Self.written)
            if node != expected || pieces != node {
                Issue.record("\(string)\n\(node)\n\(expected)")
                return
            }
        }
        #expect(read > 500)
    }

    /// Set PINPROOF_YAML_FILES to a list of paths, one a line, to hold the two readers against each other on real files.
    @Test(.enabled(if: getenv("PINPROOF_YAML_FILES") != nil, "set PINPROOF_YAML_FILES to a file of paths"))
    func realFiles() throws {
        let list = String(cString: try #require(getenv("PINPROOF_YAML_FILES")))
        var (same, left) = (0, 0)
        for path in try #require(Self.contents(list)).split(separator: "\n") {
            guard let text = Self.contents(String(path)) else { continue }
            guard let node = Self.block(text) else {
                left += 1
                continue
            }
            #expect(node == Self.events(text), "\(path)")
            same += 1
        }
        print("\(same) read by both, \(left) left to libyaml")
    }

    private static func contents(_ path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer[..<count]
        }
    }

    /// What takes the items of a list, on one thread each.
    private final class Taker: @unchecked Sendable {
        var taken: [String] = []
    }

    /// Items that are handed on one by one are those of the whole tree, at their places, and the rest of it is the same.
    @Test(arguments: [
        lock, "packages:\n- a: 1\n- b: 2\nother: x\n", "packages: []\n", "packages:\n  - a: 1\n  - b\n",
        "packages:\n- 'é'\n- b\n", "a: b\npackages: {c: [1, 2]}\n", "a: b\n", "packages:\n- a: 1\n  a: 2\n",
        "b:\n- packages:\n  - c\n",
    ])
    func itemsAreThoseOfTheTree(_ text: String) throws {
        let source = SourceText(name: "x", text: text)
        let whole = Result { () throws(DocumentError) in try YAMLReader.read(source) }
        let read = Result { () throws(DocumentError) in
            try YAMLReader.read(source, itemsOf: "packages", taker: { Taker() }) { $1.taken.append(Self.written($0)) }
        }
        guard case .success(let node) = whole else {
            #expect(throws: DocumentError.self) { try read.get() }
            return
        }
        let list = node.table?["packages"]?.array
        #expect(try read.get().takers.flatMap(\.taken) == (list ?? []).map(Self.written))
        let rest = try read.get().root.table
        #expect(rest?.members.map(\.key) == node.table?.members.map(\.key))
        if list != nil { #expect(rest?["packages"]?.array?.isEmpty == true) }
        for count in 1...6 {
            let items = YAMLBlockReader.Items(
                key: "packages", start: { Taker() }, take: { $1.taken.append(Self.written($0)) })
            guard let read = YAMLBlockReader.read(source, contentStart: 0, pieces: count, items) else { continue }
            #expect(read.takers.flatMap(\.taken) == (list ?? []).map(Self.written), "in \(count) pieces")
        }
    }
}
