import ContentHashing
import EnvironmentInventory
import SourceDocuments

/// A file of an installation.
package struct InstalledFile: Sendable {
    /// The sha256 of its bytes.
    package let sha256: SHA256Value
    /// Its size in bytes.
    package let size: Int
    /// Its first bytes, for scripts.
    package let head: [UInt8]
    /// The diff_id of the layer that contains it; nil outside of images.
    package let layer: String?

    /// Creates a file.
    package init(sha256: SHA256Value, size: Int, head: [UInt8], layer: String? = nil) {
        self.sha256 = sha256
        self.size = size
        self.head = head
        self.layer = layer
    }
}

/// A Python distribution that is installed: its dist-info, and whether the files agree with it.
///
/// https://packaging.python.org/en/latest/specifications/recording-installed-packages/
package struct InstalledDistribution: Sendable {
    /// The metadata.
    package let metadata: DistributionMetadata
    /// What installed it, the content of INSTALLER.
    package let installer: String?
    /// The content of direct_url.json.
    package let directURL: DirectURL?
    /// A direct_url.json that cannot be read.
    package let gaps: [Gap]
    /// The tags of the wheel that was installed, from WHEEL.
    package let wheelTags: [String]
    /// Whether the files agree with RECORD.
    package let recordCheck: RecordCheck
    /// The digest over the installed files; nil when RECORD cannot be read or a file is missing.
    package let contentDigest: Digest?
    /// The digest over all that installers do not write in their own way, scripts among it, as far as it is there; nil when
    /// RECORD cannot be read, and for an editable installation.
    package let installedDigest: Digest?
    /// The paths of the METADATA files of dist-info directories that RECORD names and that are there, its own among them.
    package let metadataFiles: [String]
    /// The directory that contains the dist-info directory.
    package let folder: String
    /// Launchers that no installer generates from the entry points, a sentence each.
    package let foreignLaunchers: [String]
    /// The files with a part in the content digest and the scripts without, where they were asked for.
    package let contents: DistributionContents?
    /// The top-level modules that it provides, sorted: those whose files RECORD names, else those of `top_level.txt`.
    package let modules: [String]

    /// Reads a distribution.
    ///
    /// - Parameters:
    ///   - distInfo: the path of the dist-info directory.
    ///   - contents: the bytes of a metadata file by its path; nil when it has none.
    ///   - lookup: a file of the installation by its path, links followed; nil when it has none.
    ///   - keepsContents: whether ``contents`` is filled.
    /// - Returns: nil when there is no METADATA with a name and a version.
    package init?(
        distInfo: String, contents: @escaping (String) -> [UInt8]?, lookup: @escaping (String) -> InstalledFile?,
        keepsContents: Bool = false
    ) throws(HashingError) {
        guard let bytes = contents(distInfo + "/METADATA"), let metadata = DistributionMetadata(bytes) else {
            return nil
        }
        self.metadata = metadata
        let slash = distInfo.lastIndex(ofByte: UInt8(ascii: "/"))
        folder = slash.map { $0 == distInfo.utf8.startIndex ? "/" : String(distInfo[..<$0]) } ?? ""
        installer = contents(distInfo + "/INSTALLER").flatMap { bytes in
            let text = String(decoding: bytes.prefix(64).prefix { $0 > UInt8(ascii: " ") }, as: UTF8.self)
            return text.isEmpty ? nil : text
        }
        let urlFile = distInfo + "/direct_url.json"
        var unreadableURL: DocumentError?
        do throws(DocumentError) {
            directURL = try contents(urlFile).map { bytes throws(DocumentError) in
                try DirectURL(SourceText(name: urlFile, bytes: bytes))
            }
        } catch {
            directURL = nil
            unreadableURL = error
        }
        gaps =
            unreadableURL.map { error in
                [Gap("", reason: error.reason, source: FileLocation(file: urlFile, line: error.place?.line))]
            } ?? []
        wheelTags = Self.tags(contents(distInfo + "/WHEEL") ?? [])
        let named = TopLevelModules.named(contents(distInfo + "/top_level.txt") ?? [])
        let read: InstallationRecord?
        var problem = "\(distInfo) has no RECORD"
        do throws(RecordError) {
            read = try contents(distInfo + "/RECORD").map { bytes throws(RecordError) in
                try InstallationRecord.read(bytes)
            }
        } catch {
            read = nil
            problem = "\(distInfo)/RECORD: \(error)"
        }
        guard let record = read else {
            recordCheck = .uncheckable(problem)
            contentDigest = nil
            installedDigest = nil
            modules = named
            metadataFiles = []
            foreignLaunchers = []
            self.contents = nil
            return
        }
        let entryPoints = EntryPoints(contents(distInfo + "/entry_points.txt") ?? [])
        var reading = RecordReading(
            folder: folder, distribution: NormalizedName.of(metadata.name), entryPoints: entryPoints, lookup: lookup,
            bytes: contents, keepsContents: keepsContents)
        reading.reserve(record.rows.count)
        for row in record.rows { reading.read(row) }
        reading.checkUnrecordedLaunchers()
        metadataFiles = reading.metadataFiles
        foreignLaunchers = reading.foreignLaunchers
        self.contents = keepsContents ? reading.contents : nil
        let recorded = TopLevelModules.recorded(record)
        modules = recorded.isEmpty ? named : recorded
        if directURL?.isEditable ?? false {
            // The code is elsewhere; RECORD names only the files that lead there.
            recordCheck =
                reading.disagreements.isEmpty
                ? .uncheckable("it is an editable installation") : .altered(reading.disagreements)
            contentDigest = nil
            installedDigest = nil
            return
        }
        if !reading.disagreements.isEmpty {
            recordCheck = .altered(reading.disagreements)
        } else if let unreadableURL {
            // It may be an editable installation.
            recordCheck = .uncheckable(unreadableURL.description)
        } else if let reason = reading.unchecked {
            recordCheck = .uncheckable(reason)
        } else {
            recordCheck = .intact
        }
        contentDigest = reading.isComplete ? try ContentDigest.compute(reading.content) : nil
        installedDigest = try reading.scripts.digest(content: contentDigest, files: reading.content)
    }

    /// The `Tag` fields of a WHEEL file
    /// (https://packaging.python.org/en/latest/specifications/binary-distribution-format/#file-contents).
    private static func tags(_ wheel: [UInt8]) -> [String] {
        wheel.split(separator: UInt8(ascii: "\n")).compactMap { line in
            guard line.starts(with: "Tag:".utf8) else { return nil }
            return String(decoding: line.dropFirst(4).filter { $0 > UInt8(ascii: " ") }, as: UTF8.self)
        }
    }

    /// The distribution as a package of an environment.
    package var package: Package {
        var package = Package(
            ecosystem: .pypi, name: NormalizedName.of(metadata.name),
            version: PythonVersion(metadata.version)?.description ?? metadata.version)
        package.contentDigest = contentDigest
        package.installedDigest = installedDigest
        package.location = folder
        package.installer = installer
        package.recordCheck = recordCheck
        package.claimedHashes = directURL?.archiveHashes ?? []
        package.commit = directURL?.commit
        package.origin = directURL?.origin
        package.wheelTags = wheelTags
        package.modules = modules
        package.foreignLaunchers = foreignLaunchers
        package.requirements = metadata.requirements
        return package
    }
}

