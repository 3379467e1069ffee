import Testing

@testable import ArchiveReading

/// Constructs of zip archives of which Python, Go, unzip and libarchive extract different files: refused from a file and from a
/// stream, while those beside them that all extract alike are read.
struct ZipExtractionTests {
    typealias Member = ZipMaker.Member

    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        /// A part of the reason that a reader of the file gives; nil where the archive is read.
        let reason: String?
        let bytes: [UInt8]
        init(_ name: String, _ reason: String?, _ maker: ZipMaker) {
            (testDescription, self.reason, bytes) = (name, reason, maker.bytes())
        }
    }

    private static func check(_ item: Case) throws {
        guard let reason = item.reason else {
            let lines = try listing(ZipReader(bytes: item.bytes, name: "test.zip"))
            #expect(try listing(ZipReader(stream: DrippingByteSource(item.bytes, step: 100_000))) == lines)
            return
        }
        let error = #expect(throws: ArchiveReadingError.self) {
            try listing(ZipReader(bytes: item.bytes, name: "test.zip"))
        }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
        #expect(throws: ArchiveReadingError.self) {
            try listing(ZipReader(stream: DrippingByteSource(item.bytes, step: 100_000)))
        }
    }

    /// A zip64 end record of one entry, and the locator of a record at an offset.
    private static func record(size: Int = 0, offset: Int = 0) -> [UInt8] {
        ZipMaker.number(0x0606_4B50, 4) + ZipMaker.number(44, 8) + ZipMaker.number(45, 2) + ZipMaker.number(45, 2)
            + ZipMaker.number(0, 8) + ZipMaker.number(1, 8) + ZipMaker.number(1, 8) + ZipMaker.number(size, 8)
            + ZipMaker.number(offset, 8)
    }

    private static func locator(_ offset: Int) -> [UInt8] {
        ZipMaker.number(0x0706_4B50, 4) + ZipMaker.number(0, 4) + ZipMaker.number(offset, 8) + ZipMaker.number(1, 4)
    }

    private static func extended(_ bytes: [UInt8]) -> ZipMaker {
        ZipMaker([Member("a")]) {
            $0.zip64End = true
            $0.saturated = true
            $0.zip64Extension = bytes
        }
    }

    static let ends: [Case] = [
        .init("zip64 end record", nil, extended([])),
        .init("zip64 end record with a second one", "extensible data", extended(record())),
        .init("zip64 end record with bytes", "extensible data", extended([0])),
        .init("zip64 end record with a field", "extensible data", extended([0x42, 0, 2, 0, 0, 0, 1, 1])),
        .init(
            "zip64 end record and locator in the last entry", "directory",
            // Local header 30, name 1, data 5; central header 46, name 1, the field 80.
            ZipMaker([
                Member("a") { $0.centralExtra = [0x99, 0x99, 76, 0] + record(size: 127, offset: 36) + locator(87) }
            ])),
        .init(
            "locator in the last entry", "locator",
            ZipMaker([Member("a") { $0.centralExtra = [0x99, 0x99, 20, 0] + locator(0) }])),
        .init(
            "locator in an entry before the last one", nil,
            ZipMaker([Member("a") { $0.centralExtra = [0x99, 0x99, 20, 0] + locator(0) }, Member("b")])),
    ]

    @Test("the zip64 end record is the one that stands in front of its locator", arguments: ends)
    func end(_ item: Case) throws { try Self.check(item) }

    @Test(
        "a type that is not the name's is refused whatever system an entry says it is from",
        arguments: [
            (0o120777, "symbolic link"), (0o010644, "not a regular"), (0o040755, "not a regular"), (0o100644, nil),
            (0o644, nil),
        ] as [(Int, String?)])
    func hosts(mode: Int, reason: String?) throws {
        for host in [0, 1, 2, 3, 5, 7, 10, 11, 14, 16, 19, 30, 255] {
            let maker = ZipMaker([
                Member("a") {
                    $0.mode = mode; $0.host = host
                }, Member("b"),
            ])
            try Self.check(Case("", reason, maker))
        }
    }

    /// An extra field of a kind.
    private static func field(_ kind: Int, _ data: [UInt8]) -> [UInt8] {
        ZipMaker.number(kind, 2) + ZipMaker.number(data.count, 2) + data
    }

    /// libarchive's field with these bits, and what they announce.
    private static func attributes(_ mode: Int, dos: Int = 0, bits: [UInt8] = [7]) -> [UInt8] {
        field(
            0x6C78,
            bits + (bits[0] & 1 != 0 ? [20, 3] : []) + (bits[0] & 2 != 0 ? [0, 0] : [])
                + ZipMaker.number(mode << 16 | dos, 4))
    }

    /// Info-ZIP's ASi field.
    private static func asi(_ mode: Int, _ target: String = "") -> [UInt8] {
        field(
            0x756E,
            ZipMaker.number(0, 4) + ZipMaker.number(mode, 2) + ZipMaker.number(target.utf8.count, 4)
                + ZipMaker.number(0, 4) + Array(target.utf8))
    }

    static let fields: [(String, String?, [UInt8])] = [
        ("xl of a link", "symbolic link", attributes(0o120777)),
        ("xl of a link, attributes alone", "symbolic link", attributes(0o120777, bits: [4])),
        ("xl of a link behind more bits", "symbolic link", attributes(0o120777, bits: [0x87, 0x80, 0])),
        ("xl of a directory", "not a regular", attributes(0o040755)),
        ("xl of a directory of MS-DOS", "without a slash", attributes(0, dos: 0x10)),
        ("xl of a file", nil, attributes(0o100644)), ("xl without attributes", nil, field(0x6C78, [1, 20, 3])),
        ("xl of no bytes", nil, field(0x6C78, [])),
        ("ASi of a link", "symbolic link", asi(0o120777, "model.pkl")),
        ("ASi of a FIFO", "not a regular", asi(0o010644)),
        ("ASi of a file", nil, asi(0o100644)), ("ASi of no bytes", nil, field(0x756E, [])),
        ("PKWARE of a link", "a link or a device", field(0x000D, [UInt8](repeating: 0, count: 12) + [97])),
        ("PKWARE of a file", nil, field(0x000D, [UInt8](repeating: 0, count: 12))),
        ("times and owner", nil, field(0x5455, [1, 0, 0, 0, 0]) + field(0x7875, [1, 4, 0, 0, 0, 0, 4, 0, 0, 0, 0])),
    ]

    @Test("no extra field makes a link of a file", arguments: fields)
    func extraField(name: String, reason: String?, bytes: [UInt8]) throws {
        try Self.check(Case(name, reason, ZipMaker([Member("a") { $0.centralExtra = bytes }])))
        try Self.check(Case(name, reason, ZipMaker([Member("a") { $0.localExtra = bytes }])))
        let both = ZipMaker([
            Member("a") {
                $0.centralExtra = bytes; $0.localExtra = bytes
            }
        ])
        try Self.check(Case(name, reason, both))
    }

    @Test("attributes of MS-DOS do not make a volume or a directory of a file", arguments: [0, 3, 10, 11])
    func dosAttributes(host: Int) throws {
        for (bits, reason) in [
            (0x08, "label of a volume"), (0x28, "label of a volume"), (0x10, "without a slash"), (0x27, nil),
        ] as [(Int, String?)] {
            let maker = ZipMaker([
                Member("a") {
                    $0.attributes = bits; $0.host = host
                }
            ])
            try Self.check(Case("", reason, maker))
        }
    }

    @Test(
        "a name is one that unzip does not change",
        arguments: [
            ("x/.", "ends with a dot"), ("x;1", "version of VMS"), ("x/y;", "version of VMS"),
            ("x;a;12", "version of VMS"),
            ("x;1/y", nil), ("x;a", nil), ("x;1.txt", nil), ("x.", nil), ("./x", nil), ("x/./y", nil), ("x//y", nil),
            ("x..", nil),
        ] as [(String, String?)])
    func name(_ name: String, _ reason: String?) throws {
        try Self.check(Case(name, reason, ZipMaker([Member(name)])))
    }
}
