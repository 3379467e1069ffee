import ArchiveReading
import ContainerImages
import EnvironmentInventory
import ProgramStart
import SourceDocuments

/// The files that the started process could load, each once, with the place that brings them into reach.
struct LoadableFiles {
    /// What a file is.
    enum Kind: Hashable {
        case module
        case bytecode
        case interpreter
        /// A shared library next to packages.
        case library
        /// A zip archive on the import path.
        case archive
        /// `python._pth`, `pybuilddir.txt`.
        case configuration
        /// What is started: a shell, a wrapper, the file that Python runs.
        case program
    }

    /// One file.
    struct File {
        let entry: FileSystemIndex.Entry
        let kind: Kind
        let origin: ImportPath.Origin
        /// The directory of the import path, without a leading slash.
        let directory: String
        /// Whether it is a shared library that the loader finds for others.
        var isShared = false
    }

    /// A link that decides which file a name leads to.
    struct Link {
        /// The link itself.
        let file: File
        /// The path that it leads to, through other links; as it is written where nothing is there.
        let target: String
        /// Where the paths lead to that go through it: elsewhere for the link of a folder on the way.
        var ends: [String]
        /// Whether it stands for a directory of the import path, or for a folder on the way to one.
        let isPlace: Bool
    }

    private(set) var files: Files
    /// The links that have to be vouched for themselves: with another target the same name is another module.
    private(set) var decidingLinks: [Link] = []
    /// The links that lead to loadable files, to directories of them, and to the interpreter, those on the way among them.
    private(set) var links: [FileSystemIndex.Entry] = []
    /// The places of the deciding links in their list, by their nodes.
    private var deciding: [Int32: Int] = [:]
    /// The directories that were walked, and the links that were followed.
    private var seen: Set<ByteText> = []
    private let scene: ImportScene

    /// Collects the files.
    ///
    /// - Parameters:
    ///   - libraries: the shared libraries that the loader finds, as ``LoadingAssessment/libraries`` names them.
    ///   - openedAs: the paths with links through which it finds them.
    init(_ scene: ImportScene, libraries: [String] = [], openedAs: [String] = []) {
        self.scene = scene
        files = Files(scene.files)
        defer {
            addPrograms()
            addShared(libraries)
            for path in openedAs { follow(path, judged: (.module, .standardLibrary), isShared: true) }
        }
        guard let path = scene.path else { return }
        if let entry = scene.files.lookup(path.interpreter), entry.kind == .file {
            add(entry, kind: .interpreter, origin: .standardLibrary, directory: PosixPath.directory(entry.path))
        }
        let isPython = scene.files.lookup(path.interpreter).map { Self.isPython($0) } ?? true
        if isPython {
            follow(path.interpreter)
        } else {
            follow(path.interpreter, judged: (.interpreter, .standardLibrary))
        }
        for file in path.decidingFiles where !file.hasSuffix("pyvenv.cfg") {
            if let entry = scene.files.lookup(file) {
                add(entry, kind: .configuration, origin: .site, directory: PosixPath.directory(file))
            }
        }
        add(path)
        for earlier in scene.start.earlierPaths { add(earlier) }
    }

    /// Adds what the directories and archives of an import path hold.
    private mutating func add(_ path: ImportPath) {
        for directory in path.directories {
            guard let entry = scene.files.lookup(directory.path) else {
                follow(directory.path, judged: (.module, directory.origin))
                addArchive(above: directory)
                continue
            }
            follow(directory.path, judged: (.module, directory.origin))
            if entry.kind == .file {
                add(entry, kind: .archive, origin: directory.origin, directory: PosixPath.directory(entry.path))
            } else if entry.kind == .directory {
                walk(entry.path, directory.origin, top: entry.path, depth: 0)
            }
        }
        for archive in path.archives {
            guard let entry = scene.files.lookup(archive), entry.kind == .file else { continue }
            follow(archive, judged: (.archive, .standardLibrary))
            add(entry, kind: .archive, origin: .standardLibrary, directory: PosixPath.directory(entry.path))
        }
    }

