import ContentHashing
import EnvironmentInventory
import SourceDocuments

/// For each wheel its sha256 and its content digest: with it, `verify` proves lock-to-bytes without the wheels.
package struct WheelMap: Sendable, Hashable {
    /// One wheel.
    package struct Entry: Sendable, Hashable {
        /// The file name.
        package let fileName: String
        /// The normalised name of the distribution.
        package let name: String
        /// The version.
        package let version: String
        /// The sha256 of the wheel, which is what a lock holds.
        package let sha256: Digest
        /// The digest over what the wheel installs (design section 5).
        package let contentDigest: Digest

        /// The files of the content digest by their paths in it; empty when the map does not hold them.
        package var files: [String: Digest] = [:]
        /// The digests of the bodies of scripts whose first line installers rewrite, by path.
        package var scripts: [String: Digest] = [:]

        /// Whose package it is: `pypi` for a wheel, `conda` for a conda package.
        package var ecosystem = Ecosystem.pypi
        /// The path of the package, where it is a local file that may have to be read again.
        package var location: String?
        /// Whether conda writes the environment's path into files of it.
        package var isRelocated = false
        /// For each environment's path the digests of the files into which it was written, by path.
        package var prefixes: [String: [String: Digest]] = [:]
        /// The scripts that conda makes from entry points, with what they call.
        package var launchers: [String: String] = [:]

        /// Creates an entry.
        package init(fileName: String, name: String, version: String, sha256: Digest, contentDigest: Digest) {
            self.fileName = fileName
            self.name = name
            self.version = version
            self.sha256 = sha256
            self.contentDigest = contentDigest
        }
    }

    /// The wheels by file name, then by digest.
    package let entries: [Entry]
    private let bySHA256: [Digest: Entry]

    /// Creates a map.
    package init(_ entries: [Entry]) {
        self.entries = entries.sorted { ($0.fileName, $0.sha256) < ($1.fileName, $1.sha256) }
        bySHA256 = Dictionary(entries.map { ($0.sha256, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The wheel with a sha256, or nil.
    package subscript(sha256: Digest) -> Entry? { bySHA256[sha256] }

    /// The digest over the sha256 of every artifact; nil when there is none.
    package var digest: Digest? {
        let lines = entries.map { "\($0.sha256)\n" }.sorted().joined()
        return lines.isEmpty ? nil : try? ContentHash.sha256(of: Array(lines.utf8))
    }

    /// The wheels of this map and of another one.
    package func merging(_ other: WheelMap) -> WheelMap { WheelMap(Array(Set(entries).union(other.entries))) }

    /// The schema of the JSON form.
    package static let schema = "pinproof/wheels/1"

    /// The JSON form, which ``init(json:)`` reads back.
    package var json: JSONValue {
        .members([
            "schema": .string(Self.schema),
            "wheels": .array(
                entries.map(Self.json)),
        ])
    }

    /// Reads the JSON form.
    ///
    /// - Throws: `DocumentError` with the place of what is missing or malformed.
    package init(json text: SourceText) throws(DocumentError) {
        let root = try JSONReader.read(text)
        func fail(_ node: DocumentNode, _ reason: String) -> DocumentError {
            DocumentError(file: text.name, place: node.place, reason: reason)
        }
        guard root.table?["schema"]?.string == Self.schema else {
            throw fail(root, "not a wheel map: its schema is not \(Self.schema)")
        }
        guard let wheels = root.table?["wheels"]?.array else { throw fail(root, "a wheel map without wheels") }
        var entries: [Entry] = []
        for wheel in wheels {
            guard let table = wheel.table, let file = table["file"]?.string, let name = table["name"]?.string,
                let version = table["version"]?.string,
                let sha256 = table["sha256"]?.string.flatMap({ Digest($0) }), sha256.algorithm == .sha256,
                let contentDigest = table["contentDigest"]?.string.flatMap({ Digest($0) }),
                contentDigest.algorithm == .sha256
            else { throw fail(wheel, "a wheel needs file, name, version, sha256 and contentDigest") }
            var entry = Entry(
                fileName: file, name: name, version: version, sha256: sha256, contentDigest: contentDigest)
            entry.scripts = try Self.digests(table["scripts"], text)
            entry.files = try Self.digests(table["files"], text)
            if let ecosystem = table["ecosystem"]?.string {
                guard let known = Ecosystem(rawValue: ecosystem), known == .pypi || known == .conda else {
                    throw fail(wheel, "the ecosystem '\(ecosystem)' has no artifacts in a wheel map")
                }
                entry.ecosystem = known
            }
            if let relocated = table["relocated"] {
                guard let isRelocated = relocated.boolean else { throw fail(relocated, "relocated is true or false") }
                entry.isRelocated = isRelocated
            }
            for member in try Self.members(table["prefixes"], text) {
                entry.prefixes[member.key] = try Self.digests(member.value, text)
            }
            for member in try Self.members(table["launchers"], text) {
                guard let target = member.value.string else { throw fail(member.value, "a launcher needs a text") }
                entry.launchers[member.key] = target
            }
            entries.append(entry)
        }
        self.init(entries)
    }

    /// The same without the files, which only serve to name what differs.
    package var withoutFiles: WheelMap {
        WheelMap(
            entries.map { entry in
                var entry = entry
                entry.files = [:]
                return entry
            })
    }

    private static func json(_ entry: Entry) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("file", .string(entry.fileName)), .init("name", .string(entry.name)),
            .init("version", .string(entry.version)), .init("sha256", .string(entry.sha256.description)),
            .init("contentDigest", .string(entry.contentDigest.description)),
            .init("ecosystem", .string(entry.ecosystem.rawValue)), .init("scripts", object(entry.scripts)),
            .init("files", object(entry.files)),
        ]
        if entry.ecosystem == .conda {
            members.append(.init("relocated", .boolean(entry.isRelocated)))
            members.append(
                .init(
                    "prefixes",
                    .object(entry.prefixes.sorted { $0.key < $1.key }.map { .init($0.key, object($0.value)) })))
            members.append(
                .init(
                    "launchers",
                    .object(entry.launchers.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })))
        }
        return .object(members)
    }

    private static func object(_ digests: [String: Digest]) -> JSONValue {
        .object(digests.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value.description)) })
    }

    /// The members of an object; none where it is missing.
    private static func members(
        _ node: DocumentNode?, _ text: SourceText
    ) throws(DocumentError) -> [DocumentTable.Member] {
        guard let node else { return [] }
        guard let table = node.table else {
            throw DocumentError(
                file: text.name, place: node.place, reason: "\(node.typeName) is not an object with names of files")
        }
        return table.members
    }

    private static func digests(_ node: DocumentNode?, _ text: SourceText) throws(DocumentError) -> [String: Digest] {
        var digests: [String: Digest] = [:]
        for member in try members(node, text) {
            guard let digest = member.value.string.flatMap({ Digest($0) }), digest.algorithm == .sha256 else {
                throw DocumentError(file: text.name, place: member.value.place, reason: "a file needs a sha256")
            }
            digests[member.key] = digest
        }
        return digests
    }
}
