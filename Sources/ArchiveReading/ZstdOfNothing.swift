/// What zstd makes of no bytes: frames whose blocks are empty (RFC 8878, 3.1.1, https://www.rfc-editor.org/rfc/rfc8878).
enum ZstdOfNothing {
    /// The lowest four bytes of the xxHash64 of nothing, which is 0xEF46DB3751D8E999.
    private static let checksum: [UInt8] = [0x99, 0xE9, 0xD8, 0x51]
    /// The largest window that zstd takes without being told to: 128 MiB.
    private static let maximumWindowLog = 27

    /// Whether bytes are valid frames, at least one and not all skippable, that decompress to nothing. One that needs a dictionary
    /// is none of these.
    static func matches(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        var hasFrame = false
        while !rest.isEmpty {
            guard let magic = number(&rest, 4) else { return false }
            if magic & 0xFFFF_FFF0 == 0x184D_2A50 {
                guard let size = number(&rest, 4), size <= rest.count else { return false }
                rest = rest.dropFirst(size)
            } else {
                guard magic == 0xFD2F_B528, isEmptyFrame(&rest) else { return false }
                hasFrame = true
            }
        }
        return hasFrame
    }

    /// Reads a frame behind its magic number.
    private static func isEmptyFrame(_ rest: inout ArraySlice<UInt8>) -> Bool {
        guard let descriptor = number(&rest, 1), descriptor & 0x08 == 0 else { return false }
        let isSingleSegment = descriptor & 0x20 != 0
        if !isSingleSegment {
            guard let window = number(&rest, 1), window >> 3 + 10 <= maximumWindowLog else { return false }
        }
        guard let dictionary = number(&rest, [0, 1, 2, 4][descriptor & 3]), dictionary == 0 else { return false }
        // Two bytes stand for 256 more than they say.
        let sizes = [isSingleSegment ? 1 : 0, 2, 4, 8]
        guard descriptor >> 6 != 1, let size = number(&rest, sizes[descriptor >> 6]), size == 0 else { return false }
        while true {
            // The last block or not; stored as it is; no bytes.
            guard let block = number(&rest, 3), block <= 1 else { return false }
            if block == 1 { break }
        }
        if descriptor & 0x04 == 0 { return true }
        guard rest.starts(with: checksum) else { return false }
        rest = rest.dropFirst(checksum.count)
        return true
    }

    /// Takes a number in as many bytes, the lowest first; nil when there are fewer, or when it is too large.
    private static func number(_ rest: inout ArraySlice<UInt8>, _ count: Int) -> Int? {
        guard rest.count >= count else { return nil }
        var value: UInt64 = 0
        for byte in rest.prefix(count).reversed() { value = value << 8 | UInt64(byte) }
        rest = rest.dropFirst(count)
        return Int(exactly: value)
    }
}
