import ArchiveReading
import ArgumentParser
import FindingReports
import Glibc
import Pinproof

/// When text is coloured.
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

    @Option(name: .long, help: ArgumentHelp("When to colour text.", valueName: "auto|always|never"))
    var color: ColorChoice = .auto

    @Flag(name: [.short, .long], help: "Print nothing but the result.")
    var quiet = false

    @Flag(
        name: [.short, .long], help: "Fold nothing in text; say on standard error how it ended and how long it took.")
    var verbose = false

    /// Colours for what goes to standard output; a file gets them only when asked (https://no-color.org).
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

    /// Runs a command, prints what it gives and ends the program with its exit status.
    ///
    /// - Parameters:
    ///   - writesItself: the command puts its result into files, `--output` names their folder.
    ///   - limits: how much of an input is read.
    func finish(
        writesItself: Bool = false, limits: ReadingLimits = ReadingLimits(), _ body: () throws -> CommandOutput
    ) throws {
        let start = ContinuousClock.now
        let line = quiet ? nil : ProgressLine()
        var settings = ReadingSettings()
        settings.limits = limits
        if let line { settings.progress = { line.update($0) } }
        let result: CommandOutput
        do {
            defer { line?.finish() }
            result = try ReadingSettings.$current.withValue(settings) { try body() }
            if let output, !writesItself { try AtomicFile.write(result.text, to: output, replacing: true) }
        } catch let error as CommandError {
            if error.kind == .usage { throw ValidationError(error.description) }
            Self.printError("pinproof: \(error.description)")
            throw ExitCode(ExitStatus.undecided)
        }
        if output == nil || writesItself { Self.write(result.text, to: STDOUT_FILENO) }
        if !quiet || result.status == ExitStatus.undecided {
            for line in result.diagnostics { Self.printError(line) }
        }
        if verbose { Self.printError("pinproof: exit status \(result.status) after \(ContinuousClock.now - start)") }
        if result.status != ExitStatus.success { throw ExitCode(result.status) }
    }

    private static func printError(_ line: String) { write(line + "\n", to: STDERR_FILENO) }

    /// Writes all bytes, a NUL among them too; a reader that has gone is nobody's error.
    private static func write(_ text: String, to descriptor: Int32) {
        var text = text
        text.withUTF8 { bytes in
            var offset = 0
            while offset < bytes.count {
                let count = Glibc.write(descriptor, bytes.baseAddress?.advanced(by: offset), bytes.count - offset)
                if count < 0 {
                    if errno == EINTR { continue }
                    return
                }
                offset += count
            }
        }
    }
}
