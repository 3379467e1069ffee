import ParallelWork

/// A large TOML text in pieces that are scanned side by side; each but the first begins with the header of a list of tables,
/// as locks have one for each package.
///
/// Whether such a line is a header or part of a string, only what stands before it tells: it is one when the piece before ends
/// exactly there. Where one does not, where something is wrong, and where two pieces add to what is no list, ``read()`` returns
/// nil, and the text has to be read from its start.
struct TOMLPieces {
    private let text: SourceText
    /// The pieces; none where the text is not worth to be cut, or has no header to cut it at.
    private var pieces: [TextPieces.Piece] = []

    /// Looks for the places at which to cut.
    ///
    /// - Parameters:
    ///   - start: where the text starts, behind a byte order mark.
    ///   - count: how many pieces there may be.
    init(_ text: SourceText, at start: Int, count: Int) {
        self.text = text
        let bytes = text.bytes
        guard count > 1, let header = Self.header(bytes) else { return }
        let bracket = UInt8(ascii: "[")
        pieces =
            TextPieces.ranges(of: bytes, from: start, count: count, lineBeginning: (bracket, bracket)) { line in
                bytes[line...].starts(with: header)
            } ?? []
    }

    /// The first header of a list at the left margin, `[[package]]`; nil when that is not near the start.
    private static func header(_ bytes: [UInt8]) -> ArraySlice<UInt8>? {
        let head = bytes.prefix(64 << 10)
        guard let start = head.indices.first(where: { head[$0...].starts(with: "\n[[".utf8) }).map({ $0 + 1 }),
            let end = head[start...].firstIndex(of: UInt8(ascii: "]")), head[end...].starts(with: "]]".utf8)
        else { return nil }
        let header = head[start..<(end + 2)]
        return header.contains(UInt8(ascii: ".")) ? nil : header
    }

    /// What one piece holds at the root.
    private struct Piece {
        let members: [(member: DocumentTable.Member, isList: Bool)]
        let range: SourceRange
    }

    /// Reads all pieces; nil when that has to be done from the start.
    func read() -> DocumentNode? {
        guard pieces.count > 1 else { return nil }
        var read: [Piece] = []
        for piece in mapInParallel(pieces, { piece($0) }) {
            guard let piece else { return nil }
            read.append(piece)
        }
        return Self.joined(read)
    }

    private func piece(_ piece: TextPieces.Piece) -> Piece? {
        let (start, end) = (piece.range.lowerBound, piece.range.upperBound)
        let places = PlaceCursor(text, at: piece.line == 0 ? 0 : start, line: piece.line)
        var scanner = TOMLScanner(text, at: start, places: places)
        guard let root = try? scanner.statements(until: end), scanner.index == end else { return nil }
        return Piece(
            members: root.slots.map { (TOMLScanner.member($0), $0.isList) },
            range: SourceRange(start: root.place, end: root.end))
    }

    /// The members of all pieces as one table; nil where two pieces have a member that is no list.
    private static func joined(_ pieces: [Piece]) -> DocumentNode? {
        var order: [(member: DocumentTable.Member, isList: Bool)] = []
        var places: [String: Int] = [:]
        var elements: [Int: [DocumentNode]] = [:]
        for (member, isList) in pieces.lazy.flatMap(\.members) {
            guard let place = places[member.key] else {
                places[member.key] = order.count
                order.append((member, isList))
                continue
            }
            guard isList, order[place].isList, let more = member.value.array else { return nil }
            elements[place, default: order[place].member.value.array ?? []] += more
        }
        var table = DocumentTable()
        for (place, (member, _)) in order.enumerated() {
            let list = elements[place].flatMap { nodes in
                nodes.last.map {
                    DocumentNode(.array(nodes), range: SourceRange(start: member.value.place, end: $0.range.end))
                }
            }
            _ = table.insert(.init(key: member.key, keyPlace: member.keyPlace, value: list ?? member.value))
        }
        guard let first = pieces.first, let last = pieces.last else { return nil }
        return DocumentNode(.table(table), range: SourceRange(start: first.range.start, end: last.range.end))
    }
}