private struct RecordReading {
    let folder: String
    /// The components of the directory.
    private let home: [Substring]
    private let prefix: [Substring]?
    let distribution: String
    let entryPoints: EntryPoints
    let lookup: (String) -> InstalledFile?
    let bytes: (String) -> [UInt8]?
    let keepsContents: Bool
    var contents = DistributionContents()
    var scripts = InstalledScripts()
    var foreignLaunchers: [String] = []
    private var launchers: Set<String> = []
    var disagreements: [RecordDisagreement] = []
    var content: [(path: String, sha256: SHA256Value)] = []
    var metadataFiles: [String] = []
    var isComplete = true
    /// Why an existing file cannot be compared with its row.
    var unchecked: String?
    private var hashed: [ByteText: SHA256Value] = [:]

    init(
        folder: String, distribution: String, entryPoints: EntryPoints,
        lookup: @escaping (String) -> InstalledFile?, bytes: @escaping (String) -> [UInt8]?, keepsContents: Bool
    ) {
        self.folder = folder
        home = folder.pathNames
        prefix = Self.prefix(of: home)
        self.distribution = distribution
        self.entryPoints = entryPoints
        self.lookup = lookup
        self.bytes = bytes
        self.keepsContents = keepsContents
    }

    /// Makes room for the files of so many rows.
    mutating func reserve(_ count: Int) {
        hashed.reserveCapacity(count)
        content.reserveCapacity(count)
    }

