/// A process as its loader builds it: the objects that are mapped, in their order, and what they could not find.
///
/// It follows the loader of glibc (https://sourceware.org/git/?p=glibc.git;a=blob;f=elf/dl-load.c) and of musl
/// (https://git.musl-libc.org/cgit/musl/tree/ldso/dynlink.c). Nothing is run. A copy is a process of its own: files that are
/// opened in it leave the other one as it was.
package struct LoaderProcess {
    /// One mapped object.
    package struct Object: Sendable {
        /// The path by which it was opened.
        package let path: String
        /// The path without links.
        package let realPath: String
        /// The number of the file.
        package let number: Int
        /// What was read of the file; nil where its tables are not known.
        package let file: ELFFile?
        /// The names by which it is known to objects that need it.
        var names: Set<String>
        /// The object whose need opened it, by number; nil for the program and what was asked for.
        package let loader: Int?
        /// What `$ORIGIN` stands for in it.
        let origin: String
        /// The objects that it needs, by number.
        package internal(set) var needs: [Int] = []

        /// The names by which it is known, its own one with them.
        package var allNames: Set<String> { file?.soname.map { names.union([$0]) } ?? names }
        /// The names by which other objects need it: not those of files.
        package var neededNames: Set<String> { names.filter { !$0.contains("/") } }
    }

    /// The settings.
    package let settings: LoaderSettings
    /// The objects in the order in which they were mapped; the program is the first one.
    package private(set) var objects: [Object] = []
    /// What was met while the program started.
    package private(set) var issues: [LoadingIssue] = []
    /// What is not known, a sentence each with its file.
    package private(set) var unread: [LoadingRemark] = []
    /// The objects that every later one sees: the program, what is preloaded, and what these need.
    private(set) var globals: [Int] = []
    let catalog: LoaderCatalog
    /// Whether the program runs: what is mapped from now on is opened by `dlopen`.
    private(set) var isOpening = false
    private static let maximumObjects = 10_000

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - origin: the directory that `$ORIGIN` stands for in the program; nil for that of its path.
    package init(
        _ program: String, settings: LoaderSettings, files: any LoaderFiles, origin: String? = nil
    ) {
        self.settings = settings
        catalog = LoaderCatalog(files)
        guard let found = catalog.file(program) else {
            issues.append(LoadingIssue(cause: .missingFile, object: program, chain: [program]))
            return
        }
        guard found.binary?.identity != nil else {
            let damage: BinaryDamage = if case .damaged(let damage)? = found.binary { damage } else { .noHeader }
            issues.append(LoadingIssue(cause: .damaged(path: program, damage), object: program, chain: [program]))
            return
        }
        _ = map(found, path: program, name: program, loader: nil, origin: origin)
        mapLoader()
        preload()
        var met: [LoadingIssue] = []
        globals = close(over: Array(objects.indices.filter { $0 != loaderNumber }), issues: &met)
        issues += met
        if let loaderNumber, !globals.contains(loaderNumber) { globals.append(loaderNumber) }
    }

    /// The number of the loader's own object.
    private var loaderNumber: Int?

    private mutating func mapLoader() {
        guard let loader = catalog.file(settings.loader) else { return }
        let number = map(loader, path: settings.loader, name: settings.loader, loader: 0)
        loaderNumber = number
    }

    private mutating func preload() {
        for name in settings.preloads.map({ expanded($0, 0) ?? $0 }) {
            switch search(name, for: 0) {
            case .found(let file, let path): _ = map(file, path: path, name: name, loader: 0)
            case .mapped: continue
            case .missing, .damaged, .foreign:
                // The loader says so and goes on.
                unread.append(
                    LoadingRemark(reason: "\(name) is to be preloaded and cannot be; the loader ignores it", file: name)
                )
            }
        }
    }

    // MARK: Opening

    /// Opens a file as `dlopen` does with a path, and what it needs.
    ///
    /// - Returns: the objects that came to be needed, the opened one first, and what stands in its way.
    package mutating func open(_ path: String) -> (scope: [Int], issues: [LoadingIssue]) {
        var found: [LoadingIssue] = []
        isOpening = true
        guard let file = catalog.file(path) else {
            return ([], [LoadingIssue(cause: .missingFile, object: path, chain: [path])])
        }
        let identity: ELFIdentity
        switch file.binary {
        case .elf(let elf): identity = elf.identity
        case .unread(let known, _): identity = known
        case .damaged(let damage):
            return ([], [LoadingIssue(cause: .damaged(path: path, damage), object: path, chain: [path])])
        case nil: return ([], [LoadingIssue(cause: .damaged(path: path, .noHeader), object: path, chain: [path])])
        }
        guard identity.isCompatible(with: settings.machine) else {
            return (
                [],
                [
                    LoadingIssue(
                        cause: .wrongArchitecture(
                            LoaderPath.name(path), paths: [path], found: identity.machineName), object: path,
                        chain: [path])
                ]
            )
        }
        if case .elf(let elf)? = file.binary, elf.isProgram, settings.family == .glibc {
            return ([], [LoadingIssue(cause: .program, object: path, chain: [path])])
        }
        if let damage = damage(file) {
            return ([], [LoadingIssue(cause: .damaged(path: path, damage), object: path, chain: [path])])
        }
        let number = map(file, path: path, name: path, loader: 0)
        let scope = close(over: [number], issues: &found)
        return (scope, found)
    }

    /// Adds an object, or the one that is mapped of the same file.
    private mutating func map(
        _ file: LoaderFile, path: String, name: String, loader: Int?, origin: String? = nil
    ) -> Int {
        if let known = objects.firstIndex(where: { $0.number == file.number }) {
            objects[known].names.insert(name)
            return known
        }
        var elf: ELFFile?
        switch file.binary {
        case .elf(let read): elf = read
        case .unread(_, let reason): unread.append(LoadingRemark(reason: reason, file: file.path))
        default: break
        }
        let absolute = path.hasPrefix("/") ? path : LoaderPath.join(settings.launch.workingDirectory, path)
        objects.append(
            Object(
                path: absolute, realPath: file.path, number: file.number, file: elf, names: [name, path],
                loader: loader, origin: origin ?? LoaderPath.directory(absolute)))
        for remark in elf?.remarks ?? [] { unread.append(LoadingRemark(reason: remark, file: file.path)) }
        return objects.count - 1
    }

    /// Maps what some objects need, breadth first, and returns all of them.
    private mutating func close(over start: [Int], issues: inout [LoadingIssue]) -> [Int] {
        var order = start
        var seen = Set(start)
        var via: [Int: Int] = [:]
        var next = 0
        while next < order.count, order.count < Self.maximumObjects {
            let current = order[next]
            next += 1
            var needs: [Int] = []
            for name in objects[current].file?.needed ?? [] {
                let name = expanded(name, current) ?? name
                let number: Int
                switch search(name, for: current) {
                case .mapped(let known):
                    objects[known].names.insert(name)
                    number = known
                case .found(let file, let path): number = map(file, path: path, name: name, loader: current)
                case .missing:
                    issues.append(
                        issue(.missingLibrary(name, elsewhere: nil), current, via))
                    continue
                case .damaged(let path, let damage):
                    issues.append(issue(.damaged(path: path, damage), current, via))
                    continue
                case .foreign(let paths, let machine):
                    issues.append(issue(.wrongArchitecture(name, paths: paths, found: machine), current, via))
                    continue
                }
                needs.append(number)
                if seen.insert(number).inserted {
                    via[number] = current
                    order.append(number)
                }
            }
            objects[current].needs = needs
        }
        return order
    }

    private func issue(_ cause: LoadingIssue.Cause, _ object: Int, _ via: [Int: Int]) -> LoadingIssue {
        LoadingIssue(cause: cause, object: objects[object].realPath, chain: chain(object, via))
    }

    private func chain(_ object: Int, _ via: [Int: Int]) -> [String] {
        var chain = [objects[object].realPath]
        var current = object
        while let parent = via[current], chain.count < 64 {
            chain.append(objects[parent].realPath)
            current = parent
        }
        return chain.reversed()
    }

    // MARK: Searching

    enum Search {
        /// It is mapped already.
        case mapped(Int)
        case found(LoaderFile, path: String)
        case missing
        /// The search ends at a file that cannot be mapped.
        case damaged(String, BinaryDamage)
        /// Only files for other machines.
        case foreign([String], machine: String)
    }

    /// Searches a library by the name with which an object needs it.
    func search(_ name: String, for object: Int) -> Search {
        if let known = mapped(name) { return .mapped(known) }
        var search = LibrarySearch(self, object)
        let result = settings.family == .musl ? search.musl(name) : search.glibc(name)
        guard case .found(let file, _) = result, let known = objects.firstIndex(where: { $0.number == file.number })
        else { return result }
        return .mapped(known)
    }

    /// The object that has a name, or whose `DT_SONAME` it is.
    private func mapped(_ name: String) -> Int? {
        if settings.family == .musl {
            if LibrarySearch.isPartOfMusl(name) { return loaderNumber ?? 0 }
            guard !name.contains("/") else { return nil }
            // A library that was opened by a path has no short name, as musl gives it none.
            return objects.indices.first { $0 > 0 && objects[$0].names.contains(name) }
        }
        return objects.firstIndex { $0.names.contains(name) || ($0.file?.soname == name && name != "") }
    }

    /// Replaces `$ORIGIN`, `$LIB` and `$PLATFORM`; nil where one of them is not known.
    func expanded(_ text: String, _ object: Int) -> String? {
        guard text.contains("$") else { return text }
        var result = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            let after = rest[rest.index(after: dollar)...]
            guard let token = Self.tokens.first(where: { isToken($0.written, after) }) else {
                // musl leaves out the whole path.
                if settings.family == .musl { return nil }
                result += "$"
                rest = after
                continue
            }
            switch token.name {
            case "ORIGIN": result += objects[object].origin == "/" ? "" : objects[object].origin
            case "LIB":
                if settings.family == .musl { return nil }
                result += settings.libraryName
            default:
                if settings.family == .musl { return nil }
                result += settings.platform
            }
            rest = after.dropFirst(token.written.count)
        }
        return result + rest
    }

    /// Whether a text begins with a variable. With glibc, its name ends where no letter, digit or underscore follows: `$LIBX`
    /// is none.
    private func isToken(_ token: String, _ text: Substring) -> Bool {
        guard text.hasPrefix(token) else { return false }
        guard settings.family == .glibc, let next = text.utf8.dropFirst(token.utf8.count).first else { return true }
        return token.hasPrefix("{") || !(next.isASCIIAlphanumeric || next == UInt8(ascii: "_"))
    }

    private static let tokens = ["ORIGIN", "LIB", "PLATFORM"].flatMap { name in
        [(written: "{\(name)}", name: name), (written: name, name: name)]
    }
}

/// Something that is not known, and the file that it is about.
package struct LoadingRemark: Sendable, Hashable {
    /// Why it is not known.
    package let reason: String
    /// The file.
    package let file: String

    /// Creates a remark.
    package init(reason: String, file: String) {
        self.reason = reason
        self.file = file
    }
}
