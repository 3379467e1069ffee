import DockerfileSyntax
import SourceDocuments

/// Pipelines of Jenkins (https://www.jenkins.io/doc/book/pipeline/syntax/): images of agents and of `docker.image`, what
/// `docker.build` and `dockerfile` build, pods, and commands of `sh`.
///
/// Groovy is not run. Names with one written value are known; what code puts together, shared libraries and steps that
/// fetch are reported as not read.
enum JenkinsPipeline: Manifest {
    static let kind = "jenkins pipeline"

    static func matches(path: String) -> Bool {
        let name = ManifestPath.name(of: path)
        let parts = name.split { ".-_".contains($0) }
        guard parts.contains("jenkinsfile") else { return false }
        return !["md", "txt", "json", "yml", "yaml", "py", "sh", "html", "rst"].contains(parts.last)
    }

    static func read(_ reader: inout ManifestReader) throws(DocumentError) {
        let (code, problems) = GroovyTokenizer.read(reader.text)
        for problem in problems {
            let stretch = problem.range.prefix(64)
            let subject = reader.text.string(stretch).split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
            reader.addUnread(
                subject, requestedBy: "", problem.reason,
                at: reader.text.range(stretch.lowerBound..<max(stretch.lowerBound, stretch.upperBound)))
        }
        reader.startJob()
        var jenkins = JenkinsReader(manifest: reader, bindings: GroovyBindings(code))
        jenkins.noteBuilds(code)
        jenkins.walk(code, JenkinsScope())
        reader = jenkins.manifest
    }
}

/// What holds for the steps of a block: `dir`, `withEnv`, `environment`.
struct JenkinsScope {
    /// The directory below the workspace, `/`; nil when it is not known.
    var directory: String? = "/"
    var variables: ScriptVariables = ["CI": "true", "WORKSPACE": "/"]

    /// Whether a name is that of the workspace, in which the repository is checked out.
    static func isWorkspace(_ name: String) -> Bool { name == "WORKSPACE" || name == "env.WORKSPACE" }
}

/// Reads the tokens of a pipeline.
struct JenkinsReader {
    var manifest: ManifestReader
    let bindings: GroovyBindings
    /// The names of the images that the file builds.
    var builtImages = Set<String>()
    /// Where the texts begin that commands were read from.
    private var readTexts = Set<Int>()

    init(manifest: ManifestReader, bindings: GroovyBindings) {
        self.manifest = manifest
        self.bindings = bindings
    }

    var text: SourceText { manifest.text }

    mutating func walk(_ code: GroovyCode, _ outer: JenkinsScope) {
        var scopes: [(scope: JenkinsScope, close: Int)] = [(outer, code.tokens.count)]
        // The scopes of blocks that a call before them opens.
        var opened: [Int: JenkinsScope] = [:]
        for index in code.tokens.indices {
            let token = code.tokens[index]
            guard let scope = scopes.last?.scope else { return }
            switch token.kind {
            case .symbol(let byte):
                if byte == UInt8(ascii: "{") {
                    var inner = opened.removeValue(forKey: index) ?? scope
                    addEnvironment(ofBlock: index, code, &inner)
                    scopes.append((inner, token.partner ?? code.tokens.count))
                } else if byte == UInt8(ascii: "]"), index + 2 < code.tokens.count,
                    code.tokens[index + 1].isSymbol("."), code.tokens[index + 2].word == "execute"
                {
                    addUnread(
                        "execute", requestedBy: "", "its text is produced by the build",
                        at: code.tokens[index + 2].range)
                } else if byte == UInt8(ascii: "}"), scopes.count > 1 {
                    while scopes.count > 1, let last = scopes.last, last.close <= index { scopes.removeLast() }
                }
            case .string(let parts):
                for part in parts { if case .code(let inner) = part { walk(inner, scope) } }
                readExecution(in: code, at: index, scope)
            case .word(let word):
                if let (block, inner) = blockScope(word, in: code, at: index, scope) { opened[block] = inner }
                read(word, in: code, at: index, scope)
            }
        }
    }

    // MARK: Values

    /// The value of a name in a scope.
    func value(of name: String, _ scope: JenkinsScope, isPath: Bool = false) -> String? {
        if name == "pwd()" { return isPath ? scope.directory : nil }
        if JenkinsScope.isWorkspace(name) { return isPath ? "/" : nil }
        let isOfEnvironment = name.hasPrefix("env.")
        let plain = isOfEnvironment ? String(name.dropFirst("env.".count)) : name
        if plain.contains(".") { return nil }
        guard let value = scope.variables[plain] else { return bindings[plain] }
        if isOfEnvironment { return bindings.sets(plain) ? nil : value }
        return bindings.sets(plain) ? bindings[plain] : value
    }

    func evaluate(
        _ range: Range<Int>, _ code: GroovyCode, _ scope: JenkinsScope, isPath: Bool = false
    ) -> GroovyValue {
        code.value(range) { value(of: $0, scope, isPath: isPath) }
    }