    mutating func read(_ row: InstallationRecord.Row) {
        let isBytecode = row.path.hasSuffix(".pyc")
        guard let (path, canonical, file) = locate(row.path) else {
            // Bytecode is made and removed freely; a record does not speak of it.
            if isBytecode { return }
            isComplete = false
            disagreements.append(RecordDisagreement(path: Self.joined(folder, row.path), kind: .missing))
            return
        }
        if path.hasSuffix(".dist-info/METADATA") { metadataFiles.append(path) }
        if let digest = row.sha256, !isBytecode {
            if digest != file.sha256 {
                disagreements.append(
                    RecordDisagreement(
                        path: path, kind: .changed(recorded: digest.digest, found: file.sha256.digest),
                        layer: file.layer))
            } else if let size = row.size, size != file.size {
                disagreements.append(
                    RecordDisagreement(path: path, kind: .size(recorded: size, found: file.size), layer: file.layer))
            }
        } else if let digest = row.otherDigest, !isBytecode {
            unchecked = unchecked ?? "\(path) is recorded with \(digest.algorithm.rawValue); only sha256 is checked"
        } else if !isBytecode, !canonical.hasSuffix("/RECORD"), !ContentDigest.isLeftOut(canonical) {
            unchecked = unchecked ?? "\(path) has no hash in RECORD"
        }
        if ContentDigest.isLeftOut(canonical) { return }
        if canonical.hasPrefix("<scripts>/") {
            let name = String(canonical.dropFirst("<scripts>/".count))
            if let target = entryPoints.scripts[name] {
                launchers.insert(name)
                check(path, canonical, file, target: target)
                return
            }
            if entryPoints.make(name) { return }
            if ContentDigest.isRewrittenScript(file.head) {
                let script = bytes(path)
                // `pip3.11` beside `pip3`: not every installer makes it.
                let target = entryPoints.target(ofVersioned: name)
                if target.map({ LauncherScript.problem(script, target: $0) != nil }) ?? true {
                    scripts.add(script: canonical, file, bytes: script)
                }
                if keepsContents {
                    let body = script.flatMap { LauncherScript.body($0) }.map { Array($0) }
                    contents.scripts.append(
                        .init(
                            path: canonical, location: path, layer: file.layer,
                            body: body.flatMap { try? ContentHash.sha256(of: $0) }))
                }
                return
            }
        }
        // A path that is listed twice is one file; two files with one path are ambiguous.
        if let other = hashed.updateValue(file.sha256, forKey: ByteText(canonical)) {
            if other != file.sha256 {
                isComplete = false
                scripts.add(canonical, file.sha256)
            }
        } else {
            content.append((canonical, file.sha256))
            if keepsContents {
                contents.files.append(
                    .init(path: canonical, location: path, layer: file.layer, sha256: file.sha256.digest))
            }
        }
    }

    private mutating func check(_ path: String, _ canonical: String, _ file: InstalledFile, target: String) {
        let script = bytes(path)
        let problem = LauncherScript.problem(script, target: target)
        scripts.add(launcher: canonical, file, bytes: script, target: target, isForeign: problem != nil)
        guard let problem else { return }
        foreignLaunchers.append("\(path)\(file.layer.map { " (layer \($0))" } ?? "") \(problem)")
    }

    /// Looks at the launchers that RECORD does not name: a forger may have taken their rows out.
    mutating func checkUnrecordedLaunchers() {
        for (name, target) in entryPoints.scripts.sorted(by: { $0.key < $1.key }) where !launchers.contains(name) {
            let below = prefix.map { ($0 + ["bin", name[...]]).joined(separator: "/") } ?? "\(folder)/bin/\(name)"
            let path = folder.hasPrefix("/") && prefix != nil ? "/" + below : below
            if let file = lookup(path) { check(path, "<scripts>/\(name)", file, target: target) }
        }
    }

