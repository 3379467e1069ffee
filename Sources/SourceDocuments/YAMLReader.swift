internal import CYAML

/// Reads one YAML document through libyaml's events and keeps the position of every key and value.
///
/// Grammar: YAML 1.1 as libyaml reads it (https://yaml.org/spec/1.1/), with the core scalars of YAML 1.2
/// (https://yaml.org/spec/1.2.2/#103-core-schema): `yes` and `off` stay strings, `0o17` is an integer. A plain scalar keeps
/// its text beside its value (``DocumentNode/text``), so `3.10` is not 3.1. Anchors, aliases and merge keys (`<<`) are
/// followed. Refused: a duplicate key in one mapping, a key that is not a scalar, more than one document, an alias inside of its own
/// anchor, aliases that add more than 100,000 values, values deeper than 128 levels, and text that is not UTF-8. Tags of
/// applications (`!name`) are ignored.
package enum YAMLReader {
    /// Reads a whole text; an empty one is null.
    package static func read(_ text: SourceText) throws(DocumentError) -> DocumentNode {
        let start = try UnicodeChecking.start(of: text)
        if let node = YAMLBlockReader.read(text, contentStart: start) { return node }
        return try readEvents(text, contentStart: start)
    }

    /// Reads a whole text and hands on each item of one list of its mapping, so that no tree of all of them is kept: that
    /// of a large lock costs more than to read it.
    ///
    /// - Parameters:
    ///   - key: the key of the list; where its value is not a list, `take` is not called.
    ///   - taker: creates the receiver of the items of one piece of the text; each piece is read on one thread.
    ///   - take: is called for an item as soon as it was read, also when the text is refused later.
    /// - Returns: the mapping, in which the list is empty, and the receivers in the order of their pieces.
    package static func read<Taker: AnyObject & Sendable>(
        _ text: SourceText, itemsOf key: String, taker: @escaping @Sendable () -> Taker,
        take: @escaping @Sendable (DocumentNode, Taker) -> Void
    ) throws(DocumentError) -> (root: DocumentNode, takers: [Taker]) {
        let start = try UnicodeChecking.start(of: text)
        let items = YAMLBlockReader.Items(key: key, start: taker, take: take)
        if let read = YAMLBlockReader.read(text, contentStart: start, items) { return read }
        let whole = try readEvents(text, contentStart: start)
        guard let table = whole.table, let list = table[key], let nodes = list.array else { return (whole, []) }
        var rest = DocumentTable()
        for member in table.members {
            _ = rest.insert(
                member.key == key
                    ? .init(key: key, keyPlace: member.keyPlace, value: DocumentNode(.array([]), range: list.range))
                    : member)
        }
        let all = taker()
        for node in nodes { take(node, all) }
        return (DocumentNode(.table(rest), range: whole.range), [all])
    }

    /// Reads the documents of a text that may hold several, as `---` separates them.
    ///
    /// - Parameter acceptsDuplicates: whether the first one of a key is kept that a mapping has twice; else that is an error.
    /// - Returns: the documents before the first error, and that error; an empty document is null.
    package static func readAll(
        _ text: SourceText, acceptsDuplicates: Bool = false
    ) -> (documents: [DocumentNode], error: DocumentError?) {
        var documents: [DocumentNode] = []
        do throws(DocumentError) {
            let start = try UnicodeChecking.start(of: text)
            if let node = YAMLBlockReader.read(text, contentStart: start) { return ([node], nil) }
            let reader = YAMLEventReader(text, contentStart: start)
            reader.acceptsDuplicates = acceptsDuplicates
            try reader.documents { documents.append($0) }
            return (documents, nil)
        } catch { return (documents, error) }
    }

    /// Reads a whole text through libyaml, whatever it holds.
    static func readEvents(_ text: SourceText, contentStart start: Int) throws(DocumentError) -> DocumentNode {
        let reader = YAMLEventReader(text, contentStart: start)
        return try reader.document()
    }

    /// A key that one mapping has twice, and the keys of the mappings around it.
    package struct DuplicateKey: Sendable {
        /// The keys from the root on, the key itself last.
        package let path: [String]
        /// The position of the second one.
        package let place: SourcePosition
    }

    /// A tag of a value.
    package struct Tag: Sendable, Hashable {
        /// The tag, its handle and its percent escapes resolved: `!new:a.B`, `tag:yaml.org,2002:str`.
        package let text: String
        /// The line of the value, the first being 1.
        package let line: Int
    }

    /// Lists the tags of a text in their order, through all of its documents (https://yaml.org/spec/1.1/#id864687).
    package static func tags(_ text: SourceText) throws(DocumentError) -> [Tag] {
        let reader = YAMLEventReader(text, contentStart: try UnicodeChecking.start(of: text))
        return try reader.tags()
    }

    /// Reads a whole text and accepts duplicate keys, of which it keeps the first.
    ///
    /// - Returns: the root, and the keys that were there before.
    package static func readWithDuplicates(
        _ text: SourceText
    ) throws(DocumentError) -> (root: DocumentNode, duplicates: [DuplicateKey]) {
        let reader = YAMLEventReader(text, contentStart: try UnicodeChecking.start(of: text))
        reader.acceptsDuplicates = true
        let root = try reader.document()
        return (root, reader.duplicates)
    }
}

