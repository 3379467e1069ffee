import ArgumentParser
import EnvironmentInventory
import FindingReports
import Glibc
import Pinproof
import Synchronization

/// `pinproof fleet verify`.
struct FleetVerifyCommand: ResultCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", _superCommandName: "\(pinproofName) fleet",
        abstract: "Verifies each pair of a shard, and records the result.",
        discussion: """
            Each result is what `pinproof verify --format json` prints. Existing results are kept. Exit \
            status: 0 when every pair of the shard is recorded, whatever the verdicts; 2 when something was not reachable.
            """)

    static let examples = [
        CommandExample(
            "Verify all pairs", "pinproof fleet verify plan.jsonl --cache cache --out results --evidence trained"),
        CommandExample(
            "Verify a quarter of them, and put the verdicts beside the images",
            "pinproof fleet verify plan.jsonl --shard 0/4 --cache cache --out results --attest --key cosign.key --attach"
        ),
    ]

    @Argument(help: ArgumentHelp("The plan.", valueName: "plan"), completion: .file()) var plan: String
    @OptionGroup var shard: ShardOptions

    @Option(help: ArgumentHelp("The directory of the results.", valueName: "dir"), completion: .directory)
    var out: String

    @Option(help: ArgumentHelp("The evidence that is required of every package.", valueName: "level"))
    var evidence = Evidence.intact

    @Flag(help: "Write each verification as an in-toto statement too, PAIR.intoto.json; with --key signed.")
    var attest = false

    @Flag(help: "Put each attestation beside its image, as pinproof attach does; takes --key.")
    var attach = false

    @Option(
        help: ArgumentHelp("The private key that signs the attestations; COSIGN_PASSWORD opens it.", valueName: "file"),
        completion: .file())
    var key: String?

    @OptionGroup(title: "Target of a lock, platform of an image") var target: TargetOptions
    @OptionGroup(title: "Layer cache") var layers: CacheOptions
    @OptionGroup(title: "Limits") var limit: LimitOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if key != nil, !attest, !attach { throw ValidationError("--key signs what --attest writes") }
        if attach, key == nil { throw ValidationError("--attach takes --key: only a signed attestation is attached") }
    }

    func result(progress: ProgressLine?) async throws -> CommandResult {
        var runner = FleetRunner()
        runner.reading = limit.reading(nil)
        let cache = try layers.open(holdsLayers: true)
        runner.reading.layerCache = cache
        runner.target = target.selection
        runner.evidence = evidence
        if let jobs = shard.jobs { runner.jobs = jobs }
        try makeFolder(out)
        let results = FleetResults(directory: out)
        let record = PairRecord(
            results: results, evidence: evidence, writesAttestation: attest, key: key,
            password: getenv("COSIGN_PASSWORD").map { Array(String(cString: $0).utf8) },
            attacher: attach ? attacher() : nil)
        try record.checkKey()
        let outcome = await runner.verify(
            try readPlan(plan), try shard.part(), isDone: record.isDone, take: record.take)
        return outcome.result("verified", cache?.diagnostics ?? [])
    }

    private func attacher() -> Attacher {
        var options = Attacher.Options()
        options.target = target.selection
        options.reading = limit.reading(nil)
        return Attacher(options: options)
    }
}

/// Records a pair: its attestation, where that was put, and last the result, so that a run that was killed does all of it again.
private struct PairRecord: Sendable {
    let results: FleetResults
    let evidence: Evidence
    let writesAttestation: Bool
    let key: String?
    let password: [UInt8]?
    let attacher: Attacher?
    private let locks = ImageLocks()

    private func statement(_ pair: FleetPlan.Pair) -> String { "\(results.directory)/\(pair.id).intoto.json" }
    /// Says where the attestation was put.
    private func attached(_ pair: FleetPlan.Pair) -> String { "\(results.directory)/\(pair.id).attached" }

    /// Whether nothing is left to do for a pair.
    func isDone(_ pair: FleetPlan.Pair) -> Bool {
        results.isRecorded(pair.id, required: evidence) && (!writesAttestation || isRegularFile(statement(pair)))
            && (attacher == nil || isRegularFile(attached(pair)))
    }

    /// Reads the key once, so that a wrong one is reported before anything is verified.
    func checkKey() throws(InputError) {
        if key != nil { _ = try AttestationWriter(file: nil, key: key, password: password) }
    }

    /// Records a verification.
    func take(_ pair: FleetPlan.Pair, _ verification: Verification) throws {
        // What an earlier run wrote beside another result would pass for this one's.
        for path in [statement(pair), attached(pair)] { unlink(path) }
        if writesAttestation || attacher != nil {
            let writer = try AttestationWriter(
                file: writesAttestation ? statement(pair) : nil, key: key, password: password)
            let text = try writer.write(verification, model: pair.entry.model, image: pair.pinned, isStrict: false)
            if let attacher {
                // What lies beside an image is read, extended and written: two pairs of one image must not do so at once.
                let result = try locks.withLock(pair.pinned) { () throws(InputError) in
                    try attacher.attachAndWait(text: text, to: pair.pinned)
                }
                if result.isRefused { throw InputError(result.lines.joined(separator: "; ")) }
                try AtomicFile.write(
                    result.lines.map { $0 + "\n" }.joined(), to: attached(pair), replacing: true)
            }
        }
        try AtomicFile.write(
            JSONVerificationReport.render(verification, style: .plain), to: results.path(pair.id), replacing: true)
    }
}

/// Locks by the names of images; few names share one.
private final class ImageLocks: Sendable {
    private let locks = (0..<64).map { _ in ImageLock() }

    private final class ImageLock: Sendable {
        let mutex = Mutex(())
    }

    func withLock<Value>(_ image: String, _ body: () throws(InputError) -> Value) throws(InputError) -> Value {
        let lock = locks[Int(truncatingIfNeeded: image.utf8.reduce(UInt(0)) { $0 &* 31 &+ UInt($1) } % 64)]
        return try lock.mutex.withLock { (_: inout Void) throws(InputError) in try body() }
    }
}
