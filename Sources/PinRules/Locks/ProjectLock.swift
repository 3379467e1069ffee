import EnvironmentInventory
import LockFormats
import PythonPackaging
import SourceDocuments

/// Holds a lock against the project file beside it: pyproject.toml, or Pipfile for Pipfile.lock.
///
/// poetry.lock, pdm.lock and Pipfile.lock carry a hash over what the project declared: it decides (``ProjectHash``), and the
/// packages only say what has changed. uv.lock repeats what the project declared. Without these every declared package must be
/// there, in a version that its specifier accepts. Left out: packages from git, URLs and paths; the groups of locks that may
/// leave groups out (pdm.lock, pylock.toml); and versions where the project overrides them.
enum ProjectLock {
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

    /// What the project declares and the lock does not satisfy.
    static func findings(_ lock: LockDocument, _ context: LockReadingContext) -> [Finding] {
        guard let file = lock.format.projectFile else { return [] }
        let text: SourceText
        switch context.load(file) {
        case .success(let loaded): text = loaded
        case .failure(let error):
            // A lock need not stand beside its project.
            return error.isMissing ? [] : [uncompared(lock, with: file, reason: error.reason)]
        }
        let isFresh: Bool?
        let project: LockDocument
        let overridden: Set<String>
        do throws(LockReadingError) {
            isFresh = try self.isFresh(lock, text)
            if isFresh == true, lock.pdmInputs == nil { return [] }
            project = try LockReader.readProject(text, of: lock.format)
            overridden = try ProjectOverrides.names(text)
        } catch {
            return [uncompared(lock, with: file, reason: error.description)]
        }
        let declared = declarations(project)
        let locked = Dictionary(grouping: lock.requirements.filter { $0.kind == .locked }, by: { $0.name ?? "" })
        var findings: [Finding] = []
        for declaration in declared {
            let name = declaration.name
            // What markers exclude everywhere a lock may leave out, or hold in several versions.
            let mayBeLeftOut = declaration.isMarked || declaration.isInGroup && !lock.format.holdsEveryGroup
            if lock.projects.contains(name) || project.projects.contains(name)
                || mayBeLeftOut && (lock.pdmInputs == nil || locked[name] == nil)
            {
                continue
            }
            let place = "\(file):\(declaration.line) declares \(declaration.text)"
            guard let entries = locked[name] else {
                findings.append(finding(lock, of: nil, declaration.text, "\(place), which the lock does not hold"))
                continue
            }
            let versions = entries.compactMap { entry in entry.version.flatMap { PythonVersion($0) } }
            guard !overridden.contains(name), !declaration.specifier.isEmpty, versions.count == entries.count,
                !versions.contains(where: { declaration.accepts($0) })
            else { continue }
            let held = entries.compactMap(\.version).joined(separator: ", ")
            findings.append(
                finding(lock, of: entries.first, declaration.text, "\(place), but the lock holds \(held)"))
        }
        if lock.format.repeatsDeclarations {
            let workspace = WorkspaceMembers(of: lock, root: project, file: file, context)
            findings += repeated(lock, workspace, root: project, context, hasFindings: !findings.isEmpty)
        }
        if let inputs = lock.pdmInputs, findings.isEmpty {
            findings += repeatedInputs(lock, inputs, project, text: text)
        }
        if isFresh == false, findings.isEmpty {
            findings.append(
                finding(
                    lock, at: lock.contentHashRange, file,
                    "\(file) has changed since the lock was made: its hash is no longer \(lock.contentHash ?? "this one")"
                ))
        }
        return findings
    }

    /// What a lock of pdm repeats of its project, and no longer is so; without it what could not be compared.
    private static func repeatedInputs(
        _ lock: LockDocument, _ inputs: PDMInputs, _ project: LockDocument, text: SourceText
    ) -> [Finding] {
        do throws(LockReadingError) {
            switch try RepeatedInputs.change(inputs, project, text: text) {
            case .none: return []
            case .changed(let subject, let message): return [finding(lock, at: nil, subject, message)]
            case .unknown(let reason): return [uncompared(lock, with: project.name, reason: reason)]
            }
        } catch { return [uncompared(lock, with: project.name, reason: error.description)] }
    }

