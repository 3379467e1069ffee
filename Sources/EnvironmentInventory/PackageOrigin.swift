import SourceDocuments

extension DirectOrigin {
    /// The commit of a repository; nil for everything else.
    package var commit: String? {
        if case .repository(_, let commit, _) = kind { commit } else { nil }
    }

    /// The URL as it is compared: without credentials, without the scheme's prefix of a version control system, without
    /// `.git` and slashes at the end.
    package var location: String {
        var text = url[...]
        for system in ["git+", "hg+", "svn+", "bzr+"] where text.hasPrefix(system) { text = text.dropFirst(4) }
        if let scheme = text.firstRange(of: "://"), !text.hasPrefix("ssh:") {
            let rest = text[scheme.upperBound...]
            let authority = rest.prefix { $0 != "/" }
            if let at = authority.lastIndex(of: "@") {
                text = text[..<scheme.upperBound] + rest[rest.index(after: at)...]
            }
        }
        while text.hasSuffix("/") { text = text.dropLast() }
        if text.hasSuffix(".git") { text = text.dropLast(4) }
        return String(text)
    }

    /// The origin on one line, as pip writes it, without credentials.
    package var reference: String {
        let directory = subdirectory.map { "#subdirectory=" + $0 } ?? ""
        switch kind {
        case .archive: return URLCredentials.redacted(url) + directory
        case .repository(let type, let commit, let revision):
            let at = (commit ?? revision).map { "@" + $0 } ?? ""
            return URLCredentials.redacted("\(type)+\(url)") + at + directory
        case .directory(let isEditable): return (isEditable ? "-e " : "") + URLCredentials.redacted(url) + directory
        }
    }
}

extension Package {
    /// The commit that a lock pins or that an installer noted; nil where there is none.
    package var originCommit: String? { commit ?? origin?.commit }

    /// What a lock names in place of an index, or where the installer took the package from; nil for an index.
    package var directReference: String? { reference ?? origin?.reference }

    /// The name; for a package without one what its file writes in place of it.
    package var label: String { name.isEmpty ? directReference ?? "" : name }

    /// Returns the package with a name.
    package func named(_ name: String) -> Package {
        var package = self
        package.name = name
        return package
    }
}

extension Environment {
    /// Returns the environment with names for the packages that it gives without one (``Gap/package``), where another
    /// environment has exactly one package from the same repository and subdirectory, archive or directory.
    ///
    /// Their gaps are closed: what the package is, the comparison of commits and hashes then says.
    package func named(by other: Environment) -> Environment {
        var named = self
        var names: PackageNames?
        named.gaps = []
        for gap in gaps {
            if let package = gap.package {
                let known = names ?? PackageNames(other)
                names = known
                if let name = known.name(of: package) {
                    named.packages.append(package.named(name))
                    continue
                }
            }
            named.gaps.append(gap)
        }
        if names != nil { named.sortPackages() }
        return named
    }
}

/// The names of an environment's packages, by the places that they came from.
private struct PackageNames {
    private enum Place: Hashable {
        case repository(String, subdirectory: String?)
        case archive(String, subdirectory: String?)
        case directory(String, subdirectory: String?)
        case file(Digest)
    }

    private struct Key: Hashable {
        let ecosystem: Ecosystem
        let place: Place
    }

    private var names: [Key: Set<String>] = [:]

    init(_ environment: Environment) {
        for package in environment.packages where package.origin != nil || !package.claimedHashes.isEmpty {
            for key in Self.keys(package) { names[key, default: []].insert(package.name) }
        }
    }

    func name(of package: Package) -> String? {
        let found = Self.keys(package).reduce(into: Set<String>()) { $0.formUnion(names[$1] ?? []) }
        return found.count == 1 ? found.first : nil
    }

    private static func keys(_ package: Package) -> [Key] {
        var places: [Place] = []
        if let origin = package.origin {
            switch origin.kind {
            case .repository: places.append(.repository(origin.location, subdirectory: origin.subdirectory))
            case .archive(let hashes):
                places.append(.archive(origin.location, subdirectory: origin.subdirectory))
                places += (hashes + package.hashes).filter { !$0.algorithm.isWeak }.map { .file($0) }
            case .directory: places.append(.directory(origin.location, subdirectory: origin.subdirectory))
            }
        }
        places += package.claimedHashes.filter { !$0.algorithm.isWeak }.map { .file($0) }
        return places.map { Key(ecosystem: package.ecosystem, place: $0) }
    }
}
