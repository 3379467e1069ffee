import Glibc
import SourceDocuments
import Testing

/// Strictness of the TOML reader: own cases, and a table that Oracle/toml_oracle.py wrote with Python's tomllib.
@Suite struct TOMLStrictnessTests {
    private static func canonical(_ bytes: [UInt8]) -> String {
        do { return canonical(try TOMLReader.read(SourceText(name: "x", bytes: bytes))) } catch { return "-" }
    }

    private static func canonical(_ node: DocumentNode) -> String {
        switch node.value {
        case .null: return "null"
        case .boolean(let boolean): return boolean ? "b1" : "b0"
        case .integer(let integer): return "i\(integer)"
        case .float(let float): return float.isNaN ? "fnan" : "f" + String(float.bitPattern, radix: 16)
        case .string(let string): return "s" + hexadecimal(string)
        case .date(let written): return "d" + moment(written)
        case .array, .unread: return "[" + (node.array ?? []).map(canonical).joined(separator: ",") + "]"
        case .table(let table):
            let members = table.members.map { hexadecimal($0.key) + ":" + canonical($0.value) }
            return "{" + members.sorted().joined(separator: ",") + "}"
        }
    }

    private static func hexadecimal(_ string: String) -> String {
        string.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// A date or time as Python's isoformat writes it.
    private static func moment(_ written: String) -> String {
        var bytes = written.utf8.map { $0 == 0x20 || $0 == 0x74 ? 0x54 : $0 }
        if let last = bytes.last, last == 0x5A || last == 0x7A { bytes = bytes.dropLast() + Array("+00:00".utf8) }
        if bytes.count > 16, bytes.suffix(6).elementsEqual("-00:00".utf8) { bytes[bytes.count - 6] = 0x2B }
        if let dot = bytes.firstIndex(of: 0x2E) {
            let end = bytes[(dot + 1)...].firstIndex { !(0x30...0x39).contains($0) } ?? bytes.count
            var fraction = Array(bytes[(dot + 1)..<end].prefix(6))
            while fraction.count < 6 { fraction.append(0x30) }
            bytes.replaceSubrange(dot..<end, with: fraction.allSatisfy { $0 == 0x30 } ? [] : [0x2E] + fraction)
        }
        return String(decoding: bytes, as: UTF8.self)
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

    @Test(
        .enabled(
            if: getenv("PINPROOF_TOML_TABLE") != nil,
            "set PINPROOF_TOML_TABLE to the table that Oracle/toml_oracle.py wrote"))
    func agreesWithTomllib() throws {
        let path = try #require(getenv("PINPROOF_TOML_TABLE").map { String(cString: $0) })
        let file = try #require(fopen(path, "r"))
        defer { fclose(file) }
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(line) }
        var count = 0
        while getline(&line, &capacity, file) > 0, let line {
            let columns = String(cString: line).split { $0 == "\t" || $0 == "\n" }
            // An empty document has an empty first column.
            guard columns.count == 2 else { continue }
            let digits = columns[0].utf8.map { $0 < 0x3A ? $0 - 0x30 : $0 - 0x57 }
            let bytes = stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
            #expect(Self.canonical(bytes) == columns[1], "\(String(decoding: bytes, as: UTF8.self))")
            count += 1
        }
        #expect(count > 10_000)
    }

    // MARK: Texts large enough to be read in pieces

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
        let key = Self.hexadecimal("package")
        let expected = "{\(key):[\(Self.list(Self.packages))],\(Self.hexadecimal("version")):i1}"
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
