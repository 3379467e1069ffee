import ArchiveReading
import SourceDocuments

/// Holds what lies beside a model in its artifact against the model.
///
/// `modctl extract` and `kit unpack` write all layers of an artifact into one directory, in any order, and open a file
/// through a link that is there already (https://github.com/modelpack/modctl/blob/main/pkg/backend/extract.go,
/// pkg/codec/raw.go): a data set can take the place of a file of the model. Names that differ in case or
/// Unicode form only are the same here.
struct ModelNeighbours {
    /// The model's files and links, and the directories that it has something in.
    private var files: Set<String> = []
    private var folders: Set<String> = []
    /// The files, the links and the directories beside it.
    private var otherFiles: Set<String> = []
    private var otherLinks: Set<String> = []
    private var otherFolders: [String: String] = [:]
    /// All that lies beside it, as it is written and as it is compared; the model's may come later.
    private var others: [(path: String, key: String, isDirectory: Bool)] = []

    /// Begins with what is known without reading a layer.
    ///
    /// - Parameter paths: the files of layers that are a file each and not the model's.
    init(paths: [String]) {
        for path in paths { note(path, isDirectory: false) }
    }

    /// Notes an entry of the model.
    mutating func addModel(_ entry: ArchiveEntry) {
        let key = Self.key(entry.path)
        if entry.kind == .directory { folders.insert(key) } else { files.insert(key) }
        var parent = PosixPath.directory(key)
        while !parent.isEmpty, folders.insert(parent).inserted { parent = PosixPath.directory(parent) }
    }

    /// Notes an entry of an archive that is not the model's.
    mutating func add(_ entry: ArchiveEntry, in name: String) throws(ArchiveReadingError) {
        if entry.path.isEmpty { return }
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
        where files.contains(folder) || otherLinks.contains(folder) {
            throw Self.refusal("'\(path)' lies below a link or a file", name)
        }
    }

    private static func refusal(_ what: String, _ name: String) -> ArchiveReadingError {
        ArchiveReadingError(
            archive: name, reason: .damaged("in a layer beside the model, which is extracted with it, \(what)"))
    }

    private static func key(_ path: String) -> String { path.uppercased().lowercased() }
}
