import ArchiveReading
import BinaryLoading
import EnvironmentInventory
import PythonPackaging

/// How a layer's entries are read from the cache, of which nothing is believed.
extension LayerContents {
    /// Reads what ``write(to:pass:)`` wrote, all columns side by side: nothing is in memory besides what is made of them.
    ///
    /// - Parameters:
    ///   - needs: what is kept of the files; more than that is dropped, as a layer that is read now would not have it.
    ///   - totalBytes: the most bytes that all files together may say to have.
    init(from reader: inout PackedReader, needs: LayerNeeds, totalBytes: Int) throws(PackedError) {
        let count = try reader.count()
        guard count <= Int(Int32.max) else { throw PackedError() }
        let kinds = reader
        var lengths = 2 * count
        for _ in 0..<count where try Packed.Kind(from: &reader).hasTarget { lengths += 1 }
        var columns = EntryColumns(
            kinds: kinds, lengths: reader, modes: reader, uids: reader, gids: reader, times: reader)
        try reader.skipNumbers(lengths)
        let rests = try reader.slice(reader.count())
        columns.modes = reader
        try reader.skipNumbers(count)
        columns.uids = reader
        try reader.skipNumbers(count)
        columns.gids = reader
        try reader.skipNumbers(count)
        columns.times = reader
        try reader.skipNumbers(count)
        let files = try readEntries(&columns, rests, count)
        for _ in 0..<(try reader.count()) {
            let position = try reader.number(upTo: Int.max)
            guard packed.indices.contains(position), attributes[position] == nil else { throw PackedError() }
            var values: [String: [UInt8]] = [:]
            for _ in 0..<(try reader.count()) { values[try reader.text()] = try reader.data() }
            attributes[position] = values
        }
        try readContents(from: &reader, count: files, needs, totalBytes)
    }

    /// Readers that each stand at the start of a column.
    private struct EntryColumns {
        var kinds: PackedReader
        var lengths: PackedReader
        var modes: PackedReader
        var uids: PackedReader
        var gids: PackedReader
        var times: PackedReader
    }

    /// Makes the entries of their columns and returns how many files are among them.
    private mutating func readEntries(
        _ columns: inout EntryColumns, _ rests: ArraySlice<UInt8>, _ count: Int
    ) throws(PackedError) -> Int {
        var position = rests.startIndex
        var last: [UInt8] = []
        var modified = 0
        var files: Int32 = 0
        // A path that shares its start with the one before is as long as that: what all of them take is limited.
        let limit = max(64 << 20, rests.count.multipliedReportingOverflow(by: 64).partialValue)
        for _ in 0..<count {
            let kind = try Packed.Kind(from: &columns.kinds)
            let shared = try columns.lengths.number(upTo: last.count)
            let rest = try columns.lengths.number(upTo: rests.endIndex - position)
            let target = kind.hasTarget ? try columns.lengths.number(upTo: rests.endIndex - position - rest) : 0
            guard names.count <= limit else { throw PackedError() }
            last.removeLast(last.count - shared)
            last += rests[position..<position + rest]
            position += rest
            let start = names.append(last, rests[position..<position + target])
            position += target
            guard let pathCount = Int32(exactly: last.count), let targetCount = Int32(exactly: target),
                let mode = UInt16(exactly: try columns.modes.unsigned()),
                let uid = UInt32(exactly: try columns.uids.unsigned()),
                let gid = UInt32(exactly: try columns.gids.unsigned())
            else { throw PackedError() }
            modified = modified &+ (try columns.times.signed())
            packed.append(
                Packed(
                    start: start, modified: modified, pathCount: pathCount, targetCount: targetCount, uid: uid,
                    gid: gid, content: kind == .file ? files : -1, mode: mode, kind: kind))
            if kind == .file { files += 1 }
        }
        guard position == rests.endIndex else { throw PackedError() }
        return Int(files)
    }

