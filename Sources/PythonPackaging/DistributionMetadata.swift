import EnvironmentInventory
import SourceDocuments

/// The fields of METADATA or PKG-INFO that identify a distribution
/// (https://packaging.python.org/en/latest/specifications/core-metadata/).
package struct DistributionMetadata: Sendable, Hashable {
    /// The name as written.
    package let name: String
    /// The version as written.
    package let version: String
    /// The `Requires-Dist` fields as written.
    package let requirements: [String]
    /// The `Requires-Python` field as written.
    package let pythonRequirement: String?

    /// Reads the headers; nil when the name or the version is missing.
    package init?(_ bytes: [UInt8]) {
        var name: String?
        var version: String?
        var requirements: [String] = []
        var pythonRequirement: String?
        for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            // The headers end at the first empty line.
            if line.isEmpty { break }
            guard line.first != UInt8(ascii: " "), line.first != UInt8(ascii: "\t"),
                let colon = line.firstIndex(of: UInt8(ascii: ":"))
            else { continue }
            let key = String(decoding: line[..<colon], as: UTF8.self).lowercased()
            guard ["name", "version", "requires-dist", "requires-python"].contains(key) else { continue }
            var value = line[(colon + 1)...]
            while value.first?.isASCIIBlank == true { value = value.dropFirst() }
            while value.last?.isASCIIBlank == true { value = value.dropLast() }
            let text = String(decoding: value, as: UTF8.self)
            switch key {
            case "name": name = name ?? text
            case "version": version = version ?? text
            case "requires-dist": requirements.append(text)
            default: pythonRequirement = pythonRequirement ?? text
            }
        }
        guard let name, let version, !name.isEmpty, !version.isEmpty else { return nil }
        self.name = name
        self.version = version
        self.requirements = requirements
        self.pythonRequirement = pythonRequirement
    }
}

/// What an installer noted about a distribution that came from a URL
/// (https://packaging.python.org/en/latest/specifications/direct-url/).
package struct DirectURL: Sendable, Hashable {
    /// The URL.
    package let url: String
    /// Whether it is an editable installation.
    package let isEditable: Bool
    /// The hashes of the archive, as the installer claims them.
    package let archiveHashes: [Digest]
    /// The commit of a repository.
    package let commit: String?
    /// The origin that it names; nil when the file does not describe a known kind of origin.
    package let origin: DirectOrigin?

    /// Reads direct_url.json.
    ///
    /// - Throws: `DocumentError` with the position of the error.
    package init(_ text: SourceText) throws(DocumentError) {
        let root = try JSONReader.read(text)
        guard let table = root.table, let url = table["url"]?.string else {
            throw DocumentError(file: text.name, place: root.place, reason: "it has no 'url'")
        }
        self.url = url
        isEditable = table["dir_info"]?.table?["editable"]?.boolean ?? false
        commit = table["vcs_info"]?.table?["commit_id"]?.string
        var hashes: [Digest] = []
        let archive = table["archive_info"]?.table
        for member in archive?["hashes"]?.table?.members ?? [] {
            guard let algorithm = HashAlgorithm(rawValue: member.key), let hex = member.value.string,
                let digest = Digest(algorithm, hex: hex)
            else { continue }
            hashes.append(digest)
        }
        if hashes.isEmpty, let legacy = archive?["hash"]?.string {
            let parts = legacy.split(separator: "=", maxSplits: 1)
            if parts.count == 2, let algorithm = HashAlgorithm(rawValue: String(parts[0])),
                let digest = Digest(algorithm, hex: parts[1])
            {
                hashes.append(digest)
            }
        }
        archiveHashes = hashes
        let repository = table["vcs_info"]?.table
        let kind: DirectOrigin.Kind? =
            if let repository, let type = repository["vcs"]?.string, let commit {
                .repository(type: type, commit: commit, revision: repository["requested_revision"]?.string)
            } else if archive != nil {
                .archive(hashes)
            } else if table["dir_info"]?.table != nil {
                .directory(isEditable: isEditable)
            } else {
                nil
            }
        let subdirectory = table["subdirectory"]?.string
        origin = kind.map { DirectOrigin(url: url, kind: $0, subdirectory: subdirectory) }
    }
}
