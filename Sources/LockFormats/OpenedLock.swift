import ContentHashing
import EnvironmentInventory
import ParallelWork
import SourceDocuments

/// A lock that was opened and parsed once: its document and the digest of its bytes.
///
/// `check`, `verify`, `diff`, `inspect` and `freeze` ask it for requirements, problems, and the environments of as many
/// targets as they need.
package struct OpenedLock: Sendable {
    /// What the file says.
    package let document: LockDocument
    /// The sha256 of the file's bytes.
    package let digest: Digest

    /// Opens a file that was loaded; the digest is computed beside the parsing.
    ///
    /// - Parameters:
    ///   - format: the format to read; nil to find it by name and content.
    ///   - context: the files beside the lock.
    /// - Throws: ``LockReadingError`` with the position of what is malformed.
    package init(
        _ text: SourceText, as format: (any LockFormat.Type)? = nil, context: LockReadingContext
    ) throws(LockReadingError) {
        let (hashed, read) = inParallel({
            Result { () throws(HashingError) in try ContentHash.sha256(of: text.bytes) }
        }) {
            Result { () throws(LockReadingError) in
                if let format { return try format.read(text, context: context) }
                return try LockReader.read(text, context: context)
            }
        }
        document = try read.get()
        do { digest = try hashed.get() } catch {
            throw LockReadingError(file: text.name, place: nil, reason: "cannot be hashed: \(error)")
        }
    }

    /// Creates an opened lock from a document that was read elsewhere.
    package init(document: LockDocument, digest: Digest) {
        self.document = document
        self.digest = digest
    }

    /// Returns the environment of a target, with its gaps; of everything that the file holds for nil.
    package func environment(for target: Target?) throws(LockReadingError) -> Environment {
        try document.environment(target: target)
    }

    /// What is declared or locked, in the order of the file.
    package var requirements: [LockedPackage] { document.requirements }

    /// What is wrong with the file and with its entries.
    package var problems: [LockProblem] { document.problems + document.requirements.flatMap(\.problems) }
}
