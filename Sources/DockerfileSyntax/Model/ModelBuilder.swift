/// Goes through the instructions in their order and keeps what each of them changes.
struct ModelBuilder {
    /// What an instruction of a stage finds.
    struct State {
        var variables = ShellVariables()
        var workingDirectory: String? = "/"
        var user: String? = ""
        /// SHELL; nil for the default of the platform.
        var shell: [String]?
        var isWindows = false
    }

    /// The longest value of a variable, in bytes; a longer one is unknown.
    static let maximumValueLength = 100_000

    let dockerfile: Dockerfile
    let options: DockerfileOptions
    var stages: [DockerfileStage] = []
    var images: [ImageUse] = []
    var runs: [RunStep] = []
    var copies: [CopyStep] = []
    var arguments: [ArgumentDefinition] = []
    var problems: [DockerfileProblem] = []
    var starts: [RunStep] = []
    var probes: [RunStep] = []
    var gaps: [SyntaxGap] = []
    /// The memory that the words of all commands took so far, in bytes.
    var textMade = 0
    /// The text of the whole file, in which the words of the exec form stand.
    lazy var whole = MappedText(dockerfile.text.bytes, dockerfile.text.bytes.indices)
    var state = State()
    var globals: [String: VariableValue] = [:]
    private var finalStates: [State] = []
    private var laterNames: [String: Int] = [:]
    private var laterNumbers: Set<Int> = []
    /// The last stage so far of each name.
    private var earlierNames: [String: Int] = [:]
    /// How many names of stages were held against references that are not known.
    private var matchedNames = 0
    private static let maximumMatchedNames = 1 << 20

    init(_ dockerfile: Dockerfile, _ options: DockerfileOptions) {
        self.dockerfile = dockerfile
        self.options = options
    }

    mutating func build() {
        setPlatformArguments()
        // COPY --from finds stages that stand below it as well: the last of a name counts.
        var count = 0
        for instruction in dockerfile.instructions where instruction.keyword == "from" {
            if instruction.words.count == 3 {
                laterNames[instruction.words[2].text.lowercased()] = count
                laterNumbers.insert(count)
            }
            count += 1
        }
        addSyntaxImage()
        for (index, instruction) in dockerfile.instructions.enumerated() {
            if instruction.keyword == "from" {
                endStage(index)
                startStage(index, instruction)
            } else {
                apply(instruction, index, isTrigger: false)
            }
        }
        endStage(dockerfile.instructions.count)
    }

    mutating func report(_ reason: String, _ range: Range<Int>) {
        problems.append(
            DockerfileProblem(
                kind: .content, file: dockerfile.text.name, reason: reason, range: dockerfile.text.range(range)))
    }

    private mutating func setPlatformArguments() {
        for (prefix, platform) in [("TARGET", options.targetPlatform), ("BUILD", options.buildPlatform)] {
            globals[prefix + "PLATFORM"] = platform.map { .known($0.description) } ?? .dynamic
            globals[prefix + "OS"] = platform.map { .known($0.os) } ?? .dynamic
            globals[prefix + "ARCH"] = platform.map { .known($0.architecture) } ?? .dynamic
            globals[prefix + "VARIANT"] = platform.map { .known($0.variant ?? "") } ?? .dynamic
        }
        globals["TARGETSTAGE"] = .dynamic
    }

    // MARK: Words

    func expand(_ word: MappedText, globally: Bool = false, readsQuotes: Bool = true) throws(WordSyntaxError)
        -> Expansion
    {
        let globals = globals
        let variables = state.variables
        return try WordLexer.expand(word, escape: dockerfile.escape, readsQuotes: readsQuotes) { name in
            // Before FROM only the file can declare a variable.
            globally ? globals[name] ?? .unset : variables[name]
        }
    }

    /// The known text of a word; nil, with a problem reported when its variables cannot be read.
    mutating func known(_ word: MappedText) -> String? {
        do throws(WordSyntaxError) {
            return try expand(word).known
        } catch {
            report(error.reason, word.fileRange(0..<word.count))
            return nil
        }
    }

    // MARK: Stages

    private mutating func endStage(_ index: Int) {
        guard let last = stages.indices.last else { return }
        stages[last].instructions = stages[last].fromInstruction..<index
        finalStates.append(state)
    }

    /// Whether an image is one of Windows by its name.
    private static func isWindows(_ image: String) -> Bool {
        // Looking for one letter first: few names have to be taken apart.
        guard image.utf8.contains(where: { $0 | 0x20 == UInt8(ascii: "w") || $0 | 0x20 == UInt8(ascii: "v") }) else {
            return false
        }
        let lower = image.lowercased()
        return lower.containsText("windows") || lower.containsText("nanoserver") || lower.containsText("servercore")
    }

