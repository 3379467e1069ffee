import LockFormats
import PythonPackaging
import SourceDocuments

/// Holds the requirements that a uv.lock repeats of a project against those that the project has now, as `uv lock --check`
/// does: by name, extras, specifier, source and group, and by what their markers say, in whatever words.
enum RepeatedDeclarations {
    /// What has changed.
    struct Change {
        /// The requirement of the lock; nil where it has none.
        let entry: LockedPackage?
        /// The requirement as the project or the lock writes it.
        let subject: String
        /// One sentence.
        let message: String
        /// Whether nothing is known to have changed: the requirement could not be compared.
        var isUnknown = false
    }

    /// What tells one requirement from another, besides its marker.
    struct Key: Hashable, Comparable {
        let name: String
        let text: String
        let source: String
        let group: String?
        /// The place of the source, where both sides say it in comparable words.
        var place = ""

        static func < (left: Key, right: Key) -> Bool {
            (left.name, left.text, left.source, left.place) < (right.name, right.text, right.source, right.place)
        }
    }

    /// The most requirements, each once for every source that it may have, that are compared.
    private static let maximumParts = 20_000

    /// One requirement under one condition.
    struct Part {
        var key: Key
        /// The place of the source; nil where it is not known.
        let place: String?
        let condition: MarkerEquivalence.Condition
        let requirement: LockedPackage
    }

    /// Returns the first change, else what could not be compared; nil where there is none.
    ///
    /// - Parameters:
    ///   - project: the member's file as it is now.
    ///   - root: the file of the workspace's root, whose sources and indexes count for all members.
    static func change(
        _ lock: LockDocument, _ member: ProjectMember, _ project: LockDocument, root: LockDocument
    ) -> Change? {
        guard project.projects == [member.name], let uv = project.uvProject else { return nil }
        let isDynamic = !project.dynamicMembers.isDisjoint(with: ["dependencies", "optional-dependencies"])
        // Locks of older versions do not repeat every group.
        let hasGroups = lock.repeatsGroups
        func counts(_ part: Part) -> Bool { part.key.group == nil ? !isDynamic : hasGroups }
        let directory = member.path == "." ? "" : member.path
        let all = declared(project, uv: uv, root: root.uvProject ?? uv, directory: directory, lock: lock)
        guard all.count < maximumParts else {
            return Change(
                entry: nil, subject: project.name, message: "it has too many requirements to compare them",
                isUnknown: true)
        }
        let (now, then) = RepeatedSources.placed(
            all.filter(counts), member.declarations.compactMap { locked($0, lock) }.filter(counts))
        let parts = Dictionary(grouping: now, by: \.key)
        let held = Dictionary(grouping: then, by: \.key)
        let pythons = lock.pythonRequirement.flatMap { VersionSpecifierSet($0) }
        var effort = MarkerEquivalence.maximumComparisons
        var compared: Set<Key> = []
        var unknown: Change?
        for part in now where compared.insert(part.key).inserted {
            let requirement = part.requirement
            let place = "\(project.name):\(requirement.range.start.line) declares \(requirement.text)"
            guard let before = held[part.key] else {
                let other = then.first { $0.key.name == part.key.name && $0.key.group == part.key.group }
                let isSameText = other?.key.text == part.key.text
                let made = other.map { isSameText ? "with another source" : "for \(text($0.requirement))" }
                return Change(
                    entry: other?.requirement, subject: requirement.text,
                    message: "\(place), the lock was made \(made ?? "without it")")
            }
            let conditions = (parts[part.key] ?? []).map(\.condition)
            switch MarkerEquivalence.compare(
                conditions, before.map(\.condition), pythons: pythons, effort: &effort)
            {
            case .same: break
            case .different:
                return Change(
                    entry: before.first?.requirement, subject: requirement.text,
                    message: "\(place), the lock was made with another marker")
            case .unknown(let reason):
                let change = Change(
                    entry: before.first?.requirement, subject: requirement.text,
                    message: "\(place): \(reason)", isUnknown: true)
                unknown = unknown ?? change
            }
        }
        guard let gone = then.first(where: { parts[$0.key] == nil })?.requirement else { return unknown }
        return Change(
            entry: gone, subject: gone.text,
            message: "the lock was made for \(text(gone)), which \(project.name) no longer declares")
    }

    private static func text(_ requirement: LockedPackage) -> String {
        (requirement.name ?? "") + requirement.specifier
    }

    /// Name, extras and specifier in one spelling; what comes from elsewhere than an index has its version from there.
    private static func text(of requirement: LockedPackage, source: String) -> String {
        let isFromIndex = RepeatedSources.isIndex(source) || source == "editable"
        let specifiers = isFromIndex ? requirement.specifier.split(separator: ",").map(normal).sorted() : []
        return "\(requirement.name ?? "")[\(Set(requirement.extras).sorted().joined(separator: ","))]"
            + specifiers.joined(separator: ",")
    }

