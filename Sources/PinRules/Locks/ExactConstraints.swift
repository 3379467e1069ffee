import EnvironmentInventory
import LockFormats
import PythonPackaging

/// The names that constraints pin exactly, and those that they pin under a marker alone: elsewhere pip takes any version.
struct ExactConstraints: Sendable, Hashable {
    /// What constraints with markers say of a name.
    private struct Partial: Sendable, Hashable {
        let markers: Set<String>
        let reason: String
    }

    /// The names that are pinned wherever Python 3 runs.
    var names: Set<String> = []
    private var partial: [String: Partial] = [:]
    /// The names for which constraints give a URL, a repository or a path that floats, each with a sentence that says so.
    private var moved: [String: String] = [:]

    /// Creates constraints that pin names everywhere.
    init(names: Set<String> = []) { self.names = names }

    init(_ constraints: [LockedPackage]) {
        for constraint in constraints where constraint.strength == .floating && constraint.origin != .index {
            guard let name = constraint.name, moved[name] == nil else { continue }
            moved[name] =
                "\(constraint.file):\(constraint.range.start.line) takes it from a place that floats, \(constraint.text)"
        }
        let exact = constraints.filter { $0.strength == .exact || $0.strength == .hashed }
        let pythons = VersionSpecifierSet(">=3.8,<4")
        var effort = MarkerEquivalence.maximumComparisons
        for (name, entries) in Dictionary(grouping: exact, by: { $0.name ?? "" }) where !name.isEmpty {
            let markers = Set(entries.compactMap(\.marker))
            if entries.contains(where: { $0.marker == nil }) {
                names.insert(name)
                continue
            }
            // Together they may count everywhere, or nowhere.
            let rest = MarkerEquivalence.compare([.init(none: markers)], [], pythons: pythons, effort: &effort)
            if rest == .same {
                names.insert(name)
                continue
            }
            let all = markers.map { MarkerEquivalence.Condition(all: [$0]) }
            if MarkerEquivalence.compare(all, [], pythons: pythons, effort: &effort) == .same { continue }
            partial[name] = Partial(
                markers: markers,
                reason: "\(entries[0].file):\(entries[0].range.start.line) pins it only where a marker holds, "
                    + (entries[0].marker ?? ""))
        }
    }

    /// Adds other constraints.
    mutating func formUnion(_ other: ExactConstraints) {
        names.formUnion(other.names)
        partial.merge(other.partial) { first, _ in first }
        moved.merge(other.moved) { first, _ in first }
    }

    /// A pin of a name that pip takes from the place that a constraint gives
    /// (https://pip.pypa.io/en/stable/user_guide/#constraints-files); nil where no constraint gives one that floats. pip holds
    /// what comes from there against hashes of the requirement.
    func moved(_ pin: Pin, name: String) -> Pin? {
        guard pin.strength != .hashed, let reason = moved[name] else { return nil }
        return pin.with(strength: .floating, reason: reason)
    }

    /// A floating pin with what constraints make of it; nil where they say nothing of its name.
    func settled(_ pin: Pin, name: String, marker: String?) -> Pin? {
        if names.contains(name) { return pin.with(strength: .exact, reason: nil) }
        guard let partial = partial[name] else { return nil }
        if let marker, partial.markers.contains(marker) { return pin.with(strength: .exact, reason: nil) }
        return pin.with(strength: .unknown, reason: partial.reason)
    }
}
