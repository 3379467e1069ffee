import DockerfileSyntax
import EnvironmentInventory
import SourceDocuments

/// Reads a Dockerfile: its images, what ADD fetches, what RUN installs, and what a container installs when it starts.
struct DockerfileReader {
    let model: DockerfileModel
    let text: SourceText
    let context: BuildContext
    private var reading = FileReading()

    /// Returns what a Dockerfile says.
    static func read(_ dockerfile: Dockerfile, options: DockerfileOptions, context: BuildContext) -> FileReading {
        var reader = DockerfileReader(
            model: DockerfileModel(dockerfile, options: options), text: dockerfile.text, context: context)
        reader.readProblems()
        reader.readImages()
        reader.readSources()
        reader.readCopies()
        reader.readSteps()
        reader.readStarts(reader.model.starts)
        reader.readStarts(reader.model.probes, areProbes: true)
        var reading = reader.reading
        reading.files.insert((CheckResult.File(path: dockerfile.text.name, kind: "dockerfile"), dockerfile.text), at: 0)
        reading.pragmas[dockerfile.text.name] = Pragmas(
            dockerfile.text, spans: dockerfile.instructions.map { $0.startLine...max($0.startLine, $0.endLine) })
        return reading
    }

    private init(model: DockerfileModel, text: SourceText, context: BuildContext) {
        self.model = model
        self.text = text
        self.context = context
    }

    /// More problems than these say no more than that the file is not a Dockerfile.
    private static let maximumProblems = 16

    private mutating func readProblems() {
        let problems = model.dockerfile.problems + model.problems
        if problems.count > Self.maximumProblems {
            let rest = problems[Self.maximumProblems]
            let count = problems.count - Self.maximumProblems
            reading.addUnreadable(
                "\(count) more lines could not be read: is it a Dockerfile?", in: text.name, at: rest.range)
        }
        for problem in problems.prefix(Self.maximumProblems) {
            reading.addUnreadable(problem.reason, in: text.name, at: problem.range)
        }
    }

    // MARK: Images

    private mutating func readImages() {
        for image in model.images {
            // What is neither known nor a reference has been reported as a problem already.
            if image.isKnown, image.reference == nil { continue }
            let requestedBy = Self.instruction(of: image)
            let (strength, reason) = Self.strength(of: image)
            reading.pins.append(
                Pin(
                    kind: .image, subject: image.text, strength: strength, file: text.name,
                    range: text.range(image.range), requestedBy: requestedBy, reason: reason))
            // A digest with a variable of its own stays a digest whatever the variable is set to.
            if image.hasOverridableDigest, !image.written.containsText("@sha256:") {
                reading.pins.append(
                    Pin(
                        kind: .overridableDigest, subject: image.text, strength: .hashed, file: text.name,
                        range: text.range(image.range), requestedBy: requestedBy,
                        reason: image.variables.joined(separator: ", ")))
            }
        }
    }

    private static func instruction(of image: ImageUse) -> String {
        switch image.role {
        case .from: "FROM"
        case .copyFrom: "COPY --from"
        case .mountFrom: "RUN --mount=from"
        case .syntax: "# syntax"
        case .onbuild: "ONBUILD"
        }
    }

    private static func strength(of image: ImageUse) -> (PinStrength, String?) {
        switch image.strength {
        case .unknown:
            if let tag = UnknownReference.floatingTag(of: image.text) {
                return (.floating, tag.isEmpty ? "it has no tag" : "\(tag) is whatever was pushed last")
            }
            let names = image.variables.isEmpty ? "a variable" : image.variables.joined(separator: ", ")
            return (.unknown, "the file gives no value of \(names)")
        case .floating:
            return (.floating, image.reference?.tag.map { "\($0) is whatever was pushed last" } ?? "it has no tag")
        default: return (image.strength, nil)
        }
    }

    // MARK: ADD

    /// What the build context has to hold: the sources of COPY and ADD, and of bind mounts.
    private mutating func readSources() {
        for copy in model.copies where copy.origin == .context {
            for source in copy.sources where source.heredoc == nil {
                guard let path = source.text, !RemoteSource.isRemote(path) else { continue }
                if !context.holds(path) { reading.missing.insert(path) }
            }
        }
        for mount in model.runs.flatMap(\.mounts) where mount.type == "bind" && mount.origin == .context {
            guard let path = mount.source, !path.isEmpty, !context.holds(path) else { continue }
            reading.missing.insert(path)
        }
    }

