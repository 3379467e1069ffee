import EnvironmentInventory
import ParallelWork
import SourceDocuments

/// Reads uv.lock, version 1 with every revision, and the locks of scripts (`NAME.py.lock`).
///
/// The format has no specification but its writer: https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile and
/// https://github.com/astral-sh/uv/blob/main/crates/uv-resolver/src/lock/mod.rs. Read: packages with registry, git, URL, path,
/// directory, editable and virtual sources, their artifacts, dependencies, extras, groups, forks (`resolution-markers`),
/// conflicts (markers over `extra-LENGTH-PACKAGE-EXTRA`), `requires-python`, members of a workspace. Left out: `[options]` and
/// upload times, which say nothing about what is installed.
enum UVLock: LockFormat {
    static let name = "uv.lock"
    static let advice = "Run uv lock, which writes the hashes of every file that an index gives"
    static let projectFile: String? = "pyproject.toml"
    static let projectTables: Set<String> = ["uv"]
    static let isClosed = true
    static let holdsEveryGroup = true
    static let repeatsDeclarations = true
    static let coverage: Set<LockCoverage> = [.python, .markers, .extras, .groups]
    static let nativeInstaller: NativeInstaller? = .uv
    static let evidenceRank: Int? = 1

    /// The members of the file.
    private static let members: Set<String> = [
        "version", "revision", "requires-python", "resolution-markers", "supported-markers", "required-markers",
        "conflicts", "options", "manifest", "package",
    ]

    static func matches(fileName: String, text: SourceText) -> Bool {
        if fileName == "uv.lock" || fileName.hasSuffix(".py.lock") { return true }
        guard fileName.hasSuffix(".lock") else { return false }
        let head = text.string(0..<4096)
        return head.hasPrefix("version = ") && head.contains("[[package]]") && head.contains("\nsource = {")
    }

    static func read(
        _ text: SourceText, context: LockReadingContext
    ) throws(LockReadingError) -> LockDocument {
        let root = try LockText.toml(text)
        guard let version = try root.integer("version") else { throw root.error("\"version\" is missing") }
        guard version == 1 else {
            throw root.error(
                "has version \(version) of uv.lock; version 1 can be read", at: root.table["version"]?.place)
        }
        var reader = UVLockReader(file: text.name)
        try reader.read(root)
        var document = LockDocument(format: self, text: text)
        document.pythonRequirement = try root.string("requires-python")
        let graph = reader.graph
        document.deferRequirements {
            graph.packages
        }
        document.members = reader.projects
        let revision = try root.integer("revision") ?? 0
        document.repeatsGroups = revision >= 1
        document.repeatsDefaultGroups = revision >= 5
        document.uvSettings = UVSettings(lock: root.table)
        document.declarations = reader.projects.flatMap(\.declarations)
        document.limits = reader.limits
        document.environments = [
            "environments": try root.strings("supported-markers"),
            "required-environments": try root.strings("required-markers"),
        ]
        document.indexes = reader.indexes
        document.problems = reader.graph.missingDependencies()
        document.gaps = root.gaps(besides: members) + reader.gaps
        document.projects = reader.graph.projectNames
        document.selection = reader.graph
        releaseElsewhere(root)
        return document
    }
}

/// Turns the tables of a uv.lock into a graph and a list of what is locked.
private struct UVLockReader {
    let file: String
    var graph: UVGraph
    var projects: [ProjectMember] = []
    /// What the lock says of the limits that it was made with.
    var limits: [String: [LockedPackage]] = [:]
    var indexes: [LockIndex] = []
    var gaps: [Gap] = []
    private var seenIndexes: Set<String> = []

    init(file: String) {
        self.file = file
        graph = UVGraph(file: file)
    }

