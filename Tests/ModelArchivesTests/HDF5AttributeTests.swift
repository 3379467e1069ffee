import ArchiveReading
import TestSupport
import Testing

@testable import ModelArchives

/// Makes HDF5 files with a superblock and a root group of the second version.
private struct HDF5File {
    static let lambda = #"{"class_name": "Sequential", "config": {"layers": [{"class_name": "Lambda", "config": {}}]}}"#
    static let plain = #"{"class_name": "Sequential", "config": {"layers": []}}"#

    var messages: [UInt8] = []
    /// What else is in the file, by address.
    var parts: [(address: Int, bytes: [UInt8])] = []
    var superblockVersion: UInt8 = 2

    static func number(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    static func message(_ type: UInt8, _ body: [UInt8], flags: UInt8 = 0) -> [UInt8] {
        [type] + number(body.count, 2) + [flags] + body
    }

    /// An attribute of a text in place.
    static func text(_ name: String, _ value: String, rank: UInt8 = 0, flags: UInt8 = 0) -> [UInt8] {
        let type = [0x13, 0, 0, 0] + number(value.utf8.count, 4)
        return attribute(name, type: type, data: Array(value.utf8), rank: rank, flags: flags)
    }

    /// An attribute of a text in the global heap.
    static func reference(_ name: String, size: Int, heap: Int) -> [UInt8] {
        let type = [0x19, 1, 0, 0] + number(16, 4) + [0x13, 0, 0, 0] + number(1, 4)
        return attribute(name, type: type, data: number(size, 4) + number(heap, 8) + number(1, 4))
    }

    private static func attribute(
        _ name: String, type: [UInt8], data: [UInt8], rank: UInt8 = 0, flags: UInt8 = 0
    ) -> [UInt8] {
        let space = rank == 0 ? [2, 0, 0, 0] : [2, rank, 0, 1] + number(1, 8)
        let name = Array(name.utf8) + [0]
        let sizes = number(name.count, 2) + number(type.count, 2) + number(space.count, 2)
        return message(0x0C, [3, flags] + sizes + [0] + name + type + space + data)
    }

    static func continuation(at address: Int, _ block: [UInt8]) -> [UInt8] {
        message(0x10, number(address, 8) + number(block.count, 8))
    }

    static func block(_ messages: [UInt8]) -> [UInt8] { Array("OCHK".utf8) + messages + number(0, 4) }

    static func heap(_ value: String) -> [UInt8] {
        let bytes = Array(value.utf8)
        let padded = bytes + [UInt8](repeating: 0, count: (8 - bytes.count % 8) % 8)
        return Array("GCOL".utf8) + [1, 0, 0, 0] + number(32 + padded.count, 8) + [1, 0, 0, 0, 0, 0, 0, 0]
            + number(bytes.count, 8) + padded
    }

    var bytes: [UInt8] {
        var file = [0x89] + Array("HDF\r\n\u{1A}\n".utf8) + [superblockVersion, 8, 8, 0] + Self.number(0, 8)
        file += [UInt8](repeating: 0xFF, count: 8) + Self.number(0, 8) + Self.number(48, 8) + Self.number(0, 4)
        file += Array("OHDR".utf8) + [2, 2] + Self.number(messages.count, 4) + messages + Self.number(0, 36)
        for part in parts {
            file += [UInt8](repeating: 0, count: max(part.address - file.count, 0))
            file.replaceSubrange(part.address..<min(part.address + part.bytes.count, file.count), with: part.bytes)
        }
        return file
    }

    func read() throws -> ModelFileContent? {
        let head = FileHead(path: "m.h5", bytes: [], size: nil)
        return try KerasHDF5Format.readFile(MemoryByteSource(bytes, name: "m.h5"), head: head, file: "m.h5")
    }

    /// Whether the Lambda layer is found.
    func hasLambda() throws -> Bool { try read()?.findings.contains { $0.subject == "Lambda" } ?? false }
}

@Suite("Attributes of HDF5")
struct HDF5AttributeTests {
    private static let version = HDF5File.text("keras_version", "2.15.0")
    private static let far = 5 << 20

