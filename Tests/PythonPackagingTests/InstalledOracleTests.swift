import EnvironmentInventory
import SourceDocuments
import TestSupport
import Testing

@testable import PythonPackaging

/// Compares the readers of RECORD and METADATA with Python's csv and email, which pip and uv's formats are defined by.
struct InstalledOracleTests {
    private static func hex(_ text: String) -> String { Hexadecimal.encode(Array(text.utf8)) }

    private static func record(_ bytes: [UInt8]) throws -> String {
        try InstallationRecord(bytes).rows.map { row in
            [row.path, row.digest?.description ?? "", row.size.map(String.init) ?? ""].map(hex).joined(separator: ":")
        }.joined(separator: " ")
    }

    private static func metadata(_ bytes: [UInt8]) -> String {
        guard let metadata = DistributionMetadata(bytes) else { return "-" }
        let python = metadata.pythonRequirement.map { [$0] } ?? []
        return ([metadata.name, metadata.version] + metadata.requirements + python).map(hex).joined(separator: " ")
    }

    @Test(
        "RECORD is read as csv reads it, METADATA as email does",
        .enabled(if: PythonOracle.has("csv", "email"), "there is no python3"))
    func table() throws {
        let count = fuzzRounds(500)
        let table = try #require(
            PythonOracle.table("Oracle/installed_oracle.py", arguments: ["\(count)"], testFile: #filePath))
        #expect(table.count == 2 * count)
        for row in table {
            let bytes = try #require(Hexadecimal.decode(row[1]))
            let found = row[0] == "record" ? try Self.record(bytes) : Self.metadata(bytes)
            #expect(found == row[2], "\(String(decoding: bytes, as: UTF8.self).debugDescription)")
        }
    }

    @Test(
        "errors of RECORD, with the line",
        arguments: [
            ("a,b,c,d\n", "line 1: a row must be path, hash, size"), (",,\n", "line 1: a row must be path, hash, size"),
            ("a,,\nb,sha256=xx,\n", "line 2: the hash of b cannot be read"),
            ("a,sha257=AAAA,\n", "line 1: the hash of a cannot be read"),
            ("a,AAAA,\n", "line 1: the hash of a cannot be read"),
            ("a,sha256=,\n", "line 1: the hash of a cannot be read"),
            ("a,,x\n", "line 1: the size of a is not a number"), ("a,,1.5\n", "line 1: the size of a is not a number"),
            ("a,,9223372036854775808\n", "line 1: the size of a is not a number"),
            ("a,,\n\"b\nc\nd", "line 2: a quote is not closed"),
            ("\"a\n\",,\nb,,x\n", "line 3: the size of b is not a number"),
            ("a,md5=AAAA,\n", "line 1: the hash of a cannot be read"),
        ])
    func recordErrors(text: String, error: String) {
        #expect(
            (Result { try InstallationRecord(Array(text.utf8)) }).mapError { HashableError("\($0)") }.map(\.rows.count)
                == .failure(HashableError(error)))
    }

    private struct HashableError: Error, Equatable {
        let text: String
        init(_ text: String) { self.text = text }
    }

    @Test("a path that is not UTF-8 is refused")
    func notUTF8() { #expect(throws: RecordError.self) { try InstallationRecord([0x61, 0xFF, 0x2C, 0x2C, 0x0A]) } }

    @Test("a row has a sha256 or another digest, and its line")
    func rows() throws {
        let record = try InstallationRecord(
            Array("a,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU=,0\n\nb,md5=1B2M2Y8AsgTpgAmY7PhCfg,\nc\n".utf8))
        #expect(record.rows.map(\.line) == [1, 3, 4])
        #expect(record.rows[0].sha256 != nil && record.rows[0].otherDigest == nil && record.rows[0].size == 0)
        #expect(
            record.rows[1].sha256 == nil && record.rows[1].digest?.description == "md5:d41d8cd98f00b204e9800998ecf8427e"
        )
        #expect(record.rows[2].digest == nil && record.rows[2].size == nil)
    }

    @Test("a sha256 of 64 hexadecimal digits is read, other lengths are refused")
    func hexadecimal() throws {
        let digits = String(repeating: "9Db3", count: 16)
        let record = try InstallationRecord(Array("a,sha256=\(digits),1\n".utf8))
        #expect(record.rows[0].digest?.description == "sha256:" + digits.lowercased())
        for text in [digits + "00", String(digits.dropLast(2)), String(digits.dropLast()) + "x"] {
            #expect(throws: RecordError.self) { try InstallationRecord(Array("a,sha256=\(text),1\n".utf8)) }
        }
    }
}
