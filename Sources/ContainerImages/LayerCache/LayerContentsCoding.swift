import ArchiveReading
import BinaryLoading
import EnvironmentInventory
import PythonPackaging

/// How a layer's entries are written into the cache: column by column, so that like lies beside like.
extension LayerContents {
    /// What a file has besides its size and digest.
    private enum Flag {
        static let head: UInt8 = 1
        static let data: UInt8 = 2
        static let checksums: UInt8 = 4
        static let sourceHashes: UInt8 = 8
        static let binary: UInt8 = 16
        /// The head is the start of the data, as long as a head may be.
        static let headOfData: UInt8 = 32
        static let imports: UInt8 = 64
        /// The only sum is the md5 that dpkg's record in this layer gives for the path.
        static let recordedSum: UInt8 = 128
    }

    /// Writes all entries with everything that was kept of them.
    func write(to writer: inout PackedWriter) {
        writer.count(packed.count)
        for entry in packed { writer.byte(entry.kind.rawValue) }
        writePaths(to: &writer)
        for entry in packed { writer.unsigned(UInt64(entry.mode)) }
        for entry in packed { writer.unsigned(UInt64(entry.uid)) }
        for entry in packed { writer.unsigned(UInt64(entry.gid)) }
        var last = 0
        for entry in packed {
            writer.signed(entry.modified &- last)
            last = entry.modified
        }
        writer.count(attributes.count)
        for (position, values) in attributes.sorted(by: { $0.key < $1.key }) {
            writer.count(position)
            writer.count(values.count)
            for (name, value) in values.sorted(by: { $0.key < $1.key }) {
                writer.text(name)
                writer.data(value)
            }
        }
        writeContents(to: &writer)
    }

    /// Paths and targets, each path without what it shares with the one before.
    private func writePaths(to writer: inout PackedWriter) {
        var last: ArraySlice<UInt8> = []
        var rests: [UInt8] = []
        for entry in packed {
            let path = path(of: entry)
            var shared = 0
            for (left, right) in zip(last, path) {
                if left != right { break }
                shared += 1
            }
            writer.count(shared)
            writer.count(path.count - shared)
            rests += path.dropFirst(shared)
            if entry.kind != .file, entry.kind != .directory {
                writer.count(Int(entry.targetCount))
                rests += target(of: entry)
            }
            last = path
        }
        writer.data(rests)
    }

    private static func isHeadOfData(_ content: LayerFileContent) -> Bool {
        content.data.map { $0.prefix(KeptFiles.headBytes).elementsEqual(content.head) } ?? false
    }

    private func writeContents(to writer: inout PackedWriter) {
        writer.count(contents.count)
        for content in contents {
            var flags: UInt8 = 0
            if !content.head.isEmpty { flags |= Self.isHeadOfData(content) ? Flag.headOfData : Flag.head }
            if content.data != nil { flags |= Flag.data }
            switch content.checksums.count {
            case 0: break
            case 16: flags |= Flag.recordedSum
            default: flags |= Flag.checksums
            }
            if !content.sourceHashes.isEmpty { flags |= Flag.sourceHashes }
            if content.binary != nil { flags |= Flag.binary }
            if !content.imports.isEmpty { flags |= Flag.imports }
            writer.byte(flags)
        }
        for content in contents { writer.count(content.size) }
        for content in contents { writer.raw(content.sha256.bytes) }
        for content in contents where content.checksums.count > 16 { writer.raw(content.checksums) }
        for content in contents where !content.head.isEmpty && !Self.isHeadOfData(content) { writer.data(content.head) }
        for content in contents where !content.sourceHashes.isEmpty {
            writer.count(content.sourceHashes.count)
            for hash in content.sourceHashes { writer.unsigned(UInt64(hash.magic)) }
        }
        for content in contents {
            for hash in content.sourceHashes {
                writer.raw((0..<8).map { UInt8(truncatingIfNeeded: hash.value >> (8 * UInt64($0))) })
            }
        }
        writeTexts(to: &writer)
        for content in contents where !content.imports.isEmpty { writer.data(content.imports) }
        let binaries = contents.compactMap(\.binary)
        SymbolTable(binaries).write(to: &writer)
        for binary in binaries { binary.write(to: &writer) }
    }

