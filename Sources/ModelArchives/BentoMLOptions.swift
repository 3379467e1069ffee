import EnvironmentInventory
import SourceDocuments

/// The options of a model of BentoML that say what loading imports, fetches and runs: those of diffusers and transformers
/// (https://github.com/bentoml/BentoML/blob/v1.4.40/src/bentoml/_internal/frameworks/diffusers.py,
/// https://github.com/bentoml/BentoML/blob/v1.4.40/src/bentoml/_internal/frameworks/transformers.py). Those of the other
/// frameworks name attributes of their libraries.
struct BentoMLOptions {
    /// The description of the model, as it is shown.
    let file: String

    /// Arguments of `transformers.pipeline` and `from_pretrained` that name no code and no other model.
    private static let plain: Set<String> = [
        "aggregation_strategy", "batch_size", "binary_output", "device", "device_map", "do_sample", "dtype",
        "framework",
        "function_to_apply", "load_in_4bit", "load_in_8bit", "local_files_only", "low_cpu_mem_usage", "max_length",
        "max_memory", "max_new_tokens", "num_workers", "padding", "requires_safety_checker", "return_all_scores",
        "return_full_text", "revision", "temperature", "top_k", "top_p", "torch_dtype", "torchscript", "truncation",
        "use_fast", "use_safetensors", "variant",
    ]

    /// Records what the options of a framework ask for.
    func read(_ options: DocumentNode, of framework: String, into content: inout ModelFileContent) {
        let handedOn: (key: String, library: String)? =
            switch framework {
            case "bentoml.diffusers": ("load_pretrained_extra_kwargs", "diffusers")
            case "bentoml.transformers": ("kwargs", "transformers")
            default: nil
            }
        guard let handedOn, !options.isNull else { return }
        guard let table = options.table else {
            return content.leaveOut("options", "they are not a table", in: file, at: .line(options.place.line))
        }
        if handedOn.library == "diffusers" { readDiffusers(table, into: &content) }
        guard let node = table[handedOn.key], !node.isNull else { return }
        guard let arguments = node.table else {
            return content.leaveOut(handedOn.key, "it is not a table", in: file, at: .line(node.place.line))
        }
        readArguments(arguments, of: handedOn.library, into: &content)
    }

    /// The options that BentoML itself hands on.
    private func readDiffusers(_ table: DocumentTable, into content: inout ModelFileContent) {
        for key in ["pipeline_class", "scheduler_class", "custom_pipeline"] {
            if let member = table.member(key) { readName(member, of: "diffusers", into: &content) }
        }
        for key in ["lora_dir", "lora_weights", "textual_inversions"] {
            guard let member = table.member(key), !member.value.isNull else { continue }
            content.leaveOut(
                member.value.text ?? key, "loading reads these weights, which are not in the model", in: file,
                at: .line(member.keyPlace.line))
        }
    }

    /// The arguments that BentoML hands on as they are.
    private func readArguments(_ table: DocumentTable, of library: String, into content: inout ModelFileContent) {
        var pending = [table]
        while let table = pending.popLast() {
            for member in table.members where !member.value.isNull {
                switch member.key {
                case "trust_remote_code":
                    if member.value.boolean == false { continue }
                    add(
                        member.key, "loading runs code that the model or another repository names", member, to: &content
                    )
                case "custom_pipeline", "pipeline_class": readName(member, of: library, into: &content)
                case "attn_implementation", "_attn_implementation", "experts_implementation":
                    if let name = member.value.text, !name.contains("/") { continue }
                    leaveCode(member, into: &content)
                    add(member.key, "\(member.key) names a kernel that loading fetches and runs", member, to: &content)
                case "model_kwargs":
                    if let inner = member.value.table { pending.append(inner) } else { fallthrough }
                default:
                    if Self.plain.contains(member.key) { continue }
                    content.leaveOut(
                        member.key, "what loading does with this option is not known", in: file,
                        at: .line(member.keyPlace.line))
                }
            }
        }
    }

    /// A class that loading imports by its name, or a pipeline whose code it fetches and runs.
    private func readName(_ member: DocumentTable.Member, of library: String, into content: inout ModelFileContent) {
        if member.value.isNull { return }
        guard let name = member.value.text else {
            return content.leaveOut(
                member.key, "what loading does with this option is not known", in: file, at: .line(member.keyPlace.line)
            )
        }
        if member.key == "custom_pipeline" {
            leaveCode(member, into: &content)
            return add(name, "loading runs the code of the pipeline \(name)", member, to: &content)
        }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        let isClass = parts.last?.first?.isUppercase ?? false
        // Without a module it is a class of the library.
        if isClass, parts.count == 1 || parts.first == Substring(library) { return }
        if parts.count > 1, let module = parts.first, !module.isEmpty { content.modules.insert(String(module)) }
        add(name, "loading imports and calls \(name), which is no class of \(library)", member, to: &content)
    }

    private func leaveCode(_ member: DocumentTable.Member, into content: inout ModelFileContent) {
        content.leaveOut(
            member.value.text ?? member.key, "the code that loading runs lies in another repository", in: file,
            at: .line(member.value.place.line))
    }

    private func add(
        _ subject: String, _ message: String, _ member: DocumentTable.Member, to content: inout ModelFileContent
    ) {
        content.findings.append(
            Finding(
                rule: ModelRules.dangerousGlobal.name, severity: .warning, file: file, range: nil,
                message: "\(message) (line \(member.keyPlace.line))",
                help: "read that code and keep it with the model", ecosystem: .model, subject: subject))
    }
}
