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
        return map { requirement in
            guard requirement.kind != .constraint, requirement.origin == .index, let name = requirement.name,
                let constraints = named[name]
            else { return requirement }
            return constraints.contains { $0.origin != .index }
                ? requirement.placed(by: constraints) : requirement.pinned(by: constraints)
        }
    }
}

extension LockedPackage {
    /// Returns a requirement with the version and the hashes that one of the constraints of its name gives.
    fileprivate func pinned(by constraints: [LockedPackage]) -> LockedPackage {
        guard let pin = constraints.first(where: { $0.marker == nil || $0.marker == marker }), let pinned = pin.version
        else { return self }
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
    fileprivate func placed(by constraints: [LockedPackage]) -> LockedPackage {
        let places = constraints.filter { $0.origin != .index }
        guard let place = places.first else { return self }
        var requirement = self
        if let partial = places.first(where: { $0.marker != nil && $0.marker != marker }) {
            requirement.origin = .unknown(
                "\(partial.file):\(partial.range.start.line) gives it another source only where a marker holds, "
                    + (partial.marker ?? ""))
            return requirement
        }
        if places.contains(where: { $0.origin != place.origin }) {
            requirement.origin = .unknown("constraints give it more than one source")
            return requirement
        }
        if let given = place.version {
            guard PythonRules.accepts(specifier, given) else { return contradicted(by: place) }
            requirement.version = given
        }
        // Of a constraint with a source pip takes the hashes in the URL, and not those of --hash behind it.
        let written = RequirementsEntry.read(place.text, file: place.file, range: place.range, kind: .declared)
        requirement.origin = place.origin
        // What pip takes, in the place of what the requirement says.
        requirement.text = place.text
        requirement.setHashes(hashes + written.hashes)
        let pins = constraints.contains { $0.strength == .exact || $0.strength == .hashed }
        if requirement.strength == .floating, pins {
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
