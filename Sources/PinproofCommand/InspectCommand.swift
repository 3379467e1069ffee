import ArgumentParser
import DockerfileSyntax
import LockFormats
import Pinproof

struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Shows what Pinproof understood of a subject.",
        discussion: """
            SUBJECT is a Dockerfile, a lock or requirements file, a model, an image or an installed environment; a prefix \
            forces the kind: docker-archive: oci: oci-archive: dir: docker:// lock: model: env: dockerfile:
            """)

    @Argument(help: ArgumentHelp("What to read.", valueName: "subject"))
    var subject: String

    @OptionGroup(title: "Target of a lock, platform of an image") var target: TargetOptions

    @Flag(help: "List every file of an image or an installed environment with its size, mode and sha256.")
    var files = false

    @Option(help: ArgumentHelp("The public key, PEM, that verifies the signature of a model.", valueName: "file"))
    var key: String?

    @Option(help: ArgumentHelp("The format of the result.", valueName: "text|json|cyclonedx"))
    var format = "text"

    @OptionGroup(title: "Limits") var limit: LimitOptions

    @OptionGroup var output: OutputOptions

    func run() throws {
        try output.finish(limits: limit.limits) {
            var request = InspectRequest(
                subject: subject, target: try target.request(), format: format, style: output.style)
            request.listsFiles = files
            request.modelKey = key
            return try Inspect.run(request)
        }
    }
}
