import PythonPackaging

/// What of the standard library the pickles of models call: classes that hold data, and the helpers that make them.
///
/// Everything else that a pickle calls of it is named as a gap: the functions that load, import or run something are too many, and too
/// many modules have them under other names.
enum StandardCalls {
    /// Returns whether a call of a class or function, with nothing said of its arguments, only makes a value.
    static func allows(_ module: String, _ name: String) -> Bool {
        if names[module]?.contains(name) == true { return true }
        return classModules.contains(module) && isClassName(name) && !name.contains(".")
    }

    /// Returns whether a name is spelled as the name of a class.
    static func isClassName(_ name: Substring) -> Bool {
        let bare = name.utf8.drop { $0 == UInt8(ascii: "_") }
        return bare.first.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) } ?? false
    }

    static func isClassName(_ name: String) -> Bool { isClassName(name[...]) }

    /// Returns whether a module is one of the standard library, in any version of Python.
    static func contains(_ module: String) -> Bool {
        StandardLibrary.contains(String(module.prefix { $0 != "." }))
    }

    /// Returns whether a function of the standard library only computes, whoever calls it.
    static func isHarmless(_ global: PickleGlobal) -> Bool {
        if ["builtins", "__builtin__"].contains(global.module) {
            return !["getattr", "setattr", "delattr", "map", "filter", "vars", "__build_class__"].contains(global.name)
                && !DangerousNames.contains(global)
        }
        if makers.contains(global.name) { return false }
        return allows(global.module, global.name) || global.module == "collections.abc"
            || (isClassName(global.name) && (global.name.hasSuffix("Error") || global.name.hasSuffix("Warning")))
            || (computing.contains(global.module) && !global.name.hasPrefix("_") && !global.name.contains("."))
    }

    /// Functions that make functions, or call what they are given.
    private static let makers: Set<String> = [
        "partial", "partialmethod", "lru_cache", "cached_property", "singledispatchmethod", "methodcaller",
        "attrgetter",
        "itemgetter", "MethodType", "ABCMeta", "EnumMeta", "EnumType", "call", "starmap", "accumulate", "groupby",
        "takewhile", "dropwhile", "filterfalse", "imap", "ifilter", "ifilterfalse", "load", "copy", "deepcopy",
        "replace", "sub", "subn", "file_digest", "merge", "nlargest", "nsmallest", "SourceFileLoader",
    ]

    private static let computing: Set<String> = [
        "math", "cmath", "statistics", "operator", "_operator", "re", "json", "string", "random", "time", "datetime",
        "posixpath", "ntpath", "copy", "itertools", "bisect", "heapq", "textwrap", "unicodedata", "base64", "hashlib",
    ]

    /// Modules whose classes hold data.
    private static let classModules: Set<String> = [
        "builtins", "__builtin__", "exceptions", "collections", "_collections", "datetime", "_pydatetime", "decimal",
        "_decimal", "_pydecimal", "fractions", "pathlib", "pathlib._local", "pathlib._abc", "enum", "ipaddress",
        "ast", "_ast", "configparser", "numbers", "string", "statistics",
    ]

    private static let names = StandardNames.table(lines)

    private static let lines = """
        builtins|__builtin__ list tuple dict set frozenset bytearray bytes int float complex str bool slice range object
        builtins|__builtin__ property staticmethod classmethod enumerate zip reversed memoryview unicode long xrange
        collections|_collections defaultdict deque _tuplegetter
        datetime|_datetime|_pydatetime date time datetime timedelta timezone
        _frozen_importlib ModuleSpec
        _frozen_importlib_external SourceFileLoader
        functools|_functools lru_cache partial partialmethod cached_property singledispatchmethod
        operator|_operator itemgetter attrgetter methodcaller
        uuid UUID SafeUUID
        re _compile compile
        abc|_py_abc ABCMeta
        types SimpleNamespace GenericAlias MappingProxyType ModuleType MethodType
        typing TypeVar ParamSpec ParamSpecArgs ParamSpecKwargs TypeVarTuple ForwardRef NewType TypeAliasType Generic
        typing _GenericAlias _LiteralGenericAlias _UnpackGenericAlias _ConcatenateGenericAlias _CallableGenericAlias
        array array _array_reconstructor
        random|_random Random SystemRandom
        io|_io BytesIO StringIO
        cStringIO|StringIO StringIO StringI
        zoneinfo|zoneinfo._zoneinfo ZoneInfo ZoneInfo._unpickle
        dataclasses Field InitVar _MISSING_TYPE _HAS_DEFAULT_FACTORY_CLASS _DataclassParams _KW_ONLY_TYPE _FIELD_BASE
        inspect Signature Parameter BoundArguments FullArgSpec _ParameterKind _empty
        argparse Namespace
        optparse Values
        logging getLogger Logger Formatter PercentStyle StrFormatStyle StringTemplateStyle LogRecord Filter NullHandler
        time struct_time
        os|posix|nt stat_result terminal_size
        weakref|_weakrefset WeakSet WeakKeyDictionary WeakValueDictionary
        itertools count cycle chain repeat product combinations permutations combinations_with_replacement islice
        itertools zip_longest izip izip_longest compress pairwise tee _tee _tee_dataobject
        json|json.decoder|json.encoder JSONEncoder JSONDecoder
        xml.etree.ElementTree|_elementtree Element QName
        graphlib TopologicalSorter
        textwrap TextWrapper
        UserDict UserDict IterableUserDict
        UserList UserList
        UserString UserString MutableString
        """
}

