import ArchiveReading
import EnvironmentInventory
import SourceDocuments

/// Names of conda files and platforms
/// (https://docs.conda.io/projects/conda-build/en/stable/resources/package-spec.html,
/// https://docs.conda.io/projects/conda/en/stable/user-guide/concepts/pkg-specs.html).
enum CondaNames {
    /// Splits `numpy-1.26.4-py311h64a7726_0.conda`; nil when the name is not a conda package's.
    static func parts(ofFileName fileName: String) -> (name: String, version: String, build: String)? {
        let bytes = Array(fileName.utf8)
        guard let ending = PathBytes.ends(bytes, ".conda") ? 6 : PathBytes.ends(bytes, ".tar.bz2") ? 8 : nil else {
            return nil
        }
        let stem = bytes.dropLast(ending)
        // Neither the version nor the build has a dash: they are what stands after the last two.
        guard let last = stem.lastIndex(of: UInt8(ascii: "-")),
            let first = stem[..<last].lastIndex(of: UInt8(ascii: "-"))
        else { return nil }
        let (name, version, build) = (stem[..<first], stem[(first + 1)..<last], stem[(last + 1)...])
        guard !name.isEmpty, !version.isEmpty, !build.isEmpty, name.first != UInt8(ascii: "-"),
            name.last != UInt8(ascii: "-"),
            !PathBytes.contains(name, "--")
        else { return nil }
        return (
            LockText.lowercased(String(decoding: name, as: UTF8.self)), String(decoding: version, as: UTF8.self),
            String(decoding: build, as: UTF8.self)
        )
    }

    /// Conda's name of a platform, `linux-64`; nil where conda has none.
    static func subdirectory(of platform: Platform) -> String? {
        switch (platform.os, platform.architecture) {
        case ("linux", "amd64"): "linux-64"
        case ("linux", "arm64"): "linux-aarch64"
        case ("linux", "386"): "linux-32"
        case ("linux", "ppc64le"): "linux-ppc64le"
        case ("linux", "s390x"): "linux-s390x"
        case ("linux", "riscv64"): "linux-riscv64"
        case ("linux", "arm"): platform.variant == "v6" ? "linux-armv6l" : "linux-armv7l"
        case ("darwin", "amd64"): "osx-64"
        case ("darwin", "arm64"): "osx-arm64"
        case ("windows", "amd64"): "win-64"
        case ("windows", "arm64"): "win-arm64"
        case ("windows", "386"): "win-32"
        default: nil
        }
    }

    /// The sha256 and md5 of a table, whichever are there.
    static func digests(_ fields: DocumentFields) throws(LockReadingError) -> [Digest] {
        var digests: [Digest] = []
        for algorithm in [HashAlgorithm.md5, .sha256] {
            guard let hex = try fields.text(algorithm.rawValue), !hex.isEmpty else { continue }
            guard let digest = Digest(algorithm, hex: hex) else {
                throw fields.error(
                    "the \(algorithm.rawValue) \(hex) is malformed", at: fields.table[algorithm.rawValue]?.place)
            }
            digests.append(digest)
        }
        return digests
    }
}

/// One locked package of a conda environment, conda's own or pip's.
struct CondaEntry: Sendable {
    var ecosystem: Ecosystem
    var name: String
    var version: String?
    var url: String
    var hashes: [Digest]
    var range: SourceRange
    var build: String?
    var size: Int?
    /// Why the reader cannot say what the package is; nil for a package of conda or of an index of Python packages.
    var unknown: String?

    var isLocal: Bool { !url.containsText("://") }

