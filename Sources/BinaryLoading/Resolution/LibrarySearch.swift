import SourceDocuments

/// One search of a loader for a library.
struct LibrarySearch {
    private let process: LoaderProcess
    private let object: Int
    /// The files for other machines that were passed over.
    private var foreign: [(path: String, machine: String)] = []

    init(_ process: LoaderProcess, _ object: Int) {
        self.process = process
        self.object = object
    }

    private var settings: LoaderSettings { process.settings }

    private enum Attempt {
        case none
        case found(LoaderFile, String)
        case damaged(String, BinaryDamage)
    }

    // MARK: glibc

    /// Searches as glibc does: `RPATH` of the object and of those that opened it, `LD_LIBRARY_PATH`, `RUNPATH`, the cache, the
    /// default directories.
    mutating func glibc(_ name: String) -> LoaderProcess.Search {
        if name.utf8.contains(UInt8(ascii: "/")) { return direct(name) }
        let own = process.objects[object]
        if own.file?.runpath == nil {
            var visited: Set<Int> = []
            var current: Int? = object
            while let number = current, visited.insert(number).inserted {
                if let rpath = process.objects[number].file?.rpath,
                    let result = answer(inDirectories: list(rpath, number), name)
                {
                    return result
                }
                current = process.objects[number].loader
            }
            if !visited.contains(0), let rpath = process.objects[0].file?.rpath,
                let result = answer(inDirectories: list(rpath, 0), name)
            {
                return result
            }
        }
        if let path = settings.launch.libraryPath, !path.isEmpty,
            let result = answer(inDirectories: list(path, 0, separators: ":;"), name)
        {
            return result
        }
        if let runpath = own.file?.runpath, let result = answer(inDirectories: list(runpath, object), name) {
            return result
        }
        let skipsDefaults = own.file?.skipsDefaultDirectories ?? false
        if let path = cached(name), !(skipsDefaults && isDefault(path)) {
            switch attempt(path) {
            case .found(let file, let path): return .found(file, path: path)
            case .damaged(let path, let damage): return .damaged(path, damage)
            case .none: break
            }
        }
        if !skipsDefaults, let result = answer(inDirectories: settings.defaultDirectories, name) { return result }
        return end()
    }

    private func end() -> LoaderProcess.Search {
        guard let first = foreign.first else { return .missing }
        return .foreign(foreign.map(\.path), machine: first.machine)
    }

    /// Opens a name with a slash.
    private mutating func direct(_ name: String) -> LoaderProcess.Search {
        let path = PosixPath.isAbsolute(name) ? name : LoaderPath.join(settings.launch.workingDirectory, name)
        switch attempt(path) {
        case .found(let file, let path): return .found(file, path: path)
        case .damaged(let path, let damage): return .damaged(path, damage)
        case .none: return end()
        }
    }

    /// Whether a path begins with that of a default directory, as the loader compares them.
    private func isDefault(_ path: String) -> Bool {
        settings.defaultDirectories.contains { path.hasPrefix($0.hasSuffix("/") ? $0 : $0 + "/") }
    }

    /// The best row of the cache: one for the best level that the processor supports, else the first one for any.
    private func cached(_ name: String) -> String? {
        let levels = settings.levels
        var best: (rank: Int, path: String)?
        for row in settings.cache?.rows(name) ?? [] where !row.isLegacy {
            if let flags = settings.cacheFlags, row.flags != flags { continue }
            let rank: Int
            if let level = row.level {
                guard let position = levels.firstIndex(of: level) else { continue }
                rank = position
            } else {
                rank = levels.count
            }
            if best.map({ rank < $0.rank }) ?? true { best = (rank, row.path) }
        }
        return best?.path
    }

    /// Splits a list of directories and replaces what stands for others in it.
    private func list(_ text: String, _ object: Int, separators: String = ":") -> [String] {
        // A list without any entry is none.
        if text.isEmpty { return [] }
        return text.split(omittingEmptySubsequences: false) { separators.contains($0) }.compactMap { part in
            // An empty entry is the working directory.
            if part.isEmpty { return settings.launch.workingDirectory }
            guard let path = process.expanded(String(part), object) else { return nil }
            return PosixPath.isAbsolute(path) ? path : LoaderPath.join(settings.launch.workingDirectory, path)
        }
    }

    private mutating func answer(inDirectories directories: [String], _ name: String) -> LoaderProcess.Search? {
        for directory in directories where process.catalog.isDirectory(directory) {
            for part in parts(of: directory) {
                switch attempt(LoaderPath.join(directory, part + name)) {
                case .found(let file, let path): return .found(file, path: path)
                case .damaged(let path, let damage): return .damaged(path, damage)
                case .none: continue
                }
            }
        }
        return nil
    }

