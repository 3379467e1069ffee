import ContainerImages
import EnvironmentInventory
import SourceDocuments

/// What an image starts: the command line of its Python, and where that Python looks for modules.
///
/// It is read from the entry point and command of the configuration, through shells, login profiles, entry scripts and
/// wrappers, without running anything. What could not be followed is a gap.
package struct ProgramStart: Sendable, Hashable {
    /// The command line that finally runs; empty when none was found.
    package internal(set) var argv: [String] = []
    /// The interpreter's path, without a leading slash; nil when no Python is started.
    package internal(set) var interpreter: String?
    /// Whether the entry point, a script of it or `PATH` led to the interpreter without a gap.
    package var isUnderstood: Bool { interpreter != nil && gaps.isEmpty }
    /// Where the interpreter looks for modules; nil when its release is not known.
    package internal(set) var importPath: ImportPath?
    /// The working directory; nil when it is not known.
    package internal(set) var workingDirectory: String?
    /// The directory that Python is started in, before a server changes it; nil when it is not known.
    package internal(set) var startDirectory: String?
    /// The variables of the process, by name; one that is not known has the value nil.
    package internal(set) var variables: [String: String?] = [:]
    /// The user of the process.
    package internal(set) var user: StartUser
    /// The options of the interpreter.
    package internal(set) var commandLine = PythonCommandLine()
    /// The scripts that were followed, without a leading slash.
    package internal(set) var scripts: [String] = []
    /// The wrappers and shells on the way, which were taken for what their names say, by the paths that they are started by.
    package internal(set) var programs: [String] = []
    /// The files that the Pythons run as their programs.
    package internal(set) var mainFiles: [String] = []
    /// Where Pythons that are started before the last one look for modules.
    package internal(set) var earlierPaths: [ImportPath] = []
    /// What could not be followed.
    package internal(set) var gaps: [Gap] = []
    /// The health check that Docker runs in the container again and again, as JSON; nil for none.
    package internal(set) var healthCheck: String?

    /// Follows an image's configuration.
    ///
    /// - Parameter fallback: the release of the image's main interpreter, for one whose release its path does not say.
    package init(_ configuration: ImageConfiguration, _ files: FileSystemIndex, fallback: String?) {
        var follower = StartFollower(files, configuration)
        follower.follow()
        gaps = follower.gaps
        scripts = follower.scripts
        programs = follower.programs
        user = StartUser(configuration.user, files)
        // `NONE` turns off the one of a base image (https://docs.docker.com/reference/dockerfile/#healthcheck).
        if let check = configuration.otherSettings["Healthcheck"], check.contains("\"CMD") { healthCheck = check }
        guard let start = follower.starts.last else {
            // Without a Python in sight the one that PATH finds first is what a command would start.
            workingDirectory = configuration.workingDirectory.isEmpty ? "/" : configuration.workingDirectory
            startDirectory = workingDirectory
            variables = follower.environment
            argv = configuration.entrypoint + configuration.command
            if let found = PythonProgram.find(files, path: configuration.variable("PATH")) {
                complete(
                    found, line: PythonCommandLine(), first: [], user: user, files: files, fallback: fallback,
                    configuration: configuration)
            }
            return
        }
        user = start.user
        argv = start.argv
        workingDirectory = start.changedDirectory ?? start.directory
        startDirectory = start.directory
        variables = start.environment
        complete(
            start.interpreter, line: start.commandLine, first: start.first, user: start.user, files: files,
            fallback: fallback, configuration: configuration)
        noteMainFile(start.commandLine, start.directory, files)
        for file in follower.starts.flatMap(\.files) where !mainFiles.contains(file) { mainFiles.append(file) }
        noteMainModules(start.commandLine, importPath, files)
        for other in follower.starts.dropLast() {
            noteMainFile(other.commandLine, other.directory, files)
            guard other.interpreter == start.interpreter, let python = importPath?.python,
                Self.loadingVariables(other.environment) == Self.loadingVariables(start.environment)
            else {
                let gap = Gap(
                    other.argv.joined(separator: " "), reason: "another Python is started before the last one")
                if !gaps.contains(gap) { gaps.append(gap) }
                continue
            }
            var launch = ImportPath.Launch(interpreter: other.interpreter, python: python)
            launch.commandLine = other.commandLine
            launch.variables = other.environment
            launch.workingDirectory = other.directory ?? "/"
            launch.home = other.user.accountHome
            launch.first = other.first
            let path = ImportPath(launch, files)
            noteMainModules(other.commandLine, path, files)
            if path != importPath, !earlierPaths.contains(path) { earlierPaths.append(path) }
        }
    }

    /// Follows what an image starts.
    package init(_ image: Image) {
        let version = image.environment.python?.version
        self.init(
            image.configuration, image.fileSystem,
            fallback: version.map { $0.split(separator: ".").prefix(2).joined(separator: ".") })
    }

    private mutating func complete(
        _ path: String, line: PythonCommandLine, first: [String], user: StartUser, files: FileSystemIndex,
        fallback: String?, configuration: ImageConfiguration
    ) {
        interpreter = ImportPath.normal(path)
        commandLine = line
        let program = PythonProgram(path, files)
        gaps += program.gaps.filter { !gaps.contains($0) }
        guard let python = program.release ?? program.stated ?? fallback else { return }
        var launch = ImportPath.Launch(interpreter: path, python: python)
        launch.commandLine = line
        launch.variables = variables
        launch.workingDirectory = startDirectory ?? "/"
        launch.home = user.accountHome
        launch.first = first
        let found = ImportPath(launch, files)
        importPath = found
        if found.isGuessed {
            gaps.append(Gap("/" + found.interpreter, reason: "where it finds its standard library is not known"))
        }
        gaps += found.gaps.filter { !gaps.contains($0) }
        gaps += program.disagreements(with: found, files).filter { !gaps.contains($0) }
        if found.seesUserSite, variables["PYTHONUSERBASE"].flatMap({ $0 })?.isEmpty ?? true {
            gaps += Self.homeGaps(variables["HOME"], user, configured: configuration.variable("HOME"))
        }
        if files.isDangling("/etc/ld.so.preload") {
            gaps.append(Gap("/etc/ld.so.preload", reason: ImportPath.dangling))
        }
        for name in Self.known {
            if let value = variables[name], value == nil {
                gaps.append(Gap(name, reason: "the value of this variable is not known"))
            }
        }
    }

    /// Says in what runtimes differ about the home directory, below which Python looks for the user's own packages.
    private static func homeGaps(_ home: String??, _ user: StartUser, configured: String?) -> [Gap] {
        // runc and crun set an empty one or keep it
        // (https://github.com/opencontainers/runc/blob/v1.2.0/libcontainer/init_linux.go, `setupUser`).
        if let configured, configured.isEmpty, home == configured || home == user.home {
            return [Gap("HOME", reason: "the image sets it to nothing, which some runtimes replace")]
        }
        guard user.hasSeveralHomes, configured != user.home, home == user.home else { return [] }
        return [Gap("HOME", reason: "the user \(user.name) has several home directories in /etc/passwd")]
    }

    /// The variables that the import path and the loader take values from, which have to be known.
    private static let known = [
        "PYTHONPATH", "PYTHONHOME", "LD_PRELOAD", "LD_LIBRARY_PATH", "PYTHONUSERBASE", "__PYVENV_LAUNCHER__",
        "NIX_PYTHONPATH",
    ]
    /// The variables whose values decide what is loaded.
    private static let deciding =
        known + ["PYTHONPLATLIBDIR", "PYTHONPYCACHEPREFIX", "PYTHONEXECUTABLE", "LD_AUDIT"]

    private static func loadingVariables(_ variables: [String: String?]) -> [String: String?] {
        variables.filter { deciding.contains($0.key) }
    }

    /// Notes the file that a Python is told to run.
    private mutating func noteMainFile(_ line: PythonCommandLine, _ directory: String?, _ files: FileSystemIndex) {
        guard case .script(let script) = line.program,
            let path = PosixPath.isAbsolute(script) ? script : directory.map({ ImportPath.join($0, script) })
        else { return }
        if files.leadsToKernel(path) || files.isDangling(path) {
            let gap = Gap(path, reason: "the file that Python runs is not in the image")
            if !gaps.contains(gap) { gaps.append(gap) }
            return
        }
        guard files.lookup(path)?.kind == .file, !mainFiles.contains(path) else { return }
        mainFiles.append(path)
    }

    /// Notes the files of the modules that the words after Python name, `-m NAME` and `gunicorn NAME:OBJECT`, in every directory
    /// of the import path: `import_module` takes names that no import statement can have, and folders without `__init__`.
    private mutating func noteMainModules(_ line: PythonCommandLine, _ path: ImportPath?, _ files: FileSystemIndex) {
        guard let path else { return }
        var names: [Substring] = []
        if case .module(let name) = line.program { names.append(name[...]) }
        for argument in line.arguments.prefix(Self.maximumArguments) {
            let name = argument.prefix { $0 != ":" }
            if !name.isEmpty, !name.hasPrefix("-"), !name.utf8.contains(UInt8(ascii: "/")) { names.append(name) }
        }
        for directory in path.directories where files.lookup(directory.path)?.kind == .directory {
            for name in names {
                var base = directory.path
                for part in name.split(separator: ".").prefix(Self.maximumArguments) {
                    base = ImportPath.join(base, String(part))
                    for ending in Self.moduleEndings {
                        let file = base + ending
                        guard files.lookup(file)?.kind == .file, !mainFiles.contains(file) else { continue }
                        mainFiles.append(file)
                    }
                }
            }
        }
    }

    private static let maximumArguments = 64
    private static let moduleEndings = [
        ".py", ".pyc", ".so", "/__init__.py", "/__init__.pyc", "/__init__.so", "/__main__.py", "/__main__.pyc",
    ]
}
