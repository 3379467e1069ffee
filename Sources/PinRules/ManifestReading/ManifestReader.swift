import DockerfileSyntax
import EnvironmentInventory
import SourceDocuments

/// A file that names images, builds and commands, and is not a Dockerfile: one file in `Manifests/`, one line in ``Manifests``.
protocol Manifest: Sendable {
    /// What the file is called in the report.
    static var kind: String { get }
    /// Whether the name of a file fits; ``recognizes(_:)`` checks the content.
    static func matches(path: String) -> Bool
    /// Whether a file whose name fits is one by its content.
    static func recognizes(_ source: ManifestSource) -> Bool
    /// Reads the file.
    static func read(_ reader: inout ManifestReader) throws(DocumentError)
}

extension Manifest {
    static func recognizes(_ source: ManifestSource) -> Bool { true }
}

/// The list of all manifests.
package enum Manifests {
    static let all: [any Manifest.Type] = [
        ComposeFile.self,
        GitHubWorkflow.self,
        GitHubAction.self,
        GitLabPipeline.self,
        CircleCIConfiguration.self,
        AzurePipeline.self,
        JenkinsPipeline.self,
        Devcontainer.self,
        BakeFile.self,
        SkaffoldFile.self,
        CogFile.self,
        BentoFile.self,
        MLProject.self,
        AzureMLFile.self,
        HelmDefinitions.self,
        HelmValues.self,
        KubernetesManifest.self,
    ]

    /// Whether a file may be a manifest by its path; its content decides.
    package static func mayBe(path: String) -> Bool {
        !ManifestPath.isOther(path) && all.contains { $0.matches(path: path) }
    }

    /// Reads a manifest; nil for any other file.
    ///
    /// - Parameter role: what another manifest uses it as, whatever its name; nil for a file that was found by itself.
    package static func read(_ source: ManifestSource, as role: UsedManifest.Role? = nil) -> ManifestReading? {
        let used: (any Manifest.Type)? =
            switch role {
            case .gitLab: GitLabPipeline.self
            case .compose: ComposeFile.self
            case .azure: AzurePipeline.self
            case .jenkins: JenkinsPipeline.self
            case .action, nil: nil
            }
        let named = all.first { $0.matches(path: source.text.name) && $0.recognizes(source) }
        guard let manifest = used ?? named else { return nil }
        var reader = ManifestReader(source, kind: manifest.kind)
        do { try manifest.read(&reader) } catch {
            if source.isTemplate { return readTemplate(source, manifest, error) }
            let position = error.place ?? SourcePosition(line: 1, column: 1)
            reader.result.reading.addUnreadable(
                error.reason, in: source.text.name, at: SourceRange(start: position, end: position))
        }
        if manifest == KubernetesManifest.self, source.isTemplate {
            reader.add(TemplateImages.inManifest(source.text))
        }
        return reader.result
    }
}

extension Manifests {
    /// Reads a template with variables in place of its actions; a template that is not YAML is not an error.
    private static func readTemplate(
        _ source: ManifestSource, _ manifest: any Manifest.Type, _ error: DocumentError
    ) -> ManifestReading? {
        var reader = ManifestReader(source.withoutActions, kind: manifest.kind)
        if (try? manifest.read(&reader)) == nil {
            let place = error.place ?? SourcePosition(line: 1, column: 1)
            reader.result = ManifestReader(source, kind: manifest.kind).result
            reader.result.reading.findings.append(
                Finding(
                    rule: UnreadCommand.rule.name, severity: .warning, file: source.text.name,
                    range: SourceRange(start: place, end: place),
                    message: "the template is not read: \(error.reason)", help: UnreadCommand.rule.help,
                    strength: .unknown))
        }
        if manifest == KubernetesManifest.self { reader.add(TemplateImages.inManifest(source.text)) }
        reader.result.reading.files = reader.result.reading.files.map { file, text in
            (file, text.name == source.text.name ? source.text : text)
        }
        // A subject shows the actions, not the variables in their place.
        reader.result.reading.pins = reader.result.reading.pins.map { pin in
            guard pin.subject.containsText("${_"), pin.file == source.text.name,
                pin.range.start.line == pin.range.end.line
            else { return pin }
            let quotes: Set<Character> = ["\"", "'"]
            let written = source.text.string(source.text.offsets(of: pin.range))
            let inner = written.first.map { quotes.contains($0) && written.count > 1 && written.last == $0 } ?? false
            return written.isEmpty ? pin : pin.named(inner ? String(written.dropFirst().dropLast()) : written)
        }
        return reader.result
    }
}

