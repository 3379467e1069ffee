import ArchiveReading
import EnvironmentInventory
import SourceDocuments

/// Gives the files of a model that lies in several layers.
///
/// The layers of an image come from the top to the bottom, each read once: a path that a layer above has or whites out is left
/// out below (https://github.com/opencontainers/image-spec/blob/main/layer.md#applying-changesets). Of an image only what is below `models/` counts.
/// All its layers are judged as those of an image once they were read; nothing counts before the end.
final class ModelEntries: ArchiveEntryReader {
    let name: String
    private let layers: [(blob: LayerBlob, content: ModelArtifact.Content)]
    private let limits: ReadingLimits
    private var index = 0
    private var pipeline: LayerPipeline?
    /// The one file of the current layer, and whether its entry was given.
    private var file: (source: VerifyingByteSource, entry: ArchiveEntry, isGiven: Bool)?
    private var upper = UpperLayers()
    private var stack = ModelStack()
    private var neighbours = ModelNeighbours()
    /// The directories that are still to be given when all layers were read; nil before.
    private var rest: [String]?

    init(name: String, layers: [(blob: LayerBlob, content: ModelArtifact.Content)], limits: ReadingLimits) {
        self.name = name
        self.layers = layers
        self.limits = limits
    }

    /// Whether the current layer is one of an image.
    private var isImage: Bool { index > 0 && layers[index - 1].content == .image }

    func next() throws(ArchiveReadingError) -> ArchiveEntry? {
        while true {
            if let pipeline {
                if let entry = try nextEntry(of: pipeline) { return entry }
                self.pipeline = nil
                guard isImage else { continue }
                upper.closeLayer()
                // Runtimes that pull layers in parts make the files of the table.
                try LayerTableCheck(blob: layers[index - 1].blob, limits: limits).run()
            } else if let (source, entry, isGiven) = file {
                if !isGiven {
                    file?.isGiven = true
                    if layers[index - 1].content.isOfModel { neighbours.addModel(entry) }
                    return entry
                }
                // What was not read is verified too.
                try source.drain()
                file = nil
            } else {
                guard index < layers.count else {
                    if rest == nil { rest = try finish() }
                    guard let directory = rest?.popLast() else { return nil }
                    return ArchiveEntry(path: directory, kind: .directory, mode: 0o755)
                }
                try openLayer()
            }
        }
    }

    private func openLayer() throws(ArchiveReadingError) {
        let (blob, content) = layers[index]
        index += 1
        switch content {
        case .image, .archive, .beside:
            if isImage { stack.open(blob.name) }
            pipeline = try LayerPipeline.make(blob, limits: limits, progress: { _ in })
        case .file(let path, let mode): try openFile(blob, path, mode: mode)
        case .besideFile(let path):
            let entry = ArchiveEntry(path: path, kind: .file, size: blob.size ?? 0, mode: 0o644)
            if try neighbours.add(entry, in: name) { try openFile(blob, path, mode: 0o644) }
        case .kitfile: try KitfileReference.check(blob, limits: limits, name: name)
        }
    }

    private func openFile(_ blob: LayerBlob, _ path: String, mode: Int) throws(ArchiveReadingError) {
        let source = try VerifyingByteSource(blob.open(), digest: blob.digest, size: blob.size)
        file = (source, ArchiveEntry(path: path, kind: .file, size: blob.size ?? 0, mode: mode), false)
    }

    /// Judges all layers together, and returns the directories that no entry was given for.
    private func finish() throws(ArchiveReadingError) -> [String] {
        try neighbours.finish(name)
        return isImage ? try stack.finish(name) : []
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveReadingError) -> Int {
        guard let pipeline else { return try file?.source.read(into: buffer) ?? 0 }
        do throws(ArchiveReadingError) { return try pipeline.tar.read(into: buffer) } catch {
            throw try pipeline.failure(after: error)
        }
    }

    private func nextEntry(of pipeline: LayerPipeline) throws(ArchiveReadingError) -> ArchiveEntry? {
        let content = layers[index - 1].content
        do throws(ArchiveReadingError) {
            while let entry = try pipeline.tar.next() {
                switch content {
                case .image:
                    let number = try stack.add(entry, in: name, limits: limits)
                    guard let inside = try upper.visible(entry, in: name) else { continue }
                    stack.give(inside, number: number)
                    return inside
                case .beside: if try neighbours.add(entry, in: name) { return entry }
                case .archive, .file, .besideFile, .kitfile:
                    if entry.path.isEmpty { continue }
                    neighbours.addModel(entry)
                    return entry
                }
            }
            _ = try pipeline.finish()
            return nil
        } catch { throw try pipeline.failure(after: error) }
    }
}

