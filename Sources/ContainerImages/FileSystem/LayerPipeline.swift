import ArchiveReading
import ContentHashing
import EnvironmentInventory

/// What the bytes of one layer turned out to be.
struct LayerDigests: Sendable {
    /// The digest of the decompressed bytes.
    let diffID: Digest
    /// The decompressed size in bytes.
    let size: Int
    let compression: Compression
}

/// The way of a layer's stored bytes to its tar reader: they are counted and decompressed on a thread of their own, while the
/// caller's thread reads the tar and hashes it with its files.
///
/// Where a layer and its files cannot be hashed together, the two threads share the hashing: of a compressed layer the
/// caller's thread hashes what was decompressed, of a plain one the reading thread does.
final class LayerPipeline {
    /// The entries of the layer.
    let tar: TarReader
    /// What hashes a file together with the layer; nil where each is hashed alone.
    let pair: PairedSHA256?
    private let blob: LayerBlob
    private let stored: VerifyingByteSource
    /// What the digest of the decompressed bytes is computed of.
    private let plain: VerifyingByteSource
    private let ahead: ReadAheadByteSource
    private let counted: ProgressByteSource
    private let compression: Compression

    /// Opens a layer. Nothing that its reader gives may be used before ``finish()`` returned.
    ///
    /// - Parameter pairsHashes: false to hash the layer and its files each alone on any processor.
    static func make(
        _ blob: LayerBlob, limits: ReadingLimits, pairsHashes: Bool = true, progress: @escaping (Int) -> Void
    ) throws(ArchiveReadingError) -> LayerPipeline {
        let stored = try VerifyingByteSource(
            ProgressByteSource(blob.open(), progress), digest: blob.digest, size: blob.size, computesDigest: false)
        do throws(ArchiveReadingError) {
            let bytes = try Decompressor(stored, limits: limits)
            var wanted = blob.diffID
            // A layer as it is stored; where its two digests are of one algorithm, the bytes are hashed once.
            let isSame =
                bytes.compression == .none
                && blob.digest.map { $0.algorithm == wanted?.algorithm ?? $0.algorithm } ?? false
            if isSame { wanted = blob.digest }
            let pair = pairsHashes && wanted?.algorithm ?? .sha256 == .sha256 ? PairedSHA256() : nil
            return try LayerPipeline(
                blob, stored: stored, bytes: bytes, wanted: wanted, isSame: isSame, pair: pair, limits: limits)
        } catch { throw try worse(than: error, of: stored) }
    }

    private init(
        _ blob: LayerBlob, stored: VerifyingByteSource, bytes: Decompressor, wanted: Digest?, isSame: Bool,
        pair: PairedSHA256?, limits: ReadingLimits
    ) throws(ArchiveReadingError) {
        self.blob = blob
        self.stored = stored
        self.pair = pair
        compression = bytes.compression
        let source: any ByteSource
        if pair != nil || compression != .none {
            if isSame { stored.leaveDigest() }
            ahead = ReadAheadByteSource(bytes)
            plain = try VerifyingByteSource(ahead, digest: wanted, size: nil, pair: pair)
            source = plain
        } else {
            plain = isSame ? stored : try VerifyingByteSource(bytes, digest: wanted, size: nil)
            ahead = ReadAheadByteSource(isSame ? bytes : plain)
            source = ahead
        }
        counted = ProgressByteSource(source) { _ in }
        do throws(ArchiveReadingError) {
            // With a diff_id, the last file's padding and the end-of-archive marker may be missing, as umoci writes layers: the
            // digest shows that nothing was cut off. Headers and data have to be whole, or runtimes refuse the layer.
            tar = try TarReader(uncompressed: counted, limits: limits, requiresEndMarker: blob.diffID == nil)
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
        guard compression == .none else {
            ahead.stop()
            return try Self.worse(than: error, of: stored)
        }
        // Where its digest is computed on this thread, the reading thread goes on to the end.
        if pair == nil { ahead.stop() }
        defer { ahead.stop() }
        return try Self.worse(than: error, of: plain)
    }

    private static func worse(
        than error: ArchiveReadingError, of source: VerifyingByteSource
    ) throws(ArchiveReadingError) -> ArchiveReadingError {
        if error.reason != .cancelled { try source.drain() }
        return error
    }
}
