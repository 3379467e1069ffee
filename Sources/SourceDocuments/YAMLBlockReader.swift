import ParallelWork

/// Reads the subset of YAML that tools write locks in, several times faster than libyaml. For any other text it returns nil,
/// and ``YAMLReader`` uses libyaml.
///
/// Grammar: one mapping in block style, of printable ASCII. Keys are plain. A value is a block mapping, a block sequence
/// (indented or not), `[]`, `{}`, or a scalar on one line: plain, in single quotes without a quote inside, in double quotes
/// without an escape. Comments are on lines of their own. Left to libyaml: everything else, and every error, so that
/// a text is refused with libyaml's reason; both readers return the same nodes at the same positions.
struct YAMLBlockReader: ~Copyable {
    private let text: SourceText
    private let bytes: UnsafeBufferPointer<UInt8>
    /// Whether sequences of scalars stay text.
    private var leavesScalars = true
    /// The key of the top-level mapping whose items are passed on one by one.
    private var streamedKey: String?
    private var places: PlaceCursor
    /// The offset of the next token, and its column, the first being 0; -1 at the end.
    private var index: Int
    private var column = -1

    /// The text is not of this grammar.
    private struct UnsupportedSyntax: Error {}

    /// The node of a whole text; nil when it is not of this grammar.
    ///
    /// - Parameter pieces: the number of pieces to read in parallel; nil for one per core, as far as the text is large enough.
    static func read(_ text: SourceText, contentStart: Int, pieces: Int? = nil) -> DocumentNode? {
        read(text, contentStart: contentStart, pieces: pieces, Items<NoItems>?.none)?.root
    }

    /// The list whose items are not kept, and what receives the items of each piece of the text.
    struct Items<Taker: AnyObject & Sendable>: Sendable {
        let key: String
        let start: @Sendable () -> Taker
        let take: @Sendable (DocumentNode, Taker) -> Void
    }

    private final class NoItems: Sendable {}

    /// The node of a whole text, and what took the items of one of its lists, one for each piece of the text; nil when it is
    /// not of this grammar.
    static func read<Taker>(
        _ text: SourceText, contentStart start: Int, pieces: Int? = nil, _ items: Items<Taker>?
    ) -> (root: DocumentNode, takers: [Taker])? {
        let count = pieces ?? TextPieces.count(forBytes: text.bytes.count - start)
        if let read = inPieces(text, start, count: count, items) { return read }
        return piece(text, .init(range: start..<text.bytes.count, line: 0), isFirst: true, items).map {
            ($0.root, [$0.taker].compactMap { $0 })
        }
    }

    /// The mapping that a text begins with, or the rest of a sequence in its first column.
    private static func piece<Taker>(
        _ text: SourceText, _ piece: TextPieces.Piece, isFirst: Bool, _ items: Items<Taker>?
    ) -> (root: DocumentNode, taker: Taker?)? {
        let range = piece.range
        return text.bytes.withUnsafeBufferPointer { bytes in
            guard isPrintable(UnsafeBufferPointer(rebasing: bytes[range])) else { return nil }
            let bytes = UnsafeBufferPointer(rebasing: bytes[..<range.upperBound])
            let taker = items?.start()
            var take: ((DocumentNode) -> Void)?
            if let items, let taker { take = { items.take($0, taker) } }
            let places = PlaceCursor(text, at: isFirst ? 0 : range.lowerBound, line: piece.line)
            var reader = YAMLBlockReader(bytes, text: text, from: range.lowerBound, places: places)
            reader.streamedKey = items?.key
            do throws(UnsupportedSyntax) {
                try reader.nextLine(from: range.lowerBound, isLineStart: true)
                guard reader.column == 0, reader.isDash(reader.index) != isFirst else { return nil }
                let node = isFirst ? try reader.mapping(depth: 0, take) : try reader.sequence(depth: 1, take)
                return reader.column == -1 ? (node, taker) : nil
            } catch { return nil }
        }
    }

    /// Whether bytes are printable ASCII and line feeds. It checks all of them without stopping early, so that the compiler vectorizes the loop.
    private static func isPrintable(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var others: UInt8 = 0
        for byte in bytes {
            others |= (byte < 0x20 ? 1 : 0) & (byte != 0x0A ? 1 : 0) | (byte >= 0x7F ? 1 : 0)
        }
        return others == 0
    }

