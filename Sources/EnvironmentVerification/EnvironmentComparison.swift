import EnvironmentInventory
import PythonPackaging

/// Compares two environments, package by package.
package enum EnvironmentComparison {
    /// What differs between two environments.
    ///
    /// A package is the same when its version is and nothing that both sides know of its bytes differs: content digests
    /// first, else artifact hashes, and what the records of installed files tell. Packages of an operating system are left out
    /// when only one side can list them, as a lock cannot; how many is in ``Comparison/notCompared``.
    ///
    /// A package without a name has that of the other side's package from the same place, or is compared with what the
    /// other side has without a name.
    package static func compare(_ left: Environment, _ right: Environment) -> Comparison {
        let (left, right) = (left.named(by: right), right.named(by: left))
        let leftGroups = Dictionary(grouping: left.packages) { Key(ecosystem: $0.ecosystem, name: $0.name) }
        let rightGroups = Dictionary(grouping: right.packages) { Key(ecosystem: $0.ecosystem, name: $0.name) }
        let leftEcosystems = Set(left.packages.map(\.ecosystem))
        let rightEcosystems = Set(right.packages.map(\.ecosystem))
        let silent = systemEcosystems.filter { leftEcosystems.contains($0) != rightEcosystems.contains($0) }
        var changes: [EnvironmentDifference.Change] = []
        var sames: [EnvironmentDifference.Same] = []
        var notCompared: [Ecosystem: Int] = [:]
        for key in Set(leftGroups.keys).union(rightGroups.keys).sorted() {
            let leftPackages = leftGroups[key] ?? []
            let rightPackages = rightGroups[key] ?? []
            if silent.contains(key.ecosystem) {
                notCompared[key.ecosystem, default: 0] += leftPackages.count + rightPackages.count
                continue
            }
            for (left, right) in pairs(leftPackages, rightPackages) {
                let basis = basis(left, right)
                if let kind = difference(left, right) {
                    changes.append(.init(kind: kind, left: left, right: right, basis: basis))
                } else if let left {
                    sames.append(.init(package: left, other: right, basis: basis ?? .version))
                }
            }
        }
        for (left, right) in pairs(left.gaps.compactMap(\.package), right.gaps.compactMap(\.package)) {
            if let kind = difference(left, right) {
                changes.append(.init(kind: kind, left: left, right: right, basis: basis(left, right)))
            } else if let left {
                sames.append(.init(package: left, basis: basis(left, right) ?? .version))
            }
        }
        return Comparison(
            difference: EnvironmentDifference(changes: changes, sames: sames, facts: facts(left, right)),
            notCompared: notCompared)
    }

    /// A difference, and what was not looked at.
    package struct Comparison: Sendable {
        /// What differs.
        package let difference: EnvironmentDifference
        /// How many packages of an operating system only one side knows.
        package let notCompared: [Ecosystem: Int]
    }

    private static let systemEcosystems: Set<Ecosystem> = [.apt, .apk, .rpm]

    private struct Key: Hashable, Comparable {
        let ecosystem: Ecosystem
        let name: String
        static func < (left: Key, right: Key) -> Bool { (left.ecosystem, left.name) < (right.ecosystem, right.name) }
    }

    /// Pairs the packages of one name: equal versions first, then in order; the rest is unpaired.
    private static func pairs(_ left: [Package], _ right: [Package]) -> [(Package?, Package?)] {
        var right = right
        var pairs: [(Package?, Package?)] = []
        var unpaired: [Package] = []
        for package in left {
            let equal =
                right.firstIndex { difference(package, $0) == nil }
                ?? right.firstIndex { sameVersion(package, $0) }
            if let index = equal {
                pairs.append((package, right.remove(at: index)))
            } else {
                unpaired.append(package)
            }
        }
        for package in unpaired {
            pairs.append((package, right.isEmpty ? nil : right.removeFirst()))
        }
        return pairs + right.map { (nil, $0) }
    }

    static func difference(_ left: Package?, _ right: Package?) -> EnvironmentDifference.Kind? {
        guard let left else { return .added }
        guard let right else { return .removed }
        guard sameVersion(left, right) else { return .changed }
        return haveOtherBytes(left, right) || InstalledFilesDifference.isKnown(left, right) ? .rebuilt : nil
    }

    /// Whether the content digests, or else the hashes of the artifacts, show other bytes.
    private static func haveOtherBytes(_ left: Package, _ right: Package) -> Bool {
        if let leftDigest = left.contentDigest, let rightDigest = right.contentDigest {
            return leftDigest != rightDigest
        }
        return haveOtherArtifacts(left, right)
    }

    /// What two packages can be compared by; nil when there is only one.
    static func basis(_ left: Package?, _ right: Package?) -> EnvironmentDifference.Basis? {
        guard let left, let right else { return nil }
        if sameVersion(left, right), !haveOtherBytes(left, right), InstalledFilesDifference.isKnown(left, right) {
            return .files
        }
        if left.contentDigest != nil, right.contentDigest != nil { return .content }
        let algorithms = Set(left.hashes.map(\.algorithm)).intersection(right.hashes.map(\.algorithm))
        return algorithms.isEmpty ? .version : .artifact
    }

    static func sameVersion(_ left: Package, _ right: Package) -> Bool {
        if isElsewhere(left, right) { return false }
        switch (left.version, right.version) {
        case (nil, nil):
            if left.originCommit != nil { return left.originCommit == right.originCommit }
            return left.versionRequirement == right.versionRequirement
        case (let leftVersion?, let rightVersion?):
            if leftVersion == rightVersion { return true }
            guard left.ecosystem == .pypi, let leftParsed = PythonVersion(leftVersion),
                let rightParsed = PythonVersion(rightVersion)
            else { return false }
            return leftParsed == rightParsed
        default:
            // A lock without the version and an installed package: the commit says the same.
            return left.originCommit != nil && left.originCommit == right.originCommit
        }
    }

    /// Whether two packages come from places that cannot hold the same: other commits, other subdirectories of one
    /// repository, and in two locks other directories and other archives of which nothing is known but the URL.
    private static func isElsewhere(_ left: Package, _ right: Package) -> Bool {
        if let one = left.originCommit, let other = right.originCommit, one.lowercased() != other.lowercased() {
            return true
        }
        guard let one = left.origin, let other = right.origin else { return false }
        switch (one.kind, other.kind) {
        case (.repository, .repository): return one.subdirectory != other.subdirectory
        case (.directory, .directory), (.archive, .archive):
            guard left.reference != nil, right.reference != nil, left.hashes.isEmpty || right.hashes.isEmpty else {
                return false
            }
            return one.location != other.location || one.subdirectory != other.subdirectory
        default: return false
        }
    }

    /// Whether the hashes of two packages of one version show other bytes.
    ///
    /// Artifacts are compared by file name. Where names are missing, each side having a hash that the other
    /// lacks means other bytes; one side holding fewer (one platform's) does not.
    private static func haveOtherArtifacts(_ left: Package, _ right: Package) -> Bool {
        if left.hashes.isEmpty || right.hashes.isEmpty { return false }
        if left.isBuilt != right.isBuilt { return true }
        let leftNamed = named(left)
        let rightNamed = named(right)
        if let leftNamed, let rightNamed {
            let common = Set(leftNamed.keys).intersection(rightNamed.keys)
            if !common.isEmpty {
                return common.contains { conflict(leftNamed[$0] ?? [], rightNamed[$0] ?? []) }
            }
        }
        // Hashes of different algorithms say nothing of each other.
        for algorithm in HashAlgorithm.allCases {
            let leftHashes = Set(left.hashes.filter { $0.algorithm == algorithm })
            let rightHashes = Set(right.hashes.filter { $0.algorithm == algorithm })
            if leftHashes.isEmpty || rightHashes.isEmpty { continue }
            return !leftHashes.isSubset(of: rightHashes) && !rightHashes.isSubset(of: leftHashes)
        }
        return false
    }

    private static func named(_ package: Package) -> [String: [Digest]]? {
        var named: [String: [Digest]] = [:]
        for artifact in package.artifacts where !artifact.hashes.isEmpty {
            guard let name = artifact.name else { return nil }
            named[name, default: []] += artifact.hashes
        }
        return named
    }

    /// Whether two lists of hashes of one file name share none of an algorithm that both have. A Pipfile.lock gives the hashes
    /// of wheel and sdist for one URL: the other side having one of them is not a conflict, whichever side it is.
    private static func conflict(_ left: [Digest], _ right: [Digest]) -> Bool {
        Set(left.map(\.algorithm)).contains { algorithm in
            let others = right.filter { $0.algorithm == algorithm }
            return !others.isEmpty && Set(others).isDisjoint(with: left)
        }
    }

    private static func facts(_ left: Environment, _ right: Environment) -> [EnvironmentDifference.Fact] {
        var facts: [EnvironmentDifference.Fact] = []
        if let leftPython = left.python, let rightPython = right.python {
            if leftPython.implementation != rightPython.implementation
                || !agree(leftPython.version, rightPython.version)
            {
                facts.append(
                    .init(
                        name: "python", left: "\(leftPython.implementation) \(leftPython.version)",
                        right: "\(rightPython.implementation) \(rightPython.version)"))
            }
        }
        if let leftPlatform = left.platform, let rightPlatform = right.platform {
            if leftPlatform.os != rightPlatform.os || leftPlatform.architecture != rightPlatform.architecture
                || leftPlatform.usualVariant != rightPlatform.usualVariant
            {
                facts.append(.init(name: "platform", left: leftPlatform.description, right: rightPlatform.description))
            }
            if let leftLibrary = leftPlatform.cLibrary, let rightLibrary = rightPlatform.cLibrary,
                leftLibrary != rightLibrary
            {
                facts.append(.init(name: "libc", left: leftLibrary.description, right: rightLibrary.description))
            }
        }
        return facts
    }

    /// Whether two interpreter versions agree as far as the shorter one goes: `3.11` and `3.11.7` do.
    static func agree(_ left: String, _ right: String) -> Bool {
        let leftParts = left.split(separator: ".")
        let rightParts = right.split(separator: ".")
        let count = min(leftParts.count, rightParts.count)
        return count > 0 && leftParts.prefix(count) == rightParts.prefix(count)
    }
}
