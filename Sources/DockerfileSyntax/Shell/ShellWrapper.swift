/// Commands that run another command: `sudo`, `env`, `sh -c`, `xargs`, `conda run`, a shell fed by a here-document.
enum ShellWrapper {
    /// What a command runs.
    enum Inner {
        case command([ShellWord], assignments: [ShellAssignment], user: String?, directory: String?)
        /// A script; `sharesState` when it runs in the same shell (`eval`).
        case script(MappedText, ShellCommand.Origin, user: String?, sharesState: Bool)
    }

    /// How the options of a wrapper are read before its command starts.
    private struct Options {
        /// Short options, by letter, and long options that take the next word.
        var withValue: Set<String> = []
        /// How many words stand between the options and the command.
        var operands = 0
        /// Whether `NAME=value` words come first.
        var takesAssignments = false
        /// The subcommand that must stand first, `run` of `conda run`.
        var subcommand: String?
        /// Options that stand before the subcommand and take a value.
        var globalWithValue: Set<String> = []
    }

    private static let wrappers: [String: Options] = [
        "sudo": Options(
            withValue: [
                "-u", "-g", "-h", "-p", "-C", "-r", "-t", "-T", "-U", "-D", "-R", "--user", "--group", "--host",
                "--prompt", "--chdir", "--chroot", "--close-from", "--role", "--type", "--command-timeout",
                "--other-user",
            ], takesAssignments: true),
        "doas": Options(withValue: ["-u", "-C"], takesAssignments: false),
        "env": Options(
            withValue: ["-u", "--unset", "-C", "--chdir", "-S", "--split-string"], takesAssignments: true),
        "exec": Options(withValue: ["-a"]),
        "command": Options(),
        "builtin": Options(),
        "time": Options(withValue: ["-f", "-o", "--format", "--output"]),
        "nice": Options(withValue: ["-n", "--adjustment"]),
        "ionice": Options(withValue: ["-c", "-n", "-p", "--class", "--classdata"]),
        "nohup": Options(),
        "setsid": Options(),
        "stdbuf": Options(withValue: ["-i", "-o", "-e", "--input", "--output", "--error"]),
        "timeout": Options(withValue: ["-k", "-s", "--kill-after", "--signal"], operands: 1),
        "xargs": Options(
            withValue: [
                "-a", "-d", "-E", "-I", "-L", "-n", "-P", "-s", "--arg-file", "--delimiter", "--max-args",
                "--max-procs", "--max-lines", "--max-chars", "--replace", "--process-slot-var",
            ]),
        "chroot": Options(operands: 1),
        "gosu": Options(operands: 1),
        "su-exec": Options(operands: 1),
        "setpriv": Options(withValue: ["--reuid", "--regid", "--groups"]),
        "setarch": Options(operands: 1),
        "linux32": Options(), "linux64": Options(),
        "unbuffer": Options(),
        "fakeroot": Options(),
        "eatmydata": Options(),
        "catchsegv": Options(),
        "chronic": Options(),
        "retry": Options(withValue: ["-t", "-d", "-n", "-r", "-s", "--times", "--delay", "--tries", "--sleep"]),
        "travis_retry": Options(),
        "xvfb-run": Options(withValue: ["-n", "-s", "-e", "-f", "--server-num", "--server-args"]),
        "flock": Options(withValue: ["-w", "-E", "--timeout", "--wait"], operands: 1),
        "tini": Options(withValue: ["-e", "-p"]),
        "dumb-init": Options(withValue: ["-r", "--rewrite"]),
        "conda": runner, "mamba": runner, "micromamba": runner,
        "uv": Options(
            withValue: [
                "--with", "--with-editable", "--with-requirements", "--extra", "--group", "--only-group",
                "--no-group", "--no-extra", "--env-file", "--package", "-p", "--python", "--index", "-i",
                "--index-url", "--default-index", "--extra-index-url", "-f", "--find-links", "--directory",
                "--project", "--config-file", "--cache-dir", "-P", "--upgrade-package", "--resolution",
                "--prerelease", "--index-strategy", "--keyring-provider", "-w", "--link-mode", "-C",
                "--config-setting", "--exclude-newer", "--color", "--refresh-package", "--reinstall-package",
            ], subcommand: "run",
            globalWithValue: ["--directory", "--project", "--config-file", "--cache-dir", "--color"]),
        "poetry": Options(
            subcommand: "run", globalWithValue: ["-C", "--directory", "-P", "--project"]),
        "pipenv": Options(subcommand: "run", globalWithValue: ["--python"]),
        "pdm": Options(
            withValue: ["-p", "--project", "--venv"], subcommand: "run", globalWithValue: ["-c", "--config"]),
        "rye": Options(subcommand: "run"),
        "hatch": Options(subcommand: "run", globalWithValue: ["-e", "--env", "-p", "--project"]),
        "pixi": Options(
            withValue: ["-e", "--environment", "--manifest-path", "--platform"], subcommand: "run",
            globalWithValue: ["--manifest-path"]),
    ]
    private static let runner = Options(
        withValue: ["-n", "--name", "-p", "--prefix", "--cwd", "-r", "--root-prefix", "-e", "--env", "-a", "--attach"],
        subcommand: "run", globalWithValue: ["-r", "--root-prefix"])
    private static let shells: Set<String> = ["sh", "bash", "dash", "ash", "zsh", "ksh", "mksh"]

