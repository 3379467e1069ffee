import EnvironmentInventory
import SourceDocuments

/// One word of a command as an installer's reader sees it.
struct CommandWord: Sendable {
    /// The text; nil when it cannot be known.
    let text: String?
    /// The word as it is written.
    let raw: String
    /// Its place in the file.
    let range: SourceRange
}

/// A command of a RUN instruction as an installer's reader sees it.
struct InstallerCommand: Sendable {
    /// The words; the first one names the program.
    let words: [CommandWord]
    /// The file that holds the command.
    let file: String
    /// The name of the program without its folder; nil when it cannot be known.
    let program: String?
    /// The value of an environment variable at this point; nil when it is not set or not known.
    var variable: @Sendable (String) -> String?
}

extension CommandWord {
    /// Whether a word that cannot be known is a variable of options, `${WGET_FLAGS}`, and names nothing to fetch.
    var holdsOptions: Bool {
        let name = raw.uppercased()
        return ["FLAGS", "OPTS", "OPTIONS", "ARGS"].contains { name.containsText($0) } && !raw.contains("/")
    }

    /// The pin that this word asks for.
    func pin(
        _ kind: Pin.Kind, _ strength: PinStrength, requestedBy by: String, in command: InstallerCommand,
        subject: String? = nil,
        ecosystem: Ecosystem? = nil, reason: String? = nil
    ) -> Pin {
        Pin(
            kind: kind, ecosystem: ecosystem, subject: subject ?? text ?? raw, strength: strength, file: command.file,
            range: range, requestedBy: by, reason: reason)
    }
}

/// A reader of one installer's command lines: one file in `Installers/`, one line in ``Installers``.
protocol InstallerCommandReader: Sendable {
    /// What a command asks for; nil when it is not this installer's or installs nothing.
    static func read(_ command: InstallerCommand) -> InstallRequest?
}

/// The list of all installers whose command lines are read.
enum Installers {
    static let all: [any InstallerCommandReader.Type] = [
        ApkInstaller.self,
        AptInstaller.self,
        CargoInstaller.self,
        CondaInstaller.self,
        ContainerInstaller.self,
        GemInstaller.self,
        GitInstaller.self,
        GoInstaller.self,
        JuliaInstaller.self,
        LabExtensionInstaller.self,
        ModelInstaller.self,
        NixInstaller.self,
        NpmInstaller.self,
        ObjectFetcher.self,
        PipInstaller.self,
        ToolchainInstaller.self,
        PythonToolInstaller.self,
        RInstaller.self,
        RegistryFetcher.self,
        RpmInstaller.self,
    ]

    private static let programs = Set([
        "apk", "apt-get", "apt", "aptitude", "cargo", "conda", "mamba", "micromamba", "pixi", "gem", "bundle",
        "bundler",
        "git", "go", "hf", "huggingface-cli", "modelscope", "ollama", "spacy", "npm", "npx", "yarn", "pnpm", "pnpx",
        "bun",
        "bunx", "uv", "uvx", "poetry", "pdm", "R", "Rscript", "r", "install2.r", "installGithub.r", "yum", "dnf",
        "dnf5", "microdnf", "tdnf", "zypper", "rpm", "apt-fast", "nala", "install_packages", "littler", "install.r",
        "installBioc.r", "corepack", "pip-sync", "mim", "julia",
        "jupyter", "jupyter-labextension", "docker", "podman", "nerdctl", "skopeo", "crane",
    ]).union(ObjectFetcher.programs).union(RegistryFetcher.programs).union(NixInstaller.programs)
        .union(ToolchainInstaller.programs)

    /// Whether a program is one whose command line is read; most commands of a script are done with here.
    static func knows(_ program: String) -> Bool {
        programs.contains(program) || program.hasPrefix("pip") || program.hasPrefix("py")
            || program.hasPrefix("easy_install")
    }

    /// What a command asks for, whoever installs it.
    static func read(_ command: InstallerCommand) -> InstallRequest? {
        for installer in all {
            if let request = installer.read(command) { return request }
        }
        return nil
    }
}
