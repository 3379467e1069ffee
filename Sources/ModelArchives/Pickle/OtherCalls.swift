/// What of other packages than the standard library the pickles of models call: the functions that libraries name in `__reduce__`, each
/// read in the library's source to only make a value.
///
/// A function that is not here is named as a gap: packages have too many functions that load, write, evaluate or call what they are given
/// for a list of these to be whole.
enum OtherCalls {
    /// Returns whether a call of a function, or of a class with a small letter, only makes a value.
    static func makesValue(_ global: PickleGlobal) -> Bool {
        if functions[global.module]?.contains(global.name) == true { return true }
        let last = global.module.split(separator: ".").last ?? ""
        // Cython writes one for every class, which makes an object of it and fills its slots.
        if global.name.hasPrefix("__pyx_unpickle_") { return true }
        if global.module.hasPrefix("torch._utils"), global.name.hasPrefix("_rebuild_") { return true }
        if global.module.hasPrefix("sklearn."), global.name == "newObj" { return true }
        if global.module == "numpy", scalars.contains(global.name) { return true }
        if ["numpy.rec", "numpy.char", "numpy.core.records"].contains(global.module) {
            return ["recarray", "record", "chararray"].contains(global.name)
        }
        // Compiled classes for each of four kinds of numbers: `dKalmanFilter`.
        return global.module.hasPrefix("statsmodels.tsa.") && last.hasPrefix("_")
            && global.name.first.map { "sdcz".contains($0) } == true
            && StandardCalls.isClassName(global.name.dropFirst())
    }

    /// Returns whether a class of a library with many acting classes only holds data; nil for other libraries.
    static func holdsData(_ global: PickleGlobal) -> Bool? {
        switch global.module.prefix(while: { $0 != "." }) {
        case "numpy":
            return global.module.hasPrefix("numpy.random") || global.module == "numpy.dtypes"
                || global.module.hasPrefix("numpy.polynomial") || global.path.hasSuffix(".MaskedArray")
        case "pandas":
            let name = global.name
            if global.module == "pandas" {
                return name.hasSuffix("Dtype") || name.hasSuffix("Index") || pandasScalars.contains(name)
            }
            return dataOfPandas.contains { global.module == $0 || global.module.hasPrefix("\($0).") }
                && !global.module.hasPrefix("pandas._libs.parsers") && !name.contains(".")
        default: return nil
        }
    }

    /// Returns whether a class, called with arguments, may open, run or send something, by its name.
    static func isSuspected(className name: Substring) -> Bool {
        var words: [String] = []
        for character in name {
            if character.isUppercase || words.isEmpty { words.append("") }
            words[words.count - 1].append(character)
        }
        return words.contains { acting.contains($0.lowercased()) }
            || words.last.map { actingLast.contains($0.lowercased()) } == true
    }

    /// Functions that call, or make an object of, what they are given.
    static let callers: Set<String> = [
        "torch._tensor._rebuild_from_type", "torch._tensor._rebuild_from_type_v2",
        "torch._utils._rebuild_wrapper_subclass", "numpy.random._pickle.__randomstate_ctor",
        "numpy.random._pickle.__generator_ctor", "numpy.random._pickle.__bit_generator_ctor",
        "matplotlib.cbook._picklable_class_constructor",
    ]

    private static let dataOfPandas = [
        "pandas._libs", "pandas.core.dtypes", "pandas.core.arrays", "pandas.core.indexes", "pandas.core.internals",
        "pandas.tseries.offsets", "pandas.core.flags", "pandas.core.categorical", "pandas.core.index", "pandas.indexes",
        "pandas.types", "pandas.tslib", "pandas.arrays",
    ]
    private static let pandasScalars: Set<String> = [
        "Interval", "Period", "Timestamp", "Timedelta", "Categorical", "DateOffset", "NaT", "NA",
    ]
    private static let scalars: Set<String> = [
        "dtype", "bool", "bool_", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "intc",
        "uintc", "intp", "uintp", "longlong", "ulonglong", "float16", "float32", "float64", "float128", "longdouble",
        "complex64", "complex128", "complex256", "clongdouble", "str_", "bytes_", "object_", "void", "datetime64",
        "timedelta64", "ndarray", "matrix", "record", "recarray",
    ]
    private static let acting: Set<String> = [
        "popen", "subprocess", "spawn", "command", "shell", "unpickler", "opener", "executor", "interpreter",
        "downloader", "importer", "launcher",
    ]
    private static let actingLast: Set<String> = [
        "writer", "reader", "file", "store", "process", "runner", "loader", "server", "client", "session", "connection",
        "installer", "compiler", "console", "terminal", "pages", "thread", "pool", "worker", "socket", "exec",
        "cluster", "memory",
    ]

    private static let functions: [String: Set<String>] = {
        var functions: [String: Set<String>] = [:]
        for line in lines.split(separator: "\n") {
            let words = line.split(separator: " ")
            for module in words[0].split(separator: "|") {
                functions[String(module), default: []].formUnion(words.dropFirst().map(String.init))
            }
        }
        return functions
    }()

    private static let lines = """
        numpy._core.multiarray|numpy.core.multiarray|numpy.multiarray _reconstruct scalar
        numpy._core._multiarray_umath|numpy.core._multiarray_umath _reconstruct scalar
        numpy._core.numeric|numpy.core.numeric _frombuffer
        numpy._core._internal|numpy.core._internal _convert_to_stringdtype_kwargs
        numpy._core|numpy.core|numpy._core._multiarray_umath|numpy.core.umath _ufunc_reconstruct
        numpy.ma.core _mareconstruct
        numpy.ma.mrecords _mrreconstruct
        numpy.random._pickle __randomstate_ctor __generator_ctor __bit_generator_ctor
        numpy.random __RandomState_ctor
        pandas._libs.internals|pandas.core.internals _unpickle_block
        pandas.core.internals.blocks new_block make_block
        pandas._libs.tslibs.nattype|pandas._libs.tslib|pandas.tslib _nat_unpickle __nat_unpickle
        pandas._libs.tslibs.timestamps _unpickle_timestamp
        pandas._libs.tslibs.timedeltas _timedelta_unpickle
        pandas.core.indexes.base|pandas.core.index|pandas.indexes.base _new_Index
        pandas.core.indexes.datetimes|pandas.tseries.index _new_DatetimeIndex
        pandas.core.indexes.period|pandas.tseries.period _new_PeriodIndex
        pandas.core.indexes.interval _new_IntervalIndex
        torch device
        torch._tensor _rebuild_from_type _rebuild_from_type_v2
        torch.serialization _get_layout
        torch.jit._pickle build_intlist build_tensorlist build_doublelist build_boollist build_tensor_from_id
        torch.jit._pickle restore_type_tag
        pyarrow.lib _reconstruct_table _reconstruct_record_batch _restore_array chunked_array field py_buffer schema
        pyarrow.lib type_for_alias timestamp duration time32 time64 list_ large_list struct dictionary map_ binary
        pyarrow.lib decimal128 decimal256
        spacy.morphology unpickle_morphology
        spacy.vectors unpickle_vectors
        matplotlib.cbook _picklable_class_constructor
        dateutil.tz.tz|dateutil.tz tzutc tzlocal tzoffset tzrange tzstr tzfile
        dateutil.tz._tzfile _unpickle
        pytz _p _UTC
        """
}
