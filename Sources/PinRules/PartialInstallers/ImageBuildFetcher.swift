import EnvironmentInventory
import SourceDocuments

/// What commands that build images take from elsewhere: a context, a Dockerfile or a named context at an address
/// (https://docs.docker.com/reference/cli/docker/buildx/build/,
/// https://github.com/containers/buildah/blob/main/docs/buildah-build.1.md).
enum ImageBuildFetcher: InstallerCommandReader {
    static let programs: Set<String> = ["docker", "podman", "nerdctl", "buildah", "img", "docker-compose"]

    static let grammar = OptionGrammar(valueOptions: [
        "--add-host", "--allow", "--annotation", "--arch", "--attest", "--authfile", "--build-arg", "--build-arg-file",
        "--build-context", "--builder", "--cache-from", "--cache-to", "--call", "--cap-add", "--cap-drop", "--cert-dir",
        "--cgroup-parent", "--config", "--context", "-c", "--cpu-period", "--cpu-quota", "--cpu-shares",
        "--cpuset-cpus", "--cpuset-mems", "--creds", "--device", "--dns", "--env", "--env-file", "--format", "-f",
        "--file", "--host", "-H", "--iidfile", "--isolation", "--jobs", "--label", "-l", "--layer-label",
        "--log-level", "--manifest", "-m", "--memory", "--memory-swap", "--metadata-file", "--network",
        "--no-cache-filter", "-o", "--output", "--os", "-p", "--platform", "--profile", "--progress",
        "--project-directory", "--project-name", "--provenance", "--pull-policy", "--registries-conf", "--retry",
        "--sbom", "--secret", "--set", "--shm-size", "--sign-by", "--squash-all", "--ssh", "-t", "--tag", "--target",
        "--ulimit", "--unsetenv", "--userns", "-v", "--volume", "--variable",
    ])

    static func read(_ command: InstallerCommand) -> InstallRequest? {
        guard let program = command.program, programs.contains(program) else { return nil }
        let arguments = grammar.arguments(command.words.dropFirst())
        let names = arguments.operands.map { $0.text ?? "" }
        if program == "docker-compose" || names.first == "compose" { return compose(arguments, command) }
        guard let verb = names.prefix(2).firstIndex(where: verbs.contains) else { return nil }
        if arguments.operands.dropFirst(verb + 1).contains(where: isElsewhere) {
            return UnreadFetcher.unread("the context is fetched from another place", command)
        }
        let files = arguments.all("-f", "--file")
        if files.contains(where: { $0.valueWord.map(isElsewhere) ?? false }) {
            return UnreadFetcher.unread("the file to build from is fetched from another place", command)
        }
        for context in arguments.all("--build-context") {
            guard let value = context.value, let equals = value.firstIndex(of: "=") else { continue }
            let source = String(value[value.index(after: equals)...])
            if isAddress(source), !source.containsText("@sha256:") {
                return UnreadFetcher.unread(
                    "the build context \(value[..<equals]) is fetched from another place", command)
            }
        }
        return nil
    }

    /// The Dockerfile that a command builds from; nil where it says none, or takes it from standard input.
    static func dockerfile(of words: [CommandWord]) -> CommandWord? {
        let arguments = grammar.arguments(words.dropFirst())
        let names = arguments.operands.prefix(2).map { $0.text ?? "" }
        guard words.first?.text?.hasSuffix("docker-compose") != true, names.first != "compose",
            names.contains(where: verbs.contains), !names.contains("bake"),
            let option = arguments.option("-f", "--file"), option.value != "-", let word = option.valueWord,
            !isElsewhere(word)
        else { return nil }
        return option.value.map { CommandWord(text: $0, raw: word.raw, range: word.range) } ?? word
    }

    private static let verbs: Set<String> = ["build", "bud", "b", "bake"]

    /// `docker compose -f ADDRESS up`.
    private static func compose(
        _ arguments: OptionGrammar.Arguments, _ command: InstallerCommand
    ) -> InstallRequest? {
        guard arguments.all("-f", "--file").contains(where: { $0.valueWord.map(isElsewhere) ?? false }) else {
            return nil
        }
        return UnreadFetcher.unread("the compose file is fetched from another place", command)
    }

    private static func isElsewhere(_ word: CommandWord) -> Bool { isAddress(word.text ?? word.raw) }

    /// Whether a context is one that a builder fetches (https://docs.docker.com/build/concepts/context/#remote-context).
    static func isAddress(_ text: String) -> Bool {
        if text.hasPrefix("file://") { return false }
        return text.containsText("://") || text.hasPrefix("git@") || text.hasPrefix("github.com/")
            || text.hasPrefix("oci:") || text.hasPrefix("docker-image:")
    }
}
