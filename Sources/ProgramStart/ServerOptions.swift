import ContainerImages
import DockerfileSyntax
import EnvironmentInventory
import SourceDocuments

/// The options by which servers change the import path: gunicorn (https://docs.gunicorn.org/en/stable/settings.html), uvicorn
/// (https://www.uvicorn.org/settings/), and others that look into the working directory.
struct ServerOptions {
    /// The directories that the server puts first on the import path, the first one first.
    private(set) var first: [String] = []
    /// The working directory that the server changes to; nil when it stays.
    private(set) var directory: String?
    private(set) var gaps: [Gap] = []
    /// The files that the server runs, or that say what it runs: its configuration, and that of its log, which names classes.
    private(set) var files: [String] = []

    /// Reads a server's arguments; nil for a program that does not change the import path.
    init?(_ name: String, line: PythonCommandLine, command: StartFollower.Command, files: FileSystemIndex) {
        let arguments = line.arguments
        let start = command.directory ?? "/"
        switch name {
        case "gunicorn", "gunicorn_paster": gunicorn(arguments, start: start, command: command, files: files)
        case "uvicorn": uvicorn(arguments, command, files)
        case "hypercorn": hypercorn(arguments, command, files)
        case "flask": flask(arguments, command, files)
        case "daphne", "celery", "fastapi", "granian", "streamlit":
            let tables = [
                "daphne": ServerTables.daphne, "celery": ServerTables.celery, "fastapi": ServerTables.fastapi,
                "granian": ServerTables.granian,
            ]
            if let table = tables[name] {
                let read = read(arguments, table, command, style: name == "daphne" ? .argparse : .click)
                if name == "granian" { noteFiles(["log-config"], read, command, files: files) }
            }
            noteVariables(name, command)
            // Those that take a file look into its directory too.
            first = [start] + Self.directories(arguments, start, files)
            if name == "fastapi" { fastapi(arguments, command, files) }
            if name == "streamlit" { noteAddresses(arguments, command) }
        case "cProfile", "profile", "pdb", "trace", "runpy", "timeit", "doctest", "coverage", "debugpy", "scalene",
            "kernprof",
            "torchrun", "torch.utils.bottleneck", "accelerate", "pyinstrument", "viztracer":
            first = Self.directories(arguments, start, files) + [start]
            gaps = [
                Gap(
                    command.words.joined(separator: " "), reason: "what \(name) runs is not followed",
                    source: command.source)
            ]
        case "pip", "pip3", "uv", "poetry", "pdm", "conda", "mamba", "pipenv", "hatch", "rye":
            gaps = [
                Gap(
                    command.words.joined(separator: " "),
                    reason: "\(name) changes or chooses the environment when it starts", source: command.source)
            ]
        case let program where LauncherTables.inits.contains(program):
            gaps = [
                Gap(
                    command.words.joined(separator: " "), reason: "what \(name) starts is not followed",
                    source: command.source)
            ]
        case let module where ServerName.isOtherModule(module):
            gaps = [
                Gap(
                    command.words.joined(separator: " "), reason: "the module \(module) of a server is not followed",
                    source: command.source)
            ]
        default:
            guard let launcher = LauncherOptions(name, line: line, command: command, files: files) else { return nil }
            first = launcher.first
            directory = launcher.directory
            self.files = launcher.files
            gaps = launcher.gaps
            gaps += launcher.reasons.map {
                Gap(command.words.joined(separator: " "), reason: $0, source: command.source)
            }
        }
    }

    /// The directories of the Python files among the arguments.
    private static func directories(_ arguments: [String], _ start: String, _ files: FileSystemIndex) -> [String] {
        var found: [String] = []
        var known: Set<String> = []
        for word in arguments where word.hasSuffix(".py") {
            guard let path = ContainerPath.join(start, word), let entry = files.lookup(path) else { continue }
            let directory = "/" + ImportPath.parent(entry.path)
            if known.insert(directory).inserted { found.append(directory) }
        }
        return found
    }

