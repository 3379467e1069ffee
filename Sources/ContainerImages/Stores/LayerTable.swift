import ArchiveReading
import EnvironmentInventory
import SourceDocuments

/// A table of contents that a manifest names for a layer: runtimes that pull layers in parts make files of it, and not of the
/// tar that the layer's digest stands for.
///
/// eStargz (https://github.com/containerd/stargz-snapshotter/blob/main/docs/estargz.md) has it as the last entry of the tar,
/// zstd:chunked (https://github.com/containers/storage/blob/main/docs/containers-storage-zstd-chunked.md) in a frame that
/// decompressors skip. Both are believed by the digest in an annotation; without one nothing reads them.
struct LayerTable: Sendable, Hashable {
    /// Where the table is.
    enum Place: Sendable, Hashable {
        /// The last entry of the tar.
        case lastEntry
        /// Bytes of the stored layer, compressed with zstd.
        case stored(Range<Int>)
    }

    /// The format, as users know it.
    let format: String
    let place: Place
    /// The digest of the table as it lies there.
    let digest: Digest

    /// The name of the last entry of an eStargz layer.
    static let entryName = "stargz.index.json"

    /// What is wrong with an annotation.
    struct Failure: Error {
        let reason: String
    }

    /// Finds the tables that a layer's annotations name.
    static func named(in annotations: [String: String]) throws(Failure) -> [LayerTable] {
        var tables: [LayerTable] = []
        if let text = annotations["containerd.io/snapshot/stargz/toc.digest"] {
            tables.append(LayerTable(format: "eStargz", place: .lastEntry, digest: try digest(text)))
        }
        for prefix in ["io.github.containers.zstd-chunked.", "io.containers.zstd-chunked."] {
            guard let text = annotations[prefix + "manifest-checksum"] else { continue }
            // OFFSET:COMPRESSED:UNCOMPRESSED:TYPE
            let numbers = (annotations[prefix + "manifest-position"] ?? "").split(separator: ":").map { Int($0) }
            guard numbers.count == 4, let offset = numbers[0], let count = numbers[1], offset >= 0, count > 0,
                case let (end, overflow) = offset.addingReportingOverflow(count), !overflow
            else { throw Failure(reason: "the annotation '\(prefix)manifest-position' of a layer is no position") }
            tables.append(
                LayerTable(format: "zstd:chunked", place: .stored(offset..<end), digest: try digest(text)))
        }
        return tables
    }

    private static func digest(_ text: String) throws(Failure) -> Digest {
        guard let digest = Digest(written: text) else {
            throw Failure(reason: "the annotation of a layer's table of contents, '\(text)', is no digest")
        }
        return digest
    }
}

/// What a table of contents says of one entry of the tar.
struct LayerTableEntry {
    /// A part of a file's data, in order.
    struct Part {
        let size: Int
        /// The digest of the part; nil for one that is all zeros.
        let digest: Digest?
    }

    let path: [UInt8]
    let type: String
    let target: String
    let size: Int
    let mode: Int
    let uid: Int
    let gid: Int
    /// In seconds since 1970.
    let modified: Int
    let device: (major: Int, minor: Int)
    let attributes: [String: [UInt8]]
    let digest: Digest?
    private(set) var parts: [Part]

