internal import CArchive

/// Decompresses gzip (RFC 1952), all members one after the other, and holds each against its CRC and size.
///
/// libisal inflates: it takes a third of zlib's time, and it looks at the CRC, which libarchive does not. ``GzipHeader`` reads
/// the headers. Behind the last member only zeros may stand, as tapes pad with.
final class GzipByteSource: ByteSource {
    private let source: any ByteSource
    private let state = UnsafeMutablePointer<inflate_state>.allocate(capacity: 1)
    private let input = UnsafeMutableRawBufferPointer.allocate(byteCount: 128 << 10, alignment: 64)
    private var unread = 0..<0
    private var header = GzipHeader()
    private var sourceIsAtEnd = false
    private var memberIsAtEnd = false
    private var isAtEnd = false
    /// The compressed bytes that were used.
    private(set) var consumed = 0

    init(_ source: any ByteSource) {
        self.source = source
        startMember()
    }

    deinit {
        state.deallocate()
        input.deallocate()
    }

    var name: String { source.name }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveReadingError) -> Int {
        guard let output = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self), let start = input.baseAddress else {
            return 0
        }
        let room = min(buffer.count, 1 << 30)
        while !isAtEnd {
            if memberIsAtEnd { try findNextMember() }
            if isAtEnd { break }
            try readHeader()
            if unread.isEmpty, !sourceIsAtEnd { try fill() }
            state.pointee.next_in = (start + unread.lowerBound).assumingMemoryBound(to: UInt8.self)
            state.pointee.avail_in = UInt32(unread.count)
            state.pointee.next_out = output
            state.pointee.avail_out = UInt32(room)
            let status = isal_inflate(state)
            let used = unread.count - Int(state.pointee.avail_in)
            consumed += used
            unread = (unread.lowerBound + used)..<unread.upperBound
            let produced = room - Int(state.pointee.avail_out)
            guard status == ISAL_DECOMP_OK || status == ISAL_END_INPUT || status == ISAL_OUT_OVERFLOW else {
                throw failure(.damaged(Self.reason(status)))
            }
            memberIsAtEnd = state.pointee.block_state == ISAL_BLOCK_FINISH
            if produced > 0 { return produced }
            if !memberIsAtEnd, used == 0, sourceIsAtEnd { throw failure(.truncated) }
        }
        return 0
    }

    private func startMember() {
        isal_inflate_init(state)
        state.pointee.crc_flag = UInt32(ISAL_GZIP_NO_HDR_VER)
        header = GzipHeader()
        memberIsAtEnd = false
    }

    /// Reads what is left of the member's header.
    private func readHeader() throws(ArchiveReadingError) {
        while !header.isComplete {
            if unread.isEmpty, !sourceIsAtEnd { try fill() }
            guard !unread.isEmpty else { throw failure(.truncated) }
            if let fault = header.take(input[unread.lowerBound]) { throw failure(.damaged(fault)) }
            consumed += 1
            unread = (unread.lowerBound + 1)..<unread.upperBound
        }
    }

    private func fill() throws(ArchiveReadingError) {
        let count = try source.read(into: input)
        if count == 0 { sourceIsAtEnd = true }
        unread = 0..<count
    }

    private func findNextMember() throws(ArchiveReadingError) {
        var sawZero = false
        while true {
            if unread.isEmpty {
                if sourceIsAtEnd { break }
                try fill()
                continue
            }
            let byte = input[unread.lowerBound]
            if byte == 0 {
                sawZero = true
                consumed += 1
                unread = (unread.lowerBound + 1)..<unread.upperBound
                continue
            }
            guard byte == 0x1F, !sawZero else { throw failure(.damaged("there is data after the gzip stream")) }
            startMember()
            return
        }
        isAtEnd = true
    }

    private func failure(_ reason: ArchiveReadingError.Reason) -> ArchiveReadingError {
        ArchiveReadingError(archive: name, offset: consumed, reason: reason)
    }

    private static func reason(_ status: Int32) -> String {
        switch status {
        case ISAL_INVALID_BLOCK: "a deflate block of no known kind"
        case ISAL_INVALID_SYMBOL: "a deflate symbol that no code has"
        case ISAL_INVALID_LOOKBACK: "a deflate distance that reaches before the start"
        case ISAL_INCORRECT_CHECKSUM: "the gzip checksum does not hold"
        default: "libisal says \(status)"
        }
    }
}
