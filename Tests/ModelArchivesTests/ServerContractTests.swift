import ArchiveReading
import EnvironmentInventory
import InputContracts
import SourceDocuments
import Testing

@testable import ModelArchives

/// The configurations of inference servers, requirement lines and flavours as models hold them.
@Suite("Configurations of servers and environments")
struct ServerContractTests {
    /// https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_rest.md
    @Test(
        "types of the Open Inference Protocol",
        arguments: [
            ("BOOL", ContractType.boolean), ("UINT8", .uint8), ("UINT16", .uint16), ("UINT32", .uint32),
            ("UINT64", .uint64), ("INT8", .int8), ("INT16", .int16), ("INT32", .int32), ("INT64", .int64),
            ("FP16", .float16), ("FP32", .float32), ("FP64", .float64), ("STRING", .string), ("BYTES", .string),
            ("FLOAT", nil), ("", nil), ("fp32", nil), ("BF16", nil),
        ] as [(String, ContractType?)])
    func types(_ name: String, _ type: ContractType?) {
        #expect(InferenceProtocolTypes.type(name) == type)
        #expect(InferenceProtocolTypes.type("TYPE_" + name) == type)
    }

    private static func triton(_ text: String) -> ContractPart? {
        TritonConfiguration.read(SourceText(name: "config.pbtxt", text: text))
    }

    @Test(
        "what of a Triton configuration is not understood",
        arguments: [
            ("input {", "config.pbtxt:1: a message is not closed"),
            ("\ninput { name: \"a\" }", "config.pbtxt:2: a tensor has no name or no known type"),
            ("input { data_type: TYPE_FP32 }", "config.pbtxt:1: a tensor has no name or no known type"),
            (
                "input { name: \"a\" data_type: TYPE_BF16 }", "config.pbtxt:1: a tensor has no name or no known type"
            ),
            (
                "input {\n name: \"a\" data_type: TYPE_FP32\n dims: x }", "config.pbtxt:3: a dimension is not a number"
            ),
            ("output { name: \"a\" }", "config.pbtxt:1: a tensor has no name or no known type"),
        ])
    func tritonGaps(_ text: String, _ gap: String) {
        let part = Self.triton(text)
        #expect(part?.contract.gaps.map(\.description) == [gap] && part?.contract.inputs.isEmpty == true)
    }

    @Test("a batch is a dimension of its own")
    func tritonBatch() {
        let tensor = "input { name: \"a\" data_type: TYPE_FP32 dims: [ 3, -1 ] optional: true }"
        #expect(Self.triton(tensor)?.contract.inputs.map(\.shape) == [[3, nil]])
        #expect(Self.triton("max_batch_size: 0 " + tensor)?.contract.inputs.map(\.shape) == [[3, nil]])
        let batched = Self.triton("max_batch_size: 8 " + tensor)?.contract
        #expect(batched?.inputs.map(\.shape) == [[nil, 3, nil]] && batched?.inputs.map(\.required) == [false])
        #expect(batched?.extraColumns == .error && batched?.enforcedBy == [.schema])
        #expect(Self.triton("max_batch_size: 8") == nil)
    }

    private static func server(_ text: String) throws -> ContractPart? {
        let table = try #require(try JSONReader.read(SourceText(name: "s", text: text)).table)
        return MLServerContract.read(table, file: "model-settings.json")
    }

