import ArchiveReading
import ContentHashing
import EnvironmentInventory
import SourceDocuments

/// Holds the tables of contents of a layer against its tar, entry by entry and part by part, and refuses what differs: what
/// is verified would not be what a runtime that pulls layers in parts makes of it.
struct LayerTableCheck {
    /// The largest table that is read, in bytes, compressed and as JSON.
    private static let maximumBytes = 64 << 20

    let blob: LayerBlob
    let limits: ReadingLimits

    /// Checks each table that the manifest names.
    func run() throws(ArchiveReadingError) {
        for table in blob.tables {
            let bytes: [UInt8]
            switch table.place {
            case .lastEntry: bytes = try lastEntry(table)
            case .stored(let range): bytes = try stored(range, table)
            }
            let reader: LayerTableReader
            do throws(DocumentError) {
                reader = try LayerTableReader(
                    bytes, name: blob.name, limits: limits, hasHoles: table.place != .lastEntry)
            } catch { throw unreadable(table, error) }
            try compare(reader, table)
        }
    }

    private func refusal(_ table: LayerTable, _ what: String, at offset: Int? = nil) -> ArchiveReadingError {
        ArchiveReadingError(
            archive: blob.name, offset: offset,
            reason: .damaged(
                "its table of contents (\(table.format)), of which runtimes that pull layers in parts make its files, \(what)"
            ))
    }

    private func unreadable(_ table: LayerTable, _ error: DocumentError) -> ArchiveReadingError {
        refusal(table, "cannot be read: \(error.reason)")
    }

    private func verified(_ bytes: [UInt8], _ table: LayerTable) throws(ArchiveReadingError) -> [UInt8] {
        let found: Digest
        do throws(HashingError) { found = try ContentHash.digest(table.digest.algorithm, of: bytes) } catch {
            throw failure(error)
        }
        guard found == table.digest else { throw refusal(table, "is not the one whose digest the manifest names") }
        return bytes
    }

    // MARK: Tables

    /// The data of the tar's last entry.
    private func lastEntry(_ table: LayerTable) throws(ArchiveReadingError) -> [UInt8] {
        var found: [UInt8]?
        try forEachEntry { (entry, tar) throws(ArchiveReadingError) in
            found = nil
            guard entry.path == LayerTable.entryName, entry.kind == .file else { return }
            guard entry.size <= Self.maximumBytes else {
                throw refusal(table, "has more than \(Self.maximumBytes) bytes")
            }
            found = try EntryByteSource(tar, name: blob.name).readAll(limit: Self.maximumBytes, expected: entry.size)
        }
        guard let found else { throw refusal(table, "is not the last entry of the tar") }
        return try verified(found, table)
    }

    /// The bytes of the stored layer that are the table.
    private func stored(_ range: Range<Int>, _ table: LayerTable) throws(ArchiveReadingError) -> [UInt8] {
        guard range.count <= Self.maximumBytes, blob.size.map({ range.upperBound <= $0 }) ?? true else {
            throw refusal(table, "has \(range.count) bytes at \(range.lowerBound), which the layer does not have")
        }
        let source = try blob.open()
        var left = range.lowerBound - (try source.skip(range.lowerBound))
        var found: [UInt8] = []
        found.reserveCapacity(range.count)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
        defer { buffer.deallocate() }
        while found.count < range.count {
            let count = try source.read(into: buffer)
            guard count > 0 else { throw refusal(table, "lies behind the layer's end") }
            let skipped = min(left, count)
            left -= skipped
            found.append(contentsOf: buffer[skipped..<min(count, skipped + range.count - found.count)])
        }
        let bytes = MemoryByteSource(try verified(found, table), name: blob.name)
        let decompressor = try Decompressor(bytes, limits: limits)
        return try decompressor.readAll(limit: Self.maximumBytes)
    }

    /// Reads the tar once more, its digests too.
    private func forEachEntry(
        _ body: (ArchiveEntry, TarReader) throws(ArchiveReadingError) -> Void
    ) throws(ArchiveReadingError) {
        let pipeline = try LayerPipeline.make(blob, limits: limits, progress: { _ in })
        do throws(ArchiveReadingError) {
            while let entry = try pipeline.tar.next() { try body(entry, pipeline.tar) }
            _ = try pipeline.finish()
        } catch {
            // What differs is said as it is: that the bytes are those of the digest was seen when they were read first.
            _ = try? pipeline.finish()
            throw error
        }
    }

    // MARK: Comparison

