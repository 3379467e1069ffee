import DockerfileSyntax
import EnvironmentInventory
import SourceDocuments

/// What configuration files say to conda and to the managers of JavaScript: `.condarc`, `conda-meta/pinned`, `.npmrc`,
/// `.yarnrc.yml`.
///
/// Sources: https://docs.conda.io/projects/conda/en/stable/user-guide/configuration/settings.html,
/// https://pnpm.io/settings, https://yarnpkg.com/configuration/yarnrc.
struct CondaSettings: Sendable {
    /// Specifications that conda keeps to whatever it installs.
    var pinned: [String] = []
    /// Specifications that conda puts into every environment that it creates.
    var defaults: [String] = []

    /// Reads a `.condarc`; a text that is not YAML says nothing.
    init(_ text: SourceText) {
        guard let root = try? YAMLReader.read(text) else { return }
        pinned = (root[keys: "pinned_packages"]?.items ?? []).compactMap(\.text)
        defaults = (root[keys: "create_default_packages"]?.items ?? []).compactMap(\.text)
    }

    /// Reads `conda-meta/pinned`, a specification a line.
    init(pinnedLines text: String) {
        pinned = text.split(whereSeparator: \.isNewline).map(String.init).filter { !$0.hasPrefix("#") }
    }

    /// The names that one version is kept for.
    var exactNames: Set<String> {
        Set(
            pinned.compactMap { text in
                // `numpy 1.26.4` is `numpy==1.26.4`, `numpy ==1.26.4` as well.
                let parts = text.split(separator: " ")
                let hasVersion = parts.count > 1 && parts[1].first.map { $0.isNumber } ?? false
                let specification = hasVersion ? parts.prefix(2).joined(separator: "==") : parts.joined()
                let isExact =
                    CondaInstaller.strength(of: specification).0 != .floating
                    || CondaEnvironmentPin.reasonToAccept(specification, isMLflow: false) != nil
                return isExact ? Self.name(of: specification) : nil
            })
    }

    /// The name of a specification, in lower case and without its channel.
    static func name(of specification: String) -> String {
        let name = specification.range(ofText: "::").map { specification[$0.upperBound...] } ?? specification[...]
        return name.prefix { !"=<>!~[ ".contains($0) }.lowercased()
    }
}

/// Settings of conda that a command wrote.
struct WrittenCondaSettings: Sendable {
    let stage: Int?
    let settings: CondaSettings
}

extension CommandReader {
    private static let condaFiles = [
        "/root/.condarc", "/opt/conda/.condarc", "/opt/conda/condarc", "/etc/conda/.condarc", "/etc/conda/condarc",
        "/root/.conda/.condarc", "/root/.config/conda/.condarc", "/opt/conda/conda-meta/pinned", "/root/.mambarc",
    ]

    /// Remembers what a command writes into conda's configuration.
    mutating func noteCondaSettings(of command: ShellCommand, _ step: RunStep) {
        if let name = command.name, name == "conda" || name == "mamba" || name == "micromamba" {
            let words = command.words.compactMap(\.text)
            guard words.dropFirst().first == "config" else { return }
            var settings = CondaSettings(pinnedLines: "")
            for (index, word) in words.enumerated() where ["--add", "--append", "--prepend"].contains(word) {
                guard index + 2 < words.count else { continue }
                if words[index + 1] == "pinned_packages" { settings.pinned.append(words[index + 2]) }
                if words[index + 1] == "create_default_packages" { settings.defaults.append(words[index + 2]) }
            }
            if !settings.pinned.isEmpty || !settings.defaults.isEmpty {
                writtenCondaSettings.append(.init(stage: step.stageIndex, settings: settings))
            }
            return
        }
        for target in writtenFiles(of: command) {
            if target.hasSuffix("conda-meta/pinned") {
                let lines = written(by: command, in: facts(of: step))
                writtenCondaSettings.append(
                    .init(stage: step.stageIndex, settings: CondaSettings(pinnedLines: lines)))
            } else if target.hasSuffix(".condarc") || target.hasSuffix("/condarc") {
                let text = SourceText(name: target, text: written(by: command, in: facts(of: step)))
                writtenCondaSettings.append(.init(stage: step.stageIndex, settings: CondaSettings(text)))
            }
        }
    }

