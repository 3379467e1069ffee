import EnvironmentInventory
import PythonPackaging
import SourceDocuments

/// Reads pylock.toml and pylock.NAME.toml (PEP 751), lock-version 1.0.
///
/// Specification: https://packaging.python.org/en/latest/specifications/pylock-toml/, with its selection of packages
/// (``PyLockSelection``): by environments, `requires-python`, extras, dependency groups and markers. What the specification
/// forbids is refused, as pip refuses it: a name that is not normalised, a package without a source or with two kinds, a file
/// without a hash or of another package, a malformed version, marker or `requires-python`, a date that is a string. Left out:
/// the contents of attestations, of `dependencies` and of the `tool` tables, which installers do not use, save those
/// of a capture (`CaptureTables`).
enum PyLock: LockFormat {
    static let name = "pylock.toml"
    static let advice = "Lock again with a tool that writes the hashes of every file (uv export, pdm export, pip lock)"
    static let projectFile: String? = "pyproject.toml"
    static let projectTables: Set<String> = ["uv", "poetry", "pdm"]
    static let coverage: Set<LockCoverage> = [.python, .markers, .extras, .groups]
    static let evidenceRank: Int? = 0

    static func matches(fileName: String, text: SourceText) -> Bool {
        guard fileName.hasSuffix(".toml"), fileName != "pyproject.toml" else { return false }
        if fileName == "pylock.toml" || fileName.hasPrefix("pylock.") { return true }
        let head = text.string(0..<4096)
        return head.contains("lock-version = \"1.") && (head.contains("[[packages]]") || head.contains("created-by = "))
    }

    static func read(
        _ text: SourceText, context: LockReadingContext
    ) throws(LockReadingError) -> LockDocument {
        let root = try LockText.toml(text)
        let version = try root.requiredString("lock-version")
        guard version.hasPrefix("1."), version.dropFirst(2).allSatisfy(\.isNumber), version.utf8.count > 2 else {
            throw root.error(
                "has lock-version \(version); 1.0 can be read", at: root.table["lock-version"]?.place)
        }
        _ = try root.requiredString("created-by")
        guard root.table["packages"] != nil else { throw root.error("\"packages\" is missing") }
        var document = LockDocument(format: self, text: text)
        document.pythonRequirement = try PyLockReader.specifier(root)
        document.capture = try CaptureTables.environment(root)
        document.gaps = root.gaps(besides: ["packages"])
        // pdm keeps the hash of its own lock here, where it locks in this format.
        document.pdmInputs = root.table["tool"]?.table?["pdm"]?.table?["lock_inputs"].map { PDMInputs(lock: $0) }
        if let hashes = try root.fields("tool")?.fields("pdm")?.fields("hashes"),
            let hash = try hashes.string("sha256")
        {
            document.contentHash = "sha256:" + hash
            document.contentHashRange = hashes.table["sha256"]?.range
        }
        if version != "1.0" {
            // The specification lets tools read a newer minor version, with a warning.
            document.gaps.append(
                Gap(
                    "lock-version \(version)", reason: "Pinproof knows lock-version 1.0; what is newer is not read",
                    source: FileLocation(file: text.name, line: root.table["lock-version"]?.place.line)))
        }
        var selection = PyLockSelection(file: text.name)
        if root.table["environments"] != nil {
            var environments: [String] = []
            for node in try root.array("environments") {
                environments.append(try PyLockReader.marker(node, root, variables: PyLockReader.environmentVariables))
            }
            selection.environments = environments
        }
        for node in try root.array("extras") {
            selection.extras.insert(try PyLockReader.normalized(node, root))
        }
        selection.groups = Set(try root.strings("dependency-groups").map(PythonRules.normalizedName))
        selection.defaultGroups = Set(try root.strings("default-groups").map(PythonRules.normalizedName))
        var dependencies: [MissingDependencies.Need] = []
        var known: Set<String> = []
        for fields in try root.list("packages") {
            let entry = try PyLockReader.entry(fields)
            selection.entries.append(entry)
            // Where a tool gives them, `dependencies` name packages of the same file.
            for dependency in try fields.list("dependencies") {
                let name = PythonRules.normalizedName(try dependency.requiredName("name"))
                dependencies.append((entry.package.name ?? "", name, dependency.range.start))
            }
            document.add(entry.package)
            guard let index = entry.package.index, known.insert(index).inserted else { continue }
            document.indexes.append(
                LockIndex(
                    kind: document.indexes.isEmpty ? .primary : .extra, url: index, file: text.name,
                    range: entry.package.range))
        }
        document.problems = MissingDependencies.problems(
            dependencies, held: Set(selection.entries.compactMap(\.package.name)), file: text.name, context: context)
        document.selection = selection
        return document
    }
}

