import PythonPackaging
import SourceDocuments

/// The classes and functions that settings of GluonTS, AllenNLP and Coqui TTS name, each by the module that loading imports.
///
/// GluonTS decodes `{"__kind__": "instance", "class": "a.b.C", "args": [], "kwargs": {}}` with `pydoc.locate`, and calls whatever
/// that finds (`decode` of
/// https://github.com/awslabs/gluonts/blob/1484d43e97bd4bee332bb5a0bdd859358b57d1e2/src/gluonts/core/serde/_base.py), in release
/// 0.17 only classes of some forms; the class of a predictor is in `gluonts-config.json`, before that in `type.txt`
/// (`Predictor.deserialize` of https://github.com/awslabs/gluonts/blob/v0.17.0/src/gluonts/model/predictor.py).
///
/// AllenNLP imports a `type` with a dot (`resolve_class_name` of
/// https://github.com/allenai/allennlp/blob/v2.10.1/allennlp/common/registrable.py), and takes a text for the `type` where an
/// object is wanted (https://github.com/allenai/allennlp/blob/v2.10.1/allennlp/common/from_params.py).
///
/// Coqui TTS imports `characters_class` (`init_from_config` of
/// https://github.com/idiap/coqui-ai-TTS/blob/main/TTS/tts/utils/text/tokenizer.py).
enum NamedClasses {
    // MARK: GluonTS

    /// What GluonTS writes for values of other libraries (`decode_allow_fqnames` of release 0.17).
    private static let values: Set<String> = [
        "numpy.dtype", "numpy.array", "numpy.datetime64", "pandas.Timestamp", "pandas.Period",
        "pandas.tseries.frequencies.to_offset", "mxnet.nd.array", "mxnet.context.Context", "gluonts.zebras.periods",
        "functools.partial",
    ]

    /// Modules whose functions stand in the settings of predictors: features of times, steps of transformations.
    private static let steps: Set<String> = [
        "gluonts.time_feature", "gluonts.time_feature._base", "gluonts.time_feature.holiday",
        "gluonts.time_feature.lag", "gluonts.time_feature.seasonality", "gluonts.transform",
        "gluonts.transform.convert", "gluonts.transform.feature", "gluonts.transform.sampler", "gluonts.torch.util",
        "gluonts.torch.batchify", "gluonts.mx.batchify",
    ]

    /// Whether a function of GluonTS only computes.
    static func isStep(_ parts: [Substring]) -> Bool { steps.contains(parts.dropLast().joined(separator: ".")) }

    /// The name of what an object of GluonTS is decoded with; nil for other objects, and for values.
    static func decoded(_ table: DocumentTable) -> DocumentNode? {
        guard table["__kind__"] != nil, let node = table["class"], let name = node.text else { return nil }
        if values.contains(name) || isValue(name) { return nil }
        if name == "builtins.getattr", table["kwargs"]?.table?.members.isEmpty ?? true, isMethod(table["args"]) {
            return nil
        }
        return node
    }

    private static func isValue(_ name: String) -> Bool {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count > 1, let last = parts.last else { return false }
        let module = parts.dropLast().joined(separator: ".")
        return module == "numpy" && OtherCalls.makesValue(PickleGlobal(module: module, name: String(last), offset: 0))
    }

    /// Whether arguments of `getattr` are an object and the name of a method of it: they are a list, or a tuple of its own kind.
    private static func isMethod(_ arguments: DocumentNode?) -> Bool {
        var items = arguments?.array
        if let tuple = arguments?.table, tuple.string("class") == "builtins.tuple" {
            items = tuple["args"]?.array?.first?.array
        }
        guard let items, items.count == 2, items[0].table?["__kind__"] != nil, let name = items[1].string else {
            return false
        }
        return HydraNames.isIdentifier(name[...]) && !name.hasPrefix("_") && !StandardLibrary.contains(name)
    }

    /// The first line of `type.txt`, where it is the name of a class with its module.
    static func firstLine(_ bytes: [UInt8]) -> String? {
        let line = bytes.prefix(1 << 12).prefix { $0 != 0x0A && $0 != 0x0D }.drop { $0 <= 0x20 }
        let end = line.lastIndex { $0 > 0x20 }.map { $0 + 1 } ?? line.startIndex
        let name = String(decoding: line[..<end], as: UTF8.self)
        return isDotted(name) ? name : nil
    }

    // MARK: AllenNLP

    /// The parts of an archive's settings that are made where it is loaded (`load_archive` of
    /// https://github.com/allenai/allennlp/blob/v2.10.1/allennlp/models/archival.py, `Model._load` of
    /// https://github.com/allenai/allennlp/blob/v2.10.1/allennlp/models/model.py).
    private static let loaded: Set<String> = ["model", "dataset_reader", "validation_dataset_reader", "vocabulary"]

