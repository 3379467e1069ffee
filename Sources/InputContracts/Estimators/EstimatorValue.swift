import EnvironmentInventory

/// A value in the state of an estimator, whatever format held it.
package enum EstimatorValue: Sendable {
    case none
    case boolean(Bool)
    case integer(Int64)
    case number(Double)
    case text(String)
    /// A list, a tuple or a set.
    case list([EstimatorValue])
    /// Keys and values, in the order of the file.
    case dictionary([(key: EstimatorValue, value: EstimatorValue)])
    case array(EstimatorArray)
    case object(Estimator)
    /// A class or function by its dotted name.
    case name(String)
    /// Something that is not kept: its type or its size is of no use here.
    case other
}

/// A numpy array that was kept whole.
package struct EstimatorArray: Sendable {
    /// The length of each axis.
    package let shape: [Int]
    /// The letter of the dtype's kind: `f`, `i`, `u`, `b`, `U`, `O`.
    package let kind: Character
    /// The bytes of an element; of an `O` array none.
    package let itemSize: Int
    /// The elements, the last axis the fastest, or the first where ``isFortran``.
    package let elements: [EstimatorValue]
    /// Whether the first axis is the fastest.
    package let isFortran: Bool

    /// Creates an array.
    package init(shape: [Int], kind: Character, itemSize: Int, elements: [EstimatorValue], isFortran: Bool = false) {
        self.shape = shape
        self.kind = kind
        self.itemSize = itemSize
        self.elements = elements
        self.isFortran = isFortran
    }

    /// Creates an array of raw bytes; nil for a dtype that is not read, or for another number of bytes.
    ///
    /// The codes are those of https://numpy.org/doc/stable/reference/arrays.interface.html.
    package init?(
        shape: [Int], kind: Character, itemSize: Int, bytes: some RandomAccessCollection<UInt8>, isBigEndian: Bool,
        isFortran: Bool = false
    ) {
        var count = 1
        for length in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: length)
            guard length >= 0, !overflow, product <= Self.maximumElements else { return nil }
            count = product
        }
        guard itemSize > 0 || (count == 0 || kind == "U"), itemSize <= 1 << 20,
            bytes.count == count * itemSize
        else { return nil }
        var elements: [EstimatorValue] = []
        elements.reserveCapacity(count)
        var start = bytes.startIndex
        for _ in 0..<count {
            let end = bytes.index(start, offsetBy: itemSize)
            guard let value = Self.element(kind, bytes[start..<end], isBigEndian: isBigEndian) else { return nil }
            elements.append(value)
            start = end
        }
        self.init(shape: shape, kind: kind, itemSize: itemSize, elements: elements, isFortran: isFortran)
    }

    /// The elements of the largest array that is kept.
    package static let maximumElements = 1 << 16

    private static func element(
        _ kind: Character, _ bytes: some RandomAccessCollection<UInt8>, isBigEndian: Bool
    ) -> EstimatorValue? {
        if kind == "U" { return text(bytes, isBigEndian: isBigEndian).map { .text($0) } }
        guard bytes.count <= 8 else { return nil }
        var bits: UInt64 = 0
        if isBigEndian {
            for byte in bytes { bits = bits << 8 | UInt64(byte) }
        } else {
            for byte in bytes.reversed() { bits = bits << 8 | UInt64(byte) }
        }
        switch (kind, bytes.count) {
        case ("f", 8): return .number(Double(bitPattern: bits))
        case ("f", 4): return .number(Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits))))
        case ("b", 1): return .boolean(bits != 0)
        case ("u", 1), ("u", 2), ("u", 4): return .integer(Int64(bits))
        case ("u", 8): return Int64(exactly: bits).map { .integer($0) }
        case ("i", 8): return .integer(Int64(bitPattern: bits))
        case ("i", 4): return .integer(Int64(Int32(truncatingIfNeeded: bits)))
        case ("i", 2): return .integer(Int64(Int16(truncatingIfNeeded: bits)))
        case ("i", 1): return .integer(Int64(Int8(truncatingIfNeeded: bits)))
        default: return nil
        }
    }

    /// Decodes UTF-32 without its zeros at the end; nil where a unit is not a character.
    private static func text(_ bytes: some RandomAccessCollection<UInt8>, isBigEndian: Bool) -> String? {
        let bytes = Array(bytes)
        guard bytes.count.isMultiple(of: 4) else { return nil }
        var scalars: [Unicode.Scalar] = []
        for index in stride(from: 0, to: bytes.count, by: 4) {
            var unit: UInt32 = 0
            for position in 0..<4 { unit = unit << 8 | UInt32(bytes[index + (isBigEndian ? position : 3 - position)]) }
            guard let scalar = Unicode.Scalar(unit) else { return nil }
            scalars.append(scalar)
        }
        while scalars.last?.value == 0 { scalars.removeLast() }
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }
}

