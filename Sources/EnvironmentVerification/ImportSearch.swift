import ContainerImages
import EnvironmentInventory

/// Where the serving interpreter looks for modules, in its order (https://docs.python.org/3/library/sys_path_init.html,
/// https://docs.python.org/3/library/site.html).
///
/// The interpreter is the one that the entry point names by its path, else the one that `PATH` finds first. What a `.pth` file
/// or a program adds while it runs is left out.
package struct ImportSearch: Sendable, Hashable {
    /// Why a folder is looked into.
    package enum Origin: Sendable, Hashable {
        /// The folder of the script that is started.
        case script
        /// The folder that a program is started in.
        case workingDirectory
        /// An entry of `PYTHONPATH`.
        case pythonPath
        /// The standard library, also its compiled part.
        case standardLibrary
        /// What a user has installed for herself.
        case userSite
        /// `site-packages` and `dist-packages`.
        case site
    }

    /// One folder.
    package struct Folder: Sendable, Hashable {
        /// The path without a leading slash.
        package let path: String
        /// Why it is looked into.
        package let origin: Origin
    }

    /// The interpreter's release, `3.11`.
    package let python: String
    /// The interpreter's path, without a leading slash.
    package let interpreter: String
    /// Whether the entry point names it by its path, itself or in a script's first line.
    package let isNamed: Bool
    /// The folders in their order, also those that are not there.
    package let folders: [Folder]
    /// Whether a user's own packages, and `usercustomize`, are looked for.
    package let seesUserSite: Bool
    /// The zip archive that is looked into before the standard library.
    package let archive: String

    /// The folders of packages, in their order: what is left when nothing but installed packages is asked for.
    package var packageFolders: [String] {
        folders.filter { [.pythonPath, .userSite, .site].contains($0.origin) }.map(\.path)
    }

    /// Works out the folders; nil when there is no interpreter.
    package init?(files: FileSystemIndex, configuration: ImageConfiguration, environment: Environment) {
        guard let version = environment.python?.version else { return nil }
        let minor = version.split(separator: ".").prefix(2).joined(separator: ".")
        let entry = EntryPoint(configuration, files)
        let path = configuration.variable("PATH") ?? "/usr/local/bin:/usr/bin:/bin"
        let search = [entry.interpreterFolder].compactMap { $0 } + path.split(separator: ":").map(String.init)
        var interpreter: String?
        for folder in search where interpreter == nil {
            interpreter = ["python", "python3", "python\(minor)"].map { "\(folder)/\($0)" }.first {
                files.lookup($0) != nil || files.lookup($0, followingLast: false) != nil
            }
        }
        guard let interpreter else { return nil }
        python = minor
        self.interpreter = Self.normal(interpreter)
        isNamed = entry.interpreterFolder.map { Self.normal($0) } == Self.parent(Self.normal(interpreter))
        let places = Self.places(interpreter, files)
        func library(_ prefix: String) -> String { Self.join(prefix, "lib/python\(minor)") }

        var folders: [Folder] = []
        func add(_ paths: [String], _ origin: Origin) {
            for path in paths {
                let folder = Self.normal(path)
                if !folders.contains(where: { $0.path == folder }) {
                    folders.append(Folder(path: folder, origin: origin))
                }
            }
        }
        if configuration.variable("PYTHONSAFEPATH", isSet: true) == nil, !entry.isIsolated {
            add(entry.scriptFolders, .script)
            if entry.importsFromWorkingDirectory { add([configuration.workingDirectory], .workingDirectory) }
        }
        if !entry.ignoresVariables, let variable = configuration.variable("PYTHONPATH", isSet: true) {
            // An empty entry is the working directory.
            add(
                variable.split(separator: ":", omittingEmptySubsequences: false).map {
                    $0.hasPrefix("/") ? String($0) : Self.join(configuration.workingDirectory, String($0))
                }, .pythonPath)
        }
        let home = configuration.variable("PYTHONHOME", isSet: true).flatMap {
            $0.split(separator: ":").first.map(String.init)
        }
        let base = entry.ignoresVariables ? places.base : home ?? places.base
        archive = Self.normal(Self.join(base, "lib/python\(minor.filter { $0 != "." }).zip"))
        add([library(base), library(base) + "/lib-dynload"], .standardLibrary)
        let seesSystem = places.environment == nil || places.includesSystem
        seesUserSite =
            seesSystem && configuration.variable("PYTHONNOUSERSITE", isSet: true) == nil && !entry.hidesUserSite
        if seesUserSite {
            add(Self.userBases(configuration, files).map(library).map { $0 + "/site-packages" }, .userSite)
        }
        if let environment = places.environment { add([library(environment) + "/site-packages"], .site) }
        if seesSystem { add(Self.sites(base, minor), .site) }
        self.folders = folders
    }

    private struct Places {
        /// The virtual environment; nil for an installation.
        let environment: String?
        /// The installation that the standard library belongs to.
        let base: String
        let includesSystem: Bool
    }

    private static func places(_ interpreter: String, _ files: FileSystemIndex) -> Places {
        let prefix = parent(parent(interpreter))
        let resolved = files.lookup(interpreter)?.path ?? interpreter
        guard let bytes = files.contents(of: join(prefix, "pyvenv.cfg")) else {
            return Places(environment: nil, base: parent(parent(resolved)), includesSystem: false)
        }
        var base = parent(parent(resolved))
        var includesSystem = false
        for line in bytes.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) {
            let parts = String(decoding: line, as: UTF8.self).split(separator: "=", maxSplits: 1).map {
                String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
            }
            guard parts.count == 2 else { continue }
            if parts[0].lowercased() == "home" { base = parent(parts[1]) }
            if parts[0].lowercased() == "include-system-site-packages" {
                includesSystem = parts[1].lowercased() == "true"
            }
        }
        return Places(environment: prefix, base: base, includesSystem: includesSystem)
    }

    /// An installation's folders of packages; Debian's and Fedora's Python have their own.
    private static func sites(_ base: String, _ minor: String) -> [String] {
        let own = [join(base, "lib/python\(minor)/site-packages"), join(base, "lib64/python\(minor)/site-packages")]
        guard normal(base) == "usr" || normal(base).isEmpty else { return own }
        return [
            "usr/local/lib/python\(minor)/dist-packages", "usr/local/lib/python\(minor)/site-packages",
            "usr/lib/python3/dist-packages", "usr/lib/python\(minor)/dist-packages",
        ] + own
    }

    /// The folders below which a user's own packages lie.
    private static func userBases(_ configuration: ImageConfiguration, _ files: FileSystemIndex) -> [String] {
        if let base = configuration.variable("PYTHONUSERBASE", isSet: true) { return [base] }
        if let home = configuration.variable("HOME", isSet: true) { return [join(home, ".local")] }
        let user = configuration.user.split(separator: ":").first.map(String.init) ?? ""
        if user.isEmpty || user == "root" || user == "0" { return ["root/.local"] }
        // A number does not tell the folder.
        let homes = (files.names(in: "home") ?? []).map { "home/\($0)/.local" }
        return homes.contains("home/\(user)/.local") ? ["home/\(user)/.local"] : homes
    }

    static func parent(_ path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    }

    static func join(_ folder: String, _ path: String) -> String {
        folder.isEmpty ? path : folder.hasSuffix("/") ? folder + path : folder + "/" + path
    }

    /// Without a slash at either end, and with `.` and `..` resolved.
    static func normal(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return parts.joined(separator: "/")
    }
}

