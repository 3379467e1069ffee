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
}

/// What kind of file a name says it is.
enum CheckedFileKind {
    /// Whether a name is one of those that a walk looks for.
    static func isRecognized(fileName name: String) -> Bool {
        isDockerfile(name) || isRequirements(name) || isCandidate(name)
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

    /// `Dockerfile`, `Dockerfile.*`, `*.Dockerfile`, `Containerfile*`.
    static func isDockerfile(_ name: String) -> Bool {
        if name.hasSuffix(".dockerignore") || name.hasSuffix(".template") || name.hasSuffix(".j2") { return false }
        return name == "Dockerfile" || name.hasPrefix("Dockerfile.") || name.hasSuffix(".Dockerfile")
            || name.hasSuffix(".dockerfile") || name == "dockerfile" || name.hasPrefix("Containerfile")
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
        for line in text.bytes.prefix(1 << 16).split(separator: 0x0A) {
            let words = line.split { $0.isASCIIBlank || $0 == UInt8(ascii: "\r") || $0 == UInt8(ascii: "\\") }
            guard let first = words.first, first.first != UInt8(ascii: "#") else { continue }
            let word = String(decoding: first, as: UTF8.self)
            if word.hasPrefix("--") || ["-r", "-c", "-e", "-i", "-f"].contains(word) { return true }
            guard let requirement = try? Requirement(word) else { return false }
            return requirement.url != nil || !requirement.specifiers.specifiers.isEmpty
        }
        return false
    }

    /// The format of a lock or requirements file: by its name, else by what it holds.
    static func lockFormat(_ text: SourceText) -> (any LockFormat.Type)? {
        if let format = LockReader.detect(fileName: fileName(text.name), text: text) { return format }
        return isRequirements(fileName(text.name)) || looksLikeRequirements(text) ? LockReader.requirements : nil
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
    private let context: String?
    private let stdinName: String
    private let require: PinStrength
    private let models: ModelCheck

    init(_ request: CheckRequest, require: PinStrength) throws(InputError) {
        let asked = request.options
        options = DockerfileOptions(buildArguments: asked.buildArguments, buildContexts: asked.buildContexts)
        context = asked.context
        if let context, !isFolder(context) { throw InputError("--context \(context): it is no folder") }
        stdinName = asked.standardInputName
        self.require = require
        models = ModelCheck(require: require, key: asked.modelKey, limits: request.reading.limits)
    }

    /// What one file says: findings, and the files that it leads to, itself among them when it is one of those that
    /// commands install from.
    struct CheckedFileResult: Sendable {
        var findings = FileFindings()
        var followed: [FollowedFile] = []
    }

    func read(_ file: CheckedFile) -> Result<CheckedFileResult, InputError> {
        do throws(InputError) {
            if file.isModel || file.isNamed && file.path != "-" && ModelCheck.isModelFile(file.path) {
                if let findings = try models.check(file.path) { return .success(CheckedFileResult(findings: findings)) }
                if file.isModel { throw InputError("\(file.path): not a model of a known format") }
            }
            let text = file.path == "-" ? try readStandardInput(name: stdinName) : try readText(file.path)
            return .success(try read(text, isNamed: file.isNamed, isStandardInput: file.path == "-"))
        } catch {
            return .failure(error)
        }
    }

    private func read(
        _ text: SourceText, isNamed: Bool, isStandardInput: Bool
    ) throws(InputError) -> CheckedFileResult {
        let name = fileName(text.name)
        // `./Dockerfile` leads to `./requirements.txt`, so that one file has one name.
        let isBelowHere = text.name.hasPrefix("./") && Pinproof.folder(of: text.name) == "."
        let folder = isStandardInput ? "." : isBelowHere ? "./" : Pinproof.folder(of: text.name)
        // A walk looks only at what names say, so that prose in a .txt is not read as requirements.
        let isNamedDockerfile = CheckedFileKind.isDockerfile(name)
        let isLock =
            isNamedDockerfile
            ? false
            : isNamed || !name.hasSuffix(".txt") || CheckedFileKind.isRequirements(name)
                ? CheckedFileKind.lockFormat(text) != nil : LockReader.detect(fileName: name, text: text) != nil
        let isDockerfile = isNamedDockerfile || (!isLock && CheckedFileKind.looksLikeDockerfile(text))
        if isDockerfile {
            let reading = DockerfileCheck.read(
                try parseDockerfile(text), options: options, context: Self.buildContext(context ?? folder))
            return CheckedFileResult(findings: reading.judged(require: require), followed: reading.followed)
        }
        guard isLock || isNamed && (name.hasSuffix(".txt") || name.hasSuffix(".in")) else {
            // Under no name that says what it is, a text that reads as nothing else may be a Dockerfile that is broken.
            if isNamed || isStandardInput {
                throw InputError(
                    "\(text.name): not a Dockerfile, a requirements, lock or environment file, or a model")
            }
            return CheckedFileResult()
        }
        return CheckedFileResult(followed: [FollowedFile(text, context: Self.neighbours(folder))])
    }

    /// The files of a folder as a build context: nothing outside of it can be reached.
    static func buildContext(_ folder: String) -> BuildContext {
        BuildContext { path in
            let parts = path.split(separator: "/")
            if parts.contains("..") { return .missing }
            return contextFile(join(folder, parts.filter { $0 != "." }.joined(separator: "/")))
        }
    }

    static func neighbours(_ folder: String) -> LockReadingContext {
        LockReadingContext { path in
            switch contextFile(path.hasPrefix("/") ? path : join(folder, path)) {
            case .text(let text): .success(text)
            case .missing: .failure(.init(reason: "there is no such file"))
            case .unreadable(let reason): .failure(.init(reason: reason))
            }
        }
    }

    private static func contextFile(_ path: String) -> ContextFile {
        guard exists(path) else { return .missing }
        if isFolder(path) { return .missing }
        do throws(InputError) { return .text(try readText(path)) } catch { return .unreadable(error.description) }
    }
}
