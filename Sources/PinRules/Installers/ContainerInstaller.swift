import EnvironmentInventory

/// `docker pull`, `docker run`, `podman pull`, `skopeo copy docker://...`, `crane pull`: images that a command fetches
/// (https://docs.docker.com/reference/cli/docker/image/pull/, https://docs.docker.com/reference/cli/docker/container/run/).
enum ContainerInstaller: InstallerCommandReader {
    private static let grammar = OptionGrammar(valueOptions: [
        "--platform", "-c", "--context", "-H", "--host", "--config", "-l", "--log-level", "--authfile", "--creds",
        "--src-creds", "--dest-creds", "--retry-times", "--override-arch", "--override-os", "--format", "--tlscacert",
    ])

    static func read(_ command: InstallerCommand) -> InstallRequest? {
        guard let program = command.program,
            ["docker", "podman", "nerdctl", "skopeo", "crane"].contains(program)
        else { return nil }
        let operands = grammar.arguments(command.words.dropFirst()).operands
        let names = operands.map { $0.text ?? "" }
        if program == "skopeo" {
            guard names.first == "copy", let word = operands.dropFirst().first,
                word.text?.hasPrefix("docker://") ?? word.raw.hasPrefix("docker://")
            else { return nil }
            return InstallRequest(pins: [pin(word, "skopeo copy", command)])
        }
        if let run = run(program, command) { return run }
        let isImagePull = names.starts(with: ["image", "pull"])
        guard names.first == "pull" || isImagePull, let word = operands.dropFirst(isImagePull ? 2 : 1).first else {
            return nil
        }
        return InstallRequest(pins: [pin(word, "\(program) pull", command)])
    }

    /// The options of `docker run` and `docker create` that take no value.
    private static let runFlags: Set<String> = [
        "-d", "--detach", "--disable-content-trust", "--help", "--init", "-i", "--interactive", "--no-healthcheck",
        "--oom-kill-disable", "--privileged", "-P", "--publish-all", "-q", "--quiet", "--read-only", "--rm",
        "--sig-proxy", "-t", "--tty", "--tls-verify", "--replace", "--no-hosts", "--rootfs",
    ]

    /// The image of `docker run`; nil for another command, and for an image without a registry and a tag, which an earlier
    /// command may have built.
    private static func run(_ program: String, _ command: InstallerCommand) -> InstallRequest? {
        guard program != "crane" else { return nil }
        var words = command.words.dropFirst()
        if words.first?.text == "container" { words = words.dropFirst() }
        guard let verb = words.first?.text, verb == "run" || verb == "create" else { return nil }
        words = words.dropFirst()
        while let word = words.first {
            guard let text = word.text else {
                guard word.holdsOptions else { break }
                words = words.dropFirst()
                continue
            }
            guard text.hasPrefix("-") else { break }
            words = words.dropFirst()
            if text.contains("=") || runFlags.contains(text) { continue }
            // `-it`, `-dit`; `-p80:80` holds its value itself.
            let isShort = !text.hasPrefix("--")
            if isShort, text.count > 2 { continue }
            words = words.dropFirst()
        }
        guard let word = words.first else { return InstallRequest() }
        guard let text = word.text else { return InstallRequest(pins: [pin(word, "\(program) \(verb)", command)]) }
        guard ImageReference(text) != nil else { return InstallRequest() }
        let name = text.prefix { $0 != ":" && $0 != "@" }
        let isLocal = !name.contains("/") && !publicNames.contains(String(name)) || name.hasPrefix("localhost")
        return isLocal ? InstallRequest() : InstallRequest(pins: [pin(word, "\(program) \(verb)", command)])
    }

    /// Names of one part that are the public registry's own images rather than ones that were built here.
    private static let publicNames: Set<String> = [
        "alpine", "amazonlinux", "bash", "busybox", "caddy", "centos", "debian", "docker", "fedora", "golang",
        "haproxy",
        "hello-world", "httpd", "influxdb", "mariadb", "maven", "memcached", "mongo", "mysql", "nats", "nginx", "node",
        "openjdk", "perl", "php", "postgres", "python", "rabbitmq", "redis", "registry", "ruby", "rust", "swift",
        "tomcat", "traefik", "ubuntu", "vault", "zookeeper",
    ]

    /// The pin of an image that a command names.
    static func pin(_ word: CommandWord, _ by: String, _ command: InstallerCommand) -> Pin {
        guard let text = word.text else {
            // The variables can decide, unless the tag is written out.
            let tag = UnknownReference.floatingTag(of: word.raw.filter { $0 != "\"" })
            return word.pin(
                .image, tag == nil ? .unknown : .floating, requestedBy: by, in: command,
                reason: tag.map { $0.isEmpty ? "it has no tag" : "\($0) is whatever was pushed last" })
        }
        let name = text.hasPrefix("docker://") ? String(text.dropFirst("docker://".count)) : text
        guard let reference = ImageReference(name) else {
            return word.pin(.image, .unknown, requestedBy: by, in: command, reason: "it is not an image reference")
        }
        let strength = reference.strength
        return word.pin(
            .image, strength, requestedBy: by, in: command,
            reason: strength == .floating
                ? reference.tag.map { "\($0) is whatever was pushed last" } ?? "it has no tag" : nil)
    }
}
