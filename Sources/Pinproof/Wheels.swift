import EnvironmentInventory
import EnvironmentVerification
import ParallelWork
import SourceDocuments

/// `pinproof wheels`: the wheel map of a folder.
package enum Wheels {
    /// Reads every wheel of a folder and renders the map; a wheel whose RECORD lies makes the exit status 1.
    ///
    /// - Throws: ``CommandError`` when the folder or a wheel in it cannot be read whole.
    ///
    /// - Parameters:
    ///   - listsFiles: whether the map holds each file's digest, so that `verify` can name those that differ.
    ///   - prefixes: paths of environments, which are written into the files of conda packages.
    package static func run(
        folder: String, listsFiles: Bool = false, prefixes: [String] = []
    ) throws(CommandError) -> CommandOutput {
        if let relative = prefixes.first(where: { !$0.hasPrefix("/") }) {
            throw CommandError("--prefix takes an absolute path, not '\(relative)'", kind: .usage)
        }
        let (map, problems) = try read(folder: folder, prefixes: prefixes)
        return CommandOutput(
            text: (listsFiles ? map : map.withoutFiles).json.document(),
            diagnostics: problems.map { "pinproof: " + $0 },
            status: problems.isEmpty ? ExitStatus.success : ExitStatus.found)
    }

    /// The map of a folder, and what is wrong with the records of its wheels.
    static func read(
        folder: String, prefixes: [String] = []
    ) throws(CommandError) -> (map: WheelMap, problems: [String]) {
        guard isFolder(folder) else { throw CommandError("\(folder): it is no folder") }
        let files = try FileWalk(exclude: GitIgnore([])).files(below: folder).map(\.path).filter {
            $0.hasSuffix(".whl") || $0.hasSuffix(".conda") || $0.hasSuffix(".tar.bz2")
        }
        let results = mapInParallel(files) { path in
            Result<WheelFile?, WheelReadingError> { () throws(WheelReadingError) in
                if path.hasSuffix(".whl") { return try WheelFile.read(path: path) }
                return try CondaPackageFile.read(path: path, prefixes: prefixes).map {
                    WheelFile(entry: $0.entry, recordProblems: $0.recordProblems, launchers: [])
                }
            }
        }
        var entries: [WheelMap.Entry] = []
        var problems: [String] = []
        var wheels: [WheelFile] = []
        for (path, result) in zip(files, results) {
            let read = try CommandError.wrapping { () throws(WheelReadingError) in try result.get() }
            guard let wheel = read else { continue }
            entries.append(wheel.entry)
            problems += wheel.recordProblems.map { "\(path): \($0)" }
            wheels.append(wheel)
        }
        guard !entries.isEmpty else { throw CommandError("\(folder): there is no wheel and no conda package in it") }
        return (WheelMap(entries), problems + sharedPaths(wheels.filter { $0.entry.ecosystem == .pypi }))
    }

    /// The paths that wheels of two distributions install with other bytes: which one stays is up to the installer's order.
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

    /// The wheels of `--wheels`: folders and maps together.
    static func collect(_ paths: [String]) throws(CommandError) -> (map: WheelMap, problems: [String]) {
        var map = WheelMap([])
        var problems: [String] = []
        for path in paths {
            if isFolder(path) {
                let (wheels, found) = try read(folder: path)
                map = map.merging(wheels)
                problems += found
            } else {
                let text = try readText(path)
                map = map.merging(try CommandError.wrapping { () throws(DocumentError) in try WheelMap(json: text) })
            }
        }
        return (map, problems)
    }
}
