import EnvironmentInventory
import Glibc
import TestSupport
import Testing

@testable import ArchiveReading
@testable import ContainerImages

/// The records of what was hashed, and the texts that entries have by number.
struct StoredBytesTests {
    private static let digest = "sha256:" + String(repeating: "5", count: 64)

    private func record(_ place: String, _ state: String, _ digest: String = digest) throws -> StoredBytesRecord {
        let digest = try #require(Digest(digest))
        return try #require(StoredBytesRecord(FileChangeMark(place: place, state: state), digest: digest))
    }

    @Test func aRecordIsOfOneStateOfOneFile() throws {
        let record = try record("1 2 0 9", "9 1.1 1.1")
        #expect(StoredBytesRecord.isRecord(record.bytes))
        let other = "sha256:" + String(repeating: "6", count: 64)
        let later = try self.record("1 2 0 9", "9 1.1 1.2")
        #expect(later.key == record.key && later.bytes != record.bytes && StoredBytesRecord.isRecord(later.bytes))
        #expect(try self.record("1 3 0 9", "9 1.1 1.1").key != record.key)
        #expect(try self.record("1 2 0 9", "9 1.1 1.1", other).key != record.key)
        for index in record.bytes.indices {
            var bytes = record.bytes
            bytes[index] ^= 1
            #expect(bytes != record.bytes && !StoredBytesRecord.isRecord(bytes))
        }
        #expect(!StoredBytesRecord.isRecord([]))
        let digest = try #require(Digest(Self.digest))
        #expect(StoredBytesRecord(nil, digest: digest) == nil)
    }

    /// A file of the kernel's own has no times that mean anything; an old file of a disk has the same mark twice.
    @Test func marksAreThoseOfDisks() throws {
        #expect(try RegularFile(path: "/proc/self/status").changeMark() == nil)
        let file = try RegularFile(path: #filePath)
        #expect(file.changeMark() == (try RegularFile(path: #filePath)).changeMark())
    }

    @Test func aFileThatIsOpenedTwiceHasNoMark() throws {
        let witness = StoredBytesWitness()
        let blob = witness.watch(
            LayerBlob(name: "layer", digest: nil, size: nil, diffID: nil) { () throws(ArchiveReadingError) in
                FileByteSource(try RegularFile(path: #filePath))
            })
        #expect(witness.mark == nil)
        _ = try blob.open()
        let isMarked = try RegularFile(path: #filePath).changeMark() != nil
        #expect((witness.mark != nil) == isMarked)
        _ = try blob.open()
        #expect(witness.mark == nil)
    }

    @Test func dpkgsTextsAreWrittenByNumber() throws {
        var layer = LayerContents()
        for path in ["usr", "usr/lib", "usr/lib/a.so", "usr/share", "bin/b"] {
            layer.append(
                LayerEntry(path: Array(path.utf8), kind: .directory, mode: 0, uid: 0, gid: 0, modified: 0, content: -1))
        }
        let zero = try #require(SHA256Value(bytes: [UInt8](repeating: 0, count: 32)))
        layer.contents.append(LayerFileContent(size: 0, sha256: zero, head: [], data: []))
        layer.append(
            LayerEntry(path: Array("x.list".utf8), kind: .file, mode: 0, uid: 0, gid: 0, modified: 0, content: 0))
        let sum = "00112233445566778899aabbccddeeff"
        let texts = [
            ("x.list", "/.\n/usr\n/usr/share\n/lib/a.so\n/usr/lib\n\n/nothing\nusr\n/bin/b\n"),
            (
                "x.md5sums",
                "\(sum)  usr/lib/a.so\n\(sum.uppercased())  bin/b\n\(sum) *bin/b\n\(sum)  lib/a.so\n\\\(sum)  bin/b\n"
            ),
            ("x.list", "\n"),
        ]
        for (name, text) in texts {
            var writer = PackedWriter()
            let path = Array(name.utf8)[...]
            #expect(PathTexts(writing: layer).write(Array(text.utf8), path: path, to: &writer))
            #expect(writer.bytes.count < text.utf8.count || text.utf8.count < 4)
            var reader = PackedReader(writer.bytes)
            var again = PathTexts(layer)
            #expect(String(decoding: try again.read(path: path, from: &reader), as: UTF8.self) == text)
            #expect(reader.remaining == 0)
        }
        var writer = PackedWriter()
        #expect(!PathTexts(writing: layer).write(Array("/usr".utf8), path: Array("x.list".utf8)[...], to: &writer))
        #expect(!PathTexts(writing: layer).write(Array("/usr\n".utf8), path: Array("x.txt".utf8)[...], to: &writer))
        #expect(writer.bytes.isEmpty)
    }

    @Test func ofSumsThoseOfPythonAreKept() {
        let sum = String(repeating: "a", count: 32)
        let lines = ["\(sum)  usr/bin/less", "\(sum)  usr/bin/python3.11", "no sum"]
        func kept(_ path: String, _ more: [String] = [], isWhole: Bool = false) -> String {
            let text = (lines + more).map { $0 + "\n" }.joined()
            return String(
                decoding: RecordedSums.kept(Array(path.utf8)[...], Array(text.utf8), isWhole: isWhole), as: UTF8.self)
        }
        let whole = lines.map { $0 + "\n" }.joined()
        #expect(kept("var/lib/dpkg/info/a.md5sums") == lines.dropFirst().map { $0 + "\n" }.joined())
        #expect(kept("var/lib/dpkg/info/a.md5sums", isWhole: true) == whole)
        #expect(kept("var/lib/dpkg/status.d/a.md5sums") == whole)
        #expect(kept("var/lib/dpkg/info/a.list") == whole)
        let distribution = "\(sum)  usr/share/x/x-1.egg-info"
        #expect(kept("var/lib/dpkg/info/a.md5sums", [distribution]) == whole + distribution + "\n")
    }
}

/// File systems of lower layers that a run with many images puts together once.
struct HeldStackTests {
    @Test func heldLayersGiveTheSameFileSystem() throws {
        let folder = TemporaryFolder()
        var base = TarBytes()
        for number in 0..<220 { base.file("srv/data/file-\(number).txt", "\(number)\n") }
        var middle = TarBytes()
        middle.file("srv/middle", "1\n")
        var names: [ImageName] = []
        for number in 0..<3 {
            var top = TarBytes()
            top.file("srv/data/file-\(number).txt", "another\n")
            top.add("srv/data/.wh.file-\(number + 100).txt")
            top.file("srv/app-\(number).py", "print(\(number))\n")
            let layers = number == 2 ? [base.archive, middle.archive, top.archive] : [base.archive, top.archive]
            try writeLayout(folder, "layout\(number)", layers: layers, diffIDs: layers)
            names.append(try #require(ImageName("oci:\(folder.path)/layout\(number)")))
        }
        func listing(_ name: ImageName, _ cache: LayerCache?) throws -> [String] {
            var lines: [String] = []
            try ImageReader.read(name, systemRecords: .python, cache: cache).fileSystem.forEachEntry {
                lines.append("\($0.path) \($0.kind) \($0.size) \($0.mode) \($0.layer ?? -1) \($0.sha256?.bytes ?? [])")
            }
            return lines
        }
        let without = try names.map { try listing($0, nil) }
        let cache = LayerCache(path: "\(folder.path)/cache", holdsLayers: true)
        for _ in 0..<2 {
            for index in [0, 1, 2, 1, 0] { #expect(try listing(names[index], cache) == without[index]) }
        }
        #expect(Set(without.map(\.count)).count == 2)
    }
}
