import EnvironmentInventory
import ProgramStart
import PythonPackaging

/// `shadowing-module`: a file that no package owns, or that one owns under another name, is imported in place of a package's
/// module or the standard library's.
enum ShadowingModule: ImportHazard {
    static let rule = Rule(
        name: "shadowing-module",
        summary:
            "A module that no package owns, or owns under another name, is imported in place of a package's or of the standard library's.",
        why:
            "Python takes the first module of a name that it finds: in the program's directory, in PYTHONPATH, in the standard library, in site-packages, in one directory a package before a module and compiled code before a source, and folders without `__init__` only where nothing else of their name is anywhere. The file that the record proves is then never run.",
        help: "Rename or delete the file, or install it as a locked package.",
        bad: [
            Rule.Example(
                file: "image",
                """
                ENV PYTHONPATH=/opt/patches
                «opt/patches/numpy.py»
                usr/local/lib/python3.11/site-packages/numpy/__init__.py = numpy

                """),
            Rule.Example(
                file: "image",
                """
                «usr/local/lib/python3.11/site-packages/joblib/pool/__init__.py»
                usr/local/lib/python3.11/site-packages/joblib/__init__.py = joblib
                usr/local/lib/python3.11/site-packages/joblib/pool.py = joblib

                """),
            Rule.Example(
                file: "image",
                """
                CMD python /srv/serve.py
                srv/serve.py
                «srv/google/cloud.py»
                usr/local/lib/python3.11/site-packages/google/cloud/__init__.py = numpy

                """),
            Rule.Example(
                file: "image",
                """
                CMD python /srv/serve.py
                srv/serve.py
                «srv/random.py»
                usr/local/lib/python3.11/random.py

                """),
            Rule.Example(
                file: "image",
                """
                CMD python /usr/local/lib/python3.11/site-packages/cattr/preconf/run.py
                usr/local/lib/python3.11/site-packages/cattr/preconf/run.py = cattrs
                «usr/local/lib/python3.11/site-packages/cattr/preconf/json.py» = cattrs
                usr/local/lib/python3.11/json/__init__.py

                """),
        ],
        good: [
            Rule.Example(
                file: "image",
                """
                CMD python /srv/serve.py
                srv/serve.py
                srv/features.py
                usr/local/lib/python3.11/random.py
                usr/local/lib/python3.11/site-packages/numpy/__init__.py = numpy
                usr/local/lib/python3.11/site-packages/numpy/random.py

                """)
        ])

    static func findings(_ scene: ImportScene) -> [Finding] {
        let plain = acrossFolders(scene) + insideFolders(scene) + archive(scene) + ShadowingMetadata.findings(scene)
        let known = Set(plain.map(\.file))
        return plain + namespaces(scene).filter { !known.contains($0.file) }
    }

    /// A module that wins over one of a package whose folder has no `__init__`.
    private static func namespaces(_ scene: ImportScene) -> [Finding] {
        let portions = NamespacePortions(
            scene, isForeign: { isInsidePackage($0, scene) }, isImportedBefore: { isImportedBefore($0, $1, scene) })
        let found = portions.found.map { shadowing($0.name, module: $0.module, hidden: $0.hidden, in: scene) }
        guard let (name, folder) = portions.unsearched else { return found }
        return found + [
            finding(
                .error, folder, "the folders of the package \(name) are too many, or too deep, to be searched",
                subject: name)
        ]
    }

    /// A module of one directory of the path before a module of a later one.
    private static func acrossFolders(_ scene: ImportScene) -> [Finding] {
        var findings: [Finding] = []
        for (place, folder) in scene.directories.enumerated() {
            let later = scene.directories[(place + 1)...]
            let isInside = isInsidePackage(folder, scene)
            for name in names(folder.path, scene) where !isImportedBefore(name, folder, scene) {
                guard let module = scene.provider(name, in: folder.path), module.owner == nil || isInside else {
                    continue
                }
                // The standard library's own modules have no owner where nothing has installed it.
                let isStandard = folder.origin == .standardLibrary && StandardLibrary.modules.contains(name)
                if isStandard, !later.contains(where: { $0.origin == .standardLibrary }) { continue }
                for other in later {
                    if isStandard, other.origin != .standardLibrary { continue }
                    guard let hidden = scene.provider(name, in: other.path) else { continue }
                    if hidden.owner == nil,
                        other.origin != .standardLibrary || !StandardLibrary.modules.contains(name)
                    {
                        continue
                    }
                    if hidden.entry.path == module.entry.path { continue }
                    findings.append(shadowing(name, module: module, hidden: hidden, in: scene))
                    break
                }
            }
        }
        return findings
    }

    /// Whether a directory of the program lies inside of a package: who owns its files has other names for them.
    private static func isInsidePackage(_ folder: ImportPath.Directory, _ scene: ImportScene) -> Bool {
        let own: [ImportPath.Origin] = [.script, .workingDirectory, .server, .pythonPath]
        guard own.contains(folder.origin) else { return false }
        return scene.directories.contains { other in
            !own.contains(other.origin) && !other.path.isEmpty && folder.path.hasBytePrefix(other.path + "/")
                && !scene.directories.contains { $0.path == folder.path && !own.contains($0.origin) }
        }
    }