    // MARK: Pieces

    /// Reads a large text on several cores, split before items of a sequence in the first column; nil if it cannot be split.
    ///
    /// In this grammar such an item belongs to the sequence of the last key before it, and locks end with their longest
    /// one. If in doubt, the text is read in one piece.
    private static func inPieces<Taker>(
        _ text: SourceText, _ start: Int, count: Int, _ items: Items<Taker>?
    ) -> (root: DocumentNode, takers: [Taker])? {
        guard
            let pieces = TextPieces.ranges(
                of: text.bytes, from: start, count: count, lineBeginning: (UInt8(ascii: "-"), UInt8(ascii: " ")),
                mayCut: { follows(text.bytes, $0) })
        else { return nil }
        let read = mapInParallel(pieces) { piece(text, $0, isFirst: $0.range.lowerBound == start, items) }
        guard let first = read.first, let first, let members = first.root.table?.members, let last = members.last,
            var elements = last.value.array, last.value.place.column == 1, items == nil || items?.key == last.key
        else { return nil }
        for piece in read.dropFirst() {
            guard let piece, let more = piece.root.array else { return nil }
            elements += more
        }
        guard let end = read.last??.root.range.end else { return nil }
        var table = DocumentTable()
        for member in members.dropLast() { _ = table.insert(member) }
        let list = DocumentNode(.array(elements), range: SourceRange(start: last.value.range.start, end: end))
        _ = table.insert(.init(key: last.key, keyPlace: last.keyPlace, value: list))
        return (
            DocumentNode(.table(table), range: SourceRange(start: first.root.range.start, end: end)),
            read.compactMap { $0?.taker }
        )
    }

    /// Whether an item is not the first one of its sequence, which has to stay with its key: the line before is not a key.
    private static func follows(_ bytes: [UInt8], _ item: Int) -> Bool {
        var before = item - 1
        while before > 0, bytes[before - 1] != UInt8(ascii: "\n") { before -= 1 }
        return before >= 0 && (bytes[before] == UInt8(ascii: " ") || bytes[before] == UInt8(ascii: "-"))
    }

    private init(
        _ bytes: UnsafeBufferPointer<UInt8>, text: SourceText, from start: Int, places: PlaceCursor
    ) {
        self.text = text
        self.bytes = bytes
        self.places = places
        index = start
    }

    // MARK: Lines

    /// Moves to the first token of the next line that has one.
    private mutating func nextLine(from offset: Int, isLineStart: Bool = false) throws(UnsupportedSyntax) {
        var start = offset
        var isAtStart = isLineStart
        while true {
            if !isAtStart {
                while start < bytes.count, bytes[start] != UInt8(ascii: "\n") { start += 1 }
                start += 1
            }
            isAtStart = false
            guard start < bytes.count else {
                index = bytes.count
                column = -1
                return
            }
            var first = start
            while first < bytes.count, bytes[first] == UInt8(ascii: " ") { first += 1 }
            guard first < bytes.count, bytes[first] != UInt8(ascii: "\n"), bytes[first] != UInt8(ascii: "#") else {
                start = first
                if first >= bytes.count {
                    index = bytes.count
                    column = -1
                    return
                }
                continue
            }
            index = first
            column = first - start
            // The marks of documents, `---` and `...`, and directives.
            if column == 0, bytes[first] == UInt8(ascii: "%") || bytes[first] == UInt8(ascii: ".") {
                throw UnsupportedSyntax()
            }
            return
        }
    }

    /// Returns the offset after the last byte of the line that is not a blank.
    private func lineEnd(from offset: Int) -> Int {
        var end = offset
        while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
        while end > offset, bytes[end - 1] == UInt8(ascii: " ") { end -= 1 }
        return end
    }

    private func isDash(_ offset: Int) -> Bool {
        offset + 1 < bytes.count && bytes[offset] == UInt8(ascii: "-") && bytes[offset + 1] == UInt8(ascii: " ")
    }

    // MARK: Collections

