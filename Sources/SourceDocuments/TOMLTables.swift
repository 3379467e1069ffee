/// The rules of tables: a table is defined once, by a header or by dotted keys of one section; inline tables and lists
/// that are values are never extended.
extension TOMLScanner {
    /// A table that is still being filled: headers and dotted keys add to it from anywhere in the text.
    final class Table {
        enum Entry {
            case node(DocumentNode)
            case table(Table)
            case tables([Table])
        }
        struct Slot {
            let key: String
            let keyPlace: SourcePosition
            var entry: Entry

            /// Whether headers made it a list of tables.
            var isList: Bool { if case .tables = entry { true } else { false } }
        }
        let place: SourcePosition
        var end: SourcePosition
        /// Whether a header, or dotted keys of an earlier section, defined it; nothing else may extend it.
        var isClosed = false
        private(set) var slots: [Slot] = []
        private var indices: [String: Int] = [:]

        init(at place: SourcePosition) {
            self.place = place
            end = place
        }

        /// Creates a table from the members that were read so far.
        convenience init(at place: SourcePosition, _ members: DocumentTable) {
            self.init(at: place)
            for member in members.members {
                append(Slot(key: member.key, keyPlace: member.keyPlace, entry: .node(member.value)))
            }
        }

        func index(of key: String) -> Int? {
            slots.count <= 8 ? slots.firstIndex { $0.key == key } : indices[key]
        }

        func append(_ slot: Slot) {
            if slots.count == 8 { for (index, slot) in slots.enumerated() { indices[slot.key] = index } }
            if slots.count >= 8 { indices[slot.key] = slots.count }
            slots.append(slot)
        }

        /// Adds a table to a list of tables; returns false, and adds nothing, when the slot is not one.
        ///
        /// Nothing else may refer to the list meanwhile: it would be copied for each of its tables.
        func appendTable(_ table: Table, at index: Int) -> Bool {
            guard case .tables(var tables) = slots[index].entry else { return false }
            slots[index].entry = .tables([])
            tables.append(table)
            slots[index].entry = .tables(tables)
            return true
        }

        /// Returns the table in a slot; nil when it is a value or a list of tables.
        func table(at index: Int) -> Table? {
            if case .table(let table) = slots[index].entry { table } else { nil }
        }
    }

    /// Every table's depth was limited when it was made, so the recursion is too.
    static func node(_ table: Table) -> DocumentNode {
        var members = DocumentTable()
        for slot in table.slots { _ = members.insert(member(slot)) }
        return DocumentNode(.table(members), range: SourceRange(start: table.place, end: table.end))
    }

    /// A member of a table, whose own tables are done.
    static func member(_ slot: Table.Slot) -> DocumentTable.Member {
        let value: DocumentNode
        switch slot.entry {
        case .node(let node): value = node
        case .table(let table): value = node(table)
        case .tables(let tables):
            let nodes = tables.map(node)
            let start = nodes.first?.range.start ?? slot.keyPlace
            value = DocumentNode(
                .array(nodes), range: SourceRange(start: start, end: nodes.last?.range.end ?? start))
        }
        return .init(key: slot.key, keyPlace: slot.keyPlace, value: value)
    }

    mutating func header(_ root: Table) throws(Failure) -> Table {
        let start = index
        index += 1
        let isArray = index < bytes.count && bytes[index] == UInt8(ascii: "[")
        if isArray { index += 1 }
        let keys = try dottedKey()
        guard index < bytes.count, bytes[index] == UInt8(ascii: "]") else { throw failure("] was expected") }
        index += 1
        if isArray {
            guard index < bytes.count, bytes[index] == UInt8(ascii: "]") else { throw failure("]] was expected") }
            index += 1
        }
        for table in dotted { table.isClosed = true }
        dotted.removeAll(keepingCapacity: true)
        let place = places.place(at: start)
        let parent = try descend(keys.dropLast(), from: root, place: place, isHeader: true)
        guard let key = keys.last else { throw failure("a key was expected") }
        let table = Table(at: place)
        table.isClosed = true
        if let slot = parent.index(of: key.name) {
            if isArray, parent.appendTable(table, at: slot) {
                try endOfLine()
                return table
            }
            guard !isArray, let existing = parent.table(at: slot), !existing.isClosed else {
                throw failure("duplicate key \"\(key.name)\"", at: key.offset)
            }
            existing.isClosed = true
            try endOfLine()
            return existing
        } else {
            parent.append(
                .init(key: key.name, keyPlace: place, entry: isArray ? .tables([table]) : .table(table)))
        }
        try endOfLine()
        return table
    }

    mutating func descend(_ keys: ArraySlice<Key>, from table: Table, place: SourcePosition, isHeader: Bool)
        throws(Failure) -> Table
    {
        var table = table
        for key in keys {
            guard let slot = table.index(of: key.name) else {
                let made = Table(at: place)
                table.append(.init(key: key.name, keyPlace: text.place(at: key.offset), entry: .table(made)))
                if !isHeader { dotted.append(made) }
                table = made
                continue
            }
            switch table.slots[slot].entry {
            case .table(let found):
                if !isHeader {
                    if found.isClosed { throw failure("the table \"\(key.name)\" is already defined", at: key.offset) }
                    dotted.append(found)
                }
                table = found
            case .tables(let tables):
                guard isHeader else { throw failure("the key \"\(key.name)\" is a list of tables", at: key.offset) }
                guard let last = tables.last else { throw failure("an empty list of tables", at: key.offset) }
                table = last
            case .node: throw failure("the key \"\(key.name)\" is not a table", at: key.offset)
            }
        }
        return table
    }

    mutating func assignment(into table: Table, depth: Int) throws(Failure) {
        if let key = plainKey() {
            skipBlanks()
            if table.index(of: key.name) != nil {
                throw failure("duplicate key \"\(key.name)\"", at: key.offset)
            }
            let keyPlace = places.place(at: key.offset)
            let value = try value(depth: depth + 1)
            table.append(.init(key: key.name, keyPlace: keyPlace, entry: .node(value)))
            return
        }
        let keys = try dottedKey()
        guard index < bytes.count, bytes[index] == UInt8(ascii: "=") else { throw failure("= was expected") }
        index += 1
        skipBlanks()
        guard let key = keys.last else { throw failure("a key was expected") }
        let place = places.place(at: keys[0].offset)
        let parent = try descend(keys.dropLast(), from: table, place: place, isHeader: false)
        if parent.index(of: key.name) != nil {
            throw failure("duplicate key \"\(key.name)\"", at: key.offset)
        }
        let keyPlace = places.place(at: key.offset)
        let value = try value(depth: depth + keys.count)
        parent.append(.init(key: key.name, keyPlace: keyPlace, entry: .node(value)))
    }
}
