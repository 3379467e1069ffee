import ContainerImages
import DockerfileSyntax
import EnvironmentInventory
import SourceDocuments

/// Which server a Python program is, whatever name it is started by.
enum ServerName {
    /// The servers whose options are read, with the modules of their packages that are the same program.
    private static let modules: [String: Set<String>] = [
        "gunicorn": ["gunicorn.app.wsgiapp"], "uvicorn": ["uvicorn.main"], "hypercorn": [], "flask": ["flask.cli"],
        "daphne": ["daphne.cli"], "celery": ["celery.bin.celery"], "fastapi": ["fastapi.cli", "fastapi_cli.cli"],
        "granian": ["granian.cli"], "streamlit": ["streamlit.cli", "streamlit.web.cli"],
    ]
    /// Packages of servers that have another name than their program.
    private static let packages = ["fastapi_cli": "fastapi"]

    /// The names of launchers that are servers.
    private static func isServer(_ name: String) -> Bool { modules[name] != nil || name == "gunicorn_paster" }

    /// Whether a name is that of a module of a server's package.
    static func isOtherModule(_ name: String) -> Bool {
        name.contains(".") && modules[String(name.prefix { $0 != "." })] != nil
    }

    /// Returns the program that a module of `-m` is: `gunicorn` of `gunicorn.app.wsgiapp`; the module itself for one of a
    /// server that is another program.
    static func ofModule(_ module: String) -> String {
        if let launcher = LauncherTables.program(ofModule: module) { return launcher }
        let first = String(module.prefix { $0 != "." })
        let name = packages[first] ?? first
        guard let others = modules[name] else { return name }
        return module == first || module == first + ".__main__" || others.contains(module) ? name : module
    }

    /// Returns the program that a script is: by its name, by that of the file that it leads to, or by what a launcher imports
    /// (https://packaging.python.org/en/latest/specifications/entry-points/#use-for-scripts); nil for one of the application.
    static func ofScript(
        _ script: String, _ command: StartFollower.Command, _ files: FileSystemIndex
    ) -> String? {
        let base = PosixPath.lastComponent(script)
        let entry = ContainerPath.join(command.directory, script).flatMap { files.lookup($0) }
        let real = entry.map { PosixPath.lastComponent($0.path) } ?? base
        for name in [base, real] where isServer(name) || LauncherTables.isKnown(name) { return name }
        if let entry, let module = entryModule(entry, files) {
            let name = ofModule(module)
            if isServer(String(name.prefix { $0 != "." })) { return name }
            // A program of the application may import one of these as any other module.
            if entry.path.contains("bin/"), LauncherTables.isKnown(name) { return name }
        }
        return command.launcher != nil || script.contains("bin/") ? base : nil
    }

    /// Whether a script is a launcher of an installed package: by its place, or by its text.
    static func isLauncher(_ script: String, _ command: StartFollower.Command, _ files: FileSystemIndex) -> Bool {
        let entry = ContainerPath.join(command.directory, script).flatMap { files.lookup($0) }
        return script.contains("bin/")
            || entry.map { $0.path.contains("bin/") || entryModule($0, files) != nil } ?? false
    }

    private static func entryModule(_ entry: FileSystemIndex.Entry, _ files: FileSystemIndex) -> String? {
        guard entry.kind == .file else { return nil }
        return entryModule(String(decoding: files.contents(of: entry) ?? entry.head, as: UTF8.self))
    }

    /// The module of the single import by which a launcher comes to its function.
    private static func entryModule(_ text: String) -> String? {
        var found: String?
        for line in text.split(separator: "\n", omittingEmptySubsequences: true).prefix(24) {
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "\r" })
            guard words.count == 4, words[0] == "from", words[2] == "import" else { continue }
            if found != nil { return nil }
            found = String(words[1])
        }
        return found
    }

    /// The modules of the standard library that run or import what their arguments, a file or standard input say, beside those
    /// that ``ServerOptions`` names (https://docs.python.org/3/library/cmdline.html).
    private static let runners: Set<String> = [
        "asyncio", "bdb", "code", "concurrent", "ctypes", "distutils", "ensurepip", "idlelib", "inspect", "lib2to3",
        "modulefinder", "multiprocessing", "pickle", "profiling", "pstats", "pty", "pydoc", "shelve", "sqlite3",
        "test", "tkinter", "turtle", "turtledemo", "unittest", "venv", "webbrowser", "wsgiref", "zipapp", "zipimport",
        "_pyrepl", "antigravity", "imp", "importlib", "pyclbr", "rlcompleter", "smtpd",
    ]

    /// Why a module of the standard library is not followed; nil for one that runs nothing but itself, or that the application
    /// has a module of its own in the place of.
    static func running(
        _ module: String, _ line: PythonCommandLine, _ command: StartFollower.Command, files: FileSystemIndex
    ) -> String? {
        let first = String(module.prefix { $0 != "." })
        if module == "http.server" {
            // argparse takes its beginning as well.
            let isServed = line.arguments.contains { $0.hasPrefix("--c") && $0 != "--cert" }
            return isServed ? "http.server runs the programs of a folder with --cgi" : nil
        }
        guard runners.contains(first) else { return nil }
        let isLocal = !line.isSafePath && command.environment["PYTHONSAFEPATH"] == nil
        if isLocal, let directory = command.directory,
            ["\(first).py", "\(first)/__init__.py"].contains(where: {
                files.lookup(ImportPath.join(directory, $0))?.kind == .file
            })
        {
            return nil
        }
        return "what the standard library's \(first) runs is not followed"
    }
}
