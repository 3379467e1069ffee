import ArchiveReading
import ContainerImages
import EnvironmentInventory
import ModelArchives
import SourceDocuments

/// Finds the model in an image and compares it with the given one, file by file.
///
/// Every file outside of packages that is a model by its content, or has the name of one of the model's payload files, is
/// looked at: an honest copy somewhere else does not excuse another model where the server loads it.
struct BakedModelSearch {
    let training: TrainingSide
    let serving: ServingSide
    /// Whether a file that the model does not have counts.
    let isStrict: Bool
    /// Tells the files of packages, which are not looked at.
    let owners: FileOwners?

    private typealias State = Verification.BakedModel.State

    /// Returns the comparison at a path, or of all that the image has; nil when there is no model to compare.
    func compare(at path: String?) -> Verification.BakedModel? {
        guard !training.files.isEmpty, let files = serving.fileSystem else { return nil }
        if let path { return compare(given: path, files) }
        let found = roots(files).map { compare($0, isGiven: false, files) }
        let same = found.filter { $0.state == .same }
        let other = found.filter { $0.state == .other }
        let stranger = strangers(files, known: found.map(\.path)).first
        if let first = same.first {
            guard let foreign = other.first ?? stranger else { return first }
            return .init(
                path: foreign.path, isGiven: false, same: first.same, files: foreign.files, verdict: .notProvable,
                state: .several)
        }
        if let first = other.first { return first }
        if let archive = archived(files) { return archive }
        if let stranger { return stranger }
        return .init(path: "", isGiven: false, same: 0, files: [], verdict: .match, state: .absent)
    }

    /// The model as the archive that it was given as.
    private func archived(_ files: FileSystemIndex) -> Verification.BakedModel? {
        guard let archive = training.archive.flatMap({ SHA256Value($0) }) else { return nil }
        var found: String?
        files.forEachEntry { entry in
            if found == nil, entry.kind == .file, entry.sha256 == archive { found = entry.path }
        }
        return found.map {
            .init(
                path: "/" + $0, isGiven: false, same: training.files.count, files: [], verdict: .match, state: .same)
        }
    }

    private func compare(given path: String, _ files: FileSystemIndex) -> Verification.BakedModel {
        let shown = path.hasPrefix("/") ? path : "/" + path
        guard let entry = files.lookup(path) else {
            return .init(path: shown, isGiven: true, same: 0, files: [], verdict: .mismatch, state: .other)
        }
        guard entry.kind == .file else { return compare(entry.path, isGiven: true, files) }
        if training.files.count == 1, let only = training.files.first, entry.sha256 == only.sha256 {
            return .init(path: shown, isGiven: true, same: 1, files: [], verdict: .match, state: .same)
        }
        let wanted = training.archive ?? (training.files.count == 1 ? training.files.first?.sha256.digest : nil)
        if let wanted, entry.sha256 == SHA256Value(wanted) {
            return .init(
                path: shown, isGiven: true, same: training.files.count, files: [], verdict: .match, state: .same)
        }
        let name = PosixPath.lastComponent(entry.path)
        let file = Verification.BakedModel.File(
            path: name, kind: .changed, training: wanted, serving: entry.sha256?.digest,
            layer: serving.layerName(entry))
        let directory = String(shown.dropLast(name.utf8.count + 1))
        return .init(path: directory, isGiven: true, same: 0, files: [file], verdict: .mismatch, state: .other)
    }

    /// Whether the model has a place of its own, where a file that it does not have is one too many: it has several files, or
    /// came as an archive. A model of one file stands beside others.
    private var isTree: Bool {
        guard training.files.count == 1, let only = training.files.first else { return true }
        return training.archive.map { $0 != only.sha256.digest } ?? false
    }

    // MARK: - Finding

    /// Names that say nothing of a model: descriptions, requirements, code.
    private static let descriptions: Set<String> = [
        "yaml", "yml", "txt", "toml", "md", "py", "cfg", "ini", "lock", "gitattributes", "gitignore", "sig", "env",
    ]

    /// The files that a server loads: those that are not descriptions, else all.
    private var payload: [ModelFile] {
        let payload = training.files.filter { file in
            let name = PosixPath.lastComponent(file.path)
            let suffix = name.lastIndex(of: ".").map { String(name[name.index(after: $0)...]).lowercased() } ?? ""
            let isText = Self.descriptions.contains(suffix) || name == "MLmodel" || name == "README"
            let isSmallJSON = suffix == "json" && training.files.count > 1
            return !isText && !isSmallJSON
        }
        return payload.isEmpty ? training.files : payload
    }

