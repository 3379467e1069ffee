import ArgumentParser
import Pinproof

/// The options of `freeze --dockerfile`.
struct RewriteOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Rewrite this Dockerfile: pin what it leaves open, and change nothing else.", valueName: "file"),
        completion: .file())
    var dockerfile: String?

    @Option(
        help: ArgumentHelp(
            "Pin the images and actions of this manifest: compose, Kubernetes, Helm values, a workflow.",
            valueName: "file"))
    var manifest: String?

    @Option(
        name: .customLong("commit"),
        help: ArgumentHelp("The commit of an action; repeatable.", valueName: "owner/repository@ref=commit"))
    var commits: [ActionCommit] = []

    @Option(
        name: .customLong("lock"),
        help: ArgumentHelp(
            "A lock that pip or conda installs are rewritten to; repeatable, one of each.", valueName: "lock"),
        completion: .file())
    var packages: [String] = []

    @Flag(name: .customLong("diff"), help: "Show a unified diff; write nothing.")
    var showsDifference = false

    @Flag(help: "Replace the Dockerfile atomically.")
    var inPlace = false

    @Flag(help: "Ask registries for digests and base images, git servers for commits, and download URLs to hash them.")
    var fetch = false

    @Option(
        name: .customLong("mirror"),
        help: ArgumentHelp(
            "A registry to ask in place of Docker Hub, of REGISTRY, or (*=HOST) of any; repeatable.",
            valueName: "[registry=]host[:port][/prefix]"))
    var mirrors: [RegistryMirror] = []

    @Option(
        name: .customLong("digest"),
        help: ArgumentHelp("The digest of an image; repeatable.", valueName: "name:tag=sha256:..."))
    var digests: [ImageDigest] = []

    @Option(
        name: .customLong("image"),
        help: ArgumentHelp(
            "A local image, oci:DIR:REF or oci-archive:FILE:REF, that provides the digest of its name; repeatable.",
            valueName: "image"), completion: .file())
    var images: [String] = []

    @Option(
        help: ArgumentHelp("The build context (default: the Dockerfile's directory).", valueName: "dir"),
        completion: .directory)
    var context: String?

    @Option(name: .customLong("build-arg"), help: ArgumentHelp("A build argument.", valueName: "name=value"))
    var buildArguments: [NamedValue] = []

    @Option(help: ArgumentHelp("A named build context.", valueName: "name=docker-image://ref"))
    var buildContext: [NamedValue] = []

    /// Holds the options against each other and those of the rendering.
    func check(lock: String?, base: String?) throws {
        if dockerfile != nil, manifest != nil {
            throw ValidationError("--dockerfile and --manifest cannot be used together")
        }
        if dockerfile == nil, manifest == nil {
            if lock == nil { throw ValidationError("name a lock or a model to freeze, or --dockerfile to rewrite one") }
            if base == nil { throw ValidationError("--base names the image that the frozen one is built on") }
            if !packages.isEmpty || showsDifference || inPlace || fetch || !mirrors.isEmpty || !digests.isEmpty
                || !images.isEmpty || !commits.isEmpty || context != nil || !buildArguments.isEmpty
                || !buildContext.isEmpty
            {
                throw ValidationError(
                    "--lock, --diff, --in-place, --fetch, --mirror, --digest, --image, --commit, --context, --build-arg and "
                        + "--build-context belong to --dockerfile")
            }
        } else {
            if lock != nil { throw ValidationError("with --dockerfile the lock is named by --lock") }
            if showsDifference, inPlace { throw ValidationError("--diff writes nothing: leave --in-place out") }
        }
    }

    /// What becomes of the rewritten Dockerfile.
    func result(output: String?) throws -> RewriteResult {
        if output != nil, inPlace || showsDifference {
            throw ValidationError("--output has no use with --in-place or --diff")
        }
        return inPlace ? .inPlace : showsDifference ? .difference : output.map { .file($0) } ?? .text
    }

    /// Where digests and hashes are looked up; `base` is one more image at hand.
    func options(base: String?) -> Rewriter.Options {
        var options = Rewriter.Options()
        options.locks = packages
        options.context = context
        options.buildArguments = buildArguments.dictionary
        options.buildContexts = buildContext.dictionary
        options.digests = digests.reduce(into: [:]) { $0[$1.reference] = $1.digest }
        options.images = images + (base.map { [$0] } ?? [])
        options.commits = commits.dictionary
        options.mayFetch = fetch
        options.mirrors = mirrors
        return options
    }
}

extension RewritingError: CommandFailure {
    var usage: String? {
        switch self {
        case .invalidSnapshot(let text): "--snapshot takes a moment as 20240601T000000Z, not '\(text)'"
        case .imageWithoutTransport: "--image takes oci:DIR:REF, oci-archive:FILE:REF, dir:DIR"
        case .locksOfOneEcosystem(let lock, let other): "--lock \(lock): \(other) holds such packages already"
        case .input, .cancelled: nil
        }
    }
}
