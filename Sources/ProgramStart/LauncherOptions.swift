import ContainerImages
import DockerfileSyntax
import EnvironmentInventory
import SourceDocuments

/// What a launcher of a Python program imports that ``ServerOptions`` has no table of options for: of those in
/// ``LauncherTables`` it is known where they look; of any other one it is named as not followed when its words name a program,
/// or code in the image.
struct LauncherOptions {
    /// The directories of the import path besides those of any Python, the first one first.
    private(set) var first: [String] = []
    /// The files that the launcher runs.
    private(set) var files: [String] = []
    /// Why what it starts is not followed.
    private(set) var reasons: [String] = []
    /// The working directory that the server which it starts changes to; nil when it stays.
    private(set) var directory: String?
    /// What of the server that it starts is not followed.
    private(set) var gaps: [Gap] = []

    /// A word with the option that it may be the value of.
    private struct Word {
        let text: String
        /// The option before it, or of its own word; nil for a word that is certainly no value.
        let option: String?
    }

    private let name: String
    private let start: String
    private let index: FileSystemIndex
    private let command: StartFollower.Command
    /// Whether folders have code, by their paths.
    private var foldersWithCode: [String: Bool] = [:]

    /// The most words that are followed: each is looked for in the working directory and in all folders of PATH.
    private static let maximumWords = 256

    /// Reads the words of a launcher; nil for one that imports nothing else than any Python does.
    init?(_ name: String, line: PythonCommandLine, command: StartFollower.Command, files index: FileSystemIndex) {
        self.name = name
        self.start = command.directory ?? "/"
        self.index = index
        self.command = command
        guard line.arguments.count <= Self.maximumWords else {
            first = [start]
            reasons = ["\(name) has more than \(Self.maximumWords) words, which are not followed"]
            return
        }
        let words = Self.words(line.arguments)
        var isLocal = false
        if case .module(let module) = line.program { isLocal = isModule(String(module.prefix { $0 != "." })) }
        if !isLocal, let table = LauncherTables.importing[name] {
            importing(table, words, line)
        } else if !isLocal, name == "mlflow" {
            mlflow(words, line)
        } else if let program = self.program(line.arguments) ?? (isLocal ? nil : started(words)) {
            reasons = ["\(name) may run \(program), which is not followed"]
            if LauncherTables.isKnown(name) { first = [start] }
        } else if !isLocal, LauncherTables.isKnown(name) {
            reasons = ["what \(name) runs is not followed"]
            first = [start]
        } else {
            unknown(words, line)
        }
        if first.isEmpty, reasons.isEmpty { return nil }
    }

    private static func words(_ arguments: [String]) -> [Word] {
        var words: [Word] = []
        var option: String?
        var isEnded = false
        for word in arguments {
            if !isEnded, word.hasPrefix("-"), word != "-" {
                isEnded = word == "--"
                option = nil
                if isEnded { continue }
                if let equals = word.firstIndex(of: "=") {
                    words.append(
                        Word(text: String(word[word.index(after: equals)...]), option: String(word[..<equals])))
                } else if !word.hasPrefix("--"), word.count > 2 {
                    // `-PFOLDER`
                    words.append(Word(text: String(word.dropFirst(2)), option: String(word.prefix(2))))
                } else {
                    option = word
                    words.append(Word(text: "", option: word))
                }
                continue
            }
            words.append(Word(text: word, option: option))
            option = nil
        }
        return words
    }

    // MARK: - Launchers that are known

