import EnvironmentInventory
import ProgramStart
import SourceDocuments

/// `redirecting-variable`: variables of the image's configuration, and the loader's own file, that change what is loaded.
enum RedirectingVariable: ImportHazard {
    static let rule = Rule(
        name: "redirecting-variable",
        summary:
            "An environment variable or `/etc/ld.so.preload` redirects what Python imports or what the loader loads.",
        why:
            "Every package can match its record, and other code still runs: from a directory that precedes site-packages, from another standard library, or from a library that is loaded into every process.",
        help: "Remove the variable from the Dockerfile (ENV), and install what it points to as a locked package.",
        bad: [
            Rule.Example(file: "image", "«ENV PYTHONPATH=/opt/patches»\n"),
            Rule.Example(file: "image", "«ENV LD_PRELOAD=/usr/lib/libfast.so»\n"),
            Rule.Example(file: "image", "«etc/ld.so.preload» : text /usr/lib/libfast.so\n"),
            Rule.Example(file: "image", "«ENV OPENSSL_CONF=/opt/openssl.cnf»\n"),
        ],
        good: [Rule.Example(file: "image", "ENV PATH=/usr/local/bin:/usr/bin\nENV PYTHONUNBUFFERED=1\n")])

    private static let variables: [(name: String, effect: String)] = [
        ("PYTHONPATH", "Python imports from there before its standard library and site-packages"),
        ("PYTHONHOME", "Python takes its standard library from there"),
        ("PYTHONPLATLIBDIR", "Python takes its compiled standard library from there"),
        ("PYTHONEXECUTABLE", "Python takes the virtual environment of that path"),
        ("__PYVENV_LAUNCHER__", "Python takes the virtual environment of that path"),
        ("PYTHONUSERBASE", "Python imports a user's packages from there before site-packages"),
        ("PYTHONPYCACHEPREFIX", "Python runs compiled files from there"),
        ("PYTHONSTARTUP", "an interactive Python runs that file first"),
        ("LD_PRELOAD", "it is loaded into every process before all other libraries"),
        ("LD_AUDIT", "it is loaded into every process before all other libraries"),
        ("LD_LIBRARY_PATH", "shared libraries are taken from there first"),
        ("PYTHONWARNINGS", "Python imports the module of a category at its start"),
        ("OPENSSL_CONF", "the ssl module loads the engines and providers that this file names"),
        ("OPENSSL_ENGINES", "the ssl module loads engines from there"),
        ("OPENSSL_MODULES", "the ssl module loads providers from there"),
        ("GCONV_PATH", "the C library loads its character sets from there"),
        ("OMP_TOOL_LIBRARIES", "OpenMP loads them at its start"),
        ("CUDA_INJECTION64_PATH", "the CUDA driver loads it at its start"),
        ("INTEL_LIBITTNOTIFY64", "libraries of Intel, as oneTBB and MKL, load it at their start"),
        ("INTEL_LIBITTNOTIFY32", "libraries of Intel, as oneTBB and MKL, load it at their start"),
        ("NVTX_INJECTION64_PATH", "programs that annotate themselves for NVIDIA's tools load it"),
        ("NCCL_NET_PLUGIN", "NCCL loads it as its network"),
        ("HDF5_PLUGIN_PATH", "HDF5 loads filters from there"),
        ("PYTHONBREAKPOINT", "breakpoint() imports and calls it"),
        ("NIX_PYTHONPATH", "the sitecustomize of Nix's Python makes directories of packages of its entries"),
        ("NIX_PYTHONEXECUTABLE", "the sitecustomize of Nix's Python takes it for the interpreter"),
        ("NIX_PYTHONPREFIX", "the sitecustomize of Nix's Python takes packages from there"),
    ]

    /// Whether a variable does nothing but extend the import path by directories that are there: the account names each
    /// file of these that nobody vouches for.
    private static func isAccounted(_ name: String, _ value: String, _ scene: ImportScene) -> Bool {
        switch name {
        case "PYTHONPATH":
            return value.parts(at: ":").allSatisfy { isDirectory(place(String($0), scene), scene) }
        case "PYTHONUSERBASE": return isDirectory(place(value, scene), scene)
        case "LD_PRELOAD":
            // What stdbuf sets for the program that it starts.
            return scene.configuration.variable(name) == nil && PosixPath.lastComponent(value) == "libstdbuf.so"
                && scene.files.lookup(value)?.kind == .file
                && scene.start.programs.contains { PosixPath.lastComponent($0) == "stdbuf" }
        default: return false
        }
    }

    private static func isDirectory(_ path: String?, _ scene: ImportScene) -> Bool {
        path.map { scene.files.lookup($0)?.kind == .directory } ?? false
    }

    /// Returns the path that a value means: a relative one goes from the directory that Python is started in; nil when that
    /// is not known.
    private static func place(_ value: String, _ scene: ImportScene) -> String? {
        PosixPath.isAbsolute(value) ? value : scene.start.startDirectory.map { ImportPath.join($0, value) }
    }

    /// Whether one of the filters names a category with its module: `ignore::package.Category`
    /// (https://docs.python.org/3/library/warnings.html#describing-warning-filters).
    private static func namesModule(_ filters: String) -> Bool {
        filters.split(separator: ",").contains { filter in
            let parts = filter.split(separator: ":", omittingEmptySubsequences: false)
            return parts.count > 2 && parts[2].contains(".")
        }
    }