enum PyLockReader {
    static func entry(_ fields: DocumentFields) throws(LockReadingError) -> PyLockEntry {
        guard let nameNode = fields.table["name"] else { throw fields.error("\"name\" is missing") }
        let name = try normalized(nameNode, fields)
        var package = LockedPackage(
            .locked, name: name, version: try fields.string("version"), file: fields.file, range: fields.range)
        if let version = package.version, PythonVersion(version) == nil {
            throw fields.error("the version \(version) of \(name) is malformed", at: fields.table["version"]?.place)
        }
        if let node = fields.table["marker"] {
            package.marker = try marker(node, fields, variables: environmentVariables.union(selectionVariables))
        }
        package.index = try fields.string("index")
        var kinds = 0
        if let vcs = try fields.fields("vcs") {
            kinds += 1
            let system = try vcs.requiredString("type")
            let commit = try vcs.requiredString("commit-id")
            let url = try vcs.string("url")
            let path = try vcs.string("path")
            guard let location = url ?? path else { throw vcs.error("the vcs table names neither url nor path") }
            package.origin = .repository(
                .init(
                    system: system, url: location, revision: commit, subdirectory: try vcs.string("subdirectory")))
        }
        if let directory = try fields.fields("directory") {
            kinds += 1
            let path = try directory.requiredString("path")
            package.origin = .path(
                path, isEditable: try directory.boolean("editable") ?? false,
                subdirectory: try directory.string("subdirectory"))
        }
        if let archive = try fields.fields("archive") {
            kinds += 1
            let artifact = try artifact(archive)
            package.artifacts = [artifact]
            package.origin = .archive(url: artifact.url ?? "", subdirectory: try archive.string("subdirectory"))
        }
        var files: [Artifact] = []
        for wheel in try fields.list("wheels") { files.append(try artifact(wheel, of: package, isWheel: true)) }
        if let sdist = try fields.fields("sdist") { files.append(try artifact(sdist, of: package, isWheel: false)) }
        if !files.isEmpty { package.artifacts = files }
        package.noteWeakHash()
        let sources = kinds + (files.isEmpty ? 0 : 1)
        if sources == 0, let key = unknownSource(fields) {
            package.origin = .unknown("Pinproof does not know the source \(key)")
        } else if sources != 1 {
            throw fields.error(
                kinds == 0
                    ? "\(name) has no source: it needs vcs, directory, archive, sdist or wheels"
                    : "\(name) has more than one kind of source")
        }
        for identity in try fields.list("attestation-identities") { _ = try identity.requiredString("kind") }
        package.captured = try CaptureTables.facts(ofEntry: fields)
        return PyLockEntry(package: package, requiresPython: try specifier(fields))
    }

    /// The first member of an entry that may be its source in a later version of the specification.
    private static func unknownSource(_ fields: DocumentFields) -> String? {
        let known: Set<String> = ["dependencies", "attestation-identities", "tool"]
        return fields.table.members.first { member in
            !known.contains(member.key) && (member.value.table != nil || member.value.array?.first?.table != nil)
        }?.key
    }