    private mutating func startStage(_ index: Int, _ instruction: Instruction) {
        state = State()
        let number = stages.count
        var name: String?
        if instruction.words.count == 3, instruction.words[1].text.lowercased() == "as" {
            name = instruction.words[2].text.lowercased()
        }
        guard let word = instruction.words.first else {
            appendStage(number, name, text: "", base: .scratch, platform: nil, of: instruction, at: index)
            return
        }
        var expansion = Expansion()
        do throws(WordSyntaxError) {
            expansion = try expand(word.mapped, globally: true)
        } catch {
            report(error.reason, word.range)
            expansion.mapped = word.mapped
            expansion.isKnown = false
        }
        let platform = instruction.flag("platform")?.mappedValue.flatMap { value in
            (try? expand(value, globally: true))?.known
        }
        let text = expansion.text
        let base: DockerfileStage.Base
        if let name, let context = options.buildContext(name) {
            base = contextBase(context, word, at: index, in: number, named: name)
        } else if expansion.isKnown, let earlier = earlierNames[text.lowercased()] {
            base = .stage(earlier)
            if finalStates.indices.contains(earlier) { state = finalStates[earlier] }
        } else if expansion.isKnown, text == "scratch" {
            base = .scratch
        } else if expansion.isKnown, let context = options.buildContext(text) {
            base = contextBase(context, word, at: index, in: number, named: text)
        } else if !expansion.isKnown, matchesStage(expansion) {
            base = .someStage
        } else {
            base = .image(images.count)
            addImage(.from, expansion, word, at: index, in: number)
        }
        // A backtick as escape character is no sign of Windows: it says how lines continue, not who reads them.
        if platform?.hasPrefix("windows") == true || Self.isWindows(text) {
            state.isWindows = true
        }
        appendStage(number, name, text: text, base: base, platform: platform, of: instruction, at: index)
    }

    private mutating func appendStage(
        _ number: Int, _ name: String?, text: String, base: DockerfileStage.Base, platform: String?,
        of instruction: Instruction, at index: Int
    ) {
        if let name { earlierNames[name] = number }
        stages.append(
            DockerfileStage(
                index: number, name: name, baseText: text, base: base, platform: platform,
                line: instruction.startLine, fromInstruction: index, instructions: index..<(index + 1)))
    }

    /// A base that `--build-context` replaces.
    private mutating func contextBase(
        _ context: String, _ word: DockerfileWord, at index: Int, in stage: Int, named name: String
    ) -> DockerfileStage.Base {
        let scheme = "docker-image://"
        guard context.hasPrefix(scheme) else { return .buildContext(name) }
        addImage(
            .from, Self.given(String(context.dropFirst(scheme.count)), word), word, at: index, in: stage, isGiven: true)
        return .image(images.count - 1)
    }

    static func given(_ text: String, _ word: DockerfileWord) -> Expansion {
        var expansion = Expansion()
        expansion.mapped.append(text, standingFor: word.range)
        return expansion
    }

    /// Whether a text with unknown parts can be the name of a stage: its known parts fit one, and are not empty.
    private mutating func matchesStage(_ expansion: Expansion) -> Bool {
        var pattern: [UInt8] = []
        let bytes = expansion.mapped.bytes
        var position = 0
        for use in expansion.uses where !use.isKnown && use.range.lowerBound >= position {
            pattern += bytes[position..<use.range.lowerBound]
            pattern.append(UInt8(ascii: "*"))
            position = use.range.upperBound
        }
        pattern += bytes[position...]
        guard pattern.contains(where: { $0 != UInt8(ascii: "*") }), position > 0 else { return false }
        let lower = Array(Rune.lowercased(pattern[...]).utf8)
        guard let glob = try? GlobPattern(lower) else { return false }
        // A reference that may be an image counts as one where there are too many stages for all of the references.
        matchedNames += stages.count
        return matchedNames <= Self.maximumMatchedNames && stages.contains { $0.name.map(glob.matches) == true }
    }

    // MARK: Instructions

