/// The results of the pairs of a fleet's plan.
package struct FleetReport: Sendable {
    /// One pair.
    package struct Row: Sendable, Hashable {
        /// The name of the pair's result.
        package let pair: String
        /// The name to show: that of the pair, or else the model's.
        package let name: String
        package let model: String
        package let image: String
        /// The image with the digest that its name resolved to.
        package let pinned: String
        /// The verdict; nil where none is recorded.
        package let verdict: Verdict?
        /// The reasons of the verdict, a clause each; empty for a match.
        package let reasons: [String]
        /// Other models and images that the verdict applies to.
        package let sameModels: [String]
        package let sameImages: [String]

        /// Creates a row.
        package init(
            pair: String, name: String, model: String, image: String, pinned: String, verdict: Verdict?,
            reasons: [String], sameModels: [String] = [], sameImages: [String] = []
        ) {
            self.pair = pair
            self.name = name
            self.model = model
            self.image = image
            self.pinned = pinned
            self.verdict = verdict
            self.reasons = reasons
            self.sameModels = sameModels
            self.sameImages = sameImages
        }

        /// The verdict as a word.
        package var word: String { verdict?.rawValue ?? "not-recorded" }

        /// The reasons of the verdict, in one line.
        package var reason: String { reasons.joined(separator: "; ") }
    }

    /// The pairs: the worst verdicts first, then by name.
    package let rows: [Row]
    /// Entries that name no model, a sentence each.
    package let notes: [String]
    /// What could not be read, a sentence each.
    package let problems: [String]

    /// Creates a report and sorts its rows.
    package init(rows: [Row], notes: [String], problems: [String]) {
        func rank(_ row: Row) -> Int {
            switch row.verdict {
            case .mismatch: 0
            case nil: 1
            case .notProvable: 2
            case .match: 3
            }
        }
        self.rows = rows.sorted {
            (rank($0), $0.name, $0.model, $0.image, $0.pair) < (rank($1), $1.name, $1.model, $1.image, $1.pair)
        }
        self.notes = notes.sorted()
        self.problems = problems.sorted()
    }

    /// The verdict of all pairs together; a pair that is not recorded, or a problem, makes it not provable.
    package var verdict: Verdict {
        // A fleet without a pair proves nothing.
        let first: Verdict = problems.isEmpty && !rows.isEmpty ? .match : .notProvable
        return rows.reduce(first) { $0.combined(with: $1.verdict ?? .notProvable) }
    }

    /// How many pairs have a verdict, by its word.
    package func count(_ word: String) -> Int { rows.count { $0.word == word } }

    /// The words of verdicts, in the order of a report.
    package static let words = ["match", "mismatch", "not-provable", "not-recorded"]

    /// One sentence.
    package var summary: String {
        let parts = Self.words.filter { count($0) > 0 }.map { "\(count($0)) \($0)" }
        let unread = problems.isEmpty ? "" : "; \(problems.count) could not be read"
        return "\(rows.count) \(rows.count == 1 ? "pair" : "pairs"): "
            + (parts.isEmpty ? "none" : parts.joined(separator: ", ")) + unread
    }
}
