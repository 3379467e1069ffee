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
        return changedIndex(lock, all(uv, projects))
    }

    private static func changedDate(_ lock: LockDocument, _ held: [String: String], _ now: [String: String]) -> String?
    {
        let names = Set(lock.requirements.compactMap(\.name))
        for name in Set(held.keys).union(now.keys).sorted() where name.isEmpty || names.contains(name) {
            let setting = name.isEmpty ? "exclude-newer" : "exclude-newer-package"
            guard let before = held[name], let after = now[name] else { return setting }
            // What is written as a day or as a span of time is another moment in the lock.
            if isMoment(before), isMoment(after), before != after { return setting }
            if let before = TimeSpan.seconds(before), let after = TimeSpan.seconds(after), before != after {
                return setting
            }
        }
        return nil
    }

    /// Whether a date is written as uv writes it into its lock, `2026-01-01T00:00:00Z`.
    private static func isMoment(_ text: String) -> Bool { text.utf8.count == 20 && text.hasSuffix("Z") }

    /// Whether packages come from an index that the project, which has a default index of its own, does not name, or from
    /// another directory than those that it names.
    ///
    /// Without a default index, the URL of an index may come from the machine's settings.
    private static func changedIndex(_ lock: LockDocument, _ projects: [UVProject]) -> String? {
        guard let indexes = Indexes(lock, projects), !indexes.others.isEmpty else { return nil }
        if projects.contains(where: \.replacesDefaultIndex) { return "index" }
        let isPath = indexes.others.contains { !$0.contains("://") }
        return isPath && !indexes.unused.isEmpty ? "index" : nil
    }

    /// Why it cannot be told whether the indexes have changed: the project names one from which nothing comes, and something
    /// comes from one that only the machine's settings may name; nil where that is not so.
    static func unknownIndex(
        _ lock: LockDocument, _ uv: UVProject, _ projects: [(ProjectMember, LockDocument)]
    ) -> String? {
        guard !lock.members.isEmpty, let indexes = Indexes(lock, all(uv, projects)),
            let other = indexes.others.sorted().first(where: { $0 != DefaultIndex.url }),
            let unused = indexes.unused.min()
        else { return nil }
        return "packages come from \(other), which it does not name, and none from \(unused), which it names"
    }

    /// What the members of a workspace and its root tell uv.
    private static func all(_ uv: UVProject, _ projects: [(ProjectMember, LockDocument)]) -> [UVProject] {
        projects.filter { $0.0.path != "." }.compactMap(\.1.uvProject) + [uv]
    }

    /// The indexes that a lock was made with, held against those that its projects name.
    private struct Indexes {
        /// Those of the lock that no project names.
        let others: Set<String>
        /// Those that the root names for every package, and from which none comes.
        let unused: Set<String>

        /// Nil where one of them is not known from its text.
        ///
        /// - Parameter projects: the members of the workspace, with its root at the end.
        init?(_ lock: LockDocument, _ projects: [UVProject]) {
            func places(_ urls: some Sequence<String>) -> Set<String>? {
                var places: Set<String> = []
                for url in urls {
                    guard let place = RepeatedSources.index(url, in: "") else { return nil }
                    places.insert(place)
                }
                return places
            }
            // What members name stands in relation to their directories, and only sources use it.
            let isSingle = projects.count == 1
            let root = projects.last
            let names = Set(projects.flatMap { $0.sources.values.joined().compactMap(\.indexName) })
            let ofSources = Set(names.compactMap { root?.indexURLs[$0] })
            let named = Set(projects.flatMap(\.indexes)).union(ofSources).filter { isSingle || $0.contains("://") }
            guard let known = places(named), let used = places(lock.indexes.map(\.url)),
                let shared = places((root?.sharedIndexes ?? []).subtracting(ofSources))
            else { return nil }
            let hasPaths = known.contains { $0.hasPrefix("/") }
            let hasRelativePaths = known.contains { !$0.hasPrefix("/") && !$0.contains("://") }
            others = used.subtracting(known).filter { place in
                if place.contains("://") { return true }
                // An absolute path may be the same as a relative one.
                return isSingle && (place.hasPrefix("/") ? !hasRelativePaths : !hasPaths)
            }
            unused = shared.subtracting(used)
        }
    }
}
