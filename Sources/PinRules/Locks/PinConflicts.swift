import EnvironmentInventory
import LockFormats
import PythonPackaging

/// One package pinned to two versions, in one file with those it names, or in files of one folder.
package enum PinConflicts {
    /// The conflicts inside of a requirements or environment file: entries that apply at the same time.
    ///
    /// Universal locks hold several versions of a package by right, so they are not looked at.
    static func findings(_ document: LockDocument) -> [Finding] {
        guard document.format.isOneEnvironment else { return [] }
        var first: [String: LockedPackage] = [:]
        var findings: [Finding] = []
        for requirement in document.requirements {
            guard let name = requirement.name, let version = requirement.version else { continue }
            // With unlike markers it cannot be told here whether both apply.
            let key = "\(requirement.ecosystem.rawValue) \(name) \(requirement.marker ?? "")"
            guard let other = first[key] else {
                first[key] = requirement
                continue
            }
            guard let otherVersion = other.version, !isSame(version, otherVersion) else { continue }
            findings.append(
                finding(
                    requirement, .error,
                    "\(requirement.text) contradicts \(other.text) of \(other.file):\(other.range.start.line)"))
        }
        return findings
    }

    /// The conflicts between files that were checked: those that one build installs together, and those of training and
    /// serving in one project.
    ///
    /// Files that nothing installs together may pin what they like.
    package static func findings(between files: [FollowedFile], _ results: [FileFindings]) -> [Finding] {
        var byProject: [String: [[LockedPackage]]] = [:]
        var byOwner: [String: [InstalledTogether.File]] = [:]
        for (number, (file, result)) in zip(files, results).enumerated() {
            // What a file pulls in from elsewhere is that file's to say.
            guard let first = result.requirements.first else { continue }
            byProject[ProjectRole.projectDirectory(of: first.file), default: []].append(result.requirements)
            for use in Set(file.uses.flatMap(\.environments)) {
                byOwner[use.owner, default: []].append(
                    .init(number: number, stages: use.stages, requirements: result.requirements))
            }
        }
        return byProject.values.flatMap { findings(between: $0) }.filter { $0.severity > .note }
            + byOwner.values.flatMap { InstalledTogether.findings($0) }
    }

    /// The conflicts between the files of one project: a warning between those of training and of serving, else a note, for
    /// they may be meant for different places.
    ///
    /// A universal lock may hold several versions of a package; it conflicts when none of them is the other file's.
    package static func findings(between files: [[LockedPackage]]) -> [Finding] {
        var table = PinTable()
        return files.flatMap { table.add($0).findings }
    }

    static func conflict(_ entries: [LockedPackage], _ others: [LockedPackage]) -> Finding? {
        guard let entry = entries.first, let other = others.first, entry.file != other.file else { return nil }
        for entry in entries {
            for other in others {
                if let version = entry.version, let held = other.version, isSame(version, held) { return nil }
            }
        }
        let place = "\(other.text) of \(other.file):\(other.range.start.line)"
        let roles = (ProjectRole(path: entry.file), ProjectRole(path: other.file))
        guard let role = roles.0, let otherRole = roles.1, role != otherRole else {
            return finding(entry, .note, "\(entry.text) differs from \(place)")
        }
        return finding(
            entry, .warning,
            "\(role.rawValue) pins \(entry.text), \(otherRole.rawValue) pins \(place): the model is not served on what it was"
                + " trained on")
    }

    private static func isSame(_ left: String, _ right: String) -> Bool {
        guard let first = PythonVersion(left), let second = PythonVersion(right) else { return left == right }
        return first == second
    }

    private static func finding(_ requirement: LockedPackage, _ severity: Severity, _ message: String) -> Finding {
        Finding(
            rule: ConflictingPins.rule.name, severity: severity, file: requirement.file, range: requirement.range,
            message: message, help: ConflictingPins.rule.help, ecosystem: requirement.ecosystem,
            subject: requirement.text, strength: requirement.strength)
    }
}
