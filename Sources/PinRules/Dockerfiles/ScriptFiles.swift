import DockerfileSyntax
import EnvironmentInventory

/// Scripts of the build context that RUN instructions run: `COPY install.sh /` and `RUN /install.sh`.
///
/// Their commands are read as the instruction's own; a finding lies in the script, and says which line runs it. A script
/// that the base image, a download or an earlier command has put there is not at hand and nothing is said of it.
extension DockerfileCheck {
    private static let deepest = 8
    private static let mostCalls = 256
    private static let searchPath = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]

    /// Reads the script that a command runs, if it runs one that can be found.
    mutating func follow(script command: ShellCommand, _ run: RunStep, _ source: CommandSource) {
        guard source.depth < Self.deepest, scriptCalls.count < Self.mostCalls, let call = ScriptCall(command),
            isCopied(call), let found = find(call, command, run)
        else { return }
        switch found.file {
        case .missing:
            // Programs and scripts of other languages are not followed, so nothing is missed in them.
            let isShell = [".sh", ".bash"].contains { call.path.hasSuffix($0) }
            guard isShell || call.namesShell && isNamed(call.path), !isDownloaded(call, run) else { return }
            findings.append(notChecked(call, source, "the build context does not hold it"))
        case .unreadable(let reason):
            if call.namesShell { findings.append(notChecked(call, source, reason)) }
        case .text(let file):
            let text = found.path == nil ? self.text : file
            let content = found.content ?? MappedText(file.bytes, 0..<file.bytes.count)
            let key = "\(text.name) \(content.offset(of: 0)) \(call.arguments.map { $0.text ?? $0.raw })"
            guard scriptCalls.insert(key).inserted,
                let (step, problems) = run.step(
                    ofScript: content, in: text, call: call, by: command, isElsewhere: text.name != source.text.name)
            else { return }
            if found.path != nil { scripts[text.name] = text }
            for problem in problems {
                findings.append(
                    Finding(
                        rule: UnreadableFile.rule.name, severity: .error, file: text.name, range: problem.range,
                        message: problem.reason, help: UnreadableFile.rule.help))
            }
            let place = "\(source.text.name):\(source.text.place(at: call.word.range.lowerBound).line)"
            read(
                step,
                CommandSource(
                    text: text, usedBy: source.usedBy ?? place,
                    hasSnapshot: source.hasSnapshot || PackageSnapshots.namesSnapshot(content.string),
                    depth: source.depth + 1))
        }
    }

    private func notChecked(_ call: ScriptCall, _ source: CommandSource, _ reason: String) -> Finding {
        Self.notChecked(CommandWord(call.word, in: source.text), in: source.text.name, reason, nil)
    }

    /// Whether a command of the same RUN fetches a file of that name: then it is the download that is spoken of.
    private func isDownloaded(_ call: ScriptCall, _ run: RunStep) -> Bool {
        guard let name = call.path.split(separator: "/").last else { return false }
        return run.commands.contains { command in
            guard ["curl", "wget", "aria2c", "gsutil", "aws"].contains(command.name ?? "") else { return false }
            return (command.words + command.redirections.compactMap(\.target)).contains {
                $0.partialText.hasSuffix(name)
            }
        }
    }

    /// Whether an instruction can have put a file of that name there: most commands are programs of the image.
    private mutating func isCopied(_ call: ScriptCall) -> Bool {
        if call.namesShell || call.path.contains("/") { return true }
        return isNamed(call.path)
    }

    private mutating func isNamed(_ path: String) -> Bool {
        copiedNames.contains(String(path.split(separator: "/").last ?? ""))
    }

    static func copiedNames(_ model: DockerfileModel) -> Set<String> {
        var names = Set<String>()
        func add(_ path: String?) {
            if let name = path?.split(separator: "/").last { names.insert(String(name)) }
        }
        for copy in model.copies {
            add(copy.destination)
            for source in copy.sources { add(source.text) }
        }
        for mount in model.runs.flatMap(\.mounts) {
            add(mount.source)
            add(mount.target)
        }
        return names
    }

    private func find(_ call: ScriptCall, _ command: ShellCommand, _ run: RunStep) -> Found? {
        guard call.isSearched else { return find(call.path, command, run) }
        var folders = Self.searchPath
        if case .known(let path) = command.variables["PATH"] {
            folders = path.split(separator: ":").map(String.init)
        }
        for folder in folders where folder.hasPrefix("/") {
            if let found = find(folder + "/" + call.path, command, run) { return found }
        }
        return nil
    }
}
