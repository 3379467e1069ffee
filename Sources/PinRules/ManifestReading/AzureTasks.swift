import DockerfileSyntax
import SourceDocuments

/// Steps of Azure DevOps that run scripts, install or build
/// (https://learn.microsoft.com/azure/devops/pipelines/tasks/reference/). Names of tasks and inputs have no case.
enum AzureTasks {
    /// One step with a task.
    private struct Task {
        let node: DocumentNode
        /// The name in lower case, without its version.
        let name: String
        let inputs: [String: DocumentNode]

        init?(_ node: DocumentNode) {
            guard let task = node[keys: "task"]?.text else { return nil }
            self.node = node
            name = String(task.lowercased().prefix { $0 != "@" })
            var inputs: [String: DocumentNode] = [:]
            for member in node[keys: "inputs"]?.members ?? [] where inputs[member.key.lowercased()] == nil {
                inputs[member.key.lowercased()] = member.value
            }
            self.inputs = inputs
        }

        /// The first of some inputs that is there.
        func input(_ keys: String...) -> DocumentNode? { keys.lazy.compactMap { inputs[$0] }.first { $0.text != nil } }
    }

    static func read(_ node: DocumentNode, _ scope: AzurePipeline.Scope, _ reader: inout ManifestReader) {
        for (key, interpreter) in [
            ("script", scope.isWindows ? ShellInterpreter.commandPrompt : .shell), ("bash", .shell),
            ("pwsh", .powerShell), ("powershell", .powerShell),
        ] {
            guard let script = node[keys: key], script.string != nil else { continue }
            var place = place(node, node[keys: "workingDirectory"], scope)
            place.interpreter = interpreter
            add(script, at: place, scope, to: &reader)
        }
        guard let task = Task(node) else { return }
        read(task, scope, &reader)
    }

    private static func place(
        _ node: DocumentNode, _ directory: DocumentNode?, _ scope: AzurePipeline.Scope
    ) -> ManifestReader.Place {
        var place = scope.place(node)
        if let text = directory?.text, !text.isEmpty {
            let path = scope.hasSeveralCheckouts ? nil : scope.macros.path(text)
            place.directory = path.flatMap { ContainerPath.join(scope.directory, $0) }
        }
        return place
    }

    private static func add(
        _ script: DocumentNode, at place: ManifestReader.Place, _ scope: AzurePipeline.Scope,
        to reader: inout ManifestReader
    ) {
        reader.addCommands(script, place) { scope.macros.rewritten($0) }
    }

    /// Adds a command line of which a task gives the parts: a program, and words as they are written.
    private static func run(
        _ program: String, _ words: [DocumentNode?], for task: Task, _ scope: AzurePipeline.Scope,
        to reader: inout ManifestReader, in directory: DocumentNode? = nil
    ) {
        let place = place(task.node, directory ?? task.input("workingdirectory", "workingdir", "cwd"), scope)
        let given = words.compactMap { $0 }.filter { !($0.text ?? "").isEmpty }
        let range = given.first?.range ?? task.node[keys: "task"]?.range ?? task.node.range
        let whole = reader.text.offsets(of: range)
        var script = MappedText(program, standingFor: whole)
        for word in given {
            script.append([UInt8(ascii: " ")], standingFor: whole)
            script.append(EmbeddedText.text(of: word, in: reader.text))
        }
        let line = scope.macros.rewritten(script)
        reader.addCommands(DocumentNode(.string(line.string), range: range), place) { _ in line }
    }

    private static func addUnread(_ task: Task, _ reason: String, _ reader: inout ManifestReader) {
        guard let name = task.node[keys: "task"] else { return }
        reader.addUnread(name.text ?? "", requestedBy: "task", reason, at: name.range)
    }

    // MARK: Scripts

