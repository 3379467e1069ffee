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
}
