import Testing

@testable import DockerfileSyntax

/// Pattern matching of the shell, held against fnmatch(3) in the C locale
/// (https://pubs.opengroup.org/onlinepubs/9699919799/utilities/V3_chap02.html#tag_18_13).
@Suite("Patterns of the shell")
struct WildcardTests {
    @Test(
        "what matches",
        arguments: [
            ("", ""), ("a", "a"), ("*", ""), ("*", "abc"), ("**", "a"), ("a*", "a"), ("a*c", "abbc"), ("*c", "cc"),
            ("?", "a"), ("a?c", "abc"), ("[abc]", "b"), ("[a-c]", "b"), ("[a-c]x", "ax"), ("[!a]", "b"), ("[^a]", "b"),
            ("[]a]", "]"), ("[]a]", "a"), ("[!]a]", "b"), ("[a-]", "-"), ("[-a]", "-"), ("[a\\]b]", "]"), ("\\*", "*"),
            ("\\?x", "?x"), ("\\[a]", "[a]"), ("[*]", "*"), ("[?]", "?"), ("[", "["), ("[a", "[a"), ("a[", "a["),
            ("[[:digit:]]", "7"), ("[[:alpha:][:digit:]]", "x"), ("[![:space:]]", "x"), ("[[:upper:]]*", "Xy"),
            ("[[:xdigit:]]", "F"), ("[[:punct:]]", "!"), ("[[:blank:]]", "\t"), ("[[:cntrl:]]", "\u{7F}"),
            ("[[:graph:]]", "~"), ("[[:print:]]", " "), ("[[:lower:]]", "z"), ("[[:alnum:]]", "0"),
            ("*.tar.*", "a.tar.gz"),
            ("a*b*c*d", "aXbXcXd"), ("*a*a*b", "aaaab"), ("[a-c-e]", "-"),
        ])
    func matches(_ pattern: String, _ text: String) { #expect(Wildcard.matches(text, pattern: pattern)) }

    @Test(
        "what does not",
        arguments: [
            ("", "a"), ("a", ""), ("?", ""), ("?", "ab"), ("a*", "ba"), ("[abc]", "d"), ("[c-a]", "b"), ("[!a]", "a"),
            ("[!a]", ""), ("[]a]", "b"), ("\\*", "a"), ("[[:digit:]]", "x"), ("[[:nothing:]]", "n"),
            ("[[:graph:]]", " "), ("[[:upper:]]", "é"), ("*.tar", "a.tar.gz"), ("a*b", "a"), ("[a", "a"),
            ("abc", "abd"),
            ("[a\\-c]", "b"),
        ])
    func matchesNot(_ pattern: String, _ text: String) { #expect(!Wildcard.matches(text, pattern: pattern)) }

    @Test("many stars end in time")
    func time() {
        let pattern = String(repeating: "a*", count: 2000) + "b"
        #expect(!Wildcard.matches(String(repeating: "a", count: 20_000), pattern: pattern))
    }
}