    /// ADD of URLs and of git repositories.
    private mutating func readCopies() {
        for copy in model.copies where copy.isAdd && copy.origin == .context {
            for source in copy.sources where source.heredoc == nil {
                let written = source.text ?? source.written
                guard RemoteSource.isRemote(written) else { continue }
                let (kind, strength, reason) = Self.added(written, isKnown: source.text != nil, copy.checksum)
                reading.pins.append(
                    Pin(
                        kind: kind, subject: written, strength: strength, file: text.name,
                        range: text.range(source.range), requestedBy: "ADD", reason: reason))
            }
        }
    }

    /// What pins a source of ADD: a checksum, or the commit in its address.
    private static func added(
        _ source: String, isKnown: Bool, _ checksum: String?
    ) -> (Pin.Kind, PinStrength, String?) {
        if RemoteSource.isGit(source) {
            // The checksum of a repository is its commit (https://docs.docker.com/reference/dockerfile/#add---checksum).
            if let checksum { return (.gitCheckout, GitReference.isCommit(checksum) ? .hashed : .unknown, nil) }
            let reference = source.split(separator: "#", maxSplits: 1).dropFirst().first?.split(separator: ":").first
            let (strength, reason) = GitReference.strength(reference)
            return (.gitCheckout, !isKnown && strength != .hashed ? .unknown : strength, reason)
        }
        if let checksum { return (.download, Digest(checksum) != nil ? .hashed : .unknown, nil) }
        if CommitAddress.namesCommit(source) {
            return (.download, .exact, "its URL names a commit, and nothing checks its bytes")
        }
        return (.download, .floating, "it has no --checksum")
    }

    // MARK: Commands

    private mutating func readSteps() {
        let snapshots = PackageSnapshots(model, context)
        var reader = CommandReader(CommandSite(model, context: context))
        for step in model.runs {
            if let code = Self.pythonScript(of: step) {
                reader.readPython(
                    step.script, command: code, step: step,
                    source: CommandSource(text: text, usedBy: nil, hasSnapshot: false, depth: 0))
                continue
            }
            reader.read(
                step, CommandSource(text: text, usedBy: nil, hasSnapshot: snapshots.isSet(for: step), depth: 0))
        }
        reading.merge(reader.reading)
    }

    /// The empty command of a RUN whose here-document Python reads; nil for every other RUN.
    private static func pythonScript(of step: RunStep) -> ShellCommand? {
        guard case .other(let line) = step.interpreter,
            line.split(whereSeparator: { " /\t".contains($0) }).contains(where: { PythonCommand.isPython(String($0)) })
        else { return nil }
        return step.emptyCommand
    }

    /// CMD and ENTRYPOINT that install: what runs is not what was built.
    ///
    /// - Parameter areProbes: whether they are health checks; what one asks for over the network is an answer.
    private mutating func readStarts(_ steps: [RunStep], areProbes: Bool = false) {
        var reader = CommandReader(CommandSite(model, context: context))
        for step in steps {
            reader.read(step, CommandSource(text: text, usedBy: nil, hasSnapshot: false, depth: 0))
        }
        // A server that loads its model is not an installation; a script that calls pip is one.
        let scripts = Set(reader.reading.files.filter { $0.file.kind == "shell" }.map(\.file.path))
        for pin in reader.reading.pins where pin.installsAtStart {
            if areProbes, pin.kind == .download { continue }
            let isOfServer = pin.kind == .modelDownload || pin.kind == .download
            guard pin.file == text.name || scripts.contains(pin.file) || !isOfServer else { continue }
            reading.pins.append(pin.atStart)
        }
        let said = scripts.union(reading.pins.map(\.file))
        for file in reader.reading.files where said.contains(file.file.path) {
            if reading.pragmas[file.file.path] == nil {
                reading.pragmas[file.file.path] = reader.reading.pragmas[file.file.path]
                reading.files.append(file)
            }
        }
    }
}
