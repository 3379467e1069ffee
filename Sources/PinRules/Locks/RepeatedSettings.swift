import LockFormats
import SourceDocuments

/// Holds the settings of uv that a uv.lock repeats against those that the project has now.
enum RepeatedSettings {
    /// The first setting that has changed; nil where there is none.
    ///
    /// - Parameters:
    ///   - uv: what the workspace's root says, or the settings file beside it: its settings count.
    ///   - projects: the members, whose conflicts count too.
    static func change(
        _ lock: LockDocument, _ uv: UVProject, _ projects: [(ProjectMember, LockDocument)]
    ) -> String? {
        // The lock of a script has no project.
        guard !lock.members.isEmpty, let held = lock.uvSettings else { return nil }
        var now = uv.settings
        for (_, project) in projects { project.uvProject.map { now.addConflicts(of: $0.settings) } }
        let names = Set(lock.requirements.compactMap(\.name))
        for setting in Set(held.values.keys).union(now.values.keys).sorted() {
            let before = held.values[setting] ?? []
            var after = now.values[setting] ?? []
            // uv locks again for an exclusion or metadata of what is locked alone.
            if setting == "exclude-dependencies" || setting == "dependency-metadata" {
                after = after.filter { before.contains($0) || names.contains(String($0.prefix { $0 != " " })) }
            }
            if before == after { continue }
            return setting
        }
        if let setting = changedDate(lock, held.dates, now.dates) { return setting }
        return changedIndex(lock, projects.filter { $0.0.path != "." }.compactMap(\.1.uvProject) + [uv])
    }

    private static func changedDate(_ lock: LockDocument, _ held: [String: String], _ now: [String: String]) -> String?
    {
        let names = Set(lock.requirements.compactMap(\.name))
        for name in Set(held.keys).union(now.keys).sorted() where name.isEmpty || names.contains(name) {
            let setting = name.isEmpty ? "exclude-newer" : "exclude-newer-package"
            guard let before = held[name], let after = now[name] else { return setting }
            // What is written as a day or as a span of time is another moment in the lock.
            if isMoment(before), isMoment(after), before != after { return setting }
        }
        return nil
    }

    /// Whether a date is written as uv writes it into its lock, `2026-01-01T00:00:00Z`.
    private static func isMoment(_ text: String) -> Bool { text.utf8.count == 20 && text.hasSuffix("Z") }

    /// Whether packages come from an index that the project, which has a default index of its own, does not name.
    ///
    /// Without one, indexes may come from the machine's settings.
    private static func changedIndex(_ lock: LockDocument, _ projects: [UVProject]) -> String? {
        guard projects.contains(where: \.replacesDefaultIndex) else { return nil }
        let known = Set(projects.flatMap(\.indexes).map(RepeatedDeclarations.withoutUser))
        let isKnown = lock.indexes.allSatisfy { !$0.url.containsText("://") || known.contains($0.url) }
        return isKnown ? nil : "index"
    }
}
