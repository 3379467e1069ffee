/// How the columns of data differ from those of a baseline (`pinproof/drift/1`).
package struct DataDrift: Sendable, Hashable {
    /// A measure of the distance of two distributions.
    package enum Measure: String, Sendable, Hashable, CaseIterable {
        /// The population stability index, by the natural logarithm; a part below 0.0001 counts as 0.0001.
        case psi
        /// The Jensen-Shannon divergence to base 2, from 0 to 1.
        case js
        /// The largest difference of one part, from 0 to 1.
        case linf
    }

    /// A bound that a column is above when its measure is greater.
    package struct Threshold: Sendable, Hashable {
        /// The measure.
        package var measure: Measure
        /// The bound.
        package var value: Double

        /// Creates a bound.
        package init(_ measure: Measure, _ value: Double) {
            self.measure = measure
            self.value = value
        }
    }

    /// The bounds that count where none is given.
    package static let defaultThresholds = [Threshold(.psi, 0.2)]

    /// The distances of one column.
    package struct Column: Sendable, Hashable {
        /// The name.
        package var column: String
        /// The population stability index.
        package var psi: Double
        /// The Jensen-Shannon divergence.
        package var jensenShannon: Double
        /// The largest difference of one part.
        package var lInfinity: Double
        /// Whether one of them is above its bound.
        package var above = false

        /// Creates the distances of a column.
        package init(column: String, psi: Double, jensenShannon: Double, lInfinity: Double) {
            self.column = column
            self.psi = psi
            self.jensenShannon = jensenShannon
            self.lInfinity = lInfinity
        }

        /// Returns one of the distances.
        package func value(_ measure: Measure) -> Double {
            switch measure {
            case .psi: psi
            case .js: jensenShannon
            case .linf: lInfinity
            }
        }
    }

    /// Something that the distances do not say.
    package struct Problem: Sendable, Hashable {
        /// What it is.
        package enum Kind: String, Sendable, Hashable {
            /// The baseline has the column, the data does not.
            case missingColumn = "missing-column"
            /// The data has the column, the baseline does not.
            case newColumn = "new-column"
            /// Numbers on one side, text on the other.
            case otherType = "other-type"
            /// The baseline has no distribution of the column.
            case noDistribution = "no-distribution"
            /// Values in the data that the baseline does not have.
            case newCategory = "new-category"
            /// Values that are not numbers in a column of numbers.
            case notNumbers = "not-numbers"
            /// Values below or above all of the baseline's.
            case outsideRange = "outside-range"
            /// Counts of other buckets were spread over the baseline's.
            case spreadCounts = "spread-counts"
            /// A column of identifiers, of which only missing values are compared.
            case identifier
            /// Objects or lists as values.
            case nestedValue = "nested-value"

            /// Whether the sides differ because of it, whatever the distances are.
            package var isDifference: Bool { self == .missingColumn || self == .otherType }
            /// Whether the column could not be compared.
            package var isUndecided: Bool { self == .noDistribution || self == .nestedValue }
        }

        /// What it is.
        package var kind: Kind
        /// The column.
        package var column: String
        /// What a person has to know, one sentence.
        package var message: String

        /// Creates a problem.
        package init(_ kind: Kind, column: String, message: String) {
            self.kind = kind
            self.column = column
            self.message = message
        }
    }

    /// The baseline's name as given.
    package var baseline: String
    /// How many rows the baseline is of; nil where it does not say so.
    package var baselineRows: Int?
    /// The name of the data as given.
    package var data: String
    /// How many rows the data has; nil where it does not say so.
    package var dataRows: Int?
    /// The bounds.
    package var thresholds: [Threshold]
    /// The columns that were compared, in the order of the baseline.
    package var columns: [Column] = []
    /// What the distances do not say, in the order of the columns.
    package var problems: [Problem] = []

    /// Creates a comparison without columns.
    package init(
        baseline: String, baselineRows: Int?, data: String, dataRows: Int?,
        thresholds: [Threshold] = defaultThresholds
    ) {
        self.baseline = baseline
        self.baselineRows = baselineRows
        self.data = data
        self.dataRows = dataRows
        self.thresholds = thresholds
    }

    /// Whether a column is above a bound, or missing, or of another type.
    package var differs: Bool {
        columns.contains(where: \.above) || problems.contains { $0.kind.isDifference }
    }

    /// Whether everything that the baseline has was compared.
    package var isDecided: Bool {
        !columns.isEmpty && !problems.contains { $0.kind.isUndecided }
    }
}
