import SourceDocuments

/// How bad a finding is.
public enum Severity: String, Sendable, Hashable, CaseIterable, Comparable {
    case note
    case warning
    case error

    /// Orders from note to error.
    public static func < (left: Severity, right: Severity) -> Bool {
        (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }
}

/// A problem at a position in a file, with its rule, its severity and its fix.
public struct Finding: Sendable, Hashable {
    /// The name of the rule, `floating-image`.
    public let rule: String
    /// How bad it is.
    public var severity: Severity
    /// The file, named as the path was given.
    public let file: String
    /// The range in the file; nil for a finding about the whole file.
    public let range: SourceRange?
    /// What is wrong, one sentence.
    public let message: String
    /// How to fix it, one sentence; nil if there is no general fix.
    public let help: String?
    /// The ecosystem of the subject; nil if it has none.
    public let ecosystem: Ecosystem?
    /// The package or reference as written; nil where there is none.
    public let subject: String?
    /// How firmly the thing is pinned; nil where the finding is not about a pin.
    public let strength: PinStrength?
    /// The places that use ``file`` and that the finding applies to, when the file was reached by following another one:
    /// the Dockerfile and line of `pip install -r`. Empty for a file that was checked for itself.
    public var usedBy: [FileLocation]
    /// The text that fixes the finding in place of ``range``; nil where it is not known.
    package var replacement: String?
    /// The diff_id of the image's layer that brought it; nil outside of images and where none is known.
    package var layer: String?

    /// Creates a finding.
    package init(
        rule: String, severity: Severity, file: String, range: SourceRange?, message: String, help: String? = nil,
        ecosystem: Ecosystem? = nil, subject: String? = nil, strength: PinStrength? = nil, usedBy: [FileLocation] = []
    ) {
        self.rule = rule
        self.severity = severity
        self.file = file
        self.range = range
        self.message = message
        self.help = help
        self.ecosystem = ecosystem
        self.subject = subject
        self.strength = strength
        self.usedBy = usedBy
    }

    /// The message with the places that use the file, for reports that have no field for them:
    /// `numpy floats: it has no version (used by Dockerfile:7, gpu.Dockerfile:9)`.
    package var messageWithUsers: String {
        guard !usedBy.isEmpty else { return message }
        let shown = usedBy.prefix(Self.maximumShownUsers).map { location in
            location.file + (location.line.map { ":\($0)" } ?? "")
        }
        let rest = usedBy.count - shown.count
        return "\(message) (used by \(shown.joined(separator: ", "))\(rest > 0 ? " and \(rest) more" : ""))"
    }

    /// The finding without the credentials of the URLs that it shows.
    package var withoutCredentials: Finding {
        guard [message, subject, help].contains(where: { $0.map(URLCredentials.mayHold) ?? false }) else { return self }
        var finding = Finding(
            rule: rule, severity: severity, file: file, range: range, message: URLCredentials.redacted(message),
            help: help.map(URLCredentials.redacted), ecosystem: ecosystem,
            subject: subject.map(URLCredentials.redacted), strength: strength, usedBy: usedBy)
        finding.replacement = replacement
        finding.layer = layer
        return finding
    }

    /// How many users of a file a message names.
    private static let maximumShownUsers = 8

    /// Findings in their one order, ``inOrder(_:_:)``.
    ///
    /// Comparing positions is cheap; comparing paths and moving findings is not.
    package static func sorted(_ findings: [Finding]) -> [Finding] {
        var isInOrder = true
        for index in findings.indices.dropFirst() where inOrder(findings[index], findings[index - 1]) {
            isInOrder = false
            break
        }
        if isInOrder { return findings }
        let files = Set(findings.map(\.file)).sorted()
        let ranks = Dictionary(zip(files, files.indices), uniquingKeysWith: { first, _ in first })
        struct Key {
            let rank: Int
            let place: SourcePosition
            let index: Int
        }
        var keys = findings.indices.map { index in
            let finding = findings[index]
            return Key(
                rank: ranks[finding.file] ?? 0, place: finding.range?.start ?? SourcePosition(line: 0, column: 0),
                index: index)
        }
        keys.sort { left, right in
            if left.rank != right.rank { return left.rank < right.rank }
            if left.place != right.place { return left.place < right.place }
            let (one, other) = (findings[left.index], findings[right.index])
            if inOrder(one, other) { return true }
            return inOrder(other, one) ? false : left.index < right.index
        }
        return keys.map { findings[$0.index] }
    }

    /// The one order of findings: by file, place, rule, subject.
    package static func inOrder(_ left: Finding, _ right: Finding) -> Bool {
        let leftPlace = left.range?.start ?? SourcePosition(line: 0, column: 0)
        let rightPlace = right.range?.start ?? SourcePosition(line: 0, column: 0)
        if left.file != right.file { return left.file < right.file }
        if leftPlace != rightPlace { return leftPlace < rightPlace }
        return (left.rule, left.subject ?? "", left.message) < (right.rule, right.subject ?? "", right.message)
    }
}