    static func inner(of command: ShellCommand) -> Inner? {
        guard let name = command.name else { return nil }
        if shells.contains(name) { return shellScript(command, from: 1) }
        let words = command.words
        switch name {
        case "busybox", "toybox":
            guard words.count > 1, let applet = words[1].text else { return nil }
            return shells.contains(applet) ? shellScript(command, from: 2) : plain(words, 1)
        case "su", "runuser":
            return switchUser(command)
        case "eval":
            let texts = words.dropFirst().map(\.mapped)
            guard !texts.isEmpty, words.dropFirst().allSatisfy({ $0.text != nil }) else { return nil }
            var script = MappedText()
            for (number, text) in texts.enumerated() {
                if number > 0 { script.append([UInt8(ascii: " ")], standingFor: words[number].range) }
                script.append(text)
            }
            return .script(script, .wrapper, user: nil, sharesState: true)
        case "find":
            guard
                let start = words.firstIndex(where: {
                    ["-exec", "-execdir", "-ok", "-okdir"].contains($0.text ?? "")
                })
            else { return nil }
            let end = words[start...].firstIndex { $0.text == ";" || $0.text == "+" } ?? words.count
            return plain(Array(words[..<end]), start + 1)
        case "pyenv", "rbenv":
            return words.count > 2 && words[1].text == "exec" ? plain(words, 2) : nil
        case "script":
            // util-linux: `script -qec "pip install x" /dev/null`
            guard
                let option = words.firstIndex(where: {
                    $0.text.map { $0 == "--command" || $0.hasPrefix("-") && !$0.hasPrefix("--") && $0.hasSuffix("c") }
                        ?? false
                }), option + 1 < words.count, words[option + 1].text != nil
            else { return nil }
            return .script(words[option + 1].mapped, .wrapper, user: nil, sharesState: false)
        case "trap":
            guard words.count > 2, let text = words[1].text, !text.isEmpty, !text.hasPrefix("-") else { return nil }
            return .script(words[1].mapped, .wrapper, user: nil, sharesState: false)
        case "scl":
            if let dashes = words.firstIndex(where: { $0.text == "--" }) { return plain(words, dashes + 1) }
            guard words.count > 3, words.last?.text != nil, let last = words.last else { return nil }
            return .script(last.mapped, .wrapper, user: nil, sharesState: false)
        case "watch":
            return nil
        default:
            guard let options = wrappers[name] else { return nil }
            return wrapped(command, name, options)
        }
    }

