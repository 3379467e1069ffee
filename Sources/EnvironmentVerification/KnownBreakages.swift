import EnvironmentInventory
import PythonPackaging

/// What a difference of versions means, where the library's own documentation says it. One entry, one source.
enum KnownBreakages {
    /// When an entry speaks of two versions.
    private enum Condition {
        /// They differ at all.
        case other
        /// The first number differs.
        case otherMajor
        /// The serving side has the older one.
        case servingOlder
        /// Trained before a version that serving has reached, or the other way round.
        case across(String)
        /// Only the local part differs: `2.5.1+cu121` and `2.5.1+cpu`.
        case otherBuild
    }

    private struct Entry {
        let packages: Set<String>
        let condition: Condition
        /// What it means, whole sentences.
        let meaning: String
        let source: String
    }

    private static let entries: [Entry] = [
        Entry(
            packages: ["scikit-learn"], condition: .other,
            meaning: "scikit-learn does not support loading what another version of it pickled: it warns "
                + "(InconsistentVersionWarning), fails, or answers differently. Serve the version of training, or train again",
            source: "https://scikit-learn.org/stable/model_persistence.html"),
        Entry(
            packages: ["numpy"], condition: .across("2"),
            meaning:
                "numpy 2 moved numpy.core to numpy._core: what numpy 2 pickled names numpy._core, which numpy before "
                + "1.26.1 does not have, and extensions that were built for numpy 1 do not load under numpy 2. "
                + "Serve the numpy of training",
            source: "https://numpy.org/doc/stable/numpy_2_0_migration_guide.html"),
        Entry(
            packages: ["numpy"], condition: .servingOlder,
            meaning: "extensions that were built for a newer numpy need not load under an older one",
            source: "https://numpy.org/doc/stable/dev/depending_on_numpy.html"),
        Entry(
            packages: ["torch", "torchvision", "torchaudio"], condition: .otherBuild,
            meaning:
                "these are builds of one release for different CUDA versions or for the processor alone: what was saved "
                + "on a GPU is loaded on a machine without one only with map_location, and results differ in the last bits",
            source: "https://docs.pytorch.org/docs/stable/notes/randomness.html"),
        Entry(
            packages: ["torch"], condition: .across("2.6"),
            meaning: "torch.load refuses pickled objects by default from 2.6 on (weights_only=True), "
                + "where earlier versions loaded them",
            source: "https://docs.pytorch.org/docs/stable/notes/serialization.html"),
        Entry(
            packages: ["torch"], condition: .other,
            meaning: "PyTorch does not promise equal results between its releases; "
                + "a whole pickled module needs the classes that were there when it was saved",
            source: "https://docs.pytorch.org/docs/stable/notes/randomness.html"),
        Entry(
            packages: ["pandas"], condition: .servingOlder,
            meaning: "read_pickle reads what earlier versions of pandas wrote, not what later ones did",
            source: "https://pandas.pydata.org/docs/reference/api/pandas.read_pickle.html"),
        Entry(
            packages: ["pandas"], condition: .otherMajor,
            meaning: "objects of another major version of pandas are read by pandas.read_pickle, "
                + "which pickle, joblib and cloudpickle do not call",
            source: "https://pandas.pydata.org/docs/user_guide/io.html#pickling"),
        Entry(
            packages: ["xgboost"], condition: .other,
            meaning: "a pickled XGBoost model is a memory snapshot that is not stable between versions; "
                + "what save_model wrote as JSON or UBJSON is read by later versions",
            source: "https://xgboost.readthedocs.io/en/stable/tutorials/saving_model.html"),
        Entry(
            packages: ["cloudpickle"], condition: .other,
            meaning: "cloudpickle is not made for storage: what one version wrote need not load in another",
            source: "https://github.com/cloudpipe/cloudpickle#readme"),
        Entry(
            packages: ["joblib"], condition: .servingOlder,
            meaning: "an older joblib need not read what a newer one wrote",
            source: "https://joblib.readthedocs.io/en/stable/persistence.html"),
        Entry(
            packages: ["keras"], condition: .across("3"),
            meaning:
                "Keras 3 does not load the SavedModel directories of Keras 2 as models, and Keras 2 does not read .keras "
                + "files of Keras 3",
            source: "https://keras.io/guides/migrating_to_keras_3/"),
        Entry(
            packages: ["tensorflow", "tensorflow-cpu", "tensorflow-intel"], condition: .servingOlder,
            meaning: "TensorFlow reads graphs and SavedModels of earlier minor versions, not of later ones",
            source: "https://www.tensorflow.org/guide/versions"),
        Entry(
            packages: ["onnxruntime", "onnxruntime-gpu"], condition: .servingOlder,
            meaning:
                "ONNX Runtime reads models of the opsets up to its own; an older one may not know those of the model",
            source: "https://onnxruntime.ai/docs/reference/compatibility.html"),
        Entry(
            packages: ["skops"], condition: .servingOlder,
            meaning: "an older skops may not know the protocol of a file that a newer one wrote",
            source: "https://skops.readthedocs.io/en/stable/persistence.html"),
    ]

    /// What another minor version of Python means.
    static let interpreter =
        "pickled code and compiled extensions belong to one minor version of Python; what cloudpickle wrote is only read by "
        + "exactly the version that wrote it (https://github.com/cloudpipe/cloudpickle#readme). "
        + "Serve on the Python of training"

    /// What is known of a package's two versions, with the source; nil when it is nothing.
    static func help(_ name: String, ecosystem: Ecosystem, training: String, serving: String) -> String? {
        guard ecosystem == .pypi || ecosystem == .conda else { return nil }
        // conda calls PyTorch by another name.
        let name = name == "pytorch" ? "torch" : name
        guard let trained = PythonVersion(training), let served = PythonVersion(serving) else { return nil }
        let entry = entries.first { $0.packages.contains(name) && holds($0.condition, trained, served) }
        return entry.map { "\($0.meaning) (\($0.source))" }
    }

    /// Every source, for the test that looks at them.
    static var sources: [String] { entries.map(\.source) }

    private static func holds(_ condition: Condition, _ trained: PythonVersion, _ served: PythonVersion) -> Bool {
        let isSameRelease = trained.withoutLocal == served.withoutLocal
        switch condition {
        case .other: return !isSameRelease
        case .otherMajor: return major(trained) != major(served)
        case .servingOlder: return !isSameRelease && served < trained
        case .across(let text):
            guard let border = PythonVersion(text) else { return false }
            return (trained < border) != (served < border)
        case .otherBuild: return isSameRelease && trained != served
        }
    }

    private static func major(_ version: PythonVersion) -> Substring { version.description.prefix { $0 != "." } }
}