    /// A path that goes on behind a file is one inside of a zip archive.
    private mutating func addArchive(above directory: ImportPath.Directory) {
        var path = directory.path
        while !path.isEmpty {
            path = ImportPath.parent(path)
            guard let entry = scene.files.lookup(path) else { continue }
            if entry.kind == .file {
                follow(path, judged: (.archive, directory.origin))
                add(entry, kind: .archive, origin: directory.origin, directory: PosixPath.directory(entry.path))
            }
            return
        }
    }

    /// Adds the shells and wrappers on the way to Python, and the files that it runs.
    private mutating func addPrograms() {
        for path in scene.start.programs {
            guard let entry = scene.files.lookup(path), entry.kind == .file else { continue }
            add(entry, kind: .program, origin: .script, directory: PosixPath.directory(entry.path))
            if !Self.isAlternative(PosixPath.lastComponent(entry.path), of: PosixPath.lastComponent(path)) {
                follow(path, judged: (.program, .script))
            }
        }
        for path in scene.start.mainFiles {
            guard let entry = scene.files.lookup(path), entry.kind == .file else { continue }
            let kind = Self.kind(Array(entry.path.utf8)) ?? .program
            add(entry, kind: kind, origin: .script, directory: PosixPath.directory(entry.path))
            follow(path, judged: (.program, .script))
        }
    }

    /// Whether a program is one that systems install under another one's name by a link.
    private static func isAlternative(_ real: String, of name: String) -> Bool {
        let common = ["sh", "bash", "dash", "ash", "zsh", "ksh", "mksh", "busybox", "toybox", "coreutils"]
        return common.contains(real) || real.hasPrefix(name)
    }

    /// Whether a link may lead to a file as to a Python: the import path is that of the one which it leads to.
    private static func isPython(_ entry: FileSystemIndex.Entry) -> Bool {
        let name = PosixPath.lastComponent(entry.path)
        guard entry.kind == .file, entry.mode & 0o111 != 0, name.contains("python") || name.contains("pypy") else {
            return false
        }
        return !name.hasSuffix(".py") && !name.contains(".so") && !entry.head.starts(with: Array("#!".utf8))
    }

    private mutating func addShared(_ libraries: [String]) {
        for path in libraries + tuned(libraries) {
            guard let entry = scene.files.lookup(path), entry.kind == .file else { continue }
            files.add(
                entry.node, kind: .library, origin: .standardLibrary, directory: PosixPath.directory(entry.path),
                isShared: true)
        }
    }

    /// The libraries for better processors beside those that are loaded: a cache that is made again has them first.
    private func tuned(_ libraries: [String]) -> [String] {
        Set(libraries.map { PosixPath.directory($0) }).sorted().flatMap { directory -> [String] in
            let levels = directory + "/glibc-hwcaps"
            guard scene.files.lookup(levels)?.kind == .directory else { return [] }
            return (scene.files.names(in: levels) ?? []).flatMap { level in
                (scene.files.names(in: "\(levels)/\(level)") ?? []).filter { Self.kind(Array($0.utf8)) != nil }
                    .map { "\(levels)/\(level)/\($0)" }
            }
        }
    }

    /// Notes the links that a path goes through.
    ///
    /// - Parameters:
    ///   - judged: what stands under the path's name, where each link has to be vouched for.
    ///   - directory: the directory of the import path, of whose own links another call tells.
    private mutating func follow(
        _ path: String, judged: (kind: Kind, origin: ImportPath.Origin)? = nil, directory: String? = nil,
        isShared: Bool = false
    ) {
        let passed = scene.files.links(on: path)
        guard !passed.isEmpty else { return }
        let end = scene.files.lookup(path)
        for entry in passed {
            if isShared, Self.isVersioned(entry) { continue }
            if seen.insert(ByteText("->" + entry.path)).inserted { links.append(entry) }
            guard let judged, let written = Self.target(entry), !Self.isMerged(entry) else { continue }
            let target = scene.files.lookup(entry.path)
            if let target, ModuleName.isSame(entry.path, target.path), !scene.files.leadsToKernel(entry.path) {
                continue
            }
            // What a link leads to that is not in the image is there when something is mounted.
            let end = end?.path ?? target?.path ?? written
            if let number = deciding[entry.node] {
                decidingLinks[number].ends.append(end)
                continue
            }
            deciding[entry.node] = decidingLinks.count
            let file = File(
                entry: entry, kind: judged.kind, origin: judged.origin,
                directory: directory ?? PosixPath.directory(entry.path), isShared: isShared)
            let isPlace = directory == nil && target?.kind == .directory
            decidingLinks.append(Link(file: file, target: target?.path ?? written, ends: [end], isPlace: isPlace))
        }
    }