    private func writeTexts(to writer: inout PackedWriter) {
        let digests = RecordTexts(contents)
        let paths = PathTexts(writing: self)
        for entry in packed where entry.content >= 0 {
            guard let data = contents[Int(entry.content)].data else { continue }
            var coded = PackedWriter()
            let isCoded = paths.write(data, path: path(of: entry), to: &coded)
            writer.byte(isCoded ? 1 : 0)
            if isCoded { writer.raw(coded.bytes) } else { digests.write(data, to: &writer) }
        }
    }
}

extension LayerContents {
    /// Reads what ``write(to:)`` wrote.
    ///
    /// - Parameters:
    ///   - needs: what is kept of the files; more than that is dropped, as a layer that is read now would not have it.
    ///   - totalBytes: the most bytes that all files together may say to have.
    init(from reader: inout PackedReader, needs: LayerNeeds, totalBytes: Int) throws(PackedError) {
        let count = try reader.count()
        guard count <= Int(Int32.max) else { throw PackedError() }
        var kinds: [Packed.Kind] = []
        kinds.reserveCapacity(count)
        for _ in 0..<count {
            guard let kind = Packed.Kind(rawValue: try reader.byte()) else { throw PackedError() }
            kinds.append(kind)
        }
        let places = try readPaths(from: &reader, kinds)
        var modes: [UInt16] = []
        var owners: [UInt32] = []
        modes.reserveCapacity(count)
        owners.reserveCapacity(2 * count)
        for _ in 0..<count {
            guard let mode = UInt16(exactly: try reader.unsigned()) else { throw PackedError() }
            modes.append(mode)
        }
        for _ in 0..<(2 * count) {
            guard let owner = UInt32(exactly: try reader.unsigned()) else { throw PackedError() }
            owners.append(owner)
        }
        packed.reserveCapacity(count)
        var modified = 0
        var content: Int32 = 0
        for index in 0..<count {
            modified = modified &+ (try reader.signed())
            let isFile = kinds[index] == .file
            packed.append(
                Packed(
                    start: places[index].start, modified: modified, pathCount: places[index].path,
                    targetCount: places[index].target, uid: owners[index], gid: owners[count + index],
                    content: isFile ? content : -1, mode: modes[index], kind: kinds[index]))
            if isFile { content += 1 }
        }
        for _ in 0..<(try reader.count()) {
            let position = try reader.number(upTo: Int.max)
            guard packed.indices.contains(position), attributes[position] == nil else { throw PackedError() }
            var values: [String: [UInt8]] = [:]
            for _ in 0..<(try reader.count()) { values[try reader.text()] = try reader.data() }
            attributes[position] = values
        }
        try readContents(from: &reader, count: Int(content), needs, totalBytes)
    }

    private struct Place {
        let start: Int
        let path: Int32
        let target: Int32
    }

    private mutating func readPaths(
        from reader: inout PackedReader, _ kinds: [Packed.Kind]
    ) throws(PackedError) -> [Place] {
        var parts: [(shared: Int, rest: Int, target: Int)] = []
        parts.reserveCapacity(kinds.count)
        for kind in kinds {
            let hasTarget = kind != .file && kind != .directory
            parts.append(
                (
                    try reader.number(upTo: Int(Int32.max)), try reader.number(upTo: Int(Int32.max)),
                    hasTarget ? try reader.number(upTo: Int(Int32.max)) : 0
                ))
        }
        let rests = try reader.data()
        var position = 0
        var places: [Place] = []
        places.reserveCapacity(kinds.count)
        var last: [UInt8] = []
        // A path that shares its start with the one before is as long as that: what all of them take is limited.
        let limit = max(64 << 20, rests.count.multipliedReportingOverflow(by: 64).partialValue)
        for part in parts {
            guard part.shared <= last.count, part.rest <= rests.count - position,
                part.target <= rests.count - position - part.rest, names.count <= limit
            else { throw PackedError() }
            last.removeLast(last.count - part.shared)
            last += rests[position..<position + part.rest]
            position += part.rest
            let start = names.append(last, rests[position..<position + part.target])
            position += part.target
            guard let path = Int32(exactly: last.count), let target = Int32(exactly: part.target) else {
                throw PackedError()
            }
            places.append(Place(start: start, path: path, target: target))
        }
        guard position == rests.count else { throw PackedError() }
        return places
    }

