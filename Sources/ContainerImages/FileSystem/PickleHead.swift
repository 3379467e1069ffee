/// What the first bytes of a pickle name (https://github.com/python/cpython/blob/main/Lib/pickletools.py): its opcodes are
/// followed, nothing is executed.
struct PickleHead {
    /// The modules and names that are looked up, in their order.
    private(set) var globals: [(module: String, name: String)] = []
    /// Whether a name that is looked up is not known from these bytes.
    private(set) var hasUnknown = false
    /// Whether something is called.
    private(set) var calls = false
    /// Whether every opcode up to the end of the bytes, or of the pickle, is one.
    private(set) var isValid = true

    private let bytes: [UInt8]
    private var position = 0
    /// What was pushed last: a text, or nil for anything else.
    private var pushed: [String?] = []
    private var memo: [Int: String?] = [:]

    /// Follows the opcodes to the first that is none.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        while position < bytes.count {
            let opcode = bytes[position]
            position += 1
            if opcode == UInt8(ascii: ".") { return }
            guard follow(opcode) else { return }
            if pushed.count > 64 { pushed.removeFirst(32) }
        }
    }

    /// Whether the first bytes of a file are a pickle that loading makes more of than plain data: names of a library that fits
    /// or runs models, of the program itself, or of anything else that is called.
    static func isModel(_ bytes: [UInt8]) -> Bool {
        let head = PickleHead(bytes)
        if head.globals.contains(where: { !isData($0.module, $0.name) }) || head.hasUnknown { return true }
        return !head.isValid && PickleWords.nameLibrary(Array(bytes.prefix(KeptFiles.headBytes)))
    }

    /// Whether a file that has no header of a pickle is one all the same: each of its opcodes is one, it looks names up, and
    /// it calls something.
    static func isUnmarked(_ bytes: [UInt8]) -> Bool {
        guard let first = bytes.first, starts.contains(first) else { return false }
        let head = PickleHead(bytes)
        return head.isValid && head.calls && !head.globals.isEmpty
    }

    /// The opcodes that push something, with which a pickle can begin.
    private static let starts = Set("c()]}NSVILFKMJGUXTBC".utf8).union([
        0x8C, 0x8D, 0x8E, 0x8F, 0x8A, 0x8B, 0x95, 0x96, 0x88, 0x89,
    ])

    private mutating func skip(_ count: Int) -> Bool {
        // What goes on behind the bytes is valid as far as it was seen.
        position = count > bytes.count - position ? bytes.count : position + count
        return true
    }

    private mutating func number(_ count: Int) -> Int? {
        guard count <= bytes.count - position else {
            position = bytes.count
            return nil
        }
        var value: UInt64 = 0
        for index in (0..<count).reversed() { value = value << 8 | UInt64(bytes[position + index]) }
        position += count
        return Int(exactly: value)
    }

    private mutating func line() -> [UInt8]? {
        let rest = bytes[position...]
        guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else {
            position = bytes.count
            return nil
        }
        position = end + 1
        return Array(rest[..<end])
    }

    /// Pushes the text of so many bytes.
    private mutating func text(_ count: Int?, isText: Bool = true) -> Bool {
        guard let count, count >= 0, count <= bytes.count - position else {
            position = bytes.count
            return true
        }
        pushed.append(
            isText && count <= 256 ? String(decoding: bytes[position..<position + count], as: UTF8.self) : nil)
        position += count
        return true
    }

    private mutating func put(_ index: Int?) -> Bool {
        guard let index else { return true }
        memo.updateValue(pushed.last ?? nil, forKey: index)
        return memo.count < 1 << 16
    }

    private mutating func get(_ index: Int?) -> Bool {
        pushed.append(index.flatMap { memo[$0] ?? nil })
        return true
    }

    private mutating func fail() -> Bool {
        isValid = false
        return false
    }

    /// Looks up the two names of a line each; false where they are none.
    private mutating func lookUpLines() -> Bool {
        guard let module = line(), let name = line() else { return true }
        guard Self.isPath(module), Self.isPath(name) else { return fail() }
        globals.append((String(decoding: module, as: UTF8.self), String(decoding: name, as: UTF8.self)))
        pushed.append(nil)
        return globals.count < 1 << 12
    }

    /// Whether bytes are names with dots between them; letters of other scripts are letters of names.
    private static func isPath(_ bytes: [UInt8]) -> Bool {
        guard let first = bytes.first, !(0x30...0x39).contains(first) else { return false }
        return bytes.allSatisfy {
            (0x61...0x7A).contains($0) || (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F
                || $0 == 0x2E || $0 == 0x3C || $0 == 0x3E || $0 >= 0x80
        }
    }

    /// Follows one opcode; false behind one that is none.
    private mutating func follow(_ opcode: UInt8) -> Bool {
        switch opcode {
        case 0x80: return skip(1)
        case 0x95: return skip(8)
        case UInt8(ascii: "c"): return lookUpLines()
        case UInt8(ascii: "i"):
            calls = true
            return lookUpLines()
        case 0x93:
            if let module = pushed.dropLast().last ?? nil, let name = pushed.last ?? nil {
                globals.append((module, name))
            } else {
                hasUnknown = true
            }
            pushed.append(nil)
            return globals.count < 1 << 12
        case 0x82, 0x83, 0x84:
            // An entry of a registry that the program fills.
            hasUnknown = true
            pushed.append(nil)
            return skip(opcode == 0x82 ? 1 : opcode == 0x83 ? 2 : 4)
        case UInt8(ascii: "R"), UInt8(ascii: "o"), 0x81, 0x92:
            calls = true
            pushed.append(nil)
            return true
        case UInt8(ascii: "S"):
            guard let line = line() else { return true }
            guard line.count >= 2, line.first == line.last, line.first == 0x22 || line.first == 0x27 else {
                return fail()
            }
            pushed.append(String(decoding: line.dropFirst().dropLast(), as: UTF8.self))
            return true
        case UInt8(ascii: "V"):
            guard let line = line() else { return true }
            pushed.append(String(decoding: line, as: UTF8.self))
            return true
        case UInt8(ascii: "I"), UInt8(ascii: "L"), UInt8(ascii: "F"):
            guard let line = line() else { return true }
            guard !line.isEmpty, line.allSatisfy({ (0x2B...0x39).contains($0) || "Leinfa".utf8.contains($0) }) else {
                return fail()
            }
            pushed.append(nil)
            return true
        case UInt8(ascii: "p"), UInt8(ascii: "g"):
            guard let line = line() else { return true }
            guard let index = Int(String(decoding: line, as: UTF8.self)) else { return fail() }
            return opcode == UInt8(ascii: "p") ? put(index) : get(index)
        case UInt8(ascii: "P"):
            guard line() != nil else { return true }
            pushed.append(nil)
            return true
        case UInt8(ascii: "q"): return put(number(1))
        case UInt8(ascii: "r"): return put(number(4))
        case 0x94: return put(memo.count)
        case UInt8(ascii: "h"): return get(number(1))
        case UInt8(ascii: "j"): return get(number(4))
        default: return followData(opcode)
        }
    }

    /// Follows an opcode that pushes, makes or drops plain data.
    private mutating func followData(_ opcode: UInt8) -> Bool {
        switch opcode {
        case 0x8C, UInt8(ascii: "U"): return text(number(1))
        case UInt8(ascii: "X"), UInt8(ascii: "T"): return text(number(4))
        case 0x8D: return text(number(8))
        case UInt8(ascii: "C"): return text(number(1), isText: false)
        case UInt8(ascii: "B"): return text(number(4), isText: false)
        case 0x8E, 0x96: return text(number(8), isText: false)
        case 0x8A: return text(number(1), isText: false)
        case 0x8B: return text(number(4), isText: false)
        case UInt8(ascii: "K"), UInt8(ascii: "M"), UInt8(ascii: "J"), UInt8(ascii: "G"):
            pushed.append(nil)
            let sizes: [UInt8: Int] = [0x4B: 1, 0x4D: 2, 0x4A: 4, 0x47: 8]
            return skip(sizes[opcode] ?? 0)
        case UInt8(ascii: "0"):
            _ = pushed.popLast()
            return true
        case UInt8(ascii: "2"):
            pushed.append(pushed.last ?? nil)
            return true
        case 0x85...0x8F, 0x90, 0x91, 0x97, 0x98: break
        default: guard "()]}N1ldtasuebQ".utf8.contains(opcode) else { return fail() }
        }
        pushed.append(nil)
        return true
    }
}

