import Testing

@testable import ArchiveReading

/// Extended headers (https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_03). The records and times
/// are those of the tests of Go's archive/tar (`strconv_test.go`, BSD License), which container runtimes read with.
struct PAXRecordsTests {
    private static let accepted: [(bytes: String, key: String, value: String)] = [
        ("19 path=/etc/hosts\n", "path", "/etc/hosts"),
        ("9 foo=ba\n", "foo", "ba"),
        ("11 foo=bar\n", "foo", "bar"),
        ("18 foo=b=\nar=\n==\u{0}\n", "foo", "b=\nar=\n==\u{0}"),
        ("27 foo=hello9 foo=ba\nworld\n", "foo", "hello9 foo=ba\nworld"),
        (
            "27 \u{263A}\u{263B}\u{2639}=\u{65E5}a\u{672C}b\u{8A9E}\u{E7}\n", "\u{263A}\u{263B}\u{2639}",
            "\u{65E5}a\u{672C}b\u{8A9E}\u{E7}"
        ),
        ("8 k=v=w\n", "k", "v=w"),
        ("5 k=\n", "k", ""),
        ("6 k=v\n6 l=w\n", "l", "w"),
    ]

    @Test("a record has its key and every byte of its value", arguments: accepted)
    func accepts(bytes: String, key: String, value: String) throws {
        let records = try PAXRecords(Array(bytes.utf8))
        #expect(records[FileAttributes.text(Array(key.utf8)[...])] == Array(value.utf8))
    }

