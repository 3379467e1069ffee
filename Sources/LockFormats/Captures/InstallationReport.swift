import EnvironmentInventory
import SourceDocuments

/// What `pip install --report FILE` writes: the artifact that was downloaded for each package
/// (https://pip.pypa.io/en/stable/reference/installation-report/), version 1.
///
/// Left out: what is not an archive, which the installed package's own direct_url.json says better.
package struct InstallationReport: Sendable {
    /// The packages with the one artifact each.
    package let packages: [Package]

    /// Reads a report.
    ///
    /// - Throws: ``LockReadingError`` with the place of what is malformed, or for a version that is not known.
    package init(_ text: SourceText) throws(LockReadingError) {
        let root = try LockText.json(text)
        guard root.table["install"] != nil, let version = try root.text("version") else {
            throw root.error("it is not a report of `pip install --report`")
        }
        guard version == "1" else {
            throw root.error("is a report of version \(version); 1 can be read", at: root.table["version"]?.place)
        }
        var packages: [Package] = []
        for entry in try root.list("install") {
            guard let metadata = try entry.fields("metadata"), let download = try entry.fields("download_info") else {
                throw entry.error("an entry has no metadata or no download_info")
            }
            guard let archive = try download.fields("archive_info") else { continue }
            let url = try download.requiredString("url")
            let hashes = try Self.hashes(archive)
            if hashes.isEmpty { continue }
            var package = Package(
                ecosystem: .pypi, name: PythonRules.normalizedName(try metadata.requiredName("name")),
                version: try metadata.requiredString("version"))
            package.artifacts = [Artifact(name: LockText.fileName(ofURL: url), url: url, hashes: hashes)]
            package.source = FileLocation(file: text.name, line: entry.range.start.line)
            packages.append(package)
        }
        self.packages = packages
    }

    private static func hashes(_ archive: DocumentFields) throws(LockReadingError) -> [Digest] {
        var hashes: [Digest] = []
        if let table = try archive.fields("hashes") {
            for member in table.table.members {
                guard let algorithm = HashAlgorithm(rawValue: member.key), let hex = member.value.string else {
                    continue
                }
                guard let digest = Digest(algorithm, hex: hex) else {
                    throw table.error("the \(member.key) \(hex) is malformed", at: member.keyPlace)
                }
                hashes.append(digest)
            }
        }
        if hashes.isEmpty, let legacy = try archive.string("hash") {
            let parts = legacy.split(separator: "=", maxSplits: 1)
            if parts.count == 2, let algorithm = HashAlgorithm(rawValue: String(parts[0])),
                let digest = Digest(algorithm, hex: parts[1])
            {
                hashes.append(digest)
            }
        }
        return hashes
    }
}
