import EnvironmentInventory
import SourceDocuments

/// PyTorch's files (https://pytorch.org/docs/stable/notes/serialization.html): the zip of `torch.save` with `data.pkl`,
/// TorchScript with `constants.pkl` and `code/`, `.pt2` with `archive_format`, and the pickles of before 1.6.
///
/// Only `.pt2` records PyTorch's version. Left out: what the operators of a graph need.
enum PyTorchFormat: ModelFormat {
    static let name = "pytorch"

    private static let small: Set<String> = [
        "version", ".format_version", "byteorder", "archive_format", "archive_version",
    ]

    static func keeps(_ path: String) -> Bool {
        let base = baseName(path)
        return small.contains(base) || base == "serialized_exported_program.json"
            || (base.hasSuffix(".json") && path.split(separator: "/").dropLast().last == "models")
    }

    /// Where PyTorch keeps an extra file (`_extra_files` of `torch.jit.save`); nil for an archive that PyTorch did not write.
    static func extraFile(_ name: String, in members: [String]) -> String? {
        root(of: members).map { "\($0)extra/\(name)" }
    }

    static func isOneFile(_ members: [String]) -> Bool { root(of: members) != nil }

    /// Returns the top-level directory of a PyTorch zip, with its slash.
    private static func root(of members: [String]) -> String? {
        guard let first = members.first, let slash = first.firstIndex(of: "/") else {
            return members.contains("data.pkl") && members.contains("version") ? "" : nil
        }
        let folder = String(first[...slash])
        guard members.allSatisfy({ $0.hasPrefix(folder) }) else { return nil }
        let has = { members.contains(folder + $0) }
        return (has("data.pkl") && has("version")) || has("archive_format") ? folder : nil
    }

    static func read(_ tree: ModelTree) throws(DocumentError) -> ModelFileContent? {
        guard tree.kind == .zip, let root = root(of: tree.files.map(\.path)) else { return nil }
        let isExport = tree[root + "archive_format"] != nil
        let isScript = tree[root + "constants.pkl"] != nil
        var content = ModelFileContent(isExport ? "pytorch-export" : isScript ? "torchscript" : name)
        content.modules.insert("torch")
        if let text = tree.text(root + "version") ?? tree.text(root + ".data/version") {
            content.record(
                .format, name: "pytorch", value: firstLine(text), strength: .recorded, file: text.name, place: .line(1))
        }
        var recordsVersion = false
        for file in tree.files where file.path.hasPrefix(root + "models/") && file.bytes != nil {
            guard let text = tree.text(file.path) else { continue }
            if let node = try JSONReader.read(text).table?["torch_version"], let version = node.text {
                content.record(
                    .package, name: "torch", value: version, strength: .recorded, file: text.name,
                    place: .line(node.place.line))
                recordsVersion = true
            }
        }
        readMembers(tree, root, into: &content)
        if isScript { readCode(tree, root, into: &content) }
        if !recordsVersion { content.findings.append(unrecorded("PyTorch", "torch", tree.prefix)) }
        return content
    }

    /// What PyTorch itself writes beside `data.pkl`
    /// (https://docs.pytorch.org/docs/stable/notes/serialization.html, torch/export/pt2_archive/constants.py).
    private static let known: Set<String> = [
        "data.pkl", "constants.pkl", "version", ".format_version", ".storage_alignment", "byteorder", "archive_format",
        "archive_version", "bytecode.pkl", "mobile_debug_handles.pkl", "serialized_exported_program.json",
        "serialized_state_dict.pt", "serialized_state_dict.json", "serialized_constants.pt",
        "serialized_constants.json", "serialized_example_inputs.pt", "traced_inputs.pkl",
    ]
    private static let folders: Set<String> = [
        ".data", "data", "code", "constants", "extra", "models", "tensors", "bytecode", "traced_inputs", "xl_weights",
        "weights",
    ]

    /// Whether members are those of a file that `torch.save` writes, and no others: an object and its storages, no code.
    static func isPlain(_ members: [String]) -> Bool {
        guard let root = root(of: members), members.contains(root + "data.pkl") else { return false }
        let names: Set<String> = [
            "data.pkl", "version", ".format_version", ".storage_alignment", "byteorder", ".data/serialization_id",
        ]
        return members.allSatisfy { member in
            let path = String(member.dropFirst(root.count))
            return names.contains(path)
                || path.hasPrefix("data/") && path.dropFirst(5).allSatisfy { $0.isASCII && $0.isNumber }
        }
    }

    /// Takes over what the code of TorchScript names.
    private static func readCode(_ tree: ModelTree, _ root: String, into content: inout ModelFileContent) {
        for file in tree.files where file.path.hasPrefix(root + "code/") {
            guard let code = file.content, code.format == TorchScriptCode.name else { continue }
            content.findings += code.findings
            content.gaps += code.gaps
        }
    }

    private static func readMembers(_ tree: ModelTree, _ root: String, into content: inout ModelFileContent) {
        for file in tree.files {
            let path = file.path.dropFirst(root.count)
            let first = path.prefix { $0 != "/" }
            if path.hasPrefix("data/aotinductor/") {
                content.leaveOut("", "compiled code is not read", in: tree.shown(file.path))
            } else if first.count == path.count ? !known.contains(String(path)) : !folders.contains(String(first)) {
                content.leaveOut("", "PyTorch writes no member of this name", in: tree.shown(file.path))
            }
        }
    }

    static func unrecorded(_ library: String, _ package: String, _ prefix: String) -> Finding {
        Finding(
            rule: ModelRules.unrecordedVersion.name, severity: .note,
            file: prefix.hasSuffix("!") ? String(prefix.dropLast()) : prefix,
            range: nil, message: "this file does not record the version of \(library) that wrote it",
            help: "record the environment with `pinproof capture ENV --into MODEL`", ecosystem: .model,
            subject: package)
    }

    private static func firstLine(_ text: SourceText) -> String {
        String(decoding: text.bytes.prefix { $0 > UInt8(ascii: " ") }.prefix(64), as: UTF8.self)
    }
}
