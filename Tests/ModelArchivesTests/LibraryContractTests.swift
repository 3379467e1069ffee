import ArchiveReading
import EnvironmentInventory
import InputContracts
import SourceDocuments
import TestSupport
import Testing

@testable import ModelArchives

private func reading(_ name: String, _ text: String) throws -> ContractReading {
    let folder = ModelFolder()
    return try ModelReader.read(path: folder.write(name, Array(text.utf8))).contractReading
}

private func contract(_ name: String, _ text: String) throws -> InputContract {
    try #require(try reading(name, text).contract)
}

@Suite("contracts of libraries' files")
struct LibraryContractTests {
    @Test("XGBoost's JSON and UBJSON say the same")
    func xgboostFixtures() throws {
        let models = try ["x.json", "x.ubj"].map { try ModelReader.read(path: fixtures + $0) }
        let contracts = try models.map { try #require($0.contract) }
        #expect(contracts[0].inputs.map(\.type) == contracts[1].inputs.map(\.type))
        #expect(contracts.map(\.inputs.count) == [4, 4])
        #expect(
            contracts.map(\.outputs) == Array(repeating: [.init(name: nil, type: .float32, shape: [nil, 3])], count: 2))
        #expect(contracts.map(\.library?.training) == ["3.2.0", "3.2.0"])
        #expect(models[0].contractReading.findings.map(\.rule) == ["unenforced-contract"])
    }

    private func booster(_ names: String, _ types: String, count: Int, cats: String = "{}") -> String {
        """
        {"learner": {"feature_names": \(names), "feature_types": \(types), "gradient_booster": {"model": {"cats": \(cats)}, \
        "name": "gbtree"}, "learner_model_param": {"num_feature": "\(count)", "num_class": "0"}, "objective": {"name": \
        "binary:logistic"}}, "version": [3, 2, 0]}
        """.replacing(": {\"feature", with: ":{\"feature").replacing("{\"learner\": ", with: "{\"learner\":")
    }

