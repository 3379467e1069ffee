import ArgumentParser
import DockerfileFreezing
import EnvironmentInventory
import Pinproof

struct FreezeCommand: ResultCommand {
    static let configuration = CommandConfiguration(
        commandName: "freeze", _superCommandName: pinproofName,
        abstract: "Renders a pinned Dockerfile from a lock file or a model, or pins an existing Dockerfile.",
        discussion: """
            With --dockerfile an existing file is pinned: the new text goes to standard output, to --output FILE, or with \
            --in-place into the file; what could not be pinned is listed on standard error, and the exit status is then 1.
            IMAGE is an image with a known digest: oci:DIR:REF, oci-archive:FILE:REF, docker://REF, NAME:TAG@sha256:..., \
            or a name that the pinproof.lock.json of an earlier run pins. --output is the directory for the generated files, \
            by default ./frozen; an existing file with other content is only replaced with --force or --update.
            """, version: pinproofVersion)

    static let examples = [
        CommandExample(
            "Write a pinned Dockerfile for a lock into ./frozen",
            "pinproof freeze uv.lock --base docker://python:3.12-slim --python 3.12"),
        CommandExample(
            "Pin an existing Dockerfile in place",
            "pinproof freeze --dockerfile Dockerfile --lock uv.lock --fetch --in-place"),
    ]

    @Argument(
        help: ArgumentHelp("The lock, or a model that holds the lock of its training.", valueName: "lock|model"),
        completion: .file())
    var lock: String?

    @Option(help: ArgumentHelp("The base image.", valueName: "image"), completion: .file())
    var base: String?

    @OptionGroup(title: "Rewriting") var rewriting: RewriteOptions

    @OptionGroup(title: "Target") var target: TargetOptions

    @Option(
        help: ArgumentHelp(
            "What installs the packages; without it, what fits the lock and the base.",
            valueName: "installer"))
    var installer: Freezer.Installer?

    @Option(
        help: ArgumentHelp("The image that the installer is taken from, named as --base is.", valueName: "image"),
        completion: .file())
    var installerImage: String?

    @Option(
        help: ArgumentHelp(
            "Build packages without a wheel, and commits of git, with the build tools that this file locks by hash. Without it, they are refused.",
            valueName: "file"), completion: .file())
    var buildSdists: String?

    @Option(help: ArgumentHelp("The model that the image serves.", valueName: "path"), completion: .file())
    var model: String?

    @Option(
        help: ArgumentHelp(
            "What serves the model; without it, the server of the model's format. `--serve command -- WORD...` names one.",
            valueName: "server"))
    var serve: Freezer.Server?

    @Option(
        name: .customLong("apt"),
        help: ArgumentHelp("A package of Debian or Ubuntu; repeatable.", valueName: "name[=version]"))
    var systemPackages: [String] = []

    @Option(
        help: ArgumentHelp(
            "A directory of the locked wheels, to check that the base has the libraries that they need; repeatable.",
            valueName: "dir"))
    var wheels: [String] = []

    @Flag(help: "Add the packages that have missing libraries, as --apt does.")
    var aptMissing = false

    @Option(
        help: ArgumentHelp(
            "The archive's Contents file, which says what package has a library; without it, a table of common ones.",
            valueName: "file"))
    var contents: String?

    @Option(
        help: ArgumentHelp(
            "The date and time of the archive snapshot that --apt takes packages from.", valueName: "20240601T000000Z"))
    var snapshot: String?

    @Flag(help: "Resolve the images again, replace what an earlier run wrote, and report what changed.")
    var update = false

    @Option(
        help: ArgumentHelp("An earlier pinproof.lock.json with the digest of the base image.", valueName: "file"),
        completion: .file())
    var fromLock: String?

    @Option(
        help: ArgumentHelp("A Mustache template in place of the one in the program.", valueName: "file"),
        completion: .file())
    var template: String?

    @Option(help: ArgumentHelp("The command that the image starts, as a JSON list of words.", valueName: "json"))
    var entrypoint: CommandWords?

    @Flag(help: "Replace existing files.")
    var force = false

    @Argument(parsing: .postTerminator, help: ArgumentHelp("The command that serves.", valueName: "word"))
    var command: [String] = []

    @OptionGroup(title: "Limits") var limit: LimitOptions

    @OptionGroup var output: OutputOptions

    var writesOutput: Bool { true }

    func validate() throws {
        try rewriting.check(lock: lock, base: base)
        if aptMissing || contents != nil, wheels.isEmpty {
            throw ValidationError("--apt-missing and --contents are about what --wheels need")
        }
        guard rewriting.dockerfile != nil || rewriting.manifest != nil else { return }
        if installer != nil || installerImage != nil || buildSdists != nil || model != nil || serve != nil
            || !systemPackages.isEmpty || !wheels.isEmpty || template != nil || entrypoint != nil || !command.isEmpty
        {
            throw ValidationError(
                "--installer, --installer-image, --build-sdists, --model, --serve, --apt, --wheels, --template and --entrypoint "
                    + "make a new Dockerfile, and do not go with --dockerfile")
        }
    }