/// The text of a manifest and the files that it can name.
package struct ManifestSource: Sendable {
    /// The text; its name is how findings name the file.
    package let text: SourceText
    /// The files below the manifest's own directory.
    package let neighbours: BuildContext
    /// The files of the repository, in which workflows run.
    package let checkout: BuildContext
    /// The manifest's own directory from the root of the checkout; empty for the root, nil where it is not known.
    package var directory: String?
    /// Whether the directory above the manifest's own is that of a Helm chart.
    package var isBelowChart = false

    /// Creates a source.
    package init(
        text: SourceText, neighbours: BuildContext, checkout: BuildContext, directory: String? = nil
    ) {
        self.text = text
        self.neighbours = neighbours
        self.checkout = checkout
        self.directory = directory
    }

    /// The manifest's own directory as commands see it that run in the checkout.
    var directoryInCheckout: String {
        let directories = ManifestPath.directories(of: text.name)
        guard let root = directories.lastIndex(of: ".github") else { return "/" }
        return "/" + directories[root...].joined(separator: "/")
    }

    /// Whether the text holds actions of a template language.
    var isTemplate: Bool { text.isTemplate }

    func contains(_ word: String) -> Bool { text.bytes[...].containsBytes(Array(word.utf8)) }

    func hasLine(startingWith start: String) -> Bool { text.hasLine(startingWith: start) }

    /// Whether a document of the file has keys at its root, whatever their spelling.
    func hasDocument(with keys: String...) -> Bool { YAMLRootKeys.has(keys, in: text) }

    /// Whether the text holds a word as a key, in quotes or without.
    func names(key: String) -> Bool { text.bytes[...].namesKey(Array(key.utf8)) }
}

/// Collects what a manifest names.
struct ManifestReader {
    let source: ManifestSource
    var result = ManifestReading()
    /// The number of the steps so far.
    private var stepCount = 0
    private let facts = StepFacts()
    /// The effects of the commands so far: the scripts that were read, and settings that were written.
    var commandState = CommandReader.State()
    private var jobCount = 0

    var text: SourceText { source.text }

    init(_ source: ManifestSource, kind: String) {
        self.source = source
        result.reading.files = [(CheckResult.File(path: source.text.name, kind: kind), source.text)]
        result.reading.pragmas[source.text.name] = Pragmas(source.text)
    }

    // MARK: Images

    /// Records an image reference.
    ///
    /// - Parameter isKnown: false when variables in it have no value; the parts around them still count.
    mutating func addImage(_ written: String, isKnown: Bool = true, at range: SourceRange, requestedBy: String) {
        let name = written.hasPrefix("docker://") ? String(written.dropFirst("docker://".count)) : written
        guard !name.isEmpty, name != "scratch" else { return }
        let (strength, reason) = Self.strength(of: name, isKnown: isKnown)
        result.reading.pins.append(
            Pin(
                kind: .image, subject: name, strength: strength, file: text.name, range: range,
                requestedBy: requestedBy,
                reason: reason))
    }

