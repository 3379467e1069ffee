import SourceDocuments

/// Reads requests: JSON lines, a JSON array, a body as MLflow's server takes it, or CSV with a header
/// (https://mlflow.org/docs/latest/ml/deployment/deploy-model-locally/#json-input).
package enum RequestReader {
    /// Why requests could not be read.
    package struct Failure: Error, Sendable, CustomStringConvertible {
        /// `file:line: reason`.
        package let description: String
    }

    /// The keys of a body with the rows in it.
    private static let envelopes: Set<String> = [
        "dataframe_split", "dataframe_records", "instances", "inputs",
    ]

    /// Reads a whole text.
    package static func read(_ text: SourceText) throws(Failure) -> RequestTable {
        var bytes = text.bytes[...]
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
        guard let first = bytes.first(where: { $0 > UInt8(ascii: " ") }) else {
            throw Failure(description: "\(text.name): it holds no rows")
        }
        var table = RequestTable()
        if first != UInt8(ascii: "{"), first != UInt8(ascii: "[") {
            table = try csv(Array(bytes), name: text.name)
        } else {
            do throws(DocumentError) {
                add(try JSONReader.read(text), to: &table, isList: true)
            } catch {
                // More than one value: a line each.
                try lines(bytes, name: text.name, whole: error, into: &table)
            }
        }
        guard table.rows.count <= RequestTable.maximumRows else {
            throw Failure(description: "\(text.name): it has more than \(RequestTable.maximumRows) rows")
        }
        return table
    }

    /// Returns the rows of one body; a split one is the value of `dataframe_split`.
    static func body(_ value: DocumentNode, isSplit: Bool) -> RequestTable {
        var table = RequestTable()
        if isSplit {
            add(.init(key: "dataframe_split", keyPlace: value.place, value: value), to: &table)
        } else {
            add(value, to: &table, isList: false)
        }
        return table
    }

    private static func lines(
        _ bytes: ArraySlice<UInt8>, name: String, whole: DocumentError, into table: inout RequestTable
    ) throws(Failure) {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard lines.count(where: { $0.contains { $0 > UInt8(ascii: " ") } }) > 1 else {
            throw Failure(description: whole.description)
        }
        for (index, line) in lines.enumerated() where line.contains(where: { $0 > UInt8(ascii: " ") }) {
            let value: DocumentNode
            do throws(DocumentError) {
                value = try JSONReader.read(SourceText(name: name, bytes: Array(line)))
            } catch {
                throw Failure(description: index == 0 ? whole.description : "\(name):\(index + 1): \(error.reason)")
            }
            add(value, to: &table, isList: false)
        }
    }

    // MARK: JSON

    /// Adds what one JSON value holds; the list of a whole document is a list of rows, that of a line one row.
    private static func add(_ value: DocumentNode, to table: inout RequestTable, isList: Bool) {
        if isList, let items = value.array {
            for item in items { table.rows.append(row(item)) }
        } else if let object = value.table, let member = object.members.first(where: { envelopes.contains($0.key) }),
            member.value.array != nil || member.value.table != nil
        {
            add(member, to: &table)
        } else {
            table.rows.append(row(value))
        }
    }

    private static func row(_ value: DocumentNode) -> RequestTable.Row {
        var row = RequestTable.Row()
        if let object = value.table {
            row.cells = object.members.map { .init(name: $0.key, value: $0.value) }
        } else if let items = value.array {
            row.cells = items.map { .init(name: nil, value: $0) }
        } else if value.isNull {
            row.problem = "the row is null"
        } else {
            row.cells = [.init(name: nil, value: value)]
        }
        return row
    }

    private static func add(_ body: DocumentTable.Member, to table: inout RequestTable) {
        switch body.key {
        case "dataframe_split":
            guard let object = body.value.table, let data = object["data"]?.array else {
                return refuse("dataframe_split has no list of data", &table)
            }
            let columns = object["columns"]?.array?.map(\.text)
            for item in data {
                guard let values = item.array else {
                    refuse("a row of dataframe_split is not a list", &table)
                    continue
                }
                guard columns.map({ $0.count == values.count }) ?? true else {
                    refuse("the row has \(values.count) values for \(columns?.count ?? 0) columns", &table)
                    continue
                }
                var row = RequestTable.Row()
                row.cells = values.enumerated().map { .init(name: columns?[$0.offset], value: $0.element) }
                table.rows.append(row)
            }
        case "inputs" where body.value.table != nil:
            columns(body.value.table?.members ?? [], into: &table)
        default:
            guard let items = body.value.array else { return refuse("\(body.key) is not a list", &table) }
            for item in items { table.rows.append(row(item)) }
        }
    }

    /// A table of columns, each a list of the same length, or of one value each.
    private static func columns(_ members: [DocumentTable.Member], into table: inout RequestTable) {
        var whole = RequestTable.Row()
        whole.cells = members.map { .init(name: $0.key, value: $0.value) }
        table.whole = whole
        let lists = members.map { $0.value.array }
        let count = lists.first?.map(\.count) ?? 1
        guard lists.allSatisfy({ ($0?.count ?? 1) == count }), count <= RequestTable.maximumRows else {
            return refuse("the columns of inputs have different lengths", &table)
        }
        for index in 0..<count {
            var row = RequestTable.Row()
            for (member, list) in zip(members, lists) {
                row.cells.append(.init(name: member.key, value: list?[index] ?? member.value))
            }
            table.rows.append(row)
        }
    }

    private static func refuse(_ problem: String, _ table: inout RequestTable) {
        var row = RequestTable.Row()
        row.problem = problem
        table.rows.append(row)
    }

    // MARK: CSV

    /// Reads CSV (RFC 4180) whose first line names the columns; an empty field is a missing value.
    private static func csv(_ bytes: [UInt8], name: String) throws(Failure) -> RequestTable {
        var table = RequestTable()
        var header: [String]?
        var fields: [(text: [UInt8], isQuoted: Bool)] = []
        var field: [UInt8] = []
        var isQuoted = false
        var isOpen = false
        var line = 1
        var index = 0
        func endField() {
            fields.append((field, isQuoted))
            field = []
            isQuoted = false
        }
        func endRow() throws(Failure) {
            defer { fields = [] }
            if fields.count == 1, fields[0].text.isEmpty, !fields[0].isQuoted { return }
            guard let header else {
                let names = fields.map { String(decoding: $0.text, as: UTF8.self) }
                guard Set(names).count == names.count else {
                    throw Failure(description: "\(name):1: a column of the header is there twice")
                }
                return header = names
            }
            var row = RequestTable.Row()
            row.isText = true
            if fields.count != header.count {
                row.problem = "the row has \(fields.count) values for \(header.count) columns"
            }
            let place = SourcePosition(line: line, column: 1)
            row.cells = zip(header, fields).map { column, field in
                let text = String(decoding: field.text, as: UTF8.self)
                let isMissing = field.text.isEmpty && !field.isQuoted
                return .init(name: column, value: DocumentNode(isMissing ? .null : .string(text), at: place))
            }
            table.rows.append(row)
        }
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if isOpen {
                if byte == UInt8(ascii: "\"") {
                    if index < bytes.count, bytes[index] == byte {
                        field.append(byte)
                        index += 1
                    } else {
                        isOpen = false
                    }
                } else {
                    if byte == UInt8(ascii: "\n") { line += 1 }
                    field.append(byte)
                }
            } else if byte == UInt8(ascii: "\""), field.isEmpty {
                isOpen = true
                isQuoted = true
            } else if byte == UInt8(ascii: ",") {
                endField()
            } else if byte == UInt8(ascii: "\r"), index < bytes.count, bytes[index] == UInt8(ascii: "\n") {
                // The carriage return of the line's end; one in quotation marks is a part of the field.
                continue
            } else if byte == UInt8(ascii: "\n") {
                endField()
                try endRow()
                line += 1
            } else {
                field.append(byte)
            }
        }
        guard !isOpen else { throw Failure(description: "\(name):\(line): a quoted field is not closed") }
        if !field.isEmpty || isQuoted || !fields.isEmpty {
            endField()
            try endRow()
        }
        guard header != nil else { throw Failure(description: "\(name): it holds no rows") }
        return table
    }
}
