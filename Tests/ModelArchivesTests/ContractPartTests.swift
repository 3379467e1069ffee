import ArchiveReading
import EnvironmentInventory
import InputContracts
import Testing

@testable import ModelArchives

private func part(_ file: String) throws -> ContractPart {
    let model = try ModelReader.read(path: fixtures + file)
    return try #require(model.contracts.first)
}

@Test(
    "a model's columns are the same in every format that holds it",
    arguments: ["columns.p2.pkl", "columns.p5.pkl", "columns.joblib", "columns.skops"])
func columnsOfEstimators(_ file: String) throws {
    let part = try part(file)
    #expect(part.kind == .estimator)
    #expect(part.contract.gaps == [])
    #expect(part.contract.binding == .name)
    #expect(part.contract.extraColumns == .ignored)
    #expect(part.contract.library?.training == "1.9.1")
    #expect(part.contract.inputs.map(\.name) == ["age", "region", "id"])
    #expect(part.contract.inputs.map(\.type) == [.float64, .string, .any])
    #expect(part.contract.inputs.map(\.required) == [true, true, false])
    #expect(part.contract.inputs.map(\.isRead) == [true, true, false])
    #expect(part.contract.inputs[0].range == ContractRange(minimum: 1, maximum: 4, kind: .training))
    #expect(part.contract.inputs[1].categories?.values == [.text("e"), .text("n"), .text("s")])
    #expect(part.contract.inputs[1].categories?.isOpen == true)
    #expect(part.contract.inputs[1].sources.contains { $0.says == "OneHotEncoder.categories_" })
}

@Test(
    "a model that was fitted on arrays has positions",
    arguments: [
        "lr.p0.pkl", "lr.p2.pkl", "lr.p5.pkl", "lr.joblib", "lr.zlib.joblib", "lr.gzip.joblib", "lr.bz2.joblib",
        "lr.lzma.joblib", "lr.xz.joblib", "lr.lz4.joblib", "lr.skops", "old.pkl", "old.joblib",
    ])
func positionsOfEstimators(_ file: String) throws {
    let part = try part(file)
    #expect(part.contract.gaps == [])
    #expect(part.contract.binding == .position)
    #expect(part.contract.inputs.map(\.position) == [0, 1, 2, 3])
    #expect(part.contract.inputs.allSatisfy { $0.name == nil && $0.type == .float64 })
    #expect(part.contract.outputs.first?.classes == [.integer(0), .integer(1), .integer(2)])
}

@Test("bytes after the end of a pickle leave no contract")
func bytesAfterPickle() throws {
    let file = try RegularFile(path: fixtures + "lr.p5.pkl")
    let bytes = try file.bytes(at: 0, count: file.size) + Array("N.".utf8)
    let head = FileHead(path: "m.pkl", bytes: Array(bytes.prefix(512)), size: bytes.count)
    let content = try #require(
        try PickleFormat.readFile(MemoryByteSource(bytes, name: "m.pkl"), head: head, file: "m.pkl"))
    let part = try #require(content.contracts.first)
    #expect(part.contract.inputs.isEmpty)
    #expect(part.contract.gaps.count == 1)
    #expect(part.estimator == nil)
}

@Test("a file of one array says its size in its head, and lies are refused")
func numpyFiles() {
    func file(_ header: String, _ content: [UInt8]) -> [UInt8] {
        [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8) + content
    }
    let header = "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }\n"
    let numbers = [1.5, -2].flatMap { value in (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> ($0 * 8)) } }
    #expect(NumpyFile.array(file(header, numbers))?.elements.compactMap(\.number) == [1.5, -2])
    #expect(NumpyFile.size(head: file(header, [])) == 10 + header.utf8.count + 16)
    #expect(NumpyFile.array(file(header, numbers.dropLast())) == nil)
    let huge = "{'descr': '<f8', 'fortran_order': False, 'shape': (4611686018427387904, 4), }\n"
    #expect(NumpyFile.size(head: file(huge, [])) == nil)
    let text = "{'descr': '<U2', 'fortran_order': False, 'shape': (1, 1), }\n"
    #expect(NumpyFile.array(file(text, [0x61, 0, 0, 0, 0, 0, 0, 0]))?.elements.compactMap(\.text) == ["a"])
    #expect(NumpyFile.array(file(text, [0x61, 0, 0x11, 0, 0, 0, 0, 0])) == nil)
    #expect(NumpyFile.array(file("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", [])) == nil)
}
