/// What names a blob: its digest and size
/// (https://github.com/opencontainers/image-spec/blob/main/descriptor.md).
struct Descriptor: Sendable, Hashable {
    let mediaType: String?
    let digest: Digest
    let size: Int
    let platform: Platform?
    let annotations: [String: String]

    /// The name that the descriptor gives to its image.
    var referenceName: String? {
        annotations["org.opencontainers.image.ref.name"] ?? annotations["io.containerd.image.name"]
    }

    /// Whether the descriptor is of an attestation that BuildKit put beside its images.
    var isAttestation: Bool {
        annotations["vnd.docker.reference.type"] == "attestation-manifest" || platform?.os == "unknown"
    }
}

/// A manifest or an index; media types are often missing or wrong, so the members tell
/// (https://github.com/opencontainers/image-spec/blob/main/manifest.md, image-index.md;
/// https://github.com/distribution/distribution/blob/main/docs/content/spec/manifest-v2-2.md).
enum ManifestDocument: Sendable {
    case manifest(config: Descriptor, layers: [Descriptor])
    case index([Descriptor])

    init(_ bytes: [UInt8], name: String) throws(DocumentError) {
        let document = try JSONTable(bytes, name: name)
        if try document.integer("schemaVersion") == 1 {
            throw document.error("a manifest of schema version 1, which Docker gave up in 2019, is not supported")
        }
        let hasManifests = document.has("manifests")
        let hasLayers = document.has("layers") || document.has("config")
        if hasManifests, hasLayers { throw document.error("it is an index and a manifest at once") }
        if hasManifests {
            self = .index(try Self.descriptors(document, "manifests"))
            return
        }
        guard hasLayers else { throw document.error("it is neither a manifest nor an index") }
        guard let config = try document.table("config") else { throw document.error("the manifest has no config") }
        self = .manifest(config: try Self.descriptor(config), layers: try Self.descriptors(document, "layers"))
    }

    private static func descriptors(_ table: JSONTable, _ key: String) throws(DocumentError) -> [Descriptor] {
        var descriptors: [Descriptor] = []
        for element in try table.tables(key) { descriptors.append(try descriptor(element)) }
        return descriptors
    }

    private static func descriptor(_ table: JSONTable) throws(DocumentError) -> Descriptor {
        guard let text = try table.string("digest"), let digest = Digest(text),
            digest.algorithm == .sha256 || digest.algorithm == .sha512
        else { throw table.error("a descriptor has no sha256 or sha512 digest") }
        guard let size = try table.integer("size"), size >= 0 else {
            throw table.error("the descriptor of \(digest) has no size")
        }
        var platform: Platform?
        if let written = try table.table("platform"), let os = try written.string("os"),
            let architecture = try written.string("architecture")
        {
            let variant = try written.string("variant")
            platform = Platform(os: os, architecture: architecture, variant: variant == "" ? nil : variant)
        }
        return Descriptor(
            mediaType: try table.string("mediaType"), digest: digest, size: size, platform: platform,
            annotations: try table.strings("annotations"))
    }
}

/// What an image's configuration says
/// (https://github.com/opencontainers/image-spec/blob/main/config.md).
public struct ImageConfiguration: Sendable, Hashable {
    /// One step of the build.
    public struct HistoryEntry: Sendable, Hashable {
        /// The command, as the builder wrote it.
        public let createdBy: String
        /// Whether the step made no layer.
        public let isEmptyLayer: Bool
    }

    /// The operating system and processor; nil when the configuration does not say.
    public var platform: Platform?
    /// The environment variables as `NAME=VALUE`, in their order.
    public var environment: [String] = []
    /// The entry point.
    public var entrypoint: [String] = []
    /// The command, or the entry point's arguments.
    public var command: [String] = []
    /// The user, a name or a number; empty for root.
    public var user = ""
    /// The working directory.
    public var workingDirectory = ""
    /// The labels.
    public var labels: [String: String] = [:]
    /// The digests of the decompressed layers, lowest first.
    public var diffIDs: [Digest] = []
    /// The build's steps.
    public var history: [HistoryEntry] = []

    /// An empty configuration: that of a file system without one.
    public init() {}

    /// The value of an environment variable; of several the last one counts.
    public func variable(_ name: String) -> String? {
        environment.last { $0.utf8.starts(with: (name + "=").utf8) }.map { String($0.dropFirst(name.count + 1)) }
    }

