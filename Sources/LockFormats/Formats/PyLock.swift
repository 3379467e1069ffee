/// Reads pylock.toml and pylock.NAME.toml (PEP 751), lock-version 1.0.
///
/// Specification: https://packaging.python.org/en/latest/specifications/pylock-toml/, with its selection of packages: by
/// environments, `requires-python`, extras, dependency groups and markers. Left out: attestations and the `tool` tables, which
/// installers do not use.
enum PyLock: LockFormat {
    static let name = "pylock.toml"

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
        guard version == "1.0" else {
            throw root.error(
                "has lock-version \(version); 1.0 can be read", at: root.table["lock-version"]?.place)
        }
        _ = try root.requiredString("created-by")
        guard root.table["packages"] != nil else { throw root.error("\"packages\" is missing") }
        var document = LockDocument(format: self, text: text)
        document.pythonRequirement = try root.string("requires-python")
        var selection = PyLockSelection(file: text.name)
        selection.environments = try root.strings("environments")
        selection.extras = Set(try root.strings("extras").map(PythonRules.normalizedName))
        selection.groups = Set(try root.strings("dependency-groups").map(PythonRules.normalizedName))
        selection.defaultGroups = Set(try root.strings("default-groups").map(PythonRules.normalizedName))
        var dependencies: [MissingDependencies.Need] = []
        for fields in try root.list("packages") {
            let entry = try PyLockReader.entry(fields)
            selection.entries.append(entry)
            // Where a tool gives them, `dependencies` name packages of the same file.
            for dependency in try fields.list("dependencies") {
                let name = PythonRules.normalizedName(try dependency.requiredString("name"))
                dependencies.append((entry.package.name, name, dependency.range.start))
            }
            document.requirements.append(PyLockReader.requirement(entry, file: text.name))
            guard let index = entry.index, !document.indexes.contains(where: { $0.url == index }) else { continue }
            document.indexes.append(
                LockIndex(
                    kind: document.indexes.isEmpty ? .primary : .extra, url: index, file: text.name, range: entry.range)
            )
        }
        document.problems = MissingDependencies.problems(
            dependencies, held: Set(selection.entries.map(\.package.name)), file: text.name, context: context)
        document.selection = selection
        return document
    }
}

/// One package of a lock that lists packages with markers.
struct PyLockEntry: Sendable {
    var package: Package
    var requiresPython: String?
    var origin: LockRequirement.Origin
    var index: String?
    var range: SourceRange
}

private enum PyLockReader {
    static func entry(_ fields: DocumentFields) throws(LockReadingError) -> PyLockEntry {
        let name = try fields.requiredString("name")
        var package = Package(
            ecosystem: .pypi, name: PythonRules.normalizedName(name), version: try fields.string("version"))
        package.marker = try fields.string("marker")
        package.source = SourceLocation(file: fields.file, line: fields.range.start.line)
        var origin = LockRequirement.Origin.index
        var kinds = 0
        if let vcs = try fields.fields("vcs") {
            kinds += 1
            _ = try vcs.requiredString("type")
            let commit = try vcs.requiredString("commit-id")
            let url = try vcs.string("url")
            let path = try vcs.string("path")
            guard let location = url ?? path else { throw vcs.error("the vcs table names neither url nor path") }
            package.commit = commit
            origin = .git(url: location, revision: commit)
        }
        if let directory = try fields.fields("directory") {
            kinds += 1
            let path = try directory.requiredString("path")
            package.location = path
            if package.version == nil { package.versionRequirement = "@ " + path }
            origin = .path(path, editable: try directory.boolean("editable") ?? false)
        }
        if let archive = try fields.fields("archive") {
            kinds += 1
            let artifact = try artifact(archive)
            package.artifacts = [artifact]
            origin = .url(artifact.url ?? "")
        }
        var files: [Artifact] = []
        for wheel in try fields.list("wheels") { files.append(try artifact(wheel)) }
        if let sdist = try fields.fields("sdist") { files.append(try artifact(sdist)) }
        if !files.isEmpty { package.artifacts = files }
        if kinds + (files.isEmpty ? 0 : 1) != 1 {
            throw fields.error(
                kinds == 0
                    ? "\(name) has no source: it needs vcs, directory, archive, sdist or wheels"
                    : "\(name) has more than one kind of source")
        }
        return PyLockEntry(
            package: package, requiresPython: try fields.string("requires-python"), origin: origin,
            index: try fields.string("index"), range: fields.range)
    }

