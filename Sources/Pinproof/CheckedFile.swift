import DockerfileSyntax
import EnvironmentInventory
import LockFormats
import PinRules
import PythonPackaging
import SourceDocuments

/// A file that `check` was pointed at, or found in a folder.
struct CheckedFile: Sendable, Hashable {
    /// The path, `-` for standard input.
    let path: String
    /// Whether it was named, so that a file of no known kind is an error.
    let isNamed: Bool
    /// Whether it is a model, by its prefix or by what the folder holds.
    var isModel = false
    /// The directory that was walked; nil for a file that was named.
    var root: String?
    /// Whether a manifest or a prefix calls it a Dockerfile, whatever its name.
    var isDockerfile = false
    /// Whether a prefix calls it a lock, whatever its name.
    var isLock = false
    /// What another manifest uses it as, and the root of that manifest's repository; nil for other files.
    var use: Use?
    /// The bytes of a path that is not UTF-8; nil where ``path`` is the path itself.
    var rawPath: [UInt8]?

    /// What a manifest uses a file as.
    struct Use: Sendable, Hashable {
        let role: UsedManifest.Role
        let checkout: String
    }
}

/// What kind of file a name says it is.
enum CheckedFileKind {
    /// Whether a name is certainly none that a walk looks for; most names of a tree are done with here.
    static func isOther(fileName name: String) -> Bool {
        var name = name
        return name.withUTF8 { bytes in
            guard let dot = bytes.lastIndex(of: UInt8(ascii: ".")), dot > 0, bytes.count - dot <= 6 else {
                return false
            }
            guard codeEndings.contains(where: { $0.elementsEqual(bytes[(dot + 1)...]) }) else { return false }
            // `Dockerfile.go` is a Dockerfile that speaks of Go.
            return !bytes.contains(UInt8(ascii: "k")) && !bytes.contains(UInt8(ascii: "K"))
                && !bytes.contains(UInt8(ascii: "t"))
                || bytes[..<dot].count < "dockerfile".utf8.count
        }
    }

    private static let codeEndings = [
        "py", "c", "h", "cc", "cpp", "hpp", "go", "js", "ts", "tsx", "md", "rst", "html", "css", "png", "jpg", "svg",
        "rs",
        "java", "so", "o", "a", "pyc", "pyi", "ipynb", "sh", "proto", "cu", "cuh", "swift", "kt", "rb", "csv", "gz",
        "zip",
        "pt", "bin", "npy", "npz", "pkl", "mp4", "wav", "gif", "ttf",
    ].map { Array($0.utf8) }

    /// Whether a name is one of those that a walk looks for.
    static func isRecognized(fileName name: String) -> Bool {
        DockerfileName.isOne(name) || isRequirements(name) || isCandidate(name) || Manifests.mayBe(path: name)
            || LockReader.detect(fileName: name, text: SourceText(name: name, bytes: [])).map {
                $0 != LockReader.requirements
            } ?? false
    }

    /// A name that files of a lock format have among others; what the file holds decides.
    private static func isCandidate(_ name: String) -> Bool {
        let name = name.lowercased()
        if name.hasSuffix(".lock") { return true }
        if name.hasSuffix(".yml") || name.hasSuffix(".yaml") { return name.contains("env") || name.contains("conda") }
        return name.hasSuffix(".txt") && ["conda", "explicit", "spec"].contains { name.hasPrefix($0) }
    }

    /// `requirements*.txt`, `*requirements.txt`, `constraints*.txt`.
    static func isRequirements(_ name: String) -> Bool {
        guard name.hasSuffix(".txt") else { return false }
        let stem = name.dropLast(".txt".count)
        return stem.hasPrefix("requirements") || stem.hasSuffix("requirements") || stem.hasPrefix("constraints")
            || stem.hasSuffix("constraints")
    }

    /// Whether a text reads as requirements although its name does not say so: its first line is an option of pip or a
    /// requirement with a version.
    static func looksLikeRequirements(_ text: SourceText) -> Bool {
        // Structured files have their own kinds, and `---` is not an option of pip.
        let name = fileName(text.name).lowercased()
        if [".yml", ".yaml", ".json", ".toml", ".hcl"].contains(where: { name.hasSuffix($0) }) { return false }
        for line in text.bytes.prefix(1 << 16).split(separator: 0x0A) {
            let words = line.split { $0.isASCIIBlank || $0 == UInt8(ascii: "\r") || $0 == UInt8(ascii: "\\") }
            guard let first = words.first, first.first != UInt8(ascii: "#") else { continue }
            let word = String(decoding: first, as: UTF8.self)
            if word.hasPrefix("--"), word.utf8.dropFirst(2).first?.isASCIILetter ?? false { return true }
            if ["-r", "-c", "-e", "-i", "-f"].contains(word) { return true }
            guard let requirement = try? Requirement(word) else { return false }
            return requirement.url != nil || !requirement.specifiers.specifiers.isEmpty
        }
        return false
    }