    static func strength(of name: String, isKnown: Bool) -> (PinStrength, String?) {
        if isKnown, let reference = ImageReference(name) {
            guard reference.strength == .floating else { return (reference.strength, nil) }
            return (.floating, reference.tag.map { "\($0) is whatever was pushed last" } ?? "it has no tag")
        }
        if let at = name.lastIndex(of: "@"), Digest(name[name.index(after: at)...]) != nil { return (.hashed, nil) }
        if let tag = UnknownReference.floatingTag(of: name) {
            return (.floating, tag.isEmpty ? "it has no tag" : "\(tag) is whatever was pushed last")
        }
        return (.unknown, isKnown ? "it is not an image reference" : "the file does not give all of its parts")
    }

    // MARK: Packages

    /// Records a package that a list of the manifest names.
    mutating func addPackage(_ node: DocumentNode, requestedBy: String, _ read: (CommandWord, InstallerCommand) -> Pin?)
    {
        guard let written = node.text else { return }
        let word = CommandWord(text: written, raw: written, range: node.range)
        let command = InstallerCommand(words: [word], file: text.name, program: nil, variable: { _ in nil })
        if let pin = read(word, command) { result.reading.pins.append(pin) }
    }

    /// Records a file that the manifest installs from, relative to its directory.
    mutating func addFile(_ node: DocumentNode, _ form: InstalledFileForm) {
        guard let path = node.text else { return }
        let word = CommandWord(text: path, raw: path, range: node.range)
        switch source.neighbours.file(path) {
        case .text(let file):
            let use = FileUse(FileLocation(file: text.name, line: node.range.start.line))
            let neighbours = source.neighbours
            let directory = path.split(separator: "/").dropLast().joined(separator: "/")
            result.reading.followed.append(
                FollowedFile(
                    file, form: form,
                    context: .init { name in
                        switch neighbours.file(directory.isEmpty ? name : directory + "/" + name) {
                        case .text(let text): .success(text)
                        case .missing: .failure(.init(reason: Self.noSuchFile))
                        case .unreadable(let reason): .failure(.init(reason: reason))
                        }
                    }, uses: [use]))
        case .missing: addUnfollowed(word, Self.noSuchFile)
        case .unreadable(let reason): addUnfollowed(word, reason)
        }
    }

    private mutating func addUnfollowed(_ word: CommandWord, _ reason: String) {
        var reader = CommandReader(site(StepFacts(), source.neighbours))
        reader.addUnfollowed(
            word, reason, nil, in: CommandSource(text: text, usedBy: nil, hasSnapshot: false, depth: 0))
        result.reading.merge(reader.reading)
    }

    // MARK: Commands

    /// Starts the steps of another job.
    mutating func startJob() {
        jobCount += 1
        commandState.handedOn = [:]
    }

    /// Adds a script as the next step of the job.
    ///
    /// - Returns: the step, and what its commands see.
    mutating func nextStep(_ script: MappedText, _ place: Place) -> (step: RunStep, site: CommandSite) {
        stepCount += 1
        var step = RunStep(
            script: script, in: text, index: stepCount, job: jobCount, interpreter: place.interpreter,
            workingDirectory: place.directory, variables: place.variables)
        step.stopsAtFailure = place.stopsAtFailure
        facts.append(step)
        return (step, site(facts, place.isCheckout ? source.checkout : source.neighbours))
    }

    /// Records a part of the manifest that is not read.
    mutating func addUnread(_ subject: String, requestedBy: String, _ reason: String, at range: SourceRange) {
        add(unread(subject, requestedBy: requestedBy, reason, at: range))
    }

    private func unread(_ subject: String, requestedBy: String, _ reason: String, at range: SourceRange) -> Pin {
        Pin(
            kind: .unreadCommand, subject: subject, strength: .unknown, file: text.name, range: range,
            requestedBy: requestedBy, reason: reason)
    }

    /// Records a manifest that this one uses; if the file does not exist, records that it is not read.
    ///
    /// - Parameters:
    ///   - path: the path in the form of ``UsedManifest/path``.
    ///   - subject: how the manifest writes it.
    mutating func addUse(
        _ path: String, as role: UsedManifest.Role, named subject: String, requestedBy: String, at range: SourceRange
    ) {
        let pin = unread(subject, requestedBy: requestedBy, Self.noSuchFile, at: range)
        result.used.append(UsedManifest(path: path, role: role, unread: pin))
    }