extension PickleHead {
    /// Modules of arrays, tables, times and numbers, whose names make plain data of what stands in the pickle.
    private static let dataModules: [String] = [
        "numpy.core", "numpy._core", "numpy.ma", "numpy.random", "pandas.core", "pandas._libs", "pandas.indexes",
        "pandas.tslib", "scipy.sparse", "collections", "datetime", "decimal", "fractions", "array", "pytz", "dateutil",
        "zoneinfo", "pathlib", "ipaddress", "copy_reg", "copyreg", "networkx.classes",
    ]
    private static let dataNames: [String: Set<String>] = [
        "builtins": builtins, "__builtin__": builtins, "uuid": ["UUID", "SafeUUID"], "_codecs": ["encode"],
        "random": ["Random"],
        "pandas": ["DataFrame", "Series", "Index", "Timestamp", "Timedelta", "Categorical"],
    ]
    private static let builtins: Set<String> = [
        "set", "frozenset", "complex", "slice", "range", "xrange", "bytearray", "object", "int", "long", "float", "str",
        "unicode", "bytes", "list", "dict", "tuple", "bool", "type", "Ellipsis", "NotImplemented",
    ]
    /// Functions of numpy itself that read files, which can hold pickles.
    private static let numpyReaders: Set<String> = ["load", "loads", "fromfile", "memmap", "loadtxt", "genfromtxt"]
    /// Functions of those modules that evaluate what they get.
    private static let evaluating = ["pandas.core.computation", "numpy.core.records", "numpy._core.records"]

