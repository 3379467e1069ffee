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

    /// Creates constraints that pin names everywhere.
    init(names: Set<String> = []) { self.names = names }

    init(_ constraints: [LockedPackage]) {
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
    }

    /// A floating pin with what constraints make of it; nil where they say nothing of its name.
    func settled(_ pin: Pin, name: String, marker: String?) -> Pin? {
        if names.contains(name) { return pin.with(strength: .exact, reason: nil) }
        guard let partial = partial[name] else { return nil }
        if let marker, partial.markers.contains(marker) { return pin.with(strength: .exact, reason: nil) }
        return pin.with(strength: .unknown, reason: partial.reason)
    }
}