    @Test(
        "what of MLServer's settings is not understood",
        arguments: [
            (#"{"inputs": [{"name": "a"}]}"#, "inputs: a tensor has no name or no known type"),
            (#"{"inputs": [1]}"#, "inputs: a tensor has no name or no known type"),
            (#"{"outputs": [{"datatype": "FP32"}]}"#, "outputs: a tensor has no name or no known type"),
            (
                #"{"inputs": [{"name": "a", "datatype": "FP32", "shape": [-1, "x"]}]}"#,
                "inputs: a dimension is not a number"
            ),
            (
                #"{"inputs": [{"name": "a", "datatype": "FP32", "shape": [1.5]}]}"#,
                "inputs: a dimension is not a number"
            ),
            (
                #"{"inputs": [{"name": "a", "datatype": "FP32", "shape": 3}]}"#, "inputs: a dimension is not a number"
            ),
        ])
    func serverGaps(_ text: String, _ gap: String) throws {
        let part = try Self.server(text)
        #expect(part?.contract.gaps.map(\.description) == ["model-settings.json:1: \(gap)"])
        #expect(part?.contract.inputs.isEmpty == true)
    }

    @Test("MLServer hands requests on without a check")
    func serverContract() throws {
        let part = try Self.server(
            #"{"inputs": [{"name": "a", "datatype": "FP32", "shape": [-1, 2]}, {"name": "a", "datatype": "BYTES"}], "outputs": [{"name": "p", "datatype": "FP64", "shape": [1]}]}"#
        )
        #expect(part?.contract.inputs.map(\.shape) == [[nil, 2], nil] && part?.contract.enforcedBy == [])
        #expect(part?.contract.outputs == [ContractOutput(name: "p", type: .float64, shape: [1])])
        #expect(part?.findings.map(\.rule) == ["duplicate-column"])
        #expect(try Self.server("{}") == nil)
    }

    // MARK: Requirements

    private static func requirements(_ text: String) -> (facts: [String], gaps: [String]) {
        var content = ModelFileContent("mlflow")
        RequirementLines.read(SourceText(name: "requirements.txt", text: text), into: &content)
        return (
            content.facts.map { "\($0.about) \($0.name) \($0.value) \($0.place?.description ?? "-")" },
            content.unnamed.map(\.description)
        )
    }

    /// https://pip.pypa.io/en/stable/reference/requirements-file-format/
    @Test(
        "requirement lines as claims",
        arguments: [
            ("numpy==1.26.4", "package numpy 1.26.4 line 1"), ("NumPy_x==1.0 # why", "package numpy-x 1.0 line 1"),
            ("numpy>=1,<2", "requirement numpy >=1,<2 line 1"), ("numpy", "requirement numpy  line 1"),
            ("numpy==1.*", "requirement numpy ==1.* line 1"),
            ("a[x]==1.0 ; python_version < '3'", "package a 1.0 line 1"),
            ("a==1.0 --hash=sha256:00", "package a 1.0 line 1"),
            ("a==1.0 \\\n  --hash=sha256:00", "package a 1.0 line 1"),
            ("a @ https://index.example/a.whl", "requirement a @ https://index.example/a.whl line 1"),
            ("\n\na==1.0", "package a 1.0 line 3"),
        ])
    func claims(_ text: String, _ fact: String) {
        let read = Self.requirements(text)
        #expect(read.facts == [fact] && read.gaps == [])
    }

    @Test("=== compares the whole text")
    func arbitrary() {
        #expect(Self.requirements("a===1.0").facts == ["package a 1.0 line 1", "requirement a ===1.0 line 1"])
    }

    @Test(
        "lines that name nothing",
        arguments: [
            "", "# x", "  # x", "-i https://index.example", "--index-url=https://index.example", "--no-index", "-fdir",
            "-c c.txt", "--hash=sha256:00", "--pre", "\\",
        ])
    func silent(_ text: String) {
        let read = Self.requirements(text)
        #expect(read.facts == [] && read.gaps == [])
    }

    @Test(
        "lines that name no distribution are gaps",
        arguments: [
            ("-e .", "an editable requirement names no release"),
            ("--editable git+https://index.example/x", "an editable requirement names no release"),
            ("-r other.txt", "the file that it includes is not read"),
            ("--requirement=other.txt", "the file that it includes is not read"),
            ("--magic", "the option is not known"),
            ("./a.whl", "it is not a requirement with a name"), ("a==", "it is not a requirement with a name"),
            ("git+https://index.example/x", "it is not a requirement with a name"),
        ])
    func gaps(_ text: String, _ reason: String) {
        let read = Self.requirements(text)
        #expect(read.facts == [] && read.gaps == ["requirements.txt:1: \(text): \(reason)"])
    }

    @Test("a long line is cut in its gap")
    func longLine() {
        let text = "./" + String(repeating: "x", count: 500)
        #expect(
            Self.requirements(text).gaps == [
                "requirements.txt:1: \(text.prefix(200)): it is not a requirement with a name"
            ])
    }

    private static func environment(
        _ text: String, _ read: (SourceText, inout ModelFileContent) throws(DocumentError) -> Void
    ) throws -> (facts: [String], gaps: [String]) {
        var content = ModelFileContent("mlflow")
        try read(SourceText(name: "e.yaml", text: text), &content)
        return (
            content.facts.map { "\($0.about) \($0.name) \($0.value)" },
            (content.gaps + content.unnamed).map(\.description)
        )
    }

    @Test("MLflow's python_env.yaml")
    func pythonEnvironment() throws {
        let read = try Self.environment(
            "python: 3.11.7\nbuild_dependencies: [pip==23.0, 1, setuptools]\ndependencies:\n- -r requirements.txt\n- numpy==1.0\n- 7\n- -e .\n",
            PythonEnvironmentFile.read)
        #expect(
            read.facts == ["interpreter python 3.11.7", "tool pip 23.0", "tool setuptools ", "package numpy 1.0"])
        #expect(
            read.gaps == [
                "e.yaml:6: a dependency is not text", "e.yaml:7: -e .: an editable requirement names no release",
            ])
        #expect(try Self.environment("[1]", PythonEnvironmentFile.read).gaps == ["e.yaml: it is not a table"])
    }

