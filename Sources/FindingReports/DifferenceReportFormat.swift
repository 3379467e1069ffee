/// What `diff` found between two subjects.
public struct DifferenceReport: Sendable {
    /// The name of the left subject as given.
    public let left: String
    /// The name of the right subject as given.
    public let right: String
    /// What differs.
    public let difference: EnvironmentDifference
    /// How many packages of an operating system only one subject can speak of.
    public let notCompared: [Ecosystem: Int]

    /// Makes a report.
    public init(
        left: String, right: String, difference: EnvironmentDifference, notCompared: [Ecosystem: Int] = [:]
    ) {
        self.notCompared = notCompared
        self.left = left
        self.right = right
        self.difference = difference
    }
}

/// A format of the report of `diff`: one file in `DifferenceFormats/`, one line in the list.
public protocol DifferenceReportFormat: Sendable {
    /// The name that `--format` takes.
    static var name: String { get }
    /// The whole report, ending with a line feed.
    static func render(_ report: DifferenceReport, style: TerminalStyle) -> String
}

/// The list of all formats of the report of `diff`.
public enum DifferenceReportFormats {
    /// Every format, `text` first.
    public static let all: [any DifferenceReportFormat.Type] = [
        TextDifferenceReport.self,
        JSONDifferenceReport.self,
        MarkdownDifferenceReport.self,
        HTMLDifferenceReport.self,
    ]

    /// The format with a name, or nil.
    public static func named(_ name: String) -> (any DifferenceReportFormat.Type)? { all.first { $0.name == name } }
}

extension DifferenceReport {
    /// `1 changed, 40 same; not compared: 98 apt`.
    var summary: String {
        let silent = notCompared.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key.rawValue)" }
        return difference.summary + (silent.isEmpty ? "" : "; not compared: " + silent.joined(separator: ", "))
    }
}

extension EnvironmentDifference {
    /// `2 changed, 1 added, 40 same`.
    var summary: String {
        let counts = [Kind.changed, .rebuilt, .added, .removed].filter { count($0) > 0 }.map {
            "\(count($0)) \($0.rawValue)"
        }
        return (counts + ["\(same) same"]).joined(separator: ", ")
    }
}

extension EnvironmentDifference.Change {
    /// What stands in the column of a side: the version, and for a rebuilt package a digest that differs.
    func cell(_ package: Package?) -> String {
        guard let package else { return "" }
        let version = package.version ?? package.versionRequirement ?? "any version"
        guard kind == .rebuilt else { return version }
        // The first hash that only this side has says more than one that both have.
        let other = package == left ? right : left
        let bothDigests = left?.contentDigest != nil && right?.contentDigest != nil
        let digest =
            bothDigests
            ? package.contentDigest
            : package.hashes.first { !(other?.hashes.contains($0) ?? false) } ?? package.hashes.first
        return version + (digest.map { " \($0.algorithm.rawValue):\($0.hex.prefix(12))…" } ?? "")
    }
}
