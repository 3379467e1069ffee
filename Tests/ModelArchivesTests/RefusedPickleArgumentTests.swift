import ArchiveReading
import Testing

@testable import ModelArchives

/// More of what Python refuses, and of what it takes, of calls, names and long values.
///
/// Each was given to `pickle.loads` of CPython 3.11.
@Suite struct RefusedPickleArgumentTests {
    @Test(
        "arguments that a class refuses leave a pickle incomplete",
        arguments: [
            ("__builtin__.xrange", "K\0K\u{05}\u{8A}\u{09}\0\0\0\0\0\0\0\0\0"),
            ("fractions.Fraction", "K\u{01}\u{8A}\u{09}\0\0\0\0\0\0\0\0\0"),
            ("datetime.datetime", "C\n\u{07}\u{E8}\u{01}\u{02}\u{03}\0\0\0\0\0cjson\nloads\n"),
            ("datetime.datetime", "C\n\u{07}\u{E8}\u{01}\u{02}\u{03}\0\0\0\0\0cdatetime\ntime\n"),
            (
                "datetime.datetime",
                "C\n\u{07}\u{E8}\u{01}\u{02}\u{03}\0\0\0\0\0cuuid\nUUID\n(S'00000000000000000000000000000000'\ntR"
            ),
            ("__builtin__.UnicodeDecodeError", "S'a'\nK\u{01}K\0K\u{01}S'r'\n"),
            ("__builtin__.UnicodeEncodeError", "S'a'\nC\u{01}aK\0K\u{01}S'r'\n"),
            ("__builtin__.UnicodeTranslateError", "S'a'\nK\0K\u{01}"),
            ("__builtin__.BlockingIOError", "NNF1.5\n"),
            ("__builtin__.SyntaxError", "S'm'\n(S'f'\nt"),
            ("__builtin__.SyntaxError", "S'm'\nK\u{01}"),
            ("__builtin__.ExceptionGroup", "S'm'\n]"),
            ("__builtin__.ExceptionGroup", "S'm'\n(K\u{01}l"),
            ("__builtin__.ExceptionGroup", "S'm'\n"),
            (
                "decimal.Context",
                "K\0S'ROUND_HALF_EVEN'\nJ\u{C1}\u{BD}\u{F0}\u{FF}J?B\u{0F}\0K\u{01}K\0](cdecimal\nOverflow\nl"
            ),
            (
                "decimal.Context",
                "K\u{1C}S'HALF'\nJ\u{C1}\u{BD}\u{F0}\u{FF}J?B\u{0F}\0K\u{01}K\0](cdecimal\nOverflow\nl"
            ),
            ("decimal.Context", "K\u{1C}S'ROUND_HALF_EVEN'\nJ\u{C1}\u{BD}\u{F0}\u{FF}J?B\u{0F}\0K\u{01}K\0](Nl"),
            ("decimal.DecimalTuple", "NN"),
            ("datetime.timedelta", "J\0\u{CA}\u{9A};K\0K\0"),
            ("datetime.timezone", "cdatetime\ntimedelta\n(J\u{FF}\u{FF}\u{FF}\u{FF}K\0K\0tR"),
            ("__builtin__.complex", "ccollections\ndeque\n)R"),
            ("__builtin__.set", "(](]el"),
            ("decimal.Decimal", "S'1.2.3'\n"),
            ("decimal.Decimal", "S'NaNx'\n"),
            ("decimal.Decimal", "S'+'\n"),
            ("fractions.Fraction", "S'1/2/3'\n"),
            ("fractions.Fraction", "S'/2'\n"),
            ("exceptions.NoSuchError", ""),
            ("_collections.Counter", ""),
        ])
    func refused(_ path: String, _ arguments: String) { #expect(!isCompletePickle(pickledCall(path, arguments))) }

    @Test(
        "arguments that a class takes leave a pickle complete",
        arguments: [
            ("__builtin__.xrange", "K\0K\u{05}\u{8A}\u{09}\u{01}\0\0\0\0\0\0\0\0"),
            ("fractions.Fraction", "K\u{01}\u{8A}\n\u{FF}\u{FF}\u{FF}\u{FF}\u{FF}\u{FF}\u{FF}\u{FF}\u{FF}\u{FF}"),
            ("__builtin__.UnicodeDecodeError", "S'utf-8'\nC\u{01}aK\0K\u{01}S'r'\n"),
            ("__builtin__.UnicodeDecodeError", "S'utf-8'\nc_codecs\nencode\n(Va\nS'latin1'\ntRK\0K\u{01}S'r'\n"),
            ("__builtin__.UnicodeEncodeError", "S'a'\nVa\nK\0K\u{01}S'r'\n"),
            ("__builtin__.UnicodeTranslateError", "Va\nK\0K\u{01}S'r'\n"),
            ("exceptions.UnicodeError", "S'a'\n"),
            ("__builtin__.BlockingIOError", "K\u{01}S'a'\nK\u{03}"),
            ("__builtin__.SyntaxError", "S'm'\n(S'f'\nK\u{01}K\u{02}S't'\nt"),
            ("__builtin__.SyntaxError", "S'm'\n(S'f'\nK\u{01}K\u{02}S't'\nK\u{01}K\u{03}t"),
            ("__builtin__.ExceptionGroup", "S'm'\n(cexceptions\nValueError\n(K\u{01}tRl"),
            (
                "decimal.Context",
                "K\u{1C}S'ROUND_HALF_EVEN'\nJ\u{C1}\u{BD}\u{F0}\u{FF}J?B\u{0F}\0K\u{01}K\0](cdecimal\nOverflow\nl"
            ),
            ("decimal.DecimalTuple", "K\0(K\u{01}tK\0"),
            ("decimal.InvalidOperation", "(Nl"),
            ("datetime.timedelta", "J\u{FF}\u{C9}\u{9A};J\u{7F}Q\u{01}\0J?B\u{0F}\0"),
            ("datetime.timedelta", "J\u{01}6e\u{C4}K\0K\0"),
            ("datetime.timezone", "cdatetime\ntimedelta\n(J\u{FF}\u{FF}\u{FF}\u{FF}K\0K\u{01}tR"),
            ("__builtin__.complex", "c__builtin__\ncomplex\n(F1.5\nF2.5\ntR"),
            ("decimal.Decimal", "S'-.5e-3'\n"),
            ("decimal.Decimal", "S'sNaN12'\n"),
            ("decimal.Decimal", "S'-Infinity'\n"),
            ("fractions.Fraction", "S'-12'\n"),
            ("pathlib.PosixPath", "S'a/b'\n"),
            ("exceptions.StandardError", "S'a'\n"),
            ("_collections.OrderedDict", ""),
            ("_functools.partial", "c__builtin__\nlen\n"),
        ])
    func taken(_ path: String, _ arguments: String) throws {
        let content = try readPickle(pickledCall(path, arguments))
        #expect(content.gaps.isEmpty, "\(content.gaps)")
    }

    @Test("the constant for UTC is a time zone")
    func utc() throws {
        let state = "C\u{0A}\u{07}\u{E8}\u{01}\u{02}\u{03}\0\0\0\0\0"
        #expect(try readPickle("\u{80}\u{04}cdatetime\ndatetime\n(\(state)cdatetime\ntimezone.utc\ntR.").gaps.isEmpty)
    }

    @Test("names of Python 2 are only of protocols before 3, and private modules have their own")
    func names() throws {
        for name in ["__builtin__\nunicode", "copy_reg\n_reconstructor", "exceptions\nValueError", "itertools\nizip"] {
            #expect(try readPickle("\u{80}\u{02}c\(name)\n.").gaps.isEmpty, "\(name)")
            #expect(try readPickle("c\(name)\n.").gaps.isEmpty, "\(name)")
            #expect(!isCompletePickle("\u{80}\u{03}c\(name)\n."), "\(name)")
            #expect(!isCompletePickle("\u{80}\u{02}c\(name)\n0\u{80}\u{04}c\(name)\n."), "\(name)")
        }
        for name in [
            "collections\n__nosuch__", "_collections\nCounter", "_functools\nwraps", "_operator\n__add__",
            "_datetime\n_math", "_decimal\n_WorkRep", "math\n__all__",
        ] { #expect(!isCompletePickle("\u{80}\u{04}c\(name)\n."), "\(name)") }
        for name in [
            "_collections\n_tuplegetter", "_functools\npartial", "operator\n__add__", "_operator\nadd",
            "json\n__version__", "_datetime\ndatetime", "_decimal\nDecimal", "copyreg\n__newobj__",
        ] { #expect(try readPickle("\u{80}\u{04}c\(name)\n.").gaps.isEmpty, "\(name)") }
    }

    @Test("containers of more elements than are kept are hashed as those that are kept")
    func largeContainers() throws {
        let start = "\u{80}\u{04}"
        let many = String(repeating: "K\u{01}", count: 70_000)
        for pickle in [
            "ccollections\nCounter\n(}(\(many)utR.", "cbuiltins\nset\n((\(many)ltR.", "cbuiltins\nset\n((\(many)ttR.",
            "cbuiltins\nfrozenset\n(\u{8F}(\(many)\u{90}tR.", "}(\(many)tNs.", "}(((\(many)tttNs.",
            "ccollections\ndeque\n((](l\(many)ltR.", "cbuiltins\nlist\n((\(many)]ltR.",
            "cbuiltins\ndict\n(}(\(many)utR.",
        ] { #expect(try readPickle(start + pickle).gaps.isEmpty, "\(pickle.prefix(24))") }
        for pickle in [
            "cbuiltins\nset\n((\(many)]ltR.", "cbuiltins\nset\n((\(many)]ttR.", "}(\(many)]tNs.",
        ] { #expect(!isCompletePickle(start + pickle), "\(pickle.prefix(24))") }
    }

    @Test("long arguments count as values that are looked through")
    func longTexts() throws {
        let digits = String(repeating: "1", count: 1000)
        let calls = String(repeating: "g1\n(g2\ntR0", count: 100)
        let pickle = "cdecimal\nDecimal\np1\n0S'\(digits)'\np2\n0\(calls)N."
        let bytes = Array(pickle.utf8)
        let machine = PickleMachine(PickleInput(MemoryByteSource(bytes, name: "m.pkl"), size: bytes.count))
        try machine.readPickle()
        #expect(machine.reading.unread.isEmpty && machine.valuesHashed >= 6000)
    }

    @Test("integers of more bytes than they need are the integers that they are")
    func longIntegers() throws {
        func value(_ bytes: [UInt8]) throws -> PickleValue {
            let pickle: [UInt8] = [0x80, 2, 0x8A, UInt8(bytes.count)] + bytes + [0x2E]
            let input = PickleInput(MemoryByteSource(pickle, name: "m.pkl"), size: pickle.count)
            return try PickleMachine(input).readPickle()
        }
        let zeros = [UInt8](repeating: 0, count: 8)
        let ones = [UInt8](repeating: 0xFF, count: 8)
        #expect(try value(zeros + [0]) == .integer(0) && value(ones + [0xFF, 0xFF]) == .integer(-1))
        #expect(try value([7, 1] + zeros) == .integer(263) && value(zeros + [0xFF]) == .number)
        #expect(try value(ones + [0]) == .number && value(zeros + [1]) == .number)
        #expect(try value([0, 0, 0, 0, 0, 0, 0, 0x80, 0xFF]) == .integer(.min))
    }

    @Test("a date that Python 2 wrote has one gap")
    func datesOfPython2() throws {
        let state = "\u{07}\u{E3}\u{05}\u{06}\u{07}\u{08}\u{09}\0\0\0"
        #expect(try readPickle("\u{80}\u{02}cdatetime\ndatetime\nU\u{0A}\(state)\u{85}R.").gaps.count == 1)
    }
}
