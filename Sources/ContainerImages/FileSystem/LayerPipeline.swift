import ArchiveReading
import EnvironmentInventory

/// What the bytes of one layer turned out to be.
struct LayerDigests: Sendable {
    /// The digest of the decompressed bytes.
    let diffID: Digest
    /// The decompressed size in bytes.
    let size: Int
    let compression: Compression
}

/// The way of a layer's stored bytes to its tar reader: they are counted, verified and decompressed on a thread of their
/// own, while the caller's thread reads the tar and hashes the files.
///
/// The two threads share the hashing: of a compressed layer the caller's thread hashes what was decompressed, of a plain one
/// the reading thread does, so that both have about as much to do.
final class LayerPipeline {
    /// The entries of the layer.
    let tar: TarReader
    private let blob: LayerBlob
    private let stored: VerifyingByteSource
    /// What the digest of the decompressed bytes is computed of.
    private let plain: VerifyingByteSource
    private let ahead: ReadAheadByteSource
    private let counted: ProgressByteSource
    private let compression: Compression

    /// Opens a layer. Nothing that its reader gives may be used before ``finish()`` returned.
    static func make(
        _ blob: LayerBlob, limits: ReadingLimits, progress: @escaping (Int) -> Void
    ) throws(ArchiveReadingError) -> LayerPipeline {
        let stored = try VerifyingByteSource(
            ProgressByteSource(blob.open(), progress), digest: blob.digest, size: blob.size, computesDigest: false)
        do throws(ArchiveReadingError) {
            let decompressor = try Decompressor(stored, limits: limits)
            return decompressor.compression == .none
                ? try plain(blob, stored: stored, bytes: decompressor, limits: limits)
                : try compressed(blob, stored: stored, bytes: decompressor, limits: limits)
        } catch { throw try worse(than: error, of: stored) }
    }

    /// A layer as it is stored; where its two digests are of one algorithm, the bytes are hashed once.
    private static func plain(
        _ blob: LayerBlob, stored: VerifyingByteSource, bytes: Decompressor, limits: ReadingLimits
    ) throws(ArchiveReadingError) -> LayerPipeline {
        var isHashed = false
        if let digest = blob.digest { isHashed = blob.diffID.map { $0.algorithm == digest.algorithm } ?? true }
        if isHashed {
            return try LayerPipeline(
                blob, stored: stored, plain: stored, ahead: ReadAheadByteSource(bytes), bytes.compression, limits)
        }
        let hashing = try VerifyingByteSource(bytes, digest: blob.diffID, size: nil)
        return try LayerPipeline(
            blob, stored: stored, plain: hashing, ahead: ReadAheadByteSource(hashing), bytes.compression, limits)
    }

    private static func compressed(
        _ blob: LayerBlob, stored: VerifyingByteSource, bytes: Decompressor, limits: ReadingLimits
    ) throws(ArchiveReadingError) -> LayerPipeline {
        let ahead = ReadAheadByteSource(bytes)
        let hashing = try VerifyingByteSource(ahead, digest: blob.diffID, size: nil)
        return try LayerPipeline(
            blob, stored: stored, plain: hashing, ahead: ahead, source: hashing, bytes.compression, limits)
    }

    private init(
        _ blob: LayerBlob, stored: VerifyingByteSource, plain: VerifyingByteSource, ahead: ReadAheadByteSource,
        source: (any ByteSource)? = nil, _ compression: Compression, _ limits: ReadingLimits
    ) throws(ArchiveReadingError) {
        self.blob = blob
        self.stored = stored
        self.plain = plain
        self.ahead = ahead
        self.compression = compression
        counted = ProgressByteSource(source ?? ahead) { _ in }
        do throws(ArchiveReadingError) {
            // With a diff_id, a missing end-of-archive marker is acceptable: the digest check detects truncation.
            tar = try TarReader(
                uncompressed: blob.diffID == nil ? counted : BlockPaddingByteSource(counted), limits: limits,
                requiresEndMarker: blob.diffID == nil)
        } catch {
            // The reading thread uses the source until it is stopped.
            ahead.stop()
            throw error
        }
    }

    /// Ends the reading and returns the digest, once the tar was read to its end.
    func finish() throws(ArchiveReadingError) -> LayerDigests {
        ahead.stop()
        guard let found = plain.found else {
            throw ArchiveReadingError(archive: blob.name, reason: .damaged("it was not read to its end"))
        }
        if let diffID = blob.diffID, found != diffID {
            throw ArchiveReadingError(archive: blob.name, reason: .digestMismatch(expected: diffID, found: found))
        }
        return LayerDigests(diffID: found, size: counted.count, compression: compression)
    }

    /// The error to report after one of reading the entries: damage shows first in the tar or the compression, but that the
    /// blob is another one says more.
    func failure(after error: ArchiveReadingError) throws(ArchiveReadingError) -> ArchiveReadingError {
        ahead.stop()
        return try Self.worse(than: error, of: stored)
    }

    private static func worse(
        than error: ArchiveReadingError, of stored: VerifyingByteSource
    ) throws(ArchiveReadingError) -> ArchiveReadingError {
        if error.reason != .cancelled { try stored.drain() }
        return error
    }
}
