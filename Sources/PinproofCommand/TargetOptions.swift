import ArgumentParser
import EnvironmentInventory
import Pinproof

/// The target that a universal lock is resolved for.
struct TargetOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The Python version of the target.", valueName: "3.11[.7]"))
    var python: PythonRelease?

    @Option(help: ArgumentHelp("The platform of the target.", valueName: "os/architecture"))
    var platform: TargetPlatform?

    @Option(help: ArgumentHelp("The C library of the target.", valueName: "glibc-2.28|musl-1.2"))
    var libc: CLibrary?

    @Option(name: .customLong("extra"), help: "An extra to include; repeatable.")
    var extras: [String] = []

    @Option(name: .customLong("group"), help: "A dependency group to include; repeatable.")
    var groups: [String] = []

    @Flag(help: "Include all extras.")
    var allExtras = false

    @Flag(help: "Include all dependency groups.")
    var allGroups = false

    @Option(help: ArgumentHelp("The environment of a pixi.lock.", valueName: "name"))
    var environment: String?

    /// The target as the library takes it; nil when no option was given.
    var selection: TargetSelection? {
        var selection = TargetSelection()
        selection.python = python
        selection.platform = platform
        selection.cLibrary = libc
        selection.extras = Set(extras)
        selection.groups = Set(groups)
        selection.includesAllExtras = allExtras
        selection.includesAllGroups = allGroups
        selection.environment = environment
        return selection == TargetSelection() ? nil : selection
    }
}

/// Which image of an index is meant, where nothing is resolved for a target.
struct PlatformOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The platform of the image, where an index has several.", valueName: "os/architecture"))
    var platform: TargetPlatform?

    /// The platform as the library takes it; nil when it was not given.
    var selection: TargetSelection? {
        platform.map {
            var selection = TargetSelection()
            selection.platform = $0
            return selection
        }
    }
}
