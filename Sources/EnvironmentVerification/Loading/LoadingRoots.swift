import ArchiveReading
import BinaryLoading
import ContainerImages
import EnvironmentInventory
import PythonPackaging
import SourceDocuments

/// A file that is loaded for itself: an extension module, or a library that a package opens.
struct LoadingRoot {
    /// The path with a leading slash.
    let path: String
    /// The module, `cv2.cv2`; of a library its place, `lightgbm.lib.lib_lightgbm`.
    let module: String
    /// The distribution that owns it.
    let distribution: String
    /// Whether the model names the distribution.
    let isNamed: Bool
    /// Whether it is a library that Python code opens.
    let isLibrary: Bool

    /// What a person calls it: `cv2` of `cv2.cv2`, the package of a library.
    var name: String {
        let parts = module.split(separator: ".").map(String.init)
        if isLibrary { return parts.first ?? module }
        return parts.count == 2 && parts[0] == parts[1] ? parts[0] : module
    }
}

/// Finds the files that importing the needed packages loads.
struct LoadingRoots {
    private(set) var roots: [LoadingRoot] = []
    /// Modules of which there are only files for another Python, with their distributions.
    private(set) var misfits: [(problem: LoadingAssessment.Problem, distribution: String)] = []
    /// Libraries that a record names and that are not there, with their distributions.
    private(set) var absent: [(problem: LoadingAssessment.Problem, distribution: String)] = []
    /// Libraries of packages without Python code, with their distributions: whether another package opens them is not known.
    private(set) var unopened: [(path: String, distribution: String)] = []
    /// Files with the ending of a module whose place gives them no name that Python imports, with their distributions.
    private(set) var unnamed: [(path: String, distribution: String)] = []
    /// The names of libraries that files of each distribution have, whether or not something maps them.
    private var held: [String: Set<String>] = [:]
    /// The directories of the import path that hold packages.
    private(set) var directories: [String] = []

    private struct Candidate {
        let path: String
        let directory: String
        let stem: String
        /// What is between the name and `.so`, `cpython-311-x86_64-linux-gnu`; empty for nothing.
        let tag: String
        let owner: String
        /// Whether it lies in `lib` beside the packages.
        let isBeside: Bool
        let file: ELFFile?
        /// Whether it was a library once (``BinaryFile/wasLibrary``).
        let isDamaged: Bool
    }

    /// Collects the roots of a scene.
    init(_ scene: LoadingScene) {
        let listed = (scene.start.importPath?.directories ?? []).filter {
            [.site, .userSite, .pathConfiguration, .pythonPath, .server, .script, .workingDirectory].contains($0.origin)
        }.compactMap { scene.files.lookup($0.path)?.path }.filter { !$0.isEmpty }
        let candidates = Self.candidates(scene, listed)
        // A package may add a directory of its own to the path, by code in a .pth file (cmeel.prefix/lib/python3.11/site-packages).
        let nested = Set(candidates.compactMap { Self.nestedPlace($0.path, listed) })
        let places = listed + nested.sorted()
        directories = places
        for candidate in candidates {
            held[candidate.owner, default: []].insert(PosixPath.lastComponent(candidate.path))
            if let name = candidate.file?.soname { held[candidate.owner, default: []].insert(name) }
        }
        let byOwner = Dictionary(grouping: candidates, by: \.owner)
        for owner in byOwner.keys.sorted() { add(byOwner[owner] ?? [], owner: owner, scene: scene, places: places) }
        addAbsent(candidates, scene, places)
    }

    /// The name under which Python imports a file that may be gone; nil for one that it does not import.
    func module(of path: String) -> String? {
        guard path.hasSuffix(".so") else { return nil }
        return Self.module(String(path.dropLast(3).drop { $0 == "/" }), directories)
    }

    /// Whether a file of a distribution has the name of a library, whether or not something maps it.
    func holds(_ library: String, in distribution: String) -> Bool { held[distribution]?.contains(library) ?? false }

    /// The last directory of packages inside of one that is on the import path; nil where there is none.
    private static func nestedPlace(_ path: String, _ places: [String]) -> String? {
        guard let place = places.filter({ path.hasPrefix($0 + "/") }).max(by: { $0.count < $1.count }) else {
            return nil
        }
        let parts = path.dropFirst(place.count + 1).split(separator: "/")
        guard let last = parts.lastIndex(where: { $0 == "site-packages" || $0 == "dist-packages" }) else { return nil }
        return place + "/" + parts[...last].joined(separator: "/")
    }

