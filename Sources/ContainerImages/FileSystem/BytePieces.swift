/// Many short byte strings behind each other, in pieces: growing copies nothing, and the pieces whose strings are not needed
/// any more can be let go one by one. An array of an image's names would be there twice when it doubles.
struct BytePieces: Sendable {
    /// The bytes of a piece; a longer string has a piece of its own.
    private static let pieceBytes = 256 << 10

    private var pieces: [[UInt8]] = []
    /// The pieces before this one have been let go.
    private var first = 0
    /// How many bytes all strings have.
    private(set) var count = 0

    /// Adds a string, given in two parts, and returns its position.
    mutating func append(_ head: some Collection<UInt8>, _ tail: some Collection<UInt8> = []) -> Int {
        let added = head.count + tail.count
        if pieces.last.map({ $0.count + added > Self.pieceBytes }) ?? true {
            pieces.append([])
            // Most images end in the first piece.
            if pieces.count > 1 { pieces[pieces.count - 1].reserveCapacity(max(Self.pieceBytes, added)) }
        }
        let last = pieces.count - 1
        let position = last << 32 | pieces[last].count
        pieces[last].append(contentsOf: head)
        pieces[last].append(contentsOf: tail)
        count += added
        return position
    }

    /// The bytes from a position on, of one string.
    subscript(position: Int, count: Int) -> ArraySlice<UInt8> {
        let start = position & 0xFFFF_FFFF
        return pieces[position >> 32][start..<start + count]
    }

    /// The bytes from a position on, with those of the strings behind it.
    subscript(from position: Int) -> ArraySlice<UInt8> { pieces[position >> 32][(position & 0xFFFF_FFFF)...] }

    /// Writes other bytes over those of a string, which has as many or more.
    mutating func replace(at position: Int, with bytes: [UInt8]) {
        let start = position & 0xFFFF_FFFF
        for (offset, byte) in bytes.enumerated() { pieces[position >> 32][start + offset] = byte }
    }

    /// Lets go of the strings before a position, as far as a whole piece is made of them.
    mutating func release(before position: Int) {
        while first < position >> 32 {
            pieces[first] = []
            first += 1
        }
    }
}
