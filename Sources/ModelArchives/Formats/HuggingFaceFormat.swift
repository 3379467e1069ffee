import EnvironmentInventory
import PythonPackaging
import SourceDocuments

/// Hugging Face model directories (https://huggingface.co/docs/transformers): `config.json` with `transformers_version`,
/// `model_index.json`, `modular_model_index.json` and `modular_config.json` of diffusers
/// (https://huggingface.co/docs/diffusers/main/en/modular_diffusers/custom_blocks), `adapter_config.json` of peft,
/// `config_sentence_transformers.json`.
enum HuggingFaceFormat: ModelFormat {
    static let name = "hugging-face"

    private static let files = [
        "config.json", "model_index.json", "adapter_config.json", "config_sentence_transformers.json",
        "generation_config.json", "modular_config.json", "modular_model_index.json",
    ]

    /// The settings of what prepares the inputs; transformers takes the code of these classes from there.
    private static let settings = [
        "tokenizer_config.json", "preprocessor_config.json", "processor_config.json",
        "video_preprocessor_config.json", "audio_tokenizer_config.json",
    ]

    static func keeps(_ path: String) -> Bool {
        let base = baseName(path)
        return files.contains(base) || isSettings(path) || HuggingFaceCode.keeps(path) || isIndex(path)
    }

    private static func isSettings(_ path: String) -> Bool {
        settings.contains(baseName(path)) || HuggingFaceCode.isTransformer(path)
    }

    /// Whether a file names the files of weights that were split.
    private static func isIndex(_ path: String) -> Bool {
        path.hasSuffix(".bin.index.json") || path.hasSuffix(".safetensors.index.json")
    }

    static func read(_ tree: ModelTree) throws(DocumentError) -> ModelFileContent? {
        var content = ModelFileContent(name)
        var isFound = false
        for file in tree.files where file.bytes != nil && files.contains(baseName(file.path)) {
            guard let text = tree.text(file.path) else { continue }
            guard let root = try ModelJSON.read(text, into: &content) else {
                isFound = true
                continue
            }
            guard let table = root.table else {
                content.leaveOut("", "the description is not an object", in: text.name)
                continue
            }
            if marks.contains(where: { table[$0] != nil }) { isFound = true }
            let keys = [
                ("transformers_version", "transformers"), ("_diffusers_version", "diffusers"), ("peft_version", "peft"),
            ]
            for (key, package) in keys {
                if let node = table[key], let version = node.string {
                    content.record(
                        .package, name: package, value: version, strength: .claimed, file: text.name,
                        place: .line(node.place.line))
                    content.modules.insert(package)
                }
            }
            for member in table["__version__"]?.table?.members ?? [] {
                guard let version = member.value.string else { continue }
                let package = member.key == "pytorch" ? "torch" : NormalizedName.of(member.key)
                content.record(
                    .package, name: package, value: version, strength: .claimed, file: text.name,
                    place: .line(member.keyPlace.line))
                isFound = true
            }
            readQuantization(table, in: text.name, into: &content)
            readBase(table, of: file.path, tree, in: text.name, into: &content)
            if HuggingFaceCode.read(table, in: text.name, into: &content), isUnmarked(table, file.path, tree) {
                isFound = true
            }
            switch baseName(file.path) {
            case "adapter_config.json":
                HuggingFaceLibraries.read(adapter: table, in: text.name, into: &content)
                HuggingFaceCode.read(adapter: table, in: text.name, into: &content)
            case "model_index.json", "modular_model_index.json":
                HuggingFaceCode.read(pipeline: table, of: file.path, tree, into: &content)
            case "config.json":
                if HuggingFaceCode.read(router: table, of: tree, in: text.name, into: &content) { isFound = true }
            default: break
            }
        }
        if readSettings(tree, into: &content) { isFound = true }
        if HuggingFaceCode.readModules(tree, into: &content) { isFound = true }
        if isFound {
            recordWeights(tree, into: &content)
            nameObjects(tree, into: &content)
        }
        return isFound ? content : nil
    }

    /// The keys of which a description of these libraries has one.
    private static let marks = ["model_type", "architectures", "_class_name", "_blocks_class_name", "peft_type"]

