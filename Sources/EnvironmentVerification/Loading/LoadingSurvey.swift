import BinaryLoading
import ContainerImages
import EnvironmentInventory
import ProgramStart
import SourceDocuments

/// Starts the interpreter and opens every root in it, as far as files tell, and collects what was met.
struct LoadingSurvey {
    /// One root with what it maps and what stands in its way.
    struct Opened {
        let root: LoadingRoot
        /// The files that are mapped besides those of the start, by their paths without links.
        let objects: [String]
        let issues: [LoadingIssue]
    }

    /// Why nothing could be judged; nil when something was.
    private(set) var reason: LoadingRemark?
    /// The program's path with a leading slash.
    private(set) var program = ""
    private(set) var settings: LoaderSettings?
    /// The machine of the process, or of the packages where there is none.
    private(set) var machine: ELFIdentity?
    /// The files of the start, by their paths.
    private(set) var started: [String] = []
    private(set) var startIssues: [LoadingIssue] = []
    private(set) var opened: [Opened] = []
    /// What the standard library's own extension modules map besides; what most of them miss is nobody's problem.
    private(set) var standard: Set<String> = []
    /// What stands in the way of those that packages import, by the modules' names.
    private(set) var standardIssues: [String: [LoadingIssue]] = [:]
    /// Extension modules of the standard library that need libraries of the system and that packages import without a
    /// replacement. Images leave out what others need, windows and terminals (`_tkinter`, `_curses`).
    private static let commonModules: Set<String> = [
        "_bz2", "_ctypes", "_decimal", "_elementtree", "_lzma", "_sqlite3", "_ssl", "pyexpat", "zlib",
    ]
    private(set) var unread: [LoadingRemark] = []
    /// What was read of each mapped file, by its path.
    private(set) var mapped: [String: ELFFile] = [:]
    /// The names under which libraries are mapped, with the distributions whose roots map them.
    private(set) var names: [String: Set<String>] = [:]
    /// The files that are mapped under the names of libraries.
    private(set) var places: [String: Set<String>] = [:]
    /// The paths with links through which libraries are found.
    private(set) var linkedPaths: Set<String> = []
    /// The names of libraries that something needs and that are nowhere.
    private(set) var missing: Set<String> = []
    /// Whether the system is not among the files: only what the environment itself holds was followed.
    private(set) var isAlone = false

    /// Surveys a scene.
    init(_ scene: LoadingScene, _ roots: [LoadingRoot]) {
        guard let interpreter = scene.start.interpreter else {
            reason = LoadingRemark(reason: "no Python is started, as far as it can be followed", file: "")
            followAlone(scene, roots)
            return
        }
        program = "/" + interpreter
        guard let found = scene.files.loaderFile(program) else {
            reason = LoadingRemark(reason: "the interpreter is not among the files", file: interpreter)
            followAlone(scene, roots)
            return
        }
        guard case .elf(let file)? = found.binary else {
            if case .damaged(let damage)? = found.binary {
                startIssues = [LoadingIssue(cause: .damaged(path: program, damage), object: program, chain: [program])]
            }
            reason = LoadingRemark(reason: "the interpreter is not a program that could be read", file: interpreter)
            return
        }
        guard let loader = file.interpreter else {
            reason = LoadingRemark(
                reason: "the interpreter is linked statically: what it loads is not followed", file: interpreter)
            return
        }
        guard scene.files.loaderFile(loader)?.binary?.identity != nil else {
            // Files that were taken out of a system, as small examples are, hold no C library at all.
            guard Self.holdsCLibrary(scene.files) else {
                reason = LoadingRemark(
                    reason: "there is no C library and no loader: these are not all files of a system",
                    file: interpreter)
                followAlone(scene, roots)
                return
            }
            startIssues = [LoadingIssue(cause: .missingLoader(loader), object: found.path, chain: [found.path])]
            return
        }
        let settings = LoaderSettings(
            loader: loader, machine: file.identity, launch: Self.launch(scene), files: scene.files)
        self.settings = settings
        machine = settings.machine
        let process = LoaderProcess(
            program, settings: settings, files: scene.files, origin: Self.directory(found.path))
        var check = BindingCheck(process)
        startIssues =
            process.issues
            + check.issues(
                process, scope: process.globalObjects, isStart: true, isWhole: process.issues.isEmpty)
        started = process.objects.map(\.realPath)
        for object in process.objects { note(object, "") }
        note(process.issues)
        unread = settings.remarks.map { LoadingRemark(reason: $0, file: loader) } + process.unread
        var seen = Set(unread)
        for root in roots {
            var trial = process
            let (scope, found) = trial.open(root.path)
            let issues = found + check.issues(trial, scope: scope, isWhole: found.isEmpty)
            for object in trial.objects.dropFirst(process.objects.count) { note(object, root.distribution) }
            note(found)
            for remark in trial.unread.dropFirst(process.unread.count) where seen.insert(remark).inserted {
                unread.append(remark)
            }
            opened.append(
                Opened(
                    root: root, objects: trial.objects.dropFirst(process.objects.count).map(\.realPath), issues: issues)
            )
        }
        // Wrappers and shells run before Python, with libraries of their own.
        for path in scene.start.programs {
            guard let found = scene.files.loaderFile(path), case .elf? = found.binary else { continue }
            let wrapper = LoaderProcess(
                path, settings: settings, files: scene.files, origin: Self.directory(found.path))
            for object in wrapper.objects.dropFirst() { noteLink(object) }
            standard.formUnion(wrapper.objects.dropFirst().map(\.realPath))
        }
        for path in Self.standardModules(scene) {
            var trial = process
            let issues = trial.open(path).issues
            let module = String(PosixPath.lastComponent(path).prefix { $0 != "." })
            if !issues.isEmpty, Self.commonModules.contains(module) { standardIssues[module] = issues }
            for object in trial.objects.dropFirst(process.objects.count) { noteLink(object) }
            standard.formUnion(trial.objects.dropFirst(process.objects.count).map(\.realPath).filter { $0 != path })
        }
    }

