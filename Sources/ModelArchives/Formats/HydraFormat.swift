import EnvironmentInventory
import SourceDocuments

/// Configurations that name what loading calls: `_target_` of Hydra (https://hydra.cc/docs/advanced/instantiate_objects/overview/),
/// which NeMo's archives have in `model_config.yaml` and MONAI's bundles in `configs/`; `target` with `params` of latent
/// diffusion; `class_path` of Lightning (https://lightning.ai/docs/pytorch/stable/cli/lightning_cli_advanced_3.html).
///
/// Any function may stand there: with `os.system` in the place of a layer a model runs what it likes (CVE-2025-23304 of NeMo,
/// https://nvd.nist.gov/vuln/detail/CVE-2025-23304).
enum HydraFormat: ModelFormat {
    static let name = "hydra"

    private static let nemo = "model_config.yaml"
    private static let names = [nemo, "config.yaml", "config.yml", "hparams.yaml", "run_config.yaml"]

    static func keeps(_ path: String) -> Bool { names.contains(baseName(path)) || isBundle(path) }

    /// Whether a file is a configuration of a MONAI bundle (https://docs.monai.io/en/stable/mb_specification.html).
    private static func isBundle(_ path: String) -> Bool {
        let parts = path.pathNames
        return parts.dropLast().last == "configs" && [".json", ".yaml", ".yml"].contains { path.hasSuffix($0) }
    }

    static func read(_ tree: ModelTree) throws(DocumentError) -> ModelFileContent? {
        var content = ModelFileContent(name)
        // A project has such files too: they count where there is something to load.
        guard tree.files.contains(where: { $0.content != nil || $0.tree != nil }) else { return nil }
        var isFound = false
        for file in tree.files where file.bytes != nil {
            guard keeps(file.path) || baseName(file.path) == "config.json", let text = tree.text(file.path) else {
                continue
            }
            let node: DocumentNode
            do throws(DocumentError) {
                node = try file.path.hasSuffix(".json") ? JSONReader.read(text) : YAMLReader.read(text)
            } catch {
                // Of a `config.json` that is none another format tells.
                if !keeps(file.path) { continue }
                content.leaveOut("", "it is not read: \(error.reason)", in: text.name)
                isFound = true
                continue
            }
            var calls = HydraCalls(isBundle: isBundle(file.path))
            calls.collect(node, isRoot: baseName(file.path) == nemo)
            if text.bytes.contains(UInt8(ascii: "!")), isPython(text) {
                calls.add("python", "a tag names an object of Python that an unsafe loader makes", line: nil)
            }
            if calls.isEmpty { continue }
            isFound = true
            content.findings += calls.findings(in: text.name)
            if baseName(file.path) == nemo { content.modules.formUnion(calls.modules) }
        }
        return isFound ? content : nil
    }

    /// Whether a text has a tag like `!!python/object/apply:os.system` (https://pyyaml.org/wiki/PyYAMLDocumentation).
    private static func isPython(_ text: SourceText) -> Bool {
        let text = String(decoding: text.bytes, as: UTF8.self)
        return text.containsText("!!python/") || text.containsText("tag:yaml.org,2002:python/")
    }
}

/// What a configuration names to be called.
private struct HydraCalls {
    private struct Call {
        let subject: String
        let message: String
        let line: Int?
    }

    /// Whether words that begin with `$` are expressions of Python.
    let isBundle: Bool
    private var calls: [Call] = []
    private var subjects: Set<String> = []
    private(set) var modules: Set<String> = []
    private var isNamed = false
    private var expression: Int?

    init(isBundle: Bool) { self.isBundle = isBundle }

    /// Whether nothing is called.
    var isEmpty: Bool { !isNamed && calls.isEmpty }

    /// Collects from a document.
    ///
    /// - Parameter isRoot: whether the `target` of the document itself is a class, as NeMo writes it.
    mutating func collect(_ root: DocumentNode, isRoot: Bool) {
        if isRoot, let node = root.table?["target"] { name(node) }
        var pending = [root]
        while let node = pending.popLast() {
            if let items = node.array { pending += items.reversed() }
            if let text = node.string {
                if isBundle, text.hasPrefix("$"), expression == nil { expression = node.place.line }
                continue
            }
            guard let table = node.table else { continue }
            if let target = table["_target_"] { name(target) }
            if let target = table["target"], table["params"] != nil { name(target) }
            if let target = table["class_path"] { name(target) }
            pending += table.members.reversed().map(\.value)
        }
        if isNamed, let expression {
            add("$", "loading evaluates an expression of Python", line: expression)
        }
    }

    private mutating func name(_ node: DocumentNode) {
        guard let name = node.text, !name.isEmpty else { return }
        isNamed = true
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        if let first = parts.first, parts.allSatisfy({ Self.isIdentifier($0) }) { modules.insert(String(first)) }
        if Self.isClassOfLibrary(parts) { return }
        // MONAI's components are named without a module.
        if isBundle, parts.count == 1, parts[0].first?.isUppercase ?? false { return }
        add(name, "loading may call \(name), which this configuration names", line: node.place.line)
    }

    mutating func add(_ subject: String, _ message: String, line: Int?) {
        guard subjects.insert(subject).inserted else { return }
        calls.append(Call(subject: subject, message: message, line: line))
    }

    private static func isIdentifier(_ part: Substring) -> Bool {
        !part.isEmpty && part.utf8.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || $0 == UInt8(ascii: "_") }
    }

    /// Libraries whose classes are layers, optimisers, sets of data and the like; their functions load and fetch.
    private static let libraries: Set<Substring> = [
        "torch", "torchvision", "torchaudio", "torchmetrics", "lightning", "pytorch_lightning", "nemo", "megatron",
        "transformers", "diffusers", "monai", "ldm", "sgm", "timm", "sklearn", "omegaconf",
    ]
    /// Classes of these libraries whose objects run code that they are given.
    private static let runners: Set<Substring> = ["PackageImporter", "CompilationUnit", "LightningCLI"]

    private static func isClassOfLibrary(_ parts: [Substring]) -> Bool {
        guard parts.count > 1, let first = parts.first, let last = parts.last, parts.allSatisfy({ isIdentifier($0) })
        else { return false }
        return libraries.contains(first) && (last.first?.isUppercase ?? false) && !runners.contains(last)
    }

    /// How many calls have a finding each.
    private static let namedCalls = 64

    func findings(in file: String) -> [Finding] {
        func finding(_ call: Call, _ message: String) -> Finding {
            Finding(
                rule: ModelRules.dangerousGlobal.name, severity: .warning, file: file, range: nil,
                message: message + (call.line.map { " (line \($0))" } ?? ""),
                help: "do not load this file; ask where it comes from", ecosystem: .model, subject: call.subject)
        }
        var findings = calls.prefix(Self.namedCalls).map { finding($0, $0.message) }
        if let next = calls.dropFirst(Self.namedCalls).first {
            let count = calls.count - Self.namedCalls
            findings.append(finding(next, "loading may call \(count) others that this configuration names"))
        }
        return findings
    }
}