    private mutating func readContents(
        from reader: inout PackedReader, count: Int, _ needs: LayerNeeds, _ totalBytes: Int
    ) throws(PackedError) {
        guard try reader.count() == count else { throw PackedError() }
        let flags = try reader.raw(count)
        var sizes: [Int] = []
        sizes.reserveCapacity(count)
        var total = 0
        for _ in 0..<count {
            let size = try reader.number(upTo: totalBytes - total)
            total += size
            sizes.append(size)
        }
        guard count <= reader.remaining / 32 else { throw PackedError() }
        let digests = try reader.raw(32 * count)
        var checksums: [[UInt8]] = []
        for _ in 0..<(flags.count { $0 & Flag.checksums != 0 }) { checksums.append(try reader.raw(36)) }
        var heads: [[UInt8]] = []
        for _ in 0..<(flags.count { $0 & Flag.head != 0 }) { heads.append(try reader.data()) }
        let hashes = try Self.sourceHashes(from: &reader, count: flags.count { $0 & Flag.sourceHashes != 0 })
        let datas = try readTexts(from: &reader, flags, digests, needs)
        var imports: [[UInt8]] = []
        for _ in 0..<(flags.count { $0 & Flag.imports != 0 }) { imports.append(try reader.data()) }
        var binaries: [BinaryFile] = []
        var symbols = try SymbolTable(from: &reader)
        for _ in 0..<(flags.count { $0 & Flag.binary != 0 }) {
            binaries.append(try BinaryFile(from: &reader, &symbols))
        }
        guard symbols.isTaken else { throw PackedError() }
        guard reader.remaining == 0 else { throw PackedError() }
        contents.reserveCapacity(count)
        var next = (checksums: 0, head: 0, hashes: 0, data: 0, binary: 0, imports: 0)
        let needsPaths = needs.checksums == .some || flags.contains { $0 & Flag.recordedSum != 0 }
        let paths = needsPaths ? filePaths() : []
        guard !needsPaths || paths.count == count else { throw PackedError() }
        let recorded = Self.recordedSums(of: paths, flags: flags, texts: datas, needs)
        for index in 0..<count {
            func take<Value>(_ values: [Value], _ flag: UInt8, _ next: inout Int) -> Value? {
                guard flags[index] & flag != 0, values.indices.contains(next) else { return nil }
                next += 1
                return values[next - 1]
            }
            var sums = take(checksums, Flag.checksums, &next.checksums) ?? []
            let sourceHashes = take(hashes, Flag.sourceHashes, &next.hashes) ?? []
            let data = take(datas, Flag.data, &next.data)
            let start =
                flags[index] & Flag.headOfData == 0 ? [] : data.map { Array($0.prefix(KeptFiles.headBytes)) } ?? []
            let head = take(heads, Flag.head, &next.head) ?? start
            let binary = take(binaries, Flag.binary, &next.binary)
            let statements = take(imports, Flag.imports, &next.imports) ?? []
            let sha256 = digests.withUnsafeBytes {
                SHA256Value(bytes: UnsafeRawBufferPointer(rebasing: $0[(32 * index)..<(32 * index + 32)]))
            }
            guard let sha256 else { throw PackedError() }
            let keepsSums = needs.checksums == .all || (needs.checksums == .some && needs.wants(paths[index]))
            if keepsSums, flags[index] & Flag.recordedSum != 0 {
                guard sums.isEmpty, let md5 = recorded.md5(paths[index][...]) else { throw PackedError() }
                sums = md5
            }
            contents.append(
                LayerFileContent(
                    size: sizes[index], sha256: sha256, head: head, data: data, checksums: keepsSums ? sums : [],
                    sourceHashes: sourceHashes, binary: needs.binaries ? binary : nil,
                    imports: needs.binaries ? statements : []))
        }
    }

