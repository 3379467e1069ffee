import ArgumentParser
import Glibc
import LockFormats
import Pinproof

struct VerifyCommand: ResultCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Holds the training environment of a model against a serving image, hash by hash.",
        discussion: """
            In place of the model a lock may stand, in place of the image an installed environment. What loading the model \
            needs counts; what was only around at training is a warning, unless its files were changed. Exit status: \
            0 match, 1 mismatch, 2 not provable.
            """)

    @Argument(help: ArgumentHelp("The model, or a lock in its place.", valueName: "model"))
    var model: String

    @Argument(help: ArgumentHelp("The image, or an installed environment in its place.", valueName: "image"))
    var image: String

    @Option(help: ArgumentHelp("The lock of the training environment.", valueName: "lock"))
    var lock: String?

    @Option(
        help: ArgumentHelp(
            "Locked artifacts: a folder of wheels or a map of `pinproof wheels`; repeatable.", valueName: "dir|map"))
    var wheels: [String] = []

    @Option(
        help: ArgumentHelp(
            "The evidence that is required of every package.", valueName: "locked|trained|claimed|intact|named"))
    var evidence = "intact"

    @Option(
        help: ArgumentHelp(
            "Where the image has the model, to be compared file by file; without it, it is looked for.",
            valueName: "path"))
    var modelPath: String?

    @Option(help: ArgumentHelp("The public key, PEM, that verifies the signature of the model.", valueName: "file"))
    var modelKey: String?

    @Flag(help: "Let everything count: packages that the model does not need to load, and warnings.")
    var strict = false

    @Option(
        help: ArgumentHelp(
            "The severity of findings from which on the exit status of a match is 1.",
            valueName: "error|warning|note|never"))
    var failOn = "error"

    @Option(
        help: ArgumentHelp(
            "Where to write the verification as an in-toto statement; with --key in a signed DSSE envelope.",
            valueName: "file"))
    var attest: String?

    @Option(
        help: ArgumentHelp(
            "The private key that signs the attestation, PEM: ECDSA or Ed25519, or cosign's; COSIGN_PASSWORD opens it.",
            valueName: "file"))
    var key: String?

    @OptionGroup(title: "Target of a lock, platform of an image") var target: TargetOptions

    @Option(help: ArgumentHelp("The format of the result.", valueName: "text|json"))
    var format = "text"

    @OptionGroup(title: "Limits") var limit: LimitOptions

    @OptionGroup var output: OutputOptions

    func validate() throws {
        if key != nil, attest == nil { throw ValidationError("--key signs what --attest writes") }
    }

    func result(progress: ProgressLine?) async throws -> CommandResult {
        try CommandResult(reading: limit.reading(progress)) {
            var request = VerifyRequest(
                model: model, image: image, lock: lock, wheels: wheels, evidence: evidence,
                target: target.selection, format: format, style: output.style)
            request.modelPath = modelPath
            request.modelKey = modelKey
            request.isStrict = strict
            request.failOn = failOn
            if let attest {
                request.attestation = AttestationRequest(
                    file: attest, key: key,
                    password: getenv("COSIGN_PASSWORD").map { Array(String(cString: $0).utf8) })
            }
            return try Verify.run(request)
        }
    }
}
