import EnvironmentInventory
import ParallelWork
import PythonPackaging
import SourceDocuments

/// Chooses for a target among the files of a package, as an installer would.
struct ArtifactChoice: Sendable {
    let rules: PythonTarget
    let platform: Platform
    let pythonVersion: String

    /// Chooses for each of many packages, on all cores; the error is that of the first package that has one.
    ///
    /// - Parameter package: makes the package of an element.
    func choose<Element: Sendable>(
        forEach elements: [Element], _ package: @escaping @Sendable (Element) -> LockedPackage
    ) throws(LockReadingError) -> [LockedPackage] {
        let chosen = mapInParallel(pieces(of: elements, minimum: 64)) { piece in
            Result { () throws(LockReadingError) in
                var chosen: [LockedPackage] = []
                chosen.reserveCapacity(piece.count)
                for element in piece { chosen.append(try choose(for: package(element))) }
                return chosen
            }
        }
        var all: [LockedPackage] = []
        for piece in chosen { all += try piece.get() }
        return all
    }

    /// Of a package's artifacts the one that an installer would take: the wheel whose tags come first, of equal ones that
    /// with the higher build number; else the source archive; none of none.
    ///
    /// - Throws: when the package has files and none of them fits.
    func choose(for package: LockedPackage) throws(LockReadingError) -> LockedPackage {
        let files = package.files
        if files.isEmpty { return package }
        var best: (rank: PythonTarget.WheelRank, index: Int)?
        var source: Artifact?
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
        if let chosen = best.map({ files.artifact(at: $0.index) }) ?? source {
            var narrowed = package
            narrowed.artifacts = [chosen]
            return narrowed
        }
        // The hashes of a release fit every target: nothing says which file has which.
        if names.allSatisfy({ $0 == nil }) { return package }
        let tags = names.compactMap { $0.flatMap(PythonRules.tagText) }
        var seen: Set<String> = []
        let list = tags.filter { seen.insert($0).inserted }.joined(separator: ", ")
        throw LockReadingError(
            file: package.file, place: package.range.start,
            reason:
                "\(package.name ?? package.text)\(package.version.map { " " + $0 } ?? "") has no artifact for \(platform) and Python \(pythonVersion);"
                + " it has \(list.isEmpty ? "none that can be distinguished" : list)")
    }
}
