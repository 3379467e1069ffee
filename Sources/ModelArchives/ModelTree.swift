import ArchiveReading
import EnvironmentInventory
import InputContracts
import SourceDocuments

/// The files of one container, a directory, a tar or a zip archive, after every byte was read.
final class ModelTree {
    enum Kind {
        case directory, tar, zip
        /// One file that is not a container, or that is one only to its own library.
        case file
    }

    let kind: Kind
    /// The prefix of this tree's paths in facts: empty for the model itself, `a/b.mar!` for an archive in it.
    private(set) var prefix: String
    private(set) var files: [ModelTreeFile] = []
    /// The symbolic links with their targets as written.
    private(set) var links: [(path: String, target: String)] = []
    /// What is not read behind links to directories.
    var linkedDocuments: [ModelFileContent] = []
    /// The directories that hold nothing.
    private(set) var emptyDirectories: [String] = []
    /// The files' positions by path, where they did not come in byte order; one that did is searched by halving.
    private var indices: [ByteText: Int]?

    init(kind: Kind, prefix: String) {
        self.kind = kind
        self.prefix = prefix
    }

    func append(_ file: ModelTreeFile) {
        if indices == nil, let last = files.last, !last.precedes(file) { indices = positions() }
        let key = ByteText(file.path)
        if indices != nil, indices?[key] == nil { indices?[key] = files.count }
        files.append(file)
    }

    private func positions() -> [ByteText: Int] {
        Dictionary(files.enumerated().map { (ByteText($0.element.path), $0.offset) }) { first, _ in first }
    }

    func append(link path: String, target: String) { links.append((path, target)) }

    func append(emptyDirectory path: String) { emptyDirectories.append(path) }

    func sort() {
        links.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        emptyDirectories.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        guard indices != nil else { return }
        files.sort { $0.precedes($1) }
        indices = nil
    }

    /// Removes the single top-level directory, so that packing a directory and packing its contents give the same model.
    ///
    /// A link that leads through the directory's own name, or above it, means something else without that name.
    func strip(name: String) throws(ArchiveReadingError) {
        guard let first = files.first, let slash = first.path.utf8.firstIndex(of: UInt8(ascii: "/")) else { return }
        let folder = first.path[...slash]
        guard files.allSatisfy({ $0.path.hasBytePrefix(folder) }),
            links.allSatisfy({ $0.path.hasBytePrefix(folder) }),
            emptyDirectories.allSatisfy({ $0.hasBytePrefix(folder) })
        else { return }
        for link in links where Self.leavesFolder(link.path, link.target) {
            throw ArchiveReadingError(
                archive: name,
                reason: .damaged(
                    "the link '\(link.path) -> \(link.target)' leaves '\(folder)', which is not part of the model's names"
                ))
        }
        let length = folder.utf8.count
        func below(_ path: String) -> String { String(Substring(path.utf8.dropFirst(length))) }
        links = links.map { (below($0.path), $0.target) }
        emptyDirectories = emptyDirectories.map(below)
        // A folder that all of them have does not change their order.
        for index in files.indices {
            files[index].content?.dropFolder(length)
            files[index].tree?.dropFolder(length)
            files[index].path = below(files[index].path)
        }
        for index in linkedDocuments.indices { linkedDocuments[index].dropFolder(length) }
        indices = indices == nil ? nil : positions()
    }

    /// Whether a link's target goes above the first folder of its path.
    private static func leavesFolder(_ path: String, _ target: String) -> Bool {
        var depth = path.pathNames.count - 1
        for name in target.pathNames where name != "." {
            depth += name == ".." ? -1 : 1
            if depth <= 0 { return true }
        }
        return false
    }

    /// Removes `length` bytes from the front of all file names in facts, findings and gaps.
    private func dropFolder(_ length: Int) {
        prefix = String(decoding: prefix.utf8.dropFirst(length), as: UTF8.self)
        for index in files.indices {
            files[index].content?.dropFolder(length)
            files[index].tree?.dropFolder(length)
        }
        for index in linkedDocuments.indices { linkedDocuments[index].dropFolder(length) }
    }

    subscript(path: String) -> ModelTreeFile? {
        if let indices { return indices[ByteText(path)].map { files[$0] } }
        var (low, high) = (0, files.count)
        while low < high {
            let middle = (low + high) / 2
            if files[middle].path.utf8.lexicographicallyPrecedes(path.utf8) { low = middle + 1 } else { high = middle }
        }
        return low < files.count && files[low].path.utf8.elementsEqual(path.utf8) ? files[low] : nil
    }

    /// The name of a file of this tree in facts.
    func shown(_ path: String) -> String { prefix + path }

    /// A file that was kept, as a text.
    func text(_ path: String) -> SourceText? {
        guard let bytes = self[path]?.bytes else { return nil }
        return SourceText(name: shown(path), bytes: bytes)
    }

    /// Returns the directories, `a/b/` or empty, that hold a file of a name.
    func folders(with name: String) -> [String] {
        files.compactMap { file in
            if file.path == name { return "" }
            return file.path.hasSuffix("/" + name) ? String(file.path.dropLast(name.utf8.count)) : nil
        }
    }
}

/// One file of a container. A model can have hundreds of thousands, most of which are a path and a digest alone.
struct ModelTreeFile {
    fileprivate(set) var path: String
    /// The sha256; nil inside of a model's file, which has one itself.
    let sha256: SHA256Value?
    /// Whether its owner may execute it.
    var isExecutable = false
    let size: Int
    private var rest: Rest?

