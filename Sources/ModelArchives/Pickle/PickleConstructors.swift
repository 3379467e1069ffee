/// Arguments that classes of the standard library refuse: what is not of a form that is known to be taken may be
/// refused.
///
/// Sources: https://docs.python.org/3/library/functions.html, https://docs.python.org/3/library/datetime.html and
/// Modules/_datetimemodule.c of CPython, https://docs.python.org/3/library/decimal.html.
extension PickleMachine {
    /// Returns whether a class or function of the standard library that makes a value may refuse its arguments.
    func mayRefuse(_ arguments: [PickleValue], of function: PickleGlobal) -> Bool {
        for argument in arguments {
            valuesHashed += (heap.node(argument)?.items.count ?? 0) + (heap.text(argument)?.utf8.count ?? 0) / 16
        }
        guard valuesHashed < Self.maximumHashed else { return true }
        let name = function.name
        switch function.module {
        case "builtins", "__builtin__", "exceptions": return !(takesBuiltin(name, arguments) ?? true)
        case "collections", "_collections": return !(takesCollection(name, arguments) ?? true)
        case "datetime", "_datetime", "_pydatetime": return !takesTime(name, arguments)
        case "decimal", "_decimal", "_pydecimal": return !takesDecimal(name, arguments)
        case "fractions":
            guard name == "Fraction" else { return true }
            if arguments.count == 2 {
                return
                    !(arguments.allSatisfy(isInteger) && arguments[1] != .integer(0) && arguments[1] != .boolean(false))
            }
            return !takesAtMost(1, arguments) {
                isInteger($0) || heap.wholeText($0).map(PickleNumbers.isFraction) == true
            }
        case "pathlib", "pathlib._local":
            return name.hasSuffix("Path") && !arguments.allSatisfy { heap.wholeText($0)?.utf8.contains(0) == false }
        default: return false
        }
    }

    func takesAtMost(_ count: Int, _ arguments: [PickleValue], _ fits: (PickleValue) -> Bool) -> Bool {
        arguments.count <= count && arguments.allSatisfy(fits)
    }

    // MARK: Builtins

    /// Returns whether a class of `builtins` takes its arguments; nil for one of which nothing is known.
    private func takesBuiltin(_ name: String, _ arguments: [PickleValue]) -> Bool? {
        let count = arguments.count
        switch name {
        case "set", "frozenset": return takesAtMost(1, arguments, holdsHashable)
        case "list", "tuple": return takesAtMost(1, arguments, isIterable)
        case "dict": return takesAtMost(1, arguments, isMapping)
        case "bytes", "bytearray":
            if count == 2 { return isEncodable(arguments[0], as: arguments[1]) }
            return takesAtMost(1, arguments, isBytes)
        case "complex":
            return takesAtMost(2, arguments) {
                isSmallInteger($0) || isFloat($0)
                    || heap.maker($0).map { ["builtins.complex", "__builtin__.complex"].contains($0.path) } == true
            }
        case "float":
            return takesAtMost(1, arguments) {
                isSmallInteger($0) || isFloat($0)
                    || heap.wholeText($0).map { PickleText.isFloat(Array($0.utf8)) } == true
            }
        case "int", "long":
            return takesAtMost(1, arguments) {
                if case .float(let value) = $0 { return value.isFinite }
                return isInteger($0) || heap.wholeText($0).map { PickleText.isInteger(Array($0.utf8)[...]) } == true
            }
        case "bool", "str", "unicode": return count <= 1
        case "object": return count == 0
        case "slice": return (1...3).contains(count)
        case "range", "xrange":
            let isZero = count == 3 && [PickleValue.integer(0), .boolean(false)].contains(arguments[2])
            return (1...3).contains(count) && arguments.allSatisfy(isInteger) && !isZero
        case "staticmethod", "classmethod": return count == 1
        case "property": return count <= 4
        case "enumerate":
            return (1...2).contains(count) && mayIterate(arguments[0]) && arguments.dropFirst().allSatisfy(isInteger)
        case "zip": return arguments.allSatisfy(mayIterate)
        case "reversed": return count == 1 && mayIterate(arguments[0]) && heap.node(arguments[0])?.kind != .set
        case "memoryview":
            return count == 1 && arguments.allSatisfy { heap.blob($0) != nil || heap.node($0)?.kind == .object }
        case "Ellipsis", "NotImplemented", "True", "False", "None": return false
        default: return takesException(name, arguments)
        }
    }