    /// - Parameter take: takes the items, which are not in the node then.
    private mutating func sequence(
        depth: Int, _ take: ((DocumentNode) -> Void)? = nil
    ) throws(UnsupportedSyntax) -> DocumentNode {
        guard depth < UnicodeChecking.maximumDepth else { throw UnsupportedSyntax() }
        let start = places.place(at: index)
        let indentation = column
        if leavesScalars, take == nil, let scalars = try scalarSequence() {
            return DocumentNode(
                .deferred(.scalars(scalars)), range: SourceRange(start: start, end: places.place(at: index)))
        }
        var elements: [DocumentNode] = []
        while column == indentation, isDash(index) {
            var item = index + 1
            while item < bytes.count, bytes[item] == UInt8(ascii: " ") { item += 1 }
            guard item < bytes.count, bytes[item] != UInt8(ascii: "\n") else { throw UnsupportedSyntax() }
            column += item - index
            index = item
            let element: DocumentNode
            if isDash(item) {
                element = try sequence(depth: depth + 1)
            } else if keyEnd(from: item) != nil {
                element = try mapping(depth: depth + 1)
            } else {
                element = try scalar(at: item)
                if column > indentation { throw UnsupportedSyntax() }
            }
            if let take { take(element) } else { elements.append(element) }
        }
        if column > indentation { throw UnsupportedSyntax() }
        return DocumentNode(.array(elements), range: SourceRange(start: start, end: places.place(at: index)))
    }

    /// - Parameter take: takes the items of the list of ``streamedKey``.
    private mutating func mapping(
        depth: Int, _ take: ((DocumentNode) -> Void)? = nil
    ) throws(UnsupportedSyntax) -> DocumentNode {
        guard depth < UnicodeChecking.maximumDepth else { throw UnsupportedSyntax() }
        let start = places.place(at: index)
        let indentation = column
        var table = DocumentTable()
        while column == indentation, !isDash(index) {
            guard let end = keyEnd(from: index) else { throw UnsupportedSyntax() }
            let key = string(index..<end)
            let keyPlace = places.place(at: index)
            var value = end + 1
            while value < bytes.count, bytes[value] == UInt8(ascii: " ") { value += 1 }
            let node: DocumentNode
            if value < bytes.count, bytes[value] != UInt8(ascii: "\n") {
                node = try scalar(at: value)
                if column > indentation { throw UnsupportedSyntax() }
            } else {
                try nextLine(from: value)
                if column > indentation || column == indentation && isDash(index) {
                    if isDash(index) {
                        let isStreamed = depth == 0 && key == streamedKey
                        node = try sequence(depth: depth + 1, isStreamed ? take : nil)
                    } else if keyEnd(from: index) != nil {
                        node = try mapping(depth: depth + 1)
                    } else {
                        throw UnsupportedSyntax()
                    }
                } else {
                    // A value that is not there.
                    throw UnsupportedSyntax()
                }
            }
            guard key != "<<", table.insert(.init(key: key, keyPlace: keyPlace, value: node)) else {
                throw UnsupportedSyntax()
            }
        }
        if column > indentation { throw UnsupportedSyntax() }
        return DocumentNode(.table(table), range: SourceRange(start: start, end: places.place(at: index)))
    }

    // MARK: Scalars