    private static func target(_ entry: FileSystemIndex.Entry) -> String? {
        if case .symbolicLink(let target) = entry.kind { target } else { nil }
    }

    /// Whether a link names a library without the last parts of its version, as ldconfig makes them: `libz.so.1 -> libz.so.1.2.13`.
    private static func isVersioned(_ entry: FileSystemIndex.Entry) -> Bool {
        guard case .symbolicLink(let target) = entry.kind else { return false }
        return target.hasPrefix(PosixPath.lastComponent(entry.path) + ".") && !target.contains("/")
    }

    /// Whether a link joins directories as systems and environments do: `/bin -> usr/bin`, `lib64 -> lib`.
    ///
    /// <https://systemd.io/THE_CASE_FOR_THE_USR_MERGE/>,
    /// <https://github.com/python/cpython/blob/v3.13.0/Lib/venv/__init__.py#L189>
    private static func isMerged(_ entry: FileSystemIndex.Entry) -> Bool {
        guard case .symbolicLink(let target) = entry.kind else { return false }
        let name = PosixPath.lastComponent(entry.path)
        if target == "lib" { return name == "lib64" }
        return ["bin", "sbin", "lib", "lib32", "lib64", "libx32"].contains(entry.path)
            && [target, "/" + target].contains { $0 == "/usr/" + name }
    }

    private mutating func add(
        _ entry: FileSystemIndex.Entry, kind: Kind, origin: ImportPath.Origin, directory: String
    ) {
        files.add(entry.node, kind: kind, origin: origin, directory: directory)
    }

    /// Walks a directory of the import path. Of the root, and of directories of programs, only what is a module or a package
    /// there is in reach: nobody imports `usr.share`.
    private mutating func walk(_ directory: String, _ origin: ImportPath.Origin, top: String, depth: Int) {
        let isNarrow = directory.isEmpty || directory == "bin" || directory.hasSuffix("/bin")
        if !isNarrow {
            return walkAll(directory, origin, top: top, depth: depth)
        }
        for name in scene.files.names(in: directory) ?? [] {
            let path = ImportPath.join(directory, name)
            guard let entry = scene.files.lookup(path) else {
                followDangling(path, origin, top: top, below: directory.isEmpty ? 0 : directory.utf8.count + 1)
                continue
            }
            if entry.kind == .file {
                guard let kind = Self.kind(Array(name.utf8)) else { continue }
                follow(path, judged: (.module, origin), directory: top)
                add(entry, kind: kind, origin: origin, directory: top)
            } else if entry.kind == .directory, isImportable(path, name, inRoot: directory.isEmpty) {
                follow(path, judged: (.module, origin), directory: top)
                walkAll(entry.path, origin, top: top, depth: depth + 1)
            }
        }
    }

    /// Whether a folder of the root, or of a directory of programs, is a package: with an `__init__`, or without one where its name
    /// is not one that every system has there.
    private func isImportable(_ path: String, _ name: String, inRoot: Bool) -> Bool {
        scene.isPackage(path) || !(inRoot && Self.systemFolders.contains(name))
    }

    /// What the root of a system holds besides programs of its own
    /// (https://refspecs.linuxfoundation.org/FHS_3.0/fhs/index.html).
    private static let systemFolders: Set<String> = [
        "bin", "boot", "dev", "etc", "home", "lib", "lib32", "lib64", "libx32", "media", "mnt", "opt", "proc", "root",
        "run", "sbin", "srv", "sys", "tmp", "usr", "var",
    ]

