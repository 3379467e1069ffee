import EnvironmentInventory
import ParallelWork
import PythonPackaging
import SourceDocuments

/// A lock, requirements or environment file that was read once: what it says, whole and with positions.
///
/// Every command asks the same value: for what is declared or locked, for what is wrong, and for the environments of as
/// many targets as it needs.
package struct LockDocument: Sendable {
    /// The file's format, with what is known of every file of the format.
    package let format: any LockFormat.Type
    /// The file's name as it was given.
    package let name: String
    /// Everything that is declared or locked, in the order of the file (and of the files that it names).
    package var requirements: [LockedPackage] {
        get { deferred?.value ?? stated }
        set {
            stated = newValue
            deferred = nil
        }
    }
    /// The requirements of every format that reads them at once.
    private(set) var stated: [LockedPackage] = []
    private var deferred: Deferred<[LockedPackage]>?
    /// What the lock says that it was made from: the project's own requirements.
    package var declarations: [LockedPackage] = []
    /// Indexes and other places that packages come from.
    package var indexes: [LockIndex] = []
    /// The URLs of indexes from which, as the file says, only what names them comes.
    package var explicitIndexes: [String] = []
    /// What a project declares `dynamic`, `dependencies`: its build backend says it.
    package var dynamicMembers: Set<String> = []
    /// The limits that a project sets on its dependencies, or that a lock was made with, by the name of the setting; nil
    /// where the format does not say them.
    package var limits: [String: [LockedPackage]]?
    /// The projects that a lock was made for, with what each declared; empty where the format does not say it.
    package var members: [ProjectMember] = []
    /// The markers that a project limits its lock to, or that a lock was made with, by the name of the setting; nil where the
    /// format does not say them.
    package var environments: [String: [String]]?
    /// The version that a project states; nil where it states none, or its build backend does.
    package var projectVersion: String?
    /// The names of the dependency groups that a project declares, normalised.
    package var groupNames: Set<String> = []
    /// Whether ``members`` have the declarations of every dependency group, as today's locks do.
    package var repeatsGroups = false
    /// What a project tells uv; nil for other files.
    package var uvProject: UVProject?
    /// What a uv.lock was resolved with; nil for other files.
    package var uvSettings: UVSettings?
    /// Whether ``members`` have the groups that uv installs unasked, as its locks have since revision 5.
    package var repeatsDefaultGroups = false
    /// What is wrong with the file and is not a single requirement's fault.
    package var problems: [LockProblem] = []
    /// The Python versions that the file is for, `>=3.11`; nil where it does not say.
    package var pythonRequirement: String?
    /// The names of the project's own packages: they are not packages of the environment.
    package var projects: Set<String> = []
    /// The hash over the declarations that the lock was made from, as the lock writes it; nil where the format has none.
    package var contentHash: String?
    /// Where ``contentHash`` stands.
    package var contentHashRange: SourceRange?
    /// What a lock of pdm repeats of its project in the place of a hash; nil for other files.
    package var pdmInputs: PDMInputs?
    /// The version of the tool that wrote the lock; nil where the lock does not say it, or nothing depends on it.
    package var writer: PythonVersion?
    /// What the file holds for every target and the reader could not turn into a package.
    package var gaps: [Gap] = []
    /// What a capture adds; nil for every other file.
    package var capture: CaptureTable?
    /// How the format chooses its packages for a target.
    var selection: any PackageChoice

    init(format: any LockFormat.Type, text: SourceText, selection: any PackageChoice = EverySelection(packages: [])) {
        self.format = format
        self.name = text.name
        self.selection = selection
    }

    /// Sets requirements that are made when they are first asked for; none of their problems keeps the file from being read.
    mutating func deferRequirements(_ make: @escaping @Sendable () -> [LockedPackage]) { deferred = Deferred(make) }

    /// Appends one entry; the accessor of ``requirements`` would copy all of them.
    mutating func add(_ requirement: LockedPackage) { stated.append(requirement) }

    /// Every package that the file holds, for any target.
    package var packages: [Package] { selection.packages.compactMap(\.package) + (capture?.packages ?? []) }
}

