import ArchiveReading
import ArgumentParser
import EnvironmentInventory
import Glibc
import Pinproof
import SourceDocuments

/// `pinproof fleet plan`.
struct FleetPlanCommand: ResultCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", _superCommandName: "\(pinproofName) fleet",
        abstract: "Plans what to verify, and what has to be read for it.",
        discussion: """
            LIST has one JSON object a line, {"model": ..., "image": ...} with lock, wheels, previous and name where there \
            are some; - is standard input; a directory holds manifests of Kubernetes. With --matrix each model of --models \
            is planned with each image of --images, and equal ones are one pair. Exit status: 2 when an image, a model or \
            a manifest cannot be read; the plan names it.
            """)

    static let examples = [
        CommandExample("Plan a list", "pinproof fleet plan fleet.jsonl --cache cache -o plan.jsonl"),
        CommandExample(
            "Which of my images can serve this model",
            "pinproof fleet plan --models models.txt --images images.txt --matrix -o plan.jsonl"),
    ]

    @Argument(help: ArgumentHelp("The list, -, or a directory of manifests.", valueName: "list"), completion: .file())
    var list: String?

    @Option(help: ArgumentHelp("A list of models, one a line.", valueName: "list"), completion: .file())
    var models: String?

    @Option(help: ArgumentHelp("A list of images, one a line.", valueName: "list"), completion: .file())
    var images: String?

    @Flag(help: "Plan each model with each image.")
    var matrix = false

    @OptionGroup(title: "Target of a lock, platform of an image") var target: TargetOptions
    @OptionGroup(title: "Layer cache") var layers: CacheOptions
    @OptionGroup(title: "Limits") var limit: LimitOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if matrix != (models != nil && images != nil) || matrix == (list != nil) || (models == nil) != (images == nil) {
            throw ValidationError("name a LIST, or --models LIST --images LIST --matrix")
        }
    }

    func result(progress: ProgressLine?) async throws -> CommandResult {
        var planner = FleetPlanner()
        planner.target = target.selection
        planner.reading = limit.reading(nil)
        let cache = try layers.open()
        planner.reading.layerCache = cache
        let plan = await planner.plan(try entries(), isMatrix: matrix)
        var failures = plan.problems
        for pair in plan.pairs {
            if let problem = pair.problem { failures.append("\(pair.entry.name ?? pair.entry.model): \(problem)") }
        }
        var lines = [plan.summary] + plan.notes
        lines += Set(failures).sorted()
        return CommandResult(
            text: plan.text, diagnostics: lines.map { "pinproof: \($0)" } + (cache?.diagnostics ?? []),
            status: failures.isEmpty ? .success : .undecided)
    }

    private func entries() throws -> FleetList {
        if let models, let images {
            var entries = FleetList()
            let images = try FleetList.names(readText(images), key: "image")
            for model in try FleetList.names(readText(models), key: "model") {
                for image in images { entries.entries.append(FleetEntry(model: model, image: image)) }
            }
            return entries
        }
        guard let list else { return FleetList() }
        if list == "-" {
            return FleetList(lines: SourceText(name: "standard input", bytes: try Self.standardInput()))
        }
        return isFolder(list) ? try FleetList(manifestsIn: list) : FleetList(lines: try readText(list))
    }

    /// The most bytes of a list on standard input.
    private static let maximumInput = 256 << 20

    private static func standardInput() throws(OutputError) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(STDIN_FILENO, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw OutputError("standard input: \(systemMessage(errno))") }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
            guard bytes.count <= maximumInput else { throw OutputError("standard input: the list is too long") }
        }
    }
}
