import SourceDocuments
import TestSupport
import Testing

@testable import PinRules

/// The texts that manifests and scripts are written in besides YAML: Python's tokens, HCL, JSON with comments.
struct SettingsTextTests {
    private static func bytes(_ hex: String) -> [UInt8] {
        let digits = Array(hex.utf8).map { UInt8($0 <= UInt8(ascii: "9") ? $0 - 48 : $0 - 87) }
        return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    private static func tokens(_ bytes: [UInt8]) -> [String] {
        PythonToken.tokens(of: bytes).tokens.compactMap { token in
            switch token.kind {
            case .name: "n " + token.text
            case .string: "s " + token.text
            case .unknownString, .formatted: "u"
            case .symbol, .end, .other: nil
            }
        }
    }

    @Test("names and strings are those of Python's tokenize", .enabled(if: PythonOracle.has("tokenize")))
    func python() throws {
        let table = try #require(PythonOracle.table("Oracle/python_tokens.py", testFile: #filePath))
        var files: [(bytes: [UInt8], tokens: [String])] = []
        for line in table {
            switch line[0] {
            case "file": files.append((Self.bytes(line[1]), []))
            case "n": files[files.count - 1].tokens.append("n " + line[1])
            case "s": files[files.count - 1].tokens.append("s " + String(decoding: Self.bytes(line[1]), as: UTF8.self))
            default: files[files.count - 1].tokens.append("u")
            }
        }
        #expect(files.count > 30)
        for (bytes, expected) in files {
            let found = Self.tokens(bytes)
            let first = zip(found, expected).first { $0 != $1 }
            #expect(
                first == nil && found.count == expected.count, "\(String(decoding: bytes.prefix(60), as: UTF8.self))")
        }
    }

    @Test(
        "statements end at line feeds and semicolons outside of brackets, and not behind a backslash",
        arguments: [
            ("a\nb", 2), ("a;b", 2), ("a\n\nb\n", 4), ("f(a,\n b)\nc", 2), ("[\n{\n(\n)\n}\n]", 1), ("a \\\n b", 1),
            ("a \\\r\n b", 1), ("a # b\nc", 2), ("'a\\\nb'\nc", 2), ("'''a\nb'''\nc", 2), (")\na", 2), ("", 1),
            ("\\", 1),
            ("'open\nb", 2), ("\"\"\"open\nb", 1),
        ])
    func statements(_ text: String, _ count: Int) {
        #expect(PythonToken.tokens(of: Array(text.utf8)).tokens.count { $0.kind == .end } == count)
    }

    private static func json(_ text: String) -> String? {
        let plain = JSONWithComments.plain(SourceText(name: "f", text: text))
        // Places stay what they were.
        guard plain.bytes.count == text.utf8.count else { return "moved" }
        return (try? JSONReader.read(plain)).map(shown)
    }

    private static func shown(_ node: DocumentNode) -> String {
        if let table = node.table {
            return "{" + table.members.map { "\($0.key):\(shown($0.value))" }.joined(separator: ",") + "}"
        }
        if let array = node.array { return "[" + array.map(shown).joined(separator: ",") + "]" }
        return node.isNull ? "-" : node.text ?? "?"
    }

