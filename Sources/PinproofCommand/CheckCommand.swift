import ArgumentParser
import EnvironmentInventory
import FindingReports
import Pinproof

struct CheckCommand: ResultCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", _superCommandName: pinproofName,
        abstract: "Finds what is not pinned in Dockerfiles, requirements, lock and environment files, and in models.",
        discussion: """
            PATH is a file, a directory that is walked as .gitignore allows, - for standard input, or a model: a directory or an \
            archive, with the prefix model: where its content does not say so.
            """)

    @Argument(help: ArgumentHelp("Files and directories.", valueName: "path"))
    var paths: [String] = ["."]

    @Option(help: ArgumentHelp("The lowest pin strength that passes (default: exact).", valueName: "strength"))
    var require: Checker.RequiredStrength?

    @Option(
        help: ArgumentHelp(
            "The severity from which on the exit status is 1 (default: error).", valueName: "severity"))
    var failOn: FailureThreshold?

    @Option(help: ArgumentHelp("Only these rules.", valueName: "rule,.."))
    var select: [RuleNames] = []

    @Option(help: ArgumentHelp("Not these rules.", valueName: "rule,.."))
    var ignore: [RuleNames] = []

    @Option(help: ArgumentHelp("Findings to leave out, written by --write-baseline.", valueName: "file"))
    var baseline: String?

    @Option(help: ArgumentHelp("Write today's findings as a baseline and exit with 0.", valueName: "file"))
    var writeBaseline: String?

    @Option(
        help: ArgumentHelp(
            "The build context (default: what manifests say, else the nearest directory that holds what is copied).",
            valueName: "dir"))
    var context: String?

    @Option(name: .customLong("build-arg"), help: ArgumentHelp("A build argument.", valueName: "name=value"))
    var buildArguments: [NamedValue] = []

    @Option(help: ArgumentHelp("A named build context.", valueName: "name=docker-image://ref"))
    var buildContext: [NamedValue] = []

    @Option(help: ArgumentHelp("The public key, PEM, that verifies the signature of a model.", valueName: "file"))
    var key: String?

    @Option(help: ArgumentHelp("The name of what standard input holds.", valueName: "name"))
    var stdinName = "Dockerfile"

    @Option(help: "The format of the result.")
    var format = ReportArgument<CheckReportFormats>(TextReport.name, TextReport.self)

    @Flag(help: "Accept paths that hold no file that check reads.")
    var allowEmpty = false

    @Flag(help: "Pin in place what needs no choice in Dockerfiles, then report what remains.")
    var fix = false

    @OptionGroup(title: "Fixing") var fixing: FixOptions

    @OptionGroup(title: "Limits") var limit: LimitOptions

    @OptionGroup var output: OutputOptions

    func validate() throws { try fixing.validate(isFixing: fix) }

    func result(progress: ProgressLine?) async throws -> CommandResult {
        var options = Checker.Options()
        options.require = require
        options.failOn = failOn
        options.select = Set(select.flatMap(\.names))
        options.ignore = Set(ignore.flatMap(\.names))
        options.baseline = baseline
        options.context = context
        options.buildArguments = buildArguments.dictionary
        options.buildContexts = buildContext.dictionary
        options.standardInputName = stdinName
        options.modelKey = key
        options.allowsEmpty = allowEmpty
        options.reading = limit.reading(progress)
        let checker = Checker(options: options)
        var fixed: [String] = []
        var failures: [String] = []
        if fix {
            let fixes = try await checker.fixes(paths, using: fixing.rewriting(options.reading))
            failures = fixes.failures
            for plan in fixes.plans {
                do throws(OutputError) { try plan.write(.inPlace, replaces: false) } catch {
                    failures.append(error.description)
                    continue
                }
                fixed += try plan.shown(.inPlace).split(separator: "\n").map { "fixed \($0)" }
            }
        }
        let result = try await checker.check(paths)
        failures += result.failures.filter { !failures.contains($0) }
        if let writeBaseline { try AtomicFile.write(result.baseline, to: writeBaseline, replacing: true) }
        let isFound = writeBaseline == nil && result.threshold.isReached(by: result.findings)
        return CommandResult(
            text: format.format.render(result, style: output.style),
            diagnostics: fixed + failures.map { "pinproof: " + $0 },
            status: failures.isEmpty ? (isFound ? .found : .success) : .undecided)
    }
}

extension CheckError: CommandFailure {
    var usage: String? {
        if case .unknownRule(let name) = self { UnknownRule.message(name) } else { nil }
    }
}
