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

    private(set) var files: [File] = []
    /// The links that lead to loadable files, to directories of them, and to the interpreter.
    private(set) var links: [FileSystemIndex.Entry] = []
    /// The files that are in the list, by their nodes.
    private var added: Set<Int32> = []
    /// The directories that were walked, and the links that were followed.
    private var seen: Set<ByteText> = []
    private let scene: ImportScene

    /// Collects the files.
    ///
    /// - Parameter libraries: the shared libraries that the loader finds, as ``LoadingAssessment/libraries`` names them.
    init(_ scene: ImportScene, libraries: [String] = []) {
        self.scene = scene
        defer { addShared(libraries) }
        guard let path = scene.path else { return }
        if let entry = scene.files.lookup(path.interpreter), entry.kind == .file {
            add(entry, kind: .interpreter, origin: .standardLibrary, directory: PosixPath.directory(entry.path))
        }
        follow(path.interpreter)
        for file in path.decidingFiles where !file.hasSuffix("pyvenv.cfg") {
            if let entry = scene.files.lookup(file) {
                add(entry, kind: .configuration, origin: .site, directory: PosixPath.directory(file))
            }
        }
        for directory in path.directories {
            guard let entry = scene.files.lookup(directory.path) else { continue }
            follow(directory.path)
            if entry.kind == .file {
                add(entry, kind: .archive, origin: directory.origin, directory: PosixPath.directory(entry.path))
            } else if entry.kind == .directory {
                walk(entry.path, directory.origin, top: entry.path, depth: 0)
            }
        }
        for archive in path.archives {
            guard let entry = scene.files.lookup(archive), entry.kind == .file else { continue }
            add(entry, kind: .archive, origin: .standardLibrary, directory: PosixPath.directory(entry.path))
        }
    }

    private mutating func addShared(_ libraries: [String]) {
        for path in libraries + tuned(libraries) {
            guard let entry = scene.files.lookup(path), entry.kind == .file, added.insert(entry.node).inserted
            else {
                continue
            }
            files.append(
                File(
                    entry: entry, kind: .library, origin: .standardLibrary, directory: PosixPath.directory(entry.path),
                    isShared: true))
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

    /// Notes the links from a path to what it leads to.
    private mutating func follow(_ path: String) {
        var path = path
        for _ in 0..<40 {
            guard let entry = scene.files.lookup(path, followingLast: false),
                case .symbolicLink(let target) = entry.kind
            else { return }
            if seen.insert(ByteText("->" + entry.path)).inserted { links.append(entry) }
            let next = target.hasPrefix("/") ? target : ImportPath.join(PosixPath.directory(entry.path), target)
            path = ImportPath.normal(next)
        }
    }

    private mutating func add(
        _ entry: FileSystemIndex.Entry, kind: Kind, origin: ImportPath.Origin, directory: String
    ) {
        if added.insert(entry.node).inserted {
            files.append(File(entry: entry, kind: kind, origin: origin, directory: directory))
        }
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
            guard let entry = scene.files.lookup(path) else { continue }
            if entry.kind == .file {
                if let kind = Self.kind(Array(name.utf8)) { add(entry, kind: kind, origin: origin, directory: top) }
            } else if entry.kind == .directory, scene.files.lookup(path + "/__init__.py")?.kind == .file {
                walkAll(entry.path, origin, top: top, depth: depth + 1)
            }
        }
    }

    private mutating func walkAll(_ directory: String, _ origin: ImportPath.Origin, top: String, depth: Int) {
        guard depth < 16, seen.insert(ByteText(directory + "/")).inserted else { return }
        var found: [(entry: FileSystemIndex.Entry, kind: Kind)] = []
        var linked: [FileSystemIndex.Entry] = []
        let count = directory.isEmpty ? 0 : directory.utf8.count + 1
        let nested = scene.directories.map(\.path).filter { $0 != directory && $0.hasPrefix(directory + "/") }
        let nestedBytes = nested.map { Array(($0 + "/").utf8) }
        // What the entry is that comes next.
        var kind: Kind?
        scene.files.forEachEntry(
            below: directory,
            where: { place in
                if place.isDirectory { return false }
                if nestedBytes.contains(where: { place.path.starts(with: $0) }) { return false }
                kind = Self.kind(place.path, below: count)
                return kind != nil || place.isLink
            },
            { entry in
                if case .symbolicLink = entry.kind {
                    linked.append(entry)
                } else if entry.kind == .file, let kind {
                    found.append((entry, kind))
                }
            })
        for item in found { add(item.entry, kind: item.kind, origin: origin, directory: top) }
        for link in linked {
            guard let target = scene.files.lookup(link.path) else { continue }
            if target.kind == .directory || Self.kind(Array(link.path.utf8), below: count) != nil { follow(link.path) }
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
