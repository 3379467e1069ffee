import EnvironmentInventory

/// The names that are in an environment so far: a package is installed once, in one version.
struct UniqueNames {
    private var held: [String: LockedPackage] = [:]

    /// Returns whether a package is new; false for one that is in with the same version and from the same place.
    ///
    /// - Throws: for a package that is in with another version or from another place.
    mutating func admit(_ package: LockedPackage) throws(LockReadingError) -> Bool {
        guard let name = package.name, let other = held.updateValue(package, forKey: name) else { return true }
        if other.identity == package.identity { return false }
        throw LockReadingError(
            file: package.file, place: package.range.start,
            reason: "\(name) is ambiguous: the lock holds \(other.shownIdentity) and \(package.shownIdentity)")
    }
}

extension LockedPackage {
    /// What tells two packages of one name apart.
    struct Identity: Hashable {
        let name: String?
        let version: String?
        let origin: Origin
    }

    /// What tells the package apart from others of its name.
    var identity: Identity { Identity(name: name, version: version, origin: origin) }

    fileprivate var shownIdentity: String { [version, reference].compactMap { $0 }.joined(separator: " from ") }
}

extension [LockedPackage] {
    /// Every package once, however often the lock lists it for several groups.
    var unique: [LockedPackage] {
        var seen: Set<LockedPackage.Identity> = []
        return filter { seen.insert($0.identity).inserted }
    }
}
