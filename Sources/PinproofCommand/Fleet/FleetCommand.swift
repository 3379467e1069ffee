import ArgumentParser
import EnvironmentInventory
import FindingReports
import Glibc
import Pinproof

/// `pinproof fleet`: many models and images, on the engine that people have.
struct FleetCommand: CommandGroup {
    static let configuration = CommandConfiguration(
        commandName: "fleet", _superCommandName: pinproofName,
        abstract: "Verifies many models and images, in shards that any scheduler can run.", version: pinproofVersion,
        subcommands: [
            FleetPlanCommand.self, FleetIndexCommand.self, FleetVerifyCommand.self, FleetReportCommand.self,
        ])

    static let examples = [
        CommandExample("Plan what a cluster serves", "pinproof fleet plan manifests/ --cache cache -o plan.jsonl"),
        CommandExample(
            "Verify one of four shards",
            "pinproof fleet verify plan.jsonl --shard 0/4 --cache cache --out results"),
    ]
}

/// The options of commands that do the work of one shard.
struct ShardOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The part of the work, I of N with I from 0; N alone takes I from JOB_COMPLETION_INDEX (default: 0/1).",
            valueName: "i/n"))
    var shard: String?

    @Option(
        help: ArgumentHelp("How many items are processed at the same time (default: the cores).", valueName: "count"))
    var jobs: Int?

    func validate() throws {
        if let jobs, jobs < 1 { throw ValidationError("--jobs takes a number from 1 on, not \(jobs)") }
    }

    /// The shard: what is given, completed by the variable that an indexed Job of Kubernetes sets
    /// (https://kubernetes.io/docs/concepts/workloads/controllers/job/#completion-mode).
    func part(_ variable: (String) -> String? = { getenv($0).map { String(cString: $0) } }) throws -> FleetShard {
        let index = variable("JOB_COMPLETION_INDEX")
        guard var text = shard ?? (index == nil ? nil : variable("COMPLETIONS")) else {
            if index == nil { return .whole }
            throw ValidationError("JOB_COMPLETION_INDEX is set: --shard N or COMPLETIONS says of how many it is one")
        }
        if !text.contains("/"), let index { text = "\(index)/\(text)" }
        guard let shard = FleetShard(text) else {
            throw ValidationError("--shard takes I/N with I from 0 to N - 1, not '\(text)'")
        }
        return shard
    }
}

/// Reads the plan that a command is given.
func readPlan(_ path: String) throws(InputError) -> FleetPlan { try FleetPlan(readText(path)) }

extension FleetRunner.Outcome {
    /// The result of a command: its items are recorded, whatever the verdicts.
    func result(_ what: String, _ notes: [String]) -> CommandResult {
        let done = items - problems.count
        let text = "\(what) \(done) of \(items); \(skipped) were done before\n"
        return CommandResult(
            text: text, diagnostics: notes + problems.map { "pinproof: \($0)" },
            status: problems.isEmpty ? .success : .undecided)
    }
}

/// `pinproof fleet index`.
struct FleetIndexCommand: ResultCommand {
    static let configuration = CommandConfiguration(
        commandName: "index", _superCommandName: "\(pinproofName) fleet",
        abstract: "Reads each layer of a shard that the cache does not have.",
        discussion: "Exit status: 0 when every layer of the shard is in the cache, 2 when something was not reachable.")

    static let examples = [
        CommandExample("Read all layers", "pinproof fleet index plan.jsonl --cache cache"),
        CommandExample("Read a quarter of them", "pinproof fleet index plan.jsonl --shard 0/4 --cache cache"),
    ]

    @Argument(help: ArgumentHelp("The plan.", valueName: "plan"), completion: .file()) var plan: String
    @OptionGroup var shard: ShardOptions
    @OptionGroup(title: "Target of a lock, platform of an image") var target: TargetOptions
    @OptionGroup(title: "Layer cache") var layers: CacheOptions
    @OptionGroup(title: "Limits") var limit: LimitOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if layers.cache == nil { throw ValidationError("--cache names the directory that layers are read into") }
    }

    func result(progress: ProgressLine?) async throws -> CommandResult {
        var runner = FleetRunner()
        runner.reading = limit.reading(progress)
        let cache = try layers.open()
        runner.reading.layerCache = cache
        runner.target = target.selection
        if let jobs = shard.jobs { runner.jobs = jobs }
        return await runner.index(try readPlan(plan), try shard.part()).result("indexed", cache?.diagnostics ?? [])
    }
}

/// `pinproof fleet report`.
struct FleetReportCommand: ResultCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", _superCommandName: "\(pinproofName) fleet",
        abstract: "Reports the verdicts of all pairs of a plan.",
        discussion: """
            Exit status: 0 when every pair matches, 1 when one is a mismatch, 2 when one is not provable or not recorded.
            """)

    static let examples = [
        CommandExample("Gate a rollout", "pinproof fleet report results plan.jsonl"),
        CommandExample("A page", "pinproof fleet report results plan.jsonl --format html -o fleet.html"),
    ]

    @Argument(help: ArgumentHelp("The directory of the results.", valueName: "dir"), completion: .directory)
    var results: String

    @Argument(help: ArgumentHelp("The plan.", valueName: "plan"), completion: .file()) var plan: String

    @Option(help: "The format of the result.")
    var format = ReportArgument<FleetReportFormats>(TextFleetReport.name, TextFleetReport.self)

    @OptionGroup var output: OutputOptions

    func result(progress: ProgressLine?) async throws -> CommandResult {
        let report = await FleetResults(directory: results).report(try readPlan(plan))
        let status: ExitStatus =
            switch report.verdict {
            case .match: .success
            case .mismatch: .found
            case .notProvable: .undecided
            }
        return CommandResult(text: format.format.render(report, style: output.style), status: status)
    }
}

extension FleetReportFormats: ReportFormatList {
    static var named: [(name: String, format: any FleetReportFormat.Type)] { all.map { ($0.name, $0) } }
}
