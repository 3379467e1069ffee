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
    static func reason(_ head: [UInt8]) -> String? {
        heads.first { head.dropFirst($0.offset).starts(with: $0.bytes.utf8) }.map {
            "it is a model of \($0.name), which is not read"
        }
    }

    /// Pipelines of spaCy: `config.cfg` beside `meta.json` names functions of installed packages that build it
    /// (https://spacy.io/api/data-formats#meta, https://spacy.io/usage/saving-loading).
    ///
    /// What `meta.json` says does not matter: spaCy builds the pipeline before it looks for a vocabulary or a tokenizer
    /// (`load_model_from_path` of https://github.com/explosion/spaCy/blob/master/spacy/util.py).
    static func gaps(in tree: ModelTree) -> [Gap] {
        tree.folders(with: "meta.json").compactMap { folder in
            guard tree[folder + "config.cfg"] != nil else { return nil }
            return Gap(
                "", reason: "it is a pipeline of spaCy, which is not read",
                source: FileLocation(file: tree.shown(folder + "meta.json"), line: nil))
        }
    }
}
