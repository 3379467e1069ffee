import ArgumentParser
import EnvironmentInventory
import FindingReports
import Pinproof

struct CheckCommand: ResultCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", _superCommandName: pinproofName,
        abstract: "Finds what is not pinned in Dockerfiles, requirements, lock and environment files, and in models.",
        discussion: """
            PATH is a file, a directory (files that .gitignore excludes are skipped), - for standard input, or a model: a \
            directory or an archive, with the prefix model: if its content does not show that it is one.
            """, version: pinproofVersion)

    static let examples = [
        CommandExample(
            "Find what is not pinned below this directory, with digests and hashes",
            "pinproof check --require hashed"),
        CommandExample(
            "Accept today's findings, and fail on new ones from now on",
            "pinproof check --write-baseline baseline.json; pinproof check --baseline baseline.json"),
    ]

    @Argument(help: ArgumentHelp("Files and directories.", valueName: "path"), completion: .file())
    var paths: [String] = ["."]

    @Option(help: ArgumentHelp("The lowest pin strength that passes (default: exact).", valueName: "strength"))
    var require: Checker.RequiredStrength?

    @Option(
        help: ArgumentHelp(
            "The lowest severity that makes the exit status 1 (default: error).", valueName: "severity"))
    var failOn: FailureThreshold?

    @Option(help: ArgumentHelp("Only these rules.", valueName: "rule,.."))
    var select: [RuleNames] = []

    @Option(help: ArgumentHelp("Not these rules.", valueName: "rule,.."))
    var ignore: [RuleNames] = []

    @Option(
        help: ArgumentHelp("The configuration of all files, in place of the nearest pinproof.toml.", valueName: "file"),
        completion: .file())
    var config: String?

    @Flag(help: "Read no configuration.")
    var isolated = false

    @Option(
        help: ArgumentHelp("Findings to leave out, written by --write-baseline.", valueName: "file"),
        completion: .file())
    var baseline: String?

    @Option(
        help: ArgumentHelp("Write today's findings as a baseline and exit with 0.", valueName: "file"),
        completion: .file())
    var writeBaseline: String?

    @Option(
        help: ArgumentHelp(
            "The build context (default: what manifests say, else the nearest directory that holds what is copied).",
            valueName: "dir"), completion: .directory)
    var context: String?

    @Option(name: .customLong("build-arg"), help: ArgumentHelp("A build argument.", valueName: "name=value"))
    var buildArguments: [NamedValue] = []

    @Option(help: ArgumentHelp("A named build context.", valueName: "name=docker-image://ref"))
    var buildContext: [NamedValue] = []

    @Option(
        help: ArgumentHelp("The public key, PEM, that verifies the signature of a model.", valueName: "file"),
        completion: .file())
    var key: String?

    @Option(help: ArgumentHelp("The file name to assume for standard input.", valueName: "name"))
    var stdinName = "Dockerfile"

    @Option(help: "The format of the result.")
    var format = ReportArgument<CheckReportFormats>(TextReport.name, TextReport.self)

    @Flag(help: "Accept paths that hold no file that check reads.")
    var allowEmpty = false

    @Flag(help: "Pin in place what can be pinned without a decision, then report what remains.")
    var fix = false

    @Flag(help: "Show what --fix would change; nothing is written.")
    var diff = false

    @Flag(help: "Count the findings of each rule.")
    var statistics = false

    @Option(
        help: ArgumentHelp(
            "The URL that paths are relative to, for links in Markdown.", valueName: "url"))
    var linkBase: String?

    @OptionGroup(title: "Fixing") var fixing: FixOptions

    @OptionGroup(title: "Limits") var limit: LimitOptions

    @OptionGroup var output: OutputOptions

    var writesOutput: Bool { !output.outputs.isEmpty }
    var takesSeveralOutputs: Bool { true }

    func validate() throws {
        try fixing.validate(isFixing: fix || diff)
        if config != nil, isolated { throw ValidationError("--config and --isolated cannot be used together") }
        if fix, diff { throw ValidationError("--fix and --diff cannot be used together") }
        _ = try targets()
    }

    /// A format and the file that it is written to; `-` is standard output.
    private typealias Target = (format: any CheckReportFormat.Type, path: String)

    /// The places that `--output` names: `FORMAT=FILE`, or a file for `--format`.
    private func targets() throws -> [Target] {
        var targets: [Target] = []
        for value in output.outputs {
            guard let equals = value.firstIndex(of: "=") else {
                if targets.contains(where: { $0.format == format.format && $0.path != value }), output.outputs.count > 1
                {
                    throw ValidationError("--output \(value): name its format too, FORMAT=FILE")
                }
                targets.append((format.format, value))
                continue
            }
            let name = String(value[..<equals])
            let path = String(value[value.index(after: equals)...])
            if let named = CheckReportFormats.named(name) {
                guard !path.isEmpty else { throw ValidationError("--output \(value): it names no file") }
                targets.append((named, path))
            } else if name.allSatisfy({ $0.isLetter }) {
                throw ValidationError(
                    "--output \(value): there is no format '\(name)'; write ./\(value) for a file of that name")
            } else {
                targets.append((format.format, value))
            }
        }
        for (index, target) in targets.enumerated() {
            guard targets[..<index].contains(where: { $0.path == target.path }) else { continue }
            let place = target.path == "-" ? "standard output" : target.path
            throw ValidationError("--output: two results cannot go to \(place)")
        }
        return targets
    }

    func result(progress: ProgressLine?) async throws -> CommandResult {
        var options = Checker.Options()
        options.require = require
        options.failOn = failOn
        options.select = Set(select.flatMap(\.names))
        options.ignore = Set(ignore.flatMap(\.names))
        options.configurationFile = config
        options.isIsolated = isolated
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
        if diff { return try await difference(checker, options.reading) }
        if fix {
            let fixes = try await checker.fixes(paths, using: fixing.rewriting(options.reading))
            failures = fixes.failures
            for plan in fixes.plans {
                do throws(OutputError) { try plan.write(.inPlace, replaces: false) } catch {
                    failures.append(error.description)
                    continue
                }
                fixed += plan.changeLines.map { "fixed \($0)" }
            }
        }
        let result = try await checker.check(paths)
        failures += result.failures.filter { !failures.contains($0) }
        if let writeBaseline { try AtomicFile.write(result.baseline, to: writeBaseline, replacing: true) }
        let isFound = writeBaseline == nil && result.isFailing
        let targets = try targets()
        var shown = CommandResult(
            text: targets.isEmpty ? format.format.render(result, style: style(isStandardOutput: true)) : "",
            diagnostics: fixed + failures.map { "pinproof: " + $0 },
            status: failures.isEmpty ? (isFound ? .found : .success) : .undecided)
        shown.files = targets.map { target in
            (target.path, target.format.render(result, style: style(isStandardOutput: target.path == "-")))
        }
        return shown
    }

    private func style(isStandardOutput: Bool) -> TerminalStyle {
        var style = output.style(isStandardOutput: isStandardOutput)
        style.linkBase = linkBase.map(Self.withoutCredentials)
        style.showsStatistics = statistics
        return style
    }

    /// A link that everybody sees holds no user and no token.
    private static func withoutCredentials(_ base: String) -> String {
        guard let scheme = base.range(ofText: "://") else { return base }
        let authority = base[scheme.upperBound...].prefix { $0 != "/" }
        guard let at = authority.lastIndex(of: "@") else { return base }
        return String(base[..<scheme.upperBound] + base[base.index(after: at)...])
    }

    /// What `--fix` would change, as a unified diff; status 1 when there is something.
    private func difference(_ checker: Checker, _ reading: ReadingOptions) async throws -> CommandResult {
        let fixes = try await checker.fixes(paths, using: fixing.rewriting(reading))
        let text = try fixes.plans.map { try $0.shown(.difference) }.joined()
        var result = CommandResult(
            text: text, diagnostics: fixes.failures.map { "pinproof: " + $0 },
            status: fixes.failures.isEmpty ? (text.isEmpty ? .success : .found) : .undecided)
        if let path = output.output { result.files = [(path, text)] }
        return result
    }
}

extension CheckError: CommandFailure {
    var usage: String? {
        if case .unknownRule(let name) = self { UnknownRule.message(name) } else { nil }
    }
}
