import ContentHashing
import SourceDocuments

/// What a lock of pdm repeats of its project with `lock_inputs = true`, or the project as it is now: what pdm compares then
/// in the place of a hash (https://github.com/pdm-project/pdm/blob/main/src/pdm/project/lockfile/freshness.py).
package struct PDMInputs: Sendable {
    /// The requirements of each group without their versions, one with a URL as its fingerprint; empty for a project,
    /// whose requirements its own document has.
    package private(set) var groups: [String: [String]] = [:]
    /// The Python versions.
    package private(set) var python = ""
    /// Why the lock cannot be held against the project's file alone; nil where it can.
    package private(set) var obstacle: String?
    /// `[tool.pdm.resolution]` and `[[tool.pdm.source]]` in one spelling.
    private var settings: [String: [UInt8]] = [:]

    /// How a line of a lock begins that stands for a requirement with a URL.
    package static let fingerprintPrefix = "url-"

    /// The settings that differ from those of a project.
    package func changedSetting(_ project: PDMInputs) -> String? {
        ["resolution", "source"].first { settings[$0] != project.settings[$0] }
    }

    /// Reads the table of a lock.
    init(lock inputs: DocumentNode) {
        guard let project = inputs.table?["project"]?.table else {
            obstacle = "what pdm wrote into lock_inputs has an unknown form"
            return
        }
        if inputs.table?["workspace"] != nil || project["local"] != nil {
            obstacle = "its lock_inputs name members of a workspace or local projects"
        }
        python = project["requires-python"]?.string ?? ""
        for member in project["groups"]?.table?.members ?? [] {
            groups[PythonRules.normalizedName(member.key)] = (member.value.array ?? []).compactMap(\.string)
        }
        set(resolution: project["resolution"], sources: project["sources"])
    }

    /// Reads a project's file.
    ///
    /// - Throws: when it is not TOML.
    package init(project text: SourceText) throws(LockReadingError) {
        let root = try LockText.toml(text).table
        python = root["project"]?.table?["requires-python"]?.string ?? ""
        let settings = root["tool"]?.table?["pdm"]?.table
        set(resolution: settings?["resolution"], sources: settings?["source"])
    }

    private mutating func set(resolution: DocumentNode?, sources: DocumentNode?) {
        settings["resolution"] = Self.canonical(resolution, orElse: .table([:]), leavingOut: ["lock_inputs"])
        settings["source"] = Self.canonical(sources, orElse: .list([]), leavingOut: ["username", "password"])
        if settings.count < 2 { obstacle = obstacle ?? "the settings of pdm are of a form that is not compared" }
    }

    private static func canonical(
        _ node: DocumentNode?, orElse empty: PythonJSON.Value, leavingOut keys: Set<String>
    ) -> [UInt8]? {
        guard let node else { return PythonJSON.bytes(empty) }
        return value(node, leavingOut: keys, depth: 0).flatMap { PythonJSON.bytes($0) }
    }

    /// The value with fingerprints in the place of texts that hold a URL; nil for what is nested too deep.
    private static func value(
        _ node: DocumentNode, leavingOut keys: Set<String>, depth: Int
    ) -> PythonJSON.Value? {
        guard depth < 32 else { return nil }
        if let string = node.string { return .string(hasURL(string) ? fingerprint(string) ?? string : string) }
        if let table = node.table {
            var members: [String: PythonJSON.Value] = [:]
            for member in table.members where !keys.contains(member.key) {
                let isNameList = ["include_packages", "exclude_packages"].contains(member.key)
                if isNameList, let names = member.value.array?.compactMap(\.string) {
                    members[member.key] = .list(names.sorted().map { .string($0) })
                    continue
                }
                guard let inner = value(member.value, leavingOut: keys, depth: depth + 1) else { return nil }
                members[member.key] = inner
            }
            return .table(members)
        }
        if let list = node.array {
            var values: [PythonJSON.Value] = []
            for item in list {
                guard let inner = value(item, leavingOut: keys, depth: depth + 1) else { return nil }
                values.append(inner)
            }
            return .list(values)
        }
        if case .date(let text) = node.value { return .string(text.replacing(" ", with: "T")) }
        return .node(node)
    }

    private static func hasURL(_ text: String) -> Bool {
        guard let end = text.range(ofText: "://") else { return false }
        let scheme = text[..<end.lowerBound].reversed().prefix {
            $0.isASCII && ($0.isLetter || $0.isNumber || "+.-".contains($0))
        }
        return scheme.contains { $0.isLetter }
    }

    /// The digest of a text as pdm writes it.
    package static func fingerprint(_ text: String) -> String? {
        (try? ContentHash.sha256(of: Array(text.utf8)))?.description
    }
}
