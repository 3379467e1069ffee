import ContainerImages
import DockerfileSyntax
import EnvironmentInventory
import SourceDocuments

/// Follows the words of an entry point to the Pythons that they start.
struct StartFollower {
    /// A Python that is started.
    struct Started {
        let argv: [String]
        let interpreter: String
        let commandLine: PythonCommandLine
        /// The directory that it is started in.
        let directory: String?
        /// The one that a server changes to; nil when it stays.
        let changedDirectory: String?
        let environment: [String: String?]
        let user: StartUser
        /// Directories that the server puts first on the import path.
        let first: [String]
        /// Files that the server runs besides its program.
        let files: [String]
    }

    /// A program on its way.
    struct Command {
        var words: [String]
        var environment: [String: String?]
        var directory: String?
        var user: StartUser
        var source: FileLocation?
        /// The launcher that the words came from, `gunicorn`; nil for none.
        var launcher: String?
        /// Whether a shell may have given it a standard input of its own.
        var readsInput = false
        var depth = 0
    }

    let files: FileSystemIndex
    let configuration: ImageConfiguration
    /// The variables that the image's configuration sets, with the user's home.
    let environment: [String: String?]
    private(set) var starts: [Started] = []
    private(set) var gaps: [Gap] = []
    private(set) var scripts: [String] = []
    /// The wrappers and shells that were taken for what their names say, as they were found.
    private(set) var programs: [String] = []
    private static let maximumDepth = 24

    init(_ files: FileSystemIndex, _ configuration: ImageConfiguration) {
        self.files = files
        self.configuration = configuration
        var environment: [String: String?] = [:]
        for setting in configuration.environment {
            let parts = setting.parts(omittingEmpty: false, maxSplits: 1, at: "=")
            environment[String(parts[0])] = parts.count == 2 ? String(parts[1]) : ""
        }
        if environment["PATH"] == nil { environment["PATH"] = PythonProgram.defaultPath }
        if environment["HOME"] == nil { environment["HOME"] = StartUser(configuration.user, files).home }
        self.environment = environment
    }

    /// Follows the entry point with the command as its arguments.
    mutating func follow() {
        let words = configuration.entrypoint + configuration.command
        guard !words.isEmpty else {
            gaps.append(Gap("", reason: "the image states neither an entry point nor a command"))
            return
        }
        let directory = configuration.workingDirectory.isEmpty ? "/" : configuration.workingDirectory
        follow(
            Command(
                words: words, environment: environment, directory: directory,
                user: StartUser(configuration.user, files)))
    }

    mutating func gap(_ command: Command, _ reason: String) {
        let gap = Gap(command.words.joined(separator: " "), reason: reason, source: command.source)
        if !gaps.contains(gap) { gaps.append(gap) }
    }

    mutating func follow(_ command: Command) {
        guard command.depth < Self.maximumDepth else { return gap(command, "it is nested too deeply") }
        guard let name = command.words.first, !name.isEmpty else { return gap(command, "no program is named") }
        guard let path = find(name, command) else {
            let isPathKnown = name.contains("/") ? command.directory != nil : command.environment["PATH"] != .some(nil)
            return gap(command, isPathKnown ? "the program is not in the image" : "PATH is not known here")
        }
        let paths = command.environment["PATH"].flatMap { $0 } ?? ""
        let searched = name.contains("/") ? [path] : paths.parts(at: ":").map(String.init)
        for directory in searched where files.leadsToKernel(directory) {
            gap(command, "\(directory) leads through a folder that the kernel fills")
        }
        let base = String(path.split(separator: "/").last ?? "")
        guard let entry = files.lookup(path) else {
            gap(command, "the program is a link to something that is not in the image")
            // The link says which Python it would be: what that one would import is still told.
            if PythonCommandLine.isInterpreter(base) { python(path, command) }
            return
        }
        guard entry.kind == .file else { return gap(command, "the program is not a file") }
        if entry.head.starts(with: [UInt8(ascii: "#"), UInt8(ascii: "!")]) { return script(path, entry, command) }
        let real = String(entry.path.split(separator: "/").last ?? "")
        if PythonCommandLine.isInterpreter(base) || PythonCommandLine.isInterpreter(real) {
            return python(path, command)
        }
        if !programs.contains(path) { programs.append(path) }
        if Self.shells.contains(base) || (Self.shells.contains(real) && base != "env") { return shell(command) }
        if real == "busybox" || real == "toybox" || base == "busybox" {
            return applet(base, command, ofToybox: real == "toybox")
        }
        if let next = StartWrapper.inner(base, command, files) { return follow(next, from: command) }
        gap(command, "the program \(base) is not followed")
    }

