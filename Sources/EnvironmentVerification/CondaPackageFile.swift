import ArchiveReading
import ContainerImages
import ContentHashing
import EnvironmentInventory
import PythonPackaging
import SourceDocuments

/// A conda package that was read to its last byte, `.conda` or `.tar.bz2`
/// (https://docs.conda.io/projects/conda-build/en/stable/resources/package-spec.html).
///
/// A `.conda` is a zip of `pkg-*.tar.zst` and `info-*.tar.zst`; a `.tar.bz2` holds both, `info/` apart. Of `info/` are read
/// `index.json`, `paths.json` and for noarch Python packages `link.json`.
package struct CondaPackageFile: Sendable {
    /// Its entry in a map.
    package let entry: WheelMap.Entry
    /// What is wrong with its `paths.json`.
    package let recordProblems: [String]

    /// The largest file into which a prefix is written.
    private static let longestRelocated = 256 << 20
    private static let longestMetadata = 64 << 20

    /// Reads a package: its own sha256, that of every file, and for each prefix that of the files into which it is written.
    ///
    /// - Parameter prefixes: absolute paths of environments.
    /// - Returns: nil for an archive that is not a conda package.
    package static func read(path: String, prefixes: [String] = []) throws(WheelReadingError) -> CondaPackageFile? {
        func failure(_ reason: some CustomStringConvertible) -> WheelReadingError {
            WheelReadingError(path: path, reason: reason.description)
        }
        do {
            let file = try RegularFile(path: path)
            var metadata: [String: [UInt8]] = [:]
            try walk(file, .information) { entry, reader in
                if ["info/index.json", "info/paths.json", "info/link.json"].contains(entry.path), entry.kind == .file {
                    metadata[entry.path] = try reader.readData(limit: longestMetadata)
                }
            }
            guard let index = metadata["info/index.json"] else { return nil }
            guard let paths = metadata["info/paths.json"] else { throw failure("it has no info/paths.json") }
            var reading = try CondaReading(
                index: index, paths: paths, link: metadata["info/link.json"], name: path, prefixes: prefixes)
            try walk(file, .payload) { entry, reader in try reading.read(entry, reader, longestRelocated) }
            let sha256 = try file.sha256()
            try file.verifyUnchanged()
            let name = path.split(separator: "/").last.map(String.init) ?? path
            var result = WheelMap.Entry(
                fileName: name, name: reading.name, version: reading.version, sha256: sha256,
                contentDigest: try ContentDigest.compute(reading.files.map { ($0.key, $0.value) }))
            result.ecosystem = .conda
            result.location = path
            result.files = reading.files
            result.launchers = reading.launchers
            result.isRelocated = !reading.placeholders.isEmpty
            result.prefixes = reading.relocated
            return CondaPackageFile(entry: result, recordProblems: reading.problems())
        } catch let error as WheelReadingError {
            throw error
        } catch let error as ArchiveReadingError {
            throw failure(error)
        } catch {
            throw failure("\(error)")
        }
    }

    private enum Part { case information, payload }

    private static func walk(
        _ file: RegularFile, _ part: Part, _ body: (ArchiveEntry, any ArchiveEntryReader) throws -> Void
    ) throws {
        func read(_ tar: TarReader) throws {
            while let entry = try tar.next() {
                let isInformation = entry.path == "info" || entry.path.hasPrefix("info/")
                if isInformation == (part == .information) { try body(entry, tar) }
            }
        }
        let head = try file.bytes(at: 0, count: min(file.size, 8))
        guard ZipReader.detect(head) else { return try read(TarReader(FileByteSource(file))) }
        let zip = try ZipReader(file, collisions: .refuseEqual)
        while let member = try zip.next() {
            let prefix = part == .information ? "info-" : "pkg-"
            guard member.kind == .file, member.path.hasPrefix(prefix), member.path.hasSuffix(".tar.zst") else {
                continue
            }
            try read(TarReader(EntryByteSource(zip, name: "\(file.path): \(member.path)")))
        }
    }
}

/// What is gathered while the files of a conda package pass by.
private struct CondaReading {
    let name: String
    let version: String
    /// The digests of the files that are installed as they are, and of links, by canonical path.
    private(set) var files: [String: Digest] = [:]
    /// For each prefix the digests of the files into which it is written.
    private(set) var relocated: [String: [String: Digest]] = [:]
    /// The scripts that are made from entry points, with what they call.
    private(set) var launchers: [String: String] = [:]
    /// The placeholders by path of the package.
    private(set) var placeholders: [String: (text: [UInt8], isBinary: Bool)] = [:]
    private var recorded: [String: Digest] = [:]
    private var lies: [String] = []
    private var seen: Set<String> = []
    private let prefixes: [String]

