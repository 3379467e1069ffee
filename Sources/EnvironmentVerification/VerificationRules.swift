import EnvironmentInventory

/// The rules of `verify` that are not about single packages: what their findings mean and how to fix them.
extension EnvironmentVerifier {
    static let otherInterpreter = Rule(
        name: "other-interpreter",
        summary: "The serving side runs another Python than training did.",
        why: "Pickles, compiled extensions and cloudpickled code belong to one minor version of one interpreter.",
        help: "Build the serving image from the base of the training environment, or train again on the serving Python."
    )

    static let otherPlatform = Rule(
        name: "other-platform",
        summary: "The serving side has another operating system or processor than training had.",
        why: "Other builds of one release are used there; numeric results can differ in the last bits.",
        help: "Lock both platforms in one universal lock, so that both builds are pinned by hash.")

    static let otherCLibrary = Rule(
        name: "other-c-library",
        summary: "The serving side has another C library than training had, or an older one.",
        why: "Wheels are built for one C library from one version on; what was built for a newer one does not load.",
        help: "Build the serving image on the distribution of training, or on a newer release of it.")

    static let otherGeneration = Rule(
        name: "other-generation",
        summary: "The model was pickled with another major version of a library than the serving side has.",
        why: "The names in a pickle are those of the major version that wrote it.",
        help: "Install the major version of training into the serving image, or save the model again.")

    static let unneededPackageDiffers = Rule(
        name: "unneeded-package-differs",
        summary: "A package that was there at training, and that loading the model does not need, differs.",
        why: "It does not stop the model from loading; it is a sign that the image was not built from the lock.",
        help: "Build the image from the lock; `verify --strict` makes every package count.")

    static let missingModule = Rule(
        name: "missing-module",
        summary: "No package of the serving side provides a module that the model imports.",
        why: "Loading fails where the module is imported.",
        help: "Install the package that provides it, or bring the module's file into the image.")

    static let unnamedPackage = Rule(
        name: "unnamed-package",
        summary: "The model needs a package whose version training does not record.",
        why: "Whether the serving side has the right one cannot be determined.",
        help: "Record the whole environment at training: pinproof capture, or a lock with hashes next to the model.")

    static let otherModelFile = Rule(
        name: "other-model-file",
        summary: "The model in the image is not the one that was given.",
        why: "The image would serve another model than the one that was verified.",
        help: "Build the image again with this model, or verify the model that is in it.")

    static let foreignModel = Rule(
        name: "foreign-model",
        summary: "The image has a model other than the given one, in its place or in addition to it.",
        why:
            "The image does not say which of them the server loads, so that a correct copy does not make up for the other one. Files outside of packages are looked at by their content: pickles that name a library of models or call other code, safetensors, ONNX, HDF5, CatBoost, LightGBM, XGBoost, PyTorch and others, also compressed as joblib does, and in tar and zip archives as far as their first members.",
        help: "Remove the other model, or name the one that is served: --model-path PATH.")

    static let extraPackage = Rule(
        name: "extra-package",
        summary: "The serving side has packages that training does not name.",
        why: "What was not there at training can be imported at serving.",
        help: "Install from the lock only, into an environment of its own.")

    static let incompleteTraining = Rule(
        name: "incomplete-training-environment",
        summary: "The training environment could not be read completely.",
        why: "What is not known cannot be compared, so that the verdict is at best not-provable.",
        help: "Record the environment at training time: pinproof capture, or a lock with hashes next to the model.")

    static let incompleteServing = Rule(
        name: "incomplete-serving-environment",
        summary: "The serving environment could not be read completely.",
        why:
            "A package that could not be read may be the one that the model loads, so that the verdict is at best not-provable.",
        help: "Install the package again with a current installer, or remove it from the image.")

    static let forgeableRecord = Rule(
        name: "forgeable-record",
        summary: "A verdict rests on the package's own record inside of the image.",
        why:
            "RECORD shows accidental change; whoever changes a file on purpose can change its row too, and no installer checks it.",
        help: "Pass the locked artifacts with --wheels (a directory or a map of pinproof wheels) to reach `locked`.")
}