    /// Adds what the records of needed packages name and what is not there: modules that no other file stands in for, and
    /// libraries.
    private mutating func addAbsent(_ candidates: [Candidate], _ scene: LoadingScene, _ places: [String]) {
        let present = Set(candidates.map { $0.directory + "/" + $0.stem })
        let names = Set(scene.environment.packages.filter { $0.ecosystem == .pypi }.map(\.name))
        let owners = Set(candidates.map(\.owner))
        var versioned: [String: Set<String>] = [:]
        for name in names.sorted() where scene.isNeeded(name) {
            guard case .altered(let disagreements)? = scene.imported(name)?.recordCheck else { continue }
            for path in disagreements.filter({ $0.kind == .missing }).map(\.path).sorted() {
                let file = PosixPath.lastComponent(path)
                guard file.hasSuffix(".so") || file.contains(".so.") else { continue }
                let key = PosixPath.directory(path) + "/" + file.prefix { $0 != "." }
                var problem = LoadingAssessment.Problem(
                    rule: LoadingRules.missingLibrary.name, reach: .mayFail, root: name, chain: [path], needs: file,
                    found: nil, file: path, layer: nil)
                guard file.contains(".cpython-") || file.hasSuffix(".abi3.so") else {
                    if case .packages = scene.naming, scene.isNamed(name), !owners.contains(name),
                        !Self.hasVersion(of: path, scene, &versioned)
                    {
                        problem.reach = .fails
                    }
                    absent.append((problem, name))
                    continue
                }
                guard let module = Self.module(key, places), !Self.isTest(module), !present.contains(key),
                    scene.files.lookup(key + ".py") == nil, scene.files.lookup(key + "/__init__.py") == nil
                else { continue }
                problem.root = module
                misfits.append((problem, name))
            }
        }
    }

    /// Whether a library is there under a name with its version, `libz3.so.4` for `libz3.so`.
    ///
    /// - Parameter known: the names before the versions, of directories that were looked at for other libraries.
    private static func hasVersion(
        of path: String, _ scene: LoadingScene, _ known: inout [String: Set<String>]
    ) -> Bool {
        let directory = PosixPath.directory(path)
        if known[directory] == nil {
            known[directory] = Set(
                (scene.files.names(in: directory) ?? []).compactMap { name in
                    name.range(ofText: ".so.").map { name[..<$0.lowerBound] + ".so" }
                })
        }
        return known[directory]?.contains(PosixPath.lastComponent(path)) ?? false
    }

    private static func candidates(_ scene: LoadingScene, _ places: [String]) -> [Candidate] {
        var found: [Candidate] = []
        let starts = places.map { Array(($0 + "/").utf8) }
        // `lib` of the prefix, where wheels put libraries that Python code opens; with `--target` it is in the directory itself.
        let beside = Set(
            places.map { PosixPath.directory(PosixPath.directory($0)) }.filter { $0.hasSuffix("lib") }
                + places.map { $0 + "/lib" })
        let tops = Self.topModules(scene)
        let besideBytes = beside.map { Array(($0 + "/").utf8) }
        scene.files.forEachEntry(
            where: { place in
                guard !place.isDirectory else { return false }
                if besideBytes.contains(where: {
                    $0.count == (place.path.lastIndex(of: 0x2F) ?? 0) + 1 && place.path.starts(with: $0)
                }) {
                    return PathBytes.contains(place.path[...], ".so")
                }
                return PathBytes.ends(place.path, ".so") && starts.contains { place.path.starts(with: $0) }
            },
            { entry in
                guard let target = scene.files.lookup(entry.path), target.kind == .file else { return }
                let claims = scene.owners.allOwners(of: entry).map(\.owner)
                let claimant =
                    claims.first { $0.ecosystem == .pypi } ?? claims.first { $0.ecosystem == .conda }
                guard let owner = claimant?.name ?? Self.owner(of: entry.path, places, tops), scene.isNeeded(owner)
                else {
                    return
                }
                // Of several names of one library, that of the file counts.
                let isBeside =
                    beside.contains(PosixPath.directory(entry.path))
                    && PosixPath.lastComponent(entry.path).hasPrefix("lib")
                guard isBeside || entry.path.hasSuffix(".so") else { return }
                if isBeside, target.path != entry.path { return }
                let name =
                    isBeside
                    ? PosixPath.lastComponent(entry.path)[...] : PosixPath.lastComponent(entry.path).dropLast(3)
                let stem = name.prefix { $0 != "." }
                var file: ELFFile?
                let binary = scene.files.binary(of: target)
                if case .elf(let elf)? = binary { file = elf }
                found.append(
                    Candidate(
                        path: entry.path, directory: PosixPath.directory(entry.path), stem: String(stem),
                        tag: String(name.dropFirst(stem.count + 1)), owner: owner, isBeside: isBeside, file: file,
                        isDamaged: binary?.wasLibrary ?? false))
            })
        return found
    }

