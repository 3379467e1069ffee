import BinaryLoading
import TestSupport
import Testing

/// Reads a file in pieces of a size.
func read(_ bytes: [UInt8], piece: Int = 1 << 18, isPackageFile: Bool = true, isLoader: Bool = false) -> BinaryFile {
    var stream = ELFStream(size: bytes.count, isPackageFile: isPackageFile, isLoader: isLoader)
    bytes.withUnsafeBytes { all in
        var start = 0
        while start < all.count {
            let end = min(all.count, start + piece)
            stream.update(UnsafeRawBufferPointer(rebasing: all[start..<end]))
            start = end
        }
    }
    return stream.finish()
}

/// Reads a file that has to be ELF.
func elf(_ bytes: [UInt8], piece: Int = 1 << 18) throws -> ELFFile {
    guard case .elf(let file) = read(bytes, piece: piece) else {
        Issue.record("\(read(bytes, piece: piece))")
        throw NotELF()
    }
    return file
}

struct NotELF: Error {}

/// A file system of a test: paths with files and links.
struct TestFiles: LoaderFiles {
    private var files: [String: (number: Int, binary: BinaryFile?, bytes: [UInt8])] = [:]
    private var links: [String: String] = [:]
    private var directories: Set<String> = ["/"]

    mutating func add(_ path: String, _ elf: ELFBytes) { add(path, elf.build()) }

    mutating func add(_ path: String, _ bytes: [UInt8]) {
        var parent = path
        while let slash = parent.lastIndex(of: "/"), slash != parent.startIndex {
            parent = String(parent[..<slash])
            directories.insert(parent)
        }
        let isLibrary = path.contains(".so")
        let damage = bytes.withUnsafeBytes { ELFStream.damage(size: bytes.count, head: $0) }
        let binary: BinaryFile? =
            damage == nil
            ? read(bytes, isLoader: path.contains("/ld-")) : isLibrary ? damage.map { .damaged($0) } : nil
        files[path] = (files.count, binary, bytes)
    }

    mutating func link(_ path: String, _ target: String) { links[path] = target }
    mutating func remove(_ path: String) { files[path] = nil }

    private func resolved(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        var current = "/" + parts.joined(separator: "/")
        for _ in 0..<8 {
            guard let target = links[current] else { break }
            current =
                target.hasPrefix("/")
                ? target : current[..<(current.lastIndex(of: "/") ?? current.startIndex)] + "/" + target
        }
        return current
    }

    func loaderFile(_ path: String) -> LoaderFile? {
        let path = resolved(path)
        return files[path].map { LoaderFile(path: path, number: $0.number, binary: $0.binary) }
    }
    func isLoaderDirectory(_ path: String) -> Bool {
        directories.contains(path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : resolved(path))
    }
    func loaderBytes(_ path: String) -> [UInt8]? { files[resolved(path)]?.bytes }
    func loaderNames(_ path: String) -> [String]? { nil }
}