    init(
        index: [UInt8], paths: [UInt8], link: [UInt8]?, name file: String, prefixes: [String]
    ) throws(DocumentError) {
        self.prefixes = prefixes
        func table(_ bytes: [UInt8], _ member: String) throws(DocumentError) -> (DocumentTable, SourceText) {
            let text = SourceText(name: "\(file): info/\(member)", bytes: bytes)
            let node = try JSONReader.read(text)
            guard let table = node.table else {
                throw DocumentError(file: text.name, place: node.place, reason: "expected a table")
            }
            return (table, text)
        }
        let (about, aboutText) = try table(index, "index.json")
        guard let name = about["name"]?.string, let version = about["version"]?.string else {
            throw DocumentError(file: aboutText.name, place: nil, reason: "it names no package and version")
        }
        self.name = name.lowercased()
        self.version = version
        let (list, listText) = try table(paths, "paths.json")
        for node in list["paths"]?.array ?? [] {
            guard let item = node.table, let path = item["_path"]?.string else {
                throw DocumentError(file: listText.name, place: node.place, reason: "a file has no path")
            }
            if let text = item["sha256"]?.string {
                guard let digest = Digest(.sha256, hex: text) else {
                    throw DocumentError(
                        file: listText.name, place: node.place, reason: "\(path) has no readable sha256")
                }
                recorded[path] = digest
            }
            if let placeholder = item["prefix_placeholder"]?.string, !placeholder.isEmpty {
                placeholders[path] = (Array(placeholder.utf8), item["file_mode"]?.string == "binary")
            }
            if seen.contains(path) { lies.append("paths.json lists \(path) twice") }
            seen.insert(path)
        }
        if let link {
            let (table, _) = try table(link, "link.json")
            for node in table["noarch"]?.table?["entry_points"]?.array ?? [] {
                let parts = (node.string ?? "").split(separator: "=", maxSplits: 1).map { part in
                    String(part.filter { $0 != " " })
                }
                if parts.count == 2 { launchers[parts[0]] = parts[1] }
            }
        }
        for prefix in prefixes { relocated[prefix] = [:] }
    }

    mutating func read(_ entry: ArchiveEntry, _ reader: any ArchiveEntryReader, _ limit: Int) throws {
        let path = CondaPaths.canonical(entry.path)
        switch entry.kind {
        case .directory: return
        case .symbolicLink(let target):
            files[CondaPaths.link(path)] = try ContentHash.sha256(of: Array(target.utf8))
            if seen.remove(entry.path) == nil { lies.append("paths.json does not list \(entry.path)") }
        case .file:
            if seen.remove(entry.path) == nil { lies.append("paths.json does not list \(entry.path)") }
            guard let placeholder = placeholders[entry.path] else {
                let digest = try Self.digest(reader)
                note(entry.path, digest)
                if !path.hasSuffix(".pyc") { files[path] = digest }
                return
            }
            let bytes = try reader.readData(limit: limit)
            note(entry.path, try ContentHash.sha256(of: bytes))
            for prefix in prefixes {
                let replaced =
                    placeholder.isBinary
                    ? PrefixReplacement.binary(bytes, placeholder.text, Array(prefix.utf8))
                    : PrefixReplacement.text(bytes, placeholder.text, Array(prefix.utf8))
                guard let replaced else {
                    throw CondaProblem("\(entry.path): the prefix \(prefix) is longer than its placeholder")
                }
                relocated[prefix]?[path] = try ContentHash.sha256(of: replaced)
            }
        case .hardLink, .other: throw CondaProblem("\(entry.path) is neither a file nor a link nor a directory")
        }
    }

    private mutating func note(_ path: String, _ digest: Digest) {
        guard let recorded = recorded[path] else {
            lies.append("paths.json has no sha256 of \(path)")
            return
        }
        if recorded != digest { lies.append("\(path) has \(digest), paths.json says \(recorded)") }
    }

    /// What is wrong with paths.json.
    func problems() -> [String] { lies + seen.sorted().map { "paths.json lists \($0), which is not there" } }

    private static func digest(_ reader: any ArchiveEntryReader) throws -> Digest {
        var hash = try ContentHash(.sha256)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
        defer { buffer.deallocate() }
        while true {
            let count = try reader.read(into: buffer)
            if count == 0 { return try hash.finish() }
            try hash.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }
}

private struct CondaProblem: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
