import ArchiveReading
import EnvironmentInventory

/// Why a capture could not be put into a model; the model is as it was.
package struct ModelWritingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What went wrong.
    package enum Reason: Sendable, Hashable {
        /// The model cannot be read to its end.
        case unreadable(ModelReadingError)
        /// The model cannot be read, or its new form cannot be written.
        case archive(ArchiveReadingError)
        /// The operating system's reason.
        case system(String)
        /// The new model does not hold the capture when it is read again.
        case lost
    }

    /// The model as it was given.
    package let model: String
    /// What went wrong.
    package let reason: Reason

    /// Creates an error.
    init(_ model: String, _ reason: Reason) {
        self.model = model
        self.reason = reason
    }

    /// One line with the file and the place.
    package var description: String {
        switch reason {
        case .unreadable(let error): error.description
        case .archive(let error): error.description
        case .system(let text): "\(model): cannot be written: \(text)"
        case .lost: "\(model): the model would not hold the capture when it is read again; it was left as it was"
        }
    }
}

/// Puts a capture where a model's format keeps extra files; a capture that is there is replaced.
///
/// A directory or an archive gets a file ``CaptureNames/file``, PyTorch's zip an extra file, safetensors and ONNX an entry of
/// their metadata, every other file a file next to it. All other bytes of the model stay as they are. The write is atomic, and
/// read again before it takes the place of the old one.
package enum ModelCaptureWriter {
    /// Writes the capture and gives the place: `model.zip!pylock.pinproof.toml`, `net.onnx (metadata pinproof-pylock.toml)`.
    ///
    /// - Throws: ``ModelWritingError``, for one when the model cannot be read to its end; nothing was changed then.
    package static func write(
        _ capture: [UInt8], into path: String, limits: ReadingLimits = ReadingLimits()
    ) throws(ModelWritingError) -> String {
        let model = try read(path, limits, of: path)
        let place = resolvedPath(path)
        let bound = model.payload.map { capture + bindingTable($0) } ?? capture
        if isFolder(place) {
            try replace("\(place)/\(CaptureNames.file)", with: bound, of: path)
            return "\(path)/\(CaptureNames.file)"
        }
        let file = try archive(path) { () throws(ArchiveReadingError) in try RegularFile(path: place) }
        let change = try archive(path) { () throws(ArchiveReadingError) in
            try ModelChange.adding(
                holdsItself(model) ? capture : bound, to: file, format: model.format, limits: limits)
        }
        guard let change else {
            try replace(place + CaptureNames.suffix, with: bound, of: path)
            return path + CaptureNames.suffix
        }
        let new = try NewFile(replacing: place)
        try archive(path) { () throws(ArchiveReadingError) in try change.write(from: file, to: new, limits: limits) }
        try new.synchronize()
        let again = try read(new.temporary, limits, of: path)
        guard again.locks.contains(where: { $0.bytes == (holdsItself(model) ? capture : bound) }) else {
            throw ModelWritingError(path, .lost)
        }
        try archive(path) { () throws(ArchiveReadingError) in try file.verifyUnchanged() }
        try new.commit()
        return path + change.place
    }

    /// Returns whether a model's one file holds the capture in its metadata, and so cannot be exchanged beside it.
    private static func holdsItself(_ model: Model) -> Bool {
        model.files.count == 1 && model.files[0].path == baseName(model.name)
    }

    /// The table that binds a capture to the files of its model.
    private static func bindingTable(_ payload: Digest) -> [UInt8] {
        Array("\n[tool.pinproof.model]\npayload = \"\(payload)\"\n".utf8)
    }

    private static func read(
        _ file: String, _ limits: ReadingLimits, of path: String
    ) throws(ModelWritingError) -> Model {
        do throws(ModelReadingError) { return try ModelReader.read(path: file, limits: limits) } catch {
            throw ModelWritingError(path, .unreadable(error))
        }
    }

    private static func archive<Value>(
        _ path: String, _ body: () throws(ArchiveReadingError) -> Value
    ) throws(ModelWritingError) -> Value {
        do throws(ArchiveReadingError) { return try body() } catch { throw ModelWritingError(path, .archive(error)) }
    }

    private static func replace(_ file: String, with bytes: [UInt8], of path: String) throws(ModelWritingError) {
        let new = try NewFile(replacing: file)
        try archive(path) { () throws(ArchiveReadingError) in try new.write(bytes) }
        try new.synchronize()
        try new.commit()
    }

    private static func isFolder(_ path: String) -> Bool { (try? DirectoryReader(path: path)) != nil }
}