    private mutating func apply(_ instruction: Instruction, _ index: Int, isTrigger: Bool) {
        let stage = stages.indices.last
        switch instruction.keyword {
        case "arg": applyArguments(instruction, index, stage)
        case "env": applyEnvironment(instruction)
        case "workdir":
            if let word = instruction.words.first {
                state.workingDirectory = known(word.mapped).flatMap {
                    ContainerPath.join(state.workingDirectory, $0)
                }
                if let path = state.workingDirectory, path.utf8.count > ContainerPath.maximumLength {
                    report(ContainerPath.tooLong, word.range)
                    state.workingDirectory = nil
                }
            }
        case "user":
            if let word = instruction.words.first { state.user = known(word.mapped) }
        case "shell":
            if instruction.isJSON { state.shell = instruction.arguments }
        case "run": applyRun(instruction, at: index, in: stage, isTrigger: isTrigger)
        case "cmd", "entrypoint": applyStart(instruction, at: index, in: stage, isTrigger: isTrigger)
        case "healthcheck": applyProbe(instruction, at: index, in: stage, isTrigger: isTrigger)
        case "copy", "add": applyCopy(instruction, at: index, in: stage, isTrigger: isTrigger)
        case "onbuild":
            guard let trigger = instruction.trigger, !isTrigger else { return }
            // A trigger runs in another build: what it sets is not set here.
            let before = state
            apply(trigger, index, isTrigger: true)
            state = before
        default: break
        }
    }

    private mutating func applyArguments(_ instruction: Instruction, _ index: Int, _ stage: Int?) {
        for word in instruction.words {
            let bytes = word.mapped.bytes
            let equals = bytes.firstIndex(of: UInt8(ascii: "="))
            let name = word.mapped.string(0..<(equals ?? bytes.count))
            let written = equals.map { word.mapped.slice(($0 + 1)..<bytes.count) }
            arguments.append(
                ArgumentDefinition(
                    name: name,
                    valueRange: written.map { value in
                        value.count > 0
                            ? value.fileRange(0..<value.count) : word.range.upperBound..<word.range.upperBound
                    }, writtenValue: written?.string, instructionIndex: index, stageIndex: stage))
            var value: VariableValue?
            if let given = options.buildArguments[name] {
                value = .known(given)
            } else if let written {
                do throws(WordSyntaxError) {
                    let text = try expand(written, globally: stage == nil).known
                    // A default that doubles again and again is not a value that a build has.
                    value = text.flatMap { $0.utf8.count > Self.maximumValueLength ? nil : .known($0) } ?? .dynamic
                } catch {
                    report(error.reason, word.range)
                    value = .dynamic
                }
            } else if stage != nil {
                value = globals[name]
            }
            if stage == nil {
                if let value { globals[name] = value } else if globals[name] == nil { globals[name] = .unset }
            } else if let value {
                if case .unset = value, case .known = state.variables[name] { continue }
                state.variables.values[name] = .scalar(value)
            } else if state.variables.values[name] == nil {
                state.variables.values[name] = .scalar(.unset)
            }
        }
    }

    private mutating func applyEnvironment(_ instruction: Instruction) {
        var updates: [(String, VariableValue)] = []
        for pair in stride(from: 0, to: instruction.words.count - 1, by: 2) {
            guard let name = known(instruction.words[pair].mapped) else { continue }
            let value = known(instruction.words[pair + 1].mapped)
            updates.append((name, value.map { .known($0) } ?? .dynamic))
        }
        // All values are expanded before the first is set.
        for (name, value) in updates {
            if case .known(let text) = value, text.utf8.count > Self.maximumValueLength {
                state.variables.values[name] = .scalar(.dynamic)
            } else {
                state.variables.values[name] = .scalar(value)
            }
        }
    }

    /// Where `--from=NAME` points; a number is a stage in COPY only.
    mutating func origin(
        _ value: MappedText, _ role: ImageUse.Role, at index: Int, in stage: Int?, acceptsNumber: Bool
    ) -> FileOrigin {
        let name = value.string
        let word = DockerfileWord(value)
        if name.isEmpty { return .context }
        if acceptsNumber, let number = Int(name) {
            if stages.indices.contains(number) || laterNumbers.contains(number) { return .stage(number) }
            report("there is no stage \(number)", word.range)
            return .unknown
        }
        if let context = options.buildContext(name) {
            let scheme = "docker-image://"
            guard context.hasPrefix(scheme) else { return .buildContext(name) }
            addImage(
                role, Self.given(String(context.dropFirst(scheme.count)), word), word, at: index, in: stage,
                isGiven: true)
            return .image(images.count - 1)
        }
        if let number = laterNames[name.lowercased()] { return .stage(number) }
        if name == "scratch" { return .unknown }
        var expansion = Expansion()
        expansion.mapped = value
        if value.bytes.contains(UInt8(ascii: "$")) {
            report("variables are not expanded in --from", word.range)
            expansion.isKnown = false
        }
        addImage(role, expansion, word, at: index, in: stage)
        return .image(images.count - 1)
    }
}
