import EnvironmentInventory
import PythonPackaging
import SourceDocuments

/// Writes an environment as a `pylock.toml` of PEP 751
/// (https://packaging.python.org/en/latest/specifications/pylock-toml/), lock-version 1.0.
///
/// What an installer could fetch is in `packages`; everything else, which the specification has no place for, in
/// `tool.pinproof.packages`. The same input gives the same bytes: no time, no name of a directory.
package enum CaptureWriter {
    /// A package with where its artifact comes from.
    package struct Entry: Sendable {
        /// The package.
        package let package: Package
        /// Where its artifact comes from.
        package let source: CapturedSource

        /// Creates an entry.
        package init(package: Package, source: CapturedSource) {
            self.package = package
            self.source = source
        }

        /// Whether an installer finds it in the file: it is a Python package, its version is one, its source is known.
        package var isInstallable: Bool {
            if case .unknown = source { return false }
            return package.ecosystem == .pypi && package.version.map { PythonVersion($0) != nil } ?? true
        }
    }

    /// The file's text.
    ///
    /// - Parameters:
    ///   - kind: what was captured, `venv`.
    ///   - entries: every package of the environment; of Python packages that installers would find two by one name only
    ///     the first is among `packages`.
    package static func text(of environment: Environment, kind: String, entries: [Entry]) -> String {
        var names: Set<String> = []
        var installable: [Entry] = []
        var others: [Entry] = []
        for entry in entries {
            if entry.isInstallable, names.insert(entry.package.name).inserted {
                installable.append(entry)
            } else {
                others.append(entry)
            }
        }
        var lines = ["# What was installed, recorded by pinproof capture. Installers read `packages`.", ""]
        lines.append("lock-version = \"1.0\"")
        if let target = target(of: environment) {
            let machine = target.markerEnvironment["platform_machine"] ?? ""
            let system = target.markerEnvironment["sys_platform"] ?? ""
            let implementation = target.markerEnvironment["implementation_name"] ?? ""
            let marker =
                "sys_platform == '\(system)' and platform_machine == '\(machine)' and implementation_name == '\(implementation)'"
            lines.append("environments = [\(quoted(marker))]")
            lines.append("requires-python = \(quoted("==\(target.major).\(target.minor).*"))")
        }
        lines.append("created-by = \"pinproof\"")
        // An empty list; tables of an array follow else.
        if installable.isEmpty { lines.append("packages = []") }
        lines += ["", "[tool.pinproof]", "capture-version = \(quoted(CaptureTable.version))"]
        lines.append("pinproof-version = \(quoted(pinproofVersion))")
        lines.append("environment = \(quoted(kind))")
        if let python = environment.python {
            lines += ["", "[tool.pinproof.python]", "implementation = \(quoted(python.implementation))"]
            lines.append("version = \(quoted(python.version))")
        }
        if let platform = environment.platform {
            lines += ["", "[tool.pinproof.platform]", "os = \(quoted(platform.os))"]
            lines.append("arch = \(quoted(platform.architecture))")
            if let variant = platform.variant { lines.append("variant = \(quoted(variant))") }
            if let library = platform.cLibrary { lines.append("libc = \(quoted(library.description))") }
        }
        if let variables = environment.numericVariables {
            lines += ["", "[tool.pinproof.variables]"]
            lines += variables.sorted { $0.key < $1.key }.map { "\(quoted($0.key)) = \(quoted($0.value))" }
        }
        lines += CapturedLoading.lines(environment)
        for directory in environment.directories {
            lines += ["", "[[tool.pinproof.directories]]", "path = \(quoted(directory.path))"]
            lines += ["files = \(directory.count)", "digest = \(quoted(directory.digest.description))"]
        }
        for entry in installable { lines += self.entry(entry) }
        for entry in others { lines += other(entry) }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The target that an environment is; nil when its interpreter or platform is not known.
    package static func target(of environment: Environment) -> PythonTarget? {
        guard let python = environment.python, let platform = environment.platform else { return nil }
        return PythonTarget(python: python.version, platform: platform, implementation: python.implementation)
    }

    private static func entry(_ entry: Entry) -> [String] {
        let package = entry.package
        var lines = ["", "[[packages]]", "name = \(quoted(package.name))"]
        // The version of a directory may change with the directory (PEP 751).
        if let version = package.version, !entry.source.isDirectory { lines.append("version = \(quoted(version))") }
        switch entry.source {
        case .wheel(let artifact): lines.append("wheels = [\(inline(artifact))]")
        case .sdist(let artifact): lines.append("sdist = \(inline(artifact))")
        case .archive(let artifact, let subdirectory):
            lines.append(
                "archive = \(table(place(artifact.url) + [("hashes", hashes(artifact))] + named("subdirectory", subdirectory)))"
            )
        case .repository(let type, let url, let commit, let revision, let subdirectory):
            lines.append(
                "vcs = "
                    + table(
                        [("type", quoted(type)), ("url", quoted(url))] + named("requested-revision", revision)
                            + [("commit-id", quoted(commit))] + named("subdirectory", subdirectory)))
        case .directory(let path, let isEditable, let subdirectory):
            lines.append(
                "directory = "
                    + table(
                        [("path", quoted(path)), ("editable", isEditable ? "true" : "false")]
                            + named("subdirectory", subdirectory)))
        case .unknown: break
        }
        let facts = facts(package)
        return facts.isEmpty ? lines : lines + ["", "[packages.tool.pinproof]"] + facts
    }

    private static func other(_ entry: Entry) -> [String] {
        let package = entry.package
        var lines = ["", "[[tool.pinproof.packages]]", "ecosystem = \(quoted(package.ecosystem.rawValue))"]
        lines.append("name = \(quoted(package.name))")
        if let version = package.version { lines.append("version = \(quoted(version))") }
        if let architecture = package.architecture { lines.append("architecture = \(quoted(architecture))") }
        let artifacts: [Artifact] =
            switch entry.source {
            case .unknown(_, let artifacts): artifacts
            case .wheel(let artifact), .sdist(let artifact), .archive(let artifact, _): [artifact]
            case .repository, .directory: []
            }
        // A requirements file lists the hashes of all files of a release together; a table has a key once.
        let single = artifacts.flatMap { artifact in
            artifact.hasOneHashEach
                ? [artifact]
                : artifact.hashes.map { Artifact(name: artifact.name, url: artifact.url, hashes: [$0]) }
        }
        if single.count == 1 {
            lines.append("artifacts = [\(inline(single[0]))]")
        } else if !single.isEmpty {
            lines.append("artifacts = [")
            lines += single.map { "    \(inline($0))," }
            lines.append("]")
        }
        return lines + facts(package)
    }

    private static func facts(_ package: Package) -> [String] {
        var lines: [String] = []
        if let installer = package.installer { lines.append("installer = \(quoted(installer))") }
        if let digest = package.contentDigest { lines.append("content-digest = \(quoted(digest.description))") }
        return lines
    }

    private static func inline(_ artifact: Artifact) -> String {
        table(
            named("name", artifact.name) + place(artifact.url)
                + (artifact.size.map { [("size", String($0))] } ?? []) + [("hashes", hashes(artifact))])
    }

    private static func place(_ url: String?) -> [(String, String)] {
        guard let url else { return [] }
        return [(url.contains("://") ? "url" : "path", quoted(url))]
    }

    private static func hashes(_ artifact: Artifact) -> String {
        table(artifact.hashes.map { ($0.algorithm.rawValue, quoted($0.hex)) })
    }

    private static func named(_ key: String, _ text: String?) -> [(String, String)] {
        text.map { [(key, quoted($0))] } ?? []
    }

    static func table(_ members: [(String, String)]) -> String {
        members.isEmpty ? "{}" : "{ " + members.map { "\($0.0) = \($0.1)" }.joined(separator: ", ") + " }"
    }

    /// A basic string of TOML 1.0, whose escapes are those of JSON.
    static func quoted(_ text: String) -> String { JSONValue.string(text).text() }
}

extension Artifact {
    /// Whether no algorithm is there twice, as in a list of all files of a release.
    var hasOneHashEach: Bool { Set(hashes.map(\.algorithm)).count == hashes.count }
}

extension CapturedSource {
    var isDirectory: Bool {
        if case .directory = self { return true }
        return false
    }
}
