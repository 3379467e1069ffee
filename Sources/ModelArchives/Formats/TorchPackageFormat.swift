import EnvironmentInventory
import SourceDocuments

/// Archives and directories of torch.package (https://docs.pytorch.org/docs/2.9/package.html): `.data/extern_modules`, pickles, and the
/// code that they name. `PackageImporter` takes a module of the package before one of the same name elsewhere, also of
/// Python's own library.
enum TorchPackageFormat: ModelFormat {
    static let name = "torch-package"

    static func read(_ tree: ModelTree) throws(DocumentError) -> ModelFileContent? {
        let folders = tree.folders(with: ".data/extern_modules")
        guard !folders.isEmpty else { return nil }
        var content = ModelFileContent(name)
        content.modules.insert("torch")
        for folder in folders {
            let paths = (tree.files.map(\.path) + tree.links.map(\.path)).filter {
                $0.hasBytePrefix(folder) && $0.hasSuffix(".py")
            }
            content.findings += Finding.code(of: paths, in: tree, severity: .warning)
            if let first = paths.first {
                content.leaveOut("", "code that is in the package is not read", in: tree.shown(first))
            }
        }
        return content
    }
}

extension Finding {
    /// How many files of code have a finding each.
    private static let namedFiles = 64

    /// Names files of the model as code that loading runs; many more of them are counted.
    static func code(of paths: [String], in tree: ModelTree, severity: Severity) -> [Finding] {
        var findings = paths.prefix(namedFiles).map { code(of: $0, in: tree.shown($0), severity: severity) }
        if let next = paths.dropFirst(namedFiles).first {
            findings.append(
                Finding(
                    rule: ModelRules.dangerousGlobal.name, severity: severity, file: tree.shown(next), range: nil,
                    message: "loading runs the code in \(next) and \(paths.count - namedFiles - 1) files more",
                    help: "read that code and keep it with the model", ecosystem: .model, subject: next))
        }
        return findings
    }

    /// Names a file of the model as code that loading runs.
    static func code(of path: String, in file: String, severity: Severity) -> Finding {
        Finding(
            rule: ModelRules.dangerousGlobal.name, severity: severity, file: file, range: nil,
            message: "loading runs the code in \(path)", help: "read that code and keep it with the model",
            ecosystem: .model, subject: path)
    }
}

extension ModelTree {
    /// Whether a directory of the model, or an archive or a link in its place, may have a module.
    func mayHold(module: String, below path: String) -> Bool {
        let plain = path.hasSuffix("/") ? String(path.dropLast()) : path
        if !plain.isEmpty, self[plain] != nil { return true }
        if links.contains(where: { $0.path == plain || plain.hasBytePrefix($0.path + "/") }) { return true }
        let start = plain.isEmpty ? module : "\(plain)/\(module)"
        let isModule = { (path: String) in
            path == start || path.hasBytePrefix(start + "/")
                || path.hasBytePrefix(start + ".")
                    && [".py", ".pyc", ".so", ".pyd"].contains { path.hasSuffix($0) }
        }
        return files.contains { isModule($0.path) } || links.contains { isModule($0.path) }
    }
}
