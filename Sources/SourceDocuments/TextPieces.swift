import ParallelWork

/// Where a large text is cut, to be read on several cores.
enum TextPieces {
    /// A piece with the number of its first line, the first of the text being 0.
    struct Piece {
        let range: Range<Int>
        let line: Int
    }

    /// Smaller pieces are read before a second core has begun.
    private static let minimumPieceSize = 128 << 10

    /// In how many pieces a text of so many bytes is worth being read: more than there are cores, as a core may begin late.
    static func count(forBytes bytes: Int) -> Int { coreCount < 2 ? 1 : min(4 * coreCount, bytes / minimumPieceSize) }

    /// About equal pieces, all but the first of which begin with a line that begins with two given bytes; nil where there
    /// would be only one.
    ///
    /// - Parameter mayCut: whether a line may begin a piece, by its offset.
    static func ranges(
        of bytes: [UInt8], from start: Int, count: Int, lineBeginning: (UInt8, UInt8),
        mayCut: (Int) -> Bool = { _ in true }
    ) -> [Piece]? {
        guard count > 1 else { return nil }
        var cuts = [start]
        for piece in 1..<count {
            let from = start + (bytes.count - start) * piece / count
            var next = line(in: bytes, from: from, beginning: lineBeginning)
            while let line = next, !mayCut(line) { next = self.line(in: bytes, from: line, beginning: lineBeginning) }
            guard let cut = next else { break }
            if cut > (cuts.last ?? start) { cuts.append(cut) }
        }
        guard cuts.count > 1 else { return nil }
        let ranges = zip(cuts, cuts.dropFirst() + [bytes.count]).map { $0..<$1 }
        let lines = mapInParallel(ranges) { range in
            bytes.withUnsafeBufferPointer { LineCount.of(UnsafeBufferPointer(rebasing: $0[range])) }
        }
        var line = 0
        return zip(ranges, lines).map { range, count in
            defer { line += count }
            return Piece(range: range, line: line)
        }
    }

    /// The offset of the next line that begins with two bytes.
    private static func line(in bytes: [UInt8], from offset: Int, beginning: (UInt8, UInt8)) -> Int? {
        var index = offset
        while index + 2 < bytes.count {
            if bytes[index] == UInt8(ascii: "\n"), bytes[index + 1] == beginning.0, bytes[index + 2] == beginning.1 {
                return index + 1
            }
            index += 1
        }
        return nil
    }
}
