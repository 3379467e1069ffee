import ArgumentParser
import Lockstep

struct FreezeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "freeze", abstract: "Renders a pinned Dockerfile from a lock file.",
        discussion: """
            IMAGE is an image whose digest is at hand: oci:DIR:REF, oci-archive:FILE:REF, or a name that --from-lock, the \
            lockstep.lock.json of an earlier run, pins. --output is the folder for the generated files.
            """)

    @Argument(help: ArgumentHelp("The lock: requirements.txt with hashes or uv.lock.", valueName: "lock"))
    var lock: String

    @Option(help: ArgumentHelp("The base image.", valueName: "image"))
    var base: String

    @OptionGroup(title: "Target") var target: TargetOptions

    @Option(help: ArgumentHelp("An earlier lockstep.lock.json with the digest of the base image.", valueName: "file"))
    var fromLock: String?

    @Option(help: ArgumentHelp("A Mustache template in place of the one in the program.", valueName: "file"))
    var template: String?

    @Option(help: ArgumentHelp("The command that the image starts, as a JSON list of words.", valueName: "json"))
    var entrypoint: String?

    @Flag(help: "Replace files that are there already.")
    var force = false

    @OptionGroup var output: OutputOptions

    func run() throws {
        try output.finish(writesItself: true) {
            try Freeze.run(
                FreezeRequest(
                    lock: lock, base: base, target: try target.request(), directory: output.output ?? ".",
                    fromLock: fromLock, template: template, entrypoint: entrypoint, force: force, style: output.style))
        }
    }
}
