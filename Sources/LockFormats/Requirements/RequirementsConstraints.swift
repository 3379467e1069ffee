import EnvironmentInventory

extension [LockedPackage] {
    /// Returns the requirements with what constraints pin of them
    /// (https://pip.pypa.io/en/stable/user_guide/#constraints-files): a requirement without a version of its own has
    /// the version that a constraint of its name gives, and the hashes of a constraint of its version. A requirement
    /// of an index comes from the URL, repository or path that a constraint of its name gives.
    ///
    /// A constraint with a marker counts only for a requirement with the same marker; where it would give another
    /// source, the source of the requirement is unknown. One that contradicts the requirement is a problem of it.
    package func constrained(by constraints: [LockedPackage]) -> [LockedPackage] {
        var named: [String: [LockedPackage]] = [:]
        for constraint in constraints {
            guard let name = constraint.name, constraint.version != nil || constraint.origin != .index else { continue }
            named[name, default: []].append(constraint)
        }
        if named.isEmpty { return self }
        let known = named.mapValues { NamedConstraints($0) }
        return map { requirement in
            guard requirement.kind != .constraint, requirement.origin == .index, let name = requirement.name,
                let constraints = known[name]
            else { return requirement }
            return constraints.place.map { requirement.placed(at: $0, by: constraints) }
                ?? requirement.pinned(by: constraints)
        }
    }
}

/// The constraints of one name, looked through once: a name may have as many constraints as requirements.
private struct NamedConstraints {
    /// The first with a source of its own, and the hashes that its text has.
    var place: LockedPackage?
    var placeHashes: [Digest] = []
    /// Whether others give another source.
    var isMixed = false
    /// Whether one of them pins.
    var pins = false
    /// The first with a source for each marker.
    var partial: [LockedPackage] = []
    /// The first of each marker, with its index.
    private var first: [String?: (index: Int, constraint: LockedPackage)] = [:]

    init(_ constraints: [LockedPackage]) {
        var markers: Set<String> = []
        for (index, constraint) in constraints.enumerated() {
            if first[constraint.marker] == nil { first[constraint.marker] = (index, constraint) }
            if constraint.strength == .exact || constraint.strength == .hashed { pins = true }
            guard constraint.origin != .index else { continue }
            if let marker = constraint.marker, markers.insert(marker).inserted { partial.append(constraint) }
            if let place { isMixed = isMixed || place.origin != constraint.origin } else { place = constraint }
        }
        // Of a constraint with a source pip takes the hashes in the URL, and not those of --hash behind it.
        if let place {
            placeHashes =
                RequirementsEntry.read(place.text, file: place.file, range: place.range, kind: .declared).hashes
        }
    }

    /// The first constraint that counts for a requirement with a marker.
    func applying(to marker: String?) -> LockedPackage? {
        let found = [first[nil], marker.flatMap { first[$0] }].compactMap { $0 }
        return found.min { $0.index < $1.index }?.constraint
    }
}

extension LockedPackage {
    /// Returns a requirement with the version and the hashes that one of the constraints of its name gives.
    fileprivate func pinned(by constraints: NamedConstraints) -> LockedPackage {
        guard let pin = constraints.applying(to: marker), let pinned = pin.version else { return self }
        var requirement = self
        if version == nil {
            guard PythonRules.accepts(specifier, pinned) else { return contradicted(by: pin) }
            requirement.version = pinned
        }
        if requirement.version == pinned, requirement.files.isEmpty { requirement.setHashes(pin.hashes) }
        return requirement
    }

    /// Returns a requirement with the source that constraints of its name give: pip takes the package from there, and
    /// no longer from an index (`_iter_candidates_from_constraints` of
    /// https://github.com/pypa/pip/blob/main/src/pip/_internal/resolution/resolvelib/factory.py).
    fileprivate func placed(at place: LockedPackage, by constraints: NamedConstraints) -> LockedPackage {
        var requirement = self
        if let partial = constraints.partial.first(where: { $0.marker != marker }) {
            requirement.origin = .unknown(
                "\(partial.file):\(partial.range.start.line) gives it another source only where a marker holds, "
                    + (partial.marker ?? ""))
            return requirement
        }
        if constraints.isMixed {
            requirement.origin = .unknown("constraints give it more than one source")
            return requirement
        }
        if let given = place.version {
            guard PythonRules.accepts(specifier, given) else { return contradicted(by: place) }
            requirement.version = given
        }
        requirement.origin = place.origin
        // What pip takes, in the place of what the requirement says.
        requirement.text = place.text
        requirement.setHashes(hashes + constraints.placeHashes)
        if requirement.strength == .floating, constraints.pins {
            requirement.origin = .unknown("constraints give it a version, and a source that is not pinned")
        }
        return requirement
    }

    /// Returns a requirement with the problem that a constraint contradicts it.
    private func contradicted(by constraint: LockedPackage) -> LockedPackage {
        var requirement = self
        requirement.problems.append(
            LockProblem(
                kind: .conflict, file: file, range: range,
                message: "\(text) contradicts the constraint \(constraint.text) of "
                    + "\(constraint.file):\(constraint.range.start.line)"))
        return requirement
    }
}
