import ArgumentParser
import Pinproof

/// What `check --fix` may use.
struct FixOptions: ParsableArguments {
    @Flag(help: "Ask registries for digests, and download URLs to hash them.")
    var fetch = false

    @Option(
        name: .customLong("mirror"),
        help: ArgumentHelp(
            "A registry to ask in place of Docker Hub, of REGISTRY, or (*=HOST) of any; repeatable.",
            valueName: "[registry=]host[:port][/prefix]"))
    var mirrors: [RegistryMirror] = []

    @Option(
        name: .customLong("commit"),
        help: ArgumentHelp("The commit of an action; repeatable.", valueName: "owner/repository@ref=commit"))
    var commits: [ActionCommit] = []

    @Option(help: ArgumentHelp("A pinproof.lock.json with digests and hashes.", valueName: "file"), completion: .file())
    var fromLock: String?

    @Option(help: ArgumentHelp("The lock that pip installs are rewritten to.", valueName: "lock"), completion: .file())
    var lock: String?

    /// Refuses the options where nothing is to be fixed.
    func validate(isFixing: Bool) throws {
        if !isFixing, fetch || !mirrors.isEmpty || !commits.isEmpty || fromLock != nil || lock != nil {
            throw ValidationError("--fetch, --mirror, --commit, --from-lock and --lock belong to --fix and --diff")
        }
    }

    /// Where digests and hashes are looked up.
    func rewriting(_ reading: ReadingOptions) -> Rewriter.Options {
        var options = Rewriter.Options()
        options.mayFetch = fetch
        options.mirrors = mirrors
        options.commits = commits.dictionary
        options.earlierLock = fromLock
        options.locks = lock.map { [$0] } ?? []
        options.reading = reading
        return options
    }
}
