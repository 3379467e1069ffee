/// One format of a lock, requirements or environment file: one type, one file in `Formats/`, one line in ``LockReader``.
public protocol LockFormat: Sendable {
    /// The name that outputs use, `uv.lock`.
    static var name: String { get }
    /// Whether a file is of this format, by its name and, where names are not enough, its first lines.
    static func matches(fileName: String, text: SourceText) -> Bool
    /// Reads a whole file.
    static func read(_ text: SourceText, context: LockReadingContext) throws(LockReadingError) -> LockDocument
}

/// What a reader may ask of its surroundings: files beside the lock. The room itself opens nothing.
public struct LockReadingContext: Sendable {
    /// Why a file beside the lock could not be had.
    public struct LoadingError: Error, Sendable {
        /// The reason in a few words.
        public let reason: String

        /// Makes an error from its reason.
        public init(reason: String) { self.reason = reason }
    }

    /// Loads a file by its path relative to the lock's folder, `sub/base.txt`, or its absolute path.
    ///
    /// The text's name is what findings will show: the path as the user would write it.
    public let load: @Sendable (_ path: String) -> Result<SourceText, LoadingError>

    /// Makes a context.
    public init(load: @escaping @Sendable (_ path: String) -> Result<SourceText, LoadingError>) {
        self.load = load
    }

    /// A context without files.
    public static let empty = LockReadingContext { _ in .failure(LoadingError(reason: "no files are at hand")) }
}

/// Why a lock could not be read or narrowed to a target: what, and where.
public struct LockReadingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The name of the file.
    public let file: String
    /// Where the error is; nil when it is the whole file.
    public let place: SourcePlace?
    /// What is wrong, in a few words, without the place.
    public let reason: String

    /// Makes an error.
    public init(file: String, place: SourcePlace?, reason: String) {
        self.file = file
        self.place = place
        self.reason = reason
    }

    /// Makes an error from that of the document's reader.
    public init(_ error: DocumentError) {
        self.init(file: error.file, place: error.place, reason: error.reason)
    }

    /// `file:line:column: reason`.
    public var description: String {
        guard let place else { return "\(file): \(reason)" }
        return "\(file):\(place.line):\(place.column): \(reason)"
    }
}