    mutating func read(_ root: DocumentFields) throws(LockReadingError) {
        graph.requiresPython = try root.string("requires-python")
        graph.coverage = try UVCoverage(root)
        if let manifest = try root.fields("manifest") {
            graph.members = Set(try manifest.strings("members").map(PythonRules.normalizedName))
            graph.rootDependencies = try dependencies(manifest.list("requirements"))
            for (key, setting) in [("constraints", "constraint-dependencies"), ("overrides", "override-dependencies")] {
                for declared in try manifest.list(key) {
                    limits[setting, default: []].append(try declaration(declared, group: nil))
                }
            }
            if let groups = try manifest.fields("dependency-groups") {
                for member in groups.table.members {
                    graph.rootGroups[PythonRules.normalizedName(member.key)] = try dependencies(groups.list(member.key))
                }
            }
        }
        let start = self
        let read = mapInParallel(pieces(of: try root.list("package"), minimum: 64)) { piece in
            Result { () throws(LockReadingError) in
                var reader = start
                return (packages: try reader.packages(piece), reader: reader)
            }
        }
        for piece in read {
            let (packages, reader) = try piece.get()
            for package in packages { graph.add(package) }
            projects += reader.projects
            gaps += reader.gaps
            for index in reader.indexes where seenIndexes.insert(index.url).inserted {
                indexes.append(
                    LockIndex(
                        kind: indexes.isEmpty ? .primary : .extra, url: index.url, file: file, range: index.range))
            }
        }
        graph.indexVersions()
        for node in graph.nodes where node.isProject { graph.projectNames.insert(node.package.name) }
    }

    /// Reads some of the packages; what they need of each other is told apart later.
    private mutating func packages(_ list: ArraySlice<DocumentFields>) throws(LockReadingError) -> [UVPackage] {
        var packages: [UVPackage] = []
        packages.reserveCapacity(list.count)
        for fields in list {
            packages.append(try package(fields))
        }
        return packages
    }

    private mutating func package(_ fields: DocumentFields) throws(LockReadingError) -> UVPackage {
        let source = try source(fields)
        if case .registry(let url) = source.kind, seenIndexes.insert(url).inserted {
            indexes.append(
                LockIndex(kind: indexes.isEmpty ? .primary : .extra, url: url, file: file, range: source.range))
        }
        var locked = LockedPackage(
            .locked, name: PythonRules.normalizedName(try fields.requiredName("name")),
            version: try fields.string("version"), file: file, range: fields.range)
        locked.origin = source.origin
        if case .registry(let url) = source.kind { locked.index = url }
        locked.files = try wheels(fields, source)
        if let sdist = try fields.fields("sdist") {
            locked.files = LockedFiles(locked.files, archive: try artifact(sdist, source))
        }
        locked.noteWeakHash()
        locked.dependencies = try dependencies(fields.list("dependencies"))
        var package = UVPackage(locked, source: source)
        package.forkMarkers = try fields.strings("resolution-markers")
        if let optional = try fields.fields("optional-dependencies") {
            for member in optional.table.members {
                package.extras[PythonRules.normalizedName(member.key)] = try dependencies(optional.list(member.key))
            }
        }
        for key in ["dev-dependencies", "dependency-groups"] {
            guard let groups = try fields.fields(key) else { continue }
            for member in groups.table.members {
                package.groups[PythonRules.normalizedName(member.key)] = try dependencies(groups.list(member.key))
            }
        }
        if let pythons = try fields.fields("group-requires-python") {
            for member in pythons.table.members {
                package.groupPythons[PythonRules.normalizedName(member.key)] = try pythons.string(member.key)
            }
        }
        package.defaultGroups = Self.defaultGroups(fields)
        if let metadata = try fields.fields("metadata") {
            try readMetadata(metadata, of: &package)
        } else if graph.isProject(package) {
            // A project that declares nothing has no such table.
            projects.append(project(package))
        }
        for member in fields.table.members
        where member.key.hasSuffix("dependencies") && !Self.lists.contains(member.key) {
            gaps.append(
                Gap(
                    package.name, reason: "Pinproof does not know the dependencies in \(member.key)",
                    source: FileLocation(file: file, line: member.keyPlace.line)))
        }
        return package
    }

    /// The members of a package that list dependencies.
    private static let lists: Set<String> = ["dependencies", "optional-dependencies", "dev-dependencies"]

    private mutating func readMetadata(
        _ metadata: DocumentFields, of package: inout UVPackage
    ) throws(LockReadingError) {
        package.providedExtras = Set(try metadata.strings("provides-extras").map(PythonRules.normalizedName))
        // A package at a path or URL has such a list too; it is not the project's.
        let isProject = graph.isProject(package)
        var project = project(package)
        defer { if isProject { projects.append(project) } }
        if let groups = Self.defaultGroups(metadata) { project.defaultGroups = groups }
        for declared in try metadata.list("requires-dist") where isProject {
            project.declarations.append(try declaration(declared, group: nil))
        }
        guard let groups = try metadata.fields("requires-dev") else { return }
        for member in groups.table.members {
            let group = PythonRules.normalizedName(member.key)
            package.providedGroups.insert(group)
            project.groupNames.insert(group)
            for declared in try groups.list(member.key) where isProject {
                project.declarations.append(try declaration(declared, group: group))
            }
        }
    }

