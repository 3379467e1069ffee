import EnvironmentInventory
import SourceDocuments

/// Reads a JSON Schema of one row, or of a list of rows (https://json-schema.org/draft/2020-12).
///
/// Read are `type`, `enum`, `const`, the bounds, `format`, `$ref` within the document, `nullable` (OpenAPI 3.0), and `anyOf` or `oneOf` of a
/// type and null. What else a property says is not a constraint that is known, and is left alone.
struct JSONSchemaReader {
    let root: DocumentNode
    let file: String
    private static let maximumReferences = 32
    /// What a source says of a column that a schema requires without describing it.
    static let required = "required"
    /// The keys of bodies that hold rows.
    private static let envelopes: Set<String> = ["dataframe_records", "instances", "inputs", "rows", "data"]

    func contract(at pointer: String?) throws(DocumentError) -> InputContract {
        guard let node = resolve(pointer: pointer ?? "") else { throw error("nothing is at #\(pointer ?? "")", root) }
        return try contract(of: node)
    }

    func error(_ reason: String, _ node: DocumentNode) -> DocumentError {
        DocumentError(file: file, place: node.place, reason: reason)
    }

    func contract(of node: DocumentNode) throws(DocumentError) -> InputContract {
        var table = try followed(node)
        // A list of rows, at the top or as the only property of a body.
        for _ in 0..<3 {
            if table.string("type") == "array", let items = table["items"] {
                table = try followed(items)
            } else if let properties = table["properties"]?.table, properties.members.count == 1,
                let only = properties.members.first, Self.envelopes.contains(only.key),
                let inner = try? followed(only.value), inner.string("type") == "array", let items = inner["items"]
            {
                table = try followed(items)
            }
        }
        guard let properties = table["properties"]?.table else { throw error("the schema has no properties", node) }
        let required = Set((table["required"]?.array ?? []).compactMap(\.string))
        var contract = InputContract()
        for (position, member) in properties.members.prefix(ContractLimits.maximumColumns + 1).enumerated() {
            var input = ContractInput(name: member.key, position: position)
            input.required = required.contains(member.key)
            try read(member.value, into: &input)
            input.sources = [
                ContractSource(file: file, line: member.keyPlace.line, says: "properties", strength: "claimed")
            ]
            contract.inputs.append(input)
        }
        // What is required and not described has to be there all the same.
        for node in table["required"]?.array ?? [] {
            guard let name = node.string, properties[name] == nil,
                !contract.inputs.contains(where: { $0.name == name }),
                contract.inputs.count <= ContractLimits.maximumColumns
            else { continue }
            var input = ContractInput(name: name, position: contract.inputs.count)
            input.required = true
            input.sources = [
                ContractSource(file: file, line: node.place.line, says: Self.required, strength: "claimed")
            ]
            contract.inputs.append(input)
        }
        if table["additionalProperties"]?.boolean == false { contract.extraColumns = .error }
        if table["additionalProperties"]?.boolean == true { contract.extraColumns = .ignored }
        contract.enforcedBy = [.schema]
        return contract
    }

    private func read(_ node: DocumentNode, into input: inout ContractInput) throws(DocumentError) {
        if node.boolean != nil { return }
        var table = try followed(node)
        var isNullable = table["nullable"]?.boolean ?? false
        // `anyOf: [{type: integer}, {type: null}]`, as pydantic writes an optional value.
        if let choices = table["anyOf"]?.array ?? table["oneOf"]?.array {
            var others: [DocumentTable] = []
            for choice in choices {
                let inner = try followed(choice)
                if inner.string("type") == "null" { isNullable = true } else { others.append(inner) }
            }
            guard others.count == 1 else { return }
            table = others[0]
        } else if let all = table["allOf"]?.array, all.count == 1 {
            table = try followed(all[0])
        }
        var types = (table["type"]?.array ?? [table["type"]].compactMap { $0 }).compactMap(\.string)
        if types.contains("null") { isNullable = true }
        types.removeAll { $0 == "null" }
        let values = table["enum"]?.array ?? table["const"].map { [$0] }
        if let values {
            guard values.count <= ContractLimits.maximumCategories else { throw error("an enum is too long", node) }
            if values.contains(where: \.isNull) { isNullable = true }
            input.categories = .init(values: values.map(\.contractScalar).filter { $0 != .null }, isOpen: false)
            input.onUnseen = .rejected
        }
        if types.count == 1 {
            input.type = Self.type(types[0], format: table.string("format"))
        } else if types.isEmpty, let first = input.categories?.values.first {
            switch first {
            case .text: input.type = .string
            case .boolean: input.type = .boolean
            case .integer: input.type = .int64
            case .number: input.type = .float64
            case .null: break
            }
        }
        let says = !types.isEmpty || values != nil
        if says {
            input.nullable = isNullable
            input.onNull = isNullable ? .unknown : .rejected
        }
        let isInteger = [.int32, .int64].contains(input.type)
        let lower = [
            table["minimum"]?.contractNumber,
            table["exclusiveMinimum"]?.contractNumber.map { ContractRange.above($0, isInteger: isInteger) },
        ]
        let upper = [
            table["maximum"]?.contractNumber,
            table["exclusiveMaximum"]?.contractNumber.map { ContractRange.below($0, isInteger: isInteger) },
        ]
        var minimum = lower.compactMap { $0 }.max()
        var maximum = upper.compactMap { $0 }.min()
        // OpenAPI 3.0 writes the word of draft 4: a truth value beside the bound.
        if table["exclusiveMinimum"]?.boolean == true {
            minimum = minimum.map { ContractRange.above($0, isInteger: isInteger) }
        }
        if table["exclusiveMaximum"]?.boolean == true {
            maximum = maximum.map { ContractRange.below($0, isInteger: isInteger) }
        }
        if minimum != nil || maximum != nil {
            input.range = ContractRange(minimum: minimum, maximum: maximum, kind: .constraint)
            input.onOutside = .rejected
        }
    }