    /// Readers that each stand at the start of a column of what is kept of the files.
    private struct ContentColumns {
        var sizes: PackedReader
        var digests: PackedReader
        var checksums: PackedReader
        var heads: PackedReader
        var magics: PackedReader
        var hashes: PackedReader
        var imports: PackedReader

        init(_ reader: PackedReader) {
            sizes = reader
            digests = reader
            checksums = reader
            heads = reader
            magics = reader
            hashes = reader
            imports = reader
        }
    }

    private mutating func readContents(
        from reader: inout PackedReader, count: Int, _ needs: LayerNeeds, _ totalBytes: Int
    ) throws(PackedError) {
        guard try reader.count() == count else { throw PackedError() }
        let flags = try reader.raw(count)
        func having(_ flag: UInt8) -> Int { flags.count { $0 & flag != 0 } }
        var columns = ContentColumns(reader)
        try reader.skipNumbers(count)
        columns.digests = reader
        guard count <= reader.remaining / 32 else { throw PackedError() }
        let digests = try reader.slice(32 * count)
        columns.checksums = reader
        try reader.skip(36 * having(Flag.checksums))
        columns.heads = reader
        for _ in 0..<having(Flag.head) { try reader.skip(reader.count()) }
        columns.magics = reader
        var hashes = 0
        for _ in 0..<having(Flag.sourceHashes) {
            let magics = try reader.count()
            try reader.skipNumbers(magics)
            hashes += magics
        }
        guard hashes <= reader.remaining / 8 else { throw PackedError() }
        columns.hashes = reader
        try reader.skip(8 * hashes)
        let texts = try readTexts(from: &reader, flags, digests, needs)
        columns.imports = reader
        for _ in 0..<having(Flag.imports) { try reader.skip(reader.count()) }
        var binaries: [BinaryFile] = []
        var symbols = try SymbolTable(from: &reader)
        for _ in 0..<having(Flag.binary) { binaries.append(try BinaryFile(from: &reader, &symbols)) }
        guard symbols.isTaken else { throw PackedError() }
        guard reader.remaining == 0 else { throw PackedError() }
        try readContents(&columns, flags: flags, texts: texts, binaries: binaries, needs, totalBytes)
    }

    private mutating func readContents(
        _ columns: inout ContentColumns, flags: [UInt8], texts: [KeptText], binaries: [BinaryFile],
        _ needs: LayerNeeds, _ totalBytes: Int
    ) throws(PackedError) {
        let recorded = recordedSums(flags, texts, needs)
        var next = (text: 0, binary: 0)
        var total = 0
        for entry in packed where entry.kind == .file {
            let flag = flags[contents.count]
            func take<Value>(_ values: [Value], _ wanted: UInt8, _ next: inout Int) -> Value? {
                guard flag & wanted != 0, values.indices.contains(next) else { return nil }
                next += 1
                return values[next - 1]
            }
            let size = try columns.sizes.number(upTo: totalBytes - total)
            total += size
            guard let sha256 = try columns.digests.slice(32).withUnsafeBytes({ SHA256Value(bytes: $0) }) else {
                throw PackedError()
            }
            var sums = flag & Flag.checksums == 0 ? [] : try columns.checksums.raw(36)
            let text = take(texts, Flag.data, &next.text)
            var head = flag & Flag.headOfData == 0 ? [] : text.map { Array($0.bytes.prefix(KeptFiles.headBytes)) } ?? []
            if flag & Flag.head != 0 { head = try columns.heads.data() }
            let hashes = flag & Flag.sourceHashes == 0 ? [] : try Self.sourceHashes(&columns)
            let binary = take(binaries, Flag.binary, &next.binary)
            let imports = flag & Flag.imports == 0 ? [] : try columns.imports.data()
            let path = path(of: entry)
            let hasSums = flag & (Flag.checksums | Flag.recordedSum) != 0
            let keepsSums = hasSums && needs.keepsSums(of: path)
            if keepsSums, flag & Flag.recordedSum != 0 {
                guard sums.isEmpty, let md5 = recorded.md5(path) else { throw PackedError() }
                sums = md5
            }
            contents.append(
                LayerFileContent(
                    size: size, sha256: sha256,
                    facts: FileFacts(
                        head: head, checksums: keepsSums ? sums : [], sourceHashes: hashes,
                        imports: needs.binaries ? imports : []),
                    text: text, binary: needs.binaries ? binary : nil))
        }
    }

