import ArchiveReading
import ContentHashing
import EnvironmentInventory
import ParallelWork
import PythonPackaging
import SourceDocuments

/// A conda prefix' `conda-meta/NAME-VERSION-BUILD.json`, one file a package, wherever a prefix lies
/// (https://docs.conda.io/projects/conda-build/en/stable/resources/package-spec.html).
enum CondaPackages: PackageDatabase {
    static let name = "conda-meta"
    static let wanted: [PathPattern] = ["**/conda-meta/*.json", "**/conda-meta/history"]
    private static let records: [PathPattern] = ["**/conda-meta/*.json"]

    static func packages(in system: InstalledSystem) -> Reading<[Package]> {
        var reading = Reading<[Package]>([], gaps: unread(in: system.files))
        for entry in system.files.keptEntries(matching: records) {
            do throws(DocumentError) { reading.value.append(try package(entry, system)) } catch {
                reading.gaps.append(
                    Gap(
                        "conda package", reason: error.reason,
                        source: FileLocation(file: entry.path, line: error.place?.line), scope: .packages(.conda)))
            }
        }
        return reading
    }

    /// Records behind links: a `conda-meta` that is a link to a folder of another name, and a record whose bytes lie under
    /// another name. What they lead to is read where it is one of conda's records itself.
    private static func unread(in files: FileSystemIndex) -> [Gap] {
        var gaps: [Gap] = []
        // Many links may lead to one large folder.
        var hasRecords: [Int32: Bool] = [:]
        func leaveOut(_ path: String, _ reason: String) {
            gaps.append(
                Gap(
                    "conda package", reason: "\(reason), so it is not listed",
                    source: FileLocation(file: path, line: nil), scope: .packages(.conda)))
        }
        files.forEachEntry(where: { place in
            if place.isLink, isMetadataFolder(place.path[...]) { return true }
            return (place.isFile || place.isLink) && PathBytes.ends(place.path, ".json")
                && isMetadataFolder(PathBytes.folder(place.path))
        }) { entry in
            guard let target = files.lookup(entry.path) else {
                return leaveOut(entry.path, "the link leads to nothing")
            }
            if isMetadataFolder(Array(entry.path.utf8)[...]) {
                guard target.kind == .directory, !isMetadataFolder(Array(target.path.utf8)[...]) else { return }
                let found =
                    hasRecords[target.node]
                    ?? (files.names(in: target.path) ?? []).contains { $0.hasSuffix(".json") }
                hasRecords[target.node] = found
                if found {
                    leaveOut(entry.path, "the link leads to /\(target.path), which is not read under that name")
                }
            } else if target.kind == .file, !isRead(target, files) {
                let isLink = target.node != entry.node
                leaveOut(
                    entry.path,
                    isLink
                        ? "the link leads to /\(target.path), which is not read under that name"
                        : "a layer has its bytes under another name, where they are not read")
            }
        }
        return gaps
    }

    private static func isMetadataFolder(_ path: ArraySlice<UInt8>) -> Bool {
        PathBytes.ends(path, "/conda-meta") || PathBytes.equals(path, "conda-meta")
    }

    /// Whether a record's bytes were kept, and under a name under which they are read.
    private static func isRead(_ entry: FileSystemIndex.Entry, _ files: FileSystemIndex) -> Bool {
        guard entry.path.hasSuffix(".json"), isMetadataFolder(PathBytes.folder(Array(entry.path.utf8))) else {
            return false
        }
        let content = Int(entry.content)
        return files.tree.contents.indices.contains(content) && files.tree.contents.hasData(content)
    }

    static func ownership(in files: FileSystemIndex) -> [PackageFiles] {
        mapInParallel(files.keptEntries(matching: records)) { entry in
            guard let bytes = files.contents(of: entry), let record = try? JSONTable(bytes, name: entry.path),
                let name = try? record.string("name"), let listed = try? record.stringList("files")
            else { return nil }
            let prefix = entry.path.split(separator: "/").dropLast(2).joined(separator: "/")
            return PackageFiles(
                .conda, name.lowercased(), paths: listed.map { "\(prefix)/\($0)".utf8 }, in: files, record: entry.path)
        }.compactMap { $0 }
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
        package.source = FileLocation(file: entry.path, line: 1)
        if let text = try record.string("sha256"), let digest = Digest(.sha256, hex: text) {
            package.claimedHashes = [digest]
            package.artifacts = [
                Artifact(
                    name: try record.string("fn"), url: try record.string("url"), hashes: [digest],
                    size: try record.integer("size"))
            ]
        }
        if let text = try record.string("md5"), let digest = Digest(.md5, hex: text) {
            package.claimedHashes.append(digest)
        }
        let check = try CondaFileCheck(record, prefix, system)
        package.recordCheck = check.result
        package.contentDigest = check.contentDigest
        return package
    }

