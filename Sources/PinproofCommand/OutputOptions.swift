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
        name: [.customShort("o"), .customLong("output")],
        help: ArgumentHelp(
            "Write the result to this file instead of standard output; the file is replaced only by a complete result. With "
                + "`check` also FORMAT=FILE, repeatable.", valueName: "file"),
        completion: .file())
    var outputs: [String] = []

    /// The one place to write the result to; nil for standard output.
    var output: String? { outputs.last == "-" ? nil : outputs.last }

    @Option(name: .long, help: "When to color text.")
    var color: ColorChoice = .auto

    @Flag(name: [.short, .long], help: "Print nothing but the result.")
    var quiet = false

    @Flag(
        name: [.short, .long],
        help: "Show every detail in text; report the exit status and the time taken on standard error.")
    var verbose = false

    /// Colors and the width of the terminal for what goes to standard output; a file gets them only when asked
    /// (https://no-color.org).
    var style: TerminalStyle { style(isStandardOutput: output == nil) }

    /// The style of what goes to standard output, or to a file.
    func style(isStandardOutput: Bool) -> TerminalStyle {
        let isTerminal = isStandardOutput && isatty(STDOUT_FILENO) == 1
        let isColored =
            switch color {
            case .always: true
            case .never: false
            case .auto:
                isStandardOutput
                    && Self.isColored(isTerminal: isTerminal) { name in getenv(name).map { String(cString: $0) } }
            }
        return TerminalStyle(isColored: isColored, isVerbose: verbose, width: isTerminal ? Self.terminalWidth : nil)
    }

    /// The number of columns of the terminal; nil when it cannot be determined.
    private static var terminalWidth: Int? {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }

    /// Whether standard output is colored: never with `NO_COLOR` (https://no-color.org), always with `FORCE_COLOR`
    /// (https://force-color.org) or `CLICOLOR_FORCE` (https://bixense.com/clicolors/), else on a terminal that can.
    static func isColored(isTerminal: Bool, _ variable: (String) -> String?) -> Bool {
        func isSet(_ name: String) -> Bool { variable(name).map { !$0.isEmpty } ?? false }
        func isForced(_ name: String) -> Bool { isSet(name) && variable(name) != "0" && variable(name) != "false" }
        if isSet("NO_COLOR") { return false }
        if isForced("FORCE_COLOR") || isForced("CLICOLOR_FORCE") { return true }
        return isTerminal && variable("TERM") != "dumb" && variable("CLICOLOR") != "0"
    }
}
