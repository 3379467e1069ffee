import ArgumentParser
import EnvironmentInventory
import Pinproof

struct WheelsCommand: ResultCommand {
    static let configuration = CommandConfiguration(
        commandName: "wheels", _superCommandName: pinproofName,
        abstract: "Creates a wheel map: for each wheel or conda package its sha256 and its content digest.",
        discussion:
            "With the map, verify proves that the installed files are those of the locked wheels, without the wheels themselves.",
        version: pinproofVersion)

    static let examples = [
        CommandExample(
            "Map the wheels of a lock",
            "pip download --require-hashes -r requirements.lock -d wheels && pinproof wheels wheels -o map.json"),
        CommandExample(
            "Let verify name the files that differ from the map",
            "pinproof wheels wheels --files -o map.json"),
    ]

    @Argument(
        help: ArgumentHelp("A directory with wheels or conda packages.", valueName: "dir"), completion: .directory)
    var folder: String

    @Flag(help: "List the digest of each file, so that verify can name those that differ from the map.")
    var files = false

    @Option(
        help: ArgumentHelp(
            "The path of an environment that conda packages are installed into, /opt/conda; repeatable.",
            valueName: "path"), completion: .file())
    var prefix: [String] = []

    @OptionGroup var output: OutputOptions

    func result(progress: ProgressLine?) async throws -> CommandResult {
        var options = WheelMapper.Options()
        options.prefixes = prefix
        let mapping = try await WheelMapper(options: options).map(folder)
        return CommandResult(
            text: mapping.text(listsFiles: files), diagnostics: mapping.problems.map { "pinproof: " + $0 },
            status: mapping.problems.isEmpty ? .success : .found)
    }
}

extension WheelMappingError: CommandFailure {
    var usage: String? {
        if case .relativePrefix(let path) = self { "--prefix takes an absolute path, not '\(path)'" } else { nil }
    }
}