    /// Two files for one module of one directory, of which the one that wins has no owner.
    private static func insideFolders(_ scene: ImportScene) -> [Finding] {
        var findings: [Finding] = []
        for entry in scene.unowned {
            guard let module = ModuleName(entry.path) else { continue }
            let providers = scene.providers(module.name, in: module.folder)
            guard let winner = providers.first, winner.named.path == entry.path, winner.owner == nil else { continue }
            let hidden =
                providers.dropFirst().first { $0.owner != nil } ?? ownedNeighbour(module, scene)
                ?? standardLibraryCopy(providers, entry.path, scene)
            if let hidden { findings.append(shadowing(module.name, module: winner, hidden: hidden, in: scene)) }
        }
        return findings
    }

    private static func isStandardLibrary(_ path: String, _ scene: ImportScene) -> Bool {
        guard scene.directories.contains(where: { $0.origin == .standardLibrary && path.hasPrefix($0.path + "/") })
        else {
            return false
        }
        return !scene.directories.contains { $0.origin == .site && path.hasPrefix($0.path + "/") }
    }

    /// A directory of several packages' modules has no `__init__`, which would be run for each of them, and no module of its
    /// name beside it, which would be imported in its place.
    private static func ownedNeighbour(_ module: ModuleName, _ scene: ImportScene) -> ImportScene.Module? {
        NamespacePortions.owned(below: ImportPath.join(module.folder, module.name), scene)
    }

    /// The standard library has one file for each of its modules.
    private static func standardLibraryCopy(
        _ providers: [ImportScene.Module], _ path: String, _ scene: ImportScene
    ) -> ImportScene.Module? {
        guard let last = providers.last, last.entry.path != providers.first?.entry.path,
            !last.entry.path.hasSuffix(".pyc")
        else { return nil }
        return isStandardLibrary(path, scene) ? last : nil
    }

    /// `lib/python311.zip` goes before the standard library.
    private static func archive(_ scene: ImportScene) -> [Finding] {
        (scene.path?.archives ?? []).compactMap { path in
            guard let module = scene.module(path), module.owner == nil else { return nil }
            return finding(
                .error, path,
                "\(path) is searched before the standard library, and no package owns it"
                    + scene.layer(module.named),
                subject: path.split(separator: "/").last.map(String.init))
        }
    }

    private static func shadowing(
        _ name: String, module: ImportScene.Module, hidden: ImportScene.Module, in scene: ImportScene
    ) -> Finding {
        let whose = hidden.owner.map { scene.possessive($0.owner) } ?? "the standard library's"
        let isOther = module.owner == nil && (hidden.owner.map { !scene.isKnown($0.owner) } ?? false)
        let mine = module.owner.map { "\($0.owner.name) has under another name" } ?? "no package owns"
        return finding(
            isOther ? .warning : .error, module.named.path,
            "\(module.named.path), which \(mine), is imported in place of \(whose) \(hidden.entry.path)"
                + scene.layer(module.named), subject: name)
    }

    /// The names of the modules of a directory.
    private static func names(_ folder: String, _ scene: ImportScene) -> [String] {
        var names: Set<String> = []
        for name in scene.files.names(in: folder) ?? [] {
            if let module = ModuleName(ImportPath.join(folder, name)) {
                names.insert(module.name)
            } else if !name.contains("."), name != "__pycache__" {
                names.insert(name)
            }
        }
        return names.sorted()
    }

    /// Whether a module of this name is in memory, or frozen into the interpreter, before a directory is looked into.
    private static func isImportedBefore(
        _ name: String, _ folder: ImportPath.Directory, _ scene: ImportScene
    ) -> Bool {
        if folder.origin == .standardLibrary { return false }
        // Tests of the standard library are imported by no one who serves.
        if name == "test" || name == "tests" { return true }
        guard StandardLibrary.frozen.contains(name) else { return false }
        let minor = scene.path?.python.split(separator: ".").last.flatMap { Int($0) } ?? 0
        if minor >= 11, !thaws(scene, minor) { return true }
        // Without frozen modules, what starts before the program's directory joins the path is in memory: the text codecs,
        // and what `site` imports. `runpy` is imported after it (https://github.com/python/cpython/blob/v3.11.0/Modules/main.c,
        // `pymain_run_python`).
        guard folder.origin == .script || folder.origin == .workingDirectory, name != "runpy" else { return false }
        return ["abc", "codecs", "io", "zipimport"].contains(name)
            || (!scene.start.commandLine.skipsSite && name != "ntpath")
    }

    /// Whether Python is told to take no module of the standard library out of itself.
    private static func thaws(_ scene: ImportScene, _ minor: Int) -> Bool {
        let line = scene.start.commandLine
        if line.implementationOptions.contains(where: { $0.hasPrefix("frozen_modules") && $0 != "frozen_modules=on" }) {
            return true
        }
        // (https://docs.python.org/3/using/cmdline.html#envvar-PYTHON_FROZEN_MODULES)
        guard minor >= 13, !line.ignoresVariables, let value = scene.start.variables["PYTHON_FROZEN_MODULES"] else {
            return false
        }
        return value != "on" && value != ""
    }
}
