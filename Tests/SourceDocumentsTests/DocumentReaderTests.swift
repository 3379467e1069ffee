import SourceDocuments
import Testing

/// One line that shows types and values, so that tables of cases stay readable.
func sketch(_ node: DocumentNode) -> String {
    switch node.value {
    case .null: "null"
    case .boolean(let value): "\(value)"
    case .integer(let value): "i\(value)"
    case .float(let value): "f\(value)|\(node.raw ?? "")"
    case .string(let value): "'\(value)'"
    case .date(let value): "d\(value)"
    case .array, .deferred: "[" + (node.array ?? []).map(sketch).joined(separator: ",") + "]"
    case .table(let table): "{" + table.members.map { "\($0.key):\(sketch($0.value))" }.joined(separator: ",") + "}"
    }
}

func outcome(_ read: () throws(DocumentError) -> DocumentNode) -> String {
    do { return sketch(try read()) } catch { return error.description }
}

@Suite struct JSONReaderTests {
    @Test(arguments: [
        (
            #"{"a": [1, -2.50, "x\n\u00e9\ud83d\ude00"], "b": {"c": null}, "d": true}"#,
            "{a:[i1,f-2.5|-2.50,'x\né😀'],b:{c:null},d:true}"
        ),
        ("  [ ]  ", "[]"), ("{}", "{}"), ("18446744073709551616", "f1.8446744073709552e+19|18446744073709551616"),
        ("\u{FEFF}1e3", "f1000.0|1e3"),
        ("", "x:1:1: is empty; a JSON value was expected"),
        (#"{"a": 1, "b": 2,"# + "\n  " + #""a": 3}"#, #"x:2:3: duplicate key "a""#),
        ("[1,]", "x:1:4: a JSON value was expected"), ("01", "x:1:1: a number must not start with 0"),
        (#"["\ud800"]"#, "x:1:3: an unpaired surrogate"), ("[1] 2", "x:1:5: text follows the end of the JSON value"),
        ("[\"a\tb\"]", "x:1:4: a control character in a string"),
        (#"{"a": [1"#, "x:1:9: the list that starts at line 1, column 7 is not closed"),
        (#"["ab"#, "x:1:2: the string is not closed"), ("nul", "x:1:1: a JSON value was expected"),
    ]) func values(_ text: String, _ expected: String) {
        #expect(
            outcome { () throws(DocumentError) in try JSONReader.read(SourceText(name: "x", text: text)) } == expected)
    }

    @Test func depthIsLimited() {
        let deep = SourceText(name: "x", text: String(repeating: "[", count: 100_000))
        #expect(throws: DocumentError.self) { try JSONReader.read(deep) }
    }

    @Test func invalidUTF8IsRefusedWithItsPlace() {
        let text = SourceText(name: "x", bytes: Array("[\n\"".utf8) + [0xC3, 0x28] + Array("\"]".utf8))
        #expect(outcome { () throws(DocumentError) in try JSONReader.read(text) } == "x:2:2: is not UTF-8")
    }

    @Test func placesAreKept() throws {
        let node = try JSONReader.read(SourceText(name: "x", text: "{\n  \"é\": [1,\n 22]}"))
        let member = try #require(node.table?.member("é"))
        #expect(member.keyPlace == SourcePosition(line: 2, column: 3))
        #expect(member.value.place == SourcePosition(line: 2, column: 9))
        #expect(member.value.array?[1].range.end == SourcePosition(line: 3, column: 4))
    }
}

@Suite struct TOMLReaderTests {
    @Test(arguments: [
        (
            "b = 1\na = 3.10\n[z]\ny = \"\\u00e9\\t\"\nx = '''\nq'q'''\n[[t]]\nn.m = 1979-05-27 07:32:00Z\n[[t]]\n[t.u]\nv = [1,\n 2] # c\n",
            "{b:i1,a:f3.1|3.10,z:{y:'é\t',x:'q'q'},t:[{n:{m:d1979-05-27 07:32:00Z}},{u:{v:[i1,i2]}}]}"
        ),
        (
            "a = { b = 0x_f, c.d = true }",
            "x:1:11: a value was expected"
        ),
        ("a = { b = 0xf, c.d = true }", "{a:{b:i15,c:{d:true}}}"), ("", "{}"), ("\u{FEFF}a=1", "{a:i1}"),
        ("a = \"\"\"a\\\n   b\"\"\"\"\"", "{a:'ab\"\"'}"), ("\"a.b\".'c' = 1_000", "{a.b:{c:i1000}}"),
        ("a = [07:32:00, inf, -nan]", "{a:[d07:32:00,finf|inf,fnan|-nan]}"),
        ("a = \"x\\u0000y\"", "x:1:7: the escape is not a character that a TOML text may contain"),
    ]) func values(_ text: String, _ expected: String) {
        let found = outcome { () throws(DocumentError) in try TOMLReader.read(SourceText(name: "x", text: text)) }
        #expect(found == expected)
    }

    @Test(arguments: ["a = 1\nb = 2\na = 3", "[a]\n[b]\n[a]", "a = {b = 1, b = 2}"])
    func duplicatesAreRefusedWithTheirPlace(_ text: String) {
        let found = outcome { () throws(DocumentError) in try TOMLReader.read(SourceText(name: "x", text: text)) }
        #expect(found.hasPrefix("x:\(text.utf8.count { $0 == 0x0A } + 1):"), "\(found)")
    }

    @Test(arguments: ["a = 1\u{0}", "a = ", "[a", "a = \"", "a = [1", "= 1", "a b = 1", "a = 01", "a = 2020-13-01"])
    func malformed(_ text: String) {
        let found = outcome { () throws(DocumentError) in try TOMLReader.read(SourceText(name: "x", text: text)) }
        #expect(found.hasPrefix("x:1:"), "\(found)")
    }

    @Test(arguments: [
        "a = " + String(repeating: "[", count: 100_000), "[" + String(repeating: "a.", count: 100_000) + "a]",
        String(repeating: "a.", count: 100_000) + "a = 1", "a = " + String(repeating: "{a=", count: 100_000),
    ]) func depthIsLimited(_ text: String) {
        #expect(throws: DocumentError.self) { try TOMLReader.read(SourceText(name: "x", text: text)) }
    }

    @Test func placesAreKept() throws {
        let node = try TOMLReader.read(
            SourceText(name: "x", text: "# c\r\n\r\n[[p]]\r\nname = \"é\"\r\nw = [\r\n  {u = 1},\r\n]\r\n"))
        let entry = try #require(node.table?["p"]?.array?.first)
        #expect(entry.place == SourcePosition(line: 3, column: 1))
        #expect(entry.table?["w"]?.array?.first?.table?.member("u")?.keyPlace == SourcePosition(line: 6, column: 4))
        #expect(entry.table?["name"]?.range.end == SourcePosition(line: 4, column: 12))
    }
}

@Suite struct YAMLReaderTests {
    @Test(arguments: [
        (
            "python: 3.10\nlist:\n- a\n- 1\n- ~\n- yes\n- 'true'\n- true\n- 1.2.3\n- 0x1F\n- !!str 1\n- -\n",
            "{python:f3.1|3.10,list:['a',i1,null,'yes','true',true,'1.2.3',i31,'1',[null]]}"
        ),
        ("base: &b {x: 1, y: 2}\nd:\n  <<: *b\n  y: 3\ne: *b", "{base:{x:i1,y:i2},d:{y:i3,x:i1},e:{x:i1,y:i2}}"),
        ("", "null"), ("a: b\n---\nc: d\n", "x:2:1: a second document starts here; only one is supported"),
        ("a: 1\nb: 2\na: 3\n", #"x:3:1: duplicate key "a""#),
        ("? [a]\n: b\n", "x:1:3: a key must be a scalar"), ("a: *b\n", "x:1:4: the alias *b has no anchor before it"),
        ("a: &a [*a]\n", "x:1:8: the alias *a has no anchor before it"),
        ("a: |\n  x\n  y\nb: >-\n  p\n  q\n", "{a:'x\ny\n',b:'p q'}"),
    ]) func values(_ text: String, _ expected: String) {
        #expect(
            outcome { () throws(DocumentError) in try YAMLReader.read(SourceText(name: "x", text: text)) } == expected)
    }

    @Test func aliasesAreLimited() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            text += "a\(level): &a\(level) [" + String(repeating: "*a\(level - 1),", count: 10) + "]\n"
        }
        let found = outcome { () throws(DocumentError) in try YAMLReader.read(SourceText(name: "x", text: text)) }
        #expect(found.contains("aliases add more than"))
    }

    @Test func depthIsLimited() {
        let deep = SourceText(name: "x", text: String(repeating: "[", count: 100_000))
        #expect(throws: DocumentError.self) { try YAMLReader.read(deep) }
    }

    @Test func placesCountBytes() throws {
        let node = try YAMLReader.read(SourceText(name: "x", text: "é: {ü: 1, b: 3.10}\r\nc:\r\n- d\r\n"))
        let table = try #require(node.table)
        #expect(table["é"]?.table?.member("b")?.value.place == SourcePosition(line: 1, column: 16))
        #expect(table["é"]?.table?["b"]?.text == "3.10")
        #expect(table["c"]?.array?[0].place == SourcePosition(line: 3, column: 3))
    }

    @Test(arguments: ["a: [1", "a: 'b", "\ta: 1", "a: b: c", "- a\nb: c", "a: \u{1}"]) func malformed(_ text: String) {
        let found = outcome { () throws(DocumentError) in try YAMLReader.read(SourceText(name: "x", text: text)) }
        #expect(found.hasPrefix("x:") && found.contains("is not YAML"), "\(found)")
    }
}
