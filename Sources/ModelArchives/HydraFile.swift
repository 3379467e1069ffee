import SourceDocuments

/// What the path of a configuration says about it, and a first look at its bytes.
struct HydraFile {
    /// The configuration of NeMo's archives.
    static let nemo = "model_config.yaml"
    /// The names that loaders read: of Hydra and Lightning, of NeMo 2 (`load_context` of
    /// https://github.com/NVIDIA/NeMo/blob/v2.0.0/nemo/lightning/io/api.py reads `io.json`), of SpeechBrain (`from_hparams` of
    /// https://github.com/speechbrain/speechbrain/blob/v1.0.0/speechbrain/inference/interfaces.py).
    private static let names = [
        nemo, "config.yaml", "config.yml", "hparams.yaml", "run_config.yaml", "hyperparams.yaml", "io.json",
    ]

    /// Folders of what is installed.
    private static let foreignFolders: Set<Substring> = ["site-packages", "dist-packages", "conda-meta"]

    /// Whether a loader reads a file of that name.
    let isNamed: Bool
    /// Whether it is the configuration of NeMo's archives.
    let isNemo: Bool
    /// Whether a model is named for such a configuration, even where all that it calls is harmless.
    let isHydra: Bool
    let isJSON: Bool
    let isYAML: Bool
    /// Whether it is a configuration of a MONAI bundle (https://docs.monai.io/en/stable/mb_specification.html).
    let isBundle: Bool
    /// Whether it is `configs/logging.conf`, which MONAI applies before it runs a bundle (`ConfigWorkflow` of
    /// https://github.com/Project-MONAI/MONAI/blob/1.5.0/monai/bundle/workflows.py).
    let isLogging: Bool
    /// Whether the bytes are kept, because a loader may read the file by its name.
    let isKept: Bool
    /// Whether it has the name of the settings of AllenNLP's archives, and of those of many others.
    let isConfigJSON: Bool
    /// Whether it names the class of a predictor of GluonTS (``NamedClasses``): an object with `type`.
    let isPredictorJSON: Bool
    /// Whether its first line is the name of such a class.
    let isTypeName: Bool

    /// What old releases of GluonTS write.
    private static let typeName = "type.txt"

    /// Whether a path ends as `.json`, `.yaml`, `.yml`, `.conf` and `type.txt` do: most files of a large model need no other
    /// look.
    static func mayBe(_ path: String) -> Bool {
        (path.utf8.last.map { "nNlLfF".utf8.contains($0) } ?? false) || path.hasSuffix(typeName)
    }

    /// Whether a file lies in a folder of what is installed.
    static func isForeign(_ path: String) -> Bool {
        path.pathNames.dropLast().contains { foreignFolders.contains($0) }
    }

    init(_ path: String) {
        let base = baseName(path)
        let lower = base.lowercased()
        let folders = path.pathNames.dropLast()
        // Libraries have configurations of their own, and the documentation of a project has others.
        let isForeign = folders.contains { Self.foreignFolders.contains($0) } || lower.hasPrefix("mkdocs.")
        let isNamed = Self.names.contains(base)
        let isOwn = isNamed || !isForeign
        let isJSON = isOwn && lower.hasSuffix(".json")
        let isYAML = isOwn && (lower.hasSuffix(".yaml") || lower.hasSuffix(".yml"))
        let isBelowConfigs = folders.contains { $0.lowercased() == "configs" }
        let isBundle = isBelowConfigs && (isJSON || isYAML)
        let isLogging = isBelowConfigs && !isForeign && lower == "logging.conf"
        let isBelowConf = folders.contains("conf") && (isJSON || isYAML)
        self.isNamed = isNamed
        isNemo = base == Self.nemo
        isHydra = isBundle || (isNamed && base != "io.json" && base != "hyperparams.yaml")
        self.isJSON = isJSON
        self.isYAML = isYAML
        self.isBundle = isBundle
        self.isLogging = isLogging
        isKept = isNamed || isBundle || isLogging || isBelowConf
        isConfigJSON = isJSON && base == "config.json"
        isPredictorJSON = isJSON && base == "gluonts-config.json"
        isTypeName = !isForeign && base == Self.typeName
    }

