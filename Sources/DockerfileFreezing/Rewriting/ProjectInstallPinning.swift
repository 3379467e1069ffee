import DockerfileSyntax
import EnvironmentInventory
import SourceDocuments

/// `npm install` becomes `npm ci`, and `yarn install`, `pnpm install`, `uv sync`, `pipenv install` and `pixi install` are told
/// to keep to their lock, where the build context holds that lock and an instruction has put it into the command's directory.
extension RewritingPlan {
    private struct Manner {
        let locks: [String]
        let remedy: String
    }

    private static let manners: [String: Manner] = [
        "npm": Manner(
            locks: ["package-lock.json", "npm-shrinkwrap.json"],
            remedy: "Commit package-lock.json, COPY it, and run npm ci"),
        "yarn": Manner(locks: ["yarn.lock"], remedy: "Commit yarn.lock, COPY it, and run yarn install --immutable"),
        "pnpm": Manner(
            locks: ["pnpm-lock.yaml"], remedy: "Commit pnpm-lock.yaml, COPY it, and run pnpm install --frozen-lockfile"),
        "bun": Manner(
            locks: ["bun.lock", "bun.lockb"], remedy: "Commit bun.lock, COPY it, and run bun install --frozen-lockfile"),
        "uv": Manner(locks: ["uv.lock"], remedy: "Commit uv.lock, COPY it, and run uv sync --locked"),
        "pipenv": Manner(
            locks: ["Pipfile.lock"], remedy: "Commit Pipfile.lock, COPY it, and run pipenv install --deploy"),
        "pixi": Manner(locks: ["pixi.lock"], remedy: "Commit pixi.lock, COPY it, and run pixi install --locked"),
    ]

    private static let subjects: Set<String> = [
        "npm install", "npm i", "yarn", "yarn install", "pnpm install", "pnpm i", "bun install", "bun i", "uv sync",
        "pipenv install", "pixi install", "pixi run", "pixi shell-hook",
    ]

    /// Whether a finding is about a whole project, which a lock beside it holds.
    func isProject(_ finding: Finding) -> Bool { Self.subjects.contains(finding.subject ?? "") }

    mutating func pinProject(_ finding: Finding) -> PinFailure? {
        guard isProject(finding) else {
            return PinFailure(
                "it is installed by name",
                remedy: "List it in package.json, commit package-lock.json, and run npm ci")
        }
        guard let range = finding.range, let (run, index, word) = command(with: range) else {
            return PinFailure("it is in no command that can be edited")
        }
        let command = run.commands[index]
        guard let program = command.name, let manner = Self.manners[program] else {
            return PinFailure("its program is not known")
        }
        guard run.interpreter == .shell, !run.isTrigger, command.words[word].standsInFile,
            command.words[word].uses.isEmpty
        else { return PinFailure("its command cannot be edited", remedy: manner.remedy) }
        for elsewhere in [
            "--prefix", "-C", "--cwd", "--dir", "--directory", "--project", "--manifest-path", "-g", "--global",
        ] {
            if command.words.contains(where: {
                ($0.text ?? "").hasPrefix(elsewhere) && $0.text?.first == "-"
                    && ($0.text == elsewhere || ($0.text ?? "").hasPrefix(elsewhere + "="))
            }) {
                return PinFailure("\(elsewhere) applies it to another directory", remedy: manner.remedy)
            }
        }
        guard let (lock, text) = lock(manner.locks, run, command) else {
            return PinFailure(
                "no \(manner.locks[0]) of the build context is in its directory", remedy: manner.remedy)
        }
        let pinned: String
        switch program {
        case "npm":
            let wrong = ["--no-package-lock", "--no-save", "--save", "-S", "-D", "--save-dev", "--no-shrinkwrap"]
            if let option = command.words.compactMap(\.text).first(where: { wrong.contains($0) }) {
                return PinFailure("\(option) is not an argument that npm ci takes", remedy: manner.remedy)
            }
            guard command.words[word].text != "npm" else { return PinFailure("its command cannot be edited") }
            add(TextEdit(range: command.words[word].range, replacement: "ci"))
            pinned = "npm ci"
        case "yarn":
            // Yarn 2 and later write their own format, and know the option by another name.
            let option = text.string(0..<text.bytes.count).contains("__metadata:") ? "--immutable" : "--frozen-lockfile"
            insert(" " + option, at: endInsideQuotes(command.words[word].range))
            pinned = "\(finding.subject ?? "yarn") \(option)"
        default:
            let option =
                ["pnpm": "--frozen-lockfile", "bun": "--frozen-lockfile", "pipenv": "--deploy"][program] ?? "--locked"
            insert(" " + option, at: endInsideQuotes(command.words[word].range))
            pinned = "\(finding.subject ?? program) \(option)"
        }
        noteChange(command.line, finding.subject ?? program, "\(pinned) (\(lock))")
        return nil
    }

    /// The first lock that an instruction has put into a command's directory, by its path in the build context.
    private func lock(_ names: [String], _ run: RunStep, _ command: ShellCommand) -> (String, SourceText)? {
        guard let folder = command.workingDirectory else { return nil }
        for name in names {
            let path = folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
            for place in model.contextSources(for: path, at: run.instructionIndex) {
                guard case .context(let file) = place else { return nil }
                if let text = facts.contextFile(file) { return (file, text) }
            }
        }
        return nil
    }
}