    /// Whether settings without a mark are those of transformers: `BertModel.from_pretrained` needs none, and code of the
    /// model is taken by `auto_map` alone. Other programs have a `config.json` too, but not with these keys, or beside weights
    /// with transformers' names.
    private static func isUnmarked(_ table: DocumentTable, _ path: String, _ tree: ModelTree) -> Bool {
        if ["auto_map", "attn_implementation", "_attn_implementation"].contains(where: { table[$0] != nil }) {
            return true
        }
        let folder = PosixPath.directory(path)
        return tree.files.contains { file in
            guard PosixPath.directory(file.path) == folder else { return false }
            let base = baseName(file.path)
            return base == "tf_model.h5" || base == "flax_model.msgpack" || isIndex(base)
                || base.hasPrefix("model") && base.hasSuffix(".safetensors")
                || base.hasPrefix("pytorch_model") && base.hasSuffix(".bin")
        }
    }

    /// Names the code that settings ask for; returns whether there is any, or a file of them is not read.
    private static func readSettings(_ tree: ModelTree, into content: inout ModelFileContent) -> Bool {
        var isFound = false
        for file in tree.files where file.bytes != nil && isSettings(file.path) {
            guard let text = tree.text(file.path) else { continue }
            let root: DocumentNode
            do throws(DocumentError) { root = try ModelJSON.read(text) } catch {
                content.leaveOut("", "the settings are not read: \(error.reason)", in: text.name)
                if JSONReader.hasTooManyValues(error) { isFound = true }
                continue
            }
            guard let table = root.table else {
                content.leaveOut("", "the settings are not an object of JSON", in: text.name)
                continue
            }
            if HuggingFaceCode.read(table, in: text.name, into: &content) { isFound = true }
            if HuggingFaceCode.isTransformer(file.path),
                HuggingFaceCode.read(arguments: table, in: text.name, into: &content)
            {
                isFound = true
            }
        }
        return isFound
    }

    /// Names the model that an adapter changes. MLflow's flavour of transformers keeps it beside the adapter, and loads that.
    private static func readBase(
        _ table: DocumentTable, of path: String, _ tree: ModelTree, in file: String,
        into content: inout ModelFileContent
    ) {
        guard baseName(path) == "adapter_config.json", let node = table["base_model_name_or_path"],
            let base = node.text, !base.isEmpty
        else { return }
        if path.hasSuffix("peft/adapter_config.json") {
            let beside = String(path.dropLast("peft/adapter_config.json".count)) + "model/"
            let isKept = tree.files.contains { file in
                file.path.hasBytePrefix(beside) && [".safetensors", ".bin"].contains { file.path.hasSuffix($0) }
            }
            if isKept { return }
        }
        content.leaveOut(
            base, "the model that the adapter changes is not in the model", in: file, at: .line(node.place.line))
    }

    /// Whether weights that a folder has make those of an index needless: transformers takes safetensors first.
    private static func isReplaced(_ index: String, in folder: Substring, _ tree: ModelTree) -> Bool {
        index.hasSuffix(".bin.index.json")
            && tree.files.contains { file in
                file.path.hasSuffix(".safetensors") && file.path.dropLast(baseName(file.path).utf8.count) == folder
            }
    }

    /// Whether a file has the numbers of an OpenVINO network: the network lies beside it, and it has none of the names of what
    /// torch.load reads (https://github.com/huggingface/transformers/blob/v4.57.0/src/transformers/utils/__init__.py).
    private static func isOpenVINO(_ path: String, _ tree: ModelTree) -> Bool {
        let base = baseName(path)
        let isTorch = ["pytorch_model", "adapter_model", "training_args", "optimizer", "scheduler"].contains {
            base.contains($0)
        }
        return !isTorch && tree[path.dropLast(3) + "xml"]?.content?.format == OpenVINOFormat.name
    }

