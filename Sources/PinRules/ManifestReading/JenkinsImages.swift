import DockerfileSyntax
import SourceDocuments

/// Images that a pipeline of Jenkins runs in, and those that it builds (https://www.jenkins.io/doc/book/pipeline/docker/).
extension JenkinsReader {
    /// The arguments of a word: of a call, or the value of a named argument, `image: 'x'`.
    private func values(_ code: GroovyCode, _ index: Int) -> [GroovyArgument]? {
        let tokens = code.tokens
        if index + 2 < tokens.count, tokens[index + 1].isSymbol(":") {
            if index > 0, tokens[index - 1].isSymbol("?") { return nil }
            let end = code.endOfStatement(from: index + 2) ?? index + 2
            let value = code.split((index + 2)..<end) { $0.isSymbol(",") }
            return value.first.map { [GroovyArgument(value: $0)] }
        }
        return code.arguments(behind: index)?.list
    }

    mutating func readImages(in code: GroovyCode, at index: Int, _ scope: JenkinsScope) {
        guard let argument = values(code, index)?.first(where: { $0.name == nil }) else { return }
        for choice in code.alternatives(argument.value) {
            let value = evaluate(choice, code, scope)
            let name = value.written
            if builtImages.contains(name) { continue }
            manifest.addImage(
                name, isKnown: value.isKnown, at: text.range(code.bytes(choice)), requestedBy: "image")
        }
    }

    /// `docker 'image'` of an agent, and `docker.build(..)`.
    mutating func readDocker(in code: GroovyCode, at index: Int, _ scope: JenkinsScope) {
        guard index + 2 < code.tokens.count, code.tokens[index + 1].isSymbol(".") else {
            return readImages(in: code, at: index, scope)
        }
        if code.tokens[index + 2].word == "build" { readBuild(in: code, at: index + 2, scope) }
    }

    /// Notes the names of what the file builds, for they are used before and after.
    mutating func noteBuilds(_ code: GroovyCode) {
        for index in code.tokens.indices.dropLast(2)
        where code.tokens[index].word == "docker" && code.tokens[index + 2].word == "build" {
            guard let name = code.arguments(behind: index + 2)?.list.first else { continue }
            builtImages.insert(evaluate(name.value, code, JenkinsScope()).written)
        }
    }

    // MARK: Builds

    private static let unknownDockerfile = "which Dockerfile it builds is known only during the build"

    /// `dockerfile true`, `dockerfile { filename 'x'; dir 'y'; additionalBuildArgs '--build-arg z=1' }`.
    mutating func readDockerfile(in code: GroovyCode, at index: Int, _ scope: JenkinsScope) {
        let tokens = code.tokens
        guard index + 1 < tokens.count else { return }
        var given: [String: GroovyArgument] = [:]
        if tokens[index + 1].isSymbol("{") {
            let close = tokens[index + 1].partner ?? tokens.count
            for inner in ((index + 2)..<max(index + 2, close)).prefix(64) {
                guard let key = tokens[inner].word, ["filename", "dir", "additionalBuildArgs"].contains(key),
                    let value = values(code, inner)?.first
                else { continue }
                given[key] = value
            }
        } else if tokens[index + 1].word != "true" {
            guard let (arguments, _) = code.arguments(behind: index), arguments.contains(where: { $0.name != nil })
            else { return }
            for argument in arguments { if let name = argument.name { given[name] = argument } }
        }
        let range = tokens[index].range
        func known(_ key: String) -> (text: String?, isKnown: Bool) {
            guard let argument = given[key] else { return (nil, true) }
            let value = evaluate(argument.value, code, scope, isPath: true).known
            return (value, value != nil)
        }
        let (file, directory) = (known("filename"), known("dir"))
        guard file.isKnown, directory.isKnown else {
            return addUnread("dockerfile", requestedBy: "dockerfile", Self.unknownDockerfile, at: range)
        }
        let words = given["additionalBuildArgs"].map { Self.words(evaluate($0.value, code, scope).written) } ?? []
        let context = directory.text ?? "."
        addBuild(
            context: context, dockerfile: ManifestReader.joined(context, file.text ?? "Dockerfile"),
            BuildWords(words), at: range)
    }

