import DockerfileSyntax
import PythonPackaging
import SourceDocuments

/// What configuration files say to pip and uv beside the command line: `pip.conf`, `uv.toml`, `pip config set`
/// (https://pip.pypa.io/en/stable/topics/configuration/, https://docs.astral.sh/uv/concepts/configuration-files/).
struct PipSettings: Sendable {
    /// The indexes beside the first one.
    var extraIndexes: [String] = []
    /// The paths of constraints files.
    var constraints: [String] = []
    /// Requirements of `constraint-dependencies`, which uv takes as constraints.
    var constrained: [String] = []
    var requiresHashes = false
    var leavesOutDependencies = false

    var isEmpty: Bool {
        extraIndexes.isEmpty && constraints.isEmpty && constrained.isEmpty && !requiresHashes && !leavesOutDependencies
    }

    mutating func merge(_ other: PipSettings) {
        extraIndexes += other.extraIndexes.filter { !extraIndexes.contains($0) }
        constraints += other.constraints.filter { !constraints.contains($0) }
        constrained += other.constrained
        requiresHashes = requiresHashes || other.requiresHashes
        leavesOutDependencies = leavesOutDependencies || other.leavesOutDependencies
    }

    /// Sets what pip calls one key of its configuration, `global.extra-index-url`.
    mutating func set(_ key: String, _ value: String) {
        let name = key.split(separator: ".").last.map(String.init) ?? key
        let words = value.split(whereSeparator: \.isWhitespace).map(String.init)
        let isOn = ["1", "true", "yes", "on"].contains(value.lowercased())
        switch name.replacing("_", with: "-") {
        case "extra-index-url": extraIndexes += words
        case "constraint": constraints += words
        case "require-hashes": requiresHashes = isOn
        case "no-deps", "no-dependencies": leavesOutDependencies = isOn
        default: break
        }
    }

    /// Reads `pip.conf`: sections, `key = value`, and values that go on in indented lines.
    init(pipConfiguration text: String) {
        var entries: [(key: String, value: String)] = []
        var isRead = false
        for line in text.split(whereSeparator: \.isNewline) {
            let trimmed = line.drop { $0 == " " || $0 == "\t" }
            let content = String(trimmed.reversed().drop { $0.isWhitespace }.reversed())
            if content.isEmpty || content.hasPrefix("#") || content.hasPrefix(";") { continue }
            if content.hasPrefix("["), content.hasSuffix("]") {
                isRead = ["[global]", "[install]", "[download]", "[wheel]"].contains(content.lowercased())
                continue
            }
            guard isRead else { continue }
            if trimmed.startIndex != line.startIndex, !entries.isEmpty,
                !content.contains("=") || content.contains("://")
            {
                entries[entries.count - 1].value += " " + content
                continue
            }
            guard let separator = content.firstIndex(where: { $0 == "=" || $0 == ":" }) else { continue }
            let key = content[..<separator].filter { !$0.isWhitespace }
            entries.append((key.lowercased(), String(content[content.index(after: separator)...].drop { $0 == " " })))
        }
        self.init()
        for entry in entries { set(entry.key, entry.value) }
    }

    /// Reads `uv.toml`, or the table `tool.uv` of a pyproject.toml; a text that is not TOML says nothing.
    init(uvConfiguration text: SourceText) {
        self.init()
        guard var root = try? TOMLReader.read(text) else { return }
        if text.name.hasSuffix("pyproject.toml") {
            guard let table = root[keys: "tool", "uv"] else { return }
            root = table
        }
        for table in [root.table, root.table?["pip"]?.table] {
            extraIndexes += (table?["extra-index-url"]?.array ?? []).compactMap(\.string)
            constrained += (table?["constraint-dependencies"]?.array ?? []).compactMap(\.string)
            if table?["require-hashes"]?.boolean == true { requiresHashes = true }
            if table?["no-deps"]?.boolean == true { leavesOutDependencies = true }
        }
        for index in root.table?["index"]?.array ?? [] {
            guard let table = index.table, let url = table["url"]?.string else { continue }
            // One that only named packages come from cannot give another package in their place.
            if table["default"]?.boolean == true || table["explicit"]?.boolean == true { continue }
            extraIndexes.append(url)
        }
    }

    init() {}
}

/// The configuration that earlier commands and files of the image give to pip and uv.
extension CommandReader {
    /// The files that pip reads, below `/` and the home of root.
    private static let pipFiles = [
        "/etc/pip.conf", "/root/.config/pip/pip.conf", "/root/.pip/pip.conf", "/etc/xdg/pip/pip.conf",
    ]
    private static let uvFiles = ["/etc/uv/uv.toml", "/root/.config/uv/uv.toml"]
    private static let uvTable = Array("tool.uv".utf8)

