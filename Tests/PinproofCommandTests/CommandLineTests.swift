import Glibc
import Testing

@testable import PinproofCommand

/// How the command line comes in, and what is printed goes out.
struct CommandLineTests {
    @Test(
        "the words are found in front of the environment",
        arguments: [[], ["pinproof"], ["pinproof", "check", "", "a b"]])
    func wordsBeforeEnvironment(_ words: [String]) {
        let strings = words.map { strdup($0) }
        defer { for string in strings { free(string) } }
        // The start of a stack: a count, addresses, a null, the environment.
        let stack = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: words.count + 3)
        defer { stack.deallocate() }
        stack.initialize(repeating: nil, count: words.count + 3)
        stack[0] = UnsafeMutablePointer(bitPattern: words.count)
        for (index, string) in strings.enumerated() { stack[1 + index] = string }
        let found = CommandLineWords.beforeEnvironment(stack + words.count + 2)
        #expect(found == words.map { Array($0.utf8) })
    }

    @Test(
        "a word that is not UTF-8 is refused with its bytes, and no other file is named",
        arguments: [
            ("dockerfile:a\u{FFFD}", [0xFF], "dockerfile:a\u{FFFD}\\xFF"), ("model:m", [0xC3], "model:m\\xC3"),
            ("caf\u{E9}", [0xED, 0xA0, 0x80], "caf\u{E9}\\xED\\xA0\\x80"), ("\u{1B}\\x", [0x80], "\\u{1b}\\\\x\\x80"),
        ] as [(String, [UInt8], String)])
    func unreadableWords(_ start: String, _ end: [UInt8], _ shown: String) {
        let bytes = Array(start.utf8) + end
        let error = #expect(throws: UnreadableWord.self) {
            try CommandLineWords.texts([Array("check".utf8), bytes, [0xFE]])
        }
        #expect(error?.bytes == bytes)
        #expect(error?.run.diagnostics == "Error: The argument '\(shown)' is not UTF-8\n")
        #expect(error?.run.status == 64 && error?.run.output == "")
    }

    @Test("words of UTF-8 come in as they are", arguments: [["check", "caf\u{E9}", "\u{FFFD}", "", "\\xff"]])
    func readableWords(_ words: [String]) throws {
        #expect(try CommandLineWords.texts(words.map { Array($0.utf8) }) == words)
    }

    @Test("an environment that was moved has no words in front of it")
    func movedEnvironment() {
        var cells = [UnsafeMutablePointer<CChar>?](repeating: UnsafeMutablePointer(bitPattern: 0x1000), count: 4)
        cells.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            #expect(CommandLineWords.beforeEnvironment(base + 2) == [])
        }
    }

    @Test("without a command, the help goes to standard error and the status is 64")
    func noCommand() async {
        let run = await Program.run([])
        #expect(run.status == 64)
        #expect(run.output.isEmpty)
        #expect(run.diagnostics.contains("USAGE: pinproof"))
    }

    @Test(
        "what cannot be printed ends with 2, unless the reader has gone or the usage was wrong",
        arguments: [
            ("/dev/full", "x", "", 0, 2), ("/dev/full", "x", "", 1, 2), ("/dev/full", "", "", 1, 1),
            ("/dev/full", "", "y", 64, 64), ("/dev/null", "x", "y", 0, 0), ("/dev/null", "x", "y", 1, 1),
        ] as [(String, String, String, Int32, Int32)])
    func printing(device: String, output: String, diagnostics: String, status: Int32, expected: Int32) {
        let descriptor = open(device, O_WRONLY)
        let null = open("/dev/null", O_WRONLY)
        defer {
            close(descriptor)
            close(null)
        }
        let run = ProgramRun(output: output, diagnostics: diagnostics, status: status)
        #expect(run.write(output: descriptor, diagnostics: null) == expected)
    }

    @Test("diagnostics that are lost are a failure too")
    func lostDiagnostics() {
        let full = open("/dev/full", O_WRONLY)
        let null = open("/dev/null", O_WRONLY)
        defer {
            close(full)
            close(null)
        }
        #expect(ProgramRun(output: "x", diagnostics: "y").write(output: null, diagnostics: full) == 2)
        #expect(ProgramRun(output: "x").write(output: null, diagnostics: full) == 0)
        #expect(ProgramRun(output: "x").write(output: -1, diagnostics: null) == 2)
    }

    @Test(
        "a time limit has a number and a unit",
        arguments: [
            ("30", 30_000), ("30s", 30_000), ("1.5s", 1500), ("500ms", 500), ("2m", 120_000), ("1h", 3_600_000),
            ("1m30s", 90_000), ("0.25", 250), ("24h", 86_400_000), ("1ms", 1), ("0.5m", 30_000),
        ])
    func timeLimit(_ text: String, _ milliseconds: Int) {
        #expect(TimeLimit(argument: text)?.value == .milliseconds(milliseconds))
    }

    @Test(
        "what is not a time limit is refused",
        arguments: [
            "", "0", "0s", "-1", "-5s", "nan", "inf", "1e3", "1d", "1 s", "s", ".5", "1.", "1..2s", "1s5", "25h",
            "0.0001s", "9999999", "999999h", "1.1234567s", "+3", "٣", "1M", "∞",
        ])
    func noTimeLimit(_ text: String) { #expect(TimeLimit(argument: text) == nil) }

    @Test(
        "every command that may ask a registry takes a time limit",
        arguments: ["check", "freeze", "verify", "verify-attestation", "diff", "inspect", "capture"])
    func commandsWithTimeLimit(_ command: String) async {
        #expect(await HelpPages.page(command).output.contains("--timeout <duration>"))
        let wrong = await pinproof(command, "--timeout", "nan", "x")
        #expect(wrong.status == 64)
        #expect(wrong.diagnostics.contains("--timeout"))
    }
}
