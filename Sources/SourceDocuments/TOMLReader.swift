import ParallelWork

/// Reads TOML 1.0 (https://toml.io/en/v1.0.0) and keeps the order and the place of every key and value.
///
/// What the grammar forbids is refused with its place. Beyond TOML, these are refused: escaped NUL characters, integers
/// that do not fit 64 bits, leap seconds, the year 0, values deeper than 128 levels, and keys of one table that differ only
/// in Unicode normalization. CR LF in a string becomes LF; a date or time is kept as written.
package enum TOMLReader {
    /// Reads a whole text.
    package static func read(_ text: SourceText) throws(DocumentError) -> DocumentNode {
        let start = try UnicodeChecking.start(of: text)
        if let offset = UnicodeChecking.firstNUL(text.bytes) {
            throw DocumentError(file: text.name, place: text.place(at: offset), reason: "a NUL character")
        }
        if let node = inPieces(text, start) { return node }
        switch scanned(text, .init(range: start..<text.bytes.count, line: 0)) {
        case .success(let (root, _)): return TOMLScanner.node(root)
        case .failure(let failure): throw failure.error
        }
    }

    private static func scanned(
        _ text: SourceText, _ piece: TextPieces.Piece
    ) -> Result<(root: TOMLScanner.Table, end: Int), TOMLScanner.Failure> {
        let range = piece.range
        // A first piece may begin behind a byte order mark; every other one begins with a line.
        let places = PlaceCursor(text, at: piece.line == 0 ? 0 : range.lowerBound, line: piece.line)
        var scanner = TOMLScanner(text, at: range.lowerBound, places: places)
        return Result { () throws(TOMLScanner.Failure) in
            (try scanner.statements(until: range.upperBound), scanner.index)
        }
    }

    // MARK: Pieces

    /// Reads a large text on several cores, cut before headers of one list of tables; nil where it cannot be cut.
    ///
    /// A cut is right when the piece before it ends just there, and the piece behind it begins with more tables of the
    /// list in which the first piece ends: a header starts anew, whatever stood before it. Only the last piece may hold
    /// other keys behind them. With any doubt, and with any error, the text is read in one piece, which says what is wrong.
    private static func inPieces(_ text: SourceText, _ start: Int) -> DocumentNode? {
        let count = TextPieces.count(forBytes: text.bytes.count - start)
        guard
            let cut = TextPieces.ranges(
                of: text.bytes, from: start, count: count, lineBeginning: (UInt8(ascii: "["), UInt8(ascii: "[")))
        else { return nil }
        let pieces = mapInParallel(cut) { piece -> Piece? in
            guard case .success(let (root, end)) = scanned(text, piece), end == piece.range.upperBound else {
                return nil
            }
            func list(_ slot: TOMLScanner.Table.Slot?) -> String? {
                guard let slot, case .tables = slot.entry else { return nil }
                return slot.key
            }
            return Piece(
                node: TOMLScanner.node(root), firstList: list(root.slots.first), lastList: list(root.slots.last))
        }
        guard let first = pieces.first, let first, let list = first.lastList, let table = first.node.table,
            let member = table.members.last, var elements = member.value.array, let last = pieces.last, let last
        else { return nil }
        var behind: ArraySlice<DocumentTable.Member> = []
        for piece in pieces.dropFirst() {
            guard behind.isEmpty, let piece, piece.firstList == list, let more = piece.node.table?.members else {
                return nil
            }
            elements += more.first?.value.array ?? []
            behind = more.dropFirst()
        }
        var members = DocumentTable()
        for member in table.members.dropLast() { _ = members.insert(member) }
        let end = elements.last?.range.end ?? member.value.range.end
        let value = DocumentNode(.array(elements), range: SourceRange(start: member.value.range.start, end: end))
        _ = members.insert(.init(key: member.key, keyPlace: member.keyPlace, value: value))
        // What the first piece has already may be told apart only by reading on from there.
        for member in behind where !members.insert(member) { return nil }
        let whole = SourceRange(start: first.node.range.start, end: last.node.range.end)
        return DocumentNode(.table(members), range: whole)
    }

    private struct Piece: Sendable {
        let node: DocumentNode
        /// The first and the last key of the piece, where they are lists of tables.
        let firstList: String?
        let lastList: String?
    }
}
