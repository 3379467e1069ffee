import ArchiveReading
import ContentHashing
import EnvironmentInventory
import Glibc
import ModelArchives
import Pinproof

/// Copies a model into a folder of its own, whole or not at all, and holds each file against the digest that was read.
enum ModelCopy {
    /// Whether a folder holds exactly the files of a model.
    static func isSame(_ folder: String, as model: Model, isFile: Bool) -> Bool {
        guard let copy = try? ModelReader.read(path: isFile ? join(folder, fileName(model.name)) : folder) else {
            return false
        }
        return copy.treeDigest == model.treeDigest
    }

    /// Copies the model at `path` to a folder; one that is there is exchanged only when `replacing` is true.
    static func copy(_ path: String, _ model: Model, to folder: String, replacing: Bool) throws {
        let staging = "\(folder).\(getpid()).new"
        removeTree(staging)
        do {
            try makeFolder(staging)
            if isRegularFile(path) {
                // An archive's own digest was not taken: what is inside of it was.
                _ = try copyFile(path, to: join(staging, fileName(path)))
            } else {
                for file in model.files {
                    let target = join(staging, file.path)
                    try makeFolder(Pinproof.folder(of: target))
                    guard try copyFile(join(path, file.path), to: target) == file.sha256.digest else {
                        throw OutputError("\(join(path, file.path)): it changed while it was read")
                    }
                }
            }
            if exists(folder) {
                guard replacing else { throw OutputError("\(folder): already exists; use --force to replace it") }
                let old = "\(folder).\(getpid()).old"
                guard rename(folder, old) == 0 else { throw OutputError("\(folder): \(systemMessage(errno))") }
                defer { removeTree(old) }
                guard rename(staging, folder) == 0 else {
                    let reason = errno
                    rename(old, folder)
                    throw OutputError("\(folder): \(systemMessage(reason))")
                }
                return
            }
            guard rename(staging, folder) == 0 else { throw OutputError("\(folder): \(systemMessage(errno))") }
        } catch {
            removeTree(staging)
            throw error
        }
    }

    private static func copyFile(_ path: String, to target: String) throws -> Digest {
        let file: RegularFile
        do { file = try RegularFile(path: path) } catch { throw OutputError(error.description) }
        let descriptor = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw OutputError("\(target): cannot be written: \(systemMessage(errno))") }
        defer { close(descriptor) }
        do {
            var hash = try ContentHash(.sha256)
            var offset = 0
            while offset < file.size {
                let bytes = try file.bytes(at: offset, count: min(1 << 20, file.size - offset))
                guard !bytes.isEmpty else { throw OutputError("\(path): it became shorter while it was read") }
                let failure = AtomicFile.writeAll(bytes, to: descriptor)
                guard failure == 0 else {
                    throw OutputError("\(target): cannot be written: \(systemMessage(failure))")
                }
                try hash.update(bytes)
                offset += bytes.count
            }
            guard fsync(descriptor) == 0 else {
                throw OutputError("\(target): cannot be written: \(systemMessage(errno))")
            }
            return try hash.finish()
        } catch let error as OutputError { throw error } catch { throw OutputError("\(path): \(error)") }
    }

    private static let deepestFolder = 64

    /// Takes away a folder of ours; links are taken away, not followed.
    private static func removeTree(_ path: String, depth: Int = 0) {
        var status = stat()
        guard depth < deepestFolder, lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFDIR, let directory = opendir(path) else {
            unlink(path)
            return
        }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        closedir(directory)
        for name in names { removeTree(join(path, name), depth: depth + 1) }
        rmdir(path)
    }
}
