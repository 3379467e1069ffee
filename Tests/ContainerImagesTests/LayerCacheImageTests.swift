import ArchiveReading
import ContentHashing
import EnvironmentInventory
import Glibc
import TestSupport
import Testing

@testable import ContainerImages

/// Images that are read with a cache.
struct LayerCacheImageTests {
    /// An image of two layers in a directory of its own.
    private struct Scene {
        let folder = TemporaryFolder()
        let name: ImageName

        init(compressed: Bool = false) throws {
            var upper = TarBytes()
            upper.file("srv/app.py", "print(2)\n")
            upper.add("usr/bin/.wh.run")
            let plain = [try LayerCacheTests.layer().archive, upper.archive]
            var stored = plain
            if compressed {
                for index in plain.indices {
                    let path = folder.write("plain\(index)", plain[index])
                    shell("gzip -n '\(path)'")
                    stored[index] = try folder.read("plain\(index).gz")
                }
            }
            try writeLayout(folder, "layout", layers: stored, diffIDs: plain)
            name = try #require(ImageName("oci:\(folder.path)/layout"))
        }

        var cachePath: String { "\(folder.path)/cache" }

        func read(_ cache: LayerCache?, records: SystemRecords = .checksums, binaries: Bool = true) throws -> Image {
            try ImageReader.read(name, systemRecords: records, readsBinaries: binaries, cache: cache)
        }

        /// The paths of the entries.
        var entries: [String] {
            var paths: [String] = []
            guard let reader = try? DirectoryReader(path: cachePath) else { return [] }
            while let entry = try? reader.next() {
                let isEntry = entry.kind == .file && entry.path.hasSuffix(CacheDirectory.entry)
                if isEntry { paths.append("\(cachePath)/\(entry.path)") }
            }
            return paths.sorted()
        }
    }

    /// Everything of an image that a verdict may rest on.
    private func account(_ image: Image) -> [String] {
        var lines: [String] = []
        image.fileSystem.forEachEntry { entry in
            let binary = image.fileSystem.binary(of: entry).map { "\($0)" } ?? ""
            let sums = [HashAlgorithm.md5, .sha1].map { image.fileSystem.checksum(of: entry, $0)?.hex ?? "" }
            lines.append(
                "\(entry) \(binary.isEmpty ? "" : "binary") \(sums) \(image.fileSystem.contents(of: entry) ?? [])")
        }
        return lines + ["\(image.layers)", "\(image.environment)", "\(image.identity)", "\(image.notes)"]
    }

    @Test(arguments: [false, true])
    func coldAndWarmAreEqual(compressed: Bool) throws {
        let scene = try Scene(compressed: compressed)
        for (records, binaries) in [
            (SystemRecords.contents, false), (.checksums, true), (.python, true), (.named, false),
        ] {
            let without = account(try scene.read(nil, records: records, binaries: binaries))
            for _ in 0..<2 {
                let cache = LayerCache(path: scene.cachePath)
                #expect(account(try scene.read(cache, records: records, binaries: binaries)) == without)
                #expect(cache.notes.isEmpty)
            }
        }
        #expect(scene.entries.count == 2)
    }

