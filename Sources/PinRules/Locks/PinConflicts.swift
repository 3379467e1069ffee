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
        var byUser: [String: [[LockedPackage]]] = [:]
        for (file, result) in zip(files, results) {
            // What a file pulls in from elsewhere is that file's to say.
            guard let first = result.requirements.first else { continue }
            byProject[ProjectRole.projectDirectory(of: first.file), default: []].append(result.requirements)
            for user in file.uses.reduce(into: Set<String>(), { $0.formUnion($1.environments) }).sorted() {
                byUser[user, default: []].append(result.requirements)
            }
        }
        return byProject.values.flatMap { findings(between: $0) }.filter { $0.severity > .note }
            + byUser.values.flatMap { findings(between: $0) }
    }

    /// The conflicts between the files of one project: a warning between those of training and of serving, else a note, for
    /// they may be meant for different places.
    ///
    /// A universal lock may hold several versions of a package; it conflicts when none of them is the other file's.
    package static func findings(between files: [[LockedPackage]]) -> [Finding] {
        var first: [String: [String: [LockedPackage]]] = [:]
        var order: [String: [String]] = [:]
        var findings: [Finding] = []
        for requirements in files {
            var pins: [(name: String, entries: [LockedPackage])] = []
            var indices: [String: Int] = [:]
            for requirement in requirements where [.pypi, .conda].contains(requirement.ecosystem) {
                guard let name = requirement.name, requirement.version != nil, requirement.kind != .constraint else {
                    continue
                }
                if let index = indices[name] {
                    pins[index].entries.append(requirement)
                } else {
                    indices[name] = pins.count
                    pins.append((name, [requirement]))
                }
            }
            // What a person declares with a marker may never apply beside the other.
            for (name, entries) in pins where !entries.contains(where: { $0.marker != nil && $0.kind == .declared }) {
                for other in order[name] ?? [] {
                    guard let others = first[name]?[other], let conflict = conflict(entries, others) else { continue }
                    findings.append(conflict)
                    break
                }
                let file = entries[0].file
                if first[name]?[file] == nil { order[name, default: []].append(file) }
                first[name, default: [:]][file] = entries
            }
        }
        return findings
    }

    private static func conflict(_ entries: [LockedPackage], _ others: [LockedPackage]) -> Finding? {
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
