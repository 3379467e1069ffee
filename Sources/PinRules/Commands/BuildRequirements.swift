import DockerfileSyntax
import EnvironmentInventory
import SourceDocuments

/// What pip builds a project of the build context with: `requires` of its build-system, which `--no-deps` says nothing of
/// (https://peps.python.org/pep-0518/#build-system-table).
extension CommandReader {
    /// Names a project whose own dependencies are left out and whose build takes what is newest.
    mutating func addBuildRequirements(
        of installer: InstallerCommand, _ command: ShellCommand, _ step: RunStep, _ source: CommandSource
    ) {
        for word in PipInstaller.builtProjects(installer) {
            guard let text = word.text else { continue }
            let path = text.prefix { $0 != "[" }
            guard let found = find(path + "/pyproject.toml", command, step), case .text(let file) = found.file,
                let root = try? TOMLReader.read(file),
                let requires = root[keys: "build-system", "requires"]?.array
            else { continue }
            let floating = requires.compactMap(\.string).first { text in
                let word = CommandWord(text: text, raw: text, range: word.range)
                return PythonArgument.pin(word, requestedBy: "", in: installer)?.strength == .floating
            }
            guard let floating else { continue }
            addUnread(
                "pip install --no-deps \(text)",
                "it is built with \(floating), which the build-system of its pyproject.toml does not pin", in: source,
                at: word.range)
        }
    }
}