    /// Returns the offset of the colon after a plain key; nil when no plain key starts here.
    private func keyEnd(from start: Int) -> Int? {
        switch bytes[start] {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "/"):
            break
        default: return nil
        }
        var end = start
        // libyaml refuses longer keys.
        let limit = min(bytes.count, start + 1000)
        while end < limit, bytes[end] != UInt8(ascii: "\n") {
            if bytes[end] == UInt8(ascii: ":"),
                end + 1 == bytes.count || bytes[end + 1] == UInt8(ascii: " ") || bytes[end + 1] == UInt8(ascii: "\n")
            {
                return bytes[end - 1] == UInt8(ascii: " ") ? nil : end
            }
            if bytes[end] == UInt8(ascii: "#"), bytes[end - 1] == UInt8(ascii: " ") { return nil }
            end += 1
        }
        return nil
    }

    /// Reads the scalar that fills the rest of a line, and moves to the next line.
    private mutating func scalar(at start: Int) throws(UnsupportedSyntax) -> DocumentNode {
        let end = try scalarEnd(from: start)
        let node: DocumentNode
        switch bytes[start] {
        case UInt8(ascii: "'"), UInt8(ascii: "\""):
            node = DocumentNode(.string(string((start + 1)..<(end - 1))), range: range(start..<end))
        case UInt8(ascii: "["): node = DocumentNode(.array([]), range: range(start..<end))
        case UInt8(ascii: "{"): node = DocumentNode(.table(DocumentTable()), range: range(start..<end))
        default:
            let written = string(start..<end)
            if let value = YAMLCoreSchema.value(written) {
                node = DocumentNode(value, range: range(start..<end), raw: written)
            } else {
                node = DocumentNode(.string(written), range: range(start..<end))
            }
        }
        try nextLine(from: end)
        return node
    }

    /// The end of the scalar that fills the rest of a line.
    private func scalarEnd(from start: Int) throws(UnsupportedSyntax) -> Int {
        let end = lineEnd(from: start)
        guard start < end else { throw UnsupportedSyntax() }
        switch bytes[start] {
        case UInt8(ascii: "'"), UInt8(ascii: "\""):
            let quote = bytes[start]
            guard end - start >= 2, bytes[end - 1] == quote else { throw UnsupportedSyntax() }
            for offset in (start + 1)..<(end - 1)
            where bytes[offset] == quote || quote == UInt8(ascii: "\"") && bytes[offset] == UInt8(ascii: "\\") {
                throw UnsupportedSyntax()
            }
        case UInt8(ascii: "["):
            guard end == start + 2, bytes[start + 1] == UInt8(ascii: "]") else { throw UnsupportedSyntax() }
        case UInt8(ascii: "{"):
            guard end == start + 2, bytes[start + 1] == UInt8(ascii: "}") else { throw UnsupportedSyntax() }
        // Indicators, and `-`, `?` and `:`, which are ones in some places.
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "%"), UInt8(ascii: "&"), UInt8(ascii: "*"),
            UInt8(ascii: ","), UInt8(ascii: "-"), UInt8(ascii: ":"), UInt8(ascii: ">"), UInt8(ascii: "?"),
            UInt8(ascii: "@"), UInt8(ascii: "]"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "}"):
            throw UnsupportedSyntax()
        default:
            for offset in start..<end {
                if bytes[offset] == UInt8(ascii: ":"), offset + 1 == end || bytes[offset + 1] == UInt8(ascii: " ") {
                    throw UnsupportedSyntax()
                }
                if bytes[offset] == UInt8(ascii: "#"), bytes[offset - 1] == UInt8(ascii: " ") {
                    throw UnsupportedSyntax()
                }
            }
        }
        return end
    }

    /// A sequence of nothing but scalars, left as text; nil, with nothing taken, for any other.
    private mutating func scalarSequence() throws(UnsupportedSyntax) -> ScalarSequence? {
        let (start, indentation) = (index, column)
        while column == indentation, isDash(index) {
            var item = index + 1
            while item < bytes.count, bytes[item] == UInt8(ascii: " ") { item += 1 }
            guard item < bytes.count, bytes[item] != UInt8(ascii: "\n") else { throw UnsupportedSyntax() }
            guard !isDash(item), keyEnd(from: item) == nil else {
                (index, column) = (start, indentation)
                return nil
            }
            try nextLine(from: try scalarEnd(from: item))
            if column > indentation { throw UnsupportedSyntax() }
        }
        return ScalarSequence(text: text, range: start..<index, column: indentation)
    }

    /// Reads the elements of such a sequence.
    static func elements(of scalars: ScalarSequence) -> [DocumentNode] {
        scalars.text.bytes.withUnsafeBufferPointer { bytes in
            let bytes = UnsafeBufferPointer(rebasing: bytes[..<scalars.range.upperBound])
            let start = scalars.range.lowerBound
            var reader = YAMLBlockReader(
                bytes, text: scalars.text, from: start, places: PlaceCursor(scalars.text, near: start))
            reader.leavesScalars = false
            reader.column = scalars.column
            // It cannot fail: the text was checked before.
            return (try? reader.sequence(depth: 0))?.array ?? []
        }
    }

    private func string(_ range: Range<Int>) -> String {
        String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self)
    }

    private mutating func range(_ range: Range<Int>) -> SourceRange { places.range(range) }
}
