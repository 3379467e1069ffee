/// The header of one member of a gzip stream, taken byte by byte (RFC 1952, section 2.3).
///
/// libisal reads a header only as long as a few hundred bytes: an extra field or a name may have more.
struct GzipHeader {
    private enum Field {
        case fixed, extraSize, extra, name, comment, checksum, end
    }

    private var field = Field.fixed
    /// The bytes of the current field that were taken.
    private var count = 0
    private var flags: UInt8 = 0
    private var extraSize = 0
    private var checksum: UInt32 = 0xFFFF_FFFF
    private var stated: UInt32 = 0

    /// Whether the data of the member come next.
    var isComplete: Bool { field == .end }

    /// Takes the next byte, and returns what is wrong with it.
    mutating func take(_ byte: UInt8) -> String? {
        if field == .checksum {
            stated |= UInt32(byte) << UInt32(8 * count)
            count += 1
            guard count == 2 else { return nil }
            field = .end
            return stated == ~checksum & 0xFFFF ? nil : "the checksum of a gzip header does not hold"
        }
        add(byte)
        count += 1
        switch field {
        case .fixed: return takeFixed(byte)
        case .extraSize:
            extraSize |= Int(byte) << (8 * (count - 1))
            if count == 2 { extraSize > 0 ? start(.extra) : startName() }
        case .extra: if count == extraSize { startName() }
        case .name: if byte == 0 { startComment() }
        case .comment: if byte == 0 { startChecksum() }
        case .checksum, .end: break
        }
        return nil
    }

    /// Magic, method, flags, and six bytes of time and system.
    private mutating func takeFixed(_ byte: UInt8) -> String? {
        let magic: [UInt8] = [0x1F, 0x8B, 8]
        if count <= magic.count { return byte == magic[count - 1] ? nil : "no gzip header" }
        if count == 4 {
            flags = byte
            guard byte & 0xE0 == 0 else { return "a gzip header has flags that are reserved" }
        }
        if count == 10 { flags & 4 != 0 ? start(.extraSize) : startName() }
        return nil
    }

    private mutating func startName() { flags & 8 != 0 ? start(.name) : startComment() }
    private mutating func startComment() { flags & 16 != 0 ? start(.comment) : startChecksum() }
    private mutating func startChecksum() { start(flags & 2 != 0 ? .checksum : .end) }

    private mutating func start(_ next: Field) {
        field = next
        count = 0
    }

    /// Adds a byte to the CRC-32 of the header.
    private mutating func add(_ byte: UInt8) {
        checksum ^= UInt32(byte)
        for _ in 0..<8 { checksum = checksum >> 1 ^ (checksum & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
}
