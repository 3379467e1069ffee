import ArchiveReading

/// The entries of a wheel where an installer puts them.
private final class InstalledWheelReader: ArchiveEntryReader {
    private let wheel: ZipReader
    private let directory: String
    private let prefix: String
    var name: String { wheel.name }

    init(_ wheel: ZipReader, directory: String) {
        self.wheel = wheel
        self.directory = directory
        // `usr/local` of `usr/local/lib/python3.11/site-packages`.
        prefix = directory.split(separator: "/").dropLast(3).joined(separator: "/")
    }

    func next() throws(ArchiveReadingError) -> ArchiveEntry? {
        guard let entry = try wheel.next() else { return nil }
        return ArchiveEntry(
            path: installed(entry.path), kind: entry.kind, size: entry.size, mode: entry.mode, modified: entry.modified,
            offset: entry.offset)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveReadingError) -> Int {
        try wheel.read(into: buffer)
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
