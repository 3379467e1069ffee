import DockerfileSyntax
import EnvironmentInventory
import SourceDocuments

/// Commands of manifests: steps of a job, and what a container runs when it starts.
extension ManifestReader {
    /// Where a job's commands run.
    struct Place {
        /// The directory below the root of the files; nil when it cannot be known.
        var directory: String? = "/"
        var variables: ScriptVariables = [:]
        var interpreter = ShellInterpreter.shell
        /// Whether the commands see the repository rather than the manifest's own directory.
        var isCheckout = true
        /// Whether the first command that fails ends the step, as `set -e` does.
        var stopsAtFailure = true
    }

    /// Records the commands of a node: a string, or a list of strings that run one after another.
    mutating func addCommands(
        _ node: DocumentNode?, _ place: Place, rewriting rewrite: ((MappedText) -> MappedText)? = nil
    ) {
        guard let node else { return }
        if let list = node.array {
            for item in list { addCommands(item, place, rewriting: rewrite) }
            return
        }
        guard node.string != nil else { return }
        var script = EmbeddedText.text(of: node, in: text)
        if let rewrite { script = rewrite(script) }
        // In one expression, the steps so far would be copied: `self` is loaded before the call that changes it.
        let found = reading(of: script, place)
        result.reading.merge(asWritten(found))
    }

    /// Records a command as devcontainers write it: a string for a shell, a list for a program and its arguments.
    mutating func addCommandLine(_ node: DocumentNode, _ place: Place) {
        guard let words = node.array else { return addCommands(node, place) }
        addCommands(DocumentNode(.string(Self.line(words)), range: node.range), place)
    }

    /// Records what a container installs when it starts: what runs is not what was built.
    ///
    /// - Parameters:
    ///   - nodes: `command` and `args`, `entrypoint` and `command`: strings for a shell, or lists of words.
    ///   - isProbe: whether it is asked for again and again, and what it asks for is an answer.
    mutating func addStart(_ nodes: [DocumentNode], _ place: Place, isProbe: Bool = false) {
        startJob()
        var words: [DocumentNode] = []
        for node in nodes {
            if let list = node.array {
                words += list
            } else {
                addStarted(EmbeddedText.text(of: node, in: text), place, isProbe)
            }
        }
        guard let first = words.first, let program = first.string else { return }
        let name = PosixPath.lastComponent(program)
        if ["sh", "bash", "dash", "ash", "zsh"].contains(name) {
            let option = words.firstIndex { $0.string.map { $0.hasPrefix("-") && $0.hasSuffix("c") } ?? false }
            guard let option, option + 1 < words.count else { return }
            return addStarted(EmbeddedText.text(of: words[option + 1], in: text), place, isProbe)
        }
        guard Installers.knows(name), let last = words.last else { return }
        let range = SourceRange(start: first.range.start, end: last.range.end)
        let line = DocumentNode(.string(Self.line(words)), range: range)
        addStarted(EmbeddedText.text(of: line, in: text), place, isProbe)
    }

    /// Records what a container installs when it is asked whether it is well; what a probe asks for over the network is no
    /// download.
    mutating func addProbe(_ nodes: [DocumentNode], _ place: Place) { addStart(nodes, place, isProbe: true) }

    private mutating func addStarted(_ script: MappedText, _ place: Place, _ isProbe: Bool) {
        let found = reading(of: script, place)
        for pin in asWritten(found).pins where pin.installsAtStart && pin.file == text.name {
            if isProbe, pin.kind == .download { continue }
            add(pin.atStart)
        }
    }

    private mutating func reading(of script: MappedText, _ place: Place) -> FileReading {
        let (step, site) = nextStep(script, place)
        var reader = CommandReader(site)
        reader.state = commandState
        // Else the first change would copy all of it.
        commandState = CommandReader.State()
        defer { commandState = reader.state }
        let source = CommandSource(text: text, usedBy: nil, hasSnapshot: false, depth: 0)
        if case .other(let line) = place.interpreter,
            line.split(separator: " ").contains(where: { PythonCommand.isPython(String($0)) })
        {
            reader.readPython(script, command: step.emptyCommand, step: step, source: source)
        } else {
            reader.read(step, source)
        }
        return reader.reading
    }

    private static func line(_ words: [DocumentNode]) -> String {
        words.compactMap(\.text).map { "'" + $0.replacing("'", with: "'\\''") + "'" }.joined(separator: " ")
    }

    /// What commands say, with the expressions of the file in the place of the variables that stand for them.
    private func asWritten(_ reading: FileReading) -> FileReading {
        var reading = reading
        func written(_ subject: String, _ range: SourceRange?, _ file: String) -> String? {
            guard let range, file == text.name, subject.containsText(Expressions.prefix) else { return nil }
            let offsets = text.offsets(of: range)
            let isOneLine = range.start.line == range.end.line
            // In a folded text a command has no place of its own.
            return !offsets.isEmpty && isOneLine
                ? text.string(offsets) : Expressions.written(subject, in: text)
        }
        reading.pins = reading.pins.map { pin in
            written(pin.subject, pin.range, pin.file).map { pin.named($0) } ?? pin
        }
        reading.findings = reading.findings.map { finding in
            guard let subject = finding.subject, let text = written(subject, finding.range, finding.file) else {
                return finding
            }
            return finding.named(text, insteadOf: subject)
        }
        return reading
    }
}

extension Finding {
    /// Returns the finding under another subject, in its message too.
    fileprivate func named(_ subject: String, insteadOf old: String) -> Finding {
        var finding = Finding(
            rule: rule, severity: severity, file: file, range: range, message: message.replacing(old, with: subject),
            help: help, ecosystem: ecosystem, subject: subject, strength: strength, usedBy: usedBy)
        finding.replacement = replacement
        return finding
    }
}
