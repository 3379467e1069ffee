import EnvironmentInventory
import SourceDocuments

/// Whether one value fits an input.
enum ValueCheck {
    /// Returns what is wrong with the value of a column; nil when it fits.
    static func problem(_ value: DocumentNode, _ input: ContractInput, isText: Bool) -> String? {
        if value.isNull {
            let isRefused =
                input.nullable == false && input.onNull != .accepted || [.error, .rejected].contains(input.onNull)
            return isRefused ? "a missing value is refused" : nil
        }
        let typed = isText ? parsed(value, as: input.type) : value
        if let structure = input.structure, !isText {
            if let problem = problem(typed, structure) { return problem }
        } else if let problem = problem(typed, type: input.type) {
            return problem
        }
        if let categories = input.categories,
            !categories.isOpen || [.error, .rejected].contains(input.onUnseen ?? .unknown),
            !categories.values.contains(where: { same($0, typed) || isText && same($0, value) })
        {
            return "\(shown(typed)) is none of the \(categories.values.count) known values"
        }
        if let range = input.range, range.kind == .constraint, let number = number(typed) {
            if let minimum = range.minimum, number < minimum { return "\(shown(typed)) is less than \(minimum)" }
            if let maximum = range.maximum, number > maximum { return "\(shown(typed)) is more than \(maximum)" }
        }
        return nil
    }

    /// Returns what is wrong with an element of a tensor whose remaining dimensions are `shape`.
    static func element(
        _ value: DocumentNode, shape: ArraySlice<Int?>, of input: ContractInput, isText: Bool
    ) -> String? {
        guard let dimension = shape.first else {
            if isText { return problem(parsed(value, as: input.type), type: input.type) }
            if value.isNull, [.float32, .float64, .string].contains(input.type) { return nil }
            return problem(value, type: input.type)
        }
        guard let items = value.array else { return "\(value.typeName) is where a list belongs" }
        if let dimension, dimension != items.count {
            return "a list has \(items.count) values, \(dimension) belong there"
        }
        for item in items {
            if let problem = element(item, shape: shape.dropFirst(), of: input, isText: false) { return problem }
        }
        return nil
    }

    /// Returns what is wrong with a list or an object; the recursion ends because the depth of documents is limited.
    private static func problem(_ value: DocumentNode, _ structure: ContractStructure) -> String? {
        switch structure {
        case .scalar(let type): return problem(value, type: type)
        case .array(let element):
            guard let items = value.array else { return "\(value.typeName) is where a list belongs" }
            for item in items { if let problem = problem(item, element) { return problem } }
        case .map(let element):
            guard let table = value.table else { return "\(value.typeName) is where an object belongs" }
            for member in table.members { if let problem = problem(member.value, element) { return problem } }
        case .object(let properties):
            guard let table = value.table else { return "\(value.typeName) is where an object belongs" }
            for property in properties {
                guard let member = table[property.name] else {
                    if property.isRequired { return "the object lacks \(property.name)" }
                    continue
                }
                if !property.isRequired, member.isNull { continue }
                if let problem = problem(member, property.structure) { return "\(property.name): \(problem)" }
            }
            let names = Set(properties.map(\.name))
            if let extra = table.members.first(where: { !names.contains($0.key) }) {
                return "the object has \(extra.key), which its type does not name"
            }
        }
        return nil
    }

    private static func problem(_ value: DocumentNode, type: ContractType) -> String? {
        let isFitting: Bool =
            switch type {
            case .any: true
            case .boolean: value.boolean != nil
            case .string: value.string != nil
            case .binary: value.string.map(isBase64) ?? false
            case .datetime: value.string.map(isDate) ?? false
            case .array: value.array != nil
            case .object: value.table != nil
            case .float16, .float32, .float64: number(value).map { fits($0, type) } ?? false
            default: integer(value).map { fits($0, type) } ?? false
            }
        return isFitting ? nil : "\(shown(value)) is not of type \(type.rawValue)"
    }

    private static func fits(_ number: Double, _ type: ContractType) -> Bool {
        guard number.isFinite else { return false }
        return type == .float32
            ? abs(number) <= Double(Float.greatestFiniteMagnitude)
            : type == .float16 ? abs(number) <= 65504 : true
    }

    /// Whether an integer, which JSON may write as 70.0, is in the range of a type.
    private static func fits(_ value: Double, _ type: ContractType) -> Bool? {
        bounds(of: type).map { value >= $0.minimum && value <= $0.maximum }
    }

