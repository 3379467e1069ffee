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

    /// Names the code that settings, and the settings of parts in them, ask for, and what they have loading take from elsewhere;
    /// returns whether there is any.
    @discardableResult
    static func read(_ table: DocumentTable, in file: String, into content: inout ModelFileContent) -> Bool {
        let count = content.findings.count + content.gaps.count
        var code = HuggingFaceNestedCode()
        code.collect(table)
        for entry in code.asked { add(entry.key, entry.message, in: file, line: entry.line, to: &content) }
        code.nameElsewhere(in: file, into: &content)
        code.nameFetched(in: file, into: &content)
        let activations = [
            table["activation_function"], table["activation_fn"],
            table["sentence_transformers"]?.table?["activation_fn"],
            // What cross encoders had before sentence-transformers 4.
            table["sbert_ce_default_activation_function"],
        ]
        for node in activations.compactMap({ $0 }) {
            // Names of transformers have no full stop.
            guard let name = node.text, name.contains("."), !name.hasPrefix("torch.nn.") else { continue }
            add(
                name, "loading calls \(name), which is no layer of torch", in: file, line: node.place.line, to: &content
            )
        }
        return content.findings.count + content.gaps.count > count
    }

    /// Names the tokenizer that peft takes from another repository where a prompt begins as a text, with arguments of the file
    /// (`PromptEmbedding` of https://github.com/huggingface/peft/blob/v0.18.0/src/peft/tuners/prompt_tuning/model.py).
    static func read(adapter table: DocumentTable, in file: String, into content: inout ModelFileContent) {
        guard let node = table["tokenizer_name_or_path"], let name = node.text, !name.isEmpty,
            table["prompt_tuning_init"]?.text == "TEXT"
        else { return }
        content.leaveOut(
            name, "loading takes the tokenizer from there, not from the model", in: file, at: .line(node.place.line))
        guard let trust = table["tokenizer_kwargs"]?.table?["trust_remote_code"], !trust.isNull, trust.boolean != false
        else { return }
        add(
            "trust_remote_code", "loading runs code of the repository of the tokenizer", in: file,
            line: trust.place.line, to: &content)
    }

    /// Whether a file has the settings of a transformer of sentence-transformers: `sentence_bert_config.json`, and others that
    /// its first releases wrote (`Transformer.load_config` of
    /// https://github.com/huggingface/sentence-transformers/blob/v5.1.0/sentence_transformers/models/Transformer.py).
    static func isTransformer(_ path: String) -> Bool {
        let base = baseName(path)
        return base.hasPrefix("sentence_") && base.hasSuffix("_config.json")
    }

    /// Names what the arguments of `from_pretrained`, which sentence-transformers takes from a file of the model, make loading
    /// read or fetch besides it; returns whether there is any. `trust_remote_code` among them is dropped.
    static func read(arguments table: DocumentTable, in file: String, into content: inout ModelFileContent) -> Bool {
        let count = content.gaps.count
        if let node = table["tokenizer_name_or_path"], let name = node.text, !name.isEmpty {
            content.leaveOut(
                name, "loading takes the tokenizer from there, not from the model", in: file,
                at: .line(node.place.line))
        }
        for key in arguments {
            for member in table[key]?.table?.members ?? [] where others.contains(member.key) {
                if member.value.isNull || member.value.boolean == false { continue }
                content.leaveOut(
                    member.key, "with this argument loading reads or fetches what is not known", in: file,
                    at: .line(member.keyPlace.line))
            }
        }
        return content.gaps.count > count
    }

    private static let arguments = [
        "model_args", "model_kwargs", "tokenizer_args", "processor_kwargs", "config_args", "config_kwargs",
    ]
    /// Arguments that have kernels fetched, another file read as the settings, or an adapter loaded.
    private static let others: Set<String> = [
        "_configuration_file", "adapter_kwargs", "custom_generate", "gguf_file", "kernel_config", "use_kernels",
    ]

    /// Names the classes and files of the model itself that loading runs; returns whether modules are listed.
    static func readModules(_ tree: ModelTree, into content: inout ModelFileContent) -> Bool {
        var isFound = false
        let sources = sources(of: tree)
        for file in tree.files where keeps(file.path) && file.bytes != nil {
            guard let text = tree.text(file.path) else { continue }
            let root: DocumentNode
            do throws(DocumentError) { root = try ModelJSON.read(text) } catch {
                content.leaveOut("", "the list of modules is not read: \(error.reason)", in: text.name)
                if JSONReader.hasTooManyValues(error) { isFound = true }
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
            name(modules: nodes, sources: sources, in: text.name, into: &content)
        }
        readGenerators(tree, into: &content)
        return isFound
    }

    /// The names of the files of Python in a model.
    private static func sources(of tree: ModelTree) -> Set<String> {
        Set(tree.files.map { baseName($0.path) }.filter { $0.hasSuffix(".py") })
    }

    /// Names the classes of a router in `config.json`, where its first releases wrote them; returns whether there is any
    /// (`Router.load` of
    /// https://github.com/huggingface/sentence-transformers/blob/v5.1.0/sentence_transformers/models/Router.py).
    static func read(
        router table: DocumentTable, of tree: ModelTree, in file: String, into content: inout ModelFileContent
    ) -> Bool {
        guard table["structure"]?.table != nil, let types = table["types"]?.table else { return false }
        let count = content.findings.count
        let nodes = types.members.map(\.value).filter { $0.text?.contains(".") ?? false }
        name(modules: nodes, sources: sources(of: tree), in: file, into: &content)
        return content.findings.count > count
    }

    /// Names classes that are not those of sentence-transformers.
    private static func name(
        modules nodes: [DocumentNode], sources: Set<String>, in file: String, into content: inout ModelFileContent
    ) {
        for node in nodes {
            guard let name = node.text, !name.hasPrefix("sentence_transformers.") else { continue }
            let module = name.split(separator: ".").first.map(String.init) ?? name
            if !sources.contains(module + ".py") {
                // Then it is one of an installed package, or of another repository.
                if name.contains("--") {
                    content.leaveOut(
                        name, "the code that loading runs lies in another repository", in: file,
                        at: .line(node.place.line))
                } else {
                    content.modules.insert(module)
                }
            }
            add(
                name, "loading runs \(name), which is no class of sentence-transformers", in: file,
                line: node.place.line, to: &content)
        }
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
            guard let first = member.value.array?.first else { continue }
            let isOwn = first.text.map { library in
                member.key == "_class_name" || tree["\(folder)\(member.key)/\(library).py"] != nil
            }
            guard isOwn ?? false else {
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
