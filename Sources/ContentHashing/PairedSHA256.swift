import EnvironmentInventory
internal import CSHA256

/// The sha256 of a stream and, one after the other, those of the files that lie in it, computed side by side: with the SHA
/// instructions of a processor both cost as much time as one.
///
/// The stream's bytes are hashed late: together with a file's bytes that lie among them, or in ``catchUp()``, which has to be
/// called before they are written over.
package final class PairedSHA256 {
    private let stream: UnsafeMutablePointer<pinproof_sha256>
    private let file: UnsafeMutablePointer<pinproof_sha256>
    /// The bytes of the stream that were handed on and are not hashed yet.
    private var pending = UnsafeRawBufferPointer(start: nil, count: 0)

    /// Starts both; nil where the processor has no such instructions, and ``ContentHash`` is as fast.
    package init?() {
        guard pinproof_sha256_available() != 0 else { return nil }
        stream = .allocate(capacity: 1)
        file = .allocate(capacity: 1)
        for hash in [stream, file] {
            hash.initialize(to: pinproof_sha256())
            pinproof_sha256_start(hash)
        }
    }

    deinit {
        stream.deallocate()
        file.deallocate()
    }

    /// Takes the next bytes of the stream, which hold until ``catchUp()``.
    package func handOn(_ piece: UnsafeRawBufferPointer) {
        catchUp()
        pending = piece
    }

    /// Hashes what the stream has handed on.
    package func catchUp() { advance(to: pending.count) }

    /// The digest of the stream.
    package func finishStream() throws(HashingError) -> Digest {
        catchUp()
        return Digest(try Self.finish(stream))
    }

    /// Starts the next file.
    package func startFile() { pinproof_sha256_start(file) }

    /// Feeds bytes of the file: where they lie in the stream's, both hashes go on over them.
    package func updateFile(_ piece: UnsafeRawBufferPointer) {
        guard let start = piece.baseAddress, piece.count > 0 else { return }
        guard let place = place(of: start), pending.count - place >= piece.count else {
            pinproof_sha256_update(file, start, piece.count)
            return
        }
        advance(to: place)
        pinproof_sha256_update_both(stream, file, start, piece.count)
        pending = UnsafeRawBufferPointer(rebasing: pending[piece.count...])
    }

    /// The digest of the file; the next one can only be started afterwards.
    package func finishFile() throws(HashingError) -> SHA256Value { try Self.finish(file) }

    /// Where an address lies in the bytes that are pending.
    private func place(of address: UnsafeRawPointer) -> Int? {
        guard let base = pending.baseAddress, address >= base else { return nil }
        let place = address - base
        return place < pending.count ? place : nil
    }

    private func advance(to count: Int) {
        guard count > 0 else { return }
        pinproof_sha256_update(stream, pending.baseAddress, count)
        pending = UnsafeRawBufferPointer(rebasing: pending[count...])
    }

    private static func finish(_ hash: UnsafeMutablePointer<pinproof_sha256>) throws(HashingError) -> SHA256Value {
        let value = withUnsafeTemporaryAllocation(byteCount: 32, alignment: 8) { output in
            pinproof_sha256_finish(hash, output.baseAddress)
            return SHA256Value(bytes: UnsafeRawBufferPointer(output))
        }
        guard let value else { throw HashingError(algorithm: .sha256) }
        return value
    }
}
