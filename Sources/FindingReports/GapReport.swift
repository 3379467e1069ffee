import EnvironmentInventory
import SourceDocuments

extension Gap {
    /// The gap as the JSON of `inspect`, `diff` and `verify` holds it.
    package var json: JSONValue {
        .members([
            "subject": .string(subject), "reason": .string(reason),
            "file": .optional(source?.file), "line": .optional(source?.line),
        ])
    }

    /// The file and the line for a table's cell: `requirements.txt:3`, or nothing.
    var position: String {
        source.map { $0.file + ($0.line.map { ":\($0)" } ?? "") } ?? ""
    }
}

/// The gaps of two environments that a command compares.
package struct GapPair: Sendable, Hashable {
    /// The gaps of the left subject, or of training.
    package let left: [Gap]
    /// The gaps of the right subject, or of serving.
    package let right: [Gap]

    /// Creates a pair.
    package init(left: [Gap] = [], right: [Gap] = []) {
        self.left = left
        self.right = right
    }

    /// Whether neither side has a gap.
    package var isEmpty: Bool { left.isEmpty && right.isEmpty }

    /// How many gaps both sides have together.
    package var count: Int { left.count + right.count }

    /// The gaps with the name of their side, the left side first.
    func named(_ leftName: String, _ rightName: String) -> [(side: String, gap: Gap)] {
        left.map { (leftName, $0) } + right.map { (rightName, $0) }
    }

    /// The gaps as JSON, by the names of the sides.
    func json(_ leftName: String, _ rightName: String) -> JSONValue {
        .object([
            .init(leftName, .array(left.map(\.json))), .init(rightName, .array(right.map(\.json))),
        ])
    }
}