    @Test func whatIsCachedIsUsed() throws {
        let scene = try Scene(compressed: true)
        _ = try scene.read(LayerCache(path: scene.cachePath))
        let before = try scene.entries.map { try readFile(path: $0, limit: 1 << 20) }
        #expect(
            before.allSatisfy { $0.starts(with: #"{"schema":"pinproof/layer-evidence/1","evidenceVersion":"#.utf8) })
        // The stored bytes of the larger layer are others now: the digest of what lies here still counts.
        let blobs = "\(scene.folder.path)/layout/blobs/sha256"
        shell("cd '\(blobs)' && f=$(ls -S | head -1) && printf x >> $f")
        #expect(throws: ImageReadingError.self) { try scene.read(LayerCache(path: scene.cachePath)) }
    }

    @Test func entriesAreNeverBelievedAfterAChange() throws {
        let scene = try Scene()
        let without = account(try scene.read(nil))
        _ = try scene.read(LayerCache(path: scene.cachePath))
        let entries = scene.entries
        let originals = try entries.map { try readFile(path: $0, limit: 1 << 20) }
        func check(_ what: String) throws {
            let cache = LayerCache(path: scene.cachePath)
            #expect(account(try scene.read(cache)) == without, "\(what)")
            #expect(cache.notes.count == 1, "\(what): \(cache.notes)")
        }
        var generator = SeededGenerator(seed: 23)
        for number in 0..<fuzzRounds(150) {
            let index = number % entries.count
            var bytes = originals[index]
            let place = Int.random(in: bytes.indices, using: &generator)
            bytes[place] ^= UInt8.random(in: 1...255, using: &generator)
            writeFile(entries[index], bytes)
            try check("byte \(place) of \(index)")
        }
        for index in entries.indices {
            writeFile(entries[index], originals[index])
        }
        // Another layer's entry, a shorter one, an empty one.
        writeFile(entries[0], originals[1])
        try check("the entry of the other layer")
        writeFile(entries[0], Array(originals[0].dropLast()))
        try check("a truncated entry")
        writeFile(entries[0], [])
        try check("an empty entry")
        let text = String(decoding: originals[0].prefix { $0 != 10 }, as: UTF8.self)
        let older = text.replacing("\"evidenceVersion\":\(LayerEvidence.version)", with: "\"evidenceVersion\":0")
        writeFile(entries[0], Array(older.utf8) + originals[0].drop { $0 != 10 })
        try check("an older version")
        // The entry that was written again is believed.
        let cache = LayerCache(path: scene.cachePath)
        _ = try scene.read(cache)
        #expect(cache.notes.isEmpty)
    }

    private func writeFile(_ path: String, _ bytes: [UInt8]) {
        unlink(path)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL, 0o644)
        _ = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        close(descriptor)
    }

    @Test func aDirectoryOfOthersIsNotBelieved() throws {
        let scene = try Scene()
        _ = try scene.read(LayerCache(path: scene.cachePath))
        chmod(scene.cachePath, 0o777)
        let cache = LayerCache(path: scene.cachePath)
        _ = try scene.read(cache)
        #expect(cache.notes.count == 1)
        #expect(cache.notes.first?.contains("--cache-trust") == true)
        chmod(scene.cachePath, 0o700)
        for entry in scene.entries { chmod(entry, 0o666) }
        let second = LayerCache(path: scene.cachePath)
        _ = try scene.read(second)
        #expect(second.notes.count == 2)
    }

    @Test func limitsThatWereLoosenedAreNotInherited() throws {
        let scene = try Scene()
        _ = try scene.read(LayerCache(path: scene.cachePath))
        var limits = ReadingLimits()
        limits.entries = 3
        #expect(throws: ImageReadingError.self) {
            try ImageReader.read(scene.name, limits: limits, cache: LayerCache(path: scene.cachePath))
        }
    }

    @Test func signedEntriesNeedTheirKey() throws {
        guard hasProgram("openssl") else { return }
        let scene = try Scene()
        let path = scene.folder.path
        for name in ["a", "b"] {
            shell(
                "openssl genpkey -algorithm ed25519 -out '\(path)/\(name).pem' && openssl pkey -in '\(path)/\(name).pem' "
                    + "-pubout -out '\(path)/\(name).pub'")
        }
        func signing(_ name: String) throws -> SigningKey {
            try SigningKey(pem: scene.folder.read("\(name).pem"), name: name, password: nil)
        }
        func trusted(_ name: String) throws -> TrustedKey {
            try TrustedKey(pem: scene.folder.read("\(name).pub"), name: name)
        }
        let without = account(try scene.read(nil))
        func notes(_ cache: LayerCache) throws -> Int {
            #expect(account(try scene.read(cache)) == without)
            return cache.notes.count
        }
        // Unsigned entries, then those of another key, in a directory that anybody may write into.
        #expect(try notes(LayerCache(path: scene.cachePath)) == 0)
        chmod(scene.cachePath, 0o777)
        #expect(try notes(LayerCache(path: scene.cachePath, trusted: trusted("a"))) == 2)
        #expect(try notes(LayerCache(path: scene.cachePath, signing: signing("b"), trusted: trusted("a"))) == 2)
        #expect(try notes(LayerCache(path: scene.cachePath, signing: signing("a"), trusted: trusted("a"))) == 2)
        let entries = scene.entries
        let first = try entries.map { try readFile(path: $0, limit: 1 << 20) }
        #expect(try notes(LayerCache(path: scene.cachePath, signing: signing("a"), trusted: trusted("a"))) == 0)
        #expect(try notes(LayerCache(path: scene.cachePath, trusted: trusted("b"))) == 2)
        // Changes of a signed entry.
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<fuzzRounds(60) {
            writeFile(entries[1], first[1])
            var bytes = first[0]
            bytes[Int.random(in: bytes.indices, using: &generator)] ^= UInt8.random(in: 1...255, using: &generator)
            writeFile(entries[0], bytes)
            #expect(try notes(LayerCache(path: scene.cachePath, trusted: trusted("a"))) == 1)
        }
    }

    @Test func twoWritersWriteTheSameBytes() throws {
        let scene = try Scene(compressed: true)
        _ = try scene.read(LayerCache(path: scene.cachePath))
        let first = try scene.entries.map { try readFile(path: $0, limit: 1 << 20) }
        shell("rm -r '\(scene.cachePath)'")
        let other = try Scene(compressed: true)
        _ = try ImageReader.read(
            other.name, systemRecords: .checksums, readsBinaries: true, cache: LayerCache(path: scene.cachePath))
        #expect(try scene.entries.map { try readFile(path: $0, limit: 1 << 20) } == first)
    }
}
