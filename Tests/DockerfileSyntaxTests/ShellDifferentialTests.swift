import Glibc
import TestSupport
import Testing

@testable import DockerfileSyntax

/// Random scripts that are followed as dash runs them: the same programs with the same arguments in the same order, or a gap.
struct ShellDifferentialTests {
    /// Makes scripts of what entry points use: assignments, expansions, conditions, loops, functions, positional parameters.
    private struct Writer {
        var random: SeededGenerator
        private let names = ["a", "b", "c"]
        private let values = ["", "x", "x y", "a.b.c", "/usr/lib/x", "0", "-n", "it's", "x=1", " lead", "$a"]

        init(seed: UInt64) { random = SeededGenerator(seed: seed) }

        mutating func pick<Element>(_ list: [Element]) -> Element { list[random.next(0...list.count - 1)] }

        mutating func literal() -> String {
            let value = pick(values)
            return value.contains("'") ? "\"\(value)\"" : "'\(value)'"
        }

        mutating func expansion() -> String {
            let name = pick(names)
            return pick([
                "$\(name)", "${\(name)}", "${\(name):-d e}", "${\(name)-d}", "${\(name):+alt}", "${\(name)+alt}",
                "${\(name)%.*}", "${\(name)%%.*}", "${\(name)#*.}", "${\(name)##*/}", "${\(name)%/*}", "${\(name)#x}",
                "$#",
                "$1", "${2:-two}", "${\(name):-$b}", "${\(name)%\"$b\"}", "${\(name)#?}",
            ])
        }

        mutating func word() -> String {
            switch random.next(0...6) {
            case 0: literal()
            case 1: expansion()
            case 2: "\"\(expansion())\""
            case 3: "\"p-\(expansion())-$*\""
            case 4: "l\(expansion())"
            case 5: "\"$@\""
            default: "w\\ \(pick(names))"
            }
        }

        mutating func call() -> String { "prog " + (0...random.next(0...2)).map { _ in word() }.joined(separator: " ") }

        mutating func condition() -> String {
            let left = "\"\(expansion())\""
            return pick([
                "[ \(left) = x ]", "[ -n \(left) ]", "[ -z \(left) ]", "[ \(left) != \(literal()) ]", "[ $# -gt 1 ]",
                "test \(left) = 'x y'", "[ ! \(left) = x ]", "[ \(left) ]", "true", "false", "! [ -z \(left) ]",
            ])
        }

        mutating func statement(_ depth: Int) -> String {
            let name = pick(names)
            if depth > 2 { return call() }
            switch random.next(0...15) {
            case 0, 1: return "\(name)=\(literal())"
            case 2: return "\(name)=\(expansion())"
            case 3: return "\(name)=\"\(expansion()) \(expansion())\""
            case 4: return "if \(condition()); then \(statements(1, depth + 1)); else \(statements(1, depth + 1)); fi"
            case 5: return "if \(condition()); then \(call()); elif \(condition()); then \(call()); fi"
            case 6:
                return "case \"\(expansion())\" in x*) \(call()) ;; *.*|'') \(statements(1, depth + 1)) ;; "
                    + "/*/x) \(call()) ;; *) \(call()) ;; esac"
            case 7: return "for \(name) in \(word()) \(word()) z; do \(statements(2, depth + 1)); done"
            case 8: return "set -- \(word()) \(word())"
            case 9: return "\(condition()) && \(call())"
            case 10: return "\(condition()) || \(call())"
            case 11: return "f() { \(statements(2, depth + 1)); }; f \(word()) \(word())"
            case 12: return "( \(statements(2, depth + 1)) )"
            case 13: return "{ \(statements(2, depth + 1)); }"
            default: return call()
            }
        }

        mutating func statements(_ count: Int, _ depth: Int) -> String {
            (0..<count).map { _ in statement(depth) }.joined(separator: "; ")
        }
    }

    @Test("what is followed is what dash starts", .enabled(if: hasProgram("dash")))
    func scripts() throws {
        var writer = Writer(seed: 50)
        let scripts = (0..<fuzzRounds(500)).map { _ in writer.statements(5, 0) }
        let folder = TemporaryDirectory()
        // Every script has the positional parameters of `sh x one 'two three'`, an empty directory and no variables.
        var all = "prog() { printf prog; for word; do printf '|%s' \"$word\"; done; echo; }\n"
        for script in scripts { all += "( set -- one 'two three'; \(script) )\necho ==\n" }
        folder.write("all.sh", Array(all.utf8))
        shell("cd '\(folder.path)' && env -i PATH=/bin HOME=/root dash all.sh > out 2> errors")
        let output = String(decoding: folder.bytes(of: "out") ?? [], as: UTF8.self)
        var runs = output.split(separator: "==\n", omittingEmptySubsequences: false).map {
            $0.split(separator: "\n").map(String.init)
        }
        runs.removeLast()
        try #require(runs.count == scripts.count)
        var followed = 0
        for (script, lines) in zip(scripts, runs) {
            let found = SimulatedShell.follow("set -- one 'two three'; " + script)
            if found.first?.hasPrefix("not followed") == true { continue }
            followed += 1
            #expect(found == lines, "\(script)")
        }
        #expect(followed > scripts.count / 2, "only \(followed) of \(scripts.count) were followed")
    }
}