    mutating func addUnread(_ subject: String, requestedBy word: String, _ reason: String, at range: Range<Int>) {
        let line = subject.split(whereSeparator: \.isNewline).first.map(String.init) ?? word
        manifest.addUnread(line, requestedBy: line == word ? "" : word, reason, at: text.range(range))
    }

    // MARK: Blocks

    /// The scope of the block behind `dir(..)` and `withEnv(..)`, and the index of its bracket.
    private func blockScope(
        _ word: String, in code: GroovyCode, at index: Int, _ scope: JenkinsScope
    ) -> (Int, JenkinsScope)? {
        guard word == "dir" || word == "withEnv", let (arguments, end) = code.arguments(behind: index), let end,
            let argument = arguments.first(where: { $0.name == nil || $0.name == "path" || $0.name == "overrides" })
        else { return nil }
        // `dir('x') { }`, else `dir('x', { })` and `dir 'x', { }`.
        var block = end < code.tokens.count && code.tokens[end].isSymbol("{") ? end : nil
        if block == nil, let last = arguments.last?.value.lowerBound, code.tokens[last].isSymbol("{") { block = last }
        guard let block else { return nil }
        var inner = scope
        if word == "dir" {
            let path = evaluate(argument.value, code, scope, isPath: true).known
            let joined = path.flatMap { ContainerPath.join(scope.directory, $0) }
            // A longer path is none.
            inner.directory = joined.flatMap { $0.utf8.count < 4096 ? $0 : nil }
        } else {
            addVariables(argument.value, in: code, scope, to: &inner)
        }
        return (block, inner)
    }

    /// `["NAME=value", "PATH+TOOL=/x"]`
    private func addVariables(
        _ range: Range<Int>, in code: GroovyCode, _ scope: JenkinsScope, to inner: inout JenkinsScope
    ) {
        guard code.tokens[range.lowerBound].isSymbol("["), let close = code.tokens[range.lowerBound].partner else {
            return
        }
        for item in code.split((range.lowerBound + 1)..<close, { $0.isSymbol(",") }) {
            let value = evaluate(item, code, scope)
            guard case .text(let first)? = value.pieces.first,
                let equals = first.bytes.firstIndex(of: UInt8(ascii: "="))
            else { continue }
            let name = String(decoding: first.bytes[..<equals], as: UTF8.self)
            if let plus = name.firstIndex(of: "+") {
                inner.variables[String(name[..<plus])] = .some(nil)
            } else {
                inner.variables[name] = .some(value.known.map { String($0.dropFirst(name.count + 1)) })
            }
        }
    }

    /// `environment { NAME = 'value' }` directly below a block.
    private func addEnvironment(ofBlock open: Int, _ code: GroovyCode, _ scope: inout JenkinsScope) {
        let tokens = code.tokens
        let close = tokens[open].partner ?? tokens.count
        var index = open + 1
        while index < close {
            if tokens[index].word == "environment", index + 1 < close, tokens[index + 1].isSymbol("{") {
                let end = tokens[index + 1].partner ?? tokens.count
                var inner = index + 2
                while inner + 2 < end {
                    if let name = tokens[inner].word, tokens[inner + 1].isSymbol("="),
                        let last = code.endOfStatement(from: inner + 2), inner + 2 < last
                    {
                        scope.variables[name] = .some(evaluate((inner + 2)..<last, code, scope).known)
                        inner = last
                    } else {
                        inner = code.isOpening(inner) ? (tokens[inner].partner ?? end) + 1 : inner + 1
                    }
                }
            }
            index = code.isOpening(index) ? (tokens[index].partner ?? close) + 1 : index + 1
        }
    }

    // MARK: Words

    private static let commands: Set<String> = ["sh", "pysh", "bat", "powershell", "pwsh", "sshCommand"]

    /// The objects that a step is called on where a class or a library holds the code.
    private static let selves: Set<String> = ["steps", "script", "this", "pipeline", "context", "ctx", "jenkins"]

    private mutating func read(_ word: String, in code: GroovyCode, at index: Int, _ scope: JenkinsScope) {
        let tokens = code.tokens
        let before = index > 0 ? tokens[index - 1] : nil
        let isMember = before?.isSymbol(".") ?? false
        let receiver = isMember && index > 1 ? tokens[index - 2].word : nil
        if isDeclared(code, index) { return }
        if Self.commands.contains(word) { return readCommand(word, in: code, at: index, scope) }
        if word == "image" {
            guard !isMember || receiver == "docker" else { return }
            return readImages(in: code, at: index, scope)
        }
        guard !isMember || receiver.map({ Self.selves.contains($0) }) ?? false else { return }
        switch word {
        case "docker": readDocker(in: code, at: index, scope)
        case "withDockerContainer", "dockerNode": readImages(in: code, at: index, scope)
        case "dockerfile": readDockerfile(in: code, at: index, scope)
        case "Library" where before?.isSymbol("@") ?? false: readLibraries(word, in: code, at: index, scope)
        case "Grab" where before?.isSymbol("@") ?? false:
            readFetch(word, because: "what it fetches is not read", in: code, at: index, scope)
        case "library": readLibraries(word, in: code, at: index, scope)
        case "libraries":
            guard index + 1 < tokens.count, tokens[index + 1].isSymbol("{") else { return }
            for inner in ((index + 2)..<max(index + 2, tokens[index + 1].partner ?? tokens.count)).prefix(512)
            where tokens[inner].word == "lib" {
                readLibraries("lib", in: code, at: inner, scope)
            }
        case "load": readLoad(in: code, at: index, scope)
        case "yaml": readPod(in: code, at: index, scope)
        case "yamlFile": readPodFile(in: code, at: index, scope)
        case "evaluate":
            readFetch(word, because: "code that is produced by the build is not read", in: code, at: index, scope)
        default: if let reason = Self.fetching[word] { readFetch(word, because: reason, in: code, at: index, scope) }
        }
    }