/// One project of a workspace, as its lock remembers it.
package struct ProjectMember: Sendable {
    /// The normalised name.
    package let name: String
    /// The directory of the project, relative to that of the lock.
    package let path: String
    /// The version that the project had; nil where the lock does not say it.
    package var version: String?
    /// The names of the dependency groups that the project had, normalised.
    package var groupNames: Set<String> = []
    /// Whether uv built the project as a package.
    package var isPackage = true
    /// The names of the extras that the project had, normalised.
    package var extraNames: Set<String> = []
    /// The groups that uv installed unasked.
    package var defaultGroups: Set<String> = ["dev"]
    /// What the project declared when the lock was made.
    package var declarations: [LockedPackage] = []
}

/// A place that packages come from: an index, a directory of links, a conda channel.
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
    /// Whether the file says that its server needs no certificate (`--trusted-host`); without it pip passes over such a place.
    package var isTrusted = false
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
    var packages: [LockedPackage] { get }
    /// The packages that would be installed, each with the one artifact where the format names artifacts.
    func packages(for target: ResolvedTarget) throws(LockReadingError) -> [LockedPackage]
    /// The one Python version that the lock itself holds for the target, as conda's locks do.
    func pythonVersion(for target: Target) -> String?
    /// What packages need for a target and the file does not hold, where its tool installs without it.
    func gaps(of packages: [LockedPackage], for target: ResolvedTarget) -> [Gap]
}

extension PackageChoice {
    func pythonVersion(for target: Target) -> String? { nil }
    func gaps(of packages: [LockedPackage], for target: ResolvedTarget) -> [Gap] { [] }
}

/// A file that is the same for every target.
struct EverySelection: PackageChoice {
    let packages: [LockedPackage]
    func packages(for target: ResolvedTarget) throws(LockReadingError) -> [LockedPackage] { packages }
}

extension LockDocument {
    /// Returns the environment that the file describes: for a target what its own tool would install there, without one
    /// everything that it holds. A capture for a target is what an installer finds in it; without one it is the
    /// environment as it was, with interpreter and platform.
    ///
    /// What has no name, what the file needs and does not hold, and what the reader does not know are its gaps.
    ///
    /// - Throws: when a part of the file could not be understood, when the target is excluded, or when no artifact fits.
    package func environment(target: Target?) throws(LockReadingError) -> Environment {
        let problems = problems + stated.flatMap(\.problems)
        if let problem = problems.first(where: { $0.kind == .unreadable || $0.kind == .incomplete && format.isClosed })
        {
            throw LockReadingError(file: problem.file, place: problem.range.start, reason: problem.message)
        }
        var environment = Environment()
        // Other tools install what a lock lists, also when something that it needs is not in it.
        environment.gaps =
            gaps
            + problems.filter { $0.kind == .incomplete }.map { problem in
                Gap(
                    "", reason: problem.message,
                    source: FileLocation(file: problem.file, line: problem.range.start.line))
            }
        guard let target else {
            selection.packages.add(to: &environment)
            environment.packages += capture?.packages ?? []
            environment.python = capture?.python
            environment.platform = capture?.platform
            environment.directories = capture?.directories ?? []
            environment.numericVariables = capture?.numericVariables
            environment.libraries = capture?.libraries
            environment.needs = capture?.needs
            environment.sortPackages()
            return environment
        }
        let resolved = try ResolvedTarget(target, document: self)
        let chosen = try selection.packages(for: resolved)
        environment.gaps += selection.gaps(of: chosen, for: resolved)
        chosen.add(to: &environment)
        environment.python = Interpreter(version: resolved.pythonVersion)
        environment.platform = resolved.platform
        environment.sortPackages()
        return environment
    }
}