    private func takesCollection(_ name: String, _ arguments: [PickleValue]) -> Bool? {
        switch name {
        case "OrderedDict": return takesAtMost(1, arguments, isMapping)
        case "defaultdict":
            guard let factory = arguments.first else { return true }
            return arguments.count <= 2 && (factory == .none || isCallable(factory))
                && arguments.dropFirst().allSatisfy(isMapping)
        case "Counter":
            return takesAtMost(1, arguments) { $0 == .none || holdsHashable($0) }
        case "deque":
            guard arguments.count <= 2, arguments.prefix(1).allSatisfy(isIterable) else { return false }
            return arguments.dropFirst().allSatisfy { $0 == .none || (heap.integer($0) ?? -1) >= 0 }
        default: return nil
        }
    }

    func isInteger(_ value: PickleValue) -> Bool { isSmallInteger(value) || value == .number }

    func isSmallInteger(_ value: PickleValue) -> Bool {
        switch value {
        case .integer, .boolean: true
        default: false
        }
    }

    func isFloat(_ value: PickleValue) -> Bool {
        if case .float = value { return true }
        return false
    }

    /// Whether a value is known to be iterated.
    private func isIterable(_ value: PickleValue) -> Bool {
        switch value {
        case .text, .blob: true
        case .node(let index): heap.nodes[index].kind != .object
        default: false
        }
    }

    private func mayIterate(_ value: PickleValue) -> Bool {
        isIterable(value) || heap.node(value)?.kind == .object
    }

    /// Whether a value is known to be iterated, and all that it gives to be hashed.
    private func holdsHashable(_ value: PickleValue) -> Bool {
        guard let node = heap.node(value) else { return isIterable(value) }
        switch node.kind {
        case .object: return false
        // `checkKeys` has seen all of them, those too that are not kept.
        case .dictionary, .set: return true
        case .list, .tuple: return node.restIsHashable && node.items.allSatisfy(isHashable)
        }
    }

    /// Whether a value is hashed, and all that a tuple holds.
    private func isHashable(_ value: PickleValue) -> Bool {
        var open = [value]
        while let value = open.popLast() {
            if case .blob(let index) = value, heap.bytearrays.contains(index) { return false }
            guard let node = heap.node(value) else { continue }
            switch node.kind {
            case .list, .dictionary: return false
            case .set: if !node.isFrozen { return false }
            case .object:
                if heap.maker(value).map({ Self.unhashable.contains($0.path) }) == true { return false }
            case .tuple:
                valuesHashed += 1 + node.items.count
                guard valuesHashed < Self.maximumHashed, node.restIsHashable else { return false }
                open += node.items
            }
        }
        return true
    }

    /// A dictionary, or pairs whose first value is hashed.
    private func isMapping(_ value: PickleValue) -> Bool {
        guard let node = heap.node(value), node.kind != .object else { return false }
        if node.kind == .dictionary { return true }
        guard node.items.count == node.count else { return false }
        return node.items.allSatisfy { item in
            guard let pair = heap.node(item), pair.kind == .tuple || pair.kind == .list, pair.items.count == 2 else {
                return false
            }
            return isHashable(pair.items[0])
        }
    }

    /// What `bytes` is made of: a length, bytes, or numbers of 0 to 255.
    private func isBytes(_ value: PickleValue) -> Bool {
        if case .integer(let count) = value { return (0...1 << 28).contains(count) }
        if heap.blob(value) != nil { return true }
        if let node = heap.node(value), node.kind == .object { return heap.maker(value)?.path == "_codecs.encode" }
        guard let node = heap.node(value), node.kind == .list || node.kind == .tuple, node.items.count == node.count
        else { return false }
        return node.items.allSatisfy { item in
            if case .boolean = item { return true }
            return heap.integer(item).map { (0...255).contains($0) } ?? false
        }
    }

    /// Whether a string has all its characters in an encoding that is known.
    func isEncodable(_ value: PickleValue, as encoding: PickleValue) -> Bool {
        guard case .text(let index) = value, let text = heap.text(value), let name = heap.wholeText(encoding) else {
            return false
        }
        let isWhole = !heap.truncatedTexts.contains(index)
        // The last character of a string that is not kept whole may be cut.
        let scalars = text.unicodeScalars.dropLast(isWhole ? 0 : 1)
        switch name {
        case "latin1", "latin-1": return !heap.wideTexts.contains(index) && scalars.allSatisfy { $0.value < 256 }
        case "ascii": return isWhole && scalars.allSatisfy(\.isASCII)
        // A surrogate that stands alone was read as U+FFFD.
        case "utf-8", "utf8": return scalars.allSatisfy { $0.value != 0xFFFD }
        default: return false
        }
    }

    // MARK: Times and numbers

