import ContainerImages
import EnvironmentInventory
import SourceDocuments

/// Where an interpreter finds its installation, as `getpath` computes it
/// (https://github.com/python/cpython/blob/v3.11.0/Modules/getpath.py) and `site` reads `pyvenv.cfg`
/// (https://github.com/python/cpython/blob/v3.11.0/Lib/site.py, `venv`).
struct PythonHome {
    /// What decides besides the files.
    struct Question {
        /// The path that the interpreter is started by.
        var interpreter: String
        /// The release, `3.11`.
        let python: String
        /// `PYTHONHOME`.
        var home: String?
        /// `PYTHONPLATLIBDIR`.
        var platform: String?
        /// `PYTHONEXECUTABLE` or `__PYVENV_LAUNCHER__`, which stand in for the path from 3.11 on.
        var launcher: String?
        /// The working directory, which relative paths go from.
        var directory = "/"
        /// What the folder of the modules has before and behind the release: `python` or `pypy`, and `t` for a build
        /// without the global lock.
        var build = PythonProgram.Build()

        var minor: Int { python.split(separator: ".").last.flatMap { Int($0) } ?? 11 }
    }

    /// One standard library; a Python has one, and where the folder that it was built with is not known there may be two.
    struct Installation: Hashable {
        /// The directory above all.
        let prefix: String
        /// The modules, without their compiled part.
        let library: String
        /// The compiled part.
        let compiled: String
        /// The zip archive that is looked into first.
        let archive: String
    }

    /// The prefixes of the virtual environment; empty for an installation.
    private(set) var environments: [String] = []
    /// The standard libraries.
    private(set) var installations: [Installation] = []
    /// Whether a virtual environment also looks into the installation's site-packages.
    private(set) var includesSystem = true
    /// The folders of an installation in which `site` looks for packages: `lib`, and what `PYTHONPLATLIBDIR` says first.
    let folders: [String]
    /// Whether the standard library was found by nothing that Python looks at: it takes the place that it was built for.
    private(set) var isGuessed = false
    /// Whether no module of a standard library is where it is looked for, neither as a file nor in an archive.
    var lacksLibrary: Bool {
        guard replacement == nil else { return false }
        return !installations.contains {
            hasModules($0.library) || isFile($0.archive) || hasModules($0.archive)
        }
    }
    /// What is not known of the interpreter's own place.
    private(set) var gaps: [Gap] = []
    /// The files that decided this, without a leading slash: `pyvenv.cfg`, `python._pth`, `pybuilddir.txt`.
    private(set) var decidingFiles: [String] = []
    /// The entries of a `python._pth`, which replace the whole import path; nil when there is none.
    private(set) var replacement: (directory: String, entries: [String], importsSite: Bool)?

    private let question: Question
    private let files: FileSystemIndex

