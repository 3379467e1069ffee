import SourceDocuments

/// An alerting rule of Prometheus. Its expression is kept as text: PromQL is not parsed.
package struct AlertRule: Sendable, Hashable {
    /// The name: `ChurnPredictionShift`.
    package var name: String
    /// The group that it belongs to; empty where the group has no name.
    package var group: String
    /// The expression as written.
    package var expression: String
    /// The labels by key, in the order of the file.
    package var labels: [Entry] = []
    /// The annotations by key, in the order of the file.
    package var annotations: [Entry] = []
    /// The file.
    package var file: String
    /// Where its name is in it.
    package var range: SourceRange

    /// A label or an annotation.
    package struct Entry: Sendable, Hashable {
        /// The key.
        package var key: String
        /// The value as written.
        package var value: String
        /// Where the value is.
        package var range: SourceRange
    }

    /// Creates a rule without labels.
    package init(name: String, group: String, expression: String, file: String, range: SourceRange) {
        self.name = name
        self.group = group
        self.expression = expression
        self.file = file
        self.range = range
    }

    /// The value of a label that is not blank; nil when there is none.
    package func label(_ key: String) -> Entry? { Self.entry(key, labels) }

    /// The value of an annotation that is not blank; nil when there is none.
    package func annotation(_ key: String) -> Entry? { Self.entry(key, annotations) }

    /// The severity that its label says.
    package var severity: Entry? { label("severity") }

    /// The runbook that its annotations name, as `runbook_url` or `runbook`.
    package var runbook: Entry? { annotation("runbook_url") ?? annotation("runbook") }

    private static func entry(_ key: String, _ entries: [Entry]) -> Entry? {
        entries.first { $0.key == key && $0.value.utf8.contains { $0 > UInt8(ascii: " ") } }
    }

    /// Whether its text contains a name as whole words; `_` and `-` separate words, as names of metrics hold many.
    package func mentions(_ name: String) -> Bool {
        let texts = [self.name, expression] + (labels + annotations).map(\.value)
        return texts.contains { WholeWord.occurs(name, in: $0) }
    }
}

/// The search for a name that neither a letter nor a digit continues.
package enum WholeWord {
    /// Whether a text contains a name, and what stands before and after it continues no word.
    package static func occurs(_ name: String, in text: String) -> Bool {
        let (needle, hay) = (Array(name.utf8), Array(text.utf8))
        guard let first = needle.first, let last = needle.last, needle.count <= hay.count else { return false }
        for start in 0...(hay.count - needle.count) where hay[start] == first {
            let end = start + needle.count
            guard hay[start..<end].elementsEqual(needle) else { continue }
            if start > 0, isWordByte(hay[start - 1]), isWordByte(first) { continue }
            if end < hay.count, isWordByte(hay[end]), isWordByte(last) { continue }
            return true
        }
        return false
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x80...:
            true
        default: false
        }
    }
}
