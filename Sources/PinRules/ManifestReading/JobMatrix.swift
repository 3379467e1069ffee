import SourceDocuments

/// The combinations of a job's matrix, as far as the file writes them out
/// (https://docs.github.com/actions/reference/workflow-syntax-for-github-actions#jobsjob_idstrategymatrix).
struct JobMatrix {
    /// The values of each combination by their paths, `python`, `config.image`.
    private var rows: [[String: String]] = []

    private static let maximumRows = 256
    private static let maximumDepth = 8

    /// Reads `strategy.matrix`; nothing is known of one that an expression makes.
    init(_ matrix: DocumentNode?) {
        guard let matrix, matrix.table != nil else { return }
        rows = [[:]]
        var keys = Set<String>()
        for member in matrix.members where member.key != "include" && member.key != "exclude" {
            guard let values = member.value.array, !values.isEmpty else {
                rows = []
                return
            }
            keys.insert(member.key)
            let found = values.map { Self.values($0, member.key, depth: 0) }
            rows = rows.flatMap { row in found.map { row.merging($0) { $1 } } }
            if rows.count > Self.maximumRows {
                rows = []
                return
            }
        }
        exclude(matrix[keys: "exclude"])
        include(matrix[keys: "include"], keys)
    }

    private mutating func exclude(_ node: DocumentNode?) {
        for item in node?.array ?? [] {
            let values = Self.values(item, "", depth: 0)
            rows.removeAll { row in !values.isEmpty && values.allSatisfy { row[$0.key] == $0.value } }
        }
    }

    /// An entry is added to the combinations of which it changes no value, else it is one of its own.
    private mutating func include(_ node: DocumentNode?, _ keys: Set<String>) {
        guard let node else { return }
        guard let items = node.array else {
            rows = []
            return
        }
        let given = rows.count
        if keys.isEmpty { rows = [] }
        for item in items.prefix(Self.maximumRows) {
            let values = Self.values(item, "", depth: 0)
            var isAdded = false
            for index in rows.indices.prefix(keys.isEmpty ? 0 : given) {
                let isFitting = values.allSatisfy { value in
                    !keys.contains { value.key == $0 || value.key.hasPrefix($0 + ".") }
                        || rows[index][value.key] == value.value
                }
                guard isFitting else { continue }
                rows[index].merge(values) { $1 }
                isAdded = true
            }
            if !isAdded { rows.append(values) }
        }
    }

    /// The texts below a node by their paths. An expression stands for itself: it is the value of no other combination.
    private static func values(_ node: DocumentNode, _ path: String, depth: Int) -> [String: String] {
        guard depth < maximumDepth else { return [:] }
        if node.table != nil {
            var result: [String: String] = [:]
            for member in node.members {
                let key = path.isEmpty ? member.key : path + "." + member.key
                result.merge(values(member.value, key, depth: depth + 1)) { $1 }
            }
            return result
        }
        return node.text.map { [path: $0] } ?? [:]
    }

    /// The texts that one with expressions of the matrix can become; the text itself where one of them has no value.
    func texts(_ text: String) -> [String] {
        guard text.contains("matrix."), !rows.isEmpty else { return [text] }
        var result: [String] = []
        for row in rows {
            let expanded = Self.expand(text, row)
            if !result.contains(expanded) { result.append(expanded) }
        }
        return result
    }

    private static func expand(_ text: String, _ row: [String: String]) -> String {
        var result: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let open = rest.firstRange(ofBytes: Array("${{".utf8)),
            let close = rest[open.upperBound...].firstRange(ofBytes: Array("}}".utf8))
        {
            let written = rest[open.upperBound..<close.lowerBound].filter { $0 != UInt8(ascii: " ") }
            let name = String(decoding: written, as: UTF8.self)
            result += rest[..<open.lowerBound]
            if name.hasPrefix("matrix."), let value = row[String(name.dropFirst("matrix.".count))] {
                result += value.utf8
            } else {
                result += rest[open.lowerBound..<close.upperBound]
            }
            rest = rest[close.upperBound...]
        }
        return String(decoding: result + rest, as: UTF8.self)
    }
}
