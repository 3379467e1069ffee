import ArchiveReading
import ContentHashing
import EnvironmentInventory
import InputContracts
import PythonPackaging
import SourceDocuments

/// Reads a model: its container, its format, and its facts about the training environment.
package struct ModelReader {
    /// Reads the directory or file at a path to its last byte, without running any of it.
    ///
    /// - Parameters:
    ///   - key: the public key that verifies the model's signature; a model without one has
    ///     nothing to verify (``Model/signature``).
    ///   - keepsDocuments: whether the small documents of an archive are kept (``Model/documents``).
    package static func read(
        path: String, limits: ReadingLimits = ReadingLimits(), key: PublicKey? = nil, keepsDocuments: Bool = false
    ) throws(ModelReadingError) -> Model {
        let tree: ModelTree
        do throws(ArchiveReadingError) {
            tree = try ModelScanner(limits: limits, keepsDocuments: keepsDocuments).scan(path: path)
        } catch {
            throw ModelReadingError(model: path, reason: .archive(error))
        }
        return try model(of: tree, path: path, key: key, keepsDocuments: keepsDocuments, isNamed: true)
    }

    /// Reads a model whose files a store gives one after the other, to the last byte.
    package static func read(
        _ entries: any ArchiveEntryReader, name: String, limits: ReadingLimits = ReadingLimits(),
        key: PublicKey? = nil, keepsDocuments: Bool = false
    ) throws(ModelReadingError) -> Model {
        let tree: ModelTree
        do throws(ArchiveReadingError) {
            tree = try ModelScanner(limits: limits, keepsDocuments: keepsDocuments).scan(entries, name: name)
        } catch {
            throw ModelReadingError(model: name, reason: .archive(error))
        }
        return try model(of: tree, path: name, key: key, keepsDocuments: keepsDocuments)
    }

    private static func model(
        of tree: ModelTree, path: String, key: PublicKey?, keepsDocuments: Bool, isNamed: Bool = false
    ) throws(ModelReadingError) -> Model {
        var collection = ModelCollection(name: path)
        // What a store calls a model is no name of a file.
        if isNamed { collection.judgeName(tree, path: path) }
        do throws(DocumentError) {
            try collection.collect(tree)
            if tree.kind == .file { try collection.readNeighbour(of: path) }
            collection.signature = try ModelSignature.find(in: tree, path: path)
        } catch {
            let named = DocumentError(
                file: collection.located(error.file, in: tree), place: error.place, reason: error.reason)
            throw ModelReadingError(model: path, reason: .document(named))
        }
        if let key, let signature = collection.signature {
            collection.signature?.isVerified = signature.envelope.isSigned(by: key)
        }
        guard let format = collection.format else { throw ModelReadingError(model: path, reason: .notAModel) }
        do throws(HashingError) {
            return try collection.model(format: format, tree: tree, keepsDocuments: keepsDocuments)
        } catch {
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
    private var told: Set<Finding> = []
    private var gaps: [Gap] = []
    private var unnamed: [Gap] = []
    /// Parts of the model that are not in it; what its files say they say all the same.
    private var missing: [Gap] = []
    private var unreadObjects: Set<String> = []
    private var contracts: [ContractPart] = []
    var signature: ModelSignature?
    private var locks = EmbeddedLocks()

    init(name: String) { self.name = name }

    /// Collects from a tree: first its packages, then its files, then the trees inside.
    mutating func collect(_ tree: ModelTree) throws(DocumentError) {
        var named = NamedObjects(tree)
        for format in ModelFormats.all {
            guard let content = try format.read(tree) else { continue }
            add(content)
            for object in content.objects { named.judge(object) }
        }
        for content in named.contents + tree.linkedDocuments { add(content) }
        gaps += named.gaps + UnreadModels.gaps(in: tree)
        unreadObjects.formUnion(named.gaps.compactMap { $0.source?.file })
        for file in tree.files { collect(file, of: tree, named: &named) }
        missing += tree.missingParts
        contracts += TritonConfiguration.parts(in: tree)
        findings += TritonConfiguration.code(in: tree)
        try claim(tree)
        locks.read(tree)
        for file in tree.files {
            for capture in file.content?.captures ?? [] {
                locks.read(SourceText(name: "\(tree.shown(file.path))!\(CaptureNames.key)", bytes: capture))
            }
        }
        for file in tree.files { if let inner = file.tree { try collect(inner) } }
    }

    /// Collects from one file, and holds what was read of it against what reads files of its name.
    private mutating func collect(_ file: ModelTreeFile, of tree: ModelTree, named: inout NamedObjects) {
        if let content = file.content, !content.isTentative { add(content) }
        guard !named.paths.contains(file.path), !named.accepted.contains(file.path),
            let loader = NamedLoader.of(file.path)
        else { return }
        // The file that a link leads to counts by itself, unless its name says nothing.
        let read = named.read(file)
        if read.tree == nil, let content = read.content, content.isTentative, loader.reads(content) {
            return add(content)
        }
        guard let reason = loader.objection(to: read, isObject: ObjectFiles.contains(file.path)) else { return }
        leaveOut(reason, file: tree.shown(file.path), shown: tree.shown(file.path))
    }

    /// Holds an archive that is the model against its own name.
    mutating func judgeName(_ tree: ModelTree, path: String) {
        guard tree.kind == .zip || tree.kind == .tar, let loader = NamedLoader.of(path),
            let reason = loader.objection(to: tree)
        else { return }
        leaveOut(reason, file: "", shown: baseName(path))
    }

    private mutating func leaveOut(_ reason: String, file: String, shown: String) {
        unreadObjects.insert(shown)
        gaps.append(Gap("", reason: reason, source: FileLocation(file: shown, line: nil)))
        findings.append(
            Finding(
                rule: "unreadable-file", severity: .warning, file: file, range: nil, message: reason,
                ecosystem: .model))
    }

    /// Reads requirements and environments at the top of a model whose format does not read them.
    private mutating func claim(_ tree: ModelTree) throws(DocumentError) {
        // Which of them count, MLflow's MLmodel says.
        guard tree["MLmodel"] == nil else { return }
        for name in ["requirements.txt", "python_env.yaml", "conda.yaml"] {
            guard let text = tree.text(name), !facts.contains(where: { $0.file == text.name }) else { continue }
            var content = ModelFileContent("")
            switch name {
            case "requirements.txt": RequirementLines.read(text, into: &content)
            case "python_env.yaml": try PythonEnvironmentFile.read(text, into: &content)
            default: try CondaYAML.read(text, into: &content)
            }
            facts += content.facts
            unnamed += content.unnamed
        }
    }

    private mutating func add(_ content: ModelFileContent) {
        if format == nil, !content.format.isEmpty { format = content.format }
        facts += content.facts
        modules.formUnion(content.modules)
        // A file can be named by a manifest and be told by its own name.
        findings += content.findings.filter { told.insert($0).inserted }
        gaps += content.gaps
        unnamed += content.unnamed
        contracts += content.contracts
    }

    /// Reads the capture next to a model that is one file and cannot hold it.
    mutating func readNeighbour(of path: String) throws(DocumentError) {
        let neighbour = path + CaptureNames.suffix
        guard locks.locks.isEmpty, let file = try? RegularFile(path: neighbour) else { return }
        let bytes: [UInt8]
        do throws(ArchiveReadingError) {
            guard file.size <= CaptureNames.maximumSize else {
                throw ArchiveReadingError(archive: neighbour, reason: .limit("it is too large for a capture"))
            }
            bytes = try file.bytes(at: 0, count: file.size)
        } catch { throw DocumentError(file: neighbour, place: nil, reason: error.description) }
        locks.read(SourceText(name: baseName(path) + CaptureNames.suffix, bytes: bytes))
    }

    /// Judges the facts and makes the model of them.
    func model(format: String, tree: ModelTree, keepsDocuments: Bool) throws(HashingError) -> Model {
        let files = tree.files.compactMap { file in
            file.sha256.map {
                ModelFile(path: file.path, sha256: $0, size: file.size, isExecutable: file.isExecutable)
            }
        }
        let treeDigest = try TreeDigest.compute(of: tree, without: [])
        var locks = locks
        let payload = try payload(of: tree)
        let foreign = payload.flatMap { locks.dropForeignCapture(payload: $0) }
        let locked = locks.environment(python: ModelFactResolver.interpreter(of: facts))
        let resolver = ModelFactResolver(facts, locked: locked, name: name)
        var environment = resolver.environment
        // A capture lists what was installed, whatever a requirement calls it.
        let open = locked.python == nil ? unnamed : []
        environment.gaps = Gap.deduplicated(gaps + missing + locked.gaps + open + locks.gaps)
        let signed = signature?.findings(files: files, whole: { wholeDigest(files, tree) }, name: name) ?? []
        // A file of objects that was not understood may say anything.
        let unread = gaps.filter { gap in
            guard let file = gap.source?.file else { return false }
            return ObjectFiles.contains(file) || unreadObjects.contains(file)
                || !baseName(file).contains(".") && baseName(file) != "MLmodel"
        }
        let kind = tree.kind
        let (name, signatureFile) = (name, signature?.file)
        let place: @Sendable (String) -> String = { file in
            ModelCollection.located(file, kind: kind, name: name, signature: signatureFile)
        }
        let top = Set(modules.map { String($0.prefix { $0 != "." }) })
        var model = Model(
            format: format, name: name, files: files, treeDigest: treeDigest, payload: payload, foreignPayload: foreign,
            facts: resolver.facts,
            needs: top.filter { !StandardLibrary.contains($0) }.sorted(),
            findings: located(findings + locks.findings + resolver.findings + signed, in: tree),
            environment: environment, locks: locks.locks, signature: signature, contracts: contracts,
            contractGaps: unread, located: place)
        model.modules = modules.sorted()
        model.links = tree.links.map { ModelLink(path: $0.path, target: $0.target) }
        model.emptyDirectories = tree.emptyDirectories
        model.container = tree.kind == .directory ? .directory : tree.kind == .file ? .file : .archive
        for file in tree.files {
            if let bytes = file.document ?? (keepsDocuments ? file.bytes : nil) { model.documents[file.path] = bytes }
        }
        return model
    }
}

extension ModelCollection {
    private func located(_ finding: Finding, in tree: ModelTree) -> Finding {
        Finding(
            rule: finding.rule, severity: finding.severity, file: located(finding.file, in: tree),
            range: finding.range, message: finding.message, help: finding.help, ecosystem: finding.ecosystem,
            subject: finding.subject, strength: finding.strength)
    }

    /// The findings in their order, their files named as the model was given; what another file records is not missed.
    private func located(_ findings: [Finding], in tree: ModelTree) -> [Finding] {
        let recorded = Set(facts.lazy.filter { $0.about == .package }.map(\.name))
        return findings.compactMap { finding in
            if finding.rule == ModelRules.unrecordedVersion.name, recorded.contains(finding.subject ?? "") {
                return nil
            }
            return located(finding, in: tree)
        }.sorted(by: Finding.inOrder)
    }

    /// The digest over everything of the model but its captures.
    private func payload(of tree: ModelTree) throws(HashingError) -> Digest? {
        guard tree.kind == .file else {
            return try TreeDigest.compute(of: tree, without: Set(locks.captures.map(\.file)))
        }
        // A capture in a file's own metadata cannot be beside another file.
        let isInside = locks.captures.contains { $0.file.contains("!") }
        return isInside ? nil : tree.files.first?.sha256?.digest
    }

    /// The sha256 of the model as one file; nil for a directory.
    private func wholeDigest(_ files: [ModelFile], _ tree: ModelTree) -> Digest? {
        switch tree.kind {
        case .directory: nil
        case .file: files.first?.sha256.digest
        case .tar, .zip: try? RegularFile(path: name).sha256()
        }
    }

    func located(_ file: String, in tree: ModelTree) -> String {
        Self.located(file, kind: tree.kind, name: name, signature: signature?.file)
    }

    /// The name of a file of a model as findings show it.
    fileprivate static func located(
        _ file: String, kind: ModelTree.Kind, name: String, signature: String?
    ) -> String {
        if file == name || file.isEmpty || file == signature { return file.isEmpty ? name : file }
        switch kind {
        case .directory: return "\(name)/\(file)"
        case .file: return name + file.dropFirst(baseName(name).count)
        case .tar, .zip: return "\(name)!\(file)"
        }
    }
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
