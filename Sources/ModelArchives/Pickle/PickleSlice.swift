import ArchiveReading

/// The next bytes of a pickle as a source of their own, of which the first and the last are kept.
final class PickleSlice: ByteSource {
    let name: String
    /// How many bytes it has.
    let count: Int
    /// Why the pickle itself could not be read.
    private(set) var failure: ArchiveReadingError?
    private let input: PickleInput
    private var pending: ArraySlice<UInt8> = []
    private var left: Int
    private var head: [UInt8] = []
    private var tail: [UInt8] = []

    /// Takes so many bytes of an input.
    init(_ input: PickleInput, count: Int) {
        name = input.name
        self.input = input
        self.count = count
        left = count
    }

    /// The first and the last bytes, once all were read.
    var blob: PickleBlob {
        head.count == count
            ? PickleBlob(count: count, head: head, tail: [])
            : PickleBlob(count: count, head: head, tail: Array(tail.suffix(min(1024, count - head.count))))
    }

    /// Reads what is left, and says whether the pickle itself could be read.
    func finish() throws(ArchiveReadingError) {
        if let failure { throw failure }
        try drain()
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveReadingError) -> Int {
        if pending.isEmpty {
            let piece: [UInt8]
            do throws(ArchiveReadingError) { piece = try input.bytes(min(left, 64 << 10)) } catch {
                failure = error
                throw error
            }
            left -= piece.count
            if head.count < 4096 { head += piece.prefix(4096 - head.count) }
            tail = Array((tail + piece.suffix(1024)).suffix(1024))
            pending = piece[...]
        }
        let size = min(pending.count, buffer.count)
        pending.prefix(size).withUnsafeBytes { buffer.copyMemory(from: $0) }
        pending = pending.dropFirst(size)
        return size
    }
}
