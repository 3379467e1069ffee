import SourceDocuments
import Testing

/// YAML 1.2.2 (https://yaml.org/spec/1.2.2/) where a document is refused.
///
/// The documents are short ones of yaml-test-suite (https://github.com/yaml/yaml-test-suite, MIT License); most are the examples of
/// the specification.
struct YAMLRefusedTests {
    private static let invalid: [String] = [
        "foo:\n  bar\ninvalid\n",
        "this\n is\n  invalid: x\n",
        "--- |0\n",
        "--- |10\n",
        "---\nkey: value\n... invalid\n",
        "---\na:\n\tb:\n\t\tc: value\n",
        "---\n[ a, b, c ] ]\n",
        "key:\n   - ok\n   - also ok\n  - wrong\n",
        "top1: &node1\n  &k1 key1: val1\ntop2: &node2\n  &v2 val2\n",
        "---\n\"\\.\"\n",
        "block scalar: >\n \n  \n   \n invalid\n",
        "---\n\"\n---\n\"\n",
        "key: - a\n     - b\n",
        "---\nx: { y: z }in: valid\n",
        "---\n[ [ a, b, c ]\n",
        "key:\n - bar\n - baz\n invalid\n",
        "\"a\\nb\": 1\n\"c\n d\": 1\n",
        "top1:\n  key1: val1\ntop2\n",
        "key: word1\n#  xxx\n  word2\n",
        "key:\n - item1\n - item2\ninvalid\n",
        "!foo \"bar\"\n%TAG ! tag:example.com,2000:app/\n---\n!foo \"bar\"\n",
        "--- key1: value1\n    key2: value2\n",
        "---\n[ , a, b, c ]\n",
        "%YAML 1.2\n",
        "--- \"a\n... x\nb\"\n",
        "%YAML 1.2\n...\n",
        "- item1\n- item2\ninvalid: x\n",
        "---\nplain: a\n       b # end of scalar\n       c\n",
        "word1  # comment\nword2\n",
        "[23\n]: 42\n",
        "key: [ word1\n#  xxx\n  word2 ]\n",
        "---\nkey: \"missing closing quote\n",
        "---\n[ a, b, c, , ]\n",
        "--- &anchor a: b\n",
        "'a\\nb': 1\n'c\n d': 1\n",
        "---\n[ key\n  : value ]\n",
        "foo:\n  a: 1\n  \tb: 2\n",
        "key:\n  ok: 1\n wrong: 2\n",
        "---\nscalar1 # comment\n%YAML 1.2\n---\nscalar2\n",
        "k1: v1\n k2: v2\n",
        "a\\nb: 1\nc\n d: 1\n",
        "---\nseq:\n&anchor\n- a\n- b\n",
        "key: value\nthis is #not a: key\n",
        "- item1\n&node\n- item2\n",
        "key: &x\n!!map\n  a: b\n",
        "%YAML 1.2 foo\n---\n",
        "---\ndouble: \"quoted \\' scalar\"\n",
        "key:\n  word1 word2\n  no: key\n",
        "- - \"bar\nbar\": x\n",
        "key1: \"quoted1\"\nkey2: \"quoted2\" no key: nor value\nkey3: \"quoted3\"\n",
        "---\n[\nsequence item\n]\ninvalid item\n",
        "---\n!invalid{}tag scalar\n",
        "%YAML 1.2\n---\n%YAML 1.2\n---\n",
        "%YAM 1.1\n---\n",
        "%YAMLL 1.1\n---\n",
        "map:\n  key1: \"quoted1\"\n key2: \"bad indentation\"\n",
        "[\n--- ,\n...\n]\n",
        "---\n- { y: z }- invalid\n",
        "key1: \"quoted1\"\nkey2: \"quoted2\" trailing content\nkey3: \"quoted3\"\n",
        "%TAG !prefix! tag:example.com,2011:\n--- !prefix!A\na: b\n--- !prefix!B\nc: d\n--- !prefix!C\ne: f\n",
        "---\nkey: value\n%YAML 1.2\n---\n",
        "---\n'\n...\n'\n",
        "---\nfolded: > first line\n  second line\n",
        "%YAML 1.2\n%YAML 1.2\n---\n",
        "key1: &a value\nkey2: &b *a\n",
        "key1: &alias value1\n&b *alias : value2\n",
        "&anchor - sequence entry\n",
        "---\n{\n foo: 1\n bar: 2 }\n",
        "- item1\n- item2\ninvalid\n",
        "map:\n  key1: \"quoted1\"\n   key2: \"bad indentation\"\n",
        "- !!str, xxx\n",
        "k: {\nk\n:\nv\n}\n",
        "k: {\n k\n :\n v\n }\n",
        "---\nblock scalar: |\n     \n  more spaces at the beginning\n  are invalid\n",
        "foo: |\n\t\nbar: 1\n",
        "foo: |\n \t\nbar: 1\n",
        "-\t-\n",
        "- \t-\n",
        "?\t-\n",
        "? -\n:\t-\n",
        "?\tkey:\n",
        "? key:\n:\tkey:\n",
        "-\t-1\n",
        "a: b: c: d\n",
        "---\na: 'b': c\n",
        "- key: value\n - item1\n",
        "[ \"key\"\n  :value ]\n",
    ]

