import ArgumentParser
import Lockstep

struct WheelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wheels", abstract: "Makes a wheel map: for each wheel its sha256 and its content digest.",
        discussion: "With the map, verify proves lock-to-bytes offline, without the wheels.")

    @Argument(help: ArgumentHelp("A folder with wheels.", valueName: "dir"))
    var folder: String

    @Flag(help: "List the digest of each file, so that verify can name those that differ from the map.")
    var files = false

    @OptionGroup var output: OutputOptions

    func run() throws {
        try output.finish { try Wheels.run(folder: folder, listsFiles: files) }
    }
}