extension ImageConfiguration {
    /// The value of a variable that counts only when it is not empty.
    func variable(_ name: String, isSet: Bool) -> String? {
        variable(name).flatMap { $0.isEmpty && isSet ? nil : $0 }
    }
}

/// What an image starts, as far as it says where Python looks for modules first.
struct EntryPoint {
    /// The folder of the interpreter that is named by its path.
    private(set) var interpreterFolder: String?
    /// The folder of the script that is started.
    private(set) var scriptFolders: [String] = []
    /// Whether modules are looked for where the program is started: `-m`, `-c`, no script, or no Python at all in sight.
    private(set) var importsFromWorkingDirectory = true
    /// `-I` or `-P`.
    private(set) var isIsolated = false
    /// `-I` or `-s`.
    private(set) var hidesUserSite = false
    /// `-I` or `-E`.
    private(set) var ignoresVariables = false

    init(_ configuration: ImageConfiguration, _ files: FileSystemIndex) {
        // A shell's `-c` holds several words; quotes around them say nothing here.
        let words = (configuration.entrypoint + configuration.command).flatMap {
            $0.split { $0 == " " || $0 == "\n" || $0 == "\t" || $0 == ";" }.map(String.init)
        }
        guard let start = words.firstIndex(where: { Self.isPython($0) }) else {
            if let program = words.first { readScript(program, configuration, files) }
            return
        }
        if words[start].contains("/") { interpreterFolder = ImportSearch.parent(words[start]) }
        var rest = words[(start + 1)...]
        while let word = rest.popFirst() {
            guard word.hasPrefix("-"), word != "-" else {
                let path = word.hasPrefix("/") ? word : ImportSearch.join(configuration.workingDirectory, word)
                let resolved = files.lookup(path)
                // A folder or a zip archive with a `__main__` is looked into itself.
                let isFolder = resolved?.kind == .directory
                scriptFolders = [isFolder ? path : ImportSearch.parent(resolved?.path ?? path)]
                importsFromWorkingDirectory = false
                return
            }
            if word.hasPrefix("--") {
                if word == "--check-hash-based-pycs" { _ = rest.popFirst() }
                continue
            }
            for (place, letter) in zip(1..., word.dropFirst()) {
                switch letter {
                case "I":
                    isIsolated = true
                    hidesUserSite = true
                    ignoresVariables = true
                case "s": hidesUserSite = true
                case "P": isIsolated = true
                case "E": ignoresVariables = true
                case "m", "c": return
                case "W", "X":
                    // The value is the rest of the word, or the next word.
                    if place == word.count - 1 { _ = rest.popFirst() }
                default: continue
                }
                if letter == "W" || letter == "X" { break }
            }
        }
    }

    /// A program that is a Python script looks into its own folder.
    private mutating func readScript(_ program: String, _ configuration: ImageConfiguration, _ files: FileSystemIndex) {
        let path = configuration.variable("PATH") ?? "/usr/local/bin:/usr/bin:/bin"
        let candidates = program.contains("/") ? [program] : path.split(separator: ":").map { "\($0)/\(program)" }
        guard let entry = candidates.lazy.compactMap({ files.lookup($0) }).first,
            entry.head.starts(with: [UInt8(ascii: "#"), UInt8(ascii: "!")])
        else { return }
        let line = String(decoding: entry.head.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        guard let interpreter = line.dropFirst(2).split(separator: " ").first(where: { Self.isPython(String($0)) })
        else { return }
        if interpreter.contains("/") { interpreterFolder = ImportSearch.parent(String(interpreter)) }
        scriptFolders = [ImportSearch.parent(entry.path)]
    }

    /// `python`, `python3`, `python3.11`, with or without a path.
    static func isPython(_ word: String) -> Bool {
        let name = word.split(separator: "/").last ?? ""
        guard name.hasPrefix("python") else { return false }
        return name.dropFirst("python".count).allSatisfy { $0.isNumber || $0 == "." }
    }
}