    /// Values that are not visited yet, and whether a text among them may stand for an object.
    private struct Level {
        let members: [DocumentTable.Member]
        let items: [DocumentNode]
        let isLoaded: Bool
    }

    /// The types with a module in settings that have the form of AllenNLP's; none in others.
    static func types(of root: DocumentNode) -> [DocumentNode] {
        guard let table = root.table else { return [] }
        let isCertain = table["dataset_reader"] != nil
        guard isCertain || table["model"]?.table?.string("type") != nil else { return [] }
        var found: [DocumentNode] = []
        var pending: [Level] = table.members.reversed().map { member in
            Level(members: [member], items: [], isLoaded: isCertain && loaded.contains(member.key))
        }
        while let level = pending.popLast() {
            for member in level.members {
                if let text = member.value.string {
                    let isName = member.key == "type" || (level.isLoaded && !namesFile(member.key, text))
                    if isName, isDotted(text) { found.append(member.value) }
                } else {
                    append(member.value, isLoaded: level.isLoaded, to: &pending)
                }
            }
            for (index, item) in level.items.enumerated() {
                if let text = item.string {
                    let isPattern = index == 0 && isPair(level.items)
                    if level.isLoaded, !isPattern, !namesFile("", text), isDotted(text) { found.append(item) }
                } else {
                    append(item, isLoaded: level.isLoaded, to: &pending)
                }
            }
        }
        return found
    }

    private static func append(_ node: DocumentNode, isLoaded: Bool, to pending: inout [Level]) {
        if let table = node.table {
            pending.append(Level(members: table.members, items: [], isLoaded: isLoaded))
        } else if let items = node.array {
            pending.append(Level(members: [], items: items, isLoaded: isLoaded))
        }
    }

    /// Whether a list is an expression for names of parameters with what initialises them
    /// (https://github.com/allenai/allennlp/blob/v2.10.1/allennlp/nn/initializers.py).
    private static func isPair(_ items: [DocumentNode]) -> Bool {
        items.count == 2 && (items[1].table != nil || items[1].string == "prevent")
    }

    private static let endings: Set<Substring> = [
        "json", "jsonl", "txt", "tsv", "csv", "gz", "zip", "bz2", "xz", "tar", "tgz", "th", "pt", "pth", "bin", "h5",
        "hdf5", "vec", "conll", "conllu", "safetensors", "yaml", "yml", "xml",
    ]

    /// Whether a text is the name of a file.
    private static func namesFile(_ key: String, _ text: String) -> Bool {
        if ["path", "file", "dir", "directory", "url"].contains(where: { key.hasSuffix($0) }) { return true }
        return text.split(separator: ".").last.map { endings.contains($0) } ?? false
    }

    /// Whether a text is the name of something in a module.
    private static func isDotted(_ text: String) -> Bool {
        guard text.utf8.count <= 1 << 12 else { return false }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count > 1, let last = parts.last, HydraNames.isIdentifier(last) else { return false }
        // The name of a module has the characters of the name of a file.
        return parts.dropLast().allSatisfy { part in
            guard let first = part.utf8.first, !first.isASCIIDigit else { return false }
            return part.utf8.allSatisfy { $0.isASCIIAlphanumeric || $0 >= 0x80 || "_-".utf8.contains($0) }
        }
    }

    // MARK: Files of other places

    /// Files that a model of Coqui TTS reads with fsspec, some of them with torch.load (`load_file` of
    /// https://github.com/idiap/coqui-ai-TTS/blob/main/TTS/tts/utils/managers.py).
    private static let files = [
        "speaker_encoder_model_path", "speaker_encoder_config_path", "speakers_file", "d_vector_file",
        "language_ids_file",
    ]

    /// The addresses of files that loading takes from elsewhere; a path on the machine of the training leads to nothing.
    ///
    /// - Parameter isArchive: whether the settings may be those of AllenNLP, which loads the archives that they name
    ///   (`_pretrained` of https://github.com/allenai/allennlp/blob/v2.10.1/allennlp/common/from_params.py, `from_archive` of
    ///   https://github.com/allenai/allennlp/blob/v2.10.1/allennlp/models/model.py).
    static func fetched(by table: DocumentTable, isArchive: Bool) -> [DocumentNode] {
        let nodes = files.compactMap { table[$0] }.flatMap { $0.array ?? [$0] }
        let addresses = nodes.filter { $0.string?.containsText("://") ?? false }
        guard isArchive, let archive = table["archive_file"], archive.string?.isEmpty == false else { return addresses }
        return addresses + [archive]
    }
}