    /// The Python packages by the modules at their tops.
    private static func topModules(_ scene: LoadingScene) -> [String: String] {
        var tops: [String: String] = [:]
        for package in scene.environment.packages where package.ecosystem == .pypi {
            for module in package.modules + [package.name.replacing("-", with: "_")] { tops[module] = package.name }
        }
        return tops
    }

    /// The Python package of a file that no record of a Python package names: the operating system installed it, or the record
    /// cannot be read.
    private static func owner(of path: String, _ places: [String], _ tops: [String: String]) -> String? {
        guard let place = places.filter({ path.hasPrefix($0 + "/") }).max(by: { $0.count < $1.count }) else {
            return nil
        }
        let top = path.dropFirst(place.count + 1).prefix { $0 != "/" && $0 != "." }
        return tops[String(top)]
    }

    private mutating func add(
        _ candidates: [Candidate], owner: String, scene: LoadingScene, places: [String]
    ) {
        let isNamed = scene.isNamed(owner)
        var hasExtension = false
        var libraries: [Candidate] = []
        let groups = Dictionary(grouping: candidates) { $0.directory + "/" + $0.stem }
        for key in groups.keys.sorted() {
            guard let group = groups[key], let first = group.first else { continue }
            if first.isBeside {
                libraries += group
                continue
            }
            guard let module = Self.module(key, places) else {
                unnamed += group.map { ("/" + $0.path, owner) }
                continue
            }
            guard !Self.isTest(module) else { continue }
            let extensions = group.filter { Self.isExtension($0) }
            if extensions.isEmpty {
                libraries += group
                continue
            }
            hasExtension = true
            let fitting = extensions.filter { Self.fits($0.tag, scene) }
            if let best = fitting.first(where: { !$0.tag.isEmpty }) ?? fitting.first {
                roots.append(
                    LoadingRoot(
                        path: "/" + best.path, module: module, distribution: owner, isNamed: isNamed, isLibrary: false))
                if let file = best.file, !Self.initializes(file, best.stem), Self.callsPython(file), scene.isCPython,
                    best.stem != "__init__"
                {
                    misfits.append(
                        (
                            problem(
                                module, needs: "PyInit_\(best.stem)", found: "it does not define it", path: best.path,
                                scene: scene), owner
                        ))
                }
            } else if scene.isCPython, let tag = scene.pythonTag,
                scene.files.lookup(key + ".py") == nil, scene.files.lookup(key + "/__init__.py") == nil
            {
                misfits.append(
                    (problem(module, needs: "cpython-\(tag)", found: first.tag, path: first.path, scene: scene), owner))
            }
        }
        if hasExtension {
            // Which of them the package opens beside its modules nothing tells; that no loader maps one is said.
            roots += libraries.filter { $0.isDamaged && !$0.isBeside }.map { root($0, isNamed, places) }
        } else {
            // Without an extension module, Python code opens the package's libraries.
            var known: [String: Bool] = [:]
            for library in Self.forMachine(libraries, scene).sorted(by: { $0.path < $1.path }) {
                guard library.isBeside || Self.hasSources(above: library, scene, places, &known) else {
                    unopened.append(("/" + library.path, owner))
                    continue
                }
                guard library.stem.contains("lib") else {
                    unnamed.append(("/" + library.path, owner))
                    continue
                }
                roots.append(root(library, isNamed, places))
            }
        }
    }

    private func root(_ library: Candidate, _ isNamed: Bool, _ places: [String]) -> LoadingRoot {
        let module = library.isBeside ? nil : Self.module(library.directory + "/" + library.stem, places)
        return LoadingRoot(
            path: "/" + library.path, module: module ?? library.owner, distribution: library.owner, isNamed: isNamed,
            isLibrary: true)
    }

    /// The libraries for the machine of the image; all where a package has none for it: one that brings libraries for several
    /// machines opens its own. A file that names no machine counts as one of the image's.
    private static func forMachine(_ libraries: [Candidate], _ scene: LoadingScene) -> [Candidate] {
        guard let machine = scene.environment.platform.flatMap(PlatformTags.machine),
            libraries.contains(where: { $0.file?.identity.machineName == machine })
        else { return libraries }
        return libraries.filter { $0.file.map { $0.identity.machineName == machine } ?? true }
    }

