import ArchiveReading
import EnvironmentInventory
import InputContracts
import TestSupport
import Testing

@testable import ModelArchives

@Suite("Boosters in pickles")
struct PickledBoosterTests {
    private static func reading(_ name: String) throws -> ContractReading {
        try ModelReader.read(path: fixtures + "pipelines/1.7.2/\(name).joblib").contractReading
    }

    @Test("what LightGBM says of its features")
    func lightgbm() throws {
        let contract = try #require(try Self.reading("lgb_categories").contract)
        #expect(contract.inputs.map(\.name) == ["age", "income", "visits", "town", "late", "floor"])
        #expect(contract.inputs.map(\.type) == [.float64, .float64, .float64, .string, .string, .int64])
        #expect(contract.inputs[2].range == ContractRange(minimum: 0, maximum: 39, kind: .training))
        #expect(contract.inputs[5].categories?.values == [.integer(1), .integer(5), .integer(9)])
        #expect(contract.inputs.map(\.onNull) == Array(repeating: .accepted, count: 6))
        #expect(contract.inputs.map(\.onUnseen) == [nil, nil, nil, .silent, .silent, .silent])
        #expect(contract.outputs.map(\.classes) == [[.text("no"), .text("yes")]])
        #expect(contract.binding == .position && contract.library?.name == "lightgbm")
    }

    @Test("what XGBoost says of its features")
    func xgboost() throws {
        let contract = try #require(try Self.reading("xgb_categories_hist").contract)
        #expect(contract.inputs.map(\.name) == ["age", "income", "visits", "town", "late", "floor"])
        #expect(contract.inputs.map(\.type) == [.float64, .float64, .int64, .string, .string, .int64])
        #expect(contract.inputs[3].categories?.values == [.text("Basel"), .text("Graz"), .text("Ulm")])
        #expect(contract.outputs.map(\.classes) == [[.integer(0), .integer(1)]])
        #expect(contract.library == InputContract.LibraryVersion(name: "xgboost", training: "3.2.0"))
    }

    @Test("a pipeline takes what its first step was fitted on")
    func pipeline() throws {
        let contract = try #require(try Self.reading("xgb_columns_raw").contract)
        #expect(contract.inputs.map(\.name) == ["age", "income", "visits", "town"])
        #expect(contract.library?.name == "scikit-learn")
        #expect(contract.outputs.map(\.type) == [.int64])
    }

    private static func document(_ bytes: [UInt8], file: [UInt8]? = nil) throws -> (names: [String]?, blob: PickleBlob)
    {
        let input = PickleInput(MemoryByteSource(file ?? bytes, name: "m.pkl"))
        let source = PickleSlice(input, count: bytes.count)
        let table = try BoosterBytes.document(of: source)
        return (table?["learner"]?.table?["feature_names"]?.array?.compactMap(\.string), source.blob)
    }

    /// `{"Model": {"learner": {"feature_names": [...]}}}` with a long array that is skipped.
    private static func model(_ names: [String], padding: Int) -> [UInt8] {
        func length(_ count: Int) -> [UInt8] {
            [0x4C] + (0..<8).map { UInt8(truncatingIfNeeded: count >> (56 - 8 * $0)) }
        }
        func key(_ name: String) -> [UInt8] { length(name.utf8.count) + Array(name.utf8) }
        var bytes: [UInt8] = [0x7B] + key("Model") + [0x7B] + key("learner") + [0x7B]
        bytes += key("feature_names") + [0x5B] + names.flatMap { [0x53] + key($0) } + [0x5D]
        bytes += key("weights") + Array("[$U#".utf8) + length(padding) + [UInt8](repeating: 7, count: padding)
        return bytes + Array("}}}".utf8)
    }

    @Test("bytes are read to their end", arguments: [0, 5000, 200_000])
    func sizes(_ padding: Int) throws {
        let bytes = Self.model(["a", "b"], padding: padding)
        let (names, blob) = try Self.document(bytes, file: bytes + [0x2E])
        #expect(names == ["a", "b"])
        #expect(blob.count == bytes.count && blob.isWhole == (bytes.count <= 4096))
        #expect(blob.isWhole || blob.tail == Array(bytes.suffix(min(1024, bytes.count - 4096))))
    }

    @Test("bytes that are damaged or go on say nothing, and what follows is read")
    func damage() throws {
        let bytes = Self.model(["a"], padding: 60_000)
        var changed = bytes
        changed[bytes.count - 2] = 0x00
        #expect(try Self.document(changed).names == nil)
        #expect(try Self.document(bytes + [0x7D]).names == nil)
        #expect(throws: ArchiveReadingError.self) { try Self.document(bytes, file: Array(bytes.dropLast(9))) }
    }

    @Test("a text of LightGBM is found however it is cut into pieces", arguments: [1, 7, 13, 4000])
    func pieces(_ size: Int) throws {
        let bytes = try #require(contents(ofFile: fixtures + "lightgbm.txt"))
        func read(_ bytes: [UInt8]) -> Int? {
            var text = BoosterText()
            for start in stride(from: 0, to: bytes.count, by: size) {
                Array(bytes[start..<min(start + size, bytes.count)]).withUnsafeBytes { text.take($0) }
            }
            return text.contract()?.read(file: "m.pkl")?.contract.inputs.count
        }
        #expect(read(bytes) == 4)
        #expect(read(Array(bytes.prefix(400))) == nil)
        #expect(read(Array("trees".utf8) + bytes) == nil)
    }
}
