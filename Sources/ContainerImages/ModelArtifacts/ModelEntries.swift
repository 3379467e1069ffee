import ArchiveReading
import EnvironmentInventory
import SourceDocuments

/// Gives the files of a model that lies in several layers.
///
/// The layers of an image come from the top to the bottom, each read once: a path that a layer above has or whites out is left
/// out below (https://github.com/opencontainers/image-spec/blob/main/layer.md#applying-changesets). Of an image only what is below `models/` counts.
final class ModelEntries: ArchiveEntryReader {
    let name: String
    private let layers: [(blob: LayerBlob, content: ModelArtifact.Content)]
    private let limits: ReadingLimits
    private var index = 0
    private var pipeline: LayerPipeline?
    /// The one file of the current layer, and whether its entry was given.
    private var file: (source: VerifyingByteSource, entry: ArchiveEntry, isGiven: Bool)?
    private var upper = UpperLayers()

    init(name: String, layers: [(blob: LayerBlob, content: ModelArtifact.Content)], limits: ReadingLimits) {
        self.name = name
        self.layers = layers
        self.limits = limits
    }

    func next() throws(ArchiveReadingError) -> ArchiveEntry? {
        while true {
            if let pipeline {
                if let entry = try nextEntry(of: pipeline) { return entry }
                self.pipeline = nil
                upper.closeLayer()
            } else if let (source, entry, isGiven) = file {
                if !isGiven {
                    file?.isGiven = true
                    return entry
                }
                // What was not read is verified too.
                try source.drain()
                file = nil
            } else {
                guard index < layers.count else { return nil }
                let (blob, content) = layers[index]
                index += 1
                switch content {
                case .image, .archive: pipeline = try LayerPipeline.make(blob, limits: limits, progress: { _ in })
                case .file(let path, let mode):
                    let source = try VerifyingByteSource(blob.open(), digest: blob.digest, size: blob.size)
                    file = (source, ArchiveEntry(path: path, kind: .file, size: blob.size ?? 0, mode: mode), false)
                }
            }
        }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveReadingError) -> Int {
        guard let pipeline else { return try file?.source.read(into: buffer) ?? 0 }
        do throws(ArchiveReadingError) { return try pipeline.tar.read(into: buffer) } catch {
            throw try pipeline.failure(after: error)
        }
    }

    private func nextEntry(of pipeline: LayerPipeline) throws(ArchiveReadingError) -> ArchiveEntry? {
        let isImage = index > 0 && layers[index - 1].content == .image
        do throws(ArchiveReadingError) {
            while let entry = try pipeline.tar.next() {
                if !isImage {
                    if entry.path.isEmpty { continue }
                    return entry
                }
                if let inside = try upper.visible(entry, in: name) { return inside }
            }
            _ = try pipeline.finish()
            return nil
        } catch { throw try pipeline.failure(after: error) }
    }
}

/// What the layers above say of the paths below `models/`.
private struct UpperLayers {
    /// Files, links and whited-out paths: nothing at or below them is seen.
    private var hidden: Set<String> = []
    /// Directories, which a file of a lower layer at their path does not replace.
    private var directories: Set<String> = []
    /// Directories whose contents of lower layers are not seen.
    private var opaque: Set<String> = []
    /// What the current layer adds when it ends: it hides nothing of itself.
    private var pending: (hidden: [String], directories: [String], opaque: [String]) = ([], [], [])

    private static let root = ModelArtifact.directory
    private static let whiteout = ".wh."
    private static let opaqueMarker = ".wh..wh..opq"

    mutating func closeLayer() {
        hidden.formUnion(pending.hidden)
        directories.formUnion(pending.directories)
        opaque.formUnion(pending.opaque)
        pending = ([], [], [])
    }

    /// The entry with its path below `models/`; nil for one that is elsewhere, that a layer above hides, or that is a whiteout.
    mutating func visible(_ entry: ArchiveEntry, in name: String) throws(ArchiveReadingError) -> ArchiveEntry? {
        let path = entry.path
        let (directory, last) = (PosixPath.directory(path), PosixPath.lastComponent(path))
        if last.hasPrefix(Self.whiteout) {
            if last == Self.opaqueMarker {
                pending.opaque.append(directory)
            } else if !last.hasPrefix(".wh..wh.") {
                let target = String(last.dropFirst(Self.whiteout.utf8.count))
                pending.hidden.append(directory.isEmpty ? target : directory + "/" + target)
            }
            return nil
        }
        if path == Self.root {
            if isHidden(path) { return nil }
            guard entry.kind == .directory else {
                throw ArchiveReadingError(
                    archive: name, offset: entry.offset, reason: .damaged("/\(Self.root) is not a directory"))
            }
            return nil
        }
        guard path.hasPrefix(Self.root + "/") else { return nil }
        let isDirectory = entry.kind == .directory
        let isSeen = !isHidden(path) && (isDirectory || !directories.contains(path))
        if isSeen, !isDirectory { pending.hidden.append(path) }
        if isDirectory { pending.directories.append(path) }
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
            if hidden.contains(at) { return true }
            at = PosixPath.directory(at)
            if opaque.contains(at) { return true }
        }
        return false
    }

    private static func moved(_ entry: ArchiveEntry, in name: String) throws(ArchiveReadingError) -> ArchiveEntry {
        let prefix = root + "/"
        var kind = entry.kind
        if case .hardLink(let target) = kind {
            guard target.hasPrefix(prefix) else {
                throw ArchiveReadingError(
                    archive: name, offset: entry.offset,
                    reason: .damaged("the hard link '\(entry.path)' leads out of /\(root)"))
            }
            kind = .hardLink(target: String(target.dropFirst(prefix.utf8.count)))
        }
        return ArchiveEntry(
            path: String(entry.path.dropFirst(prefix.utf8.count)), rawPath: entry.rawPath, rawTarget: entry.rawTarget,
            kind: kind, size: entry.size, mode: entry.mode, uid: entry.uid, gid: entry.gid, modified: entry.modified,
            offset: entry.offset, attributes: entry.attributes)
    }
}