/// An object of a model: its class and the attributes that say what it takes and does.
package final class Estimator: Sendable {
    /// The dotted name of the class, `sklearn.pipeline.Pipeline`.
    package let path: String
    /// The byte offset of the opcode that made it; nil where ``line`` counts.
    package let offset: Int?
    /// The line of the document that holds it, the first being 1.
    package let line: Int?
    /// The attributes that are of use here, by name.
    package let attributes: [String: EstimatorValue]
    /// What a model of LightGBM or XGBoost says of its features.
    let booster: InputContract?

    /// Creates an object.
    package init(
        path: String, offset: Int? = nil, line: Int? = nil, attributes: [String: EstimatorValue],
        booster: InputContract? = nil
    ) {
        self.booster = booster
        self.path = path
        self.offset = offset
        self.line = line
        self.attributes = attributes
    }

    /// The class without its modules.
    package var className: String { path.split(separator: ".").last.map(String.init) ?? path }

    /// The value of an attribute.
    package subscript(_ name: String) -> EstimatorValue? { attributes[name] }

    /// An attribute that is text.
    func text(_ name: String) -> String? { attributes[name]?.text }

    /// An attribute that is another object.
    func object(_ name: String) -> Estimator? { attributes[name]?.object }

    /// The version of scikit-learn that wrote it, or that wrote the first object in it that has one.
    package var version: String? {
        if let version = text("_sklearn_version") { return version }
        for child in children.prefix(64) { if let version = child.version { return version } }
        return nil
    }

    /// The estimators that it is made of, in the order of their use.
    var children: [Estimator] {
        let names = [
            "best_estimator_", "steps", "transformers_", "transformer_list", "estimator_", "base_estimator_",
            "estimators_", "regressor_",
            "calibrated_classifiers_", "final_estimator_", "estimator", "base_estimator",
        ]
        return names.flatMap { attributes[$0]?.objects ?? [] }
    }
}

extension EstimatorValue {
    /// The text, where it is text.
    package var text: String? { if case .text(let text) = self { text } else { nil } }

    /// The object, where it is one.
    package var object: Estimator? { if case .object(let object) = self { object } else { nil } }

    /// The truth value, where it is one.
    package var boolean: Bool? { if case .boolean(let value) = self { value } else { nil } }

    /// The integer, where it is one.
    package var integer: Int? {
        switch self {
        case .integer(let value): Int(value)
        case .array(let array) where array.elements.count == 1: array.elements[0].integer
        default: nil
        }
    }

    /// The number, an integer or a float.
    package var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        case .array(let array) where array.elements.count == 1 && array.shape.isEmpty: array.elements[0].number
        default: nil
        }
    }

    /// Whether it is None.
    package var isNone: Bool { if case .none = self { true } else { false } }

    /// Whether it is NaN, as a float or as an array of none.
    package var isNaN: Bool { number?.isNaN ?? false }

    /// The elements of a list or of an array.
    package var elements: [EstimatorValue]? {
        switch self {
        case .list(let list): list
        case .array(let array): array.elements
        default: nil
        }
    }

    /// The numbers of a list or array; nil where one element is none.
    package var numbers: [Double]? {
        guard let elements else { return nil }
        let numbers = elements.compactMap(\.number)
        return numbers.count == elements.count ? numbers : nil
    }

    /// The texts of a list or array; nil where one element is none.
    package var texts: [String]? {
        guard let elements else { return nil }
        let texts = elements.compactMap(\.text)
        return texts.count == elements.count ? texts : nil
    }

    /// The integers of a list or array; nil where one element is none.
    package var integers: [Int]? {
        guard let elements else { return nil }
        let integers = elements.compactMap(\.integer)
        return integers.count == elements.count ? integers : nil
    }

    /// The truth values of a list or array; nil where one element is none.
    package var booleans: [Bool]? {
        guard let elements else { return nil }
        let booleans = elements.compactMap(\.boolean)
        return booleans.count == elements.count ? booleans : nil
    }

    /// The objects of a list, of pairs of a name and an object, or the one object.
    var objects: [Estimator] {
        switch self {
        case .object(let object): [object]
        case .list(let list):
            list.flatMap { item -> [Estimator] in
                if case .list(let parts) = item { return parts.compactMap(\.object) }
                return item.object.map { [$0] } ?? []
            }
        case .array(let array): array.elements.compactMap(\.object)
        default: []
        }
    }
}
