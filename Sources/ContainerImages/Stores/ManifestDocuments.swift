import ArchiveReading
import EnvironmentInventory
import SourceDocuments

/// What names a blob: its digest and size
/// (https://github.com/opencontainers/image-spec/blob/main/descriptor.md).
struct Descriptor: Sendable, Hashable {
    let mediaType: String?
    let digest: Digest
    let size: Int
    let platform: Platform?
    let annotations: [String: String]
    /// What an artifact that is not an image is; nil for an image.
    var artifactType: String?
    /// What else the platform asks of the operating system: `os.version` and `os.features`.
    var systemDemands: [String] = []

    /// The names that the descriptor gives to its image: a tag or a reference, and containerd's reference.
    var names: [String] {
        ["org.opencontainers.image.ref.name", "io.containerd.image.name"].compactMap { annotations[$0] }
    }

    /// The name by which the image is chosen.
    var referenceName: String? { names.first }

    /// Whether the descriptor is of an attestation that BuildKit put beside its images, or of another artifact that is not an image.
    var isAttestation: Bool {
        annotations["vnd.docker.reference.type"] == "attestation-manifest" || platform?.os == "unknown"
            || artifactType != nil || (referenceName.map(Self.isArtifactTag) ?? false)
    }

    /// Whether a runtime that chooses by platform may take the descriptor for an image. No runtime looks at what else an
    /// attestation is told by.
    var isImage: Bool { !isAttestation || platform.map { $0.os != "unknown" } ?? false }

    /// Whether a tag is one that cosign and the referrers of OCI 1.1 keep beside images: `sha256-HEX`, `sha256-HEX.att`.
    private static func isArtifactTag(_ tag: String) -> Bool {
        guard tag.hasPrefix("sha256-") else { return false }
        let digits = tag.dropFirst(7).prefix { $0.isASCII && $0.isHexDigit }
        let rest = tag.dropFirst(7 + digits.count)
        return digits.count == 64 && (rest.isEmpty || rest.hasPrefix("."))
    }
}

/// What a document lists, as its media type says.
enum ManifestKind: Hashable {
    case manifest, index

    /// Creates it from a media type; nil when it is none of a manifest or an index.
    init?(mediaType: String) {
        switch mediaType {
        case "application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json":
            self = .manifest
        case "application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json":
            self = .index
        default: return nil
        }
    }
}

/// The media types of layers that are tar archives
/// (https://github.com/opencontainers/image-spec/blob/main/layer.md,
/// https://github.com/distribution/distribution/blob/main/docs/content/spec/manifest-v2-2.md).
enum LayerMediaType {
    private static let oci = "application/vnd.oci.image.layer."
    private static let docker = "application/vnd.docker.image.rootfs."
    private static let files: Set<String> = {
        let kinds = [oci + "v1.tar", oci + "nondistributable.v1.tar"].flatMap { [$0, $0 + "+gzip", $0 + "+zstd"] }
        return Set(
            kinds + [docker + "diff.tar", docker + "foreign.diff.tar"].flatMap { [$0, $0 + ".gzip", $0 + ".zstd"] })
    }()

    /// Whether runtimes take a layer of a type for a tar archive. They refuse one without a type.
    ///
    /// Of other types containerd passes over some, and mounts others: an EROFS image can be a tar archive too
    /// (https://github.com/containerd/containerd/blob/main/core/images/mediatypes.go).
    static func isFiles(_ type: String?) -> Bool { type.map { $0.isEmpty || files.contains($0) } ?? true }
}

extension Digest {
    /// Creates a sha256 or sha512 digest from the text of an image's document, which container runtimes take in lower case
    /// only (https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests); nil for anything else.
    init?(written text: String) {
        guard let digest = Digest(text), digest.algorithm == .sha256 || digest.algorithm == .sha512,
            digest.description.utf8.elementsEqual(text.utf8)
        else { return nil }
        self = digest
    }
}

/// A manifest or an index: the members tell which, and a media type that says otherwise is an error
/// (https://github.com/opencontainers/image-spec/blob/main/manifest.md, image-index.md;
/// https://github.com/distribution/distribution/blob/main/docs/content/spec/manifest-v2-2.md).
enum ManifestDocument: Sendable {
    case manifest(config: Descriptor, layers: [Descriptor])
    case index([Descriptor])

    init(_ bytes: [UInt8], name: String, limits: ReadingLimits = ReadingLimits()) throws(DocumentError) {
        let document = try JSONTable(bytes, name: name, limits: limits)
        switch try document.integer("schemaVersion") {
        case nil, 2: break
        case 1:
            throw document.error("a manifest of schema version 1, which Docker deprecated in 2019, is not supported")
        case let version?: throw document.error("the schema version is \(version), it has to be 2")
        }
        let hasManifests = try document.has("manifests")
        let hasConfig = try document.has("config")
        let hasLayers = try document.has("layers") || hasConfig
        if hasManifests, hasLayers { throw document.error("it is an index and a manifest at once") }
        guard hasManifests || hasLayers else { throw document.error("it is neither a manifest nor an index") }
        if let type = try document.string("mediaType"), !type.isEmpty,
            ManifestKind(mediaType: type) != (hasManifests ? .index : .manifest)
        {
            throw document.error(
                "'mediaType' is '\(type)', which is not a type of \(hasManifests ? "an index" : "a manifest")")
        }
        if hasManifests {
            self = .index(try Self.descriptors(document, "manifests"))
            return
        }
        guard let config = try document.table("config") else { throw document.error("the manifest has no config") }
        self = .manifest(config: try Self.descriptor(config), layers: try Self.descriptors(document, "layers"))
    }

    /// What it lists.
    var kind: ManifestKind {
        switch self {
        case .manifest: .manifest
        case .index: .index
        }
    }

    private static func descriptors(_ table: JSONTable, _ key: String) throws(DocumentError) -> [Descriptor] {
        var descriptors: [Descriptor] = []
        for element in try table.tables(key) { descriptors.append(try descriptor(element)) }
        return descriptors
    }

    private static func descriptor(_ table: JSONTable) throws(DocumentError) -> Descriptor {
        guard let text = try table.string("digest"), let digest = Digest(written: text) else {
            throw table.error("a descriptor has no sha256 or sha512 digest")
        }
        guard let size = try table.integer("size"), size >= 0 else {
            throw table.error("the descriptor of \(digest) has no size")
        }
        var platform: Platform?
        var demands: [String] = []
        if let written = try table.table("platform") {
            // Where only one of the two is missing, runtimes compare it as an empty text.
            let os = try written.string("os") ?? ""
            let architecture = try written.string("architecture") ?? ""
            let variant = try written.string("variant")
            if !os.isEmpty || !architecture.isEmpty {
                platform = Platform(os: os, architecture: architecture, variant: variant == "" ? nil : variant)
            }
            demands = [try written.string("os.version") ?? ""] + (try written.stringList("os.features")).sorted()
            if demands == [""] { demands = [] }
        }
        return Descriptor(
            mediaType: try table.string("mediaType"), digest: digest, size: size, platform: platform,
            annotations: try table.strings("annotations"), artifactType: try table.string("artifactType"),
            systemDemands: demands)
    }
}
