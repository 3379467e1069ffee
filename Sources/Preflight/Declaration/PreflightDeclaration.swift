import EnvironmentInventory
import SourceDocuments

/// What `preflight.toml` says: references for what no other format holds (docs/preflight.md).
package struct PreflightDeclaration: Sendable {
    /// The name of the file in the model's root or beside it.
    package static let fileName = "preflight.toml"
    /// The value of its `schema`.
    package static let schema = "pinproof/preflight-declaration/1"

    /// A text with the line on which it stands.
    package struct Entry: Sendable, Hashable {
        /// The text as written.
        package let text: String
        /// The range of the value in the declaration.
        package let range: SourceRange

        /// The line, the first being 1.
        package var line: Int { range.start.line }

        /// Creates an entry.
        package init(text: String, range: SourceRange) {
            self.text = text
            self.range = range
        }
    }

    /// A rule that does not count until a day.
    package struct Waiver: Sendable, Hashable {
        /// The name of the rule.
        package let rule: String
        /// The last day on which it does not count.
        package let until: CalendarDate
        /// Why.
        package let reason: String
        /// The range of the value in the declaration.
        package let range: SourceRange
    }

    /// The document as findings and errors name it.
    package let file: String
    /// The schema beside the model.
    package private(set) var contract: Entry?
    /// The digest of the previous model's tree.
    package private(set) var previousModel: Entry?
    /// The image that takes over.
    package private(set) var previousImage: Entry?
    /// The file that says what is served, or `mlflow:NAME@ALIAS`.
    package private(set) var rollbackSwitch: Entry?
    /// How the rollback is done.
    package private(set) var rollbackRunbook: Entry?
    /// The statistics of the model's answers.
    package private(set) var baseline: Entry?
    /// The outputs that the baseline has to cover.
    package private(set) var outputs: [Entry]?
    /// The alerts, `FILE#NAME` each.
    package private(set) var alerts: [Entry]?
    /// Who owns the model.
    package private(set) var owner: Entry?
    /// Who is paged.
    package private(set) var onCall: Entry?
    /// What whoever is paged does.
    package private(set) var runbook: Entry?
    /// The rules that do not count for a while.
    package private(set) var waivers: [Waiver] = []

    /// Reads the text of a declaration.
    ///
    /// - Parameter rules: the names that `[waive]` may have.
    /// - Throws: ``DocumentError`` for a text that is not TOML, an unknown key, a value of another type, another schema, a
    ///   digest or a date that is none.
    package init(_ text: SourceText, rules: Set<String>) throws(DocumentError) {
        file = text.name
        guard let root = try TOMLReader.read(text).table else {
            throw DocumentError(file: text.name, place: nil, reason: "it is not a table")
        }
        let keys = DeclarationKeys(file: text.name)
        try keys.check(root, "", ["schema", "input", "rollback", "monitoring", "ownership", "waive"])
        guard let schema = try keys.text(root, "", "schema") else {
            throw DocumentError(file: text.name, place: nil, reason: "it has no schema = \"\(Self.schema)\"")
        }
        guard schema.text == Self.schema else {
            throw DocumentError(
                file: text.name, place: schema.range.start,
                reason: "its schema is \(schema.text), this program knows \(Self.schema)")
        }
        if let table = try keys.table(root, "input", ["contract"]) {
            contract = try keys.text(table, "input.", "contract")
        }
        if let table = try keys.table(root, "rollback", ["model", "image", "switch", "runbook"]) {
            previousModel = try keys.text(table, "rollback.", "model")
            previousImage = try keys.text(table, "rollback.", "image")
            rollbackSwitch = try keys.text(table, "rollback.", "switch")
            rollbackRunbook = try keys.text(table, "rollback.", "runbook")
        }
        if let table = try keys.table(root, "monitoring", ["baseline", "outputs", "alerts"]) {
            baseline = try keys.text(table, "monitoring.", "baseline")
            outputs = try keys.texts(table, "monitoring.", "outputs")
            alerts = try keys.texts(table, "monitoring.", "alerts")
        }
        if let table = try keys.table(root, "ownership", ["owner", "on-call", "runbook"]) {
            owner = try keys.text(table, "ownership.", "owner", mayBeEmpty: true)
            onCall = try keys.text(table, "ownership.", "on-call", mayBeEmpty: true)
            runbook = try keys.text(table, "ownership.", "runbook", mayBeEmpty: true)
        }
        if let table = try keys.table(root, "waive", nil) {
            waivers = try keys.waivers(table, rules)
        }
        if let entry = previousModel, Digest(entry.text)?.algorithm != .sha256 {
            throw keys.error(entry.range, "rollback.model", "is not a sha256:HEX, the treeDigest of a model")
        }
        if let entry = previousImage, ImageReference(entry.text) == nil {
            throw keys.error(entry.range, "rollback.image", "is not a name of an image")
        }
        for entry in alerts ?? [] {
            let parts = entry.text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count != 2 || parts[0].isEmpty || parts[1].isEmpty {
                throw keys.error(entry.range, "monitoring.alerts", "is not a FILE#ALERT")
            }
        }
    }

    /// The files that `[monitoring]` names, without what follows a `#`.
    package var monitoringFiles: [String] {
        [baseline?.text].compactMap { $0 } + (alerts ?? []).map { String($0.text.prefix { $0 != "#" }) }
    }

    /// The waivers that count on a day, and those that do so no more.
    package func waivers(on day: CalendarDate) -> (current: [Waiver], expired: [Waiver]) {
        (waivers.filter { $0.until >= day }, waivers.filter { $0.until < day })
    }
}

