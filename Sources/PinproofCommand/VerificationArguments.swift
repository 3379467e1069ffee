import ArgumentParser
import EnvironmentInventory
import Glibc
import Pinproof

/// What `verify` and `preflight` ask about a model and an image.
struct VerificationArguments: ParsableArguments {
    @Option(help: ArgumentHelp("The lock of the training environment.", valueName: "lock"), completion: .file())
    var lock: String?

    @Option(
        help: ArgumentHelp(
            "Locked artifacts: a directory of wheels or a map of `pinproof wheels`; repeatable.", valueName: "dir|map"),
        completion: .file())
    var wheels: [String] = []

    @Option(
        help: ArgumentHelp(
            "The evidence that is required of every package.", valueName: "level"))
    var evidence = Evidence.intact

    @Option(
        help: ArgumentHelp(
            "The path of the model in the image, to compare its files; searched for by default.",
            valueName: "path"), completion: .file())
    var modelPath: String?

    @Option(
        help: ArgumentHelp("The public key, PEM, that verifies the signature of the model.", valueName: "file"),
        completion: .file())
    var modelKey: String?

    @Option(
        help: ArgumentHelp(
            "The base image: it vouches for its layers, which have to be the lowest layers of the image.",
            valueName: "image"),
        completion: .file())
    var base: String?

    @Option(
        help: ArgumentHelp(
            "The pinproof.lock.json of the freeze that made the image: the base image that it pins vouches for its layers.",
            valueName: "file"), completion: .file())
    var fromLock: String?

    @Option(
        help: ArgumentHelp(
            "A directory or file of the image that is the application's own; repeatable.", valueName: "path"),
        completion: .file())
    var app: [String] = []

    @Flag(help: "Verify every image of an index; an attestation is then about the index too, if all of them match.")
    var allPlatforms = false

    @Flag(help: "Compare only the packages that the training side names; the verdict says so.")
    var onlyNamed = false

    @Flag(help: "Include everything in the verdict: packages that the model does not need to load, and warnings.")
    var strict = false

    @Option(
        help: ArgumentHelp(
            "The lowest severity of findings that makes the exit status of a match 1.", valueName: "severity"))
    var failOn = FailureThreshold.error

    /// The options of the library.
    func options(
        _ target: TargetOptions, _ place: LoadingArguments, reading: ReadingOptions
    ) -> Verifier.Options {
        var options = Verifier.Options()
        options.lock = lock
        options.wheels = wheels
        options.evidence = evidence
        options.target = target.selection
        options.modelPath = modelPath
        options.modelKey = modelKey
        options.isStrict = strict
        options.base = base
        options.frozenLock = fromLock
        options.coversAllPlatforms = allPlatforms
        options.applications = app
        options.scope = onlyNamed ? .named : .closed
        options.loading = place.options
        options.reading = reading
        return options
    }
}

/// Where a result is written as a signed statement.
struct AttestationArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where to write the result as an in-toto statement; with --key in a signed DSSE envelope.",
            valueName: "file"), completion: .file())
    var attest: String?

    @Flag(help: "Put the attestation beside the image, as pinproof attach does; takes --key.")
    var attach = false

    @Option(
        help: ArgumentHelp(
            "The private key that signs the attestation, PEM: ECDSA or Ed25519, or cosign's; COSIGN_PASSWORD opens it.",
            valueName: "file"), completion: .file())
    var key: String?

    func validate() throws {
        if key != nil, attest == nil, !attach { throw ValidationError("--key signs what --attest writes") }
        if attach, key == nil { throw ValidationError("--attach takes --key: only a signed attestation is attached") }
    }

    /// The writer, which has read the key; nil where no attestation is asked for.
    func writer() throws(InputError) -> AttestationWriter? {
        guard attest != nil || attach else { return nil }
        return try AttestationWriter(
            file: attest, key: key, password: getenv("COSIGN_PASSWORD").map { Array(String(cString: $0).utf8) })
    }

    /// Puts a signed statement beside the image where that is asked for, and returns what went wrong.
    func attached(
        _ statement: String, to image: String, _ target: TargetOptions, reading: ReadingOptions
    ) async -> [String] {
        guard attach else { return [] }
        var options = Attacher.Options()
        options.target = target.selection
        options.reading = reading
        do throws(AttachError) {
            let result = try await Attacher(options: options).attach(text: statement, to: image)
            return result.isRefused ? result.lines : []
        } catch { return ["not attached: \(error.description)"] }
    }
}
