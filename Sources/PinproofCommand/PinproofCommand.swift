import ArgumentParser
import EnvironmentInventory
import Glibc
import ParallelWork

/// The name that usage texts have for the program.
let pinproofName = "pinproof"

@main
struct PinproofCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: pinproofName,
        abstract: "Pins machine-learning environments and proves that they stayed the same.",
        discussion: """
            What you trained on is what you serve on, proved byte by byte, without running anything.

            Exit status: 0 nothing wrong; 1 findings at or above --fail-on, a difference or a mismatch; 2 could not decide; \
            64 wrong usage.
            """,
        version: pinproofVersion,
        subcommands: [
            CheckCommand.self, FreezeCommand.self, VerifyCommand.self, VerifyAttestationCommand.self,
            PreflightCommand.self,
            AttachCommand.self, DiffCommand.self, InspectCommand.self, CaptureCommand.self, ProfileCommand.self,
            WheelsCommand.self, FleetCommand.self, CacheCommand.self, RulesCommand.self,
        ])

    static let examples = [
        CommandExample("Gate a pull request", "pinproof check --require exact"),
        CommandExample(
            "Gate a deployment", "pinproof verify model.tar.gz docker://registry.example/serving:1.4 --evidence trained"
        ),
    ]

    static func main() {
        let exitStatus = status(of: CommandLineWords.words)
        // Threads may still be giving back what they have read. The handlers of exit(3) would take it from under them:
        // OpenSSL's frees the tables that its own contexts need to be freed.
        fflush(nil)
        _exit(exitStatus)
    }

    /// Runs the program with the words of the command line and returns its exit status.
    private static func status(of words: [[UInt8]]) -> Int32 {
        let arguments: [String]
        do throws(UnreadableWord) { arguments = try CommandLineWords.texts(words) } catch { return error.run.write() }
        Memory.prepare(for: arguments)
        UntilExit.begin()
        return CallingThread.run { await Program.run(arguments).write() }
    }
}
