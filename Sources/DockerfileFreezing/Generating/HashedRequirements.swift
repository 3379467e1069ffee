import EnvironmentInventory
import LockFormats
import SourceDocuments

/// The Python packages of one target, each with one version and its hashes, sorted into what is installed as it is and what
/// has to be built.
package struct HashedRequirements: Sendable {
    /// One package.
    package struct Entry: Sendable, Hashable {
        /// The normalised name.
        package let name: String
        /// The exact version.
        package let version: String
        /// The hashes that pip accepts, sorted.
        package let hashes: [Digest]
        /// Where it comes from when no index has it; nil for an index.
        package let url: String?
    }

    /// A package that is a commit of a git repository.
    package struct Repository: Sendable, Hashable {
        /// The normalised name.
        package let name: String
        /// The version, where the lock says one.
        package let version: String?
        /// The URL without revision.
        package let url: String
        /// The commit.
        package let commit: String
        /// The directory of the project in the repository; nil for its root.
        package var subdirectory: String?
    }

    /// The packages that have a wheel, by name.
    package let entries: [Entry]
    /// The packages that have only an sdist, by name; empty unless building was allowed.
    package let sdists: [Entry]
    /// The packages from git, by name; empty unless building was allowed.
    package let repositories: [Repository]
    /// The indexes that have the packages, and their secrets.
    package let indexes: PackageIndexes

    /// Takes the packages of a target's environment.
    ///
    /// - Parameters:
    ///   - indexes: the indexes that the file of the packages names.
    ///   - isBuilding: whether sdists and commits are built in a stage of their own.
    /// - Throws: ``FreezeError`` naming every package that cannot be installed by its hash, and what would change that.
    package init(
        _ environment: Environment, indexes: [LockIndex] = [], isBuilding: Bool = false
    ) throws(FreezeError) {
        var sorter = RequirementSorter(isBuilding: isBuilding)
        sorter.refused = FreezeError.reasons(environment.gaps)
        for package in environment.packages where package.ecosystem == .pypi { sorter.add(package) }
        if sorter.needsFileIndexes { sorter.refused += sorter.indexes.add(indexes) }
        guard sorter.refused.isEmpty else { throw FreezeError(reasons: sorter.refused) }
        entries = Self.sorted(sorter.entries)
        sdists = Self.sorted(sorter.sdists)
        repositories = sorter.repositories.sorted { $0.name < $1.name }
        self.indexes = sorter.indexes
        let all = packages
        guard !all.isEmpty else { throw FreezeError(reasons: ["the lock holds no package of Python for this target"]) }
        if let twice = zip(all, all.dropFirst()).first(where: { $0.name == $1.name }) {
            throw FreezeError(reasons: [
                "the lock holds \(twice.0.name) twice for this target: \(twice.0.version) and \(twice.1.version)"
            ])
        }
    }

    /// The entries by name, each once: extras alone make no other package.
    private static func sorted(_ entries: [Entry]) -> [Entry] {
        var sorted: [Entry] = []
        for entry in entries.sorted(by: { ($0.name, $0.version) < ($1.name, $1.version) })
        where !sorted.reversed().prefix(while: { $0.name == entry.name }).contains(entry) {
            sorted.append(entry)
        }
        return sorted
    }

    /// Every package with its version, by name.
    package var packages: [(name: String, version: String)] {
        let found =
            (entries + sdists).map { ($0.name, $0.version) } + repositories.map { ($0.name, $0.version ?? $0.commit) }
        return found.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map { (name: $0.0, version: $0.1) }
    }

    /// The requirements file of what has wheels
    /// (https://pip.pypa.io/en/stable/topics/secure-installs/#hash-checking-mode).
    package var text: String { Self.text(entries, indexes, option: "--only-binary :all:") }

    /// The requirements file of what is built from an sdist; nil when there is none.
    package var sdistText: String? { sdists.isEmpty ? nil : Self.text(sdists, indexes, option: "--no-binary :all:") }

    private static func text(_ entries: [Entry], _ indexes: PackageIndexes, option: String) -> String {
        var text = "\(option)\n--require-hashes\n" + indexes.options.map { $0 + "\n" }.joined()
        for entry in entries {
            text += entry.url.map { "\(entry.name) @ \($0)" } ?? "\(entry.name)==\(entry.version)"
            for hash in entry.hashes { text += " \\\n    --hash=\(hash)" }
            text += "\n"
        }
        return text
    }
}

private struct RequirementSorter {
    let isBuilding: Bool
    var entries: [HashedRequirements.Entry] = []
    var sdists: [HashedRequirements.Entry] = []
    var repositories: [HashedRequirements.Repository] = []
    var refused: [String] = []
    var indexes = PackageIndexes()
    /// Whether a package comes from whichever index the file names for all of them.
    var needsFileIndexes = false

    init(isBuilding: Bool) { self.isBuilding = isBuilding }