    private static func artifact(_ fields: DocumentFields) throws(LockReadingError) -> Artifact {
        let url = try fields.string("url")
        let path = try fields.string("path")
        guard let location = url ?? path else { throw fields.error("names neither url nor path") }
        guard let table = try fields.fields("hashes") else { throw fields.error("\"hashes\" is missing") }
        var hashes: [Digest] = []
        for member in table.table.members {
            guard let hex = member.value.string else {
                throw table.error("a hash must be a string", at: member.keyPlace)
            }
            // The specification allows every algorithm of hashlib; those that Lockstep does not know prove nothing here.
            guard let algorithm = HashAlgorithm(rawValue: member.key.lowercased()) else { continue }
            guard let digest = Digest(algorithm, hex: hex) else {
                throw table.error("the \(member.key) \(hex) is malformed", at: member.keyPlace)
            }
            hashes.append(digest)
        }
        return Artifact(
            name: try fields.string("name") ?? LockText.fileName(ofURL: location), url: location, hashes: hashes,
            size: try fields.integer("size").flatMap { Int(exactly: $0) })
    }

    static func requirement(_ entry: PyLockEntry, file: String) -> LockRequirement {
        let package = entry.package
        var requirement = LockRequirement(
            ecosystem: .pypi, kind: .locked, name: package.name,
            text: package.name + (package.version.map { "==" + $0 } ?? ""), version: package.version,
            strength: package.version == nil ? .floating : .exact, file: file, range: entry.range)
        requirement.hashes = package.hashes
        requirement.marker = package.marker
        requirement.origin = entry.origin
        if case .git(_, let commit) = entry.origin { requirement.strength = GitRevision.strength(commit) }
        if case .path = entry.origin { requirement.strength = .floating }
        if !requirement.hashes.isEmpty { requirement.strength = .hashed }
        return requirement
    }
}

/// The selection of PEP 751.
struct PyLockSelection: PackageChoice {
    let file: String
    var entries: [PyLockEntry] = []
    var environments: [String] = []
    var extras: Set<String> = []
    var groups: Set<String> = []
    var defaultGroups: Set<String> = []

    init(file: String) { self.file = file }

    var packages: [Package] { entries.map(\.package) }

    func packages(for target: ResolvedTarget) throws(LockReadingError) -> [Package] {
        let start = SourcePlace(line: 1, column: 1)
        var fits = environments.isEmpty
        for marker in environments where !fits {
            fits = try target.holds(marker, extras: [], file: file, place: start)
        }
        if !fits {
            throw LockReadingError(
                file: file, place: nil,
                reason: "is not locked for Python \(target.pythonVersion) on \(target.platform); it is for "
                    + environments.joined(separator: "; "))
        }
        let chosenExtras = try names(target.target.extras, all: target.target.allExtras, of: extras, what: "extra")
        let chosenGroups =
            try names(target.target.groups, all: target.target.allGroups, of: groups, what: "dependency group")
            .union(defaultGroups)
        var chosen: [Package] = []
        var places: [String: Int] = [:]
        for entry in entries {
            let place = entry.range.start
            if let marker = entry.package.marker,
                try !target.holds(marker, extras: chosenExtras, groups: chosenGroups, file: file, place: place)
            {
                continue
            }
            try target.check(requiresPython: entry.requiresPython, of: entry.package.name, file: file, place: place)
            if let other = places.updateValue(place.line, forKey: entry.package.name) {
                throw LockReadingError(
                    file: file, place: place, reason: "\(entry.package.name) is ambiguous: it is also in line \(other)")
            }
            var package = entry.package
            if case .index = entry.origin {
                package.artifacts = try target.choose(
                    package.artifacts, for: package.name, version: package.version, file: file, place: place)
            }
            chosen.append(package)
        }
        return chosen
    }

    private func names(
        _ wanted: Set<String>, all: Bool, of known: Set<String>, what: String
    ) throws(LockReadingError) -> Set<String> {
        if all { return known }
        var found: Set<String> = []
        for name in wanted.sorted() {
            let normalized = PythonRules.normalizedName(name)
            guard known.contains(normalized) else {
                throw LockReadingError(file: file, place: nil, reason: "has no \(what) \"\(name)\"")
            }
            found.insert(normalized)
        }
        return found
    }
}
