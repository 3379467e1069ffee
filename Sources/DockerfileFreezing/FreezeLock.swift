import EnvironmentInventory
import SourceDocuments

/// What a freeze pinned, `pinproof.lock.json`: later runs take digests from it without a network.
package struct FreezeLock: Sendable {
    /// The file name.
    package static let fileName = "pinproof.lock.json"
    /// The schema of the JSON form.
    package static let schema = "pinproof/lock/1"

    /// The digests of images by `name:tag`.
    package let images: [String: Digest]
    /// The packages with their versions, by name.
    package let packages: [(name: String, version: String)]
    /// What was frozen for.
    package internal(set) var target = FreezeTarget()
    /// The base image; nil when read back from a file without one.
    package internal(set) var base: BaseImage?
    /// The moment of the system's package archive; nil when no package came from it.
    package internal(set) var snapshot: String?
    /// The lock that was frozen; nil when read back.
    var lock: DockerfilePlan.Lock?
    var installer: Installer?
    var system: [(name: String, version: String?)] = []
    var model: ModelServing.Content?
    var downloads: [String: [String]] = [:]
    var repositories: [String: String] = [:]

    init(images: [String: Digest], packages: [(name: String, version: String)]) {
        self.images = images
        self.packages = packages
    }

    /// The JSON form.
    package var json: JSONValue {
        .members([
            "schema": .string(Self.schema),
            "lock": lock.map {
                .members(["name": .string($0.name), "sha256": .string($0.sha256.description)])
            } ?? .null,
            "target": target.json,
            "base": base?.json ?? .null,
            "installer": .optional(installer?.rawValue),
            "images": Self.object(images.mapValues(\.description)),
            "downloads": .object(
                downloads.sorted { $0.key < $1.key }.map { url, hashes in
                    .init(url, hashes.count == 1 ? .string(hashes[0]) : .strings(hashes))
                }),
            "repositories": Self.object(repositories),
            "packages": .object(packages.map { .init($0.name, .string($0.version)) }),
            "system": .object(system.map { .init($0.name, .optional($0.version)) }),
            "snapshot": .optional(snapshot),
            "model": model.map {
                .members(["name": .string($0.name), "treeDigest": .string($0.treeDigest.description)])
            } ?? .null,
        ])
    }

    private static func object(_ values: [String: String]) -> JSONValue {
        .object(values.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })
    }

    /// Reads what an earlier run pinned: images, target, packages, snapshot.
    ///
    /// - Throws: `DocumentError` with the place of what is malformed.
    package init(json text: SourceText) throws(DocumentError) {
        let root = try JSONReader.read(text)
        guard let table = root.table, table["schema"]?.string == Self.schema else {
            throw DocumentError(file: text.name, place: root.place, reason: "its schema is not \(Self.schema)")
        }
        guard let pinned = table["images"]?.table else {
            throw DocumentError(file: text.name, place: root.place, reason: "it has no images")
        }
        var images: [String: Digest] = [:]
        for member in pinned.members {
            guard let digest = member.value.string.flatMap({ Digest($0) }), digest.algorithm == .sha256 else {
                throw DocumentError(
                    file: text.name, place: member.value.place, reason: "the digest of \(member.key) is not sha256:...")
            }
            images[member.key] = digest
        }
        let packages = table["packages"]?.table?.members ?? []
        self.init(
            images: images, packages: packages.compactMap { entry in entry.value.string.map { (entry.key, $0) } })
        target = FreezeTarget(table["target"]?.table)
        if let said = table["base"]?.table, let reference = said["name"]?.string.flatMap({ ImageReference($0) }) {
            base = BaseImage(
                reference: ImageReference(
                    repository: reference.repository, tag: reference.tag,
                    digest: said["digest"]?.string.flatMap { Digest($0) }),
                user: said["user"]?.string,
                diffIDs: (said["diffIds"]?.array ?? []).compactMap { $0.string.flatMap { Digest($0) } })
        }
        snapshot = table["snapshot"]?.string
    }

    /// The digest of an image by any spelling of its name, or nil.
    package func digest(of reference: ImageReference) -> Digest? {
        images.first { name, _ in
            guard let pinned = ImageReference(name) else { return false }
            return pinned.canonicalRepository == reference.canonicalRepository
                && (pinned.tag ?? "latest") == (reference.tag ?? "latest")
        }?.value
    }

    /// What this freeze has other than an earlier one, a line each: `moved NAME OLD -> NEW`.
    package func moves(since earlier: FreezeLock) -> [String] {
        var lines = images.sorted { $0.key < $1.key }.compactMap { name, digest -> String? in
            guard let old = earlier.images[name], old != digest else { return nil }
            return "moved \(name) \(old) -> \(digest)"
        }
        let old = Dictionary(earlier.packages.map { ($0.name, $0.version) }) { first, _ in first }
        let new = Dictionary(packages.map { ($0.name, $0.version) }) { first, _ in first }
        for name in Set(old.keys).union(new.keys).sorted() {
            switch (old[name], new[name]) {
            case (let before?, let after?) where before != after: lines.append("moved \(name) \(before) -> \(after)")
            case (nil, let after?): lines.append("added \(name) \(after)")
            case (let before?, nil): lines.append("removed \(name) \(before)")
            default: continue
            }
        }
        if let before = earlier.snapshot, let snapshot, before != snapshot {
            lines.append("moved snapshot \(before) -> \(snapshot)")
        }
        return lines
    }
}
