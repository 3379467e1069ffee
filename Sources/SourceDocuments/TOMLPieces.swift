import ParallelWork
internal import Glibc

/// A large TOML text in pieces that are scanned side by side; each but the first begins with the header of a list of tables,
/// as locks have one for each package.
///
/// Whether such a line is a header or part of a string, only what stands before it tells: it is one when the piece before ends
/// exactly there. Where one does not, where something is wrong, and where two pieces add to what is no list, ``read()`` returns
/// nil, and the text has to be read from its start.
struct TOMLPieces {
    /// The size from which on it pays, in bytes for each piece.
    private static let minimumBytes = 128 << 10

    private let text: SourceText
    /// The offset and the number of lines before it, of each piece and of the end.
    private var starts: [(offset: Int, line: Int)] = []

    /// Looks for the places at which to cut.
    ///
    /// - Parameters:
    ///   - start: where the text starts, behind a byte order mark.
    ///   - bytes: how many bytes a piece has at least.
    init(_ text: SourceText, at start: Int, bytes: Int = minimumBytes) {
        self.text = text
        // Twice as many as there are cores: no two pieces take as long.
        let count = min(2 * coreCount, text.bytes.count / bytes)
        guard count > 1 else { return }
        var starts = [(offset: start, line: 0)]
        text.bytes.withUnsafeBufferPointer { all in
            var lines = 0
            guard let header = Self.header(all) else { return }
            for number in 1..<count {
                guard let last = starts.last,
                    let found = Self.line(header, in: all, from: max(all.count / count * number, last.offset + 1))
                else { break }
                lines += LineCount.of(UnsafeBufferPointer(rebasing: all[last.offset..<found]))
                starts.append((found, lines))
            }
        }
        self.starts = starts
    }

    /// The first header of a list at the left margin, `[[package]]`, from its line feed on; nil when that is not near the start.
    private static func header(_ bytes: UnsafeBufferPointer<UInt8>) -> ArraySlice<UInt8>? {
        let head = Array(bytes.prefix(64 << 10))
        guard let start = head.indices.first(where: { head[$0...].starts(with: "\n[[".utf8) }) else { return nil }
        guard let end = head[start...].dropFirst().firstIndex(of: UInt8(ascii: "]")),
            head[end...].starts(with: "]]".utf8)
        else { return nil }
        let header = head[start..<(end + 2)]
        return header.contains(UInt8(ascii: ".")) ? nil : header
    }

    /// Where the next line of the header starts.
    private static func line(
        _ header: ArraySlice<UInt8>, in bytes: UnsafeBufferPointer<UInt8>, from start: Int
    ) -> Int? {
        guard let base = bytes.baseAddress else { return nil }
        var index = start
        while index + header.count <= bytes.count,
            let found = memchr(base + index, Int32(UInt8(ascii: "\n")), bytes.count - index)
        {
            index = UnsafeRawPointer(found) - UnsafeRawPointer(base)
            if bytes[index...].starts(with: header) { return index + 1 }
            index += 1
        }
        return nil
    }

    /// What one piece holds at the root.
    private struct Piece {
        let members: [(member: DocumentTable.Member, isList: Bool)]
        let range: SourceRange
    }

    /// Reads all pieces; nil when that has to be done from the start.
    func read() -> DocumentNode? {
        guard starts.count > 1 else { return nil }
        var pieces: [Piece] = []
        for piece in mapInParallel(Array(starts.indices), { piece($0) }) {
            guard let piece else { return nil }
            pieces.append(piece)
        }
        return Self.joined(pieces)
    }

    private func piece(_ number: Int) -> Piece? {
        let end = number + 1 < starts.count ? starts[number + 1].offset : text.bytes.count
        let (start, line) = starts[number]
        let lineStart = number == 0 ? 0 : start
        var scanner = TOMLScanner(text, at: start, places: PlaceCursor(text, at: lineStart, line: line))
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
