import EnvironmentInventory
import SourceDocuments
import TestSupport
import Testing

@testable import InputContracts

@Test("columns with every type of MLflow")
func columnsAreRead() throws {
    let part = signature(
        columns("a boolean,b integer,c long,d float,e double,f string,g binary,h datetime,i any,j long?"),
        outputs: #"[{"type": "tensor", "tensor-spec": {"dtype": "int64", "shape": [-1]}}]"#,
        params: #"[{"name": "top", "default": [1, 2], "shape": [-1], "type": "long"}]"#)
    #expect(part.contract.gaps.isEmpty && part.findings.isEmpty)
    #expect(
        part.contract.inputs.map(\.type) == [
            .boolean, .int32, .int64, .float32, .float64, .string, .binary, .datetime, .any, .int64,
        ])
    #expect(part.contract.inputs.map(\.required) == Array(repeating: true, count: 9) + [false])
    #expect(part.contract.inputs[1].onNull == .rejected && part.contract.inputs[4].onNull == .unknown)
    #expect(part.contract.binding == .name && part.contract.extraColumns == .ignored)
    #expect(part.contract.outputs == [ContractOutput(name: nil, type: .int64, shape: [nil])])
    #expect(part.contract.parameters.map(\.shape) == [[nil]])
    #expect(part.contract.parameters.map(\.defaultValue) == [.array([.integer(1), .integer(2)])])
    #expect(part.contract.inputs[0].sources.first?.line == 3)
}

@Test("the forms of older versions, tensors, objects, arrays and maps")
func otherFormsAreRead() throws {
    let old = signature(#"[{"name": "x", "type": "double"}]"#)
    #expect(old.contract.inputs.first?.required == true)
    let tensors = signature(
        #"[{"name": "p", "type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 3, 2]}}]"#)
    #expect(tensors.contract.inputs.first?.shape == [nil, 3, 2])
    #expect(tensors.contract.inputs.first?.type == .float32)
    let nested = signature(
        #"[{"type": "array", "items": {"type": "object", "properties": {"role": {"type": "string", "required": true},"#
            + #" "n": {"type": "long", "required": false}}}, "name": "messages", "required": true},"#
            + #" {"type": "map", "values": {"type": "double"}, "name": "w"}]"#)
    #expect(nested.contract.inputs.map(\.type) == [.array, .object])
    #expect(nested.contract.inputs[0].structure?.description == "array<{role: string, n?: int64}>")
    #expect(nested.contract.inputs[1].structure == .map(.scalar(.float64)))
}

@Test(
    "what is not understood gives a gap and no contract",
    arguments: [
        #"[{"name": "x"}]"#, #"[{"name": "x", "type": "decimal"}]"#, "[", "{}",
        #"[{"type": "tensor", "tensor-spec": {"dtype": "complex64", "shape": [-1]}}]"#,
        #"[{"type": "tensor", "tensor-spec": {"dtype": "int64", "shape": ["a"]}}]"#,
        #"[{"type": "array", "name": "x"}]"#,
    ])
func unknownSignaturesAreGaps(_ text: String) {
    let part = signature(text)
    #expect(part.contract.inputs.isEmpty)
    #expect(part.contract.gaps.count == 1)
    #expect(ContractMerger.merge([part], model: "m").contract == nil)
}

@Test("a column twice, and a key twice in the JSON text")
func duplicatesAreFound() {
    #expect(signature(columns("a long,a long")).findings.map(\.rule) == ["duplicate-column"])
    let twice = signature(#"[{"name": "x", "name": "y", "type": "long"}]"#)
    #expect(twice.findings.map(\.rule) == ["contradicting-contract"])
    #expect(twice.contract.gaps.count == 1)
}

@Test("what MLflow's server makes of a value")
func serverOutcomes() {
    func outcome(_ json: String, _ type: ContractType, _ version: String? = "3.17.2") -> ValueOutcome {
        MLflowServer.outcome(of: json, as: type, version: version).outcome
    }
    #expect(outcome("3000000000", .int32) == .silent && outcome("3000000000", .int64) == .accepted)
    #expect(outcome("null", .int64) == .rejected && outcome("null", .boolean) == .silent)
    #expect(outcome("null", .float64) == .accepted && outcome("\"abc\"", .boolean) == .silent)
    #expect(outcome("[1]", .string) == .accepted && outcome("[1]", .float32) == .rejected)
    #expect(outcome("true", .datetime) == .rejected && outcome("true", .datetime, "2.22.0") == .silent)
    #expect(outcome("true", .datetime, nil) == .unknown && outcome("7", .int64) == .unknown)
    let probes = MLflowServer.probes(of: signature(columns("a boolean,b long?")).contract, version: "3.17.2")
    #expect(probes.count == 22)
    #expect(probes.allSatisfy { $0.kind == .json && $0.version == "3.17.2" })
    #expect(MLflowServer.probes(of: estimator(["a"]).contract, version: nil).isEmpty)
}

@Test("all 154 cells of the table that MLflow's own server made, for two versions")
func mlflowCells() throws {
    let directory = #filePath.split(separator: "/").dropLast().joined(separator: "/")
    let bytes = try #require(contents(ofFile: "/\(directory)/Oracle/mlflow_cells.tsv"))
    var cells = 0
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") where !line.hasPrefix("#") {
        let fields = line.split(separator: "\t").map(String.init)
        try #require(fields.count == 5)
        let type = try #require(MLflowTypes.scalars.first { $0.name == fields[0] }?.type)
        for (version, expected) in [("3.17.2", fields[3]), ("2.22.0", fields[4])] {
            let found = MLflowServer.outcome(of: fields[2], as: type, version: version).outcome
            #expect(found.rawValue == expected, "\(fields) \(version)")
        }
        cells += 1
    }
    #expect(cells == 154)
}