/// One anchored value and how many values it holds, which is what each of its aliases costs.
private struct YAMLAnchor {
    let node: DocumentNode
    let valueCount: Int
}

private final class YAMLEventReader {
    private static let maximumAliasedValues = 100_000

    private let text: SourceText
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeMutableBufferPointer<UInt8>
    private var event = yaml_event_t()
    private var hasEvent = false
    private var isInitialized = false
    private var anchors: [String: YAMLAnchor] = [:]
    private var valueCount = 0
    private var aliasedValues = 0
    private var places: PlaceCursor
    private var scalarCursor: (index: Int, offset: Int)
    private let contentStart: Int
    private var path: [String] = []
    var acceptsDuplicates = false
    private(set) var duplicates: [YAMLReader.DuplicateKey] = []

    init(_ text: SourceText, contentStart: Int) {
        self.text = text
        self.contentStart = contentStart
        places = PlaceCursor(text)
        scalarCursor = (0, contentStart)
        // libyaml keeps the pointer until the parser is deleted: the bytes need an address of their own.
        input = .allocate(capacity: max(text.bytes.count, 1))
        _ = input.initialize(from: text.bytes)
        parser = .allocate(capacity: 1)
        isInitialized = yaml_parser_initialize(parser) == 1
        if isInitialized {
            yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
            if let base = input.baseAddress {
                yaml_parser_set_input_string(parser, base + contentStart, text.bytes.count - contentStart)
            }
        }
    }

    deinit {
        if hasEvent { yaml_event_delete(&event) }
        if isInitialized { yaml_parser_delete(parser) }
        parser.deallocate()
        input.deallocate()
    }

    // MARK: Events

    private func advance() throws(DocumentError) {
        if hasEvent { yaml_event_delete(&event) }
        hasEvent = false
        guard isInitialized, yaml_parser_parse(parser, &event) == 1 else { throw parserError() }
        hasEvent = true
    }

    private func parserError() -> DocumentError {
        let state = parser.pointee
        guard let problem = state.problem else {
            return DocumentError(file: text.name, place: nil, reason: "is not YAML: out of memory")
        }
        var reason = "is not YAML: " + String(cString: problem)
        if state.error == YAML_READER_ERROR {
            return DocumentError(
                file: text.name, place: text.place(at: contentStart + Int(clamping: state.problem_offset)),
                reason: reason)
        }
        if let context = state.context { reason += " " + String(cString: context) }
        return DocumentError(file: text.name, place: place(state.problem_mark), reason: reason)
    }

    private func error(_ reason: String, at place: SourcePosition) -> DocumentError {
        DocumentError(file: text.name, place: place, reason: reason)
    }

    /// libyaml counts Unicode scalars; positions count bytes.
    private func place(_ mark: yaml_mark_t) -> SourcePosition {
        let target = Int(clamping: mark.index)
        if target < scalarCursor.index { scalarCursor = (0, contentStart) }
        var (index, offset) = scalarCursor
        text.bytes.withUnsafeBufferPointer { bytes in
            while index < target, offset < bytes.count {
                offset += 1
                while offset < bytes.count, bytes[offset] & 0xC0 == 0x80 { offset += 1 }
                index += 1
            }
        }
        scalarCursor = (index, offset)
        return places.place(at: offset)
    }

    // MARK: The document

    func document() throws(DocumentError) -> DocumentNode {
        guard isInitialized else { throw DocumentError(file: text.name, place: nil, reason: "out of memory") }
        try advance()
        try advance()
        if event.type == YAML_STREAM_END_EVENT { return DocumentNode(.null, at: text.place(at: contentStart)) }
        try advance()
        let node = try node(depth: 0)
        try advance()
        try advance()
        guard event.type == YAML_STREAM_END_EVENT else {
            throw error("a second document starts here; only one is supported", at: place(event.start_mark))
        }
        return node
    }

    /// Reads all documents; an anchor is known in its own one only.
    func documents(_ take: (DocumentNode) -> Void) throws(DocumentError) {
        guard isInitialized else { throw DocumentError(file: text.name, place: nil, reason: "out of memory") }
        try advance()
        while true {
            try advance()
            if event.type == YAML_STREAM_END_EVENT { return }
            anchors.removeAll()
            try advance()
            take(try node(depth: 0))
            try advance()
        }
    }