    private mutating func walkAll(_ directory: String, _ origin: ImportPath.Origin, top: String, depth: Int) {
        guard depth < 16, seen.insert(ByteText(directory + "/")).inserted else { return }
        var linked: [FileSystemIndex.Entry] = []
        let count = directory.isEmpty ? 0 : directory.utf8.count + 1
        let nested = scene.directories.map(\.path).filter { $0 != directory && $0.hasPrefix(directory + "/") }
        let nestedBytes = nested.map { Array(($0 + "/").utf8) }
        scene.files.forEachEntry(
            below: directory,
            where: { place in
                if place.isDirectory || nestedBytes.contains(where: { place.path.starts(with: $0) }) { return false }
                if place.isFile, let kind = Self.kind(place.path, below: count) {
                    files.add(place.node, kind: kind, origin: origin, directory: top)
                }
                return place.isLink
            },
            { linked.append($0) })
        for link in linked {
            guard let target = scene.files.lookup(link.path) else {
                followDangling(link.path, origin, top: top, below: count)
                continue
            }
            let isModule = Self.kind(Array(link.path.utf8), below: count) != nil
            if isModule || (target.kind == .directory && isPackage(link, target, below: count)) {
                follow(link.path, judged: (.module, origin), directory: top)
            } else if target.kind == .directory {
                follow(link.path)
            }
            if target.kind == .directory {
                // A package that is a link to a directory elsewhere.
                if !target.path.isEmpty, !(directory + "/").hasPrefix(target.path + "/") {
                    walkAll(target.path, origin, top: top, depth: depth + 1)
                }
            } else if target.kind == .file, let kind = Self.kind(Array(link.path.utf8), below: count) {
                add(target, kind: kind, origin: origin, directory: top)
            }
        }
    }

    /// Notes a link that leads to nothing where it has the name of a module, or leads to what only the kernel has.
    private mutating func followDangling(_ path: String, _ origin: ImportPath.Origin, top: String, below count: Int) {
        let isModule = Self.kind(Array(path.utf8), below: count) != nil
        if isModule || scene.files.leadsToKernel(path) { follow(path, judged: (.module, origin), directory: top) }
    }

    /// Whether a link to a directory has the name of a package, and the directory something to import.
    private func isPackage(
        _ link: FileSystemIndex.Entry, _ target: FileSystemIndex.Entry, below count: Int
    ) -> Bool {
        let name = Array(link.path.utf8).dropFirst(count)
        guard !name.contains(UInt8(ascii: "-")), !name.contains(UInt8(ascii: ".")) else { return false }
        func hasModule(_ directory: String) -> Bool {
            (scene.files.names(in: directory) ?? []).contains { Self.kind(Array($0.utf8)) != nil }
        }
        return hasModule(target.path)
            || (scene.files.names(in: target.path) ?? []).contains { hasModule(ImportPath.join(target.path, $0)) }
    }

    /// What a file is by its name and by the directories between it and that of the import path; nil for one that Python does
    /// not load: no module has a hyphen in its package's name, and one with a full stop holds only shared libraries.
    private static func kind(_ path: [UInt8], below count: Int) -> Kind? {
        guard let kind = kind(path), path.count > count else { return nil }
        let rest = path[count...]
        guard let slash = rest.lastIndex(of: UInt8(ascii: "/")) else { return kind }
        let directories = rest[..<slash]
        if directories.contains(UInt8(ascii: "-")) { return nil }
        guard directories.contains(UInt8(ascii: ".")) else { return kind }
        return PathBytes.ends(path, ".so") || kind == .library ? .library : nil
    }

    /// What a file of the import path is by its name; nil for one that Python does not load.
    static func kind(_ path: [UInt8]) -> Kind? {
        if PathBytes.ends(path, ".py") { return .module }
        if PathBytes.ends(path, ".pyc") { return .bytecode }
        if PathBytes.ends(path, ".so") { return .module }
        return PathBytes.contains(path[...], ".so.") && isVersioned(path) ? .library : nil
    }

    /// Whether a name ends in `.so.` and a version: `libopenblas.so.0.3.21`.
    private static func isVersioned(_ path: [UInt8]) -> Bool {
        let name = path[((path.lastIndex(of: UInt8(ascii: "/")) ?? -1) + 1)...]
        guard let last = name.last, last.isASCIIDigit else { return false }
        return PathBytes.contains(name, ".so.")
    }
}
