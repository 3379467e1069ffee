import SourceDocuments
import Testing

/// Every form of value that each grammar has, as it is read.
@Suite struct DocumentValueTests {
    private static func json(_ text: String) -> String {
        outcome { () throws(DocumentError) in try JSONReader.read(SourceText(name: "x", text: text)) }
    }

    private static func toml(_ text: String) -> String {
        outcome { () throws(DocumentError) in try TOMLReader.read(SourceText(name: "x", text: text)) }
    }

    private static func yaml(_ text: String) -> String {
        outcome { () throws(DocumentError) in try YAMLReader.read(SourceText(name: "x", text: text)) }
    }

    @Test(
        "JSON",
        arguments: [
            ("0", "i0"), ("-0", "i0"), ("9223372036854775807", "i9223372036854775807"),
            ("-9223372036854775808", "i-9223372036854775808"),
            ("9223372036854775808", "f9.223372036854776e+18|9223372036854775808"),
            ("0.0", "f0.0|0.0"), ("1E5", "f100000.0|1E5"), ("1e-2", "f0.01|1e-2"), ("1e400", "finf|1e400"),
            ("\"\"", "''"),
            (#""\"\\\/\b\f\n\r\t""#, "'\"\\/\u{8}\u{C}\n\r\t'"), (#""\u0000""#, "'\u{0}'"), (#""\uD83D\uDE00""#, "'😀'"),
            (#""\uffff""#, "'\u{FFFF}'"), ("\"\u{7F}é😀\"", "'\u{7F}é😀'"), ("\t\r\n [ \n] ", "[]"),
            ("[[],{}]", "[[],{}]"),
            (#"{"":{"":null}}"#, "{:{:null}}"), (#"{"b":1,"a":2}"#, "{b:i1,a:i2}"), ("true", "true"), ("null", "null"),
        ])
    func jsonValues(text: String, value: String) { #expect(Self.json(text) == value) }

    @Test(
        "keys and tables of TOML",
        arguments: [
            ("a=1", "{a:i1}"), ("A-b_1 = 1", "{A-b_1:i1}"), ("1 = 1", "{1:i1}"), ("\"\" = 1", "{:i1}"),
            ("'a\\b' = 1", "{a\\b:i1}"),
            ("\"a\\tb\" = 1", "{a\tb:i1}"), ("a.b.c = 1", "{a:{b:{c:i1}}}"), ("a . \"b\" . 'c' = 1", "{a:{b:{c:i1}}}"),
            ("1.2 = 3", "{1:{2:i3}}"), ("[a]", "{a:{}}"), ("[ a . b ] # c", "{a:{b:{}}}"), ("[a]\n[a.b]", "{a:{b:{}}}"),
            ("[a.b]\n[a]", "{a:{b:{}}}"), ("[[a]]\n[[a]]", "{a:[{},{}]}"), ("[[a.b]]\n[a.c]", "{a:{b:[{}],c:{}}}"),
            ("[[a]]\nb.c = 1\n[a.d]\ne = 2", "{a:[{b:{c:i1},d:{e:i2}}]}"), ("a = {}", "{a:{}}"),
            ("a = { b = 1 , c = 2 }", "{a:{b:i1,c:i2}}"),
            ("a = { b.c = 1, b.d = 2 }", "{a:{b:{c:i1,d:i2}}}"),
            ("a = { \"b\" = { c = [ { d = 1 } ] } }", "{a:{b:{c:[{d:i1}]}}}"),
            ("# only\n\n  # comments", "{}"), ("a = 1\r\nb = 2\r\n", "{a:i1,b:i2}"),
            ("\t[a]\t\n\tb\t=\t1\t", "{a:{b:i1}}"),
        ])
    func tomlTables(text: String, value: String) { #expect(Self.toml(text) == value) }

    @Test(
        "values of TOML",
        arguments: [
            ("0", "i0"), ("+1", "i1"), ("-1_2_3", "i-123"), ("0xDEAD_beef", "i3735928559"), ("0o755", "i493"),
            ("0b1_0", "i2"),
            ("1.5", "f1.5|1.5"), ("-0.0", "f-0.0|-0.0"), ("6.02e+2_3", "f6.02e+23|6.02e+2_3"), ("1e3", "f1000.0|1e3"),
            ("1_0.0_1", "f10.01|1_0.0_1"),
            ("inf", "finf|inf"), ("-inf", "f-inf|-inf"), ("+nan", "fnan|+nan"), ("true", "true"), ("false", "false"),
            ("1979-05-27", "d1979-05-27"), ("1979-05-27T07:32:00Z", "d1979-05-27T07:32:00Z"),
            ("1979-05-27 07:32:00.999-07:00", "d1979-05-27 07:32:00.999-07:00"),
            ("07:32:00", "d07:32:00"), ("2000-02-29", "d2000-02-29"), ("''", "''"), ("'\\n'", "'\\n'"),
            ("\"\\u00e9\\U0001F600\"", "'é😀'"),
            ("\"\\b\\t\\n\\f\\r\\\"\\\\\"", "'\u{8}\t\n\u{C}\r\"\\'"), ("\"\"\"\na\nb\"\"\"", "'a\nb'"),
            ("\"\"\"a\\\n\n  b\"\"\"", "'ab'"),
            ("\"\"\"a\"\"b\"\"\"\"", "'a\"\"b\"'"), ("'''\n'a''b'''", "''a''b'"), ("[]", "[]"),
            ("[1, [2], 'c',]", "[i1,[i2],'c']"),
            ("[ # c\n1 # d\n, # e\n]", "[i1]"), ("[{a = 1}, {}]", "[{a:i1},{}]"), ("\"\u{FEFF}\"", "'\u{FEFF}'"),
            ("\"a\tb\"", "'a\tb'"),
        ])
    func tomlValues(text: String, value: String) {
        #expect(Self.toml("v = " + text) == "{v:\(value)}")
        #expect(Self.toml("v = " + text + " # c\nw = 1\n") == "{v:\(value),w:i1}")
        #expect(Self.toml("v = [" + text + "]") == "{v:[\(value)]}")
    }

    @Test(
        "YAML in flow and block style, with anchors, tags and merges",
        arguments: [
            ("a: b", "{a:'b'}"), ("{a: b, c: [d, {e: f}]}", "{a:'b',c:['d',{e:'f'}]}"),
            ("- a\n- - b\n  - c\n", "['a',['b','c']]"),
            ("a:\n- b\n-\n  c: d\n", "{a:['b',{c:'d'}]}"), ("a:\nb: \n", "{a:null,b:null}"), ("? a\n: b\n", "{a:'b'}"),
            ("'a b': \"c\\td\"\n", "{a b:'c\td'}"), ("a: 'it''s'", "{a:'it's'}"), ("a: b\n  c\n", "{a:'b c'}"),
            ("a: |+\n  b\n\n", "{a:'b\n\n'}"),
            ("a: |-\n  b\n", "{a:'b'}"), ("a: >\n  b\n  c\n\n  d\n", "{a:'b c\nd\n'}"),
            ("a: &x 1\nb: *x\n", "{a:i1,b:i1}"),
            ("a: &x [1]\nb: &x 2\nc: *x\n", "{a:[i1],b:i2,c:i2}"),
            ("a: !!str 1\nb: !!int \"2\"\nc: !x 3\n", "{a:'1',b:i2,c:i3}"),
            ("x: &x {a: 1}\ny: {<<: *x, b: 2}\n", "{x:{a:i1},y:{b:i2,a:i1}}"),
            ("x: &x {a: 1}\nz: &z {a: 2, c: 3}\ny: {<<: [*x, *z]}\n", "{x:{a:i1},z:{a:i2,c:i3},y:{a:i1,c:i3}}"),
            ("x: &x {a: 1}\ny: {a: 0, <<: *x}\n", "{x:{a:i1},y:{a:i0}}"), ("'<<': 1\n", "{<<:i1}"),
            ("1: a\n~: b\n1.50: c\n", "{1:'a',~:'b',1.50:'c'}"),
            ("%YAML 1.1\n---\na: b\n...\n", "{a:'b'}"), ("--- a\n", "'a'"), ("# c\n", "null"),
            ("\u{FEFF}a: b\n", "{a:'b'}"), ("\"é\\u00e9\\x41\\L\"", "'ééA\u{2028}'"),
            ("[a, b: c]", "['a',{b:'c'}]"), ("a: []\nb: {}\n", "{a:[],b:{}}"), ("a: # c\n  b\n", "{a:'b'}"),
        ])
    func yamlValues(text: String, value: String) { #expect(Self.yaml(text) == value) }

    @Test("a byte order mark is skipped, and counts in columns as the bytes that it has")
    func byteOrderMarks() throws {
        for read in [Self.json, Self.toml, Self.yaml] {
            #expect(read("\u{FEFF}").hasPrefix("x:1:4") || !read("\u{FEFF}").hasPrefix("x:"))
        }
        #expect(Self.json("\u{FEFF}[1") == "x:1:6: the list that starts at line 1, column 4 is not closed")
        #expect(Self.toml("\u{FEFF}a = x") == "x:1:8: a value was expected")
        #expect(Self.toml("\u{FEFF}\na = x") == "x:2:5: a value was expected")
    }
}
