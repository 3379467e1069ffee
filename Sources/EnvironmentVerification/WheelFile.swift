import ArchiveReading
import ContentHashing
import PythonPackaging

/// A wheel that was read to its last byte.
package struct WheelFile: Sendable {
    /// Its entry in a wheel map.
    package let entry: WheelMap.Entry
    /// What is wrong with its RECORD.
    package let recordProblems: [String]
    /// How its names disagree, so that it is not clear what it is; nil where they agree.
    package let nameProblem: String?
    /// The names of the scripts that installers make from its entry points.
    package let launchers: [String]

    /// Creates a map entry from what another reader found.
    package init(
        entry: WheelMap.Entry, recordProblems: [String], launchers: [String], nameProblem: String? = nil
    ) {
        self.entry = entry
        self.nameProblem = nameProblem
        self.recordProblems = recordProblems
        self.launchers = launchers
    }

    /// The longest metadata file that is kept.
    private static let longestMetadata = 32 << 20
    private static let headLength = 256
    /// The longest script whose body is compared; it is what is kept of an image's scripts.
    private static let longestScript = 64 << 10

    /// A file's name as its server wrote it: browsers keep `%2B` for the `+` of a local version.
    private static func decoded(_ name: String) -> String {
        name.replacing("%2B", with: "+").replacing("%2b", with: "+")
    }

    /// Reads a wheel: its own sha256, that of every member, and what the metadata says.
    package static func read(path: String) throws(WheelReadingError) -> WheelFile {
        func failure(_ reason: some CustomStringConvertible) -> WheelReadingError {
            WheelReadingError(path: path, reason: reason.description)
        }
        do {
            let file = try RegularFile(path: path)
            let sha256 = try file.sha256()
            let reader = try ZipReader(file, collisions: .refuseEqual)
            var members: [WheelContents.Member] = []
            var metadata: [String: [UInt8]] = [:]
            var buffer = [UInt8](repeating: 0, count: 1 << 18)
            while let entry = try reader.next() {
                if entry.kind == .directory { continue }
                guard entry.kind == .file else { throw failure("\(entry.path) is neither a file nor a directory") }
                let isMetadata = entry.path.split(separator: "/").first?.hasSuffix(".dist-info") ?? false
                if isMetadata, entry.size > longestMetadata {
                    throw failure("\(entry.path) is larger than \(longestMetadata) bytes")
                }
                var hash = try ContentHash(.sha256)
                var head: [UInt8] = []
                var kept: [UInt8] = []
                let isScript = entry.path.split(separator: "/").prefix(2).last == "scripts"
                var script: [UInt8] = []
                var size = 0
                while true {
                    let count = try buffer.withUnsafeMutableBytes { bytes throws(ArchiveReadingError) in
                        try reader.read(into: bytes)
                    }
                    if count == 0 { break }
                    size += count
                    let piece = Array(buffer[..<count])
                    try hash.update(piece)
                    if head.count < headLength { head += piece.prefix(headLength - head.count) }
                    if isMetadata { kept += piece }
                    if isScript, size <= longestScript { script += piece }
                }
                // The bytes after the first line; installers rewrite only that line.
                let body =
                    isScript && size <= longestScript
                    ? script.firstIndex(of: UInt8(ascii: "\n")).map { script[($0 + 1)...] } : nil
                members.append(
                    .init(
                        path: entry.path, sha256: try hash.finish(), size: size, head: head,
                        scriptBody: try body.map { try ContentHash.sha256(of: Array($0)) }))
                if isMetadata { metadata[entry.path] = kept }
            }
            try file.verifyUnchanged()
            let contents = try WheelContents(members: members) { metadata[$0] }
            let name = path.split(separator: "/").last.map(String.init) ?? path
            var wheel = WheelMap.Entry(
                fileName: name, name: NormalizedName.of(contents.metadata.name), version: contents.metadata.version,
                sha256: sha256, contentDigest: contents.contentDigest)
            wheel.files = contents.files
            wheel.scripts = contents.scripts
            return WheelFile(
                entry: wheel, recordProblems: contents.recordProblems, launchers: contents.launchers,
                nameProblem: contents.nameProblem(fileName: Self.decoded(name)))
        } catch let error as WheelReadingError {
            throw error
        } catch let error as ArchiveReadingError {
            throw failure(error)
        } catch {
            throw failure("\(error)")
        }
    }
}

/// A wheel that could not be read whole.
package struct WheelReadingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The wheel.
    package let path: String
    /// What is wrong.
    package let reason: String

    /// The wheel and what is wrong.
    package var description: String { reason.hasPrefix(path) ? reason : "\(path): \(reason)" }
}