    private static func fits(_ value: Whole, _ type: ContractType) -> Bool {
        switch (value, type) {
        case (.exact(let number), .uint64): number >= 0
        case (.exact, .int64): true
        case (.exact(let number), _): fits(Double(number), type) ?? false
        case (.large, .uint64): true
        case (.large, _), (.beyond, _): false
        }
    }

    /// The lowest and highest value of an integer type; nil for another type.
    static func bounds(of type: ContractType) -> (minimum: Double, maximum: Double)? {
        switch type {
        case .int8: (-128, 127)
        case .int16: (-32768, 32767)
        case .int32: (-2_147_483_648, 2_147_483_647)
        case .int64: (-9_223_372_036_854_775_808, 9_223_372_036_854_774_784)
        case .uint8: (0, 255)
        case .uint16: (0, 65535)
        case .uint32: (0, 4_294_967_295)
        case .uint64: (0, 18_446_744_073_709_549_568)
        default: nil
        }
    }

    private enum Whole {
        case exact(Int64)
        /// An integer above the range of `Int64`.
        case large(UInt64)
        /// A number outside of the range of every integer type.
        case beyond
    }

    private static func integer(_ value: DocumentNode) -> Whole? {
        switch value.value {
        case .integer(let integer): .exact(integer)
        case .float(let double) where double == double.rounded() && double.isFinite:
            // The digits are exact where a double is not: 18446744073709551615 is 2^64 as one.
            if let raw = value.raw, raw.utf8.allSatisfy({ $0.isASCIIDigit || $0 == UInt8(ascii: "-") }) {
                UInt64(raw).map { .large($0) } ?? .beyond
            } else {
                Int64(exactly: double).map { .exact($0) } ?? UInt64(exactly: double).map { .large($0) } ?? .beyond
            }
        default: nil
        }
    }

    static func number(_ value: DocumentNode) -> Double? {
        switch value.value {
        case .integer(let integer): Double(integer)
        case .float(let double): double
        default: nil
        }
    }

    /// Returns the value of a CSV field in the type of its column, or the text if it cannot be converted.
    private static func parsed(_ value: DocumentNode, as type: ContractType) -> DocumentNode {
        guard let text = value.string else { return value }
        let result: DocumentNode.Value? =
            switch type {
            case .boolean:
                ["true", "True", "TRUE"].contains(text)
                    ? .boolean(true) : ["false", "False", "FALSE"].contains(text) ? .boolean(false) : nil
            case .string, .binary, .datetime, .any, .object, .array: nil
            default: Int64(text).map { .integer($0) } ?? Double(text).map { .float($0) }
            }
        return result.map { DocumentNode($0, range: value.range, raw: text) } ?? value
    }

    private static func same(_ scalar: ContractScalar, _ value: DocumentNode) -> Bool {
        switch (scalar, value.value) {
        case (.boolean(let left), .boolean(let right)): left == right
        case (.integer(let left), .integer(let right)): left == right
        case (.integer(let left), .float(let right)): Double(left) == right
        case (.number(let left), .integer(let right)): left == Double(right)
        case (.number(let left), .float(let right)): left == right
        case (.text(let left), .string(let right)): left == right
        case (.null, .null): true
        default: false
        }
    }

    private static func shown(_ value: DocumentNode) -> String {
        if let string = value.string { return "\"\(string.prefix(60))\"" }
        return value.text.map { String($0.prefix(60)) } ?? value.typeName
    }

    /// Whether a text is base64; Python breaks its lines.
    private static func isBase64(_ text: String) -> Bool {
        let bytes = text.utf8.filter { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        return bytes.count % 4 == 0
            && bytes.allSatisfy {
                $0.isASCIIDigit || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20)
                    || [UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "=")].contains($0)
            }
    }

    /// Whether a text starts with a day of ISO 8601 that the calendar has, `2020-01-31`.
    static func isDate(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count >= 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            let year = number(bytes[..<4]), let month = number(bytes[5..<7]), let day = number(bytes[8..<10]),
            (1...12).contains(month), (1...length(ofMonth: month, year: year)).contains(day)
        else { return false }
        return bytes.count == 10 || bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: " ")
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        guard digits.allSatisfy(\.isASCIIDigit) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    private static func length(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400)) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
