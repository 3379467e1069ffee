import ArchiveReading
import BinaryLoading
import ContentHashing
import EnvironmentInventory
import PythonPackaging

/// Reads the entries of a layer or of a folder: each file is hashed, and the bytes of metadata files are kept.
struct LayerReader {
    let limits: ReadingLimits
    /// Of which files md5 and sha1 are computed.
    var systemRecords = SystemRecords.named
    /// Whether all lines of dpkg's sums are kept although only the sums of the system's own Python are computed.
    var wantsWholeRecords = false
    /// Whether the package lists of apt and apk are kept, as far as they are no larger than ``KeptFiles/packageListBytes``.
    var keepsPackageLists = false
    /// Whether libraries and programs are read for what they need to be loaded.
    var readsBinaries = false
    /// The files whose bytes are kept.
    var kept = KeptFiles.all

    /// Whether all lines of dpkg's sums are kept.
    var keepsWholeRecords: Bool { wantsWholeRecords || systemRecords != .python }

    /// Reads everything that a reader gives.
    ///
    /// - Parameter pair: what hashes the files together with the archive that they lie in, if something does.
    func read(
        _ reader: any ArchiveEntryReader, pair: PairedSHA256? = nil
    ) throws(ArchiveReadingError) -> LayerContents {
        var layer = LayerContents()
        var keptBytes = 0
        var listBytes = 0
        var hash = try FileHash(reader.name, pair)
        let computesChecksums = systemRecords == .checksums || systemRecords == .python
        var checksums = computesChecksums ? try FileChecksums(reader.name) : nil
        var imports = ImportScan()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
        defer { buffer.deallocate() }
        while let entry = try reader.next() {
            var content: Int32 = -1
            let path = entry.rawPath ?? Array(entry.path.utf8)
            try Self.refuseTooLong(entry, path, reader.name)
            if entry.kind == .file {
                var keeping = kept.keeping(path)
                if keeping == .script,
                    entry.size > min(KeptFiles.scriptBytes, limits.totalMetadataBytes - keptBytes)
                {
                    keeping = .head
                }
                if keeping == .whole {
                    guard entry.size <= limits.metadataBytes, entry.size <= limits.totalMetadataBytes - keptBytes else {
                        throw ArchiveReadingError(
                            archive: reader.name, offset: entry.offset,
                            reason: .limit("its package metadata is larger than the limits"))
                    }
                    keptBytes += entry.size
                }
                if keepsPackageLists, keeping != .whole, KeptFiles.isPackageList(path),
                    entry.size <= KeptFiles.packageListBytes - listBytes
                {
                    keeping = .whole
                    listBytes += entry.size
                }
                content = Int32(clamping: layer.contents.count)
                if systemRecords.computesChecksums(path) { try checksums?.restart() }
                let read = try read(
                    reader, keeping: keeping, path: path, expected: entry.size, buffer: buffer, hash: &hash,
                    checksums: &checksums, imports: &imports)
                if keeping == .script, let data = read.data { keptBytes += data.count }
                layer.contents.append(read)
            }
            for (name, value) in entry.attributes { keptBytes += name.utf8.count + value.count }
            guard keptBytes <= limits.totalMetadataBytes else {
                throw ArchiveReadingError(
                    archive: reader.name, offset: entry.offset,
                    reason: .limit("its extended attributes are larger than the limits"))
            }
            layer.append(
                LayerEntry(
                    path: path, kind: entry.kind, mode: UInt16(truncatingIfNeeded: entry.mode),
                    uid: UInt32(truncatingIfNeeded: entry.uid), gid: UInt32(truncatingIfNeeded: entry.gid),
                    modified: entry.modified, content: content, rawTarget: entry.rawTarget,
                    attributes: entry.attributes))
        }
        if computesChecksums { layer.dropUnneededSums() }
        return layer
    }

