import EnvironmentInventory
import ModelArchives
import Preflight
import SourceDocuments

extension PreflightDeclaration {
    /// The rules that a declaration may waive.
    private static let waivable = Set(Rules.all.map(\.name)).subtracting(["expired-waiver"])

    /// Finds the declaration of a model: the given one, else the one in its root, else the one beside it.
    ///
    /// - Returns: the declaration, nil where there is none, and the directories beside the model in which its references
    ///   may lie.
    static func find(
        for model: Model, given path: String?
    ) throws(InputError) -> (declaration: PreflightDeclaration?, besides: [String]) {
        if let path {
            let text = try readText(path)
            return (try parsed(text), [directory(of: path)])
        }
        switch model.container {
        case .directory:
            let inside = join(model.name, fileName)
            if isRegularFile(inside) { return (try parsed(try readText(inside)), []) }
        case .archive:
            if let bytes = model.documents[fileName] {
                return (try parsed(SourceText(name: "\(model.name)!\(fileName)", bytes: bytes)), [])
            }
            if model.files.contains(where: { $0.path == fileName }) {
                throw InputError("\(model.name)!\(fileName): it is too large for a declaration")
            }
        case .file: break
        }
        let parent = directory(of: model.name)
        let beside = parent == "." ? fileName : join(parent, fileName)
        guard isRegularFile(beside) else { return (nil, model.container == .file ? [parent] : []) }
        return (try parsed(try readText(beside)), [parent])
    }

    private static func parsed(_ text: SourceText) throws(InputError) -> PreflightDeclaration {
        try InputError.wrapping { () throws(DocumentError) in try PreflightDeclaration(text, rules: waivable) }
    }

    private static func directory(of path: String) -> String {
        var path = path
        while path.utf8.count > 1, path.hasSuffix("/") { path.removeLast() }
        let parent = PosixPath.directory(path)
        return parent.isEmpty ? "." : parent
    }
}
