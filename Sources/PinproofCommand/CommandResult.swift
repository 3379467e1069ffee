import ArgumentParser
import Pinproof

/// The exit statuses of the program (README, "Exit status").
enum ExitStatus: Int32, Sendable {
    /// Nothing wrong.
    case success = 0
    /// Findings at or above `--fail-on`, a difference or a mismatch.
    case found = 1
    /// Could not decide.
    case undecided = 2
    /// Wrong usage.
    case usage = 64
}

/// What a command shows and how the program ends.
struct CommandResult: Sendable {
    /// The result, for standard output or `--output`.
    var text: String
    /// Hands the result over piece by piece in place of ``text``, where it is too long to be kept.
    var pieces: ResultPieces?
    /// Results for several places, by path; `-` is standard output. Where there are some, ``text`` is left out.
    var files: [(path: String, text: String)] = []
    /// Lines for standard error.
    var diagnostics: [String] = []
    /// The exit status.
    var status = ExitStatus.success
}

/// Hands the pieces of a result to a closure, one after the other.
typealias ResultPieces = @Sendable ((UnsafeRawBufferPointer) -> Void) -> Void

/// A command that returns its result; ``Program`` prints it.
protocol ResultCommand: AsyncParsableCommand {
    /// The options that every command has.
    var output: OutputOptions { get }
    /// Whether the command writes what `--output` names itself.
    var writesOutput: Bool { get }
    /// Whether several places can be named with `--output`.
    var takesSeveralOutputs: Bool { get }
    /// Two examples, which help ends with.
    static var examples: [CommandExample] { get }
    /// Does the work.
    func result(progress: ProgressLine?) async throws -> CommandResult
}

extension ResultCommand {
    var writesOutput: Bool { false }
    var takesSeveralOutputs: Bool { false }

    /// Does the work and prints the result.
    func run() async throws {
        let run = try await Program.run(self)
        let status = run.write()
        if status != ExitStatus.success.rawValue { throw ExitCode(status) }
    }
}

/// An error of a job that may be one of wrong usage.
protocol CommandFailure: Error, CustomStringConvertible {
    /// What is wrong with the usage, in the names of the command line; nil where the usage is right.
    var usage: String? { get }
}

extension InputError: CommandFailure {
    var usage: String? { nil }
}
