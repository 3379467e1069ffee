import SourceDocuments

/// What a uv.lock says about the targets that it is for
/// (https://docs.astral.sh/uv/concepts/resolution/#limited-resolution-environments,
/// https://docs.astral.sh/uv/concepts/projects/config/#conflicting-dependencies).
struct UVCoverage: Sendable {
    /// One extra, group or project of a set of which only one may be installed.
    struct Conflict: Sendable, Hashable {
        let package: String
        var extra: String?
        var group: String?

        /// The name by which the walk knows that it is in.
        var activeName: String {
            let length = package.utf8.count
            if let extra { return "extra-\(length)-\(package)-\(extra)" }
            if let group { return "group-\(length)-\(package)-\(group)" }
            return "project-\(length)-\(package)"
        }

        /// The item as an error names it.
        var description: String {
            if let extra { return "the extra \(extra)" }
            if let group { return "the group \(group)" }
            return "the project \(package)"
        }
    }

    /// The markers of the environments that the lock was resolved for; empty for all.
    var supportedMarkers: [String] = []
    /// The sets of which at most one item may be in.
    var conflicts: [[Conflict]] = []

    init() {}

    /// Reads the coverage of a whole lock.
    init(_ root: DocumentFields) throws(LockReadingError) {
        supportedMarkers = try root.strings("supported-markers")
        for node in try root.array("conflicts") {
            guard let items = node.array else {
                throw root.error("a set of conflicts must be a list, not \(node.typeName)", at: node.place)
            }
            var set: [Conflict] = []
            for item in items {
                let fields = try DocumentFields(item, file: root.file, what: "a conflict")
                set.append(
                    Conflict(
                        package: PythonRules.normalizedName(try fields.requiredName("package")),
                        extra: try fields.string("extra").map(PythonRules.normalizedName),
                        group: try fields.string("group").map(PythonRules.normalizedName)))
            }
            conflicts.append(set)
        }
    }

    /// Refuses a target that the lock, or a group that is asked for, is not for.
    func check(_ target: ResolvedTarget, roots: [UVPackage], file: String) throws(LockReadingError) {
        if !supportedMarkers.isEmpty { try target.check(environments: supportedMarkers, file: file) }
        for root in roots {
            for (group, python) in root.groupPythons.sorted(by: { $0.key < $1.key })
            where target.includes(group: group) {
                guard PythonRules.python(target.pythonVersion, satisfies: python) == false else { continue }
                throw LockReadingError(
                    file: file, place: root.range.start,
                    reason: "the group \(group) is for Python \(python), which excludes \(target.pythonVersion)")
            }
        }
    }

    /// Refuses extras and groups that the project declares to conflict.
    func checkConflicts(_ active: Set<String>, file: String) throws(LockReadingError) {
        for set in conflicts {
            let chosen = set.filter { active.contains($0.activeName) }
            guard chosen.count > 1 else { continue }
            throw LockReadingError(
                file: file, place: nil,
                reason: chosen.map(\.description).joined(separator: " and ")
                    + " conflict and cannot be installed together")
        }
    }
}
