import EnvironmentInventory
import SourceDocuments

/// One package that a file declares or locks: what it says about the package, and where.
///
/// Every format gives these. ``package`` and ``gap`` are the only ways from here to an environment.
package struct LockedPackage: Sendable {
    /// What an entry is to its file.
    package enum Kind: String, Sendable, Hashable {
        /// A person declares it.
        case declared
        /// It limits what something else brings in.
        case constraint
        /// A tool resolved it.
        case locked
    }

    /// The ecosystem of the package.
    package var ecosystem: Ecosystem
    /// Whether the package was declared or locked.
    package var kind: Kind
    /// The normalised name; nil where only a URL or path is written.
    package var name: String?
    /// The entry as written, on one line.
    package var text: String
    /// The one version that it pins; nil where it does not.
    package var version: String?
    /// The specifier as written, `>=2,<3`; empty where there is none.
    package var specifier = ""
    /// Where the package comes from.
    package var origin: Origin = .index
    /// The URL of the index that the file names for this package; nil where it names none.
    package var index: String?
    /// Whether installers build it from its source archive, as the file asks them to.
    package var isBuilt = false
    /// The files that an installer may take; they stay text until somebody asks for ``artifacts``.
    var files = LockedFiles([])
    /// The extras that are asked for, normalised.
    package var extras: [String] = []
    /// The environment marker as written.
    package var marker: String?
    /// The groups, extras or categories that bring it in; empty where the main one does.
    package var groups: [String] = []
    /// What the package itself depends on, as far as the file says it.
    package var dependencies: [LockDependency] = []
    /// What a capture recorded of the installed package; nil in every other file.
    var captured: CapturedFacts?
    /// What brought it in, as the tool noted it (`# via`).
    package var provenance: [String] = []
    /// The file that holds the entry: for nested requirements files not the one that was read first.
    package var file: String
    /// The range of the entry in ``file``.
    package var range: SourceRange
    /// What is wrong with the entry.
    package var problems: [LockProblem] = []

    /// Creates an entry; everything that is not name and version is set afterwards.
    init(
        _ kind: Kind, ecosystem: Ecosystem = .pypi, name: String?, version: String? = nil, text: String? = nil,
        file: String, range: SourceRange
    ) {
        self.kind = kind
        self.ecosystem = ecosystem
        self.name = name
        self.version = version
        self.text = text ?? (name ?? "") + (version.map { "==" + $0 } ?? "")
        self.file = file
        self.range = range
    }

    /// The files that an installer may take, in the file's order.
    package var artifacts: [Artifact] {
        get { files.artifacts }
        set { files = LockedFiles(newValue) }
    }

    /// The hashes of all files, sorted, each once.
    package var hashes: [Digest] {
        var hashes = files.artifacts.flatMap(\.hashes)
        if hashes.count < 2 { return hashes }
        hashes.sort()
        var unique: [Digest] = []
        for hash in hashes where unique.last != hash { unique.append(hash) }
        return unique
    }

    /// Sets the hashes that the entry gives for its release or its file.
    mutating func setHashes(_ hashes: [Digest]) {
        switch origin {
        case .archive(let url, _): artifacts = [Artifact(name: LockText.fileName(ofURL: url), url: url, hashes: hashes)]
        case .path(let path, _, _) where !hashes.isEmpty:
            artifacts = [Artifact(name: LockText.fileName(ofURL: path), url: nil, hashes: hashes)]
        case .index where !hashes.isEmpty: artifacts = [Artifact(name: nil, url: nil, hashes: hashes)]
        case .index, .path, .repository, .unknown: files = LockedFiles([])
        }
    }

    /// Adds the problem of a file that is known by a hash with collisions alone.
    mutating func noteWeakHash() {
        guard let weak = files.weakHash else { return }
        let subject = weak.file ?? name ?? text
        problems.append(
            LockProblem(
                kind: .weakHash, file: file, range: range,
                message: weak.file == nil
                    ? "\(weak.algorithm.rawValue) is given for \(subject)"
                    : "only \(weak.algorithm.rawValue) is given for \(subject)"))
    }

    /// How firmly the entry pins its package, computed from everything above.
    package var strength: PinStrength {
        if problems.contains(where: { $0.kind == .unresolvedVariable }) { return .unknown }
        switch origin {
        case .unknown: return .unknown
        case .repository(let repository): return repository.strength
        case .index:
            if name == nil { return .unknown }
            // The hash of a named file pins it without a version; the hashes of a release need one.
            if files.areHashed, version != nil || files.areNamed { return .hashed }
            return version == nil ? .floating : .exact
        case .archive:
            if files.areHashed { return .hashed }
            // A hash with known collisions still tells one release from the next.
            return version == nil && !files.haveDigests ? .floating : .exact
        case .path(let path, _, _):
            if files.areHashed { return .hashed }
            if files.haveDigests { return .exact }
            // A wheel beside the file is named with its version, but nothing says that its bytes stay the same.
            return kind == .declared && version != nil && PythonRules.isArchive(path) ? .exact : .floating
        }
    }
}

