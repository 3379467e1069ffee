import ContainerImages
import EnvironmentInventory

/// Finds the model in an image and compares it with the given one, file by file.
struct BakedModelSearch {
    let training: TrainingSide
    let serving: ServingSide
    /// Whether a file that the model does not have counts.
    let isStrict: Bool

    /// The comparison at a path, or where the image has it; nil when it has none that can be told.
    ///
    /// A directory is the model's when it has every path of it and at least one of the same files. A model that was given as an
    /// archive can also lie in the image as that archive.
    func compare(at path: String?) -> Verification.BakedModel? {
        guard !training.files.isEmpty, let files = serving.fileSystem else { return nil }
        if let path { return compare(given: path, files) }
        if let root = find(files) { return compare(root, isGiven: false, files) }
        guard let archive = training.archive.flatMap({ SHA256Value($0) }) else { return nil }
        var found: String?
        files.forEachEntry { entry in
            if found == nil, entry.kind == .file, entry.sha256 == archive { found = entry.path }
        }
        return found.map {
            .init(path: "/" + $0, isGiven: false, same: training.files.count, files: [], verdict: .match)
        }
    }

    private func compare(given path: String, _ files: FileSystemIndex) -> Verification.BakedModel {
        let shown = path.hasPrefix("/") ? path : "/" + path
        guard let entry = files.lookup(path) else {
            return .init(path: shown, isGiven: true, same: 0, files: [], verdict: .mismatch)
        }
        guard entry.kind == .file else { return compare(entry.path, isGiven: true, files) }
        if training.files.count == 1, let only = training.files.first, entry.sha256 == SHA256Value(only.sha256) {
            return .init(path: shown, isGiven: true, same: 1, files: [], verdict: .match)
        }
        let wanted = training.archive ?? (training.files.count == 1 ? training.files.first?.sha256 : nil)
        if let wanted, entry.sha256 == SHA256Value(wanted) {
            return .init(path: shown, isGiven: true, same: training.files.count, files: [], verdict: .match)
        }
        let name = entry.path.split(separator: "/").last.map(String.init) ?? entry.path
        let file = Verification.BakedModel.File(
            path: name, kind: .changed, training: wanted, serving: entry.sha256?.digest,
            layer: serving.layerName(entry))
        let folder = String(shown.dropLast(name.utf8.count + 1))
        return .init(path: folder, isGiven: true, same: 0, files: [file], verdict: .mismatch)
    }

    /// The directory with most of the same files among those that have every path of the model.
    private func find(_ files: FileSystemIndex) -> String? {
        var paths: [SHA256Value: [String]] = [:]
        for file in training.files {
            if let digest = SHA256Value(file.sha256) { paths[digest, default: []].append(file.path) }
        }
        var counts: [String: Int] = [:]
        files.forEachEntry { entry in
            guard entry.kind == .file, entry.size > 0, let digest = entry.sha256, let wanted = paths[digest] else {
                return
            }
            for path in wanted where entry.path == path || entry.path.hasSuffix("/" + path) {
                counts[String(entry.path.dropLast(path.count)), default: 0] += 1
            }
        }
        let roots = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
        return roots.first { root in
            training.files.allSatisfy { files.lookup(root + $0.path)?.kind == .file }
        }
    }

    private func compare(_ root: String, isGiven: Bool, _ files: FileSystemIndex) -> Verification.BakedModel {
        let folder = root.hasSuffix("/") ? String(root.dropLast()) : root
        let start = folder.isEmpty ? "" : folder + "/"
        var differing: [Verification.BakedModel.File] = []
        var same = 0
        for file in training.files {
            guard let entry = files.lookup(start + file.path), entry.kind == .file else {
                differing.append(.init(path: file.path, kind: .missing, training: file.sha256, serving: nil))
                continue
            }
            if entry.sha256 == SHA256Value(file.sha256) {
                same += 1
            } else {
                differing.append(
                    .init(
                        path: file.path, kind: .changed, training: file.sha256, serving: entry.sha256?.digest,
                        layer: serving.layerName(entry)))
            }
        }
        // Files next to a model of one file do not belong to the model.
        if training.files.count > 1 || training.archive != nil {
            let known = Set(training.files.map { start + $0.path })
            files.forEachEntry(below: folder) { entry in
                guard entry.kind != .directory, !known.contains(entry.path) else { return }
                differing.append(
                    .init(
                        path: String(entry.path.dropFirst(start.count)), kind: .added, training: nil,
                        serving: entry.sha256?.digest, layer: serving.layerName(entry)))
            }
        }
        let isOther = differing.contains { $0.kind != .added } || (isStrict && !differing.isEmpty)
        return .init(
            path: "/" + folder, isGiven: isGiven, same: same,
            files: differing.sorted { ($0.path, $0.kind.rawValue) < ($1.path, $1.kind.rawValue) },
            verdict: isOther ? .mismatch : .match)
    }
}