    /// Reads words with a table, and names the first option that is not in it.
    private mutating func read(
        _ words: [String], _ table: String, _ command: StartFollower.Command, style: ServerArguments.Style
    ) -> ServerArguments {
        let read = ServerArguments(words, table: table, style: style)
        if let unknown = read.unknown {
            gaps.append(
                Gap(
                    command.words.joined(separator: " "),
                    reason: "the option \(unknown) of this server is not followed",
                    source: command.source))
        }
        return read
    }

    /// Notes the files that options name
    /// (https://docs.python.org/3/library/logging.config.html#security-considerations: what they say is run).
    private mutating func noteFiles(
        _ options: [String], _ read: ServerArguments, _ command: StartFollower.Command, files: FileSystemIndex
    ) {
        for file in options.compactMap({ read.last($0) }) where !file.isEmpty {
            noteFile(file, command, files: files)
        }
    }

    private mutating func noteFile(_ file: String, _ command: StartFollower.Command, files: FileSystemIndex) {
        if let path = ContainerPath.join(command.directory, file), files.lookup(path)?.kind == .file {
            self.files.append(path)
        } else {
            gaps.append(Gap(file, reason: "the configuration file is not in the image", source: command.source))
        }
    }

    /// Names the variables that stand for options which are not followed.
    private mutating func noteVariables(_ name: String, _ command: StartFollower.Command) {
        for variable in ServerTables.variables[name] ?? [] {
            guard let value = command.environment[variable], value != "" else { continue }
            gaps.append(Gap(variable, reason: "\(name) takes an option from this variable, which is not followed"))
        }
    }

    private mutating func gunicorn(
        _ arguments: [String], start: String, command: StartFollower.Command, files: FileSystemIndex
    ) {
        var words = arguments
        if let text = command.environment["GUNICORN_CMD_ARGS"] {
            if let more = text.flatMap({ ShellWordList.split($0) }) {
                words = more + words
            } else {
                gaps.append(Gap("GUNICORN_CMD_ARGS", reason: "the words of this variable are not known"))
            }
        }
        let read = read(words, ServerTables.gunicorn, command, style: .argparse)
        configuration(read.last("config"), start, files)
        noteFiles(["log-config", "log-config-json"], read, command, files: files)
        let changed = read.last("chdir").flatMap { ContainerPath.join(start, $0) }
        directory = changed
        first = [changed ?? start]
        if let list = read.last("pythonpath") {
            // Each entry is put first in turn.
            first =
                list.split(separator: ",").compactMap { ContainerPath.join(changed ?? start, String($0)) }.reversed()
                + first
        }
        if let paste = read.last("paste") {
            gaps.append(Gap(paste, reason: "what a paste configuration starts is not followed"))
        }
        for (name, value) in read.values.filter({ $0.name == "env" }).map(\.value).compactMap(Self.assignment)
        where name.hasPrefix("PYTHON") || name.hasPrefix("LD_") {
            gaps.append(Gap("\(name)=\(value)", reason: "gunicorn sets this variable for its workers"))
        }
    }

    private static func assignment(_ text: String) -> (name: String, value: String)? {
        text.firstIndex(of: "=").map { (String(text[..<$0]), String(text[text.index(after: $0)...])) }
    }

    /// Looks at a configuration file, which is Python: one that says nothing of paths changes nothing here.
    private mutating func configuration(_ given: String?, _ start: String, _ files: FileSystemIndex) {
        if let given, given.hasPrefix("python:") {
            gaps.append(Gap(given, reason: "the settings of a Python module are not read"))
            return
        }
        let name = given.map { $0.hasPrefix("file:") ? String($0.dropFirst("file:".count)) : $0 }
        guard let path = ContainerPath.join(start, name ?? "./gunicorn.conf.py"),
            let entry = files.lookup(path), entry.kind == .file
        else {
            if let name { gaps.append(Gap(name, reason: "the configuration file is not in the image")) }
            return
        }
        self.files.append(path)
        guard let bytes = files.contents(of: entry) else {
            gaps.append(Gap(entry.path, reason: "the configuration file is not readable here"))
            return
        }
        let text = String(decoding: bytes, as: UTF8.self)
        let words = [
            "chdir", "pythonpath", "raw_env", "sys.path", "environ", "exec", "eval", "__import__", "import_module",
        ]
        if let word = words.first(where: { text.contains($0) }) {
            gaps.append(
                Gap(
                    entry.path, reason: "the configuration file uses \(word), which may change the import path",
                    source: FileLocation(file: entry.path, line: nil)))
        }
    }

