import EnvironmentInventory

/// `docker pull`, `podman pull`, `skopeo copy docker://...`, `crane pull`: images that a command fetches
/// (https://docs.docker.com/reference/cli/docker/image/pull/).
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
        let isImagePull = names.starts(with: ["image", "pull"])
        guard names.first == "pull" || isImagePull, let word = operands.dropFirst(isImagePull ? 2 : 1).first else {
            return nil
        }
        return InstallRequest(pins: [pin(word, "\(program) pull", command)])
    }

    private static func pin(_ word: CommandWord, _ by: String, _ command: InstallerCommand) -> Pin {
        guard let text = word.text else {
            // The variables can decide, unless the tag is written out.
            let tag = UnknownReference.floatingTag(of: word.raw.filter { $0 != "\"" })
            return word.pin(
                .image, tag == nil ? .unknown : .floating, requestedBy: by, in: command,
                reason: tag.map { $0.isEmpty ? "it has no tag" : "\($0) is whatever was pushed last" })
        }
        let name = text.hasPrefix("docker://") ? String(text.dropFirst("docker://".count)) : text
        guard let reference = ImageReference(name) else {
            return word.pin(.image, .unknown, requestedBy: by, in: command, reason: "it is no image reference")
        }
        let strength = reference.strength
        return word.pin(
            .image, strength, requestedBy: by, in: command,
            reason: strength == .floating
                ? reference.tag.map { "\($0) is whatever was pushed last" } ?? "it has no tag" : nil)
    }
}
