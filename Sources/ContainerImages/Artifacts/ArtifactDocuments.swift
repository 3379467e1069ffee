import ContentHashing
import EnvironmentInventory
import SourceDocuments

/// The documents that attach attestations to an image.
///
/// Layout of cosign: https://github.com/sigstore/cosign/blob/main/specs/ATTESTATION_SPEC.md; the bundle:
/// https://github.com/sigstore/cosign/blob/main/specs/BUNDLE_SPEC.md; referrers:
/// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-referrers.
enum ArtifactDocuments {
    static let manifestType = "application/vnd.oci.image.manifest.v1+json"
    static let indexType = "application/vnd.oci.image.index.v1+json"
    static let configurationType = "application/vnd.oci.image.config.v1+json"
    static let emptyType = "application/vnd.oci.empty.v1+json"
    static let envelopeType = "application/vnd.dsse.envelope.v1+json"
    static let bundleType = "application/vnd.dev.sigstore.bundle.v0.3+json"
    static let signatureAnnotation = "dev.cosignproject.cosign/signature"

    static func digest(of bytes: [UInt8]) throws(ArtifactError) -> Digest {
        do throws(HashingError) { return try ContentHash.digest(.sha256, of: bytes) } catch {
            throw ArtifactError(error.description)
        }
    }

    /// `sha256-HEX`, the tag of what refers to a digest.
    static func tag(_ digest: Digest) -> String { "\(digest.algorithm.rawValue)-\(digest.hex)" }

    static func index(_ manifests: [JSONValue]) -> JSONValue {
        .members([
            "schemaVersion": .integer(2), "mediaType": .string(indexType), "manifests": .array(manifests),
        ])
    }

    static func descriptor(
        _ mediaType: String, _ digest: Digest, size: Int, _ others: [JSONValue.Member] = []
    ) -> JSONValue {
        .object(
            [
                .init("mediaType", .string(mediaType)), .init("digest", .string(digest.description)),
                .init("size", .integer(size)),
            ] + others)
    }

    /// The layer of an envelope in cosign's manifest.
    static func layer(_ envelope: [UInt8], _ digest: Digest, predicateType: String) -> JSONValue {
        descriptor(
            envelopeType, digest, size: envelope.count,
            [
                .init(
                    "annotations",
                    .members([signatureAnnotation: .string(""), "predicateType": .string(predicateType)]))
            ])
    }

    /// The configuration of cosign's manifest: the layers are not compressed, so that their digests are diff_ids.
    static func configuration(_ layers: [String]) -> JSONValue {
        let time = JSONValue.string("0001-01-01T00:00:00Z")
        return .members([
            "architecture": .string(""), "created": time,
            "history": .array(layers.map { _ in .members(["created": time]) }), "os": .string(""),
            "rootfs": .members(["type": .string("layers"), "diff_ids": .strings(layers)]), "config": .object([]),
        ])
    }

    /// Cosign's manifest of all layers.
    ///
    /// - Parameter others: the other layers of an existing manifest.
    static func attestations(
        _ layers: [JSONValue], configuration: (digest: Digest, size: Int), others: [JSONValue.Member]
    ) -> JSONValue {
        .object(
            [
                .init("schemaVersion", .integer(2)), .init("mediaType", .string(manifestType)),
                .init("config", descriptor(configurationType, configuration.digest, size: configuration.size)),
                .init("layers", .array(layers)),
            ] + others)
    }

    /// Sigstore's bundle of an envelope.
    static func bundle(_ envelope: SignedEnvelope) -> JSONValue {
        .members([
            "mediaType": .string(bundleType),
            "verificationMaterial": .members([
                "publicKey": .members(["hint": .string(envelope.signatures.first?.keyIdentifier ?? "")]),
                "tlogEntries": .array([]),
            ]),
            "dsseEnvelope": envelope.json,
        ])
    }

    static func bundleAnnotations(_ predicateType: String) -> JSONValue {
        .members([
            "dev.sigstore.bundle.content": .string("dsse-envelope"),
            "dev.sigstore.bundle.predicateType": .string(predicateType),
        ])
    }

    /// The manifest that refers to an image and holds a bundle.
    static func referrer(
        bundle: (digest: Digest, size: Int), empty: Digest, subject: JSONValue, predicateType: String
    ) -> JSONValue {
        .members([
            "schemaVersion": .integer(2), "mediaType": .string(manifestType), "artifactType": .string(bundleType),
            "config": descriptor(emptyType, empty, size: 2),
            "layers": .array([descriptor(bundleType, bundle.digest, size: bundle.size)]), "subject": subject,
            "annotations": bundleAnnotations(predicateType),
        ])
    }
}

extension JSONValue {
    /// Creates the value of a node, so that it can be written again.
    init(_ node: DocumentNode) {
        switch node.value {
        case .null: self = .null
        case .boolean(let value): self = .boolean(value)
        case .integer(let value): self = Int(exactly: value).map { .integer($0) } ?? .number(Double(value))
        case .float(let value): self = .number(value)
        case .string(let value): self = .string(value)
        case .date(let value): self = .string(value)
        case .array, .deferred: self = .array((node.array ?? []).map { JSONValue($0) })
        case .table(let table): self = .object(table.members.map { .init($0.key, JSONValue($0.value)) })
        }
    }
}
