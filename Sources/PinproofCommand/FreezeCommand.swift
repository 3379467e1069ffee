import ArgumentParser
import DockerfileSyntax
import LockFormats
import Pinproof

struct FreezeCommand: ResultCommand {
    static let configuration = CommandConfiguration(
        commandName: "freeze",
        abstract: "Renders a pinned Dockerfile from a lock file or a model, or pins an existing Dockerfile.",
        discussion: """
            With --dockerfile an existing file is pinned: the new text goes to standard output, to --output FILE, or with \
            --in-place into the file; what could not be pinned is listed on standard error, and the exit status is then 1.
            IMAGE is an image whose digest is at hand: oci:DIR:REF, oci-archive:FILE:REF, docker://REF, NAME:TAG@sha256:..., \
            or a name that the pinproof.lock.json of an earlier run pins. --output is the folder for the generated files; \
            one that is there already and not the same is never replaced without --force or --update.
            """)

    @Argument(help: ArgumentHelp("The lock, or a model that holds the lock of its training.", valueName: "lock|model"))
    var lock: String?

    @Option(help: ArgumentHelp("The base image.", valueName: "image"))
    var base: String?

    @OptionGroup(title: "Rewriting") var rewriting: RewriteOptions

    @OptionGroup(title: "Target") var target: TargetOptions

    @Option(
        help: ArgumentHelp(
            "What installs the packages; without it, what fits the lock and the base.",
            valueName: "pip|uv|conda|micromamba|pixi"))
    var installer: String?

    @Option(help: ArgumentHelp("The image that the installer is taken from, named as --base is.", valueName: "image"))
    var installerImage: String?

    @Option(
        help: ArgumentHelp(
            "Build what has no wheel, and commits of git, with the tools that this file locks by hash; else refused.",
            valueName: "file"))
    var buildSdists: String?

    @Option(help: ArgumentHelp("The model that the image serves.", valueName: "path"))
    var model: String?

    @Option(
        help: ArgumentHelp(
            "What serves the model; without it, the server of the model's format. `--serve command -- WORD...` names one.",
            valueName: "mlflow|bentoml|torchserve|mlserver|command"))
    var serve: String?

    @Option(
        name: .customLong("apt"),
        help: ArgumentHelp("A package of Debian or Ubuntu; repeatable.", valueName: "name[=version]"))
    var systemPackages: [String] = []

    @Option(
        help: ArgumentHelp("The moment of the archive that --apt takes packages from.", valueName: "20240601T000000Z"))
    var snapshot: String?

    @Flag(help: "Look the images up anew, replace what an earlier run wrote, and say what moved.")
    var update = false

    @Option(help: ArgumentHelp("An earlier pinproof.lock.json with the digest of the base image.", valueName: "file"))
    var fromLock: String?

    @Option(help: ArgumentHelp("A Mustache template in place of the one in the program.", valueName: "file"))
    var template: String?

    @Option(help: ArgumentHelp("The command that the image starts, as a JSON list of words.", valueName: "json"))
    var entrypoint: String?

    @Flag(help: "Replace files that are there already.")
    var force = false

    @Argument(parsing: .postTerminator, help: ArgumentHelp("The command that serves.", valueName: "word"))
    var command: [String] = []

    @OptionGroup var output: OutputOptions

    var writesOutput: Bool { true }

    func result(progress: ProgressLine?) async throws -> CommandResult {
        var reading = ReadingOptions()
        if let progress { reading.progress = { progress.update($0) } }
        try rewriting.check(lock: lock, base: base)
        guard let lock, let base, rewriting.dockerfile == nil else { return try rewrite(reading) }
        return try CommandResult(reading: reading) {
            var request = FreezeRequest(
                lock: lock, base: base, target: target.selection, directory: output.output ?? ".",
                fromLock: fromLock, template: template, entrypoint: entrypoint, force: force, style: output.style)
            request.installer = installer
            request.installerImage = installerImage
            request.buildTools = buildSdists
            request.model = model
            request.serve = serve
            request.command = command
            request.systemPackages = systemPackages
            request.snapshot = snapshot
            request.isUpdating = update
            return try Freeze.run(request)
        }
    }

    private func rewrite(_ reading: ReadingOptions) throws -> CommandResult {
        guard let dockerfile = rewriting.dockerfile else { throw ValidationError("--dockerfile names no file") }
        if installer != nil || installerImage != nil || buildSdists != nil || model != nil || serve != nil
            || !systemPackages.isEmpty || template != nil || entrypoint != nil || !command.isEmpty
        {
            throw ValidationError(
                "--installer, --installer-image, --build-sdists, --model, --serve, --apt, --template and --entrypoint make a "
                    + "new Dockerfile, and do not go with --dockerfile")
        }
        var request = try rewriting.request(dockerfile, output: output.output, base: base)
        request.target = target.selection
        request.fromLock = fromLock
        request.snapshot = snapshot
        request.isUpdating = update
        request.force = force
        return try CommandResult(reading: reading) { try Rewrite.run(request) }
    }
}
