import DockerfileSyntax
import EnvironmentInventory
import SourceDocuments

/// Reads the commands of RUN instructions, of the scripts that they run, and of the steps of a workflow: what they install
/// and fetch, and the files that they install from.
struct CommandReader {
    let site: CommandSite
    var reading = FileReading()
    /// The scripts that were read, with their arguments, so that each is read once a call.
    var readCalls = Set<String>()
    /// What commands before have written into the configuration of pip and uv.
    var writtenSettings: [WrittenSettings] = []
    /// What commands before have written into the configuration of conda.
    var writtenCondaSettings: [WrittenCondaSettings] = []

    /// The variables that commands before have handed on to later steps of a job; nil for a value that is not known.
    var handedOn: [String: String?] = [:]

    /// What one step leaves to the next.
    struct State: Sendable {
        var readCalls = Set<String>()
        var settings: [WrittenSettings] = []
        var condaSettings: [WrittenCondaSettings] = []
        var handedOn: [String: String?] = [:]
    }

    /// What the commands so far leave behind.
    var state: State {
        get {
            State(
                readCalls: readCalls, settings: writtenSettings, condaSettings: writtenCondaSettings,
                handedOn: handedOn)
        }
        set {
            (readCalls, writtenSettings, writtenCondaSettings, handedOn) = (
                newValue.readCalls, newValue.settings, newValue.condaSettings, newValue.handedOn
            )
        }
    }

    static let maximumDepth = 8
    static let maximumCalls = 256

    /// The facts of the commands that were asked about last.
    private var lastFacts = CommandFacts([])
    /// The Makefile that was read last, and its name.
    var lastMakefile: (name: String, makefile: Makefile)?
    /// The command that is read, behind those that call it.
    private(set) var places: [(facts: CommandFacts, index: Int)] = []

    init(_ site: CommandSite) { self.site = site }

    /// What is known of the commands of a step.
    mutating func facts(of step: RunStep) -> CommandFacts {
        if !lastFacts.areOf(step.commands) { lastFacts = CommandFacts(step.commands) }
        return lastFacts
    }

    /// Reads the commands of a step, or of a script that one runs.
    mutating func read(_ step: RunStep, _ source: CommandSource) {
        let commands = step.commands
        // A script that a command runs has facts of its own; then those of its caller are asked for again.
        let outer = lastFacts
        let facts = facts(of: step)
        places.append((facts, 0))
        defer {
            lastFacts = outer
            places.removeLast()
        }
        reading.pins += Downloads.pins(in: step, facts, source.text).map { $0.used(by: source.usedBy) }
        for gap in step.gaps { addUnread(gap, source) }
        // A function's commands are read where it is called, with the arguments of the call.
        for (index, command) in commands.enumerated() where !command.isListedAtCalls && !command.isUnreachable {
            places[places.count - 1].index = index
            noteSettings(of: command, step)
            noteCondaSettings(of: command, step)
            noteHandedOn(by: command)
            readDocument(index, step, source)
            readOtherDockerfile(index, step, source)
            if readPython(command, step, source) || readR(command, step, source) || addOtherProgram(command, source) {
                continue
            }
            let isFollowed = follow(script: command, step, source)
            read(target: command, step, source)
            guard let program = InstallerCommand.program(of: command), Installers.knows(program) else {
                let isRead = isFollowed || readPrefixed(index, step, source)
                if !readOther(index, step, source, namesUnread: !isRead), !isRead {
                    addUnknown(index, in: facts, source)
                }
                continue
            }
            // What runs in a container is named beside its image.
            if Self.containers.contains(program) { readPrefixed(index, step, source) }
            let isUV = program == "uv"
            let isPip = isUV || program.hasPrefix("pip") || program.hasPrefix("py")
            let settings = isPip ? settings(isUV: isUV, command, step) : PipSettings()
            for installer in InstallerCommand.all(of: index, in: facts, source.text) {
                if isPip { addBuildRequirements(of: installer, command, step, source) }
                var seen = settings.seen(by: installer, isUV: isUV)
                if ["npm", "pnpm", "yarn"].contains(program) { seen = withPackageSettings(seen, command, step) }
                guard var request = Installers.read(seen) ?? OtherInstallers.read(seen) else { continue }
                if ["conda", "mamba", "micromamba"].contains(program) {
                    request = applied(condaSettings(command, step), to: request, of: seen)
                }
                add(request, constrainedNames: settings.constrainedNames, index: index, step: step, source: source)
            }
        }
    }

    /// Records what one command asks for.
    mutating func add(
        _ request: InstallRequest, constrainedNames: Set<String>, index: Int, step: RunStep, source: CommandSource
    ) {
        let command = step.commands[index]
        var constraints = constraints(of: request, command, step)
        constraints.exact.names.formUnion(constrainedNames)
        for pin in request.pins {
            guard var pin = settled(pin, at: index, of: step, in: source) else { continue }
            if pin.kind == .download, !request.outputs.isEmpty || pin.strength == .floating {
                pin = checked(pin, outputs: request.outputs, at: index, of: step)
            }
            let constrained = constrained(pin, constraints)
            reading.pins.append(resolvedProject(constrained, command, step).used(by: source.usedBy))
        }
        for word in request.extraIndexes {
            let subject = word.text ?? word.raw
            reading.findings.append(
                Finding(
                    rule: ExtraIndex.rule.name, severity: .warning, file: source.text.name, range: word.range,
                    message: "packages can come from a second index, \(subject)", help: ExtraIndex.rule.help,
                    ecosystem: .pypi, subject: subject, usedBy: source.usedBy.map { [$0] } ?? []))
        }
        for file in request.files where file.form != .constraints {
            follow(file, constraints: constraints, index: index, step: step, source: source)
        }
        for pin in constraints.pins { reading.pins.append(pin.used(by: source.usedBy)) }
    }

