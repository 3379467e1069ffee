import EnvironmentInventory
import PythonPackaging
import SourceDocuments

/// Where the artifact of an installed package came from, as far as it is known.
package enum CapturedSource: Sendable, Hashable {
    case wheel(Artifact)
    case sdist(Artifact)
    /// A wheel or source archive that was named by its URL.
    case archive(Artifact, subdirectory: String?)
    case repository(type: String, url: String, commit: String, revision: String?, subdirectory: String?)
    case directory(path: String, isEditable: Bool, subdirectory: String?)
    /// No installer could fetch it: why, and the artifacts that a lock allows without saying where they are.
    case unknown(Unknown, [Artifact])

    /// Why an artifact is not known.
    package enum Unknown: Sendable, Hashable {
        /// Neither a lock nor a report nor the installer names one.
        case unnamed
        /// The lock has this version instead.
        case otherVersion(String)
        /// The lock names hashes, and no URL.
        case unaddressed
        /// It is not a Python package, or one that a package manager of another kind has installed.
        case foreign
    }
}

/// Finds the artifacts of installed packages: in locks, in reports of pip, in what the installer noted.
package struct ArtifactSources: Sendable {
    private var reported: [String: [Package]] = [:]
    private var locked: [String: [Package]] = [:]

    /// Knows nothing yet.
    package init() {}

    /// Adds all packages of a lock, whatever they are for: what is installed decides which are meant.
    ///
    /// - Parameter folder: the absolute directory of the lock, for artifacts that it names by a path.
    package mutating func add(_ lock: LockDocument, folder: String) {
        for package in lock.packages where package.ecosystem == .pypi {
            var package = package
            package.artifacts = package.artifacts.map { Self.located($0, folder) }
            locked[package.name, default: []].append(package)
        }
    }

    /// Adds what pip says that it has downloaded.
    package mutating func add(_ report: InstallationReport) {
        for package in report.packages { reported[package.name, default: []].append(package) }
    }

    private static func located(_ artifact: Artifact, _ folder: String) -> Artifact {
        guard let url = artifact.url, !url.contains("://"), !url.hasPrefix("/") else { return artifact }
        return Artifact(name: artifact.name, url: folder + "/" + url, hashes: artifact.hashes, size: artifact.size)
    }

    /// The source of an installed package.
    ///
    /// - Parameter target: the environment's own interpreter and platform; nil when it is not known.
    package func source(of package: Package, target: PythonTarget?) -> CapturedSource {
        guard package.ecosystem == .pypi, package.installer != "conda", package.installer != "debian" else {
            return .unknown(.foreign, package.artifacts)
        }
        if let source = Self.direct(package) { return source }
        if let artifact = same(reported, package).flatMap(\.artifacts).first { return Self.addressed(artifact) }
        let releases = same(locked, package)
        guard !releases.isEmpty else {
            let other = locked[package.name]?.compactMap(\.version).first
            return .unknown(other.map { .otherVersion($0) } ?? .unnamed, [])
        }
        let artifacts = releases.flatMap(\.artifacts).filter { !$0.hashes.isEmpty }
        if let claimed = artifacts.first(where: { !Set($0.hashes).isDisjoint(with: package.claimedHashes) }) {
            return Self.addressed(claimed)
        }
        if let chosen = Self.choose(artifacts, package, target) { return Self.addressed(chosen) }
        return .unknown(artifacts.isEmpty ? .unnamed : .unaddressed, artifacts)
    }

    private func same(_ known: [String: [Package]], _ package: Package) -> [Package] {
        guard let version = package.version.flatMap({ PythonVersion($0) }) else { return [] }
        return known[package.name]?.filter { $0.version.flatMap { PythonVersion($0) } == version } ?? []
    }

    private static func addressed(_ artifact: Artifact) -> CapturedSource {
        guard artifact.url != nil, let name = artifact.name, artifact.hasOneHashEach else {
            return .unknown(.unaddressed, [artifact])
        }
        return name.hasSuffix(".whl") ? .wheel(artifact) : .sdist(artifact)
    }

    private static func direct(_ package: Package) -> CapturedSource? {
        guard let origin = package.origin else { return nil }
        switch origin.kind {
        case .archive(let hashes):
            guard !hashes.isEmpty else { return nil }
            return .archive(
                Artifact(name: LockText.fileName(ofURL: origin.url), url: origin.url, hashes: hashes),
                subdirectory: origin.subdirectory)
        case .repository(let type, let commit, let revision):
            guard let commit else { return nil }
            return .repository(
                type: type, url: origin.url, commit: commit, revision: revision, subdirectory: origin.subdirectory)
        case .directory(let isEditable):
            guard origin.url.hasPrefix("file://") else { return nil }
            let path = PercentEncoding.decode(String(origin.url.dropFirst("file://".count)))
            return .directory(path: path, isEditable: isEditable, subdirectory: origin.subdirectory)
        }
    }

    /// The one artifact that was installed: the wheel with a tag of the installed WHEEL file; for one that was built on the
    /// spot the source archive; else the wheel that installers prefer.
    private static func choose(_ artifacts: [Artifact], _ package: Package, _ target: PythonTarget?) -> Artifact? {
        var wheels: [(artifact: Artifact, file: WheelFileName)] = []
        var source: Artifact?
        for artifact in artifacts {
            guard let name = artifact.name else { continue }
            if let file = try? WheelFileName(name) {
                wheels.append((artifact, file))
            } else if source == nil || name.hasSuffix(".tar.gz") && source?.name?.hasSuffix(".tar.gz") == false {
                source = artifact
            }
        }
        let installed = Set(package.wheelTags.flatMap { WheelTag.parse($0) ?? [] })
        let tagged = wheels.filter { wheel in !installed.isDisjoint(with: wheel.file.tags) }
        if let target, let best = target.best(of: tagged.map(\.file)) {
            return unambiguous(tagged[best].artifact, artifacts)
        }
        if tagged.count == 1 { return unambiguous(tagged[0].artifact, artifacts) }
        // No published wheel has the tag `linux_x86_64`: it was built here.
        let isBuiltHere = !installed.isEmpty && installed.allSatisfy { $0.platform.hasPrefix("linux_") }
        if isBuiltHere || wheels.isEmpty, let source { return unambiguous(source, artifacts) }
        guard let target, let best = target.best(of: wheels.map(\.file)) else {
            return source.flatMap { unambiguous($0, artifacts) }
        }
        return unambiguous(wheels[best].artifact, artifacts)
    }

    /// Nil when another artifact of the same name has other bytes: two indexes, and nothing says which was used.
    private static func unambiguous(_ artifact: Artifact, _ artifacts: [Artifact]) -> Artifact? {
        let twins = artifacts.filter { $0.name == artifact.name }
        return twins.allSatisfy { $0.hashes == artifact.hashes } ? artifact : nil
    }
}