    private mutating func uvicorn(
        _ arguments: [String], _ command: StartFollower.Command, _ files: FileSystemIndex
    ) {
        let start = command.directory ?? "/"
        let read = read(arguments, ServerTables.uvicorn, command, style: .click)
        // Each option and the application has a variable, which counts where it is not given
        // (https://www.uvicorn.org/settings/, `auto_envvar_prefix`).
        for variable in ["UVICORN_LOG_CONFIG", "UVICORN_APP"] {
            guard let value = command.environment[variable], value != "" else { continue }
            let isGiven = variable == "UVICORN_APP" ? !read.operands.isEmpty : read.last("log-config") != nil
            if isGiven { continue }
            if variable == "UVICORN_LOG_CONFIG", let value {
                noteFile(value, command, files: files)
            } else {
                gaps.append(Gap(variable, reason: "uvicorn takes its application from this variable"))
            }
        }
        noteFiles(["log-config"], read, command, files: files)
        let variable = command.environment["UVICORN_APP_DIR"]
        if case .some(nil) = variable {
            gaps.append(Gap("UVICORN_APP_DIR", reason: "the value of this variable is not known"))
        }
        let given = read.last("app-dir") ?? variable ?? nil
        first = [given.flatMap { $0.isEmpty ? start : ContainerPath.join(start, $0) } ?? start]
        // Other processes get the variables of the file at their start.
        let hasChildren =
            read.last("workers").map { $0 != "1" } ?? false || read.flags.contains("reload")
            || ["WEB_CONCURRENCY", "UVICORN_WORKERS", "UVICORN_RELOAD"].contains { command.environment[$0] != nil }
        if let file = read.last("env-file") ?? command.environment["UVICORN_ENV_FILE"] ?? nil, hasChildren {
            gaps.append(Gap(file, reason: "the variables that uvicorn reads for its workers are not read"))
        }
    }

    /// hypercorn puts the folder of the module's path first
    /// (https://github.com/pgjones/hypercorn/blob/0.17.3/src/hypercorn/utils.py, `load_application`).
    private mutating func hypercorn(
        _ arguments: [String], _ command: StartFollower.Command, _ files: FileSystemIndex
    ) {
        let start = command.directory ?? "/"
        let read = read(arguments, ServerTables.hypercorn, command, style: .argparse)
        if let file = read.last("config"), file.hasPrefix("python:") || file.hasPrefix("file:") {
            gaps.append(Gap(file, reason: "a configuration that is Python is not read"))
        } else {
            noteFiles(["config"], read, command, files: files)
        }
        noteFiles(["log-config"], read, command, files: files)
        var module = read.operands.first ?? ""
        for kind in ["asgi:", "wsgi:"] where module.hasPrefix(kind) { module = String(module.dropFirst(kind.count)) }
        module = String(module.prefix { $0 != ":" })
        let path = ContainerPath.join(start, module).map { files.lookup($0).map { "/" + $0.path } ?? $0 }
        first = [module.isEmpty ? start : path.map(ImportPath.parent) ?? start, start]
    }

