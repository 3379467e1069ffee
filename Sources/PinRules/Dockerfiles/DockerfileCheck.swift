import DockerfileSyntax
import EnvironmentInventory
import LockFormats
import PythonPackaging
import SourceDocuments

/// Checks a Dockerfile, and the files that it installs from.
package struct DockerfileCheck {
    let model: DockerfileModel
    let text: SourceText
    let context: BuildContext
    let require: PinStrength
    var pins: [Pin] = []
    var findings: [Finding] = []
    var followed = FileFindings()
    private var followedPaths = Set<String>()
    /// The scripts of the build context that instructions run, by name.
    var scripts: [String: SourceText] = [:]
    var scriptCalls = Set<String>()
    /// The names of files that instructions put into an image.
    lazy var copiedNames = Self.copiedNames(model)

    /// Finds what a Dockerfile leaves unpinned.
    package static func check(
        _ dockerfile: Dockerfile, options: DockerfileOptions, context: BuildContext, require: PinStrength
    ) -> FileFindings {
        let text = dockerfile.text
        var check = DockerfileCheck(
            model: DockerfileModel(dockerfile, options: options), text: text, context: context, require: require)
        check.readProblems()
        check.readImages()
        check.readCopies()
        check.readRuns()
        var result = FileFindings()
        result.files = [(CheckResult.File(path: text.name, kind: "dockerfile"), text)]
        let pragmas = Pragmas(
            text, spans: dockerfile.instructions.map { $0.startLine...max($0.startLine, $0.endLine) })
        result.files += check.scripts.values.sorted { $0.name < $1.name }.map {
            (CheckResult.File(path: $0.name, kind: "shell"), $0)
        }
        let pragmasOfScripts = check.scripts.mapValues { Pragmas($0) }
        for finding in check.findings + PinRules.findings(check.pins, require: require) {
            if (finding.file == text.name ? pragmas : pragmasOfScripts[finding.file])?.allow(finding) ?? false {
                result.suppressed.append(finding)
            } else {
                result.findings.append(finding)
            }
        }
        result.merge(check.followed)
        return result
    }

    private init(model: DockerfileModel, text: SourceText, context: BuildContext, require: PinStrength) {
        self.model = model
        self.text = text
        self.context = context
        self.require = require
    }

    /// More problems than these say no more than that the file is no Dockerfile.
    private static let mostProblems = 16

    private mutating func readProblems() {
        let problems = model.dockerfile.problems + model.problems
        if problems.count > Self.mostProblems {
            let rest = problems[Self.mostProblems]
            findings.append(
                Finding(
                    rule: UnreadableFile.rule.name, severity: .error, file: text.name, range: rest.range,
                    message: "\(problems.count - Self.mostProblems) more places could not be read: is it a Dockerfile?",
                    help: UnreadableFile.rule.help))
        }
        for problem in problems.prefix(Self.mostProblems) {
            findings.append(
                Finding(
                    rule: UnreadableFile.rule.name, severity: .error, file: text.name, range: problem.range,
                    message: problem.reason, help: UnreadableFile.rule.help))
        }
    }

    private mutating func readImages() {
        for image in model.images {
            let by =
                switch image.role {
                case .from: "FROM"
                case .copyFrom: "COPY --from"
                case .mountFrom: "RUN --mount=from"
                case .syntax: "# syntax"
                case .onbuild: "ONBUILD"
                }
            let range = text.range(image.range)
            // What is neither known nor a reference has been reported as a problem already.
            if image.isKnown, image.reference == nil { continue }
            let reason: String?
            if image.strength == .unknown {
                let names = image.variables.isEmpty ? "a variable" : image.variables.joined(separator: ", ")
                reason = "the file gives no value of \(names)"
            } else if image.strength == .floating {
                reason = image.reference?.tag.map { "\($0) is whatever was pushed last" } ?? "it has no tag"
            } else {
                reason = nil
            }
            pins.append(
                Pin(
                    kind: .image, subject: image.text, strength: image.strength, file: text.name, range: range, by: by,
                    reason: reason))
            // A digest with a variable of its own stays a digest whatever the variable is set to.
            if image.hasOverridableDigest, !image.written.containsText("@sha256:") {
                pins.append(
                    Pin(
                        kind: .overridableDigest, subject: image.text, strength: .hashed, file: text.name, range: range,
                        by: by, reason: image.variables.joined(separator: ", ")))
            }
        }
    }

    /// ADD of URLs and of git repositories.
    private mutating func readCopies() {
        for copy in model.copies where copy.isAdd && copy.origin == .context {
            for source in copy.sources where source.heredoc == nil {
                let written = source.text ?? source.written
                guard RemoteSource.isRemote(written) else { continue }
                let range = text.range(source.range)
                func pin(_ kind: Pin.Kind, _ strength: PinStrength, _ reason: String?) -> Pin {
                    Pin(
                        kind: kind, subject: written, strength: strength, file: text.name, range: range, by: "ADD",
                        reason: reason)
                }
                if RemoteSource.isGit(written) {
                    let reference = written.split(separator: "#", maxSplits: 1).dropFirst().first?.split(separator: ":")
                        .first
                    let (strength, reason) = GitReference.strength(reference)
                    pins.append(
                        pin(.gitCheckout, source.text == nil && strength != .hashed ? .unknown : strength, reason))
                } else if let checksum = copy.checksum {
                    pins.append(pin(.download, Digest(checksum) != nil ? .hashed : .unknown, nil))
                } else {
                    pins.append(pin(.download, .floating, "it has no --checksum"))
                }
            }
        }
    }

    private mutating func readRuns() {
        let snapshots = PackageSnapshots(model, context)
        for run in model.runs {
            read(run, CommandSource(text: text, usedBy: nil, hasSnapshot: snapshots.isSet(for: run), depth: 0))
        }
    }

    /// Where commands stand: in the Dockerfile, or in a script that it runs.
    struct CommandSource {
        let text: SourceText
        /// The place of the Dockerfile that runs the script; nil for the Dockerfile itself.
        let usedBy: String?
        /// Whether the archive of the distribution is one of a date.
        let hasSnapshot: Bool
        /// How many scripts have called each other.
        let depth: Int
    }

    /// Reads the commands of a RUN, or of a script that one runs.
    mutating func read(_ run: RunStep, _ source: CommandSource) {
        let commands = run.commands
        pins += (Downloads.pins(in: run, source.text) + BucketDownloads.pins(in: run, source.text)).map {
            $0.used(by: source.usedBy)
        }
        // A function's commands are read where it is called, with the arguments of the call.
        for (index, command) in commands.enumerated() where !command.isListedAtCalls {
            follow(script: command, run, source)
            guard let program = InstallerCommand.program(of: command), Installers.knows(program) else { continue }
            for installer in InstallerCommand.all(of: index, in: commands, source.text) {
                guard var request = Installers.read(installer) else { continue }
                if source.hasSnapshot { request.pins = request.pins.map(Self.atSnapshot) }
                if request.pins.contains(where: { $0.kind == .gitCheckout }) {
                    let earlier = source.depth > 0 ? [] : model.runs.filter { $0.isBefore(run) }.map(\.commands)
                    let later = source.depth > 0 ? [] : model.runs.filter { run.isBefore($0) }.map(\.commands)
                    request.pins = request.pins.compactMap { pin in
                        GitCheckouts.mended(pin, behind: index, in: commands, earlier: earlier, later: later)
                    }
                }
                if request.pins.contains(where: { $0.kind == .gem }),
                    BundleSettings.isFrozen(before: run, index, in: model)
                {
                    request.pins.removeAll { $0.kind == .gem && $0.by == "bundle install" }
                }
                for word in request.extraIndexes {
                    findings.append(
                        Finding(
                            rule: ExtraIndex.rule.name, severity: .warning, file: source.text.name, range: word.range,
                            message: "packages can come from a second index, \(word.text ?? word.raw)",
                            help: ExtraIndex.rule.help, ecosystem: .pypi, subject: word.text ?? word.raw))
                }
                let constraints = constrainedNames(request, command, run)
                for pin in request.pins {
                    let constrained = constraints.isEmpty ? pin : Self.constrained(pin, constraints)
                    pins.append(resolvedProject(constrained, command, run).used(by: source.usedBy))
                }
                for file in request.files { follow(file, command, run, source) }
            }
        }
    }

    private static func atSnapshot(_ pin: Pin) -> Pin {
        guard pin.kind == .aptPackage, pin.strength == .floating else { return pin }
        return pin.with(strength: .exact, reason: nil)
    }

    /// Names that the constraints of a command pin exactly.
    private func constrainedNames(_ request: InstallRequest, _ command: ShellCommand, _ run: RunStep) -> Set<String> {
        var names = Set<String>()
        for file in request.files where file.form == .constraints {
            guard let path = file.path, let found = find(path, command, run), case .text(let text) = found.file else {
                continue
            }
            names.formUnion(LockCheck.exactNames(text, context: files(beside: found)))
        }
        return names
    }

    private static func constrained(_ pin: Pin, _ names: Set<String>) -> Pin {
        guard pin.kind == .pythonPackage, pin.strength == .floating, let requirement = try? Requirement(pin.subject),
            names.contains(requirement.normalizedName)
        else { return pin }
        return pin.with(strength: .exact, reason: nil)
    }

    /// `poetry install` keeps to a poetry.lock that an instruction has copied.
    private func resolvedProject(_ pin: Pin, _ command: ShellCommand, _ run: RunStep) -> Pin {
        guard pin.kind == .pythonProject, pin.by.hasPrefix("poetry"), pin.strength == .unknown else { return pin }
        switch find("poetry.lock", command, run)?.file {
        case .text?: return pin.with(strength: .hashed, reason: nil)
        case .missing?, .unreadable?:
            return pin.with(strength: .floating, reason: "there is no poetry.lock in its folder")
        case nil: return pin
        }
    }

    /// A file of the build context, or a text that an instruction holds.
    struct Found {
        let file: ContextFile
        /// The path in the context; nil for a text of the Dockerfile itself.
        let path: String?
        /// The text of the Dockerfile that becomes the file, with its places.
        var content: MappedText?
    }

    /// The file that a path of a command names; nil when it cannot be told where it comes from.
    func find(_ path: String, _ command: ShellCommand, _ run: RunStep) -> Found? {
        let absolute: String
        if path.hasPrefix("/") {
            absolute = path
        } else {
            guard let folder = command.workingDirectory else { return nil }
            absolute = folder + "/" + path
        }
        var result: Found?
        for source in model.contextSources(for: absolute, at: run.instructionIndex) {
            switch source {
            case .context(let path):
                let file = context.file(path)
                // A folder and a file look alike in COPY: the next place may hold it.
                guard case .missing = file else { return Found(file: file, path: path) }
                result = result ?? Found(file: .missing, path: path)
            case .content(let content, _):
                return Found(
                    file: .text(SourceText(name: text.name, text: content.string)), path: nil, content: content)
            case .buildContext, .image, .download, .generated: return nil
            }
        }
        return result
    }

    /// The files beside a requirements file, for the files that it names.
    private func files(beside found: Found) -> LockReadingContext {
        guard let path = found.path else { return .empty }
        let folder = path.split(separator: "/").dropLast().joined(separator: "/")
        return LockReadingContext { [context] name in
            switch context.file(folder.isEmpty || name.hasPrefix("/") ? name : folder + "/" + name) {
            case .text(let text): .success(text)
            case .missing: .failure(.init(reason: "the build context does not hold it"))
            case .unreadable(let reason): .failure(.init(reason: reason))
            }
        }
    }

    /// Checks a file that a command installs from, once.
    private mutating func follow(
        _ file: InstallRequest.InstalledFrom, _ command: ShellCommand, _ run: RunStep, _ source: CommandSource
    ) {
        let name = source.text.name
        let place = "\(name):\(file.word.range.start.line)"
        func unknown(_ reason: String) -> Finding {
            Self.notChecked(file.word, in: name, reason, file.form == .condaEnvironment ? .conda : .pypi)
        }
        guard let path = file.path else {
            return findings.append(unknown("its path depends on a value that the file does not give"))
        }
        if path.containsText("://") {
            pins.append(
                Pin(
                    kind: .download, subject: path, strength: .floating, file: name, range: file.word.range,
                    by: "-r", reason: "nothing checks its bytes", usedBy: source.usedBy))
            return
        }
        guard let found = find(path, command, run) else {
            return findings.append(unknown("no instruction shows where it comes from"))
        }
        switch found.file {
        case .missing: findings.append(unknown("the build context does not hold it"))
        case .unreadable(let reason): findings.append(unknown(reason))
        case .text(let requirements):
            if file.form == .condaEnvironment, let pin = CondaEnvironmentFile.pin(requirements, file, in: name) {
                pins.append(pin)
            }
            guard file.form != .constraints else { return }
            if let content = found.content {
                return follow(content, in: requirements, file.form, usedBy: place)
            }
            guard followedPaths.insert(requirements.name).inserted else { return }
            followed.merge(
                LockCheck.check(requirements, context: files(beside: found), require: require, usedBy: place))
        }
    }

    /// Checks a text of the Dockerfile that becomes a requirements or environment file; its places are the Dockerfile's.
    private mutating func follow(
        _ content: MappedText, in requirements: SourceText, _ form: InstallRequest.InstalledFrom.Form, usedBy: String
    ) {
        guard followedPaths.insert("\(text.name) \(content.offset(of: 0))").inserted else { return }
        let name = form == .condaEnvironment ? "environment.yml" : "requirements.txt"
        let inner = SourceText(name: name, bytes: requirements.bytes)
        let result = LockCheck.check(inner, context: .empty, require: require, usedBy: usedBy)
        func offset(_ place: SourcePosition) -> Int {
            (inner.offsets(ofLine: place.line)?.lowerBound ?? 0) + place.column - 1
        }
        for finding in result.findings where finding.file == name {
            let range = finding.range.map { range in
                let start = offset(range.start)
                return text.range(content.fileRange(start..<max(start, offset(range.end))))
            }
            findings.append(
                Finding(
                    rule: finding.rule, severity: finding.severity, file: text.name, range: range,
                    message: finding.message, help: finding.help, ecosystem: finding.ecosystem,
                    subject: finding.subject, strength: finding.strength))
        }
    }

    /// The warning of a file that could not be followed.
    static func notChecked(
        _ word: CommandWord, in file: String, _ reason: String, _ ecosystem: Ecosystem?
    ) -> Finding {
        Finding(
            rule: UnresolvedVariable.rule.name, severity: .warning, file: file, range: word.range,
            message: "\(word.text ?? word.raw) is not checked: \(reason)",
            help: "Pass the folder that holds it with --context", ecosystem: ecosystem,
            subject: word.text ?? word.raw, strength: .unknown)
    }
}

extension RunStep {
    /// Whether another step comes later in the same stage.
    fileprivate func isBefore(_ other: RunStep) -> Bool {
        stageIndex == other.stageIndex && instructionIndex < other.instructionIndex
    }
}