    private func readTexts(
        from reader: inout PackedReader, _ flags: [UInt8], _ digests: ArraySlice<UInt8>, _ needs: LayerNeeds
    ) throws(PackedError) -> [KeptText] {
        let texts = RecordTexts(digests: digests)
        var paths = PathTexts(self)
        var kept: [KeptText] = []
        for entry in packed where entry.content >= 0 && flags[Int(entry.content)] & Flag.data != 0 {
            let path = path(of: entry)
            let isCoded = try reader.boolean()
            let text = isCoded ? try paths.read(path: path, from: &reader) : try texts.read(from: &reader)
            kept.append(KeptText(RecordedSums.kept(path, text, isWhole: needs.records)))
        }
        return kept
    }

    private static func sourceHashes(_ columns: inout ContentColumns) throws(PackedError) -> [SourceHash] {
        let count = try columns.magics.count()
        var values: [SourceHash] = []
        values.reserveCapacity(count)
        for _ in 0..<count {
            guard let magic = UInt16(exactly: try columns.magics.unsigned()) else { throw PackedError() }
            var value: UInt64 = 0
            for (index, byte) in try columns.hashes.slice(8).enumerated() {
                value |= UInt64(byte) << (8 * UInt64(index))
            }
            values.append(SourceHash(magic: magic, value: value))
        }
        return values
    }

    /// The sums in the kept texts, which lie in the order of the files that have the flag; only those that are needed.
    private func recordedSums(_ flags: [UInt8], _ texts: [KeptText], _ needs: LayerNeeds) -> RecordedSums {
        var sums = RecordedSums()
        if needs.checksums == .none || !flags.contains(where: { $0 & Flag.recordedSum != 0 }) { return sums }
        var next = 0
        for entry in packed where entry.content >= 0 && flags[Int(entry.content)] & Flag.data != 0 {
            next += 1
            guard RecordedSums.isRecord(path(of: entry)) else { continue }
            let data = texts[next - 1].bytes
            // Every path that LayerNeeds.wants then contains this word; a record without it has no such path.
            if needs.checksums == .some, !PathBytes.contains(data[...], "python3") { continue }
            sums.add(data)
        }
        return sums
    }

    /// Drops what a reading that keeps no more than is needed would not have.
    mutating func reduce(to needs: LayerNeeds, from had: LayerNeeds) {
        if needs == had { return }
        for entry in packed where contents.indices.contains(Int(entry.content)) {
            let index = Int(entry.content)
            let content = contents[index]
            let path = path(of: entry)
            contents[index] = LayerFileContent(
                size: content.size, sha256: content.sha256, head: content.head,
                data: needs.records ? content.data : content.data.map { RecordedSums.kept(path, $0, isWhole: false) },
                checksums: content.md5 != nil && needs.keepsSums(of: path) ? content.checksums : [],
                sourceHashes: content.sourceHashes, binary: needs.binaries ? content.binary : nil,
                imports: needs.binaries ? content.imports : [])
        }
    }
}

extension LayerContents.Packed.Kind {
    fileprivate init(from reader: inout PackedReader) throws(PackedError) {
        guard let kind = Self(rawValue: try reader.byte()) else { throw PackedError() }
        self = kind
    }
}

extension LayerNeeds {
    /// Whether the sums of a file at a path are kept.
    fileprivate func keepsSums(of path: ArraySlice<UInt8>) -> Bool {
        checksums == .all || (checksums == .some && wants(Array(path)))
    }
}
