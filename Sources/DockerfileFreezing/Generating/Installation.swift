import LockFormats

/// How the packages are installed into the image: the installer, where it comes from, and the files that it reads.
package struct Installation: Sendable {
    /// A file of the lock's own project that the installer reads in addition to the lock.
    package struct ProjectFile: Sendable {
        /// The name, without its directory.
        package let name: String
        /// The text.
        package let text: String

        /// Creates a file.
        package init(name: String, text: String) {
            self.name = name
            self.text = text
        }
    }

    /// The installer.
    package let installer: Installer
    /// The image that the installer is taken from; nil when the base has it.
    package let image: InstallerImage?
    /// The Python packages with their hashes; nil when the installer reads the lock itself, or all packages are conda's.
    package let requirements: HashedRequirements?
    /// The conda packages; nil if the installer does not install conda packages.
    package let explicit: CondaExplicitFile?
    /// Lock and manifest, for an installer that reads the lock itself.
    package let project: [ProjectFile]
    /// The options that choose among the lock's extras, groups and environments.
    package let choice: [String]
    /// The tools that build sdists, locked; nil when nothing is built.
    package let buildTools: HashedRequirements?
    /// Every package with its version, by name.
    package let packages: [(name: String, version: String)]
    /// The indexes that an installer which reads the lock itself downloads from.
    package var projectIndexes = PackageIndexes()

    /// Creates an installation by `pip`, or by `uv pip sync`.
    package init(
        installer: Installer = .pip, image: InstallerImage? = nil, requirements: HashedRequirements,
        buildTools: HashedRequirements? = nil
    ) {
        self.init(
            installer: installer, image: image, requirements: requirements, explicit: nil, project: [], choice: [],
            buildTools: buildTools, packages: requirements.packages)
    }

    /// Creates an installation from an explicit file; pip installs the packages that are not conda's.
    package init(
        installer: Installer, image: InstallerImage?, explicit: CondaExplicitFile, requirements: HashedRequirements?
    ) {
        let packages = explicit.entries.map { ($0.name, $0.version) } + (requirements?.packages ?? [])
        self.init(
            installer: installer, image: image, requirements: requirements, explicit: explicit, project: [], choice: [],
            buildTools: nil, packages: packages.sorted { ($0.0, $0.1) < ($1.0, $1.1) })
    }

    /// Creates an installation by a tool that reads the lock itself: `uv sync`, `pixi install`.
    package init(
        installer: Installer, image: InstallerImage?, project: [ProjectFile], choice: [String],
        packages: [(name: String, version: String)]
    ) {
        self.init(
            installer: installer, image: image, requirements: nil, explicit: nil, project: project, choice: choice,
            buildTools: nil, packages: packages.sorted { ($0.name, $0.version) < ($1.name, $1.version) })
    }

    private init(
        installer: Installer, image: InstallerImage?, requirements: HashedRequirements?, explicit: CondaExplicitFile?,
        project: [ProjectFile], choice: [String], buildTools: HashedRequirements?,
        packages: [(name: String, version: String)]
    ) {
        self.installer = installer
        self.image = image
        self.requirements = requirements
        self.explicit = explicit
        self.project = project
        self.choice = choice
        self.buildTools = buildTools
        self.packages = packages
    }

    /// The options of `uv sync` that choose the lock's extras and groups as a target does.
    ///
    /// - Throws: ``FreezeError`` if a name cannot be written into a command.
    package static func uvChoice(_ target: Target) throws(FreezeError) -> [String] {
        var words = target.allExtras ? ["--all-extras"] : []
        if target.allGroups { words.append("--all-groups") }
        for extra in target.extras.sorted() { words += ["--extra", try name(extra)] }
        for group in target.groups.sorted() { words += ["--group", try name(group)] }
        return words
    }

    /// The options of `pixi install` that choose the environment.
    ///
    /// - Throws: ``FreezeError`` if the name cannot be written into a command.
    package static func pixiChoice(_ target: Target) throws(FreezeError) -> [String] {
        ["--environment", try name(target.environment ?? "default")]
    }

    private static func name(_ text: String) throws(FreezeError) -> String {
        guard FreezeText.isWord(text), !text.hasPrefix("-") else {
            throw FreezeError(reasons: ["'\(text)' is not a name of an extra, group or environment"])
        }
        return text
    }

    /// The name of the file with the hash-locked requirements.
    package static let requirementsFile = "requirements.frozen.txt"
    /// The name of the explicit file of conda.
    package static let explicitFile = "conda.frozen.txt"
    /// The name of the file with the sdists that are built.
    package static let sdistFile = "sdists.frozen.txt"
    /// The name of the file with the tools that build them.
    package static let buildToolsFile = "build.frozen.txt"
    /// Where the stage that installs keeps the lock's project.
    static let projectFolder = "/opt/project"

    /// The directory of the environment in the image.
    package var environmentFolder: String {
        guard installer == .pixi else { return "/opt/environment" }
        return "\(Self.projectFolder)/.pixi/envs/\(choice.last ?? "default")"
    }

    private var isBuilding: Bool {
        buildTools != nil && !(requirements.map { $0.sdists.isEmpty && $0.repositories.isEmpty } ?? true)
    }

    /// The files that the installer reads, by name.
    var files: [(name: String, text: String)] {
        var files = project.map { (name: $0.name, text: $0.text) }
        if let explicit { files.append((Self.explicitFile, explicit.text)) }
        if let requirements { files.append((Self.requirementsFile, requirements.text)) }
        if isBuilding, let buildTools {
            files.append((Self.buildToolsFile, buildTools.text))
            if let text = requirements?.sdistText { files.append((Self.sdistFile, text)) }
        }
        return files
    }

    /// The indexes and secrets that the installation needs.
    package var indexes: PackageIndexes {
        var indexes = requirements?.indexes ?? projectIndexes
        if isBuilding, let buildTools { indexes.formUnion(buildTools.indexes) }
        return indexes
    }

    /// Adds the values of the template's names.
    func add(to values: inout TemplateValues) {
        let isSync = installer == .uv && !project.isEmpty
        values[.installer] = installer.rawValue
        values[.installerImage] = image?.reference.description
        values[.installerPath] = image?.path
        values.render(.installerStage, if: installer.bringsInterpreter && image != nil)
        values.render(.installerCopied, if: installer == .uv && image != nil)
        values[.installFile] = explicit == nil ? Self.requirementsFile : Self.explicitFile
        values[.secrets] = indexes.mounts
        values[.credentials] = indexes.assignments
        values[.environment] = environmentFolder
        values[.project] = Self.projectFolder
        values[.projectFiles] = project.map(\.name).joined(separator: " ")
        values[.choice] = choice.isEmpty ? nil : " " + choice.joined(separator: " ")
        values.render(.pip, if: installer == .pip)
        values.render(.uv, if: installer == .uv)
        values.render(.uvSync, if: isSync)
        values.render(.uvPip, if: installer == .uv && !isSync)
        values.render(.conda, if: installer == .conda)
        values.render(.micromamba, if: installer == .micromamba)
        values.render(.explicit, if: explicit != nil)
        values[.explicitPip] = explicit != nil && requirements != nil ? Self.requirementsFile : nil
        values.render(.pixi, if: installer == .pixi)
        values.render(.build, if: isBuilding)
        values[.buildTools] = Self.buildToolsFile
        values[.buildSdists] = requirements?.sdists.isEmpty ?? true ? nil : Self.sdistFile
        guard let repositories = requirements?.repositories, isBuilding, !repositories.isEmpty else { return }
        // BuildKit fetches a repository by its commit (https://docs.docker.com/build/concepts/context/#git-repositories).
        values[.buildSources] =
            repositories.map { "ADD \(Self.repositoryURL($0)) /tmp/sources/\($0.name)" }.joined(separator: "\n")
        values[.buildRepositories] =
            repositories.map { "/tmp/sources/\($0.name)" + ($0.subdirectory.map { "/" + $0 } ?? "") }
            .joined(separator: " ")
    }

    private static func repositoryURL(_ repository: HashedRequirements.Repository) -> String {
        // Only a URL that ends in .git is a repository to ADD.
        let url = repository.url.hasSuffix("/") ? String(repository.url.dropLast()) : repository.url
        return (url.hasSuffix(".git") ? url : url + ".git") + "#" + repository.commit
    }
}
