import ArchiveReading
import EnvironmentInventory
import SourceDocuments

/// Named members: the files of a folder, or of a tar archive without unpacking it.
protocol MemberStore: Sendable {
    /// The folder or archive as it was given.
    var name: String { get }
    /// The bytes of a member with its size, links followed; nil when there is no such member.
    func open(_ path: String) throws(ArchiveReadingError) -> (source: any ByteSource, size: Int)?
    /// The bytes of a small member; nil when there is no such member.
    func read(_ path: String, limit: Int) throws(ArchiveReadingError) -> [UInt8]?
    /// Whether there is such a member.
    func contains(_ path: String) -> Bool
}

extension MemberStore {
    func read(_ path: String, limit: Int) throws(ArchiveReadingError) -> [UInt8]? {
        guard let (source, size) = try open(path) else { return nil }
        return try read(source, size: size, limit: limit)
    }

    fileprivate func read(
        _ source: any ByteSource, size: Int, limit: Int
    ) throws(ArchiveReadingError) -> [UInt8] {
        guard size <= limit else {
            throw ArchiveReadingError(
                archive: source.name, reason: .limit("it has \(size) bytes, more than \(limit) are not read"))
        }
        return try source.readAll(limit: limit)
    }
}

/// The files of a folder.
struct FolderMembers: MemberStore {
    let name: String

    func contains(_ path: String) -> Bool { (try? RegularFile(path: "\(name)/\(path)")) != nil }

    var isFolder: Bool { (try? DirectoryReader(path: name)) != nil }

    func open(_ path: String) throws(ArchiveReadingError) -> (source: any ByteSource, size: Int)? {
        guard let normal = ArchivePath.normalized(path.utf8), !normal.isEmpty else { return nil }
        do throws(ArchiveReadingError) {
            let file = try RegularFile(path: "\(name)/\(String(decoding: normal, as: UTF8.self))")
            return (FileByteSource(file), file.size)
        } catch {
            // Only what is not there is no member; what cannot be read is an error.
            if case .unreadable(let why) = error.reason, why == "No such file or directory" { return nil }
            throw error
        }
    }
}

/// The members of a tar archive: the archive is walked once for their places, and each is then read where it lies.
///
/// A compressed archive has no places: each member is read by decompressing what is before it again.
struct ArchiveMembers: MemberStore {
    private struct Member: Sendable {
        let offset: Int
        let size: Int
    }

    let name: String
    /// The archive itself.
    let file: RegularFile
    private let compression: Compression
    private let limits: ReadingLimits
    private let members: [String: Member]
    private let links: [String: String]
    /// Earlier members of a name that is there again: which of them counts is each reader's own choice.
    private let hidden: [String: [Member]]
    /// Names that are a link and something else too.
    private let ambiguous: Set<String>

    /// Walks an archive.
    ///
    /// - Parameter isWanted: says from the path and number of an entry, the first being 1, whether the archive is wanted, nil
    ///   while that is open; one that is not is not walked further.
    /// - Throws: also when the archive is not wanted.
    init(
        file: RegularFile, limits: ReadingLimits, isWanted: ((_ path: String, _ number: Int) -> Bool?)? = nil
    ) throws(ArchiveReadingError) {
        let reader = try TarReader(FileByteSource(file), limits: limits)
        var members: [String: Member] = [:]
        var links: [String: String] = [:]
        var hidden: [String: [Member]] = [:]
        var ambiguous: Set<String> = []
        var count = 0
        var current: (path: String, size: Int)?
        var isKnown: Bool?
        // The data of a member ends where the next header starts, filled up to a block of 512 bytes.
        func close(at offset: Int) {
            guard let (path, size) = current else { return }
            members[path] = Member(offset: offset - (size + 511) / 512 * 512, size: size)
            current = nil
        }
        while let entry = try reader.next() {
            close(at: entry.offset)
            count += 1
            if isKnown != true, let isWanted {
                isKnown = isWanted(entry.path, count)
                if isKnown == false {
                    throw ArchiveReadingError(archive: file.path, reason: .damaged("it is not the wanted archive"))
                }
            }
            if let earlier = members.removeValue(forKey: entry.path) {
                hidden[entry.path, default: []].append(earlier)
                if entry.kind != .file { ambiguous.insert(entry.path) }
            }
            if links.removeValue(forKey: entry.path) != nil { ambiguous.insert(entry.path) }
            switch entry.kind {
            case .file: current = (entry.path, entry.size)
            case .hardLink(let target): links[entry.path] = target
            case .symbolicLink(let target):
                links[entry.path] = PosixPath.contained(target, in: PosixPath.directory(entry.path))
            case .directory, .other: break
            }
        }
        close(at: reader.endOffset)
        try file.verifyUnchanged()
        name = file.path
        self.file = file
        self.limits = limits
        compression = reader.compression
        self.members = members
        self.hidden = hidden
        self.ambiguous = ambiguous
        self.links = links
    }