/// What the layers above say of the paths below `models/`.
private struct UpperLayers {
    /// Files, links and whited-out paths: nothing at or below them is seen.
    private var hidden: Set<ByteText> = []
    /// Directories, which a file of a lower layer at their path does not replace.
    private var directories: Set<ByteText> = []
    /// Directories whose contents of lower layers are not seen.
    private var opaque: Set<ByteText> = []
    /// What the current layer adds when it ends: it hides nothing of itself.
    private var pending: (hidden: [String], directories: [String], opaque: [String]) = ([], [], [])

    private static let root = ModelArtifact.directory
    private static let whiteout = ".wh."
    private static let opaqueMarker = ".wh..wh..opq"

    mutating func closeLayer() {
        hidden.formUnion(pending.hidden.map { ByteText($0) })
        directories.formUnion(pending.directories.map { ByteText($0) })
        opaque.formUnion(pending.opaque.map { ByteText($0) })
        pending = ([], [], [])
    }

    /// The entry with its path below `models/`; nil for one that is elsewhere, that a layer above hides, or that is a whiteout.
    mutating func visible(_ entry: ArchiveEntry, in name: String) throws(ArchiveReadingError) -> ArchiveEntry? {
        let path = entry.path
        func refuse(_ what: String) -> ArchiveReadingError {
            ArchiveReadingError(archive: name, offset: entry.offset, reason: .damaged(what))
        }
        if let attribute = entry.attributes.keys.sorted().first(where: LayerStack.belongsToOverlay) {
            throw refuse("the entry '\(path)' has the attribute \(attribute): runtimes disagree about it")
        }
        let (directory, last) = (PosixPath.directory(path), PosixPath.lastComponent(path))
        if last.hasBytePrefix(Self.whiteout) {
            if last == Self.opaqueMarker {
                pending.opaque.append(directory)
            } else if !last.hasBytePrefix(".wh..wh.") {
                let target = String(Substring(last.utf8.dropFirst(Self.whiteout.utf8.count)))
                pending.hidden.append(directory.isEmpty ? target : directory + "/" + target)
            }
            return nil
        }
        if path == Self.root {
            if isHidden(path) { return nil }
            guard entry.kind == .directory else { throw refuse("/\(Self.root) is not a directory") }
            return nil
        }
        guard path.hasBytePrefix(Self.root + "/") else { return nil }
        let isDirectory = entry.kind == .directory
        if let raw = entry.rawPath { throw refuse("the name '\(PathText.text(raw))' is not UTF-8") }
        let isSeen = !isHidden(path) && (isDirectory || !directories.contains(ByteText(path)))
        if isDirectory {
            pending.directories.append(path)
        } else if isSeen {
            pending.hidden.append(path)
        } else {
            // It lies between the directory above it and one of a lower layer, whose files are not seen in that.
            pending.opaque.append(path)
        }
        var parent = directory
        while !parent.isEmpty {
            pending.directories.append(parent)
            parent = PosixPath.directory(parent)
        }
        guard isSeen else { return nil }
        return try Self.moved(entry, in: name)
    }

    private func isHidden(_ path: String) -> Bool {
        var at = path
        while !at.isEmpty {
            if hidden.contains(ByteText(at)) { return true }
            at = PosixPath.directory(at)
            if opaque.contains(ByteText(at)) { return true }
        }
        return false
    }

    private static func moved(_ entry: ArchiveEntry, in name: String) throws(ArchiveReadingError) -> ArchiveEntry {
        let prefix = root + "/"
        var kind = entry.kind
        if case .hardLink(let target) = kind {
            guard target.hasBytePrefix(prefix) else {
                throw ArchiveReadingError(
                    archive: name, offset: entry.offset,
                    reason: .damaged("the hard link '\(entry.path)' leads out of /\(root)"))
            }
            kind = .hardLink(target: String(Substring(target.utf8.dropFirst(prefix.utf8.count))))
        }
        return ArchiveEntry(
            path: String(Substring(entry.path.utf8.dropFirst(prefix.utf8.count))), rawPath: entry.rawPath,
            rawTarget: entry.rawTarget,
            kind: kind, size: entry.size, mode: entry.mode, uid: entry.uid, gid: entry.gid, modified: entry.modified,
            offset: entry.offset, attributes: entry.attributes)
    }
}
