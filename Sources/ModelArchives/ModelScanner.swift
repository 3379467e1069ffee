import ArchiveReading
import EnvironmentInventory
import SourceDocuments
internal import Glibc

/// Reads nested containers by their content, to the last byte: hashes every file, passes each to the format that its first
/// bytes identify, and keeps the small texts that formats need.
final class ModelScanner {
    private let limits: ReadingLimits
    private let maximumNesting = 8
    private var keptBytes = 0
    private var entries = 0
    private var keptArrays = 0
    /// The bytes of all arrays of skops files that are kept.
    private static let keptArrayBytes = 32 << 20

    /// Whether small documents of archives are kept, because they cannot be read by their path later.
    private let keepsDocuments: Bool

    init(limits: ReadingLimits, keepsDocuments: Bool = false) {
        self.limits = limits
        self.keepsDocuments = keepsDocuments
    }

    /// Reads the directory or file at a path.
    func scan(path: String) throws(ArchiveReadingError) -> ModelTree {
        if isDirectory(path) {
            let tree = ModelTree(kind: .directory, prefix: "")
            try read(try DirectoryReader(path: path, limits: limits), into: tree, name: path, depth: 0)
            return tree
        }
        let file = try RegularFile(path: path)
        let head = try file.bytes(at: 0, count: min(file.size, 512))
        try TarReferee.refuseTwoFormats(head, name: path)
        let fileHead = FileHead(path: path, bytes: head, size: file.size)
        let isOneFile = SafetensorsFormat.isCertain(fileHead, isContainer: true)
        if !isOneFile, ZipReader.detect(head) {
            let reader = try ZipReader(file, limits: limits)
            let members = reader.entries.map(\.path)
            if !ModelFormats.all.contains(where: { $0.isOneFile(members) }) {
                let tree = ModelTree(kind: .zip, prefix: "")
                try read(reader, into: tree, name: path, depth: 0)
                try tree.strip(name: path)
                return tree
            }
        } else if !isOneFile, try isTar(FileByteSource(file)) {
            let tree = ModelTree(kind: .tar, prefix: "")
            let decompressor = try Decompressor(FileByteSource(file), limits: limits, refusesPadding: true)
            let referee = TarReferee(decompressor)
            let reader = try TarReader(
                uncompressed: referee, compression: decompressor.compression, limits: limits)
            try read(reader, into: tree, name: path, depth: 0, referee: referee)
            try tree.strip(name: path)
            return tree
        }
        let tree = ModelTree(kind: .file, prefix: "")
        tree.append(
            try scanFile(
                FileByteSource(file), path: baseName(path), shown: baseName(path), name: path, size: file.size, depth: 0
            ))
        return tree
    }

    /// Reads the files of a model that a store gives one after the other.
    func scan(_ entries: any ArchiveEntryReader, name: String) throws(ArchiveReadingError) -> ModelTree {
        let tree = ModelTree(kind: .tar, prefix: "")
        try read(entries, into: tree, name: name, depth: 0)
        try tree.strip(name: name)
        return tree
    }

    private func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    private func isTar(_ source: any ByteSource) throws(ArchiveReadingError) -> Bool {
        do throws(ArchiveReadingError) {
            return TarReferee.isTar(try PeekingByteSource(Decompressor(source, limits: limits)).head)
        } catch {
            // It is damaged from the start; the reader of the file reports that with its offset.
            return false
        }
    }

    // MARK: Containers

