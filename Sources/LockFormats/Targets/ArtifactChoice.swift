import EnvironmentInventory
import PythonPackaging
import SourceDocuments

/// Chooses for a target among the files of a package, as an installer would.
struct ArtifactChoice: Sendable {
    let rules: PythonTarget
    let platform: Platform
    let pythonVersion: String

    /// Of a package's artifacts the one that an installer would take: the wheel whose tags come first, of equal ones that
    /// with the higher build number; else the source archive; none of none.
    func choose(
        _ artifacts: [Artifact], for name: String, version: String?, file: String, place: SourcePosition
    ) throws(LockReadingError) -> [Artifact] {
        try choose(LockedFiles(artifacts), or: nil, for: name, version: version, file: file, place: place)
    }

    /// The same of files that may still be text, and of a source archive that stands apart.
    func choose(
        _ files: LockedFiles, or archive: Artifact?, for name: String, version: String?, file: String,
        place: SourcePosition
    ) throws(LockReadingError) -> [Artifact] {
        if files.isEmpty, archive == nil { return [] }
        var best: (rank: PythonTarget.WheelRank, index: Int)?
        var source = archive
        let names = files.names
        for (index, fileName) in names.enumerated() {
            guard let fileName else { continue }
            guard fileName.hasSuffix(".whl") else {
                // The format that pip and uv take first.
                if source == nil || fileName.hasSuffix(".tar.gz") && source?.name?.hasSuffix(".tar.gz") == false {
                    source = files.artifact(at: index)
                }
                continue
            }
            guard rules.mayRun(wheelNamed: fileName), let wheel = try? WheelFileName(fileName),
                let rank = rules.rank(of: wheel)
            else { continue }
            if let current = best, !(rank < current.rank) { continue }
            best = (rank, index)
        }
        if let best { return [files.artifact(at: best.index)] }
        if let source { return [source] }
        let tags = (names + [archive?.name]).compactMap { $0.flatMap(PythonRules.tagText) }
        var seen: Set<String> = []
        let list = tags.filter { seen.insert($0).inserted }.joined(separator: ", ")
        throw LockReadingError(
            file: file, place: place,
            reason:
                "\(name)\(version.map { " " + $0 } ?? "") has no artifact for \(platform) and Python \(pythonVersion);"
                + " it has \(list.isEmpty ? "none that can be told apart" : list)")
    }
}
