import EnvironmentInventory
import InputContracts
import SourceDocuments

/// The types of the Open Inference Protocol, `FP32`, which Triton writes with `TYPE_` before it
/// (https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_rest.md).
enum InferenceProtocolTypes {
    static func type(_ name: String) -> ContractType? {
        switch name.hasPrefix("TYPE_") ? String(name.dropFirst(5)) : name {
        case "BOOL": .boolean
        case "UINT8": .uint8
        case "UINT16": .uint16
        case "UINT32": .uint32
        case "UINT64": .uint64
        case "INT8": .int8
        case "INT16": .int16
        case "INT32": .int32
        case "INT64": .int64
        case "FP16": .float16
        case "FP32": .float32
        case "FP64": .float64
        case "STRING", "BYTES": .string
        default: nil
        }
    }

    /// A dimension; -1 is a free one.
    static func dimension(_ value: Int) -> Int? { value < 0 ? nil : value }

    /// A signature of tensors, which the server holds requests against.
    static func part(
        file: String, inputs: [ContractInput], outputs: [ContractOutput], gap: Gap?
    ) -> ContractPart? {
        var part = ContractPart(kind: .signature, file: file, contract: InputContract())
        if let gap {
            part.contract.gaps = [gap]
            return part
        }
        guard !inputs.isEmpty else { return nil }
        part.contract.inputs = inputs
        part.contract.outputs = outputs
        part.contract.binding = .name
        part.contract.extraColumns = .error
        part.contract.enforcedBy = [.schema]
        part.findings = ContractPart.duplicateColumns(inputs, file: file)
        return part
    }
}

/// Triton's `config.pbtxt` (https://docs.nvidia.com/deeplearning/triton-inference-server/user-guide/docs/user_guide/model_configuration.html):
/// inputs and outputs with `data_type` and `dims`, which have a dimension for the batch before them where `max_batch_size` is
/// not 0.
enum TritonConfiguration {
    static func keeps(_ path: String) -> Bool { baseName(path) == "config.pbtxt" }

    static func parts(in tree: ModelTree) -> [ContractPart] {
        tree.folders(with: "config.pbtxt").compactMap { folder in
            tree.text(folder + "config.pbtxt").flatMap(read)
        }
    }

    /// The code beside a configuration: a backend imports `1/model.py`, and Triton opens `libtriton_NAME.so`
    /// (https://github.com/triton-inference-server/python_backend, https://github.com/triton-inference-server/backend).
    static func code(in tree: ModelTree) -> [Finding] {
        tree.folders(with: "config.pbtxt").flatMap { folder -> [Finding] in
            let paths = (tree.files.map(\.path) + tree.links.map(\.path)).filter { path in
                guard path.hasBytePrefix(folder), ["py", "pyc", "so"].contains(where: { path.hasSuffix(".\($0)") })
                else { return false }
                let parts = path.dropFirst(folder.count).split(separator: "/")
                return parts.count == 1 || parts.first.map { $0.allSatisfy(\.isNumber) } ?? false
            }
            return Finding.code(of: paths, in: tree, severity: .note)
        }
    }

    static func read(_ text: SourceText) -> ContractPart? {
        func gap(_ reason: String, line: Int?) -> ContractPart? {
            InferenceProtocolTypes.part(
                file: text.name, inputs: [], outputs: [],
                gap: Gap("", reason: reason, source: FileLocation(file: text.name, line: line)))
        }
        let fields: [ProtobufText.Field]
        do throws(DocumentError) { fields = try ProtobufText.read(text) } catch {
            return gap(error.reason, line: error.place?.line)
        }
        let batch = fields.first { $0.name == "max_batch_size" }?.scalar.flatMap { Int($0) } ?? 0
        var inputs: [ContractInput] = []
        var outputs: [ContractOutput] = []
        for field in fields where field.name == "input" || field.name == "output" {
            func scalar(_ name: String) -> String? { field.message.first { $0.name == name }?.scalar }
            guard let name = scalar("name"), let type = scalar("data_type").flatMap(InferenceProtocolTypes.type),
                inputs.count < ContractLimits.maximumColumns
            else { return gap("a tensor has no name or no known type", line: field.line) }
            var shape: [Int?] = batch > 0 ? [nil] : []
            for dimension in field.message where dimension.name == "dims" {
                guard let value = dimension.scalar.flatMap({ Int($0) }) else {
                    return gap("a dimension is not a number", line: dimension.line)
                }
                shape.append(InferenceProtocolTypes.dimension(value))
            }
            if field.name == "output" {
                outputs.append(ContractOutput(name: name, type: type, shape: shape))
                continue
            }
            var input = ContractInput(name: name, position: inputs.count)
            input.type = type
            input.shape = shape
            input.required = scalar("optional") != "true"
            input.sources = [ContractSource(file: text.name, line: field.line, says: "input", strength: "claimed")]
            inputs.append(input)
        }
        return InferenceProtocolTypes.part(file: text.name, inputs: inputs, outputs: outputs, gap: nil)
    }
}

/// The `inputs` and `outputs` of MLServer's `model-settings.json`
/// (https://mlserver.readthedocs.io/en/latest/reference/model-settings.html).
enum MLServerContract {
    static func read(_ settings: DocumentTable, file: String) -> ContractPart? {
        var inputs: [ContractInput] = []
        var outputs: [ContractOutput] = []
        for key in ["inputs", "outputs"] {
            for node in settings[key]?.array ?? [] {
                guard let table = node.table, let name = table.string("name"),
                    let type = table.string("datatype").flatMap(InferenceProtocolTypes.type),
                    inputs.count < ContractLimits.maximumColumns
                else {
                    return InferenceProtocolTypes.part(
                        file: file, inputs: [], outputs: [],
                        gap: Gap(
                            key, reason: "a tensor has no name or no known type",
                            source: FileLocation(file: file, line: node.place.line)))
                }
                let dimensions = table["shape"].map {
                    $0.array?.map { $0.integer.flatMap { Int(exactly: $0) } } ?? [nil]
                }
                guard dimensions?.contains(nil) != true else {
                    return InferenceProtocolTypes.part(
                        file: file, inputs: [], outputs: [],
                        gap: Gap(
                            key, reason: "a dimension is not a number",
                            source: FileLocation(file: file, line: node.place.line)))
                }
                let shape = dimensions?.map { $0.flatMap(InferenceProtocolTypes.dimension) }
                if key == "outputs" {
                    outputs.append(ContractOutput(name: name, type: type, shape: shape))
                    continue
                }
                var input = ContractInput(name: name, position: inputs.count)
                input.type = type
                input.shape = shape
                input.required = true
                input.sources = [
                    ContractSource(file: file, line: node.place.line, says: "inputs", strength: "claimed")
                ]
                inputs.append(input)
            }
        }
        // MLServer hands requests on without holding them against its metadata.
        var part = InferenceProtocolTypes.part(file: file, inputs: inputs, outputs: outputs, gap: nil)
        part?.contract.enforcedBy = []
        return part
    }
}