    init(_ bytes: [UInt8], name: String) throws(DocumentError) {
        let document = try JSONTable(bytes, name: name)
        guard let rootfs = try document.table("rootfs") else {
            throw document.error("it is no image configuration: it has no rootfs")
        }
        for text in try rootfs.stringList("diff_ids") {
            guard let digest = Digest(text), digest.algorithm == .sha256 || digest.algorithm == .sha512 else {
                throw rootfs.error("'\(text.prefix(100))' is no diff_id")
            }
            diffIDs.append(digest)
        }
        if let os = try document.string("os"), let architecture = try document.string("architecture"), !os.isEmpty,
            !architecture.isEmpty
        {
            let variant = try document.string("variant")
            platform = Platform(os: os, architecture: architecture, variant: variant == "" ? nil : variant)
        }
        if let config = try document.table("config") {
            environment = try config.stringList("Env")
            entrypoint = try config.stringList("Entrypoint")
            command = try config.stringList("Cmd")
            user = try config.string("User") ?? ""
            workingDirectory = try config.string("WorkingDir") ?? ""
            labels = try config.strings("Labels")
        }
        for entry in try document.tables("history") {
            history.append(
                HistoryEntry(
                    createdBy: try entry.string("created_by") ?? "",
                    isEmptyLayer: try entry.boolean("empty_layer") ?? false))
        }
    }
}

/// A JSON object whose members have to be of the wanted type; null counts as absent.
struct JSONTable {
    let name: String
    private let node: DocumentNode
    private let table: DocumentTable

    init(_ bytes: [UInt8], name: String) throws(DocumentError) {
        try self.init(JSONReader.read(SourceText(name: name, bytes: bytes)), name: name)
    }

    init(_ node: DocumentNode, name: String) throws(DocumentError) {
        guard let table = node.table else {
            throw DocumentError(file: name, place: node.place, reason: "expected a table, found \(node.typeName)")
        }
        self.name = name
        self.node = node
        self.table = table
    }

    func has(_ key: String) -> Bool { table[key].map { !$0.isNull } ?? false }

    func error(_ reason: String) -> DocumentError { DocumentError(file: name, place: node.place, reason: reason) }

    func string(_ key: String) throws(DocumentError) -> String? { try value(key, "a string", \.string) }
    func boolean(_ key: String) throws(DocumentError) -> Bool? { try value(key, "a boolean", \.boolean) }
    func integer(_ key: String) throws(DocumentError) -> Int? {
        try value(key, "an integer", \.integer).map { Int($0) }
    }

    func table(_ key: String) throws(DocumentError) -> JSONTable? {
        guard let node = present(key) else { return nil }
        return try JSONTable(node, name: name)
    }

    func tables(_ key: String) throws(DocumentError) -> [JSONTable] {
        var tables: [JSONTable] = []
        for element in try value(key, "a list", \.array) ?? [] { tables.append(try JSONTable(element, name: name)) }
        return tables
    }

    func stringList(_ key: String) throws(DocumentError) -> [String] {
        var strings: [String] = []
        for element in try value(key, "a list", \.array) ?? [] {
            guard let string = element.string else {
                throw DocumentError(
                    file: name, place: element.place, reason: "'\(key)' expects strings, found \(element.typeName)")
            }
            strings.append(string)
        }
        return strings
    }

    func strings(_ key: String) throws(DocumentError) -> [String: String] {
        guard let table = try value(key, "a table", \.table) else { return [:] }
        var strings: [String: String] = [:]
        for member in table.members {
            guard let string = member.value.string else {
                throw DocumentError(
                    file: name, place: member.value.place,
                    reason: "'\(key)' expects strings, found \(member.value.typeName)")
            }
            strings[member.key] = string
        }
        return strings
    }

    private func present(_ key: String) -> DocumentNode? {
        guard let node = table[key], !node.isNull else { return nil }
        return node
    }

    private func value<Value>(
        _ key: String, _ type: String, _ get: (DocumentNode) -> Value?
    ) throws(DocumentError) -> Value? {
        guard let node = present(key) else { return nil }
        guard let value = get(node) else {
            throw DocumentError(
                file: name, place: node.place, reason: "'\(key)' has to be \(type), found \(node.typeName)")
        }
        return value
    }
}
