import EnvironmentInventory
import SourceDocuments

/// Holds requests against a contract.
package enum RequestValidation {
    /// Returns how many rows fit, and what is wrong with each of the others.
    package static func validate(_ table: RequestTable, against contract: InputContract) -> PreflightResult.Requests {
        var result = PreflightResult.Requests()
        let columns = Columns(contract)
        let takesParts = contract.inputs.contains { $0.structure != nil }
        let rows = takesParts ? table.whole.map { [$0] } ?? table.rows : table.rows
        for (index, row) in rows.enumerated() {
            result.rows += 1
            let problems = row.problem.map { [Problem(column: nil, message: $0)] } ?? columns.problems(of: row)
            if problems.isEmpty { result.valid += 1 }
            for problem in problems {
                result.invalid.append(
                    .init(
                        row: index + 1, column: problem.column, rule: InvalidRequest.rule.name,
                        message: problem.message))
            }
        }
        return result
    }

    /// Returns a finding for each row that does not fit, at most `limit`, and one that counts the others.
    package static func findings(
        _ requests: PreflightResult.Requests, file: String, limit: Int = 50
    ) -> [Finding] {
        var findings = requests.invalid.prefix(limit).map { invalid in
            InvalidRequest.finding(
                "row \(invalid.row): " + (invalid.column.map { "\($0): " } ?? "") + invalid.message, file: file,
                subject: invalid.column)
        }
        if requests.invalid.count > limit {
            findings.append(
                InvalidRequest.finding("\(requests.invalid.count - limit) more values do not fit", file: file))
        }
        return findings
    }

    struct Problem {
        let column: String?
        let message: String
    }

    /// The columns of a contract, found by name or position.
    struct Columns {
        private let contract: InputContract
        private var byName: [String: Int] = [:]
        private let isNamed: Bool
        /// The one tensor whose rows are lists.
        private let tensor: ContractInput?

        init(_ contract: InputContract) {
            self.contract = contract
            for (index, input) in contract.inputs.enumerated() {
                if let name = input.name, byName[name] == nil { byName[name] = index }
            }
            isNamed = !byName.isEmpty
            let only = contract.inputs.count == 1 ? contract.inputs[0] : nil
            tensor = only?.shape != nil ? only : nil
        }

        func problems(of row: RequestTable.Row) -> [Problem] {
            if let tensor, row.cells.allSatisfy({ $0.name == nil || $0.name != tensor.name }) {
                return tensorProblems(of: row, tensor)
            }
            let rowIsNamed = row.cells.contains { $0.name != nil }
            return isNamed && (rowIsNamed || row.cells.isEmpty) ? named(row) : positioned(row)
        }

        /// A row of a single tensor: the numbers of its last dimensions.
        private func tensorProblems(of row: RequestTable.Row, _ tensor: ContractInput) -> [Problem] {
            guard let shape = tensor.shape else { return [] }
            let inner = Array(shape.dropFirst())
            if inner.isEmpty {
                guard row.cells.count == 1 else {
                    return [Problem(column: tensor.name, message: "one value belongs here, not \(row.cells.count)")]
                }
                return ValueCheck.problem(row.cells[0].value, tensor, isText: row.isText).map {
                    [Problem(column: tensor.name, message: $0)]
                } ?? []
            }
            if let wanted = inner[0], wanted != row.cells.count {
                return [
                    Problem(
                        column: tensor.name, message: "the row has \(row.cells.count) values, \(wanted) belong here")
                ]
            }
            for cell in row.cells {
                if let problem = ValueCheck.element(
                    cell.value, shape: inner.dropFirst(), of: tensor, isText: row.isText)
                {
                    return [Problem(column: tensor.name, message: problem)]
                }
            }
            return []
        }

        private func positioned(_ row: RequestTable.Row) -> [Problem] {
            // MLflow takes more columns than its signature counts; an estimator does not.
            let isTooLong = row.cells.count > contract.inputs.count && contract.extraColumns != .ignored
            guard row.cells.count >= contract.inputs.count, !isTooLong else {
                return [
                    Problem(
                        column: nil,
                        message: "the row has \(row.cells.count) values, the model takes \(contract.inputs.count)")
                ]
            }
            return zip(contract.inputs, row.cells).compactMap { input, cell in
                ValueCheck.problem(cell.value, input, isText: row.isText).map {
                    Problem(column: input.name ?? String(input.position), message: $0)
                }
            }
        }

        private func named(_ row: RequestTable.Row) -> [Problem] {
            var problems: [Problem] = []
            var seen: Set<Int> = []
            for cell in row.cells {
                guard let name = cell.name else { continue }
                guard let index = byName[name] else {
                    if contract.extraColumns == .error {
                        problems.append(
                            Problem(column: name, message: "the model refuses a column that it does not know"))
                    }
                    continue
                }
                guard seen.insert(index).inserted else {
                    problems.append(Problem(column: name, message: "the column is there twice"))
                    continue
                }
                let input = contract.inputs[index]
                let problem =
                    input.shape.map {
                        ValueCheck.element(cell.value, shape: $0.dropFirst(), of: input, isText: row.isText)
                    } ?? ValueCheck.problem(cell.value, input, isText: row.isText)
                if let problem { problems.append(Problem(column: name, message: problem)) }
            }
            for (index, input) in contract.inputs.enumerated()
            where !seen.contains(index) && input.required != false && byName[input.name ?? ""] == index {
                problems.append(Problem(column: input.name, message: "the column is missing"))
            }
            return problems
        }
    }
}
