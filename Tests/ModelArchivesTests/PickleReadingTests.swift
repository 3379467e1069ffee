import ArchiveReading
import EnvironmentInventory
import Glibc
import Testing

@testable import ModelArchives

/// Reads a pickle from memory as the format's reader does.
private func content(_ bytes: [UInt8], _ name: String = "m.pkl") throws -> ModelFileContent {
    let source = MemoryByteSource(bytes, name: name)
    let head = FileHead(path: name, bytes: Array(bytes.prefix(512)), size: bytes.count)
    return try #require(try PickleFormat.readFile(source, head: head, file: name))
}

private func read(_ bytes: [UInt8]) throws -> ModelFileContent { try content(bytes) }

private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

/// `(S'MODULE'\nS'NAME'\n\x93.`: two strings that STACK_GLOBAL makes a name of.
private func named(_ module: String, _ name: String) -> [UInt8] { bytes("\(module)\n\(name)\n") + [0x93, 0x2E] }

@Test(
    "strings are decoded as pickle decodes them before a name is made of them",
    arguments: [
        ("S'o\\x73'", "S'system'", "os.system"), ("S'\\157s'", "S\"sy\\\nstem\"", nil),
        ("V\\u006fs", "Vsystem", "os.system"),
        ("V\\U0000006fs", "V\\u0073ystem", "os.system"), ("S'a\\\\b'", "S'c'", "a\\b.c"),
        ("V\\\\u006f", "Vs", "\\\\u006f.s"),
        ("S'a\\qb'", "S'c'", "a\\qb.c"), ("S'\\0601'", "S'x'", "01.x"), ("S'\\t\\a'", "S'x'", "\t\u{7}.x"),
    ] as [(String, String, String?)])
func pickleStringsAreDecoded(_ module: String, _ name: String, _ expected: String?) throws {
    // A line feed ends an argument whatever precedes it: the second case is not a string at all.
    guard let expected else {
        #expect(throws: (any Error).self) { try content(named(module, name)) }
        return
    }
    let machine = PickleMachine(PickleInput(MemoryByteSource(named(module, name), name: "m.pkl")))
    try machine.readPickle()
    #expect(machine.heap.globals.map(\.path) == [expected])
}

@Test(
    "what Python refuses is refused",
    arguments: [
        "S'\\x7'\n.", "S'\\xzz'\n.", "S'a\\'\n.", "S'a\"\n.", "V\\u00zz\n.", "V\\U00110000\n.",
        "Fnan(abc)\n.",
        "F1e999\n.", "F1_0\n.", "F\n.", "Fe5\n.", "I1_0\n.", "I\n.", "L0x10L\n.", "L-L\n.",
        "I\(String(repeating: "9", count: 4301))\n.",
        "(I1\na.", "(lI1\nI2\ns.", "(dI1\na.", "(l(lI1\ns.", "((ldd.", "NNb.", "(lNb.", "I1\n(tR.", "NNR.",
        "S'x'\n(tR.",
        "(l(lR.",
    ])
func whatPythonRefusesIsRefused(_ text: String) {
    #expect(throws: ArchiveReadingError.self, "\(text.debugDescription)") { try content(bytes(text)) }
}

@Test(
    "numbers that picklers write are read",
    arguments: [
        "F1.5\n.", "F-1e-05\n.", "F1e+30\n.", "Finf\n.", "F-inf\n.", "Fnan\n.", "I0\n.", "I-12\n.", "L12L\n.", "L0L\n.",
        "I01\n.",
    ])