    /// Refuses what Linux cannot hold: a target that is longer than a path, or a name of more than 255 bytes
    /// (https://github.com/torvalds/linux/blob/master/include/uapi/linux/limits.h).
    static func refuseTooLong(
        _ entry: ArchiveEntry, _ path: [UInt8], _ name: String
    ) throws(ArchiveReadingError) {
        var reason: String?
        if case .symbolicLink(let text) = entry.kind, entry.rawTarget?.count ?? text.utf8.count > 4095 {
            reason = "has a target of more than 4095 bytes"
        } else if path.count > 255,
            path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: true).contains(where: { $0.count > 255 }
            )
        {
            reason = "has a name of more than 255 bytes"
        }
        guard let reason else { return }
        throw ArchiveReadingError(
            archive: name, offset: entry.offset,
            reason: .damaged("the entry '\(PathText.text(path).prefix(100))' \(reason), which Linux cannot have"))
    }

    private func read(
        _ reader: any ArchiveEntryReader, keeping: KeptFiles.Keeping, path: [UInt8], expected: Int,
        buffer: UnsafeMutableRawBufferPointer, hash: inout FileHash, checksums: inout FileChecksums?,
        imports: inout ImportScan
    ) throws(ArchiveReadingError) -> LayerFileContent {
        let isBytecode = PathBytes.ends(path, ".pyc")
        var sources = PathBytes.ends(path, ".py") ? SourceHasher.hashers(forSource: path) : []
        var size = 0
        var head: [UInt8] = []
        var headBytes = ModelHead.firstBytes
        var data: [UInt8] = []
        var binary = readsBinaries ? BinaryReader(path: path, size: expected) : nil
        let isScanned = readsBinaries && PathBytes.ends(path, ".py") && imports.start(path: path, size: expected)
        try hash.restart()
        while true {
            let piece = try reader.nextPiece(buffer)
            if piece.isEmpty { break }
            try hash.update(piece)
            try checksums?.update(piece)
            binary?.update(piece)
            if isScanned { imports.update(piece) }
            size += piece.count
            for index in sources.indices { sources[index].update(piece) }
            if keeping == .whole
                || (keeping == .script
                    && (size > piece.count || piece.starts(with: [UInt8(ascii: "#"), UInt8(ascii: "!")])))
            {
                // Else the array would have up to twice what it needs.
                if data.isEmpty { data.reserveCapacity(min(expected, 1 << 20)) }
                data.append(contentsOf: piece)
            }
            if keeping != .whole, head.count < headBytes {
                var from = head.count - (size - piece.count)
                if head.count < ModelHead.firstBytes {
                    head.append(contentsOf: piece.dropFirst(from).prefix(ModelHead.firstBytes - head.count))
                    if head.count == ModelHead.firstBytes { headBytes = isBytecode ? 0 : ModelHead.wanted(head) }
                    from = head.count - (size - piece.count)
                }
                if head.count < headBytes {
                    head.append(contentsOf: piece.dropFirst(from).prefix(headBytes - head.count))
                }
            }
        }
        if isBytecode {
            head = Array(head.prefix(16))
        } else if head.starts(with: [UInt8(ascii: "#"), UInt8(ascii: "!")]) {
            head = Array(head.prefix(KeptFiles.headBytes))
        } else if keeping == .whole {
            let first = Array(data.prefix(ModelHead.firstBytes))
            let kept = ModelHead.kept(Array(data.prefix(ModelHead.wanted(first))), size: size)
            head = ModelHead.isModel(kept) ? kept : []
        } else {
            head = ModelHead.kept(head, size: size)
        }
        // Nothing reads more of what dpkg runs than which program runs it.
        if KeptFiles.isMaintainerScript(path) { head = Array(head.prefix { $0 != UInt8(ascii: "\n") }) }
        let isScript = keeping == .script && !data.isEmpty && data.count == size
        let isKept = keeping == .whole || (isScript && !KeptFiles.isSystemScript(path, head))
        return LayerFileContent(
            size: size, sha256: try hash.take(), head: head, data: isKept ? kept(path, data) : nil,
            checksums: try checksums?.take() ?? [], sourceHashes: sources.map { $0.finish() },
            binary: binary?.finish(size: size), imports: isScanned ? imports.finish() : [])
    }
}