    /// flask puts the folder above the application's package first, and takes it from variables, which files may set
    /// (https://github.com/pallets/flask/blob/3.0.3/src/flask/cli.py, `prepare_import`, `load_dotenv`).
    private mutating func flask(_ arguments: [String], _ command: StartFollower.Command, _ files: FileSystemIndex) {
        let start = command.directory ?? "/"
        let read = read(arguments, ServerTables.flask, command, style: .click)
        noteVariables("flask", command)
        let variable = command.environment["FLASK_APP"]
        if case .some(nil) = variable {
            gaps.append(Gap("FLASK_APP", reason: "the value of this variable is not known"))
        }
        if let file = read.last("env-file") {
            gaps.append(Gap(file, reason: "the variables that flask reads from this file are not read"))
        }
        let given = read.last("app") ?? variable ?? nil
        if given == nil {
            var folder = start
            while true {
                for name in [".env", ".flaskenv"] where files.lookup(ImportPath.join(folder, name)) != nil {
                    gaps.append(
                        Gap(ImportPath.join(folder, name), reason: "flask takes variables from it, and it is not read"))
                }
                if ImportPath.normal(folder).isEmpty { break }
                folder = ImportPath.parent(folder)
            }
        }
        let name = String((given ?? "").prefix { $0 != ":" })
        let path = ContainerPath.join(start, name).map { files.lookup($0).map { "/" + $0.path } ?? $0 }
        first = [name.isEmpty ? start : path.map { Self.packageRoot(ImportPath.parent($0), files) } ?? start, start]
    }

    /// fastapi looks for its application where it usually is, and puts the folder above its topmost package first; one that is
    /// named by `--entrypoint` or in `pyproject.toml` is imported from the working directory
    /// (https://github.com/fastapi/fastapi-cli/blob/0.0.34/src/fastapi_cli/discover.py, `get_default_path`,
    /// `get_module_data_from_path`).
    private mutating func fastapi(_ arguments: [String], _ command: StartFollower.Command, _ files: FileSystemIndex) {
        let start = command.directory ?? "/"
        let read = ServerArguments(arguments, table: ServerTables.fastapi, style: .click)
        let given = read.operands.first { $0 != "run" && $0 != "dev" }
        let usual = ["main.py", "app.py", "api.py", "app/main.py", "app/app.py", "app/api.py"].first {
            files.lookup(ImportPath.join(start, $0))?.kind == .file
        }
        guard let name = given ?? usual, let path = ContainerPath.join(start, name), let entry = files.lookup(path)
        else { return }
        if entry.kind == .file { self.files.append(path) }
        let isPackage = entry.kind == .file && PosixPath.lastComponent(entry.path).hasPrefix("__init__.")
        let module = isPackage ? ImportPath.parent("/" + entry.path) : "/" + entry.path
        let folder = Self.packageRoot(ImportPath.parent(module), files)
        first = [folder] + first.filter { $0 != folder }
    }

    /// streamlit fetches a script from its address at each start
    /// (https://docs.streamlit.io/develop/api-reference/cli/run). Each of its options has a value, also one that is true or
    /// false (https://github.com/streamlit/streamlit/blob/1.40.0/lib/streamlit/web/cli.py, `configurator_options`).
    private mutating func noteAddresses(_ arguments: [String], _ command: StartFollower.Command) {
        var isValue = false
        for word in arguments {
            if isValue {
                isValue = false
            } else if word.hasPrefix("--"), word != "--" {
                isValue = !word.contains("=")
            } else if ["http:", "https:"].contains(where: { word.lowercased().hasPrefix($0) }) {
                gaps.append(
                    Gap(
                        command.words.joined(separator: " "), reason: "its code comes from the network",
                        source: command.source))
                return
            } else if word.hasSuffix(".py") {
                // What comes after the script is its own.
                return
            }
        }
    }

    /// Returns the folder above a package that a folder belongs to.
    private static func packageRoot(_ folder: String, _ files: FileSystemIndex) -> String {
        var folder = folder
        while files.lookup(ImportPath.join(folder, "__init__.py")) != nil, !folder.isEmpty {
            folder = ImportPath.parent(folder)
        }
        return folder.isEmpty ? "/" : folder
    }
}
