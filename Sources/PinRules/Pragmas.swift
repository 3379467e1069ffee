/// In-line pragmas: `# lockstep: allow RULE[, RULE] -- reason`, `# hadolint ignore=DL3008`, `# hadolint global ignore=...`.
///
/// A pragma speaks for its own line and the one after it; above an instruction of several lines, for all of them.
struct Pragmas {
    private var rulesByLine: [Int: Set<String>] = [:]
    private var everywhere: Set<String> = []
    private let spans: [ClosedRange<Int>]

    /// Reads the pragmas of a text.
    ///
    /// - Parameters:
    ///   - spans: the lines of each instruction.
    ///   - comments: the lines that are whole comments; nil when every line can hold one.
    init(_ text: SourceText, spans: [ClosedRange<Int>] = []) {
        self.spans = spans
        var line = 1
        while line <= text.lineCount {
            defer { line += 1 }
            guard let offsets = text.offsets(ofLine: line), text.bytes[offsets].contains(0x23) else { continue }
            let content = text.string(offsets)
            if let names = Self.allowed(content) { rulesByLine[line, default: []].formUnion(names) }
            guard let (names, isGlobal) = Self.hadolint(content) else { continue }
            if isGlobal { everywhere.formUnion(names) } else { rulesByLine[line, default: []].formUnion(names) }
        }
    }

    /// Whether a pragma speaks of a finding.
    func allow(_ finding: Finding) -> Bool {
        if everywhere.contains(finding.rule) { return true }
        if rulesByLine.isEmpty { return false }
        guard let range = finding.range else { return false }
        let line = range.start.line
        if isAllowed(finding.rule, line) || isAllowed(finding.rule, line - 1) { return true }
        guard let span = spans.first(where: { $0.contains(line) }) else { return false }
        return isAllowed(finding.rule, span.lowerBound - 1)
    }

    private func isAllowed(_ rule: String, _ line: Int) -> Bool { rulesByLine[line]?.contains(rule) ?? false }

    private static func allowed(_ line: String) -> [String]? {
        guard let marker = line.range(ofText: "lockstep:"), line[..<marker.lowerBound].contains("#") else { return nil }
        // Only blanks may stand between the sign of a comment and the marker.
        guard let sign = line[..<marker.lowerBound].lastIndex(of: "#"),
            line[line.index(after: sign)..<marker.lowerBound].allSatisfy({ $0 == " " || $0 == "\t" })
        else { return nil }
        var rest = line[marker.upperBound...].drop { $0 == " " }
        guard rest.hasPrefix("allow") else { return nil }
        rest = rest.dropFirst("allow".count)
        if let reason = String(rest).range(ofText: "--") { rest = String(rest)[..<reason.lowerBound] }
        return rest.split { $0 == "," || $0 == " " || $0 == "\t" || $0 == "\r" }.map(String.init)
    }

    private static func hadolint(_ line: String) -> ([String], isGlobal: Bool)? {
        let trimmed = line.drop { $0 == " " || $0 == "\t" }
        guard trimmed.first == "#" else { return nil }
        var rest = trimmed.dropFirst().drop { $0 == " " }
        guard rest.hasPrefix("hadolint") else { return nil }
        rest = rest.dropFirst("hadolint".count).drop { $0 == " " }
        let isGlobal = rest.hasPrefix("global")
        if isGlobal { rest = rest.dropFirst("global".count).drop { $0 == " " } }
        guard rest.hasPrefix("ignore") else { return nil }
        rest = rest.dropFirst("ignore".count).drop { $0 == " " || $0 == "=" }
        let codes = Set(rest.prefix { $0 != "#" }.split { $0 == "," || $0 == " " || $0 == "\r" }.map(String.init))
        return (PinRules.all.map { $0.rule }.filter { !codes.isDisjoint(with: $0.hadolint) }.map(\.name), isGlobal)
    }
}