    @Test(
        "JSON with comments and commas at the end",
        arguments: [
            ("{\"a\": 1}", "{a:1}"), ("{\"a\": 1,}", "{a:1}"), ("[1, 2, ]", "[1,2]"), ("[1, // one\n 2]", "[1,2]"),
            ("[1, /* , ] */ 2]", "[1,2]"), ("/* a\n b */ [1]", "[1]"), ("[1, // end\n]", "[1]"),
            ("[1, /* x */ ]", "[1]"),
            ("[\"// no\", \"/* no */\"]", "[// no,/* no */]"), ("[\"a\\\"// b\"]", "[a\"// b]"), ("[\",]\"]", "[,]]"),
            ("[1] // end", "[1]"), ("[/*/ x */ 1]", "[1]"), ("[/***/ 1]", "[1]"), ("[/**/ 1]", "[1]"),
            ("[1,,]", nil), ("[1 /* open", nil), ("[1, 2", nil), ("{\"a\": 1,, \"b\": 2}", nil),
            ("/", nil),
            ("[\"open]", nil),
        ] as [(String, String?)])
    func comments(_ text: String, _ value: String?) { #expect(Self.json(text) == value) }

    private static func hcl(_ text: String) -> String {
        do throws(DocumentError) { return shown(try HCLReader.read(SourceText(name: "f.hcl", text: text))) } catch {
            return "\(error.place?.line ?? 0): \(error.reason)"
        }
    }

    @Test(
        "HCL: attributes, blocks by label, and what is an expression",
        arguments: [
            ("a = \"x\"\nb = 1\nc = true\n", "{a:x,b:1,c:true}"), ("a = [\"x\", 2,]\n", "{a:[x,2]}"),
            ("a = {b = \"c\", d: 1}\n", "{a:{b:c,d:1}}"), ("a = {\n  b = 1\n  c = 2\n}\n", "{a:{b:1,c:2}}"),
            ("target \"a\" { x = 1 }\ntarget \"b\" {}\n", "{target:{a:{x:1},b:{}}}"), ("group {\n}\n", "{group:{:{}}}"),
            ("a = f(\"x, }\")\nb = 1\n", "{a:-,b:1}"), ("a = x ? \"y\" : \"z\"\nb = 1\n", "{a:-,b:1}"),
            ("a = \"x\" + \"y\"\n", "{a:-}"), ("a = b\n", "{a:-}"), ("a = [f(1), \"x\"]\n", "{a:[-,x]}"),
            ("# c\n// d\n/* e\n */ a = 1 # f\n", "{a:1}"), ("a = \"x\\\"y\\n\\\\\"\n", "{a:x\"y\n\\}"),
            ("a = <<E\nx\ny\nE\nb = 1\n", "{a:x\ny\n,b:1}"), ("a = <<-E\n    x\n      y\n    E\n", "{a:x\n  y\n}"),
            ("a = null\n", "{a:-}"), ("\"a\" = 1\n", "{a:1}"), ("", "{}"), ("a=1", "{a:1}"),
            ("a = \"x\"\r\nb = 2\r\n", "{a:x,b:2}"),
            ("a = \"x\n\"", "1: the string is not closed"), ("target \"a\" {\n", "2: '}' is missing"),
            ("a = [1\n", "2: ']' is missing"), ("a = [)]\n", "1: a value was expected"),
            ("a = [1, }", "1: a value was expected"),
            ("a\n", "1: '{' or '=' was expected"), ("= 1", "1: a name was expected"),
            ("a = <<E\nx\n", "3: the here-document E is not closed"),
            (String(repeating: "a {", count: 70), "1: blocks are nested too deeply"),
            ("a = " + String(repeating: "[", count: 70), "1: lists are nested too deeply"),
        ])
    func blocks(_ text: String, _ value: String) { #expect(Self.hcl(text) == value, "\(text)") }

    @Test("cut and changed texts end")
    func damaged() {
        var random = SeededGenerator(seed: 12)
        let hcl = "target \"a\" {\n  x = <<-E\n  b\n  E\n  args = {A = \"${B}\", C = [1, f(2)]} # d\n}\n"
        let json = "{\"a\": [1, /* b */ \"c\\\"\",], // d\n \"e\": {}}"
        for text in [hcl, json] {
            for _ in 0..<fuzzRounds(300) {
                var bytes = Array(text.utf8)
                for _ in 0..<random.next(1...3) {
                    bytes[random.next(0...bytes.count - 1)] = UInt8(truncatingIfNeeded: random.next())
                }
                if random.next(0...2) == 0 { bytes.removeLast(random.next(1...bytes.count)) }
                let source = SourceText(name: "f", bytes: bytes)
                do throws(DocumentError) { _ = try HCLReader.read(source) } catch { #expect(!error.reason.isEmpty) }
                #expect(JSONWithComments.plain(source).bytes.count == bytes.count)
                #expect(PythonToken.tokens(of: bytes).tokens.last?.kind == .end)
            }
        }
    }
}
