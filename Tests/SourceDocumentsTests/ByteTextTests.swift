import TestSupport
import Testing

@testable import SourceDocuments

/// Texts that are compared by their bytes, as file systems compare names.
struct ByteTextTests {
    @Test(
        "what String takes for the same text is another name",
        arguments: [
            ("\u{E9}", "e\u{301}"), ("a/\u{E9}.py", "a/e\u{301}.py"), ("\u{1E9B}\u{323}", "\u{1E9B}\u{307}\u{323}"),
            ("\u{212B}", "\u{C5}"), ("\u{AC00}", "\u{1100}\u{1161}"),
        ])
    func unicodeForms(_ left: String, _ right: String) {
        #expect(ByteText(left) == ByteText(left))
        #expect(ByteText(left) != ByteText(right))
        #expect((ByteText(left) < ByteText(right)) != (ByteText(right) < ByteText(left)))
        #expect(Set([left, right].map { ByteText($0) }).count == 2)
    }

    @Test("the order is that of the bytes, whatever the texts", arguments: 0..<fuzzRounds(20))
    func order(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        let pieces = ["", "a", "b", "/", ".", "\u{0}", "\u{E9}", "e\u{301}", "\u{1F600}", "-", "z", "\u{FFFD}"]
        let texts = (0..<40).map { _ in
            (0..<generator.next(0...6)).map { _ in pieces[generator.next(0...pieces.count - 1)] }.joined()
        }
        for left in texts {
            for right in texts {
                let (one, other) = (Array(left.utf8), Array(right.utf8))
                #expect((ByteText(left) == ByteText(right)) == (one == other))
                #expect((ByteText(left) < ByteText(right)) == one.lexicographicallyPrecedes(other))
                if one == other { #expect(ByteText(left).hashValue == ByteText(right).hashValue) }
            }
        }
    }

    @Test("a part of another text compares as a text of its own")
    func parts() {
        let whole = "usr/lib/python3.11/site-packages/numpy/__init__.py"
        for part in whole.split(separator: "/") {
            #expect(ByteText(String(part)) == ByteText(String(Array(part))))
        }
        #expect(ByteText("") < ByteText("a") && !(ByteText("a") < ByteText("")) && ByteText("") == ByteText(""))
        #expect(ByteText("a") < ByteText("a/b") && ByteText("a/b") < ByteText("a0"))
    }

    @Test("an accent behind a slash joins no names")
    func names() {
        #expect("a/\u{301}b".pathNames.map { Array($0.utf8) } == [Array("a".utf8), Array("\u{301}b".utf8)])
        #expect("//a///b/".pathNames == ["a", "b"])
        #expect("/".pathNames.isEmpty && "".pathNames.isEmpty)
        #expect("a:\u{301}b".parts(at: ":").map { Array($0.utf8) } == [Array("a".utf8), Array("\u{301}b".utf8)])
        #expect("a::b".parts(omittingEmpty: false, at: ":") == ["a", "", "b"])
        #expect("a/\u{301}b".hasBytePrefix("a/") && !"\u{E9}".hasBytePrefix("e"))
    }
}
