import SourceDocuments

/// A sha256 in 32 bytes: what is kept for each of the many files of an image, where a ``Digest`` would be a string each.
package struct SHA256Value: Sendable, Hashable {
    private let words: SIMD4<UInt64>

    /// Creates a value from 32 bytes; nil when there are more or fewer.
    package init?(bytes: UnsafeRawBufferPointer) {
        guard bytes.count == 32 else { return nil }
        var words = SIMD4<UInt64>()
        for index in 0..<4 {
            words[index] = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self))
        }
        self.words = words
    }

    /// Creates a value from 32 bytes; nil when there are more or fewer.
    package init?(bytes: [UInt8]) {
        guard let value = bytes.withUnsafeBytes({ SHA256Value(bytes: $0) }) else { return nil }
        self = value
    }

    /// Creates a value from a digest; nil when it is not a sha256.
    package init?(_ digest: Digest) {
        guard digest.algorithm == .sha256 else { return nil }
        guard let bytes = Hexadecimal.decode(digest.hex) else { return nil }
        self.init(bytes: bytes)
    }

    /// The 32 bytes.
    package var bytes: [UInt8] { (0..<32).map { self[$0] } }

    private subscript(index: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: words[index >> 3] >> UInt64(56 - 8 * (index & 7)))
    }

    /// The lower-case hexadecimal digits.
    package var hex: String {
        String(unsafeUninitializedCapacity: 64) { buffer in
            for index in 0..<32 {
                buffer[2 * index] = Hexadecimal.digit(self[index] >> 4)
                buffer[2 * index + 1] = Hexadecimal.digit(self[index] & 15)
            }
            return 64
        }
    }

    /// Adds the lower-case hexadecimal digits to bytes.
    package func appendHex(to bytes: inout [UInt8]) {
        for index in 0..<32 {
            bytes.append(Hexadecimal.digit(self[index] >> 4))
            bytes.append(Hexadecimal.digit(self[index] & 15))
        }
    }

    /// The digest with its algorithm.
    package var digest: Digest { Digest(self) }
}