    private static func read(_ task: Task, _ scope: AzurePipeline.Scope, _ reader: inout ManifestReader) {
        switch task.name {
        case "bash", "shellscript":
            readScript(
                task, by: .shell, text: task.input("script"), path: task.input("filepath", "scriptpath"), scope,
                to: &reader)
        case "cmdline":
            if let script = task.input("script") {
                var place = place(task.node, task.input("workingdirectory"), scope)
                place.interpreter = scope.isWindows ? .commandPrompt : .shell
                add(script, at: place, scope, to: &reader)
            } else if let program = task.input("filename") {
                run(
                    "", [program, task.input("arguments")], for: task, scope, to: &reader,
                    in: task.input("workingfolder"))
            }
        case "powershell", "azurepowershell", "batchscript", "powershellontargetmachines":
            readScript(
                task, by: task.name == "batchscript" ? .commandPrompt : .powerShell,
                text: task.input("script", "inline", "inlinescript"),
                path: task.input("filepath", "scriptpath", "scriptname", "filename"), scope, to: &reader)
        case "azurecli":
            let type = task.input("scripttype")?.text?.lowercased() ?? "bash"
            readScript(
                task, by: type.hasPrefix("ps") ? .powerShell : type == "batch" ? .commandPrompt : .shell,
                text: task.input("inlinescript", "script"), path: task.input("scriptpath"), scope,
                to: &reader)
        case "pythonscript":
            readScript(
                task, by: .other("python3"), text: task.input("script"),
                path: task.input("scriptpath", "filepath"), scope, to: &reader)
        default: readOther(task, scope, &reader)
        }
    }

    /// A script that the task holds or names.
    private static func readScript(
        _ task: Task, by interpreter: ShellInterpreter, text: DocumentNode?, path: DocumentNode?,
        _ scope: AzurePipeline.Scope, to reader: inout ManifestReader
    ) {
        let type = task.input("targettype", "scriptlocation", "scriptsource", "scripttype")?.text?.lowercased() ?? ""
        // Templates leave unused inputs empty.
        let usesPath = path.map { !($0.text ?? "").isEmpty } ?? false && !type.hasPrefix("inline")
        if usesPath, let path {
            switch interpreter {
            case .shell: readFile(path, by: "bash", for: task, scope, to: &reader)
            case .other: readFile(path, by: "python3", for: task, scope, to: &reader)
            default:
                reader.addUnread(
                    path.text ?? "", requestedBy: "the script",
                    "the commands of \(interpreter.unreadName ?? "") are not read", at: path.range)
            }
            return
        }
        guard let text, text.string != nil else {
            if text != nil || path != nil || type.isEmpty { return }
            return addUnread(task, "it names no script", &reader)
        }
        var place = place(task.node, task.input("workingdirectory", "cwd"), scope)
        place.interpreter = interpreter
        add(text, at: place, scope, to: &reader)
    }

    /// A script by its path, which begins at the root of the checkout.
    private static func readFile(
        _ path: DocumentNode, by program: String, for task: Task, _ scope: AzurePipeline.Scope,
        to reader: inout ManifestReader
    ) {
        guard !scope.hasSeveralCheckouts, let known = path.text.flatMap({ scope.macros.path($0) }) else {
            return reader.addUnread(
                path.text ?? "", requestedBy: "the script", "its path is known only during the build", at: path.range)
        }
        let whole = PosixPath.clamped(known)
        let range = reader.text.offsets(of: path.range)
        var place = place(task.node, task.input("workingdirectory", "cwd"), scope)
        let shown = place.directory == "/" && task.name != "shellscript" ? String(whole.dropFirst()) : whole
        var script = MappedText(program + " '", standingFor: range)
        script.append(Array(shown.replacing("'", with: "").utf8)[...], standingFor: range)
        script.append(Array("'".utf8)[...], standingFor: range)
        if let arguments = task.input("arguments", "args", "scriptarguments") {
            script.append([UInt8(ascii: " ")], standingFor: range)
            script.append(EmbeddedText.text(of: arguments, in: reader.text))
        }
        let line = scope.macros.rewritten(script)
        // This task runs a script in the script's own directory.
        if task.name == "shellscript", task.input("cwd") == nil {
            place.directory = ContainerPath.join("/", PosixPath.directory(whole))
        }
        reader.addCommands(DocumentNode(.string(line.string), range: path.range), place) { _ in line }
    }

    // MARK: Packages and builds

    /// Tasks that fetch what the project's own files name, or packages that nothing here reads.
    private static let fetching: Set<String> = [
        "maven", "gradle", "nugetinstaller", "nugetrestore", "cocoapods", "downloadgithubrelease",
        "universalpackages", "downloadpackage", "gulp", "grunt", "yarn", "yarninstaller", "pipinstall", "conan",
        "rubygems", "bundler", "composer",
    ]

    /// Inputs that hold a script, in tasks that are not known.
    private static let scriptInputs = [
        "script", "inlinescript", "inline", "commands", "customscript", "scriptpath", "runonremote",
    ]