    private static func plain(_ words: [ShellWord], _ start: Int) -> Inner? {
        guard start < words.count else { return nil }
        return .command(Array(words[start...]), assignments: [], user: nil, directory: nil)
    }

    private static func wrapped(_ command: ShellCommand, _ name: String, _ options: Options) -> Inner? {
        let words = command.words
        var index = 1
        var user: String?
        var directory: String?
        if let subcommand = options.subcommand {
            while index < words.count, let text = words[index].text, text.hasPrefix("-") {
                index += options.globalWithValue.contains(text) ? 2 : 1
            }
            guard index < words.count, words[index].text == subcommand else { return nil }
            index += 1
        }
        while index < words.count, let text = words[index].text, text.hasPrefix("-"), text != "-" {
            index += 1
            if text == "--" { break }
            // `command -v x` asks, it does not run; `uv run -m x` and `uv run -s x` run no command of their own.
            if name == "command", text.hasPrefix("-v") || text.hasPrefix("-V") { return nil }
            if name == "uv", text == "-m" || text == "--module" || text == "-s" || text == "--script" { return nil }
            if name == "env", text == "-S" || text == "--split-string", index < words.count {
                return .script(words[index].mapped, .wrapper, user: nil, sharesState: false)
            }
            let value: String?
            if options.withValue.contains(text) {
                guard index < words.count else { return nil }
                value = words[index].text
                index += 1
            } else {
                value = text.split(separator: "=", maxSplits: 1).dropFirst().first.map(String.init)
            }
            if text == "-u" || text.hasPrefix("--user"), name == "sudo" || name == "doas" { user = value ?? "" }
            if text == "-C" || text.hasPrefix("--chdir") || text == "-D" || text.hasPrefix("--cwd") {
                directory = value.flatMap { ContainerPath.join(command.workingDirectory, $0) }
            }
        }
        if name == "sudo" || name == "doas", user == nil { user = "root" }
        if name == "gosu" || name == "su-exec", index < words.count { user = words[index].text ?? "" }
        var assignments: [ShellAssignment] = []
        if options.takesAssignments {
            while index < words.count, let assignment = assignment(words[index]) {
                assignments.append(assignment)
                index += 1
            }
        }
        index += options.operands
        if name == "flock" || name == "tini", index < words.count, words[index].text == "-c" {
            guard index + 1 < words.count else { return nil }
            return .script(words[index + 1].mapped, .wrapper, user: nil, sharesState: false)
        }
        if index < words.count, words[index].text == "--" { index += 1 }
        guard index < words.count else { return nil }
        return .command(Array(words[index...]), assignments: assignments, user: user, directory: directory)
    }

    private static func assignment(_ word: ShellWord) -> ShellAssignment? {
        let partial = word.partialText
        guard let equals = partial.firstIndex(of: "="), equals != partial.startIndex,
            partial[..<equals].utf8.allSatisfy(ShellParser.isName)
        else { return nil }
        let value = word.text.map { text in
            text.firstIndex(of: "=").map { String(text[text.index(after: $0)...]) } ?? ""
        }
        return ShellAssignment(name: String(partial[..<equals]), value: value, range: word.range)
    }

    /// The options of a shell: where its operands begin, and whether the first of them is a script (`-c`).
    private static func shellOptions(_ words: [ShellWord], from start: Int) -> (index: Int, takesScript: Bool) {
        var index = start
        var takesScript = false
        while index < words.count, let text = words[index].text, text.count > 1,
            text.hasPrefix("-") || text.hasPrefix("+")
        {
            index += 1
            if text == "--" { break }
            if text.hasPrefix("--") {
                if text == "--rcfile" || text == "--init-file" { index += 1 }
                continue
            }
            if text.dropFirst().contains("c"), text.hasPrefix("-") { takesScript = true }
            if text.hasSuffix("o") || text.hasSuffix("O") { index += 1 }
        }
        return (index, takesScript)
    }