    /// What a lock repeats of its projects and their settings, and no longer is so; without it what could not be compared.
    private static func repeated(
        _ lock: LockDocument, _ workspace: WorkspaceMembers, root: LockDocument, _ context: LockReadingContext,
        hasFindings: Bool
    ) -> [Finding] {
        let projects = workspace.projects
        let removed = projects.flatMap { self.removed(lock, $0, $1) }
        if hasFindings || !removed.isEmpty { return removed }
        var unknown = workspace.unread.map { uncompared(lock, with: $0.file, reason: $0.reason) }
        if let python = changedPython(lock, projects.map(\.1)) { return [python] }
        let changed = changedProject(lock, projects)
        if !changed.isEmpty { return changed }
        if let change = workspace.change { return [finding(lock, at: nil, change.subject, change.message)] }
        for (member, own) in projects {
            guard let change = RepeatedDeclarations.change(lock, member, own, root: root) else { continue }
            if !change.isUnknown { return [finding(lock, of: change.entry, change.subject, change.message)] }
            unknown.append(uncompared(lock, with: own.name, reason: change.message))
        }
        switch RepeatedLimits.change(lock, root) {
        case .none: break
        case .changed(let setting):
            return [
                finding(lock, at: nil, setting, "\(root.name) has changed \(setting) since the lock was made")
            ]
        case .unknown(let setting, let reason):
            unknown.append(uncompared(lock, with: root.name, reason: "\(setting): \(reason)"))
        }
        do throws(LockReadingError) {
            if let uv = try settings(root, context) {
                if let setting = RepeatedSettings.change(lock, uv, projects) {
                    let message = "\(root.name) has changed \(setting) since the lock was made"
                    return [finding(lock, at: nil, setting, message)]
                }
                if let reason = RepeatedSettings.unknownIndex(lock, uv, projects) {
                    unknown.append(uncompared(lock, with: root.name, reason: reason))
                }
            }
        } catch { unknown.append(uncompared(lock, with: error.file, reason: error.description)) }
        return unknown
    }

    /// The indexes of a lock without those from which, as the project says, only what names them comes: nobody can put
    /// another package there in the place of one.
    static func sharedIndexes(_ lock: LockDocument, _ context: LockReadingContext) -> [LockIndex] {
        guard lock.indexes.contains(where: { $0.kind == .extra }), let file = lock.format.projectFile,
            case .success(let text) = context.load(file),
            let project = try? LockReader.readProject(text, of: lock.format)
        else { return lock.indexes }
        func bare(_ url: String) -> Substring { url.hasSuffix("/") ? url.dropLast() : url[...] }
        // One that stands in for the default index is not a second one.
        let primary = project.indexes.filter { $0.kind == .primary }.map(\.url)
        let excluded = Set((project.explicitIndexes + primary).map(bare))
        return lock.indexes.filter { $0.kind != .extra || !excluded.contains(bare($0.url)) }
    }

    /// Whether the lock's own hash is that of the project as it is now; nil where there is none to go by.
    private static func isFresh(_ lock: LockDocument, _ project: SourceText) throws(LockReadingError) -> Bool? {
        guard let hash = lock.contentHash, !hash.isEmpty else { return nil }
        let candidates = try ProjectHash.candidates(project: project, lockFormat: lock.format, writer: lock.writer)
        guard let candidates else { return nil }
        if candidates.contains(hash) { return true }
        // Poetry 1 calls such a lock fresh and Poetry 2 does not: what is declared decides.
        let former = try ProjectHash.withoutProject(project, lockFormat: lock.format, writer: lock.writer)
        return former == hash ? nil : false
    }

    /// Whether two conditions on Python are the same in other words, `>=3.12,<3.13` and `==3.12.*`.
    static func acceptSamePythons(_ left: String, _ right: String) -> Bool {
        guard let left = VersionSpecifierSet(left), let right = VersionSpecifierSet(right) else { return true }
        func isSame(_ version: String) -> Bool {
            guard let version = PythonVersion(version) else { return true }
            return left.contains(version, allowsPrereleases: true) == right.contains(version, allowsPrereleases: true)
        }
        for minor in 0...40 {
            for patch in 0...30 where !isSame("3.\(minor).\(patch)") { return false }
        }
        return isSame("4.0.0")
    }

    /// A change of the Python versions that the project is for.
    ///
    /// The lock of a workspace is for the Pythons that all of its projects are for.
    private static func changedPython(_ lock: LockDocument, _ projects: [LockDocument]) -> Finding? {
        let declared = projects.compactMap(\.pythonRequirement)
        guard projects.count == lock.projects.count, let locked = lock.pythonRequirement, !declared.isEmpty,
            !acceptSamePythons(locked, declared.joined(separator: ","))
        else { return nil }
        let changed = projects.first { $0.pythonRequirement.map { !acceptSamePythons(locked, $0) } ?? false }
        return finding(
            lock, at: nil, "requires-python",
            "\(changed?.name ?? projects[0].name) is for Python \(changed?.pythonRequirement ?? declared[0]), "
                + "the lock was made for \(locked)")
    }

    /// A project that has another name or another version than the lock repeats.
    private static func changedProject(
        _ lock: LockDocument, _ projects: [(ProjectMember, LockDocument)]
    ) -> [Finding] {
        for (member, project) in projects {
            if let name = project.projects.first, name != member.name {
                return [
                    finding(lock, at: nil, name, "\(project.name) is now \(name), the lock was made for \(member.name)")
                ]
            }
            let groups = member.groupNames.symmetricDifference(project.groupNames)
            if lock.repeatsGroups, let group = groups.sorted().first {
                let hasGroup = project.groupNames.contains(group)
                return [
                    finding(
                        lock, at: nil, group,
                        "\(project.name) \(hasGroup ? "has" : "no longer has") the group \(group), the lock was made "
                            + (hasGroup ? "without it" : "with it"))
                ]
            }
            if let change = changedParts(lock, member, project) { return [finding(lock, at: nil, change.0, change.1)] }
            if let locked = member.version, let version = project.projectVersion, !isSame(locked, version) {
                return [
                    finding(
                        lock, at: nil, member.name,
                        "\(project.name) is now version \(version), the lock was made for \(member.name) \(locked)")
                ]
            }
        }
        return []
    }

