import EnvironmentInventory

/// Makes a baseline of rows: what `pinproof profile` writes.
package struct DataProfiler: Sendable {
    /// A baseline and what it does not say.
    package struct Profile: Sendable {
        /// The statistics of the columns.
        package var baseline: Baseline
        /// Columns with values that are objects or lists, which are left out; a sentence each.
        package var unread: [String] = []
        /// What a reader of the baseline should know, a sentence each.
        package var notes: [String] = []
    }

    /// How many numbers of all columns are kept, so that quantiles are exact.
    package var maximumKeptNumbers = 8 << 20
    /// How many different texts of a column are counted.
    package var maximumCategories = 100_000
    /// How many bytes the different texts of all columns may have.
    package var maximumCategoryBytes = 64 << 20

    /// Creates a profiler with the default limits.
    package init() {}

    /// Reads the rows twice: for the types and ranges of the columns, then for their distributions.
    package func profile(_ table: DataTable) throws(DataReadingError) -> Profile {
        var scans: [ColumnScan] = []
        let shape = try table.read { (column, _, cell, row) throws(DataReadingError) in
            while scans.count <= column { scans.append(ColumnScan()) }
            scans[column].add(cell, row: row)
        }
        guard shape.rows > 0 else { throw DataReadingError("\(table.name): no row follows the header") }
        while scans.count < shape.columns.count { scans.append(ColumnScan()) }
        try refuseInfinity(scans, shape, table)

        let numbers = scans.count { $0.kind.isNumber }
        let capacity = maximumKeptNumbers / max(numbers, 1)
        var counters = scans.map { ColumnCounter(scan: $0, capacity: capacity) }
        var budget = CategoryBudget(count: maximumCategories, bytes: maximumCategoryBytes)
        let again = try table.read { (column, _, cell, _) throws(DataReadingError) in
            if column < counters.count { counters[column].add(cell, budget: &budget) }
        }
        guard again.rows == shape.rows else { throw DataReadingError("\(table.name): was changed while it was read") }

        var profile = Profile(baseline: Baseline(file: table.name, format: .statisticsList, rows: shape.rows))
        for (index, name) in shape.columns.enumerated() {
            let scan = scans[index]
            if name.isEmpty {
                profile.notes.append("\(table.name): column \(index + 1) has no name and is left out")
            } else if let row = scan.firstNestedRow {
                profile.unread.append(
                    "\(table.name): column '\(name)' is left out: row \(row) has an object or a list in it")
            } else {
                var column = counters[index].profile(name: name, rows: shape.rows)
                try finish(&column, of: counters[index], in: table, into: &profile)
                if scan.kind == .text, scan.numbers > 0, let first = scan.firstText {
                    profile.notes.append(
                        "\(table.name): column '\(name)' is text because of row \(first.row), '\(first.text)'; "
                            + "\(scan.numbers) of its values are numbers")
                }
                profile.baseline.columns.append(column)
            }
        }
        guard !profile.baseline.columns.isEmpty || !profile.unread.isEmpty else {
            throw DataReadingError("\(table.name): no column has a name")
        }
        return profile
    }

    private func finish(
        _ column: inout ColumnProfile, of counter: ColumnCounter, in table: DataTable, into profile: inout Profile
    ) throws(DataReadingError) {
        if let numbers = column.numbers {
            guard numbers.mean.isFinite, numbers.standardDeviation.isFinite else {
                throw DataReadingError(
                    "\(table.name): column '\(column.name)': its numbers are too large for a mean or a deviation")
            }
            if counter.rankError > 0 {
                profile.notes.append(
                    "\(table.name): column '\(column.name)': median and quantiles are off by at most "
                        + "\((counter.rankError * 1e4).rounded(.up) / 100) % of the ranks: it has too many numbers to keep all"
                )
            }
        }
        if counter.isCut {
            profile.notes.append(
                "\(table.name): column '\(column.name)': too many different values: those met first are counted by name"
            )
        }
    }

    private func refuseInfinity(
        _ scans: [ColumnScan], _ shape: DataTable.Shape, _ table: DataTable
    ) throws(DataReadingError) {
        let reasons = zip(scans, shape.columns).compactMap { scan, name -> String? in
            guard scan.kind.isNumber, let row = scan.firstInfiniteRow else { return nil }
            return
                "\(table.name): row \(row), column '\(name)': the number is not finite: it has no place in a histogram"
        }
        if !reasons.isEmpty { throw DataReadingError(Array(reasons.prefix(20))) }
    }
}