    /// Computes the places of an interpreter by the path that it was started by.
    init(_ question: Question, _ files: FileSystemIndex) {
        var question = question
        question.interpreter = "/" + ImportPath.normal(question.interpreter)
        self.question = question
        self.files = files
        folders = question.platform.map { $0 == "lib" ? ["lib"] : [$0, "lib"] } ?? ["lib"]
        let executable = (question.minor >= 11 ? question.launcher : nil) ?? question.interpreter
        let chain = Self.chain(question.interpreter, files)
        for path in chain {
            if ImportPath.isAmbiguous(path, files) { gaps.append(Gap(path, reason: ImportPath.ambiguous)) }
            if files.leadsToKernel(path) { gaps.append(Gap(path, reason: ImportPath.kernel)) }
        }
        let resolved = chain.last ?? question.interpreter
        let directory = ImportPath.parent(executable)
        let prefix = ImportPath.parent(directory)
        // getpath looks above the interpreter first, site next to it first. What getpath finds above `/bin` is empty, and
        // `pyvenv.cfg` is then a file of the working directory.
        let first = [prefix, directory].map { absolute(ImportPath.join($0, "pyvenv.cfg")) }.filter(isFile)
        let site = [directory, prefix].map { $0 + "/pyvenv.cfg" }.filter(isFile)
        for path in Set([prefix, directory].map { absolute(ImportPath.join($0, "pyvenv.cfg")) }).sorted()
        where files.isDangling(path) { gaps.append(Gap(path, reason: ImportPath.dangling)) }
        for path in Set([prefix, directory].map { absolute(ImportPath.join($0, "pyvenv.cfg")) }).sorted() {
            if let reason = ImportPath.device(path, files) { gaps.append(Gap(path, reason: reason)) }
        }
        for path in first + site where !decidingFiles.contains(ImportPath.normal(path)) {
            decidingFiles.append(ImportPath.normal(path))
        }
        let stated = question.home == nil ? first.first.flatMap { home(files.contents(of: $0) ?? []) } : nil
        if let stated, files.leadsToKernel(stated) { gaps.append(Gap(stated, reason: ImportPath.kernel)) }
        if let path = site.first {
            // `site` takes the directory above the interpreter for the environment, whether `home` is stated or not.
            environments = [prefix]
            if question.minor >= 14, first.first == absolute(ImportPath.join(directory, "pyvenv.cfg")) {
                environments.append(directory)
            }
            // The last word counts; a missing key is true.
            let value = Self.fields(files.contents(of: path) ?? []).last { $0.key == "include-system-site-packages" }
            includesSystem = value.map { $0.value.lowercased() == "true" } ?? true
        }
        let searched: String
        if let stated, !stated.isEmpty {
            searched = stated
        } else {
            searched = ImportPath.parent(executable == question.interpreter ? resolved : executable)
        }
        findReplacement(
            [executable, resolved]
                + [PosixPath.lastComponent(executable), "python3", "python\(question.python)"].map {
                    ImportPath.join(searched, $0)
                })
        noteBuildDirectory(Set([searched, ImportPath.parent(resolved)]))
        // A `python._pth` counts before PYTHONHOME.
        if let home = replacement?.directory ?? question.home {
            let parts = home.parts(omittingEmpty: false, maxSplits: 1, at: ":").map(String.init)
            let compiled = parts.count == 2 ? parts[1] : parts[0]
            installations = libraryFolders.compactMap { folder in
                let found = installation(folder, parts[0], compiled)
                return folder == libraryFolders[0] || hasModules(found.library) ? found : nil
            }
        } else {
            search(from: searched, resolved, isStated: stated != nil)
        }
    }

    /// Returns the paths that an interpreter has one after the other: Python follows the link that it is, and keeps those of
    /// the folders on the way (https://github.com/python/cpython/blob/v3.11.0/Modules/getpath.c, `getpath_realpath`).
    private static func chain(_ path: String, _ files: FileSystemIndex) -> [String] {
        var chain = [path]
        for _ in 0..<40 {
            guard let last = chain.last, let entry = files.lookup(last, followingLast: false),
                case .symbolicLink(let target) = entry.kind
            else { break }
            chain.append(
                PosixPath.isAbsolute(target) ? target : ImportPath.join(ImportPath.parent(last), target))
        }
        return chain
    }

    // MARK: - Landmarks

    /// The folders that the standard library may have been built for; `lib64` with Fedora and SUSE.
    private var libraryFolders: [String] {
        question.minor >= 11 ? question.platform.map { [$0] } ?? ["lib", "lib64"] : ["lib", "lib64"]
    }

    private func installation(_ folder: String, _ prefix: String, _ compiled: String) -> Installation {
        let platform = question.platform ?? folder
        return Installation(
            prefix: absolute(prefix), library: library(folder, prefix),
            compiled: library(platform, compiled) + "/lib-dynload",
            archive: ImportPath.join(
                place(platform, prefix), question.build.folder(question.python.filter { $0 != "." }) + ".zip"))
    }

    private func place(_ folder: String, _ prefix: String) -> String {
        PosixPath.isAbsolute(folder) ? folder : ImportPath.join(absolute(prefix), folder)
    }

    private func library(_ folder: String, _ prefix: String) -> String {
        ImportPath.join(place(folder, prefix), question.build.folder(question.python))
    }

    private func absolute(_ path: String) -> String {
        PosixPath.isAbsolute(path) ? path : ImportPath.join(question.directory, path)
    }

    private func isFile(_ path: String) -> Bool { files.lookup(path)?.kind == .file }

    private func hasModules(_ library: String) -> Bool {
        ["os.py", "os.pyc"].contains { isFile("\(library)/\($0)") }
    }

    /// Returns the directory, or the nearest above it but the root, that has a landmark.
    private func nearest(_ directory: String, _ isLandmark: (String) -> Bool) -> String? {
        var candidate = directory
        for _ in 0..<256 where !candidate.isEmpty {
            if isLandmark(candidate) { return candidate }
            candidate = ImportPath.parent(candidate)
        }
        return nil
    }

