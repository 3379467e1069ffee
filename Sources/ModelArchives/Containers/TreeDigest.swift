import ContentHashing
import EnvironmentInventory

/// The sha256 that stands for a model's tree of files: names, types, contents, the execute bit and the targets of links.
///
/// One line an entry, ending with a line feed, in byte order of the paths:
/// - `PATH NUL HEX` for a file, with `NUL x` after it if its owner may execute it;
/// - `PATH NUL -> NUL TARGET` for a symbolic link;
/// - `PATH/ NUL` for a directory that holds nothing.
enum TreeDigest {
    /// Computes the digest of a tree, leaving out some of its files.
    static func compute(of tree: ModelTree, without left: Set<String>) throws(HashingError) -> Digest {
        try compute(
            files: tree.files.compactMap { file in
                file.digest.map {
                    ModelFile(path: file.path, sha256: $0, size: file.size, isExecutable: file.isExecutable)
                }
            }, links: tree.links.map { ModelLink(path: $0.path, target: $0.target) },
            emptyDirectories: tree.emptyDirectories, without: left)
    }

    /// Computes the digest of files, links and empty directories, leaving out some of the files.
    ///
    /// - Parameter files: those that links lead to are among them, under the links' paths too.
    static func compute(
        files: [ModelFile], links: [ModelLink], emptyDirectories: [String], without left: Set<String>
    ) throws(HashingError) -> Digest {
        let targets = Set(links.map(\.path))
        // Of a file only its index is kept: a model can have hundreds of thousands.
        var lines: [(path: String, source: Line)] = []
        lines.reserveCapacity(files.count + links.count + emptyDirectories.count)
        for (index, file) in files.enumerated() where !targets.contains(file.path) && !left.contains(file.path) {
            lines.append((file.path, .file(index)))
        }
        for (index, link) in links.enumerated() { lines.append((link.path, .link(index))) }
        for directory in emptyDirectories { lines.append((directory + "/", .directory)) }
        lines.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        var hash = try ContentHash(.sha256)
        var bytes: [UInt8] = []
        for line in lines {
            bytes.removeAll(keepingCapacity: true)
            bytes += line.path.utf8
            bytes.append(0)
            switch line.source {
            case .file(let index):
                bytes += files[index].sha256.hex.utf8
                if files[index].isExecutable { bytes += [0, UInt8(ascii: "x")] }
            case .link(let index):
                bytes += "->".utf8
                bytes.append(0)
                bytes += links[index].target.utf8
            case .directory: break
            }
            bytes.append(UInt8(ascii: "\n"))
            try hash.update(bytes)
        }
        return try hash.finish()
    }

    /// What a line is made of.
    private enum Line {
        case file(Int), link(Int), directory
    }
}
