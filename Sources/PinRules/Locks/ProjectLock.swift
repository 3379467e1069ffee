/// Holds a lock against the project file beside it: pyproject.toml, or Pipfile for Pipfile.lock.
///
/// What is asked is whether the lock satisfies the project, not whether its tool would write the same bytes again: every
/// declared package is there, in a version that its specifier accepts. Left out: packages from git, URLs and paths; the
/// groups of locks that may leave groups out (pdm.lock, pylock.toml); and versions where the project overrides them.
enum ProjectLock {
    private static let projectFiles = [
        "uv.lock": "pyproject.toml", "poetry.lock": "pyproject.toml", "pdm.lock": "pyproject.toml",
        "pylock.toml": "pyproject.toml", "Pipfile.lock": "Pipfile",
    ]
    /// What a project file declares, as far as it can be held against versions.
    private struct Declared {
        let name: String
        let text: String
        let specifier: String
        let isMarked: Bool
        let isInGroup: Bool
        let line: Int

        /// Whether a version is one that is asked for; true when the specifier is of no known grammar.
        func accepts(_ version: PythonVersion) -> Bool {
            if let set = VersionSpecifierSet(specifier) { return set.contains(version, allowsPrereleases: true) }
            return PoetryConstraint(specifier)?.contains(version) ?? true
        }
    }

    /// The formats that hold every group of their project.
    private static let wholeFormats: Set<String> = ["uv.lock", "poetry.lock", "Pipfile.lock"]

    /// What the project declares and the lock does not satisfy.
    static func findings(_ lock: LockDocument, _ context: LockReadingContext) -> [Finding] {
        guard let file = projectFiles[lock.format], case .success(let text) = context.load(file) else { return [] }
        guard let declared = declarations(text) else { return [] }
        let locked = Dictionary(grouping: lock.requirements.filter { $0.kind == .locked }, by: { $0.name ?? "" })
        let content = text.string(0..<text.bytes.count)
        let hasOverrides = content.containsText("override")
        var findings: [Finding] = []
        for declaration in declared {
            let name = declaration.name
            if lock.projects.contains(name) || declaration.isInGroup && !wholeFormats.contains(lock.format) { continue }
            // What markers exclude everywhere a lock may leave out, or hold in several versions.
            if declaration.isMarked { continue }
            let place = "\(file):\(declaration.line) declares \(declaration.text)"
            guard let entries = locked[name] else {
                findings.append(finding(lock, nil, declaration.text, "\(place), which the lock does not hold"))
                continue
            }
            let versions = entries.compactMap { entry in entry.version.flatMap { PythonVersion($0) } }
            guard !hasOverrides, !declaration.specifier.isEmpty, versions.count == entries.count,
                !versions.contains(where: { declaration.accepts($0) })
            else { continue }
            let held = entries.compactMap(\.version).joined(separator: ", ")
            findings.append(
                finding(lock, entries.first, declaration.text, "\(place), but the lock holds \(held)"))
        }
        return findings + removed(lock, declared, file)
    }

    /// What the lock says that it was made for, and the project no longer names.
    private static func removed(_ lock: LockDocument, _ declared: [Declared], _ file: String) -> [Finding] {
        // The declarations of a workspace belong to several projects.
        guard lock.projects.count == 1 else { return [] }
        let names = Set(declared.map(\.name))
        return lock.declarations.compactMap { requirement in
            guard let name = requirement.name, !names.contains(name), !lock.projects.contains(name) else { return nil }
            return finding(
                lock, requirement, requirement.text, "the lock was made for \(name), which \(file) no longer declares")
        }
    }

    private static func finding(
        _ lock: LockDocument, _ entry: LockRequirement?, _ subject: String, _ message: String
    ) -> Finding {
        let start = SourcePlace(line: 1, column: 1)
        return Finding(
            rule: StaleLock.rule.name, severity: .error, file: lock.name,
            range: entry?.range ?? SourceRange(start: start, end: start), message: message, help: StaleLock.rule.help,
            ecosystem: .pypi, subject: subject)
    }

    private static func declarations(_ text: SourceText) -> [Declared]? {
        guard LockReader.detect(fileName: text.name, text: text) != nil else { return pipfile(text) }
        return (try? LockReader.read(text, context: .empty))?.requirements.compactMap { requirement in
            guard let name = requirement.name, requirement.ecosystem == .pypi else { return nil }
            return Declared(
                name: name, text: requirement.text,
                specifier: requirement.origin == .index ? requirement.specifier : "",
                isMarked: requirement.marker != nil || requirement.origin != .index,
                isInGroup: requirement.group != nil, line: requirement.range.start.line)
        }
    }

    /// The packages of a Pipfile (https://pipenv.pypa.io/en/latest/pipfile.html).
    private static func pipfile(_ text: SourceText) -> [Declared]? {
        guard let root = (try? TOMLReader.read(text))?.table else { return nil }
        let settings: Set<String> = ["source", "requires", "scripts", "pipenv", "pipfile"]
        var declared: [Declared] = []
        for category in root.members where !settings.contains(category.key) {
            for member in category.value.table?.members ?? [] {
                let table = member.value.table
                let version = member.value.string ?? table?["version"]?.string ?? ""
                let specifier = version == "*" ? "" : version
                let known: Set<String> = ["version", "extras", "index"]
                declared.append(
                    Declared(
                        name: NormalizedName.of(member.key), text: member.key + specifier, specifier: specifier,
                        isMarked: table?.members.contains { !known.contains($0.key) } ?? false,
                        isInGroup: category.key != "packages", line: member.keyPlace.line))
            }
        }
        return declared
    }
}
