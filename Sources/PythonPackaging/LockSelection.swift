/// What an installer takes from a `pylock.toml` for one target
/// (https://packaging.python.org/en/latest/specifications/pylock-toml/#installation).
public enum LockSelection {
    /// A package entry, as far as selection looks at it.
    public struct Entry: Sendable {
        /// The name, normalised.
        public let name: String
        /// The marker, or nil.
        public let marker: Marker?
        /// `requires-python` as written, or nil.
        public let requiresPython: String?
        /// Where the package comes from.
        public let source: Source

        /// Makes an entry.
        public init(name: String, marker: Marker?, requiresPython: String?, source: Source) {
            self.name = name
            self.marker = marker
            self.requiresPython = requiresPython
            self.source = source
        }
    }

    /// Where a package comes from.
    public enum Source: Sendable, Hashable {
        /// One source that is not chosen among: a repository, a directory or an archive.
        case single
        /// Wheels by their file names, and whether there is a source distribution besides.
        case distributions(wheels: [String], hasSdist: Bool)
    }

    /// What is installed of an entry.
    public enum Choice: Sendable, Hashable {
        /// The repository, directory or archive.
        case single
        /// The wheel of this index.
        case wheel(Int)
        /// The source distribution.
        case sdist
    }

    /// What is installed.
    public struct Selected: Sendable, Hashable {
        /// The index of the entry.
        public let entry: Int
        /// What of it.
        public let choice: Choice
    }

    /// Selects.
    ///
    /// - Parameters:
    ///   - requiresPython: the lock's own `requires-python`.
    ///   - environments: the lock's own `environments`; one has to hold when there are any.
    ///   - groups: the dependency groups, the default groups among them when they are wanted.
    /// - Throws: ``LockSelectionError`` for what the lock excludes, for two entries of one name, and for a package that nothing
    ///   fits; it names the tags that the package has.
    public static func select(
        _ entries: [Entry], for target: PythonTarget, requiresPython: String? = nil, environments: [Marker] = [],
        extras: Set<String> = [], groups: Set<String> = []
    ) throws(LockSelectionError) -> [Selected] {
        try check(requiresPython, target, entry: nil, name: "the lock")
        if !environments.isEmpty, !environments.contains(where: { target.holds($0) }) {
            throw LockSelectionError(entry: nil, reason: "none of the lock's environments is that of the target")
        }
        var indexes: [String: Int] = [:]
        var chosen: [Int] = []
        for (index, entry) in entries.enumerated() {
            if let marker = entry.marker, !target.holds(marker, extras: extras, groups: groups) { continue }
            try check(entry.requiresPython, target, entry: index, name: entry.name)
            if let other = indexes.updateValue(index, forKey: entry.name) {
                throw LockSelectionError(
                    entry: index,
                    reason: "\(entry.name) is selected twice, by packages[\(other)] and packages[\(index)]")
            }
            chosen.append(index)
        }
        var selected: [Selected] = []
        for index in chosen {
            selected.append(Selected(entry: index, choice: try choice(entries[index], index, target)))
        }
        return selected
    }

    private static func check(
        _ requiresPython: String?, _ target: PythonTarget, entry: Int?, name: String
    ) throws(LockSelectionError) {
        guard let requiresPython else { return }
        switch target.satisfies(requiresPython) {
        case .none:
            throw LockSelectionError(
                entry: entry, reason: "requires-python '\(requiresPython)' of \(name) is malformed")
        case .some(false):
            let version = target.markerEnvironment["python_full_version"] ?? ""
            throw LockSelectionError(
                entry: entry, reason: "\(name) is for Python \(requiresPython), which excludes \(version)")
        case .some(true): return
        }
    }

    private static func choice(
        _ entry: Entry, _ index: Int, _ target: PythonTarget
    ) throws(LockSelectionError) -> Choice {
        guard case .distributions(let names, let hasSdist) = entry.source else { return .single }
        var wheels: [WheelFileName] = []
        for name in names {
            do { wheels.append(try WheelFileName(name)) } catch {
                throw LockSelectionError(entry: index, reason: error.description)
            }
        }
        if let best = target.best(of: wheels) { return .wheel(best) }
        if hasSdist { return .sdist }
        var seen: Set<String> = []
        let tags = wheels.map(\.tagText).filter { seen.insert($0).inserted }.joined(separator: ", ")
        throw LockSelectionError(
            entry: index, reason: "no wheel of \(entry.name) fits the target and there is no sdist; it has \(tags)")
    }
}

/// A lock that cannot be installed for a target.
public struct LockSelectionError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The index of the package entry; nil for the lock itself.
    public let entry: Int?
    /// What is wrong.
    public let reason: String

    /// What is wrong.
    public var description: String { reason }
}