    /// A pin with what other commands say of it: a snapshot, a checkout, a checksum, a frozen bundle; nil when they settle it.
    private mutating func settled(_ pin: Pin, at index: Int, of step: RunStep, in source: CommandSource) -> Pin? {
        switch pin.kind {
        case .aptPackage:
            // NVIDIA's own archive is set up in the images that hold CUDA.
            let isOfVendor = ["cuda-", "libcudnn", "libnccl", "libcublas", "libcusparse", "libnvinfer", "tensorrt"]
                .contains { pin.subject.hasPrefix($0) }
            guard source.hasSnapshot, pin.strength == .floating, !isOfVendor else { return pin }
            return pin.with(strength: .exact, reason: nil)
        case .image where pin.requestedBy.hasSuffix(" run") || pin.requestedBy.hasSuffix(" create"):
            return site.facts.isImageMade(pin.subject.filter { $0 != "\"" }, orBy: facts(of: step)) ? nil : pin
        case .gitCheckout:
            // A script is looked at alone.
            let stage = source.depth > 0 ? nil : site.facts.stage(of: step)
            return GitCheckouts.settled(
                pin, after: index, of: facts(of: step), isClonedBefore: stage?.clones(before: step) ?? false,
                isOwn: site.copiedNames != nil, later: stage?.gitCommands(after: step))
        case .modelDownload where pin.requestedBy == "git lfs":
            // Its files are those of a commit, and the command that checks it out has a pin of its own.
            return facts(of: step).firstCheckout < index ? nil : pin
        // Where the script itself is a download that floats, that is what is said.
        case .pythonPackage where pin.requestedBy == "get-pip.py":
            let isSaid = reading.pins.suffix(Self.maximumCalls).contains {
                $0.kind == .download && $0.strength == .floating && EnvironmentInstaller.isGetPip($0.subject)
            }
            return isSaid && pin.subject == "pip" ? nil : pin
        // A snapshot holds one version of each package.
        case .unreadCommand
        where source.hasSnapshot && ["apt-get", "apt", "aptitude", "nala"].contains(pin.requestedBy):
            return nil
        case .gem: return pin.requestedBy == "bundle install" && isBundleFrozen(at: step) ? nil : pin
        default: return pin
        }
    }

    /// A download with what a checksum after it proves.
    private mutating func checked(_ pin: Pin, outputs: [String], at index: Int, of step: RunStep) -> Pin {
        let name = pin.subject.split(separator: "/").last.map(String.init) ?? pin.subject
        let strength = Downloads.Checks.strength(
            of: outputs + [name], after: index, facts(of: step), stopsAtFailure: step.stopsAtFailure)
        guard pin.strength == .floating || pin.strength == .exact && strength == .hashed, strength != .floating else {
            return pin
        }
        return pin.with(strength: strength, reason: nil)
    }

    /// `poetry install` keeps to a poetry.lock that an instruction has copied.
    private func resolvedProject(_ pin: Pin, _ command: ShellCommand, _ step: RunStep) -> Pin {
        guard pin.kind == .pythonProject, pin.requestedBy.hasPrefix("poetry"), pin.strength == .unknown else {
            return pin
        }
        switch find("poetry.lock", command, step)?.file {
        case .text?: return pin.with(strength: .hashed, reason: nil)
        case .missing?, .unreadable?:
            return pin.with(strength: .floating, reason: "there is no poetry.lock in its directory")
        case nil: return pin
        }
    }

    // MARK: What is not read

    /// Records a part of a script that could not be read.
    private mutating func addUnread(_ gap: SyntaxGap, _ source: CommandSource) {
        addUnread(
            gap.subject, gap.reason, in: source, at: source.text.range(gap.range))
    }

    /// Records a command that installs or fetches and was not understood.
    mutating func addUnread(
        _ subject: String, requestedBy: String = "", _ reason: String, in source: CommandSource, at range: SourceRange
    ) {
        reading.pins.append(
            Pin(
                kind: .unreadCommand, subject: subject, strength: .unknown, file: source.text.name, range: range,
                requestedBy: requestedBy, reason: reason
            ).used(by: source.usedBy))
    }

    /// The warning about a file that could not be followed.
    mutating func addUnfollowed(
        _ word: CommandWord, _ reason: String, _ ecosystem: Ecosystem?, in source: CommandSource
    ) {
        let subject = word.text ?? word.raw
        reading.findings.append(
            Finding(
                rule: UnresolvedVariable.rule.name, severity: .warning, file: source.text.name, range: word.range,
                message: "\(subject) is not checked: \(reason)",
                help: "Pass the directory that holds it with --context.", ecosystem: ecosystem, subject: subject,
                strength: .unknown, usedBy: source.usedBy.map { [$0] } ?? []))
    }
}
