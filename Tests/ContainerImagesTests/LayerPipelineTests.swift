import ContentHashing
import EnvironmentInventory
import Testing

@testable import ArchiveReading
@testable import ContainerImages

/// A layer is the same, and so is what is said of a damaged one, whether it is hashed together with its files or alone.
struct LayerPipelineTests {
    /// What was read of a layer: a line for each file and one for the layer, or the error.
    private static func read(_ blob: LayerBlob, pairsHashes: Bool) -> [String] {
        do {
            let pipeline = try LayerPipeline.make(
                blob, limits: ReadingLimits(), pairsHashes: pairsHashes, progress: { _ in })
            do {
                let contents = try LayerReader(limits: ReadingLimits()).read(pipeline.tar, pair: pipeline.pair)
                let digests = try pipeline.finish()
                return contents.contents.map { "\($0.size) \($0.sha256.hex)" }
                    + ["\(digests.diffID) \(digests.size) \(digests.compression)"]
            } catch { return ["\(try pipeline.failure(after: error))"] }
        } catch { return ["\(error)"] }
    }

    private static func content(_ size: Int) -> [UInt8] {
        [UInt8](repeating: UInt8(truncatingIfNeeded: size), count: size)
    }

    /// Files of sizes around a block and one that is larger than what is read ahead at once.
    private static func layer(with large: Int...) -> (tar: [UInt8], sizes: [Int]) {
        var tar = TarBytes()
        let sizes = [0, 1, 63, 64, 65, 511, 512, 513] + large + [70_000, 7]
        for size in sizes {
            tar.add("usr/\(size)", content: content(size))
        }
        return (tar.archive, sizes)
    }

    private static func blob(
        _ bytes: [UInt8], digest: Digest?, diffID: Digest?, size: Int? = nil
    ) -> LayerBlob {
        LayerBlob(name: "layer", digest: digest, size: size ?? bytes.count, diffID: diffID) {
            MemoryByteSource(bytes, name: "layer")
        }
    }

    @Test func filesAndDigestsAreTheSame() throws {
        let (tar, sizes) = Self.layer(with: 1_100_000)
        let digest = try ContentHash.sha256(of: tar)
        let long = try ContentHash.digest(.sha512, of: tar)
        let folder = TemporaryFolder()
        _ = folder.write("layer.tar", tar)
        #expect(shell("gzip -k '\(folder.path)/layer.tar'") == 0)
        let gzip = try folder.read("layer.tar.gz")
        let blobs = [
            Self.blob(tar, digest: digest, diffID: digest), Self.blob(tar, digest: digest, diffID: nil),
            Self.blob(tar, digest: nil, diffID: digest), Self.blob(tar, digest: nil, diffID: nil),
            Self.blob(tar, digest: long, diffID: digest),
            Self.blob(gzip, digest: try ContentHash.sha256(of: gzip), diffID: digest),
            Self.blob(gzip, digest: nil, diffID: nil),
        ]
        for (number, blob) in blobs.enumerated() {
            let together = Self.read(blob, pairsHashes: true)
            #expect(together == Self.read(blob, pairsHashes: false), "\(number)")
            #expect(together.count == sizes.count + 1 && together.last?.hasPrefix("\(digest) ") == true, "\(number)")
            for (size, line) in zip(sizes, together) {
                #expect(line == "\(size) \(try ContentHash.sha256(of: Self.content(size)).hex)")
            }
        }
    }

    @Test func damageIsSaidInTheSameWords() throws {
        let (tar, _) = Self.layer()
        let digest = try ContentHash.sha256(of: tar)
        // A byte of a file, of a header, of the padding and of the end.
        for place in [700, 1_100, 40_000, tar.count - 1] {
            var changed = tar
            changed[place] ^= 1
            for blob in [
                Self.blob(changed, digest: digest, diffID: digest), Self.blob(changed, digest: digest, diffID: nil),
                Self.blob(changed, digest: nil, diffID: digest),
            ] {
                let together = Self.read(blob, pairsHashes: true)
                #expect(together == Self.read(blob, pairsHashes: false), "\(place)")
                #expect(together.count == 1 && together[0].contains("expected sha256:"), "\(place): \(together)")
            }
        }
        let other = try ContentHash.sha256(of: [1])
        for blob in [
            Self.blob(Array(tar.dropLast(600)), digest: digest, diffID: digest, size: tar.count),
            Self.blob(Array(tar.prefix(30_000)), digest: digest, diffID: nil, size: tar.count),
            Self.blob(tar, digest: digest, diffID: digest, size: tar.count - 1),
            Self.blob(tar, digest: digest, diffID: other), Self.blob(tar, digest: other, diffID: digest),
        ] {
            let together = Self.read(blob, pairsHashes: true)
            #expect(together.count == 1 && together == Self.read(blob, pairsHashes: false))
        }
    }

    /// umoci writes no padding behind the last file; of data and headers no byte may be missing, whatever the diff_id says.
    @Test func noByteIsInvented() throws {
        var tar = TarBytes()
        tar.file("a", "12345")
        let folder = TemporaryFolder()
        for count in 1...1024 {
            let cut = Array(tar.bytes.prefix(count))
            let digest = try ContentHash.sha256(of: cut)
            let isWhole = count >= 512 + 5
            let lines = Self.read(Self.blob(cut, digest: digest, diffID: digest), pairsHashes: true)
            #expect((lines.count == 2) == isWhole, "\(count): \(lines)")
            #expect(lines == Self.read(Self.blob(cut, digest: digest, diffID: digest), pairsHashes: false))
            if !isWhole { #expect(lines[0].contains("ends too early"), "\(count): \(lines)") }
            // The end marker shows nothing where no digest does.
            #expect(Self.read(Self.blob(cut, digest: digest, diffID: nil), pairsHashes: true).count == 1)
            guard [1, 500, 511, 513, 516, 517, 1024].contains(count) else { continue }
            _ = folder.write("\(count).tar", cut)
            for (program, ending) in [("gzip", "gz"), ("zstd", "zst")] where hasProgram(program) {
                #expect(shell("\(program) -qk '\(folder.path)/\(count).tar'") == 0)
                let packed = try folder.read("\(count).tar.\(ending)")
                let found = Self.read(Self.blob(packed, digest: nil, diffID: digest), pairsHashes: true)
                #expect((found.count == 2) == isWhole, "\(count).\(ending): \(found)")
            }
        }
        // A half of a block of zeros, and a half of the second one, which Go's archive/tar refuses.
        for zeros in [100, 511, 513, 1000] {
            let end = tar.bytes + [UInt8](repeating: 0, count: zeros)
            let digest = try ContentHash.sha256(of: end)
            #expect(Self.read(Self.blob(end, digest: digest, diffID: digest), pairsHashes: true).count == 1, "\(zeros)")
        }
    }
}