    private func readTexts(
        from reader: inout PackedReader, _ flags: [UInt8], _ digests: [UInt8], _ needs: LayerNeeds
    ) throws(PackedError) -> [[UInt8]] {
        let texts = RecordTexts(digests: digests)
        var paths = PathTexts(self)
        var datas: [[UInt8]] = []
        for entry in packed where entry.content >= 0 && flags[Int(entry.content)] & Flag.data != 0 {
            let path = path(of: entry)
            let isCoded = try reader.boolean()
            let text = isCoded ? try paths.read(path: path, from: &reader) : try texts.read(from: &reader)
            datas.append(RecordedSums.kept(path, text, isWhole: needs.records))
        }
        return datas
    }

    private static func sourceHashes(from reader: inout PackedReader, count: Int) throws(PackedError) -> [[SourceHash]]
    {
        var magics: [[UInt16]] = []
        for _ in 0..<count {
            var list: [UInt16] = []
            for _ in 0..<(try reader.count()) {
                guard let magic = UInt16(exactly: try reader.unsigned()) else { throw PackedError() }
                list.append(magic)
            }
            magics.append(list)
        }
        var hashes: [[SourceHash]] = []
        hashes.reserveCapacity(count)
        let total = magics.reduce(0) { $0 + $1.count }
        guard total <= reader.remaining / 8 else { throw PackedError() }
        let bytes = try reader.raw(8 * total)
        var start = 0
        for list in magics {
            var values: [SourceHash] = []
            values.reserveCapacity(list.count)
            for magic in list {
                var value: UInt64 = 0
                for index in 0..<8 { value |= UInt64(bytes[start + index]) << (8 * UInt64(index)) }
                start += 8
                values.append(SourceHash(magic: magic, value: value))
            }
            hashes.append(values)
        }
        return hashes
    }

    /// The sums in the kept texts, which lie in `datas` in the order of the files that have the flag; only those that are needed.
    private static func recordedSums(
        of paths: [[UInt8]], flags: [UInt8], texts datas: [[UInt8]], _ needs: LayerNeeds
    ) -> RecordedSums {
        var sums = RecordedSums()
        if needs.checksums == .none { return sums }
        var next = 0
        for (index, path) in paths.enumerated() where flags[index] & Flag.data != 0 {
            let data = datas[next]
            next += 1
            guard RecordedSums.isRecord(path[...]) else { continue }
            // Every path that LayerNeeds.wants then contains this word; a record without it has no such path.
            if needs.checksums == .some, !PathBytes.contains(data[...], "python3") { continue }
            sums.add(data)
        }
        return sums
    }

    /// The same layer as a reading gives it that keeps no more than is needed.
    func reduced(to needs: LayerNeeds, from had: LayerNeeds) -> LayerContents {
        if needs == had { return self }
        var layer = self
        let paths = needs.checksums == .some || !needs.records ? filePaths() : []
        for index in contents.indices {
            let content = contents[index]
            let keepsSums = needs.checksums == .all || (needs.checksums == .some && needs.wants(paths[index]))
            layer.contents[index] = LayerFileContent(
                size: content.size, sha256: content.sha256, head: content.head,
                data: needs.records
                    ? content.data
                    : content.data.map { RecordedSums.kept(paths[index][...], $0, isWhole: false) },
                checksums: keepsSums ? content.checksums : [], sourceHashes: content.sourceHashes,
                binary: needs.binaries ? content.binary : nil, imports: needs.binaries ? content.imports : [])
        }
        return layer
    }
}