    /// The format of a lock or requirements file: by its name, else by what it holds.
    static func lockFormat(_ text: SourceText) -> (any LockFormat.Type)? {
        let name = fileName(text.name)
        if let format = LockReader.detect(fileName: name, text: text) { return format }
        return isRequirements(fileName(text.name)) || looksLikeRequirements(text) ? LockReader.requirements : nil
    }

    /// Whether a YAML file is an environment of conda by what it holds: `channels` with `dependencies`.
    static func isCondaEnvironment(_ text: SourceText) -> Bool {
        isYAML(text.name) && YAMLRootKeys.has(["channels", "dependencies"], in: text)
    }

    /// Whether a name is that of a YAML file.
    static func isYAML(_ name: String) -> Bool {
        let name = name.lowercased()
        return name.hasSuffix(".yml") || name.hasSuffix(".yaml")
    }

    /// Whether a text is a Dockerfile although its name does not say so: its first instruction is FROM, or ARG and then
    /// FROM.
    static func looksLikeDockerfile(_ text: SourceText) -> Bool {
        for line in text.bytes.prefix(1 << 16).split(separator: 0x0A) {
            let words = line.split { $0.isASCIIBlank || $0 == UInt8(ascii: "\r") }
            guard let first = words.first, first.first != UInt8(ascii: "#") else { continue }
            let keyword = String(decoding: first, as: UTF8.self).lowercased()
            if keyword == "arg", words.count > 1 { continue }
            return keyword == "from" && words.count > 1
        }
        return false
    }
}

/// Reads and checks one file; what it needs of others it asks the file system for.
struct CheckedFileReader: Sendable {
    private let options: DockerfileOptions
    private let stdinName: String
    private let policies: CheckPolicies
    private let models: @Sendable (PinStrength) -> ModelCheck
    private let followedFiles = FollowedFiles()

    init(_ request: CheckRequest, _ policies: CheckPolicies) throws(InputError) {
        let asked = request.options
        options = DockerfileOptions(buildArguments: asked.buildArguments, buildContexts: asked.buildContexts)
        if let context = asked.context, !isFolder(context) {
            throw InputError("--context \(context): not a directory")
        }
        stdinName = asked.standardInputName
        self.policies = policies
        models = { [limits = request.reading.limits] require in
            ModelCheck(require: require, key: asked.modelKey, limits: limits)
        }
    }

    /// What one file says: findings, and the files that it leads to, itself among them when it is one of those that
    /// commands install from.
    struct CheckedFileResult: Sendable {
        var findings = FileFindings()
        var followed: [FollowedFile] = []
        /// The images that a manifest builds.
        var builds: [ImageBuild] = []
        /// The manifests of the checkout that a manifest uses.
        var used: [UsedManifest] = []
        /// The root of the repository that a manifest's commands run in.
        var checkout: String?
        /// A Dockerfile that is read when all builds are known.
        var dockerfile: SourceText?
        /// Dockerfiles that a manifest holds itself.
        var embedded: [EmbeddedDockerfile] = []
        /// The reading of a manifest without what it says: its pragmas.
        var manifest = FileReading()

        /// Whether the file is of no kind by its name and its content.
        var isOfNoKind: Bool {
            dockerfile == nil && findings.files.isEmpty && followed.isEmpty && builds.isEmpty && used.isEmpty
        }
    }