    private mutating func search(from directory: String, _ resolved: String, isStated: Bool) {
        var found: [Installation] = []
        for folder in libraryFolders {
            let zipped =
                question.minor < 11
                ? nil
                : nearest(directory) { isFile(installation(folder, $0, $0).archive) }
            guard let prefix = zipped ?? nearest(directory, { hasModules(library(folder, $0)) }) else { continue }
            let compiled = nearest(directory) {
                files.lookup(installation(folder, $0, $0).compiled)?.kind == .directory
            }
            let next = installation(folder, prefix, compiled ?? prefix)
            // `lib64` may be a link to `lib`.
            let place = files.lookup(next.library)?.path
            if !found.contains(where: { files.lookup($0.library)?.path == place }) { found.append(next) }
        }
        if found.isEmpty {
            // Python takes the prefix that it was built for, which is most often the one that it lies in.
            let real = files.lookup(resolved).map { "/" + $0.path } ?? resolved
            let own = ImportPath.parent(ImportPath.parent(real))
            let candidates = [own, ImportPath.parent(directory), "", "usr", "usr/local"]
            let prefix = candidates.first { hasModules(library("lib", "/" + ImportPath.normal($0))) }
            isGuessed = isStated && prefix != nil && !["", "usr", "usr/local"].contains(ImportPath.normal(own))
            let taken = "/" + ImportPath.normal(prefix ?? absolute(ImportPath.parent(directory)))
            found = [installation(libraryFolders[0], taken, taken)]
        }
        installations = found
    }

    // MARK: - Files

    /// `python._pth` next to the interpreter, or to the program that it leads to; from 3.11 on.
    private mutating func findReplacement(_ programs: [String]) {
        guard question.minor >= 11 else { return }
        for program in programs {
            guard let entry = files.lookup(absolute(program) + "._pth"), entry.kind == .file else { continue }
            let lines = Self.lines(files.contents(of: entry) ?? []).map {
                Self.trimmed(Substring($0.unicodeScalars.prefix { $0 != "#" }))
            }.filter { !$0.isEmpty }
            let parent = ImportPath.parent(absolute(program))
            replacement = (
                parent,
                lines.filter { !$0.hasPrefix("import ") }.map {
                    PosixPath.isAbsolute($0) ? $0 : ImportPath.join(parent, $0)
                },
                lines.contains("import site")
            )
            decidingFiles.append(entry.path)
            return
        }
    }

    /// What makes Python take a directory for the one that it is built in.
    private mutating func noteBuildDirectory(_ directories: Set<String>) {
        for directory in directories.sorted() {
            for name in ["pybuilddir.txt", "Modules/Setup.local"] {
                let path = ImportPath.join(absolute(directory), name)
                if let entry = files.lookup(path), entry.kind == .file, !decidingFiles.contains(entry.path) {
                    decidingFiles.append(entry.path)
                }
            }
        }
    }

    /// Returns the first `home` of a `pyvenv.cfg`.
    private func home(_ bytes: [UInt8]) -> String? {
        for line in Self.lines(bytes) {
            if question.minor < 11 {
                // `home`, blanks, `=`, blanks (https://github.com/python/cpython/blob/v3.10.0/Modules/getpath.c).
                let words = line.split(maxSplits: 2) { $0 == " " || $0 == "\t" || $0 == "\r" }
                if words.count == 3, words[0] == "home", words[1] == "=" { return Self.trimmed(words[2]) }
            } else if let field = Self.field(line[...]), field.key == "home" {
                return field.value
            }
        }
        return nil
    }

    /// Returns the `key = value` lines of a `pyvenv.cfg` as `site` reads them, keys in lower case.
    static func fields(_ bytes: [UInt8]) -> [(key: String, value: String)] {
        bytes.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }.compactMap {
            field(String(decoding: $0, as: UTF8.self)[...])
        }
    }

    private static func field(_ line: Substring) -> (key: String, value: String)? {
        guard let equals = line.utf8.firstIndex(of: UInt8(ascii: "=")) else { return nil }
        return (trimmed(line[..<equals]).lowercased(), trimmed(line[line.utf8.index(after: equals)...]))
    }

    /// Returns the lines as getpath reads them: they end at line feeds alone, and nothing is read from a zero on.
    private static func lines(_ bytes: [UInt8]) -> [String] {
        bytes.prefix { $0 != 0 }.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Returns a text without white space at its ends, as `str.strip` takes it off.
    private static func trimmed(_ text: Substring) -> String {
        let isBlank = { (scalar: Unicode.Scalar) in
            scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
        }
        let scalars = text.unicodeScalars.drop(while: isBlank)
        guard let last = scalars.lastIndex(where: { !isBlank($0) }) else { return "" }
        return String(scalars[...last])
    }
}
