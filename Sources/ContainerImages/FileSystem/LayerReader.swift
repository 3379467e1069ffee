/// Reads the entries of a layer or of a folder: each file is hashed, and the bytes of metadata files are kept.
struct LayerReader {
    let limits: ReadingLimits

    /// Reads everything that a reader gives.
    func read(_ reader: any ArchiveEntryReader) throws(ArchiveReadingError) -> LayerContents {
        var layer = LayerContents()
        var keptBytes = 0
        var hash = try FileHash(reader.name)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
        defer { buffer.deallocate() }
        while let entry = try reader.next() {
            var content: Int32 = -1
            let path = entry.rawPath ?? Array(entry.path.utf8)
            if entry.kind == .file {
                let keeping = KeptFiles.keeping(path)
                if keeping == .whole {
                    guard entry.size <= limits.metadataBytes, entry.size <= limits.totalMetadataBytes - keptBytes else {
                        throw ArchiveReadingError(
                            archive: reader.name, offset: entry.offset,
                            reason: .limit("its package metadata is larger than the limits"))
                    }
                    keptBytes += entry.size
                }
                content = Int32(clamping: layer.contents.count)
                layer.contents.append(try read(reader, keeping, path, buffer, &hash))
            }
            layer.entries.append(
                LayerEntry(
                    path: path, kind: entry.kind, mode: UInt16(truncatingIfNeeded: entry.mode),
                    uid: UInt32(truncatingIfNeeded: entry.uid), gid: UInt32(truncatingIfNeeded: entry.gid),
                    modified: entry.modified, content: content))
        }
        return layer
    }

    private func read(
        _ reader: any ArchiveEntryReader, _ keeping: KeptFiles.Keeping, _ path: [UInt8],
        _ buffer: UnsafeMutableRawBufferPointer, _ hash: inout FileHash
    ) throws(ArchiveReadingError) -> FileContent {
        let isBytecode = KeptFiles.ends(path, ".pyc")
        var sources = KeptFiles.ends(path, ".py") ? SourceHasher.hashers(forSource: path) : []
        var size = 0
        var head: [UInt8] = []
        var data: [UInt8] = []
        try hash.restart()
        while true {
            let count = try reader.read(into: buffer)
            if count == 0 { break }
            let piece = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            try hash.update(piece)
            size += count
            for index in sources.indices { sources[index].update(piece) }
            if keeping == .whole { data.append(contentsOf: piece) }
            if keeping == .head, head.count < KeptFiles.headBytes {
                head.append(contentsOf: piece.prefix(KeptFiles.headBytes - head.count))
            }
        }
        if isBytecode {
            head = Array(head.prefix(16))
        } else if !head.starts(with: [0x23, 0x21]) {
            head = []
        }
        return FileContent(
            size: size, sha256: try hash.take(), head: head, data: keeping == .whole ? data : nil,
            sourceHashes: sources.map { $0.finish() })
    }
}

/// A sha256 that is used for one file after the other, with the archive's errors.
private struct FileHash: ~Copyable {
    private var hash: ContentHash
    private let name: String

    init(_ name: String) throws(ArchiveReadingError) {
        self.name = name
        do throws(HashingError) { hash = try ContentHash(.sha256) } catch {
            throw ArchiveReadingError(archive: name, reason: .unreadable(error.description))
        }
    }

    mutating func restart() throws(ArchiveReadingError) {
        do throws(HashingError) { try hash.restart() } catch {
            throw ArchiveReadingError(archive: name, reason: .unreadable(error.description))
        }
    }

    mutating func update(_ bytes: UnsafeRawBufferPointer) throws(ArchiveReadingError) {
        do throws(HashingError) { try hash.update(bytes) } catch {
            throw ArchiveReadingError(archive: name, reason: .unreadable(error.description))
        }
    }

    mutating func take() throws(ArchiveReadingError) -> SHA256Value {
        do throws(HashingError) { return try hash.takeSHA256() } catch {
            throw ArchiveReadingError(archive: name, reason: .unreadable(error.description))
        }
    }
}