    /// The files of an installed package, one by one, those into which the prefix was written as scripts; nil when they are
    /// not known.
    static func contents(of package: Package, _ system: InstalledSystem) -> DistributionContents? {
        guard package.ecosystem == .conda, let file = package.source?.file, let prefix = package.location,
            let bytes = system.files.contents(of: file), let record = try? JSONTable(bytes, name: file),
            let check = try? CondaFileCheck(record, prefix, system)
        else { return nil }
        return check.contents
    }

    /// The files of a prefix into which it was written and that agree with conda's record of that: Python's own RECORD of the
    /// same package was made before.
    static func relocated(in prefix: String, _ system: InstalledSystem) -> Set<String> {
        var paths: Set<String> = []
        let folder = prefix.isEmpty ? "conda-meta" : "\(prefix)/conda-meta"
        for name in system.files.names(in: folder) ?? [] where name.hasSuffix(".json") {
            guard let bytes = system.files.contents(of: "\(folder)/\(name)"),
                let record = try? JSONTable(bytes, name: name),
                let check = try? CondaFileCheck(record, prefix, system)
            else { continue }
            let changed = Set(check.disagreements.map(\.path))
            for script in check.contents.scripts where !changed.contains(script.location) {
                paths.insert(script.location)
            }
        }
        return paths
    }
}

/// Holds the files against `paths_data`: `sha256_in_prefix` where the prefix was written into the file at installation,
/// else `sha256`.
///
/// The content digest is over the files into which no prefix is written, and over the targets of links: it is the same in
/// every environment, whatever its path.
private struct CondaFileCheck {
    private(set) var disagreements: [RecordDisagreement] = []
    private(set) var contents = DistributionContents()
    private(set) var contentDigest: Digest?
    let result: RecordCheck

    init(_ record: JSONTable, _ prefix: String, _ system: InstalledSystem) throws(DocumentError) {
        guard let data = try record.table("paths_data") else {
            result = .uncheckable("the record lists no digests of files")
            return
        }
        var unhashed = 0
        var isComplete = true
        for file in try data.tables("paths") {
            guard let path = try file.string("_path") else { throw file.error("a file has no path") }
            let full = prefix.isEmpty ? path : "\(prefix)/\(path)"
            let type = try file.string("path_type")
            let isLink = type == "softlink"
            let canonical = CondaPaths.canonical(path)
            guard let found = system.files.lookup(full, followingLast: !isLink) else {
                // Bytecode is made and removed freely.
                if path.hasSuffix(".pyc") { continue }
                disagreements.append(RecordDisagreement(path: full, kind: .missing))
                isComplete = false
                continue
            }
            if case .symbolicLink(let target) = found.kind {
                if let digest = try? ContentHash.sha256(of: Array(target.utf8)) {
                    contents.add(
                        CondaPaths.link(canonical), at: full, layer: system.layerName(found), sha256: digest)
                }
                continue
            }
            guard found.kind == .file, let digest = found.sha256?.digest else { continue }
            // Made at installation: bytecode, and scripts from entry points, which have a look of their own.
            if path.hasSuffix(".pyc") { continue }
            let isMade = type?.hasSuffix("entry_point") ?? false
            let plain = try file.string("sha256")
            let rewritten = try file.string("sha256_in_prefix")
            let placeholder = try file.string("prefix_placeholder")
            let isRelocated = placeholder != nil || (rewritten != nil && plain != nil && rewritten != plain)
            if isRelocated {
                contents.addScript(canonical, at: full, layer: system.layerName(found), body: digest)
            } else if !isMade {
                contents.add(canonical, at: full, layer: system.layerName(found), sha256: digest)
            }
            guard let text = rewritten ?? plain, let recorded = Digest(.sha256, hex: text) else {
                if !isMade { unhashed += 1 }
                continue
            }
            if digest != recorded {
                disagreements.append(
                    RecordDisagreement(
                        path: full, kind: .changed(recorded: recorded, found: digest), layer: system.layerName(found)))
            }
        }
        if isComplete { contentDigest = try? ContentDigest.compute(contents.files.map { ($0.path, $0.sha256) }) }
        if !disagreements.isEmpty {
            result = .altered(disagreements)
        } else {
            result = unhashed > 0 ? .uncheckable("\(unhashed) files are recorded without a digest") : .intact
        }
    }
}
