import EnvironmentInventory
import SourceDocuments

extension InputContract {
    /// A JSON Schema of one row (https://json-schema.org/draft/2020-12): what it lets through, the model was made for.
    ///
    /// It refuses what raises, what something in front refuses, and what gets an answer to another value than was sent: a
    /// category that is not known, a value outside of the range of training, a missing value without a meaning.
    package var rowSchema: JSONValue {
        var members: [JSONValue.Member] = [
            .init("$schema", .string("https://json-schema.org/draft/2020-12/schema"))
        ]
        if inputs.count == 1, let shape = inputs[0].shape, inputs[0].name == nil {
            members += Self.tensor(inputs[0], shape: shape.dropFirst())
            return .object(members)
        }
        if inputs.contains(where: { $0.name == nil }) {
            members += [
                .init("type", .string("array")),
                .init("prefixItems", .array(inputs.map { .object(Self.column($0)) })),
                .init("items", .boolean(extraColumns == .ignored)),
                .init("minItems", .integer(inputs.count)),
            ]
            return .object(members)
        }
        var properties: [JSONValue.Member] = []
        var required: [String] = []
        var seen: Set<String> = []
        for input in inputs {
            guard let name = input.name, seen.insert(name).inserted else { continue }
            let schema = input.shape.map { Self.tensor(input, shape: $0.dropFirst()) } ?? Self.column(input)
            properties.append(.init(name, .object(schema)))
            // What an estimator reads has to be there, whatever the signature says.
            if input.required != false || input.isRead == true { required.append(name) }
        }
        members += [
            .init("type", .string("object")),
            .init("properties", .object(properties)),
            .init("required", .strings(required)),
            .init("additionalProperties", .boolean(extraColumns == .ignored)),
        ]
        return .object(members)
    }

    private static func tensor(_ input: ContractInput, shape: ArraySlice<Int?>) -> [JSONValue.Member] {
        guard let dimension = shape.first else { return column(input) }
        var members: [JSONValue.Member] = [
            .init("type", .string("array")), .init("items", .object(tensor(input, shape: shape.dropFirst()))),
        ]
        if let dimension {
            members.append(.init("minItems", .integer(dimension)))
            members.append(.init("maxItems", .integer(dimension)))
        }
        return members
    }

    private static func column(_ input: ContractInput) -> [JSONValue.Member] {
        let takesNull = input.onNull == .accepted || input.onNull == .unknown && input.nullable == true
        // An answer to a category that the model never saw means nothing, even where none is refused.
        if let categories = input.categories, input.onUnseen != .accepted, !categories.values.isEmpty {
            var values = categories.values.filter { scalar in
                if case .number(let number) = scalar { return number.isFinite }
                return scalar != .null
            }
            if takesNull { values.append(.null) }
            return [.init("enum", .array(values.map(\.json)))]
        }
        var members: [JSONValue.Member]
        if let structure = input.structure {
            members = ContractSchemaTypes.members(structure)
        } else {
            let range = input.onOutside == .accepted ? nil : input.range
            members = ContractSchemaTypes.members(input.type, range: range, domain: input.domain)
        }
        if input.type == .any, input.structure == nil {
            // Of a value without a type it is known what breaks the model, not what it takes.
            members.append(.init("$comment", .string("No type is known: only what breaks the model is refused.")))
            let breaks = [.error, .rejected, .silent].contains(input.onNull)
            if breaks { members.append(.init("not", .members(["type": .string("null")]))) }
            return members
        }
        guard takesNull else { return members }
        members = members.map { member in
            guard member.key == "type", case .string = member.value else { return member }
            return .init("type", .array([member.value, .string("null")]))
        }
        return members
    }
}

/// The JSON Schemas of types.
private enum ContractSchemaTypes {
    /// The largest number that is let through where no range is known: its square is finite in single precision, in which trees
    /// compare.
    static let maximumNumber = 1e18
    /// A date, or a date and a time, that pandas can hold in nanoseconds.
    static let datePattern =
        "^(19[0-9]{2}|20[0-9]{2}|21[0-9]{2})-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])(T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9])?$"
    static let base64Pattern = "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"

    /// The members of a scalar's schema.
    static func members(
        _ type: ContractType, range: ContractRange? = nil, domain: ClosedRange<Double>? = nil
    ) -> [JSONValue.Member] {
        switch type {
        case .any: return [.init("minimum", number(-maximumNumber)), .init("maximum", number(maximumNumber))]
        case .boolean: return [.init("type", .string("boolean"))]
        case .string: return [.init("type", .string("string"))]
        case .binary:
            return [
                .init("type", .string("string")), .init("contentEncoding", .string("base64")),
                .init("pattern", .string(base64Pattern)),
            ]
        case .datetime: return [.init("type", .string("string")), .init("pattern", .string(datePattern))]
        case .object: return [.init("type", .string("object"))]
        case .array: return [.init("type", .string("array"))]
        case .float16, .float32, .float64:
            let limit = type == .float16 ? 65504 : maximumNumber
            return [
                .init("type", .string("number")),
                .init("minimum", number(range?.minimum ?? domain?.lowerBound ?? -limit)),
                .init("maximum", number(range?.maximum ?? domain?.upperBound ?? limit)),
            ]
        default:
            let bounds = bounds(of: type)
            return [
                .init("type", .string("integer")),
                .init("minimum", range?.minimum.map(number) ?? .integer(bounds.minimum)),
                .init("maximum", range?.maximum.map(number) ?? .integer(bounds.maximum)),
            ]
        }
    }

    /// The members of the schema of a value with parts; documents limit the depth.
    static func members(_ structure: ContractStructure) -> [JSONValue.Member] {
        switch structure {
        case .scalar(let type): return members(type)
        case .array(let element):
            return [.init("type", .string("array")), .init("items", .object(members(element)))]
        case .map(let element):
            return [.init("type", .string("object")), .init("additionalProperties", .object(members(element)))]
        case .object(let properties):
            return [
                .init("type", .string("object")),
                .init("properties", .object(properties.map { .init($0.name, .object(members($0.structure))) })),
                .init("required", .strings(properties.filter(\.isRequired).map(\.name))),
                .init("additionalProperties", .boolean(false)),
            ]
        }
    }

    private static func number(_ value: Double) -> JSONValue {
        Int(exactly: value).map { .integer($0) } ?? .number(value)
    }

    private static func bounds(of type: ContractType) -> (minimum: Int, maximum: Int) {
        switch type {
        case .int8: (-128, 127)
        case .int16: (-32768, 32767)
        case .int32: (-2_147_483_648, 2_147_483_647)
        case .uint8: (0, 255)
        case .uint16: (0, 65535)
        case .uint32: (0, 4_294_967_295)
        // The highest value of uint64 does not fit in a signed number of 64 bits.
        case .uint64: (0, .max)
        default: (.min, .max)
        }
    }
}