    /// The groups that `uv sync` installs by itself: a list, or `"all"`; nil for `dev` alone. uv writes them beside the
    /// package's version since revision 5.
    private static func defaultGroups(_ fields: DocumentFields) -> Set<String>? {
        guard let groups = fields.table["default-groups"] else { return nil }
        let words = groups.string.map { [$0] } ?? (groups.array ?? []).compactMap(\.string)
        return Set(words.map(PythonRules.normalizedName))
    }

    private func project(_ package: UVPackage) -> ProjectMember {
        var project = ProjectMember(
            name: package.name, path: package.source.path, version: package.version)
        project.extraNames = package.providedExtras
        if case .virtual = package.source.kind { project.isPackage = false }
        if let groups = package.defaultGroups { project.defaultGroups = groups }
        return project
    }

    private func declaration(_ fields: DocumentFields, group: String?) throws(LockReadingError) -> LockedPackage {
        let name = PythonRules.normalizedName(try fields.requiredName("name"))
        let specifier = try fields.string("specifier") ?? ""
        var requirement = LockedPackage(
            .declared, name: name, text: name + specifier, file: file, range: fields.range)
        requirement.specifier = specifier
        requirement.extras = try fields.strings("extras").map(PythonRules.normalizedName)
        requirement.marker = try fields.string("marker")
        requirement.groups = group.map { [$0] } ?? []
        requirement.index = try fields.string("index")
        if let git = try fields.string("git") {
            requirement.origin = .repository(LockedPackage.Repository(source: git))
        }
        if let url = try fields.string("url") { requirement.origin = .archive(url: url, subdirectory: nil) }
        for key in ["path", "directory", "editable", "virtual"] {
            if let path = try fields.string(key) {
                requirement.origin = .path(path, isEditable: key == "editable", subdirectory: nil)
            }
        }
        return requirement
    }

    private func source(_ fields: DocumentFields) throws(LockReadingError) -> UVSource {
        guard let table = try fields.fields("source") else { throw fields.error("\"source\" is missing") }
        for (key, make) in UVSource.kinds {
            guard let value = try table.string(key) else { continue }
            return UVSource(
                kind: make(value), subdirectory: try table.string("subdirectory"), range: table.range)
        }
        return UVSource(kind: .unknown(table.table.members.first?.key ?? ""), range: table.range)
    }

    private func wheels(_ fields: DocumentFields, _ source: UVSource) throws(LockReadingError) -> LockedFiles {
        if let tables = fields.flatTables("wheels"), let files = LockedFiles(tables) { return files }
        var artifacts: [Artifact] = []
        for wheel in try fields.list("wheels") { artifacts.append(try artifact(wheel, source)) }
        return LockedFiles(artifacts)
    }

    private func artifact(_ fields: DocumentFields, _ source: UVSource) throws(LockReadingError) -> Artifact {
        var url = try fields.string("url")
        let path = try fields.string("path")
        var name = try fields.string("filename")
        if url == nil, case .url(let whole) = source.kind { url = whole }
        if name == nil, let location = url ?? path { name = LockText.fileName(ofURL: location) }
        if name == nil, case .path(let whole) = source.kind { name = LockText.fileName(ofURL: whole) }
        var hashes: [Digest] = []
        if let written = try fields.string("hash") {
            guard let digest = Digest(written) else {
                throw fields.error("the hash \(written) is malformed", at: fields.table["hash"]?.place)
            }
            hashes = [digest]
        }
        return Artifact(
            name: name, url: url ?? path, hashes: hashes, size: try fields.integer("size").flatMap { Int(exactly: $0) })
    }

    private func dependencies(_ list: [DocumentFields]) throws(LockReadingError) -> [LockDependency] {
        var dependencies: [LockDependency] = []
        dependencies.reserveCapacity(list.count)
        for fields in list {
            var dependency = LockDependency(
                name: PythonRules.normalizedName(try fields.requiredName("name")),
                marker: try fields.string("marker"), range: fields.range)
            for key in ["extra", "extras"] where fields.table[key] != nil {
                dependency.extras = try fields.strings(key).map(PythonRules.normalizedName)
            }
            dependency.version = try fields.string("version")
            if fields.table["source"] != nil { dependency.source = try source(fields).kind }
            dependencies.append(dependency)
        }
        return dependencies
    }
}
