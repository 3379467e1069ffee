/// One entry of an archive or of a directory tree.
package struct ArchiveEntry: Sendable, Hashable {
    /// What an entry is.
    package enum Kind: Sendable, Hashable {
        case file
        case directory
        /// A symbolic link; its target as written, which may point anywhere.
        case symbolicLink(target: String)
        /// Another name of a file of the same archive; the target is a path like ``ArchiveEntry/path``.
        case hardLink(target: String)
        /// A device, FIFO or socket.
        case other
    }

    /// The path relative to the root of the archive: no leading `/` or `./`, no `.` or `..`, no doubled or trailing
    /// slash; empty for the root itself. Bytes that are not UTF-8 are shown as U+FFFD.
    package let path: String
    /// The path's bytes as written, where they are not UTF-8; else nil.
    package let rawPath: [UInt8]?
    /// The bytes of a link's target, where they are not UTF-8, and the text of what a device, FIFO or socket is; else nil.
    package let rawTarget: [UInt8]?
    /// Whether the archive writes the path from the root of the file system, `/etc/passwd`.
    package let isAbsolute: Bool
    /// What the entry is.
    package let kind: Kind
    /// The size of the data in bytes; 0 for anything but a file.
    package let size: Int
    /// The permission bits.
    package let mode: Int
    /// The owner's number.
    package let uid: Int
    /// The group's number.
    package let gid: Int
    /// The modification time in seconds since 1970.
    package let modified: Int
    /// The byte offset of the entry's header in its (decompressed) archive; 0 in a directory tree.
    package let offset: Int
    /// The extended attributes by name; in a directory tree those of files that an archive would carry elsewhere.
    package let attributes: [String: [UInt8]]

    /// Creates an entry.
    package init(
        path: String, rawPath: [UInt8]? = nil, rawTarget: [UInt8]? = nil, isAbsolute: Bool = false, kind: Kind,
        size: Int = 0, mode: Int = 0o644, uid: Int = 0, gid: Int = 0, modified: Int = 0, offset: Int = 0,
        attributes: [String: [UInt8]] = [:]
    ) {
        self.rawTarget = rawTarget
        self.attributes = attributes
        self.path = path
        self.rawPath = rawPath
        self.isAbsolute = isAbsolute
        self.kind = kind
        self.size = size
        self.mode = mode
        self.uid = uid
        self.gid = gid
        self.modified = modified
        self.offset = offset
    }
}

extension ArchiveEntry {
    /// The text of what a device is, as ``rawTarget`` holds it: `character device 1:3`.
    package static func device(isBlock: Bool, major: Int, minor: Int) -> [UInt8] {
        Array("\(isBlock ? "block" : "character") device \(major):\(minor)".utf8)
    }

    package static let fifo = Array("FIFO".utf8)
    static let socket = Array("socket".utf8)
}

/// A reader that gives an archive's entries one after the other, each with its data.
package protocol ArchiveEntryReader: AnyObject {
    /// The archive, for error texts.
    var name: String { get }
    /// Goes to the next entry, over whatever is left of the current one's data; nil behind the last one, when the
    /// archive was read to its proper end.
    func next() throws(ArchiveReadingError) -> ArchiveEntry?
    /// Reads the next bytes of the current entry's data into a buffer that is not empty and gives their count; 0 is the
    /// end of the data, whole and verified.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveReadingError) -> Int
    /// The next bytes of the current entry's data where they lie, or read into a buffer; none is the end. They hold until
    /// the reader is asked again.
    func nextPiece(_ buffer: UnsafeMutableRawBufferPointer) throws(ArchiveReadingError) -> UnsafeRawBufferPointer
}

extension ArchiveEntryReader {
    /// The bytes are read into the buffer.
    package func nextPiece(
        _ buffer: UnsafeMutableRawBufferPointer
    ) throws(ArchiveReadingError) -> UnsafeRawBufferPointer {
        let count = try read(into: buffer)
        return UnsafeRawBufferPointer(rebasing: buffer[..<count])
    }

    /// Reads the current entry's data whole; more than `limit` bytes are an error.
    package func readData(limit: Int) throws(ArchiveReadingError) -> [UInt8] {
        try EntryByteSource(self, name: name).readAll(limit: limit)
    }
}

/// Paths of archives.
package enum ArchivePath {
    /// The normal form of a path inside of an archive, or nil when it climbs with `..` or has a NUL.
    ///
    /// A leading slash is taken off, as every extractor does.
    package static func normalized(_ bytes: some Collection<UInt8>) -> [UInt8]? {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        for component in bytes.split(separator: UInt8(ascii: "/")) {
            if component.count == 1, component.first == UInt8(ascii: ".") { continue }
            if component.count == 2, component.allSatisfy({ $0 == UInt8(ascii: ".") }) { return nil }
            if component.contains(0) { return nil }
            if !output.isEmpty { output.append(UInt8(ascii: "/")) }
            output.append(contentsOf: component)
        }
        return output
    }
}