    func result(progress: ProgressLine?) async throws -> CommandResult {
        let reading = limit.reading(progress)
        if let dockerfile = rewriting.dockerfile { return try await rewrite(dockerfile, reading) }
        if let manifest = rewriting.manifest { return try await rewrite(manifest, reading, isManifest: true) }
        guard let lock, let base else { throw ValidationError("name a lock or a model, and the base image") }
        let directory = output.output ?? "frozen"
        let plan = try await Freezer(options: options(directory, reading)).plan(lock, base: base)
        if !plan.missingLibraries.isEmpty {
            return CommandResult(text: plan.missingLibraries.map { visible($0) + "\n" }.joined(), status: .found)
        }
        var text = try FreezeWriting(plan: plan, directory: directory, replaces: force || update).write()
        text += plan.moves.map { $0 + "\n" }.joined()
        return CommandResult(
            text: output.quiet ? "" : visible(text + plan.summary(directory)),
            diagnostics: plan.notes.map { "note: \($0)" })
    }

    private func options(_ directory: String, _ reading: ReadingOptions) -> Freezer.Options {
        var options = Freezer.Options()
        options.target = target.selection
        options.installer = installer
        options.installerImage = installerImage
        options.buildTools = buildSdists
        options.model = model
        options.server = serve
        options.command = command
        options.entrypoint = entrypoint?.words
        options.systemPackages = systemPackages
        options.wheels = wheels
        options.addsMissingPackages = aptMissing
        options.contents = contents
        options.snapshot = snapshot
        options.template = template
        options.earlierLock = fromLock
        options.directory = directory
        options.isUpdating = update
        options.acceptsMovedTags = force
        options.reading = reading
        return options
    }

    private func rewrite(
        _ dockerfile: String, _ reading: ReadingOptions, isManifest: Bool = false
    ) async throws -> CommandResult {
        let result = try rewriting.result(output: output.output)
        var options = rewriting.options(base: base)
        options.target = target.selection
        options.earlierLock = fromLock
        options.snapshot = snapshot
        options.isUpdating = update
        options.reading = reading
        let rewriter = Rewriter(options: options)
        let plan = try await isManifest ? rewriter.rewrite(manifest: dockerfile) : rewriter.rewrite(dockerfile)
        let shown = try plan.shown(result)
        try plan.write(result, replaces: force)
        var diagnostics = plan.unpinned.map(\.text)
        if !plan.unpinned.isEmpty {
            diagnostics.append("pinproof: \(plan.changes.count) pinned, \(plan.unpinned.count) left as they were")
        }
        return CommandResult(
            text: shown, diagnostics: diagnostics, status: plan.unpinned.isEmpty ? .success : .found)
    }
}

extension FreezePlan {
    /// What was planned, and how to build it.
    fileprivate func summary(_ directory: String) -> String {
        let epoch = DockerfilePlan.epoch
        let policy = join(directory, SourcePolicy.fileName)
        let secrets = secrets.map { "--secret id=\($0),src=FILE " }.joined()
        return """
            \(packageCount) package\(packageCount == 1 ? "" : "s") by \(installer.rawValue) on \(base)
            for \(target)
            build it with: docker build \(secrets)\(directory)
            bit for bit:   SOURCE_DATE_EPOCH=\(epoch) EXPERIMENTAL_BUILDKIT_SOURCE_POLICY=\(policy) \
            docker buildx build \(secrets)--output type=oci,dest=image.tar,rewrite-timestamp=true \(directory)
            or:            buildah build \(secrets)--timestamp \(epoch) \(directory)

            """
    }
}

extension FreezingError: CommandFailure {
    var usage: String? {
        switch self {
        case .invalidImage(.base, let text, let reason): "--base \(text): \(reason)"
        case .invalidImage(.installer, let text, let reason): "--installer-image \(text): \(reason)"
        case .modelOfModel(let name):
            "--model: \(name) is a model itself; name the lock in its place, or leave --model out"
        case .snapshotWithoutPackages: "--snapshot is the moment of the packages that --apt names or --apt-missing adds"
        case .packagesWithoutSnapshot:
            "--apt: nothing says from which moment the packages are; add --snapshot 20240601T000000Z (https://snapshot.debian.org "
                + "lists the moments), or pass the pinproof.lock.json of an earlier run"
        case .buildToolsWithoutPip:
            "--build-sdists: only pip builds from pinned sources; add --installer pip"
        case .installerImageOfPip: "--installer-image: pip is the base's own"
        case .commandOfServer: "a command after -- goes with --serve command"
        case .input, .cancelled: nil
        }
    }
}
