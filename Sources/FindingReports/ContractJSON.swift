import EnvironmentInventory
import SourceDocuments

extension InputContract {
    /// The contract as `inspect --contract` writes it.
    package var json: JSONValue {
        .members([
            "schema": .string("pinproof/contract/1"),
            "inputs": .array(inputs.map(\.json)),
            "by": .optional(binding?.rawValue),
            "extraColumns": .string(extraColumns.rawValue),
            "outputs": .array(outputs.map(\.json)),
            "params": .array(parameters.map(\.json)),
            "enforcedBy": .strings(enforcedBy.map(\.rawValue)),
            "libraryVersion": library?.json ?? .null,
        ])
    }
}

extension InputContract.LibraryVersion {
    fileprivate var json: JSONValue {
        .members(["name": .string(name), "training": .optional(training), "serving": .optional(serving)])
    }
}

extension ContractScalar {
    /// The value; an infinity is the text `inf` or `-inf`.
    package var json: JSONValue {
        switch self {
        case .null: .null
        case .boolean(let value): .boolean(value)
        case .integer(let value): .integer(Int(value))
        case .number(let value):
            value.isInfinite ? .string(value < 0 ? "-inf" : "inf") : value.isNaN ? .string("nan") : .number(value)
        case .text(let text): .string(text)
        }
    }
}

extension ContractInput {
    fileprivate var json: JSONValue {
        .members([
            "name": .optional(name),
            "position": .integer(position),
            "type": .string(type.rawValue),
            "shape": shapeJSON(shape),
            "required": required.map { .boolean($0) } ?? .null,
            "nullable": nullable.map { .boolean($0) } ?? .null,
            "categories": categories.map {
                .members(["values": .array($0.values.map(\.json)), "open": .boolean($0.isOpen)])
            } ?? .null,
            "range": range.map {
                .members([
                    "min": $0.minimum.map { .number($0) } ?? .null, "max": $0.maximum.map { .number($0) } ?? .null,
                    "kind": .string($0.kind.rawValue),
                ])
            } ?? .null,
            "onNull": .string(onNull.rawValue),
            "onUnseen": .optional(onUnseen?.rawValue),
            "onOutside": .optional(onOutside?.rawValue),
            "sources": .array(
                sources.map { source in
                    var members: [JSONValue.Member] = [.init("file", .string(source.file))]
                    if let line = source.line { members.append(.init("line", .integer(line))) }
                    if let offset = source.offset { members.append(.init("offset", .integer(offset))) }
                    members.append(.init("says", .string(source.says)))
                    members.append(.init("strength", .string(source.strength)))
                    return .object(members)
                }),
        ])
    }
}

extension ContractOutput {
    fileprivate var json: JSONValue {
        .members([
            "name": .optional(name), "type": .string(type.rawValue), "shape": shapeJSON(shape),
            "classes": classes.map { .array($0.map(\.json)) } ?? .null,
        ])
    }
}

extension ContractParameter {
    fileprivate var json: JSONValue {
        .members([
            "name": .string(name), "type": .string(type.rawValue), "default": defaultValue,
            "shape": shapeJSON(shape),
        ])
    }
}

extension ContractChange {
    /// The change as `preflight` and `diff` write it.
    package var json: JSONValue {
        .members([
            "column": .optional(column), "kind": .string(kind), "previous": .optional(previous),
            "now": .optional(now), "breaksCallers": .boolean(breaksCallers),
            "breaksRollback": .boolean(breaksRollback),
        ])
    }
}

extension ContractProbe {
    /// The probe as one line of `inspect --probes`.
    package var json: JSONValue {
        let place: JSONValue =
            switch column {
            case .name(let name): .string(name)
            case .position(let position): .integer(position)
            case .row: .null
            }
        return .members([
            "column": place, "probe": .string(kind.rawValue), "value": value.json,
            "outcome": .string(outcome.rawValue), "why": .string(why), "version": .optional(version),
        ])
    }
}

/// The dimensions of a tensor, null for a free one.
private func shapeJSON(_ shape: [Int?]?) -> JSONValue {
    shape.map { .array($0.map { JSONValue.optional($0) }) } ?? .null
}