    private static func readOther(_ task: Task, _ scope: AzurePipeline.Scope, _ reader: inout ManifestReader) {
        let command = task.input("command", "action")?.text?.lowercased() ?? ""
        switch task.name {
        case "npm":
            switch command {
            case "", "install": run("npm install", [], for: task, scope, to: &reader)
            case "ci": run("npm ci", [], for: task, scope, to: &reader)
            case "custom": run("npm", [task.input("customcommand")], for: task, scope, to: &reader)
            default: break
            }
        case "go": run("go", [task.input("command"), task.input("arguments")], for: task, scope, to: &reader)
        case "condaenvironment":
            if let packages = task.input("packagespecs") {
                run("conda install", [packages], for: task, scope, to: &reader)
            }
        case "dotnetcorecli":
            if ["restore", "build", "test", "publish", "pack", "run", "custom"].contains(command) {
                addUnread(task, "what the project's own files name is not read", &reader)
            }
        case "nugetcommand":
            if ["", "restore", "custom"].contains(command) { addUnread(task, "what it fetches is not read", &reader) }
        case "downloadbuildartifacts", "downloadpipelineartifact":
            // What the same run made is nothing new.
            let source = task.input("buildtype", "source")?.text?.lowercased() ?? ""
            if source == "specific" { addUnread(task, "what another pipeline made is not read", &reader) }
        case "docker": readDocker(task, command: command, scope, to: &reader)
        case let name where fetching.contains(name):
            addUnread(task, "what it fetches is not read", &reader)
        default:
            if scriptInputs.contains(where: { task.input($0)?.string.map { !$0.isEmpty } ?? false }) {
                addUnread(task, "the script of this task is not read", &reader)
            }
        }
    }

    /// `Docker@2` (https://learn.microsoft.com/azure/devops/pipelines/tasks/reference/docker-v2).
    private static func readDocker(
        _ task: Task, command: String, _ scope: AzurePipeline.Scope, to reader: inout ManifestReader
    ) {
        if command.contains("run"), let image = task.input("imagename") {
            return AzurePipeline.addImage(image, scope, &reader)
        }
        guard command.isEmpty || command.contains("build") else { return }
        let name = task.input("dockerfile")
        let written = name?.text ?? "**/Dockerfile"
        // The first of several that a pattern fits is taken; the one at the root is sure to be it.
        let file = written == "**/Dockerfile" ? "Dockerfile" : written
        let unknown = "which Dockerfile it builds is known only during the build"
        guard !scope.hasSeveralCheckouts, let path = scope.macros.path(file).flatMap({ PosixPath.contained($0) }),
            !path.contains("*")
        else { return addUnread(task, unknown, &reader) }
        if case .missing = reader.source.checkout.file(path) {
            return addUnread(
                task, file == written ? "the checkout does not hold \(written)" : unknown, &reader)
        }
        var context = PosixPath.directory(path)
        let given = task.input("buildcontext", "context")?.text ?? "**"
        if given != "**" {
            guard let known = scope.macros.path(given).flatMap({ PosixPath.contained($0) }), !known.contains("*") else {
                return addUnread(task, "its build context is known only during the build", &reader)
            }
            context = known
        }
        reader.addBuild(
            context: context.isEmpty ? "." : context, dockerfile: path, base: .checkout,
            arguments: arguments(task, scope), at: (name ?? task.node).place)
    }

    /// `arguments: --build-arg A=b`, `buildArguments` with a line for each; values that are not known are left out.
    private static func arguments(_ task: Task, _ scope: AzurePipeline.Scope) -> [String: String] {
        var words = (task.input("arguments")?.text ?? "").split(whereSeparator: \.isWhitespace)[...]
        var pairs = (task.input("buildarguments")?.text ?? "").split(whereSeparator: \.isNewline).map(String.init)
        while let word = words.popFirst() {
            if word == "--build-arg", let next = words.popFirst() { pairs.append(String(next)) }
            if word.hasPrefix("--build-arg=") { pairs.append(String(word.dropFirst("--build-arg=".count))) }
        }
        var result: [String: String] = [:]
        for pair in pairs {
            guard let known = scope.macros.expand(pair).known, let equals = known.firstIndex(of: "="),
                !known.contains("$")
            else { continue }
            result[String(known[..<equals])] = String(known[known.index(after: equals)...])
        }
        return result
    }
}
