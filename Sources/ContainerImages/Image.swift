import ArchiveReading
import EnvironmentInventory

/// An image that was read whole: every blob and every layer agreed with its digest.
package struct Image: Sendable {
    /// One layer.
    package struct Layer: Sendable, Hashable {
        /// The digest or path by which the manifest names it.
        package let name: String
        /// The digest of the decompressed bytes.
        package let diffID: Digest
        /// The decompressed size in bytes.
        package let size: Int
        /// How the stored bytes are compressed.
        package let compression: Compression
    }

    /// The image as it was named.
    package let name: ImageName
    /// How it is stored.
    package let format: ImageTransportName
    /// The image's own name, `registry.example/team/app:1`; nil when it has none.
    package let reference: String?
    /// Its digests.
    package let identity: ImageIdentity
    /// Its configuration; empty for a flat file system.
    package let configuration: ImageConfiguration
    /// Its layers, lowest first.
    package let layers: [Layer]
    /// Its files.
    package let fileSystem: FileSystemIndex
    /// What is installed in it.
    package let environment: Environment
    /// What a reader should know, a sentence each.
    package let notes: [String]

    /// What inspect, diff and verify call it.
    package var subject: SubjectDescription {
        var subject = SubjectDescription(kind: .image, format: format.rawValue, name: name.description)
        subject.imageIdentity = identity
        subject.reference = reference
        subject.identity = (identity.manifest ?? identity.config)?.description
        return subject
    }
}

/// How far the reading of a layer is.
package typealias ImageReadingProgress = ReadingProgress
