import EnvironmentInventory
import TestSupport
import Testing

@testable import ArchiveReading

@Suite struct TarReaderTests {
    private func tree() -> TemporaryFolder {
        let folder = TemporaryFolder()
        let long = String(repeating: "x", count: 120)
        shell(
            """
            cd '\(folder.path)' && mkdir -p t/a/\(long)/\(long) && printf hello > t/a/hello && : > t/empty \
            && printf deep > t/a/\(long)/\(long)/file && ln -s ../empty t/a/link && ln t/a/hello t/same \
            && printf 'u' > t/ünïcode && head -c 300000 /dev/urandom > t/noise && mkfifo t/pipe
            """)
        return folder
    }

    @Test(arguments: ["pax", "gnu"], ["cat", "gzip", "zstd -q", "xz", "bzip2"])
    func readsWhatGNUTarWrites(format: String, compressor: String) throws {
        let folder = tree()
        shell("cd '\(folder.path)' && tar --format=\(format) -C t -cf - . | \(compressor) > x.tar")
        let tar = try TarReader(FileByteSource(RegularFile(path: "\(folder.path)/x.tar")))
        let lines = try listing(tar).sorted()
        var walked: [String] = []
        let directory = try DirectoryReader(path: "\(folder.path)/t")
        for line in try listing(directory) { walked.append(line) }
        #expect(lines.contains { $0.hasPrefix("file ünïcode 1 ") })
        #expect(lines.contains("link a/link -> ../empty"))
        #expect(lines.contains("other pipe"))
        // The walk knows no hard links and lists no root.
        let files = { (lines: [String]) in
            lines.filter { $0.hasPrefix("file") && !$0.contains("hello") && !$0.contains("same") }
        }
        #expect(files(lines) == files(walked).sorted())
        #expect(lines.contains { $0 == "hard same = a/hello" || $0 == "hard a/hello = same" })
    }

    @Test(arguments: [
        "--format=gnu", "--format=pax --sparse-version=0.0", "--format=pax --sparse-version=0.1", "--format=pax",
    ])
    func readsSparseFiles(options: String) throws {
        let folder = TemporaryFolder()
        shell(
            """
            cd '\(folder.path)' && truncate -s 3000000 s && printf middle | dd of=s bs=1 seek=1000000 conv=notrunc status=none \
            && printf late | dd of=s bs=1 seek=2500000 conv=notrunc status=none && tar --sparse \(options) -cf x.tar s && tar -cf y.tar s
            """)
        let sparse = try listing(TarReader(FileByteSource(RegularFile(path: "\(folder.path)/x.tar"))))
        let plain = try listing(TarReader(FileByteSource(RegularFile(path: "\(folder.path)/y.tar"))))
        #expect(sparse == plain)
        #expect(try folder.read("x.tar").count < 100_000)
    }

    @Test(arguments: ["gnu", "pax"])
    func keepsNamesThatAreNotUTF8(format: String) throws {
        let folder = TemporaryFolder()
        shell(
            "cd '\(folder.path)' && mkdir t && cd t && : > \"$(printf 'caf\\351')\" && tar --format=\(format) -cf ../x.tar ."
        )
        let reader = try TarReader(FileByteSource(RegularFile(path: "\(folder.path)/x.tar")))
        var raw: [[UInt8]] = []
        while let entry = try reader.next() { if let path = entry.rawPath { raw.append(path) } }
        #expect(raw == [Array("caf".utf8) + [0xE9]])
    }

    @Test func refusesHugeHoles() throws {
        let folder = TemporaryFolder()
        shell("cd '\(folder.path)' && truncate -s 10G s && tar --sparse -cf x.tar s")
        let reader = try TarReader(FileByteSource(RegularFile(path: "\(folder.path)/x.tar")))
        let error = #expect(throws: ArchiveReadingError.self) { try listing(reader) }
        #expect(error?.description.contains("bytes of holes") == true)
    }

