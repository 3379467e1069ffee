/// The statistics of the values of one column.
package struct ColumnProfile: Sendable, Hashable {
    /// What the values are.
    package enum Kind: String, Sendable, Hashable {
        /// Whole numbers of 64 bits.
        case integer = "INT"
        /// Other numbers.
        case float = "FLOAT"
        /// Text.
        case text = "STRING"
        /// Bytes, of which only counts are known.
        case bytes = "BYTES"
        /// Objects, of which only counts are known.
        case structure = "STRUCT"

        /// Whether the values are numbers.
        package var isNumber: Bool { self == .integer || self == .float }
    }

    /// The name of the column.
    package var name: String
    /// What the values are.
    package var kind: Kind
    /// How many rows have a value.
    package var present = 0
    /// How many rows have none.
    package var missing = 0
    /// The summary of the numbers; nil if nothing is known about them.
    package var numbers: NumberSummary?
    /// The counts of texts, and of numbers with few different values; nil if they are not known.
    package var categories: CategorySummary?

    /// Creates the profile of a column without rows.
    package init(name: String, kind: Kind = .text) {
        self.name = name
        self.kind = kind
    }

    /// The fraction of the rows that have a value, from 0 to 1; nil without rows.
    package var completeness: Double? {
        let (rows, overflow) = present.addingReportingOverflow(missing)
        return overflow || rows <= 0 ? nil : Double(present) / Double(rows)
    }

    /// Whether every value occurs once, as in a column of identifiers: later data cannot have the same distribution.
    package var isIdentifier: Bool {
        guard kind == .text, let categories, categories.others == 0, present >= Self.minimumIdentifiers else {
            return false
        }
        return categories.categories.allSatisfy { $0.count <= 1 }
    }

    /// The number of values from which on a column whose values all differ is taken for identifiers.
    private static let minimumIdentifiers = 20

    /// Whether the distribution of the values is known.
    package var hasDistribution: Bool {
        if present == 0, kind != .bytes, kind != .structure { return true }
        return kind.isNumber ? numbers?.histogram != nil : kind == .text && categories != nil
    }
}

/// The statistics of numbers.
package struct NumberSummary: Sendable, Hashable {
    /// The arithmetic mean.
    package var mean: Double
    /// The standard deviation of the population.
    package var standardDeviation: Double
    /// The least value.
    package var minimum: Double
    /// The greatest value.
    package var maximum: Double
    /// The value in the middle.
    package var median: Double
    /// How many values are 0.
    package var zeros = 0
    /// Buckets of equal width (STANDARD); nil where there are none.
    package var histogram: NumberHistogram?
    /// Buckets with the same number of values (QUANTILES); nil where there are none.
    package var quantiles: NumberHistogram?

    /// Creates a summary without buckets.
    package init(mean: Double, standardDeviation: Double, minimum: Double, maximum: Double, median: Double) {
        self.mean = mean
        self.standardDeviation = standardDeviation
        self.minimum = minimum
        self.maximum = maximum
        self.median = median
    }
}

/// How often each text occurs.
package struct CategorySummary: Sendable, Hashable {
    /// A text and how often it occurs.
    package struct Category: Sendable, Hashable {
        /// The text.
        package var value: String
        /// How often it occurs; a weighted count may have a fraction.
        package var count: Double

        /// Creates a category.
        package init(value: String, count: Double) {
            self.value = value
            self.count = count
        }
    }

    /// How many different texts there are; nil where it is not known.
    package var unique: Int?
    /// The most frequent texts, the most frequent one first.
    package var categories: [Category]
    /// How many values have another text.
    package var others: Double

    /// Creates a summary.
    package init(unique: Int?, categories: [Category], others: Double = 0) {
        self.unique = unique
        self.categories = categories
        self.others = others
    }
}