    /// Reads a file; a Dockerfile is loaded only, for manifests say how it is built.
    func read(_ file: CheckedFile) -> Result<CheckedFileResult, InputError> {
        do throws(InputError) {
            if file.isModel || file.isNamed && file.path != "-" && ModelCheck.isModelFile(file.path) {
                if let findings = try models(policies.strength(for: file.path)).check(file.path) {
                    return .success(CheckedFileResult(findings: findings))
                }
                if file.isModel { throw InputError("\(file.path): not a model of a known format") }
            }
            let (text, problem) = try load(file)
            // A broken configuration is told where it would have applied.
            _ = try policies.configuration(ofFile: file.path)
            if file.isDockerfile { return .success(CheckedFileResult(dockerfile: text)) }
            if let use = file.use {
                let source = source(text, Pinproof.folder(of: text.name), checkout: use.checkout)
                return .success(try manifest(source, as: use.role) ?? CheckedFileResult())
            }
            if file.isLock {
                let context = Self.neighbours(Pinproof.folder(of: text.name))
                return .success(CheckedFileResult(followed: [FollowedFile(text, context: context)]))
            }
            let result = try read(text, of: file)
            if let problem, !result.isOfNoKind { throw InputError("\(text.name): \(problem)") }
            return .success(result)
        } catch {
            return .failure(error)
        }
    }

    /// Reads the bytes of a file; YAML in UTF-8, with what is wrong with its own encoding.
    private func load(_ file: CheckedFile) throws(InputError) -> (text: SourceText, problem: String?) {
        let text: SourceText
        if file.path == "-" {
            text = try readStandardInput(name: stdinName)
        } else if let raw = file.rawPath {
            text = try readText(raw: raw, name: file.path)
        } else {
            text = try readText(file.path)
        }
        guard CheckedFileKind.isYAML(text.name) else { return (text, nil) }
        let decoded = YAMLEncoding.decoded(text)
        return (decoded.text, decoded.problem)
    }

    private func read(_ text: SourceText, of file: CheckedFile) throws(InputError) -> CheckedFileResult {
        let (isNamed, isStandardInput) = (file.isNamed, file.path == "-")
        let name = fileName(text.name)
        // `./Dockerfile` leads to `./requirements.txt`, so that one file has one name.
        let isBelowHere = text.name.hasPrefix("./") && Pinproof.folder(of: text.name) == "."
        let folder = isStandardInput ? "." : isBelowHere ? "./" : Pinproof.folder(of: text.name)
        if LockReader.detect(fileName: name, text: text) == nil, CheckedFileKind.isCondaEnvironment(text) {
            return CheckedFileResult(
                followed: [FollowedFile(text, form: .condaEnvironment, context: Self.neighbours(folder))])
        }
        // A walk looks only at what names say, so that prose in a .txt is not read as requirements.
        let isNamedDockerfile = DockerfileName.isOne(name)
        let isLock =
            isNamedDockerfile
            ? false
            : isNamed || !name.hasSuffix(".txt") || CheckedFileKind.isRequirements(name)
                ? CheckedFileKind.lockFormat(text) != nil : LockReader.detect(fileName: name, text: text) != nil
        if isNamedDockerfile || (!isLock && CheckedFileKind.looksLikeDockerfile(text)) {
            return CheckedFileResult(dockerfile: text)
        }
        if !isLock, let manifest = try manifest(text, folder, root: file.root) { return manifest }
        guard isLock || isNamed && (name.hasSuffix(".txt") || name.hasSuffix(".in")) else {
            // A YAML file of no kind that is read is nobody's error.
            if isNamed && !Manifests.mayBe(path: text.name) || isStandardInput {
                throw InputError(
                    "\(text.name): not a Dockerfile, a requirements, lock or environment file, a manifest or a model")
            }
            return CheckedFileResult()
        }
        return CheckedFileResult(followed: [FollowedFile(text, context: Self.neighbours(folder))])
    }

    private func manifest(
        _ text: SourceText, _ folder: String, root: String?
    ) throws(InputError) -> CheckedFileResult? {
        guard Manifests.mayBe(path: text.name) else { return nil }
        let checkout = CheckoutPaths.checkout(of: text.name, text, root: root)
        var result = try manifest(source(text, folder, checkout: checkout), as: nil)
        result?.checkout = checkout
        return result
    }

    private func source(_ text: SourceText, _ folder: String, checkout: String) -> ManifestSource {
        var source = ManifestSource(
            text: text, neighbours: DirectoryContext.context(folder, followedFiles),
            checkout: DirectoryContext.context(checkout, followedFiles),
            directory: CheckoutPaths.directory(folder, in: checkout))
        source.isBelowChart = fileName(text.name).contains("values") && exists(join(folder, "../Chart.yaml"))
        return source
    }

    private func manifest(
        _ source: ManifestSource, as role: UsedManifest.Role?
    ) throws(InputError) -> CheckedFileResult? {
        guard let manifest = Manifests.read(source, as: role) else { return nil }
        return CheckedFileResult(
            findings: manifest.reading.judged(require: try policies.strength(ofFile: source.text.name)),
            followed: manifest.reading.followed,
            builds: manifest.builds, used: manifest.used, embedded: manifest.dockerfiles,
            manifest: manifest.reading.later([]))
    }