    @Test(arguments: ["gzip -1", "cat", "zstd -q", "xz", "bzip2"])
    func everyTruncationIsAnError(compressor: String) throws {
        let folder = TemporaryFolder()
        shell(
            """
            cd '\(folder.path)' && seq 1 2000 > a && seq 1 30 > b && : > c \
            && tar --format=pax --blocking-factor=1 -cf - a b c | \(compressor) > x
            """)
        let whole = try folder.read("x")
        #expect(try listing(tarReader(whole)).count == 3)
        // The last block of zeros of a plain tar may be missing: there are two.
        let end = compressor == "cat" ? whole.count - 1024 : whole.count
        for count in stride(from: 0, to: end, by: max(1, whole.count / 300)) {
            #expect(throws: ArchiveReadingError.self, "cut to \(count)") {
                try listing(tarReader(Array(whole[..<count])))
            }
        }
    }

    @Test func readsSeveralMembersAndSkippableFrames() throws {
        let folder = TemporaryFolder()
        shell(
            """
            cd '\(folder.path)' && seq 1 9000 > a && tar -cf t a && head -c 20000 t | gzip > g && tail -c +20001 t | gzip >> g \
            && { printf '\\120\\052\\115\\030\\004\\000\\000\\000abcd'; zstd -q < t; printf '\\121\\052\\115\\030\\002\\000\\000\\000xy'; } > z
            """)
        let plain = try listing(tarReader(folder.read("t")))
        #expect(try listing(tarReader(folder.read("g"))) == plain)
        #expect(try listing(tarReader(folder.read("z"))) == plain)
    }

    /// Each optional field of RFC 1952, also longer than what libisal reads of a header.
    @Test(arguments: [0, 1, 300, 511, 512, 600, 5000, 65_535])
    func readsGzipHeadersOfAnyLength(count: Int) throws {
        let folder = TemporaryFolder()
        shell("cd '\(folder.path)' && seq 1 900 > a && tar -cf t a && gzip -n < t > g")
        let plain = try listing(tarReader(folder.read("t")))
        let body = Array(try folder.read("g").dropFirst(10))
        let text = [UInt8](repeating: UInt8(ascii: "n"), count: count)
        let size = [UInt8(truncatingIfNeeded: count), UInt8(truncatingIfNeeded: count >> 8)]
        func stream(_ flags: UInt8, _ fields: [UInt8]) -> [UInt8] {
            [0x1F, 0x8B, 8, flags, 0, 0, 0, 0, 0, 3] + fields + body
        }
        let streams = [
            stream(4, size + text), stream(8, text + [0]), stream(16, text + [0]),
            stream(28, size + text + text + [0] + text + [0]),
        ]
        for stream in streams {
            #expect(try listing(tarReader(stream)) == plain)
            #expect(try listing(tarReader(stream + streams[0])) == plain)
            #expect(throws: ArchiveReadingError.self) { try listing(tarReader(Array(stream.prefix(10 + count)))) }
        }
    }

    @Test func checksGzipHeaders() throws {
        let folder = TemporaryFolder()
        shell("cd '\(folder.path)' && seq 1 900 > a && tar -cf t a && gzip -n < t > g")
        let body = Array(try folder.read("g").dropFirst(10))
        let head: [UInt8] = [0x1F, 0x8B, 8, 2, 0, 0, 0, 0, 0, 3]
        // The lower half of the CRC-32 of these ten bytes, by zlib.
        #expect(try listing(tarReader(head + [0xA7, 0x77] + body)) == listing(tarReader(folder.read("t"))))
        let reserved: [UInt8] = Array(head.prefix(3)) + [0x20] + Array(head.dropFirst(4)) + body
        for (bytes, reason) in [(head + [0xA7, 0x76] + body, "checksum"), (reserved, "reserved")] {
            let error = #expect(throws: ArchiveReadingError.self) { try listing(tarReader(bytes)) }
            #expect(error?.description.contains(reason) == true)
        }
    }

    @Test func refusesPathsThatClimb() throws {
        let folder = TemporaryFolder()
        shell("cd '\(folder.path)' && : > x && tar -P --transform='s,x,../../etc/passwd,' -cf t x")
        let error = #expect(throws: ArchiveReadingError.self) { try listing(tarReader(folder.read("t"))) }
        #expect(error?.reason == .unsafePath("../../etc/passwd"))
    }

    @Test(arguments: [[], Array("not an archive, just text".utf8), [UInt8](repeating: 7, count: 5000)])
    func refusesNoise(bytes: [UInt8]) {
        #expect(throws: ArchiveReadingError.self) { try listing(tarReader(bytes)) }
    }

    @Test func refusesBombs() throws {
        let folder = TemporaryFolder()
        shell("cd '\(folder.path)' && { printf x; head -c 8000000 /dev/zero; } > a && tar -cf - a | gzip -9 > t")
        var limits = ReadingLimits()
        // The first 64 MiB are free, however well they are compressed.
        #expect(try listing(tarReader(folder.read("t"), limits: limits)).count == 1)
        limits.ratioFreeBytes = 1 << 20
        let error = #expect(throws: ArchiveReadingError.self) {
            try listing(tarReader(folder.read("t"), limits: limits))
        }
        #expect(error?.description.contains("times its size") == true)
        limits.compressionRatio = 2000
        #expect(try listing(tarReader(folder.read("t"), limits: limits)).count == 1)
        limits.fileBytes = 1000
        #expect(throws: ArchiveReadingError.self) { try listing(tarReader(folder.read("t"), limits: limits)) }
    }

    @Test func survivesFlippedBits() throws {
        let folder = tree()
        shell(
            "cd '\(folder.path)' && tar --format=pax -C t -cf - . | zstd -q > x.zst; tar --format=gnu -C t -cf x.tar .")
        var generator = SeededGenerator(seed: 135)
        for name in ["x.zst", "x.tar"] {
            let whole = try folder.read(name)
            let lines = try listing(tarReader(whole))
            for _ in 0..<200 {
                var bytes = whole
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] ^=
                    1 << UInt8.random(in: 0..<8, using: &generator)
                // zstd's checksum covers the data, tar's checksum each header: no entry appears or is lost unnoticed.
                guard let changed = try? listing(tarReader(bytes)) else { continue }
                #expect(name == "x.zst" ? changed == lines : changed.count == lines.count)
            }
        }
    }
}

