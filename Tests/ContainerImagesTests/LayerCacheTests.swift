import ArchiveReading
import ContentHashing
import EnvironmentInventory
import Glibc
import TestSupport
import Testing

@testable import ContainerImages

/// The cache of what was read of layers.
struct LayerCacheTests {
    /// The md5 of `print(1)` and a line feed, by md5sum.
    private static let sumOfA = "dee5c46989f5ec092311188f4fe829c3"

    /// A layer with one of everything that a reading keeps.
    static func layer() throws -> TarBytes {
        var tar = TarBytes()
        tar.directory("usr")
        tar.directory("usr/bin")
        tar.file("usr/bin/run", "#!/bin/sh\nexec python3 \"$@\"\n")
        tar.add("usr/bin/ping", content: [0x7F] + Array("ELF".utf8) + [UInt8](repeating: 0, count: 80), mode: 0o755)
        tar.file("usr/lib/python3/a.py", "print(1)\n")
        tar.add("usr/lib/python3/__pycache__/a.pyc", content: Array(repeating: 7, count: 40))
        let module = Array("x = 1\n".utf8)
        tar.add("opt/env/lib/python3.11/site-packages/p/__init__.py", content: module)
        let digest = try #require(SHA256Value(try ContentHash.sha256(of: module)))
        tar.file(
            "opt/env/lib/python3.11/site-packages/p-1.dist-info/RECORD",
            "p/__init__.py,sha256=\(base64URL(digest.bytes)),6\np-1.dist-info/RECORD,,\n")
        tar.file("opt/env/lib/python3.11/site-packages/p-1.dist-info/METADATA", "Name: p\nVersion: 1\n")
        tar.add(
            "opt/env/lib/python3.11/site-packages/p/_c.so",
            content: ELFBytes(needed: ["libm.so.6"], soname: "_c.so").build())
        tar.add("opt/env/lib/libempty.so", content: [])
        tar.link("opt/python", to: "env/bin/python")
        tar.hardLink("usr/bin/again", to: "usr/bin/run")
        tar.file("etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n")
        tar.file("usr/lib/x86_64-linux-gnu/libc.so.6", "GNU C Library stable release version 2.36.\n" + Self.filler(64))
        // Of a.py the sum is the recorded one, of run it is not; a Perl script and what dpkg runs are not kept.
        tar.file(
            "var/lib/dpkg/info/debian.md5sums",
            Self.sumOfA + "  lib/python3/a.py\n" + String(repeating: "0", count: 32) + "  usr/bin/run\n")
        tar.file("var/lib/dpkg/info/debian.postinst", "#!/bin/sh\nexit 0\n")
        tar.file("usr/bin/perldoc", "#! /usr/bin/perl -w\nprint 1;\n")
        tar.add("var/.wh.old")
        return tar
    }

    private static func filler(_ count: Int) -> String { String(repeating: ".", count: count) }

    static func base64URL(_ bytes: [UInt8]) -> String {
        var text = ""
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        var (bits, count) = (0, 0)
        for byte in bytes {
            bits = bits << 8 | Int(byte)
            count += 8
            while count >= 6 {
                count -= 6
                text.append(letters[bits >> count & 63])
                bits &= (1 << count) - 1
            }
        }
        if count > 0 { text.append(letters[bits << (6 - count) & 63]) }
        return text
    }

    /// Everything that a reading keeps.
    private static let everything = LayerNeeds(checksums: .all, records: true, binaries: true)

    private static func contents(_ tar: TarBytes, needs: LayerNeeds) throws -> LayerContents {
        var reader = LayerReader(limits: ReadingLimits())
        needs.apply(to: &reader)
        return try reader.read(TarReader(MemoryByteSource(tar.archive, name: "layer")))
    }

    private static func packed(_ contents: LayerContents) -> [UInt8] {
        var writer = PackedWriter()
        contents.write(to: &writer) { _ in }
        return writer.bytes
    }

    /// The sha256 of what the readers keep of ``layer()``, and the evidence version that it belongs to. If this fails, the
    /// readers keep something else than before: raise `LayerEvidence.version`, then write the new values here.
    @Test func evidenceVersion() throws {
        let packed = Self.packed(try Self.contents(Self.layer(), needs: Self.everything))
        #expect(LayerEvidence.version == 10)
        let found = try ContentHash.sha256(of: packed).hex
        #expect(found == "b2dab0b6137c906609fb98ba87de91d7bd58c4da1e467239b35a2f7a902afccb")
    }

    @Test func whatWasWrittenIsReadAgain() throws {
        let contents = try Self.contents(Self.layer(), needs: Self.everything)
        let packed = Self.packed(contents)
        var reader = PackedReader(packed)
        let again = try LayerContents(from: &reader, needs: Self.everything, totalBytes: 1 << 40)
        #expect(Self.packed(again) == packed)
        #expect(again.contents.map(\.head) == contents.contents.map(\.head))
        #expect(again.contents.map(\.data) == contents.contents.map(\.data))
        #expect(again.contents.map(\.checksums) == contents.contents.map(\.checksums))
        for index in 0..<contents.count {
            #expect(again[index].path == contents[index].path)
            #expect(again[index].kind == contents[index].kind)
            #expect(again[index].content == contents[index].content)
        }
    }

