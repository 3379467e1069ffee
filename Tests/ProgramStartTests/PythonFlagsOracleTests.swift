import TestSupport
import Testing

@testable import ProgramStart

/// Random command lines, compared with what the interpreter of this machine makes of them.
@Suite(.enabled(if: hasProgram("python3") && shell("python3 -P -c pass") == 0, "-P is from Python 3.11 on"))
struct PythonFlagsOracleTests {
    private static let options: [[String]] = [
        ["-u"], ["-B"], ["-b"], ["-q"], ["-s"], ["-S"], ["-E"], ["-I"], ["-P"], ["-O"], ["-OO"], ["-uB"], ["-sE"],
        ["-BsS"],
        ["-IB"], ["-PS"], ["-W", "ignore"], ["-Wignore"], ["-uW", "ignore"], ["-X", "utf8"], ["-Xutf8"],
        ["-Xpycache_prefix=/p"], ["-BX", "pycache_prefix=/q"], ["--check-hash-based-pycs", "always"],
    ]

    private static let print =
        "import sys; f = sys.flags; print(int(f.safe_path), f.no_user_site, f.ignore_environment, f.no_site, "
        + "sys.pycache_prefix, sys._xoptions.get('utf8'), *sys.argv[1:], sep='|')"

    @Test("flags and arguments")
    func flags() throws {
        var random = SeededGenerator(seed: 65)
        let folder = TemporaryDirectory()
        folder.write("a.py", Array(Self.print.utf8))
        var lines: [[String]] = []
        for _ in 0..<fuzzRounds(16) {
            var words = (0..<random.next(0...4)).flatMap { _ in Self.options[random.next(0...Self.options.count - 1)] }
            switch random.next(0...4) {
            case 0: words += ["-c", Self.print]
            case 1: words += ["-c" + Self.print]
            case 2: words += ["--", "a.py"]
            default: words += ["a.py"]
            }
            lines.append(
                words + (0..<random.next(0...3)).map { _ in ["-I", "x y", "--", "-S", "-c"][random.next(0...4)] })
        }
        func quoted(_ word: String) -> String { "'" + word.replacing("'", with: "'\\''") + "'" }
        let script = lines.map { "python3 \($0.map(quoted).joined(separator: " "))" }.joined(separator: "\n")
        folder.write("all.sh", Array(script.utf8))
        shell("cd '\(folder.path)' && env -i PATH=\"$PATH\" sh all.sh > out 2> errors")
        let output = String(decoding: folder.bytes(of: "out") ?? [], as: UTF8.self)
        let found = output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
        try #require(found.count == lines.count)
        for (words, printed) in zip(lines, found) {
            let line = PythonCommandLine(words)
            func flag(_ isSet: Bool) -> String { isSet ? "1" : "0" }
            let expected =
                [
                    flag(line.isSafePath), flag(line.hidesUserSite), flag(line.ignoresVariables), flag(line.skipsSite),
                    line.bytecodePrefix ?? "None", line.implementationOptions.contains("utf8") ? "True" : "None",
                ] + line.arguments
            #expect(expected.joined(separator: "|") == printed, "python3 \(words)")
        }
    }

    @Test("what follows -- is the program, whatever it looks like")
    func endOfOptions() {
        #expect(PythonCommandLine(["-s", "--", "-c", "x"]).program == .script("-c"))
        #expect(PythonCommandLine(["--", "-"]).program == .standardInput)
        #expect(PythonCommandLine(["-s", "--"]).program == .standardInput)
        #expect(PythonCommandLine(["--", "-I", "-S"]).arguments == ["-S"])
        #expect(PythonCommandLine(["--", "-I", "-S"]).isSafePath == false)
    }
}
