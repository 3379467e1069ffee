import ContentHashing
import DockerfileFreezing
import EnvironmentInventory
import LockFormats
import ModelArchives

/// What is frozen: a lock on disk, or the strongest lock inside of a model.
struct FreezeSource {
    /// The lock's file name, without its directory.
    let name: String
    /// The sha256 of its bytes.
    let digest: Digest
    let document: LockDocument
    /// The directory with the lock's own project; nil when the lock lies in a model.
    let projectFolder: String?
    /// The model that goes into the image, and where it lies.
    let model: (path: String, content: Model)?

    init(_ request: FreezeRequest) throws(InputError) {
        let reader = SubjectReader(target: nil, reading: request.reading)
        let kind = try reader.kind(of: request.lock)
        let path = SubjectReader.withoutPrefix(request.lock)
        if kind == .model {
            guard request.model == nil else {
                throw InputError(FreezingError.modelOfModel(request.lock))
            }
            let model = try Self.readModel(path, request.reading)
            let lock = try Self.lock(of: model)
            name = fileName(lock.file.split(separator: "!").last.map(String.init) ?? lock.file)
            digest = try InputError.wrapping { () throws(HashingError) in try ContentHash.sha256(of: lock.bytes) }
            document = lock.document
            projectFolder = nil
            self.model = (path, model)
            return
        }
        let lock = try reader.openLock(path)
        name = fileName(path)
        digest = lock.digest
        document = lock.document
        projectFolder = folder(of: path)
        self.model = try request.model.map { path throws(InputError) in
            (path, try Self.readModel(path, request.reading))
        }
    }

    private static func readModel(_ path: String, _ reading: ReadingOptions) throws(InputError) -> Model {
        try InputError.wrapping { () throws(ModelReadingError) in
            try ModelReader.read(path: path, limits: reading.limits)
        }
    }

    /// The lock that the model itself holds.
    private static func lock(of model: Model) throws(InputError) -> EmbeddedLock {
        if let contradiction = model.findings.first(where: { $0.rule == "contradicting-facts" }) {
            throw InputError(
                "\(model.name): \(contradiction.message); nothing says which of them to serve. Name the lock that made it: "
                    + "pinproof freeze LOCK --model \(model.name)")
        }
        let locks = model.rankedLocks.filter { lock in
            lock.document.packages.contains { $0.hashes.contains { !$0.algorithm.isWeak } }
        }
        if let lock = locks.first { return lock }
        let said = model.environment.packages.map { package in
            let version = package.version.map { "==\($0)" } ?? package.versionRequirement ?? ""
            let place = package.source.map { " (\($0.file)\($0.line.map { ":\($0)" } ?? ""))" } ?? ""
            return "\n  \(package.name)\(version)\(place)"
        }
        throw InputError(
            "\(model.name): nothing in it is locked by hash, so that the packages that trained it are not known:\(said.joined())\n"
                + "record the environment that trained it (pinproof capture ENV --into \(model.name)), lock its requirements "
                + "(uv pip compile requirements.txt --generate-hashes), or name a lock: "
                + "pinproof freeze LOCK --model \(model.name)")
    }

    /// The lock narrowed to a target.
    func environment(_ target: Target) throws(InputError) -> Environment {
        try InputError.wrapping { () throws(LockReadingError) in try document.environment(target: target) }
    }

    /// A file of the lock's project beside it; nil when there is none.
    func projectFile(_ name: String) throws(InputError) -> Installation.ProjectFile? {
        guard let projectFolder, isRegularFile(join(projectFolder, name)) else { return nil }
        let text = try readText(join(projectFolder, name))
        do { try text.checkUTF8() } catch { throw InputError(error.description) }
        return Installation.ProjectFile(name: name, text: text.string(0..<text.bytes.count))
    }

    /// The manifest that the lock was made from; nil when it is not beside the lock, or belongs to another tool.
    func manifest() throws(InputError) -> Installation.ProjectFile? {
        guard let native = document.format.nativeInstaller, name == native.lockFile else { return nil }
        for (manifest, table) in native.manifests {
            guard let file = try projectFile(manifest), table.map({ file.text.contains($0) }) ?? true else { continue }
            return file
        }
        return nil
    }
}
