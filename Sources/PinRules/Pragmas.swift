import EnvironmentInventory
import SourceDocuments

/// In-line pragmas: `# pinproof: allow RULE[, RULE] -- reason`, `# hadolint ignore=DL3008`, `# hadolint global ignore=...`.
///
/// A pragma of Pinproof speaks for its own line and the one after it; in the comments right above an instruction, for all
/// of its lines. One of hadolint speaks for the whole instruction that comes next.
struct Pragmas {
    private var rulesByLine: [Int: Set<String>] = [:]
    /// The rules of comments above an instruction, by its first line.
    private var rulesByInstruction: [Int: Set<String>] = [:]
    private var everywhere: Set<String> = []
    private let spans: [ClosedRange<Int>]

    /// Reads the pragmas of a text.
    ///
    /// - Parameter spans: the lines of each instruction, in their order; none for a file without instructions.
    init(_ text: SourceText, spans: [ClosedRange<Int>] = []) {
        self.spans = spans
        guard Self.words.contains(where: { text.bytes[...].containsBytes($0) }) else { return }
        // The rules that wait for the next line that is not a comment.
        var waiting: Set<String> = []
        var waitingOfHadolint: Set<String> = []
        var nextSpan = 0
        for line in 1...max(1, text.lineCount) {
            guard let offsets = text.offsets(ofLine: line) else { break }
            let bytes = text.bytes[offsets].drop { $0.isASCIIBlank }
            while nextSpan < spans.count, spans[nextSpan].upperBound < line { nextSpan += 1 }
            let isInside = nextSpan < spans.count && spans[nextSpan].contains(line)
            if isInside, spans[nextSpan].lowerBound == line {
                rulesByInstruction[line] = waiting.union(waitingOfHadolint)
                (waiting, waitingOfHadolint) = ([], [])
            } else if bytes.first != UInt8(ascii: "#") {
                waiting = []
            }
            guard bytes.contains(UInt8(ascii: "#")), Self.words.contains(where: { bytes.containsBytes($0) }) else {
                continue
            }
            let content = text.string(offsets)
            if let names = Self.allowed(content) {
                rulesByLine[line, default: []].formUnion(names)
                if bytes.first == UInt8(ascii: "#"), !isInside { waiting.formUnion(names) }
            }
            guard let (names, isGlobal) = Self.hadolint(content) else { continue }
            if isGlobal {
                everywhere.formUnion(names)
            } else if spans.isEmpty || isInside {
                rulesByLine[line, default: []].formUnion(names)
            } else {
                waitingOfHadolint.formUnion(names)
            }
        }
    }

    /// Whether a pragma speaks of a finding.
    func allow(_ finding: Finding) -> Bool {
        if everywhere.contains(finding.rule) { return true }
        guard let line = finding.range?.start.line else { return false }
        if isAllowed(finding.rule, line) || isAllowed(finding.rule, line - 1) { return true }
        guard let start = instruction(of: line) else { return false }
        return rulesByInstruction[start]?.contains(finding.rule) ?? false
    }

    /// The first line of the instruction that a line belongs to.
    private func instruction(of line: Int) -> Int? {
        var (low, high) = (0, spans.count)
        while low < high {
            let middle = low + (high - low) / 2
            if spans[middle].lowerBound <= line { low = middle + 1 } else { high = middle }
        }
        guard low > 0, spans[low - 1].contains(line) else { return nil }
        return spans[low - 1].lowerBound
    }

    private func isAllowed(_ rule: String, _ line: Int) -> Bool { rulesByLine[line]?.contains(rule) ?? false }

    /// One of these is in every line with a pragma.
    private static let words = [Array("pinproof:".utf8), Array("hadolint".utf8)]

    private static func allowed(_ line: String) -> [String]? {
        guard let marker = line.range(ofText: "pinproof:"), line[..<marker.lowerBound].contains("#") else { return nil }
        // Only blanks may stand between the sign of a comment and the marker.
        guard let sign = line[..<marker.lowerBound].lastIndex(of: "#"),
            line[line.index(after: sign)..<marker.lowerBound].allSatisfy({ $0 == " " || $0 == "\t" })
        else { return nil }
        // A sign that stands in a word or in quotes begins no comment.
        if sign != line.startIndex, !" \t".contains(line[line.index(before: sign)]) { return nil }
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