    /// The tags of all events, without a tree of their values.
    func tags() throws(DocumentError) -> [YAMLReader.Tag] {
        guard isInitialized else { throw DocumentError(file: text.name, place: nil, reason: "out of memory") }
        var tags: [YAMLReader.Tag] = []
        while true {
            try advance()
            let tag: UnsafeMutablePointer<yaml_char_t>?
            switch event.type {
            case YAML_STREAM_END_EVENT: return tags
            case YAML_SCALAR_EVENT: tag = event.data.scalar.tag
            case YAML_SEQUENCE_START_EVENT: tag = event.data.sequence_start.tag
            case YAML_MAPPING_START_EVENT: tag = event.data.mapping_start.tag
            default: tag = nil
            }
            if let tag { tags.append(.init(text: Self.string(tag), line: place(event.start_mark).line)) }
        }
    }

    /// Reads the value whose first event is the current one, and leaves its last event current.
    private func node(depth: Int) throws(DocumentError) -> DocumentNode {
        let start = place(event.start_mark)
        guard depth < UnicodeChecking.maximumDepth else {
            throw error("values are nested more than \(UnicodeChecking.maximumDepth) levels deep", at: start)
        }
        valueCount += 1
        let before = valueCount
        let anchor: String?
        let node: DocumentNode
        switch event.type {
        case YAML_ALIAS_EVENT:
            return try alias(at: start)
        case YAML_SCALAR_EVENT:
            anchor = event.data.scalar.anchor.map(Self.string)
            node = scalar(at: start)
        case YAML_SEQUENCE_START_EVENT:
            anchor = event.data.sequence_start.anchor.map(Self.string)
            node = try sequence(at: start, depth: depth)
        case YAML_MAPPING_START_EVENT:
            anchor = event.data.mapping_start.anchor.map(Self.string)
            node = try mapping(at: start, depth: depth)
        default:
            throw error("a value was expected", at: start)
        }
        if let anchor { anchors[anchor] = YAMLAnchor(node: node, valueCount: valueCount - before + 1) }
        return node
    }

    private static func string(_ bytes: UnsafeMutablePointer<yaml_char_t>) -> String { String(cString: bytes) }

    private func alias(at place: SourcePosition) throws(DocumentError) -> DocumentNode {
        let name = event.data.alias.anchor.map(Self.string) ?? ""
        guard let anchor = anchors[name] else {
            throw error("the alias *\(name) has no anchor before it", at: place)
        }
        valueCount += anchor.valueCount
        aliasedValues += anchor.valueCount
        guard aliasedValues <= Self.maximumAliasedValues else {
            throw error("aliases add more than \(Self.maximumAliasedValues) values", at: place)
        }
        return anchor.node
    }

    private func sequence(at start: SourcePosition, depth: Int) throws(DocumentError) -> DocumentNode {
        var elements: [DocumentNode] = []
        while true {
            try advance()
            if event.type == YAML_SEQUENCE_END_EVENT { break }
            elements.append(try node(depth: depth + 1))
        }
        return DocumentNode(.array(elements), range: SourceRange(start: start, end: place(event.end_mark)))
    }

    private func mapping(at start: SourcePosition, depth: Int) throws(DocumentError) -> DocumentNode {
        var table = DocumentTable()
        var merged: [DocumentNode] = []
        while true {
            try advance()
            if event.type == YAML_MAPPING_END_EVENT { break }
            let keyPlace = place(event.start_mark)
            let isPlain = event.type == YAML_SCALAR_EVENT && event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE
            let keyNode = try node(depth: depth + 1)
            guard let key = keyNode.text ?? (keyNode.isNull ? keyNode.raw : nil) else {
                throw error("a key must be a scalar", at: keyPlace)
            }
            try advance()
            path.append(key)
            let value = try node(depth: depth + 1)
            if isPlain, key == "<<" {
                merged += value.array ?? [value]
            } else if !table.insert(.init(key: key, keyPlace: keyPlace, value: value)) {
                guard acceptsDuplicates else { throw error("duplicate key \"\(key)\"", at: keyPlace) }
                duplicates.append(.init(path: path, place: keyPlace))
            }
            path.removeLast()
        }
        for node in merged {
            guard let other = node.table else { throw error("only mappings can be merged", at: node.place) }
            // Keys of the mapping itself, and of an earlier merge, take precedence.
            for member in other.members { _ = table.insert(member) }
        }
        return DocumentNode(.table(table), range: SourceRange(start: start, end: place(event.end_mark)))
    }

    // MARK: Scalars

    private func scalar(at start: SourcePosition) -> DocumentNode {
        let scalar = event.data.scalar
        let written =
            scalar.value.map { String(decoding: UnsafeBufferPointer(start: $0, count: scalar.length), as: UTF8.self) }
            ?? ""
        let range = SourceRange(start: start, end: place(event.end_mark))
        var typed = scalar.style == YAML_PLAIN_SCALAR_STYLE
        if let tag = scalar.tag.map(Self.string), tag.hasPrefix("tag:yaml.org,2002:") {
            // An explicit standard tag: `!!str 3.10` is a string, `!!float "3.10"` is none.
            typed = !tag.hasSuffix(":str")
        }
        guard typed, let value = YAMLCoreSchema.value(written) else {
            return DocumentNode(.string(written), range: range)
        }
        return DocumentNode(value, range: range, raw: written)
    }
}