    /// Whether it is YAML or JSON of the model, or names a class.
    var isConfiguration: Bool { isJSON || isYAML || isTypeName }

    // MARK: Bytes

    private static let words = [
        "_target_", "class_path", "pyref", "!!python", "!!%", "!<", "%TAG", "!apply", "!new:", "!name:",
        "!module:", "!include:", "oc.create", "oc.decode", "__import__", "__kind__", "characters_class",
    ].map { Array($0.utf8) }
    /// Of these, the words that JSON is searched for that is too long to be read.
    private static let longWords = ["_target_", "class_path", "pyref", "__kind__", "characters_class"].map {
        Array($0.utf8)
    }
    /// The bytes of the longest one.
    static let longestWord = 16

    /// Whether a part of a long text has a word that names a call.
    static func namesCall(_ bytes: [UInt8]) -> Bool { longWords.contains { bytes[...].containsBytes($0) } }

    private static let hints = [
        "target", "${", "activation", "speaker_encoder", "speakers_file", "d_vector_file", "language_ids_file",
    ].map { Array($0.utf8) }
    /// Escapes of letters, with which a text hides one of these words.
    private static let escapes = (2...7).map { Array("\\u00\($0)".utf8) }

    /// Whether a text holds a word that names a call, or may hide one.
    func holdsCall(_ bytes: [UInt8]) -> Bool {
        if Self.words.contains(where: { bytes[...].containsBytes($0) }) { return true }
        // UTF-16 is YAML too.
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { return true }
        if isKept, bytes.contains(0) { return true }
        if isBundle, holdsExpression(bytes) { return true }
        // Lines of JSON, each a value, have escapes too and the same name.
        return (isKept || isYAML) && hidesLetters(bytes)
    }

    private static let types = ["\"model\"", "\"type\""].map { Array($0.utf8) }

    /// Whether a text may be that of settings that name classes by their types (``NamedClasses``).
    func mayHaveTypes(_ bytes: [UInt8]) -> Bool {
        if isPredictorJSON { return true }
        guard isConfigJSON else { return false }
        return Self.types.allSatisfy { bytes[...].containsBytes($0) }
            || bytes[...].containsBytes(Array("\"dataset_reader\"".utf8)) || hidesLetters(bytes)
    }

    private func hidesLetters(_ bytes: [UInt8]) -> Bool {
        if isYAML, ["\\x", "\\U0000"].contains(where: { bytes[...].containsBytes(Array($0.utf8)) }) { return true }
        return Self.escapes.contains { bytes[...].containsBytes($0) }
    }

    /// Whether a text has to be parsed to know what it calls.
    func mayCall(_ bytes: [UInt8]) -> Bool {
        if holdsCall(bytes) || hidesLetters(bytes) || mayHaveTypes(bytes) { return true }
        if Self.hints.contains(where: { bytes[...].containsBytes($0) }) { return true }
        if isBundle, bytes.contains(UInt8(ascii: "$")) || bytes.contains(UInt8(ascii: "%")) { return true }
        return isYAML && (bytes.contains(UInt8(ascii: "!")) || bytes.contains(UInt8(ascii: "\\")))
    }

    /// Whether a text begins, behind a quote or a blank, with a dollar sign and goes on with a bracket.
    private func holdsExpression(_ bytes: [UInt8]) -> Bool {
        var isOpen = false
        var last: UInt8 = 0x0A
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "$"): isOpen = isOpen || last <= 0x20 || "\"'[,".utf8.contains(last)
            case UInt8(ascii: "("): if isOpen { return true }
            case 0x0A: isOpen = false
            default: break
            }
            last = byte
        }
        return false
    }
}