    private func takesTime(_ name: String, _ arguments: [PickleValue]) -> Bool {
        let numbers = arguments.compactMap { heap.integer($0) }
        let isOfNumbers = numbers.count == arguments.count
        switch name {
        case "timedelta":
            guard isOfNumbers, numbers.count <= 3 else { return false }
            let parts = numbers + [0, 0, 0]
            // As all are written, up to the largest and the smallest one.
            if (-999_999_999...999_999_999).contains(parts[0]), (0..<86_400).contains(parts[1]),
                (0..<1_000_000).contains(parts[2])
            {
                return true
            }
            return numbers.prefix(1).allSatisfy { (-999_999_000...999_999_000).contains($0) }
                && numbers.dropFirst().allSatisfy { (-86_400_000_000...86_400_000_000).contains($0) }
        case "timezone":
            guard (1...2).contains(arguments.count), let node = heap.node(arguments[0]), node.kind == .object,
                heap.maker(arguments[0])?.name == "timedelta"
            else { return false }
            let parts = node.items.map { heap.integer($0) ?? .max } + [0, 0, 0]
            let isOffset =
                (0..<86_400).contains(parts[1])
                && (parts[0] == 0 || (parts[0] == -1 && (parts[1] > 0 || parts[2] > 0)))
            return isOffset && (0..<1_000_000).contains(parts[2])
                && arguments.dropFirst().allSatisfy { heap.text($0) != nil }
        case "date":
            if arguments.count == 1 { return isState(arguments[0], count: 4, month: 2) }
            return arguments.count == 3 && isOfNumbers && isDate(numbers)
        case "datetime":
            if arguments.count <= 2, let first = arguments.first {
                return isState(first, count: 10, month: 2) && arguments.dropFirst().allSatisfy(isZone)
            }
            return (3...7).contains(arguments.count) && isOfNumbers && isDate(Array(numbers.prefix(3)))
                && isTime(numbers.dropFirst(3))
        case "time":
            if let first = arguments.first, heap.integer(first) == nil {
                return arguments.count <= 2 && isState(first, count: 6, month: nil)
                    && arguments.dropFirst().allSatisfy(isZone)
            }
            return arguments.count <= 4 && isOfNumbers && isTime(numbers[...])
        default: return arguments.isEmpty && name == "tzinfo"
        }
    }

    private func isDate(_ numbers: [Int]) -> Bool {
        (1...9999).contains(numbers[0]) && (1...12).contains(numbers[1]) && (1...28).contains(numbers[2])
    }

    private func isTime(_ numbers: ArraySlice<Int>) -> Bool {
        zip(numbers, [24, 60, 60, 1_000_000]).allSatisfy { (0..<$1).contains($0) }
    }

    private func isZone(_ value: PickleValue) -> Bool {
        if value == .none || value == .opaque { return true }
        // `datetime.timezone.utc`, or an object of a library.
        if let global = heap.global(value) {
            if ["datetime.timezone.utc", "datetime.UTC"].contains(global.path) { return true }
            return !StandardCalls.contains(global.module) && !StandardCalls.isClassName(global.name)
                && !global.name.hasSuffix("timezone")
        }
        guard let maker = heap.maker(value) else { return heap.node(value)?.kind == .object }
        if StandardCalls.contains(maker.module), !["copyreg", "copy_reg"].contains(maker.module) {
            return ["timezone", "tzinfo", "ZoneInfo", "ZoneInfo._unpickle"].contains(maker.name)
        }
        return !["date", "datetime", "time", "timedelta"].contains(maker.path.split(separator: ".").last ?? "")
    }

    /// The bytes that a date or a time pickles as: so many, of which one is the month, or the first the hour.
    private func isState(_ value: PickleValue, count: Int, month: Int?) -> Bool {
        // What Python 2 wrote was named where it was read.
        if case .text(let index) = value, heap.textsOfPython2.contains(index) { return true }
        var bytes: [UInt32] = []
        if let blob = heap.blob(value), blob.isWhole {
            if case .blob(let index) = value, heap.bytearrays.contains(index) { return false }
            bytes = blob.head.map { UInt32($0) }
        } else {
            var text = value
            if let node = heap.node(value), node.kind == .object, heap.global(node.callable)?.path == "_codecs.encode",
                let first = node.items.first
            {
                text = first
            }
            bytes = (heap.wholeText(text) ?? "").unicodeScalars.prefix(count + 1).map(\.value)
        }
        guard bytes.count == count, bytes.allSatisfy({ $0 < 256 }) else { return false }
        guard let month else { return bytes[0] & 0x7F < 24 }
        return (1...12).contains(bytes[month] & 0x7F)
    }
}
