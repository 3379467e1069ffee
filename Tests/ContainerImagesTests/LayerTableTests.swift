import ContentHashing
import EnvironmentInventory
import TestSupport
import Testing

@testable import ArchiveReading
@testable import ContainerImages

/// A table of contents beside a tar is accepted only where it says of each entry what the tar says.
///
/// The forms are those that estargz 0.12.0 (Debian's golang-github-containerd-stargz-snapshotter-dev) and skopeo 1.9.3 write;
/// where skopeo is installed, a layer of its own is read too.
struct LayerTableTests {
    private static let large = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 7) }

    private static func hex(_ bytes: some Collection<UInt8>) throws -> String {
        "sha256:" + (try ContentHash.sha256(of: Array(bytes)).hex)
    }

    /// The entries of the tar and those of its table, as JSON.
    private static func entries() throws -> (tar: TarBytes, table: [String]) {
        var tar = TarBytes()
        tar.directory("a")
        tar.file("a/x.py", "hello\n")
        tar.file("a/empty", "")
        tar.add("a/large", content: large + [UInt8](repeating: 0, count: 40))
        tar.link("a/link", to: "x.py")
        tar.hardLink("a/hard", to: "a/x.py")
        let time = #""modtime":"2023-11-14T23:13:20+01:00""#
        let text = try hex(Array("hello\n".utf8))
        return (
            tar,
            [
                "{\"name\":\"a/\",\"type\":\"dir\",\"mode\":493,\(time)}",
                "{\"name\":\"./a/x.py\",\"type\":\"reg\",\"mode\":420,\(time),\"size\":6,\"digest\":\"\(text)\"}",
                "{\"name\":\"a/empty\",\"type\":\"reg\",\"mode\":420,\(time)}",
                "{\"name\":\"a/large\",\"type\":\"reg\",\"mode\":420,\(time),\"size\":340,\"chunkSize\":100,"
                    + "\"digest\":\"\(try hex(large + [UInt8](repeating: 0, count: 40)))\","
                    + "\"chunkDigest\":\"\(try hex(large[..<100]))\"}",
                "{\"name\":\"a/large\",\"type\":\"chunk\",\"chunkOffset\":100,\"chunkSize\":200,"
                    + "\"chunkDigest\":\"\(try hex(large[100...]))\"}",
                "{\"name\":\"a/large\",\"type\":\"chunk\",\"chunkOffset\":300,\"chunkType\":\"zeros\","
                    + "\"chunkDigest\":\"\(try hex([UInt8](repeating: 0, count: 40)))\"}",
                "{\"name\":\"a/link\",\"type\":\"symlink\",\"mode\":511,\(time),\"linkName\":\"x.py\"}",
                "{\"name\":\"a/hard\",\"type\":\"hardlink\",\"mode\":420,\(time),\"linkName\":\"/a/x.py\"}",
            ]
        )
    }

    /// What is said of a layer with a table; nil where it is accepted.
    private static func refusal(
        _ table: [String], version: Int = 1, places: [String] = ["eStargz", "zstd:chunked"],
        changing: (inout TarBytes) -> Void = { _ in }
    ) throws -> String? {
        var (tar, _) = try entries()
        changing(&tar)
        let json = Array("{\"version\":\(version),\"entries\":[\(table.joined(separator: ","))]}".utf8)
        var refusals: [String?] = []
        for place in places {
            var layer = tar
            if place == "eStargz" { layer.add("stargz.index.json", content: json) }
            // In a frame that is skipped, or behind the end: where it is, the annotation says.
            let bytes = layer.archive + (place == "eStargz" ? [] : json)
            let annotations =
                place == "eStargz"
                ? ["containerd.io/snapshot/stargz/toc.digest": try hex(json)]
                : [
                    "io.github.containers.zstd-chunked.manifest-checksum": try hex(json),
                    "io.github.containers.zstd-chunked.manifest-position":
                        "\(layer.archive.count):\(json.count):\(json.count):1",
                ]
            refusals.append(try refusal(of: bytes, annotations))
        }
        for other in refusals.dropFirst() { #expect(Self.reason(other) == Self.reason(refusals[0])) }
        return refusals[0]
    }

    private static func refusal(of bytes: [UInt8], _ annotations: [String: String]) throws -> String? {
        var blob = LayerBlob(name: "layer", digest: nil, size: bytes.count, diffID: nil) {
            MemoryByteSource(bytes, name: "layer")
        }
        blob.tables = try LayerTable.named(in: annotations)
        #expect(blob.tables.count == 1)
        do { try LayerTableCheck(blob: blob, limits: ReadingLimits()).run() } catch { return error.description }
        return nil
    }

    /// What is said of the table, without the format and the place.
    private static func reason(_ refusal: String?) -> String? {
        refusal.map { text in
            text.split(separator: "make its files, ").last.map { String($0.split(separator: " (at byte").first ?? "") }
                ?? ""
        }
    }

    @Test func whatSaysTheSameIsAccepted() throws {
        let (_, table) = try Self.entries()
        #expect(try Self.refusal(table) == nil)
        // Go takes a null for nothing, and what it does not know for nothing as well.
        var other = table
        other[0] = other[0].replacing("{", with: "{\"xattrs\":null,\"userName\":\"root\",\"offset\":5,")
        #expect(try Self.refusal(other) == nil)
    }

    @Test(
        "each difference is said",
        arguments: [
            (1, "./a/x.py", "a/y.py", "does not have 'a/x.py' where the tar has it"),
            (1, "\"size\":6", "\"size\":5", "says something else of 'a/x.py' than the tar: its size"),
            (1, "\"mode\":420", "\"mode\":493", "says something else of 'a/x.py' than the tar: its mode"),
            (1, "\"mode\":420", "\"mode\":420,\"uid\":1", "says something else of 'a/x.py' than the tar: its owner"),
            (1, ":20+01:00", ":20Z", "says something else of 'a/x.py' than the tar: its time"),
            (1, "\"reg\"", "\"fifo\"", "says something else of 'a/x.py' than the tar: its type"),
            (
                1, "\"mode\"", "\"xattrs\":{\"a\":\"eA==\"},\"mode\"",
                "says something else of 'a/x.py' than the tar: its attributes"
            ),
            (
                1, "\"digest\":\"sha256:5", "\"digest\":\"sha256:6",
                "says something else of 'a/x.py' than the tar: its digest of a part"
            ),
            (1, "\"digest\"", "\"other\"", "cannot be read: a part of a file has no digest"),
            (
                1, "\"mode\"", "\"Name\":\"b\",\"mode\"",
                "cannot be read: the member 'Name' is taken for 'name' by container runtimes"
            ),
            (2, "\"mode\"", "\"size\":1,\"mode\"", "cannot be read: a part of a file has no digest"),
            (
                3, "\"size\":340", "\"size\":9223372036854775807",
                "says something else of 'a/large' than the tar: its size"
            ),
            (3, "\"chunkSize\":100", "\"chunkSize\":-1", "cannot be read: a part behind its file's end"),
            (
                3, "\"chunkSize\":100", "\"chunkSize\":99",
                "cannot be read: a part that is not the next one of the file before it"
            ),
            (
                4, "\"chunkSize\":200", "\"chunkSize\":9223372036854775807",
                "cannot be read: a part behind its file's end"
            ),
            (4, "\"a/large\"", "\"a/x.py\"", "cannot be read: a part that is not the next one of the file before it"),
            (4, "chunkDigest\":\"sha256:", "chunkDigest\":\"sha512:", nil),
            (
                3, "\"chunkSize\":100", "\"chunkSize\":100,\"chunkOffset\":1",
                "cannot be read: a part that is not the next one of the file before it"
            ),
            (
                4, "\"chunkDigest\":\"sha256:", "\"chunkDigest\":\"\",\"other\":\"",
                "cannot be read: a part of a file has no digest"
            ),
            (6, "\"x.py\"", "\"y.py\"", "says something else of 'a/link' than the tar: its target"),
            (7, "/a/x.py", "/a/large", "says something else of 'a/hard' than the tar: its target"),
        ] as [(Int, String, String, String?)])
    func differences(index: Int, old: String, new: String, said: String?) throws {
        var (_, table) = try Self.entries()
        #expect(table[index].contains(old))
        table[index] = table[index].replacing(old, with: new)
        let found = try Self.refusal(table)
        #expect(found != nil)
        if let said { #expect(Self.reason(found) == said) }
    }

    @Test func entriesOfOneSideAreSaid() throws {
        let (_, table) = try Self.entries()
        #expect(try Self.reason(Self.refusal(Array(table.dropLast()))) == "does not have 'a/hard' where the tar has it")
        let more = table + ["{\"name\":\"b\",\"type\":\"dir\"}"]
        #expect(try Self.reason(Self.refusal(more)) == "has 'b', which the tar does not have")
        #expect(try Self.reason(Self.refusal(["{\"type\":\"chunk\"}"] + table)) == "cannot be read: a part of no file")
        #expect(try Self.reason(Self.refusal(table, version: 2)) == "cannot be read: its version is not 1")
    }

    /// Of a part of zeros zstd:chunked reads nothing; eStargz knows no such parts, and reads what the digest is of.
    @Test func partsOfZerosAreThoseOfOneFormat() throws {
        var (_, table) = try Self.entries()
        let whole = table
        table[5] = table[5].replacing("chunkDigest", with: "other")
        #expect(try Self.refusal(table, places: ["zstd:chunked"]) == nil)
        #expect(
            try Self.reason(Self.refusal(table, places: ["eStargz"]))
                == "cannot be read: a part of a file has no digest")
        table[5] = whole[5].replacing(try Self.hex([UInt8](repeating: 0, count: 40)), with: try Self.hex([1]))
        #expect(
            try Self.reason(Self.refusal(table, places: ["eStargz"]))
                == "says something else of 'a/large' than the tar: its digest of a part")
        // Zeros that are none.
        let changed = try Self.refusal(whole, places: ["zstd:chunked"]) { tar in
            let index = tar.bytes.lastIndex(of: Self.large[299]) ?? 0
            var bytes = tar.bytes
            bytes[index + 1] = 1
            tar = TarBytes(bytes)
        }
        #expect(Self.reason(changed) == "says something else of 'a/large' than the tar: its part of zeros")
    }

    @Test func aTableHasToBeWhereTheManifestSays() throws {
        let (tar, _) = try Self.entries()
        let digest = try Self.hex([1])
        let stargz = ["containerd.io/snapshot/stargz/toc.digest": digest]
        #expect(try Self.reason(Self.refusal(of: tar.archive, stargz)) == "is not the last entry of the tar")
        var behind = tar
        behind.add("stargz.index.json", content: [1])
        #expect(try Self.reason(Self.refusal(of: behind.archive, stargz))?.hasPrefix("cannot be read: ") == true)
        behind.file("later", "")
        #expect(try Self.reason(Self.refusal(of: behind.archive, stargz)) == "is not the last entry of the tar")
        func chunked(_ position: String) -> [String: String] {
            [
                "io.containers.zstd-chunked.manifest-checksum": digest,
                "io.containers.zstd-chunked.manifest-position": position,
            ]
        }
        let size = tar.archive.count
        #expect(
            try Self.reason(Self.refusal(of: tar.archive, chunked("0:5:9:1")))
                == "is not the one whose digest the manifest names")
        #expect(
            try Self.reason(Self.refusal(of: tar.archive, chunked("\(size - 1):2:9:1")))
                == "has 2 bytes at \(size - 1), which the layer does not have")
        for wrong in ["", "1", "1:2:3", "-1:2:3:1", "1:0:3:1", "\(Int.max):2:3:1", "a:2:3:1"] {
            #expect(throws: LayerTable.Failure.self) { try LayerTable.named(in: chunked(wrong)) }
        }
        #expect(throws: LayerTable.Failure.self) {
            try LayerTable.named(in: ["containerd.io/snapshot/stargz/toc.digest": "sha256:1"])
        }
        for foreign in ["nydus-bootstrap", "nydus-blob", "overlaybd/blob-digest"] {
            #expect(throws: LayerTable.Failure.self) {
                try LayerTable.named(in: ["containerd.io/snapshot/\(foreign)": "true"])
            }
        }
        #expect(try LayerTable.named(in: ["other": "x", "containerd.io/uncompressed": "sha256:1"]).isEmpty)
    }

    /// A changed byte is in a time zone, in a name that Go does not know, or refused; nothing traps.
    @Test func changedTablesAreRefusedOrSayTheSame() throws {
        let (tar, table) = try Self.entries()
        let json = Array("{\"version\":1,\"entries\":[\(table.joined(separator: ","))]}".utf8)
        let known = try LayerTableEntry.read(json, name: "table", limits: ReadingLimits(), hasHoles: false).map(
            \.described)
        var generator = SeededGenerator(seed: 29)
        var accepted = 0
        for _ in 0..<fuzzRounds(40) {
            var changed = json
            for _ in 0..<generator.next(1...2) {
                let place = generator.next(0...(changed.count - 1))
                changed[place] =
                    generator.next(0...3) == 0
                    ? UInt8(generator.next(0...255)) : UInt8(ascii: "1") + UInt8(generator.next(0...8))
            }
            var layer = tar
            layer.add("stargz.index.json", content: changed)
            let annotations = ["containerd.io/snapshot/stargz/toc.digest": try Self.hex(changed)]
            guard try Self.refusal(of: layer.archive, annotations) == nil else { continue }
            accepted += 1
            let read = try LayerTableEntry.read(changed, name: "table", limits: ReadingLimits(), hasHoles: false)
            #expect(read.map(\.described) == known, "\(String(decoding: changed, as: UTF8.self))")
        }
        #expect(accepted < fuzzRounds(40) / 2)
    }

    @Test func timesAreThoseOfGo() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", 0), ("2026-11-29T19:39:58Z", 1_795_981_198),
            ("0001-01-01T00:00:00Z", -62_135_596_800),
            ("2024-02-29T12:00:00.123456789-07:30", 1_709_235_000), ("1969-12-31T23:59:59Z", -1),
        ] { #expect(UTCTime.seconds(text) == seconds, "\(text)") }
        for text in [
            "", "2026-11-29", "2026-11-29T19:39:58", "2026-13-29T19:39:58Z", "2026-11-29T19:39:58Zx",
            "x026-11-29T19:39:58Z",
        ] {
            #expect(UTCTime.seconds(text) == nil, "\(text)")
        }
    }

    @Test(.enabled(if: hasProgram("skopeo") && hasProgram("python3")))
    func aLayerOfSkopeoIsAccepted() throws {
        let folder = TemporaryFolder()
        var (tar, _) = try Self.entries()
        tar.add("a/noise", content: (0..<200_000).map { UInt8(truncatingIfNeeded: ($0 &* $0) >> 7) })
        try writeLayout(folder, "plain", layers: [tar.archive])
        let copy = "skopeo --insecure-policy copy -q --dest-compress-format zstd:chunked"
        #expect(shell("cd '\(folder.path)' && \(copy) oci:plain:example.org/app:1 oci:chunked:t 2>/dev/null") == 0)
        let index = String(decoding: try folder.read("chunked/index.json"), as: UTF8.self)
        let manifest = try #require(index.split(separator: "sha256:").dropFirst().first?.prefix(64))
        let path = "chunked/blobs/sha256/\(manifest)"
        let text = String(decoding: try folder.read(path), as: UTF8.self)
        #expect(text.contains("zstd-chunked.manifest-position"))
        #expect(try readImage("oci:\(folder.path)/chunked").layers.count == 1)
        // Another position: the manifest's own digest changes with it.
        let moved = text.replacing("manifest-position\":\"", with: "manifest-position\":\"1")
        let digest = try ContentHash.sha256(of: Array(moved.utf8)).hex
        folder.write("chunked/blobs/sha256/\(digest)", Array(moved.utf8))
        folder.write(
            "chunked/index.json",
            Array(
                index.replacing(String(manifest), with: digest).replacing(
                    "\"size\":\(text.utf8.count)", with: "\"size\":\(moved.utf8.count)"
                ).utf8))
        let error = #expect(throws: ImageReadingError.self) { try readImage("oci:\(folder.path)/chunked") }
        #expect(error?.description.contains("its table of contents (zstd:chunked)") == true)
    }
}

extension LayerTableEntry {
    /// What counts of it; a path is compared in its normal form.
    fileprivate var described: String {
        let data = parts.map { "\($0.size) \($0.digest?.hex ?? "zeros")" }
        let place = type == "hardlink" ? ArchivePath.normalized(Array(target.utf8)) ?? [] : Array(target.utf8)
        return "\(path) \(type) \(place) \(size) \(mode & 0o7777) \(uid) \(gid) \(modified) \(data)"
    }
}
