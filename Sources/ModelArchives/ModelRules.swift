import EnvironmentInventory

/// What is found in models, by `inspect`, `verify` and `check` alike.
package enum ModelRules {
    /// Every rule, in the order of the documentation.
    package static let all: [Rule] = [
        missingEnvironment, missingInterpreter, unlockedEnvironment, unrecordedVersion, contradictingFacts,
        dangerousGlobal, changedAfterSigning, unsignedFile, invalidSignature, unverifiedSignature, foreignCapture,
    ]

    /// The names of those that judge a signature and what it covers.
    package static let ofSignatures: Set<String> = [changedAfterSigning.name, unsignedFile.name, invalidSignature.name]

    /// Fires on a model without an environment.
    package static let missingEnvironment = Rule(
        name: "missing-environment",
        summary: "A model does not name the packages of its training environment.",
        why: "Without them no environment can be proved to be the one that the model was trained in.",
        help: "Record the environment at training: pinproof capture ENV --into MODEL.")

    static let missingInterpreter = Rule(
        name: "missing-interpreter",
        summary: "A model does not record its Python version.",
        why: "Pickles, compiled extensions and cloudpickled code belong to one minor version of Python.",
        help: "Record the environment at training: pinproof capture ENV --into MODEL.")

    /// Fires on a model without a lock.
    package static let unlockedEnvironment = Rule(
        name: "unlocked-environment",
        summary: "A model names packages and holds no lock with their hashes.",
        why: "What was installed at training is claimed at best; the bytes cannot be proved.",
        help: "Add the lock to the model, or run pinproof capture ENV --into MODEL.")

    static let unrecordedVersion = Rule(
        name: "unrecorded-version",
        summary: "A file format does not say the version of the library that wrote it.",
        why: "The version has to come from elsewhere, and an archive alone cannot confirm it.",
        help: "Record the environment at training: pinproof capture ENV --into MODEL.")

    static let contradictingFacts = Rule(
        name: "contradicting-facts",
        summary: "Two facts of a model contradict each other: MLmodel has 1.9.1, the pickle 1.5.2.",
        why: "One of them is wrong, and a serving image built from it has another environment.",
        help: "Save the model again in the environment that serves it.")

    static let dangerousGlobal = Rule(
        name: "dangerous-global",
        summary: "Loading the model would run a command, open a connection or evaluate code.",
        why: "A pickle calls whatever it names while it is loaded.",
        help: "Do not load it. Ask its author to save it in a format that holds no code.")

    static let changedAfterSigning = Rule(
        name: "changed-after-signing",
        summary: "A file that the model's signature names was changed or removed.",
        why: "The model is not the one that was signed.",
        help: "Get the model from where it was signed, or have it signed again.")

    static let unsignedFile = Rule(
        name: "unsigned-file",
        summary: "The model's signature does not cover a file.",
        why: "The signer did not vouch for the file, and loading the model may read it.",
        help: "Remove the file, or have the model signed again with it.")

    static let invalidSignature = Rule(
        name: "invalid-signature",
        summary: "The model's signature was not made by the key, or its manifest contradicts itself.",
        why: "An invalid signature proves nothing about the files.",
        help: "Check that the key is the signer's; if it is, do not use the model.")

    /// Fires on a capture of another model.
    package static let foreignCapture = Rule(
        name: "foreign-capture",
        summary: "A capture in a model was made for a model with other files.",
        why:
            "It records the environment of another training, and a verification against it proves nothing about this model.",
        help: "Capture the environment that this model was trained in: pinproof capture ENV --into MODEL.")

    static let unverifiedSignature = Rule(
        name: "unverified-signature",
        summary: "A model has a signature that was not fully checked.",
        why: "Without a verified signature the hashes do not protect against deliberate changes.",
        help: "Give the signer's public key: --key PUBLIC.pem.")
}
