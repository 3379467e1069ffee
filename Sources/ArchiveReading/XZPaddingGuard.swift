import EnvironmentInventory

/// Hands on the bytes of an xz file, and refuses padding between two streams: xz and GNU tar read the second one, Python's lzma
/// takes the zeros for what is behind the end.
///
/// A stream ends with `YZ` and starts with six bytes that compressed data hardly have behind that and four zeros
/// (https://tukaani.org/xz/xz-file-format.txt, 2.1.1 and 2.1.2). Padding behind the last stream changes nothing.
final class XZPaddingGuard: ByteSource {
    private let source: any ByteSource
    /// How much of the end of a stream, zeros and the start of another was just seen: 1 and 2 are the end, 3 and more the start.
    private var seen = 0
    private var zeros = 0
    private var offset = 0

    private static let start: [UInt8] = [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]

    init(_ source: any ByteSource) { self.source = source }

    var name: String { source.name }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveReadingError) -> Int {
        let count = try source.read(into: buffer)
        for byte in buffer[..<count] {
            offset += 1
            if byte == UInt8(ascii: "Y") {
                seen = 1
            } else if seen > 0 {
                try follow(byte)
            }
        }
        return count
    }

    private func follow(_ byte: UInt8) throws(ArchiveReadingError) {
        switch seen {
        case 1 where byte == UInt8(ascii: "Z"): (seen, zeros) = (2, 0)
        case 2 where byte == 0: zeros += 1
        case 2 where byte == Self.start[0] && zeros > 0: seen = 3
        case 3... where byte == Self.start[seen - 2]: seen += 1
        default: seen = 0
        }
        guard seen < Self.start.count + 2 else {
            throw ArchiveReadingError(
                archive: name, offset: offset - Self.start.count,
                reason: .damaged("there is padding between two xz streams: Python reads the first one alone"))
        }
    }
}
