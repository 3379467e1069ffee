import ArchiveReading
import EnvironmentInventory
import Testing

@testable import ModelArchives

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
func modulesUnderOtherNames(_ pickle: String) throws { #expect(!(try readPickle(pickle + ".").gaps.isEmpty)) }

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
    let content = try readPickle(call(path, text("x"), text("y")) + ".")
    #expect(content.gaps.contains { $0.subject == path } || !content.findings.isEmpty, "\(content.gaps)")
    // A name alone is not a call: functions of models have them among their globals.
    if path.hasPrefix("joblib.load") || path == "numpy.load" { #expect(try readPickle(name(path) + ".").gaps.isEmpty) }
    // OBJ and INST call as well.
    #expect(!(try readPickle("(\(name(path))\(text("x"))o.").gaps.isEmpty) || !content.findings.isEmpty)
}

@Test(
    "a function that another one is given is named", arguments: ["site.addpackage", "builtins.getattr", "joblib.load"])
func functionsGivenToFunctions(_ path: String) throws {
    #expect(try readPickle(call("a.apply", "(\(name(path))l") + ".").gaps.contains { $0.subject == "a.apply" })
    #expect(try readPickle(call("a.Apply", "(\(name(path))l") + ".").gaps.contains { $0.subject == path })
    #expect(try readPickle(call("a.Apply", name("math.sqrt"), name("builtins.len"), name("a.B")) + ".").gaps.isEmpty)
    // What is made without `__init__` only holds it.
    #expect(try readPickle(call("copyreg.__newobj__", name("a.Apply"), name(path)) + ".").gaps.isEmpty)
}

@Test(
    "what the pickles of models call is understood",
    arguments: [
        call("collections.OrderedDict"), call("datetime.date", text("\\x07d\\x01\\x02")),
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
    let content = try readPickle(pickle + ".")
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
    #expect(try readPickle(function + ".").findings.isEmpty)
    for pickle in [
        function + "(tR.", "(" + function + "o.",
        call("cloudpickle.cloudpickle._function_setstate", function, "N") + "(tR.",
        call("dill._dill._create_function", "I1\n", "(d") + "(tR.",
        call("dill._dill._load_type", text("FunctionType")) + "(I1\n(dtR(tR.",
    ] {
        let content = try readPickle(pickle)
        #expect(content.findings.contains { $0.rule == "dangerous-global" && $0.message.contains("code") }, "\(pickle)")
        #expect(!content.gaps.isEmpty)
    }
    #expect(!(try readPickle(call("functools.partial", function) + "(tR.").gaps.isEmpty))
    #expect(!(try readPickle(call("a.apply", function) + ".").gaps.isEmpty))
}

@Test("a method whose code is in the pickle is named where loading runs it")
func methodsThatLoadingRuns() throws {
    func runs(_ method: String, _ use: String) throws -> Bool {
        try readPickle(ownClass(method, memo: 7) + use + ".").gaps.contains { $0.subject == method }
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
    #expect(try readPickle("(d\(early)(tRI1\ns.").gaps.contains { $0.subject == "__hash__" })
    #expect(try !runs("__setstate__", "g7\n") && !runs("load_context", "g7\n(tR(dS'x'\nI1\nsb"))
}

/// A function of the standard library that runs a command, bound to it as often as said.
private func bound(_ times: Int = 1) -> String {
    var value = name("uuid._get_command_stdout")
    for _ in 0..<times { value = call("functools.partial", value, text("x")) }
    return value
}

/// An object with a method of its own.
private func armed(_ method: String) -> String { call("types.SimpleNamespace") + "(d\(text(method))\(bound())sb" }

@Test(
    "what makes a function of a function is followed to it",
    arguments: [
        call("functools.lru_cache", name("imaplib.IMAP4_stream")) + "(" + text("x") + "tR",
        call("functools.lru_cache", bound()) + "(tR", call("functools.lru_cache", name("a.B")) + "(tR",
        call("functools.lru_cache", name("cStringIO.open")) + "(" + text("x") + "tR",
        call("functools.lru_cache", "I1\n", "I00\n") + "(\(bound())tR(tR",
        call("functools.lru_cache", call("types.MethodType", bound(), text("x"))) + "(tR", bound() + "(tR",
        call("types.MethodType", bound(), text("x")) + "(tR", call("operator.attrgetter", text("a")) + "(I1\ntR",
        call("functools.partialmethod", bound()) + "(tR",
        call("a.Apply", bound(6)), call("a.Apply", bound(40)), call("a.Apply", "(" + bound() + "l"),
        call("a.Apply", "(" + String(repeating: "I0\n", count: 100) + bound() + "l"),
        call("a.Apply", call("functools.partial", name("builtins.print")) + "(\(bound())(tNNtb"),
        call("a.Apply", call("functools.lru_cache", "I1\n") + "(\(bound())tR"),
    ])
func makersOfFunctions(_ pickle: String) throws { #expect(!(try readPickle(pickle + ".").gaps.isEmpty)) }

@Test(
    "what Python's own classes call of their arguments is named",
    arguments: [
        call("abc.ABCMeta", text("B"), "(" + name("a.B") + "t", "(d"),
        call("abc.ABCMeta", text("A"), "(t", "(d" + text("__init_subclass__") + bound() + "s"),
        call("enum.EnumMeta", text("A"), "(t", "(d"), call("enum.Enum", text("A"), "(lI1\na"),
        call("typing.NamedTuple", text("A"), "(l"), call("types.new_class", text("A")),
        call("configparser.RawConfigParser", "N", bound()),
        call("configparser.RawConfigParser", "N", name("imaplib.IMAP4_stream")),
        call("collections.defaultdict", bound()), call("uuid.UUID", armed("replace")),
        call("builtins.dict", armed("keys")), call("builtins.dict", "(l\(armed("x"))a"),
        call("builtins.dict", call("collections.OrderedDict") + "(dS'keys'\n\(bound())sb"),
        call("typing.NewType", call("collections.OrderedDict") + "(dS'rpartition'\n\(bound())sb", "N"),
        call("builtins.dict", call("collections.ChainMap", "(d")), call("builtins.list", call("a.B")),
        armed("append") + "I1\na", armed("__setstate__") + "I1\nb", armed("__getattr__"),
        call("types.ModuleType", text("x")) + "(N(d\(text("__setstate__"))\(bound())stbI1\nb",
        call("optparse.Values", "(d\(text("append"))\(bound())s") + "I1\na",
        call("types.SimpleNamespace") + "(d\(call("builtins.str", text("append")))\(bound())sb",
        // `partial` keeps the dictionary that its state has.
        "(dp7\n0" + call("functools.partial", name("builtins.print")) + "(\(name("builtins.print"))(tNg7\ntbp8\n0g7\n"
            + text("append") + bound() + "s0g8\nI1\na",
        "(dp7\n0" + call("dill._dill._setitems", "g7\n", "(d" + text("append") + bound() + "s") + "0"
            + call("types.SimpleNamespace") + "g7\nbI1\na",
        call("sklearn.utils._bunch.Bunch") + text("append") + bound() + "sI1\na",
        call("copyreg._reconstructor", name("a.B"), name("imaplib.IMAP4_stream"), text("x")),
        name("uuid.UUID") + "(t}\(text("hex"))\(armed("replace"))s\u{92}",
    ])
func callsOfArguments(_ pickle: String) throws { #expect(!(try readPickle(pickle + ".").gaps.isEmpty)) }

@Test(
    "a function of another package that is not known to only make a value is named where it is called",
    arguments: [
        "numpy.lib.format.read_array", "numpy.memmap", "numpy.fromfile", "numpy.savetxt", "numpy.genfromtxt",
        "numpy.fromfunction", "numpy.lib._iotools.StringConverter", "pandas.core.frame:DataFrame.query",
        "pandas.core.frame:DataFrame.to_csv", "pandas.core.common.pipe", "pandas.core.common.apply_if_callable",
        "pandas.core.series:Series.map", "pandas.io.common.get_handle", "pandas.core.computation.expr.Expr",
        "pandas._libs.parsers.TextReader", "torch.fx.graph_module.reduce_graph_module", "a.rebuild",
        "a.ProxyCommand", "matplotlib.backends.backend_pdf.PdfPages", "numba.core.serialize.custom_rebuild",
    ])
func functionsOfOtherPackages(_ path: String) throws {
    let content = try readPickle(call(path, text("x"), "I1\n") + ".")
    let plain = path.replacing(":", with: ".")
    #expect(content.gaps.contains { $0.subject == plain }, "\(content.gaps)")
    // What makes an object of its first argument takes only what the library gives it.
    for function in ["pandas.core.indexes.base._new_Index", "numpy.ma.core._mareconstruct"] {
        #expect(!(try readPickle(call(function, name("numpy.memmap"), "(d") + ".").gaps.isEmpty))
    }
    #expect(!(try readPickle(name("numpy.memmap") + "(" + text("x") + "t\u{81}.").gaps.isEmpty))
    let type = "torch._tensor._rebuild_from_type_v2"
    #expect(
        !(try readPickle(call(type, call("copyreg.__newobj__", name("a.B")), name("a.C"), "(t", "N") + ".").gaps.isEmpty)
    )
    #expect(!(try readPickle(call(type, name(path), name("torch.Tensor"), "(t", "N") + ".").gaps.isEmpty))
}

@Test(
    "what libraries name in __reduce__ is known",
    arguments: [
        call("numpy._core.numeric._frombuffer", text("x"), call("numpy.dtype", text("f8"), "I00\n", "I01\n"), "(t"),
        call("numpy.dtype", name("numpy.record"), "I00\n", "I01\n"),
        call("numpy.ma.core._mareconstruct", name("numpy.ma.MaskedArray"), name("numpy.ndarray"), "(I0\nt", text("b")),
        call(
            "numpy.random._pickle.__randomstate_ctor",
            call("numpy.random._pickle.__bit_generator_ctor", name("numpy.random._mt19937.MT19937"))),
        call("pandas.core.indexes.base._new_Index", name("pandas.Index"), "(d" + text("data") + "Ns"),
        call(
            "pandas.core.internals.managers.BlockManager",
            "(" + call("pandas._libs.internals._unpickle_block", "N", call("builtins.slice", "I0\n", "I1\n"), "I2\n")
                + "t", "(l"),
        call("pandas.StringDtype", text("python"), name("pandas.NA")),
        call("pandas._libs.arrays.__pyx_unpickle_NDArrayBacked", name("pandas.Categorical"), "I1\n", "N"),
        call("sklearn.metrics._dist_metrics.newObj", name("sklearn.metrics._dist_metrics.EuclideanDistance64")),
        call("statsmodels.tsa.statespace._representation.dStatespace", "N"), call("torch.Size", "(I1\nt"),
        call("torch._utils._rebuild_tensor_v2", "N", "I0\n", "(t", "(t", "I00\n", call("collections.OrderedDict")),
        call(
            "torch._tensor._rebuild_from_type_v2", name("torch._utils._rebuild_tensor_v2"), name("torch.Tensor"), "(t",
            "(d"),
        call(
            "inspect.Signature",
            "(" + call("inspect.Parameter", text("x"), call("inspect._ParameterKind", "I1\n")) + "t"),
        call("typing.NewType", text("x"), name("builtins.int")), name("numpy.vectorize") + "(t\u{81}(dS'x'\nI1\nsb",
        name("a.apply") + "(t\u{81}",
        call("spacy.pipeline.pipe.__pyx_unpickle_Pipe", name("a.B"), "I1\n", "N"),
        call("dateutil.tz._tzfile._unpickle", name("dateutil.tz._tzfile.tzfile"), "N", "N", text("x")),
        call("optuna.trial._state.TrialState", "I1\n"), call("functools.lru_cache", "I128\n", "I00\n"),
        call("collections.defaultdict", call("functools.partial", name("builtins.int"))), "(dS'x'\n\(bound())s",
        call("copyreg._reconstructor", name("scipy.sparse._csr.csr_matrix"), name("builtins.object"), "N")
            + "(dS'data'\nNsb",
        call("datetime.timezone", call("datetime.timedelta", "I0\n")), call("types.SimpleNamespace") + "(dS'a'\nI1\nsb",
        call("builtins.enumerate", call("builtins.iter", "(l"), "I1\n"),
    ])
func callsOfLibraries(_ pickle: String) throws {
    let content = try readPickle(pickle + ".")
    #expect(content.gaps.isEmpty && content.findings.isEmpty, "\(content.gaps)")
}

@Test("what is given to many objects is looked through a bounded number of times")
func statesOfManyObjects() throws {
    let state =
        "}p7\n(" + String(repeating: "K\u{1}K\u{2}", count: 100) + "u0]p6\n("
        + String(repeating: "K\u{1}K\u{2}\u{86}", count: 200) + "e0"
    for use in ["g8\n)\u{81}g7\nb0", "g8\n(g7\ntR0", "cbuiltins\ndict\n(g6\ntR0"] {
        let pickle = state + name("a.B") + "p8\n0" + String(repeating: use, count: 30) + "N."
        let bytes = pickle.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
        for limit in [4096, 1 << 16] {
            var limits = PickleLimits()
            limits.valuesUsed = limit
            let source = MemoryByteSource(bytes, name: "m.pkl")
            let machine = PickleMachine(PickleInput(source, size: bytes.count), limits: limits)
            try machine.readPickle()
            #expect(machine.reading.unread.isEmpty == (limit > 4096), "\(use) \(machine.reading.unread)")
        }
    }
}
