import TestSupport
import Testing

@testable import SourceDocuments

/// A text that is read in pieces is what it is when it is read from its start, places included; where it is not known to be,
/// it is not read in pieces.
struct TOMLPiecesTests {
    private static func describe(_ node: DocumentNode) -> String {
        let place = "@\(node.range.start)-\(node.range.end)"
        if let table = node.table {
            return "{" + table.members.map { "\($0.key)@\($0.keyPlace)=\(describe($0.value))" }.joined(separator: ",")
                + "}" + place
        }
        if let array = node.array { return "[" + array.map(describe).joined(separator: ",") + "]" + place }
        return "\(node.value) \(node.raw ?? "")" + place
    }

    private static func whole(_ text: SourceText) -> String? {
        var scanner = TOMLScanner(text, at: 0, places: PlaceCursor(text))
        return (try? scanner.statements()).map { describe(TOMLScanner.node($0)) }
    }

    /// In three pieces, however short it is.
    private static func pieces(_ text: SourceText) -> String? {
        TOMLPieces(text, at: 0, count: 3).read().map(describe)
    }

    @Test(
        "what stands in two pieces",
        arguments: [
            ("a = 1\n[[p]]\nx = 1\n[[p]]\nx = 2\n[[p]]\nx = 3\n", true),
            ("a = 1\r\n[[p]]\r\nx = 1\r\n\r\n[p.m]\r\ny = 1\r\n[[p]]\r\nx = 2\r\n[[p.q]]\r\n[p.m]\r\n", true),
            ("[m]\na.b = 1\n[[p]]\nx = [{ a = \"b\" }]\n[[p]]\n[[q]]\n[[q]]\n[n]\nz = 1\n[n.o]\n", true),
            ("[[p]]\nx = '''\n[[p]]\n'''\n[[p]]\ny = 1\n", false),
            ("[[p]]\nx = [\n[[p]]\n]\n", false), ("[[p]]\n[m]\n[[p]]\n[m]\n", false),
            ("[[p]]\n[m]\n[[p]]\n[m.a]\n", false), ("p = 1\n[[p]]\n[[p]]\nxxxxxxxxxxx\n", false),
            ("p = [{ a = 1 }]\n[[q]]\n[[q]]\n[[p]]\n", false), ("[[p.q]]\nx = 1\n[[p.q]]\nx = 2\n", false),
            ("[[ p ]]\nx = 1\n[[ p ]]\nx = 2\n[[ p ]]\n", true), ("a = 1\nb = 2\nc = 3\n[d]\n", false),
        ])
    func cases(source: String, isRead: Bool) {
        let text = SourceText(name: "x", text: "\n" + source)
        let found = Self.pieces(text)
        #expect((found != nil) == isRead, "\(source)")
        if let found { #expect(found == Self.whole(text), "\(source)") }
    }

    @Test("random statements in any order")
    func random() {
        var generator = SeededGenerator(seed: 61)
        let lines = [
            "[[p]]", "[[p]]", "[[p]]", "[[p]]", "[[p]]", "[p.m]", "[p.m.n]", "[[p.q]]", "[m]", "[m.n]", "[[q]]",
            "[q.r]",
            "a = 1", "b = \"x\"", "c = [{ a = \"b\", n = 1 }, { a = \"c\" }]", "d.e = 2", "s = '''", "'''", "l = [",
            "]",
            "# [[p]]", "", "f = { g = 1.5 }", "x", "t = 1979-05-27",
        ]
        var read = 0
        for round in 0..<fuzzRounds(400) {
            var source = round % 2 == 0 ? "\n[[p]]\n" : "v = 1\n\n[[p]]\n"
            for number in 0..<generator.next(1...24) {
                // Keys of their own, so that most of the texts are right.
                let line = lines[generator.next(0...(round % 3 == 0 ? lines.count - 1 : 15))]
                let isValue = line.first.map { $0 != "[" && $0 != "#" && $0 != "'" && $0 != "]" } ?? false
                source += (isValue && generator.next(0...3) > 0 ? "k\(number)" : "") + line + "\n"
            }
            let text = SourceText(name: "x", text: source)
            guard let found = Self.pieces(text) else { continue }
            read += 1
            #expect(found == Self.whole(text), "\(source)")
        }
        #expect(read > 60)
    }

    @Test("a large text, and what is wrong at its end")
    func large() throws {
        let note = String(repeating: "n", count: 1_000)
        let package =
            "[[package]]\nname = \"\(note)\"\nfiles = [{ url = \"u\", size = 1 }]\n\n[package.metadata]\nx = 1\n\n"
        let source = "version = 1\n\n" + String(repeating: package, count: 300) + "[metadata]\ny = 2\n"
        let text = SourceText(name: "x", text: source)
        let whole = try #require(Self.whole(text))
        // The text is too large for a message.
        let isSame = Self.describe(try TOMLReader.read(text)) == whole
        #expect(isSame && TOMLPieces(text, at: 0, count: 2).read() != nil)
        let error = #expect(throws: DocumentError.self) {
            try TOMLReader.read(SourceText(name: "x", text: source + "y = 3\n"))
        }
        #expect(error?.description == "x:2105:1: duplicate key \"y\"")
    }
}
