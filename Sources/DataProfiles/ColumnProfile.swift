/// The statistics of the values of one column.
package struct ColumnProfile: Sendable, Hashable {
    /// The name of the column.
    package var name: String
    /// How many rows have a value.
    package var present = 0
    /// How many rows have none.
    package var missing = 0

    /// Creates the profile of a column without rows.
    package init(name: String) { self.name = name }

    /// The part of the rows that have a value, from 0 to 1; nil without rows.
    package var completeness: Double? {
        let (rows, overflow) = present.addingReportingOverflow(missing)
        return overflow || rows <= 0 ? nil : Double(present) / Double(rows)
    }
}
