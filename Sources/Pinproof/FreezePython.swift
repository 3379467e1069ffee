import ContainerImages
import EnvironmentInventory
import ProgramStart
import PythonPackaging

/// The interpreter that `python3` starts in an image, and the pip that it runs.
struct FreezePython {
    /// The path of the interpreter.
    let path: String
    /// Its version, as precise as the image says it.
    let version: String
    /// The version of its own pip; nil when it has none.
    let pip: String?
    /// The pips of other interpreters, `23.0.1 in usr/lib/python3/dist-packages`.
    let otherPips: [String]

    /// Finds the interpreter on the image's search path; nil when there is none whose release is known.
    init?(_ image: Image) {
        self.init(image.fileSystem, image.configuration, image.environment)
    }

    /// Finds the interpreter on the search path of a configuration.
    init?(_ files: FileSystemIndex, _ configuration: ImageConfiguration, _ environment: Environment) {
        let directories = (configuration.variable("PATH") ?? PythonProgram.defaultPath).split(separator: ":")
        guard let path = directories.map({ "\($0)/python3" }).first(where: { files.lookup($0) != nil }) else {
            return nil
        }
        let known = environment.python?.version
        let minor = known.map { $0.split(separator: ".").prefix(2).joined(separator: ".") }
        guard let release = PythonProgram.release(of: path, files) ?? minor else { return nil }
        self.path = path
        version = minor == release ? known ?? release : release
        var launch = ImportPath.Launch(interpreter: path, python: release)
        for setting in configuration.environment {
            let parts = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { launch.variables[String(parts[0])] = String(parts[1]) }
        }
        let own = ImportPath(launch, files).existing(files).map(\.path)
        let pips = environment.packages.filter { $0.ecosystem == .pypi && $0.name == "pip" }
        // Of several, that of the first directory: one that was installed besides Debian's.
        pip = own.lazy.compactMap { place in pips.first { $0.location == place } }.first?.version
        otherPips = pips.compactMap { pip in
            guard let location = pip.location, !own.contains(location) else { return nil }
            return "\(pip.version ?? "of no version") in \(location)"
        }
    }

    /// The first pip that installs for another interpreter, `pip --python` (https://pip.pypa.io/en/stable/news/#v22-3).
    static let oldestPip = "22.3"

    /// Whether its pip can install into the environment of a frozen image.
    var hasUsablePip: Bool {
        guard let pip, let version = PythonVersion(pip), let oldest = PythonVersion(Self.oldestPip) else {
            return false
        }
        return version >= oldest
    }

    /// What is wrong with its pip; nil when it can be used.
    var pipProblem: String? {
        if hasUsablePip { return nil }
        if let pip { return "has pip \(pip), and pip --python needs \(Self.oldestPip) or later" }
        let others = otherPips.isEmpty ? "" : "; pip \(otherPips.joined(separator: ", ")) belongs to another Python"
        return "has no pip for its Python \(version), \(path)\(others)"
    }
}
