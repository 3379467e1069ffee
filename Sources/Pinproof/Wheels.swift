import EnvironmentInventory
import EnvironmentVerification
import ParallelWork
import SourceDocuments

/// Reads wheels and wheel maps.
enum Wheels {
    /// Returns the map of a directory, and what is wrong with the records of its wheels.
    static func read(
        folder: String, prefixes: [String] = [], cancellation: Cancellation
    ) throws(InputError) -> (map: WheelMap, problems: [String]) {
        guard isFolder(folder) else { throw InputError("\(folder): it is not a directory") }
        let files = try FileWalk(exclude: GitIgnore([])).files(below: folder).map(\.path).filter {
            $0.hasSuffix(".whl") || $0.hasSuffix(".conda") || $0.hasSuffix(".tar.bz2")
        }
        let results = mapInParallel(files) { path in
            Result<WheelFile?, InputError> { () throws(InputError) in
                if cancellation.isCancelled { throw InputError("cancelled") }
                return try InputError.wrapping { () throws(WheelReadingError) in try Self.wheel(path, prefixes) }
            }
        }
        var entries: [WheelMap.Entry] = []
        var problems: [String] = []
        var wheels: [WheelFile] = []
        for (path, result) in zip(files, results) {
            guard let wheel = try result.get() else { continue }
            if let problem = wheel.nameProblem {
                problems.append("\(path): \(problem); it is left out")
                continue
            }
            entries.append(wheel.entry)
            problems += wheel.recordProblems.map { "\(path): \($0)" }
            wheels.append(wheel)
        }
        guard !entries.isEmpty else {
            if let first = problems.first { throw InputError(first) }
            throw InputError("\(folder): there is no wheel and no conda package in it")
        }
        return (WheelMap(entries), problems + sharedPaths(wheels.filter { $0.entry.ecosystem == .pypi }))
    }

    private static func wheel(_ path: String, _ prefixes: [String]) throws(WheelReadingError) -> WheelFile? {
        if path.hasSuffix(".whl") { return try WheelFile.read(path: path) }
        return try CondaPackageFile.read(path: path, prefixes: prefixes).map {
            WheelFile(entry: $0.entry, recordProblems: $0.recordProblems, launchers: [])
        }
    }

    /// Returns the paths that wheels of two distributions install with different bytes: the order of installation decides.
    ///
    /// Equal bytes do no harm: the `__init__.py` of a namespace, an empty `tests/__init__.py`.
    private static func sharedPaths(_ wheels: [WheelFile]) -> [String] {
        var owners: [String: (wheel: WheelMap.Entry, digest: Digest?)] = [:]
        var problems: [String] = []
        for wheel in wheels {
            let launchers = wheel.launchers.map { (path: "<scripts>/\($0)", digest: nil as Digest?) }
            let files = (wheel.entry.files.merging(wheel.entry.scripts) { first, _ in first })
                .map { (path: $0.key, digest: $0.value as Digest?) }
            for (path, digest) in (launchers + files).sorted(by: { $0.path < $1.path }) {
                guard let owner = owners[path] else {
                    owners[path] = (wheel.entry, digest)
                    continue
                }
                // Wheels of one distribution are its builds for several platforms.
                if owner.wheel.name == wheel.entry.name || (digest != nil && owner.digest == digest) { continue }
                problems.append(
                    "\(wheel.entry.fileName) and \(owner.wheel.fileName) both install \(path), with other bytes")
            }
        }
        return problems
    }

    /// Returns the wheels of `--wheels`, from directories and maps.
    static func collect(
        _ paths: [String], cancellation: Cancellation
    ) throws(InputError) -> (map: WheelMap, problems: [String]) {
        var map = WheelMap([])
        var problems: [String] = []
        for path in paths {
            if isFolder(path) {
                let (wheels, found) = try read(folder: path, cancellation: cancellation)
                map = map.merging(wheels)
                problems += found
            } else {
                let text = try readText(path)
                map = map.merging(try InputError.wrapping { () throws(DocumentError) in try WheelMap(json: text) })
            }
        }
        return (map, problems)
    }
}
