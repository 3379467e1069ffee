import ArchiveReading

/// The paths of files that a reader needs, as a pattern: `*` is any text without a slash, `**/` any directories or none,
/// `**` at the end everything below.
///
/// Paths are matched as layers write them, before links are resolved: `**/lib/dpkg/status` also keeps the file where
/// `var` is a link.
struct PathPattern: Sendable, Hashable, ExpressibleByStringLiteral {
    fileprivate enum Piece: Sendable, Hashable {
        case literal([UInt8])
        /// Any text without a slash.
        case text
        /// Any text that is empty or ends with a slash.
        case directories
        /// Any text.
        case everything
    }

    /// The pattern as it was written.
    let description: String
    fileprivate let pieces: [Piece]
    /// The text with which every match ends; empty when the pattern ends with a star.
    fileprivate let tail: [UInt8]
    /// The longest literal piece.
    fileprivate let needle: [UInt8]

    /// Creates a pattern.
    init(stringLiteral text: String) {
        description = text
        var pieces: [Piece] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            if rest.starts(with: "**/".utf8) {
                pieces.append(.directories)
                rest = rest.dropFirst(3)
            } else if rest.starts(with: "**".utf8) {
                pieces.append(.everything)
                rest = rest.dropFirst(2)
            } else if rest.first == UInt8(ascii: "*") {
                pieces.append(.text)
                rest = rest.dropFirst()
            } else {
                let literal = rest.prefix { $0 != UInt8(ascii: "*") }
                pieces.append(.literal(Array(literal)))
                rest = rest.dropFirst(literal.count)
            }
        }
        self.pieces = pieces
        let literals = pieces.map { piece -> [UInt8] in if case .literal(let bytes) = piece { bytes } else { [] } }
        tail = literals.last ?? []
        needle = literals.max { $0.count < $1.count } ?? []
    }

    /// Whether the pattern matches a whole path.
    func matches(_ path: [UInt8]) -> Bool {
        path.withUnsafeBytes { path in
            guard path.count >= tail.count, path[(path.count - tail.count)...].elementsEqual(tail) else { return false }
            return Self.matches(path, 0, pieces[...])
        }
    }

    /// The recursion is as deep as the pattern, which is written in the source, is long.
    private static func matches(_ path: UnsafeRawBufferPointer, _ start: Int, _ pieces: ArraySlice<Piece>) -> Bool {
        guard let first = pieces.first else { return start == path.count }
        let rest = pieces.dropFirst()
        switch first {
        case .literal(let bytes):
            return path.count - start >= bytes.count && path[start..<(start + bytes.count)].elementsEqual(bytes)
                && matches(path, start + bytes.count, rest)
        case .everything: return rest.isEmpty || (start...path.count).contains { matches(path, $0, rest) }
        case .text:
            for end in start...path.count {
                if matches(path, end, rest) { return true }
                if end < path.count, path[end] == UInt8(ascii: "/") { return false }
            }
            return false
        case .directories:
            if matches(path, start, rest) { return true }
            return (start..<path.count).contains { path[$0] == UInt8(ascii: "/") && matches(path, $0 + 1, rest) }
        }
    }
}

/// Many patterns at once: nearly every path of an image matches none, and is told by its last bytes.
struct PathPatternSet: Sendable {
    /// The patterns that end with a byte, by that byte.
    private var byLastByte = [[PathPattern]](repeating: [], count: 256)
    /// The patterns that end with a star.
    private var open: [PathPattern] = []

    /// Creates a set; a pattern that is there twice is kept once.
    init(_ patterns: [PathPattern]) {
        for pattern in Set(patterns) {
            if let last = pattern.tail.last { byLastByte[Int(last)].append(pattern) } else { open.append(pattern) }
        }
    }

    /// Whether one of the patterns matches a path.
    func matches(_ path: [UInt8]) -> Bool {
        guard let last = path.last else { return false }
        for pattern in byLastByte[Int(last)] where pattern.matches(path) { return true }
        for pattern in open where Self.contains(path, pattern.needle) && pattern.matches(path) { return true }
        return false
    }

    private static func contains(_ path: [UInt8], _ needle: [UInt8]) -> Bool {
        guard let first = needle.first, path.count >= needle.count else { return needle.isEmpty }
        return path.withUnsafeBytes { path in
            needle.withUnsafeBytes { needle in
                for start in 0...(path.count - needle.count) where path[start] == first {
                    if path[start..<(start + needle.count)].elementsEqual(needle) { return true }
                }
                return false
            }
        }
    }
}