    /// The file of a row: its path, its canonical path, and itself.
    ///
    /// The canonical path follows from where the file is, never from how the row spells it: otherwise a forged row could put
    /// an honest copy, `../bin/x`, in the place of the file that is used, `../../../bin/x`.
    private func locate(_ path: String) -> (path: String, canonical: String, file: InstalledFile)? {
        if Self.isPlain(path) {
            let full = folder.isEmpty ? path : folder.hasSuffix("/") ? folder + path : folder + "/" + path
            return lookup(full).map { (full, belowTarget(path), $0) }
        }
        let full = path.hasPrefix("/") ? path : Self.joined(folder, path)
        var parts = full.pathNames[...]
        if parts.starts(with: home), !parts.contains(".."), !parts.contains(".") {
            parts = parts.dropFirst(home.count)
            return lookup(full).map { (full, belowTarget(parts.joined(separator: "/")), $0) }
        }
        var below = path[...]
        while below.hasPrefix("../") { below = below.dropFirst(3) }
        // `pip install --target` moves the files after it has written their paths: they are in the target itself.
        let moved = Self.joined(folder, String(below))
        let movedCanonical = SchemePath.installed(String(below), distribution: distribution)
        guard let prefix else {
            if let file = lookup(moved) { return (moved, movedCanonical, file) }
            return lookup(full).map { (full, movedCanonical, $0) }
        }
        if parts.starts(with: prefix), !parts.contains(".."), !parts.contains(".") {
            let rest = parts.dropFirst(prefix.count).joined(separator: "/")
            if let file = lookup(full) {
                // A target below `lib/pythonX.Y` looks like an installation, with `lib/bin/x` for its scripts.
                return (full, SchemePath.installed(rest, distribution: distribution), file)
            }
        }
        let proper = (full.hasPrefix("/") ? "/" : "") + (prefix + [below]).joined(separator: "/")
        if lookup(proper) == nil, let file = lookup(moved) { return (moved, movedCanonical, file) }
        return lookup(full).map { (full, "<outside>/" + parts.joined(separator: "/"), $0) }
    }

    /// Whether a path holds neither `..` nor `.` nor an empty part; a path with a name that begins with a dot also returns false.
    private static func isPlain(_ path: String) -> Bool {
        var before: UInt8 = UInt8(ascii: "/")
        for byte in path.utf8 {
            if before == UInt8(ascii: "/"), byte == UInt8(ascii: ".") || byte == UInt8(ascii: "/") { return false }
            before = byte
        }
        return true
    }

    /// The prefix of an installation, `/usr/local` of `/usr/local/lib/python3.11/site-packages`; nil for a target directory.
    private static func prefix(of home: [Substring]) -> [Substring]? {
        guard let last = home.last, last == "site-packages" || last == "dist-packages", home.count > 1 else {
            return nil
        }
        if home[home.count - 2].lowercased() == "lib" { return home.dropLast(2) }
        guard home.count > 2, home[home.count - 3] == "lib" || home[home.count - 3] == "lib64",
            home[home.count - 2].hasPrefix("python") || home[home.count - 2].hasPrefix("pypy")
        else { return nil }
        return home.dropLast(3)
    }

    /// The top-level directories of the other schemes in a `uv pip install --target` directory.
    private static let schemeFolders: Set<Substring> = ["bin", "Scripts", "share", "etc", "include", "Include", "man"]

    /// Returns the canonical path of a file below the directory. uv writes `bin/x` for a script of a target directory, which has no
    /// interpreter's name; in site-packages `bin/x` is a file of the library.
    private func belowTarget(_ path: String) -> String {
        if folder.hasSuffix("site-packages") || folder.hasSuffix("dist-packages") { return path }
        guard let first = path.split(separator: "/").first, Self.schemeFolders.contains(first) else { return path }
        return SchemePath.installed(path, distribution: distribution)
    }

    /// Returns a path below a directory with `..` and `.` resolved; it cannot leave the root.
    static func joined(_ folder: String, _ path: String) -> String {
        let whole = folder + "/" + path
        return PosixPath.isAbsolute(folder) ? PosixPath.clamped(whole) : PosixPath.belowRoot(whole)
    }
}
