import Testing

@testable import ProgramStart

/// Texts that hold several words.
struct WordTextTests {
    /// `X` is `v`, `Y` is `a b`. The words are those that `env -S` of GNU coreutils 9.1 makes of the text; nil where it refuses it.
    private static let environmentTexts: [(text: String, words: [String]?)] = [
        ("a b", ["a", "b"]),
        ("  a   b  ", ["a", "b"]),
        ("a\tb", ["a", "b"]),
        ("a\nb", ["a", "b"]),
        (#"a\ b"#, nil),
        // \_ is a blank in double quotes and ends a word outside of them.
        (#"a\_b"#, ["a", "b"]),
        (#""a\_b""#, ["a b"]),
        (#"a\tb"#, ["a\tb"]),
        (#""a\tb""#, ["a\tb"]),
        (#"'a\tb'"#, [#"a\tb"#]),
        (#"a\nb"#, ["a\nb"]),
        (#"a\fb"#, ["a\u{C}b"]),
        (#"a\vb"#, ["a\u{B}b"]),
        (#"a\rb"#, ["a\rb"]),
        // # begins a comment where a word would begin.
        ("a\\#b", ["a#b"]),
        ("a #b", ["a"]),
        ("a#b", ["a#b"]),
        ("#a b", []),
        ("a \\# b", ["a", "#", "b"]),
        ("a'#'b", ["a#b"]),
        // \c ends the text.
        (#"a\cb c"#, ["a"]),
        (#""a\cb""#, nil),
        // ${NAME}, outside of single quotes; no other form of a variable.
        (#"\$X"#, ["$X"]),
        ("a${X}b", ["avb"]),
        (#""a${X}b""#, ["avb"]),
        ("'a${X}b'", ["a${X}b"]),
        ("${Y}", ["a b"]),
        (#""${Y}""#, ["a b"]),
        ("a${NONE}b", ["ab"]),
        ("a ${NONE} b", ["a", "b"]),
        ("$X", nil),
        ("${X", nil),
        ("${}", nil),
        ("${1}", nil),
        // Quotes.
        (#""""#, [""]),
        ("''", [""]),
        (#"a"b c"d"#, ["ab cd"]),
        ("a'b c'd", ["ab cd"]),
        (#""a\"b""#, [#"a"b"#]),
        (#"'a\'b'"#, ["a'b"]),
        (#"'a\\b'"#, [#"a\b"#]),
        (#""a\\b""#, [#"a\b"#]),
        (#""a\$b""#, ["a$b"]),
        (#"a\'b"#, ["a'b"]),
        (#"a\"b"#, [#"a"b"#]),
        ("a'b", nil),
        (#"a"b"#, nil),
        (#"a\"#, nil),
        (#"\q"#, nil),
        (#""\q""#, nil),
        (#"'\q'"#, [#"\q"#]),
        ("A=1 B='2 3' c", ["A=1", "B=2 3", "c"]),
        ("-i c", ["-i", "c"]),
        ("", []),
    ]

    @Test("the text of env -S is split as GNU env splits it", arguments: environmentTexts)
    func environment(text: String, words: [String]?) {
        #expect(EnvironmentText.split(text, environment: ["X": "v", "Y": "a b"]) == words)
    }

    @Test("a variable that is not known makes the words unknown", arguments: ["${U}", "a ${U}", "\"${U}\""])
    func unknownVariables(text: String) {
        #expect(EnvironmentText.split(text, environment: ["U": nil]) == nil)
        #expect(EnvironmentText.split("'\(text.filter { $0 != "\"" })'", environment: ["U": nil]) != nil)
    }

    /// The words are those of `shlex.split` of Python 3.11; nil where it raises an error.
    private static let shellTexts: [(text: String, words: [String]?)] = [
        ("a b", ["a", "b"]),
        ("a 'b c'", ["a", "b c"]),
        (#"a "b c""#, ["a", "b c"]),
        (#"a\ b"#, ["a b"]),
        (#"a\_b"#, ["a_b"]),
        (#""a\"b""#, [#"a"b"#]),
        (#""a\nb""#, [#"a\nb"#]),
        (#"a\nb"#, ["anb"]),
        ("a#b", ["a#b"]),
        ("a #b", ["a", "#b"]),
        ("${X}", ["${X}"]),
        (#"'a\'b"#, [#"a\b"#]),
        ("''", [""]),
        ("a''b", ["ab"]),
        (#""a\$b""#, [#"a\$b"#]),
        ("a\rb", ["a", "b"]),
        ("'a", nil),
        ("\"a", nil),
        ("a\\", nil),
        ("", []),
    ]

    @Test("GUNICORN_CMD_ARGS is split as shlex splits it", arguments: shellTexts)
    func shell(text: String, words: [String]?) {
        #expect(ShellWordList.split(text) == words)
    }
}
