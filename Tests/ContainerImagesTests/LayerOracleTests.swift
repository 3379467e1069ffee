import ArchiveReading
import ContentHashing
import EnvironmentInventory
import Glibc
import TestSupport
import Testing

@testable import ContainerImages

/// Every path of a file system as the oracle writes it: hexadecimal path, type, owner, mode, time, size, digest or target,
/// extended attributes.
private func listing(_ files: FileSystemIndex) -> [String] {
    func hex(_ bytes: [UInt8]) -> String {
        bytes.map { (($0 < 16 ? "0" : "") + String($0, radix: 16)) }.joined()
    }
    var lines: [String] = []
    files.forEachNode { path, node, attributes in
        // Go's Header.Xattrs, which umoci sets, has no empty attributes; containerd sets them too.
        let extended = attributes.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }.map {
            " \(hex(PathText.bytes($0.key)))=\(hex($0.value))"
        }
        .joined()
        let mode = "\(node.uid) \(node.gid) \(String(node.mode, radix: 8))"
        switch node.kind {
        case .file(let content):
            let kept = files.content(content)
            lines.append(
                "\(hex(path)) f \(mode) \(node.modified) \(kept?.size ?? 0) \(kept?.sha256.digest.hex ?? "-")\(extended)"
            )
        case .directory: lines.append("\(hex(path)) d \(mode)\(extended)")
        case .symbolicLink(let target): lines.append("\(hex(path)) l \(hex(files.target(target)))")
        case .other: lines.append("\(hex(path)) o")
        }
    }
    return lines.sorted()
}

/// The files of layers, read from tar archives whose digests are known.
private func files(_ layers: [[UInt8]]) throws -> FileSystemIndex {
    var stack = LayerStack(image: "test")
    for (number, bytes) in layers.enumerated() {
        let digest = try ContentHash.sha256(of: bytes)
        let blob = LayerBlob(
            name: "layer", digest: digest, size: bytes.count, diffID: digest,
            open: { MemoryByteSource(bytes, name: "layer \(number)") })
        let pipeline = try LayerPipeline.make(blob, limits: ReadingLimits(), progress: { _ in })
        do {
            let contents = try LayerReader(limits: ReadingLimits()).read(pipeline.tar)
            _ = try pipeline.finish()
            try stack.apply(contents, name: "layer")
        } catch let error as ArchiveReadingError { throw try pipeline.failure(after: error) }
    }
    return FileSystemIndex(stack.finish())
}

private let script = #filePath.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/Oracle/random_layers.py"

/// Holds random layers against `umoci unpack`, which reads them with Go's archive/tar.
///
/// `PINPROOF_RANDOM_LAYERS` sets the number of layers, `PINPROOF_SEED` their seed.
@Suite struct LayerOracleTests {
    private static func number(_ name: String, _ standard: Int) -> Int {
        getenv(name).flatMap { Int(String(cString: $0)) } ?? standard
    }

    @Test(.enabled(if: hasProgram("umoci") && hasProgram("python3")))
    func randomLayersAreReadAsGoReadsThem() throws {
        let folder = TemporaryFolder()
        let (count, seed) = (Self.number("PINPROOF_RANDOM_LAYERS", 500), Self.number("PINPROOF_SEED", 20_261_128))
        try #require(shell("python3 '\(script)' generate '\(folder.path)' \(count) \(seed)") == 0)
        let base = try folder.read("base.tar")
        var accepted: [Int: [String]] = [:]
        for number in 0..<count {
            let layers = (0...).lazy.map { try? folder.read($0 == 0 ? "\(number).tar" : "\(number)-\($0).tar") }
            // What is refused needs no comparison.
            if let found = try? files([base] + layers.prefix { $0 != nil }.compactMap(\.self)) {
                accepted[number] = listing(found)
            }
        }
        let numbers = accepted.keys.sorted()
        for start in stride(from: 0, to: numbers.count, by: 1000) {
            let names = numbers[start..<min(start + 1000, numbers.count)].map(String.init).joined(separator: " ")
            try #require(shell("python3 '\(script)' unpack '\(folder.path)' \(names)") == 0)
        }
        var compared = 0
        for number in numbers {
            guard let text = try? folder.read("\(number).txt") else { continue }
            compared += 1
            let wanted = text.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
            let found = accepted[number] ?? []
            guard found != wanted.sorted() else { continue }
            let extra = found.filter { !wanted.contains($0) }
            let missing = wanted.filter { !found.contains($0) }
            Issue.record("layer \(number) of seed \(seed): umoci has \(missing), Pinproof \(extra)")
        }
        // About a tenth: most is refused, by umoci or as what runtimes with and without overlayfs read differently.
        #expect(compared >= count / 12, "only \(compared) of \(count) layers were compared")
    }

    /// What writers of layers make is accepted, and is what they were given.
    @Test(
        .enabled(if: hasProgram("python3")),
        arguments: [
            "tar --format=v7 -cf", "tar --format=oldgnu -cf", "tar --format=gnu -cf", "tar --format=ustar -cf",
            "tar --format=posix -cf", "tar --format=posix --sparse -cf", "tar --format=gnu --sparse -cf",
            "tar --format=posix --xattrs -cf", "python ustar", "python gnu", "python pax",
        ])
    func writersAreAccepted(writer: String) throws { try Self.check(writer) }

    /// The same of libarchive's own program.
    @Test(
        .enabled(if: hasProgram("bsdtar"), "bsdtar is not installed (Debian: libarchive-tools)"),
        arguments: ["ustar", "pax", "gnutar", "v7"])
    func bsdtarIsAccepted(format: String) throws { try Self.check("bsdtar --format=\(format) -cf") }

    private static func check(_ writer: String) throws {
        let folder = TemporaryFolder()
        let isLimited = writer.contains("v7") || writer.contains("ustar")
        let long = isLimited ? "short" : String(repeating: "n", count: 130)
        let program = """
            import os, sys, tarfile
            f = {"ustar": tarfile.USTAR_FORMAT, "gnu": tarfile.GNU_FORMAT, "pax": tarfile.PAX_FORMAT}[sys.argv[1]]
            with tarfile.open("x.tar", "w", format=f) as t: t.add("t", ".")
            """
        folder.write("write.py", Array(program.utf8))
        let command = writer.hasPrefix("python") ? "python3 write.py \(writer.dropFirst(7))" : "\(writer) x.tar -C t ."
        let status = shell(
            """
            cd '\(folder.path)' && mkdir -p t/a/b && printf hello > t/a/hello && : > t/empty && ln t/a/hello t/same \
            && printf deep > t/a/b/\(long) && ln -s ../empty t/a/link && ln -s \(long) t/a/b/long && chmod 4755 t/a/hello \
            && chmod 1777 t/a/b && truncate -s 200000 t/sparse && printf x | dd of=t/sparse bs=1 seek=90000 conv=notrunc 2>/dev/null \
            && head -c 70000 /dev/zero | tr '\\0' y > t/data && \(command) 2>/dev/null
            """)
        try #require(status == 0)
        if !isLimited { shell("cd '\(folder.path)' && : > \"t/$(printf 'caf\\351')\"") }
        let archive = try folder.read("x.tar")
        var stack = LayerStack(image: "directory", honorsWhiteouts: false)
        try stack.apply(
            LayerReader(limits: ReadingLimits()).read(DirectoryReader(path: "\(folder.path)/t")), name: "directory")
        let wanted = listing(FileSystemIndex(stack.finish())).filter { !$0.hasPrefix("636166e9") }
        #expect(listing(try files([archive])) == wanted)
    }
}