    /// Whether a command is a shell that reads its script from standard input: `bash`, `sh -s -- -y`, `bash -`.
    static func readsScriptFromInput(_ command: ShellCommand) -> Bool {
        guard let name = command.name, shells.contains(name) else { return false }
        let words = command.words
        let (index, takesScript) = shellOptions(words, from: 1)
        if takesScript { return false }
        return index >= words.count || words[index].text == "-" || words[index].text == "/dev/stdin"
            || readsStandardInput(words[1..<index])
    }

    private static func readsStandardInput(_ words: some Sequence<ShellWord>) -> Bool {
        words.contains { ["-s", "-es", "-exs"].contains($0.text ?? "") }
    }

    /// The word with the file that a shell reads: `bash -x install.sh`; nil when it reads something else.
    static func scriptFile(of words: [ShellWord]) -> Int? {
        let (index, takesScript) = shellOptions(words, from: 1)
        guard !takesScript, index < words.count, !readsStandardInput(words[1..<index]) else { return nil }
        return words[index].text == "-" || words[index].text == "/dev/stdin" ? nil : index
    }

    /// `sh -c 'script'`, `bash -lc`, `bash -o pipefail -c`, or a shell that reads a here-document.
    private static func shellScript(_ command: ShellCommand, from start: Int) -> Inner? {
        let words = command.words
        let (index, takesScript) = shellOptions(words, from: start)
        if takesScript {
            guard index < words.count else { return nil }
            // What is unknown in the text is kept as it is written, and is unknown to the inner shell as well.
            return .script(words[index].mapped, .wrapper, user: nil, sharesState: false)
        }
        // A script of its own comes from a file: `bash install.sh`, unless it is standard input.
        guard
            index >= words.count || words[index].text == "-" || words[index].text == "/dev/stdin"
                || readsStandardInput(words[start..<index])
        else { return nil }
        let input = command.redirections.last {
            ["<<", "<<-", "<<<"].contains($0.symbol) && ($0.descriptor == nil || $0.descriptor == "0")
        }
        if let heredoc = input?.heredoc { return .script(heredoc, .heredoc, user: nil, sharesState: false) }
        if input?.symbol == "<<<", let target = input?.target, target.text != nil {
            return .script(target.mapped, .heredoc, user: nil, sharesState: false)
        }
        return nil
    }

    /// `su - user -c 'script'`, `runuser -u user -- command`.
    private static func switchUser(_ command: ShellCommand) -> Inner? {
        let words = command.words
        var user: String?
        var script: ShellWord?
        var index = 1
        var sawUserOption = false
        while index < words.count {
            let text = words[index].text
            index += 1
            switch text {
            case "-c", "--command", "--session-command", "-lc":
                guard index < words.count else { return nil }
                script = words[index]
                index += 1
            case "-s", "--shell", "-g", "--group", "-G", "--supp-group", "-w", "--whitelist-environment":
                index += 1
            case "-u", "--user":
                guard index < words.count else { return nil }
                user = words[index].text ?? ""
                sawUserOption = true
                index += 1
            case "--":
                if sawUserOption, index < words.count {
                    return .command(Array(words[index...]), assignments: [], user: user, directory: nil)
                }
            case let text? where text.hasPrefix("--command="):
                let mapped = words[index - 1].mapped
                script = words[index - 1]
                return .script(
                    mapped.slice("--command=".utf8.count..<mapped.count), .wrapper, user: user ?? "root",
                    sharesState: false)
            case let text? where text.hasPrefix("-"):
                continue
            default:
                if sawUserOption {
                    return .command(Array(words[(index - 1)...]), assignments: [], user: user, directory: nil)
                }
                if user == nil { user = text ?? "" }
            }
        }
        guard let script else { return nil }
        return .script(script.mapped, .wrapper, user: user ?? "root", sharesState: false)
    }
}
