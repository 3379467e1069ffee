import ArchiveReading
import EnvironmentInventory
import Testing

@testable import ModelArchives

/// Reads a pickle, each scalar of the text being a byte.
private func read(_ text: String) throws -> ModelFileContent {
    let bytes = text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    let head = FileHead(path: "m.pkl", bytes: Array(bytes.prefix(512)), size: bytes.count)
    return try #require(try PickleFormat.readFile(MemoryByteSource(bytes, name: "m.pkl"), head: head, file: "m.pkl"))
}

/// `NAME(ARGUMENTS)` in protocol 0.
private func call(_ path: String, _ arguments: String...) -> String { "\(name(path))(\(arguments.joined())tR" }

/// A name: the module to the last dot, unless a `:` divides them.
private func name(_ path: String) -> String {
    let parts = path.split(separator: path.contains(":") ? ":" : ".")
    return "c\(parts.dropLast().joined(separator: "."))\n\(parts.last ?? "")\n"
}

private func text(_ text: String) -> String { "S'\(text)'\n" }

@Test(
    "modules under other names, and attributes of modules, leave the pickle incomplete",
    arguments: [
        name("random:_os.system") + "(" + text("x") + "tR", name("posixpath.os"), name("collections._sys"),
        name("collections:_sys.modules"), name("numpy.os"), name("joblib:numpy_pickle.Anything"),
        call("builtins.getattr", name("posixpath.os"), text("system")),
        call("builtins.getattr", name("joblib.hashing"), text("x")),
        call("builtins.getattr", call("cloudpickle.cloudpickle.subimport", text("os")), text("system")),
        call("functools.reduce", name("builtins.getattr"), "(" + name("a.B") + "(" + text("x") + "lt"),
        call("operator.methodcaller", text("system"), text("x")) + "(" + name("a.B") + "tR",
        call("tarfile.bltn_open", text("x"), text("w")), call("operator.getitem", name("a.B"), text("os")),
        name("collections._sys") + "(dS'path'\n(lsb", name("a.B") + "(dS'path'\n(lsb",
        call("cloudpickle.cloudpickle.subimport", text("sys")) + "(dS'path'\n(lsb",
        call("builtins.getattr", name("a.B"), text("c")) + "S'x'\na",
        call("cloudpickle.cloudpickle._class_setstate", name("a.B"), "((dS'x'\nI1\ns(dt"),
        call("cloudpickle.cloudpickle._builtin_type", text("sys")),
        call("dill._dill._create_ftype", name("a.b"), name("a.c"), "(t", "N"),
        call("builtins.setattr", name("a.B"), text("x"), "I1\n"),
    ])
