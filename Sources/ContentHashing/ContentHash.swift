import EnvironmentInventory
internal import COpenSSL

/// A hash that is fed piece by piece; OpenSSL does the work.
///
/// It owns an OpenSSL context, so it is not copyable: a copy would have to be a deep one.
package struct ContentHash: ~Copyable {
    /// The hash function.
    package let algorithm: HashAlgorithm
    private let context: OpaquePointer

    /// Starts a hash.
    ///
    /// - Throws: ``HashingError`` when OpenSSL does not offer the algorithm (md5 in FIPS mode) or has no memory.
    package init(_ algorithm: HashAlgorithm) throws(HashingError) {
        let method =
            switch algorithm {
            case .md5: EVP_md5()
            case .sha1: EVP_sha1()
            case .sha224: EVP_sha224()
            case .sha256: EVP_sha256()
            case .sha384: EVP_sha384()
            case .sha512: EVP_sha512()
            case .blake2b: EVP_blake2b512()
            }
        guard let context = EVP_MD_CTX_new() else { throw HashingError(algorithm: algorithm) }
        guard EVP_DigestInit_ex(context, method, nil) == 1 else {
            EVP_MD_CTX_free(context)
            throw HashingError(algorithm: algorithm)
        }
        self.algorithm = algorithm
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Feeds bytes.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) throws(HashingError) {
        guard bytes.count > 0 else { return }
        guard EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1 else {
            throw HashingError(algorithm: algorithm)
        }
    }

    /// Feeds bytes.
    package mutating func update(_ bytes: ArraySlice<UInt8>) throws(HashingError) {
        let accepted = bytes.withUnsafeBytes { buffer in
            buffer.isEmpty || EVP_DigestUpdate(context, buffer.baseAddress, buffer.count) == 1
        }
        if !accepted { throw HashingError(algorithm: algorithm) }
    }

    /// Feeds bytes.
    package mutating func update(_ bytes: [UInt8]) throws(HashingError) { try update(bytes[...]) }

    /// Finishes the hash and returns its digest.
    package consuming func finish() throws(HashingError) -> Digest {
        var output = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        guard EVP_DigestFinal_ex(context, &output, &length) == 1,
            let digest = Digest(algorithm, bytes: output.prefix(Int(length)))
        else { throw HashingError(algorithm: algorithm) }
        return digest
    }

    /// Starts over, as if nothing had been fed: cheaper than a new hash for each of many files.
    package mutating func restart() throws(HashingError) {
        guard EVP_DigestInit_ex(context, nil, nil) == 1 else { throw HashingError(algorithm: algorithm) }
    }

    /// The sha256 so far; the hash can only be started over afterwards.
    package mutating func takeSHA256() throws(HashingError) -> SHA256Value {
        var length: UInt32 = 0
        let value = withUnsafeTemporaryAllocation(byteCount: Int(EVP_MAX_MD_SIZE), alignment: 8) { output in
            let start = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
            guard algorithm == .sha256, EVP_DigestFinal_ex(context, start, &length) == 1 else {
                return nil as SHA256Value?
            }
            return SHA256Value(bytes: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(output)[..<Int(length)]))
        }
        guard let value else { throw HashingError(algorithm: algorithm) }
        return value
    }

    /// The bytes of the digest so far; the hash can only be started over afterwards.
    package mutating func takeBytes() throws(HashingError) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        guard EVP_DigestFinal_ex(context, &output, &length) == 1 else { throw HashingError(algorithm: algorithm) }
        return Array(output.prefix(Int(length)))
    }

    /// The digest of bytes at hand.
    package static func digest(_ algorithm: HashAlgorithm, of bytes: [UInt8]) throws(HashingError) -> Digest {
        var hash = try ContentHash(algorithm)
        try hash.update(bytes)
        return try hash.finish()
    }

    /// The sha256 of bytes at hand.
    package static func sha256(of bytes: [UInt8]) throws(HashingError) -> Digest {
        try digest(.sha256, of: bytes)
    }
}

/// OpenSSL refused to hash.
package struct HashingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The algorithm that was asked for.
    package let algorithm: HashAlgorithm

    /// One sentence.
    package var description: String { "OpenSSL does not provide \(algorithm.rawValue) here" }
}