    private mutating func importing(
        _ table: LauncherTables.Importing, _ words: [Word], _ line: PythonCommandLine
    ) {
        let texts = words.map(\.text)
        var isFollowed = table.commands.isEmpty
        if case .module(let module) = line.program {
            isFollowed = isFollowed || table.modules.contains { module.hasPrefix($0) }
        }
        if !isFollowed, !texts.contains(where: { table.commands.contains($0) }) {
            reasons.append("what \(name) runs is not followed")
        }
        note(words, unread: table.unread)
        for variable in table.variables where command.environment[variable] != nil {
            reasons.append("\(name) takes an option from the variable \(variable), which is not followed")
        }
        if table.readsVariables, index.lookup(ImportPath.join(start, ".env")) != nil {
            reasons.append("\(name) takes variables from .env, which is not read")
        }
        for word in texts where table.unreadEndings.contains(where: { word.hasSuffix($0) }) {
            reasons.append("what \(word) says is not read")
        }
        folders(table.folders, words)
        for word in texts where !word.isEmpty {
            let file = String(word.prefix { $0 != ":" })
            guard let path = ContainerPath.join(start, file), let entry = index.lookup(path) else { continue }
            if entry.kind == .directory, table.takesFolders {
                add(path)
                // Where a Bento has its code.
                if table.hasStore, index.lookup(path + "/src")?.kind == .directory { add(path + "/src") }
            } else if entry.kind == .file, file.hasSuffix(".py") {
                add("/" + ImportPath.parent(entry.path))
                files.append(path)
            }
        }
        if table.hasStore {
            for word in words where !isCode(word.text) {
                guard isName(word.text) || (word.option == nil && !word.text.hasPrefix("/")), word.text.contains(":")
                else { continue }
                reasons.append("\(word.text) is taken from a store, which is not followed")
            }
        }
        add(start)
    }

    /// Notes the folders that options put on the import path; one option may have several.
    private mutating func folders(_ options: Set<String>, _ words: [Word]) {
        guard !options.isEmpty else { return }
        var isFolder = false
        for word in words {
            if let option = word.option {
                isFolder = options.contains(option)
                // argparse takes a beginning as well.
                let isCut = option.count > 3 && options.contains { $0.hasPrefix(option) }
                guard isFolder || isCut, !word.text.isEmpty else { continue }
            } else if !isFolder {
                continue
            }
            guard let path = ContainerPath.join(start, word.text) else { continue }
            if index.lookup(path) != nil {
                add(path)
            } else if word.option != nil, isFolder {
                reasons.append("the folder \(word.text), which it imports from, is not in the image")
            }
        }
    }

    private mutating func note(_ words: [Word], unread: Set<String>) {
        for word in words {
            guard let option = word.option?.replacing("_", with: "-"), option.count > 2 else { continue }
            // argparse takes a beginning as well, unless it is an option of its own.
            let isCut = option.count > 4 && option != "--reasoning-parser"
            let isUnread = unread.contains { $0 == option || (isCut && $0.hasPrefix(option)) }
            guard isUnread else { continue }
            let reason = "the option \(word.option ?? option) of \(name) is not followed"
            if !reasons.contains(reason) { reasons.append(reason) }
        }
    }

    /// mlflow makes another environment for a model, unless it is told not to
    /// (https://github.com/mlflow/mlflow/blob/v3.17.2/mlflow/utils/cli_args.py, `ENV_MANAGER`; there is no variable for it), and
    /// serves with uvicorn or gunicorn, which look into the working directory
    /// (https://github.com/mlflow/mlflow/blob/v3.17.2/mlflow/pyfunc/scoring_server/__init__.py, `get_cmd`).
    private mutating func mlflow(_ words: [Word], _ line: PythonCommandLine) {
        first = [start]
        let operands = words.filter { $0.option == nil && !$0.text.isEmpty }.map(\.text)
        note(
            words,
            unread: [
                "--env-file", "--enable-mlserver", "--install-mlflow", "--uvicorn-opts", "--waitress-opts",
            ])
        gunicorn(line.arguments)
        switch operands.first {
        case nil, "server", "ui": return
        case "models" where operands.dropFirst().first == "serve":
            let managers = words.filter { $0.option == "--env-manager" && !$0.text.isEmpty }.map(\.text)
            let isLocal = managers.last.map { $0 == "local" } ?? words.contains { $0.option == "--no-conda" }
            if !isLocal { reasons.append("mlflow makes another environment at the start without --env-manager local") }
        default: reasons.append("what mlflow \(operands.first ?? "") runs is not followed")
        }
    }

    /// Reads the options that mlflow hands to gunicorn, which it splits as a shell does
    /// (https://github.com/mlflow/mlflow/blob/v2.20.0/mlflow/server/__init__.py, `_build_gunicorn_command`).
    private mutating func gunicorn(_ arguments: [String]) {
        let option = "--gunicorn-opts"
        var values: [String] = []
        var isValue = false
        for word in arguments {
            if isValue {
                values.append(word)
                isValue = false
            } else if word.hasPrefix(option + "=") {
                values.append(String(word.dropFirst(option.count + 1)))
            } else {
                isValue = word == option
            }
        }
        guard let value = values.first else { return }
        // One of several may be the value of another option.
        guard values.count == 1, let words = ShellWordList.split(value) else {
            reasons.append("the option \(option) of mlflow is not followed")
            return
        }
        let line = PythonCommandLine(["gunicorn"] + words)
        guard let server = ServerOptions("gunicorn", line: line, command: command, files: index) else { return }
        first = server.first
        directory = server.directory
        files += server.files
        gaps += server.gaps
    }