func modulesUnderOtherNames(_ pickle: String) throws { #expect(!(try read(pickle + ".").gaps.isEmpty)) }

@Test(
    "what loads, imports or runs its arguments leaves the pickle incomplete",
    arguments: [
        "pickle._loads", "cloudpickle.loads", "joblib.externals.cloudpickle.loads", "dill.loads", "joblib.load",
        "numpy.load",
        "dataclasses._create_fn", "dataclasses.make_dataclass", "imaplib.IMAP4_stream", "distutils.spawn.spawn",
        "logging.config._resolve", "uuid._get_command_stdout", "site.addpackage",
        "test.support.script_helper.assert_python_ok", "builtins.vars", "builtins.map", "builtins.filter",
        "torch.storage._load_from_bytes", "pandas.read_pickle", "a.run_command", "doctest.debug_script",
        "unittest.mock._importer", "itertools.starmap", "typing.get_type_hints", "copy.copy",
        "dill._dill._create_filehandle", "keras.src.saving.deserialize_model", "collections.namedtuple",
    ])
func loadersAndRunnersAreNamed(_ path: String) throws {
    let content = try read(call(path, text("x"), text("y")) + ".")
    #expect(content.gaps.contains { $0.subject == path } || !content.findings.isEmpty, "\(content.gaps)")
    // A name alone is not a call: functions of models have them among their globals.
    if path.hasPrefix("joblib.load") || path == "numpy.load" { #expect(try read(name(path) + ".").gaps.isEmpty) }
    // OBJ and INST call as well.
    #expect(!(try read("(\(name(path))\(text("x"))o.").gaps.isEmpty) || !content.findings.isEmpty)
}

@Test(
    "a function that another one is given is named", arguments: ["site.addpackage", "builtins.getattr", "joblib.load"])
func functionsGivenToFunctions(_ path: String) throws {
    #expect(try read(call("a.apply", "(\(name(path))l") + ".").gaps.contains { $0.subject == path })
    #expect(try read(call("a.Apply", "(\(name(path))l") + ".").gaps.isEmpty)
    #expect(try read(call("a.apply", name("math.sqrt"), name("builtins.len")) + ".").gaps.isEmpty)
}

@Test(
    "what the pickles of models call is understood",
    arguments: [
        call("collections.OrderedDict"), call("datetime.date", text("x")),
        call("functools.partial", name("json.loads")),
        call("operator.attrgetter", text("a")),
        call("copyreg._reconstructor", name("a.B"), name("builtins.object"), "N"),
        call("_codecs.encode", text("x"), text("latin1")), call("re._compile", text("x"), "I0\n"),
        call("uuid.UUID"), call("pathlib.PosixPath", text("a")), call("pathlib._local.PosixPath", text("a")),
        call("types.SimpleNamespace"), call("array._array_reconstructor", text("x")),
        call("builtins.ValueError", text("x")),
        call("random.Random"), call("zoneinfo:ZoneInfo._unpickle", text("UTC"), "I1\n"),
        call("builtins.getattr", name("zoneinfo.ZoneInfo"), text("_unpickle")) + "(" + text("UTC") + "I1\ntR",
        call("builtins.getattr", name("a.Outer"), text("Inner")) + "(tR(dS'x'\nI1\nsb",
        call(
            "copyreg._reconstructor", call("builtins.getattr", name("a.Outer"), text("Inner")), name("builtins.object"),
            "N"),
        call("operator.getitem", name("typing.Union"), "(" + name("builtins.int") + "Nt"),
        call("functools.reduce", name("_operator.or_"), "(" + name("builtins.int") + "Nt"),
        call("builtins.type", "N"), call("builtins.getattr", name("numpy.add"), text("reduce")),
        call("builtins.getattr", name("builtins.str"), text("upper")), call("logging.getLogger", text("a")),
        call("numpy._core.multiarray._reconstruct", name("numpy.ndarray"), "(I0\nt", text("b")),
        call("pandas._libs.internals._unpickle_block", "I1\n"), call("sklearn.tree._tree.Tree", "I1\n"),
        name("datetime.time"), name("copy.copy"), name("time.time"), name("numpy.random"), name("numpy:ndarray.sum"),
    ])
func ordinaryCallsAreUnderstood(_ pickle: String) throws {
    let content = try read(pickle + ".")
    #expect(content.gaps.isEmpty && content.findings.isEmpty, "\(content.gaps)")
}

/// A function as cloudpickle makes one; the code is not read, which is a gap of its own.
private let function = call("cloudpickle.cloudpickle._make_function", "I1\n", "(d", "N", "N", "N")

/// A class as cloudpickle makes one, with a method.
private func ownClass(_ method: String, memo: Int) -> String {
    call(
        "cloudpickle.cloudpickle._make_skeleton_class", name("builtins.type"), text("X"), "(t", "(d", text("id"), "N")
        + "p\(memo)\n0"
        + call("cloudpickle.cloudpickle._class_setstate", "g\(memo)\n", "((d\(text(method))\(function)s(dt") + "0"
}

@Test("a function whose code is in the pickle is not called")
func codeThatLoadingCalls() throws {
    #expect(try read(function + ".").findings.isEmpty)
    for pickle in [
        function + "(tR.", "(" + function + "o.",
        call("cloudpickle.cloudpickle._function_setstate", function, "N") + "(tR.",
        call("dill._dill._create_function", "I1\n", "(d") + "(tR.",
        call("dill._dill._load_type", text("FunctionType")) + "(I1\n(dtR(tR.",
    ] {
        let content = try read(pickle)
        #expect(content.findings.contains { $0.rule == "dangerous-global" && $0.message.contains("code") }, "\(pickle)")
        #expect(!content.gaps.isEmpty)
    }
    #expect(!(try read(call("functools.partial", function) + "(tR.").gaps.isEmpty))
    #expect(!(try read(call("a.apply", function) + ".").gaps.isEmpty))
}

@Test("a method whose code is in the pickle is named where loading runs it")
func methodsThatLoadingRuns() throws {
    func runs(_ method: String, _ use: String) throws -> Bool {
        try read(ownClass(method, memo: 7) + use + ".").gaps.contains { $0.subject == method }
    }
    // `g7 () NEWOBJ` is of protocol 2; `copyreg.__newobj__` says the same.
    let made = call("copyreg.__newobj__", "g7\n")
    #expect(try runs("__init__", "g7\n(tR") && !runs("__init__", made) && !runs("predict", "g7\n(tR"))
    #expect(try runs("__new__", made) && !runs("__setstate__", made) && runs("__del__", made))
    #expect(try runs("__setstate__", "g7\n(tR(dS'x'\nI1\nsb") && runs("append", "g7\n(tRI1\na"))
    #expect(try runs("__hash__", "(dg7\n(tRI1\ns") && !runs("__hash__", "(dI1\ng7\n(tRs"))
    // Elements of sets, parts of keys, and what Python's own functions iterate and convert.
    for use in [
        "(g7\n(tR\u{91}", "\u{8F}(g7\n(tR\u{90}", "(d(g7\n(tRtI1\ns", call("builtins.set", "(lg7\n(tRa"),
        call("builtins.frozenset", "((g7\n(tRtt"), call("builtins.dict", "(l(g7\n(tRI1\nta"),
        call("collections.Counter", "(dI1\ng7\n(tRs"),
    ] { #expect(try runs("__hash__", use), "\(use)") }
    #expect(try runs("__iter__", call("builtins.list", "g7\n(tR")) && runs("__str__", call("builtins.str", "g7\n(tR")))
    #expect(try !runs("__hash__", call("builtins.staticmethod", "g7\n(tR")) && !runs("__hash__", "(lg7\n(tRa"))
    // The methods may be there from the start.
    let early = call(
        "dill._dill._create_type", name("builtins.type"), text("X"), "(t", "(d\(text("__hash__"))\(function)s")
    #expect(try read("(d\(early)(tRI1\ns.").gaps.contains { $0.subject == "__hash__" })
    #expect(try !runs("__setstate__", "g7\n") && !runs("load_context", "g7\n(tR(dS'x'\nI1\nsb"))
}
