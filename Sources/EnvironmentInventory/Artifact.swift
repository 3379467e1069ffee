import SourceDocuments

/// The file that an installer downloads: a wheel, an sdist, a conda package, a .deb.
public struct Artifact: Sendable, Hashable {
    /// The file name, percent-decoded; nil where a lock names none.
    public let name: String?
    /// The URL that the lock records; nil if it records none.
    public let url: String?
    /// The artifact's hashes, sorted.
    public let hashes: [Digest]
    /// The size in bytes; nil if the lock does not record it.
    package let size: Int?

    /// Creates an artifact.
    package init(name: String?, url: String?, hashes: [Digest], size: Int? = nil) {
        self.name = name
        self.url = url
        self.hashes = hashes.sorted()
        self.size = size
    }
}

/// Where a fact was read: a file and the line on which the entry starts.
public struct FileLocation: Sendable, Hashable {
    /// The file as it was given, or its path inside of the archive or image.
    public let file: String
    /// The first line of the entry; nil where lines mean nothing.
    public let line: Int?

    /// Creates a location.
    package init(file: String, line: Int?) {
        self.file = file
        self.line = line
    }
}

/// How the files of an installed package agree with the package's own record.
package enum RecordCheck: Sendable, Hashable {
    /// Every recorded file was read and agrees.
    case intact
    /// At least one recorded file is missing or has other bytes.
    case altered([RecordDisagreement])
    /// The record cannot be checked, and why: it is missing, cannot be read, or names no hashes.
    case uncheckable(String)
}

/// One file that does not agree with the record that names it.
package struct RecordDisagreement: Sendable, Hashable {
    /// What is wrong with the file.
    package enum Kind: Sendable, Hashable {
        case missing
        case changed(recorded: Digest, found: Digest)
        case size(recorded: Int, found: Int)
    }
    /// The path of the file in the image or on disk.
    package let path: String
    /// What is wrong.
    package let kind: Kind
    /// The layer that holds the file, as `sha256:...` of its diff_id; nil outside of images or where the file is missing.
    package let layer: String?

    /// Creates a disagreement.
    package init(path: String, kind: Kind, layer: String? = nil) {
        self.path = path
        self.kind = kind
        self.layer = layer
    }

    /// One sentence, without a full stop at the end.
    package var message: String {
        let place = layer.map { " (layer \($0))" } ?? ""
        return switch kind {
        case .missing: "\(path) is recorded but missing"
        case .changed(let recorded, let found): "\(path) has \(found), the record has \(recorded)\(place)"
        case .size(let recorded, let found): "\(path) has \(found) bytes, the record has \(recorded)\(place)"
        }
    }
}

/// Where an installed package came from when it was not an index, as its installer noted it
/// (https://packaging.python.org/en/latest/specifications/direct-url/).
package struct DirectOrigin: Sendable, Hashable {
    /// What kind of place it is.
    package enum Kind: Sendable, Hashable {
        /// A wheel or a source archive, with its hashes as the installer claims them.
        case archive([Digest])
        /// A repository: `git`, the commit, and the revision that was asked for. A lock may give no commit; an installer
        /// always notes one.
        case repository(type: String, commit: String?, revision: String?)
        /// A directory.
        case directory(isEditable: Bool)
    }
    /// The URL.
    package let url: String
    /// What kind of place it is.
    package let kind: Kind
    /// The subdirectory that holds the project; nil for the root.
    package let subdirectory: String?

    /// Creates an origin.
    package init(url: String, kind: Kind, subdirectory: String? = nil) {
        self.url = url
        self.kind = kind
        self.subdirectory = subdirectory
    }
}
