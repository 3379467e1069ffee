import EnvironmentInventory
import SourceDocuments

/// `pinproof.lock.json` as a rewriting reads and brings forward: the images and downloads of this run are put in, and all
/// else that an earlier run wrote stays.
package struct RewritingRecord: Sendable {
    /// The digests of images by `name:tag`.
    package private(set) var images: [String: Digest] = [:]
    /// The hashes of downloads by URL without credentials, for the file is committed.
    private var downloads: [String: Digest] = [:]
    /// Commits by `URL` or `URL#REFERENCE` without credentials.
    private var repositories: [String: String] = [:]
    /// The moment of the operating system's archive; nil when there is none.
    package private(set) var snapshot: String?
    private var system: [String: JSONValue] = [:]
    private var other: [JSONValue.Member] = []

    /// Creates an empty record.
    package init() {}

    /// Reads the record of an earlier run.
    ///
    /// - Throws: `DocumentError` with the place of what is malformed.
    package init(json text: SourceText) throws(DocumentError) {
        let root = try JSONReader.read(text)
        guard let table = root.table, table["schema"]?.string == FreezeLock.schema else {
            throw DocumentError(file: text.name, place: root.place, reason: "its schema is not \(FreezeLock.schema)")
        }
        for member in table.members {
            switch member.key {
            case "schema": continue
            case "images":
                guard let pinned = member.value.table else {
                    throw DocumentError(file: text.name, place: member.value.place, reason: "images is not an object")
                }
                for image in pinned.members {
                    guard let digest = image.value.string.flatMap({ Digest($0) }), digest.algorithm == .sha256 else {
                        throw DocumentError(
                            file: text.name, place: image.value.place,
                            reason: "the digest of \(image.key) is not sha256:...")
                    }
                    images[image.key] = digest
                }
            case "downloads":
                guard let pinned = member.value.table else {
                    throw DocumentError(
                        file: text.name, place: member.value.place, reason: "downloads is not an object")
                }
                for download in pinned.members {
                    guard let digest = download.value.string.flatMap({ Digest($0) }) else {
                        // An artifact of a lock may have several hashes: no download of a Dockerfile.
                        otherDownloads.append(.init(download.key, Self.value(download.value)))
                        continue
                    }
                    downloads[URLCredentials.redacted(download.key)] = digest
                }
            case "repositories":
                for repository in member.value.table?.members ?? [] {
                    guard let commit = repository.value.string, CommitID.isWhole(commit) else {
                        throw DocumentError(
                            file: text.name, place: repository.value.place,
                            reason: "the commit of \(repository.key) is not a full commit id")
                    }
                    repositories[URLCredentials.redacted(repository.key)] = commit
                }
            case "system":
                for package in member.value.table?.members ?? [] { system[package.key] = Self.value(package.value) }
            case "snapshot": snapshot = member.value.string
            default: other.append(.init(member.key, Self.value(member.value)))
            }
        }
    }

    private var otherDownloads: [JSONValue.Member] = []

    private static func value(_ node: DocumentNode) -> JSONValue {
        if let text = node.string { return .string(text) }
        if let table = node.table { return .object(table.members.map { .init($0.key, value($0.value)) }) }
        if let array = node.array { return .array(array.map { value($0) }) }
        return .null
    }

    /// Puts in what a rewriting pinned.
    package mutating func add(_ record: DockerfileRewriting.Record) {
        images.merge(record.images) { _, new in new }
        Self.merge(record.downloads, into: &downloads)
        Self.merge(record.repositories, into: &repositories)
        system.merge(record.system.mapValues { .string($0) }) { _, new in new }
        snapshot = record.snapshot ?? snapshot
    }

    /// Puts in values by URL; where two URLs differ in their credentials only and give different values, neither stays.
    private static func merge<Value: Equatable>(_ new: [String: Value], into known: inout [String: Value]) {
        let groups = Dictionary(grouping: new) { URLCredentials.redacted($0.key) }
        for (url, values) in groups {
            let value = values[0].value
            known[url] = values.allSatisfy { $0.value == value } ? value : nil
        }
    }

    /// The hash of a download, whatever the credentials in its URL; nil when it is not known.
    package func download(_ url: String) -> Digest? { downloads[URLCredentials.redacted(url)] }

    /// The commit of `URL` or `URL#REFERENCE`, whatever the credentials in it; nil when it is not known.
    package func commit(_ repository: String) -> String? { repositories[URLCredentials.redacted(repository)] }

    /// The digest of an image by any spelling of its name, or nil.
    package func digest(of reference: ImageReference) -> Digest? {
        images.sorted { $0.key < $1.key }.first { name, _ in
            guard let pinned = ImageReference(name) else { return false }
            return pinned.canonicalRepository == reference.canonicalRepository
                && (pinned.tag ?? "latest") == (reference.tag ?? "latest")
        }?.value
    }

    /// The JSON form, with a line feed at its end.
    package var text: String {
        var members: [JSONValue.Member] = [.init("schema", .string(FreezeLock.schema))]
        func object(_ values: [String: Digest], and more: [JSONValue.Member] = []) -> JSONValue {
            let members = values.map { JSONValue.Member($0.key, .string($0.value.description)) } + more
            return .object(members.sorted { $0.key < $1.key })
        }
        let placed = ["lock", "target", "installer"]
        members += other.filter { placed.contains($0.key) }
        members.append(.init("images", object(images)))
        members.append(.init("downloads", object(downloads, and: otherDownloads)))
        members.append(
            .init(
                "repositories",
                .object(repositories.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })))
        members += other.filter { !placed.contains($0.key) && $0.key != "model" }
        members.append(.init("system", .object(system.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) })))
        members.append(.init("snapshot", .optional(snapshot)))
        members += other.filter { $0.key == "model" }
        return JSONValue.object(members).document()
    }
}
