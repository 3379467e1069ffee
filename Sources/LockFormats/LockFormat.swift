import SourceDocuments

/// One format of a lock, requirements or environment file: one type, one file in `Formats/`, one line in ``LockReader``.
package protocol LockFormat: Sendable {
    /// The name that outputs use, `uv.lock`.
    static var name: String { get }
    /// Whether a file is of this format, by its name and, where names are not enough, its first lines.
    static func matches(fileName: String, text: SourceText) -> Bool
    /// Reads a whole file.
    static func read(_ text: SourceText, context: LockReadingContext) throws(LockReadingError) -> LockDocument
}

/// What a reader may ask of its surroundings: files beside the lock. The room itself opens nothing.
package struct LockReadingContext: Sendable {
    /// Why a file beside the lock could not be had.
    package struct LoadingError: Error, Sendable {
        /// The reason in a few words.
        package let reason: String

        /// Makes an error from its reason.
        package init(reason: String) { self.reason = reason }
    }

    /// Loads a file by its path relative to the lock's folder, `sub/base.txt`, or its absolute path.
    ///
    /// The text's name is what findings will show: the path as the user would write it.
    package let load: @Sendable (_ path: String) -> Result<SourceText, LoadingError>

    /// Makes a context.
    package init(load: @escaping @Sendable (_ path: String) -> Result<SourceText, LoadingError>) {
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

    /// Makes an error.
    package init(file: String, place: SourcePosition?, reason: String) {
        self.file = file
        self.place = place
        self.reason = reason
    }

    /// Makes an error from that of the document's reader.
    package init(_ error: DocumentError) {
        self.init(file: error.file, place: error.place, reason: error.reason)
    }

    /// `file:line:column: reason`.
    package var description: String {
        guard let place else { return "\(file): \(reason)" }
        return "\(file):\(place.line):\(place.column): \(reason)"
    }
}
