import DockerfileSyntax
import EnvironmentInventory
import SourceDocuments

/// Commands that a program runs which no reader knows: `$RUN pip install x`, `./retry.sh pip install x` with a script that is
/// not at hand, `hatch env run -- pip install x`, `docker exec c sh -c 'pip install x'`.
extension CommandReader {
    /// Programs that run what their words say, behind options and words of their own.
    private static let carriers: Set<String> = [
        "hatch", "srun", "mpirun", "kubectl", "oc", "flock", "xvfb-run", "ssh", "vagrant", "singularity", "apptainer",
        "lxc",
        "nsenter", "tox", "mise", "direnv", "proot", "numactl", "taskset", "docker-compose", "buildah", "nix-shell",
    ]

    /// Programs that do so behind one of these words.
    static let containers: Set<String> = ["docker", "podman", "nerdctl"]

    private static let shells: Set<String> = ["sh", "bash", "dash", "ash", "zsh"]

    /// As far as the command is looked for.
    private static let maximumWords = 64

    /// Reads the command that another one runs; whether there was one.
    @discardableResult
    mutating func readPrefixed(_ index: Int, _ step: RunStep, _ source: CommandSource) -> Bool {
        let command = step.commands[index]
        guard command.words.count > 2, runsOthers(command) else { return false }
        // Only of what runs others does a word further behind begin a command.
        let isNear = command.name.map { $0.hasSuffix(".sh") } ?? true
        for position in 1..<min(isNear ? 2 : Self.maximumWords, command.words.count - 1) {
            guard let program = command.words[position].text.map({ PosixPath.lastComponent($0) }) else { continue }
            if Self.shells.contains(program), readShell(command, optionAt: position + 1, in: step, source) {
                return true
            }
            guard Installers.knows(program) else { continue }
            let words = command.words[position...].map { CommandWord($0, in: source.text) }
            let whole = InstallerCommand(command, in: source.text)
            let inner = InstallerCommand(
                words: words, file: whole.file, program: program, variable: whole.variable)
            guard let request = Installers.read(inner) else { continue }
            add(request, constrainedNames: [], index: index, step: step, source: source)
            return true
        }
        // What stands behind a word that only the build knows is a command all the same.
        return isNear && command.words[1].text.map { Installers.knows($0) } ?? false
    }

    private func runsOthers(_ command: ShellCommand) -> Bool {
        guard let name = command.name else { return true }
        if name.hasSuffix(".sh") || Self.carriers.contains(name) { return true }
        return Self.containers.contains(name)
            && command.words.dropFirst().prefix(4).contains { ["exec", "run"].contains($0.text ?? "") }
    }

    /// Reads the text behind the `-c` of a shell; whether there was one.
    private mutating func readShell(
        _ command: ShellCommand, optionAt start: Int, in step: RunStep, _ source: CommandSource
    ) -> Bool {
        guard start + 1 < command.words.count, source.depth < Self.maximumDepth,
            let option = command.words[start].text, option.hasPrefix("-"), option.hasSuffix("c")
        else { return false }
        let word = command.words[start + 1]
        guard word.text != nil else {
            addUnread(
                word.raw, requestedBy: command.name ?? "", "the command is known only during the build", in: source,
                at: source.text.range(word.range))
            return true
        }
        let inner = CommandSource(
            text: source.text, usedBy: source.usedBy, hasSnapshot: source.hasSnapshot, depth: source.depth + 1)
        read(
            step.step(ofCommandLine: word.mapped, in: source.text, by: command, directory: ".", setting: []), inner)
        return true
    }
}
