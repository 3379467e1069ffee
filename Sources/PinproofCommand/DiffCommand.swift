import ArgumentParser
import LockFormats
import Pinproof

struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Compares the environments of any two subjects.",
        discussion: """
            Of two images also the files that no package owns, and the configurations. Exit status 1 when they differ.
            """)

    @Argument(help: ArgumentHelp("The one side.", valueName: "a"))
    var left: String

    @Argument(help: ArgumentHelp("The other side.", valueName: "b"))
    var right: String

    @OptionGroup(title: "Target of a lock, platform of an image") var target: TargetOptions

    @Flag(help: "Leave out the files that no package owns, and the configurations of images.")
    var packagesOnly = false

    @Option(help: ArgumentHelp("The format of the result.", valueName: "text|json|markdown|html"))
    var format = "text"

    @OptionGroup(title: "Limits") var limit: LimitOptions

    @OptionGroup var output: OutputOptions

    func run() throws {
        try output.finish(limits: limit.limits) {
            var request = DiffRequest(
                left: left, right: right, target: try target.request(), format: format, style: output.style)
            request.comparesOnlyPackages = packagesOnly
            return try Diff.run(request)
        }
    }
}
