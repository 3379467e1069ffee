/// Reads a model: its container, its format, and what it says about the environment that made it.
public struct ModelReader {
    /// Reads the directory or file at a path, to its last byte, without running anything of it.
    public static func read(path: String, limits: ReadingLimits = ReadingLimits()) throws(ModelReadingError) -> Model {
        let tree: ModelTree
        do throws(ArchiveReadingError) { tree = try ModelScanner(limits: limits).scan(path: path) } catch {
            throw ModelReadingError(model: path, reason: .archive(error))
        }
        var collection = ModelCollection(name: path)
        do throws(DocumentError) {
            try collection.collect(tree)
            if tree.kind == .file { try collection.readNeighbour(of: path) }
        } catch {
            let named = DocumentError(
                file: collection.located(error.file, in: tree), place: error.place, reason: error.reason)
            throw ModelReadingError(model: path, reason: .document(named))
        }
        guard let format = collection.format else { throw ModelReadingError(model: path, reason: .notAModel) }
        do throws(HashingError) { return try collection.model(format: format, tree: tree) } catch {
            throw ModelReadingError(
                model: path,
                reason: .archive(ArchiveReadingError(archive: path, reason: .unreadable(error.description))))
        }
    }
}

/// What the formats found in a tree and in the trees inside of it.
struct ModelCollection {
    let name: String
    private(set) var format: String?
    var facts: [ModelFact] = []
    var modules: Set<String> = []
    var findings: [Finding] = []
    var isComplete = true
    private var locks = EmbeddedLocks()

    init(name: String) { self.name = name }

    /// Collects from a tree: first its packages, then its files, then the trees inside.
    mutating func collect(_ tree: ModelTree) throws(DocumentError) {
        for format in ModelFormats.all {
            if let content = try format.read(tree) { add(content) }
        }
        for file in tree.files {
            if let content = file.content {
                add(content)
            } else if file.tree == nil, file.bytes == nil, ObjectFiles.contains(file.path) {
                isComplete = false
                findings.append(
                    Finding(
                        rule: "unreadable-file", severity: .warning, file: tree.shown(file.path), range: nil,
                        message: "by its name the file holds objects or code, but no format that Lockstep knows",
                        ecosystem: .model))
            }
        }
        locks.read(tree)
        for file in tree.files {
            for capture in file.content?.captures ?? [] {
                locks.read(SourceText(name: "\(tree.shown(file.path))!\(CaptureNames.key)", bytes: capture))
            }
        }
        for file in tree.files { if let inner = file.tree { try collect(inner) } }
    }

    private mutating func add(_ content: FileContent) {
        if format == nil { format = content.format }
        facts += content.facts
        modules.formUnion(content.modules)
        findings += content.findings
        if !content.isComplete { isComplete = false }
    }

    /// Reads the capture that lies beside a model of one file, which has no place for it.
    mutating func readNeighbour(of path: String) throws(DocumentError) {
        let neighbour = path + CaptureNames.suffix
        guard locks.locks.isEmpty, let file = try? RegularFile(path: neighbour) else { return }
        let bytes: [UInt8]
        do throws(ArchiveReadingError) {
            guard file.size <= CaptureNames.largest else {
                throw ArchiveReadingError(archive: neighbour, reason: .limit("it is too large for a capture"))
            }
            bytes = try file.bytes(at: 0, count: file.size)
        } catch { throw DocumentError(file: neighbour, place: nil, reason: error.description) }
        locks.read(SourceText(name: baseName(path) + CaptureNames.suffix, bytes: bytes))
    }

    /// Judges the facts and makes the model of them.
    func model(format: String, tree: ModelTree) throws(HashingError) -> Model {
        let files = tree.files.compactMap { file in
            file.digest.map { ModelFile(path: file.path, sha256: $0, size: file.size) }
        }
        var hash = try ContentHash(.sha256)
        for file in files { try hash.update(Array(file.path.utf8) + [0] + Array(file.sha256.hex.utf8) + [0x0A]) }
        var locks = locks
        let locked = locks.environment(python: FactJudgement.interpreter(of: facts))
        let judgement = FactJudgement(facts, locked: locked, name: name)
        let top = Set(modules.map { String($0.prefix { $0 != "." }) })
        return Model(
            format: format, name: name, files: files, treeDigest: try hash.finish(), facts: judgement.facts,
            needs: top.filter { !StandardLibrary.contains($0) }.sorted(),
            isComplete: isComplete && locks.findings.isEmpty,
            findings: located(findings + locks.findings + judgement.findings, in: tree),
            environment: judgement.environment, locks: locks.locks)
    }
}

extension ModelCollection {
    /// The findings in their order, their files named as the model was given; what another file records is not missed.
    private func located(_ findings: [Finding], in tree: ModelTree) -> [Finding] {
        let recorded = Set(facts.lazy.filter { $0.about == .package }.map(\.name))
        return findings.compactMap { finding in
            if finding.rule == "unrecorded-version", recorded.contains(finding.subject ?? "") { return nil }
            return Finding(
                rule: finding.rule, severity: finding.severity, file: located(finding.file, in: tree),
                range: finding.range,
                message: finding.message, help: finding.help, ecosystem: finding.ecosystem, subject: finding.subject,
                strength: finding.strength)
        }.sorted(by: Finding.inOrder)
    }

    func located(_ file: String, in tree: ModelTree) -> String {
        if file == name || file.isEmpty { return name }
        switch tree.kind {
        case .directory: return "\(name)/\(file)"
        case .file: return name + file.dropFirst(baseName(name).count)
        case .tar, .zip: return "\(name)!\(file)"
        }
    }
}

/// The files whose names promise objects or code: one that is not understood leaves the model not understood.
enum ObjectFiles {
    static func contains(_ path: String) -> Bool {
        if path.hasSuffix(".weights.h5") { return false }
        return extensions.contains(FileHead(path: path, bytes: [], size: nil).fileExtension)
    }

    private static let extensions: Set<String> = [
        "pkl", "pickle", "joblib", "pt", "pth", "pt2", "dill", "sav", "skops", "keras", "h5", "hdf5", "mar", "onnx",
        "cbm", "ubj", "cloudpickle", "torchscript", "bento", "bentomodel", "mlmodel", "pmml", "ckpt",
    ]
}

/// The files inside of a model that lock or declare its environment.
enum LockFiles {
    static func isLock(_ path: String) -> Bool {
        let base = baseName(path)
        return names.contains(base) || (base.hasPrefix("pylock.") && base.hasSuffix(".toml"))
    }

    private static let names: Set<String> = [
        "requirements.txt", "uv.lock", "pylock.toml", "poetry.lock", "pdm.lock", "Pipfile.lock", "pixi.lock",
        "conda-lock.yml", "pyproject.toml", CaptureNames.key,
    ]
}
