/// One package pinned to two versions, in one file with those it names, or in files of one folder.
public enum PinConflicts {
    /// The conflicts inside of a requirements or environment file: entries that apply at the same time.
    ///
    /// Universal locks hold several versions of a package by right, so they are not looked at.
    static func findings(_ document: LockDocument) -> [Finding] {
        guard [LockReader.requirements.name, "environment.yml"].contains(document.format) else { return [] }
        var first: [String: LockRequirement] = [:]
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

    /// The conflicts between the requirements files of one folder: a note, for they may be meant for different places.
    public static func findings(between files: [[LockRequirement]]) -> [Finding] {
        var first: [String: LockRequirement] = [:]
        var findings: [Finding] = []
        for requirement in files.joined() where requirement.marker == nil && requirement.ecosystem == .pypi {
            guard let name = requirement.name, let version = requirement.version else { continue }
            guard let other = first[name] else {
                first[name] = requirement
                continue
            }
            guard other.file != requirement.file, let otherVersion = other.version, !isSame(version, otherVersion)
            else { continue }
            findings.append(
                finding(
                    requirement, .note,
                    "\(requirement.text) differs from \(other.text) of \(other.file):\(other.range.start.line)"))
        }
        return findings
    }

    private static func isSame(_ left: String, _ right: String) -> Bool {
        guard let first = PythonVersion(left), let second = PythonVersion(right) else { return left == right }
        return first == second
    }

    private static func finding(_ requirement: LockRequirement, _ severity: Severity, _ message: String) -> Finding {
        Finding(
            rule: ConflictingPins.rule.name, severity: severity, file: requirement.file, range: requirement.range,
            message: message, help: ConflictingPins.rule.help, ecosystem: requirement.ecosystem,
            subject: requirement.text, strength: requirement.strength)
    }
}
