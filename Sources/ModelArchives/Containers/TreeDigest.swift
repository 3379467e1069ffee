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
        let targets = Dictionary(tree.links.map { ($0.path, $0.target) }) { first, _ in first }
        var lines: [(path: String, rest: [UInt8])] = []
        for file in tree.files where targets[file.path] == nil && !left.contains(file.path) {
            guard let digest = file.digest else { continue }
            lines.append((file.path, Array(digest.hex.utf8) + (file.isExecutable ? [0, UInt8(ascii: "x")] : [])))
        }
        for link in tree.links {
            lines.append((link.path, Array("->".utf8) + [0] + Array(link.target.utf8)))
        }
        for directory in tree.emptyDirectories { lines.append((directory + "/", [])) }
        lines.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        var hash = try ContentHash(.sha256)
        for line in lines { try hash.update(Array(line.path.utf8) + [0] + line.rest + [UInt8(ascii: "\n")]) }
        return try hash.finish()
    }
}