    /// Follows what an environment holds itself of the libraries of its interpreter and its packages, without judging it: the
    /// system below a virtual environment or a conda prefix is not among the files.
    private mutating func followAlone(_ scene: LoadingScene, _ roots: [LoadingRoot]) {
        guard !scene.isImage else { return }
        let first = ([program] + roots.map(\.path)).lazy.compactMap { path -> ELFFile? in
            if case .elf(let file)? = scene.files.loaderFile(path)?.binary { file } else { nil }
        }.first
        guard let first else { return }
        isAlone = true
        machine = first.identity
        let isMusl = first.needed.contains { LibraryNames.isMusl($0) }
        let settings = LoaderSettings(
            loader: first.interpreter ?? "/lib/ld-\(isMusl ? "musl" : "linux")-\(first.identity.machineName).so.1",
            machine: first.identity, launch: Self.launch(scene), files: scene.files)
        let found = scene.files.loaderFile(program)
        let process = LoaderProcess(
            program, settings: settings, files: scene.files, origin: found.map { Self.directory($0.path) })
        for object in process.objects { note(object, "") }
        note(process.issues)
        for root in roots {
            var trial = process
            let (_, issues) = trial.open(root.path)
            let objects = trial.objects.dropFirst(process.objects.count)
            for object in objects { note(object, root.distribution) }
            note(issues)
            opened.append(Opened(root: root, objects: objects.map(\.realPath), issues: []))
        }
    }

    /// The extension modules of the standard library, with a leading slash.
    private static func standardModules(_ scene: LoadingScene) -> [String] {
        let places = (scene.start.importPath?.directories ?? []).filter { $0.origin == .standardLibrary }
        return places.compactMap { scene.files.lookup($0.path)?.path }.filter { $0.hasSuffix("/lib-dynload") }
            .flatMap { place in
                (scene.files.names(in: place) ?? []).filter { $0.hasSuffix(".so") }.map { "/\(place)/\($0)" }
            }
    }

    private mutating func note(_ object: LoaderProcess.Object, _ distribution: String) {
        if let file = object.file { mapped[object.realPath] = file }
        noteLink(object)
        for name in object.allNames { names[name, default: []].insert(distribution) }
        for name in object.neededNames { places[name, default: []].insert(object.realPath) }
    }

    private mutating func noteLink(_ object: LoaderProcess.Object) {
        // What is started is judged for itself: a link to a Python is one.
        if object.path != object.realPath, object.path != program { linkedPaths.insert(object.path) }
    }

    private mutating func note(_ issues: [LoadingIssue]) {
        for issue in issues { if case .missingLibrary(let name, _) = issue.cause { missing.insert(name) } }
    }

    /// Whether a C library or a loader is anywhere among the files.
    private static func holdsCLibrary(_ files: FileSystemIndex) -> Bool {
        var isThere = false
        files.forEachEntry(
            where: { place in
                guard !isThere, !place.isDirectory else { return false }
                let name = place.path[((place.path.lastIndex(of: UInt8(ascii: "/")) ?? -1) + 1)...]
                isThere =
                    name.elementsEqual("libc.so.6".utf8) || name.starts(with: "ld-linux".utf8)
                    || name.starts(with: "ld-musl".utf8) || name.starts(with: "libc.musl".utf8)
                return false
            }, { _ in })
        return isThere
    }

    private static func directory(_ path: String) -> String {
        path.lastIndex(ofByte: UInt8(ascii: "/")).map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "/"
    }

    private static func launch(_ scene: LoadingScene) -> LoaderSettings.Launch {
        var launch = LoaderSettings.Launch()
        launch.libraryPath = scene.start.variables["LD_LIBRARY_PATH"] ?? nil
        launch.preload = scene.start.variables["LD_PRELOAD"] ?? nil
        launch.tunables = scene.start.variables["GLIBC_TUNABLES"] ?? nil
        launch.workingDirectory = scene.start.workingDirectory ?? "/"
        launch.level = scene.options.cpu.flatMap { ProcessorLevel.number($0) } ?? 1
        return launch
    }
}

/// The levels of x86-64 (https://gitlab.com/x86-psABIs/x86-64-ABI).
enum ProcessorLevel {
    /// The number of `x86-64`, `x86-64-v2` and so on; nil for another name.
    static func number(_ name: String) -> Int? {
        ["x86-64": 1, "x86-64-v1": 1, "x86-64-v2": 2, "x86-64-v3": 3, "x86-64-v4": 4][name]
    }

    /// The name of a level.
    static func name(_ number: Int) -> String { number <= 1 ? "x86-64" : "x86-64-v\(number)" }

    /// The level that the bits of `GNU_PROPERTY_X86_ISA_1_NEEDED` ask for.
    static func number(bits: UInt32) -> Int { bits & 8 != 0 ? 4 : bits & 4 != 0 ? 3 : bits & 2 != 0 ? 2 : 1 }
}
