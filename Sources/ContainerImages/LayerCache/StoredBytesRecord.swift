import ArchiveReading
import ContentHashing
import EnvironmentInventory
internal import Synchronization

/// That the bytes of a file on this machine were held against their digest, and when they were last written.
///
/// Large layers take most of the time of a warm run if they are hashed once more. A file whose mark is the one that was noted
/// has the bytes that were hashed: whatever writes to it, or puts another file in its place, changes the mark.
struct StoredBytesRecord: Sendable {
    /// How the files of records end.
    static let ending = ".seen"
    private static let version = 1

    /// The name of the record.
    let key: String
    /// The two lines of the record: what is noted, and its digest.
    let bytes: [UInt8]

    /// Nil for bytes whose mark tells nothing.
    init?(_ mark: FileChangeMark?, digest: Digest) {
        guard let mark,
            let key = try? ContentHash.sha256(
                of: Array("pinproof/stored-bytes\n\(Self.version)\n\(digest)\n\(mark.place)\n".utf8)),
            let bytes = Self.lines("pinproof/stored-bytes/\(Self.version) \(digest) \(mark.place) \(mark.state)")
        else { return nil }
        self.key = key.hex
        self.bytes = bytes
    }

    private static func lines(_ text: String) -> [UInt8]? {
        (try? ContentHash.sha256(of: Array(text.utf8))).map { Array("\(text)\n\($0.hex)\n".utf8) }
    }

    /// Whether bytes are a record, if only one of another state of the file.
    static func isRecord(_ bytes: [UInt8]) -> Bool {
        let text = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        return lines(text) == bytes
    }
}

/// Notes the file that a layer is read of, to tell afterwards that it was the same one all the time.
final class StoredBytesWitness: Sendable {
    private let seen = Mutex<[(stretch: FileStretch, mark: FileChangeMark?)]>([])

    /// The same layer, whose opening is noted.
    func watch(_ blob: LayerBlob) -> LayerBlob {
        LayerBlob(
            name: blob.name, digest: blob.digest, size: blob.size, diffID: blob.diffID, offset: blob.offset,
            open: { () throws(ArchiveReadingError) in
                let source = try blob.open()
                if let stretch = (source as? FileByteSource)?.stretch {
                    let mark = stretch.changeMark()
                    self.seen.withLock { $0.append((stretch, mark)) }
                }
                return source
            })
    }

    /// The mark of the file; nil where it changed meanwhile, or tells nothing.
    var mark: FileChangeMark? {
        seen.withLock { seen in
            guard seen.count == 1, let only = seen.first, let mark = only.mark, only.stretch.changeMark() == mark else {
                return nil
            }
            return mark
        }
    }
}
