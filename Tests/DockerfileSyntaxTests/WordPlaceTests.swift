import SourceDocuments
import Testing

@testable import DockerfileSyntax

/// A word that stands in the file is at its place there, so that an edit of those bytes edits that word.
@Suite struct WordPlaceTests {
    /// The words of a Dockerfile that say that they stand in the file, and do not.
    static func misplaced(_ bytes: [UInt8]) -> [String] {
        let file = SourceText(name: "Dockerfile", bytes: bytes)
        let model = DockerfileModel(Dockerfile.parse(file))
        return model.runs.flatMap(\.commands).flatMap(\.words).filter(\.standsInFile).compactMap { word in
            let raw = Array(word.raw.utf8)
            let written = Array(bytes[word.range])
            // Bytes that are not UTF-8 cannot be compared as text.
            if word.raw.unicodeScalars.contains("\u{FFFD}") { return nil }
            let isSame =
                written == raw || withoutContinuations(written, model.dockerfile.escape) == withoutReturns(raw)
            return isSame && isUnquoted(word) ? nil : "\(word.raw.debugDescription) at \(word.range)"
        }
    }

    private static func withoutReturns(_ bytes: [UInt8]) -> [UInt8] { bytes.filter { $0 != 0x0D } }

    /// The bytes without continuations, and without the comment lines and blank lines inside of them.
    private static func withoutContinuations(_ bytes: [UInt8], _ escape: UInt8) -> [UInt8] {
        var result: [UInt8] = []
        var isContinued = false
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        for (number, line) in lines.enumerated() {
            var content = line.filter { $0 != 0x0D }[...]
            let isBlank = content.allSatisfy { $0 == 0x20 || $0 == 0x09 }
            let first = content.first { $0 != 0x20 && $0 != 0x09 }
            if isContinued, first == UInt8(ascii: "#") || isBlank && number < lines.count - 1 { continue }
            isContinued = false
            if number < lines.count - 1 {
                let trimmed = content.lastIndex { $0 != 0x20 && $0 != 0x09 }
                if let trimmed, content[trimmed] == escape {
                    content = content[..<trimmed]
                    isContinued = true
                }
            }
            result += content
            if !isContinued, number < lines.count - 1 { result.append(0x0A) }
        }
        return result
    }

    /// Whether a word without variables is what its quotes and escapes say: read here once more, by nothing but them.
    private static func isUnquoted(_ word: ShellWord) -> Bool {
        let raw = Array(word.raw.utf8)
        guard let text = word.text, word.uses.isEmpty, !raw.contains(where: { "$`(<>\n".utf8.contains($0) }) else {
            return true
        }
        // The exec form has JSON's quotes.
        if raw.first == 0x22, raw.last == 0x22, text.utf8.elementsEqual(raw.dropFirst().dropLast()) { return true }
        var result: [UInt8] = []
        var quote: UInt8?
        var index = 0
        while index < raw.count {
            let byte = raw[index]
            index += 1
            if byte == quote {
                quote = nil
            } else if quote == nil, byte == 0x22 || byte == 0x27 {
                quote = byte
            } else if byte == 0x5C, quote != 0x27, index < raw.count,
                quote == nil || [0x22, 0x5C].contains(raw[index])
            {
                result.append(raw[index])
                index += 1
            } else {
                result.append(byte)
            }
        }
        return quote != nil || text.utf8.elementsEqual(result)
    }

    @Test(arguments: [
        "FROM a\nRUN pip install 'a b' \"c\" d\\\n  e\\\n# comment\n\nf \\\n g\n",
        "FROM a\r\nRUN pip install a\\\r\n  b 'c\\\r\nd'\r\n",
        "# escape=`\nFROM a\nRUN pip install a`\nb 'c`\nd'\n",
        "FROM a\nRUN bash -c 'pip install \"a b\" c'\nRUN sh -c \"pip install \\\"a\\\" b\"\n",
        "FROM a\nRUN echo `pip install \\`echo a\\` \\\"b\\\"` \"$(pip install \"c d\")\"\n",
        "FROM a\nRUN <<-EOF\n\tpip install 'a\n\tb' c\n\tEOF\nRUN <<EOF bash\npip install a\\\nb\nEOF\n",
        "FROM a\nENV P=\"a b\"\nRUN eval \"pip install $P c\" && set -- x 'y z' && pip install \"$@\" $1\n",
        "FROM a\nRUN [\"sh\", \"-c\", \"pip install \\\"a\\\" b\"]\nRUN [\"pip\", \"install\", \"x\"]\n",
        "FROM a\nRUN f() { pip install \"$@\" a$1; }; f 'x y' z\nRUN su -c \"pip install \\$a b\" u\n",
        "FROM a\nRUN xargs -I{} sh -c 'pip install {} \"'\"a b\"'\"' $'a\\x41' $\"b\"\n",
    ])
    func wordsStandWhereTheySay(_ text: String) {
        #expect(Self.misplaced(Array(text.utf8)) == [])
    }

    @Test(arguments: [
        ("RUN sh -c \"pip install \\\"a b\\\"\"", "a b", false),
        ("RUN sh -c 'pip install \"a b\"'", "a b", true),
        ("RUN pip install a\\\n  b", "a", true),
        ("RUN pip install x\\\ny", "xy", true),
        ("RUN P=a; pip install $P", "a", true),
        ("RUN P='pip install a'; eval $P", "a", false),
        ("RUN f() { pip install $1; }; f a", "a", true),
    ])
    func wordsSayWhetherTheyStandInTheFile(_ instruction: String, _ word: String, _ stands: Bool) throws {
        let commands = model("FROM a\n\(instruction)\n").runs.flatMap(\.commands)
        let found = try #require(
            commands.last { $0.name == "pip" && $0.argv.contains(word) }?.words.last { $0.text == word })
        #expect(found.standsInFile == stands)
    }
}
