import Testing

@testable import ModelArchives

/// Pickles whose opcodes fit together and that Python refuses all the same: refused here too, or left incomplete.
///
/// Each was given to `pickle.loads` of CPython 3.11.
@Suite struct RefusedPickleTests {
    @Test(
        "what Python does not hash is no key and no element, at any depth",
        arguments: [
            "\u{80}\u{04}}(]tNs.", "\u{80}\u{04}}(}tNs.", "\u{80}\u{04}}((]ttNs.", "\u{80}\u{04}\u{8F}((]t\u{90}.",
            "\u{80}\u{04}(]\u{91}.", "\u{80}\u{04}((]t\u{91}.", "\u{80}\u{04}}\u{8F}Ns.", "\u{80}\u{04}((\u{8F}tNd.",
            "\u{80}\u{05}}\u{96}\u{01}\0\0\0\0\0\0\0aNs.", "\u{80}\u{04}}cbuiltins\nset\n)RNs.",
            "\u{80}\u{04}}cbuiltins\ntuple\n(](]etRNs.", "\u{80}\u{04}}ccollections\ndeque\n)RNs.",
            "\u{80}\u{04}(N\u{91}(K\u{01}\u{90}.",
        ])
    func keys(_ pickle: String) { #expect(!isCompletePickle(pickle)) }

    @Test(
        "keys and elements that are hashed leave a pickle complete",
        arguments: [
            "\u{80}\u{04}}(K\u{01}K\u{02}tNs.", "\u{80}\u{04}}(NN\u{91}Ns.",
            "\u{80}\u{04}\u{8F}((K\u{01}NtK\u{02}\u{90}.",
            "\u{80}\u{04}(C\u{01}a(\u{8C}\u{01}bt\u{91}.", "\u{80}\u{04}}cdatetime\ntimedelta\n(K\u{01}tRNs.",
            "\u{80}\u{04}}\u{8A}\u{09}\0\0\0\0\0\0\0\0\u{01}Ns.", "\u{80}\u{04}}cbuiltins\nfrozenset\n((K\u{01}ltRNs.",
            "\u{80}\u{05}\u{96}\u{01}\0\0\0\0\0\0\0a.",
        ])
    func hashedKeys(_ pickle: String) throws { #expect(try readPickle(pickle).gaps.isEmpty) }

    @Test(
        "buffers, numbers, the memo and states are held to what Python takes",
        arguments: [
            "\u{80}\u{05}N\u{98}.", "\u{80}\u{05}K\u{01}\u{98}.", "\u{80}\u{05}S'a'\n\u{98}.", "\u{80}\u{05}}\u{98}.",
            "\u{80}\u{05}\u{8A}\u{09}\0\0\0\0\0\0\0\0\u{01}\u{98}.", "\u{80}\u{05}cbuiltins\nlist\n)R\u{98}.",
            "\u{80}\u{04}I1L\n.", "\u{80}\u{04}I-1L\n.", "\u{80}\u{04}LLL\n.",
            "\u{80}\u{04}Nr\u{FF}\u{FF}\u{FF}\u{FF}.",
            "\u{80}\u{04}Np4611686018427387904\n.", "\u{80}\u{04}cbuiltins\nobject\n)R}S'a'\nNsb.",
            "\u{80}\u{04}cbuiltins\nset\n)RNa.", "\u{80}\u{04}cbuiltins\nlist\n)RNNs.",
        ])
    func values(_ pickle: String) { #expect(!isCompletePickle(pickle)) }

    @Test(
        "what picklers write of these leaves a pickle complete",
        arguments: [
            "\u{80}\u{05}C\u{01}a\u{98}.", "\u{80}\u{05}\u{96}\u{01}\0\0\0\0\0\0\0a\u{98}.", "\u{80}\u{02}L1L\n.",
            "\u{80}\u{02}L-1L\n.", "\u{80}\u{04}I-1\n.", "\u{80}\u{04}Nr\0\u{10}\0\0.",
            "\u{80}\u{04}cbuiltins\nlist\n)RNa.",
            "\u{80}\u{02}ccollections\nOrderedDict\n)RNNs}b.", "\u{80}\u{04}ccollections\ndeque\n)R(NNe.",
        ])
    func honestValues(_ pickle: String) throws { #expect(try readPickle(pickle).gaps.isEmpty) }

    @Test(
        "arguments that a class of the standard library refuses leave a pickle incomplete",
        arguments: [
            ("__builtin__.set", "(](]el"), ("__builtin__.set", "]]"), ("__builtin__.frozenset", "K\u{01}"),
            ("__builtin__.bytearray", "K\u{01}K\u{02}"), ("__builtin__.bytes", "S'a'\n"),
            ("__builtin__.bytes", "(M\0\u{01}l"),
            ("__builtin__.complex", "S'x'\n"), ("__builtin__.float", "S'x'\n"), ("__builtin__.int", "S'x'\n"),
            ("__builtin__.int", "Fnan\n"), ("__builtin__.object", "N"), ("__builtin__.xrange", "S'a'\n"),
            ("__builtin__.xrange", "K\0K\u{01}K\0"), ("__builtin__.slice", ""), ("__builtin__.dict", "(K\u{01}l"),
            ("__builtin__.list", "K\u{01}"), ("__builtin__.tuple", "NN"), ("__builtin__.UnicodeDecodeError", "S'a'\n"),
            ("__builtin__.reversed", "(N\u{91}"), ("__builtin__.BlockingIOError", "NNF1.5\n"),
            ("__builtin__.Ellipsis", ""), ("__builtin__.staticmethod", ""), ("collections.OrderedDict", "K\u{01}"),
            ("collections.OrderedDict", "(](]Ntl"), ("collections.defaultdict", "K\u{01}"),
            ("collections.Counter", "(]l"),
            ("collections.deque", "]S'a'\n"), ("decimal.Decimal", "S'abc'\n"), ("decimal.Decimal", "S'1e'\n"),
            ("decimal.ROUND_UP", ""), ("fractions.Fraction", "S'1/0'\n"), ("fractions.Fraction", "K\u{01}K\0"),
            ("datetime.datetime", "U\u{02}ab"), ("datetime.date", "S'x'\n"), ("datetime.date", "(K\u{01}l"),
            ("datetime.datetime", ""), ("datetime.timedelta", "S'a'\n"), ("datetime.time", "U\u{06}aaaaaa"),
            ("datetime.datetime", "U\u{0A}\u{07}d\u{01}\u{01}\0\0\0\0\0\0K\u{01}"), ("datetime.timezone", "K\u{01}"),
            ("datetime.timedelta", "J\u{FF}\u{FF}\u{FF}\u{7F}"), ("_codecs.encode", "K\u{01}S'latin1'\n"),
            ("_codecs.encode", "V\\u20ac\nS'latin1'\n"), ("pathlib.PosixPath", "K\u{01}"),
        ])
    func refusedArguments(_ path: String, _ arguments: String) {
        #expect(!isCompletePickle(pickledCall(path, arguments)))
    }

    @Test(
        "arguments that picklers give these classes leave a pickle complete",
        arguments: [
            ("__builtin__.set", "(K\u{01}(NNtl"), ("__builtin__.set", ""), ("__builtin__.frozenset", "(S'a'\nl"),
            ("__builtin__.bytearray", "Va\u{E9}\nS'latin-1'\n"), ("__builtin__.bytearray", "C\u{02}ab"),
            ("__builtin__.bytes", ""), ("__builtin__.complex", "F1.5\nF-0.0\n"),
            ("__builtin__.xrange", "K\0K\u{03}K\u{01}"),
            ("__builtin__.slice", "K\0NN"), ("__builtin__.dict", "((S'a'\nNtl"), ("__builtin__.ValueError", "S'a'\nN"),
            ("collections.OrderedDict", "((lS'a'\naNal"), ("collections.OrderedDict", "(]S'a'\naNal"),
            ("collections.defaultdict", "c__builtin__\nlist\n"), ("collections.Counter", "(dS'a'\nK\u{01}s"),
            ("collections.deque", ")K\u{05}"), ("collections.deque", "]N"), ("decimal.Decimal", "S'-1.50E+3'\n"),
            ("decimal.Decimal", "S'NaN'\n"), ("fractions.Fraction", "S'-3/4'\n"),
            ("fractions.Fraction", "K\u{03}K\u{04}"),
            ("datetime.timedelta", "K\u{01}K\0K\0"),
            ("datetime.datetime", "C\u{0A}\u{07}\u{E8}\u{01}\u{02}\u{03}\0\0\0\0\0"),
            (
                "datetime.datetime",
                "c_codecs\nencode\nV\u{07}\u{E8}\u{01}\u{02}\u{03}\0\0\0\0\0\nS'latin1'\n\u{86}R"
            ),
            ("datetime.date", "U\u{04}\u{07}d\u{01}\u{02}"), ("datetime.time", "C\u{06}\u{0C}\0\0\0\0\0"),
            (
                "datetime.datetime",
                "C\u{0A}\u{07}\u{E8}\u{01}\u{02}\u{03}\0\0\0\0\0cdatetime\ntimezone\n("
                    + "cdatetime\ntimedelta\n(J\u{FF}\u{FF}\u{FF}\u{FF}M\u{10}\u{0E}K\0tRtR"
            ),
            ("_codecs.encode", "Va\u{E9}\nS'latin1'\n"), ("pathlib.PosixPath", "S'a'\nS'b'\n"),
        ])
    func honestArguments(_ path: String, _ arguments: String) throws {
        #expect(try readPickle(pickledCall(path, arguments)).gaps.isEmpty)
    }

    @Test("a name that a module of the standard library has in no version leaves a pickle incomplete")
    func names() throws {
        for name in [
            "collections\nNoSuch", "json\nnosuch", "builtins\nNoSuchError", "datetime\nDate", "decimal\ndecimal",
            "functools\nPartial", "operator\nplus", "math\nsquare",
        ] {
            #expect(!isCompletePickle("\u{80}\u{04}c\(name)\n."), "\(name)")
        }
        for name in [
            "collections\nOrderedDict", "json\nloads", "builtins\nExceptionGroup",
            "operator\nadd",
            "functools\npartial", "math\nsqrt", "copyreg\n_reconstructor",
            "datetime\ntimezone.utc",
            "collections.abc\nMapping", "uuid\nUUID", "random\nRandom", "itertools\nbatched",
        ] {
            #expect(try readPickle("\u{80}\u{04}c\(name)\n.").gaps.isEmpty, "\(name)")
        }
    }
}
