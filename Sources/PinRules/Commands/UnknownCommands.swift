import DockerfileSyntax
import EnvironmentInventory
import SourceDocuments

/// Commands of unknown programs that look as if they fetch: they have a verb of fetching, or name something remote.
extension CommandReader {
    /// The words that fetch in most programs: `composer install`, `opam install`, `helm pull`.
    private static let verbs: Set<String> = [
        "install", "add", "get", "pull", "clone", "download", "fetch", "sync", "require",
    ]

    /// Programs that fetch under another word.
    private static let fetching: Set<String> = [
        "pacman", "emerge", "xbps-install", "pkg_add", "nix-env", "nix-channel",
    ]

    /// Programs whose verbs speak to a cluster or a service; only a remote operand is fetched.
    private static let ofCluster: Set<String> = [
        "kubectl", "oc", "kind", "minikube", "istioctl", "argo", "git", "docker", "podman", "buildah", "psql",
        "redis-cli",
        "crontab", "ip", "iptables", "nmcli", "gsettings", "tmux", "screen", "ray", "pre-commit", "tox", "nox",
        "pytest",
    ]

    /// Programs whose words of that kind fetch nothing, or of which another reader speaks.
    private static let local: Set<String> = [
        "make", "gmake", "ninja", "cmake", "meson", "install", "echo", "printf", "sed", "grep", "egrep", "fgrep", "awk",
        "gawk", "test", "[", "[[", "export", "set", "cat", "tee", "true", "false", ":", "cd", "mkdir", "rm", "cp", "mv",
        "ln", "chmod", "chown", "touch", "ls", "find", "unset", "read", "local", "declare", "readonly", "typeset",
        "return", "exit", "which", "type", "hash", "alias", "eval", "exec", "source", ".", "bash", "sh", "dash", "ash",
        "zsh", "ksh", "python", "python3", "curl", "wget", "aria2c", "update-alternatives",
        "ldconfig", "locale-gen", "useradd", "usermod", "groupadd", "adduser", "addgroup", "dpkg", "dpkg-query",
        "dpkg-divert", "apt-key", "add-apt-repository", "apt-add-repository", "apt-cache", "apt-mark", "gpg", "ssh",
        "ssh-keyscan", "ssh-keygen", "ln", "sort", "xargs", "env", "sudo", "su", "gosu", "if", "for", "while", "trap",
        "ENV", "expr", "let", "time", "timeout", "nice", "nohup", "yes", "head", "tail", "cut", "tr", "tar", "unzip",
        "openssl", "sha256sum", "sha512sum", "sha1sum", "md5sum", "cmp", "diff", "jq", "yq", "systemctl", "service",
        "yum-config-manager", "docker-php-ext-install", "docker-php-ext-configure", "docker-php-ext-enable", "a2enmod",
        "a2ensite", "sleep", "wait", "kill", "id", "whoami", "uname", "date", "basename", "dirname", "realpath",
        "nproc",
        "getent", "stat", "du", "df", "free", "patch", "perl", "ruby", "node", "java", "php", "gcc", "g++", "clang",
        "ar", "strip", "ldd", "file", "strings", "update-ca-certificates", "rsync", "cd", "pushd", "popd", "nvidia-smi",
        "conda-lock",
    ]

    /// Reads a command of a program that is known in part; whether a reader took it.
    ///
    /// - Parameter namesUnread: false where the command that it runs has been read.
    mutating func readOther(
        _ index: Int, _ step: RunStep, _ source: CommandSource, namesUnread: Bool
    ) -> Bool {
        let command = step.commands[index]
        guard let name = command.name, OtherInstallers.knows(name), !isFunction(index, in: step.commands) else {
            return false
        }
        if isWrapper(index, in: step.commands) {
            // `hatch run test` makes an environment for what it runs.
            let inner = step.commands[index + 1].name ?? ""
            guard name == "hatch", !Installers.knows(inner) else { return false }
        }
        var isRead = false
        for installer in InstallerCommand.all(of: index, in: facts(of: step), source.text) {
            guard var request = OtherInstallers.read(installer) else { continue }
            if !namesUnread { request.pins.removeAll { $0.kind == .unreadCommand } }
            add(request, constrainedNames: [], index: index, step: step, source: source)
            isRead = true
        }
        return isRead
    }

