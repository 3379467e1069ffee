/// The text of a document while it is written, in pieces: one that grows as a whole is moved again and again, and is there
/// twice each time.
struct JSONText: Sendable {
    /// What is written at the end.
    var bytes: [UInt8] = []
    private var full: [[UInt8]] = []

    /// A piece that is as large is full.
    private static let pieceBytes = 64 << 10
    /// The room for what is written when a piece is nearly full: a package with its files.
    private static let lastBytes = 8 << 10

    /// Makes room for a text of this many bytes, as far as it is one piece.
    mutating func reserve(_ count: Int) { bytes.reserveCapacity(min(count, Self.pieceBytes + Self.lastBytes)) }

    /// Begins a new piece where the last one is full.
    mutating func putAside() {
        guard bytes.count >= Self.pieceBytes else { return }
        full.append(bytes)
        bytes = []
        reserve(.max)
    }

    /// Adds another text.
    mutating func append(_ other: JSONText) {
        if other.full.isEmpty, other.bytes.count < Self.lastBytes {
            bytes += other.bytes
            return
        }
        full.append(bytes)
        full += other.full
        bytes = other.bytes
    }

    /// Hands everything that was written to a closure, and begins anew.
    mutating func pass(to sink: (UnsafeRawBufferPointer) -> Void) {
        for piece in full { piece.withUnsafeBytes(sink) }
        full = []
        bytes.withUnsafeBytes(sink)
        bytes.removeAll(keepingCapacity: true)
    }

    /// The whole text; the pieces are given back while it is put together.
    mutating func finish() -> String {
        var pieces = full
        full = []
        if pieces.isEmpty { return String(decoding: bytes, as: UTF8.self) }
        pieces.append(bytes)
        bytes = []
        return String(unsafeUninitializedCapacity: pieces.reduce(0) { $0 + $1.count }) { buffer in
            var position = 0
            for index in pieces.indices {
                let end = position + pieces[index].count
                _ = UnsafeMutableBufferPointer(rebasing: buffer[position..<end]).initialize(from: pieces[index])
                position = end
                pieces[index] = []
            }
            return position
        }
    }
}