    /// Reads the entries of a table; those of type `chunk` are parts of the file before them.
    static func read(_ bytes: [UInt8], name: String, limits: ReadingLimits) throws(DocumentError) -> [LayerTableEntry] {
        let document = try JSONTable(bytes, name: name, limits: limits)
        guard try document.integer("version") == 1 else { throw document.error("its version is not 1") }
        var entries: [LayerTableEntry] = []
        // Where the data of the last entry's next part begin.
        var offset = 0
        for table in try document.tables("entries") {
            let isPart = try table.string("type") == "chunk"
            if !isPart {
                entries.append(try LayerTableEntry(table))
                offset = 0
            }
            let last = entries.count - 1
            guard last >= 0, entries[last].type == "reg" else {
                if isPart { throw table.error("a part of no file") }
                continue
            }
            if isPart {
                let path = ArchivePath.normalized(Array((try table.string("name") ?? "").utf8))
                guard path == entries[last].path, try table.integer("chunkOffset") == offset else {
                    throw table.error("a part that is not the next one of the file before it")
                }
            }
            let rest = entries[last].size - offset
            let written = try table.integer("chunkSize") ?? 0
            let size = written == 0 ? rest : written
            guard size >= 0, size <= rest, size > 0 || rest == 0 else {
                throw table.error("a part behind its file's end")
            }
            let isZero = try table.string("chunkType") == "zeros"
            // The only part of a file may leave its digest to the file.
            var text = try table.string("chunkDigest")
            if text == nil, !isPart, size == rest { text = try table.string("digest") }
            if text == nil, !isZero, size > 0 { throw table.error("a part of a file has no digest") }
            entries[last].parts.append(Part(size: size, digest: isZero ? nil : try Self.digest(text, table)))
            offset += size
        }
        for entry in entries where entry.parts.reduce(0, { $0 + $1.size }) != entry.size {
            throw document.error("the parts of '\(PathText.text(entry.path))' are not all of it")
        }
        return entries
    }

    private init(_ table: JSONTable) throws(DocumentError) {
        guard let name = try table.string("name"), let path = ArchivePath.normalized(Array(name.utf8)) else {
            throw table.error("an entry without a usable name")
        }
        self.path = path
        type = try table.string("type") ?? ""
        target = try table.string("linkName") ?? ""
        size = type == "reg" ? try table.integer("size") ?? 0 : 0
        mode = try table.integer("mode") ?? 0
        uid = try table.integer("uid") ?? 0
        gid = try table.integer("gid") ?? 0
        device = (try table.integer("devMajor") ?? 0, try table.integer("devMinor") ?? 0)
        digest = try Self.digest(try table.string("digest"), table)
        parts = []
        guard let seconds = UTCTime.seconds(try table.string("modtime") ?? "1970-01-01T00:00:00Z") else {
            throw table.error("'modtime' is no time")
        }
        modified = seconds
        var attributes: [String: [UInt8]] = [:]
        for (key, text) in try table.strings("xattrs") {
            guard let value = Base64.decode(text) else { throw table.error("the attribute '\(key)' is no base64") }
            attributes[key] = value
        }
        self.attributes = attributes
    }

    private static func digest(_ text: String?, _ table: JSONTable) throws(DocumentError) -> Digest? {
        guard let text, !text.isEmpty else { return nil }
        guard let digest = Digest(written: text), digest.algorithm == .sha256 else {
            throw table.error("'\(text)' is no sha256")
        }
        return digest
    }
}

/// Times as Go writes them into JSON (https://www.rfc-editor.org/rfc/rfc3339).
enum UTCTime {
    /// The whole seconds since 1970 of `2026-11-29T19:39:58.5+01:00`; nil for anything else.
    static func seconds(_ text: String) -> Int? {
        let bytes = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int? {
            guard range.upperBound <= bytes.count, bytes[range].allSatisfy({ $0.isASCIIDigit }) else { return nil }
            return bytes[range].reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        }
        guard bytes.count >= 20, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            bytes[10] == UInt8(ascii: "T"), bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
            let year = number(0..<4), let month = number(5..<7), let day = number(8..<10), let hour = number(11..<13),
            let minute = number(14..<16), let second = number(17..<19), (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        var zone = 19
        if bytes[zone] == UInt8(ascii: ".") {
            zone += 1
            while zone < bytes.count, bytes[zone].isASCIIDigit { zone += 1 }
        }
        var shift = 0
        if bytes[zone...].elementsEqual("Z".utf8) {
        } else if bytes.count == zone + 6, bytes[zone] == UInt8(ascii: "+") || bytes[zone] == UInt8(ascii: "-"),
            bytes[zone + 3] == UInt8(ascii: ":"), let hours = number((zone + 1)..<(zone + 3)),
            let minutes = number((zone + 4)..<(zone + 6))
        {
            shift = (hours * 60 + minutes) * (bytes[zone] == UInt8(ascii: "-") ? 60 : -60)
        } else {
            return nil
        }
        // Days of the proleptic Gregorian calendar, counted in years that begin in March.
        let shifted = year - (month <= 2 ? 1 : 0)
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        return days * 86_400 + hour * 3_600 + minute * 60 + second + shift
    }
}