@Suite struct RegularFileTests {
    @Test func refusesWhatIsNoFile() throws {
        let folder = TemporaryFolder()
        shell("mkfifo '\(folder.path)/pipe'")
        for (path, text) in [
            (folder.path, "a directory"), ("\(folder.path)/pipe", "a FIFO"), ("/dev/null", "a character device"),
        ] {
            let error = #expect(throws: ArchiveReadingError.self) { _ = try RegularFile(path: path) }
            #expect(error?.description == "\(path): not a regular file but \(text)")
        }
        let error = #expect(throws: ArchiveReadingError.self) { _ = try RegularFile(path: "\(folder.path)/absent") }
        #expect(error?.description == "\(folder.path)/absent: cannot be read: No such file or directory")
    }

    @Test func noticesAChange() throws {
        let folder = TemporaryFolder()
        let path = folder.write("a", [1, 2, 3])
        let file = try RegularFile(path: path)
        try file.verifyUnchanged()
        shell("printf abcd > '\(path)'")
        #expect(throws: ArchiveReadingError(archive: path, reason: .changedWhileRead)) { try file.verifyUnchanged() }
    }

    @Test func limitsWholeFiles() throws {
        let folder = TemporaryFolder()
        let path = folder.write("a", [1, 2, 3])
        #expect(try readFile(path: path, limit: 3) == [1, 2, 3])
        #expect(throws: ArchiveReadingError.self) { try readFile(path: path, limit: 2) }
    }
}

@Suite struct DirectoryReaderTests {
    @Test func walksInByteOrder() throws {
        let folder = TemporaryFolder()
        shell("cd '\(folder.path)' && mkdir -p a b/c && : > a/x && : > a-b && : > a0 && ln -s /etc b/out && : > b/c/d")
        let paths = try listing(DirectoryReader(path: folder.path)).map { $0.split(separator: " ")[1] }
        #expect(paths == ["a", "a-b", "a/x", "a0", "b", "b/c", "b/c/d", "b/out"])
    }

    @Test func limitsDepth() throws {
        let folder = TemporaryFolder()
        shell("mkdir -p '\(folder.path)/1/2/3/4/5'")
        var limits = ReadingLimits()
        limits.depth = 3
        #expect(throws: ArchiveReadingError.self) { try listing(DirectoryReader(path: folder.path, limits: limits)) }
    }
}
