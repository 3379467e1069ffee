import EnvironmentInventory
import SourceDocuments

/// The code that settings of Hugging Face's formats ask for, at whatever depth they stand.
///
/// A composite model has the settings of its parts in `text_config`, `vision_config` and others, and each part is a model that
/// reads its own (`PreTrainedModel.__init__` of
/// https://github.com/huggingface/transformers/blob/v4.57.0/src/transformers/modeling_utils.py); `processor_config.json` has
/// those of `image_processor`, `video_processor`, `feature_extractor` and `tokenizer`, which transformers 5 prefers to their own
/// files (https://github.com/huggingface/transformers/blob/v5.0.0/src/transformers/image_processing_base.py).
struct HuggingFaceNestedCode {
    /// A key that asks for code, where it is first.
    struct Asked {
        let key: String
        let message: String
        let line: Int
    }

    private(set) var asked: [Asked] = []
    private var keys: Set<String> = []
    private var elsewhere: [(name: String, line: Int)] = []
    private var fetched: [(name: String, line: Int)] = []
    private var names: Set<String> = []

    /// How many pieces of code in other repositories have a gap each.
    private static let namedPieces = 64

    /// Collects from settings and from everything in them.
    mutating func collect(_ root: DocumentTable) {
        var pending: [DocumentNode] = []
        read(root, pending: &pending)
        while let node = pending.popLast() {
            if let items = node.array {
                pending += items.filter { Self.isContainer($0) }.reversed()
            } else if let table = node.table {
                read(table, pending: &pending)
            }
        }
    }

    /// Records that code lies in other repositories.
    func nameElsewhere(in file: String, into content: inout ModelFileContent) {
        let reason = "the code that loading runs lies in another repository"
        for piece in elsewhere.prefix(Self.namedPieces) {
            content.leaveOut(piece.name, reason, in: file, at: .line(piece.line))
        }
        if let next = elsewhere.dropFirst(Self.namedPieces).first {
            let count = elsewhere.count - Self.namedPieces
            content.leaveOut(next.name, "\(reason), as that of \(count - 1) others", in: file, at: .line(next.line))
        }
    }

    /// Records what loading takes from other repositories besides code.
    func nameFetched(in file: String, into content: inout ModelFileContent) {
        for part in fetched.prefix(Self.namedPieces) {
            content.leaveOut(
                part.name, "loading takes a part of the model from there, not from the model", in: file,
                at: .line(part.line))
        }
        if let next = fetched.dropFirst(Self.namedPieces).first {
            let count = fetched.count - Self.namedPieces
            content.leaveOut(
                next.name, "loading takes \(count) other parts of the model from elsewhere", in: file,
                at: .line(next.line))
        }
    }

    private static func isContainer(_ node: DocumentNode) -> Bool { node.array != nil || node.table != nil }

    private mutating func read(_ table: DocumentTable, pending: inout [DocumentNode]) {
        readSources(table)
        var inner: [DocumentNode] = []
        for member in table.members where !asks(member) && Self.isContainer(member.value) { inner.append(member.value) }
        pending += inner.reversed()
    }

    /// Collects the repositories from which loading takes a part of the model: the audio tokenizer of a processor
    /// (`get_processor_dict` of
    /// https://github.com/huggingface/transformers/blob/v5.0.0/src/transformers/processing_utils.py), and the settings of a
    /// backbone (`consolidate_backbone_kwargs_to_config` of
    /// https://github.com/huggingface/transformers/blob/v5.0.0/src/transformers/backbone_utils.py), which can name kernels.
    private mutating func readSources(_ table: DocumentTable) {
        if let node = table["audio_tokenizer_name_or_path"], let name = node.text, !name.isEmpty {
            fetched.append((name, node.place.line))
        }
        // A backbone without an owner is one of timm's, which has no settings of its own.
        let isModel = ["model_type", "use_timm_backbone", "use_pretrained_backbone"].contains { table[$0] != nil }
        if isModel, table["backbone_config"]?.isNull ?? true, let node = table["backbone"], let name = node.string,
            name.contains("/")
        {
            fetched.append((name, node.place.line))
        }
    }

    /// Collects from one member; returns whether it asks for code, and is read as a whole.
    private mutating func asks(_ member: DocumentTable.Member) -> Bool {
        let (key, value) = (member.key, member.value)
        switch key {
        case "auto_map", "custom_pipelines":
            guard Self.isText(value) || value.array?.isEmpty == false || value.table?.members.isEmpty == false else {
                return true
            }
            // Of a pipeline only `impl` is code; a list is what the first tokenizers had.
            let pipelines =
                (value.table?.members ?? []).map { $0.value.table?["impl"] ?? $0.value } + (value.array ?? [])
            for node in key == "auto_map" ? [value] : pipelines {
                for text in Self.texts(in: node) where text.name.contains("--") { add(text) }
            }
            ask(key, "\(key) names code that loading with trust_remote_code runs", line: value.place.line)
            return true
        case _ where Self.isKernel(key):
            // With the package kernels, transformers fetches these from a hub and runs them
            // (https://huggingface.co/docs/transformers/main/en/attention_interface).
            for text in Self.texts(in: value) where text.name.contains("/") {
                add(text)
                ask(key, "\(key) names a kernel that loading fetches and runs", line: text.line)
            }
            return true
        default: return false
        }
    }

    /// Whether a key is `attn_implementation`, `_attn_implementation` or the like, also of experts.
    private static func isKernel(_ key: String) -> Bool {
        ["attn_implementation", "experts_implementation"].contains {
            key.hasSuffix($0) || key.hasSuffix($0 + "_internal")
        }
    }

    private static func isText(_ node: DocumentNode) -> Bool { node.string != nil }

    /// The texts in a value: itself, or those of a list or an object, at any depth.
    private static func texts(in root: DocumentNode) -> [(name: String, line: Int)] {
        var texts: [(name: String, line: Int)] = []
        var pending = [root]
        while let node = pending.popLast() {
            if let name = node.string {
                texts.append((name, node.place.line))
            } else if let items = node.array {
                pending += items.reversed()
            } else {
                pending += (node.table?.members ?? []).reversed().map(\.value)
            }
        }
        return texts
    }

    private mutating func ask(_ key: String, _ message: String, line: Int) {
        guard keys.insert(key).inserted else { return }
        asked.append(Asked(key: key, message: message, line: line))
    }

    private mutating func add(_ text: (name: String, line: Int)) {
        guard names.insert(text.name).inserted else { return }
        elsewhere.append(text)
    }
}
