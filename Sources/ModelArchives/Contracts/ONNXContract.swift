import ArchiveReading
import EnvironmentInventory
import InputContracts

/// What an ONNX graph takes and gives: `graph.input` and `graph.output` with element types and dimensions
/// (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto: GraphProto, ValueInfoProto, TypeProto).
///
/// Before IR version 4 a graph lists its weights as inputs too: what has an initializer is none.
struct ONNXContract {
    private var inputs: [Value] = []
    private var outputs: [Value] = []
    private var initializers: Set<String> = []
    private var problem: String?
    /// The files in which its tensors are.
    var external = ONNXExternalData()

    private struct Value {
        var name = ""
        var type: ContractType?
        var shape: [Int?]?
        /// What it is where it is not a tensor: a sequence, a map.
        var other: ContractType?
        let offset: Int
    }

    /// Reads the fields of a graph whose head was just read.
    mutating func readGraph(
        _ reader: ProtobufInput, _ field: ProtobufInput.Field
    ) throws(ArchiveReadingError) {
        let end = reader.input.offset + field.length
        while let inner = try reader.field(before: end) {
            switch (inner.number, inner.wire) {
            case (1, 2): try external.read(reader, inner, as: .node)
            case (5, 2):
                if let name = try external.readTensor(reader, inner) { initializers.insert(name) }
            case (15, 2):
                // SparseTensorProto: the name is that of its values, field 1; field 2 has their indices.
                let sparseEnd = reader.input.offset + inner.length
                while let part = try reader.field(before: sparseEnd) {
                    guard part.wire == 2, part.number == 1 || part.number == 2 else {
                        try reader.skip(part)
                        continue
                    }
                    let name = try external.readTensor(reader, part)
                    if part.number == 1, let name { initializers.insert(name) }
                }
            case (11, 2): try take(try value(reader, inner), into: \.inputs)
            case (12, 2): try take(try value(reader, inner), into: \.outputs)
            default: try reader.skip(inner)
            }
        }
    }

    private mutating func take(_ value: Value, into list: WritableKeyPath<Self, [Value]>) throws(ArchiveReadingError) {
        if self[keyPath: list].count >= ContractLimits.maximumColumns {
            problem = "it has more than \(ContractLimits.maximumColumns) inputs"
        } else {
            self[keyPath: list].append(value)
        }
    }

    private func value(
        _ reader: ProtobufInput, _ field: ProtobufInput.Field
    ) throws(ArchiveReadingError) -> Value {
        var value = Value(offset: reader.input.offset)
        let end = reader.input.offset + field.length
        while let inner = try reader.field(before: end) {
            switch (inner.number, inner.wire) {
            case (1, 2): value.name = try reader.string(inner)
            case (2, 2): try readType(reader, inner, into: &value)
            default: try reader.skip(inner)
            }
        }
        return value
    }

    private func readType(
        _ reader: ProtobufInput, _ field: ProtobufInput.Field, into value: inout Value
    ) throws(ArchiveReadingError) {
        let end = reader.input.offset + field.length
        while let inner = try reader.field(before: end) {
            switch (inner.number, inner.wire) {
            case (1, 2), (8, 2): try readTensor(reader, inner, into: &value)
            case (4, 2):
                value.other = .array
                try reader.skip(inner)
            case (5, 2), (9, 2), (7, 2):
                value.other = .object
                try reader.skip(inner)
            default: try reader.skip(inner)
            }
        }
    }

    private func readTensor(
        _ reader: ProtobufInput, _ field: ProtobufInput.Field, into value: inout Value
    ) throws(ArchiveReadingError) {
        let end = reader.input.offset + field.length
        while let inner = try reader.field(before: end) {
            switch (inner.number, inner.wire) {
            case (1, 0): value.type = Self.types[Int(clamping: inner.value)]
            case (2, 2):
                var shape: [Int?] = []
                let shapeEnd = reader.input.offset + inner.length
                while let dimension = try reader.field(before: shapeEnd) {
                    guard dimension.number == 1, dimension.wire == 2 else {
                        try reader.skip(dimension)
                        continue
                    }
                    var size: Int?
                    let dimensionEnd = reader.input.offset + dimension.length
                    while let part = try reader.field(before: dimensionEnd) {
                        // A number that is 0 or negative is what exporters write for a free dimension.
                        if part.number == 1, part.wire == 0, let number = Int(exactly: part.value), number > 0 {
                            size = number
                        }
                        try reader.skip(part)
                    }
                    if shape.count < 64 { shape.append(size) }
                }
                value.shape = shape
            default: try reader.skip(inner)
            }
        }
    }

    /// TensorProto.DataType.
    private static let types: [Int: ContractType] = [
        1: .float32, 2: .uint8, 3: .int8, 4: .uint16, 5: .int16, 6: .int32, 7: .int64, 8: .string, 9: .boolean,
        10: .float16, 11: .float64, 12: .uint32, 13: .uint64,
    ]

    /// The contract of the graph.
    func part(file: String) -> ContractPart? {
        var part = ContractPart(kind: .estimator, file: file, contract: InputContract())
        func giveUp(_ subject: String, _ reason: String) -> ContractPart {
            part.contract.gaps.append(
                Gap(subject, reason: reason, source: FileLocation(file: file, line: nil)))
            return part
        }
        if let problem { return giveUp("graph", problem) }
        var contract = InputContract()
        for value in inputs where !initializers.contains(value.name) {
            guard let type = value.type ?? value.other else {
                return giveUp(value.name, "the element type of the input is not known")
            }
            var input = ContractInput(name: value.name, position: contract.inputs.count)
            input.type = type
            input.shape = value.other == nil ? value.shape : nil
            input.required = true
            input.isRead = true
            if type != .string { input.nullable = [.float16, .float32, .float64].contains(type) ? nil : false }
            input.sources = [
                ContractSource(file: file, offset: value.offset, says: "graph.input", strength: "recorded")
            ]
            contract.inputs.append(input)
        }
        guard !contract.inputs.isEmpty else { return nil }
        contract.outputs = outputs.map {
            ContractOutput(name: $0.name, type: $0.type ?? $0.other ?? .any, shape: $0.other == nil ? $0.shape : nil)
        }
        contract.binding = .name
        contract.extraColumns = .error
        contract.library = .init(name: "onnx")
        part.contract = contract
        part.findings = ContractPart.duplicateColumns(contract.inputs, file: file)
        return part
    }
}
