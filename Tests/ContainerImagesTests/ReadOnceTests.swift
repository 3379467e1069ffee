import ArchiveReading
import ContentHashing
import Synchronization
import TestSupport
import Testing

@testable import ContainerImages

/// Counts what is done with the files of one directory.
private final class AccessCount: Sendable {
    struct Count: Equatable {
        var opened = 0
        var bytes = 0
    }
    private let counts = Mutex<[String: Count]>([:])

    func count(_ access: FileAccess, _ path: String) {
        counts.withLock { counts in
            switch access {
            case .opened: counts[path, default: Count()].opened += 1
            case .read(let bytes): counts[path, default: Count()].bytes += bytes
            }
        }
    }

    subscript(path: String) -> Count { counts.withLock { $0[path] ?? Count() } }
}

@Suite(.serialized) struct ReadOnceTests {
    private func counting(_ body: () throws -> Void) rethrows -> AccessCount {
        let count = AccessCount()
        FileAccess.observe { count.count($0, $1) }
        defer { FileAccess.observe(nil) }
        try body()
        return count
    }

    private func layer(_ number: Int, bytes: Int = 3_000_000) -> [UInt8] {
        var tar = TarBytes()
        tar.file("etc/os-release", "ID=debian\n")
        tar.add("usr/data\(number)", content: [UInt8](repeating: UInt8(number), count: bytes))
        return tar.archive
    }

    @Test(arguments: ["oci-archive", "docker-archive", "docker-export"])
    func anArchiveIsOpenedOnce(kind: String) throws {
        let folder = TemporaryFolder()
        try writeLayout(folder, "layout", layers: [layer(1), layer(2)])
        let path = "\(folder.path)/image.tar"
        switch kind {
        case "oci-archive": shell("tar -C '\(folder.path)/layout' -cf '\(path)' .")
        case "docker-archive":
            guard hasProgram("skopeo") else { return }
            shell("skopeo copy -q oci:'\(folder.path)/layout' docker-archive:'\(path)':a.example/b:1")
        default: folder.write("image.tar", layer(1))
        }
        let count = try counting {
            let file = try RegularFile(path: path)
            let found = try #require(ImageReader.detect(path: path, file: file))
            #expect(found.transport.rawValue == kind)
            let image = try ImageReader.read(try #require(ImageName(path)), detected: found)
            #expect(image.fileSystem.lookup("usr/data1")?.size == 3_000_000)
        }
        let size = try RegularFile(path: path).size
        #expect(count[path].opened == 1)
        // Headers and documents are read twice, the data of layers once.
        #expect(count[path].bytes >= size / 2 && count[path].bytes < size + 600_000, "\(count[path].bytes) of \(size)")
    }

    @Test func aNameWithoutTransportIsOpenedOnce() throws {
        let folder = TemporaryFolder()
        try writeLayout(folder, "layout", layers: [layer(1)])
        let path = "\(folder.path)/image.tar"
        shell("tar -C '\(folder.path)/layout' -cf '\(path)' .")
        let count = try counting { _ = try readImage(path) }
        #expect(count[path].opened == 1)
    }

    @Test func layersOfTwoImagesAreReadOnce() throws {
        let folder = TemporaryFolder()
        let (base, one, two) = (layer(1), layer(2), layer(4))
        try writeLayout(folder, "layout", layers: [base, one])
        let first = try folder.read("layout/index.json")
        try writeLayout(folder, "layout", layers: [base, two])
        let both = String(decoding: first, as: UTF8.self).replacing("]}", with: ",")
        let second = String(decoding: try folder.read("layout/index.json"), as: UTF8.self).replacing(
            "app:1", with: "app:2")
        let manifest = try #require(second.split(separator: "\"manifests\":[").last)
        folder.write("layout/index.json", Array((both + manifest).utf8))
        let shared = SharedLayers()
        let names = try [1, 2, 1].map { try #require(ImageName("oci:\(folder.path)/layout:example.org/app:\($0)")) }
        var images: [Image] = []
        let count = try counting {
            for name in names { images.append(try ImageReader.read(name, shared: shared)) }
        }
        for (bytes, opened) in [(base, 1), (one, 1), (two, 1)] {
            let blob = try "\(folder.path)/layout/blobs/sha256/" + ContentHash.sha256(of: bytes).hex
            #expect(count[blob].opened == opened)
        }
        for (image, name) in zip(images, names) {
            #expect(lines(image.fileSystem) == lines(try ImageReader.read(name).fileSystem))
        }
        shared.clear()
        #expect(shared.fileSystem(of: []) == nil)
    }

    /// What another store has of a known layer is not read again, and still held against its digest.
    @Test func layersOfTwoStoresAreVerified() throws {
        let folder = TemporaryFolder()
        try writeLayout(folder, "a", layers: [layer(1)])
        try writeLayout(folder, "b", layers: [layer(1)])
        let shared = SharedLayers()
        let (first, second) = (
            try #require(ImageName("oci:\(folder.path)/a")), try #require(ImageName("oci:\(folder.path)/b"))
        )
        let image = try ImageReader.read(first, shared: shared)
        #expect(lines(try ImageReader.read(second, shared: shared).fileSystem) == lines(image.fileSystem))
        let blob = try "b/blobs/sha256/" + ContentHash.sha256(of: layer(1)).hex
        var bytes = try folder.read(blob)
        bytes[bytes.count / 2] ^= 1
        folder.write(blob, bytes)
        #expect(throws: ImageReadingError.self) { try ImageReader.read(second, shared: shared) }
        folder.write(blob, Array(bytes.dropLast(512)))
        #expect(throws: ImageReadingError.self) { try ImageReader.read(second, shared: shared) }
    }

    @Test func identicalLayersAreReadOnce() throws {
        let folder = TemporaryFolder()
        let (one, two) = (layer(1), layer(2))
        try writeLayout(folder, "once", layers: [one, two])
        try writeLayout(folder, "often", layers: [one, two, one, one, two, one])
        let blob = try "\(folder.path)/often/blobs/sha256/" + ContentHash.sha256(of: one).hex
        var often: Image?
        let count = try counting { often = try readImage("oci:\(folder.path)/often") }
        #expect(count[blob].opened == 1)
        #expect(count[blob].bytes < one.count + 1000)
        let once = try readImage("oci:\(folder.path)/once")
        #expect(lines(try #require(often).fileSystem) == lines(once.fileSystem))
        #expect(often?.layers.count == 6 && often?.identity.diffIDs.count == 6)
        #expect(often?.layers.map(\.name) == often?.identity.diffIDs.map(\.description))
    }

    @Test func theSameBlobForAnotherDiffIDIsRead() throws {
        let folder = TemporaryFolder()
        let (one, two) = (layer(1, bytes: 1000), layer(2, bytes: 1000))
        try writeLayout(folder, "a", layers: [one, one])
        // The second layer is named by the digest of the first and should decompress to something else.
        let error = #expect(throws: ImageReadingError.self) {
            try writeLayout(folder, "a", layers: [one, one], diffIDs: [one, two])
            _ = try readImage("oci:\(folder.path)/a")
        }
        #expect(error?.description.contains("damaged: expected sha256:") == true, "\(String(describing: error))")
    }
}