    /// The directories that have a payload file by its path or its content, those with most of the same files first.
    private func roots(_ files: FileSystemIndex) -> [String] {
        let payload = payload
        let paths = Set(payload.map { ByteText($0.path) })
        let names = Set(paths.map { ByteText(PosixPath.lastComponent($0.text)) })
        let digests = Dictionary(training.files.map { (ByteText($0.path), $0.sha256) }) { first, _ in first }
        let known = Set(digests.values)
        let payloadDigests = Set(payload.map(\.sha256))
        var counts: [ByteText: Int] = [:]
        files.forEachEntry { entry in
            guard entry.kind == .file, entry.size > 0, let digest = entry.sha256 else { return }
            let isNamed = names.contains(ByteText(PosixPath.lastComponent(entry.path)))
            guard isNamed || known.contains(digest), owners?.owner(of: entry) == nil else { return }
            var isSame = false
            // The path below each of the folders that it lies in: a model of many files makes no more work for each.
            for tail in Self.tails(entry.path) {
                let path = ByteText(String(tail))
                guard let own = digests[path] else { continue }
                let start = ByteText(String(entry.path[..<tail.startIndex]))
                if own == digest {
                    isSame = true
                    counts[start, default: 0] += 1
                }
                if isNamed, paths.contains(path) { counts[start, default: 0] += 0 }
            }
            if !isNamed, !isSame, payloadDigests.contains(digest) {
                // The same bytes under another name.
                counts[ByteText(PosixPath.directory(entry.path) + "/"), default: 0] += 0
            }
        }
        return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key.text)
    }

    /// Models of other names and contents, outside of packages and of the places that were compared already.
    private func strangers(_ files: FileSystemIndex, known: [String]) -> [Verification.BakedModel] {
        let own = Set(training.files.map(\.sha256) + [training.archive].compactMap { $0.flatMap { SHA256Value($0) } })
        let places = isTree ? known.map { $0.dropFirst() + "/" } : []
        var found: [Verification.BakedModel] = []
        files.forEachEntry(
            where: { place in
                !place.isDirectory && !place.isLink && !PathBytes.ends(place.path, ".pyc")
                    && !(owners?.owns(place) ?? false)
            }
        ) { entry in
            guard ModelContent.isModel(entry), let digest = entry.sha256, !own.contains(digest),
                !places.contains(where: { entry.path.hasBytePrefix($0) })
            else { return }
            let name = PosixPath.lastComponent(entry.path)
            let file = Verification.BakedModel.File(
                path: name, kind: .added, training: nil, serving: digest.digest, layer: serving.layerName(entry))
            found.append(
                .init(
                    path: "/" + PosixPath.directory(entry.path), isGiven: false, same: 0, files: [file],
                    verdict: .notProvable, state: .other))
        }
        return found
    }

    /// A path, and what of it lies below each of its folders.
    private static func tails(_ path: String) -> [Substring] {
        var tails = [path[...]]
        var rest = path.utf8[...]
        while let slash = rest.firstIndex(of: UInt8(ascii: "/")) {
            rest = rest[rest.index(after: slash)...]
            tails.append(Substring(rest))
        }
        return tails
    }

    // MARK: - Comparing

    private func compare(_ root: String, isGiven: Bool, _ files: FileSystemIndex) -> Verification.BakedModel {
        let directory = root.hasSuffix("/") ? String(root.dropLast()) : root
        let start = directory.isEmpty ? "" : directory + "/"
        var differing: [Verification.BakedModel.File] = []
        var same: Set<ByteText> = []
        for file in training.files {
            guard let entry = files.lookup(start + file.path), entry.kind == .file else {
                differing.append(.init(path: file.path, kind: .missing, training: file.sha256.digest, serving: nil))
                continue
            }
            if entry.sha256 == file.sha256 {
                same.insert(ByteText(file.path))
            } else {
                differing.append(
                    .init(
                        path: file.path, kind: .changed, training: file.sha256.digest, serving: entry.sha256?.digest,
                        layer: serving.layerName(entry)))
            }
        }
        // Files next to a model of one file do not belong to the model.
        var contents: Set<SHA256Value> = []
        if isTree {
            let known = Set(training.files.map { ByteText(start + $0.path) })
            files.forEachEntry(below: directory) { entry in
                guard entry.kind != .directory, !known.contains(ByteText(entry.path)) else { return }
                if let digest = entry.sha256 { contents.insert(digest) }
                differing.append(
                    .init(
                        path: String(Substring(entry.path.utf8.dropFirst(start.utf8.count))), kind: .added,
                        training: nil,
                        serving: entry.sha256?.digest, layer: serving.layerName(entry)))
            }
        } else {
            for name in files.names(in: directory.isEmpty ? "/" : directory) ?? [] {
                if let digest = files.lookup(start + name)?.sha256 { contents.insert(digest) }
            }
        }
        if !isGiven {
            // The same bytes under another name are not a difference.
            let missing = Set(
                differing.filter { $0.kind == .missing }.compactMap { $0.training.flatMap { SHA256Value($0) } })
            let renamed = missing.intersection(contents)
            differing.removeAll { file in
                guard let digest = (file.training ?? file.serving).flatMap({ SHA256Value($0) }) else { return false }
                return file.kind != .changed && renamed.contains(digest)
            }
        }
        // A description that was left out changes nothing; a payload file has to be there, under whatever name.
        let payloadPaths = Set(payload.map { ByteText($0.path) })
        let isOther = differing.contains { file in
            switch file.kind {
            case .added: isStrict
            case .changed: true
            case .missing:
                isGiven || isStrict
                    || (payloadPaths.contains(ByteText(file.path))
                        && !(file.training.flatMap { SHA256Value($0) }.map { contents.contains($0) } ?? false))
            }
        }
        return .init(
            path: "/" + directory, isGiven: isGiven, same: same.count,
            files: differing.sorted { ($0.path, $0.kind.rawValue) < ($1.path, $1.kind.rawValue) },
            verdict: isOther ? .mismatch : .match, state: isOther ? .other : .same)
    }
}