    /// Names what torch.load reads: weights and settings of the training, and the parts that an index names.
    private static func nameObjects(_ tree: ModelTree, into content: inout ModelFileContent) {
        for file in tree.files where file.path.hasSuffix(".bin") {
            if isOpenVINO(file.path, tree) {
                // Numbers are no pickle to their last byte.
                if let read = file.content, read.isTentative {
                    content.findings += read.findings
                    content.leaveOut("", "the numbers of a network are also a pickle", in: tree.shown(file.path))
                }
                continue
            }
            content.objects.append(
                NamedObject(path: file.path, loader: .torch, manifest: "the layout of Hugging Face", place: nil))
        }
        for file in tree.files where isIndex(file.path) {
            guard let text = tree.text(file.path) else { continue }
            guard let map = (try? ModelJSON.read(text))?.table?["weight_map"]?.table else {
                content.leaveOut("", "the index of the weights has no map of them", in: text.name)
                continue
            }
            let folder = file.path.dropLast(baseName(file.path).utf8.count)
            var seen: Set<String> = []
            let isReplaced = isReplaced(file.path, in: folder, tree)
            for member in map.members {
                guard let part = member.value.string else {
                    content.leaveOut(
                        member.key, "the index names no file for it", in: text.name, at: .line(member.keyPlace.line))
                    continue
                }
                guard seen.insert(part).inserted else { continue }
                if !isReplaced, NamedObject.plain(part).flatMap({ tree[folder + $0] }) == nil {
                    content.leaveOut(
                        part, "the index names this file of weights, and it is not in the model", in: text.name,
                        at: .line(member.value.place.line))
                }
                guard !part.hasSuffix(".safetensors"), !part.hasSuffix(".bin") else { continue }
                content.objects.append(
                    NamedObject(
                        path: part.hasPrefix("/") ? part : folder + part, loader: .torch, manifest: text.name,
                        place: .line(member.value.place.line)))
            }
        }
    }

    /// The modules that transformers, diffusers and peft need to load weights of each kind.
    private static func recordWeights(_ tree: ModelTree, into content: inout ModelFileContent) {
        let names = tree.files.map { baseName($0.path) }
        let hasOther = names.contains { $0 == "tf_model.h5" || $0 == "flax_model.msgpack" }
        if names.contains(where: { $0.hasSuffix(".safetensors") }) {
            content.modules.formUnion(hasOther ? ["safetensors"] : ["safetensors", "torch"])
        }
        if names.contains(where: { $0.hasPrefix("pytorch_model") && $0.hasSuffix(".bin") }) {
            content.modules.insert("torch")
        } else if !names.contains(where: { $0.hasSuffix(".safetensors") }) {
            if names.contains("tf_model.h5") { content.modules.formUnion(["tensorflow", "h5py"]) }
            if names.contains("flax_model.msgpack") { content.modules.formUnion(["flax", "jax"]) }
        }
        if names.contains("config_sentence_transformers.json") { content.modules.insert("sentence_transformers") }
        if names.contains("config.json") || names.contains("adapter_config.json") {
            content.modules.insert("transformers")
        }
    }

    /// What transformers imports for weights that were quantised
    /// (https://huggingface.co/docs/transformers/main/en/quantization/overview). It has nothing for those of NVIDIA's modelopt,
    /// which vLLM and TensorRT-LLM read themselves (https://docs.vllm.ai/en/latest/features/quantization/modelopt.html).
    private static let quantizers: [String: [String]] = [
        "aqlm": ["aqlm"], "auto-round": ["auto_round"], "awq": ["awq"], "bitnet": [], "bitsandbytes": ["bitsandbytes"],
        "bitsandbytes_4bit": ["bitsandbytes"], "bitsandbytes_8bit": ["bitsandbytes"],
        "compressed-tensors": ["compressed_tensors"], "eetq": ["eetq"], "fbgemm_fp8": ["fbgemm_gpu"],
        "finegrained_fp8": [], "fp8": [], "fp_quant": ["fp_quant"], "gptq": ["optimum"], "higgs": ["flute"],
        "hqq": ["hqq"], "modelopt": [], "mxfp4": ["kernels"], "quanto": ["optimum"], "quark": ["quark"],
        "spqr": ["spqr_quant"], "torchao": ["torchao"], "vptq": ["vptq"],
    ]

    private static func readQuantization(_ table: DocumentTable, in file: String, into content: inout ModelFileContent)
    {
        guard let settings = table["quantization_config"]?.table else { return }
        guard let node = settings["quant_method"], let method = node.text, let modules = quantizers[method] else {
            let node = settings["quant_method"]
            return content.leaveOut(
                node?.text ?? "", "the method of quantisation is not known", in: file,
                at: (node?.place.line).map { .line($0) })
        }
        content.modules.formUnion(modules)
    }
}