    @Test("a configuration behind the bytes that are kept is read")
    func late() throws {
        let block = HDF5File.block(HDF5File.text("model_config", HDF5File.lambda))
        let file = HDF5File(
            messages: Self.version + HDF5File.continuation(at: Self.far, block), parts: [(Self.far, block)])
        #expect(try file.hasLambda())
        let heap = HDF5File.heap(HDF5File.lambda)
        let size = HDF5File.lambda.utf8.count
        let reference = HDF5File.reference("model_config", size: size, heap: Self.far + 4096)
        let second = HDF5File.block(reference)
        let referred = HDF5File(
            messages: Self.version + HDF5File.continuation(at: Self.far, second),
            parts: [(Self.far, second), (Self.far + 4096, heap)])
        #expect(try referred.hasLambda())
        #expect(try referred.read()?.gaps.map(\.subject) == ["Lambda"])
        let edge = (4 << 20) - 40
        let across = HDF5File(
            messages: Self.version + HDF5File.reference("model_config", size: size, heap: edge), parts: [(edge, heap)])
        #expect(try across.hasLambda())
    }

    @Test("what looks like an attribute and is none of the root group does not count")
    func decoy() throws {
        let heap = HDF5File.heap(HDF5File.lambda)
        let reference = HDF5File.reference("model_config", size: HDF5File.lambda.utf8.count, heap: 4096)
        let decoy = HDF5File.text("model_config", HDF5File.plain)
        let file = HDF5File(
            messages: HDF5File.message(0, decoy) + Self.version + reference, parts: [(512, decoy), (4096, heap)])
        #expect(try file.hasLambda())
    }

    @Test("a configuration makes a file Keras' own without a version, data are none")
    func withoutVersion() throws {
        #expect(try HDF5File(messages: HDF5File.text("model_config", HDF5File.lambda)).hasLambda())
        #expect(try HDF5File(messages: HDF5File.text("title", "x")).read() == nil)
        let layers = HDF5File(messages: Self.version + HDF5File.text("layer_names", "x", rank: 1))
        #expect(try layers.read()?.gaps.isEmpty == true)
    }

    @Test("what is not read of the root group is a gap")
    func gaps() throws {
        let plain = HDF5File.text("model_config", HDF5File.plain)
        let lambda = HDF5File.text("model_config", HDF5File.lambda)
        let reference = HDF5File.reference("model_config", size: 80, heap: Self.far)
        let block = HDF5File.block(reference)
        let dense = HDF5File.message(0x15, [0, 0] + HDF5File.number(4096, 16))
        let files: [(String, HDF5File)] = [
            ("twice", HDF5File(messages: Self.version + plain + lambda)),
            ("list", HDF5File(messages: Self.version + HDF5File.text("model_config", HDF5File.lambda, rank: 1))),
            ("committed type", HDF5File(messages: Self.version + HDF5File.text("model_config", "{}", flags: 1))),
            ("shared", HDF5File(messages: Self.version + HDF5File.message(0x0C, [0], flags: 2))),
            ("dense", HDF5File(messages: Self.version + dense)),
            ("no heap", HDF5File(messages: Self.version + reference)),
            (
                "before another one",
                HDF5File(
                    messages: Self.version + HDF5File.continuation(at: Self.far + 4096, block),
                    parts: [(Self.far, HDF5File.heap(HDF5File.lambda)), (Self.far + 4096, block)])
            ),
            ("superblock", HDF5File(messages: lambda, superblockVersion: 9)),
            ("cut message", HDF5File(messages: Self.version + [0x0C, 0xFF, 0xFF, 0])),
            (
                "damaged continuation",
                HDF5File(messages: Self.version + HDF5File.message(0x10, [UInt8](repeating: 0x7F, count: 16)))
            ),
        ]
        for (name, file) in files {
            #expect(try file.read()?.gaps.isEmpty == false, "\(name)")
        }
    }

    @Test("damaged files end")
    func damaged() throws {
        let block = HDF5File.block(HDF5File.text("model_config", HDF5File.lambda))
        let whole = HDF5File(
            messages: Self.version + HDF5File.continuation(at: 400, block)
                + HDF5File.reference("backend", size: 5, heap: 900),
            parts: [(400, block), (900, HDF5File.heap("torch"))]
        ).bytes
        var generator = SeededGenerator(seed: 20_261_129)
        for _ in 0..<2000 {
            var bytes = whole
            for _ in 0..<3 {
                bytes[Int.random(in: 8..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            bytes.removeLast(Int.random(in: 0..<bytes.count, using: &generator))
            let head = FileHead(path: "m.h5", bytes: [], size: nil)
            _ = try KerasHDF5Format.readFile(MemoryByteSource(bytes, name: "m"), head: head, file: "m")
        }
    }
}
