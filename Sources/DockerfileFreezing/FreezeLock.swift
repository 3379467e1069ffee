/// What a freeze pinned, `lockstep.lock.json`: later runs take digests from it without a network.
public struct FreezeLock: Sendable {
    /// The file name.
    public static let fileName = "lockstep.lock.json"
    /// The schema of the JSON form.
    public static let schema = "lockstep/lock/1"

    /// The digests of images by `name:tag`.
    public let images: [String: Digest]
    /// The lock that was frozen; nil when read back.
    let lock: FreezePlan.Lock?
    let target: [String: String]
    let packages: [(name: String, version: String)]

    init(
        images: [String: Digest], lock: FreezePlan.Lock, target: [String: String],
        packages: [(name: String, version: String)]
    ) {
        self.images = images
        self.lock = lock
        self.target = target
        self.packages = packages
    }

    /// The JSON form; `downloads` (URL to sha256) and `snapshot` are there for programs that expect them.
    public var json: JSONValue {
        .members([
            "schema": .string(Self.schema),
            "lock": lock.map {
                .members(["name": .string($0.name), "sha256": .string($0.sha256.description)])
            } ?? .null,
            "target": Self.object(target),
            "images": Self.object(images.mapValues(\.description)),
            "downloads": .object([]),
            "packages": .object(packages.map { .init($0.name, .string($0.version)) }),
            "snapshot": .null,
        ])
    }

    private static func object(_ values: [String: String]) -> JSONValue {
        .object(values.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })
    }

    /// Reads the images of an earlier run.
    ///
    /// - Throws: `DocumentError` with the place of what is malformed.
    public init(json text: SourceText) throws(DocumentError) {
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
        self.images = images
        lock = nil
        target = [:]
        packages = []
    }

    /// The digest of an image by any spelling of its name, or nil.
    public func digest(of reference: ImageReference) -> Digest? {
        images.first { name, _ in
            guard let pinned = ImageReference(name) else { return false }
            return pinned.canonicalRepository == reference.canonicalRepository
                && (pinned.tag ?? "latest") == (reference.tag ?? "latest")
        }?.value
    }
}