    /// Follows what a wrapper starts.
    private mutating func follow(_ next: StartWrapper.Inner, from command: Command) {
        switch next {
        case .command(let words, let environment, let directory, let user):
            var inner = command
            inner.words = words
            inner.environment = environment
            inner.directory = directory
            inner.user = user ?? command.user
            inner.depth += 1
            follow(inner)
        case .gap(let reason): gap(command, reason)
        }
    }

    static let shells: Set<String> = ["sh", "bash", "dash", "ash", "zsh", "ksh", "mksh"]

    /// Returns the path of a program as the kernel or a shell would find it.
    func find(_ name: String, _ command: Command) -> String? { Self.find(name, command, files) }

    static func find(_ name: String, _ command: Command, _ files: FileSystemIndex) -> String? {
        func isThere(_ path: String) -> Bool {
            if let entry = files.lookup(path) { return entry.kind == .file }
            return files.lookup(path, followingLast: false) != nil && PythonCommandLine.isInterpreter(path)
        }
        if name.utf8.contains(UInt8(ascii: "/")) {
            guard PosixPath.isAbsolute(name) || command.directory != nil else { return nil }
            let path = PosixPath.isAbsolute(name) ? name : ImportPath.join(command.directory ?? "/", name)
            return isThere(path) ? path : nil
        }
        // Without PATH the C library has a list of its own.
        guard let value = command.environment["PATH", default: "/bin:/usr/bin"] else { return nil }
        // An empty element is the working directory, and a file that the user may not execute, or not reach, is passed over
        // (https://man7.org/linux/man-pages/man3/exec.3.html, EACCES; https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/V1_chap08.html#tag_08_03).
        // So is a link that leads to nothing; it is the answer only where there is no other.
        var dangling: String?
        let access = UserAccess(command.user, files)
        for element in value.parts(omittingEmpty: false, at: ":").map(String.init) {
            let directory = PosixPath.isAbsolute(element) ? element : ContainerPath.join(command.directory, element)
            guard let directory else { return nil }
            let path = directory.hasSuffix("/") ? directory + name : "\(directory)/\(name)"
            guard isThere(path) else { continue }
            guard let entry = files.lookup(path) else {
                dangling = dangling ?? path
                continue
            }
            // Of a user who is not known it is only certain what nobody may do.
            if command.user.id == nil ? entry.mode & 0o111 != 0 : access.mayRun(path) { return path }
        }
        return dangling
    }

    // MARK: - Scripts

    /// Starts the interpreter that a script's first line names (https://man7.org/linux/man-pages/man2/execve.2.html).
    private mutating func script(_ path: String, _ entry: FileSystemIndex.Entry, _ command: Command) {
        let line = FirstLine(entry)
        guard case .program(let interpreter, let argument) = line else {
            if case .gap(let reason) = line { gap(command, reason) }
            return
        }
        scripts.append(entry.path)
        var inner = command
        inner.depth += 1
        inner.launcher = String(path.split(separator: "/").last ?? "")
        let arguments = [path] + command.words.dropFirst()
        if interpreter == Trampoline.shell, isPlainShell(interpreter), let target = trampoline(entry) {
            if !programs.contains(interpreter) { programs.append(interpreter) }
            inner.words = [target] + arguments
        } else {
            inner.words = [interpreter] + [argument].compactMap(\.self) + arguments
        }
        follow(inner)
    }

    private func trampoline(_ entry: FileSystemIndex.Entry) -> String? {
        if let target = Trampoline.target(entry.head) { return target }
        // A long path goes past the bytes that are kept of every file.
        return files.contents(of: entry).flatMap { Trampoline.target($0) }
    }

