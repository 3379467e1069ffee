import ArchiveReading
import EnvironmentInventory

/// A file that a manifest names as an object of the model: what loads the model reads it in one way, whatever its name and
/// its first bytes say.
struct NamedObject {
    /// What reads the file.
    enum Loader: String {
        /// pickle, cloudpickle, joblib.
        case pickle
        /// torch.load and torch.jit.load.
        case torch = "file of PyTorch"
        case keras = "file of Keras"
        case skops = "file of skops"
    }

    /// The path from the root of the tree on, as written.
    let path: String
    let loader: Loader
    /// The manifest, as it is shown.
    let manifest: String
    let place: FactPlace?

    /// The path without `.` and empty parts; nil for one that leaves the tree.
    var plainPath: String? { Self.plain(path) }

    /// A path without `.` and empty parts; nil for one that leaves the tree.
    static func plain(_ path: String) -> String? {
        guard !path.hasPrefix("/") else { return nil }
        let parts = path.pathNames.filter { $0 != "." }
        guard !parts.isEmpty, !parts.contains("..") else { return nil }
        return parts.joined(separator: "/")
    }
}

extension NamedObject.Loader {
    /// Whether what was read of a file is what the loader reads.
    func reads(_ content: ModelFileContent) -> Bool {
        switch self {
        case .pickle: Self.pickles.contains(content.format)
        case .torch: Self.pickles.contains(content.format) || content.format == ONNXFormat.name
        case .keras: content.format == KerasHDF5Format.name
        case .skops: false
        }
    }

    /// Whether the loader reads an archive that was read member by member.
    func reads(_ tree: ModelTree) -> Bool {
        guard tree.kind == .zip else { return false }
        let members = tree.files.map(\.path)
        return switch self {
        case .pickle: false
        case .torch: PyTorchFormat.isOneFile(members)
        case .keras: KerasFormat.isOneFile(members)
        case .skops: SkopsFormat.isOneFile(members)
        }
    }

    private static let pickles: Set<String> = [PickleFormat.name, "joblib", PyTorchLegacyFormat.name]
}

/// Holds what manifests name against what was read.
struct NamedObjects {
    /// What was read because a manifest names it.
    private(set) var contents: [ModelFileContent] = []
    private(set) var gaps: [Gap] = []
    /// The files that were judged, by path.
    private(set) var paths: Set<String> = []
    /// The files that are read as their manifests say, whatever they are called.
    private(set) var accepted: Set<String> = []
    private let tree: ModelTree
    private var readByDigest: [String: ModelTreeFile]?

    init(_ tree: ModelTree) { self.tree = tree }

    /// Judges one file.
    mutating func judge(_ object: NamedObject) {
        guard let path = object.plainPath else {
            return leaveOut(object, "the model names this file as its object, and it is not in the model")
        }
        guard let found = tree[path] else {
            // Nothing is loaded of a file that is not there, and whoever loads the model is told.
            if tree.files.contains(where: { $0.path.hasBytePrefix(path + "/") }) {
                leaveOut(object, "the model names this directory as its object, and its loader reads a file")
            }
            return
        }
        let file = read(found)
        if let inner = file.tree, object.loader.reads(inner) {
            accepted.insert(path)
            return
        }
        if file.tree == nil, var content = file.content ?? kept(file), object.loader.reads(content) {
            accepted.insert(path)
            if content.isTentative, paths.insert(path).inserted {
                content.isTentative = false
                contents.append(content)
            }
            return
        }
        guard paths.insert(path).inserted else { return }
        gaps.append(
            Gap(
                "",
                reason: "\(object.manifest) names it as an object, and it is not read as a \(object.loader.rawValue)",
                source: FileLocation(file: tree.shown(path), line: nil)))
    }

    private mutating func leaveOut(_ object: NamedObject, _ reason: String) {
        var line: Int?
        if case .line(let number)? = object.place { line = number }
        gaps.append(Gap(object.path, reason: reason, source: FileLocation(file: object.manifest, line: line)))
    }

    /// A file, or for a link, which nothing was read of, the file with the same bytes.
    mutating func read(_ file: ModelTreeFile) -> ModelTreeFile {
        guard file.content == nil, file.tree == nil, file.bytes == nil, let sha256 = file.sha256 else { return file }
        if readByDigest == nil {
            let read = tree.files.filter { $0.content != nil || $0.tree != nil || $0.bytes != nil }
            readByDigest = Dictionary(read.compactMap { file in file.sha256.map { ($0.hex, file) } }) { first, _ in
                first
            }
        }
        return readByDigest?[sha256.hex] ?? file
    }

    /// Reads a text that was kept for its name as the pickle that a manifest calls it.
    private func kept(_ file: ModelTreeFile) -> ModelFileContent? {
        guard let bytes = file.bytes, TentativePickle.mayBegin(bytes) else { return nil }
        let shown = tree.shown(file.path)
        return try? TentativePickle.read(MemoryByteSource(bytes, name: shown), size: bytes.count, file: shown)
    }
}