    /// A comparison with its version in one spelling: `>=2024.07` is `>=2024.7`, and `>=2.0` is `>=2`.
    private static func normal(_ text: Substring) -> String {
        guard let specifier = VersionSpecifier(text), let version = specifier.version,
            specifier.comparison != .arbitrary
        else { return text.filter { $0 != " " } }
        var spelled = version.description
        // These two say how many numbers count.
        if !specifier.isPrefix, specifier.comparison != .compatible {
            while spelled.hasSuffix(".0") { spelled.removeLast(2) }
        }
        return specifier.comparison.rawValue + spelled + (specifier.isPrefix ? ".*" : "")
    }

    /// A requirement as a lock repeats it.
    static func locked(_ requirement: LockedPackage, _ lock: LockDocument) -> Part? {
        guard let name = requirement.name else { return nil }
        let isMember = lock.projects.contains(name)
        let source =
            isMember
            ? member(requirement.origin) : RepeatedSources.kind(requirement.origin, index: requirement.index)
        let place =
            isMember ? "" : RepeatedSources.place(requirement.origin, index: requirement.index, in: "")
        return Part(
            key: Key(
                name: name, text: text(of: requirement, source: source), source: source,
                group: requirement.groups.first),
            place: place,
            condition: .init(all: Set([requirement.marker].compactMap(\.self))), requirement: requirement)
    }

    /// The requirements of a project, one for each source that its table gives them.
    private static func declared(
        _ project: LockDocument, uv: UVProject, root: UVProject, directory: String, lock: LockDocument
    ) -> [Part] {
        var parts: [Part] = []
        var effort = MarkerEquivalence.maximumComparisons
        for (index, requirement) in project.requirements.enumerated() where parts.count < maximumParts {
            guard let name = requirement.name else { continue }
            let isExtra = uv.extraRequirements.contains(index)
            let extra = isExtra ? requirement.groups.first : nil
            let group = isExtra ? nil : requirement.groups.first
            var all = Set([requirement.marker].compactMap(\.self))
            if let extra { all.insert("extra == '\(extra)'") }
            for path in uv.groupPaths[index] ?? group.map({ [$0] }) ?? [] {
                all.formUnion(markers(python: uv.groupPythons[path]))
            }
            parts += self.parts(
                requirement, name: name, extra: extra, group: group, all: all, uv: uv, root: root, directory: directory,
                lock: lock, effort: &effort)
        }
        return parts
    }

    /// One requirement of a project, for each source that the tables give it.
    ///
    /// - Parameters:
    ///   - all: the markers under which it counts.
    ///   - directory: the directory of the project, relative to that of the lock.
    static func parts(
        _ requirement: LockedPackage, name: String, extra: String? = nil, group: String? = nil, all: Set<String>,
        uv: UVProject, root: UVProject, directory: String = "", lock: LockDocument, effort: inout Int
    ) -> [Part] {
        var parts: [Part] = []
        func add(_ source: String, at place: String? = "", marker: String? = nil, none: Set<String> = []) {
            let key = Key(name: name, text: text(of: requirement, source: source), source: source, group: group)
            let condition = MarkerEquivalence.Condition(all: all.union([marker].compactMap(\.self)), none: none)
            parts.append(Part(key: key, place: place, condition: condition, requirement: requirement))
        }
        if lock.projects.contains(name) {
            let origin = (uv.sources[name] ?? root.sources[name])?.first?.origin
            let isPackage = lock.members.first { $0.name == name }?.isPackage ?? true
            add(isPackage ? origin.map(member) ?? "" : "")
            return parts
        }
        let isDirect = (try? Requirement(requirement.text))?.url != nil
        let sources = (uv.sources[name] ?? root.sources[name] ?? []).filter {
            ($0.extra == nil || $0.extra == extra) && ($0.group == nil || $0.group == group)
        }
        if isDirect || sources.isEmpty {
            let origin = isDirect ? requirement.origin : .index
            add(
                RepeatedSources.kind(origin, index: nil),
                at: RepeatedSources.place(origin, index: nil, in: directory))
            return parts
        }
        let isOwn = uv.sources[name] != nil
        for entry in sources {
            let own = entry.index
            let url = own ?? entry.indexName.flatMap { root.indexURLs[$0] }
            let base = isOwn && (entry.indexName == nil || own != nil) ? directory : ""
            add(
                RepeatedSources.kind(entry.origin, index: url),
                at: RepeatedSources.place(entry.origin, index: url, in: base), marker: entry.marker)
        }
        let markers = sources.compactMap(\.marker)
        if markers.count < sources.count { return parts }
        // uv leaves the rest out where the markers of the sources leave none, as those of PyTorch's indexes do.
        let rest = MarkerEquivalence.Condition(all: all, none: Set(markers))
        if MarkerEquivalence.compare([rest], [], effort: &effort) != .same { add("", none: rest.none) }
        return parts
    }

    /// What tells one way to install a member of the workspace from another.
    private static func member(_ origin: LockedPackage.Origin) -> String {
        if case .path(_, isEditable: true, _) = origin { "editable" } else { "" }
    }

    /// The markers of a condition on Python, `>=3.12,<4`.
    private static func markers(python: String?) -> [String] {
        (python ?? "").split(separator: ",").compactMap { VersionSpecifier($0) }.map {
            "python_full_version \($0.comparison.rawValue) '\($0.text)\($0.isPrefix ? ".*" : "")'"
        }
    }
}
