import Testing

@testable import Pinproof

struct GitIgnoreTests {
    @Test(arguments: [
        ("*.txt", "a.txt", true), ("*.txt", "a/b.txt", false), ("a*c", "abbc", true), ("a*c", "ab/c", false),
        ("**/b", "b", true), ("**/b", "x/y/b", true), ("**/b", "xb", false), ("a/**/b", "a/b", true),
        ("a/**/b", "a/x/y/b", true), ("a/**", "a/x/y", true), ("a/**", "a", false), ("?", "a", true), ("?", "/", false),
        ("[a-c]x", "bx", true), ("[!a-c]x", "bx", false), ("[!a-c]x", "dx", true), ("[]a]", "]", true),
        ("[a", "[a", true),
        ("\\*", "*", true), ("\\*", "a", false), ("", "", true), ("*", "", true),
    ])
    func globs(pattern: String, text: String, matches: Bool) {
        #expect(Glob.matches(Array(pattern.utf8), Array(text.utf8)) == matches)
    }

    @Test("a pattern that would make a backtracking matcher explode takes no time")
    func globIsNotExponential() {
        let pattern = Array(String(repeating: "a*", count: 200).utf8) + [0x62]
        #expect(!Glob.matches(pattern, Array(repeating: 0x61, count: 2000)))
    }

    @Test(arguments: [
        ("build/\n", "build", true, true as Bool?), ("build/\n", "build", false, nil), ("/a\n", "a", false, true),
        ("/a\n", "x/a", false, nil), ("a\n", "x/a", false, true), ("x/a\n", "y/x/a", false, nil),
        ("*.log\n!keep.log\n", "keep.log", false, false),
        ("# a\n\n", "# a", false, nil), ("\\#a\n", "#a", false, true), ("a \n", "a", false, true),
        ("a\\ \n", "a ", false, true),
        ("a\r\n", "a", false, true),
    ])
    func patterns(file: String, path: String, isFolder: Bool, ignored: Bool?) {
        #expect(GitIgnore(Array(file.utf8)).isIgnored(path, isFolder: isFolder) == ignored)
    }
}