    /// Extras, default groups and what makes a package of a project, with the sentence that says what has changed.
    private static func changedParts(
        _ lock: LockDocument, _ member: ProjectMember, _ project: LockDocument
    ) -> (String, String)? {
        guard let uv = project.uvProject else { return nil }
        let isDynamic = project.dynamicMembers.contains("optional-dependencies")
        if lock.repeatsGroups, !isDynamic,
            let extra = member.extraNames.symmetricDifference(uv.extraNames).min()
        {
            let hasExtra = uv.extraNames.contains(extra)
            return (
                extra,
                "\(project.name) \(hasExtra ? "has" : "no longer has") the extra \(extra), the lock was made "
                    + (hasExtra ? "without it" : "with it")
            )
        }
        if lock.repeatsDefaultGroups, member.defaultGroups != uv.defaultGroups {
            return ("default-groups", "\(project.name) has changed default-groups since the lock was made")
        }
        // What another project needs is built as a package without saying so.
        let isNeeded = !lock.repeatsGroups || lock.declarations.contains { $0.name == member.name }
        if let isPackage = uv.isPackage ?? (isNeeded ? nil : false), member.isPackage != isPackage {
            let what = isPackage ? "is now built as a package" : "is no longer built as a package"
            return (member.name, "\(project.name) \(what), the lock was made otherwise")
        }
        if member.version != nil, project.dynamicMembers.contains("version") {
            return (
                member.name,
                "\(project.name) leaves the version to the build backend, the lock was made for version "
                    + (member.version ?? "")
            )
        }
        return nil
    }

    /// Whether two spellings are the same version.
    private static func isSame(_ left: String, _ right: String) -> Bool {
        guard let left = PythonVersion(left), let right = PythonVersion(right) else { return left == right }
        return left == right
    }

    /// What a project tells uv, with the settings file beside it, which takes the place of some of it.
    private static func settings(
        _ root: LockDocument, _ context: LockReadingContext
    ) throws(LockReadingError) -> UVProject? {
        switch context.load("uv.toml") {
        case .success(let text): return try root.uvProject?.with(settingsFile: text)
        case .failure(let error) where error.isMissing: return root.uvProject
        case .failure(let error): throw LockReadingError(file: "uv.toml", place: nil, reason: error.reason)
        }
    }

    /// What the lock says that it was made for, and a project no longer names.
    private static func removed(
        _ lock: LockDocument, _ member: ProjectMember, _ project: LockDocument
    ) -> [Finding] {
        // What the build backend says of the dependencies is not in the file.
        if project.dynamicMembers.contains("dependencies") || project.dynamicMembers.contains("optional-dependencies") {
            return []
        }
        let names = Set(project.requirements.compactMap(\.name))
        return member.declarations.compactMap { requirement in
            guard let name = requirement.name, !names.contains(name), !lock.projects.contains(name) else { return nil }
            return finding(
                lock, of: requirement, requirement.text,
                "the lock was made for \(name), which \(project.name) no longer declares")
        }
    }

    /// A lock that may be stale or not.
    private static func uncompared(_ lock: LockDocument, with file: String, reason: String) -> Finding {
        finding(lock, at: nil, file, "the lock was not compared with \(file): \(reason)", strength: .unknown)
    }

    private static func finding(
        _ lock: LockDocument, of entry: LockedPackage?, _ subject: String, _ message: String
    ) -> Finding {
        finding(lock, at: entry?.range, subject, message)
    }

    private static func finding(
        _ lock: LockDocument, at range: SourceRange?, _ subject: String, _ message: String,
        strength: PinStrength? = nil
    ) -> Finding {
        let start = SourcePosition(line: 1, column: 1)
        return Finding(
            rule: StaleLock.rule.name, severity: .error, file: lock.name,
            range: range ?? SourceRange(start: start, end: start), message: message, help: StaleLock.rule.help,
            ecosystem: .pypi, subject: subject, strength: strength)
    }

    private static func declarations(_ project: LockDocument) -> [Declared] {
        project.requirements.compactMap { requirement in
            guard let name = requirement.name, requirement.ecosystem == .pypi else { return nil }
            return Declared(
                name: name, text: requirement.text,
                specifier: requirement.origin == .index ? requirement.specifier : "",
                isMarked: requirement.marker != nil || requirement.origin != .index,
                isInGroup: !requirement.groups.isEmpty, line: requirement.range.start.line)
        }
    }
}