extension LayerReader {
    /// The part of a kept file that somebody reads.
    private func kept(_ path: [UInt8], _ data: [UInt8]) -> [UInt8] {
        RecordedSums.kept(path[...], CLibraryFacts.kept(path, data), isWhole: keepsWholeRecords)
    }
}

/// A sha256 that is used for one file after the other, with the archive's errors.
private struct FileHash: ~Copyable {
    private var hash: ContentHash
    private let pair: PairedSHA256?
    private let name: String

    init(_ name: String, _ pair: PairedSHA256?) throws(ArchiveReadingError) {
        self.name = name
        self.pair = pair
        do throws(HashingError) { hash = try ContentHash(.sha256) } catch {
            throw ArchiveReadingError(archive: name, reason: .unreadable(error.description))
        }
    }

    mutating func restart() throws(ArchiveReadingError) {
        if let pair { return pair.startFile() }
        do throws(HashingError) { try hash.restart() } catch {
            throw ArchiveReadingError(archive: name, reason: .unreadable(error.description))
        }
    }

    mutating func update(_ bytes: UnsafeRawBufferPointer) throws(ArchiveReadingError) {
        if let pair { return pair.updateFile(bytes) }
        do throws(HashingError) { try hash.update(bytes) } catch {
            throw ArchiveReadingError(archive: name, reason: .unreadable(error.description))
        }
    }

    mutating func take() throws(ArchiveReadingError) -> SHA256Value {
        do throws(HashingError) {
            if let pair { return try pair.finishFile() }
            return try hash.takeSHA256()
        } catch {
            throw ArchiveReadingError(archive: name, reason: .unreadable(error.description))
        }
    }
}

/// The md5 and the sha1 of one file after the other; idle between ``take()`` and ``restart()``.
private struct FileChecksums: ~Copyable {
    private var hashes: ContentHashes
    private let name: String
    private var isRunning = false

    init(_ name: String) throws(ArchiveReadingError) {
        self.name = name
        do throws(HashingError) {
            hashes = ContentHashes(md5: try ContentHash(.md5), sha1: try ContentHash(.sha1))
        } catch {
            throw ArchiveReadingError(archive: name, reason: .unreadable(error.description))
        }
    }

    mutating func restart() throws(ArchiveReadingError) {
        do throws(HashingError) { try hashes.restart() } catch {
            throw ArchiveReadingError(archive: name, reason: .unreadable(error.description))
        }
        isRunning = true
    }

    mutating func update(_ bytes: UnsafeRawBufferPointer) throws(ArchiveReadingError) {
        guard isRunning else { return }
        do throws(HashingError) { try hashes.update(bytes) } catch {
            throw ArchiveReadingError(archive: name, reason: .unreadable(error.description))
        }
    }

    mutating func take() throws(ArchiveReadingError) -> [UInt8] {
        guard isRunning else { return [] }
        isRunning = false
        do throws(HashingError) { return try hashes.take() } catch {
            throw ArchiveReadingError(archive: name, reason: .unreadable(error.description))
        }
    }

    private struct ContentHashes: ~Copyable {
        var md5: ContentHash
        var sha1: ContentHash
        init(md5: consuming ContentHash, sha1: consuming ContentHash) {
            self.md5 = md5
            self.sha1 = sha1
        }
        mutating func restart() throws(HashingError) {
            try md5.restart()
            try sha1.restart()
        }
        mutating func update(_ bytes: UnsafeRawBufferPointer) throws(HashingError) {
            try md5.update(bytes)
            try sha1.update(bytes)
        }
        mutating func take() throws(HashingError) -> [UInt8] { try md5.takeBytes() + sha1.takeBytes() }
    }
}
