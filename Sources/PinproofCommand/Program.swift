import ArgumentParser
import EnvironmentInventory
import FindingReports
import Glibc
import Pinproof
import SourceDocuments

/// What a run of the program prints and how it ends.
struct ProgramRun: Sendable {
    /// What goes to standard output.
    var output = ""
    /// What goes to standard output behind that, piece by piece.
    var pieces: ResultPieces?
    /// What goes to standard error.
    var diagnostics = ""
    /// The exit status.
    var status: Int32 = 0

    /// Prints both.
    ///
    /// - Returns: the exit status, "could not decide" when not all of it can be written.
    func write(
        output outputDescriptor: Int32 = STDOUT_FILENO, diagnostics diagnosticsDescriptor: Int32 = STDERR_FILENO
    ) -> Int32 {
        var outputFailure = Self.write(output, to: outputDescriptor)
        if outputFailure == 0, let pieces {
            let failure = AtomicFile.writeAll(pieces, to: outputDescriptor)
            outputFailure = failure == EPIPE ? 0 : failure
        }
        var diagnostics = diagnostics
        if outputFailure != 0 {
            diagnostics += "pinproof: standard output cannot be written: \(systemMessage(outputFailure))\n"
        }
        let isWritten = Self.write(diagnostics, to: diagnosticsDescriptor) == 0 && outputFailure == 0
        return isWritten || status == ExitStatus.usage.rawValue ? status : ExitStatus.undecided.rawValue
    }

    /// Writes all bytes, NUL among them, and returns the system's error, 0 for none; a reader that has gone away is none.
    private static func write(_ text: String, to descriptor: Int32) -> Int32 {
        if text.isEmpty { return 0 }
        var text = text
        let failure = text.withUTF8 { AtomicFile.writeAll(UnsafeRawBufferPointer($0), to: descriptor) }
        return failure == EPIPE ? 0 : failure
    }
}

/// The program as a function from its arguments to what it prints.
enum Program {
    /// Parses the arguments and runs the command that they name.
    static func run(_ arguments: [String]) async -> ProgramRun {
        if arguments.isEmpty {
            // Who names no command has not said what to prove.
            let help = HelpText.arranged(PinproofCommand.helpMessage(), examples: PinproofCommand.examples)
            return ProgramRun(diagnostics: help, status: ExitStatus.usage.rawValue)
        }
        if let message = HelpText.unknownCommand(arguments) {
            return ProgramRun(diagnostics: message, status: ExitStatus.usage.rawValue)
        }
        if arguments == ["--version"] { return ProgramRun(output: pinproofVersion + "\n") }
        do {
            var command = try parsed(arguments)
            if let command = command as? any ResultCommand { return try await runOrExplain(command) }
            if let group = command as? any CommandGroup {
                let text = HelpText.arranged(type(of: group).helpMessage(), examples: type(of: group).examples)
                return ProgramRun(diagnostics: text, status: ExitStatus.usage.rawValue)
            }
            // `help`.
            try command.run()
            return ProgramRun()
        } catch {
            return failure(error, arguments)
        }
    }

    /// Runs a command; wrong usage that it finds itself is shown with its usage.
    private static func runOrExplain(_ command: any ResultCommand) async throws -> ProgramRun {
        do { return try await run(command) } catch let error as ValidationError {
            return ProgramRun(
                diagnostics: HelpText.usageError(visible(error.message), of: type(of: command)),
                status: ExitStatus.usage.rawValue)
        }
    }

    /// Returns the command that arguments name, or what shows help and completions.
    ///
    /// To parse a subcommand alone takes half as long as to parse it as one of the program: the parser builds the options of a
    /// command by reflection, once for each command and each question. Only the program itself writes completions.
    private static func parsed(_ arguments: [String]) throws -> any ParsableCommand {
        let subcommand = PinproofCommand.configuration.subcommands.first {
            $0.configuration.commandName == arguments.first
        }
        // To a command without any argument the parser answers with the help of the program.
        guard let subcommand, arguments.count > 1,
            !arguments.contains(where: { $0.hasPrefix("--generate-completion-script") })
        else {
            return try PinproofCommand.parseAsRoot(arguments)
        }
        return try subcommand.parseAsRoot(Array(arguments.dropFirst()))
    }

    /// Runs a command.
    ///
    /// - Throws: `ValidationError` for wrong usage.
    static func run(_ command: some ResultCommand) async throws -> ProgramRun {
        let start = ContinuousClock.now
        let options = command.output
        if options.outputs.count > 1, !command.takesSeveralOutputs {
            throw ValidationError("--output can be given once")
        }
        let progress = options.quiet ? nil : ProgressLine()
        var run = ProgramRun()
        let result: CommandResult
        do {
            defer { progress?.finish() }
            result = try await command.result(progress: progress)
            if let path = options.output, !command.writesOutput {
                if let pieces = result.pieces {
                    try AtomicFile.write(pieces, to: path, replacing: true)
                } else {
                    try AtomicFile.write(result.text, to: path, replacing: true)
                }
            }
        } catch let error as any CommandFailure {
            if let usage = error.usage { throw ValidationError(usage) }
            run.status = ExitStatus.undecided.rawValue
            run.diagnostics = "pinproof: \(visible(error.description))\n"
            return run
        }
        run.status = result.status.rawValue
        if !result.files.isEmpty {
            write(result.files, &run)
        } else if options.output == nil || command.writesOutput {
            run.output = result.text
            run.pieces = result.pieces
        }
        if !options.quiet || result.status == .undecided {
            run.diagnostics = result.diagnostics.map { visible($0) + "\n" }.joined() + run.diagnostics
        }
        if options.verbose {
            run.diagnostics +=
                "pinproof: exit status \(run.status) after \(ContinuousClock.now - start)\n"
        }
        return run
    }

    /// Writes each result to its place; one that cannot be written does not keep the others back.
    private static func write(_ files: [(path: String, text: String)], _ run: inout ProgramRun) {
        for file in files {
            if file.path == "-" {
                run.output += file.text
                continue
            }
            do throws(OutputError) { try AtomicFile.write(file.text, to: file.path, replacing: true) } catch {
                run.diagnostics += "pinproof: \(visible(error.description))\n"
                run.status = ExitStatus.undecided.rawValue
            }
        }
    }

    /// The text of an error of the parser, of a request for help, and of wrong usage.
    private static func failure(_ error: any Error, _ arguments: [String]) -> ProgramRun {
        let full = PinproofCommand.fullMessage(for: error)
        // The parser builds all options of a command again for each question; what it calls an error is wrong usage.
        let status =
            full.hasPrefix("Error: ")
            ? ExitStatus.usage.rawValue : PinproofCommand.exitCode(for: error).rawValue
        // A subcommand that was parsed alone does not know the program's name there.
        var named = full
        if let range = full.firstRange(of: "\n  See '"), !full[range.upperBound...].hasPrefix(pinproofName + " ") {
            named.insert(contentsOf: pinproofName + " ", at: range.upperBound)
        }
        let message = visible(named)
        var text = message.isEmpty ? "" : message + "\n"
        if status == 0, text.contains("\nUSAGE: ") || text.hasPrefix("USAGE: ") {
            text = HelpText.arranged(text, examples: HelpText.examples(namedIn: arguments))
        }
        return status == 0
            ? ProgramRun(output: text) : ProgramRun(diagnostics: text, status: status)
    }
}

/// Returns text of one or several lines as a person may see it: without the credentials of URLs, and with control characters
/// as escapes.
func visible(_ text: String) -> String { shown(URLCredentials.redacted(text), keepsLines: true) }
