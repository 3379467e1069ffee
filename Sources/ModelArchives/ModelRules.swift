import EnvironmentInventory

/// What is found in models, by `inspect`, `verify` and `check` alike.
package enum ModelRules {
    /// Every rule, in the order of the documentation.
    package static let all: [Rule] = [
        missingEnvironment, missingInterpreter, unlockedEnvironment, unrecordedVersion, contradictingFacts,
        dangerousGlobal, changedAfterSigning, unsignedFile, invalidSignature, unverifiedSignature,
    ]

    /// The names of those that judge a signature and what it covers.
    package static let ofSignatures: Set<String> = [changedAfterSigning.name, unsignedFile.name, invalidSignature.name]

    /// Fires on a model without an environment.
    package static let missingEnvironment = Rule(
        name: "missing-environment",
        summary: "A model says nothing about the packages that made it.",
        why: "Nobody can tell what serves it as it was trained, and nothing can be proved.",
        help: "Record the environment at training: pinproof capture ENV --into MODEL.")

    static let missingInterpreter = Rule(
        name: "missing-interpreter",
        summary: "A model does not say which Python made it.",
        why: "Pickles, compiled extensions and cloudpickled code belong to one minor version of Python.",
        help: "Record the environment at training: pinproof capture ENV --into MODEL.")

    /// Fires on a model without a lock.
    package static let unlockedEnvironment = Rule(
        name: "unlocked-environment",
        summary: "A model names packages and holds no lock with their hashes.",
        why: "What was installed at training is claimed at best; the bytes cannot be proved.",
        help: "Put the lock beside the model's requirements, or run pinproof capture ENV --into MODEL.")

    static let unrecordedVersion = Rule(
        name: "unrecorded-version",
        summary: "A file format does not say the version of the library that wrote it.",
        why: "The version has to come from elsewhere, and an archive alone cannot confirm it.",
        help: "Record the environment at training: pinproof capture ENV --into MODEL.")

    static let contradictingFacts = Rule(
        name: "contradicting-facts",
        summary: "Two facts inside of one model contradict each other: MLmodel says 1.9.1, the pickle 1.5.2.",
        why: "One of them is wrong, and whoever builds the serving image by it builds another environment.",
        help: "Save the model again in the environment that serves it.")

    static let dangerousGlobal = Rule(
        name: "dangerous-global",
        summary: "Loading the model would run a command, open a connection or evaluate code.",
        why: "A pickle calls whatever it names while it is loaded.",
        help: "Do not load it. Ask who made it, and have it saved in a format that holds no code.")

    static let changedAfterSigning = Rule(
        name: "changed-after-signing",
        summary: "A file is not the one, or is not there any more, that the model's signature names.",
        why: "The model is not the one that was signed.",
        help: "Get the model from where it was signed, or have it signed again.")

    static let unsignedFile = Rule(
        name: "unsigned-file",
        summary: "The model's signature does not cover a file.",
        why: "Whoever brought the file in was not the signer, and loading the model may read it.",
        help: "Remove the file, or have the model signed again with it.")

    static let invalidSignature = Rule(
        name: "invalid-signature",
        summary: "The model's signature is not the key's, or its own manifest contradicts itself.",
        why: "What it says of the files is worth nothing.",
        help: "Check that it is the signer's public key; if it is, do not use the model.")

    static let unverifiedSignature = Rule(
        name: "unverified-signature",
        summary: "A signature lies beside the model, and something of it was not checked.",
        why: "Hashes that nobody signed for prove nothing against a change on purpose.",
        help: "Give the signer's public key: --key PUBLIC.pem.")
}
