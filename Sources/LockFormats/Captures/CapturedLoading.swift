import EnvironmentInventory
import SourceDocuments

/// The tables of a capture about shared libraries: what the packages need of the place where they run, and where the loader of
/// training takes each library from.
enum CapturedLoading {
    // MARK: Writing

    static func lines(_ environment: Environment) -> [String] {
        (environment.needs.map(needs) ?? []) + (environment.libraries ?? []).sorted().flatMap(library)
    }

    private static func needs(_ needs: LoadingAssessment.Needs) -> [String] {
        let stated = [
            ("glibc", needs.glibc), ("glibcxx", needs.glibcxx), ("cpu", needs.cpu), ("numpy", needs.numpy),
        ]
        var lines = ["", "[tool.pinproof.needs]"]
        lines += stated.compactMap { name, value in value.map { "\(name) = \(quoted($0))" } }
        guard needs.cudaRuntime != nil || !needs.architectures.isEmpty else { return lines }
        lines += ["", "[tool.pinproof.needs.cuda]"]
        lines += [("runtime", needs.cudaRuntime), ("driver", needs.cudaDriver)].compactMap { name, value in
            value.map { "\(name) = \(quoted($0))" }
        }
        for (library, code) in needs.architectures.sorted(by: { $0.key < $1.key }) {
            lines += ["", "[tool.pinproof.needs.cuda.architectures.\(quoted(library))]"]
            lines += ["cubin = \(list(code.cubins))", "ptx = \(list(code.ptx))"]
        }
        return lines
    }

    private static func library(_ source: LibrarySource) -> [String] {
        var lines = ["", "[[tool.pinproof.libraries]]", "name = \(quoted(source.name))"]
        switch source.place {
        case .file(let path, let sha256, let owner):
            lines.append("path = \(quoted(path))")
            if let sha256 { lines.append("digest = \(quoted(sha256.description))") }
            if let owner { lines.append("source = \(quoted(owner))") }
        case .outside: lines.append("source = \(quoted(outside))")
        case .missing: lines.append("source = \(quoted(missing))")
        }
        return lines
    }

    /// What stands for the system below an environment, and for a library that is nowhere; packages have two words.
    private static let outside = "system"
    private static let missing = "missing"

    private static func quoted(_ text: String) -> String { CaptureWriter.quoted(text) }
    private static func list(_ items: [String]) -> String { "[" + items.map(quoted).joined(separator: ", ") + "]" }

    // MARK: Reading

    /// Reads where libraries came from; nil where the capture has none of them on record.
    static func libraries(_ fields: DocumentFields) throws(LockReadingError) -> [LibrarySource]? {
        guard fields.table["libraries"] != nil else { return nil }
        var libraries: [LibrarySource] = []
        for entry in try fields.list("libraries") {
            let name = try entry.requiredString("name")
            guard !name.isEmpty else { throw entry.error("has an empty name") }
            let source = try entry.string("source")
            guard let path = try entry.string("path") else {
                guard source == outside || source == missing else {
                    throw entry.error("has neither a path nor a source that is known")
                }
                libraries.append(LibrarySource(name: name, place: source == outside ? .outside : .missing))
                continue
            }
            guard !path.isEmpty else { throw entry.error("has an empty path") }
            var digest: Digest?
            if let text = try entry.string("digest") {
                digest = Digest(text)
                guard digest?.algorithm == .sha256 else {
                    throw entry.error("\"\(text)\" is not a digest", at: entry.table["digest"]?.place)
                }
            }
            libraries.append(LibrarySource(name: name, place: .file(path: path, sha256: digest, owner: source)))
        }
        return libraries
    }

    /// Reads what the packages need; nil where the capture does not say it.
    static func needs(_ fields: DocumentFields) throws(LockReadingError) -> LoadingAssessment.Needs? {
        guard let table = try fields.fields("needs") else { return nil }
        var needs = LoadingAssessment.Needs()
        needs.glibc = try table.string("glibc")
        needs.glibcxx = try table.string("glibcxx")
        needs.cpu = try table.string("cpu")
        needs.numpy = try table.string("numpy")
        guard let cuda = try table.fields("cuda") else { return needs }
        needs.cudaRuntime = try cuda.string("runtime")
        needs.cudaDriver = try cuda.string("driver")
        guard let architectures = try cuda.fields("architectures") else { return needs }
        for member in architectures.table.members {
            guard let code = try architectures.fields(member.key) else { continue }
            needs.architectures[member.key] = .init(cubins: try code.strings("cubin"), ptx: try code.strings("ptx"))
        }
        return needs
    }
}
