import EnvironmentInventory

/// Images that programs without a daemon fetch: `crane export`, `buildah from`, `apptainer pull`, `apptainer build`,
/// `regctl image export` (https://github.com/google/go-containerregistry/blob/main/cmd/crane/doc/crane.md,
/// https://apptainer.org/docs/user/latest/cli.html, https://github.com/regclient/regclient).
enum ImageCopyInstaller: InstallerCommandReader {
    static let programs: Set<String> = ["crane", "buildah", "singularity", "apptainer", "regctl"]

    private static let grammar = OptionGrammar(valueOptions: [
        "--platform", "--authfile", "--creds", "--cert-dir", "--name", "--arch", "--os", "--variant", "--cap-add",
        "--volume", "-v", "--format", "--isolation", "--network", "--dir", "--tmpdir", "-B", "--bind", "--env",
        "--pwd", "-H", "--home", "--docker-username", "--docker-password", "--host", "--verbosity", "--export-ref",
    ])

    static func read(_ command: InstallerCommand) -> InstallRequest? {
        guard let program = command.program, programs.contains(program) else { return nil }
        let operands = grammar.arguments(command.words.dropFirst()).operands
        let names = operands.map { $0.text ?? "" }
        switch program {
        case "crane":
            guard ["export", "copy", "cp", "flatten", "mutate"].contains(names.first ?? "") else { return nil }
            return image(operands.dropFirst().first, "crane \(names[0])", command)
        case "buildah":
            guard names.first == "from" || names.first == "pull" else { return nil }
            return image(operands.dropFirst().first, "buildah \(names[0])", command)
        case "regctl":
            guard names.first == "image", ["export", "copy", "cp", "get-file"].contains(names.dropFirst().first ?? "")
            else { return nil }
            return image(operands.dropFirst(2).first, "regctl image \(names[1])", command)
        default: return container(operands, of: program, command)
        }
    }

    private static func image(_ word: CommandWord?, _ by: String, _ command: InstallerCommand) -> InstallRequest? {
        guard let word, word.text != "scratch", !(word.text ?? "").isEmpty || word.text == nil else { return nil }
        // What lies in a folder or an archive is at hand.
        let local = [
            "oci:", "dir:", "oci-archive:", "docker-archive:", "containers-storage:", "ocidir://", "ocifile://",
        ]
        if local.contains(where: { (word.text ?? word.raw).hasPrefix($0) }) { return nil }
        return InstallRequest(pins: [ContainerInstaller.pin(word, by, command)])
    }

    /// `pull [FILE] SOURCE`, `build FILE SOURCE`, and `run`, `exec` and `shell` of a source.
    private static func container(
        _ operands: [CommandWord], of program: String, _ command: InstallerCommand
    ) -> InstallRequest? {
        guard let verb = operands.first?.text, ["pull", "build", "run", "exec", "shell", "instance"].contains(verb)
        else {
            return nil
        }
        let by = "\(program) \(verb)"
        let fetched = operands.dropFirst().first { word in
            let text = word.text ?? word.raw
            return text.containsText("://") && !text.hasPrefix("file://")
        }
        if let fetched {
            if (fetched.text ?? fetched.raw).hasPrefix("docker://") {
                return InstallRequest(pins: [ContainerInstaller.pin(fetched, by, command)])
            }
            return UnreadFetcher.unread("what this program fetches is not read", command)
        }
        guard verb == "build", let definition = operands.dropFirst(2).first else { return nil }
        // An image or a folder is at hand; a definition names what it is built from.
        if let text = definition.text, [".sif", ".simg", ".img", "/"].contains(where: { text.hasSuffix($0) }) {
            return nil
        }
        return UnreadFetcher.unread("the definition file is not read", command)
    }
}
