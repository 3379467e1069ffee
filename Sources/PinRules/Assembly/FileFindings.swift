import EnvironmentInventory
import LockFormats
import SourceDocuments

/// What `check` found in one file, and in those that it led to.
package struct FileFindings: Sendable {
    /// The findings, pragmas already applied.
    package var findings: [Finding] = []
    /// The findings that pragmas took away.
    package var suppressed: [Finding] = []
    /// Every file that was read, with its text.
    package var files: [(file: CheckResult.File, text: SourceText)] = []
    /// What a requirements file asks for, to compare it with the other files of its directory.
    package var requirements: [LockedPackage] = []

    /// Creates an empty value.
    package init() {}

    package mutating func merge(_ other: FileFindings) {
        findings += other.findings
        suppressed += other.suppressed
        files += other.files
    }

    /// Returns findings in their order, each once, with the users of all of its copies.
    ///
    /// A script that two Dockerfiles run is read for each of them, as its commands depend on what the Dockerfile sets: what
    /// both leave open is one finding with two users, what one of them leaves open names that one.
    package static func deduplicated(_ findings: [Finding]) -> [Finding] {
        var result: [Finding] = []
        // The users of each finding that has several, united at the end: hundreds of workflows may run one script.
        var users: [Int: Set<FileLocation>] = [:]
        // The findings at the position of the last one: copies have the same file, position and rule.
        var position: [CopyKey: Int] = [:]
        for finding in Finding.sorted(findings) {
            if let last = result.last, !last.startsAtSamePosition(as: finding) {
                position = [:]
            }
            let key = CopyKey(rule: finding.rule, range: finding.range, subject: finding.subject ?? finding.message)
            guard let index = position[key] else {
                position[key] = result.count
                result.append(finding)
                continue
            }
            result[index].severity = max(result[index].severity, finding.severity)
            if users[index] != nil || result[index].usedBy != finding.usedBy {
                users[index, default: Set(result[index].usedBy)].formUnion(finding.usedBy)
            }
        }
        for (index, locations) in users { result[index].usedBy = locations.sorted(by: FileLocation.inOrder) }
        return result
    }
}

/// What copies of a finding at one position have in common.
private struct CopyKey: Hashable {
    let rule: String
    let range: SourceRange?
    let subject: String
}

extension Finding {
    /// Returns the finding at another position.
    func moved(to range: SourceRange?) -> Finding {
        Finding(
            rule: rule, severity: severity, file: file, range: range, message: message, help: help,
            ecosystem: ecosystem, subject: subject, strength: strength, usedBy: usedBy)
    }

    fileprivate func startsAtSamePosition(as other: Finding) -> Bool {
        range?.start == other.range?.start && file == other.file
    }
}
