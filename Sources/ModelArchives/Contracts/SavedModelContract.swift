import ArchiveReading
import EnvironmentInventory
import InputContracts

/// The signatures of a SavedModel: `signature_def` of a graph with the tensors that it takes and gives
/// (https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/protobuf/meta_graph.proto).
struct SavedModelContract {
    private var signatures: [(name: String, inputs: [Tensor], outputs: [Tensor])] = []

    private struct Tensor {
        var name = ""
        var type: UInt64 = 0
        var shape: [Int?]?
        var offset = 0
    }

    /// Reads one entry of the map `signature_def`, whose head was just read.
    mutating func readEntry(
        _ reader: ProtobufInput, _ field: ProtobufInput.Field
    ) throws(ArchiveReadingError) {
        var name = ""
        var inputs: [Tensor] = []
        var outputs: [Tensor] = []
        try each(reader, field) { (part) throws(ArchiveReadingError) in
            switch (part.number, part.wire) {
            case (1, 2): name = try reader.string(part)
            case (2, 2):
                try each(reader, part) { (inner) throws(ArchiveReadingError) in
                    switch (inner.number, inner.wire) {
                    case (1, 2): inputs.append(try tensor(reader, inner))
                    case (2, 2): outputs.append(try tensor(reader, inner))
                    default: try reader.skip(inner)
                    }
                }
            default: try reader.skip(part)
            }
        }
        if signatures.count < 1000 { signatures.append((name, inputs, outputs)) }
    }

    private func each(
        _ reader: ProtobufInput, _ field: ProtobufInput.Field,
        _ body: (ProtobufInput.Field) throws(ArchiveReadingError) -> Void
    ) throws(ArchiveReadingError) {
        let end = reader.input.offset + field.length
        while let inner = try reader.field(before: end) { try body(inner) }
    }

    /// An entry of the map from a name to a TensorInfo.
    private func tensor(
        _ reader: ProtobufInput, _ field: ProtobufInput.Field
    ) throws(ArchiveReadingError) -> Tensor {
        var tensor = Tensor(offset: reader.input.offset)
        try each(reader, field) { (part) throws(ArchiveReadingError) in
            switch (part.number, part.wire) {
            case (1, 2): tensor.name = try reader.string(part)
            case (2, 2):
                try each(reader, part) { (inner) throws(ArchiveReadingError) in
                    switch (inner.number, inner.wire) {
                    case (2, 0): tensor.type = inner.value
                    case (3, 2): tensor.shape = try shape(reader, inner)
                    default: try reader.skip(inner)
                    }
                }
            default: try reader.skip(part)
            }
        }
        return tensor
    }

    /// A TensorShapeProto; nil where the rank is not known.
    private func shape(
        _ reader: ProtobufInput, _ field: ProtobufInput.Field
    ) throws(ArchiveReadingError) -> [Int?]? {
        var shape: [Int?] = []
        var isUnknown = false
        try each(reader, field) { (part) throws(ArchiveReadingError) in
            switch (part.number, part.wire) {
            case (2, 2):
                var size: Int?
                try each(reader, part) { (inner) throws(ArchiveReadingError) in
                    if inner.number == 1, inner.wire == 0 {
                        let value = Int64(bitPattern: inner.value)
                        size = value < 0 ? nil : Int(exactly: value)
                    } else {
                        try reader.skip(inner)
                    }
                }
                if shape.count < 64 { shape.append(size) }
            case (3, 0): isUnknown = part.value != 0
            default: try reader.skip(part)
            }
        }
        return isUnknown ? nil : shape
    }

    /// The contract of `serving_default`, or of the only signature.
    func part(file: String) -> ContractPart? {
        let named = signatures.filter { !$0.name.hasPrefix("__") && !$0.inputs.isEmpty }
        guard let chosen = named.first(where: { $0.name == "serving_default" }) ?? (named.count == 1 ? named[0] : nil)
        else { return nil }
        var part = ContractPart(kind: .estimator, file: file, contract: InputContract())
        // A map has no order: the names give one.
        for (position, tensor) in chosen.inputs.sorted(by: { $0.name < $1.name }).enumerated() {
            guard let type = Self.types[tensor.type], position < ContractLimits.maximumColumns else {
                part.contract = InputContract()
                part.contract.gaps = [
                    Gap(
                        tensor.name, reason: "the type of the tensor is not known",
                        source: FileLocation(file: file, line: nil))
                ]
                return part
            }
            var input = ContractInput(name: tensor.name, position: position)
            input.type = type
            input.shape = tensor.shape
            input.required = true
            input.isRead = true
            input.sources = [
                ContractSource(
                    file: file, offset: tensor.offset, says: "signature_def.\(chosen.name)", strength: "recorded")
            ]
            part.contract.inputs.append(input)
        }
        part.contract.outputs = chosen.outputs.sorted { $0.name < $1.name }.map {
            ContractOutput(name: $0.name, type: Self.types[$0.type] ?? .any, shape: $0.shape)
        }
        part.contract.binding = .name
        part.contract.extraColumns = .error
        part.contract.library = .init(name: "tensorflow")
        return part
    }

    /// DataType of TensorFlow.
    private static let types: [UInt64: ContractType] = [
        1: .float32, 2: .float64, 3: .int32, 4: .uint8, 5: .int16, 6: .int8, 7: .string, 9: .int64, 10: .boolean,
        17: .uint16, 19: .float16, 22: .uint32, 23: .uint64,
    ]
}