    @Test("XGBoost's names, types and categories")
    func xgboostCategories() throws {
        let cats =
            #"{"enc": [{"offsets": [], "values": []}, {"offsets": [0, 1, 3], "values": [110, -61, -87]}, {"type": 15, "values": [-3, 10]}]}"#
        let found = try contract("m.json", booster(#"["a", "b", "c"]"#, #"["int", "c", "c"]"#, count: 3, cats: cats))
        #expect(found.inputs.map(\.name) == ["a", "b", "c"])
        #expect(found.inputs.map(\.type) == [.int64, .string, .int64])
        #expect(found.inputs[1].categories?.values == [.text("n"), .text("\u{E9}")])
        #expect(found.inputs[2].categories?.values == [.integer(-3), .integer(10)])
        #expect(found.inputs.map(\.onUnseen) == [nil, .silent, .silent])
        #expect(found.binding == .exactNames && found.extraColumns == .error)
    }

    @Test(
        "XGBoost's damage gives a gap and no contract",
        arguments: [
            (#"["a"]"#, #"["int", "int"]"#, "{}"), (#"["a", "b"]"#, #"["int", "what"]"#, "{}"),
            (
                #"["a", "b"]"#, #"["c", "int"]"#,
                #"{"enc": [{"offsets": [0, 9], "values": [1]}, {"offsets": [], "values": []}]}"#
            ),
            (#"["a", "b"]"#, #"["c", "int"]"#, #"{"enc": [{"values": [], "offsets": []}]}"#),
        ])
    func xgboostDamage(_ names: String, _ types: String, _ cats: String) throws {
        let found = try reading("m.json", booster(names, types, count: 2, cats: cats))
        #expect(found.contract == nil && found.gaps.count == 1)
    }

    @Test("a name twice")
    func xgboostDuplicate() throws {
        let found = try reading("m.json", booster(#"["a", "a"]"#, #"["int", "int"]"#, count: 2))
        #expect(found.findings.map(\.rule).contains("duplicate-column"))
    }

    private func lightgbm(
        _ names: String, _ infos: String, categorical: String = "", pandas: String = "null", last: Int? = nil
    ) -> String {
        let count = names.split(separator: " ").count
        return """
            tree
            version=v4
            num_class=1
            max_feature_idx=\(last ?? count - 1)
            objective=binary sigmoid:1
            feature_names=\(names)
            feature_infos=\(infos)

            Tree=0
            leaf_value=1

            end of trees

            parameters:
            [categorical_feature: \(categorical)]
            end of parameters

            pandas_categorical:\(pandas)
            """
    }

    @Test("LightGBM's ranges and categories")
    func lightgbmColumns() throws {
        let found = try contract(
            "m.txt",
            lightgbm(
                "age code region none", "[18:79.5] -1:0:2 -1:0:1 none", categorical: "1,2",
                pandas: #"[[0, 2], ["n", "s"]]"#))
        #expect(found.inputs.map(\.name) == ["age", "code", "region", "none"])
        #expect(found.inputs[0].range == ContractRange(minimum: 18, maximum: 79.5, kind: .training))
        #expect(found.inputs[1].categories?.values == [.integer(0), .integer(2)])
        #expect(found.inputs[2].categories?.values == [.text("n"), .text("s")])
        #expect(found.inputs[3].range == nil && found.inputs[3].categories == nil)
        #expect(found.binding == .position)
        let codes = try contract("m.txt", lightgbm("a b", "0:2:1 [nan:inf]"))
        #expect(codes.inputs[0].categories?.values == [.integer(0), .integer(1), .integer(2)])
        #expect(codes.inputs[1].range == ContractRange(minimum: nil, maximum: nil, kind: .training))
        #expect(codes.inputs[1].onOutside == nil)
    }

    @Test("LightGBM's damage gives a gap, a cut file an error")
    func lightgbmDamage() throws {
        for text in [
            lightgbm("a b", "[1:2]"), lightgbm("a b", "[1:2] [1:x]"), lightgbm("a b", "[1:2] [4:3]"),
            lightgbm("a b", "[1:2] [3:4]", last: 7),
            lightgbm("a b", "[1:2] 0:1", categorical: "1", pandas: "[[\"x\"]"),
            lightgbm("a b", "0:1 0:1", categorical: "0,1", pandas: "[[\"x\"]]"),
        ] {
            let found = try reading("m.txt", text)
            #expect(found.contract == nil && found.gaps.count == 1, "\(text)")
        }
        #expect(throws: ModelReadingError.self) { try reading("m.txt", String(lightgbm("a", "[1:2]").prefix(150))) }
    }

    @Test("ONNX's inputs")
    func onnxFixture() throws {
        let found = try #require(try ModelReader.read(path: fixtures + "m.onnx").contract)
        #expect(found.inputs.map(\.name) == ["x"] && found.inputs.map(\.type) == [.float32])
        #expect(found.outputs == [ContractOutput(name: "y", type: .float32, shape: [1])])
    }

    @Test("Triton's and MLServer's configurations")
    func servers() throws {
        let folder = ModelFolder()
        let settings =
            #"{"name": "m", "implementation": "x.Y", "inputs": [{"name": "a", "datatype": "FP64", "shape": [-1, 2]}]}"#
        _ = folder.write("model-settings.json", Array(settings.utf8))
        let server = try #require(try ModelReader.read(path: folder.path).contract)
        #expect(server.inputs.map(\.shape) == [[nil, 2]] && server.inputs.map(\.type) == [.float64])
        let triton = """
            name: "m" # a comment
            max_batch_size: 8
            input [ { name: "ids" data_type: TYPE_INT64 dims: [ -1, 4 ] }, { name: "t", data_type: TYPE_STRING, dims: [ 1 ] } ]
            output { name: "p" data_type: TYPE_FP32 dims: 2 }
            """
        _ = folder.write("config.pbtxt", Array(triton.utf8))
        let parts = try ModelReader.read(path: folder.path).contracts
        let part = try #require(parts.first { $0.file == "config.pbtxt" })
        #expect(part.contract.inputs.map(\.shape) == [[nil, nil, 4], [nil, 1]])
        #expect(part.contract.inputs.map(\.type) == [.int64, .string])
        #expect(part.contract.outputs == [ContractOutput(name: "p", type: .float32, shape: [nil, 2])])
    }
}

@Suite("MLmodel's signature")
struct MLmodelContractTests {
    private func model(_ text: String, files: [String: String] = [:]) throws -> Model {
        let folder = ModelFolder()
        _ = folder.write(
            "MLmodel", Array(("flavors:\n  python_function:\n    loader_module: mlflow.sklearn\n" + text).utf8))
        for (name, text) in files { _ = folder.write(name, Array(text.utf8)) }
        return try ModelReader.read(path: folder.path)
    }

    private let signature = "signature:\n  inputs: '[{\"name\": \"a\", \"type\": \"long\"}]'\n"

    @Test("a signature with its lines")
    func plainSignature() throws {
        let contract = try #require(try model(signature).contract)
        #expect(contract.inputs.map(\.name) == ["a"] && contract.enforcedBy == [.mlflow])
        #expect(contract.inputs[0].sources.map(\.line) == [5])
    }

    @Test("two signatures, and a key below it twice, contradict; another key twice is an error")
    func duplicateKeys() throws {
        for text in [signature + signature, signature + "  inputs: '[]'\n"] {
            let found = try model(text)
            #expect(found.contractReading.findings.map(\.rule).filter { $0 == "contradicting-contract" }.count == 1)
            #expect(found.contractReading.findings.first?.file.hasSuffix("/MLmodel") == true)
        }
        #expect(throws: ModelReadingError.self) { try model("mlflow_version: 1.0\nmlflow_version: 2.0\n") }
    }

    @Test("an example that does not fit, a second MLmodel")
    func contradictions() throws {
        let example = #"{"columns": ["a"], "data": [["x"]]}"#
        let found = try model(signature, files: ["input_example.json": example]).contractReading
        #expect(Set(found.findings.map(\.rule)) == ["contradicting-contract", "silent-coercion"])
        #expect(found.findings.contains { $0.file.hasSuffix("/input_example.json") })
        let second = "flavors:\n  sklearn:\n    sklearn_version: 1.5.2\n" + signature
        let other = try model(signature, files: ["other/MLmodel": second]).contractReading
        #expect(other.findings.contains { $0.rule == "contradicting-contract" })
    }

    @Test("a schema that a declaration names is merged")
    func schemasAreMerged() throws {
        let found = try model(signature)
        let text = #"{"type": "object", "properties": {"a": {"type": "integer", "maximum": 9}}, "required": ["a"]}"#
        let part = SchemaReader.read(.init(name: "schema.json", bytes: Array(text.utf8)))
        let reading = found.contractReading(with: [part])
        #expect(reading.contract?.enforcedBy == [.mlflow, .schema])
        #expect(reading.contract?.inputs[0].range == ContractRange(minimum: nil, maximum: 9, kind: .constraint))
        #expect(reading.findings.isEmpty)
    }

    @Test("an archive with a directory around everything has the same contract")
    func packedModels() throws {
        let folder = ModelFolder()
        let text =
            "flavors:\n  python_function:\n    loader_module: mlflow.xgboost\n    data: model.ubj\n"
            + "signature:\n  inputs: '[{\"type\": \"tensor\", \"tensor-spec\": {\"dtype\": \"float32\", \"shape\": [-1, 5]}}]'\n"
        _ = folder.write("packed/MLmodel", Array(text.utf8))
        _ = folder.write("packed/model.ubj", try readFile(path: fixtures + "x.ubj", limit: 1 << 20))
        shell("cd '\(folder.path)' && tar czf model.tar.gz packed")
        let model = try ModelReader.read(path: folder.path + "/model.tar.gz")
        #expect(model.contracts.map(\.file).sorted() == ["MLmodel", "model.ubj"])
        #expect(model.contracts.first { $0.kind == .estimator }?.contract.inputs[0].sources[0].file == "model.ubj")
        let findings = model.contractReading.findings.filter { $0.rule == "contradicting-contract" }
        #expect(findings.map(\.file) == [folder.path + "/model.tar.gz!MLmodel"])
    }
}
