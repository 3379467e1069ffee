import SourceDocuments

/// Rows of requests, whatever form they were sent in.
package struct RequestTable: Sendable {
    /// One value of a row.
    package struct Cell: Sendable {
        /// The column's name; nil for one that is found by its position.
        package var name: String?
        /// The value.
        package var value: DocumentNode
    }

    /// One row.
    package struct Row: Sendable {
        /// The values in their order.
        package var cells: [Cell] = []
        /// Why the row is none; nil for a row.
        package var problem: String?
        /// Whether the values are texts of CSV, which has no types.
        package var isText = false
    }

    /// The rows in their order; the first has the number 1.
    package var rows: [Row] = []

    /// The columns of a body with `inputs` as one row, which they are to a model that takes lists or objects.
    package var whole: Row?

    /// The most rows that are read.
    package static let maximumRows = 1_000_000

    /// Creates an empty table.
    package init() {}
}
