import EnvironmentInventory

/// What reads a file of a name, whatever its first bytes are. One file can be of two formats: a pickle that is safetensors
/// too, a zip archive behind anything, HDF5 behind a user block. Then the name decides which of them is loaded.
enum NamedLoader {
    /// pickle.load and joblib.load.
    case pickle
    /// torch.load, torch.jit.load and torch.export.load.
    case torch
    /// numpy.load, which reads a pickle where neither of its formats begins.
    case numpy
    /// keras.models.load_model: by the names `.h5` and `.hdf5`, and `.keras`
    /// (https://github.com/keras-team/keras/blob/v3.15.1/keras/src/saving/saving_api.py); before Keras 3 `.keras` could be HDF5.
    case hdf5, keras
    case skops, torchServe, bento, onnx, catBoost, xgBoost, safetensors
    /// Formats that are not read.
    case other

    /// What reads files of a path's name; nil for a name that says nothing.
    static func of(_ path: String) -> NamedLoader? {
        if path.hasSuffix(".weights.h5") { return nil }
        return all[FileHead(path: path, bytes: [], size: nil).fileExtension]
    }

    private static let all: [String: NamedLoader] = [
        "pkl": .pickle, "pickle": .pickle, "joblib": .pickle, "dill": .pickle, "sav": .pickle, "cloudpickle": .pickle,
        "p": .pickle, "pdparams": .pickle, "pdopt": .pickle,
        "pck": .pickle, "pcl": .pickle, "cpkl": .pickle, "pt": .torch, "pth": .torch, "pt2": .torch, "ckpt": .torch,
        "torchscript": .torch, "npy": .numpy, "npz": .numpy, "h5": .hdf5, "hdf5": .hdf5, "keras": .keras,
        "skops": .skops, "mar": .torchServe, "bento": .bento, "bentomodel": .bento, "onnx": .onnx, "cbm": .catBoost,
        "ubj": .xgBoost, "safetensors": .safetensors, "ptl": .torch, "mlmodel": .other, "pmml": .other, "gguf": .other,
        "ggml": .other, "llamafile": .other, "tflite": .other, "ort": .other, "pte": .other, "engine": .other,
        "plan": .other,
        "trt": .other, "rds": .other, "rdata": .other, "mojo": .other, "t7": .other, "caffemodel": .other,
    ]

    private static let pickles: Set<String> = [PickleFormat.name, "joblib", PyTorchLegacyFormat.name]

    /// The formats of files that it reads.
    private var formats: Set<String> {
        switch self {
        case .pickle, .torch: Self.pickles
        case .numpy: Self.pickles.union([NumpyFormat.name])
        case .hdf5, .keras: [KerasHDF5Format.name]
        case .onnx: [ONNXFormat.name]
        case .catBoost: [CatBoostFormat.name]
        case .xgBoost: [XGBoostFormat.name]
        case .safetensors: [SafetensorsFormat.name]
        case .skops, .torchServe, .bento, .other: []
        }
    }

    /// What a file of such a name is.
    private var subject: String {
        switch self {
        case .pickle: "a pickle"
        case .torch: "a file of PyTorch"
        case .numpy: "a file of numpy"
        case .hdf5, .keras: "a file of Keras"
        case .skops: "a file of skops"
        case .torchServe: "an archive of TorchServe"
        case .bento: "an archive of BentoML"
        case .onnx: "a model of ONNX"
        case .catBoost: "a model of CatBoost"
        case .xgBoost: "a model of XGBoost"
        case .safetensors: "safetensors"
        case .other: "a model"
        }
    }

    /// Whether it reads a tar archive, compressed or not.
    private var readsTar: Bool { self == .torchServe || self == .bento }

    /// Whether it decompresses what it reads: joblib does (https://joblib.readthedocs.io/en/stable/persistence.html).
    var decompresses: Bool { self == .pickle || readsTar }

    /// Whether zipfile or miniz look for the end record of an archive at the end of such a file, whatever it begins with.
    /// numpy and pickle look at the first bytes.
    var looksForZip: Bool {
        switch self {
        case .torch, .keras, .skops, .torchServe, .bento: true
        default: false
        }
    }

    /// Whether what was read of a file is what it reads.
    func reads(_ content: ModelFileContent) -> Bool { formats.contains(content.format) }

    private func reads(_ zip: ModelTree) -> Bool {
        switch self {
        // torch.save gives its files any name; pickle.load refuses all others, whose first byte it takes for an opcode
        // that refers to an object outside.
        case .pickle, .torch: PyTorchFormat.isOneFile(zip.files.map(\.path))
        case .numpy, .bento: true
        case .keras: KerasFormat.isArchive(zip)
        case .skops: zip["schema.json"] != nil
        case .torchServe: !zip.folders(with: "MAR-INF/MANIFEST.json").isEmpty
        case .hdf5, .onnx, .catBoost, .xgBoost, .safetensors, .other: false
        }
    }

    /// Why it does not read an archive that was read member by member; nil if it does.
    func objection(to tree: ModelTree) -> String? {
        switch tree.kind {
        case .tar where !readsTar:
            looksForZip || self == .pickle
                ? "its name says that it holds objects, and it is a tar archive, which can begin like a pickle"
                : "its name says that it is \(subject), and it is a tar archive"
        case .zip where !reads(tree): "its name says that it is \(subject), and it is a zip archive of another kind"
        default: nil
        }
    }

    /// Why it may read a file in another way than it was read; nil if it does not.
    ///
    /// - Parameter isObject: whether one that was not read at all is not understood.
    func objection(to file: ModelTreeFile, isObject: Bool) -> String? {
        if let tree = file.tree { return objection(to: tree) }
        let unknown = "its name says that it holds objects or code, but its format is not known"
        guard let content = file.content else { return isObject && file.bytes == nil ? unknown : nil }
        // What has no format is a gap already.
        if content.format.isEmpty || reads(content) { return nil }
        if content.isTentative { return isObject ? unknown : nil }
        return "its name says that it is \(subject), and it is read as \(content.format): it may be both"
    }
}

/// The files whose names promise objects or code: one that is not understood leaves the model not understood.
enum ObjectFiles {
    static func contains(_ path: String) -> Bool {
        if path.hasSuffix(".weights.h5") { return false }
        return extensions.contains(FileHead(path: path, bytes: [], size: nil).fileExtension)
    }

    private static let extensions: Set<String> = [
        "pkl", "pickle", "joblib", "pt", "pth", "pt2", "dill", "sav", "skops", "keras", "h5", "hdf5", "mar", "onnx",
        "cbm", "ubj", "cloudpickle", "torchscript", "bento", "bentomodel", "mlmodel", "pmml", "ckpt",
        "p", "pck", "pcl", "cpkl", "pdparams", "pdopt", "ptl", "gguf", "ggml", "llamafile", "tflite", "ort", "pte",
        "engine",
        "plan", "trt", "rds", "rdata", "mojo", "t7", "caffemodel",
    ]
}
