import DockerfileFreezing
import Pinproof

/// Writes what a freeze made: everything is looked at before anything is written, and what is the same already stays.
struct FreezeWriting {
    let plan: FreezePlan
    let directory: String
    let replaces: Bool

    /// Writes the files, the Dockerfile last; a line for each.
    func write() throws -> String {
        try makeFolder(directory)
        var pending: [(path: String, bytes: [UInt8])] = []
        var lines: [String] = []
        var inTheWay: [String] = []
        let modelFolder = join(directory, ModelServing.contextFolder)
        var copiesModel = false
        if let model = plan.model {
            let isSame =
                exists(modelFolder)
                && ModelCopy.isSame(modelFolder, as: model.content, isFile: isRegularFile(model.path))
            copiesModel = !isSame
            if copiesModel, exists(modelFolder), !replaces { inTheWay.append(modelFolder) }
            lines.append("\(isSame ? "unchanged" : "wrote") \(modelFolder)\n")
        }
        for file in plan.files {
            let path = join(directory, file.path)
            var bytes = Array(file.text.utf8)
            if isRegularFile(path) {
                let there = try readText(path).bytes
                if file.path == ".dockerignore" { bytes = Self.ignoring(bytes, added: there) }
                if there == bytes {
                    lines.append("unchanged \(path)\n")
                    continue
                }
                if !replaces { inTheWay.append(path) }
            } else if exists(path) {
                throw OutputError("\(path): it is not a file, and cannot be written")
            }
            pending.append((path, bytes))
            lines.append("wrote \(path)\n")
        }
        guard inTheWay.isEmpty else {
            throw OutputError(
                "\(inTheWay.joined(separator: ", ")): already there with other content; use --force to replace them, or another -o to keep them"
            )
        }
        if copiesModel, let model = plan.model {
            try ModelCopy.copy(model.path, model.content, to: modelFolder, replacing: replaces)
        }
        try AtomicFile.write(pending, replacing: replaces)
        return lines.joined()
    }

    /// A .dockerignore of the user's keeps its lines and gets ours behind them, for the last that fits decides
    /// (https://docs.docker.com/build/concepts/context/#dockerignore-files); one that a freeze wrote is replaced.
    private static func ignoring(_ ours: [UInt8], added there: [UInt8]) -> [UInt8] {
        let old = String(decoding: there, as: UTF8.self).split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        let isOurs = old.first == "*" && old.dropFirst().allSatisfy { $0.isEmpty || generated.contains(String($0)) }
        if isOurs { return ours }
        let lines = String(decoding: ours, as: UTF8.self).split(separator: "\n").filter { $0 != "*" }
        let missing = lines.filter { !old.contains($0) }
        if missing.isEmpty { return there }
        let separator: [UInt8] = there.isEmpty || there.last == UInt8(ascii: "\n") ? [] : [UInt8(ascii: "\n")]
        return there + separator + missing.flatMap { Array($0.utf8) + [UInt8(ascii: "\n")] }
    }

    private static let generated: Set<String> = Set(
        [
            Installation.requirementsFile, Installation.explicitFile, Installation.sdistFile,
            Installation.buildToolsFile, ModelServing.contextFolder, "torchserve.properties", "uv.lock",
            "pyproject.toml", "pixi.lock", "pixi.toml",
        ].map { "!" + $0 })
}