    // MARK: - Any launcher

    /// Returns the argument of an installed launcher or a module that names a program for it to run: a Python, a file of
    /// Python code that is there, or the program that comes first; nil when there is none.
    private func program(_ arguments: [String]) -> String? {
        for given in arguments {
            // `--config=FILE`; what stands with the letter of its option is looked for by its whole word.
            let value = given.firstIndex(of: "=").map { String(given[given.index(after: $0)...]) }
            guard let word = given.hasPrefix("-") ? value : given else { continue }
            if PythonCommandLine.isInterpreter(word), !given.hasPrefix("-") { return word }
            guard [".py", ".pyz", ".pyc"].contains(where: { word.hasSuffix($0) }) else { continue }
            if ContainerPath.join(start, word).flatMap({ index.lookup($0) }) != nil { return word }
        }
        guard let first = arguments.first(where: { !$0.hasPrefix("-") }), ["gunicorn", "uvicorn"].contains(first) else {
            return nil
        }
        return first
    }

    /// Words that are commands and values of many launchers, and programs of many images too.
    private static let common: Set<String> = [
        "info", "test", "install", "sync", "link", "id", "time", "watch", "top", "kill", "more", "split", "sort",
        "head", "tail", "join", "service", "which", "locale", "users", "who", "login", "true", "false", "yes", "w",
        "cat", "tee", "file", "less", "run", "serve", "init", "start", "stop", "reset", "expand", "wait", "command",
        "fc", "hash", "type", "size", "env",
    ]

    private func started(_ words: [Word]) -> String? {
        for word in words {
            if let program = started(word) { return program }
        }
        return nil
    }

    /// Returns a word that is a program of the image: any one behind an operand's place, a script or a shell behind an option.
    private func started(_ word: Word) -> String? {
        guard !word.text.isEmpty, !Self.common.contains(word.text),
            let path = StartFollower.find(word.text, command, index), let entry = index.lookup(path),
            entry.mode & 0o111 != 0
        else { return nil }
        let isScript = entry.head.starts(with: [UInt8(ascii: "#"), UInt8(ascii: "!")])
        let isBinary = entry.head.starts(with: [0x7F] + Array("ELF".utf8))
        let isStarted = isScript || (isBinary && (word.option == nil || StartFollower.shells.contains(word.text)))
        return isStarted ? word.text : nil
    }

    /// A launcher of which nothing is known, and whose words name code: it may look for that code in the working directory.
    private mutating func unknown(_ words: [Word], _ line: PythonCommandLine) {
        switch line.program {
        case .module:
            // The working directory is on the path of a module already.
            guard line.isSafePath || command.environment["PYTHONSAFEPATH"] != nil else { return }
        case .script(let script):
            guard ServerName.isLauncher(script, command, index) else { return }
        default: return
        }
        for word in words where !word.text.isEmpty {
            guard !isPlain(word), !isData(word.text) else { continue }
            let isNamed = isName(word.text) && (word.option == nil || isBeginning(word.text))
            if isCode(word.text) || isNamed {
                first = [start]
                reasons = ["what \(name) loads by \(word.text) is not followed"]
                return
            }
            // An option's file that is no code is data: a console script has no working directory on its path.
            guard word.option == nil, !PosixPath.isAbsolute(word.text),
                let path = ContainerPath.join(start, word.text), let kind = index.lookup(path)?.kind
            else { continue }
            // At the root the folders of the system have the names of commands, `run`.
            guard kind == .file || (kind == .directory && start != "/") else { continue }
            first = [start]
            reasons = ["what \(name) does with \(word.text) is not followed"]
            return
        }
    }

    /// Options whose values are names of other things than code.
    private static let plain: Set<String> = [
        "--host", "--name", "--mode", "--env", "--queue", "--device", "--log-level", "--service",
    ]

    private func isPlain(_ word: Word) -> Bool {
        guard let option = word.option?.replacing("_", with: "-"), Self.plain.contains(option) else { return false }
        return option != "--service" || !word.text.contains(":")
    }