    /// The largest piece that is handed over is all that the writer holds.
    @Test func anEntryIsWrittenInPieces() throws {
        let contents = try Self.contents(Self.layer(), needs: Self.everything)
        var writer = PackedWriter()
        var pieces: [[UInt8]] = []
        contents.write(to: &writer) { writer in writer.pass(atLeast: 64) { pieces.append(Array($0)) } }
        #expect(pieces.count > 10)
        #expect(pieces.allSatisfy { $0.count >= 64 })
        writer.pass(atLeast: 1) { pieces.append(Array($0)) }
        #expect(writer.bytes.isEmpty)
        #expect(pieces.flatMap { $0 } == Self.packed(contents))
    }

    @Test func whatIsPassedOverIsReadOfACopy() throws {
        var writer = PackedWriter()
        for number in [UInt64.max, 0, 300] { writer.unsigned(number) }
        writer.data([7, 8])
        var reader = PackedReader(writer.bytes)
        var numbers = reader
        try reader.skipNumbers(3)
        #expect(try reader.slice(reader.count()) == [7, 8])
        #expect(try [numbers.unsigned(), numbers.unsigned(), numbers.unsigned()] == [UInt64.max, 0, 300])
        #expect(reader.remaining == 0)
        try reader.skipNumbers(0)
        for count in [-1, 1, Int.max] {
            #expect(throws: PackedError.self) { try reader.skip(count) }
            #expect(throws: PackedError.self) { try reader.slice(count) }
        }
        #expect(throws: PackedError.self) { try reader.skipNumbers(1) }
        // A number that has no end.
        var endless = PackedReader([0x80, 0x80])
        #expect(throws: PackedError.self) { try endless.skipNumbers(1) }
    }

    @Test func aFileWithItsRecordedSumHasNoOther() throws {
        let contents = try Self.contents(Self.layer(), needs: Self.everything)
        let paths = contents.packed.filter { $0.kind == .file }.map {
            String(decoding: contents.path(of: $0), as: UTF8.self)
        }
        func content(_ path: String) throws -> LayerFileContent {
            contents.contents[try #require(paths.firstIndex(of: path))]
        }
        let recorded = try content("usr/lib/python3/a.py")
        #expect(Digest(.md5, bytes: recorded.checksums)?.hex == Self.sumOfA)
        #expect(recorded.md5 == recorded.checksums)
        #expect(try content("usr/bin/run").checksums.count == 36)
        #expect(try content("usr/bin/run").data != nil)
        #expect(try content("usr/bin/perldoc").data == nil)
        #expect(try content("usr/bin/perldoc").head.starts(with: "#! /usr/bin/perl".utf8))
        #expect(try content("var/lib/dpkg/info/debian.postinst").data == nil)
    }

    /// An entry that says "the recorded sum" where the record of the layer has none is refused.
    @Test func aRecordedSumNeedsARecord() throws {
        let contents = try Self.contents(Self.layer(), needs: Self.everything)
        var other = contents
        let sum = Array("\(Self.sumOfA)  lib".utf8)
        let index = try #require(contents.contents.firstIndex { $0.data?.starts(with: sum) ?? false })
        let record = contents.contents[index]
        var text = record.data ?? []
        text[34] = UInt8(ascii: "m")
        other.contents[index] = LayerFileContent(size: record.size, sha256: record.sha256, head: [], data: text)
        var reader = PackedReader(Self.packed(other))
        #expect(throws: PackedError.self) {
            try LayerContents(from: &reader, needs: Self.everything, totalBytes: 1 << 40)
        }
    }

    @Test(
        arguments: [(LayerNeeds.Checksums.none, true), (.some, false), (.some, true), (.all, true)], [false, true])
    func moreThanIsNeededIsDropped(sums: (LayerNeeds.Checksums, Bool), binaries: Bool) throws {
        let needs = LayerNeeds(checksums: sums.0, records: sums.1, binaries: binaries)
        let wanted = Self.packed(try Self.contents(Self.layer(), needs: needs))
        var all = try Self.contents(Self.layer(), needs: Self.everything)
        var reader = PackedReader(Self.packed(all))
        let decoded = try LayerContents(from: &reader, needs: needs, totalBytes: 1 << 40)
        #expect(Self.packed(decoded) == wanted)
        all.reduce(to: needs, from: Self.everything)
        #expect(Self.packed(all) == wanted)
    }

    @Test func damagedBodiesAreRefused() throws {
        let packed = Self.packed(try Self.contents(Self.layer(), needs: Self.everything))
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<3000 {
            var damaged = packed
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let place = Int.random(in: damaged.indices, using: &generator)
                damaged[place] = UInt8.random(in: 0...255, using: &generator)
            }
            if Bool.random(using: &generator) {
                damaged.removeLast(Int.random(in: 0..<damaged.count, using: &generator))
            }
            // Neither a trap nor a runaway; what is read may be anything.
            var reader = PackedReader(damaged)
            _ = try? LayerContents(from: &reader, needs: Self.everything, totalBytes: 1 << 40)
        }
    }

    @Test func recordTextsAreWrittenWithoutTheirDigests() throws {
        let contents = try Self.contents(Self.layer(), needs: Self.everything).contents
        let digests = contents.flatMap(\.sha256.bytes)
        for text in contents.compactMap(\.data) + [Array("sha256=\u{1}".utf8), Array("sha256=AA".utf8), []] {
            var writer = PackedWriter()
            RecordTexts(contents).write(text, to: &writer)
            var reader = PackedReader(writer.bytes)
            #expect(try RecordTexts(digests: digests[...]).read(from: &reader) == text)
            #expect(reader.remaining == 0)
        }
    }
}
