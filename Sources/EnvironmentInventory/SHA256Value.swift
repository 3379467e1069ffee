import SourceDocuments

/// A sha256 in 32 bytes: what is kept for each of the many files of an image, where a ``Digest`` would be a string each.
package struct SHA256Value: Sendable, Hashable {
    // No vector: that is aligned to 32 bytes, and there are hundreds of thousands of these beside smaller things.
    private let first: UInt64
    private let second: UInt64
    private let third: UInt64
    private let fourth: UInt64

    /// Creates a value from 32 bytes; nil when there are more or fewer.
    package init?(bytes: UnsafeRawBufferPointer) {
        guard bytes.count == 32 else { return nil }
        func word(_ index: Int) -> UInt64 {
            UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self))
        }
        (first, second, third, fourth) = (word(0), word(1), word(2), word(3))
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
        let word = index < 16 ? (index < 8 ? first : second) : (index < 24 ? third : fourth)
        return UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * (index & 7)))
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
