package typealias CommandError = InputError

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
