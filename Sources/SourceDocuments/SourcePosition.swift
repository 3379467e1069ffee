/// A position in a text. Line and column start at 1; columns count UTF-8 bytes.
public struct SourcePosition: Sendable, Hashable, Comparable {
    // A document of some megabytes has a hundred thousand positions.
    private let storedLine: UInt32
    private let storedColumn: UInt32

    /// The line, the first being 1.
    public var line: Int { Int(storedLine) }
    /// The column in UTF-8 bytes, the first being 1.
    public var column: Int { Int(storedColumn) }

    /// Creates a position from a line and a column, both starting at 1.
    package init(line: Int, column: Int) {
        storedLine = UInt32(clamping: line)
        storedColumn = UInt32(clamping: column)
    }

    /// Orders positions by line, then by column.
    public static func < (left: SourcePosition, right: SourcePosition) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

/// A range of a text. The end is exclusive.
public struct SourceRange: Sendable, Hashable {
    /// The position of the first byte.
    public let start: SourcePosition
    /// The position after the last byte.
    public let end: SourcePosition

    /// Creates a range from its first position and the position after its last byte.
    package init(start: SourcePosition, end: SourcePosition) {
        self.start = start
        self.end = end
    }
}
