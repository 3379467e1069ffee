import LockFormats
import PythonPackaging
import SourceDocuments

/// Holds what a lock of pdm repeats of its project, without versions, against the project as it is now, as
/// `pdm lock --check` does.
enum RepeatedInputs {
    /// What has become of the inputs.
    enum Change {
        case none
        /// What has changed, and what it is the change of.
        case changed(subject: String, message: String)
        /// Why it cannot be determined.
        case unknown(String)
    }

    /// A requirement without its version; one with a URL is known by its fingerprint.
    private struct Key: Hashable {
        let name: String
        let extras: [String]
    }

    /// Returns the first change, else what keeps from comparing.
    ///
    /// - Throws: when the project's file is not TOML.
    static func change(
        _ inputs: PDMInputs, _ project: LockDocument, text: SourceText
    ) throws(LockReadingError) -> Change {
        let now = try PDMInputs(project: text)
        let file = project.name
        var declared: [String: [LockedPackage]] = [:]
        for requirement in project.requirements {
            declared[requirement.groups.first ?? "default", default: []].append(requirement)
        }
        var obstacle = inputs.obstacle ?? now.obstacle
        let pythons = VersionSpecifierSet(now.python)
        var effort = MarkerEquivalence.maximumComparisons
        for group in Set(inputs.groups.keys).union(declared.keys).sorted() {
            var directs: Set<String> = []
            var held: [Key: [MarkerEquivalence.Condition]] = [:]
            for line in inputs.groups[group] ?? [] {
                if line.hasPrefix(PDMInputs.fingerprintPrefix) {
                    directs.insert(line)
                } else if let requirement = try? Requirement(line) {
                    held[key(requirement.name, requirement.extras), default: []].append(
                        .init(all: Set([requirement.marker?.description].compactMap(\.self))))
                } else {
                    obstacle = obstacle ?? "the requirement \(line) of lock_inputs cannot be read"
                }
            }
            var wanted: [Key: [MarkerEquivalence.Condition]] = [:]
            var unknown = 0
            var others: Set<String> = []
            for requirement in expanded(group, declared, projects: project.projects) {
                guard let name = requirement.name, requirement.origin == .index else {
                    guard others.insert(requirement.text).inserted else { continue }
                    let line = PDMInputs.fingerprint(requirement.text).map { PDMInputs.fingerprintPrefix + $0 }
                    if line.flatMap({ directs.remove($0) }) == nil { unknown += 1 }
                    continue
                }
                wanted[key(name, requirement.extras), default: []].append(
                    .init(all: Set([requirement.marker].compactMap(\.self))))
            }
            if unknown != directs.count || wanted.keys != held.keys {
                return .changed(
                    subject: group, message: "\(file) has changed what the group \(group) needs since the lock was made"
                )
            }
            if unknown > 0 { obstacle = obstacle ?? "requirements with a URL may be others" }
            for (key, conditions) in wanted.sorted(by: { $0.key.name < $1.key.name }) {
                switch MarkerEquivalence.compare(conditions, held[key] ?? [], pythons: pythons, effort: &effort) {
                case .same: break
                case .different:
                    return .changed(
                        subject: key.name,
                        message: "\(file) declares \(key.name), the lock was made with another marker")
                case .unknown(let reason): obstacle = obstacle ?? "\(key.name): \(reason)"
                }
            }
        }
        if !ProjectLock.acceptSamePythons(inputs.python, now.python) {
            return .changed(
                subject: "requires-python",
                message: "\(file) is for Python \(now.python), the lock was made for \(inputs.python)")
        }
        if let setting = inputs.changedSetting(now) {
            return .changed(subject: setting, message: "\(file) has changed \(setting) since the lock was made")
        }
        return obstacle.map { .unknown($0) } ?? .none
    }

    /// The requirements of a group, with what its extras bring in, in the place of the project itself, as pdm has them
    /// (https://github.com/pdm-project/pdm/blob/main/src/pdm/project/core.py, `_resolve_dependencies`).
    private static func expanded(
        _ group: String, _ declared: [String: [LockedPackage]], projects: Set<String>
    ) -> [LockedPackage] {
        var found: [LockedPackage] = []
        var pending = [group]
        var seen: Set<String> = [group]
        while let next = pending.popLast() {
            for requirement in declared[next] ?? [] {
                guard let name = requirement.name, projects.contains(name), requirement.origin == .index,
                    requirement.specifier.isEmpty, requirement.marker == nil
                else {
                    found.append(requirement)
                    continue
                }
                pending += requirement.extras.filter { seen.insert($0).inserted }
            }
        }
        return found
    }

    private static func key(_ name: String, _ extras: [String]) -> Key {
        Key(
            name: NormalizedName.of(name), extras: Set(extras.map { NormalizedName.of($0) }).sorted())
    }
}