    /// Whether a name is one of plain data.
    private static func isData(_ module: String, _ name: String) -> Bool {
        func isBelow(_ list: [String]) -> Bool { list.contains { module == $0 || module.hasPrefix($0 + ".") } }
        if name.contains(".") { return false }
        if module == "numpy" { return !numpyReaders.contains(name) }
        if let names = dataNames[module] { return names.contains(name) }
        return isBelow(dataModules) && !isBelow(evaluating)
    }
}

/// The words of the beginning of a pickle that cannot be followed.
private enum PickleWords {
    private static let libraries: Set<String> = [
        "__main__", "sklearn", "xgboost", "lightgbm", "catboost", "torch", "keras", "tensorflow", "statsmodels",
        "cloudpickle", "dill", "mlflow", "prophet", "pmdarima", "imblearn", "sktime", "transformers", "spacy", "gensim",
        "implicit", "surprise", "econml", "causalml", "river", "fastai", "autogluon", "pycaret", "lifelines", "tpot",
        "flaml", "hmmlearn", "pyod", "skorch", "hdbscan", "umap", "mlxtend", "category_encoders", "feature_engine",
        "sklearn_pandas", "h2o", "pyspark", "onnx", "joblib",
    ]

    /// Whether a word is a module of a library that fits or runs models: names stand there as text, behind the opcode of a
    /// global or as a short string.
    static func nameLibrary(_ head: [UInt8]) -> Bool {
        var word: [UInt8] = []
        func isKnown(_ word: [UInt8]) -> Bool {
            let name = String(decoding: word, as: UTF8.self)
            if libraries.contains(name) { return true }
            // `csklearn` is the opcode of a global with its module behind it.
            return name.hasPrefix("c") && libraries.contains(String(name.dropFirst()))
        }
        for (index, byte) in (head + [0]).enumerated() {
            let isLetter =
                byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            if isLetter {
                word.append(byte)
                continue
            }
            // A module's name ends at a full stop, at a line's end, or at the next opcode.
            if !word.isEmpty, byte < 0x20 || byte > 0x7E || byte == UInt8(ascii: ".") || index == head.count,
                isKnown(word)
            {
                return true
            }
            word = []
        }
        return false
    }
}
