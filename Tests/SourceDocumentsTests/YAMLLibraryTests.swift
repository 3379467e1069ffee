import SourceDocuments
import Testing

/// Where libyaml 0.2.5 (https://github.com/yaml/libyaml), which reads the tokens, departs from YAML 1.2.2.
///
/// The documents are those of yaml-test-suite (https://github.com/yaml/yaml-test-suite, MIT License).
struct YAMLLibraryTests {
    /// Documents of the suite that libyaml 0.2.5 reads by YAML 1.1 (https://yaml.org/spec/1.1/), as do the tools that use it.
    private static let readAsVersion11: [(document: String, value: String)] = [
        ("{ ?foo: bar,\nbar: 42\n}\n", "{'foo': 'bar', 'bar': 42}"),
        ("[?x]\n", "[{'x': null}]"),
        ("- |+\n   ", "['']"),
        ("foo: |\n  x\n   ", "{'foo': 'x\n '}"),
        ("# Assuming conventional resolution:\n- \"12\"\n- 12\n- ! 12\n", "['12', 12, 12]"),
        ("---\nkey: &an:chor value\n", "{'key': ':chor value'}"),
    ]

    @Test("libyaml reads what YAML 1.2 changed as YAML 1.1 does", arguments: readAsVersion11)
    func readsVersion11(document: String, value: String) {
        let text = SourceText(name: "x", text: document)
        #expect(PlainForm.of { () throws(DocumentError) in try YAMLReader.read(text) } == value)
    }

    /// Valid documents of the suite that libyaml 0.2.5 refuses: other directives and versions, tabs that begin a block scalar.
    private static let refusedByLibrary: [String] = [
        "%FOO  bar baz # Should be ignored\n              # with a warning.\n---\n\"foo\"\n",
        "%FOO  bar baz # Should be ignored\n              # with a warning.\n--- \"foo\"\n",
        "foo: |-\n \tbar\n",
        "foo: |-\n \tbar",
        "%YAML 1.3 # Attempt parsing\n          # with a warning\n---\n\"foo\"\n",
        "- |\n detected\n- >\n \n  \n  # detected\n- |1\n  explicit\n- >\n \t\n detected\n",
        "%YAML 1.12345\n---\n",
    ]

    @Test("a valid document that libyaml cannot read is refused, not read otherwise", arguments: refusedByLibrary)
    func refusesRatherThanMisreads(document: String) {
        #expect(throws: DocumentError.self) { try YAMLReader.read(SourceText(name: "x", text: document)) }
    }

    /// Documents that the grammar of YAML 1.2 does not have and that libyaml 0.2.5 reads: comments without a space before them, lines of
    /// flow collections and quoted scalars that are not indented, spaces in directives.
    private static let readByLibrary: [String] = [
        "--- |1-",
        "--- |1+",
        "---\n[ a, b, c, ]#invalid\n",
        "---\nflow: [a,\nb,\nc]\n",
        "---\n[ a, b, c,#invalid\n]\n",
        "foo: \"bar\n\tbaz\"\n",
        "---\n- [-, -]\n",
        "%YAML 1.1#...\n---\n",
        "%YAML  1.1\n---\n",
        "%YAML \t 1.1\n---\n",
        "%YAML 1.1  # comment\n---\n",
        "---\nquoted: \"a\nb\nc\"\n",
        "empty block scalar: >\n \n  \n   \n # comment\n",
        "key: \"value\"# invalid comment\n",
        "block: ># comment\n  scalar\n",
        "- [\n\t\n foo\n ]\n",
        "- [\n\tfoo,\n foo\n ]\n",
        "[-]\n",
    ]

    @Test("libyaml is lenient about spaces and comments, and nothing else", arguments: readByLibrary)
    func readsLeniently(document: String) throws {
        let node = try YAMLReader.read(SourceText(name: "x", text: document))
        #expect(!PlainForm.text(node).contains("#"), "a comment is not a value")
    }
}
