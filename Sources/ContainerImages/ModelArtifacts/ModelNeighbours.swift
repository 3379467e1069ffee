import ArchiveReading
import SourceDocuments

/// Holds what lies beside a model in its artifact against the model.
///
/// `modctl extract` and `kit unpack` write all layers of an artifact into one directory, in any order, and open a file
/// through a link that is there already (https://github.com/modelpack/modctl/blob/main/pkg/backend/extract.go,
/// pkg/codec/raw.go): a data set can take the place of a file of the model. Names that differ in case or
/// Unicode form only are the same here. What comes to lie in a directory of the model is found there by what loads the
/// model (a `config.json` with `auto_map`, an `MLmodel`), and is read as a part of it.
struct ModelNeighbours {
    /// The model's files and links, and the directories that it has something in.
    private var files: Set<String> = []
    private var folders: Set<String> = []
    /// The directories that hold a file of the model, and those that its layers list; the root where it holds one.
    private var roots: Set<String> = []
    /// What lies beside it and in a directory of the model.
    private var inside: Set<String> = []
    /// Whether the root, which holds a file of the model, has one that names directories; and the first path beside the
    /// model that was passed over because there was none.
    private var namesFolders = false
    private var passed: String?

    /// The files that name other directories of their model, in lower case: those of MLflow, sentence-transformers,
    /// diffusers, Triton, MLServer, BentoML, SavedModel, spaCy, SpeechBrain and fiddle.
    private static let manifests: Set<String> = [
        "mlmodel", "modules.json", "router_config.json", "model_index.json", "modular_model_index.json", "config.pbtxt",
        "model-settings.json", "bento.yaml", "model.yaml", "saved_model.pb", "saved_model.pbtxt", "meta.json",
        "hyperparams.yaml", "io.json",
    ]
    /// Those of them that data sets have too, for what is theirs.
    private static let ordinary: Set<String> = ["model.yaml", "meta.json", "hyperparams.yaml", "io.json"]
    /// What stands in many layers for people to read, and what no loader reads.
    private static let texts = ["readme", "license", "licence", "notice", "changelog", "authors"]
    /// The files, the links and the directories beside it.
    private var otherFiles: Set<String> = []
    private var otherLinks: Set<String> = []
    private var otherFolders: [String: String] = [:]
    /// All that lies beside it, as it is written and as it is compared.
    private var others: [(path: String, key: String, isDirectory: Bool)] = []

    /// Notes an entry of the model.
    mutating func addModel(_ entry: ArchiveEntry) {
        let key = Self.key(entry.path)
        if entry.kind == .directory {
            folders.insert(key)
            roots.insert(key)
        } else {
            files.insert(key)
            roots.insert(PosixPath.directory(key))
            if Self.manifests.contains(key) { namesFolders = true }
        }
        var parent = PosixPath.directory(key)
        while !parent.isEmpty, folders.insert(parent).inserted { parent = PosixPath.directory(parent) }
    }

    /// Notes an entry that is not the model's; all of the model's come before.
    ///
    /// - Returns: whether it lies in a directory of the model, and is read as a part of it.
    mutating func add(_ entry: ArchiveEntry, in name: String) throws(ArchiveReadingError) -> Bool {
        if entry.path.isEmpty { return false }
        let key = Self.key(entry.path)
        var isLink = false
        switch entry.kind {
        case .directory, .file, .other: break
        case .symbolicLink: isLink = true
        case .hardLink(let target):
            isLink = true
            let other = Self.key(target)
            if files.contains(other) || otherLinks.contains(other) {
                throw Self.refusal("'\(entry.path)' is a hard link to a file of the model or to a link", name)
            }
        }
        if entry.kind != .directory, otherLinks.contains(key) || isLink && otherFiles.contains(key) {
            throw Self.refusal("'\(entry.path)' is there twice, and is a link", name)
        }
        if isLink { otherLinks.insert(key) }
        note(entry.path, isDirectory: entry.kind == .directory)
        guard entry.kind != .directory, !files.contains(key) else { return false }
        guard isInside(PosixPath.directory(key)) else {
            if roots.contains(""), passed == nil { passed = entry.path }
            return false
        }
        if Self.manifests.contains(key) {
            if let passed, !namesFolders, !Self.ordinary.contains(key) {
                throw Self.refusal("'\(entry.path)' may name '\(passed)', which came before it", name)
            }
            namesFolders = true
        }
        guard inside.insert(key).inserted else {
            let base = PosixPath.lastComponent(key)
            if entry.kind == .file, Self.texts.contains(where: { base.hasBytePrefix($0) }) { return false }
            throw Self.refusal("'\(entry.path)' is there twice, in a directory of the model", name)
        }
        if case .hardLink = entry.kind {
            throw Self.refusal("'\(entry.path)' is a hard link in a directory of the model", name)
        }
        return true
    }

    /// Whether a directory is one of the model: it has something of the model in it, or lies below a directory that holds
    /// files of the model. Where that is the root, other directories (`src/`) are the model's only if a file there can
    /// name them. SageMaker runs what is in `code`
    /// (https://sagemaker.readthedocs.io/en/stable/frameworks/pytorch/using_pytorch.html).
    private func isInside(_ directory: String) -> Bool {
        if directory.isEmpty { return roots.contains("") }
        if folders.contains(directory) { return true }
        var parent = directory
        while !parent.isEmpty {
            if roots.contains(parent) { return true }
            parent = PosixPath.directory(parent)
        }
        return roots.contains("") && (namesFolders || directory == "code" || directory.hasBytePrefix("code/"))
    }

    private mutating func note(_ path: String, isDirectory: Bool) {
        let key = Self.key(path)
        if !isDirectory { otherFiles.insert(key) }
        others.append((path, key, isDirectory))
        var parent = PosixPath.directory(key)
        while !parent.isEmpty, otherFolders.updateValue(path, forKey: parent) == nil {
            parent = PosixPath.directory(parent)
        }
    }

    /// Refuses, once all layers were read, what lies at, above or below a file of the model, or behind a link.
    func finish(_ name: String) throws(ArchiveReadingError) {
        for (path, key, isDirectory) in others
        where files.contains(key) || !isDirectory && folders.contains(key) {
            throw Self.refusal("'\(path)' is a part of the model too", name)
        }
        for (folder, path) in otherFolders.sorted(by: { $0.key < $1.key })
        where files.contains(folder) || otherLinks.contains(folder) || inside.contains(folder) {
            throw Self.refusal("'\(path)' lies below a link or a file", name)
        }
    }

    private static func refusal(_ what: String, _ name: String) -> ArchiveReadingError {
        ArchiveReadingError(
            archive: name, reason: .damaged("in a layer beside the model, which is extracted with it, \(what)"))
    }

    private static func key(_ path: String) -> String { path.uppercased().lowercased() }
}
