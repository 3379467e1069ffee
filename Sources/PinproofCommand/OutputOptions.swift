import ArgumentParser
import FindingReports
import Glibc

/// When text is colored.
enum ColorChoice: String, ExpressibleByArgument, CaseIterable {
    case auto, always, never
}

/// The options that every command has.
struct OutputOptions: ParsableArguments {
    @Option(
        name: [.customShort("o"), .long],
        help: ArgumentHelp(
            "Where to write the result, whole or not at all, instead of to standard output.", valueName: "file"))
    var output: String?

    @Option(name: .long, help: "When to color text.")
    var color: ColorChoice = .auto

    @Flag(name: [.short, .long], help: "Print nothing but the result.")
    var quiet = false

    @Flag(
        name: [.short, .long], help: "Fold nothing in text; say on standard error how it ended and how long it took.")
    var verbose = false

    /// Colors for what goes to standard output; a file gets them only when asked (https://no-color.org).
    var style: TerminalStyle {
        switch color {
        case .always: TerminalStyle(isColored: true, isVerbose: verbose)
        case .never: TerminalStyle(isColored: false, isVerbose: verbose)
        case .auto:
            TerminalStyle(
                isColored: output == nil && isatty(STDOUT_FILENO) == 1
                    && (getenv("NO_COLOR").map { $0.pointee == 0 } ?? true), isVerbose: verbose)
        }
    }
}
