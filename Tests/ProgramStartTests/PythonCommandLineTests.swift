import Testing

@testable import ProgramStart

/// The command line of CPython (https://docs.python.org/3/using/cmdline.html).
struct PythonCommandLineTests {
    private static let programs: [(words: [String], program: PythonCommandLine.Program, arguments: [String])] = [
        (["a.py"], .script("a.py"), []),
        (["a.py", "-m", "b"], .script("a.py"), ["-m", "b"]),
        (["-u", "a.py", "x"], .script("a.py"), ["x"]),
        (["-m", "a"], .module("a"), []),
        (["-ma"], .module("a"), []),
        (["-m", "a.b", "-c", "x"], .module("a.b"), ["-c", "x"]),
        (["-Im", "a", "--x"], .module("a"), ["--x"]),
        (["-c", "print(1)", "x"], .command, ["x"]),
        (["-cprint(1)"], .command, []),
        (["-"], .standardInput, []),
        (["-", "x"], .standardInput, ["x"]),
        ([], .standardInput, []),
        (["-W", "ignore", "a.py"], .script("a.py"), []),
        (["-Wignore", "a.py"], .script("a.py"), []),
        (["-X", "dev", "a.py"], .script("a.py"), []),
        (["-Xdev", "-OO", "-b", "-B", "-q", "-x", "a.py"], .script("a.py"), []),
        (["--check-hash-based-pycs", "always", "a.py"], .script("a.py"), []),
        (["-uW", "ignore", "a.py"], .script("a.py"), []),
        (["--", "a.py"], .script("a.py"), []),
    ]

    @Test("the program is what follows the options, and the rest is its own", arguments: programs.indices)
    func program(index: Int) {
        let (words, program, arguments) = Self.programs[index]
        let line = PythonCommandLine(words)
        #expect(line.program == program, "\(words)")
        #expect(line.arguments == arguments, "\(words)")
    }

    /// What an option changes: safe path, user site, variables, site.
    private static let flagsCases: [(words: [String], isSafe: Bool, hidesUser: Bool, ignores: Bool, skipsSite: Bool)] =
        [
            (["a.py"], false, false, false, false),
            (["-I", "a.py"], true, true, true, false),
            (["-P", "a.py"], true, false, false, false),
            (["-s", "a.py"], false, true, false, false),
            (["-E", "a.py"], false, false, true, false),
            (["-S", "a.py"], false, false, false, true),
            (["-EsS", "a.py"], false, true, true, true),
            (["-IS", "a.py"], true, true, true, true),
            // After the program they are its own.
            (["a.py", "-I"], false, false, false, false),
            (["-m", "a", "-E"], false, false, false, false),
            // A value is not an option.
            (["-W", "-I", "a.py"], false, false, false, false),
            (["-X", "I", "a.py"], false, false, false, false),
            (["-WI", "a.py"], false, false, false, false),
        ]

    @Test("each option changes what it changes in CPython", arguments: flagsCases.indices)
    func flags(index: Int) {
        let (words, isSafe, hidesUser, ignores, skipsSite) = Self.flagsCases[index]
        let line = PythonCommandLine(words)
        #expect(line.isSafePath == isSafe, "\(words)")
        #expect(line.hidesUserSite == hidesUser, "\(words)")
        #expect(line.ignoresVariables == ignores, "\(words)")
        #expect(line.skipsSite == skipsSite, "\(words)")
    }

    @Test("-W and -X keep their values in their order, -X pycache_prefix is told apart")
    func values() {
        let line = PythonCommandLine([
            "-W", "ignore", "-Werror::x.Y", "-X", "dev", "-Xpycache_prefix=/var/cache", "-X", "frozen_modules=off",
            "a.py",
        ])
        #expect(line.warnings == ["ignore", "error::x.Y"])
        #expect(line.implementationOptions == ["dev", "pycache_prefix=/var/cache", "frozen_modules=off"])
        #expect(line.bytecodePrefix == "/var/cache")
        #expect(PythonCommandLine(["a.py"]).bytecodePrefix == nil)
    }

    private static let names: [(word: String, isInterpreter: Bool)] = [
        ("python3.11", true), ("python3.13t", true), ("/opt/x/bin/python3", true), ("pypy3.10", true),
        ("python3-config", false),
        ("python3.11-dbg", false), ("pythonista", false), ("mypython", false), ("pytest", false), ("python.exe", false),
        ("t", false),
    ]

    @Test("an interpreter is told by its name", arguments: names)
    func interpreters(word: String, isInterpreter: Bool) {
        #expect(PythonCommandLine.isInterpreter(word) == isInterpreter)
    }
}
