import ContainerImages
import DockerfileSyntax
import EnvironmentInventory

/// The options by which servers change the import path: gunicorn (https://docs.gunicorn.org/en/stable/settings.html), uvicorn
/// (https://www.uvicorn.org/settings/), and others that look into the working directory.
struct ServerOptions {
    /// The directories that the server puts first on the import path, the first one first.
    private(set) var first: [String] = []
    /// The working directory that the server changes to; nil when it stays.
    private(set) var directory: String?
    private(set) var gaps: [Gap] = []

    /// Reads a server's arguments; nil for a program that does not change the import path.
    init?(_ name: String, arguments: [String], command: StartFollower.Command, files: FileSystemIndex) {
        let start = command.directory ?? "/"
        switch name {
        case "gunicorn", "gunicorn_paster": gunicorn(arguments, start: start, command: command, files: files)
        case "uvicorn": uvicorn(arguments, start, command)
        case "hypercorn", "daphne", "flask", "celery", "fastapi", "granian", "streamlit":
            // Those that take a file look into its directory too.
            first = [start] + Self.directories(arguments, start, files)
        case "cProfile", "profile", "pdb", "trace", "runpy", "timeit", "doctest", "coverage", "debugpy", "scalene",
            "kernprof",
            "torchrun", "accelerate", "pyinstrument", "viztracer":
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
        case "supervisord", "circusd", "honcho":
            gaps = [
                Gap(
                    command.words.joined(separator: " "), reason: "what \(name) starts is not followed",
                    source: command.source)
            ]
        default:
            guard let program = Self.program(arguments, command, files) else { return nil }
            gaps = [
                Gap(
                    command.words.joined(separator: " "), reason: "\(name) may run \(program), which is not followed",
                    source: command.source)
            ]
        }
    }

    /// The directories of the Python files among the arguments.
    private static func directories(_ arguments: [String], _ start: String, _ files: FileSystemIndex) -> [String] {
        var found: [String] = []
        for word in arguments where word.hasSuffix(".py") {
            guard let path = ContainerPath.join(start, word), let entry = files.lookup(path) else { continue }
            let directory = "/" + ImportPath.parent(entry.path)
            if !found.contains(directory) { found.append(directory) }
        }
        return found
    }

    /// Returns the argument of an installed launcher or a module that names a program for it to run: a Python, a file of
    /// Python code that is there, or the program that comes first; nil when there is none.
    private static func program(
        _ arguments: [String], _ command: StartFollower.Command, _ files: FileSystemIndex
    ) -> String? {
        let start = command.directory ?? "/"
        for word in arguments where !word.hasPrefix("-") {
            if PythonCommandLine.isInterpreter(word) { return word }
            guard [".py", ".pyz", ".pyc"].contains(where: { word.hasSuffix($0) }) else { continue }
            if ContainerPath.join(start, word).flatMap({ files.lookup($0) }) != nil { return word }
        }
        guard let first = arguments.first(where: { !$0.hasPrefix("-") }), ["gunicorn", "uvicorn"].contains(first) else {
            return nil
        }
        return first
    }

    private static func value(_ names: [String], _ words: [String]) -> String? {
        var found: String?
        for (index, word) in words.enumerated() {
            if names.contains(word) { found = words.indices.contains(index + 1) ? words[index + 1] : "" }
            for name in names where name.hasPrefix("--") && word.hasPrefix(name + "=") {
                found = String(word.dropFirst(name.count + 1))
            }
            for name in names
            where !name.hasPrefix("--") && word.hasPrefix(name) && word.count > name.count
                && !word.hasPrefix("--")
            {
                found = String(word.dropFirst(name.count))
            }
        }
        return found
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
        configuration(Self.value(["-c", "--config"], words), start, files)
        let changed = Self.value(["--chdir"], words).flatMap { ContainerPath.join(start, $0) }
        directory = changed
        first = [changed ?? start]
        if let list = Self.value(["--pythonpath"], words) {
            // Each entry is put first in turn.
            first =
                list.split(separator: ",").compactMap { ContainerPath.join(changed ?? start, String($0)) }.reversed()
                + first
        }
        if let paste = Self.value(["--paste", "--paster"], words) {
            gaps.append(Gap(paste, reason: "what a paste configuration starts is not followed"))
        }
        for (name, value) in Self.values(["-e", "--env"], words).compactMap(Self.assignment)
        where name.hasPrefix("PYTHON") || name.hasPrefix("LD_") {
            gaps.append(Gap("\(name)=\(value)", reason: "gunicorn sets this variable for its workers"))
        }
    }

    private static func values(_ names: [String], _ words: [String]) -> [String] {
        zip(words, words.dropFirst()).filter { names.contains($0.0) }.map(\.1)
            + words.compactMap { word in word.hasPrefix("--env=") ? String(word.dropFirst("--env=".count)) : nil }
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

    private mutating func uvicorn(_ arguments: [String], _ start: String, _ command: StartFollower.Command) {
        // Each option has a variable, which counts where the option is not given.
        let variable = command.environment["UVICORN_APP_DIR"]
        if case .some(nil) = variable {
            gaps.append(Gap("UVICORN_APP_DIR", reason: "the value of this variable is not known"))
        }
        let given = Self.value(["--app-dir"], arguments) ?? variable ?? nil
        first = [given.flatMap { $0.isEmpty ? start : ContainerPath.join(start, $0) } ?? start]
    }
}