    func contains(_ path: String) -> Bool { member(path) != nil }

    /// Where the data of a member lie in the decompressed archive; nil when there is no such member.
    func offset(of path: String) -> Int? { member(path)?.1.offset }

    func open(_ path: String) throws(ArchiveReadingError) -> (source: any ByteSource, size: Int)? {
        try refuseAmbiguous(path)
        guard let (path, member) = member(path) else { return nil }
        return try open(path, member)
    }

    /// Reads a small member; where its name is there more than once, all of them have to be the same.
    func read(_ path: String, limit: Int) throws(ArchiveReadingError) -> [UInt8]? {
        try refuseAmbiguous(path)
        guard let (path, member) = member(path) else { return nil }
        let (source, size) = try open(path, member)
        let bytes = try read(source, size: size, limit: limit)
        var isSame = true
        for earlier in hidden[path] ?? [] where isSame {
            let (source, size) = try open(path, earlier)
            let other = size == bytes.count ? try read(source, size: size, limit: limit) : []
            isSame = size == bytes.count && other == bytes
        }
        guard isSame else {
            throw ArchiveReadingError(
                archive: name, reason: .damaged("the member \(path) is there twice with different contents"))
        }
        return bytes
    }

    private func open(_ path: String, _ member: Member) throws(ArchiveReadingError) -> (any ByteSource, Int) {
        let shown = "\(name)!\(path)"
        if compression == .none {
            return (FileByteSource(file, offset: member.offset, count: member.size, name: shown), member.size)
        }
        let stretch = try StretchByteSource(
            Decompressor(FileByteSource(file), limits: limits), offset: member.offset, count: member.size, name: shown)
        return (stretch, member.size)
    }

    private func member(_ path: String) -> (String, Member)? {
        for name in names(path) {
            if let member = members[name] { return (name, member) }
        }
        return nil
    }

    /// A name and what it leads to through links.
    private func names(_ path: String) -> [String] {
        guard let normal = ArchivePath.normalized(path.utf8) else { return [] }
        var names = [String(decoding: normal, as: UTF8.self)]
        while names.count < 8, members[names[names.count - 1]] == nil, let target = links[names[names.count - 1]] {
            names.append(target)
        }
        return names
    }

    /// Some readers take the link, some the file: containerd reads regular files only.
    private func refuseAmbiguous(_ path: String) throws(ArchiveReadingError) {
        guard let name = names(path).first(where: ambiguous.contains) else { return }
        throw ArchiveReadingError(
            archive: self.name, reason: .damaged("the member \(name) is there twice, once as a link"))
    }
}

/// A stretch of another source, which is read from its start.
private final class StretchByteSource: ByteSource {
    let name: String
    private let source: any ByteSource
    private var left: Int

    init(_ source: any ByteSource, offset: Int, count: Int, name: String) throws(ArchiveReadingError) {
        self.source = source
        self.name = name
        left = count
        var before = max(offset, 0)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 128 << 10, alignment: 16)
        defer { buffer.deallocate() }
        while before > 0 {
            let piece = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(before, buffer.count)])
            let read = try source.read(into: piece)
            guard read > 0 else { throw ArchiveReadingError(archive: name, reason: .truncated) }
            before -= read
        }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveReadingError) -> Int {
        guard left > 0 else { return 0 }
        let read = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(left, buffer.count)]))
        guard read > 0 else { throw ArchiveReadingError(archive: name, reason: .truncated) }
        left -= read
        return read
    }
}
