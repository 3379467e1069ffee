import ArchiveReading
import EnvironmentInventory
import SourceDocuments

/// Refuses a Kitfile whose model is another ModelKit: `kit unpack` unpacks that too, before this one's layers
/// (https://kitops.org/docs/kitfile/format/, `model.path`).
enum KitfileReference {
    /// Reads the configuration of a ModelKit, which is its Kitfile as JSON.
    static func check(_ blob: LayerBlob, limits: ReadingLimits, name: String) throws(ArchiveReadingError) {
        let source = try VerifyingByteSource(blob.open(), digest: blob.digest, size: blob.size)
        let bytes = try source.readAll(limit: limits.configurationBytes, expected: blob.size ?? 0)
        let path: String?
        do throws(DocumentError) {
            let kitfile = try JSONTable(bytes, name: blob.name, limits: limits)
            path = try kitfile.table("model")?.string("path")
        } catch {
            throw ArchiveReadingError(
                archive: name, reason: .damaged("its Kitfile cannot be read: \(error.description)"))
        }
        guard let path, isReference(path) else { return }
        throw ArchiveReadingError(
            archive: name, reason: .limit("its model is that of another ModelKit, '\(path)', which is not read"))
    }

    /// Whether a path has the form of a reference. KitOps takes for one what has a `:` or `@` and is a repository with a
    /// tag or a digest, which begins with a letter or a digit (https://github.com/kitops-ml/kitops, `IsModelKitReference`).
    private static func isReference(_ path: String) -> Bool {
        guard let first = path.utf8.first, first != UInt8(ascii: "."), first != UInt8(ascii: "/") else { return false }
        return path.utf8.contains { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "@") }
    }
}
