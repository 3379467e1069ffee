import ArchiveReading
import ContainerImages
import EnvironmentInventory
import SourceDocuments

/// Tells which package of a distribution has a shared library. What is not known is not guessed.
package enum SystemLibraryPackages {
    private static let table: [Substring: [Substring]] = Dictionary(
        SystemLibraryTable.rows.split { $0 == "\n" || $0 == ";" }.compactMap { row in
            let words = row.split(separator: " ")
            guard let library = words.first else { return nil }
            var packages: [Substring] = []
            for word in words.dropFirst() { packages.append(word == "=" ? packages.last ?? "-" : word) }
            return (library, packages)
        }, uniquingKeysWith: { first, _ in first })

    /// Returns the package of a library in a release, `["libgl1"]`; empty where it is not known.
    ///
    /// - Parameter distribution: `debian 12`, `ubuntu 24.04`: the id and version of os-release.
    package static func packages(for library: String, distribution: String?) -> [String] {
        guard let column = distribution.flatMap({ column($0) }), let row = table[library[...]], column < row.count,
            row[column] != "-"
        else { return [] }
        return [String(row[column])]
    }

    private static func column(_ distribution: String) -> Int? {
        let release: [String: String] = [
            "debian 11": "bullseye", "debian 12": "bookworm", "debian 13": "trixie", "ubuntu 22.04": "jammy",
            "ubuntu 24.04": "noble",
        ]
        return release[distribution].flatMap { SystemLibraryTable.releases.firstIndex(of: $0) }
    }

    /// Reads the id and version of an image's distribution from os-release.
    package static func distribution(_ files: FileSystemIndex) -> String? {
        guard let bytes = files.contents(of: "etc/os-release") ?? files.contents(of: "usr/lib/os-release") else {
            return nil
        }
        var fields: [Substring: Substring] = [:]
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            guard let sign = line.firstIndex(of: "=") else { continue }
            fields[line[..<sign]] = line[line.index(after: sign)...].filter { $0 != "\"" && $0 != "'" }[...]
        }
        guard let id = fields["ID"], let version = fields["VERSION_ID"] else { return nil }
        return "\(id) \(version)"
    }
}

/// The archive's own list of files, `Contents-amd64`, plain or as it is (https://wiki.debian.org/RepositoryFormat#A.22Contents.22_indices).
package struct ContentsFile: Sendable {
    private let packages: [String: [String]]

    /// The longest line that is read.
    private static let maximumLine = 65_536

    /// Reads the rows of shared libraries of a list.
    package init(_ text: String) {
        var packages: [String: [String]] = [:]
        for line in text.utf8.split(separator: UInt8(ascii: "\n")) { Self.add(Array(line)[...], to: &packages) }
        self.packages = packages.mapValues { Array(Set($0)).sorted() }
    }

    /// Reads a list from a file, plain or compressed.
    package init(path: String, limits: ReadingLimits) throws(ArchiveReadingError) {
        let source = try Decompressor(FileByteSource(try RegularFile(path: path)), limits: limits)
        var packages: [String: [String]] = [:]
        var rest: [UInt8] = []
        try source.forEachPiece { (piece) throws(ArchiveReadingError) in
            var start = 0
            while start < piece.count {
                let end = piece[start...].firstIndex(of: UInt8(ascii: "\n")) ?? piece.count
                rest.append(contentsOf: piece[start..<min(end, start + Self.maximumLine)])
                if end < piece.count {
                    Self.add(rest[...], to: &packages)
                    rest = []
                } else if rest.count > Self.maximumLine {
                    rest = []
                }
                start = end + 1
            }
        }
        Self.add(rest[...], to: &packages)
        self.packages = packages.mapValues { Array(Set($0)).sorted() }
    }

    private static func add(_ line: ArraySlice<UInt8>, to packages: inout [String: [String]]) {
        guard line.starts(with: "usr/lib/".utf8) || line.starts(with: "lib/".utf8), PathBytes.contains(line, ".so"),
            let space = line.lastIndex(of: UInt8(ascii: " "))
        else { return }
        let path = String(decoding: line[..<space], as: UTF8.self).split(separator: " ").joined(separator: " ")
        guard let slash = path.lastIndex(ofByte: UInt8(ascii: "/")) else { return }
        // Only the default directories: a library below them is not found by its name.
        guard isDefault(path[..<slash].split(separator: "/")) else { return }
        let owners = String(decoding: line[(space + 1)...], as: UTF8.self)
        let names = owners.split(separator: ",").compactMap { $0.split(separator: "/").last.map(String.init) }
        packages[String(path[path.index(after: slash)...]), default: []] += names
    }

    /// Whether a loader looks into a directory that nothing names: `usr/lib`, or that of an architecture in it. Programs have
    /// directories of their own beside these, with copies of libraries that no other program finds (`usr/lib/firefox-esr`).
    private static func isDefault(_ directory: [Substring]) -> Bool {
        let parts = directory.first == "usr" ? directory.dropFirst() : directory[...]
        return parts.count == 1 || (parts.count == 2 && parts.last.map { $0.contains("-linux-gnu") } ?? false)
    }

    /// The ends of names of packages that are for building or debugging.
    private static let developing = ["-dev", "-dbg", "-dbgsym", "-cross", "-udeb"]
    /// Parts of names of packages that stand in for another one: `libqt5gui5-gles`, `libavcodec-extra59`.
    private static let variants = ["-gles", "-extra", "-wayland", "-shim", "elogind"]

    /// Returns the package of a library; empty where there is none or more than one that is not a variant of another.
    package func packages(for library: String) -> [String] {
        let names = (packages[library] ?? []).filter { name in !Self.developing.contains { name.hasSuffix($0) } }
        let plain = names.filter { name in !Self.variants.contains { name.contains($0) } }
        if plain.count == 1 { return plain }
        return names.count == 1 ? names : []
    }
}
