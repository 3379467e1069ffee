import ArchiveReading
import EnvironmentInventory
import SourceDocuments

/// The entries of a wheel where an installer puts them.
private final class InstalledWheelReader: ArchiveEntryReader {
    private let wheel: ZipReader
    private let directory: String
    private let prefix: String
    /// The rest of a RECORD whose paths were rewritten.
    private var record: [UInt8]?
    var name: String { wheel.name }

    init(_ wheel: ZipReader, directory: String) {
        self.wheel = wheel
        self.directory = directory
        // `usr/local` of `usr/local/lib/python3.11/site-packages`.
        prefix = directory.split(separator: "/").dropLast(3).joined(separator: "/")
    }

    func next() throws(ArchiveReadingError) -> ArchiveEntry? {
        guard let entry = try wheel.next() else { return nil }
        record = nil
        if entry.path.hasSuffix(".dist-info/RECORD"), entry.size <= Self.maximumRecord { record = try readRecord() }
        return ArchiveEntry(
            path: installed(entry.path), kind: entry.kind, size: record?.count ?? entry.size, mode: entry.mode,
            modified: entry.modified, offset: entry.offset)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveReadingError) -> Int {
        guard let rest = record else { return try wheel.read(into: buffer) }
        buffer.copyBytes(from: rest.prefix(buffer.count))
        record = Array(rest.dropFirst(buffer.count))
        return min(rest.count, buffer.count)
    }

    private static let maximumRecord = 16 << 20

    /// Reads the RECORD and names in it what lies in `.data` by its place, as an installer does.
    private func readRecord() throws(ArchiveReadingError) -> [UInt8] {
        var bytes: [UInt8] = []
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = try wheel.read(into: buffer)
            if count == 0 { break }
            bytes.append(contentsOf: buffer[..<count])
        }
        let mark = Array(".data/".utf8)
        guard bytes[...].containsBytes(mark) else { return bytes }
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
            guard line.containsBytes(mark) else { return Array(line) }
            let end = line.firstIndex(of: UInt8(ascii: ",")) ?? line.endIndex
            let path = String(decoding: line[..<end], as: UTF8.self)
            let place = installed(path)
            let inside =
                place.hasPrefix(directory + "/")
                ? String(place.dropFirst(directory.utf8.count + 1))
                : "../../../" + place.dropFirst(prefix.isEmpty ? 0 : prefix.utf8.count + 1)
            return Array(inside.utf8) + line[end...]
        }
        return Array(lines.joined(separator: [UInt8(ascii: "\n")]))
    }

    /// The place of a member (https://packaging.python.org/en/latest/specifications/binary-distribution-format/).
    private func installed(_ path: String) -> String {
        let parts = path.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].hasSuffix(".data") else { return "\(directory)/\(path)" }
        switch parts[1] {
        case "purelib", "platlib": return "\(directory)/\(parts[2])"
        case "scripts": return "\(prefix)/bin/\(parts[2])"
        case "data": return prefix.isEmpty ? String(parts[2]) : "\(prefix)/\(parts[2])"
        default: return "\(directory)/\(path)"
        }
    }
}

extension FileSystemIndex {
    /// Returns the files with those of wheels, as an installer would add them.
    ///
    /// - Parameters:
    ///   - wheels: the paths of the wheels.
    ///   - directory: the site-packages directory, without a leading slash.
    package func installing(
        wheels: [String], into directory: String, limits: ReadingLimits
    ) throws(ImageReadingError) -> FileSystemIndex {
        var stack = LayerStack(image: "the wheels", continuing: tree)
        for path in wheels {
            let contents: LayerContents
            do throws(ArchiveReadingError) {
                let reader = try ZipReader(RegularFile(path: path), limits: limits, collisions: .refuseEqual)
                contents = try LayerReader(limits: limits, readsBinaries: true).read(
                    InstalledWheelReader(reader, directory: directory))
            } catch { throw ImageReadingError(image: path, reason: .archive(error)) }
            try stack.apply(contents, name: path)
        }
        return FileSystemIndex(stack.finish())
    }
}
