import ParallelWork
import SourceDocuments
import TestSupport
import Testing

@testable import ArchiveReading

/// The pieces of a change as bytes.
private func assembled(_ pieces: [FilePiece], from bytes: [UInt8]) throws -> [UInt8] {
    var output: [UInt8] = []
    try pieces.write(from: MemoryByteSource(bytes, name: "old")) { (part) throws(ArchiveReadingError) in
        output.append(contentsOf: part)
    }
    return output
}

private func zipped(_ folder: TemporaryFolder, _ name: String, adding path: String, _ data: String) throws -> [UInt8] {
    let file = try RegularFile(path: "\(folder.path)/\(name)")
    let pieces = try ZipAddition.pieces(adding: path, data: Array(data.utf8), to: file)
    return try assembled(pieces, from: folder.read(name))
}

@Test(arguments: ["plain", "zip64", "descriptors"])
func aFileIsAddedToAZip(_ kind: String) throws {
    let folder = TemporaryFolder()
    let script = """
        import sys, zipfile
        class Stream:
            def __init__(self, f): self.f = f
            def write(self, b): return self.f.write(b)
            def flush(self): pass
        f = open('\(folder.path)/a.zip', 'wb')
        z = zipfile.ZipFile(Stream(f) if '\(kind)' == 'descriptors' else f, 'w', zipfile.ZIP_DEFLATED)
        for i in range(5):
            with z.open(zipfile.ZipInfo(f'm/{i}.txt'), 'w', force_zip64='\(kind)' == 'zip64') as o: o.write(b'x' * i * 1000)
        z.comment = b'a comment'
        z.close()
        """
    #expect(shell("python3 -c \"\(script)\"") == 0)
    let old = try folder.read("a.zip")
    let first = try zipped(folder, "a.zip", adding: "m/new.toml", "one")
    _ = folder.write("b.zip", first)
    #expect(shell("cd '\(folder.path)' && unzip -tqq b.zip && [ \"$(unzip -p b.zip m/new.toml)\" = one ]") == 0)
    let before = try listing(try ZipReader(bytes: old, name: "a.zip"))
    let after = try listing(try ZipReader(bytes: first, name: "b.zip"))
    #expect(Array(after.dropLast()) == before)
    #expect(after.last?.hasPrefix("file m/new.toml 3 ") == true)

    // Replaced, also where members lie behind it, and with the bytes that it would have had at first.
    #expect(try zipped(folder, "b.zip", adding: "m/new.toml", "one") == first)
    let third = try zipped(folder, "b.zip", adding: "m/2.txt", "two")
    _ = folder.write("c.zip", third)
    #expect(shell("cd '\(folder.path)' && unzip -tqq c.zip && [ \"$(unzip -p c.zip m/2.txt)\" = two ]") == 0)
    #expect(try listing(try ZipReader(bytes: third, name: "c.zip")).count == after.count)
    #expect(
        shell("python3 -c \"import zipfile; assert zipfile.ZipFile('\(folder.path)/c.zip').comment == b'a comment'\"")
            == 0)
}

@Test func theChecksumIsThatOfZip() {
    #expect(ZipAddition.checksum(Array("123456789".utf8)) == 0xCBF4_3926)
    #expect(ZipAddition.checksum([]) == 0)
}

@Test(arguments: ["gnu", "pax", "ustar", "oldgnu"])
func aFileIsAddedToATar(_ format: String) throws {
    let folder = TemporaryFolder()
    let long = format == "ustar" ? "short" : String(repeating: "long", count: 40)
    let command = """
        cd '\(folder.path)' && mkdir -p m/d && head -c 3000 /dev/urandom > m/d/\(long) && echo hi > m/b && ln -s b m/l \
        && tar --format=\(format) -cf a.tar m
        """
    #expect(shell(command) == 0)
    func added(_ name: String, _ text: String) throws -> [UInt8] {
        let old = try folder.read(name)
        let pieces = try TarAddition.pieces(
            adding: "m/new.toml", data: Array(text.utf8), to: MemoryByteSource(old, name: name))
        return try assembled(pieces, from: old)
    }
    let before = try listing(tarReader(folder.read("a.tar")))
    let first = try added("a.tar", "one")
    #expect(try Array(listing(tarReader(first)).dropLast()) == before)
    _ = folder.write("b.tar", first)
    #expect(shell("cd '\(folder.path)' && [ \"$(tar -xOf b.tar m/new.toml)\" = one ]") == 0)
    #expect(try added("b.tar", "one") == first)
    // Packed again by another tool, with headers of its own and members behind it.
    let again = """
        cd '\(folder.path)' && rm -rf x && mkdir x && tar -xf b.tar -C x && echo z > x/m/z \
        && tar --format=\(format) --sort=name -C x -cf c.tar ./m
        """
    #expect(shell(again) == 0)
    let third = try listing(tarReader(try added("c.tar", "three")))
    #expect(third.filter { $0.contains("new.toml") }.map { $0.hasPrefix("file m/new.toml 5 ") } == [true])
    #expect(third.count == before.count + 2)
}

@Test(arguments: [Compression.gzip, .zstd, .xz, .bzip2])
func whatIsCompressedIsTheSameWhenItIsDecompressed(_ compression: Compression) throws {
    let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) }
    func compressed() throws -> [UInt8] {
        var output: [UInt8] = []
        let compressor = try Compressor(compression, name: "out") { (part) throws(ArchiveReadingError) in
            output.append(contentsOf: part)
        }
        try [FilePiece.new(bytes)].write(from: MemoryByteSource([], name: "")) { (part) throws(ArchiveReadingError) in
            try compressor.write(part)
        }
        try compressor.finish()
        return output
    }
    let output = try compressed()
    #expect(Compression.detect(output) == compression)
    #expect(try Decompressor(MemoryByteSource(output, name: "in")).readAll(limit: 1 << 20) == bytes)
    #expect(try compressed() == output)
}

@Test func anErrorOfTheSinkIsNotLost() throws {
    let wanted = ArchiveReadingError(archive: "full", reason: .unreadable("no space"))
    #expect(throws: wanted) {
        let compressor = try Compressor(.gzip, name: "out") { (_) throws(ArchiveReadingError) in throw wanted }
        try [FilePiece.new([UInt8](repeating: 1, count: 1 << 20))].write(from: MemoryByteSource([], name: "")) {
            (part) throws(ArchiveReadingError) in try compressor.write(part)
        }
        try compressor.finish()
    }
}
