import EnvironmentInventory

extension [LockedPackage] {
    /// Returns the requirements with what constraints pin of them
    /// (https://pip.pypa.io/en/stable/user_guide/#constraints-files): a requirement without a version of its own has the
    /// version that a constraint of its name gives, and the hashes of a constraint of its version.
    ///
    /// A constraint with a marker counts only for a requirement with the same marker. One that contradicts the requirement
    /// is a problem of the requirement.
    package func constrained(by constraints: [LockedPackage]) -> [LockedPackage] {
        var pins: [String: [LockedPackage]] = [:]
        for constraint in constraints {
            guard let name = constraint.name, constraint.version != nil, constraint.origin == .index else { continue }
            pins[name, default: []].append(constraint)
        }
        if pins.isEmpty { return self }
        return map { requirement in
            guard requirement.kind != .constraint, requirement.origin == .index, let name = requirement.name,
                let pin = pins[name]?.first(where: { $0.marker == nil || $0.marker == requirement.marker }),
                let version = pin.version
            else { return requirement }
            var requirement = requirement
            if requirement.version == nil {
                guard PythonRules.accepts(requirement.specifier, version) else {
                    requirement.problems.append(
                        LockProblem(
                            kind: .conflict, file: requirement.file, range: requirement.range,
                            message: "\(requirement.text) contradicts the constraint \(pin.text) of "
                                + "\(pin.file):\(pin.range.start.line)"))
                    return requirement
                }
                requirement.version = version
            }
            if requirement.version == version, requirement.files.isEmpty { requirement.setHashes(pin.hashes) }
            return requirement
        }
    }
}
