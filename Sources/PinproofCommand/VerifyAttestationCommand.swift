import ArgumentParser
import EnvironmentInventory
import Pinproof

struct VerifyAttestationCommand: ResultCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify-attestation", _superCommandName: pinproofName,
        abstract: "Checks an attestation of `verify` or `preflight`: its signature, its subjects, its verdict.",
        discussion: """
            Exit status: 0 signed with the key, of the given model and image, and the verdict is match or ready; 1 another \
            signature, another subject, a mismatch or not-ready; 2 unreadable, or the verdict is not-provable. Without FILE, \
            the attestations of `verify` that are stored with the image are read: all that the key signed have to agree.
            """, version: pinproofVersion)

    static let examples = [
        CommandExample(
            "Admit an image only with a signed match",
            "pinproof verify-attestation verdict.json --key cosign.pub --image docker://registry.example/serving:1.4"),
        CommandExample(
            "Find the verdict beside the image, and tie it to the model too",
            "pinproof verify-attestation --key cosign.pub --image docker://registry.example/serving:1.4 --model model.tar.gz"
        ),
    ]

    @Argument(
        help: ArgumentHelp(
            "The attestation: a DSSE envelope with an in-toto statement; without it, those beside the image are found.",
            valueName: "file"), completion: .file())
    var file: String?

    @Option(help: ArgumentHelp("The public key, PEM: ECDSA or Ed25519.", valueName: "file"), completion: .file())
    var key: String

    @Option(
        help: ArgumentHelp(
            "The image that it has to be about, or the digest of its manifest.", valueName: "image|digest"),
        completion: .file())
    var image: String?

    @Option(
        help: ArgumentHelp("The model or lock that it has to be about, or its digest.", valueName: "model|digest"),
        completion: .file())
    var model: String?

    @Flag(help: "Accept the attestation whatever image it is about.")
    var noImage = false

    @Flag(help: "Accept the attestation whatever model it is about.")
    var noModel = false

    @Option(help: "The evidence that the verification has to have required, or a stronger one.")
    var evidence: Evidence?

    @Flag(help: "Accept only a verification that was made with --strict.")
    var strict = false

    @Option(help: "Whether the verification is about all that loading needs, or the named packages alone will do.")
    var scope = Verification.Scope.closed

    @Option(
        help: ArgumentHelp(
            "The questions that an attestation of preflight has to have required.", valueName: "questions"))
    var require = QuestionNames()

    @OptionGroup var target: PlatformOptions

    @Option(help: "The format of the result.")
    var format = AttestationFormat.text

    @OptionGroup(title: "Limits") var limit: LimitOptions

    @OptionGroup var output: OutputOptions

    func validate() throws {
        if (image == nil) != noImage {
            throw ValidationError(
                "name the image with --image, or say --no-image: an attestation of another image proves nothing")
        }
        if file == nil, image.map({ Digest($0) != nil }) ?? true {
            throw ValidationError("name the attestation, or with --image the image that has it beside it")
        }
        // Attestations that were found are about the image. Those of every model count where none is named.
        if file == nil, model == nil { return }
        if (model == nil) != noModel {
            throw ValidationError(
                "name the model with --model, or say --no-model: an attestation of another model proves nothing")
        }
    }

    func result(progress: ProgressLine?) async throws -> CommandResult {
        var options = AttestationVerifier.Options()
        options.image = image
        options.model = model
        options.evidence = evidence
        options.isStrict = strict
        options.scope = scope
        options.questions = require.questions
        options.target = target.selection
        options.reading = limit.reading(progress)
        let verifier = AttestationVerifier(options: options)
        let report =
            if let file { try await verifier.verify(file, key: key) } else {
                try await verifier.verify(imageOf: image ?? "", key: key)
            }
        let status = Self.status(of: report)
        switch format {
        case .text: return CommandResult(text: report.text, status: status)
        case .json: return CommandResult(text: report.json.document(), status: status)
        }
    }
}

extension VerifyAttestationCommand {
    /// Success only where nothing is wrong and the verdict is match, or ready.
    fileprivate static func status(of report: AttestationReport) -> ExitStatus {
        guard report.problems.isEmpty else { return .found }
        if let preflight = report.preflight {
            return preflight.verdict == .ready ? .success : preflight.verdict == .notReady ? .found : .undecided
        }
        return report.verdict == .match ? .success : report.verdict == .mismatch ? .found : .undecided
    }
}

extension AttestationError: CommandFailure {
    var usage: String? { nil }
}