    /// The package as every format gives it.
    func locked(file: String) -> LockedPackage {
        var package = LockedPackage(
            .locked, ecosystem: ecosystem, name: name, version: version, file: file, range: range)
        if let unknown {
            package.origin = .unknown(unknown)
            return package
        }
        if url.hasPrefix("git+") {
            package.origin = .repository(.init(source: url))
            return package
        }
        if isLocal {
            package.origin = .path(url, isEditable: false, subdirectory: nil)
            if !hashes.isEmpty {
                package.artifacts = [
                    Artifact(name: LockText.fileName(ofURL: url), url: nil, hashes: hashes, size: size)
                ]
            }
        } else {
            if ecosystem == .pypi { package.origin = .archive(url: url, subdirectory: nil) }
            package.artifacts = [Artifact(name: LockText.fileName(ofURL: url), url: url, hashes: hashes, size: size)]
        }
        if !hashes.isEmpty, hashes.allSatisfy(\.algorithm.isWeak) {
            package.problems.append(
                LockProblem(kind: .weakHash, file: file, range: range, message: "only md5 is given for \(name)"))
        }
        return package
    }
}

/// The packages of each environment and platform, as pixi, conda-lock and explicit files list them.
struct CondaSelection: PackageChoice {
    let file: String
    let entries: [CondaEntry]
    /// The indices of the packages by environment and platform; one environment with the name "" where there are none.
    var environments: [(name: String, platforms: [(name: String, subdirectory: String, entries: [Int])])] = []
    /// The categories of an entry, where the format has them; none means that it is always in.
    var categories: [Int: Set<String>] = [:]
    /// What pip installs besides them, on every platform.
    var requirements: [LockedPackage] = []

    var packages: [LockedPackage] { entries.map { $0.locked(file: file) } + requirements }

    private func chosen(_ target: Target, platform: Platform) throws(LockReadingError) -> [Int] {
        let wanted = target.environment ?? "default"
        guard
            let environment = environments.first(where: { $0.name == wanted })
                ?? environments.first(where: { $0.name.isEmpty })
        else {
            let names = environments.map(\.name).joined(separator: ", ")
            throw LockReadingError(
                file: file, place: nil,
                reason: "has no environment \"\(wanted)\"; it has \(names.isEmpty ? "none" : names)")
        }
        if environment.name.isEmpty, let named = target.environment {
            throw LockReadingError(
                file: file, place: nil, reason: "has no environment \"\(named)\": the format has none")
        }
        let subdirectory = CondaNames.subdirectory(of: platform) ?? platform.description
        let fitting = environment.platforms.filter { $0.subdirectory == subdirectory || $0.subdirectory.isEmpty }
        if let exact = fitting.first(where: { $0.name == subdirectory }) ?? (fitting.count == 1 ? fitting[0] : nil) {
            return exact.entries.filter { index in
                guard let categories = categories[index] else { return true }
                return target.allGroups || categories.contains("main")
                    || !categories.isDisjoint(with: target.groups) || !categories.isDisjoint(with: target.extras)
            }
        }
        let names = environment.platforms.map(\.name).joined(separator: ", ")
        throw LockReadingError(
            file: file, place: nil,
            reason: fitting.isEmpty
                ? "is not locked for \(subdirectory); it has \(names.isEmpty ? "no platform" : names)"
                : "has more than one platform that is \(subdirectory): \(fitting.map(\.name).joined(separator: ", "))")
    }

    func packages(for target: ResolvedTarget) throws(LockReadingError) -> [LockedPackage] {
        let indices = try chosen(target.target, platform: target.platform)
        if let wanted = target.target.pythonVersion, let index = indices.first(where: { isPython(entries[$0]) }),
            let locked = entries[index].version, locked != wanted, !locked.hasPrefix(wanted + ".")
        {
            throw LockReadingError(
                file: file, place: entries[index].range.start,
                reason: "holds Python \(locked), which excludes \(wanted)")
        }
        var chosen = indices.map { entries[$0].locked(file: file) }
        for requirement in requirements {
            if let marker = requirement.marker,
                try !target.holds(marker, extras: [], file: file, place: requirement.range.start)
            {
                continue
            }
            chosen.append(requirement)
        }
        return chosen
    }

    private func isPython(_ entry: CondaEntry) -> Bool { entry.ecosystem == .conda && entry.name == "python" }

    func pythonVersion(for target: Target) -> String? {
        let platform = target.platform ?? Platform(os: "linux", architecture: "amd64")
        guard let indices = try? chosen(target, platform: platform) else { return nil }
        return indices.map { entries[$0] }.first { isPython($0) }?.version
    }
}