    static func findings(_ scene: ImportScene) -> [Finding] {
        var findings: [Finding] = []
        for (name, effect) in variables {
            let started = scene.start.variables[name].flatMap { $0 }
            guard let value = started ?? scene.configuration.variable(name), !value.isEmpty else { continue }
            if name == "PYTHONWARNINGS", !namesModule(value) { continue }
            // Nothing is called (https://docs.python.org/3/library/sys.html#sys.breakpointhook).
            if name == "PYTHONBREAKPOINT", value == "0" { continue }
            let isLibrary = name == "LD_PRELOAD" || name == "LD_AUDIT"
            let unowned = isLibrary ? unownedLibraries(value, scene) : []
            findings.append(
                finding(
                    !unowned.isEmpty ? .error : isAccounted(name, value, scene) ? .note : .warning, scene.name,
                    "the image sets \(name)=\(value): \(effect)"
                        + (unowned.isEmpty
                            ? holds(name, value, scene) : "; no package owns \(unowned.joined(separator: ", "))"),
                    subject: name, ecosystem: nil))
        }
        let options = scene.start.commandLine
        if options.warnings.contains(where: { namesModule($0) }) {
            findings.append(
                finding(
                    .warning, scene.name, "the command line has -W with a category of a module, which Python imports",
                    subject: "-W", ecosystem: nil))
        }
        if let prefix = options.bytecodePrefix {
            findings.append(
                finding(
                    .warning, scene.name,
                    "the command line has -X pycache_prefix=\(prefix): Python runs compiled files from there",
                    subject: "-X", ecosystem: nil))
        }
        findings += namedByConfigurations(scene) + muslPaths(scene)
        if let entry = scene.files.lookup("etc/ld.so.preload"), let bytes = scene.files.contents(of: entry) {
            let text = bytes.split(whereSeparator: { $0 <= UInt8(ascii: " ") || $0 == UInt8(ascii: ":") }).map {
                String(decoding: $0, as: UTF8.self)
            }
            if !text.isEmpty {
                findings.append(
                    finding(
                        .error, entry.path,
                        "\(entry.path) has \(text.joined(separator: ", ")) loaded into every process"
                            + scene.layer(entry), subject: "ld.so.preload", ecosystem: nil))
            }
        }
        return findings
    }

    /// The variables of the image that code of a `.pth` file which Python executes asks for.
    private static func namedByConfigurations(_ scene: ImportScene) -> [Finding] {
        let known = Set(variables.map { $0.name } + ["PATH", "HOME", "SETUPTOOLS_USE_DISTUTILS"])
        let names = Set(scene.start.variables.keys).subtracting(known).sorted()
        var findings: [Finding] = []
        for file in scene.path?.configurations ?? [] {
            let minor = scene.path?.python.split(separator: ".").last.flatMap { Int($0) }
            let code = PathConfiguration(scene.files.contents(of: file) ?? [], minor: minor).lines.filter(\.isCode)
            // Once for all names: an image can have thousands, and a line be long.
            var asked: Set<Substring> = []
            for line in code {
                for quote: Character in ["'", "\""] {
                    let parts = line.text.split(separator: quote, omittingEmptySubsequences: false)
                    asked.formUnion(parts.dropFirst().dropLast())
                }
            }
            for name in names where asked.contains(name[...]) {
                findings.append(
                    finding(
                        .warning, scene.name,
                        "the image sets \(name), which \(file) reads when Python executes it at its start",
                        subject: name, ecosystem: nil))
            }
        }
        return findings
    }

    /// The file that tells musl's loader where libraries are, in place of its own directories, where the base has none.
    private static func muslPaths(_ scene: ImportScene) -> [Finding] {
        (scene.files.names(in: "etc") ?? []).compactMap { name in
            guard name.hasPrefix("ld-musl-"), name.hasSuffix(".path"),
                scene.files.lookup("lib/\(name.dropLast(".path".count)).so.1") != nil,
                scene.files.lookup("etc/" + name) != nil, !scene.isVouched("etc/" + name)
            else { return nil }
            return finding(
                .warning, "etc/" + name,
                "etc/\(name) tells the loader to take shared libraries from other directories than its own",
                subject: name, ecosystem: nil)
        }
    }

    /// The libraries of a list that are in the image and that neither a known package nor the base image brought.
    private static func unownedLibraries(_ value: String, _ scene: ImportScene) -> [String] {
        let names = value.parts(at: ": ").filter { $0.utf8.contains(UInt8(ascii: "/")) }.map(String.init)
        return names.filter { name in
            guard let module = scene.file(name), !scene.isBase(module.entry) else { return false }
            return module.owner.map { !scene.isKnown($0.owner) || $0.agreement == .disagrees } ?? true
        }
    }

    /// What is known of the value: how much code lies there that no package owns, or who owns a library.
    private static func holds(_ name: String, _ value: String, _ scene: ImportScene) -> String {
        switch name {
        case "PYTHONPATH":
            let count = scene.unowned.count { entry in
                value.parts(at: ":").contains {
                    place(String($0), scene).map { entry.path.hasBytePrefix(ImportPath.normal($0) + "/") } ?? false
                }
            }
            return count == 0
                ? "" : "; \(count) file\(count == 1 ? "" : "s") that no package owns can be imported there"
        default: return ""
        }
    }
}
