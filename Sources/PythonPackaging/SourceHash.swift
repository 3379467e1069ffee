/// The hash of a source file in a hash-based `.pyc` (https://peps.python.org/pep-0552/), as `_imp.source_hash`
/// computes it: SipHash with the interpreter's magic number as its key, SipHash-1-3 from Python 3.11 on, SipHash-2-4 before
/// (https://docs.python.org/3/whatsnew/3.11.html; https://www.aumasson.jp/siphash/siphash.pdf).
package struct SourceHash: Sendable, Hashable {
    /// The magic number that is the key.
    package let magic: UInt16
    /// The hash.
    package let value: UInt64

    /// Creates a hash that was computed before.
    package init(magic: UInt16, value: UInt64) {
        self.magic = magic
        self.value = value
    }

    /// The hash of a whole source.
    package static func of(_ source: [UInt8], magic: UInt16) -> SourceHash {
        var hasher = SourceHasher(magic: magic)
        source.withUnsafeBytes { hasher.update($0) }
        return hasher.finish()
    }
}

/// Computes a ``SourceHash`` piece by piece.
package struct SourceHasher: Sendable {
    private let magic: UInt16
    private var state: State
    private var tail: UInt64 = 0
    private var tailCount = 0
    private var count: UInt64 = 0
    private let isShort: Bool

    /// The magic numbers of all interpreters that are known.
    package static let magics = BytecodeHeader.magics.map(\.magic)

    /// Starts a hash for the interpreter with a magic number.
    package init(magic: UInt16) {
        self.magic = magic
        // The key is the magic number with the CR and LF that follow it.
        let key = UInt64(magic) | 0x0A0D_0000
        state = State(
            v0: key ^ 0x736F_6D65_7073_6575, v1: 0x646F_7261_6E64_6F6D, v2: key ^ 0x6C79_6765_6E65_7261,
            v3: 0x7465_6462_7974_6573)
        isShort = magic >= BytecodeHeader.firstShortHash
    }

    /// Hashers for the interpreters that may read a source file: the one that its path names (`lib/python3.11/`), else all
    /// that are known.
    package static func hashers(forSource path: [UInt8]) -> [SourceHasher] {
        if let magic = BytecodeHeader.magic(ofLibraryPath: path) { return [SourceHasher(magic: magic)] }
        return magics.map { SourceHasher(magic: $0) }
    }

    /// Adds bytes.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        count &+= UInt64(bytes.count)
        var index = 0
        while tailCount > 0, index < bytes.count { add(bytes[index], &index) }
        let rounds = isShort ? 1 : 2
        // A copy of the state stays in registers, which the member of an element of somebody's array does not.
        var running = state
        let whole = index + (bytes.count - index) / 8 * 8
        while index < whole {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            running.compress(word, rounds)
            index &+= 8
        }
        state = running
        while index < bytes.count { add(bytes[index], &index) }
    }

    private mutating func add(_ byte: UInt8, _ index: inout Int) {
        tail |= UInt64(byte) << UInt64(tailCount * 8)
        tailCount += 1
        index += 1
        if tailCount == 8 {
            state.compress(tail, isShort ? 1 : 2)
            tail = 0
            tailCount = 0
        }
    }

    /// The hash of everything that was added.
    package func finish() -> SourceHash {
        var last = state
        last.compress(tail | count &<< 56, isShort ? 1 : 2)
        last.v2 ^= 0xFF
        for _ in 0..<(isShort ? 3 : 4) { last.round() }
        return SourceHash(magic: magic, value: last.v0 ^ last.v1 ^ last.v2 ^ last.v3)
    }

    private struct State: Sendable {
        var v0: UInt64
        var v1: UInt64
        var v2: UInt64
        var v3: UInt64

        @inline(__always)
        mutating func compress(_ word: UInt64, _ rounds: Int) {
            v3 ^= word
            round()
            if rounds == 2 { round() }
            v0 ^= word
        }

        @inline(__always)
        mutating func round() {
            v0 = v0 &+ v1
            v1 = (v1 &<< 13 | v1 &>> 51) ^ v0
            v0 = v0 &<< 32 | v0 &>> 32
            v2 = v2 &+ v3
            v3 = (v3 &<< 16 | v3 &>> 48) ^ v2
            v0 = v0 &+ v3
            v3 = (v3 &<< 21 | v3 &>> 43) ^ v0
            v2 = v2 &+ v1
            v1 = (v1 &<< 17 | v1 &>> 47) ^ v2
            v2 = v2 &<< 32 | v2 &>> 32
        }
    }
}
