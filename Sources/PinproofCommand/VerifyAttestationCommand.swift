import ArgumentParser
import EnvironmentInventory
import Pinproof

struct VerifyAttestationCommand: ResultCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify-attestation",
        abstract: "Checks an attestation of `verify --attest`: its signature, its subjects, its verdict.",
        discussion: """
            Exit status: 0 signed with the key, of the given model and image, and the verdict is match; 1 another signature, \
            another subject or a mismatch; 2 unreadable, or the verdict is not-provable.
            """)

    @Argument(help: ArgumentHelp("The attestation: a DSSE envelope with an in-toto statement.", valueName: "file"))
    var file: String

    @Option(help: ArgumentHelp("The public key, PEM: ECDSA or Ed25519.", valueName: "file"))
    var key: String

    @Option(
        help: ArgumentHelp(
            "The image that it has to speak of, or the digest of its manifest.", valueName: "image|digest"))
    var image: String?

    @Option(help: ArgumentHelp("The model or lock that it has to speak of, or its digest.", valueName: "model|digest"))
    var model: String?

    @OptionGroup(title: "Platform of an image") var target: TargetOptions

    @Option(help: ArgumentHelp("The format of the result.", valueName: "text|json"))
    var format = "text"

    @OptionGroup(title: "Limits") var limit: LimitOptions

    @OptionGroup var output: OutputOptions

    func result(progress: ProgressLine?) async throws -> CommandResult {
        try CommandResult(reading: limit.reading(progress)) {
            try VerifyAttestation.run(
                VerifyAttestationRequest(
                    file: file, key: key, image: image, model: model, target: target.selection, format: format))
        }
    }
}
