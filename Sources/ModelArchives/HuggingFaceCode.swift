import EnvironmentInventory
import SourceDocuments

/// The code that loading a Hugging Face model runs, besides that of the libraries.
///
/// `auto_map`, `custom_pipelines` and `custom_generate` of transformers
/// (https://huggingface.co/docs/transformers/custom_models, https://huggingface.co/docs/transformers/generation_strategies);
/// pipelines of diffusers (https://huggingface.co/docs/diffusers/using-diffusers/custom_pipeline_overview); modules of
/// sentence-transformers, which before release 6 needed no `trust_remote_code` in a folder
/// (https://sbert.net/docs/sentence_transformer/usage/custom_models.html).
enum HuggingFaceCode {
    /// The files of sentence-transformers that name classes.
    private static let modules = ["modules.json", "router_config.json", "wordembedding_config.json"]

    static func keeps(_ path: String) -> Bool { modules.contains(baseName(path)) }

    /// Names the code that settings ask for; returns whether there is any.
    @discardableResult
    static func read(_ table: DocumentTable, in file: String, into content: inout ModelFileContent) -> Bool {
        let count = content.findings.count
        for key in ["auto_map", "custom_pipelines"] {
            guard let map = table[key] else { continue }
            // A list is what the first tokenizers had.
            var named = (map.array ?? []).map { (node: $0, line: map.place.line) }
            for member in map.table?.members ?? [] {
                named += ([member.value] + (member.value.array ?? [])).map { ($0, member.keyPlace.line) }
                if let node = member.value.table?["impl"] { named.append((node, member.keyPlace.line)) }
            }
            for (node, line) in named {
                guard let name = node.text, name.contains("--") else { continue }
                content.leaveOut(
                    name, "the code that loading runs lies in another repository", in: file, at: .line(line))
            }
            add(
                key, "\(key) names code that loading with trust_remote_code runs", in: file, line: map.place.line,
                to: &content)
        }
        // With the package kernels, transformers fetches these from a hub and runs them
        // (https://huggingface.co/docs/transformers/main/en/attention_interface).
        for key in ["attn_implementation", "_attn_implementation", "experts_implementation"] {
            guard let node = table[key] else { continue }
            for value in [node] + (node.table?.members.map(\.value) ?? []) {
                guard let name = value.text, name.contains("/") else { continue }
                content.leaveOut(
                    name, "the code that loading runs lies in another repository", in: file, at: .line(value.place.line)
                )
                add(
                    key, "\(key) names a kernel that loading fetches and runs", in: file, line: value.place.line,
                    to: &content)
            }
        }
        let activations = [
            table["activation_function"], table["activation_fn"],
            table["sentence_transformers"]?.table?["activation_fn"],
        ]
        for node in activations.compactMap({ $0 }) {
            // Names of transformers have no full stop.
            guard let name = node.text, name.contains("."), !name.hasPrefix("torch.nn.") else { continue }
            add(
                name, "loading calls \(name), which is no layer of torch", in: file, line: node.place.line, to: &content
            )
        }
        return content.findings.count > count
    }

    /// Names the classes and files of the model itself that loading runs; returns whether modules are listed.
    static func readModules(_ tree: ModelTree, into content: inout ModelFileContent) -> Bool {
        var isFound = false
        let sources = Set(tree.files.map { baseName($0.path) }.filter { $0.hasSuffix(".py") })
        for file in tree.files where keeps(file.path) && file.bytes != nil {
            guard let text = tree.text(file.path) else { continue }
            guard let root = try? JSONReader.read(text) else {
                content.leaveOut("", "the list of modules is not JSON", in: text.name)
                continue
            }
            var nodes: [DocumentNode] = []
            switch baseName(file.path) {
            case "modules.json":
                // A class is in a module; other programs have files of that name too.
                nodes = (root.array ?? []).compactMap { $0.table?["type"] }.filter { $0.text?.contains(".") ?? false }
                isFound = isFound || !nodes.isEmpty
            case "router_config.json": nodes = (root.table?["types"]?.table?.members ?? []).map(\.value)
            default: nodes = [root.table?["tokenizer_class"]].compactMap { $0 }
            }
            for node in nodes {
                guard let name = node.text, !name.hasPrefix("sentence_transformers.") else { continue }
                let module = name.split(separator: ".").first.map(String.init) ?? name
                if !sources.contains(module + ".py") {
                    // Then it is one of an installed package, or of another repository.
                    if name.contains("--") {
                        content.leaveOut(
                            name, "the code that loading runs lies in another repository", in: text.name,
                            at: .line(node.place.line))
                    } else {
                        content.modules.insert(module)
                    }
                }
                add(
                    name, "loading runs \(name), which is no class of sentence-transformers", in: text.name,
                    line: node.place.line, to: &content)
            }
        }
        readGenerators(tree, into: &content)
        return isFound
    }

    /// `custom_generate/generate.py` beside the settings of a model.
    private static func readGenerators(_ tree: ModelTree, into content: inout ModelFileContent) {
        for file in tree.files where file.path.hasSuffix("custom_generate/generate.py") {
            add(
                "custom_generate", "generate() runs this file when the model is loaded with trust_remote_code",
                in: tree.shown(file.path), to: &content)
        }
    }

    /// Names the parts of a pipeline of diffusers whose code the model holds.
    static func read(
        pipeline table: DocumentTable, of path: String, _ tree: ModelTree, into content: inout ModelFileContent
    ) {
        let folder = path.dropLast(baseName(path).utf8.count)
        for member in table.members {
            guard let library = member.value.array?.first?.text else { continue }
            let isPipeline = member.key == "_class_name"
            guard isPipeline || tree["\(folder)\(member.key)/\(library).py"] != nil else {
                if !member.key.hasPrefix("_") {
                    HuggingFaceLibraries.read(part: member, in: tree.shown(path), into: &content)
                }
                continue
            }
            add(
                member.key, "\(member.key) names code that loading with trust_remote_code runs",
                in: tree.shown(path), line: member.keyPlace.line, to: &content)
        }
    }

    private static func add(
        _ subject: String, _ message: String, in file: String, line: Int? = nil, to content: inout ModelFileContent
    ) {
        content.findings.append(
            Finding(
                rule: ModelRules.dangerousGlobal.name, severity: .warning, file: file, range: nil,
                message: message + (line.map { " (line \($0))" } ?? ""),
                help: "read that code and keep it with the model", ecosystem: .model, subject: subject))
    }
}
