import ContainerImages
import EnvironmentInventory
import SourceDocuments

/// Where the interpreter that starts looks for modules, in its order (https://docs.python.org/3/library/sys_path_init.html,
/// https://docs.python.org/3/library/site.html).
package struct ImportPath: Sendable, Hashable {
    /// Why a directory is on the import path.
    package enum Origin: String, Sendable, Hashable {
        /// The directory of the script that is started, or the script itself where it is a directory or an archive.
        case script
        /// The directory that the program is started in.
        case workingDirectory
        /// An option of the server that is started: `gunicorn --pythonpath`, `uvicorn --app-dir`.
        case server
        /// An entry of `PYTHONPATH`.
        case pythonPath
        /// The standard library, also its compiled part.
        case standardLibrary
        /// The packages that a user installed for their own account.
        case userSite
        /// `site-packages` and `dist-packages`.
        case site
        /// A line of a `.pth` file.
        case pathConfiguration
    }

    /// One directory, or one archive.
    package struct Directory: Sendable, Hashable {
        /// The path without a leading slash.
        package let path: String
        /// Why it is on the import path.
        package let origin: Origin
    }

    /// The interpreter's release, `3.11`.
    package let python: String
    /// What the folder of the interpreter's modules is called besides the release.
    let build: PythonProgram.Build
    /// `t` for a build without the global lock, whose extension modules are `cpython-313t`; else empty.
    package var threads: String { build.threads }
    /// The interpreter's path, without a leading slash.
    package let interpreter: String
    /// The directories in their order, also those that are not there.
    package private(set) var directories: [Directory] = []
    /// Whether a user's own packages, and `usercustomize`, are looked for.
    package let seesUserSite: Bool
    /// The zip archives that are searched before the standard library.
    package let archives: [String]
    /// Whether Python finds its standard library by nothing that is there, and takes the place that it was built for.
    package let isGuessed: Bool
    /// Whether no module of the standard library is where it is looked for.
    let lacksLibrary: Bool
    /// The paths that are one for Python and another for the system, and those that lead to what the image does not hold.
    package private(set) var gaps: [Gap] = []
    /// The directories of `PYTHONPATH`, without a leading slash, those among them that are on the path for another reason too.
    package private(set) var variableDirectories: [String] = []
    /// The `.pth` files that are read, without a leading slash, links resolved.
    package private(set) var configurations: [String] = []
    /// The files that decided where the standard library and site-packages are: `pyvenv.cfg`, `python._pth`.
    package let decidingFiles: [String]

    /// The directories of installed packages, in their order.
    package var packageDirectories: [String] {
        directories.filter { [.pythonPath, .userSite, .site, .pathConfiguration, .server].contains($0.origin) }
            .map(\.path)
    }

    /// Returns the directories that exist, with links resolved, each once.
    package func existing(_ files: FileSystemIndex) -> [Directory] {
        var found: [Directory] = []
        for directory in directories {
            guard let entry = files.lookup(directory.path), entry.kind == .directory else { continue }
            if !found.contains(where: { $0.path == entry.path }) {
                found.append(Directory(path: entry.path, origin: directory.origin))
            }
        }
        return found
    }

    /// Everything that decides the import path, except the image's files.
    package struct Launch: Sendable, Hashable {
        /// The interpreter's path as it is started.
        package var interpreter: String
        /// The interpreter's release, `3.11`.
        package var python: String
        /// The words after the interpreter.
        package var commandLine = PythonCommandLine()
        /// The variables; one without a value is not known.
        package var variables: [String: String?] = [:]
        /// The working directory.
        package var workingDirectory = "/"
        /// The home directory that the user's account has, for where HOME is not set; nil when there is no account.
        package var home: String? = "/root"
        /// Directories that the server puts first.
        package var first: [String] = []

        /// Creates a launch of an interpreter without options.
        package init(interpreter: String, python: String) {
            self.interpreter = interpreter
            self.python = python
        }

        /// Returns a variable's value when it is known and not empty.
        func variable(_ name: String) -> String? {
            variables[name].flatMap { $0 }.flatMap { $0.isEmpty ? nil : $0 }
        }
    }

    /// Computes the directories of a launch.
    package init(_ launch: Launch, _ files: FileSystemIndex) {
        python = launch.python
        build = PythonProgram.Build(launch.interpreter, files)
        interpreter = Self.normal(launch.interpreter)
        let line = launch.commandLine
        func variable(_ name: String) -> String? { line.ignoresVariables ? nil : launch.variable(name) }
        var question = PythonHome.Question(interpreter: launch.interpreter, python: launch.python)
        let minor = question.minor
        question.home = variable("PYTHONHOME")
        question.platform = variable("PYTHONPLATLIBDIR")
        // These two are read whatever the command line says.
        question.launcher = launch.variable("PYTHONEXECUTABLE") ?? launch.variable("__PYVENV_LAUNCHER__")
        question.directory = launch.workingDirectory
        question.build = build
        let places = PythonHome(question, files)
        decidingFiles = places.decidingFiles
        isGuessed = places.isGuessed
        archives = places.installations.map { Self.normal($0.archive) }
        lacksLibrary = places.lacksLibrary
        gaps = places.gaps
        let seesSystem = places.environments.isEmpty || places.includesSystem
        seesUserSite =
            seesSystem && !line.hidesUserSite && !line.skipsSite && variable("PYTHONNOUSERSITE") == nil
            && places.replacement == nil
        note([launch.interpreter] + places.installations.map(\.archive), files)

        add(launch.first, .server, files)
        if !line.isSafePath, minor < 11 || variable("PYTHONSAFEPATH") == nil {
            switch line.program {
            case .script(let script): addScript(script, launch, files)
            default: add([launch.workingDirectory], .workingDirectory, files)
            }
        }
        if let replacement = places.replacement {
            add(replacement.entries, .pythonPath, files)
            if replacement.importsSite {
                addSites(places, seesSystem: seesSystem, launch: launch, files: files)
            }
            return
        }
        if let value = variable("PYTHONPATH") {
            // An empty entry is the working directory.
            let entries = value.parts(omittingEmpty: false, at: ":").map {
                $0.hasBytePrefix("/") ? String($0) : Self.join(launch.workingDirectory, String($0))
            }
            variableDirectories = entries.map { Self.normal($0) }
            add(entries, .pythonPath, files)
        }
        for installation in places.installations {
            // A folder in the place of the archive is looked into as any other.
            if isDirectory(installation.archive, files) { add([installation.archive], .standardLibrary, files) }
            add([installation.library, installation.compiled], .standardLibrary, files)
        }
        if !line.skipsSite { addSites(places, seesSystem: seesSystem, launch: launch, files: files) }
    }

    private mutating func add(_ paths: [String], _ origin: Origin, _ files: FileSystemIndex) {
        note(paths, files)
        for path in paths {
            let directory = Self.normal(path)
            if !directories.contains(where: { $0.path.utf8.elementsEqual(directory.utf8) }) {
                directories.append(Directory(path: directory, origin: origin))
            }
        }
    }

    /// Notes the paths that are not what the image says.
    private mutating func note(_ paths: [String], _ files: FileSystemIndex) {
        for path in paths {
            if Self.isAmbiguous(path, files) { note(path, Self.ambiguous) }
            if files.leadsToKernel(path) { note(path, Self.kernel) }
        }
    }

    private mutating func note(_ path: String, _ reason: String) {
        let gap = Gap(path, reason: reason)
        if !gaps.contains(gap) { gaps.append(gap) }
    }

    static let ambiguous = "its .. is behind a link, and Python takes it for another path"
    static let kernel = "it leads through a folder that the kernel fills, which the image does not hold"
    static let dangling = "it is a link to something that is not in the image"

    /// Why a file that Python opens cannot be followed: it is a FIFO, which stops the start until somebody writes to it,
    /// or a device. A directory and a socket cannot be opened, and Python passes over them
    /// (https://github.com/python/cpython/blob/v3.11.0/Lib/site.py, `addpackage`); nil for these and for files.
    static func device(_ path: String, _ files: FileSystemIndex) -> String? {
        guard case .other(let what)? = files.lookup(path)?.kind, what != "socket" else { return nil }
        return "it is no file but a \(what.isEmpty ? "device" : what): what Python reads from it is not known"
    }

    /// Whether `..` in a path leads elsewhere when it is resolved by the text, as `os.path.abspath` does, than by the links.
    static func isAmbiguous(_ path: String, _ files: FileSystemIndex) -> Bool {
        guard path.utf8.split(separator: UInt8(ascii: "/")).contains(where: { $0.elementsEqual("..".utf8) }) else {
            return false
        }
        return files.lookup(normal(path))?.node != files.lookup(path)?.node
    }

    private mutating func addScript(_ script: String, _ launch: Launch, _ files: FileSystemIndex) {
        let path = PosixPath.isAbsolute(script) ? script : Self.join(launch.workingDirectory, script)
        let resolved = files.lookup(path)
        // A directory or a zip archive with a `__main__` is on the path itself.
        let isContainer = resolved.map { $0.kind == .directory || ZipFile.isArchive($0, files) } ?? false
        add([isContainer ? path : Self.parent(resolved?.path ?? path)], .script, files)
    }

    private mutating func addSites(
        _ places: PythonHome, seesSystem: Bool, launch: Launch, files: FileSystemIndex
    ) {
        let folder = build.folder(python)
        if seesUserSite {
            let base = launch.variable("PYTHONUSERBASE") ?? Self.userBase(launch)
            let site = Self.join(base, "lib/\(folder)/site-packages")
            addSite(PosixPath.isAbsolute(site) ? site : Self.join(launch.workingDirectory, site), .userSite, files)
        }
        let platforms = places.folders.filter { $0 != "lib" }
        for environment in places.environments {
            let own = Self.join(environment, "lib/\(folder)/site-packages")
            // What is there besides with PYTHONPLATLIBDIR, with Fedora's Python and with Debian's.
            let others =
                (platforms + ["lib64"]).map { Self.join(environment, "\($0)/\(folder)/site-packages") }
                + ["local/lib/\(folder)", "lib/python3", "lib/\(folder)"].map {
                    Self.join(environment, "\($0)/dist-packages")
                }
            for directory in others.prefix(platforms.count) where isDirectory(directory, files) {
                addSite(directory, .site, files)
            }
            addSite(own, .site, files)
            for directory in others.dropFirst(platforms.count) where isDirectory(directory, files) {
                addSite(directory, .site, files)
            }
        }
        defer { addNixDirectories(launch, files) }
        guard seesSystem else { return }
        for installation in places.installations {
            for platform in platforms {
                for name in ["\(folder)/site-packages", "python3/dist-packages", "\(folder)/dist-packages"] {
                    let directory = Self.join(installation.prefix, "\(platform)/\(name)")
                    if isDirectory(directory, files) { addSite(directory, .site, files) }
                }
            }
            for site in Self.sites(installation.prefix, folder, files) { addSite(site, .site, files) }
        }
    }

    /// Adds the directories that the `sitecustomize` of Nix's Python makes directories of packages, `.pth` files included
    /// (https://github.com/NixOS/nixpkgs/blob/24.05/pkgs/development/interpreters/python/sitecustomize.py).
    private mutating func addNixDirectories(_ launch: Launch, _ files: FileSystemIndex) {
        for entry in (launch.variable("NIX_PYTHONPATH") ?? "").parts(at: ":") {
            let path = String(entry)
            addSite(PosixPath.isAbsolute(path) ? path : Self.join(launch.workingDirectory, path), .site, files)
        }
    }

    /// Returns what `os.path.expanduser("~/.local")` is: an empty HOME counts, one that is not set is the account's, and
    /// without an account the text stays, which leads below the working directory
    /// (https://github.com/python/cpython/blob/v3.11.0/Lib/posixpath.py, `expanduser`).
    private static func userBase(_ launch: Launch) -> String {
        let home = (launch.variables["HOME"] ?? launch.home) ?? "~"
        var bytes = Array(home.utf8)
        while bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self) + "/.local"
    }

    private func isDirectory(_ path: String, _ files: FileSystemIndex) -> Bool {
        files.lookup(path)?.kind == .directory
    }

    /// Adds a site directory and what its `.pth` files name.
    private mutating func addSite(_ path: String, _ origin: Origin, _ files: FileSystemIndex) {
        let directory = Self.normal(path)
        guard let entry = files.lookup(directory), entry.kind == .directory else {
            // A directory that does not exist is listed as well: a later layer could create it.
            if origin == .site || origin == .userSite { add([path], origin, files) }
            return
        }
        if directories.contains(where: { files.lookup($0.path)?.path == entry.path && $0.path != directory }) { return }
        add([path], origin, files)
        let minor = python.split(separator: ".").last.flatMap { Int($0) }
        for name in files.names(in: directory) ?? [] where name.hasSuffix(".pth") {
            // Hidden files are passed over from 3.13 on, and by the last releases before it.
            if name.hasPrefix("."), minor.map({ $0 >= 13 }) ?? false { continue }
            guard let file = files.lookup(Self.join(directory, name)), file.kind == .file else {
                if files.isDangling(Self.join(directory, name)) { note(Self.join(path, name), Self.dangling) }
                if let reason = Self.device(Self.join(directory, name), files) { note(Self.join(path, name), reason) }
                continue
            }
            if !configurations.contains(file.path) { configurations.append(file.path) }
            for line in PathConfiguration(files.contents(of: file) ?? [], minor: minor).lines where !line.isCode {
                let target = PosixPath.isAbsolute(line.text) ? line.text : Self.join(directory, line.text)
                if files.lookup(Self.normal(target)) != nil { add([target], .pathConfiguration, files) }
            }
        }
    }

    /// An installation's directories of packages; Debian's and Fedora's Python have their own.
    private static func sites(_ base: String, _ folder: String, _ files: FileSystemIndex) -> [String] {
        let own = [join(base, "lib/\(folder)/site-packages"), join(base, "lib64/\(folder)/site-packages")]
        let place = files.lookup(base).map(\.path) ?? normal(base)
        guard place == "usr" || place.isEmpty else { return own }
        let prefix = place.isEmpty ? "usr" : base
        return [
            "local/lib/\(folder)/dist-packages", "local/lib/\(folder)/site-packages",
            "lib/python3/dist-packages", "lib/\(folder)/dist-packages",
        ].map { join(prefix, $0) } + own
    }

    package static func parent(_ path: String) -> String {
        path.lastIndex(ofByte: UInt8(ascii: "/")).map { String(path[..<$0]) } ?? ""
    }

    package static func join(_ directory: String, _ path: String) -> String {
        directory.isEmpty ? path : directory.hasSuffix("/") ? directory + path : directory + "/" + path
    }

    /// Returns a path without a slash at either end, and with `.` and `..` resolved.
    package static func normal(_ path: String) -> String {
        PosixPath.belowRoot(path)
    }
}

/// Zip archives that Python imports from.
enum ZipFile {
    /// Whether a file is an archive by its first bytes, or a script with an archive after its first line.
    static func isArchive(_ entry: FileSystemIndex.Entry, _ files: FileSystemIndex) -> Bool {
        guard entry.kind == .file else { return false }
        if entry.head.starts(with: [UInt8(ascii: "P"), UInt8(ascii: "K")]) { return true }
        guard entry.head.starts(with: [UInt8(ascii: "#"), UInt8(ascii: "!")]) else { return false }
        guard let bytes = files.contents(of: entry) else { return !entry.path.hasSuffix(".py") }
        // The end of central directory record (https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.16).
        let end: [UInt8] = [UInt8(ascii: "P"), UInt8(ascii: "K"), 5, 6]
        let tail = bytes.suffix(22 + 65_535)
        guard tail.count >= 22 else { return false }
        return tail.indices.contains { tail[$0...].starts(with: end) }
    }
}