    mutating func add(_ package: Package) {
        let place = package.source.map { "\($0.file)\($0.line.map { ":\($0)" } ?? ""): " } ?? ""
        let named = "\(place)\(package.name)\(package.version.map { " \($0)" } ?? "")"
        if let origin = package.origin, case .repository(let system, let commit, _) = origin.kind {
            addRepository(package, named, origin, system: system, commit: commit)
            return
        }
        let paths = [package.origin.map(\.url) ?? package.location] + package.artifacts.map(\.url)
        if let path = paths.compactMap({ $0 }).first(where: { !$0.contains("://") || $0.hasPrefix("file:") }) {
            refused.append("\(named) is the local path \(path), which the build does not have: \(Self.pathHelp)")
            return
        }
        guard let version = package.version, FreezeText.isWord(version) else {
            refused.append("\(named) has no exact version: lock it with the tool that made the file")
            return
        }
        let hashes = package.hashes.filter { [.sha256, .sha384, .sha512].contains($0.algorithm) }
        guard !hashes.isEmpty else {
            refused.append("\(named) has no hash of sha256 or better: \(Self.hashHelp)")
            return
        }
        if let directory = package.origin?.subdirectory {
            refused.append(
                "\(named) is the directory \(directory) of an archive, which cannot be built: lock a wheel of it")
            return
        }
        guard let url = url(package, named) else { return }
        let entry = HashedRequirements.Entry(
            name: package.name, version: version, hashes: hashes, url: url.isEmpty ? nil : url)
        let names = package.artifacts.compactMap(\.name)
        let isSdist =
            !names.isEmpty && names.count == package.artifacts.count && !names.contains { $0.hasSuffix(".whl") }
        if !isSdist {
            entries.append(entry)
        } else if isBuilding {
            sdists.append(entry)
        } else {
            refused.append("\(named) has no wheel, only \(names.joined(separator: ", ")): \(Self.buildHelp)")
        }
    }

    /// The URL that a package is installed from, without credentials: its own, or that of its artifact in an index that is not
    /// the default one. Empty for a package that an index gives; nil where it was refused.
    private mutating func url(_ package: Package, _ named: String) -> String? {
        let artifact = package.artifacts.count == 1 ? package.artifacts[0].url : nil
        let isElsewhere = artifact.map { !PackageIndexes.isDefault($0) } ?? false
        if let written = package.origin?.url ?? (isElsewhere ? artifact : nil) {
            let bare = written.split(separator: "#", maxSplits: 1).first.map(String.init) ?? written
            let plain = PackageIndexes.withoutCredentials(bare)
            guard FreezeText.isURL(plain) else {
                refused.append(
                    "\(named): its URL \(URLCredentials.redacted(written)) cannot be written into a requirements file")
                return nil
            }
            indexes.addHost(of: bare)
            return plain
        }
        if let index = package.index, !PackageIndexes.isDefault(index), artifact == nil {
            if let reason = indexes.add("--extra-index-url", index) { refused.append("\(named): \(reason)") }
        } else if package.index == nil {
            needsFileIndexes = true
        }
        return ""
    }

    private mutating func addRepository(
        _ package: Package, _ named: String, _ origin: DirectOrigin, system: String, commit: String?
    ) {
        let url = URLCredentials.redacted(origin.url)
        guard let commit else {
            refused.append("\(named) is from \(url) without a commit: lock it again, so that the lock names the commit")
            return
        }
        guard isBuilding else {
            refused.append("\(named) is a commit of \(url), not a wheel: \(Self.buildHelp)")
            return
        }
        guard system == "git", FreezeText.isURL(origin.url),
            origin.url.hasPrefix("https://") || origin.url.hasPrefix("http://")
        else {
            refused.append("\(named): the repository \(url) cannot be added by its URL; lock a wheel of it")
            return
        }
        if let directory = origin.subdirectory, !FreezeText.isInnerPath(directory) {
            refused.append(
                "\(named) is the directory \(directory) of \(url), which cannot be built: it does not stay in the repository, "
                    + "or a shell would read its name otherwise")
            return
        }
        let plain = PackageIndexes.withoutCredentials(origin.url)
        repositories.append(
            .init(
                name: package.name, version: package.version, url: plain, commit: commit,
                subdirectory: origin.subdirectory.map {
                    $0.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
                }))
    }

    private static let buildHelp =
        "--build-sdists FILE builds it in a stage of its own, with the build tools that FILE locks by hash"
    private static let pathHelp = "build a wheel of it (pip wheel), put it where the lock can name it, and lock again"
    private static let hashHelp =
        "lock it with hashes (uv pip compile --generate-hashes, pip-compile --generate-hashes)"
}

/// What may be written into a line of a generated file as it is.
enum FreezeText {
    /// Whether a text is one word of a version or name.
    static func isWord(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "a")...UInt8(ascii: "z"):
                    true
                default: "._+!-~:".utf8.contains(byte)
                }
            }
    }

    /// Whether a text is a URL without anything that a shell, a Dockerfile or pip would expand.
    static func isURL(_ text: String) -> Bool {
        text.contains("://")
            && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && !"$`\"'\\<>{}|#".utf8.contains($0) }
    }

    /// Whether a text is a relative path that never leaves its directory, in words that no shell reads otherwise.
    static func isInnerPath(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        var depth = 0
        for part in parts {
            if part == "." || part.isEmpty && part.startIndex != text.startIndex { continue }
            guard part != "..", isWord(String(part)) else { return false }
            depth += 1
        }
        return depth > 0 && !text.hasPrefix("/") && !text.hasPrefix("~") && !text.hasPrefix("-")
    }

    /// A text on one line, for a comment.
    static func oneLine(_ text: String) -> String {
        String(text.unicodeScalars.map { $0.value < UInt8(ascii: " ") || $0.value == 0x7F ? "?" : Character($0) })
    }
}

/// A lock cannot be frozen, and all the reasons.
package struct FreezeError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The reasons, each one line.
    package let reasons: [String]

    /// Creates an error.
    package init(reasons: [String]) { self.reasons = reasons }

    /// What a lock holds and nothing can install: each gap, by name and position.
    package static func reasons(_ gaps: [Gap]) -> [String] {
        gaps.map { gap in
            let help = gap.package == nil ? "" : ": write its name before it, NAME @ URL, and lock again"
            return gap.description + help
        }
    }

    /// All reasons, one a line.
    package var description: String { reasons.joined(separator: "\n") }
}
