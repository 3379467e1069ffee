import ArchiveReading
import ContentHashing
import EnvironmentInventory

/// What was read of one layer, as the cache keeps it: before the layers become one file system, and for every command.
struct LayerEvidence: Sendable {
    /// The version of what the readers keep and of how it is written. It goes up with every change of either;
    /// `LayerCacheTests.evidenceVersion` fails where it was forgotten.
    static let version = 10

    /// A stored form of the layer.
    struct Blob: Sendable, Hashable {
        let digest: Digest
        let size: Int
        let compression: Compression
    }

    let diffID: Digest
    /// The decompressed size in bytes.
    let bytes: Int
    /// The compressed forms that were found to decompress to the layer, by digest.
    var blobs: [Blob]
    /// What was kept.
    let needs: LayerNeeds
    /// The limits under which the layer was read.
    let limits: [Int]
    let contents: LayerContents

    /// The limits that decide whether a layer can be read.
    static func limits(_ limits: ReadingLimits) -> [Int] {
        [
            limits.entries, limits.pathBytes, limits.depth, limits.totalBytes, limits.fileBytes,
            limits.compressionRatio,
            limits.ratioFreeBytes, limits.holeBytes, limits.metadataBytes, limits.totalMetadataBytes,
        ]
    }

    /// The number of files.
    var files: Int { contents.contents.count }

    /// Writes everything that the first line does not say, and a digest of what it says, piece by piece.
    func writeBody(to sink: (UnsafeRawBufferPointer) throws(ArchiveReadingError) -> Void) throws {
        var writer = PackedWriter()
        writer.raw(try ContentHash.sha256(of: Array(summary.utf8)).bytes)
        writer.byte(needs.checksums.rawValue)
        writer.byte((needs.binaries ? 1 : 0) | (needs.records ? 2 : 0))
        for limit in limits { writer.count(limit) }
        try contents.write(to: &writer) { writer throws(ArchiveReadingError) in
            try writer.pass(atLeast: PackedWriter.pieceBytes, to: sink)
        }
        try writer.pass(atLeast: 1, to: sink)
    }

    /// What the first line says of the layer itself.
    var summary: String { Self.summary(diffID: diffID, blobs: blobs, files: files, bytes: bytes) }

    /// The members of the first line before `body`.
    static func summary(diffID: Digest, blobs: [Blob], files: Int, bytes: Int) -> String {
        let list = blobs.map {
            "{\"digest\":\"\($0.digest)\",\"size\":\($0.size),\"mediaType\":\"\($0.compression.layerMediaType)\"}"
        }
        return "{\"schema\":\"pinproof/layer-evidence/1\",\"evidenceVersion\":\(version),\"diffId\":\"\(diffID)\","
            + "\"blobs\":[\(list.joined(separator: ","))],\"files\":\(files),\"bytes\":\(bytes)"
    }

    /// The name of the layer's entry: the sha256 of what makes an entry the right one.
    static func key(_ diffID: Digest) throws(HashingError) -> String {
        try ContentHash.sha256(of: Array("pinproof/layer-evidence\n\(version)\n\(diffID)\n".utf8)).hex
    }
}

extension Digest {
    fileprivate var bytes: [UInt8] { SHA256Value(self)?.bytes ?? [] }
}

extension Compression {
    /// The media type of a layer that is compressed so
    /// (https://github.com/opencontainers/image-spec/blob/main/layer.md); xz and bzip2 have none there.
    var layerMediaType: String {
        let type = "application/vnd.oci.image.layer.v1.tar"
        return self == .none ? type : "\(type)+\(rawValue)"
    }
}
