import ArchiveReading
import EnvironmentInventory
import SourceDocuments

/// A file of a deployment that was not read yet.
package struct DeploymentFile: Sendable {
    /// The name as findings show it, which begins with the path that was given: `k8s/deploy.yaml`.
    package let name: String
    /// The directory that was given, or the directory of the file that was given; empty for the working directory.
    package let root: String
    /// Reads at most so many bytes.
    package let contents: @Sendable (_ limit: Int) throws(ArchiveReadingError) -> [UInt8]

    /// Creates a file.
    package init(
        name: String, root: String, contents: @escaping @Sendable (_ limit: Int) throws(ArchiveReadingError) -> [UInt8]
    ) {
        self.name = name
        self.root = root
        self.contents = contents
    }

    /// Creates the file at a path.
    package init(path: String, root: String) {
        self.init(name: path, root: root) { (limit) throws(ArchiveReadingError) in
            try readFile(path: path, limit: limit)
        }
    }

    /// Creates a file from its bytes.
    package init(name: String, root: String = "", bytes: [UInt8]) {
        self.init(name: name, root: root) { (limit) throws(ArchiveReadingError) in
            guard bytes.count <= limit else {
                throw ArchiveReadingError(archive: name, reason: .limit("it has more than \(limit) bytes"))
            }
            return bytes
        }
    }
}

/// Reads the files of a deployment: manifests, rules of alerts, registries, owners.
///
/// A file whose format is none of these is left aside; one that should be of a format and cannot be read is a gap.
package enum DeploymentReading {
    /// The formats of YAML and JSON documents. Each document goes to all of them.
    static let formats: [any DeploymentFormat.Type] = [
        KubernetesFormat.self, PrometheusFormat.self, BackstageFormat.self, DataContractFormat.self,
    ]

    /// The largest text that is read, in bytes.
    static let maximumTextSize = 64 << 20
    /// The largest database that is read, in bytes: it is read whole.
    static let maximumDatabaseSize = 512 << 20

    /// Whether a file is wanted, by its name alone.
    package static func isWanted(_ path: String) -> Bool {
        let kind = DeploymentFileKind(path)
        return kind != .other
    }

    /// Reads files in any order; the result does not depend on it.
    package static func read(_ files: [DeploymentFile]) -> Reading<Deployment> {
        var reading = Reading(Deployment())
        let files = files.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        var store = MLflowFileStore()
        let names = Set(files.map(\.name))
        for file in files {
            switch DeploymentFileKind(file.name) {
            case .document: readDocument(file, &store, &reading)
            case .codeOwners: CodeOwnersFormat.read(file, isGitLab: isGitLab(file, names), into: &reading)
            case .database: MLflowDatabase.read(file, beside: files, into: &reading)
            case .registryEntry: store.add(file)
            case .databaseLog, .other: continue
            }
        }
        store.finish(into: &reading)
        reading.value.codeOwners = CodeOwners.effective(reading.value.codeOwners)
        return reading
    }

    private static func isGitLab(_ file: DeploymentFile, _ names: Set<String>) -> Bool {
        let directory = PosixPath.directory(file.name)
        return PosixPath.lastComponent(directory) == ".gitlab"
            || names.contains(directory.isEmpty ? ".gitlab-ci.yml" : directory + "/.gitlab-ci.yml")
    }

    private static func readDocument(
        _ file: DeploymentFile, _ store: inout MLflowFileStore, _ reading: inout Reading<Deployment>
    ) {
        guard let text = text(of: file, gaps: &reading.gaps) else { return }
        let isJSON = file.name.hasSuffix(".json")
        var documents: [DocumentNode] = []
        var failure: DocumentError?
        if isJSON {
            do throws(DocumentError) { documents = [try JSONReader.read(text)] } catch { failure = error }
        } else {
            (documents, failure) = YAMLReader.readAll(text)
        }
        if let failure {
            let isTemplate = !isJSON && text.string(0..<text.bytes.count).containsText("{{")
            let reason = isTemplate ? "it is a template, which is not rendered: \(failure.reason)" : failure.reason
            reading.gaps.append(
                Gap(
                    "", reason: reason,
                    source: FileLocation(file: file.name, line: failure.place?.line)))
        }
        if store.takes(file, documents: documents, isDamaged: failure != nil) { return }
        for document in documents {
            for format in formats where format.read(document, in: file, into: &reading) {
                let recognised = Deployment.RecognisedFile(name: file.name, format: format.name)
                if !reading.value.files.contains(recognised) { reading.value.files.append(recognised) }
            }
        }
    }

    /// The text of a file; nil for one that cannot be read, which becomes a gap.
    static func text(of file: DeploymentFile, gaps: inout [Gap]) -> SourceText? {
        do throws(ArchiveReadingError) {
            return SourceText(name: file.name, bytes: try file.contents(maximumTextSize))
        } catch {
            gaps.append(Gap("", reason: error.description, source: FileLocation(file: file.name, line: nil)))
            return nil
        }
    }
}