    private func read(
        _ reader: any ArchiveEntryReader, into tree: ModelTree, name: String, depth: Int, referee: TarReferee? = nil
    ) throws(ArchiveReadingError) {
        var names: [String: String] = [:]
        var links = ModelLinks()
        var hardLinks: [(path: String, target: String)] = []
        var directories: [String] = []
        let cache = tree.kind == .directory ? HuggingFaceCache(name) : nil
        while let entry = try reader.next() {
            entries += 1
            guard entries <= limits.entries else {
                throw ArchiveReadingError(
                    archive: name, offset: entry.offset, reason: .limit("it has more than \(limits.entries) entries"))
            }
            try referee?.confirm(entry)
            try check(entry, in: tree, name: name, depth: depth, names: &names)
            switch entry.kind {
            case .directory: if !entry.path.isEmpty { directories.append(entry.path) }
            case .symbolicLink(let target):
                if let blob = cache?.blob(target, of: entry.path) {
                    tree.append(try scanBlob(blob, path: entry.path, in: tree, name: name, depth: depth))
                    continue
                }
                guard tree.kind != .zip else {
                    throw ArchiveReadingError(
                        archive: name, offset: entry.offset,
                        reason: .damaged("programs extract the link '\(entry.path)' of a zip archive differently"))
                }
                try checkTarget(target, of: entry, name: name)
                links.add(entry.path, target: target)
            case .hardLink(let target):
                // What Python extracts by searching the archive, GNU tar does not find.
                guard tree[target] != nil, links[target] == nil else {
                    throw ArchiveReadingError(
                        archive: name, offset: entry.offset,
                        reason: .damaged("the hard link '\(entry.path)' leads to no file before it"))
                }
                // Python gives the file the mode of the link's header, GNU tar leaves it as it is.
                guard tree[target]?.isExecutable == (entry.mode & 0o100 != 0) else {
                    throw ArchiveReadingError(
                        archive: name, offset: entry.offset,
                        reason: .damaged("the hard link '\(entry.path)' has another mode than its file"))
                }
                hardLinks.append((entry.path, target))
            case .other:
                throw ArchiveReadingError(
                    archive: name, offset: entry.offset,
                    reason: .damaged("the entry '\(entry.path)' is not a file, a directory or a link"))
            case .file:
                let full = "\(name)!\(entry.path)"
                let separator = tree.kind == .directory ? "\(name)/\(entry.path)" : full
                var file = try scanFile(
                    EntryByteSource(reader, name: separator), path: entry.path, shown: tree.shown(entry.path),
                    name: separator, size: tree.kind == .directory ? entry.size : nil, depth: depth,
                    isInArchive: tree.kind != .directory)
                file.isExecutable = entry.mode & 0o100 != 0
                tree.append(file)
            }
        }
        try referee?.finish()
        for link in hardLinks {
            guard let target = tree[link.target] else { continue }
            tree.append(tree.linked(link.path, to: target, isExecutable: target.isExecutable))
        }
        try add(links, directories, to: tree, name: name)
        tree.sort()
    }

    /// Adds the links of a container, each with the digest of the file that it resolves to, and its empty directories.
    private func add(
        _ links: ModelLinks, _ directories: [String], to tree: ModelTree, name: String
    ) throws(ArchiveReadingError) {
        if let path = directories.first(where: { tree[$0] != nil || links[$0] != nil }) {
            throw ArchiveReadingError(
                archive: name, reason: .damaged("the entry '\(path)' is a directory, and also a file or a link"))
        }
        var parents = ParentDirectories()
        // The path of a link may be the path of a file as well; it is found then, or here.
        for file in tree.files { parents.add(file.path) }
        for path in links.paths { parents.add(path) }
        for path in directories { parents.add(path) }
        let written = Set(directories.map { ByteText($0) })
        var resolved: [(path: String, target: ModelTreeFile)] = []
        var folders: [(path: String, target: String)] = []
        do throws(ModelLinks.Problem) {
            let isFile = { (path: String) in tree[path] != nil }
            let isDirectory = { (path: String) in parents.contains(path) || written.contains(ByteText(path)) }
            try links.checkParents(of: tree.files.lazy.map(\.path), isFile: isFile)
            try links.checkParents(of: links.paths, isFile: isFile)
            try links.checkParents(of: directories, isFile: isFile)
            for path in links.paths {
                tree.append(link: path, target: links[path] ?? "")
                let end = try links.resolve(path, isDirectory: isDirectory)
                // In a directory a link leads to one place, whoever reads it.
                if tree.kind != .directory {
                    try links.checkText(of: path, isDirectory: isDirectory, isFile: isFile)
                }
                if let target = end.flatMap({ tree[$0] }) {
                    resolved.append((path, target))
                } else if let end, end.isEmpty || isDirectory(end) {
                    folders.append((path, end))
                }
            }
        } catch {
            switch error {
            case .leadsOut(let path):
                throw ArchiveReadingError(
                    archive: name, reason: .unsafePath("\(path) -> \(links[path] ?? "")"))
            case .liesBelow(let path):
                throw ArchiveReadingError(
                    archive: name, reason: .damaged("the entry '\(path)' lies below a link or a file"))
            case .dependsOnReader(let path):
                throw ArchiveReadingError(
                    archive: name,
                    reason: .damaged("programs extract the link '\(path) -> \(links[path] ?? "")' to different places"))
            }
        }
        for (path, target) in resolved {
            tree.append(tree.linked(path, to: target))
        }
        tree.linkedDocuments = tree.documents(behind: folders)
        for directory in written where !parents.contains(directory.text) {
            tree.append(emptyDirectory: directory.text)
        }
    }

