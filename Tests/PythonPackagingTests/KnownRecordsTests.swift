import Testing

@testable import PythonPackaging

/// RECORDs that a run of many images reads once.
struct KnownRecordsTests {
    private static let text = "a/b.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\na/c.py,,\n"

    @Test("a kept record is what is read of its bytes, and of no others")
    func kept() throws {
        let wanted = try InstallationRecord(Array(Self.text.utf8)).rows
        #expect(try InstallationRecord.read(Array(Self.text.utf8)).rows == wanted)
        KnownRecords.keep()
        for _ in 0..<2 { #expect(try InstallationRecord.read(Array(Self.text.utf8)).rows == wanted) }
        let other = Self.text.replacing("b.py", with: "d.py")
        #expect(try InstallationRecord.read(Array(other.utf8)).rows.first?.path == "a/d.py")
    }

    @Test("what cannot be read is an error each time")
    func damaged() {
        KnownRecords.keep()
        for _ in 0..<2 {
            #expect(throws: RecordError.self) { try InstallationRecord.read(Array("a,sha256=x,1\n".utf8)) }
        }
    }

    @Test("the content digest does not depend on the order of the rows")
    func order() throws {
        let digest = try #require(InstallationRecord.read(Array(Self.text.utf8)).rows.first?.sha256)
        let files = ["a", "a/b", "a.b", "b", "B"].map { (path: $0, sha256: digest) }
        let wanted = try ContentDigest.compute(files)
        #expect(try ContentDigest.compute(files.reversed()) == wanted)
        // Byte order: capitals first, and a dot before a slash.
        #expect(try ContentDigest.compute([files[4], files[0], files[2], files[1], files[3]]) == wanted)
    }
}