    /// Records a command of a program that is not known, when it looks as if it fetches.
    mutating func addUnknown(_ index: Int, in facts: CommandFacts, _ source: CommandSource) {
        let commands = facts.commands
        let command = commands[index]
        guard let name = command.name else {
            // `$CMD install x`: a program that is not known does what its words say.
            let next = command.words.dropFirst().prefix(2).compactMap(\.text)
            // `$MAKE install`, `$SUDO make install`
            let variable = command.words.first?.raw.filter { !"\"${}()".contains($0) }
            if variable == "MAKE" || ["make", "gmake", "ninja", "cmake"].contains(next.first ?? "") { return }
            let isFetching = next.contains { Self.verbs.contains($0) || Installers.knows($0) && $0.count > 2 }
            if isFetching || command.words.dropFirst().contains(where: Self.isRemote) {
                addUnknown(command, "the program is known only during the build", source)
            } else if isUnknownLine(index, in: commands, source.text) {
                addUnknown(command, "the command is known only during the build", source)
            } else if isHandedOn(command) {
                addUnknown(command, "an earlier step gives the program", source)
            } else if Self.isSplitOtherwise(command) {
                addUnknown(command, "IFS says where it is split", source)
            }
            return
        }
        guard !Self.local.contains(name), !name.isEmpty, !isWrapper(index, in: commands),
            !isFunction(index, in: commands)
        else { return }
        if Self.isBraced(command) { return addUnknown(command, "bash makes several words of it", source) }
        let words = command.words.dropFirst()
        let operands = words.filter { !($0.text ?? "").hasPrefix("-") }
        if BuildTools.fetches(name, operands.map { $0.text ?? "" }, words.map { $0.text ?? "" }) {
            return addUnknown(command, "what the project's own files name is not read", source)
        }
        let hasVerb = operands.prefix(2).contains { Self.verbs.contains($0.text ?? "") } && operands.count > 1
        let isFetching = Self.fetching.contains(name)
        // What these programs get, add and install is of a cluster or of this machine.
        let isOfCluster = Self.ofCluster.contains(name)
        let remote = operands.contains(where: Self.isRemote)
        if name == "helm", !remote, !fetchesChart(operands, command) { return }
        guard hasVerb && !isOfCluster || isFetching || remote || name == "helm" else { return }
        if words.contains(where: {
            ["push", "upload", "publish", "login", "logout", "config", "--help", "--version"].contains($0.text ?? "")
        }) {
            return
        }
        // A written hash that is checked afterwards says what was fetched.
        if Downloads.Checks.strength(of: words.map { $0.partialText }, after: index, facts) != .floating {
            return
        }
        addUnknown(command, "what this program fetches is not read", source)
    }

    private static let ownMachine = ["://localhost", "://127.0.0.1", "://0.0.0.0"]

    /// Whether a word names something of another machine.
    private static func isRemote(_ word: ShellWord) -> Bool {
        let text = word.partialText
        let isNamed = [
            "http://", "https://", "ftp://", "git@", "ssh://", "s3://", "gs://", "hf://", "oci://", "github.com/",
            "gitlab.com/",
        ].contains { text.hasPrefix($0) }
        return isNamed && !ownMachine.contains { text.containsText($0) }
    }

    /// Whether helm gets a chart from a repository, not from a directory (https://helm.sh/docs/helm/helm/).
    private func fetchesChart(_ operands: [ShellWord], _ command: ShellCommand) -> Bool {
        let words = operands.map(\.partialText)
        switch words.first {
        case "pull", "fetch": return true
        case "repo", "dependency", "dependencies", "dep":
            return ["add", "update", "build"].contains(words.dropFirst().first ?? "")
        case "install", "upgrade", "template":
            return !words.dropFirst().contains { word in
                word.hasPrefix(".") || word.hasPrefix("/")
                    || word.contains("/")
                        && site.context.holds(PosixPath.simplified((command.workingDirectory ?? "/") + "/" + word))
            }
        default: return false
        }
    }

    /// Whether a command is one word that only the build knows: all that an instruction or a step runs, `RUN $COMMAND`, or an
    /// expression of a pipeline, `${{ inputs.command }}`.
    private func isUnknownLine(_ index: Int, in commands: [ShellCommand], _ text: SourceText) -> Bool {
        let command = commands[index]
        guard command.words.count == 1, let word = command.words.first, word.text == nil,
            command.origin == .script
        else { return false }
        var raw = word.raw[...]
        if raw.count > 1, raw.hasPrefix("\""), raw.hasSuffix("\"") { raw = raw.dropFirst().dropLast() }
        if raw.hasPrefix(Expressions.prefix) {
            // `if ${{ inputs.dry-run }}; then`: a truth value.
            return raw.hasSuffix("}") && !Self.isCondition(command, text)
        }
        guard raw.hasPrefix("$") || raw.hasPrefix("`") else { return false }
        // A script runs what its caller gives it.
        if ["$@", "$*", "${@}", "${*}"].contains(raw) { return false }
        return commands.indices.allSatisfy { $0 == index || commands[$0].parent == index }
    }