    @Test("a document that the grammar does not have is refused, with the position of the fault", arguments: invalid)
    func refuses(document: String) {
        let error = #expect(throws: DocumentError.self) {
            try YAMLReader.read(SourceText(name: "x", text: document))
        }
        #expect((error?.place?.line ?? 0) > 0)
    }

    /// Valid, and not read: what libyaml does not know.
    private static let unread: [(document: String, value: String)] = [
        ("&a: key: &a value\nfoo:\n  *a:\n", "{'key': 'value', 'foo': 'key'}"),
        (
            "First occurrence: &anchor Foo\nSecond occurrence: *anchor\nOverride anchor: &anchor Bar\nReuse anchor: *anchor\n",
            "{'First occurrence': 'Foo', 'Second occurrence': 'Foo', 'Override anchor': 'Bar', 'Reuse anchor': 'Bar'}"
        ),
        ("{\"foo\"\n: \"bar\"}\n", "{'foo': 'bar'}"),
        ("{\"foo\"\n: bar}\n", "{'foo': 'bar'}"),
        ("{foo\n: bar}\n", "{'foo': 'bar'}"),
        ("{x: :x}\n", "{'x': ':x'}"),
        ("---\n{ \"foo\"\n  :bar }\n", "{'foo': 'bar'}"),
        ("- { \"key\":value }\n- { \"key\"::value }\n", "[{'key': 'value'}, {'key': ':value'}]"),
        ("- foo:\t bar\n- - baz\n  -\tbaz\n", "[{'foo': 'bar'}, ['baz', 'baz']]"),
        ("\t[\n\t]\n", "[]"),
        ("---\n- &😁 unicode anchor\n", "['unicode anchor']"),
        (
            "---\n- { \"single line\": value}\n- { \"multi\n  line\": value}\n",
            "[{'single line': 'value'}, {'multi line': 'value'}]"
        ),
        ("? a\n: -\tb\n  -  -\tc\n     - d\n", "{'a': ['b', ['c', 'd']]}"),
        ("a: b\t\nseq:\t\n - a\t\nc: d\t#X\n", "{'a': 'b', 'seq': ['a'], 'c': 'd'}"),
        ("--- >\nline1\n# no comment\nline3\n", "'line1 # no comment line3\n'"),
        ("foo:\n \tbar\n", "{'foo': 'bar'}"),
        (" \t\nfoo: 1\n", "{'foo': 1}"),
        ("foo: 1\n\t\nbar: 2\n", "{'foo': 1, 'bar': 2}"),
        ("foo: 1\n \t\nbar: 2\n", "{'foo': 1, 'bar': 2}"),
        ("%YAML 1.2\n\t\n---\n", "null"),
        ("--- >\nline1\nline2\nline3\n", "'line1 line2 line3\n'"),
        ("[:x]\n", "[':x']"),
        ("1st non-empty\n\n 2nd non-empty \n\t3rd non-empty\n", "'1st non-empty\n2nd non-empty 3rd non-empty'"),
        (
            "# Tabs and spaces\nquoted: \"Quoted \t\"\nblock:\t|\n  void main() {\n  \tprintf(\"Hello, world!\\n\");\n  }\n",
            "{'quoted': 'Quoted \t', 'block': 'void main() {\n\tprintf(\"Hello, world!\\n\");\n}\n'}"
        ),
        (
            "- a?string\n- another ? string\n- key: value?\n- [a?string]\n- [another ? string]\n- {key: value? }\n- {key: value?}\n- {key?: value }\n",
            "['a?string', 'another ? string', {'key': 'value?'}, ['a?string'], ['another ? string'], {'key': 'value?'}, {'key': 'value?'}, {'key?': 'value'}]"
        ),
        ("---\n{ \"foo\" # comment\n  :bar }\n", "{'foo': 'bar'}"),
        ("---\tscalar\n", "'scalar'"),
        ("key:\n  value\n  with\n  \t\n  tabs\n", "{'key': 'value with\ntabs'}"),
        (
            "---\n- { single line: value}\n- { multi\n  line: value}\n",
            "[{'single line': 'value'}, {'multi line': 'value'}]"
        ),
        ("\t{}\n", "{}"),
        ("x:\n - x\n  \tx\n", "{'x': ['x x']}"),
        ("a: &:@*!$\"<foo>: scalar a\nb: *:@*!$\"<foo>:\n", "{'a': 'scalar a', 'b': 'scalar a'}"),
        ("{\n  foo : !!str,\n  !!str : bar,\n}\n", "{'foo': '', '': 'bar'}"),
        ("%YAML1.1\n---\n", "null"),
        ("%***\n---\n", "null"),
        ("%YAML 1.1 1.2\n---\n", "null"),
    ]

    @Test("a valid document that is not read is refused, and never read as something else", arguments: unread)
    func neverMisreads(document: String, value: String) {
        let text = SourceText(name: "x", text: document)
        let found = PlainForm.of { () throws(DocumentError) in try YAMLReader.read(text) }
        #expect(found == value || found.hasPrefix("refused: "), "\(found)")
    }
}
