import SourceDocuments
import Testing

/// Strictness of the TOML reader: own cases; DocumentOracleTests compares it with tomllib.
@Suite struct TOMLStrictnessTests {
    private static func canonical(_ bytes: [UInt8]) -> String {
        CanonicalForm.of { () throws(DocumentError) in try TOMLReader.read(SourceText(name: "x", bytes: bytes)) }
    }

    @Test(arguments: [
        "[a]\n[a]", "[a]\nb.c=1\n[a.b]", "[a.b]\n[a]\nb.c=1", "a={}\n[a.b]", "a={}\na.b=1", "a=[{}]\n[[a]]",
        "[[a]]\n[a]",
        "[a]\n[[a]]", "[[a.b]]\n[a]\nb.c=1", "a=1\na.b=2", "x={a={b=1},a.c=2}", "x={a=1,}", "x={\n}", "x=1979-02-29",
        "x=24:00:00", "x=07:32", "x=1__0", "x=01", "x=+0x1", "x=1.", "x=.5", "x=9223372036854775808", "x=\"\\e\"",
        "x=\"\\x41\"", "x=\"\\ud800\"", "x=\"a\\\nb\"", "x='a\nb'", "x='\u{1}'", "x=1 #\u{7F}", "x=1\ry=2",
        "\"\"\"a\"\"\"=1",
        "[ [a]]", "x=1 y=2", "x=[,]", "x=True",
    ]) func refused(_ text: String) {
        do {
            _ = try TOMLReader.read(SourceText(name: "x", text: text))
            Issue.record("was accepted")
        } catch { #expect(error.place != nil) }
    }

    @Test(arguments: [
        ("[a.b]\n[a]\nc=1", "{61:{62:{},63:i1}}"), ("[a]\nb.c=1\n[a.b.d]", "{61:{62:{63:i1,64:{}}}}"),
        ("[[a]]\n[a.b]\n[[a]]\n[a.b]", "{61:[{62:{}},{62:{}}]}"), ("a.b=1\na.c=2", "{61:{62:i1,63:i2}}"),
        ("a=\"\"\"\r\nb\r\nc\"\"\"\r\n", "{61:s620a63}"), ("a='''''b'''''", "{61:s2727622727}"),
        ("a=2000-02-29 07:32:00.5z", "{61:d2000-02-29T07:32:00.500000+00:00}"), ("a=-0x1", "-"),
        ("a=0xFF_f", "{61:i4095}"), ("a=1e1_0", "{61:f4202a05f20000000}"), ("a=[1,#\u{9}c\n]", "{61:[i1]}"),
    ]) func read(_ text: String, _ expected: String) {
        #expect(Self.canonical(Array(text.utf8)) == expected)
    }

    // MARK: Large texts

    private static let packages = (0..<8000).map { index in
        "[[package]]\nname = \"package-\(index)\"\nfiles = [{ hash = \"sha256:\(index)\", size = \(index) }]\n[package.more]\na.b = 1\n"
    }

    private static func list(_ texts: [String]) -> String {
        texts.map { text in
            let one = canonical(Array(text.utf8))
            // `{"package": [{...}]}` without what stands around the element.
            return String(one.dropFirst(1 + 14 + 2).dropLast(2))
        }.joined(separator: ",")
    }

    @Test func largeTextsAreReadAsSmallOnes() throws {
        let text = "version = 1\n" + Self.packages.joined()
        let key = Hexadecimal.encode("package".utf8)
        let expected = "{\(key):[\(Self.list(Self.packages))],\(Hexadecimal.encode("version".utf8)):i1}"
        #expect(Self.canonical(Array(text.utf8)) == expected)
        let node = try TOMLReader.read(SourceText(name: "x", text: text))
        let last = try #require(node.table?["package"]?.array?.last)
        #expect(last.range.start == SourcePosition(line: 2 + 7999 * 5, column: 1))
        #expect(node.range.end.line == 2 + 8000 * 5)
    }

    @Test func whatStandsBehindALargeListIsKept() throws {
        let text = Self.packages.joined() + "[metadata]\nx = 1\n"
        let node = try TOMLReader.read(SourceText(name: "x", text: text))
        #expect(node.table?["metadata"]?.table?["x"]?.integer == 1)
        #expect(node.table?["package"]?.array?.count == 8000)
        #expect(Self.canonical(Array(("[metadata]\n" + text).utf8)) == "-")
    }

    @Test func aHeaderInsideOfALargeStringIsNone() throws {
        let content = String(repeating: "[[package]]\n", count: 60000)
        let node = try TOMLReader.read(SourceText(name: "x", text: "x = \"\"\"\n\(content)\"\"\""))
        #expect(node.table?["x"]?.string == content)
    }

    @Test func errorsInLargeTextsHaveTheirPlace() {
        for (line, wrong) in [(1, "x = \n"), (20001, "name = 1\nname = 2\n"), (40001, "[package.more\n")] {
            var texts = Self.packages
            texts.insert(wrong, at: (line - 1) / 5)
            let text = SourceText(name: "x", text: texts.joined())
            do {
                _ = try TOMLReader.read(text)
                Issue.record("it was read")
            } catch {
                #expect((line...line + 1).contains(error.place?.line ?? 0), "\(error)")
            }
        }
    }
}