    /// Remembers what a command writes into the configuration of pip or uv.
    mutating func noteSettings(of command: ShellCommand, _ step: RunStep) {
        if let name = command.name, name.hasPrefix("pip") || PythonCommand.isPython(name) {
            let words = command.words.compactMap(\.text)
            guard let index = words.firstIndex(of: "config"), words.dropFirst(index).contains("set") else { return }
            let operands = words[(index + 1)...].filter { !$0.hasPrefix("-") && $0 != "set" }
            guard operands.count >= 2 else { return }
            var settings = PipSettings()
            settings.set(operands[0], operands[1...].joined(separator: " "))
            if !settings.isEmpty {
                writtenSettings.append(.init(stage: step.stageIndex, isUV: false, settings: settings))
            }
            return
        }
        for target in writtenFiles(of: command) {
            let isUV = target.hasSuffix("uv.toml")
            guard isUV || target.hasSuffix("pip.conf") else { continue }
            let content = written(by: command, in: facts(of: step))
            let settings =
                isUV
                ? PipSettings(uvConfiguration: SourceText(name: target, text: content))
                : PipSettings(pipConfiguration: content)
            if !settings.isEmpty {
                writtenSettings.append(.init(stage: step.stageIndex, isUV: isUV, settings: settings))
            }
        }
    }

    /// The files that a command writes its output to.
    func writtenFiles(of command: ShellCommand) -> [String] {
        guard !command.redirections.isEmpty || command.name == "tee" else { return [] }
        return command.redirections.filter { $0.symbol.hasPrefix(">") }.compactMap(\.target?.text)
            + (command.name == "tee" ? command.words.dropFirst().compactMap(\.text) : [])
    }

    /// The text that a command writes: a here-document, or the words of `echo` and `printf`, also those before a pipe.
    func written(by command: ShellCommand, in facts: CommandFacts) -> String {
        if let heredoc = command.redirections.compactMap(\.heredoc).last { return heredoc.string }
        let writer =
            command.name == "tee" ? facts.feeder(of: command) : command
        guard let writer, ["echo", "printf"].contains(writer.name ?? "") else { return "" }
        if let heredoc = writer.redirections.compactMap(\.heredoc).last { return heredoc.string }
        var words = writer.words.dropFirst().map(\.partialText)
        words.removeAll { ["-e", "-n", "-ne", "-en"].contains($0) }
        if writer.name == "printf", words.count > 1, words[0].containsText("%s") {
            words = words.dropFirst().map { $0 + "\n" }
        }
        return words.joined(separator: " ").replacing("\\n", with: "\n")
    }

    /// What configuration says to a command of pip or uv.
    func settings(isUV: Bool, _ command: ShellCommand, _ step: RunStep) -> PipSettings {
        var result = PipSettings()
        for written in writtenSettings
        where written.isUV == isUV && site.lineage.isStage(step.stageIndex, from: written.stage) {
            result.merge(written.settings)
        }
        var files = isUV ? Self.uvFiles : Self.pipFiles
        func value(_ name: String) -> String? {
            if case .known(let value) = command.variables[name] { return value }
            return nil
        }
        if let path = value(isUV ? "UV_CONFIG_FILE" : "PIP_CONFIG_FILE") { files = [path] }
        if let home = value("HOME"), home != "/root" {
            files.append(home + (isUV ? "/.config/uv/uv.toml" : "/.config/pip/pip.conf"))
            if !isUV { files.append(home + "/.pip/pip.conf") }
        }
        if !isUV, let environment = value("VIRTUAL_ENV") { files.append(environment + "/pip.conf") }
        // A project's uv.toml stands for the table of its pyproject.toml.
        if isUV, command.workingDirectory != nil { files += ["uv.toml", "pyproject.toml"] }
        var hasProjectSettings = false
        for file in files {
            guard let found = find(file, command, step), case .text(let text) = found.file else { continue }
            if file == "pyproject.toml", hasProjectSettings || !text.bytes[...].containsBytes(Self.uvTable) { continue }
            hasProjectSettings = hasProjectSettings || file == "uv.toml"
            result.merge(
                isUV
                    ? PipSettings(uvConfiguration: text)
                    : PipSettings(pipConfiguration: text.string(0..<text.bytes.count)))
        }
        return result
    }
}

extension PipSettings {
    /// Returns a command that sees the settings where no variable of its environment says otherwise.
    func seen(by command: InstallerCommand, isUV: Bool) -> InstallerCommand {
        guard !isEmpty else { return command }
        var values: [String: String] = [:]
        let prefix = isUV ? "UV_" : "PIP_"
        if !extraIndexes.isEmpty { values[prefix + "EXTRA_INDEX_URL"] = extraIndexes.joined(separator: " ") }
        if !constraints.isEmpty { values[prefix + "CONSTRAINT"] = constraints.joined(separator: " ") }
        if requiresHashes { values[prefix + "REQUIRE_HASHES"] = "1" }
        if leavesOutDependencies { values[prefix + "NO_DEPS"] = "1" }
        var result = command
        result.variable = { [variable = command.variable, values] name in variable(name) ?? values[name] }
        return result
    }

    /// The names that constraints of the configuration itself pin exactly.
    var constrainedNames: Set<String> {
        Set(
            constrained.compactMap { text in
                guard let requirement = try? Requirement(text), requirement.marker == nil,
                    requirement.specifiers.exactVersion != nil
                else { return nil }
                return requirement.normalizedName
            })
    }
}

/// Settings that a command wrote into the configuration of pip or uv.
struct WrittenSettings: Sendable {
    let stage: Int?
    let isUV: Bool
    let settings: PipSettings
}
