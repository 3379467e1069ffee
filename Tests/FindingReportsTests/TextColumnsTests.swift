import Testing

@testable import FindingReports

/// The columns of a table, in characters.
struct TextColumnsTests {
    @Test(
        "a text is padded to its number of characters, not of bytes",
        arguments: [
            ("", 2, "  "), ("ab", 4, "ab  "), ("ab", 1, "ab"), ("\u{e9}", 3, "\u{e9}  "),
            ("e\u{301}x", 3, "e\u{301}x "),
            ("\u{1F1EB}\u{1F1F7}", 2, "\u{1F1EB}\u{1F1F7} "),
        ])
    func padding(text: String, width: Int, expected: String) { #expect(padded(text, width) == expected) }

    @Test(
        "spaces at the end are left out, other characters stay",
        arguments: [
            ("", ""), ("   ", ""), ("a", "a"), (" a  ", " a"), ("a\u{a0} ", "a\u{a0}"), ("a\t ", "a\t"),
            ("e\u{301} ", "e\u{301}"),
        ])
    func trimming(text: String, expected: String) { #expect(trimmed(text) == expected) }
}