    /// Whether a program is a shell that does nothing before its script.
    private func isPlainShell(_ path: String) -> Bool {
        guard let entry = files.lookup(path), entry.kind == .file, entry.mode & 0o111 != 0,
            !entry.head.starts(with: [UInt8(ascii: "#"), UInt8(ascii: "!")])
        else { return false }
        return ["sh", "bash", "dash", "ash", "busybox"].contains(PosixPath.lastComponent(entry.path))
    }

    // MARK: - Shells

    /// Runs an applet of busybox or toybox. busybox takes the last part of a word for an applet's name, and `busybox NAME` is
    /// the applet whatever `PATH` has (https://git.busybox.net/busybox/tree/libbb/appletlib.c?h=1_36_1, `busybox_main`).
    private mutating func applet(_ name: String, _ command: Command, ofToybox isToybox: Bool) {
        var inner = command
        var name = name
        while name == "busybox" || name == "toybox" {
            guard inner.words.count > 1 else { return gap(command, "the program \(name) is not followed") }
            inner.words.removeFirst()
            name = PosixPath.lastComponent(inner.words[0])
        }
        if Self.shells.contains(name) { return shell(inner, isApplet: true) }
        guard !isToybox, let next = StartWrapper.applet(name, inner, files) else {
            return gap(command, "the program \(name) is not followed")
        }
        follow(next, from: inner)
    }

    /// Which shell a program is, whatever name it is called by.
    private func dialect(_ command: Command) -> ShellDialect {
        guard let name = command.words.first, let path = find(name, command) else { return .other }
        switch (files.lookup(path)?.path ?? path).split(separator: "/").last {
        case "bash": return ["sh", "-sh"].contains(name.split(separator: "/").last ?? "") ? .posixBash : .bash
        case "dash": return .dash
        case "busybox": return .busybox
        default: return .other
        }
    }

    private mutating func shell(_ command: Command, isApplet: Bool = false) {
        let dialect = isApplet ? .busybox : dialect(command)
        let call = ShellCall(command.words, dialect)
        let host = StartHost(files: files, user: command.user)
        var simulation = ShellSimulation(
            host: host, environment: command.environment, directory: command.directory, dialect: dialect)
        if let unread = call.unread { gap(command, "the option \(unread) of this shell is not followed") }
        if command.words[0].hasSuffix("zsh") { gap(command, "this shell reads files of its own first") }
        if dialect.isBash {
            simulation.setShellVariables(["BASH": find(command.words[0], command)])
            for name in command.environment.keys.filter(dialect.meaningfulVariables.contains).sorted() {
                gap(command, "\(name) changes how the shell reads its script")
            }
            for (name, value) in command.environment.sorted(by: { $0.key < $1.key }) where name.hasPrefix("BASH_FUNC_")
            {
                simulation.importFunction(name, value)
            }
        }
        simulation.apply(options: call.options, shopt: call.shopt)
        let known = gaps.count
        for profile in call.profiles(files, command) {
            guard files.lookup(profile)?.kind == .file else { continue }
            guard let bytes = files.contents(of: profile) else {
                return gap(command, "the profile \(profile) is not readable here")
            }
            scripts.append(ImportPath.normal(profile))
            simulation.run(bytes, name: profile, arguments: [command.words[0]], file: profile)
        }
        switch call.program {
        case .text(let text, let arguments):
            simulation.run(Array(text.utf8), name: "", arguments: arguments)
        case .file(let file, let arguments):
            var asked = command
            asked.words = [file]
            let path = file.hasPrefix("/") ? file : command.directory.map { ImportPath.join($0, file) }
            guard let path, let entry = files.lookup(path) ?? find(file, asked).flatMap({ files.lookup($0) }) else {
                return gap(command, "the script \(file) is not in the image")
            }
            guard let bytes = files.contents(of: entry) else {
                return gap(command, "the script \(file) is not readable here")
            }
            if !scripts.contains(entry.path) { scripts.append(entry.path) }
            simulation.run(bytes, name: path, arguments: [file] + arguments, file: file)
        case .nothing: return gap(command, "an interactive shell is started")
        }
        gaps += simulation.gaps.filter { !gaps.contains($0) }
        for process in simulation.processes {
            var inner = command
            inner.words = process.words
            inner.environment = process.environment
            inner.directory = process.directory
            inner.source = process.source.file.isEmpty ? command.source : process.source
            inner.launcher = nil
            inner.readsInput = true
            inner.depth += 1
            if process.environment["PATH"] == nil, let name = process.words.first, !name.contains("/") {
                gap(inner, "PATH is not in the environment of this program")
            }
            if process.isConditional {
                gap(inner, "whether this is started depends on a condition that is not known")
            }
            follow(inner)
        }
        if simulation.processes.isEmpty, gaps.count == known { gap(command, "the script starts no program") }
    }

