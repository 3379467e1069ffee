import ArgumentParser
import EnvironmentInventory
import ContainerImages
import Pinproof

/// A command that only has others below it.
protocol CommandGroup: AsyncParsableCommand {
    /// Two examples, which help ends with.
    static var examples: [CommandExample] { get }
}

/// `pinproof cache`: looks after a directory of `--cache`.
struct CacheCommand: CommandGroup {
    static let configuration = CommandConfiguration(
        commandName: "cache", _superCommandName: pinproofName,
        abstract: "Manages the directory of --cache.", version: pinproofVersion, subcommands: [CachePruneCommand.self])

    static let examples = CachePruneCommand.examples
}

/// `pinproof cache prune`.
struct CachePruneCommand: ResultCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune", _superCommandName: "\(pinproofName) cache",
        abstract: "Removes cache entries of layers that were not used recently.",
        discussion: "A layer whose entry was removed is read again when it is needed. Other files are kept.")

    static let examples = [
        CommandExample("Keep what was used in the last three months", "pinproof cache prune cache --older 90d"),
        CommandExample("Keep the newest ten gigabytes", "pinproof cache prune cache --keep-size 10G"),
    ]

    @Argument(help: ArgumentHelp("The directory of --cache.", valueName: "dir"), completion: .directory)
    var directory: String

    @Option(
        help: ArgumentHelp(
            "Remove entries that were not used for this time, such as 90d, 12h or 30m.", valueName: "age"))
    var older: Age?

    @Option(help: ArgumentHelp("Keep at most this size, the newest files first, such as 10G.", valueName: "size"))
    var keepSize: ByteCount?

    @OptionGroup var output: OutputOptions

    func validate() throws {
        if older == nil, keepSize == nil { throw ValidationError("--older or --keep-size says what is removed") }
    }

    func result(progress: ProgressLine?) async throws -> CommandResult {
        let pruning = CachePruning(maximumAge: older?.seconds, maximumBytes: keepSize?.value)
        guard let result = pruning.run(directory) else { throw OutputError("\(directory): it is not a directory") }
        let text =
            "removed \(result.removed) files of \(result.removedBytes) bytes; kept \(result.kept) of "
            + "\(result.keptBytes) bytes\n"
        return CommandResult(
            text: text, diagnostics: result.problems.map { "pinproof: \($0)" },
            status: result.problems.isEmpty ? .success : .undecided)
    }
}

/// An age: a number with `s`, `m`, `h`, `d` or `w`.
struct Age: ExpressibleByArgument, Hashable {
    /// The age in seconds.
    let seconds: Int

    init?(argument: String) {
        let scales: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400]
        guard let unit = argument.last, let scale = scales[unit], argument.utf8.count <= 8,
            let number = Int(argument.dropLast()), number >= 0, argument.first != "+"
        else { return nil }
        seconds = number * scale
    }
}