    private static func type(_ name: String, format: String?) -> ContractType {
        switch (name, format) {
        case ("integer", "int32"?): .int32
        case ("integer", _): .int64
        case ("number", "float"?): .float32
        case ("number", _): .float64
        case ("string", "date-time"?), ("string", "date"?): .datetime
        case ("string", "byte"?), ("string", "binary"?): .binary
        case ("string", _): .string
        case ("boolean", _): .boolean
        case ("array", _): .array
        case ("object", _): .object
        default: .any
        }
    }

    /// The schema that a chain of `$ref` leads to.
    func followed(_ node: DocumentNode) throws(DocumentError) -> DocumentTable {
        var node = node
        for _ in 0..<Self.maximumReferences {
            guard let table = node.table else { throw error("\(node.typeName) is not a schema", node) }
            guard let reference = table["$ref"]?.string else { return table }
            guard reference.hasPrefix("#"), let next = resolve(pointer: String(reference.dropFirst())) else {
                throw error("the reference \(reference) leads nowhere in this file", node)
            }
            node = next
        }
        throw error("references form a cycle", node)
    }

    /// The value at a JSON pointer (RFC 6901), as it is or as a fragment of a URI has it; an empty one is the document.
    func resolve(pointer: String) -> DocumentNode? {
        literal(pointer) ?? (pointer.utf8.contains(UInt8(ascii: "%")) ? literal(PercentEncoding.decode(pointer)) : nil)
    }

    private func literal(_ pointer: String) -> DocumentNode? {
        if pointer.isEmpty { return root }
        guard pointer.hasPrefix("/") else { return nil }
        var node = root
        for part in pointer.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            let key = Self.unescaped(part)
            if let next = node.table?[key] {
                node = next
            } else if let array = node.array, let index = Int(key), array.indices.contains(index),
                String(index) == key
            {
                node = array[index]
            } else {
                return nil
            }
        }
        return node
    }

    /// A token of a pointer: `~1` is a slash, `~0` a tilde.
    private static func unescaped(_ token: Substring) -> String {
        var output: [UInt8] = []
        var isEscape = false
        for byte in token.utf8 {
            if isEscape {
                isEscape = false
                switch byte {
                case UInt8(ascii: "1"): output.append(UInt8(ascii: "/"))
                case UInt8(ascii: "0"): output.append(UInt8(ascii: "~"))
                default: output += [UInt8(ascii: "~"), byte]
                }
            } else if byte == UInt8(ascii: "~") {
                isEscape = true
            } else {
                output.append(byte)
            }
        }
        return String(decoding: output, as: UTF8.self)
    }
}

extension ContractRange {
    /// The lowest value above a bound that is excluded.
    static func above(_ bound: Double, isInteger: Bool) -> Double {
        isInteger ? bound.rounded(.down) + 1 : bound.nextUp
    }

    /// The highest value below a bound that is excluded.
    static func below(_ bound: Double, isInteger: Bool) -> Double {
        isInteger ? bound.rounded(.up) - 1 : bound.nextDown
    }
}

extension DocumentNode {
    /// A finite number; nil for another value.
    var contractNumber: Double? {
        switch value {
        case .integer(let integer): Double(integer)
        case .float(let double) where double.isFinite: double
        default: nil
        }
    }
}
