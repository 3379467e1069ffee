import DockerfileSyntax
import TestSupport
import Testing

@testable import PinRules

/// Variables in texts of manifests, with the way back to the file.
struct InterpolationTests {
    private static let values = ["A": "1", "B": "x y", "E": ""]

    /// A text of compose, and what it is.
    private static let compose: [(text: String, expanded: String)] = [
        ("a", "a"), ("$A", "1"), ("${A}b", "1b"), ("$Ab", "${expression_Ab}"), ("$$A", "$A"), ("$$$A", "$1"),
        ("${A:-z}", "1"), ("${E:-z}", "z"), ("${E-z}", ""), ("${N:-z}", "z"), ("${N:-${A}}", "1"),
        ("${N:-$N}", "${expression_NN}"),
        ("${A:+z}", "z"), ("${N:+z}", ""), ("${N:?gone}", "${expression_Ngone}"), ("$N", "${expression_N}"),
        ("a$", "a$"), ("$ A", "$ A"), ("$(ls)", "$(ls)"), ("${", "${"), ("${A", "${A"), ("$B$B", "x yx y"),
        ("FROM a:${A}\nRUN b=$$A", "FROM a:1\nRUN b=$A"),
    ]

    /// A text of HCL, and what it is.
    private static let hcl: [(text: String, expanded: String)] = [
        ("${A}", "1"), ("$A", "$A"), ("$$A", "$$A"), ("$${A}", "${A}"), ("$$${A}", "$${A}"),
        ("${N}", "${expression_N}"),
        ("a$", "a$"), ("$$", "$$"), ("${lower(A)}", "${expression_lowerA}"),
    ]

    private static func expanded(_ text: String, isBraced: Bool) -> MappedText {
        let bytes = Array(text.utf8)
        return Interpolation.expanded(MappedText(bytes, 0..<bytes.count), isBraced: isBraced) { values[$0] }
    }

    @Test("variables of compose", arguments: compose.indices)
    func ofCompose(index: Int) {
        #expect(Self.expanded(Self.compose[index].text, isBraced: false).string == Self.compose[index].expanded)
    }

    @Test("variables of HCL stand in braces", arguments: hcl.indices)
    func ofHCL(index: Int) {
        #expect(Self.expanded(Self.hcl[index].text, isBraced: true).string == Self.hcl[index].expanded)
    }

    @Test("each part leads back to where it is written")
    func places() {
        let text = "ab${A}cd$$e$N"
        let result = Self.expanded(text, isBraced: false)
        #expect(result.string == "ab1cd$e${expression_N}")
        #expect(result.fileRange(0..<2) == 0..<2)
        #expect(result.fileRange(2..<3) == 2..<6)
        #expect(result.fileRange(3..<5) == 6..<8)
        #expect(result.fileRange(5..<6) == 8..<10)
        #expect(result.fileRange(7..<result.count) == 11..<13)
    }

    @Test("random texts: known ones are those of the expansion of a string, and no place is outside of the text")
    func random() {
        var random = SeededGenerator(seed: 77)
        let parts = ["$", "{", "}", "A", "N", ":-", "B", " ", "$$", "${A}", "${N:-q}", "\n", "x"]
        for _ in 0..<fuzzRounds(2_000) {
            let text = (0..<random.next(0...12)).map { _ in parts[random.next(0...parts.count - 1)] }.joined()
            let result = Self.expanded(text, isBraced: false)
            let whole = Interpolation.expand(text, Self.values)
            if whole.isKnown, !text.contains("${expression") { #expect(result.string == whole.text, "\(text)") }
            for index in 0..<result.count {
                let range = result.fileRange(index..<(index + 1))
                #expect(range.lowerBound >= 0 && range.upperBound <= text.utf8.count, "\(text)")
            }
        }
    }

    @Test("marks that nothing closes cost no more than their length")
    func unclosed() {
        for part in ["${", "$", "${A:-", "$$"] {
            let text = String(repeating: part, count: fuzzRounds(3_000))
            #expect(Self.expanded(text, isBraced: false).count <= text.utf8.count)
        }
    }

    /// A formatted string of Python as it is written between the quotes, and the command line that it is.
    private static let formatted: [(text: String, line: String, unknown: [String])] = [
        ("a", "a", []), ("{x}", "${_x}", ["_x"]), ("{{x}}", "{x}", []), ("a{x!r}b", "a${_x}b", ["_x"]),
        ("{x:>{y}}", "${_x}", ["_x"]),
        ("{known}", "1.0", []), ("{sys.executable} -m", "python -m", []),
        ("{a[0]}-{b.c}", "${_a0}-${_bc}", ["_a0", "_bc"]),
        ("{' '.join(x)}", "${_joinx}", ["_joinx"]), ("{", "${_}", ["_"]), ("}", "}", []), ("{}", "${_}", ["_"]),
        ("{a", "${_a}", ["_a"]),
        ("{f'{x}'}", "${_fx}", ["_fx"]), ("{x}{x}", "${_x}${_x}", ["_x", "_x"]),
    ]

    @Test("formatted strings of Python", arguments: formatted.indices)
    func python(index: Int) {
        let (text, line, unknown) = Self.formatted[index]
        let result = FormattedText(text) { $0 == "known" ? .known("1.0") : nil }
        #expect(result.text == line)
        #expect(result.unknown == unknown)
    }
}
