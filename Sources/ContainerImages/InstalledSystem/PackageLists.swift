import ArchiveReading
import EnvironmentInventory
import SourceDocuments

/// Which version of a package of the operating system an image's own package manager knows by its name: the one that is
/// installed, else the newest of the package lists that lie in the image (apt's `var/lib/apt/lists`, apk's `APKINDEX`).
package struct PackageLists: Sendable {
    /// The text of os-release; empty when the image has none.
    package let operatingSystem: String
    /// Lists that could not be read, a sentence each.
    package private(set) var unread: [String] = []
    private var versions: [Ecosystem: [String: String]] = [:]

    /// The version of a package; nil when neither the database nor a list names it, or they name several and none is newest.
    package func version(of name: String, in ecosystem: Ecosystem) -> String? { versions[ecosystem]?[name] }

    /// Says what is known, without an image.
    package init(operatingSystem: String, versions: [Ecosystem: [String: String]]) {
        self.operatingSystem = operatingSystem
        self.versions = versions
    }

    /// Reads what an image knows; its lists count where it was read with `keepsPackageLists`.
    package init(_ image: Image) {
        self.init(
            image.fileSystem, packages: image.environment.packages,
            architecture: image.environment.platform?.architecture)
    }

    init(_ files: FileSystemIndex, packages: [Package], architecture: String?) {
        operatingSystem =
            (files.contents(of: "etc/os-release") ?? files.contents(of: "usr/lib/os-release"))
            .map { String(decoding: $0, as: UTF8.self) } ?? ""
        readAptLists(files, architecture: architecture)
        readApkIndexes(files)
        // What is installed is what the name gives, whatever the lists say.
        let system: Set<Ecosystem> = [.apt, .apk, .rpm]
        var installed: [Ecosystem: [String: Set<String>]] = [:]
        for package in packages where system.contains(package.ecosystem) {
            if package.recordCheck == .uncheckable(DebianPackages.onlyConfiguration) { continue }
            if let version = package.version {
                installed[package.ecosystem, default: [:]][package.name, default: []].insert(version)
            }
        }
        for (ecosystem, packages) in installed {
            for (name, found) in packages {
                versions[ecosystem, default: [:]][name] = found.count == 1 ? found.first : nil
            }
        }
    }

    // MARK: apt (https://wiki.debian.org/DebianRepository/Format)

    private static let folder = "var/lib/apt/lists"
    private static let architectures = ["arm": "armhf", "386": "i386", "ppc64le": "ppc64el"]

    private mutating func readAptLists(_ files: FileSystemIndex, architecture: String?) {
        let names = files.names(in: Self.folder) ?? []
        let wanted = architecture.map { Self.architectures[$0] ?? $0 }
        // Backports and their kind are installed only when asked for.
        let left = names.filter { name in
            name.hasSuffix("Release")
                && files.contents(of: "\(Self.folder)/\(name)").map(Self.isNotAutomatic) ?? false
        }.map { $0.hasSuffix("InRelease") ? $0.dropLast("InRelease".count) : $0.dropLast("Release".count) }
        var newest: [String: DebianVersion] = [:]
        for name in names where name.containsText("_Packages") {
            if left.contains(where: { name.hasPrefix($0) }) { continue }
            if let wanted, name.containsText("_binary-"), !name.containsText("_binary-\(wanted)_"),
                !name.containsText("_binary-all_")
            {
                continue
            }
            let path = "\(Self.folder)/\(name)"
            guard let stored = files.contents(of: path) else {
                unread.append("\(path) is too large to be read")
                continue
            }
            do throws(ArchiveReadingError) { Self.read(try Self.decompressed(stored, path), into: &newest) } catch {
                unread.append(error.description)
            }
        }
        if !newest.isEmpty { versions[.apt] = newest.mapValues(\.text) }
    }

    private static func isNotAutomatic(_ bytes: [UInt8]) -> Bool {
        bytes.split(separator: UInt8(ascii: "\n")).prefix(40).contains {
            String(decoding: $0, as: UTF8.self).lowercased().hasPrefix("notautomatic: yes")
        }
    }

    private static func read(_ bytes: [UInt8], into newest: inout [String: DebianVersion]) {
        var name: String?
        var version: String?
        func end() {
            if let name, let version {
                let found = DebianVersion(version)
                if newest[name].map({ $0 < found }) ?? true { newest[name] = found }
            }
        }
        for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            if line.isEmpty {
                end()
                (name, version) = (nil, nil)
            } else if line.starts(with: "Package: ".utf8) {
                name = String(decoding: line.dropFirst(9), as: UTF8.self)
            } else if line.starts(with: "Version: ".utf8) {
                version = String(decoding: line.dropFirst(9), as: UTF8.self)
            }
        }
        end()
    }

    // MARK: apk (https://wiki.alpinelinux.org/wiki/Apk_spec)

    private mutating func readApkIndexes(_ files: FileSystemIndex) {
        var found: [String: Set<String>] = [:]
        for folder in ["var/cache/apk", "etc/apk/cache"] {
            for name in files.names(in: folder) ?? [] where name.hasPrefix("APKINDEX.") && name.hasSuffix(".tar.gz") {
                let path = "\(folder)/\(name)"
                guard let stored = files.contents(of: path) else { continue }
                do throws(ArchiveReadingError) {
                    let reader = try TarReader(MemoryByteSource(stored, name: path))
                    while let entry = try reader.next() {
                        guard entry.path == "APKINDEX", entry.size <= KeptFiles.packageListBytes else { continue }
                        let bytes = try Self.whole(EntryByteSource(reader, name: "\(path)!APKINDEX"))
                        let reading = AlpineParagraph.read(SourceText(name: path, bytes: bytes))
                        for paragraph in reading.value {
                            found[paragraph.name, default: []].insert(paragraph.version)
                        }
                        unread += reading.gaps.map(\.description)
                    }
                } catch { unread.append(error.description) }
            }
        }
        // Two repositories with two versions: which one apk takes is its own order, not guessed here.
        for (name, versions) in found where versions.count == 1 {
            self.versions[.apk, default: [:]][name] = versions.first
        }
    }

    private static func decompressed(_ bytes: [UInt8], _ path: String) throws(ArchiveReadingError) -> [UInt8] {
        let source = MemoryByteSource(bytes, name: path)
        // apt keeps lists as lz4 where Acquire::GzipIndexes is set, as in Debian's own images.
        if let compression = JoblibCompression.detect(bytes.prefix(13)), compression == .lz4 {
            return try whole(JoblibDecompressor(source, compression))
        }
        return try whole(Decompressor(source))
    }

    private static func whole(_ source: any ByteSource) throws(ArchiveReadingError) -> [UInt8] {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
        defer { buffer.deallocate() }
        var bytes: [UInt8] = []
        while true {
            let count = try source.read(into: buffer)
            if count == 0 { return bytes }
            guard bytes.count + count <= KeptFiles.packageListBytes else {
                throw ArchiveReadingError(
                    archive: source.name, offset: bytes.count,
                    reason: .limit("a package list has more than \(KeptFiles.packageListBytes) bytes"))
            }
            bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }
}
