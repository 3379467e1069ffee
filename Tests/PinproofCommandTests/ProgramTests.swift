import Testing

@testable import PinproofCommand

/// Help, the version, and what is wrong with a command line.
struct ProgramTests {
    static let commands = [
        "check", "freeze", "verify", "verify-attestation", "preflight", "attach", "diff", "inspect", "capture",
        "profile", "wheels", "rules",
    ]

    @Test("help lists every command and the exit statuses")
    func help() async {
        for words in [["--help"], ["help"], ["-h"]] {
            let run = await Program.run(words)
            #expect(run.status == 0)
            #expect(run.diagnostics.isEmpty)
            for command in Self.commands { #expect(run.output.contains("  \(command) "), "\(command)") }
            #expect(run.output.contains("Exit status: 0 nothing wrong; 1 findings"))
        }
    }

    @Test("each command has help", arguments: commands)
    func commandHelp(_ command: String) async {
        let run = await HelpPages.page(command)
        #expect(run.status == 0)
        #expect(run.output.contains("USAGE: pinproof \(command)"))
        #expect(run.output.contains("--output"))
    }

    @Test("wrong usage names the whole command", arguments: commands)
    func commandUsage(_ command: String) async {
        let run = await pinproof(command, "--nonsense")
        #expect(run.status == 64)
        #expect(run.diagnostics.hasPrefix("Error: "))
        #expect(run.diagnostics.contains("Usage: pinproof \(command) "))
        #expect(run.diagnostics.contains("  See 'pinproof \(command) --help' for more information."))
    }

    @Test("completions are written for the whole program", arguments: [["check"], []])
    func completions(_ words: [String]) async {
        let run = await Program.run(words + ["--generate-completion-script", "bash"])
        #expect(run.status == 0)
        #expect(run.output.contains("_pinproof_check"))
    }

    @Test("the version")
    func version() async {
        let run = await pinproof("--version")
        #expect(run.output == "0.1.0\n")
        #expect(run.status == 0)
    }

    @Test(
        "wrong usage ends with 64, names what is wrong, and prints nothing on standard output",
        arguments: [
            (["nonsense"], "nonsense"),
            (["inspect"], "Missing expected argument '<subject>'"),
            (
                ["inspect", "x", "--format", "yaml"],
                "Please provide one of 'text', 'json', 'cyclonedx' or 'json-schema'"
            ),
            (["diff", "a", "b", "--format", "pdf"], "Please provide one of 'text', 'json', 'markdown' or 'html'"),
            (["inspect", "x", "--platform", "plan9/mips"], "  - linux/riscv64"),
            (["inspect", "x", "--python", "three"], "--python"),
            (["inspect", "x", "--libc", "bionic"], "--libc"),
            (["inspect", "x", "--max-entries", "0"], "--max-entries takes a number from 1 on, not 0"),
            (["inspect", "x", "--report", "json=x"], "--report"),
            (["inspect", "x", "--color", "blue"], "Please provide one of 'auto', 'always' or 'never'"),
        ])
    func usage(_ words: [String], _ message: String) async {
        let run = await Program.run(words)
        #expect(run.status == 64)
        #expect(run.output.isEmpty)
        #expect(run.diagnostics.contains(message), "\(run.diagnostics)")
    }

    @Test("what cannot be read ends with 2 and is named on standard error", arguments: ["inspect", "verify", "diff"])
    func unreadable(_ command: String) async {
        let words = [command, "/nonexistent/subject"] + (command == "inspect" ? [] : [Demo.image])
        let run = await Program.run(words)
        #expect(run.status == 2)
        #expect(run.output.isEmpty)
        #expect(run.diagnostics == "pinproof: /nonexistent/subject: there is no such file or directory\n")
    }
}