    private func check(
        _ entry: ArchiveEntry, in tree: ModelTree, name: String, depth: Int, names: inout [String: String]
    ) throws(ArchiveReadingError) {
        func refuse(_ what: String) -> ArchiveReadingError {
            ArchiveReadingError(archive: name, offset: entry.offset, reason: .damaged(what))
        }
        if let raw = entry.rawPath { throw refuse("the name '\(PathText.text(raw))' is not UTF-8") }
        guard tree.kind == .tar else { return }
        let bytes = Array(entry.path.utf8)
        let isDrive = bytes.count >= 2 && bytes[1] == 0x3A && (0x41...0x5A).contains(bytes[0] & 0xDF)
        if bytes.contains(UInt8(ascii: "\\")) {
            throw refuse("the name '\(entry.path)' has a backslash, which is a separator on Windows")
        }
        guard !isDrive, !entry.isAbsolute else {
            let path = entry.isAbsolute ? "/" + entry.path : entry.path
            throw ArchiveReadingError(archive: name, offset: entry.offset, reason: .unsafePath(path))
        }
        if entry.kind == .directory { return }
        // A packed environment inside of a model (conda-pack) has names that differ in case only.
        let key = depth == 0 ? entry.path.uppercased().lowercased() : entry.path
        if let other = names.updateValue(entry.path, forKey: key) {
            throw refuse(
                other.utf8.elementsEqual(entry.path.utf8)
                    ? "the entry '\(entry.path)' is there twice"
                    : "the entries '\(other)' and '\(entry.path)' differ only in case or Unicode form")
        }
    }

    /// Refuses a symbolic link whose target is absolute, is not UTF-8, or has a backslash, which is a separator on Windows.
    private func checkTarget(
        _ target: String, of entry: ArchiveEntry, name: String
    ) throws(ArchiveReadingError) {
        guard entry.rawTarget == nil, !target.isEmpty, !PosixPath.isAbsolute(target),
            !target.utf8.contains(UInt8(ascii: "\\"))
        else {
            throw ArchiveReadingError(
                archive: name, offset: entry.offset, reason: .unsafePath("\(entry.path) -> \(target)"))
        }
    }

    // MARK: Files

    private func scanBlob(
        _ blob: (path: String, sha256: String?), path: String, in tree: ModelTree, name: String, depth: Int
    ) throws(ArchiveReadingError) -> ModelTreeFile {
        let file = try RegularFile(path: blob.path)
        let scanned = try scanFile(
            FileByteSource(file), path: path, shown: tree.shown(path), name: "\(name)/\(path)", size: file.size,
            depth: depth)
        if let promised = blob.sha256, let sha256 = scanned.sha256, sha256.hex != promised {
            throw ArchiveReadingError(
                archive: "\(name)/\(path)",
                reason: .damaged("it has \(sha256.digest), the cache calls it sha256:\(promised)"))
        }
        return scanned
    }

    private func scanFile(
        _ source: any ByteSource, path: String, shown: String, name: String, size: Int?, depth: Int,
        isInArchive: Bool = false
    ) throws(ArchiveReadingError) -> ModelTreeFile {
        let isKept = keepsDocuments && isInArchive && depth == 0 && KeptDocuments.contains(path)
        let document = isKept ? RecordingByteSource(source, limit: KeptDocuments.maximumSize) : nil
        // The digest of the outer file covers what is in it; hashing members too would double the cost.
        let hashing = try HashingByteSource(document ?? source, computesDigest: depth == 0)
        // Large files are read and hashed on one core while another core parses them.
        let others = OtherFormats(hashing, path: path)
        let ahead = depth == 0 && (size ?? 0) >= Self.largeFile ? ReadAheadByteSource(others) : nil
        defer { ahead?.stop() }
        let content: any ByteSource = ahead ?? others
        var found = Found()
        try scanContent(
            try PeekingByteSource(content), path: path, shown: shown, size: size, depth: depth, into: &found)
        try content.drain()
        ahead?.stop()
        if found.bytes == nil, let reason = others.reason(isRead: found.tree) { found.leaveOut(reason, in: shown) }
        let sha256 = try hashing.finish()
        let kept = document?.bytes
        keptBytes += kept?.count ?? 0
        guard keptBytes <= limits.totalMetadataBytes else {
            throw ArchiveReadingError(
                archive: name, reason: .limit("its documents have more than \(limits.totalMetadataBytes) bytes"))
        }
        return ModelTreeFile(
            path: path, sha256: sha256, size: hashing.count, bytes: found.bytes, content: found.content,
            tree: found.tree, document: kept)
    }

