import EnvironmentInventory
import SourceDocuments
import Testing

@testable import PinRules

/// Command lines and what an installer's reader makes of them.
///
/// A line that begins in the first column is a command: words divided by spaces, `'...'` around one word, a word with `$` one
/// that only the build knows, `NAME=value` words in front of it the variables of the environment. The indented lines after
/// it are what the reader returns, in order: `KIND STRENGTH BY: SUBJECT (REASON)` for a pin, `file FORM PATH`, `index URL`,
/// `output NAME`; `nothing` for a command that asks for nothing, `-` for one that no reader takes.
struct RequestTable {
    struct Row: Sendable, CustomTestStringConvertible {
        let command: String
        let expected: [String]
        var testDescription: String { command }
    }

    let rows: [Row]

    init(_ text: String) {
        var rows: [Row] = []
        for line in text.split(separator: "\n") {
            let content = line.drop { $0 == " " }
            if content.count == line.count {
                rows.append(Row(command: String(line), expected: []))
            } else if let row = rows.popLast() {
                rows.append(Row(command: row.command, expected: row.expected + [String(content)]))
            }
        }
        self.rows = rows
    }

    /// Compares a row with what the readers return, and the ranges of pins with the words that they name.
    static func expect(_ row: Row, sourceLocation: Testing.SourceLocation = #_sourceLocation) {
        #expect(returned(row.command) == row.expected, "\(row.command)", sourceLocation: sourceLocation)
        #expect(!row.expected.isEmpty, "no expectation", sourceLocation: sourceLocation)
    }

    /// What the readers return for a command line, one line each.
    static func returned(_ line: String) -> [String] {
        var words = split(line)
        var variables: [String: String] = [:]
        while let first = words.first, let equals = first.firstIndex(of: "="), first.first?.isUppercase ?? false {
            variables[String(first[..<equals])] = String(first[first.index(after: equals)...])
            words.removeFirst()
        }
        let known = variables
        var column = 1
        let commandWords = words.map { word in
            let start = SourcePosition(line: 1, column: column)
            column += word.utf8.count + 1
            let end = SourcePosition(line: 1, column: column - 1)
            return CommandWord(
                text: word.contains("$") ? nil : word, raw: word, range: SourceRange(start: start, end: end))
        }
        let program = commandWords.first?.text?.split(separator: "/").last.map(String.init)
        let command = InstallerCommand(words: commandWords, file: "f", program: program) { known[$0] }
        guard let request = Installers.read(command) else { return ["-"] }
        var lines = request.pins.map { pin in
            "\(pin.kind) \(pin.strength) \(pin.requestedBy): \(pin.subject)" + (pin.reason.map { " (\($0))" } ?? "")
        }
        lines += request.files.map { "file \($0.form) \($0.path ?? $0.word.raw)" }
        lines += request.extraIndexes.map { "index \($0.text ?? $0.raw)" }
        lines += request.outputs.map { "output \($0)" }
        return lines.isEmpty ? ["nothing"] : lines
    }

    private static func split(_ line: String) -> [String] {
        var words: [String] = []
        var word = ""
        var isQuoted = false
        var isWord = false
        for character in line {
            switch character {
            case "'":
                isQuoted.toggle()
                isWord = true
            case " " where !isQuoted:
                if isWord || !word.isEmpty { words.append(word) }
                (word, isWord) = ("", false)
            default: word.append(character)
            }
        }
        if isWord || !word.isEmpty { words.append(word) }
        return words
    }
}
