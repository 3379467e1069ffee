import LockFormats

/// How the packages get into the image: the installer, where it comes from, and the files that it reads.
package struct Installation: Sendable {
    /// A file of the lock's own project that the installer reads beside the lock.
    package struct ProjectFile: Sendable {
        /// The name, without its folder.
        package let name: String
        /// The text.
        package let text: String

        /// Makes a file.
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
    /// The conda packages; nil where the installer is none of conda's.
    package let explicit: CondaExplicitFile?
    /// Lock and manifest, for an installer that reads the lock itself.
    package let project: [ProjectFile]
    /// What chooses among the lock's extras, groups and environments.
    package let choice: [String]
    /// The tools that build sdists, locked; nil when nothing is built.
    package let buildTools: HashedRequirements?
    /// Every package with its version, by name.
    package let packages: [(name: String, version: String)]

    /// Makes an installation by `pip`, or by `uv pip sync`.
    package init(
        installer: Installer = .pip, image: InstallerImage? = nil, requirements: HashedRequirements,
        buildTools: HashedRequirements? = nil
    ) {
        self.init(
            installer: installer, image: image, requirements: requirements, explicit: nil, project: [], choice: [],
            buildTools: buildTools, packages: requirements.packages)
    }

    /// Makes an installation from an explicit file, with pip for what is not conda's.
    package init(
        installer: Installer, image: InstallerImage?, explicit: CondaExplicitFile, requirements: HashedRequirements?
    ) {
        let packages = explicit.entries.map { ($0.name, $0.version) } + (requirements?.packages ?? [])
        self.init(
            installer: installer, image: image, requirements: requirements, explicit: explicit, project: [], choice: [],
            buildTools: nil, packages: packages.sorted { ($0.0, $0.1) < ($1.0, $1.1) })
    }

    /// Makes an installation by a tool that reads the lock itself: `uv sync`, `pixi install`.
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
    /// - Throws: ``FreezeError`` when a name is none that could stand in a command.
    package static func uvChoice(_ target: Target) throws(FreezeError) -> [String] {
        var words = target.allExtras ? ["--all-extras"] : []
        if target.allGroups { words.append("--all-groups") }
        for extra in target.extras.sorted() { words += ["--extra", try name(extra)] }
        for group in target.groups.sorted() { words += ["--group", try name(group)] }
        return words
    }

    /// The options of `pixi install` that choose the environment.
    ///
    /// - Throws: ``FreezeError`` when the name is none that could stand in a command.
    package static func pixiChoice(_ target: Target) throws(FreezeError) -> [String] {
        ["--environment", try name(target.environment ?? "default")]
    }

    private static func name(_ text: String) throws(FreezeError) -> String {
        guard FreezeText.isWord(text), !text.hasPrefix("-") else {
            throw FreezeError(reasons: ["'\(text)' is no name of an extra, group or environment"])
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

    /// Where the image holds the environment.
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

    var templateValues: [String: String] {
        let said = "yes"
        let isSync = installer == .uv && !project.isEmpty
        var values: [String: String] = [
            "installer": installer.rawValue,
            "installer.image": image?.reference.description ?? "",
            "installer.path": image?.path ?? "",
            "installer.stage": installer.bringsInterpreter && image != nil ? said : "",
            "installer.copied": installer == .uv && image != nil ? said : "",
            "install.file": explicit == nil ? Self.requirementsFile : Self.explicitFile,
            "environment": environmentFolder,
            "project": Self.projectFolder,
            "project.files": project.map(\.name).joined(separator: " "),
            "choice": choice.isEmpty ? "" : " " + choice.joined(separator: " "),
            "pip": installer == .pip ? said : "",
            "uv": installer == .uv ? said : "",
            "uv.sync": isSync ? said : "",
            "uv.pip": installer == .uv && !isSync ? said : "",
            "conda": installer == .conda ? said : "",
            "micromamba": installer == .micromamba ? said : "",
            "explicit": explicit == nil ? "" : said,
            "explicit.pip": explicit != nil && requirements != nil ? Self.requirementsFile : "",
            "pixi": installer == .pixi ? said : "",
            "build": isBuilding ? said : "",
            "build.tools": Self.buildToolsFile,
            "build.sdists": requirements?.sdists.isEmpty ?? true ? "" : Self.sdistFile,
            "build.sources": "",
            "build.repositories": "",
        ]
        if let repositories = requirements?.repositories, isBuilding, !repositories.isEmpty {
            // BuildKit fetches a repository by its commit (https://docs.docker.com/build/concepts/context/#git-repositories).
            values["build.sources"] =
                repositories.map { "ADD \(Self.repositoryURL($0)) /tmp/sources/\($0.name)" }.joined(separator: "\n")
            values["build.repositories"] = repositories.map { "/tmp/sources/\($0.name)" }.joined(separator: " ")
        }
        return values
    }

    private static func repositoryURL(_ repository: HashedRequirements.Repository) -> String {
        // Only a URL that ends in .git is a repository to ADD.
        let url = repository.url.hasSuffix("/") ? String(repository.url.dropLast()) : repository.url
        return (url.hasSuffix(".git") ? url : url + ".git") + "#" + repository.commit
    }
}