    // MARK: - Python

    /// Whether a variable may decide which modules are loaded, besides those that the import path is made of.
    private static func decides(_ name: String) -> Bool {
        let others: Set<String> = [
            "PYTHONPATH", "PYTHONHOME", "PYTHONUSERBASE", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE",
            "PYTHONHASHSEED", "PYTHONIOENCODING", "PYTHONUTF8", "PYTHONFAULTHANDLER", "PYTHONMALLOC",
        ]
        return name == "HOME" || (name.hasPrefix("PYTHON") && !name.hasPrefix("PYTHON_") && !others.contains(name))
    }

    /// Why Python may find itself at another place than the kernel found it; nil where it does not: it takes the first file of
    /// `PATH` that anybody may run (https://github.com/python/cpython/blob/v3.11.9/Modules/getpath.c, `getpath_isxfile`).
    private func searched(_ path: String, _ command: Command) -> String? {
        guard let name = command.words.first, !name.contains("/") else { return nil }
        guard let variable = command.environment["PATH"] else {
            return "Python is started without PATH, by which it finds itself"
        }
        for element in (variable ?? "").parts(omittingEmpty: false, at: ":").map(String.init) {
            guard let directory = ContainerPath.join(command.directory, element) else { return nil }
            let candidate = ImportPath.join(directory, name)
            guard let entry = files.lookup(candidate), entry.kind == .file, entry.mode & 0o111 != 0 else { continue }
            return ImportPath.normal(candidate) == ImportPath.normal(path)
                ? nil : "Python takes itself for \(candidate), which this user cannot run"
        }
        return nil
    }

    private mutating func python(_ path: String, _ command: Command) {
        let line = PythonCommandLine(Array(command.words.dropFirst()))
        var first: [String] = []
        var changed: String?
        var besides: [String] = []
        let server: String?
        switch line.program {
        case .script(let script): server = ServerName.ofScript(script, command, files)
        case .module(let module):
            server = ServerName.ofModule(module)
            if let reason = ServerName.running(module, line, command, files: files) { gap(command, reason) }
        default: server = nil
        }
        if let reason = searched(path, command) { gap(command, reason) }
        if let server, let options = ServerOptions(server, line: line, command: command, files: files) {
            gaps += options.gaps.filter { !gaps.contains($0) }
            first = options.first
            changed = options.directory
            besides = options.files
        }
        if command.directory == nil { gap(command, "the working directory in which this starts is not known") }
        for (name, value) in command.environment.sorted(by: { $0.key < $1.key })
        where value == nil && Self.decides(name) {
            gaps.append(Gap(name, reason: "its value decides what is loaded and is not known", source: command.source))
        }
        if line.program == .command { gap(command, "the code of -c is not read") }
        let isQuestion = command.words.dropFirst().contains { ["-V", "-VV", "--version", "-h", "--help"].contains($0) }
        if line.program == .standardInput, command.readsInput || command.words.contains("-"), !isQuestion {
            gap(command, "its code comes from standard input")
        }
        starts.append(
            Started(
                argv: command.words, interpreter: path, commandLine: line, directory: command.directory,
                changedDirectory: changed, environment: command.environment, user: command.user, first: first,
                files: besides))
    }
}