func pickledNumbersAreRead(_ text: String) throws { #expect(try content(bytes(text)).gaps.isEmpty) }

@Test("UTF-8 that is none is refused, surrogates pass as in Python")
func pickledUTF8() throws {
    func unicode(_ raw: [UInt8]) -> [UInt8] { [0x58, UInt8(raw.count), 0, 0, 0] + raw + [0x2E] }
    for raw in [[0xFF], [0xC3], [0xC0, 0x80], [0xE0, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x41, 0x80]] as [[UInt8]] {
        #expect(throws: ArchiveReadingError.self, "\(raw)") { try content(unicode(raw)) }
    }
    for raw in [[0xC3, 0xA9], [0xE2, 0x82, 0xAC], [0xF0, 0x9F, 0x98, 0x80], [0xED, 0xA0, 0x80]] as [[UInt8]] {
        #expect(try content(unicode(raw)).gaps.isEmpty, "\(raw)")
    }
    // Protocol 0 writes them in ASCII.
    #expect(try content(bytes("Va\\ud800b\n.")).gaps.isEmpty)
    #expect(throws: ArchiveReadingError.self) { try content(bytes("Va\\U00110000b\n.")) }
    // A character that pieces of the input cut.
    let long = [UInt8](repeating: 0x61, count: (64 << 10) - 6) + [0xE2, 0x82, 0xAC]
    let size = UInt32(long.count)
    let header: [UInt8] = [0x58] + (0..<4).map { UInt8(truncatingIfNeeded: size >> (8 * UInt32($0))) }
    #expect(try content(header + long + [0x2E]).gaps.isEmpty)
}

@Test("a string of Python 2 that is not ASCII is a gap, not a refusal")
func stringsOfPython2() throws {
    for raw in [bytes("S'\\xff'\n."), [0x55, 2, 0xFF, 0xFE, 0x2E]] as [[UInt8]] {
        #expect(try content(raw).gaps.map(\.reason).contains { $0.contains("Python 2") })
    }
    #expect(try content(bytes("S'plain'\n.")).gaps.isEmpty)
}

@Test("a name of more bytes than are kept is computed")
func longNamesAreGaps() throws {
    let long = String(repeating: "a", count: 1025)
    #expect(try content(named("S'\(long)'", "S'x'")).gaps.count == 1)
    let whole = try content(named("S'\(long.dropLast())'", "S'x'"))
    #expect(whole.gaps.isEmpty)
    #expect(whole.modules == [String(long.dropLast())])
}

@Test(
    "functions that look names up leave the pickle not understood",
    arguments: [
        ("cpkgutil\nresolve_name\n(S'lightgbm:Booster'\ntR.", ["lightgbm", "pkgutil"]),
        ("cimportlib\nimport_module\n(S'pandas.io'\ntR.", ["importlib", "pandas.io"]),
        ("cbuiltins\n__import__\n(S'x'\ntR.", ["builtins", "x"]),
        ("cbuiltins\ngetattr\n(cjson\nloads\nS'__globals__'\ntR.", ["builtins", "json"]),
        ("coperator\nattrgetter\n(S'a.__class__'\ntR.", ["operator"]), ("cjson\nos.system\n.", ["json"]),
        ("cjson\nJSONDecoder.__init__\n.", ["json"]),
        ("ccloudpickle.cloudpickle\nsubimport\n(NtR.", ["cloudpickle.cloudpickle"]),
        ("cdill._dill\n_import_module\n(NtR.", ["dill._dill"]), ("cdill._dill\n_eval_repr\n(S'1'\ntR.", ["dill._dill"]),
        ("ca\nb\nca\nc\n(tRR.", ["a"]),
    ] as [(String, [String])])
func lookedUpNamesAreGaps(_ text: String, _ modules: [String]) throws {
    let content = try content(bytes(text))
    #expect(!content.gaps.isEmpty)
    #expect(content.modules == Set(modules))
}

@Test(
    "what picklers write to look names up is understood",
    arguments: [
        "cbuiltins\ngetattr\n(csklearn.base\nClassifierMixin\nS'score'\ntR.", "coperator\nattrgetter\n(S'a.b'\ntR.",
        "cjson\nJSONDecoder.Inner\n.", "ccloudpickle.cloudpickle\nsubimport\n(S'pandas'\ntR.",
        "cdill._dill\n_import_module\n(S'pandas.core'\ntR.",
    ])
func ordinaryLookupsAreRead(_ text: String) throws { #expect(try content(bytes(text)).gaps.isEmpty) }

@Test(
    "modules that pickled functions refer to and import are needed; the code says its Python",
    arguments: [
        ("cloudpickle-glob", ["cloudpickle", "numpy", "scipy"], "3.11"),
        ("cloudpickle-local", ["cloudpickle", "narwhals", "packaging", "wcwidth"], "3.11"),
        ("cloudpickle-lam", ["cloudpickle"], nil), ("dill-glob", ["dill", "numpy", "pandas", "sklearn"], "3.11"),
        ("dill-local", ["dill", "narwhals", "packaging", "wcwidth"], "3.11"), ("dill-lam", ["dill"], nil),
    ] as [(String, [String], String?)])
func pickledFunctionsNameTheirModules(_ fixture: String, _ needs: [String], _ python: String?) throws {
    let model = try ModelReader.read(path: "\(fixtures)/\(fixture).pkl")
    #expect(model.isComplete)
    #expect(Set(model.needs).isSuperset(of: needs), "\(model.needs)")
    #expect(model.environment.python?.version == python)
    // The opcodes of a function that only multiplies are those of two versions.
    #expect(model.facts.contains { $0.name == "bytecode" && $0.value == "3.11 or 3.12" } == (python == nil))
}

@Test("every version of the bytecode reads its own code only, and finds what it imports")
func bytecodeVersions() {
    // `import X; return None` as each version compiles it: RESUME, LOAD_CONST 0, LOAD_CONST 0, IMPORT_NAME 2, ..., return.
    let codes: [(code: [UInt8], minors: [Int])] = [
        ([100, 1, 100, 0, 108, 2, 125, 0, 100, 0, 83, 0], [8, 9, 10]),
        ([151, 0, 100, 1, 100, 0, 108, 2, 125, 0, 100, 0, 83, 0], [11, 12]),
        ([151, 0, 100, 1, 100, 0, 108, 2, 125, 0, 121, 0], [12]),
        ([151, 0, 100, 1, 100, 0, 108, 2, 125, 0, 166, 0, 0, 0, 171, 0, 0, 0, 0, 0, 0, 0, 0, 0, 83, 0], [11]),
        ([149, 0, 83, 1, 83, 0, 75, 2, 110, 0, 36, 0], [13]), ([128, 0, 82, 1, 82, 0, 73, 2, 112, 0, 35, 0], [14]),
    ]
    for (code, minors) in codes {
        let readers = PythonBytecode.all.filter { $0.imports(of: code) != nil }
        let isOld = minors.first.map { $0 < 11 } ?? false
        #expect(readers.filter { ($0.minor < 11) == isOld }.map(\.minor) == minors, "\(code)")
        for reader in readers where minors.contains(reader.minor) { #expect(reader.imports(of: code) == [2]) }
    }
    #expect(PythonBytecode.all[3].imports(of: [151, 0, 144, 1, 108, 2, 83, 0]) == [258])
    #expect(PythonBytecode.all[3].imports(of: [151, 0, 116, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]) == nil)
    #expect(PythonBytecode.all[3].imports(of: []) == nil)
    #expect(PythonBytecode.candidates(argumentCount: 16).map(\.minor) == [8, 9, 10])
    #expect(PythonBytecode.candidates(argumentCount: 18).map(\.minor) == [11, 12, 13, 14])
    #expect(PythonBytecode.candidates(argumentCount: 17).isEmpty)
}

@Test(
    "a name that Python cannot look up leaves the pickle incomplete",
    arguments: ["c\nsystem\n.", "c.os\nsystem\n.", "cos\n\n."])
func namelessGlobals(_ text: String) throws {
    let content = try content(bytes(text))
    #expect(content.gaps.count == 1 && content.modules.isEmpty)
}

@Test("an index of the memo counts once, as MEMOIZE counts it in CPython")
func memoIndicesCountOnce() throws {
    func put(_ index: UInt8) -> [UInt8] { [0x4E, 0x71, index, 0x30] }
    func memoized(_ text: String) -> [UInt8] { [0x8C, UInt8(text.utf8.count)] + bytes(text) + [0x94, 0x30] }
    // PUT 1, PUT 0, PUT 1: two indices, and the next that MEMOIZE takes is 2.
    let twice = [0x80, 4] + put(1) + put(0) + put(1) + memoized("posix") + memoized("system")
    let content = try read(twice + [0x68, 2, 0x68, 3, 0x93, 0x2E])
    #expect(content.findings.map(\.subject) == ["posix.system"])
    // Harmless strings at 6 and 8 that CPython's MEMOIZE overwrites.
    let named = [0x8C, 5] + bytes("numpy") + [0x71, 6, 0x30, 0x8C, 7] + bytes("ndarray") + [0x71, 8, 0x30] as [UInt8]
    let overwritten =
        [0x80, 4] + named + put(1) + put(0) + put(1) + put(2) + put(3) + memoized("posix") + put(4) + put(5)
        + memoized("system") + [0x68, 6, 0x68, 8, 0x93, 0x2E]
    let other = try read(overwritten)
    #expect(other.findings.map(\.subject) == ["posix.system"])
}