    /// Whether a variable with a known value gives the program, and is split at other characters than blanks.
    private static func isSplitOtherwise(_ command: ShellCommand) -> Bool {
        guard let word = command.words.first, word.text == nil, word.raw.hasPrefix("$"),
            case .known(let separators) = command.variables["IFS"], separators != " \t\n"
        else { return false }
        let name = word.raw.filter { !"${}".contains($0) }
        guard case .known(let value) = command.variables[name] else { return false }
        return value.contains { separators.contains($0) }
    }

    /// Whether the program is written in braces, `{pip,install,numpy}`.
    private static func isBraced(_ command: ShellCommand) -> Bool {
        guard let raw = command.words.first?.raw, raw.utf8.first == UInt8(ascii: "{") else { return false }
        return raw.utf8.last == UInt8(ascii: "}") && raw.utf8.contains(UInt8(ascii: ","))
    }

    /// Whether a command stands directly behind a word that asks for its status.
    private static func isCondition(_ command: ShellCommand, _ text: SourceText) -> Bool {
        let before = text.bytes[..<min(command.range.lowerBound, text.bytes.count)].suffix(maximumWord)
        let word = before.reversed().drop { $0.isASCIIBlank || $0 == UInt8(ascii: "\"") }
            .prefix { $0.isASCIIAlphanumeric || $0 == UInt8(ascii: "!") }
        return ["if", "elif", "while", "until", "!"].contains(String(decoding: word.reversed(), as: UTF8.self))
    }

    /// As far as the word in front of a command is looked for.
    private static let maximumWord = 64

    private mutating func addUnknown(_ command: ShellCommand, _ reason: String, _ source: CommandSource) {
        let line = command.words.prefix(4).map { $0.text ?? $0.raw }.joined(separator: " ")
        addUnread(line, reason, in: source, at: source.text.range(command.range))
    }

    /// Interpreters whose programs are not read.
    private static let interpreters: Set<String> = [
        "perl", "ruby", "node", "nodejs", "php", "lua", "tclsh", "pwsh", "powershell", "deno", "groovy", "osascript",
        "expect", "awk", "gawk", "mawk",
    ]

    /// What a program of another language has in it that runs or loads something.
    private static let runningMarks = [
        "system", "child_process", "popen", "Popen", "spawn", "qx", "`", "getline", "shell_exec", "passthru", "://",
    ]

    /// Whether a word of a command is a program of another language that runs or loads something.
    private static func holdsRunningProgram(_ command: ShellCommand, _ name: String) -> Bool {
        let isAwk = ["awk", "gawk", "mawk"].contains(name)
        if name == "perl", command.words.contains(where: { $0.partialText.hasPrefix("-MCPAN") }) { return true }
        return command.words.indices.dropFirst().contains { index in
            // What awk is given is the program; others name it by an option: `-e`, `-ne`, `-r`.
            let before = command.words[index - 1].text ?? ""
            guard
                isAwk
                    || before.hasPrefix("-")
                        && (before.last.map { (name == "expect" ? "c" : "eErp").contains($0) } ?? false)
            else {
                return false
            }
            // awk asks for a file by the status of `[`, and what serves here is asked whether it does.
            var text = command.words[index].partialText
            for harmless in ["system(\"[ "] + ownMachine { text = text.replacing(harmless, with: "") }
            return runningMarks.contains { text.contains($0) }
        }
    }

    /// Records a program of an interpreter whose language is not read, in a here-document or, where it runs or loads
    /// something, in a word; whether the command was one.
    mutating func addOtherProgram(_ command: ShellCommand, _ source: CommandSource) -> Bool {
        guard let name = command.name, Self.interpreters.contains(name),
            command.redirections.contains(where: { $0.symbol == "<<" || $0.symbol == "<<-" })
                || Self.holdsRunningProgram(command, name)
        else { return false }
        addUnread(
            command.words.prefix(4).map { $0.text ?? $0.raw }.joined(separator: " "),
            "the programs of \(name) are not read", in: source, at: source.text.range(command.range))
        return true
    }

    /// Whether a command runs another one that is listed after it.
    private func isWrapper(_ index: Int, in commands: [ShellCommand]) -> Bool {
        commands.indices.contains(index + 1) && commands[index + 1].parent == index
            && commands[index + 1].origin != .substitution
    }

    /// Whether a command calls a function, whose commands are listed after it.
    private func isFunction(_ index: Int, in commands: [ShellCommand]) -> Bool {
        commands.indices.contains(index + 1) && commands[index + 1].parent == index && commands[index + 1].isFromCall
    }
}