    /// What configuration says to a command of conda.
    func condaSettings(_ command: ShellCommand, _ step: RunStep) -> CondaSettings {
        var result = CondaSettings(pinnedLines: "")
        for written in writtenCondaSettings
        where site.lineage.isStage(step.stageIndex, from: written.stage) {
            result.pinned += written.settings.pinned
            result.defaults += written.settings.defaults
        }
        var files = Self.condaFiles
        for (name, suffixes) in [
            ("HOME", ["/.condarc"]), ("CONDA_PREFIX", ["/.condarc", "/conda-meta/pinned"]),
            ("CONDA_DIR", ["/.condarc", "/conda-meta/pinned"]), ("MAMBA_ROOT_PREFIX", ["/.condarc", "/.mambarc"]),
        ] {
            if case .known(let value) = command.variables[name] { files += suffixes.map { value + $0 } }
        }
        if case .known(let path) = command.variables["CONDARC"] { files.append(path) }
        for file in files {
            guard let found = find(file, command, step), case .text(let text) = found.file else { continue }
            let settings =
                file.hasSuffix("/pinned")
                ? CondaSettings(pinnedLines: text.string(0..<text.bytes.count)) : CondaSettings(text)
            result.pinned += settings.pinned
            result.defaults += settings.defaults
        }
        return result
    }

    /// What conda's configuration changes in a request.
    func applied(
        _ settings: CondaSettings, to request: InstallRequest, of command: InstallerCommand
    ) -> InstallRequest {
        var request = request
        let names = settings.exactNames
        request.pins = request.pins.map { pin in
            guard pin.kind == .condaPackage, pin.strength == .floating,
                names.contains(CondaSettings.name(of: pin.subject))
            else { return pin }
            return pin.with(strength: .exact, reason: nil)
        }
        let words = command.words.prefix(3)
        guard let create = words.dropFirst().first(where: { $0.text == "create" }),
            !command.words.contains(where: { $0.text == "--no-default-packages" })
        else { return request }
        for specification in settings.defaults where !names.contains(CondaSettings.name(of: specification)) {
            let word = CommandWord(text: specification, raw: specification, range: create.range)
            if let pin = CondaInstaller.pin(word, requestedBy: "create_default_packages", in: command) {
                request.pins.append(pin)
            }
        }
        return request
    }

    /// A command of npm, pnpm or yarn that sees what `.npmrc` and `.yarnrc.yml` say where no variable says otherwise.
    func withPackageSettings(
        _ installer: InstallerCommand, _ command: ShellCommand, _ step: RunStep
    ) -> InstallerCommand {
        var values: [String: String] = [:]
        var files = [".npmrc", "/root/.npmrc", "/etc/npmrc", "/usr/local/etc/npmrc"]
        if case .known(let home) = command.variables["HOME"] { files.append(home + "/.npmrc") }
        if case .known(let path) = command.variables["NPM_CONFIG_USERCONFIG"] { files.append(path) }
        for file in files {
            guard let found = find(file, command, step), case .text(let text) = found.file else { continue }
            for line in text.string(0..<text.bytes.count).split(whereSeparator: \.isNewline) {
                let parts = line.split(separator: "=", maxSplits: 1).map { $0.filter { !$0.isWhitespace } }
                if parts.count == 2, parts[0] == "frozen-lockfile" { values["npm_config_frozen_lockfile"] = parts[1] }
            }
        }
        if installer.program == "yarn", let found = find(".yarnrc.yml", command, step),
            case .text(let text) = found.file,
            let root = try? YAMLReader.read(text)
        {
            let isInCI: Bool
            if case .known(let value) = command.variables["CI"] {
                isInCI = !["", "0", "false"].contains(value)
            } else {
                isInCI = false
            }
            let isImmutable = root[keys: "enableImmutableInstalls"]?.boolean ?? isInCI
            values["YARN_ENABLE_IMMUTABLE_INSTALLS"] = isImmutable ? "1" : "0"
        }
        guard !values.isEmpty else { return installer }
        var result = installer
        result.variable = { [variable = installer.variable, values] name in variable(name) ?? values[name] }
        return result
    }
}
