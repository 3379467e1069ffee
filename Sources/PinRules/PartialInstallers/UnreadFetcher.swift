import EnvironmentInventory
import SourceDocuments

/// Programs that are known to install or fetch, and whose command lines are not understood: each of their fetching commands
/// is named, never passed over.
enum UnreadFetcher: InstallerCommandReader {
    private struct Program {
        /// The first word, or the first two, with which it fetches; empty for any command line.
        var verbs: Set<String> = []
        /// Words with which it fetches nothing.
        var silent: Set<String> = []
        var reason = "what this program fetches is not read"
    }

    /// A program that installs what files of the project name.
    private static func project(_ verbs: Set<String> = [], silent: Set<String> = []) -> Program {
        Program(verbs: verbs, silent: silent, reason: "what the project's own files name is not read")
    }

    private static let nothing: Set<String> = ["--help", "-h", "--version", "-V", "--dry-run"]

    private static let apt = Program(
        verbs: ["build-dep", "download", "source", "dselect-upgrade"],
        reason: "the packages that it takes, and their versions, are not read")
    private static let rpm = Program(
        verbs: ["builddep", "build-dep", "download", "system-upgrade", "reposync", "source-install", "si"],
        reason: "the packages that it takes, and their versions, are not read")
    private static let bootstrap = Program(
        silent: ["--print-debs"], reason: "it takes the packages of a distribution as they are that day")
    private static let upgrade = Program(reason: "every package is updated to its newest version")
    private static let repository = Program(
        verbs: ["checkout", "co", "export", "update", "up", "switch", "sw", "branch", "clone", "get", "pull", "init"])

    private static let programs: [String: Program] = [
        "tox": project(
            silent: [
                "-l", "--listenvs", "-a", "--listenvs-all", "--showconfig", "list", "l", "config", "c", "quickstart",
                "q", "depends", "de", "--help-ini", "--hi",
            ]),
        "nox": project(silent: ["-l", "--list", "--list-sessions", "--no-install", "-R"]),
        "just": project(
            silent: [
                "-l", "--list", "--summary", "--dump", "--evaluate", "--fmt", "-s", "--show", "--init", "-n",
                "--variables", "--completions", "--groups", "--man", "--changelog",
            ]),
        "invoke": project(silent: ["-l", "--list"]), "inv": project(silent: ["-l", "--list"]),
        "hatch": project(["env create", "env run", "run", "test", "fmt", "shell", "build", "python install"]),
        "flit": project(["install"]), "pyproject-build": project(silent: ["-n", "--no-isolation"]),
        "uv": project(["build"], silent: ["--no-build-isolation"]),
        "pre-commit": project(["run", "install-hooks", "try-repo", "autoupdate"]),
        "prek": project(["run", "install-hooks", "prepare-hooks", "try-repo", "auto-update"]),
        "earthly": project(silent: ["ls", "doc", "account", "org", "prune"]),
        "dagger": project(["run", "call", "develop", "install", "update"]),
        "act": project(silent: ["-l", "--list", "-n"]),
        "nixpacks": project(["build"]), "apko": project(["build", "publish", "build-minirootfs"]),
        "packer": project(["init", "build"]), "ko": project(["build", "publish", "apply", "create", "resolve"]),
        "pack": Program(
            verbs: ["build", "builder create", "rebase"], reason: "the builder and its image are not read"),
        "cibuildwheel": project(silent: ["--print-build-identifiers"]), "carton": project(["install", "update"]),
        "pod": project(["install"]), "terraform": project(["init", "get"]), "tofu": project(["init", "get"]),
        "repo": Program(verbs: ["init", "sync"]), "west": project(["init", "update"]),
        "apt-get": apt, "apt": apt, "aptitude": apt, "nala": apt,
        "unattended-upgrade": upgrade, "unattended-upgrades": upgrade,
        "debootstrap": bootstrap, "mmdebstrap": bootstrap, "cdebootstrap": bootstrap, "multistrap": bootstrap,
        "qemu-debootstrap": bootstrap,
        "dnf": rpm, "dnf5": rpm, "yum": rpm, "microdnf": rpm, "tdnf": rpm, "zypper": rpm,
        "yumdownloader": Program(), "yum-builddep": Program(), "dnf-builddep": Program(), "reposync": Program(),
        "repotrack": Program(),
        "playwright": Program(
            verbs: ["install", "install-deps"], reason: "the browsers that it installs are not read"),
        "kubectl": Program(verbs: ["krew install", "krew upgrade", "krew update"]),
        "svn": repository, "bzr": repository, "brz": repository, "cvs": repository, "darcs": repository,
        "fossil": repository, "hg": Program(verbs: ["clone", "pull"]),
        "lftp": Program(), "ftp": Program(), "ncftpget": Program(), "tftp": Program(), "atftp": Program(),
        "ghcup": Program(verbs: ["install"]), "tlmgr": Program(verbs: ["install", "update"]),
        "install-tl": Program(), "jbang": Program(), "skopeo": Program(verbs: ["sync"]),
        "easybuild": Program(), "mc": Program(verbs: ["cp", "mirror", "get"]),
        "git": Program(verbs: ["annex get", "annex sync"]),
    ]

