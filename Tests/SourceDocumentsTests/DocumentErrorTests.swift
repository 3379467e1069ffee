import SourceDocuments
import Testing

/// Each error of each reader, with its position; and the depth at which each gives up.
@Suite struct DocumentErrorTests {
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
        "errors of JSON",
        arguments: [
            (" \n ", "2:2: is empty; a JSON value was expected"),
            ("[", "1:2: the text ends where a value was expected"),
            ("[1", "1:3: the list that starts at line 1, column 1 is not closed"),
            ("[1 2]", "1:4: a comma or ] was expected"),
            ("{", "1:2: the object that starts at line 1, column 1 is not closed"),
            ("{1:2}", "1:2: a key in quotes was expected"),
            (#"{"a" 1}"#, "1:6: a colon was expected"), (#"{"a":1 "b":2}"#, "1:8: a comma or } was expected"),
            (#"{"a":1"#, "1:7: the object that starts at line 1, column 1 is not closed"),
            (#"{"a":1,}"#, "1:8: a key in quotes was expected"), ("-", "1:2: a digit was expected"),
            ("1.", "1:3: a digit was expected"), ("1e+", "1:4: a digit was expected"),
            ("-01", "1:2: a number must not start with 0"),
            ("1 1", "1:3: text follows the end of the JSON value"), ("tru", "1:1: a JSON value was expected"),
            ("nulL", "1:1: a JSON value was expected"), ("+1", "1:1: a JSON value was expected"),
            ("'a'", "1:1: a JSON value was expected"), ("NaN", "1:1: a JSON value was expected"),
            ("\"a\nb\"", "1:3: a control character in a string"),
            ("\"\\n\u{1}\"", "1:4: a control character in a string"), (#""a"#, "1:1: the string is not closed"),
            (#""\n"#, "1:1: the string is not closed"), (#""\"#, "1:3: the string is not closed"),
            (#""\q""#, "1:2: an unknown escape"), (#""\u12g4""#, "1:6: four hexadecimal digits were expected"),
            (#""\u12"#, "1:6: four hexadecimal digits were expected"), (#""\udc00""#, "1:2: an unpaired surrogate"),
            (#""\ud800\n""#, "1:2: an unpaired surrogate"), (#""\ud800\u0041""#, "1:2: an unpaired surrogate"),
            (#"{"a":1,"\u0061":2}"#, #"1:8: duplicate key "a""#),
            ("// c\n1", "1:1: a JSON value was expected"),
        ])
    func jsonErrors(text: String, error: String) { #expect(Self.json(text) == "x:" + error) }

    @Test(
        "errors of TOML",
        arguments: [
            ("a = 1\u{0}", "1:6: a NUL character"), ("a", "1:2: = was expected"), ("a.", "1:3: a key was expected"),
            ("= 1", "1:1: a key was expected"), ("a =", "1:4: a value was expected"),
            ("a = x", "1:5: a value was expected"),
            ("a = 1 b", "1:7: the end of the line was expected"), ("[a", "1:3: ] was expected"),
            ("[[a]", "1:5: ]] was expected"),
            ("[a] x", "1:5: the end of the line was expected"), ("[]", "1:2: a key was expected"),
            ("a = [1", "1:5: the list is not closed"), ("a = [1 2]", "1:8: ] was expected"),
            ("a = [1,", "1:5: the list is not closed"),
            ("a = {b = 1", "1:5: the table is not closed"), ("a = {b = 1 c", "1:12: } was expected"),
            ("a = {", "1:5: the table is not closed"), ("a = {b = 1,}", "1:12: a key was expected"),
            ("a = \"b", "1:5: the string is not closed"), ("a = \"b\n\"", "1:7: the string is not closed on its line"),
            ("a = 'b\u{1}'", "1:7: a control character in a string"),
            ("# \u{1}", "1:3: a control character in a comment"),
            (#"a = "\q""#, "1:6: an unknown escape"), (#"a = "\u12""#, "1:10: 4 hexadecimal digits were expected"),
            (#"a = "\U0000zzzz""#, "1:12: 8 hexadecimal digits were expected"),
            (#"a = "\ud800""#, "1:6: the escape is not a character that a TOML text may contain"),
            (#"a = "\UFFFFFFFF""#, "1:6: the escape is not a character that a TOML text may contain"),
            ("a = \"\"\"\\ b\"\"\"", "1:10: the end of the line was expected"),
            ("a = \"\\", "1:5: the string is not closed"),
            ("a = '''b", "1:5: the string is not closed"), ("a = \"\"\"b\"\"", "1:5: the string is not closed"),
            ("a = 1\na = 2", "2:1: duplicate key \"a\""),
            ("a.b = 1\na.b = 2", "2:3: duplicate key \"b\""),
            ("a = 1\na.b = 2", "2:1: the key \"a\" is not a table"),
            ("[a]\n[a]", "2:2: duplicate key \"a\""),
            ("[[a]]\n[a]", "2:2: duplicate key \"a\""),
            ("a = []\n[[a]]", "2:3: duplicate key \"a\""),
            ("[a.b]\n[a]\nb.c = 1", "3:1: the table \"b\" is already defined"),
            ("[[t.a]]\n[t]\na.b = 1", "3:1: the key \"a\" is a list of tables"),
            ("a = {b = 1, b = 2}", "1:13: duplicate key \"b\""),
            ("a = {b.c = 1, b = 2}", "1:15: duplicate key \"b\""),
            ("a = 9223372036854775808", "1:5: a value was expected"),
            ("a = 0x8000000000000000", "1:5: a value was expected"),
            ("a = 2021-02-29", "1:5: a value was expected"), ("a = 23:59:60", "1:5: a value was expected"),
        ])
    func tomlErrors(text: String, error: String) { #expect(Self.toml(text) == "x:" + error) }

    @Test(
        "errors of YAML",
        arguments: [
            ("a: 1\n? {b: c}\n: d\n", "2:3: a key must be a scalar"), ("<<: 1\n", "1:5: only mappings can be merged"),
            ("<<: [1]\n", "1:6: only mappings can be merged"),
            ("*a : b\n", "1:1: the alias *a has no anchor before it"),
            ("{a: 1, a: 2}", "1:8: duplicate key \"a\""),
            ("'a': 1\na: 2\n", "2:1: duplicate key \"a\""),
            ("a\n---\nb\n", "2:1: a second document starts here; only one is supported"),
        ])
    func yamlErrors(text: String, error: String) { #expect(Self.yaml(text) == "x:" + error) }

    @Test(
        "what libyaml refuses has its reason and a position",
        arguments: [
            ("a: 'b", 1), ("a: [1", 1), ("a: b: c", 1), ("\ta: 1", 1), ("a: 1\n  b: 2", 2), ("a: \"\\q\"", 1),
            ("- a\nb", 2),
            ("a: }", 1), ("&a &b c", 1), ("%YAML 9.9\n---\na", 1), ("a: %x\n@b: c", 1), ("|x\n", 1), ("a: \u{7}", 1),
            ("!<a b", 1),
        ])
    func yamlSyntax(text: String, line: Int) {
        let found = Self.yaml(text)
        #expect(found.hasPrefix("x:") && found.contains(": is not YAML: "), "\(found)")
        let place = found.split(separator: ":")
        #expect(place.count > 2 && Int(place[1]).map { $0 >= line } == true, "\(found)")
    }

    @Test("128 levels are read and 129 are not, in every form that nests", arguments: [127, 128, 129, 130])
    func depth(levels: Int) {
        func nested(_ open: String, _ inside: String, _ close: String) -> String {
            String(repeating: open, count: levels - 1) + inside + String(repeating: close, count: levels - 1)
        }
        let isRead = levels <= 128
        let documents: [(String, (String) -> String)] = [
            (nested("[", "1", "]"), Self.json), (nested(#"{"a":"#, "1", "}"), Self.json),
            (nested("[", "1", "]"), Self.yaml), (nested("{a: ", "1", "}"), Self.yaml),
        ]
        for (text, read) in documents {
            let found = read(text)
            #expect(found.hasPrefix("x:") != isRead, "\(levels) levels of \(text.prefix(5)): \(found.prefix(80))")
            #expect(isRead || found.contains("deep"), "\(found)")
        }
    }

    @Test("TOML gives up before 129 levels of lists, inline tables, dotted keys and headers")
    func tomlDepth() {
        func times(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }
        for (text, isRead) in [
            ("a = " + times("[", 120) + times("]", 120), true), ("a = " + times("[", 129) + times("]", 129), false),
            ("a = " + times("{a=", 60) + "1" + times("}", 60), true),
            ("a = " + times("{a=", 129) + "1" + times("}", 129), false),
            (times("a.", 120) + "a = 1", true), (times("a.", 129) + "a = 1", false),
            ("[" + times("a.", 120) + "a]", true),
            ("[" + times("a.", 129) + "a]", false),
            ("[" + times("a.", 120) + "a]\n" + times("b.", 120) + "b = [[1]]", true),
        ] {
            let found = Self.toml(text)
            #expect(found.hasPrefix("x:") != isRead, "\(text.prefix(40)): \(found.prefix(80))")
            #expect(isRead || found.contains("nested more than 128 levels deep"), "\(found)")
        }
    }

    @Test("a caller may ask for another depth of JSON, up to the one that a stack holds")
    func configuredDepth() {
        func read(_ levels: Int, _ maximum: Int) -> Bool {
            let text = String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
            return (try? JSONReader.read(SourceText(name: "x", text: text), maximumDepth: maximum)) != nil
        }
        #expect(read(3, 3) && !read(4, 3))
        #expect(read(1024, 1024) && !read(1025, 1025) && !read(1025, .max))
        #expect(!read(1, 0) && !read(1, -1))
    }

    @Test("aliases of YAML add 100,000 values and no more")
    func aliases() {
        // An anchor of 1,000 values and one for the list itself.
        let list = "a: &a [" + String(repeating: "x,", count: 999) + "]\n"
        #expect(Self.yaml(list + "b: [" + String(repeating: "*a,", count: 100) + "]\n").hasPrefix("{a:"))
        #expect(
            Self.yaml(list + "b: [" + String(repeating: "*a,", count: 101) + "]\n").contains(
                "aliases add more than 100000 values"))
    }

    @Test(
        "plain scalars of the core schema",
        arguments: [
            ("~", "null"), ("null", "null"), ("Null", "null"), ("NULL", "null"), ("nUll", "'nUll'"), ("true", "true"),
            ("True", "true"), ("TRUE", "true"), ("tRue", "'tRue'"), ("false", "false"), ("yes", "'yes'"),
            ("no", "'no'"),
            ("on", "'on'"), ("0", "i0"), ("-0", "i0"), ("+12", "i12"), ("012", "i12"), ("0o17", "i15"),
            ("0o8", "'0o8'"),
            ("0x1F", "i31"), ("0xg", "'0xg'"), ("0x", "'0x'"), ("0b1", "'0b1'"), ("1_000", "'1_000'"),
            ("1.5", "f1.5|1.5"),
            ("1.", "f1.0|1."), (".5", "f0.5|.5"), ("1e3", "f1000.0|1e3"), ("1e", "'1e'"), (".", "'.'"), ("-", "[null]"),
            ("+", "'+'"), ("1.2.3", "'1.2.3'"), ("1-2", "'1-2'"), (".inf", "finf|.inf"), ("-.INF", "f-inf|-.INF"),
            ("+.inf", "finf|+.inf"), (".nan", "fnan|.nan"), (".NaN", "fnan|.NaN"), ("inf", "'inf'"), ("nan", "'nan'"),
            ("9223372036854775807", "i9223372036854775807"),
            ("9223372036854775808", "f9.223372036854776e+18|9223372036854775808"),
            ("-9223372036854775808", "i-9223372036854775808"), ("0x8000000000000000", "'0x8000000000000000'"),
            ("1e999", "finf|1e999"), ("3.10", "f3.1|3.10"), ("2020-01-02", "'2020-01-02'"), ("e3", "'e3'"),
            ("0e0", "f0.0|0e0"),
        ])
    func coreSchema(text: String, value: String) { #expect(Self.yaml(text) == value) }
}
