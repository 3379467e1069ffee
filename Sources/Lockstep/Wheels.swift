/// `lockstep wheels`: the wheel map of a folder.
public enum Wheels {
    /// Reads every wheel of a folder and renders the map; a wheel whose RECORD lies makes the exit status 1.
    ///
    /// - Throws: ``CommandError`` when the folder or a wheel in it cannot be read whole.
    public static func run(folder: String) throws(CommandError) -> CommandOutput {
        let (map, problems) = try read(folder: folder)
        return CommandOutput(
            text: map.json.text() + "\n", diagnostics: problems.map { "lockstep: " + $0 },
            status: problems.isEmpty ? ExitStatus.success : ExitStatus.found)
    }

    /// The map of a folder, and what is wrong with the records of its wheels.
    static func read(folder: String) throws(CommandError) -> (map: WheelMap, problems: [String]) {
        guard isFolder(folder) else { throw CommandError("\(folder): it is no folder") }
        let files = try FileWalk(exclude: GitIgnore([])).files(below: folder).map(\.path).filter {
            $0.hasSuffix(".whl")
        }
        guard !files.isEmpty else { throw CommandError("\(folder): there is no wheel in it") }
        let results = mapInParallel(files) { path in
            Result<WheelFile, WheelReadingError> { () throws(WheelReadingError) in try WheelFile.read(path: path) }
        }
        var entries: [WheelMap.Entry] = []
        var problems: [String] = []
        for (path, result) in zip(files, results) {
            let wheel = try CommandError.wrapping { () throws(WheelReadingError) in try result.get() }
            entries.append(wheel.entry)
            problems += wheel.recordProblems.map { "\(path): \($0)" }
        }
        return (WheelMap(entries), problems)
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