    /// Whether a word is what is declared there: `def sh(cmd) { }`, `String image = ..`.
    private func isDeclared(_ code: GroovyCode, _ index: Int) -> Bool {
        guard index > 0, !code.tokens[index].isFirstOnLine, let type = code.tokens[index - 1].word else { return false }
        return ["def", "void", "String", "Object", "boolean", "int", "var", "final"].contains(type)
    }

    /// `sh 'x'`, `sh("x")`, `sh script: 'x', returnStdout: true`, `sh([script: 'x'])`.
    private mutating func readCommand(_ word: String, in code: GroovyCode, at index: Int, _ scope: JenkinsScope) {
        guard let (arguments, end) = code.arguments(behind: index) else { return }
        let start = code.tokens[index].range.lowerBound
        guard end != nil else {
            return addUnread(word, requestedBy: word, "the statement is too long", at: code.tokens[index].range)
        }
        let key = word == "sshCommand" ? "command" : "script"
        guard
            let argument = arguments.first(where: { $0.name == key })
                ?? arguments.first(where: { $0.name == nil })
        else {
            if !arguments.isEmpty {
                addUnread(word, requestedBy: word, "its text is produced by the build", at: code.tokens[index].range)
            }
            return
        }
        for index in argument.value.prefix(512) { readTexts.insert(code.tokens[index].range.lowerBound) }
        for choice in code.alternatives(argument.value) {
            let value = evaluate(choice, code, scope)
            let bytes = code.bytes(choice)
            guard value.hasText else {
                // An empty text does nothing.
                if !value.isKnown {
                    addUnread(
                        word, requestedBy: word, "its text is produced by the build",
                        at: min(start, bytes.lowerBound)..<bytes.upperBound)
                }
                continue
            }
            var place = ManifestReader.Place()
            place.directory = word == "sshCommand" ? nil : scope.directory
            place.variables = scope.variables
            switch word {
            case "bat": place.interpreter = .commandPrompt
            case "powershell", "pwsh": place.interpreter = .powerShell
            default: break
            }
            let script = value.script
            if place.interpreter == .shell, script.bytes.starts(with: "#!".utf8) {
                // Without such a line the shell runs with `-xe`.
                let line = String(
                    decoding: script.bytes.dropFirst(2).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
                place.interpreter = RunStep.interpreter(named: line)
                place.stopsAtFailure = line.split(separator: " ").dropFirst().contains {
                    $0.hasPrefix("-") && !$0.hasPrefix("--") && $0.contains("e")
                }
            }
            let node = DocumentNode(.string(script.string), range: text.range(bytes))
            manifest.addCommands(node, place) { _ in script }
        }
    }

    /// Notes a text that is a command and that no step was seen to run: `run('pip install x')`, `"sh"('pip install x')`.
    private mutating func noteText(_ code: GroovyCode, _ index: Int) {
        let token = code.tokens[index]
        guard case .string(let parts) = token.kind, case .text(let text)? = parts.first,
            !readTexts.contains(token.range.lowerBound), index == 0 || !isData(code.tokens[index - 1])
        else { return }
        let words = text.string.prefix(256).split { $0.isWhitespace }.prefix(6).drop { $0 == "sudo" }
        guard let program = words.first.map(String.init), program.count > 2, Installers.knows(program),
            words.dropFirst().contains(where: { ["install", "add", "pull", "clone", "download"].contains($0) })
        else { return }
        addUnread(text.string, requestedBy: "", "what the build does with this text is not known", at: token.range)
    }

    /// Whether what follows a token is a value or a message rather than what a call runs.
    private func isData(_ token: GroovyToken) -> Bool {
        if let word = token.word { return ["echo", "error", "println", "unstable", "description"].contains(word) }
        return token.isSymbol("=")
    }

    /// `'cmd'.execute()` and `['a', 'b'].execute()`, which run on the server.
    private mutating func readExecution(in code: GroovyCode, at index: Int, _ scope: JenkinsScope) {
        guard index + 2 < code.tokens.count, code.tokens[index + 1].isSymbol("."),
            code.tokens[index + 2].word == "execute"
        else { return noteText(code, index) }
        let value = evaluate(index..<(index + 1), code, scope)
        var place = ManifestReader.Place()
        place.directory = nil
        let script = value.script
        manifest.addCommands(
            DocumentNode(.string(script.string), range: text.range(code.tokens[index].range)), place
        ) { _ in script }
    }
}
