import SourceDocuments

/// One replacement of a stretch of bytes; an empty range inserts.
package struct TextEdit: Sendable, Hashable {
    /// The byte offsets that go away.
    package let range: Range<Int>
    /// The bytes that take their place.
    package let replacement: String

    /// Makes an edit.
    package init(range: Range<Int>, replacement: String) {
        self.range = range
        self.replacement = replacement
    }
}

/// Why edits could not be applied.
package enum TextEditError: Error, Sendable, Hashable, CustomStringConvertible {
    /// An edit reaches outside of the text.
    case outside(Range<Int>)
    /// Two edits touch the same bytes, or insert at the same place.
    case overlap(Range<Int>, Range<Int>)

    /// One sentence with the byte offsets.
    package var description: String {
        switch self {
        case .outside(let range): "an edit of bytes \(range.lowerBound)..<\(range.upperBound) is outside of the text"
        case .overlap(let first, let second):
            "edits of bytes \(first.lowerBound)..<\(first.upperBound) and "
                + "\(second.lowerBound)..<\(second.upperBound) overlap"
        }
    }
}

/// A set of edits of one document, applied to its exact bytes: every byte that no edit names stays.
package struct DocumentEdit: Sendable, Hashable {
    /// The edits, in the order in which they were added.
    package private(set) var edits: [TextEdit]

    /// Makes a set of edits.
    package init(_ edits: [TextEdit] = []) { self.edits = edits }

    /// Whether there is nothing to do.
    package var isEmpty: Bool { edits.isEmpty }

    /// Adds an edit.
    package mutating func replace(_ range: Range<Int>, with replacement: String) {
        edits.append(TextEdit(range: range, replacement: replacement))
    }

    /// The bytes after all edits; edits that overlap or insert at one place are refused.
    package func applied(to bytes: [UInt8]) throws(TextEditError) -> [UInt8] {
        let sorted = edits.sorted {
            ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
        }
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        var position = 0
        var previous: Range<Int>?
        for edit in sorted {
            guard edit.range.lowerBound >= 0, edit.range.upperBound <= bytes.count else {
                throw .outside(edit.range)
            }
            if let previous, edit.range.lowerBound < previous.upperBound || edit.range == previous {
                throw .overlap(previous, edit.range)
            }
            output += bytes[position..<edit.range.lowerBound]
            output += edit.replacement.utf8
            position = edit.range.upperBound
            previous = edit.range
        }
        output += bytes[position...]
        return output
    }

    /// The text after all edits, under the same name.
    package func applied(to text: SourceText) throws(TextEditError) -> SourceText {
        SourceText(name: text.name, bytes: try applied(to: text.bytes))
    }
}
