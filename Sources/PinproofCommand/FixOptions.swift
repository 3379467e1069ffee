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
    var mirrors: [String] = []

    @Option(help: ArgumentHelp("A pinproof.lock.json with digests and hashes.", valueName: "file"))
    var fromLock: String?

    @Option(help: ArgumentHelp("The lock that pip installs are rewritten to.", valueName: "lock"))
    var lock: String?

    /// The request; nil when nothing is to be fixed.
    func request(isFixing: Bool) throws -> FixRequest? {
        guard isFixing else {
            if fetch || !mirrors.isEmpty || fromLock != nil || lock != nil {
                throw ValidationError("--fetch, --mirror, --from-lock and --lock belong to --fix")
            }
            return nil
        }
        return FixRequest(mayFetch: fetch, mirrors: mirrors, fromLock: fromLock, lock: lock)
    }
}