/// Functions outside of the standard library that unpickle, import or run what they are given.
enum LoaderNames {
    /// Returns whether a call is known to load pickles or to run code.
    static func isKnown(_ path: String) -> Bool { known.contains(path) }

    /// Returns whether a name says that the function loads or runs something.
    static func isSuspected(_ name: String) -> Bool {
        let last = name.split(separator: ".").last ?? ""
        if StandardCalls.isClassName(last) { return last.hasSuffix("Unpickler") || last.hasSuffix("Popen") }
        let bare = last.lowercased().drop { $0 == "_" }
        return whole.contains(String(bare)) || bare.split(separator: "_").contains { words.contains(String($0)) }
    }

    private static let known: Set<String> = [
        "joblib.load", "numpy.load", "numpy.lib.npyio.load", "torch.load", "torch.serialization.load",
        "cloudpickle.load", "cloudpickle.loads", "cloudpickle.cloudpickle.load", "cloudpickle.cloudpickle.loads",
        "dill.load", "dill.loads", "dill._dill.load", "dill._dill.loads", "dill._dill._create_filehandle",
        "pandas.read_pickle", "pandas.io.pickle.read_pickle", "pandas.eval", "pandas.core.computation.eval.eval",
        "torch.fx.graph_module.reduce_graph_module", "torch.fx.graph_module.reduce_package_graph_module",
        "torch.fx.graph_module.reduce_deploy_graph_module", "numpy.lib.format.read_array",
        "numpy.lib._format_impl.read_array",
        "torch.jit.load", "yaml.load", "yaml.unsafe_load", "yaml.full_load",
    ]
    private static let whole: Set<String> = [
        "unpickle", "open", "main", "runstring", "run_code", "read_pickle", "from_pickle", "popen", "system", "loadtxt",
        "genfromtxt", "fromfile", "fromregex", "memmap", "savetxt", "savez", "tofile", "vectorize", "frompyfunc",
        "piecewise", "fromfunction", "fromiter",
    ]
    private static let words: Set<String> = [
        "load", "loads", "loader", "eval", "exec", "execfile", "execute", "system", "popen", "spawn", "shell",
        "subprocess",
        "read", "write", "save", "dump", "dumps", "query", "pipe", "apply", "fetch", "map",
        "import", "run", "download", "deserialize", "compile", "getstatusoutput", "command", "call",
    ]
}