extension LockedPackage {
    /// Where a package comes from.
    package enum Origin: Sendable, Hashable {
        /// An index or channel.
        case index
        /// A wheel or source archive that is named by its URL.
        case archive(url: String, subdirectory: String?)
        /// A repository of a version control system.
        case repository(Repository)
        /// A directory or an archive on disk.
        case path(String, isEditable: Bool, subdirectory: String?)
        /// A kind of source that the reader does not know, and what the file says of it.
        case unknown(String)
    }

    /// A repository, and what of it is meant.
    package struct Repository: Sendable, Hashable {
        /// The version control system: `git`, `hg`, `svn`, `bzr`.
        package var system = "git"
        /// The URL without revision and fragment.
        package var url: String
        /// The commit, tag or branch; nil for the default branch.
        package var revision: String?
        /// Whether the file calls ``revision`` a branch.
        package var isBranch = false
        /// Whether a project or its lock calls ``revision`` a tag.
        package var isTag = false
        /// The directory of the project in the repository; nil for its root.
        package var subdirectory: String?

        /// Creates a repository.
        package init(
            system: String = "git", url: String, revision: String?, isBranch: Bool = false, subdirectory: String? = nil
        ) {
            self.system = system
            self.url = url
            self.revision = revision
            self.isBranch = isBranch
            self.subdirectory = subdirectory
        }

        /// The commit, if the revision is one; only commits of git and Mercurial are hashes.
        package var commit: String? {
            guard let revision, !isBranch, system == "git" || system == "hg", GitRevision.isCommit(revision) else {
                return nil
            }
            return revision
        }

        /// Hashed for a commit, exact for what reads like the tag of a release, floating for the rest.
        var strength: PinStrength {
            if commit != nil { return .hashed }
            let strength = isBranch ? .floating : GitRevision.strength(revision)
            return strength == .hashed ? .exact : strength
        }

        /// `git+URL@REVISION#subdirectory=DIRECTORY`, as pip writes it
        /// (https://pip.pypa.io/en/stable/topics/vcs-support/).
        package var reference: String {
            "\(system)+\(url)" + (revision.map { "@" + $0 } ?? "")
                + (subdirectory.map { "#subdirectory=" + $0 } ?? "")
        }
    }
}

/// One dependency: of a locked package, or of the project itself.
package struct LockDependency: Sendable {
    /// The normalised name.
    package var name: String
    /// The extras that are asked for.
    package var extras: [String] = []
    /// The environment marker as written.
    package var marker: String?
    /// The versions that fit, as Poetry or PEP 440 writes them; nil for any.
    package var constraint: String?
    /// The one version that is meant, where the lock holds several.
    var version: String?
    /// The source that is meant, where the lock holds several.
    var source: UVSource.Kind?
    /// The Python versions for which the dependency counts, as Poetry writes them.
    var python: String?
    /// The group of the project that declares it; nil for the main one, and inside of the lock.
    var group: String?
    /// The extras of the project that bring it in; empty when it is always in.
    var neededByExtras: Set<String> = []
    /// The range of the dependency in the file.
    package var range: SourceRange

    /// Creates a dependency.
    init(name: String, extras: [String] = [], marker: String? = nil, constraint: String? = nil, range: SourceRange) {
        self.name = name
        self.extras = extras
        self.marker = marker
        self.constraint = constraint
        self.range = range
    }
}
