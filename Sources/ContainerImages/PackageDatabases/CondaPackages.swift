/// A conda prefix' `conda-meta/NAME-VERSION-BUILD.json`, one file a package, wherever a prefix lies
/// (https://docs.conda.io/projects/conda-build/en/stable/resources/package-spec.html).
enum CondaPackages: PackageDatabase {
    static let name = "conda-meta"

    static func packages(in system: InstalledSystem) throws(DocumentError) -> [Package] {
        var records: [FileSystemIndex.Entry] = []
        system.files.forEachEntry { entry in
            guard entry.kind == .file, entry.path.utf8.count > 16 else { return }
            let parts = entry.path.utf8.split(separator: 0x2F)
            if parts.count >= 2, parts[parts.count - 2].elementsEqual("conda-meta".utf8), entry.path.hasSuffix(".json")
            {
                records.append(entry)
            }
        }
        var packages: [Package] = []
        for entry in records { packages.append(try package(entry, system)) }
        return packages
    }

    private static func package(
        _ entry: FileSystemIndex.Entry, _ system: InstalledSystem
    ) throws(DocumentError) -> Package {
        guard let bytes = system.files.contents(of: entry) else {
            throw DocumentError(file: entry.path, place: nil, reason: "its bytes were not kept")
        }
        let record = try JSONTable(bytes, name: entry.path)
        guard let name = try record.string("name"), let version = try record.string("version"), !name.isEmpty else {
            throw record.error("the record has no name or no version")
        }
        let prefix = entry.path.split(separator: "/").dropLast(2).joined(separator: "/")
        var package = Package(ecosystem: .conda, name: name.lowercased(), version: version)
        package.location = prefix
        package.installer = "conda"
        package.architecture = try record.string("subdir")
        package.source = SourceLocation(file: entry.path, line: 1)
        if let text = try record.string("sha256"), let digest = Digest(.sha256, hex: text) {
            package.claimedHashes = [digest]
            package.artifacts = [
                Artifact(
                    name: try record.string("fn"), url: try record.string("url"), hashes: [digest],
                    size: try record.integer("size"))
            ]
        }
        package.recordCheck = try check(record, prefix, system)
        return package
    }

    /// Holds the files against `paths_data`: `sha256_in_prefix` where the prefix was written into the file at installation,
    /// else `sha256`.
    private static func check(
        _ record: JSONTable, _ prefix: String, _ system: InstalledSystem
    ) throws(DocumentError) -> RecordCheck {
        guard let data = try record.table("paths_data") else {
            return .uncheckable("the record lists no digests of files")
        }
        var disagreements: [RecordDisagreement] = []
        var unhashed = 0
        for file in try data.tables("paths") {
            guard let path = try file.string("_path") else { throw file.error("a file has no path") }
            let full = prefix.isEmpty ? path : "\(prefix)/\(path)"
            let isLink = try file.string("path_type") == "softlink"
            guard let found = system.files.lookup(full, followingLast: !isLink) else {
                disagreements.append(RecordDisagreement(path: full, kind: .missing))
                continue
            }
            if isLink || found.kind == .directory { continue }
            let plain = try file.string("sha256")
            let rewritten = try file.string("sha256_in_prefix")
            let text = rewritten ?? plain
            guard let text, let recorded = Digest(.sha256, hex: text) else {
                // Bytecode is compiled at installation and has no digest.
                if !path.hasSuffix(".pyc") { unhashed += 1 }
                continue
            }
            if let digest = found.sha256?.digest, digest != recorded {
                disagreements.append(
                    RecordDisagreement(
                        path: full, kind: .changed(recorded: recorded, found: digest), layer: system.layerName(found)))
            }
        }
        if !disagreements.isEmpty { return .altered(disagreements) }
        return unhashed > 0 ? .uncheckable("\(unhashed) files are recorded without a digest") : .intact
    }
}
