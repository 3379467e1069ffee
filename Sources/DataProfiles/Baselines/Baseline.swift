import EnvironmentInventory
import SourceDocuments

/// The statistics of columns that later data is compared with.
package struct Baseline: Sendable, Hashable {
    /// How a baseline is written.
    package enum Format: String, Sendable, Hashable {
        /// `DatasetFeatureStatisticsList` of TensorFlow Data Validation as JSON
        /// (https://github.com/tensorflow/metadata/blob/master/tensorflow_metadata/proto/v0/statistics.proto).
        case statisticsList = "DatasetFeatureStatisticsList"
        /// `statistics.json` of SageMaker Model Monitor
        /// (https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-interpreting-statistics.html).
        case sageMakerStatistics = "SageMaker statistics"
        /// `constraints.json` of SageMaker Model Monitor, which holds no distributions
        /// (https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-constraints.html).
        case sageMakerConstraints = "SageMaker constraints"
    }

    /// The file, named as it was given.
    package var file: String
    /// How it is written.
    package var format: Format
    /// The name of the data set; empty where it has none.
    package var dataSet = ""
    /// How many rows it is of; nil where it does not say so.
    package var rows: Int?
    /// The columns, in the order of the file.
    package var columns: [ColumnProfile] = []

    /// Creates a baseline without columns.
    package init(file: String, format: Format, rows: Int? = nil) {
        self.file = file
        self.format = format
        self.rows = rows
    }

    /// A baseline of fewer rows says little of a distribution.
    package static let minimumRows = 200

    /// The column with a name; nil when there is none.
    package func column(_ name: String) -> ColumnProfile? { columns.first { $0.name == name } }

    /// Whether the data set's name holds `sha256:`, so that it is of some model.
    package var namesModel: Bool { dataSet.containsText("sha256:") }

    /// The digests that the data set's name holds: `sha256:` with 64 hexadecimal digits.
    package var digests: [Digest] {
        var found: [Digest] = []
        var rest = dataSet[...]
        while let range = rest.firstRange(of: "sha256:") {
            rest = rest[range.upperBound...]
            let digits = rest.prefix { $0.isASCII && $0.isHexDigit }
            if digits.count == 64, let digest = Digest("sha256:" + digits.lowercased()) { found.append(digest) }
        }
        return found
    }

    /// Returns whether the baseline is of a model with one of some digests; nil when it names none.
    package func isBound(to digests: [Digest]) -> Bool? {
        namesModel ? self.digests.contains { digests.contains($0) } : nil
    }
}

/// Why a file is not a baseline: where, and the reason.
package struct BaselineError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file.
    package let file: String
    /// The position; nil when it concerns the whole file.
    package let place: SourcePosition?
    /// What is wrong, one sentence.
    package let reason: String

    /// Creates an error.
    package init(file: String, place: SourcePosition? = nil, reason: String) {
        self.file = file
        self.place = place
        self.reason = reason
    }

    /// `file:line:column: reason`.
    package var description: String {
        place.map { "\(file):\($0.line):\($0.column): \(reason)" } ?? "\(file): \(reason)"
    }
}

/// What a file that may be a baseline turned out to be.
package enum BaselineDocument: Sendable, Hashable {
    /// A baseline.
    case baseline(Baseline)
    /// The statistics of a tool whose files are recognised but not read: its name.
    case unread(tool: String)
    /// Something else.
    case other
}