    /// `docker.build('name', '-f x/Dockerfile --build-arg a=b x')`.
    private mutating func readBuild(in code: GroovyCode, at index: Int, _ scope: JenkinsScope) {
        guard let (arguments, _) = code.arguments(behind: index), !arguments.isEmpty else { return }
        let range = code.tokens[index].range
        var build = BuildWords([])
        if arguments.count > 1, !code.tokens[arguments[1].value.lowerBound].isSymbol("{") {
            let value = evaluate(arguments[1].value, code, scope, isPath: true)
            build = BuildWords(Self.words(value.written))
            guard value.hasText else {
                return addUnread("docker.build", requestedBy: "", Self.unknownDockerfile, at: range)
            }
        }
        let file = build.file ?? ManifestReader.joined(build.context, "Dockerfile")
        guard let directory = scope.directory, !(file + build.context).contains("$") else {
            return addUnread("docker.build", requestedBy: "", Self.unknownDockerfile, at: range)
        }
        func path(_ path: String) -> String { String(PosixPath.clamped(path, in: directory).dropFirst()) }
        let context = path(build.context)
        addBuild(context: context.isEmpty ? "." : context, dockerfile: path(file), build, at: range)
    }

    /// The options of `docker build` that matter, and its context.
    private struct BuildWords {
        var file: String?
        var context = "."
        var arguments: [String: String] = [:]

        private static let withValue: Set<String> = [
            "--target", "-t", "--tag", "--label", "--network", "--cache-from", "--cache-to", "--platform", "--secret",
            "--ssh", "--progress", "-m", "--memory", "--cpuset-cpus", "--add-host", "--shm-size", "--ulimit", "-o",
            "--output", "--build-context", "--iidfile", "--builder",
        ]

        init(_ words: [String]) {
            var words = words[...]
            while let word = words.popFirst() {
                let parts = word.split(separator: "=", maxSplits: 1)
                switch parts.first.map(String.init) ?? word {
                case "-f", "--file": file = parts.count > 1 ? String(parts[1]) : words.popFirst()
                case "--build-arg":
                    let pair = parts.count > 1 ? String(parts[1]) : words.popFirst() ?? ""
                    guard let equals = pair.firstIndex(of: "="), !pair.contains("$") else { continue }
                    arguments[String(pair[..<equals])] = String(pair[pair.index(after: equals)...])
                case let option where option.hasPrefix("-"):
                    if parts.count == 1, Self.withValue.contains(option) { words = words.dropFirst() }
                default: context = word
                }
            }
        }
    }

    private static func words(_ text: String) -> [String] {
        text.split(whereSeparator: \.isWhitespace).map { $0.filter { $0 != "'" && $0 != "\"" } }
    }

    private mutating func addBuild(
        context: String, dockerfile: String, _ build: BuildWords, at range: Range<Int>
    ) {
        guard let path = PosixPath.contained(dockerfile) else {
            return addUnread(dockerfile, requestedBy: "dockerfile", "it lies outside of the checkout", at: range)
        }
        if case .missing = manifest.source.checkout.file(path) {
            return addUnread(dockerfile, requestedBy: "dockerfile", "it is not in the checkout", at: range)
        }
        manifest.addBuild(
            context: context, dockerfile: path, base: .checkout, arguments: build.arguments,
            at: text.range(range).start)
    }

    // MARK: Pods

    /// `yaml '''...'''`: the images of a pod's containers.
    mutating func readPod(in code: GroovyCode, at index: Int, _ scope: JenkinsScope) {
        guard let argument = values(code, index)?.first(where: { $0.name == nil }) else { return }
        for choice in code.alternatives(argument.value) {
            let value = evaluate(choice, code, scope)
            let bytes = code.bytes(choice)
            let script = value.script
            let source = SourceText(name: text.name, bytes: script.bytes)
            guard value.hasText, let documents = try? YAMLStream.read(source) else {
                addUnread(
                    value.isKnown ? value.written : text.string(bytes), requestedBy: "yaml",
                    "a pod that a string holds is not read",
                    at: bytes)
                continue
            }
            for document in documents { readPod(document, of: source, script, whole: bytes, depth: 0) }
        }
    }

    private mutating func readPod(
        _ node: DocumentNode, of source: SourceText, _ script: MappedText, whole: Range<Int>, depth: Int
    ) {
        guard depth < 24 else {
            if node.table != nil || node.array != nil {
                addUnread("yaml", requestedBy: "", "the pod is nested too deep", at: whole)
            }
            return
        }
        for item in node.array ?? [] { readPod(item, of: source, script, whole: whole, depth: depth + 1) }
        for member in node.members {
            let range = script.fileRange(source.offsets(of: member.value.range))
            if member.key == "image", let image = member.value.string {
                let isKnown = !image.containsText(Expressions.prefix)
                manifest.addImage(
                    image.replacing(Expressions.prefix, with: "${"), isKnown: isKnown, at: text.range(range),
                    requestedBy: "image")
            } else if ["command", "args"].contains(member.key), let line = Self.installing(member.value) {
                addUnread(line, requestedBy: "command", "what a pod installs when it starts is not read", at: range)
            }
            readPod(member.value, of: source, script, whole: whole, depth: depth + 1)
        }
    }

