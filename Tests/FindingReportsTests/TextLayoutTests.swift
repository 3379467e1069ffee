import EnvironmentInventory
import SourceDocuments
import Testing

@testable import FindingReports

/// The report for a terminal: where the mark stands, where lines break, what colours are.
struct TextLayoutTests {
    private static func report(
        _ line: String, _ columns: Range<Int>, end: Int = 1, width: Int? = nil, colored: Bool = false
    ) -> [String] {
        let finding = Finding(
            rule: "r", severity: .error, file: "f",
            range: SourceRange(
                start: SourcePosition(line: 1, column: columns.lowerBound),
                end: SourcePosition(line: end, column: columns.upperBound)), message: "m")
        let result = CheckResult(
            require: .exact, findings: [finding], files: [.init(path: "f", kind: "dockerfile")], suppressed: 0,
            texts: ["f": SourceText(name: "f", text: line + "\nnext\n")])
        return TextReport.render(result, style: TerminalStyle(isColored: colored, width: width)).split(
            separator: "\n", omittingEmptySubsequences: false
        ).map(String.init)
    }

    /// A line, the columns in bytes, and what stands under it.
    private static let marksCases: [(line: String, columns: Range<Int>, mark: String)] = [
        ("FROM python", 6..<12, "     ^~~~~~"),
        ("FROM python", 1..<5, "^~~~"),
        ("FROM python", 6..<6, "     ^"),
        ("FROM python", 12..<12, "           ^"),
        ("FROM python", 90..<99, "           ^"),
        ("\tx y", 2..<3, "\t^"),
        ("a\tx y", 3..<4, " \t^"),
        ("caf\u{e9} x", 7..<8, "     ^"),
        ("x\r", 1..<2, "^"),
        ("", 1..<1, "^"),
    ]

    @Test("the mark stands under what it means", arguments: marksCases)
    func marks(line: String, columns: Range<Int>, mark: String) {
        let lines = Self.report(line, columns)
        #expect(lines[1] == " 1 | " + line.replacing("\r", with: ""))
        #expect(lines[2] == "   | " + mark)
    }

    @Test("a range of several lines is marked to the end of its first")
    func severalLines() {
        #expect(Self.report("RUN a \\", 1..<3, end: 2)[2] == "   | ^~~~~~~")
    }

    @Test("a very long line is not shown, and the finding is")
    func longLine() {
        let lines = Self.report(String(repeating: "x", count: 401), 1..<3)
        #expect(lines[0] == "f:1:1: error: m [r]")
        #expect(!lines.contains { $0.hasPrefix(" 1 |") })
    }

    @Test(
        "a password in a URL is not shown",
        arguments: ["RUN curl https://user:secret@x.example/y", "ADD https://t0ken@x.example/y /"])
    func credentials(line: String) {
        for column in 1...line.utf8.count {
            let text = Self.report(line, column..<(column + 3)).joined(separator: "\n")
            #expect(!text.contains("secret") && !text.contains("t0ken"), "\(text)")
        }
    }

    private static let wrapsCases: [(text: String, first: Int, rest: Int, width: Int?, lines: [String])] = [
        ("one two three", 0, 0, nil, ["one two three"]),
        ("one two three", 0, 0, 40, ["one two three"]),
        ("one two three four five six", 0, 4, 20, ["one two three four", "    five six"]),
        ("one two three four five six", 10, 2, 20, ["one two", "  three four five", "  six"]),
        ("averyveryveryverylongword b", 0, 2, 20, ["averyveryveryverylongword", "  b"]),
        ("\u{e9}\u{e9}\u{e9} one two three four", 0, 0, 20, ["\u{e9}\u{e9}\u{e9} one two three", "four"]),
    ]

    @Test("text breaks at spaces before the width", arguments: wrapsCases.indices)
    func wraps(index: Int) {
        let (text, first, rest, width, lines) = Self.wrapsCases[index]
        #expect(TextReport.wrapped(text, first: first, rest: rest, width) == lines.joined(separator: "\n"))
    }

    @Test("every line fits into the terminal", arguments: [40, 60, 80, 120])
    func widths(width: Int) {
        let line = "RUN " + (1...30).map { "package-\($0)" }.joined(separator: " ")
        for column in [1, 100, 300] {
            for text in Self.report(line, column..<(column + 10), width: width) {
                #expect(text.unicodeScalars.count <= width, "\(text)")
            }
        }
    }

    @Test("colours are ECMA-48 sequences that end, and without them the text is the same")
    func colors() {
        let colored = Self.report("FROM python", 6..<12, colored: true).joined(separator: "\n")
        var isOpen = false
        var plain = ""
        var rest = colored[...]
        while let escape = rest.firstRange(of: "\u{1B}[") {
            plain += rest[..<escape.lowerBound]
            guard let end = rest[escape.upperBound...].firstIndex(of: "m") else { break }
            let code = rest[escape.upperBound..<end]
            #expect(code.allSatisfy { $0.isNumber || $0 == ";" })
            #expect(isOpen == (code == "0"), "a sequence in a sequence")
            isOpen = code != "0"
            rest = rest[rest.index(after: end)...]
        }
        plain += rest
        #expect(!isOpen)
        #expect(plain == Self.report("FROM python", 6..<12).joined(separator: "\n"))
    }

    private static let counts: [(count: Int, text: String)] = [(0, "0 files"), (1, "1 file"), (2, "2 files")]

    @Test("a noun follows its number", arguments: counts)
    func plurals(count: Int, text: String) {
        #expect(plural(count, "file") == text)
    }

    @Test("the last line sums up what was found")
    func summary() {
        func last(_ severities: [Severity], suppressed: Int = 0, files: Int = 1) -> String? {
            let findings = severities.enumerated().map {
                ReportSamples.finding("m", severity: $0.element, file: "f", line: $0.offset + 1)
            }
            let result = CheckResult(
                require: .hashed, findings: findings,
                files: (0..<files).map { .init(path: "f\($0)", kind: "dockerfile") }, suppressed: suppressed)
            return TextReport.render(result, style: .plain).split(separator: "\n").last.map(String.init)
        }
        #expect(last([]) == "nothing floats in 1 file at strength hashed")
        #expect(last([], suppressed: 2, files: 3) == "nothing floats in 3 files at strength hashed, 2 suppressed")
        #expect(last([.error]) == "1 error in 1 file")
        #expect(last([.error, .error, .warning, .note], files: 2) == "2 errors, 1 warning, 1 note in 2 files")
        #expect(last([.note], suppressed: 1) == "1 note in 1 file, 1 suppressed")
    }
}
