/// A command cannot do what it was asked to: exit status 2, the text on standard error.
package struct CommandError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Whether the command was called wrongly (64) or its input could not be decided on (2).
    package enum Kind: Sendable, Hashable { case undecided, usage }

    /// Which exit status it leads to.
    package let kind: Kind
    /// What is wrong and where, one line.
    package let description: String

    /// Makes an error.
    package init(_ description: String, kind: Kind = .undecided) {
        self.description = description
        self.kind = kind
    }

    /// Runs what throws an error of a lower room and turns that into a command's.
    static func wrapping<Value, Failure: Error & CustomStringConvertible>(
        _ body: () throws(Failure) -> Value
    ) throws(CommandError) -> Value {
        do { return try body() } catch { throw CommandError(error.description) }
    }
}

/// The exit statuses of the program (README, "Exit status").
package enum ExitStatus {
    /// Nothing wrong.
    package static let success: Int32 = 0
    /// Findings at or above `--fail-on`, a difference or a mismatch.
    package static let found: Int32 = 1
    /// Could not decide.
    package static let undecided: Int32 = 2
    /// Wrong usage.
    package static let usage: Int32 = 64
}

/// What a command wants shown: the program prints it, the library does not.
package struct CommandOutput: Sendable {
    /// The result, for standard output or `--output`.
    package var text: String
    /// Lines for standard error.
    package var diagnostics: [String]
    /// The exit status.
    package var status: Int32

    /// Makes an output.
    package init(text: String, diagnostics: [String] = [], status: Int32 = ExitStatus.success) {
        self.text = text
        self.diagnostics = diagnostics
        self.status = status
    }
}