    /// Whether a word names a file of data or of settings, by its ending, and no module.
    private mutating func isData(_ word: String) -> Bool {
        guard !word.contains(":"), let dot = word.lastIndex(of: "."), let path = ContainerPath.join(start, word)
        else { return false }
        let ending = word[word.index(after: dot)...].lowercased()
        guard Self.data.contains(ending) else { return false }
        let kind = index.lookup(path)?.kind
        if kind == .directory { return false }
        // What a module has may be called so.
        if kind == .file, !["bin", "conf", "db", "env", "key", "log"].contains(ending) { return true }
        return !isModule(String(word.prefix { $0 != "." }))
    }

    /// Whether the working directory has something of the name that a module's name begins with.
    private func isBeginning(_ word: String) -> Bool {
        let name = String(word.prefix { $0 != ":" && $0 != "." && $0 != "/" })
        return !name.isEmpty && index.lookup(ImportPath.join(start, name)) != nil
    }

    /// Whether a word names Python code that is there: a module in the working directory, or a folder with code.
    private mutating func isCode(_ word: String) -> Bool {
        let place = String(word.prefix { $0 != ":" })
        guard !place.isEmpty, let path = ContainerPath.join(start, place) else { return false }
        if !place.contains("/"), isModule(String(place.prefix { $0 != "." })) { return true }
        if let entry = index.lookup(path) {
            return entry.kind == .directory ? hasCode(path) : Self.endings.contains { entry.path.hasSuffix($0) }
        }
        return Self.endings.contains { index.lookup(path + $0)?.kind == .file }
    }

    private static let endings = [".py", ".pyc", ".so", ".pyz", ".ipynb"]

    /// Whether a folder has Python code, which is looked up once.
    private mutating func hasCode(_ folder: String) -> Bool {
        guard let path = index.lookup(folder)?.path else { return false }
        if let known = foldersWithCode[path] { return known }
        let names = index.names(in: folder) ?? []
        let isFound = names.contains { name in Self.endings.contains { name.hasSuffix($0) } }
        foldersWithCode[path] = isFound
        return isFound
    }

    /// Whether the working directory has a module of a name.
    private mutating func isModule(_ name: String) -> Bool {
        guard Self.isIdentifier(name[...]), command.directory != nil else { return false }
        let path = ImportPath.join(start, name)
        if Self.endings.contains(where: { index.lookup(path + $0)?.kind == .file }) { return true }
        guard index.lookup(path)?.kind == .directory else { return false }
        return hasCode(path)
    }

    /// Endings of names of files of data and of settings.
    private static let data: Set<String> = [
        "yaml", "yml", "json", "jsonl", "toml", "ini", "cfg", "conf", "txt", "md", "csv", "tsv", "properties", "pt",
        "pth", "pkl", "pickle", "onnx", "bin", "gguf", "safetensors", "joblib", "db", "sqlite", "sqlite3", "log", "env",
        "xml", "html", "parquet", "sock", "pid", "pem", "key", "crt", "h5", "hdf5", "keras", "npy", "npz", "tflite",
    ]
    /// Endings of names of hosts and of archives, which are no modules.
    private static let others: Set<String> = [
        "com", "org", "net", "io", "dev", "local", "internal", "mar", "zip", "gz", "tar",
    ]

    /// Whether a word is written as a module or an object of one: `NAME:OBJECT`, `NAME.NAME`.
    private func isName(_ word: String) -> Bool {
        let parts = word.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let left = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        if parts.count == 2 {
            let name = parts[0].split(separator: "/").last ?? ""
            let right = parts[1].prefix { $0 != "(" }.split(separator: ".", omittingEmptySubsequences: false)
            return !name.isEmpty && !right.isEmpty && right.allSatisfy(Self.isIdentifier)
                && name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy(Self.isIdentifier)
        }
        return left.count > 1 && left.allSatisfy(Self.isIdentifier)
            && ![Self.others, Self.data].contains { $0.contains(String(left.last ?? "")) }
    }

    private static func isIdentifier(_ text: Substring) -> Bool {
        guard let first = text.first, !first.isNumber else { return false }
        // `import_module` takes a hyphen as well.
        return first != "-" && text.allSatisfy { $0 == "_" || $0 == "-" || $0.isLetter || $0.isNumber }
    }

    private mutating func add(_ path: String) {
        if !first.contains(path) { first.append(path) }
    }
}
