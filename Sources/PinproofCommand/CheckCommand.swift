import ArgumentParser
import DockerfileSyntax
import PinRules
import Pinproof

struct CheckCommand: ResultCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Finds what is not pinned in Dockerfiles, requirements, lock and environment files, and in models.",
        discussion: """
            PATH is a file, a folder that is walked as .gitignore allows, - for standard input, or a model: a directory or an \
            archive, with the prefix model: where its content does not say so.
            """)

    @Argument(help: ArgumentHelp("Files and folders.", valueName: "path"))
    var paths: [String] = ["."]

    @Option(help: ArgumentHelp("The lowest pin strength that passes (default: exact).", valueName: "exact|hashed"))
    var require: String?

    @Option(
        help: ArgumentHelp(
            "The severity from which on the exit status is 1 (default: error).", valueName: "error|warning|note|never"))
    var failOn: String?

    @Option(help: ArgumentHelp("Only these rules.", valueName: "rule,.."))
    var select: [String] = []

    @Option(help: ArgumentHelp("Not these rules.", valueName: "rule,.."))
    var ignore: [String] = []

    @Option(help: ArgumentHelp("Findings to leave out, written by --write-baseline.", valueName: "file"))
    var baseline: String?

    @Option(help: ArgumentHelp("Write today's findings as a baseline and exit with 0.", valueName: "file"))
    var writeBaseline: String?

    @Option(help: ArgumentHelp("The build context (default: the Dockerfile's folder).", valueName: "dir"))
    var context: String?

    @Option(name: .customLong("build-arg"), help: ArgumentHelp("A build argument.", valueName: "name=value"))
    var buildArguments: [String] = []

    @Option(help: ArgumentHelp("A named build context.", valueName: "name=docker-image://ref"))
    var buildContext: [String] = []

    @Option(help: ArgumentHelp("The public key, PEM, that verifies the signature of a model.", valueName: "file"))
    var key: String?

    @Option(help: ArgumentHelp("The name of what standard input holds.", valueName: "name"))
    var stdinName = "Dockerfile"

    @Option(help: ArgumentHelp("The format of the result.", valueName: "text|json|sarif|github|gitlab|junit|markdown"))
    var format = "text"

    @Flag(help: "Pin in place what needs no choice in Dockerfiles, then report what remains.")
    var fix = false

    @OptionGroup(title: "Fixing") var fixing: FixOptions

    @OptionGroup(title: "Limits") var limit: LimitOptions

    @OptionGroup var output: OutputOptions

    func result(progress: ProgressLine?) async throws -> CommandResult {
        try CommandResult(reading: limit.reading(progress)) {
            var request = CheckRequest(
                paths: paths, require: require, failOn: failOn, select: select, ignore: ignore, baseline: baseline,
                writeBaseline: writeBaseline, context: context, buildArguments: buildArguments,
                buildContexts: buildContext, stdinName: stdinName, format: format, style: output.style)
            request.modelKey = key
            request.fix = try fixing.request(isFixing: fix)
            return try Check.run(request)
        }
    }
}