    /// The command of a container that installs or fetches; nil for any other.
    private static func installing(_ node: DocumentNode) -> String? {
        let line = (node.array?.compactMap(\.text) ?? [node.text ?? ""]).joined(separator: " ")
        return ["install", "curl ", "wget ", "clone", "download", "pull "].contains { line.containsText($0) }
            ? line : nil
    }

    /// `yamlFile 'pod.yaml'`
    mutating func readPodFile(in code: GroovyCode, at index: Int, _ scope: JenkinsScope) {
        use(in: code, at: index, scope, requestedBy: "yamlFile", as: .action)
    }

    // MARK: Other files

    /// `load 'build.groovy'`
    mutating func readLoad(in code: GroovyCode, at index: Int, _ scope: JenkinsScope) {
        use(in: code, at: index, scope, requestedBy: "load", as: .jenkins)
    }

    private mutating func use(
        in code: GroovyCode, at index: Int, _ scope: JenkinsScope, requestedBy word: String,
        as role: UsedManifest.Role
    ) {
        guard let argument = values(code, index)?.first(where: { $0.name == nil || $0.name == "path" }) else { return }
        for choice in code.alternatives(argument.value) {
            let bytes = code.bytes(choice)
            let value = evaluate(choice, code, scope, isPath: true)
            guard let written = value.known, let directory = scope.directory else {
                addUnread(value.written, requestedBy: word, "its path is known only during the build", at: bytes)
                continue
            }
            let path = String(PosixPath.clamped(written, in: directory).dropFirst())
            guard case .text = manifest.source.checkout.file(path) else {
                addUnread(written, requestedBy: word, "it is not in the checkout", at: bytes)
                continue
            }
            manifest.addUse(path, as: role, named: written, requestedBy: word, at: text.range(bytes))
        }
    }

    /// `@Library(['a', 'b@1']) _`, `library 'x@main'`, `library identifier: 'x@main', retriever: ..`.
    mutating func readLibraries(_ word: String, in code: GroovyCode, at index: Int, _ scope: JenkinsScope) {
        for argument in values(code, index) ?? []
        where argument.name == nil || argument.name == "identifier" || argument.name == "value" {
            var items = [argument.value]
            if code.tokens[argument.value.lowerBound].isSymbol("["),
                let close = code.tokens[argument.value.lowerBound].partner
            {
                items = code.split((argument.value.lowerBound + 1)..<close) { $0.isSymbol(",") }
            }
            for item in items {
                addUnread(
                    evaluate(item, code, scope).written, requestedBy: word, "what a shared library does is not read",
                    at: code.bytes(item))
            }
        }
    }

    // MARK: Steps that fetch

    /// Steps of plugins that fetch, and why they are not read.
    static let fetching: [String: String] = {
        let checkout = "what another checkout holds is not read"
        var steps = ["git": checkout, "checkout": checkout, "svn": checkout]
        for step in [
            "httpRequest", "fileDownloadOperation", "s3Download", "googleStorageDownload", "rtDownload",
            "copyArtifacts",
            "rtNpmInstall", "rtPipInstall", "rtMavenRun", "rtGradleRun", "rtGoRun", "nugetRestore",
        ] {
            steps[step] = "what it fetches is not read"
        }
        return steps
    }()

    mutating func readFetch(
        _ word: String, because reason: String, in code: GroovyCode, at index: Int, _ scope: JenkinsScope
    ) {
        guard let (arguments, end) = code.arguments(behind: index), let first = arguments.first else { return }
        let last = min(end ?? first.value.upperBound, code.tokens.count)
        let inner = (index + 1)..<max(index + 1, min(last, index + 256))
        // `checkout scm`, and with options of its own: `userRemoteConfigs: scm.userRemoteConfigs`.
        let isOwn = inner.contains {
            code.tokens[$0].word == "scm"
                && !(code.tokens.endIndex > $0 + 1 && code.tokens[$0 + 1].isSymbol(":"))
        }
        if word == "checkout", isOwn { return }
        // A request without a file is a message.
        if word == "httpRequest", !arguments.contains(where: { $0.name == "outputFile" }) { return }
        var subject = word
        if let url = arguments.first(where: { $0.name == "url" || $0.name == nil && $0.value.count == 1 }) {
            subject = evaluate(url.value, code, scope).written
        }
        // `userRemoteConfigs: [[url: 'x']]`
        for inner in inner
        where code.tokens[inner].word == "url" && inner + 2 < code.tokens.count {
            guard let url = values(code, inner)?.first else { continue }
            subject = evaluate(url.value, code, scope).written
            break
        }
        addUnread(subject, requestedBy: word, reason, at: code.bytes(index..<max(index + 1, last)))
    }
}