    /// What few files have.
    private final class Rest {
        let bytes: [UInt8]?
        let content: ModelFileContent?
        let tree: ModelTree?
        let document: [UInt8]?

        init(bytes: [UInt8]?, content: ModelFileContent?, tree: ModelTree?, document: [UInt8]?) {
            self.bytes = bytes
            self.content = content
            self.tree = tree
            self.document = document
        }
    }

    init(
        path: String, sha256: SHA256Value?, size: Int, isExecutable: Bool = false, bytes: [UInt8]? = nil,
        content: ModelFileContent? = nil, tree: ModelTree? = nil, document: [UInt8]? = nil
    ) {
        self.path = path
        self.sha256 = sha256
        self.isExecutable = isExecutable
        self.size = size
        if bytes != nil || content != nil || tree != nil || document != nil {
            rest = Rest(bytes: bytes, content: content, tree: tree, document: document)
        }
    }

    /// The bytes, where a format asked to keep them.
    var bytes: [UInt8]? { rest?.bytes }
    /// What a reader of the content found; most files of a large model have nothing to find.
    var content: ModelFileContent? {
        get { rest?.content }
        set {
            if rest == nil, newValue == nil { return }
            rest = Rest(bytes: bytes, content: newValue, tree: tree, document: document)
        }
    }
    /// The files inside, where it is a container itself.
    var tree: ModelTree? { rest?.tree }
    /// The bytes, where the scanner was asked to keep documents.
    var document: [UInt8]? { rest?.document }

    /// Whether its path comes before that of another one in byte order.
    func precedes(_ other: ModelTreeFile) -> Bool { path.utf8.lexicographicallyPrecedes(other.path.utf8) }
}

/// What the bytes of one file tell.
struct ModelFileContent {
    /// The format's name.
    let format: String
    var facts: [ModelFact] = []
    /// The modules that loading imports.
    var modules: Set<String> = []
    var findings: [Finding] = []
    /// The captures in the file's own metadata.
    var captures: [[UInt8]] = []
    /// What the reader met and did not understand.
    var gaps: [Gap] = []
    /// Entries of an environment's description that name no distribution. A capture, which lists what was installed,
    /// closes them.
    var unnamed: [Gap] = []
    /// What the file says about the inputs of the model.
    var contracts: [ContractPart] = []
    /// The files that a manifest names as objects of the model.
    var objects: [NamedObject] = []
    /// The files beside it in which parts of it are kept.
    var externals: [ExternalFile] = []
    /// Whether it counts only where a manifest or its name says what the file is.
    var isTentative = false

    init(_ format: String) { self.format = format }

    /// Records a fact.
    mutating func record(
        _ about: ModelFact.Subject, name: String, value: String, strength: FactStrength, file: String,
        place: FactPlace? = nil
    ) {
        facts.append(
            ModelFact(about: about, name: name, value: value, strength: strength, file: file, place: place))
    }
}

extension ModelFileContent {
    /// Records something that was not understood.
    mutating func leaveOut(_ subject: String, _ reason: String, in file: String, at place: FactPlace? = nil) {
        gaps.append(Self.gap(subject, reason: reason, file: file, place: place))
    }

    /// Records an entry of an environment's description that names no distribution.
    mutating func leaveUnnamed(_ subject: String, _ reason: String, in file: String, at place: FactPlace?) {
        unnamed.append(Self.gap(subject, reason: reason, file: file, place: place))
    }

    private static func gap(_ subject: String, reason: String, file: String, place: FactPlace?) -> Gap {
        switch place {
        case .line(let line)?: Gap(subject, reason: reason, source: FileLocation(file: file, line: line))
        case .offset(let offset)?:
            Gap(subject, reason: "\(reason) (byte \(offset))", source: FileLocation(file: file, line: nil))
        case nil: Gap(subject, reason: reason, source: FileLocation(file: file, line: nil))
        }
    }

    fileprivate mutating func dropFolder(_ length: Int) {
        func shortened(_ file: String) -> String { String(decoding: file.utf8.dropFirst(length), as: UTF8.self) }
        facts = facts.map { fact in
            ModelFact(
                about: fact.about, name: fact.name, value: fact.value, strength: fact.strength,
                file: shortened(fact.file), place: fact.place)
        }
        func moved(_ gaps: [Gap]) -> [Gap] {
            gaps.map { gap in
                Gap(
                    gap.subject, reason: gap.reason,
                    source: gap.source.map { FileLocation(file: shortened($0.file), line: $0.line) })
            }
        }
        contracts = contracts.map { $0.renamed(shortened) }
        gaps = moved(gaps)
        unnamed = moved(unnamed)
        findings = findings.map { finding in
            Finding(
                rule: finding.rule, severity: finding.severity, file: shortened(finding.file), range: finding.range,
                message: finding.message, help: finding.help, ecosystem: finding.ecosystem, subject: finding.subject,
                strength: finding.strength)
        }
    }
}

/// The first bytes of a file, by which its format is told.
struct FileHead {
    /// The path inside of its container.
    let path: String
    let bytes: [UInt8]
    /// The size, where it is known before the file was read.
    let size: Int?

    /// The part after the last dot, in lower case.
    var fileExtension: String {
        let base = path.pathNames.last ?? ""
        guard let dot = base.lastIndex(of: ".") else { return "" }
        return base[base.index(after: dot)...].lowercased()
    }
}
