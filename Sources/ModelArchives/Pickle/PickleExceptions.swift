/// Arguments that exceptions, and the classes of `decimal`, refuse.
///
/// Sources: Objects/exceptions.c of CPython (https://github.com/python/cpython/blob/main/Objects/exceptions.c),
/// https://docs.python.org/3/library/decimal.html.
extension PickleMachine {
    /// Returns whether an exception of `builtins` takes its arguments; nil for one of which nothing is known.
    func takesException(_ name: String, _ arguments: [PickleValue]) -> Bool? {
        switch name {
        case "SyntaxError", "IndentationError", "TabError", "_IncompleteInputError":
            guard arguments.count == 2 else { return true }
            // The file, the line, the offset and the text; of Python 3.10 and later the end besides.
            guard let place = heap.node(arguments[1]), place.kind == .tuple || place.kind == .list else { return false }
            return place.count == 4 || place.count == 6
        case "BlockingIOError":
            guard arguments.count > 2 else { return true }
            let third = arguments[2]
            return arguments.count == 3 && (third == .none || isSmallInteger(third) || heap.text(third) != nil)
        case "UnicodeDecodeError":
            return arguments.count == 5 && isByteString(arguments[1]) && isPlace(arguments, [0, 4], [2, 3])
        case "UnicodeEncodeError": return arguments.count == 5 && isPlace(arguments, [0, 1, 4], [2, 3])
        case "UnicodeTranslateError": return arguments.count == 4 && isPlace(arguments, [0, 3], [1, 2])
        case "ExceptionGroup", "BaseExceptionGroup":
            guard arguments.count == 2, heap.text(arguments[0]) != nil, let members = heap.node(arguments[1]),
                members.kind == .list || members.kind == .tuple, members.count > 0,
                members.items.count == members.count
            else { return false }
            return members.items.allSatisfy(isException)
        default: return nil
        }
    }

    private func isPlace(_ arguments: [PickleValue], _ texts: [Int], _ numbers: [Int]) -> Bool {
        texts.allSatisfy { heap.text(arguments[$0]) != nil } && numbers.allSatisfy { isSmallInteger(arguments[$0]) }
    }

    private func isByteString(_ value: PickleValue) -> Bool {
        heap.blob(value) != nil || heap.maker(value)?.path == "_codecs.encode"
    }

    /// Whether an object is one of a class that is named as exceptions are.
    private func isException(_ value: PickleValue) -> Bool {
        guard let name = heap.maker(value)?.name.split(separator: ".").last, StandardCalls.isClassName(name) else {
            return false
        }
        return name.hasSuffix("Error") || name.hasSuffix("Warning") || name == "Exception" || name == "ExceptionGroup"
            || name == "StopIteration" || name == "StopAsyncIteration"
    }

    // MARK: Decimals

    /// Returns whether a class of `decimal` takes its arguments.
    func takesDecimal(_ name: String, _ arguments: [PickleValue]) -> Bool {
        switch name {
        case "Decimal":
            return takesAtMost(1, arguments) {
                isInteger($0) || isFloat($0) || heap.wholeText($0).map(PickleNumbers.isDecimal) == true
            }
        case "DecimalTuple": return arguments.isEmpty || arguments.count == 3
        case "Context": return arguments.isEmpty || isContext(arguments)
        case let name where Self.signals.contains(name): return true
        default: return arguments.isEmpty && name.contains { $0.isLowercase }
        }
    }

    /// The precision, the rounding, the exponents, two switches, the flags and the traps.
    private func isContext(_ arguments: [PickleValue]) -> Bool {
        let largest = 999_999_999_999_999_999
        let bounds = [1...largest, -largest...0, 0...largest, 0...1, 0...1]
        guard arguments.count == 8, let rounding = heap.wholeText(arguments[1]), Self.roundings.contains(rounding)
        else {
            return false
        }
        for (position, bound) in zip([0, 2, 3, 4, 5], bounds) {
            guard let number = heap.integer(arguments[position]), bound.contains(number) else { return false }
        }
        return arguments[6...].allSatisfy { value in
            guard let node = heap.node(value), node.kind == .list, node.items.count == node.count else { return false }
            return node.items.allSatisfy { item in
                guard let global = heap.global(item) else { return false }
                return global.module == "decimal" && Self.signals.contains(global.name)
            }
        }
    }

    private static let signals: Set<String> = [
        "Clamped", "DivisionByZero", "FloatOperation", "Inexact", "InvalidOperation", "Overflow", "Rounded",
        "Subnormal", "Underflow",
    ]
    private static let roundings: Set<String> = [
        "ROUND_05UP", "ROUND_CEILING", "ROUND_DOWN", "ROUND_FLOOR", "ROUND_HALF_DOWN", "ROUND_HALF_EVEN",
        "ROUND_HALF_UP", "ROUND_UP",
    ]
}