    /// The size in bytes from which on a second thread is worth its cost.
    private static let largeFile = 4 << 20

    private struct Found {
        var bytes: [UInt8]?
        var content: ModelFileContent?
        var tree: ModelTree?

        /// Names what another program may make of the file; what counts only by a name counts no more.
        mutating func leaveOut(_ reason: String, in file: String) {
            var left = ModelFileContent("")
            if let content { left = content }
            if left.isTentative {
                left = ModelFileContent("")
                left.findings = content?.findings ?? []
            }
            left.leaveOut("", reason, in: file)
            content = left
        }
    }

    private func scanContent(
        _ source: PeekingByteSource, path: String, shown: String, size: Int?, depth: Int, into found: inout Found
    ) throws(ArchiveReadingError) {
        let head = FileHead(path: path, bytes: source.head, size: size)
        let isBundle = depth == 0 && ModelSignature.isBundle(path) && (size ?? 0) <= ModelSignature.maximumSize
        if isBundle || TritonConfiguration.keeps(path)
            || ModelFormats.all.contains(where: { $0.keeps(path) })
        {
            let bytes = try source.readAll(limit: limits.metadataBytes)
            keptBytes += bytes.count
            guard keptBytes <= limits.totalMetadataBytes else {
                throw ArchiveReadingError(
                    archive: source.name,
                    reason: .limit("its descriptions have more than \(limits.totalMetadataBytes) bytes"))
            }
            found.bytes = bytes
            return
        }
        if depth > 0 || path.allSatisfy({ $0 != "/" }), let size = SkopsFormat.arraySize(head),
            keptArrays + size <= Self.keptArrayBytes
        {
            found.bytes = try source.readAll(limit: NumpyFile.maximumSize + 4096)
            keptArrays += size
            return
        }
        try TarReferee.refuseTwoFormats(head.bytes, name: source.name)
        let isZip = ZipReader.detect(head.bytes)
        let isTar = TarReferee.isTar(head.bytes)
        let rare = JoblibCompression.detect(head.bytes)
        let isContainer = isZip || isTar || rare != nil || Compression.detect(head.bytes) != .none
        guard isContainer, !SafetensorsFormat.isCertain(head, isContainer: isZip || rare == nil) else {
            if let format = ModelFormats.all.first(where: { $0.detects(head) }) {
                found.content = try format.readFile(source, head: head, file: shown)
            } else if TentativePickle.mayBegin(head.bytes) {
                found.content = try TentativePickle.read(source, size: size, file: shown)
            }
            if found.content?.isTentative ?? true, let reason = UnreadModels.reason(head) {
                found.leaveOut(reason, in: shown)
            }
            return
        }
        guard depth < maximumNesting else {
            throw ArchiveReadingError(
                archive: source.name, reason: .limit("archives are nested in more than \(maximumNesting) others"))
        }
        if isZip || isTar {
            let tree = ModelTree(kind: isZip ? .zip : .tar, prefix: shown + "!")
            if isZip {
                try read(
                    try ZipReader(stream: source, limits: limits), into: tree, name: source.name, depth: depth + 1)
            } else {
                let referee = TarReferee(source)
                try read(
                    try TarReader(uncompressed: referee, limits: limits), into: tree, name: source.name,
                    depth: depth + 1, referee: referee)
            }
            found.tree = tree
        } else {
            let inner: any ByteSource
            if let rare {
                inner = try JoblibDecompressor(source, rare, limits: limits)
            } else {
                inner = try Decompressor(source, limits: limits, refusesPadding: true)
            }
            try scanContent(
                try PeekingByteSource(inner), path: path, shown: shown, size: nil, depth: depth + 1, into: &found)
            try inner.drain()
            if found.bytes == nil, NamedLoader.of(path)?.decompresses == false {
                found.leaveOut("it is compressed, and what reads files of its name does not decompress", in: shown)
            }
        }
    }
}