/// Reads tables strictly: what is not known by name and type is an error.
private struct DeclarationKeys {
    let file: String

    /// The greatest number of entries of a list.
    private static let maximumCount = 10_000

    func error(_ range: SourceRange, _ key: String, _ reason: String) -> DocumentError {
        DocumentError(file: file, place: range.start, reason: "\(key) \(reason)")
    }

    func check(_ table: DocumentTable, _ prefix: String, _ known: [String]) throws(DocumentError) {
        for member in table.members where !known.contains(member.key) {
            throw DocumentError(
                file: file, place: member.keyPlace,
                reason: "\(prefix)\(member.key) is not a key that is known here: \(known.joined(separator: ", "))")
        }
    }

    func table(_ root: DocumentTable, _ key: String, _ known: [String]?) throws(DocumentError) -> DocumentTable? {
        guard let node = root[key] else { return nil }
        guard let table = node.table else { throw error(node.range, key, "is a \(node.typeName), not a table") }
        if let known { try check(table, key + ".", known) }
        return table
    }

    func text(
        _ table: DocumentTable, _ prefix: String, _ key: String, mayBeEmpty: Bool = false
    ) throws(DocumentError) -> PreflightDeclaration.Entry? {
        guard let node = table[key] else { return nil }
        return try entry(node, prefix + key, mayBeEmpty: mayBeEmpty)
    }

    private func entry(
        _ node: DocumentNode, _ key: String, mayBeEmpty: Bool
    ) throws(DocumentError) -> PreflightDeclaration.Entry {
        guard let string = node.string else { throw error(node.range, key, "is a \(node.typeName), not a string") }
        if string.isEmpty, !mayBeEmpty { throw error(node.range, key, "is empty") }
        return .init(text: string, range: node.range)
    }

    func texts(
        _ table: DocumentTable, _ prefix: String, _ key: String
    ) throws(DocumentError) -> [PreflightDeclaration.Entry]? {
        guard let node = table[key] else { return nil }
        guard let list = node.array else {
            throw error(node.range, prefix + key, "is a \(node.typeName), not a list of strings")
        }
        guard list.count <= Self.maximumCount else {
            throw error(node.range, prefix + key, "has more than \(Self.maximumCount) entries")
        }
        var entries: [PreflightDeclaration.Entry] = []
        for item in list { entries.append(try entry(item, prefix + key, mayBeEmpty: false)) }
        return entries
    }

    func waivers(
        _ table: DocumentTable, _ rules: Set<String>
    ) throws(DocumentError) -> [PreflightDeclaration.Waiver] {
        var waivers: [PreflightDeclaration.Waiver] = []
        for member in table.members {
            let key = "waive.\(member.key)"
            guard rules.contains(member.key) else {
                throw DocumentError(
                    file: file, place: member.keyPlace, reason: "\(key) names no rule; pinproof rules lists them")
            }
            let value = try entry(member.value, key, mayBeEmpty: false)
            let words = value.text.split(separator: " ", maxSplits: 1)
            guard let first = words.first, let day = CalendarDate(first) else {
                throw error(value.range, key, "does not begin with a day, 2027-01-31")
            }
            guard words.count == 2, !words[1].allSatisfy(\.isWhitespace) else {
                throw error(value.range, key, "has no reason after the day")
            }
            waivers.append(
                .init(rule: member.key, until: day, reason: String(words[1]), range: value.range))
        }
        return waivers
    }
}
