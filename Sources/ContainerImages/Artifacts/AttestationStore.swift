import ContentHashing
import EnvironmentInventory
import SourceDocuments

/// Where the attestations of one image are kept, beside it in its registry or OCI layout.
package struct AttestationStore {
    /// The image as named.
    package let image: String
    /// The digest of the platform's manifest.
    package let manifest: Digest
    /// The digest of the index that led to it; nil where there is none.
    package let index: Digest?
    private let store: any ArtifactStore

    /// How attestations are written.
    package enum Layout: String, Sendable, Hashable, CaseIterable {
        /// Cosign's manifest at the tag `sha256-HEX.att`.
        case att
        /// A manifest that refers to the image and holds a bundle of sigstore.
        case bundle
    }

    /// An envelope that was found.
    package struct Found: Sendable {
        /// Where it was found.
        package let name: String
        /// Its bytes, or those of the bundle that holds it.
        package let envelope: [UInt8]
    }

    private static let maximumEntries = 1000

    /// Creates a store of an image that was found.
    init(image: String, manifest: Digest, index: Digest?, store: any ArtifactStore) {
        self.image = image
        self.manifest = manifest
        self.index = index
        self.store = store
    }

    /// Finds the manifest of an image in a registry or an OCI layout.
    package init(
        _ name: ImageName, platform: Platform?, limits: ReadingLimits, registry: RegistryOptions
    ) throws(ImageReadingError) {
        let request = ImageRequest(name: name, platform: platform, limits: limits, registry: registry)
        let stored = try ImageReader.open(request)
        guard let manifest = stored.manifest else {
            throw request.failure(.unsupported("it has no manifest that an attestation could name"))
        }
        let found: any ArtifactStore
        switch stored.format {
        case .docker:
            guard let reference = ImageReference(name.location) else {
                throw request.failure(.notAnImage("'\(name.location)' is not an image reference"))
            }
            let configuration: RegistriesConfiguration
            do throws(DocumentError) { configuration = try RegistriesConfiguration.ofSystem() } catch {
                throw request.failure(.document(error))
            }
            let places: [RegistryPlace]
            do throws(BlockedRegistry) { places = try configuration.places(of: reference) } catch {
                throw request.failure(.registry(error.description))
            }
            // What is written goes to the registry itself: its mirrors only copy.
            let place = places.last ?? RegistryPlace(reference: reference, isInsecure: false)
            found = RegistryArtifacts(client: RegistryClient(place, registry), name: name.description)
        case .oci: found = LayoutArtifacts(directory: name.location)
        default:
            throw request.failure(.unsupported("attestations are kept in a registry or an OCI layout in a directory"))
        }
        self.init(image: name.description, manifest: manifest, index: stored.index, store: found)
    }

    /// The manifests of all images of the index that led to the image; none where there is no index.
    package func images() throws(ArtifactError) -> [Digest] {
        guard let index, let bytes = try store.manifest(index.description),
            try ArtifactDocuments.digest(of: bytes) == index, let document = try? ManifestDocument(bytes, name: image),
            case .index(let manifests) = document
        else { return [] }
        return manifests.filter(\.isImage).map(\.digest)
    }

    // MARK: Finding

    /// Returns every envelope that is kept for a digest: by the referrers API, or its tag where there is none, and cosign's tag.
    ///
    /// - Parameter problems: gets what could not be read, a sentence each.
    package func envelopes(of digest: Digest, problems: inout [String]) throws(ArtifactError) -> [Found] {
        let tag = ArtifactDocuments.tag(digest)
        var found: [Found] = []
        var list = try store.referrers(digest)
        if list == nil { list = try store.manifest(tag) }
        var entries: [DocumentNode] = []
        if let list { entries = try nodes(list, "manifests", tag) }
        for entry in entries {
            guard let table = entry.table, let own = table.string("digest").flatMap({ Digest($0) }) else { continue }
            let type = table.string("artifactType") ?? ""
            guard
                type.isEmpty || type.hasPrefix("application/vnd.dev.sigstore.bundle")
                    || type == ArtifactDocuments.envelopeType
            else { continue }
            guard let bytes = try store.manifest(own.description), try ArtifactDocuments.digest(of: bytes) == own else {
                problems.append("\(image): the manifest \(own) of an attestation is not there, or damaged")
                continue
            }
            found += try layers(of: bytes, "\(own)", &problems)
        }
        if let bytes = try store.manifest(tag + ".att") { found += try layers(of: bytes, tag + ".att", &problems) }
        return found
    }

    private func nodes(_ bytes: [UInt8], _ key: String, _ name: String) throws(ArtifactError) -> [DocumentNode] {
        let node: DocumentNode
        do throws(DocumentError) {
            node = try JSONReader.read(SourceText(name: "\(image) \(name)", bytes: bytes))
        } catch {
            throw ArtifactError(error.description)
        }
        let list = node.table?[key]?.array ?? []
        guard list.count <= Self.maximumEntries else {
            throw ArtifactError("\(image) \(name): more than \(Self.maximumEntries) entries")
        }
        return list
    }

    private func layers(
        of manifest: [UInt8], _ name: String, _ problems: inout [String]
    ) throws(ArtifactError) -> [Found] {
        var found: [Found] = []
        for layer in try nodes(manifest, "layers", name) {
            guard let table = layer.table, let digest = table.string("digest").flatMap({ Digest($0) }),
                let type = table.string("mediaType"),
                type == ArtifactDocuments.envelopeType || type.hasPrefix("application/vnd.dev.sigstore.bundle")
            else { continue }
            guard let bytes = try store.blob(digest), try ArtifactDocuments.digest(of: bytes) == digest else {
                problems.append("\(image): the blob \(digest) of an attestation is not there, or damaged")
                continue
            }
            found.append(Found(name: "\(image) \(name) \(digest)", envelope: bytes))
        }
        return found
    }

    // MARK: Writing

    /// Puts an envelope beside the image, in each layout, for each of some digests.
    ///
    /// - Parameters:
    ///   - isReplaced: whether an envelope that is there is an older one of the same statement.
    ///   - isDry: whether nothing is written.
    /// - Returns: what was done, a line each.
    package func attach(
        _ bytes: [UInt8], to digests: [Digest], layouts: [Layout], isDry: Bool,
        isReplaced: ([UInt8]) -> Bool
    ) throws(ArtifactError) -> [String] {
        let envelope: SignedEnvelope
        let statement: SignedStatement
        do throws(DocumentError) {
            envelope = try SignedEnvelope(
                try JSONReader.read(SourceText(name: "statement", bytes: bytes)), file: "statement")
            statement = try SignedStatement(envelope.payload, file: "statement!payload")
        } catch { throw ArtifactError(error.description) }
        var lines: [String] = []
        for digest in digests {
            for layout in Layout.allCases where layouts.contains(layout) {
                switch layout {
                case .att:
                    lines += try attachLayer(
                        bytes, predicateType: statement.predicateType, about: digest, isDry: isDry, isReplaced)
                case .bundle:
                    lines += try attachBundle(
                        envelope, predicateType: statement.predicateType, about: digest, isDry: isDry, isReplaced)
                }
            }
        }
        return lines
    }

    private func attachLayer(
        _ bytes: [UInt8], predicateType: String, about digest: Digest, isDry: Bool, _ isReplaced: ([UInt8]) -> Bool
    ) throws(ArtifactError) -> [String] {
        let tag = ArtifactDocuments.tag(digest) + ".att"
        let own = try ArtifactDocuments.digest(of: bytes)
        var layers: [JSONValue] = []
        var digests: [String] = []
        var others: [JSONValue.Member] = []
        var replaced = 0
        if let existing = try store.manifest(tag) {
            let known: Set<String> = ["schemaVersion", "mediaType", "config", "layers"]
            let table = (try? JSONReader.read(SourceText(name: tag, bytes: existing)))?.table
            others = (table?.members ?? []).filter { !known.contains($0.key) }.map {
                .init($0.key, JSONValue($0.value))
            }
            guard table?["layers"]?.array != nil else {
                throw ArtifactError("\(image): \(tag) is there and is not a manifest with layers: it is left unchanged")
            }
            for layer in try nodes(existing, "layers", tag) {
                guard let text = layer.table?.string("digest"), let other = Digest(text) else {
                    throw ArtifactError("\(image): \(tag) has a layer without a digest: it is left unchanged")
                }
                if other == own { continue }
                if layer.table?.string("mediaType") == ArtifactDocuments.envelopeType, let blob = try store.blob(other),
                    isReplaced(blob)
                {
                    replaced += 1
                    continue
                }
                layers.append(JSONValue(layer))
                digests.append(text)
            }
        }
        let kept = layers.count
        layers.append(ArtifactDocuments.layer(bytes, own, predicateType: predicateType))
        digests.append(own.description)
        let line =
            "\(tag)  \(kept) other\(kept == 1 ? "" : "s") kept, \(replaced) replaced, envelope \(own)"
        if isDry { return ["would put " + line] }
        let configuration = Array(ArtifactDocuments.configuration(digests).text().utf8)
        let configurationDigest = try ArtifactDocuments.digest(of: configuration)
        try store.put(blob: bytes, digest: own)
        try store.put(blob: configuration, digest: configurationDigest)
        let manifest = ArtifactDocuments.attestations(
            layers, configuration: (configurationDigest, configuration.count), others: others)
        _ = try store.put(
            manifest: Array(manifest.text().utf8), as: tag, mediaType: ArtifactDocuments.manifestType, artifactType: nil
        )
        return ["put " + line]
    }

    private func attachBundle(
        _ envelope: SignedEnvelope, predicateType: String, about digest: Digest, isDry: Bool,
        _ isReplaced: ([UInt8]) -> Bool
    ) throws(ArtifactError) -> [String] {
        guard let subject = try store.manifest(digest.description), try ArtifactDocuments.digest(of: subject) == digest
        else {
            throw ArtifactError("\(image): the manifest \(digest) is not there")
        }
        let isIndex =
            (try? ManifestDocument(subject, name: image)).map { if case .index = $0 { true } else { false } } ?? false
        let written = (try? JSONReader.read(SourceText(name: image, bytes: subject)))?.table?.string("mediaType")
        let type = written ?? (isIndex ? ArtifactDocuments.indexType : ArtifactDocuments.manifestType)
        let bundle = Array(ArtifactDocuments.bundle(envelope).text().utf8)
        let bundleDigest = try ArtifactDocuments.digest(of: bundle)
        let empty = Array("{}".utf8)
        let emptyDigest = try ArtifactDocuments.digest(of: empty)
        let manifest = Array(
            ArtifactDocuments.referrer(
                bundle: (bundleDigest, bundle.count), empty: emptyDigest,
                subject: ArtifactDocuments.descriptor(type, digest, size: subject.count), predicateType: predicateType
            ).text().utf8)
        let own = try ArtifactDocuments.digest(of: manifest)
        if isDry { return ["would put \(own)  bundle \(bundleDigest), refers to \(digest)"] }
        try store.put(blob: bundle, digest: bundleDigest)
        try store.put(blob: empty, digest: emptyDigest)
        let keepsIndex = try store.put(
            manifest: manifest, as: own.description, mediaType: ArtifactDocuments.manifestType,
            artifactType: ArtifactDocuments.bundleType)
        let line = "put \(own)  bundle \(bundleDigest), refers to \(digest)"
        if keepsIndex { return [line] }
        return [line, try keepIndex(of: digest, own, size: manifest.count, predicateType, isReplaced)]
    }

    /// Adds a manifest to the index at the tag of its subject, as clients do where the registry does not.
    private func keepIndex(
        of subject: Digest, _ own: Digest, size: Int, _ predicateType: String, _ isReplaced: ([UInt8]) -> Bool
    ) throws(ArtifactError) -> String {
        let tag = ArtifactDocuments.tag(subject)
        var entries: [JSONValue] = []
        var replaced = 0
        if let existing = try store.manifest(tag) {
            guard let document = try? ManifestDocument(existing, name: tag), case .index = document else {
                throw ArtifactError("\(image): \(tag) is there and is not an index: it is left unchanged")
            }
            for entry in try nodes(existing, "manifests", tag) {
                let other = entry.table?.string("digest").flatMap { Digest($0) }
                if other == own { continue }
                if let other, entry.table?.string("artifactType") == ArtifactDocuments.bundleType,
                    let bytes = try store.manifest(other.description)
                {
                    var ignored: [String] = []
                    let found = try layers(of: bytes, tag, &ignored)
                    if !found.isEmpty, found.allSatisfy({ isReplaced($0.envelope) }) {
                        replaced += 1
                        continue
                    }
                }
                entries.append(JSONValue(entry))
            }
        }
        let kept = entries.count
        entries.append(
            ArtifactDocuments.descriptor(
                ArtifactDocuments.manifestType, own, size: size,
                [
                    .init("artifactType", .string(ArtifactDocuments.bundleType)),
                    .init("annotations", ArtifactDocuments.bundleAnnotations(predicateType)),
                ]))
        _ = try store.put(
            manifest: Array(ArtifactDocuments.index(entries).text().utf8), as: tag,
            mediaType: ArtifactDocuments.indexType, artifactType: nil)
        return "put \(tag)  index of referrers, \(kept) other\(kept == 1 ? "" : "s") kept, \(replaced) replaced"
    }
}
