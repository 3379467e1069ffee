import DockerfileSyntax
import EnvironmentInventory
import SourceDocuments

/// What one Dockerfile, manifest or script says, before rules judge it.
package struct FileReading: Sendable {
    /// What is, or is not, pinned.
    var pins: [Pin] = []
    /// What is wrong besides: parts that cannot be read, second indexes.
    var findings: [Finding] = []
    /// Every file that was read, with its text.
    package var files: [(file: CheckResult.File, text: SourceText)] = []
    /// The files that commands install from, one entry for each use.
    package var followed: [FollowedFile] = []
    /// The paths of the build context that instructions copy or install from and that it does not hold.
    package var missing = Set<String>()
    /// The pragmas of the files that were read, by name.
    var pragmas: [String: Pragmas] = [:]

    /// Creates an empty reading.
    package init() {}

    /// Returns what turned out later about the files of this reading, with their pragmas.
    package func later(_ pins: [Pin]) -> FileReading {
        var reading = FileReading()
        reading.pins = pins
        reading.pragmas = pragmas
        return reading
    }

    mutating func merge(_ other: FileReading) {
        pins += other.pins
        findings += other.findings
        files += other.files
        followed += other.followed
        missing.formUnion(other.missing)
        pragmas.merge(other.pragmas) { first, _ in first }
    }

    /// Records a part of a file that cannot be read.
    mutating func addUnreadable(_ reason: String, in file: String, at range: SourceRange?) {
        findings.append(
            Finding(
                rule: UnreadableFile.rule.name, severity: .error, file: file, range: range, message: reason,
                help: UnreadableFile.rule.help))
    }

    /// Returns the findings of all rules, with pragmas applied; what ``followed`` leads to is not among them.
    package func judged(require: PinStrength) -> FileFindings {
        var result = FileFindings()
        result.files = files
        for finding in findings + PinRules.findings(pins, require: require) {
            if pragmas[finding.file]?.allow(finding) ?? false {
                result.suppressed.append(finding)
            } else {
                result.findings.append(finding)
            }
        }
        return result
    }
}
