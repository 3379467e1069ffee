import ArgumentParser
import Pinproof

struct CaptureCommand: ResultCommand {
    static let configuration = CommandConfiguration(
        commandName: "capture",
        abstract: "Records an installed environment as a pylock.toml with content digests.",
        discussion: """
            ENV is a venv, a conda prefix or an image. The file is a PEP 751 lock that pip and uv install from, as far as \
            the artifacts are known: from --lock, from --report, and from what the installer noted. With --into it is put \
            where the model's format keeps extra files; -o writes it besides.
            """)

    @Argument(help: ArgumentHelp("The installed environment or image.", valueName: "env"))
    var environment: String

    @Option(help: ArgumentHelp("The lock that the environment was installed from.", valueName: "lock"))
    var lock: String?

    @Option(
        name: .customLong("report"),
        help: ArgumentHelp("What `pip install --report` wrote; can be given again.", valueName: "file"))
    var reports: [String] = []

    @Option(help: ArgumentHelp("The model to put the capture into.", valueName: "model"))
    var into: String?

    @Option(help: ArgumentHelp("The platform of an image.", valueName: "os/architecture"))
    var platform: TargetPlatform?

    @OptionGroup(title: "Limits") var limit: LimitOptions

    @OptionGroup var output: OutputOptions

    func result(progress: ProgressLine?) async throws -> CommandResult {
        try CommandResult(reading: limit.reading(progress)) {
            var target = TargetSelection()
            target.platform = platform
            return try Capture.run(
                CaptureRequest(
                    subject: environment, lock: lock, reports: reports, model: into,
                    target: platform == nil ? nil : target,
                    writesText: into == nil || output.output != nil))
        }
    }
}
