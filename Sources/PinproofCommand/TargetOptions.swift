import ArgumentParser
import Pinproof

/// The target that a universal lock is narrowed to.
struct TargetOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The Python version of the target.", valueName: "3.11[.7]"))
    var python: String?

    @Option(help: ArgumentHelp("The platform of the target.", valueName: "linux/amd64"))
    var platform: String?

    @Option(help: ArgumentHelp("The C library of the target.", valueName: "glibc-2.28|musl-1.2"))
    var libc: String?

    @Option(name: .customLong("extra"), help: "An extra to include; can be given again.")
    var extras: [String] = []

    @Option(name: .customLong("group"), help: "A dependency group to include; can be given again.")
    var groups: [String] = []

    @Flag(help: "Include all extras.")
    var allExtras = false

    @Flag(help: "Include all dependency groups.")
    var allGroups = false

    @Option(help: ArgumentHelp("The environment of a pixi.lock.", valueName: "name"))
    var environment: String?

    /// The target as the library takes it; nil when no option was given.
    func request() throws -> TargetRequest? {
        let request = TargetRequest(
            python: python, platform: platform, libc: libc, extras: extras, groups: groups, allExtras: allExtras,
            allGroups: allGroups, environment: environment)
        return request.isEmpty ? nil : request
    }
}
