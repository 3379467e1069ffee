import EnvironmentInventory
import ParallelWork
import SourceDocuments

extension LockedPackage {
    /// The entry as a package of an environment; nil where nothing gives its name or the reader does not know its source,
    /// which is a ``gap``.
    package var package: Package? {
        guard let name, !name.isEmpty else { return nil }
        if case .unknown = origin { return nil }
        return package(named: name)
    }

    private func package(named name: String) -> Package {
        var package = Package(ecosystem: ecosystem, name: name, version: version)
        package.artifacts = artifacts
        package.marker = marker
        package.source = FileLocation(file: file, line: range.start.line)
        package.index = index
        package.isBuilt = isBuilt
        // `===` compares the whole text: a version alone would not say so.
        if !specifier.isEmpty, version == nil || specifier.hasPrefix("===") { package.versionRequirement = specifier }
        switch origin {
        case .index, .unknown: break
        case .archive(let url, let subdirectory):
            package.origin = DirectOrigin(url: url, kind: .archive(hashes), subdirectory: subdirectory)
        case .repository(let repository):
            package.commit = repository.commit
            package.artifacts = []
            package.origin = DirectOrigin(
                url: repository.url,
                kind: .repository(type: repository.system, commit: repository.commit, revision: repository.revision),
                subdirectory: repository.subdirectory)
            if version == nil { package.versionRequirement = "@ " + URLCredentials.redacted(repository.reference) }
        case .path(let path, let isEditable, let subdirectory):
            package.origin = DirectOrigin(
                url: path, kind: files.isEmpty ? .directory(isEditable: isEditable) : .archive(hashes),
                subdirectory: subdirectory)
            if files.isEmpty, kind == .locked { package.location = path }
            if version == nil { package.versionRequirement = "@ " + URLCredentials.redacted(path) }
        }
        package.reference = reference
        if !dependencies.isEmpty { package.dependencies = dependencies.map(\.name) }
        if let captured {
            package.installer = captured.installer
            package.contentDigest = captured.contentDigest
        }
        return package
    }

    /// The repository, URL or path as it is shown, without credentials; nil for a package of an index.
    package var reference: String? {
        switch origin {
        case .index, .unknown: return nil
        case .archive, .repository, .path:
            if kind != .locked { return URLCredentials.redacted(text) }
        }
        switch origin {
        case .index, .unknown: return nil
        case .archive(let url, let subdirectory):
            return URLCredentials.redacted(url) + (subdirectory.map { "#subdirectory=" + $0 } ?? "")
        case .repository(let repository): return URLCredentials.redacted(repository.reference)
        case .path(let path, let isEditable, let subdirectory):
            return (isEditable ? "-e " : "") + path + (subdirectory.map { "#subdirectory=" + $0 } ?? "")
        }
    }

    /// What an environment says in place of a package that has no name or no known source; nil where both are known.
    package var gap: Gap? {
        let source = FileLocation(file: file, line: range.start.line)
        if case .unknown(let reason) = origin {
            return Gap(URLCredentials.redacted(text), reason: reason, source: source)
        }
        guard name ?? "" == "" else { return nil }
        return Gap(
            URLCredentials.redacted(text), reason: namelessReason, source: source,
            package: origin == .index ? nil : package(named: ""))
    }

    private var namelessReason: String {
        switch origin {
        case .index, .unknown: "nothing gives the name of this package"
        case .archive: "only the contents of the archive give the name of this package"
        case .repository: "only the contents of the repository give the name of this package"
        case .path: "only the contents of the path give the name of this package"
        }
    }
}

extension [LockedPackage] {
    /// Appends every entry to an environment: as a package, or as a gap.
    func add(to environment: inout Environment) {
        environment.packages.reserveCapacity(environment.packages.count + count)
        // The files of a package are parsed here, a hundred thousand in a large lock.
        let made = mapInParallel(pieces(of: self, minimum: 256)) { piece in
            piece.map { entry in
                let package = entry.package
                return (package: package, gap: package == nil ? entry.gap : nil)
            }
        }
        for (package, gap) in made.joined() {
            if let package { environment.packages.append(package) } else if let gap { environment.gaps.append(gap) }
        }
    }
}