    @Test("MLflow's conda.yaml: what pip installs counts, what conda installs is a gap")
    func condaEnvironment() throws {
        let read = try Self.environment(
            "dependencies:\n- python=3.11.7\n- pip<=23\n- python\n- mkl=2024.0\n- 7\n- npm: [x]\n- pip:\n  - numpy==1.0\n  - 7\n",
            CondaYAML.read)
        #expect(read.facts == ["interpreter python 3.11.7", "package numpy 1.0"])
        #expect(
            read.gaps == [
                "e.yaml:5: mkl=2024.0: a package of conda is not compared with Python distributions",
                "e.yaml:6: a dependency is neither text nor pip's list",
                "e.yaml:7: a dependency is neither text nor pip's list", "e.yaml:10: a requirement is not text",
            ])
    }

    // MARK: UBJSON

    private static func ubjson(_ bytes: [UInt8]) -> String {
        var reader = UBJSONReader(input: PickleInput(MemoryByteSource(bytes, name: "m.ubj"), size: bytes.count)) {
            $0.first == "k"
        }
        do throws(ArchiveReadingError) {
            let root = try reader.read()
            guard let kept = root.table?["k"] else { return "nothing" }
            return kept.array.map { "[" + $0.map { $0.text ?? $0.typeName }.joined(separator: ",") + "]" }
                ?? kept.text ?? kept.typeName
        } catch { return "\(error.reason)" }
    }

    private static func bytes(_ head: String, _ middle: [UInt8] = [], _ tail: String = "") -> [UInt8] {
        Array(head.utf8) + middle + Array(tail.utf8)
    }

    /// https://ubjson.org/type-reference/
    private static let documents: [(bytes: [UInt8], value: String)] = [
        (bytes("{U\u{1}ki", [0xFF], "}"), "-1"), (bytes("{U\u{1}kU", [0xFF], "}"), "255"),
        (bytes("{U\u{1}kI", [0xFF, 0x00], "}"), "-256"), (bytes("{U\u{1}kl", [0, 1, 0, 0], "}"), "65536"),
        (bytes("{U\u{1}kL", [0x80, 0, 0, 0, 0, 0, 0, 0], "}"), "-9223372036854775808"),
        (bytes("{U\u{1}kT}"), "true"), (bytes("{U\u{1}kSU\u{2}ab}"), "ab"), (bytes("{U\u{1}kZ}"), "null"),
        (bytes("{U\u{1}k[#U\u{2}TF}"), "[true,false]"), (bytes("{U\u{1}k[$U#U\u{2}\u{7}\u{8}}"), "[7,8]"),
        (bytes("{U\u{1}k[U\u{7}[]]}"), "[7,a list]"), (bytes("{U\u{1}xU\u{7}}"), "nothing"),
        (bytes("{#U\u{1}U\u{1}kU\u{7}"), "7"), (bytes("{$U#U\u{1}U\u{1}k\u{7}"), "7"),
    ]

    @Test("values of UBJSON", arguments: documents.indices)
    func ubjsonValues(_ index: Int) {
        #expect(Self.ubjson(Self.documents[index].bytes) == Self.documents[index].value)
    }

    private static let damaged: [(bytes: [UInt8], reason: String)] = [
        (bytes("{U\u{1}kU\u{7}U\u{1}kU\u{8}}"), "the key k is there twice"),
        (bytes("{U\u{1}k[$U}"), "a typed container has no length"), (bytes("{U\u{1}kS"), "truncated"),
        (bytes("{i", [0xFF]), "a length is not a number"),
        // A string as the length of a string as the length of a string.
        (bytes("{" + String(repeating: "S", count: 300_000)), "a length is not a number"),
        (bytes("?"), "no UBJSON type has the byte 63"),
        (bytes("{U\u{1}x[$L#L", [0x7F] + [UInt8](repeating: 0xFF, count: 7)), "an array is impossibly long"),
        (bytes("{U\u{1}kU"), "truncated"), (bytes(""), "truncated"), (bytes("{U\u{9}k"), "truncated"),
        (bytes("", [UInt8](repeating: UInt8(ascii: "["), count: 200)), "values are nested too deep"),
    ]

    @Test("damaged UBJSON", arguments: damaged.indices)
    func ubjsonDamage(_ index: Int) {
        let found = Self.ubjson(Self.damaged[index].bytes)
        #expect(found.contains(Self.damaged[index].reason), "\(found)")
    }
}
