import DockerfileSyntax
import EnvironmentInventory
import SourceDocuments

/// Documents that a script holds itself and hands to a builder or to a cluster: `cat > Dockerfile <<EOF`,
/// `docker build - <<EOF`, `kubectl apply -f - <<EOF`.
extension CommandReader {
    private static let maximumEmbedding = 3

    /// Reads the here-document of a command, where it is a Dockerfile or holds objects of Kubernetes.
    mutating func readDocument(_ index: Int, _ step: RunStep, _ source: CommandSource) {
        let command = step.commands[index]
        guard let name = command.name, Self.readers.contains(name),
            let (heredoc, isLiteral) = Self.heredoc(of: command, in: facts(of: step))
        else { return }
        let words = command.words.dropFirst().map(\.partialText)
        let text =
            isLiteral
            ? heredoc
            : Interpolation.expanded(heredoc, isBraced: false) { name in
                if case .known(let value) = command.variables[name] { value } else { nil }
            }
        switch name {
        case "cat", "tee":
            var targets = command.redirections.filter { [">", ">>", ">|"].contains($0.symbol) }
                .compactMap { $0.target?.partialText }
            if name == "tee" { targets += words.filter { !$0.hasPrefix("-") } }
            let facts = facts(of: step)
            let isDockerfile = targets.map { PosixPath.lastComponent($0) }
                .contains { DockerfileName.isOne($0) || site.facts.isBuilt($0, orBy: facts) }
            if isDockerfile { readDockerfile(text, source) }
        case "kubectl", "oc", "kind":
            let verbs: Set<String> = ["apply", "create", "replace"]
            let isInput = words.contains { ["-", "-f-", "-f=-", "--filename=-", "--config=-"].contains($0) }
            if isInput, words.contains(where: { verbs.contains($0) }) { readObjects(text, source) }
        default:
            let isInput = words.contains { ["-", "-f-", "-f=-", "--file=-"].contains($0) }
            if isInput, words.prefix(3).contains("build") { readDockerfile(text, source) }
        }
    }

    /// Reads the Dockerfile that a command builds from, where its name does not say that it is one, or names it.
    mutating func readOtherDockerfile(_ index: Int, _ step: RunStep, _ source: CommandSource) {
        let command = step.commands[index]
        guard let program = command.name, ImageBuildFetcher.programs.contains(program),
            let word = ImageBuildFetcher.dockerfile(of: command.words.map { CommandWord($0, in: source.text) })
        else { return }
        let name = word.text ?? word.raw
        let last = PosixPath.lastComponent(name)
        guard !DockerfileName.isOne(last.filter { $0 != "\"" }), !site.facts.isWritten(last, orBy: facts(of: step))
        else { return }
        var context = site.context
        context.embeddingDepth += 1
        guard let path = word.text, let found = find(path, command, step), found.path != nil,
            case .text(let text) = found.file, context.embeddingDepth <= Self.maximumEmbedding
        else {
            return addUnread(
                "\(program) build -f \(name)", "the Dockerfile that it names is not read", in: source,
                at: source.text.range(command.range))
        }
        guard readCalls.insert("\(text.name) build").inserted else { return }
        add(file: text, kind: "dockerfile")
        let place = FileLocation(
            file: source.text.name, line: source.text.place(at: command.range.lowerBound).line)
        var other = DockerfileCheck.read(Dockerfile.parse(text), options: DockerfileOptions(), context: context)
        // What it copies may be made by the same script.
        other.missing = []
        other.pins = other.pins.map { $0.used(by: source.usedBy ?? place) }
        reading.merge(other)
    }

    private static let readers: Set<String> = [
        "cat", "tee", "docker", "podman", "nerdctl", "buildah", "kubectl", "oc", "kind",
    ]

    /// The here-document that a command reads, its own or that of the `cat` in front of it, and whether the shell leaves it as
    /// it is written; nil when there is none.
    private static func heredoc(
        of command: ShellCommand, in facts: CommandFacts
    ) -> (text: MappedText, isLiteral: Bool)? {
        func own(_ command: ShellCommand) -> (MappedText, Bool)? {
            guard let found = command.redirections.last(where: { $0.heredoc != nil }), let text = found.heredoc else {
                return nil
            }
            return (text, found.target.map { $0.raw.contains { "'\"\\".contains($0) } } ?? true)
        }
        if let found = own(command) { return found }
        return facts.feeder(of: command) { $0.name == "cat" }.flatMap { own($0) }
    }

    private mutating func readDockerfile(_ text: MappedText, _ source: CommandSource) {
        var context = site.context
        context.embeddingDepth += 1
        guard context.embeddingDepth <= Self.maximumEmbedding else {
            return addUnread(
                "a Dockerfile in a here-document", "Dockerfiles are nested too deeply", in: source,
                at: source.text.range(text.fileRange(0..<text.count)))
        }
        let place = source.text.range(text.fileRange(0..<text.count)).start
        let build = ImageBuild(
            base: .manifest, context: ".", dockerfile: "", arguments: [:], contexts: [:],
            location: FileLocation(file: source.text.name, line: place.line), unread: nil)
        let embedded = EmbeddedDockerfile(
            content: SourceText(name: source.text.name, bytes: text.bytes), mapped: text, host: source.text,
            build: build)
        var found = embedded.read(options: DockerfileOptions(), context: context)
        // What it copies may be made by the same script.
        found.missing = []
        found.pins = found.pins.map { $0.used(by: source.usedBy) }
        reading.merge(found)
    }

    private mutating func readObjects(_ text: MappedText, _ source: CommandSource) {
        let content = SourceText(name: source.text.name, bytes: text.bytes)
        let nothing = BuildContext { _ in .missing }
        var objects = ManifestReader(
            ManifestSource(text: content, neighbours: nothing, checkout: nothing), kind: KubernetesManifest.kind)
        guard (try? KubernetesManifest.read(&objects)) != nil else {
            return addUnread(
                "a manifest in a here-document", "it is not YAML before the shell expands it", in: source,
                at: source.text.range(text.fileRange(0..<text.count)))
        }
        for pin in objects.result.reading.pins where pin.file == content.name {
            let range = source.text.range(text.fileRange(content.offsets(of: pin.range)))
            let subject = pin.subject.replacing(Expressions.prefix, with: "${")
            reading.pins.append(pin.moved(to: range).named(subject).used(by: source.usedBy))
        }
    }
}
