import ArchiveReading
import SourceDocuments

/// Why an image could not be read: which image, which blob of it, and the reason.
package struct ImageReadingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What went wrong.
    package enum Reason: Sendable, Hashable {
        /// The bytes of a blob or archive: truncated, damaged, over a limit, another digest.
        case archive(ArchiveReadingError)
        /// A manifest, index or configuration that is not of its form.
        case document(DocumentError)
        /// What was given is not an image, or not one of the named transport.
        case notAnImage(String)
        /// It is a model, not an image: what it is.
        case model(String)
        /// No image of the archive has the wanted name, or several could be meant; with the names that there are.
        case reference(String, available: [String])
        /// No image of the index is for the wanted platform; with the platforms that there are.
        case platform(String, available: [String])
        /// The parts of the image contradict each other.
        case inconsistent(String)
        /// What Pinproof does not read.
        case unsupported(String)
        /// The registry's answer, or that there is none.
        case registry(String)
    }

    /// The image as it was given.
    package let image: String
    /// The blob or member; nil when it is the image as a whole.
    package let blob: String?
    /// What went wrong.
    package let reason: Reason

    /// Makes an error.
    package init(image: String, blob: String? = nil, reason: Reason) {
        self.image = image
        self.blob = blob
        self.reason = reason
    }

    /// `image: blob: reason`.
    package var description: String {
        let text =
            switch reason {
            case .archive(let error):
                // A blob that was opened by its digest has that for its name, which stands in front already.
                error.archive == image || error.archive == blob
                    ? String(error.description.dropFirst(error.archive.count + 2)) : error.description
            case .document(let error): error.description
            case .notAnImage(let why): why
            case .model(let what): "it is a \(what), not an image"
            case .reference(let what, let available):
                what + (available.isEmpty ? "" : "; it has \(Self.list(available))")
            case .platform(let what, let available):
                what + (available.isEmpty ? "" : "; it has \(Self.list(available))")
            case .inconsistent(let what): "damaged: \(what)"
            case .unsupported(let what): "not supported: \(what)"
            case .registry(let what): what
            }
        return ([image] + (blob.map { [$0] } ?? []) + [text]).joined(separator: ": ")
    }

    private static func list(_ names: [String]) -> String {
        names.prefix(20).joined(separator: ", ") + (names.count > 20 ? " and \(names.count - 20) more" : "")
    }
}
