import EnvironmentInventory
import SourceDocuments

/// One package of a lock that lists packages with markers.
struct PyLockEntry: Sendable {
    var package: LockedPackage
    var requiresPython: String?
}

/// The selection of PEP 751
/// (https://packaging.python.org/en/latest/specifications/pylock-toml/#installing): the environments, then each package whose
/// marker holds, of a name exactly one, of its files the one whose tags come first.
struct PyLockSelection: PackageChoice {
    let file: String
    var entries: [PyLockEntry] = []
    /// The markers of the environments that the lock is for; nil where it does not say.
    var environments: [String]?
    var extras: Set<String> = []
    var groups: Set<String> = []
    var defaultGroups: Set<String> = []

    init(file: String) { self.file = file }

    var packages: [LockedPackage] { entries.map(\.package) }

    func packages(for target: ResolvedTarget) throws(LockReadingError) -> [LockedPackage] {
        if let environments { try target.check(environments: environments, file: file) }
        let chosenExtras = try names(target.target.extras, all: target.target.allExtras, of: extras, what: "extra")
        // Those that count by default do so where no other is asked for, as packaging's `select` has it
        // (https://github.com/pypa/packaging/blob/main/src/packaging/pylock.py).
        let known = groups.union(defaultGroups)
        let asked = try names(target.target.groups, all: target.target.allGroups, of: known, what: "dependency group")
        let chosenGroups = target.target.groups.isEmpty && !target.target.allGroups ? defaultGroups : asked
        var chosen: [LockedPackage] = []
        var places: [String: Int] = [:]
        for entry in entries {
            let place = entry.package.range.start
            let name = entry.package.name ?? entry.package.text
            if let marker = entry.package.marker,
                try !target.holds(marker, extras: chosenExtras, groups: chosenGroups, file: file, place: place)
            {
                continue
            }
            try target.check(requiresPython: entry.requiresPython, of: name, file: file, place: place)
            if let other = places.updateValue(place.line, forKey: name) {
                throw LockReadingError(
                    file: file, place: place, reason: "\(name) is ambiguous: it is also in line \(other)")
            }
            if case .index = entry.package.origin {
                chosen.append(try target.artifactChoice.choose(for: entry.package))
            } else {
                chosen.append(entry.package)
            }
        }
        return chosen
    }

    private func names(
        _ wanted: Set<String>, all: Bool, of known: Set<String>, what: String
    ) throws(LockReadingError) -> Set<String> {
        if all { return known }
        var found: Set<String> = []
        for name in wanted.sorted() {
            let normalized = PythonRules.normalizedName(name)
            guard known.contains(normalized) else {
                throw LockReadingError(file: file, place: nil, reason: "has no \(what) \"\(name)\"")
            }
            found.insert(normalized)
        }
        return found
    }
}
