import ContentHashing
import EnvironmentInventory
import TestSupport
import Testing

/// Holds the hashes that are computed side by side against OpenSSL's: random streams with random files in them, handed on and
/// read in pieces of any size, some of them copied first, as a reader of a sparse file does.
@Suite(.enabled(if: PairedSHA256() != nil, "this processor has no SHA instructions"))
struct PairedSHA256Tests {
    /// A file's place in a stream.
    private struct Part {
        let start: Int
        let end: Int
        let isCopied: Bool
    }

    private static func parts(of count: Int, _ random: inout SeededGenerator) -> [Part] {
        var parts: [Part] = []
        var position = 0
        while position < count {
            // Mostly as in a tar: at the start of a block of 512 bytes.
            position =
                random.next(1...4) == 1 ? position + random.next(0...90) : (position + 511) / 512 * 512
            let end = min(position + random.next(0...3_000), count)
            guard position < end else { break }
            parts.append(Part(start: position, end: end, isCopied: random.next(1...6) == 1))
            position = end + (random.next(1...3) == 1 ? 0 : 512)
        }
        return parts
    }

    @Test(arguments: 0..<40) func bothAreOpenSSLs(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: 7_100 + seed)
        let bytes = (0..<random.next(0...20_000)).map { _ in
            UInt8.random(in: 0...255, using: &random)
        }
        let parts = Self.parts(of: bytes.count, &random)
        let pair = try #require(PairedSHA256())
        var found: [SHA256Value] = []
        try bytes.withUnsafeBytes { all in
            var position = 0
            var remaining = parts[...]
            var isOpen = false
            while position < all.count {
                let end = min(position + random.next(1...9_000), all.count)
                // As a slot of a ring: it is written over when the next one is asked for.
                let slot = UnsafeMutableRawBufferPointer.allocate(byteCount: end - position, alignment: 64)
                slot.copyMemory(from: UnsafeRawBufferPointer(rebasing: all[position..<end]))
                pair.handOn(UnsafeRawBufferPointer(slot))
                while let part = remaining.first, part.start < end {
                    if !isOpen { pair.startFile() }
                    isOpen = true
                    var next = max(part.start, position)
                    while next < min(part.end, end) {
                        let stop = min(next + random.next(1...4_000), part.end, end)
                        if part.isCopied {
                            Array(all[next..<stop]).withUnsafeBytes { pair.updateFile($0) }
                        } else {
                            pair.updateFile(
                                UnsafeRawBufferPointer(rebasing: slot[(next - position)..<(stop - position)]))
                        }
                        next = stop
                    }
                    guard part.end <= end else { break }
                    found.append(try pair.finishFile())
                    isOpen = false
                    remaining = remaining.dropFirst()
                }
                pair.catchUp()
                slot.initializeMemory(as: UInt8.self, repeating: 0xAA)
                slot.deallocate()
                position = end
            }
        }
        #expect(try pair.finishStream() == ContentHash.sha256(of: bytes))
        #expect(try found.map(\.digest) == parts.map { try ContentHash.sha256(of: Array(bytes[$0.start..<$0.end])) })
    }

    /// Around the block, where the padding needs one block more, and messages of FIPS 180-4.
    @Test func lengthsAroundABlock() throws {
        for count in Array(0...130) + [4_095, 4_096, 4_097] {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            let pair = try #require(PairedSHA256())
            try bytes.withUnsafeBytes { all in
                pair.handOn(all)
                pair.startFile()
                pair.updateFile(all)
                let wanted = try ContentHash.sha256(of: bytes)
                let (file, stream) = (try pair.finishFile(), try pair.finishStream())
                #expect(file.digest == wanted && stream == wanted, "\(count) bytes")
            }
        }
        let pair = try #require(PairedSHA256())
        pair.startFile()
        Array("abc".utf8).withUnsafeBytes { pair.updateFile($0) }
        #expect(
            try pair.finishFile().hex == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }
}