    @Test("two names of attributes are two, whatever their bytes")
    func attributeNames() throws {
        let names: [[UInt8]] = [
            Array("caf\u{E9}".utf8), Array("cafe\u{301}".utf8), [0xFF], [0xFE], Array("\\xFF".utf8), Array("\\".utf8),
        ]
        #expect(Set(names.map { FileAttributes.text($0[...]) }).count == names.count)
        for name in names { #expect(PathText.bytes(FileAttributes.text(name[...])) == name) }
        let key = Array(" SCHILY.xattr.user.\u{E9}=1\n".utf8)
        #expect(try PAXRecords(Array("\(key.count + 2)".utf8) + key).attributes == ["user.\\xC3\\xA9": [0x31]])
    }

    private static let refused: [String] = [
        "17 \u{0}hello=\u{0}world\n", "1 k=1\n", "6 k~1\n", "6_k=1\n", "6 k=1 ", "632 k=1\n", "16 longkeyname=hahaha\n",
        "3 somelongkey=\n",
        "50 tooshort=\n", "0000000000000000000000000000000030 mtime=1432668921.098285006\n30 ctime=2147483649.15163319",
        "06 k=v\n",
        "00006 k=v\n", "000006 k=v\n", "000000 k=v\n", "0 k=v\n", "+0000005 x=\n", "-6 k=v\n", " 6 k=v\n", "5 =v\n",
        "6 k=v\n\n", "6 k=v\nx", "6",
        "6 ", "99999999999999999999 k=v\n",
    ]

    @Test("what is not a record is damaged", arguments: refused)
    func refuses(bytes: String) {
        #expect(throws: TarFault.self) { try PAXRecords(Array(bytes.utf8)) }
    }

    /// Records of which readers take different ones, or different parts.
    private static let ambiguousRecords: [[(key: String, value: String)]] = [
        [("path", "a"), ("path", "b")],
        [("linkpath", "a"), ("linkpath", "a")],
        [("size", "1"), ("size", "1")],
        [("path", "")],
        [("linkpath", "")],
        [("size", "")],
        [("path", "a\u{0}")],
        [("uname", "a\u{0}b")],
        [("GNU.sparse.numbytes", "1")],
        [("GNU.sparse.offset", "1"), ("GNU.sparse.offset", "1")],
        [("GNU.sparse.offset", "x")],
    ]

    @Test("what readers disagree about is refused as such", arguments: ambiguousRecords.indices)
    func ambiguous(index: Int) {
        let bytes = Self.ambiguousRecords[index].flatMap { Self.record($0.key, $0.value) }
        let fault = #expect(throws: TarFault.self) { try PAXRecords(bytes) }
        #expect(fault?.isAmbiguous == true, "\(fault.debugDescription)")
    }

    private static func record(_ key: String, _ value: String) -> [UInt8] {
        let rest = " \(key)=\(value)\n".utf8.count
        let length = (1...4).map { rest + $0 }.first { String($0).utf8.count + rest == $0 } ?? 0
        return Array("\(length) \(key)=\(value)\n".utf8)
    }

    /// A time, and the second that it lies in; nil for what is not a time.
    private static let timesCases: [(text: String, seconds: Int?)] = [
        ("1350244992.023960108", 1_350_244_992),
        ("1350244992.02396010", 1_350_244_992),
        ("1350244992.0239601089", 1_350_244_992),
        ("1350244992.3", 1_350_244_992),
        ("1350244992", 1_350_244_992),
        ("-1.000000001", -2),
        ("-1.001000", -2),
        ("-1", -1),
        ("-1.999999999", -2),
        ("0.000000001", 0),
        ("0.", 0),
        ("0", 0),
        ("1.", 1),
        ("0.0", 0),
        ("-1.0", -1),
        ("-0.0", 0),
        ("-0.1", -1),
        ("-2", -2),
        ("123.001", 123),
        (".5", nil),
        ("123.456.789", nil),
        ("\u{0}.\u{0}", nil),
        ("foo", nil),
        ("-", nil),
        ("+1", nil),
        ("1e3", nil),
        ("1 ", nil),
        ("-1.-1", nil),
        ("99999999999999999999", nil),
    ]

    @Test("a time is the second that it lies in, rounded down", arguments: timesCases)
    func times(text: String, seconds: Int?) throws {
        let records = try PAXRecords(Self.record("mtime", text))
        if let seconds {
            #expect(try records.seconds("mtime") == seconds)
        } else {
            #expect(throws: TarFault.self) { try records.seconds("mtime") }
        }
    }

    private static let numbersCases: [(text: String, number: Int?)] = [
        ("0", 0), ("1", 1), ("0010", 10), ("9223372036854775807", Int.max), ("9223372036854775808", nil), ("-1", nil),
        ("+1", nil),
        ("1.0", nil), ("0x10", nil), (" 1", nil),
    ]

    @Test("a size is digits only, and fits", arguments: numbersCases)
    func numbers(text: String, number: Int?) throws {
        let records = try PAXRecords(Self.record("size", text))
        if let number {
            #expect(try records.number("size") == number)
        } else {
            #expect(throws: TarFault.self) { try records.number("size") }
        }
        #expect(try PAXRecords([]).number("size") == nil)
    }

    @Test("attributes keep their names and bytes")
    func attributes() throws {
        let bytes =
            Self.record("SCHILY.xattr.user.note", "a=b\n")
            + Self.record("SCHILY.xattr.security.capability", "\u{1}\u{0}")
            + Self.record("comment", "no attribute")
        #expect(
            try PAXRecords(bytes).attributes == [
                "user.note": Array("a=b\n".utf8), "security.capability": [1, 0],
            ])
    }

    private static let decidingCases: [(key: String, value: String, decides: Bool)] = [
        ("path", "x", true), ("linkpath", "x", true), ("size", "1", true), ("GNU.sparse.major", "1", true),
        ("SCHILY.realsize", "1", true),
        ("mtime", "1", false), ("comment", "x", false), ("hdrcharset", "BINARY", false),
    ]

    @Test("a key that decides which files there are is told apart", arguments: decidingCases)
    func deciding(key: String, value: String, decides: Bool) throws {
        let records = try PAXRecords(Self.record(key, value))
        #expect((records.decidingKey != nil) == decides)
        #expect(records.namesSparse == key.hasPrefix("GNU.sparse"))
    }
}
