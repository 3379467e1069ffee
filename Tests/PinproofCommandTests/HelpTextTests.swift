import Testing

@testable import PinproofCommand

/// What help, usage errors and completions show.
struct HelpTextTests {
    @Test("help puts the limits last, and ends with two examples", arguments: ProgramTests.commands)
    func arranged(_ command: String) async {
        let run = await HelpPages.page(command)
        #expect(run.status == 0)
        #expect(run.diagnostics.isEmpty)
        let sections = run.output.split(separator: "\n\n").map { $0.prefix { $0 != "\n" } }
        #expect(sections.last == "EXAMPLES:")
        if let limits = sections.firstIndex(of: "LIMITS:") { #expect(limits == sections.count - 2) }
        let examples = run.output.split(separator: "\n").filter { $0.hasPrefix("  # ") }
        #expect(examples.count == 2)
        #expect(run.output.split(separator: "\n").last?.contains("pinproof \(command)") == true)
        #expect(run.output.hasSuffix("\n") && !run.output.hasSuffix("\n\n"))
    }

    @Test("-h, and help with a command, print what --help prints", arguments: ["wheels", "rules", "verify"])
    func spellings(_ command: String) async {
        let page = await HelpPages.page(command).output
        #expect(await pinproof(command, "-h").output == page)
        #expect(await pinproof("help", command).output == page)
    }

    @Test("no arguments: help on standard error, and status 64")
    func noArguments() async {
        let run = await Program.run([])
        #expect(run.status == 64)
        #expect(run.output.isEmpty)
        #expect(run.diagnostics.contains("USAGE: pinproof <subcommand>"))
        #expect(run.diagnostics.contains("  pinproof check --require exact\n"))
    }

    @Test(
        "an unknown command suggests the near one",
        arguments: [
            ("chek", "check"), ("verfy", "verify"), ("verify-attestaton", "verify-attestation"), ("dif", "diff"),
            ("inpsect", "inspect"), ("freez", "freeze"), ("whels", "wheels"), ("rule", "rules"), ("capt", "capture"),
            ("nonsense", nil), ("x", nil), ("", nil), (String(repeating: "check", count: 1000), nil),
        ] as [(String, String?)])
    func nearest(_ word: String, _ expected: String?) async {
        let run = await pinproof(word)
        #expect(run.status == 64)
        #expect(run.output.isEmpty)
        #expect(run.diagnostics.hasPrefix("Error: There is no command '"))
        #expect(run.diagnostics.contains("Did you mean '") == (expected != nil))
        if let expected { #expect(run.diagnostics.contains("Did you mean '\(expected)'?\n")) }
        #expect(run.diagnostics.contains("pinproof <subcommand>"))
        if !word.isEmpty {
            let help = await pinproof("help", word)
            #expect(help.status == 64 && help.diagnostics == run.diagnostics)
        }
    }

    @Test("a word with control characters does not reach the terminal")
    func hostileCommand() async {
        let run = await pinproof("\u{1B}[2J\nx\u{202E}\u{2028}y")
        #expect(!run.diagnostics.contains("\u{1B}"))
        #expect(run.diagnostics.hasPrefix("Error: There is no command '?[2J?x??y'"))
    }

    @Test(
        "a usage error shows the usage of its command",
        arguments: [
            (["verify", "a"], "verify"), (["freeze", Demo.lock], "freeze"), (["check", "--fetch"], "check"),
            (["rules", "no-such"], "rules"), (["inspect", "x", "--max-depth", "0"], "inspect"),
            (["inspect", Demo.lock, "--files"], "inspect"), (["check", "--select", "no-such"], "check"),
            (["wheels", Demo.wheels, "--prefix", "x"], "wheels"), (["capture"], "capture"), (["diff", "a"], "diff"),
            (["verify", "-", "-"], "verify"), (["verify-attestation", "x"], "verify-attestation"),
            (["verify", Demo.model, Demo.image, "--report", "yaml=x"], "verify"),
            (["check", "--report", "json="], "check"),
        ])
    func usage(_ words: [String], _ command: String) async {
        let run = await Program.run(words)
        #expect(run.status == 64, "\(run.diagnostics)")
        #expect(run.output.isEmpty)
        #expect(run.diagnostics.hasPrefix("Error: "))
        #expect(run.diagnostics.contains("Usage: pinproof \(command)"), "\(run.diagnostics)")
        #expect(run.diagnostics.contains("See 'pinproof \(command) --help'"))
    }

    @Test(
        "a name that is not a file and looks like an image's suggests docker://",
        arguments: [
            ("registry.example/serving:1.4", true), ("python:3.11", true), ("registry.example/app", true),
            ("localhost:5000/a/b:c", true), ("python@sha256:" + String(repeating: "a", count: 64), true),
            ("model.tar.gz", false), ("model", false), ("dir/model.tar", false), ("/srv/model:1", false),
            ("./python:3.11", false), ("some dir:x", false), ("UPPER/x:1", true), ("a/UPPER:1", false),
            ("a:b:c", false),
        ])
    func imageNames(_ name: String, _ isImage: Bool) async {
        for words in [["inspect", name], ["verify", Demo.lock, name], ["diff", name, Demo.lock]] {
            let run = await Program.run(words)
            #expect(run.status == 2)
            #expect(run.diagnostics.hasPrefix("pinproof: \(name): there is no such file or directory"))
            #expect(run.diagnostics.contains("docker://\(name)") == isImage, "\(run.diagnostics)")
        }
    }

    @Test("completions know the values of options", arguments: ["bash", "zsh", "fish"])
    func completions(_ shell: String) async {
        let run = await pinproof("--generate-completion-script", shell)
        #expect(run.status == 0)
        for word in ProgramTests.commands { #expect(run.output.contains(word)) }
        let values = [
            "text json sarif github gitlab junit markdown", "text json html markdown junit sarif github",
            "text json markdown html", "text json cyclonedx", "locked trained claimed intact named", "exact hashed",
            "error warning note never", "auto always never",
        ]
        for list in values {
            for value in list.split(separator: " ") { #expect(run.output.contains(value), "\(value)") }
        }
        let files = ["bash": "__pinproof_add_completions -f", "zsh": "_files", "fish": "-rfka"][shell] ?? ""
        #expect(run.output.contains(files), "completes file names")
    }

    @Test(
        "colors",
        arguments: [
            ([:], false, false), ([:], true, true), (["NO_COLOR": "1"], true, false), (["NO_COLOR": ""], true, true),
            (["FORCE_COLOR": "1"], false, true), (["FORCE_COLOR": "0"], false, false),
            (["FORCE_COLOR": "0"], true, true),
            (["CLICOLOR_FORCE": "1"], false, true), (["CLICOLOR_FORCE": "0"], false, false),
            (["FORCE_COLOR": ""], false, false),
            (["NO_COLOR": "1", "FORCE_COLOR": "1"], true, false),
            (["NO_COLOR": "1", "CLICOLOR_FORCE": "1"], false, false),
            (["TERM": "dumb"], true, false), (["TERM": "xterm"], true, true), (["CLICOLOR": "0"], true, false),
            (["CLICOLOR": "1"], false, false), (["TERM": "dumb", "FORCE_COLOR": "3"], true, true),
        ] as [([String: String], Bool, Bool)])
    func colors(_ variables: [String: String], _ isTerminal: Bool, _ expected: Bool) {
        #expect(OutputOptions.isColored(isTerminal: isTerminal) { variables[$0] } == expected)
    }

    @Test("--color counts before every variable")
    func colorOption() async {
        let colored = await pinproof("check", Demo.path("careless"), "--color", "always")
        #expect(colored.output.contains("\u{1B}[1;31merror\u{1B}[0m"))
        let plain = await pinproof("check", Demo.path("careless"), "--color", "never")
        #expect(!plain.output.contains("\u{1B}"))
    }
}