    /// Adds what turned out later about a file.
    func add(_ pins: [Pin], to checked: inout CheckedFileResult, of file: CheckedFile) throws(InputError) {
        checked.findings.merge(checked.manifest.later(pins).judged(require: try policies.strength(ofFile: file.path)))
    }

    /// Reads a Dockerfile in each of the ways in which it is built.
    func read(
        dockerfile text: SourceText, _ contexts: CheckContexts, root: String?
    ) throws(InputError) -> CheckedFileResult {
        let dockerfile = try parseDockerfile(text)
        var result = CheckedFileResult()
        var builds = contexts.named(text.name)
        var searched: FileReading?
        if builds.isEmpty {
            let (build, reading) = search(dockerfile, root)
            builds = [build]
            searched = reading
        }
        for (number, build) in builds.enumerated() {
            let reading = searched ?? read(dockerfile, build)
            var findings = reading.judged(require: try policies.strength(ofFile: text.name))
            findings.files = findings.files.map { file, text in
                file.kind == "dockerfile"
                    ? (CheckResult.File(path: file.path, kind: file.kind, context: build.context), text) : (file, text)
            }
            result.findings.merge(findings)
            result.followed += builds.count > 1 ? reading.followed.map { $0.ofBuild(number) } : reading.followed
        }
        return result
    }

    /// Reads a Dockerfile that a manifest holds itself.
    func read(embedded: EmbeddedDockerfile, manifest: String) -> CheckedFileResult {
        var options = options
        options.buildArguments.merge(embedded.build.arguments) { given, _ in given }
        options.buildContexts.merge(embedded.build.contexts) { given, _ in given }
        let directory = CheckoutPaths.normalized(join(Pinproof.folder(of: manifest), embedded.build.context))
        let reading = embedded.read(options: options, context: DirectoryContext.context(directory, followedFiles))
        let require = (try? policies.strength(ofFile: manifest)) ?? .exact
        return CheckedFileResult(findings: reading.judged(require: require), followed: reading.followed)
    }

    private func read(_ dockerfile: Dockerfile, _ build: CheckContexts.Build) -> FileReading {
        var options = options
        options.buildArguments.merge(build.arguments) { given, _ in given }
        options.buildContexts.merge(build.contexts) { given, _ in given }
        return DockerfileCheck.read(
            dockerfile, options: options, context: DirectoryContext.context(build.context, followedFiles))
    }

    /// The nearest directory that holds what the Dockerfile copies and installs, else the one that lacks the least.
    private func search(_ dockerfile: Dockerfile, _ root: String?) -> (CheckContexts.Build, FileReading) {
        let isStandardInput = dockerfile.text.name == stdinName
        let candidates =
            isStandardInput ? ["."] : CheckContexts.candidates(for: dockerfile.text.name, root: root)
        var best = CheckContexts.Build(context: candidates.first ?? ".")
        var bestReading = read(dockerfile, best)
        for directory in candidates.dropFirst() where !bestReading.missing.isEmpty {
            let build = CheckContexts.Build(context: directory)
            let reading = read(dockerfile, build)
            if reading.missing.count < bestReading.missing.count { (best, bestReading) = (build, reading) }
        }
        return (best, bestReading)
    }

    /// The directory that a Dockerfile is built with, when one has to be chosen for all of its builds.
    func context(of text: SourceText, _ contexts: CheckContexts) throws(InputError) -> String {
        if let build = contexts.named(text.name).first { return build.context }
        return search(try parseDockerfile(text), nil).0.context
    }

    static func neighbours(_ folder: String) -> LockReadingContext {
        LockReadingContext(directories: { DirectoryContext.directories(matching: $0, in: folder) }) { path in
            switch contextFile(path.hasPrefix("/") ? path : join(folder, path)) {
            case .text(let text): .success(text)
            case .missing: .failure(.init(reason: "there is no such file"))
            case .unreadable(let reason): .failure(.init(reason: reason, isMissing: false))
            }
        }
    }

    static func contextFile(_ path: String) -> ContextFile {
        guard exists(path) else { return .missing }
        if isFolder(path) { return .missing }
        do throws(InputError) { return .text(try readText(path)) } catch { return .unreadable(error.description) }
    }
}
