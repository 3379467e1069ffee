import EnvironmentInventory
import InputContracts
import SourceDocuments
import TestSupport
import Testing

@testable import ModelArchives

@Suite("Inputs of Keras")
struct KerasOrderTests {
    private static func names(_ order: String) throws -> [String?] {
        let layers = ["a", "b"].map {
            #"{"class_name": "InputLayer", "config": {"name": "\#($0)", "batch_shape": [null, 2], "dtype": "float32"}}"#
        }
        let text = #"{"config": {"layers": [\#(layers.joined(separator: ","))], "input_layers": \#(order)}}"#
        let root = try JSONReader.read(SourceText(name: "config.json", text: text))
        let inputs = try #require(KerasContract.read(root, file: "config.json")).contract.inputs
        #expect(inputs.map(\.position) == [0, 1])
        return inputs.map(\.name)
    }

    @Test(
        "stand in the order of the model's own list",
        arguments: [
            (#"[["b", 0, 0], ["a", 0, 0]]"#, ["b", "a"]), (#"[["a", 0, 0], ["b", 0, 0]]"#, ["a", "b"]),
            (#"[[["b", 0, 0]], ["a", 0, 0]]"#, ["b", "a"]),
            (#"{"y": ["b", 0, 0], "z": ["a", 0, 0]}"#, ["b", "a"]),
            (#"{"z": ["b", 0, 0], "y": ["a", 0, 0]}"#, ["a", "b"]),
            // A list that names other layers, or one twice, says nothing.
            (#"[["b", 0, 0]]"#, ["a", "b"]), (#"[["b", 0, 0], ["b", 0, 0]]"#, ["a", "b"]),
            (#"[["b", 0, 0], ["c", 0, 0]]"#, ["a", "b"]), ("null", ["a", "b"]), (#"[[[[]]], 7]"#, ["a", "b"]),
        ])
    func order(_ order: String, _ expected: [String]) throws { #expect(try Self.names(order) == expected) }

    @Test("are read from HDF5 too")
    func hdf5() throws {
        let contract = try #require(try ModelReader.read(path: fixtures + "k-order.h5").contract)
        #expect(contract.inputs.map(\.name) == ["b", "a"])
        #expect(contract.inputs.map(\.type) == [.float32, .float32])
        #expect(contract.inputs.map(\.shape) == [[nil, 3], [nil, 2]])
        #expect(contract.library?.name == "keras")
    }
}
