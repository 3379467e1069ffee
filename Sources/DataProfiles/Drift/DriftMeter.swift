import EnvironmentInventory

/// Compares data with a baseline, column by column.
package struct DriftMeter: Sendable {
    /// The bounds; a column is above when one of them is passed.
    package var thresholds: [DataDrift.Threshold]

    /// Creates a meter.
    package init(thresholds: [DataDrift.Threshold] = DataDrift.defaultThresholds) { self.thresholds = thresholds }

    /// Compares the rows of a file with a baseline; the file is read once.
    package func compare(_ baseline: Baseline, with table: DataTable) throws(DataReadingError) -> DataDrift {
        var comparisons = baseline.columns.map { ColumnComparison($0) }
        let indices = Dictionary(
            baseline.columns.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        // The column of the baseline that a column of the file has; it is known once a name was met.
        var names = ColumnNames(indices)
        let shape = try table.read { (column, name, cell, row) throws(DataReadingError) in
            guard let index = names.index(of: column, name) else { return }
            comparisons[index]?.add(cell, row: row)
        }
        guard shape.rows > 0 else { throw DataReadingError("\(table.name): there is no row to compare") }
        var drift = DataDrift(
            baseline: baseline.file, baselineRows: baseline.rows, data: table.name, dataRows: shape.rows,
            thresholds: thresholds)
        let there = Set(shape.columns)
        for (index, column) in baseline.columns.enumerated() {
            comparisons[index]?.end(rows: shape.rows)
            finish(column, isThere: there.contains(column.name), comparisons[index], &drift)
        }
        for (index, name) in shape.columns.enumerated() where indices[name] == nil {
            drift.problems.append(
                DataDrift.Problem(
                    .newColumn, column: name,
                    message: name.isEmpty
                        ? "column \(index + 1) of the data has no name: it was not compared"
                        : "the baseline does not have it: it was not compared"))
        }
        return drift
    }

    /// Compares two baselines.
    package func compare(_ baseline: Baseline, with data: Baseline) -> DataDrift {
        var drift = DataDrift(
            baseline: baseline.file, baselineRows: baseline.rows, data: data.file, dataRows: data.rows,
            thresholds: thresholds)
        for column in baseline.columns {
            let other = data.column(column.name)
            guard let other, var comparison = ColumnComparison(column) else {
                finish(column, isThere: other != nil, nil, &drift)
                continue
            }
            let isNumber = column.present > 0 && column.kind.isNumber
            if other.present > 0, column.present > 0, isNumber != other.kind.isNumber,
                isNumber || other.categories == nil
            {
                drift.problems.append(
                    DataDrift.Problem(
                        .otherType, column: column.name,
                        message: "\(column.kind.rawValue) in the baseline, and \(other.kind.rawValue) in the other one")
                )
                continue
            }
            guard comparison.add(other) else {
                drift.problems.append(
                    DataDrift.Problem(
                        .noDistribution, column: column.name, message: "\(data.file) has no distribution of it"))
                continue
            }
            finish(column, isThere: true, comparison, &drift)
        }
        for column in data.columns where baseline.column(column.name) == nil {
            drift.problems.append(
                DataDrift.Problem(
                    .newColumn, column: column.name, message: "the baseline does not have it: it was not compared"))
        }
        return drift
    }

    private func finish(
        _ column: ColumnProfile, isThere: Bool, _ comparison: ColumnComparison?, _ drift: inout DataDrift
    ) {
        func add(_ kind: DataDrift.Problem.Kind, _ message: String) {
            drift.problems.append(DataDrift.Problem(kind, column: column.name, message: message))
        }
        guard isThere else { return add(.missingColumn, "the baseline has it, and the data does not") }
        guard let comparison else { return add(.noDistribution, "the baseline has no distribution of it") }
        if column.isIdentifier {
            add(.identifier, "each value of the baseline is there once: only missing ones are compared")
        }
        drift.problems += comparison.problems()
        guard var distances = comparison.distances() else { return }
        distances.above = thresholds.contains { distances.value($0.measure) > $0.value }
        drift.columns.append(distances)
    }
}

/// The column of a baseline for each column of the data, found once.
private struct ColumnNames {
    private let indices: [String: Int]
    private var known: [Int?] = []

    init(_ indices: [String: Int]) { self.indices = indices }

    mutating func index(of column: Int, _ name: String) -> Int? {
        while known.count <= column { known.append(known.count == column ? indices[name] : nil) }
        return known[column]
    }
}