/// What a file of a deployment is by its name.
enum DeploymentFileKind {
    /// A YAML or JSON document.
    case document
    case codeOwners
    /// A database of SQLite.
    case database
    /// The log beside a database.
    case databaseLog
    /// An alias or a tag of an MLflow file store.
    case registryEntry
    case other

    init(_ path: String) {
        let name = PosixPath.lastComponent(path)
        let components = path.split(separator: "/")
        let parent = components.count > 1 ? components[components.count - 2] : ""
        if name == "CODEOWNERS" {
            self = .codeOwners
        } else if parent == "aliases" || parent == "tags" && MLflowTags.keys.contains(name) {
            self = .registryEntry
        } else if components.contains(where: { Self.leftDirectories.contains(String($0)) })
            || Self.leftNames.contains(name)
        {
            self = .other
        } else if [".yaml", ".yml", ".json"].contains(where: name.hasSuffix) {
            self = .document
        } else if [".db", ".sqlite", ".sqlite3"].contains(where: name.hasSuffix) {
            self = .database
        } else if ["-wal", "-journal"].contains(where: name.hasSuffix) {
            self = .databaseLog
        } else {
            self = .other
        }
    }

    /// Directories of editors and tools, whose JSON has comments.
    private static let leftDirectories: Set<String> = [".vscode", ".devcontainer", ".idea", "node_modules", ".trash"]
    /// What the reader of models reads, and configurations with comments.
    private static let leftNames: Set<String> = [
        "conda.yaml", "python_env.yaml", "input_example.json", "serving_input_example.json", "tsconfig.json",
        "jsconfig.json", "Thumbs.db",
    ]
}

/// A kind of document in YAML or JSON.
protocol DeploymentFormat: Sendable {
    /// The name, for people.
    static var name: String { get }

    /// Adds what a document says; false for one of another format.
    static func read(_ document: DocumentNode, in file: DeploymentFile, into reading: inout Reading<Deployment>) -> Bool
}

/// Reads members of one object and records what is of another type than it should be.
struct ObjectReader {
    let file: String
    var gaps: [Gap] = []

    init(_ file: String) { self.file = file }

    /// Records something that was not understood.
    mutating func leaveOut(_ subject: String, _ reason: String, at range: SourceRange?) {
        gaps.append(Gap(subject, reason: reason, source: FileLocation(file: file, line: range?.start.line)))
    }

    /// The node at a path of keys; nil when a key is missing or null. A member of another type on the way is recorded.
    mutating func node(_ start: DocumentNode, _ path: [String]) -> DocumentNode? {
        var node = start
        for (index, key) in path.enumerated() {
            guard let table = node.table else {
                if !node.isNull {
                    let walked = path[..<index].joined(separator: ".")
                    leaveOut(walked, "it is \(node.typeName); a table was expected", at: node.range)
                }
                return nil
            }
            guard let next = table[key], !next.isNull else { return nil }
            node = next
        }
        return node
    }

    /// The text at a path of keys; nil when it is missing.
    mutating func text(_ start: DocumentNode, _ path: [String]) -> Located<String>? {
        guard let node = node(start, path) else { return nil }
        guard let text = node.text else {
            leaveOut(path.joined(separator: "."), "it is \(node.typeName); a text was expected", at: node.range)
            return nil
        }
        return Located(text, node.range)
    }

    /// The integer at a path of keys; nil when it is missing.
    mutating func integer(_ start: DocumentNode, _ path: [String]) -> Located<Int64>? {
        guard let node = node(start, path) else { return nil }
        guard let integer = node.integer, integer >= 0 else {
            let written = node.text.map { " \"\($0)\"" } ?? ""
            leaveOut(
                path.joined(separator: "."), "it is \(node.typeName)\(written); a whole number was expected",
                at: node.range)
            return nil
        }
        return Located(integer, node.range)
    }

    /// The elements at a path of keys; empty when it is missing.
    mutating func list(_ start: DocumentNode, _ path: [String]) -> [DocumentNode] {
        guard let node = node(start, path) else { return [] }
        guard let list = node.array else {
            leaveOut(path.joined(separator: "."), "it is \(node.typeName); a list was expected", at: node.range)
            return []
        }
        return list
    }
}
