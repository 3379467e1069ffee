import LockFormats
import PythonPackaging

/// Holds the limits on dependencies and the environments that a uv.lock repeats against those that the project has now.
enum RepeatedLimits {
    /// What has become of the limits.
    enum Change {
        case none
        case changed(setting: String)
        /// Whether it has changed cannot be told, and why.
        case unknown(setting: String, reason: String)
    }

    /// Returns the first setting that has changed, else the first that cannot be compared.
    static func change(_ lock: LockDocument, _ project: LockDocument) -> Change {
        // The lock of a script has no project.
        guard !lock.members.isEmpty else { return .none }
        let pythons = lock.pythonRequirement.flatMap { VersionSpecifierSet($0) }
        var effort = MarkerEquivalence.maximumComparisons
        var unknown = Change.none
        func judge(_ setting: String, _ answer: MarkerEquivalence.Answer) -> Change? {
            if answer == .different { return .changed(setting: setting) }
            if case .unknown(let reason) = answer, case .none = unknown {
                unknown = .unknown(setting: setting, reason: reason)
            }
            return nil
        }
        if let held = lock.limits, let declared = project.limits, let uv = project.uvProject {
            // uv repeats only the limits on packages that it has locked.
            let names = Set(lock.requirements.compactMap(\.name))
            for setting in Set(held.keys).union(declared.keys).sorted() {
                func isLocked(_ limit: LockedPackage) -> Bool { limit.name.map(names.contains) ?? true }
                let locked = (held[setting] ?? []).filter(isLocked).compactMap {
                    RepeatedDeclarations.locked($0, lock)
                }
                var parts: [RepeatedDeclarations.Part] = []
                for limit in (declared[setting] ?? []).filter(isLocked) {
                    parts += RepeatedDeclarations.parts(
                        limit, name: limit.name ?? "", all: Set([limit.marker].compactMap(\.self)), uv: uv,
                        root: uv, lock: lock, effort: &effort)
                }
                let placed = RepeatedSources.placed(parts, locked)
                let now = conditions(placed.now)
                let before = conditions(placed.then)
                if before.keys != now.keys { return .changed(setting: setting) }
                for (key, conditions) in before.sorted(by: { $0.key < $1.key }) {
                    let answer = MarkerEquivalence.compare(
                        conditions, now[key] ?? [], pythons: pythons, effort: &effort)
                    if let change = judge(setting, answer) { return change }
                }
            }
        }
        // uv writes markers in its own words.
        for (setting, markers) in (lock.environments ?? [:]).sorted(by: { $0.key < $1.key }) {
            let now = project.environments?[setting] ?? []
            if markers.isEmpty != now.isEmpty { return .changed(setting: setting) }
            // Each by itself: an environment in two parts is resolved in two parts.
            for (ones, others) in [(markers, now), (now, markers)] {
                for marker in ones {
                    var answer = MarkerEquivalence.Answer.different
                    for other in others where answer != .same {
                        let found = MarkerEquivalence.compare(
                            [.init(all: [marker])], [.init(all: [other])], pythons: pythons, effort: &effort)
                        if found != .different { answer = found }
                    }
                    if let change = judge(setting, answer) { return change }
                }
            }
        }
        return unknown
    }

    private static func conditions(
        _ parts: [RepeatedDeclarations.Part]
    ) -> [RepeatedDeclarations.Key: [MarkerEquivalence.Condition]] {
        Dictionary(grouping: parts, by: \.key).mapValues { $0.map(\.condition) }
    }
}