    /// Modules of Python that are these programs: `python -m tox`.
    private static let modules: [String: String] = [
        "tox": "tox", "nox": "nox", "invoke": "invoke", "hatch": "hatch", "flit": "flit", "build": "pyproject-build",
        "playwright": "playwright", "cibuildwheel": "cibuildwheel",
    ]

    /// Editors whose extensions an option installs.
    private static let editors: Set<String> = ["code-server", "code", "codium", "cursor", "openvscode-server"]

    static func knows(_ program: String) -> Bool { programs[program] != nil || editors.contains(program) }

    static func read(_ command: InstallerCommand) -> InstallRequest? {
        guard var name = command.program else { return nil }
        var words = command.words.dropFirst()
        if case .module(let module, let rest)? = PythonCommand.run(command) {
            guard let program = modules[module] else { return nil }
            (name, words) = (program, rest)
        }
        let texts = words.map { $0.text ?? "" }
        if editors.contains(name) { return extensions(words, command) }
        guard let program = programs[name], nothing.union(program.silent).isDisjoint(with: texts) else { return nil }
        let operands = texts.filter { !$0.hasPrefix("-") }
        if program.verbs.isEmpty {
            // A client of a protocol without a word is a dialogue; a tool of a project does all that its files say.
            guard !words.isEmpty || program.reason != Program().reason else { return nil }
        } else {
            guard let first = operands.first else { return nil }
            let two = operands.prefix(2).joined(separator: " ")
            guard program.verbs.contains(first) || program.verbs.contains(two) else { return nil }
        }
        if isUpload(name, texts) { return nil }
        return unread(program.reason, command)
    }

    /// `lftp -e 'put x'`, `mirror -R`, `mc cp FILE REMOTE`: what is sent is not fetched.
    private static func isUpload(_ name: String, _ texts: [String]) -> Bool {
        if name == "mc" {
            let source = texts.drop { $0 != "cp" && $0 != "mirror" && $0 != "get" }.dropFirst()
                .first { !$0.hasPrefix("-") }
            return source.map { $0.hasPrefix("/") || $0.hasPrefix(".") || !$0.contains("/") && !$0.isEmpty } ?? false
        }
        guard ["lftp", "ftp", "tftp", "atftp"].contains(name) else { return false }
        let line = texts.joined(separator: " ")
        let sends = ["put ", "mirror -R", "mirror --reverse"].contains { line.contains($0) }
        return sends && !line.contains("get ")
    }

    /// `code --install-extension NAME`; a file is at hand.
    private static func extensions(
        _ words: ArraySlice<CommandWord>, _ command: InstallerCommand
    ) -> InstallRequest? {
        let options = OptionGrammar(valueOptions: ["--install-extension"]).arguments(words).all("--install-extension")
        let named = options.filter { !($0.value?.hasSuffix(".vsix") ?? false) || $0.value?.contains("://") ?? true }
        return named.isEmpty ? nil : unread("what this program fetches is not read", command)
    }

    /// What names a command that was not understood.
    static func unread(_ reason: String, _ command: InstallerCommand) -> InstallRequest? {
        guard let first = command.words.first else { return nil }
        let line = command.words.prefix(4).map { $0.text ?? $0.raw }.joined(separator: " ")
        let last = command.words.last ?? first
        let whole = CommandWord(
            text: line, raw: line, range: SourceRange(start: first.range.start, end: last.range.end))
        return InstallRequest(pins: [
            whole.pin(
                .unreadCommand, .unknown, requestedBy: first.text ?? first.raw, in: command, subject: line,
                reason: reason)
        ])
    }
}