    private static let noSuchFile = "there is no such file"

    /// Records a pin.
    mutating func add(_ pin: Pin) { result.reading.pins.append(pin) }

    /// Returns where commands run: a checkout has every file of its root.
    private func site(_ facts: StepFacts, _ context: BuildContext) -> CommandSite {
        CommandSite(
            text: text, context: context, facts: facts,
            sources: { path, _, isAnswer in _ = isAnswer(.context(String(path.drop { $0 == "/" }))) }, copiedNames: nil)
    }

    // MARK: Builds

    /// Records a build whose paths are relative to the manifest or to the checkout; one that cannot be followed is not read.
    ///
    /// - Parameters:
    ///   - context: the directory of the build context; nil when the file does not give it.
    ///   - dockerfile: the Dockerfile's path; nil for `Dockerfile` in the context.
    ///   - isKnown: false when the file does not give the Dockerfile's path.
    mutating func addBuild(
        context: String?, dockerfile: String?, isKnown: Bool = true, base: ImageBuild.Base = .manifest,
        arguments: [String: String] = [:], contexts: [String: String] = [:], at position: SourcePosition
    ) {
        let range = SourceRange(start: position, end: position)
        addFrontend(arguments, at: range)
        guard let context, isKnown, !context.contains("$"), !(dockerfile ?? "").contains("$") else {
            let subject = dockerfile ?? context ?? "build"
            return addUnread(subject, requestedBy: "build", "its path is known only during the build", at: range)
        }
        if context.containsText("://") || context.hasPrefix("git@") {
            return addUnread(context, requestedBy: "build", "its context is fetched from another place", at: range)
        }
        let path = dockerfile ?? Self.joined(context, "Dockerfile")
        result.builds.append(
            ImageBuild(
                base: base, context: context, dockerfile: path, arguments: arguments, contexts: contexts,
                location: FileLocation(file: text.name, line: position.line),
                unread: unread(path, requestedBy: "build", Self.noSuchFile, at: range)))
    }

    /// Records the image that reads the Dockerfile, where an argument of the build names it
    /// (https://docs.docker.com/build/buildkit/frontend/).
    private mutating func addFrontend(_ arguments: [String: String], at range: SourceRange) {
        guard let image = arguments["BUILDKIT_SYNTAX"], !image.isEmpty else { return }
        addImage(image, isKnown: !image.contains("$"), at: range, requestedBy: "BUILDKIT_SYNTAX")
    }

    /// Records a Dockerfile that is written in the manifest; its positions are those of the manifest.
    ///
    /// - Parameters:
    ///   - variables: those that the manifest's own tool puts in.
    ///   - isBraced: whether only `${..}` is one of them.
    mutating func addInlineDockerfile(
        _ node: DocumentNode, context: String, arguments: [String: String], contexts: [String: String],
        variables: [String: String], isBraced: Bool
    ) {
        guard node.string != nil else {
            return addUnread(
                "inline Dockerfile", requestedBy: "build", "its text is known only during the build", at: node.range)
        }
        addFrontend(arguments, at: node.range)
        let mapped = Interpolation.expanded(EmbeddedText.text(of: node, in: text), isBraced: isBraced) { variables[$0] }
        result.dockerfiles.append(
            EmbeddedDockerfile(
                content: SourceText(name: text.name, bytes: mapped.bytes), mapped: mapped, host: text,
                pragmas: result.reading.pragmas[text.name],
                build: ImageBuild(
                    base: .manifest, context: context, dockerfile: "", arguments: arguments, contexts: contexts,
                    location: FileLocation(file: text.name, line: node.place.line), unread: nil)))
    }

    /// A path below a directory; an absolute one stays as it is.
    static func joined(_ directory: String, _ path: String) -> String {
        path.hasPrefix("/") || directory.isEmpty || directory == "." ? path : directory + "/" + path
    }
}
