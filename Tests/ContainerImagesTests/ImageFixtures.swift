import EnvironmentInventory
import TestSupport
import ArchiveReading
import ContentHashing
import Glibc

@testable import ContainerImages

typealias TemporaryFolder = TemporaryDirectory

// For the files of this room that do not import TestSupport.
@discardableResult
func shell(_ command: String) -> Int32 { TestSupport.shell(command) }
func hasProgram(_ name: String) -> Bool { TestSupport.hasProgram(name) }

extension TemporaryDirectory {
    func read(_ name: String) throws -> [UInt8] { try readFile(path: "\(path)/\(name)", limit: 1 << 30) }
}

/// A ustar archive, written header by header, so that a test can write what no tool writes.
struct TarBytes {
    private(set) var bytes: [UInt8]

    init(_ bytes: [UInt8] = []) { self.bytes = bytes }

    mutating func add(
        _ path: String, type: Character = "0", content: [UInt8] = [], link: String = "", mode: Int = 0o644,
        device: [Int] = [1, 3]
    ) {
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at offset: Int) {
            for (index, byte) in text.utf8.enumerated() { header[offset + index] = byte }
        }
        func octal(_ value: Int, _ digits: Int) -> String {
            let text = String(value, radix: 8)
            return String(repeating: "0", count: max(0, digits - text.count)) + text
        }
        put(path, at: 0)
        put(octal(mode, 7), at: 100)
        put(octal(0, 7), at: 108)
        put(octal(0, 7), at: 116)
        put(octal(content.count, 11), at: 124)
        put(octal(1_700_000_000, 11), at: 136)
        put("        ", at: 148)
        put(String(type), at: 156)
        put(link, at: 157)
        put("ustar\u{0}00", at: 257)
        if "34".contains(type) {
            put(octal(device[0], 7), at: 329)
            put(octal(device[1], 7), at: 337)
        }
        put(octal(header.reduce(0) { $0 + Int($1) }, 6) + "\u{0} ", at: 148)
        bytes += header
        bytes += content
        bytes += [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
    }

    mutating func file(_ path: String, _ text: String) { add(path, content: Array(text.utf8)) }
    mutating func directory(_ path: String) { add(path + "/", type: "5", mode: 0o755) }
    mutating func link(_ path: String, to target: String) { add(path, type: "2", link: target, mode: 0o777) }
    mutating func hardLink(_ path: String, to target: String) { add(path, type: "1", link: target) }

    var archive: [UInt8] { bytes + [UInt8](repeating: 0, count: 1024) }
}

/// Writes an OCI layout whose layers are these plain tars.
///
/// - Parameter plain: what the configuration says the layers decompress to; nil for the layers themselves.
func writeLayout(
    _ folder: TemporaryFolder, _ name: String, layers: [[UInt8]], diffIDs plain: [[UInt8]]? = nil,
    config extra: String = "", layerType: String = "application/vnd.oci.image.layer.v1.tar"
) throws {
    func blob(_ bytes: [UInt8]) throws -> String {
        let digest = try ContentHash.sha256(of: bytes)
        folder.write("\(name)/blobs/sha256/\(digest.hex)", bytes)
        return "\"digest\":\"\(digest)\",\"size\":\(bytes.count)"
    }
    let layerType = "\"mediaType\":\"\(layerType)\""
    let descriptors = try layers.map { "{\(layerType),\(try blob($0))}" }
    let diffIDs = try (plain ?? layers).map { "\"\(try ContentHash.sha256(of: $0))\"" }
    let config = """
        {"architecture":"amd64","os":"linux",\(extra)"rootfs":{"type":"layers","diff_ids":[\(diffIDs.joined(separator: ","))]}}
        """
    let configType = "\"mediaType\":\"application/vnd.oci.image.config.v1+json\""
    let manifest = """
        {"schemaVersion":2,"config":{\(configType),\(try blob(Array(config.utf8)))},"layers":[\(descriptors.joined(separator: ","))]}
        """
    let index = """
        {"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json",\(try blob(Array(manifest.utf8))),
        "annotations":{"org.opencontainers.image.ref.name":"example.org/app:1"}}]}
        """
    folder.write("\(name)/index.json", Array(index.utf8))
    folder.write("\(name)/oci-layout", Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8))
}

/// Every entry of a file system as a line.
func lines(_ files: FileSystemIndex) -> [String] {
    var lines: [String] = []
    files.forEachEntry { entry in
        switch entry.kind {
        case .file: lines.append("f \(entry.path) \(entry.size) \(entry.sha256?.hex.prefix(12) ?? "")")
        case .directory: lines.append("d \(entry.path)")
        case .symbolicLink(let target): lines.append("l \(entry.path) \(target)")
        case .other(let what): lines.append("o \(entry.path) \(what)")
        }
    }
    return lines
}

/// A layer that a closure fills.
func layer(_ build: (inout TarBytes) -> Void) -> TarBytes {
    var tar = TarBytes()
    build(&tar)
    return tar
}

/// The kinds and paths of what layers make together.
func paths(_ layers: [TarBytes]) throws -> [String] {
    try lines(stacked(layers)).map { $0.split(separator: " ").prefix(2).joined(separator: " ") }
}

/// The files of an image made of these layers.
func stacked(_ layers: [TarBytes]) throws -> FileSystemIndex {
    var stack = LayerStack(image: "test")
    for layer in layers {
        let reader = try TarReader(MemoryByteSource(layer.archive, name: "layer"))
        try stack.apply(LayerReader(limits: ReadingLimits()).read(reader), name: "layer")
    }
    return FileSystemIndex(stack.finish())
}

func readImage(_ text: String) throws -> Image {
    guard let name = ImageName(text) else { throw ImageReadingError(image: text, reason: .notAnImage("no name")) }
    return try ImageReader.read(name)
}
