import ArchiveReading

/// What Python refuses although the opcodes fit together: keys that it does not hash, and elements and states for values
/// that take none.
///
/// Source: Modules/_pickle.c of CPython (https://github.com/python/cpython/blob/main/Modules/_pickle.c).
extension PickleMachine {
    /// Refuses what Python does not hash as a key or an element of a set; what may not be hashed is left out.
    func checkKeys(_ keys: some Sequence<PickleValue>, at offset: Int) throws(ArchiveReadingError) {
        for key in keys {
            switch key {
            case .node: try checkHash(of: key, at: offset)
            case .blob(let index) where heap.bytearrays.contains(index): throw refusedKey("a bytearray", offset)
            default: break
            }
        }
        if hasOwnClasses { useKeys(keys, at: offset) }
    }

    private func refusedKey(_ what: String, _ offset: Int) -> ArchiveReadingError {
        input.damaged("\(what) is a key", at: offset)
    }

    /// The values of tuples are hashed with them, at any depth.
    private func checkHash(of key: PickleValue, at offset: Int) throws(ArchiveReadingError) {
        var open = [key]
        while let value = open.popLast() {
            if case .blob(let index) = value, heap.bytearrays.contains(index) {
                throw refusedKey("a bytearray", offset)
            }
            guard case .node(let index) = value else { continue }
            switch heap.nodes[index].kind {
            case .list, .dictionary: throw refusedKey("a list or dictionary", offset)
            case .set:
                guard heap.nodes[index].isFrozen else { throw refusedKey("a set", offset) }
            case .tuple: hashed(heap.nodes[index], &open, at: offset)
            case .object:
                guard let maker = heap.maker(value) else { continue }
                if Self.unhashable.contains(maker.path) {
                    reading.leaveOut("an object that Python may not hash is a key", subject: maker.path, at: offset)
                } else if ["builtins.tuple", "__builtin__.tuple"].contains(maker.path),
                    let first = heap.nodes[index].items.first, let node = heap.node(first)
                {
                    hashed(node, &open, at: offset)
                }
            }
        }
    }

    private func hashed(_ node: PickleNode, _ open: inout [PickleValue], at offset: Int) {
        valuesHashed += 1 + node.items.count
        guard valuesHashed < Self.maximumHashed, node.restIsHashable else {
            reading.leaveOut("more values are hashed or converted than are followed", at: offset)
            open.removeAll()
            return
        }
        for item in node.items {
            switch item {
            case .node, .blob: open.append(item)
            default: break
            }
        }
    }

    /// How many values are looked through that are keys, or arguments of Python's own classes.
    static let maximumHashed = 1 << 26

    static let unhashable: Set<String> = [
        "builtins.list", "builtins.dict", "builtins.set", "builtins.bytearray", "builtins.slice", "__builtin__.list",
        "__builtin__.dict", "__builtin__.set", "__builtin__.bytearray", "__builtin__.slice", "collections.OrderedDict",
        "collections.defaultdict", "collections.Counter", "collections.deque", "collections.UserDict",
        "collections.UserList", "collections.ChainMap", "array.array", "array._array_reconstructor",
        "types.SimpleNamespace", "numpy.ndarray", "numpy.core.multiarray._reconstruct",
        "numpy._core.multiarray._reconstruct", "numpy.core.numeric._frombuffer", "numpy._core.numeric._frombuffer",
        "pandas.core.frame.DataFrame", "pandas.core.series.Series", "pandas.core.indexes.base._new_Index",
        "pandas.DataFrame", "pandas.Series",
    ]

    /// Refuses to make a value read-only that is no buffer.
    func checkBuffer(_ value: PickleValue, at offset: Int) throws(ArchiveReadingError) {
        switch value {
        case .blob, .opaque: return
        case .node(let index) where heap.nodes[index].kind == .object: break
        case .global: break
        default: throw input.damaged("a value that is no buffer is made read-only", at: offset)
        }
        reading.leaveOut("an object that may be no buffer is made read-only", at: offset)
    }

    /// Names objects of Python's own classes that take no elements of a kind.
    func checkElements(_ kind: PickleNode.Kind, of object: PickleValue, at offset: Int) {
        guard let maker = heap.maker(object), Self.ownModules.contains(maker.module) else { return }
        let takes =
            switch kind {
            case .list: ["list", "deque", "bytearray", "UserList"]
            case .dictionary: ["dict", "OrderedDict", "defaultdict", "Counter", "UserDict", "ChainMap"]
            case .set: ["set"]
            case .tuple, .object: [String]()
            }
        guard !takes.contains(maker.name), StandardCalls.allows(maker.module, maker.name) else { return }
        reading.leaveOut("elements are added to an object that may take none", subject: maker.path, at: offset)
    }

    /// Names objects of Python's own classes that have no attributes.
    func checkHasState(_ object: PickleValue, _ state: PickleValue, at offset: Int) {
        guard state != .none, let maker = heap.maker(object), Self.ownModules.contains(maker.module),
            Self.withoutState.contains(maker.name)
        else { return }
        reading.leaveOut("a state is given to an object that may have none", subject: maker.path, at: offset)
    }

    private static let ownModules: Set<String> = [
        "builtins", "__builtin__", "collections", "datetime", "_datetime", "decimal", "_decimal", "fractions",
    ]
    private static let withoutState: Set<String> = [
        "object", "set", "frozenset", "complex", "float", "int", "long", "bool", "str", "unicode", "bytes", "bytearray",
        "list", "tuple", "dict", "range", "xrange", "slice", "deque", "defaultdict", "date", "datetime", "time",
        "timedelta", "timezone", "Decimal",
    ]
}
