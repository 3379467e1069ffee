import ArchiveReading
import EnvironmentInventory
import ParallelWork
import SourceDocuments

/// How a model's file is to be written anew so that it holds a capture.
struct ModelChange {
    /// The pieces, by offsets of the decompressed bytes.
    let pieces: [FilePiece]
    /// The compression around them.
    var compression = Compression.none
    /// Where the capture then is, printed after the model's name.
    let place: String

    /// The change for a file that has a place for a capture; nil for one that has none.
    static func adding(
        _ capture: [UInt8], to file: RegularFile, format: String, limits: ReadingLimits
    ) throws(ArchiveReadingError) -> ModelChange? {
        let head = try file.bytes(at: 0, count: min(file.size, 512))
        if ZipReader.detect(head) {
            let entries = try ZipReader(file, limits: limits).entries
            let files = entries.filter { $0.kind != .directory }.map(\.path)
            let path =
                PyTorchFormat.extraFile(CaptureNames.key, in: entries.map(\.path)) ?? folder(of: files)
                + CaptureNames.file
            return ModelChange(
                pieces: try ZipAddition.pieces(adding: path, data: capture, to: file, limits: limits),
                place: "!\(path)")
        }
        if format == SafetensorsFormat.name {
            return ModelChange(
                pieces: try SafetensorsMetadata.pieces(adding: CaptureNames.key, capture, to: file),
                place: " (metadata \(CaptureNames.key))")
        }
        if format == ONNXFormat.name {
            return ModelChange(
                pieces: try ONNXMetadata.pieces(adding: CaptureNames.key, capture, to: file),
                place: " (metadata \(CaptureNames.key))")
        }
        return try tar(capture, file, limits)
    }

    private static func tar(
        _ capture: [UInt8], _ file: RegularFile, _ limits: ReadingLimits
    ) throws(ArchiveReadingError) -> ModelChange? {
        func open() throws(ArchiveReadingError) -> PeekingByteSource? {
            // What is compressed and no archive, a joblib file, has no place.
            guard let source = try? PeekingByteSource(Decompressor(FileByteSource(file), limits: limits)) else {
                return nil
            }
            return source.head.count >= 262 && source.head[257..<262].elementsEqual("ustar".utf8) ? source : nil
        }
        guard let source = try open() else { return nil }
        let reader = try TarReader(uncompressed: source, limits: limits)
        var members: [String] = []
        while let entry = try reader.next() { if entry.kind != .directory { members.append(entry.path) } }
        let path = folder(of: members) + CaptureNames.file
        let head = try file.bytes(at: 0, count: min(file.size, 16))
        guard let again = try open() else { return nil }
        return ModelChange(
            pieces: try TarAddition.pieces(adding: path, data: capture, to: again),
            compression: Compression.detect(head), place: "!\(path)")
    }

    /// The single top-level directory with its slash, as `ModelTree.strip` finds it; empty if there is none.
    private static func folder(of members: [String]) -> String {
        guard let first = members.first, let slash = first.firstIndex(of: "/") else { return "" }
        let folder = String(first[...slash])
        return members.allSatisfy { $0.hasPrefix(folder) } ? folder : ""
    }

    /// Writes the new file.
    func write(from file: RegularFile, to new: NewFile, limits: ReadingLimits) throws(ArchiveReadingError) {
        let compressor = try Compressor(compression, name: new.temporary) { (bytes) throws(ArchiveReadingError) in
            try new.write(bytes)
        }
        let source: any ByteSource =
            compression == .none ? FileByteSource(file) : try Decompressor(FileByteSource(file), limits: limits)
        try pieces.write(from: source) { (bytes) throws(ArchiveReadingError) in try compressor.write(bytes) }
        try compressor.finish()
    }
}
