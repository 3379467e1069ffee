import ContentHashing
import EnvironmentInventory
import SourceDocuments

/// The sha256 that stands for a model's tree of files: names, types, contents, the execute bit and the targets of links.
///
/// One line an entry, ending with a line feed, in byte order of the paths:
/// - `PATH NUL HEX` for a file, with `NUL x` after it if its owner may execute it;
/// - `PATH NUL -> NUL TARGET` for a symbolic link;
/// - `PATH/ NUL` for a directory that holds nothing.
///
/// A line feed in a path or a target has a NUL after it.
enum TreeDigest {
    /// Computes the digest of a tree, leaving out some of its files.
    static func compute(of tree: ModelTree, without left: Set<String>) throws(HashingError) -> Digest {
        try compute(
            files: tree.files, links: tree.links.map { ModelLink(path: $0.path, target: $0.target) },
            emptyDirectories: tree.emptyDirectories, without: left)
    }

    /// Computes the digest of files, links and empty directories, leaving out some of the files.
    ///
    /// - Parameter files: those that links lead to are among them, under the links' paths too. One without a digest does not
    ///   count.
    static func compute(
        files: [some DigestedFile], links: [ModelLink], emptyDirectories: [String], without left: Set<String>
    ) throws(HashingError) -> Digest {
        let leftOut = Set(links.map { ByteText($0.path) }).union(left.map { ByteText($0) })
        var others = links.map { (path: $0.path, target: $0.target as String?) }
        others += emptyDirectories.map { ($0 + "/", nil) }
        others.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        // A model can have hundreds of thousands of files, and they mostly come in order: nothing is kept of each.
        let isInOrder = zip(files, files.dropFirst()).allSatisfy { first, second in
            !second.path.utf8.lexicographicallyPrecedes(first.path.utf8)
        }
        let order =
            isInOrder
            ? [] : files.indices.sorted { files[$0].path.utf8.lexicographicallyPrecedes(files[$1].path.utf8) }
        var hash = try ContentHash(.sha256)
        var bytes: [UInt8] = []
        var next = 0
        for position in files.indices {
            let file = files[isInOrder ? position : order[position]]
            guard let sha256 = file.contentDigest, leftOut.isEmpty || !leftOut.contains(ByteText(file.path)) else {
                continue
            }
            while next < others.count, others[next].path.utf8.lexicographicallyPrecedes(file.path.utf8) {
                append(others[next].path, others[next].target, to: &bytes)
                next += 1
            }
            append(name: file.path, to: &bytes)
            bytes.append(0)
            sha256.appendHex(to: &bytes)
            if file.isExecutable { bytes += [0, UInt8(ascii: "x")] }
            bytes.append(UInt8(ascii: "\n"))
            try hash.update(bytes)
            bytes.removeAll(keepingCapacity: true)
        }
        for other in others[next...] { append(other.path, other.target, to: &bytes) }
        try hash.update(bytes)
        return try hash.finish()
    }

    /// Adds the line of a link, or of an empty directory, which has no target.
    private static func append(_ path: String, _ target: String?, to bytes: inout [UInt8]) {
        append(name: path, to: &bytes)
        bytes.append(0)
        if let target {
            bytes += "->".utf8
            bytes.append(0)
            append(name: target, to: &bytes)
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    /// Adds a path or a target: a line feed in it is no line's end, because a NUL follows it, which no line begins with.
    private static func append(name: String, to bytes: inout [UInt8]) {
        for byte in name.utf8 {
            bytes.append(byte)
            if byte == UInt8(ascii: "\n") { bytes.append(0) }
        }
    }
}

/// A file as the digest of a tree counts it.
protocol DigestedFile {
    var path: String { get }
    /// The sha256 of its bytes; nil for one that does not count.
    var contentDigest: SHA256Value? { get }
    var isExecutable: Bool { get }
}

extension ModelFile: DigestedFile {
    var contentDigest: SHA256Value? { sha256 }
}

extension ModelTreeFile: DigestedFile {
    var contentDigest: SHA256Value? { sha256 }
}