    /// Whether a package has Python code where its library lies, or above it. One that has none opens nothing: its libraries are
    /// there for other packages, and some of them for plugins that nobody asked for (PyQt6-Qt6).
    ///
    /// - Parameter known: the answers for directories that were looked at for other libraries of the package.
    private static func hasSources(
        above library: Candidate, _ scene: LoadingScene, _ places: [String], _ known: inout [String: Bool]
    ) -> Bool {
        var passed: [String] = []
        var answer = false
        var directory = library.directory
        while !directory.isEmpty {
            if let earlier = known[directory] {
                answer = earlier
                break
            }
            passed.append(directory)
            answer = hasSource(directory, of: library.owner, scene)
            if answer || places.contains(directory) { break }
            directory = PosixPath.directory(directory)
        }
        for directory in passed { known[directory] = answer }
        return answer
    }

    private static func hasSource(_ directory: String, of owner: String, _ scene: LoadingScene) -> Bool {
        (scene.files.names(in: directory) ?? []).contains { name in
            guard name.hasSuffix(".py"), let entry = scene.files.lookup("\(directory)/\(name)"), entry.size > 0 else {
                return false
            }
            let owners = scene.owners.allOwners(of: entry).map(\.owner).filter {
                $0.ecosystem == .pypi || $0.ecosystem == .conda
            }
            return owners.isEmpty || owners.contains { $0.name == owner }
        }
    }

    private func problem(
        _ module: String, needs: String, found: String, path: String, scene: LoadingScene
    ) -> LoadingAssessment.Problem {
        LoadingAssessment.Problem(
            rule: LoadingRules.wrongPythonABI.name, reach: .mayFail, root: module, chain: [path], needs: needs,
            found: found, file: path, layer: scene.layer(path))
    }

    /// The dotted name of a path below the import path; nil where Python does not import it: no module has a hyphen or full
    /// stop in its packages' names.
    private static func module(_ path: String, _ places: [String]) -> String? {
        guard let place = places.filter({ path.hasPrefix($0 + "/") }).max(by: { $0.count < $1.count }) else {
            return nil
        }
        let parts = path.dropFirst(place.count + 1).split(separator: "/")
        guard parts.dropLast().allSatisfy({ part in !part.contains("-") && !part.contains(".") }) else { return nil }
        return parts.joined(separator: ".")
    }

    /// Whether a module belongs to the tests of a package, which nothing that serves imports.
    private static func isTest(_ module: String) -> Bool {
        module.split(separator: ".").dropFirst().dropLast().contains { $0 == "tests" || $0 == "test" }
    }

    private static func isExtension(_ candidate: Candidate) -> Bool {
        if candidate.tag.hasPrefix("cpython-") || candidate.tag.hasPrefix("abi3") || candidate.tag.hasPrefix("pypy") {
            return true
        }
        if candidate.stem.hasPrefix("lib") {
            return candidate.file?.symbols.defines("PyInit_\(candidate.stem)") ?? false
        }
        // Python looks for no other ending: `MPI.mpich.cpython-311-x86_64-linux-gnu.so` is opened by the package's own code.
        guard candidate.tag.isEmpty else { return false }
        return candidate.file.map { initializes($0, candidate.stem) } ?? true
    }

    private static func initializes(_ file: ELFFile, _ stem: String) -> Bool {
        file.symbols.defines("PyInit_\(stem)") || file.symbols.defines("PyModExport_\(stem)")
            || file.symbols.defined.isEmpty
            || !stem.utf8.allSatisfy { $0 < 128 }
    }

    /// Whether a file makes a module by Python's C interface: PyCryptodome has libraries that are named as modules are,
    /// and opens them by cffi or ctypes.
    private static func callsPython(_ file: ELFFile) -> Bool {
        let needed = Set(file.symbols.undefined.map { $0 & ~0xFFFF })
        return makers.contains { needed.contains($0) }
    }

    private static let makers = [
        "PyModule_Create2", "PyModuleDef_Init", "PyModule_FromDefAndSpec2", "Py_InitModule4_64",
        "PyImport_ImportModule", "PyObject_GetAttrString", "_Py_NoneStruct",
    ].map { ELFSymbols.hash($0) }

    /// Whether an interpreter looks for a file with a tag.
    private static func fits(_ tag: String, _ scene: LoadingScene) -> Bool {
        if tag.isEmpty || tag == "abi3" { return true }
        guard scene.isCPython, let python = scene.pythonTag else { return true }
        if tag.hasPrefix("abi3-") { return true }
        guard tag.hasPrefix("cpython-") else { return false }
        // Old releases have a flag after the number; the machine may be left out.
        let release = tag.dropFirst("cpython-".count).prefix { $0 != "-" }
        return release == python || release == python + "m"
    }
}
