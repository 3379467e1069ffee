import EnvironmentInventory
import SourceDocuments

/// One format of a lock, requirements or environment file: one type, one file in `Formats/`, one line in ``LockReader``.
///
/// What other rooms must know of a format is a fact here, so that none of them compares names.
package protocol LockFormat: Sendable {
    /// The name that outputs use, `uv.lock`.
    static var name: String { get }
    /// The ecosystem of the indexes that its files name.
    static var ecosystem: Ecosystem { get }
    /// How its files are made to pin every package by hash, one sentence.
    static var advice: String { get }
    /// The file that declares what a lock of the format resolves, `pyproject.toml`; nil where there is none.
    static var projectFile: String? { get }
    /// The tables of a pyproject.toml below `[tool]` that the format's tool reads.
    static var projectTables: Set<String> { get }
    /// Whether its files say what a project wants, and leave the pinning to a lock.
    static var isDeclaration: Bool { get }
    /// Whether everything that a package needs is in the same file, so that a missing dependency means a damaged file.
    static var isClosed: Bool { get }
    /// Whether its files are one environment, whose packages all apply together unless markers say otherwise.
    static var isOneEnvironment: Bool { get }
    /// Whether its files hold every group of their project.
    static var holdsEveryGroup: Bool { get }
    /// Whether its files repeat what the project declared.
    static var repeatsDeclarations: Bool { get }
    /// What its files can state of the targets that they are for.
    static var coverage: Set<LockCoverage> { get }
    /// The tool that installs from its files by itself; nil where pip's hash-checking mode or an explicit file is used.
    static var nativeInstaller: NativeInstaller? { get }
    /// How much a file of the format inside of a model says about what was installed: 0 says most; nil for a format that
    /// is not a lock.
    static var evidenceRank: Int? { get }
    /// Whether a file is of this format, by its name and, where names are not enough, its first lines.
    static func matches(fileName: String, text: SourceText) -> Bool
    /// Reads a whole file.
    static func read(_ text: SourceText, context: LockReadingContext) throws(LockReadingError) -> LockDocument
}

extension LockFormat {
    package static var ecosystem: Ecosystem { .pypi }
    package static var projectFile: String? { nil }
    package static var projectTables: Set<String> { [] }
    package static var isDeclaration: Bool { false }
    package static var isClosed: Bool { false }
    package static var isOneEnvironment: Bool { false }
    package static var holdsEveryGroup: Bool { false }
    package static var repeatsDeclarations: Bool { false }
    package static var coverage: Set<LockCoverage> { [] }
    package static var nativeInstaller: NativeInstaller? { nil }
    package static var evidenceRank: Int? { nil }
}

/// What a lock can state of the targets that it is for.
package enum LockCoverage: String, Sendable, Hashable, CaseIterable {
    /// The versions of Python.
    case python
    /// The platforms.
    case platform
    /// The environment markers that it was resolved for.
    case markers
    /// The extras that it holds.
    case extras
    /// The dependency groups that it holds.
    case groups
    /// The environments that it holds, by name.
    case environments
}

/// A tool that installs from its own lock and the manifest beside it.
package enum NativeInstaller: String, Sendable, Hashable, CaseIterable {
    case uv
    case pixi

    /// The manifests that the tool reads, the first one that exists; a manifest of several tools must hold the table.
    package var manifests: [(file: String, table: String?)] {
        switch self {
        case .uv: [("pyproject.toml", nil)]
        case .pixi: [("pixi.toml", nil), ("pyproject.toml", "[tool.pixi")]
        }
    }

    /// The name that the tool looks for.
    package var lockFile: String {
        switch self {
        case .uv: "uv.lock"
        case .pixi: "pixi.lock"
        }
    }
}

/// What a reader may ask of its surroundings: files beside the lock. The room itself opens nothing.
package struct LockReadingContext: Sendable {
    /// Why a file beside the lock could not be had.
    package struct LoadingError: Error, Sendable {
        /// The reason in a few words.
        package let reason: String
        /// Whether no such file is there; false where it is there and cannot be read.
        package let isMissing: Bool

        /// Creates an error from its reason.
        package init(reason: String, isMissing: Bool = true) {
            self.reason = reason
            self.isMissing = isMissing
        }
    }

    /// Loads a file by its path relative to the lock's directory, `sub/base.txt`, or its absolute path.
    ///
    /// The text's name is what findings will show: the path as the user would write it.
    package let load: @Sendable (_ path: String) -> Result<SourceText, LoadingError>
    /// Lists the directories below the lock's own that fit a pattern, `packages/*`; gives nil where there are too many, and is
    /// nil itself where directories cannot be listed.
    package let directories: (@Sendable (_ pattern: String) -> [String]?)?

    /// Creates a context.
    package init(
        directories: (@Sendable (_ pattern: String) -> [String]?)? = nil,
        load: @escaping @Sendable (_ path: String) -> Result<SourceText, LoadingError>
    ) {
        self.directories = directories
        self.load = load
    }

    /// A context without files.
    package static let empty = LockReadingContext { _ in .failure(LoadingError(reason: "no files are at hand")) }
}

/// Why a lock could not be read or narrowed to a target: what, and where.
package struct LockReadingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The name of the file.
    package let file: String
    /// Where the error is; nil when it is the whole file.
    package let place: SourcePosition?
    /// What is wrong, in a few words, without the place.
    package let reason: String

    /// Creates an error.
    package init(file: String, place: SourcePosition?, reason: String) {
        self.file = file
        self.place = place
        self.reason = reason
    }

    /// Creates an error from that of the document's reader.
    package init(_ error: DocumentError) {
        self.init(file: error.file, place: error.place, reason: error.reason)
    }

    /// `file:line:column: reason`.
    package var description: String {
        guard let place else { return "\(file): \(reason)" }
        return "\(file):\(place.line):\(place.column): \(reason)"
    }
}
