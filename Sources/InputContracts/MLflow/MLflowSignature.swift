import EnvironmentInventory
import SourceDocuments

/// Reads the `signature` of an `MLmodel`: the keys `inputs`, `outputs` and `params`, each a JSON text in YAML.
///
/// MLflow 1.30 and 2.3 write columns without `required`, which then are required; `params` came with 2.6
/// (https://mlflow.org/docs/latest/ml/model/signatures/).
package enum MLflowSignature {
    /// What could not be read of a signature.
    struct Unreadable: Error {
        let key: String
        let line: Int
        let reason: String
        var isDuplicate = false
    }

    /// Returns what a signature says; its gaps name what could not be read, and then it says nothing.
    ///
    /// - Parameters:
    ///   - signature: the table of the key `signature`.
    ///   - file: the MLmodel inside of the model.
    package static func read(_ signature: DocumentTable, file: String) -> ContractPart {
        var part = ContractPart(kind: .signature, file: file, contract: InputContract())
        do throws(Unreadable) {
            var contract = InputContract()
            if let (items, line) = try list("inputs", in: signature, file: file) {
                contract.inputs = try inputs(items, key: "inputs", line: line, file: file)
            }
            if let (items, line) = try list("outputs", in: signature, file: file) {
                contract.outputs = try inputs(items, key: "outputs", line: line, file: file).map {
                    ContractOutput(name: $0.name, type: $0.type, shape: $0.shape)
                }
            }
            if let (items, line) = try list("params", in: signature, file: file) {
                contract.parameters = try parameters(items, line: line)
            }
            if !contract.inputs.isEmpty {
                // MLflow finds columns by name and leaves out the others, or counts them.
                let isNamed = contract.inputs.contains { $0.name != nil }
                contract.binding = isNamed ? .name : .position
                contract.extraColumns = isNamed ? .ignored : contract.inputs[0].shape != nil ? .error : .ignored
                contract.enforcedBy = [.mlflow]
            }
            part.contract = contract
            part.findings = ContractPart.duplicateColumns(contract.inputs, file: file)
        } catch {
            part.contract.gaps.append(
                Gap(
                    "signature.\(error.key)", reason: error.reason,
                    source: FileLocation(file: file, line: error.line)))
            if error.isDuplicate {
                part.findings.append(
                    ContradictingContract.finding(
                        "the signature's \(error.key): \(error.reason)", file: file, line: error.line,
                        subject: error.key))
            }
        }
        return part
    }

    private static func list(
        _ key: String, in signature: DocumentTable, file: String
    ) throws(Unreadable) -> (items: [DocumentNode], line: Int)? {
        guard let member = signature.member(key), !member.value.isNull else { return nil }
        let line = member.keyPlace.line
        let root: DocumentNode
        if let text = member.value.string {
            guard text.utf8.count <= ContractLimits.maximumSignatureBytes else {
                throw Unreadable(key: key, line: line, reason: "the signature is too long")
            }
            if text == "null" { return nil }
            do throws(DocumentError) {
                root = try JSONReader.read(SourceText(name: file, bytes: Array(text.utf8)))
            } catch {
                throw Unreadable(
                    key: key, line: line, reason: "the text is not JSON: \(error.reason)",
                    isDuplicate: error.reason.hasPrefix("duplicate key"))
            }
        } else {
            // Written by hand as YAML: MLflow refuses it, and so it says nothing.
            throw Unreadable(key: key, line: line, reason: "\(member.value.typeName) stands where JSON text belongs")
        }
        guard let items = root.array else {
            throw Unreadable(key: key, line: line, reason: "the JSON text is not a list")
        }
        guard items.count <= ContractLimits.maximumColumns else {
            throw Unreadable(
                key: key, line: line, reason: "it has more than \(ContractLimits.maximumColumns) columns")
        }
        return (items, line)
    }

    private static func inputs(
        _ items: [DocumentNode], key: String, line: Int, file: String
    ) throws(Unreadable) -> [ContractInput] {
        var result: [ContractInput] = []
        for (position, item) in items.enumerated() {
            guard let table = item.table, let type = table.string("type") else {
                throw Unreadable(key: key, line: line, reason: "entry \(position) has no type")
            }
            var input = ContractInput(name: table["name"]?.text, position: position)
            if type == "tensor" {
                guard let spec = table["tensor-spec"]?.table, let name = spec.string("dtype"),
                    let shape = spec["shape"]?.array
                else {
                    throw Unreadable(key: key, line: line, reason: "entry \(position) is a tensor without a shape")
                }
                guard let dtype = ContractType(numpyName: plainName(name)) else {
                    throw Unreadable(
                        key: key, line: line, reason: "entry \(position) has the dtype \(name), which is not known"
                    )
                }
                input.type = dtype
                input.shape = try shape.map { (node) throws(Unreadable) -> Int? in
                    guard let value = node.integer, let dimension = Int(exactly: value), dimension >= -1 else {
                        throw Unreadable(
                            key: key, line: line, reason: "entry \(position) has a dimension that is not a number")
                    }
                    return dimension < 0 ? nil : dimension
                }
                input.required = true
            } else {
                guard let structure = MLflowTypes.structure(table) else {
                    throw Unreadable(
                        key: key, line: line, reason: "entry \(position) has the type \(type), which is not known")
                }
                input.type = structure.type
                if structure != .scalar(structure.type) { input.structure = structure }
                input.required = table["required"]?.boolean ?? (table["optional"]?.boolean).map { !$0 } ?? true
                if [.int32, .int64].contains(input.type) {
                    input.nullable = false
                    input.onNull = .rejected
                } else if input.type == .boolean {
                    input.onNull = .silent
                }
            }
            input.sources = [ContractSource(file: file, line: line, says: "signature.inputs", strength: "claimed")]
            result.append(input)
        }
        return result
    }

    /// A dtype without its byte order and width: MLflow writes `str`, NumPy `<U5`.
    private static func plainName(_ name: String) -> String {
        if name.hasPrefix("<U") || name.hasPrefix(">U") || name.hasPrefix("str") { return "str" }
        if name.hasPrefix("|S") || name.hasPrefix("bytes") { return "bytes" }
        return name
    }

    private static func parameters(_ items: [DocumentNode], line: Int) throws(Unreadable) -> [ContractParameter] {
        var result: [ContractParameter] = []
        for (position, item) in items.enumerated() {
            guard let table = item.table, let name = table["name"]?.text, let structure = MLflowTypes.structure(table)
            else {
                throw Unreadable(key: "params", line: line, reason: "entry \(position) has no name or no known type")
            }
            let shape = table["shape"]?.array?.map { node in
                node.integer.flatMap { Int(exactly: $0) }.flatMap { $0 < 0 ? nil : $0 }
            }
            result.append(
                ContractParameter(
                    name: name, type: structure.type, defaultValue: table["default"]?.jsonValue ?? .null,
                    shape: shape))
        }
        return result
    }
}

extension DocumentNode {
    /// The value as a scalar of a contract; null for lists and tables.
    package var contractScalar: ContractScalar {
        switch value {
        case .boolean(let value): .boolean(value)
        case .integer(let value): .integer(value)
        case .float(let value): .number(value)
        case .string(let text), .date(let text): .text(text)
        case .null, .array, .deferred, .table: .null
        }
    }
    /// The value as JSON writes it; an infinity is the text `inf` or `-inf`. The reader of the document bounds the depth.
    fileprivate var jsonValue: JSONValue {
        switch value {
        case .boolean(let value): .boolean(value)
        case .integer(let value): Int(exactly: value).map { .integer($0) } ?? .null
        case .float(let value): value.isInfinite ? .string(value < 0 ? "-inf" : "inf") : .number(value)
        case .string(let text), .date(let text): .string(text)
        case .null: .null
        default:
            array.map { .array($0.map(\.jsonValue)) }
                ?? table.map { .object($0.members.map { .init($0.key, $0.value.jsonValue) }) } ?? .null
        }
    }
}
