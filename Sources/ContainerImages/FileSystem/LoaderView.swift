import ArchiveReading
import BinaryLoading

/// Reads one file for a loader, if it is a program or has the name of a library.
struct BinaryReader {
    private enum State {
        case start
        case program(ELFStream)
        case damaged(BinaryDamage)
        case other
    }

    private let path: [UInt8]
    private let expected: Int
    private let isLibrary: Bool
    private var state = State.start
    private var head: [UInt8] = []

    init(path: [UInt8], size: Int) {
        self.path = path
        expected = size
        isLibrary = Self.isLibraryName(path)
    }

    mutating func update(_ piece: UnsafeRawBufferPointer) {
        switch state {
        case .program(var stream):
            // The stream is moved out while it changes, so that what it holds is not copied.
            state = .other
            stream.update(piece)
            state = .program(stream)
        case .start:
            if head.isEmpty, piece.count >= 64 { return begin(piece) }
            // A first piece that is shorter than a header.
            head.append(contentsOf: piece.prefix(4096))
            if head.count >= 64 || head.count >= expected {
                let bytes = head
                head = []
                bytes.withUnsafeBytes { begin($0) }
                if piece.count > 4096 { update(UnsafeRawBufferPointer(rebasing: piece[4096...])) }
            }
        case .damaged, .other: return
        }
    }

    private mutating func begin(_ piece: UnsafeRawBufferPointer) {
        if ELFStream.begins(piece) {
            var stream = ELFStream(
                size: expected, isPackageFile: PathBytes.contains(path[...], "-packages/"),
                isLoader: Self.isLoaderName(path))
            stream.update(piece)
            state = .program(stream)
        } else if isLibrary, let damage = ELFStream.damage(size: expected, head: piece) {
            state = .damaged(damage)
        } else {
            state = .other
        }
    }

    mutating func finish(size: Int) -> BinaryFile? {
        switch state {
        case .program(var stream): return stream.finish()
        case .damaged(let damage): return .damaged(damage)
        case .start:
            guard isLibrary else { return nil }
            return head.withUnsafeBytes { ELFStream.damage(size: size, head: $0) ?? .tooShort }.map { .damaged($0) }
        case .other: return nil
        }
    }

    /// Whether a name ends in `.so`, or in `.so.` and numbers.
    static func isLibraryName(_ path: [UInt8]) -> Bool {
        let name = path[((path.lastIndex(of: UInt8(ascii: "/")) ?? -1) + 1)...]
        if PathBytes.ends(path, ".so") { return true }
        guard let last = name.last, last.isASCIIDigit, PathBytes.contains(name, ".so.") else { return false }
        return true
    }

    private static func isLoaderName(_ path: [UInt8]) -> Bool {
        let name = path[((path.lastIndex(of: UInt8(ascii: "/")) ?? -1) + 1)...]
        return name.starts(with: "ld".utf8) && (PathBytes.contains(name, ".so"))
    }
}

extension BinaryDamage? {
    fileprivate func map(_ transform: (BinaryDamage) -> BinaryFile) -> BinaryFile? {
        switch self {
        case .some(let damage): transform(damage)
        case .none: nil
        }
    }
}

extension FileSystemIndex: LoaderFiles {
    /// Returns the file at an absolute path as a loader finds it.
    package func loaderFile(_ path: String) -> LoaderFile? {
        guard let entry = lookup(path) else { return nil }
        // A loader opens a directory as well, and ends its search at what it cannot read.
        if entry.kind == .directory {
            return LoaderFile(
                path: "/" + entry.path, number: -1, binary: .damaged(.malformed("it is a directory")))
        }
        guard entry.kind == .file else { return nil }
        return LoaderFile(path: "/" + entry.path, number: Int(entry.content), binary: binary(of: entry))
    }

    /// Returns whether a directory is at an absolute path.
    package func isLoaderDirectory(_ path: String) -> Bool { lookup(path)?.kind == .directory }

    /// Returns the bytes of a configuration file that was kept.
    package func loaderBytes(_ path: String) -> [UInt8]? { contents(of: path) }

    /// Returns the names in a directory.
    package func loaderNames(_ path: String) -> [String]? { names(in: path) }
}
