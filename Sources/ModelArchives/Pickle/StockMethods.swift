/// Methods of Python's own types that a class whose code is in the pickle has among its attributes: enumerations have `Enum.__new__` and
/// `object.__new__`, and a named tuple refers to `tuple.__new__`.
///
/// As attributes they run nothing. `Enum.__new__` looks a value up in the members, and asks `_missing_` (enum.py).
enum StockMethods {
    static func contains(_ global: PickleGlobal) -> Bool {
        let parts = global.name.split(separator: ".", omittingEmptySubsequences: false)
        return global.module == "enum" && parts.count == 2 && enumerations.contains(parts[0])
            && names.contains(String(parts[1]))
    }

    static let enumerations: Set<Substring> = ["Enum", "IntEnum", "StrEnum", "ReprEnum", "Flag", "IntFlag"]
    static let types: Set<String> = ["object", "int", "str", "float", "bytes", "tuple", "complex", "bool", "frozenset"]
    static let names: Set<String> = [
        "__new__", "__repr__", "__str__", "__format__", "__hash__", "__dir__", "__reduce_ex__",
    ]
}

extension PickleMachine {
    /// Whether the arguments of `getattr` name such a method.
    func isStockMethod(_ arguments: [PickleValue]) -> Bool {
        guard arguments.count == 2, let owner = heap.global(arguments[0]), let name = heap.wholeText(arguments[1]),
            StockMethods.names.contains(name)
        else { return false }
        if ["builtins", "__builtin__"].contains(owner.module) { return StockMethods.types.contains(owner.name) }
        return owner.module == "enum" && StockMethods.enumerations.contains(owner.name[...])
    }

    /// Whether a value is such a method.
    func isStockMethod(_ value: PickleValue) -> Bool {
        if let global = heap.global(value) { return StockMethods.contains(global) }
        guard let node = heap.node(value), node.kind == .object, let maker = heap.global(node.callable) else {
            return false
        }
        return ["builtins.getattr", "__builtin__.getattr"].contains(maker.path) && node.state == .none
            && isStockMethod(node.items)
    }
}