    /// Reads the table along with the tar, so that it is read no further than the tar says the same, and has no more entries,
    /// and files no more parts than bytes.
    private func compare(_ start: LayerTableReader, _ table: LayerTable) throws(ArchiveReadingError) {
        var reader = start
        var paths = LayerTablePaths()
        var hasEnded = false
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 64)
        defer { buffer.deallocate() }
        try forEachEntry { (entry, tar) throws(ArchiveReadingError) in
            if hasEnded { throw refusal(table, "is not the last entry of the tar", at: entry.offset) }
            if table.place == .lastEntry, entry.path == LayerTable.entryName {
                hasEnded = true
                return
            }
            let path = entry.rawPath ?? Array(entry.path.utf8)
            guard var expected = try next(&reader, table), expected.path == path else {
                throw refusal(table, "does not have '\(PathText.text(path))' where the tar has it", at: entry.offset)
            }
            var difference = expected.difference(from: entry)
            if difference == nil, entry.kind == .file {
                try readParts(of: &expected, &reader, table)
                difference = try self.difference(of: expected, tar, buffer)
            }
            if let difference {
                throw refusal(
                    table, "says something else of '\(PathText.text(path))' than the tar: its \(difference)",
                    at: entry.offset)
            }
            if let problem = paths.add(path, entry) { throw refusal(table, problem, at: entry.offset) }
        }
        if let more = try next(&reader, table) {
            throw refusal(table, "has '\(PathText.text(more.path))', which the tar does not have")
        }
    }

    private func next(
        _ reader: inout LayerTableReader, _ table: LayerTable
    ) throws(ArchiveReadingError) -> LayerTableEntry? {
        do throws(DocumentError) { return try reader.next() } catch { throw unreadable(table, error) }
    }

    private func readParts(
        of entry: inout LayerTableEntry, _ reader: inout LayerTableReader, _ table: LayerTable
    ) throws(ArchiveReadingError) {
        do throws(DocumentError) { try reader.readParts(of: &entry) } catch { throw unreadable(table, error) }
    }

    /// What of a file's data differs; nil when nothing does.
    private func difference(
        of expected: LayerTableEntry, _ tar: TarReader, _ buffer: UnsafeMutableRawBufferPointer
    ) throws(ArchiveReadingError) -> String? {
        var whole = try hash()
        for part in expected.parts {
            var partial = try hash()
            var isZero = true
            var left = part.size
            while left > 0 {
                let room = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(left, buffer.count)])
                let count = try tar.read(into: room)
                guard count > 0 else { return "size" }
                let piece = UnsafeRawBufferPointer(rebasing: room[..<count])
                do throws(HashingError) {
                    try whole.update(piece)
                    try partial.update(piece)
                } catch { throw failure(error) }
                if part.digest == nil { isZero = isZero && piece.allSatisfy { $0 == 0 } }
                left -= count
            }
            guard let digest = part.digest else {
                if isZero { continue }
                return "part of zeros"
            }
            if try finish(partial) != digest { return "digest of a part" }
        }
        // An empty file needs no digest.
        guard let digest = expected.digest else { return expected.size == 0 ? nil : "digest" }
        return try finish(whole) == digest ? nil : "digest"
    }

    private func hash() throws(ArchiveReadingError) -> ContentHash {
        do throws(HashingError) { return try ContentHash(.sha256) } catch { throw failure(error) }
    }

    private func finish(_ hash: consuming ContentHash) throws(ArchiveReadingError) -> Digest {
        do throws(HashingError) { return try hash.finish() } catch { throw failure(error) }
    }

    private func failure(_ error: HashingError) -> ArchiveReadingError {
        ArchiveReadingError(archive: blob.name, reason: .unreadable(error.description))
    }
}

extension LayerTableEntry {
    /// What differs from an entry of the tar besides its data, in a word or two; nil when nothing does.
    func difference(from entry: ArchiveEntry) -> String? {
        switch (type, entry.kind) {
        case ("reg", .file): if size != entry.size { return "size" }
        case ("dir", .directory): break
        case ("symlink", .symbolicLink(let text)):
            if (entry.rawTarget ?? Array(text.utf8)) != Array(target.utf8) { return "target" }
        case ("hardlink", .hardLink(let text)):
            if ArchivePath.normalized(Array(target.utf8)) != entry.rawTarget ?? Array(text.utf8) { return "target" }
        case ("fifo", .other): if entry.rawTarget != ArchiveEntry.fifo { return "type" }
        case ("char", .other), ("block", .other):
            let written = ArchiveEntry.device(isBlock: type == "block", major: device.major, minor: device.minor)
            if entry.rawTarget != written { return "device" }
        default: return "type"
        }
        if mode & 0o7777 != entry.mode { return "mode" }
        if uid != entry.uid || gid != entry.gid { return "owner" }
        if modified != entry.modified { return "time" }
        return attributes == entry.attributes ? nil : "attributes"
    }
}
