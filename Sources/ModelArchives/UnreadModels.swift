import EnvironmentInventory

/// Models of formats that are known and not read: where one lies in a model, it is a gap.
enum UnreadModels {
    /// What the first bytes of a file say, at an offset.
    ///
    /// GGUF and its predecessors (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md) hold templates in Jinja, files of
    /// R (https://cran.r-project.org/doc/manuals/r-release/R-ints.html, 1.8) hold promises that R evaluates; the FlatBuffers of
    /// TensorFlow Lite, ONNX Runtime and ExecuTorch have their identifiers at 4
    /// (https://flatbuffers.dev/schema/#file-identification-and-extension).
    private static let heads: [(offset: Int, bytes: String, name: String)] = [
        (0, "GGUF", "GGUF"), (0, "lmgg", "GGML"), (0, "fmgg", "GGML"), (0, "tjgg", "GGML"), (0, "algg", "GGML"),
        (4, "TFL3", "TensorFlow Lite"), (4, "ORTM", "ONNX Runtime"), (4, "ET12", "ExecuTorch"),
        (4, "ET13", "ExecuTorch"), (0, "RDX2\n", "R"), (0, "RDX3\n", "R"), (0, "RDA2\n", "R"), (0, "RDA3\n", "R"),
    ]

    /// Why a file that no format reads is not understood; nil where its first bytes are those of no known format.
    static func reason(_ head: FileHead) -> String? {
        let known = heads.first { head.bytes.dropFirst($0.offset).starts(with: $0.bytes.utf8) }
        if let known { return "it is a model of \(known.name), which is not read" }
        return isOldXGBoost(head) ? "it is a model of XGBoost in its old binary form, which is not read" : nil
    }

    // MARK: XGBoost

    /// The endings that users of XGBoost give to its models, besides those that others use for text and for pieces of words.
    private static let endingsOfXGBoost: Set<String> = ["xgb", "xgboost", "bst", "deprecated"]
    private static let boosters = ["gbtree", "gblinear", "dart"]

    /// Whether a file is what older releases of XGBoost wrote where its name did not end in `.json` or `.ubj`: `binf` or nothing,
    /// 136 bytes of parameters, the name of an objective and that of a booster, each behind its length (`LearnerModelParamLegacy`
    /// and `LoadModel` of https://github.com/dmlc/xgboost/blob/v2.0.0/src/learner.cc), or all of that as base64 behind `bs64`.
    private static func isOldXGBoost(_ head: FileHead) -> Bool {
        let bytes = head.bytes[...]
        if bytes.starts(with: "bs64".utf8), bytes.dropFirst(4).first.map({ $0 <= 0x20 }) ?? false { return true }
        if bytes.starts(with: "binf".utf8) {
            // A text may begin so.
            return bytes.count == 4 || bytes.dropFirst(4).prefix(12).contains(0) || hasBooster(bytes.dropFirst(4))
        }
        if hasBooster(bytes) { return true }
        return endingsOfXGBoost.contains(head.fileExtension) && bytes.prefix(64).contains(0)
    }

    /// Whether the names of an objective and of a booster follow the parameters.
    private static func hasBooster(_ model: ArraySlice<UInt8>) -> Bool {
        var rest = model.dropFirst(136)
        guard let objective = text(&rest), !objective.isEmpty, let booster = text(&rest) else { return false }
        return boosters.contains(booster)
    }

    /// Takes a short text behind its length of eight bytes.
    private static func text(_ rest: inout ArraySlice<UInt8>) -> String? {
        guard rest.count >= 8, rest.dropFirst().prefix(7).allSatisfy({ $0 == 0 }), let count = rest.first else {
            return nil
        }
        let text = rest.dropFirst(8).prefix(Int(count))
        guard text.count == Int(count), text.allSatisfy({ (0x20..<0x7F).contains($0) }) else { return nil }
        rest = rest.dropFirst(8 + Int(count))
        return String(decoding: text, as: UTF8.self)
    }

    // MARK: Files by their names

    /// What lies in a tree and is known by the names of files.
    static func gaps(in tree: ModelTree) -> [Gap] { spaCy(in: tree) + jsonnet(in: tree) }

    /// Programs that make configurations (https://jsonnet.org): what they make is not known, and AllenNLP and others read them.
    private static func jsonnet(in tree: ModelTree) -> [Gap] {
        let endings = [".jsonnet", ".libsonnet"]
        return tree.files.filter { file in
            // Most files of a large model end otherwise.
            guard file.path.utf8.last == UInt8(ascii: "t") || file.path.utf8.last == UInt8(ascii: "T") else {
                return false
            }
            let lower = baseName(file.path).lowercased()
            return endings.contains { lower.hasSuffix($0) } && !HydraFile.isForeign(file.path)
        }.map { file in
            Gap(
                "", reason: "it is a program of jsonnet, which is not run: what it configures is not known",
                source: FileLocation(file: tree.shown(file.path), line: nil))
        }
    }

    /// Pipelines of spaCy: `config.cfg` beside `meta.json` names functions of installed packages that build it
    /// (https://spacy.io/api/data-formats#meta, https://spacy.io/usage/saving-loading).
    ///
    /// What `meta.json` says does not matter: spaCy builds the pipeline before it looks for a vocabulary or a tokenizer
    /// (`load_model_from_path` of https://github.com/explosion/spaCy/blob/master/spacy/util.py).
    private static func spaCy(in tree: ModelTree) -> [Gap] {
        tree.folders(with: "meta.json").compactMap { folder in
            guard tree[folder + "config.cfg"] != nil else { return nil }
            return Gap(
                "", reason: "it is a pipeline of spaCy, which is not read",
                source: FileLocation(file: tree.shown(folder + "meta.json"), line: nil))
        }
    }
}