    /// An artifact; in the specification's own tables it names its place.
    static func artifact(_ fields: DocumentFields, isAddressed: Bool = true) throws(LockReadingError) -> Artifact {
        let url = try fields.string("url")
        let path = try fields.string("path")
        let location = url ?? path
        guard !isAddressed || location != nil else { throw fields.error("names neither url nor path") }
        guard let table = try fields.fields("hashes") else { throw fields.error("\"hashes\" is missing") }
        if table.table.members.isEmpty { throw table.error("\"hashes\" is empty") }
        if let time = fields.table["upload-time"] {
            guard case .date = time.value else {
                throw fields.error("\"upload-time\" must be a date, not \(time.typeName)", at: time.place)
            }
        }
        var hashes: [Digest] = []
        for member in table.table.members {
            guard let hex = member.value.string else {
                throw table.error("a hash must be a string", at: member.keyPlace)
            }
            // The specification allows every algorithm of hashlib; those that Pinproof does not know prove nothing here.
            guard let algorithm = HashAlgorithm(rawValue: member.key.lowercased()) else { continue }
            guard let digest = Digest(algorithm, hex: hex) else {
                throw table.error("the \(member.key) \(hex) is malformed", at: member.keyPlace)
            }
            hashes.append(digest)
        }
        return Artifact(
            name: try fields.string("name") ?? location.flatMap { LockText.fileName(ofURL: $0) }, url: location,
            hashes: hashes,
            size: try fields.integer("size").flatMap { Int(exactly: $0) })
    }

    /// A file of an index: its name says the same package as the entry, in the same version.
    private static func artifact(
        _ fields: DocumentFields, of package: LockedPackage, isWheel: Bool
    ) throws(LockReadingError) -> Artifact {
        let artifact = try artifact(fields)
        let fileName = artifact.name ?? ""
        let named: (name: String, version: PythonVersion)
        if isWheel {
            guard let wheel = try? WheelFileName(fileName) else {
                throw fields.error("\(fileName) is not a file name of a wheel")
            }
            named = (wheel.name, wheel.version)
        } else {
            guard let sdist = try? SdistFileName(fileName) else {
                throw fields.error("\(fileName) is not a file name of a source archive")
            }
            named = (sdist.name, sdist.version)
        }
        guard named.name == package.name else {
            throw fields.error("\(fileName) is not a file of \(package.name ?? "")")
        }
        if let version = package.version, let locked = PythonVersion(version), named.version != locked {
            throw fields.error("\(fileName) is not a file of \(named.name) \(version)")
        }
        return artifact
    }

    /// A name as the specification wants it.
    static func normalized(_ node: DocumentNode, _ fields: DocumentFields) throws(LockReadingError) -> String {
        guard let name = node.string else {
            throw fields.error("a name must be a string, not \(node.typeName)", at: node.place)
        }
        let normalized = PythonRules.normalizedName(name)
        guard !name.isEmpty, name == normalized else {
            throw fields.error("the name \"\(name)\" must be written \"\(normalized)\"", at: node.place)
        }
        return name
    }

    /// The variables of every environment
    /// (https://packaging.python.org/en/latest/specifications/dependency-specifiers/#environment-markers).
    static let environmentVariables: Set<String> = [
        "os_name", "sys_platform", "platform_machine", "platform_python_implementation", "platform_release",
        "platform_system", "platform_version", "python_version", "python_full_version", "implementation_name",
        "implementation_version",
    ]

    /// The variables that only a package of a lock may use; `extra` is none of them.
    private static let selectionVariables: Set<String> = ["extras", "dependency_groups"]

    /// Reads a marker whose variables are defined.
    static func marker(
        _ node: DocumentNode, _ fields: DocumentFields, variables: Set<String>
    ) throws(LockReadingError) -> String {
        guard let text = node.string else {
            throw fields.error("a marker must be a string, not \(node.typeName)", at: node.place)
        }
        let marker: Marker
        do { marker = try Marker(text) } catch {
            throw fields.error("the marker \(text) is malformed: \(error.reason)", at: node.place)
        }
        if let name = marker.variables.subtracting(variables).sorted().first {
            throw fields.error("the marker \(text) uses \(name), which is undefined in a lock", at: node.place)
        }
        return text
    }

    /// The `requires-python` of the lock or of a package.
    static func specifier(_ fields: DocumentFields) throws(LockReadingError) -> String? {
        guard let text = try fields.string("requires-python") else { return nil }
        guard VersionSpecifierSet(text) != nil else {
            throw fields.error(
                "requires-python \"\(text)\" is malformed", at: fields.table["requires-python"]?.place)
        }
        return text
    }
}
