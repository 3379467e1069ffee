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

    /// What the annotations of layers begin with that a snapshotter of their own reads: not a tar, but a file system
    /// (https://github.com/containerd/nydus-snapshotter/blob/main/pkg/converter/constant.go,
    /// https://github.com/containerd/accelerated-container-image/blob/main/docs/IMAGES.md).
    private static let foreign = ["containerd.io/snapshot/nydus-", "containerd.io/snapshot/overlaybd/"]

    /// Finds the tables that a layer's annotations name.
    ///
    /// - Throws: ``Failure`` where one is no table, or says that nothing reads the layer as a tar.
    static func named(in annotations: [String: String]) throws(Failure) -> [LayerTable] {
        var tables: [LayerTable] = []
        for key in annotations.keys.sorted() where foreign.contains(where: { key.hasPrefix($0) }) {
            throw Failure(
                reason: "the annotation '\(key)' gives a layer to a snapshotter that reads another format than tar")
        }
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
    ///
    /// - Parameter hasHoles: whether the format knows parts of zeros, which nothing is read for.
    static func read(
        _ bytes: [UInt8], name: String, limits: ReadingLimits, hasHoles: Bool
    ) throws(DocumentError) -> [LayerTableEntry] {
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
            let path = ArchivePath.normalized(Array((try table.string("name") ?? "").utf8))
            guard path == entries[last].path, try table.integer("chunkOffset") ?? 0 == offset else {
                throw table.error("a part that is not the next one of the file before it")
            }
            let rest = entries[last].size - offset
            let written = try table.integer("chunkSize") ?? 0
            let size = written == 0 ? rest : written
            guard size >= 0, size <= rest, size > 0 || rest == 0 else {
                throw table.error("a part behind its file's end")
            }
            let isHole = hasHoles ? try table.string("chunkType") == "zeros" : false
            var digest = try Self.digest(try table.string("chunkDigest"), table)
            // The only part of a file may leave its digest to the file.
            if digest == nil, !isPart, size == rest { digest = entries[last].digest }
            if digest == nil, !isHole, size > 0 { throw table.error("a part of a file has no digest") }
            entries[last].parts.append(Part(size: size, digest: isHole ? nil : digest))
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
