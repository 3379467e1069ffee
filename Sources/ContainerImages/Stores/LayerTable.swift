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
    /// The parts of a file that were read so far.
    private(set) var parts: [Part]
    /// How many bytes of the data these are.
    private(set) var partBytes = 0

    /// Adds the next part of a file.
    ///
    /// - Parameters:
    ///   - table: the part, or the entry itself, which is the first one.
    ///   - hasHoles: whether the format knows parts of zeros, which nothing is read for.
    fileprivate mutating func addPart(_ table: JSONTable, hasHoles: Bool) throws(DocumentError) {
        let isFirst = parts.isEmpty
        let path = ArchivePath.normalized(Array((try table.string("name") ?? "").utf8))
        guard path == self.path, try table.integer("chunkOffset") ?? 0 == partBytes else {
            throw table.error("a part that is not the next one of the file before it")
        }
        let rest = size - partBytes
        let written = try table.integer("chunkSize") ?? 0
        let count = written == 0 ? rest : written
        // Only the first part may be empty, that of an empty file: there are no more parts than bytes.
        guard count >= 0, count <= rest, count > 0 || isFirst else {
            throw table.error("a part behind its file's end")
        }
        let isHole = hasHoles ? try table.string("chunkType") == "zeros" : false
        var digest = try Self.digest(try table.string("chunkDigest"), table)
        // The only part of a file may leave its digest to the file.
        if digest == nil, isFirst, count == rest { digest = self.digest }
        if digest == nil, !isHole, count > 0 { throw table.error("a part of a file has no digest") }
        parts.append(Part(size: count, digest: isHole ? nil : digest))
        partBytes += count
    }

    fileprivate init(_ table: JSONTable) throws(DocumentError) {
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

/// Reads the entries of a table of contents one after the other: what differs from the layer is met before the rest of the
/// table is read, and of a table with millions of elements no more than those of one file are in memory.
struct LayerTableReader {
    /// What an element that is a part of the file before it has as its type.
    private static let part = "chunk"

    private let hasHoles: Bool
    private var elements: JSONElements
    /// The element behind the last file's parts.
    private var pending: JSONTable?

    /// Begins to read a table.
    ///
    /// - Parameter hasHoles: whether the format knows parts of zeros, which nothing is read for.
    init(_ bytes: [UInt8], name: String, limits: ReadingLimits, hasHoles: Bool) throws(DocumentError) {
        self.hasHoles = hasHoles
        elements = try JSONElements(of: "entries", in: bytes, name: name, limits: limits)
        let document = elements.document
        guard try document.integer("version") == 1 else { throw document.error("its version is not 1") }
    }

    /// Reads the next entry; nil behind the last one. A file has its first part, ``readParts(of:)`` reads the others.
    mutating func next() throws(DocumentError) -> LayerTableEntry? {
        guard let table = try nextElement() else { return nil }
        if try table.string("type") == Self.part { throw table.error("a part of no file") }
        var entry = try LayerTableEntry(table)
        if entry.type == "reg" { try entry.addPart(table, hasHoles: hasHoles) }
        return entry
    }

    /// Reads the other parts of a file, the entry that was read last.
    mutating func readParts(of entry: inout LayerTableEntry) throws(DocumentError) {
        while let table = try nextElement() {
            guard try table.string("type") == Self.part else {
                pending = table
                break
            }
            try entry.addPart(table, hasHoles: hasHoles)
        }
        guard entry.partBytes == entry.size else {
            throw elements.document.error("the parts of '\(PathText.text(entry.path))' are not all of it")
        }
    }

    private mutating func nextElement() throws(DocumentError) -> JSONTable? {
        guard let table = pending else { return try elements.next() }
        pending = nil
        return table
    }
}