    /// The directories of a directory that are for some processors, the best one first, and the directory itself.
    private func parts(of directory: String) -> [String] {
        var parts: [String] = []
        if process.catalog.isDirectory(LoaderPath.join(directory, "glibc-hwcaps")) {
            parts = settings.levels.map { "glibc-hwcaps/\($0)/" }
        }
        // Before 2.37 the loader also looked into these (https://sourceware.org/glibc/wiki/Release/2.37).
        if settings.seesLegacyDirectories {
            let own = settings.platform + "/"
            for legacy in ["tls/\(own)\(own)", "tls/\(own)", "tls/", own + own, own]
            where process.catalog.isDirectory(LoaderPath.join(directory, legacy)) { parts.append(legacy) }
        }
        return parts + [""]
    }

    /// Opens one path as the loader does: a file for another machine is passed over, a damaged one ends the search.
    private mutating func attempt(_ path: String) -> Attempt {
        guard let file = process.catalog.file(path) else { return .none }
        switch file.binary {
        case .damaged(let damage): return .damaged(path, damage)
        case nil: return .damaged(path, .noHeader)
        case .elf, .unread:
            guard let identity = file.binary?.identity else { return .none }
            if let damage = process.damage(file) { return .damaged(path, damage) }
            guard identity.isCompatible(with: settings.machine) else {
                foreign.append((path, identity.machineName))
                return .none
            }
            return .found(file, path)
        }
    }

    // MARK: musl

    /// The names of libraries that are part of musl's loader.
    static func isPartOfMusl(_ name: String) -> Bool {
        guard name.hasPrefix("lib"), let dot = name.firstIndex(of: ".") else { return false }
        return ["c", "pthread", "rt", "m", "dl", "util", "xnet"].contains(name[..<dot].dropFirst(3))
    }

    /// Searches as musl does: `LD_LIBRARY_PATH`, the paths of the object and of those that opened it, the system's path.
    mutating func musl(_ name: String) -> LoaderProcess.Search {
        if name.utf8.contains(UInt8(ascii: "/")) { return direct(name) }
        if let path = settings.launch.libraryPath, !path.isEmpty {
            let directories = path.parts(at: ":\n").map(String.init)
            if let result = firstFile(directories, name) { return result }
        }
        var visited: Set<Int> = []
        var current: Int? = object
        while let number = current, visited.insert(number).inserted {
            let file = process.objects[number].file
            // A path with another variable than $ORIGIN is left out as a whole.
            if let path = file?.runpath ?? file?.rpath, let expanded = process.expanded(path, number) {
                let directories = expanded.split { $0 == ":" || $0 == "\n" }.map(String.init)
                if let result = firstFile(directories, name) { return result }
            }
            current = process.objects[number].loader
        }
        return firstFile(settings.defaultDirectories, name) ?? end()
    }

    /// The first file of a name; musl opens it and fails if it is none of its own.
    private mutating func firstFile(_ directories: [String], _ name: String) -> LoaderProcess.Search? {
        for directory in directories {
            let base =
                PosixPath.isAbsolute(directory)
                ? directory : LoaderPath.join(settings.launch.workingDirectory, directory)
            let path = LoaderPath.join(base, name)
            guard let file = process.catalog.file(path) else { continue }
            switch attempt(path) {
            case .found(let file, let path): return .found(file, path: path)
            case .damaged(let path, let damage): return .damaged(path, damage)
            case .none:
                return .foreign([path], machine: file.binary?.identity?.machineName ?? "another machine")
            }
        }
        return nil
    }
}

extension LoaderProcess {
    /// Whether the C library is older than 2.37, whose loader looks into directories for old processors.
    /// Returns what keeps a loader from mapping a file into the process, beyond what its reading showed; nil for nothing, and for
    /// a file for another machine, which is passed over
    /// (https://sourceware.org/git/?p=glibc.git;a=blob;f=elf/dl-load.c, `open_verify` and `_dl_map_object_from_fd`).
    func damage(_ file: LoaderFile) -> BinaryDamage? {
        guard let identity = file.binary?.identity else { return nil }
        let isGNU = settings.family == .glibc
        if isGNU, identity.is64Bit == settings.machine.is64Bit,
            identity.isLittleEndian != settings.machine.isLittleEndian
        {
            return .malformed("its byte order is not that of the process")
        }
        guard identity.isCompatible(with: settings.machine) else { return nil }
        guard identity.type == 2 || identity.type == 3 else {
            return .malformed("it is neither a program nor a shared object")
        }
        guard case .elf(let elf)? = file.binary else { return nil }
        if !elf.isDynamic { return .malformed("it has no dynamic section") }
        if isGNU, elf.isProgram { return .malformed("it is a program") }
        if isGNU, isOpening, elf.refusesOpening { return .malformed("it says that it is not to be opened later") }
        return nil
    }
}
