/// The rules of `verify` beside the packages: what their findings mean and how to mend them.
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

    static let extraPackage = Rule(
        name: "extra-package",
        summary: "The serving side has packages that training does not name.",
        why: "What was not there at training can be imported at serving.",
        help: "Install from the lock only, into an environment of its own.")

    static let incompleteTraining = Rule(
        name: "incomplete-training-environment",
        summary: "The training environment could not be read whole.",
        why: "What is not known cannot be compared, so that the verdict is at best not-provable.",
        help: "Record the environment at training time: lockstep capture, or a lock with hashes beside the model.")

    static let forgeableRecord = Rule(
        name: "forgeable-record",
        summary: "A verdict rests on the package's own record inside of the image.",
        why:
            "RECORD shows accidental change; who changes a file on purpose changes its row too, and no installer checks it.",
        help: "Pass the locked artifacts with --wheels (a folder or a map of lockstep wheels) to reach `locked`.")
}
