import SourceDocuments

/// Reads whole tables of a SQLite database from its bytes (https://www.sqlite.org/fileformat2.html).
///
/// Read are rowid tables: interior and leaf pages, overflow pages, records, the schema, and what a write-ahead log adds. Left out:
/// indexes, tables without rowid, freed pages, and databases in UTF-16. An own reader of two hundred lines in place of the
/// library: it works on bytes of a layer, needs no file and no shared memory, and no byte of an image reaches C code.
package struct SQLiteFile {
    /// One column of a row.
    package enum Value: Hashable, Sendable {
        case null
        case integer(Int64)
        case real
        case text([UInt8])
        case blob([UInt8])
    }

    /// One row: its number and its columns.
    package struct Row: Hashable, Sendable {
        /// The rowid, which stands for a column `INTEGER PRIMARY KEY`.
        package let number: Int64
        /// The columns as the record has them; those that a later `ALTER TABLE` added may be missing at the end.
        package let columns: [Value]
    }

    /// The name that errors use.
    package let name: String
    private let bytes: [UInt8]
    private let pageSize: Int
    /// The bytes of a page without those that are set aside at its end.
    private let usable: Int
    private let pageCount: Int
    private let log: [Int: Int]
    private let logBytes: [UInt8]

    /// What each database begins with.
    package static let magic = Array("SQLite format 3\0".utf8)
    /// Pages below each other; a table of a terabyte has ten.
    private static let maximumDepth = 40

    /// Takes the bytes of a database, and those of the write-ahead log beside it; an empty log adds nothing.
    package init(_ bytes: [UInt8], log: [UInt8], name: String) throws(DocumentError) {
        self.name = name
        self.bytes = bytes
        guard bytes.count >= 100, bytes.starts(with: Self.magic) else {
            throw DocumentError(file: name, place: nil, reason: "it is not a SQLite database")
        }
        let written = Int(bytes[16]) << 8 | Int(bytes[17])
        let pageSize = written == 1 ? 65536 : written
        guard pageSize >= 512, pageSize <= 65536, pageSize & (pageSize - 1) == 0 else {
            throw DocumentError(file: name, place: nil, reason: "damaged: pages of \(pageSize) bytes")
        }
        self.pageSize = pageSize
        usable = pageSize - Int(bytes[20])
        guard usable >= 480 else {
            throw DocumentError(file: name, place: nil, reason: "damaged: a page has \(usable) bytes of use")
        }
        guard bytes[59] <= 1, bytes[56] == 0, bytes[57] == 0, bytes[58] == 0 else {
            throw DocumentError(file: name, place: nil, reason: "its texts are in UTF-16, which is not supported")
        }
        let found = SQLiteWriteAheadLog(log, pageSize: pageSize)
        self.log = found.pages
        logBytes = log
        pageCount = found.pageCount ?? bytes.count / pageSize
        // The header's count is valid only where the version that wrote it is the last that changed the file.
        let stated = bytes[28..<32].reduce(0) { $0 << 8 | Int($1) }
        if found.pageCount == nil, bytes[24..<28] == bytes[92..<96], stated > bytes.count / pageSize {
            throw DocumentError(
                file: name, place: nil,
                reason: "damaged: it has \(bytes.count / pageSize) of its \(stated) pages")
        }
    }

    /// Whether the schema has a table.
    package func hasTable(_ table: String) throws(DocumentError) -> Bool { try schemaRow(of: table) != nil }

    /// The names of a table's columns in the order of its records; nil when there is no such table.
    package func columnNames(ofTable table: String) throws(DocumentError) -> [String]? {
        guard let row = try schemaRow(of: table) else { return nil }
        guard row.columns.count >= 5, case .text(let statement) = row.columns[4],
            let names = SQLiteTableStatement.columnNames(statement)
        else { throw damaged("the statement that creates \(table)") }
        return names
    }

    private func schemaRow(of table: String) throws(DocumentError) -> Row? {
        let (kind, name) = (Value.text(Array("table".utf8)), Value.text(Array(table.utf8)))
        return try rows(fromPage: 1).first { $0.columns.count >= 4 && $0.columns[0] == kind && $0.columns[1] == name }
    }

    /// All rows of a table in their order; nil when there is no such table.
    package func rows(ofTable table: String) throws(DocumentError) -> [Row]? {
        guard let row = try schemaRow(of: table) else { return nil }
        guard case .integer(let root) = row.columns[3], root > 0, root <= pageCount else {
            throw damaged("the table \(table) has no place")
        }
        return try rows(fromPage: Int(root))
    }

    private func rows(fromPage root: Int) throws(DocumentError) -> [Row] {
        var rows: [Row] = []
        var seen: Set<Int> = []
        var pending = [(page: root, depth: 0)]
        while let (number, depth) = pending.popLast() {
            // Each page is read once, so that pages that name each other end.
            guard depth < Self.maximumDepth, seen.insert(number).inserted else {
                throw damaged("the pages of a table lead in a circle at page \(number)")
            }
            let page = try page(number)
            let header = page.startIndex + (number == 1 ? 100 : 0)
            let type = try byte(page, header)
            let count = try integer(page, header + 3, 2)
            switch type {
            case UInt8(ascii: "\r"):
                for index in 0..<count {
                    let cell = page.startIndex + (try integer(page, header + 8 + 2 * index, 2))
                    rows.append(try row(page, cell))
                }
            case 0x05:
                var children: [Int] = []
                for index in 0..<count {
                    let cell = page.startIndex + (try integer(page, header + 12 + 2 * index, 2))
                    children.append(try integer(page, cell, 4))
                }
                children.append(try integer(page, header + 8, 4))
                pending.append(contentsOf: children.reversed().map { ($0, depth + 1) })
            default: throw damaged("page \(number) is not a page of a table")
            }
        }
        return rows
    }

    private func row(_ page: ArraySlice<UInt8>, _ start: Int) throws(DocumentError) -> Row {
        var place = start
        let size = try variable(page, &place)
        let number = try variable(page, &place)
        // More than the file holds is not allocated.
        guard size >= 0, size <= Int64(bytes.count) + Int64(logBytes.count) else {
            throw damaged("a row of \(size) bytes")
        }
        return Row(number: number, columns: try columns(try payload(page, place, Int(size))))
    }

    /// The bytes of a row: the first of them in its page, the rest in a chain of pages.
    private func payload(_ page: ArraySlice<UInt8>, _ start: Int, _ size: Int) throws(DocumentError) -> [UInt8] {
        let most = usable - 35
        var local = size
        if size > most {
            let least = (usable - 12) * 32 / 255 - 23
            let filled = least + (size - least) % (usable - 4)
            local = filled <= most ? filled : least
        }
        guard start >= page.startIndex, local >= 0, start <= page.startIndex + usable - local else {
            throw damaged("a row leaves its page")
        }
        var payload = Array(page[start..<start + local])
        if local == size { return payload }
        payload.reserveCapacity(size)
        var next = try integer(page, start + local, 4)
        while payload.count < size {
            // Each page of the chain adds bytes, so that a circle ends with the size.
            let more = try self.page(next)
            next = try integer(more, more.startIndex, 4)
            payload += more[(more.startIndex + 4)..<(more.startIndex + usable)].prefix(size - payload.count)
        }
        return payload
    }

    private func columns(_ payload: [UInt8]) throws(DocumentError) -> [Value] {
        let record = payload[...]
        var place = 0
        let header = try variable(record, &place)
        guard header >= Int64(place), header <= Int64(payload.count) else { throw damaged("the header of a row") }
        let end = Int(header)
        var values: [Value] = []
        var data = end
        while place < end {
            let type = try variable(record[..<end], &place)
            let size: Int
            switch type {
            case 0, 8, 9: size = 0
            case 1...4: size = Int(type)
            case 5: size = 6
            case 6, 7: size = 8
            case 12...: size = Int(clamping: (type - 12) / 2)
            default: throw damaged("a column of type \(type)")
            }
            guard size <= payload.count - data else { throw damaged("a column leaves its row") }
            let field = payload[data..<data + size]
            data += size
            switch type {
            case 0: values.append(.null)
            case 7: values.append(.real)
            case 8: values.append(.integer(0))
            case 9: values.append(.integer(1))
            case 1...6:
                let isNegative = (field.first ?? 0) & 0x80 != 0
                values.append(.integer(field.reduce(isNegative ? -1 : 0) { $0 << 8 | Int64($1) }))
            default: values.append(type % 2 == 0 ? .blob(Array(field)) : .text(Array(field)))
            }
        }
        return values
    }

    private func page(_ number: Int) throws(DocumentError) -> ArraySlice<UInt8> {
        guard number >= 1, number <= pageCount else { throw damaged("there is no page \(number)") }
        if let offset = log[number] { return logBytes[offset..<offset + pageSize] }
        let start = (number - 1) * pageSize
        guard start <= bytes.count - pageSize else { throw damaged("it ends before its page \(number)") }
        return bytes[start..<start + pageSize]
    }

    private func byte(_ page: ArraySlice<UInt8>, _ index: Int) throws(DocumentError) -> UInt8 {
        guard page.indices.contains(index) else { throw damaged("a place outside of its page") }
        return page[index]
    }

    private func integer(_ page: ArraySlice<UInt8>, _ index: Int, _ count: Int) throws(DocumentError) -> Int {
        guard index >= page.startIndex, index <= page.endIndex - count else {
            throw damaged("a place outside of its page")
        }
        return page[index..<index + count].reduce(0) { $0 << 8 | Int($1) }
    }

    /// An integer of one to nine bytes, seven bits each, the ninth with eight.
    private func variable(_ page: ArraySlice<UInt8>, _ place: inout Int) throws(DocumentError) -> Int64 {
        var value: UInt64 = 0
        for index in 0..<9 {
            let next = try byte(page, place)
            place += 1
            if index == 8 { return Int64(bitPattern: value << 8 | UInt64(next)) }
            value = value << 7 | UInt64(next & 0x7F)
            if next & 0x80 == 0 { break }
        }
        return Int64(bitPattern: value)
    }

    private func damaged(_ what: String) -> DocumentError {
        DocumentError(file: name, place: nil, reason: "damaged: \(what)")
    }
}
