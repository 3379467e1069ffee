import ContentHashing
import EnvironmentInventory
import SourceDocuments

/// What an installation has beside the files of its content digest: launchers, rewritten scripts, and files of an
/// installation that has no such digest.
struct InstalledScripts {
    private var rows: [(path: String, sha256: SHA256Value)] = []

    /// Adds the launcher of an entry point, which every installer writes in its own words: what it calls, or else what it is.
    mutating func add(launcher path: String, _ file: InstalledFile, bytes: [UInt8]?, target: String, isForeign: Bool) {
        if isForeign {
            add(script: path, file, bytes: bytes)
        } else {
            add(path, Self.sha256(Array("calls \(target)".utf8)) ?? file.sha256)
        }
    }

    /// Adds a script whose first line an installer has rewritten: what follows that line, or only how long it is where the
    /// bytes of a large one were not kept.
    mutating func add(script path: String, _ file: InstalledFile, bytes: [UInt8]?) {
        guard bytes == nil, let end = file.head.firstIndex(of: UInt8(ascii: "\n")) else {
            return add(
                path, bytes.flatMap { LauncherScript.body($0) }.flatMap { Self.sha256(Array($0)) } ?? file.sha256)
        }
        add(path, Self.sha256(Array("script of \(file.size - end - 1) bytes".utf8)) ?? file.sha256)
    }

    /// Adds a file.
    mutating func add(_ path: String, _ sha256: SHA256Value) { rows.append((path, sha256)) }

    /// The digest over all of them and the content: the content digest, or the files that are there where there is none.
    func digest(
        content: Digest?, files: [(path: String, sha256: SHA256Value)]
    ) throws(HashingError) -> Digest {
        let content = content.flatMap { SHA256Value($0) }.map { [(path: "<content>", sha256: $0)] }
        // Two files may have one path; their order in the record says nothing.
        let all = ((content ?? files) + rows).sorted {
            let (one, other) = (ByteText($0.path), ByteText($1.path))
            return one == other ? $0.sha256.digest.hex < $1.sha256.digest.hex : one < other
        }
        return try ContentDigest.compute(all)
    }

    private static func sha256(_ bytes: [UInt8]) -> SHA256Value? {
        (try? ContentHash.sha256(of: bytes)).flatMap { SHA256Value($0) }
    }
}
