import EnvironmentInventory
import ParallelWork
import SourceDocuments

/// What a lock, requirements or environment file says, whole and with places.
package struct LockDocument: Sendable {
    /// The format's name, `uv.lock`.
    package let format: String
    /// The file's name as it was given.
    package let name: String
    /// Everything that is declared or locked, in the order of the file (and of the files that it names).
    package var requirements: [LockRequirement] {
        get { deferred?.value ?? stated }
        set {
            stated = newValue
            deferred = nil
        }
    }
    /// The requirements of every format that reads them at once.
    private(set) var stated: [LockRequirement] = []
    private var deferred: Deferred<[LockRequirement]>?
    /// What the lock says that it was made from: the project's own requirements.
    package var declarations: [LockRequirement] = []
    /// Indexes and other places that packages come from.
    package var indexes: [LockIndex] = []
    /// The URLs of indexes from which, as the file says, only what names them comes.
    package var explicitIndexes: [String] = []
    /// What is wrong with the file and is no single requirement's fault.
    package var problems: [LockProblem] = []
    /// The Python versions that the file is for, `>=3.11`; nil where it does not say.
    package var pythonRequirement: String?
    /// The names of the project's own packages: they are no packages of the environment.
    package var projects: Set<String> = []
    /// The hash over the declarations that the lock was made from, as the lock writes it; nil where the format has none.
    package var contentHash: String?
    /// Where ``contentHash`` stands.
    package var contentHashRange: SourceRange?
    /// What a capture adds; nil for every other file.
    package var capture: CapturedEnvironment?
    /// How the format chooses its packages for a target.
    var selection: any PackageChoice

    init(format: any LockFormat.Type, text: SourceText, selection: any PackageChoice = EverySelection(packages: [])) {
        self.format = format.name
        self.name = text.name
        self.selection = selection
    }

    /// Sets requirements that are made when they are first asked for; none of their problems keeps the file from being read.
    mutating func deferRequirements(_ make: @escaping @Sendable () -> [LockRequirement]) { deferred = Deferred(make) }

    /// Every package that the file holds, for any target.
    package var packages: [Package] { selection.packages + (capture?.packages ?? []) }
}

/// One thing that a file declares or locks.
package struct LockRequirement: Sendable {
    /// What a requirement is to its file.
    package enum Kind: String, Sendable, Hashable {
        /// What a person declares.
        case declared
        /// A limit on what something else brings in.
        case constraint
        /// What a tool wrote down.
        case locked
    }

    /// Where the package comes from.
    package enum Origin: Sendable, Hashable {
        case index
        case url(String)
        case git(url: String, revision: String?)
        case path(String, editable: Bool)
    }

    /// The world it comes from.
    package var ecosystem: Ecosystem
    /// Whether it was declared or locked.
    package var kind: Kind
    /// The normalised name; nil where only a URL or path is written.
    package var name: String?
    /// The requirement as written, on one line.
    package var text: String
    /// The one version that it pins; nil where it does not.
    package var version: String?
    /// The specifier as written, `>=2,<3`; empty where there is none.
    package var specifier = ""
    /// How firmly it is pinned.
    package var strength: PinStrength
    /// The hashes that it gives.
    package var hashes: [Digest] = []
    /// The extras that it asks for, normalised.
    package var extras: [String] = []
    /// The environment marker as written.
    package var marker: String?
    /// Where the package comes from.
    package var origin: Origin = .index
    /// The group, extra or category that it belongs to; nil for the main one.
    package var group: String?
    /// What brought it in, as the tool noted it (`# via`).
    package var provenance: [String] = []
    /// The file that says it: for nested requirement files not the one that was read first.
    package var file: String
    /// Where it stands.
    package var range: SourceRange
    /// What is wrong with it.
    package var problems: [LockProblem] = []
}

/// A place that packages come from: an index, a folder of links, a conda channel.
package struct LockIndex: Sendable, Hashable {
    /// What the place is to the file.
    package enum Kind: String, Sendable, Hashable {
        case primary
        case extra
        case findLinks
        case channel
    }
    /// What the place is to the file.
    package let kind: Kind
    /// The URL or path as written.
    package let url: String
    /// The file that names it.
    package let file: String
    /// Where it stands.
    package let range: SourceRange
}

/// Something wrong in a lock that does not stop the reading.
package struct LockProblem: Sendable, Hashable {
    /// What kind of thing is wrong.
    package enum Kind: String, Sendable, Hashable {
        /// A part that could not be understood: the environment of the file is not to be trusted.
        case unreadable
        /// A hash that the installer will not see, because of a comment inside of a continuation.
        case droppedHash
        /// A hash of an algorithm with known collisions.
        case weakHash
        /// A switch that turns hash checking off.
        case verificationOff
        /// A value that depends on the machine's environment.
        case unresolvedVariable
        /// A dependency that the lock names and does not hold.
        case incomplete
        /// The same package pinned to two versions.
        case conflict
    }
    /// What kind of thing is wrong.
    package let kind: Kind
    /// The file.
    package let file: String
    /// Where it stands.
    package let range: SourceRange
    /// One sentence without a full stop.
    package let message: String
}

/// How the packages of a lock are narrowed to a target.
protocol PackageChoice: Sendable {
    /// Every package, for any target.
    var packages: [Package] { get }
    /// The packages that would be installed, each with the one artifact where the format names artifacts.
    func packages(for target: ResolvedTarget) throws(LockReadingError) -> [Package]
    /// The one Python version that the lock itself holds for the target, as conda's locks do.
    func pythonVersion(for target: Target) -> String?
}

extension PackageChoice {
    func pythonVersion(for target: Target) -> String? { nil }
}

/// A file that is the same for every target.
struct EverySelection: PackageChoice {
    let packages: [Package]
    func packages(for target: ResolvedTarget) throws(LockReadingError) -> [Package] { packages }
}

extension LockDocument {
    /// Throws for a package whose name is empty: nothing can be held against it.
    private func refuseNameless(_ packages: [Package]) throws(LockReadingError) {
        guard let package = packages.first(where: { $0.name.isEmpty }) else { return }
        throw LockReadingError(
            file: package.source?.file ?? name,
            place: package.source?.line.map { SourcePosition(line: $0, column: 1) }, reason: "a package has no name")
    }

    /// The environment that the file describes: for a target what its own tool would install there, without one
    /// everything that it holds. A capture for a target is what an installer finds in it; without one it is the
    /// environment as it was, with interpreter and platform.
    ///
    /// - Throws: when a part of the file could not be understood, when the target is excluded, or when no artifact fits.
    package func environment(target: Target?) throws(LockReadingError) -> Environment {
        // The graph of these is whole, or the file was cut; other tools install what a lock lists, also when it has gaps.
        let refusesGaps = [UVLock.name, CondaLock.name].contains(format)
        let stopping = (problems + stated.flatMap(\.problems)).first { problem in
            problem.kind == .unreadable || problem.kind == .incomplete && refusesGaps
        }
        if let problem = stopping {
            throw LockReadingError(file: problem.file, place: problem.range.start, reason: problem.message)
        }
        var environment = Environment()
        guard let target else {
            environment.packages = packages
            environment.python = capture?.python
            environment.platform = capture?.platform
            try refuseNameless(environment.packages)
            environment.sortPackages()
            return environment
        }
        let resolved = try ResolvedTarget(target, document: self)
        environment.packages = try selection.packages(for: resolved)
        environment.python = Interpreter(version: resolved.pythonVersion)
        environment.platform = resolved.platform
        try refuseNameless(environment.packages)
        environment.sortPackages()
        return environment
    }
}
