/// What making and changing a class whose code is in the pickle runs besides its own methods: those of its metaclasses, and of an
/// enumeration's members.
extension PickleMachine {
    /// What `type` runs of a metaclass for a class, and what the table in which cloudpickle keeps a class asks it for.
    static let methodsOfMetaclasses: Set<String> = ["__new__", "__init__", "__prepare__", "mro", "__hash__", "__eq__"]
    /// What an enumeration runs of its bases for each member (enum.py, `EnumType.__new__`).
    static let methodsOfMembers: Set<String> = [
        "__new__", "__init__", "_generate_next_value_", "_missing_", "__set_name__", "__hash__", "__eq__",
    ]

    /// The bases of a class whose code is in the pickle.
    func bases(of node: PickleNode) -> [PickleValue] {
        let place = heap.global(node.callable)?.name == "_make_skeleton_enum" ? 0 : 2
        guard node.items.count > place else { return [] }
        return heap.node(node.items[place])?.items ?? []
    }

    /// Notes that methods of the metaclasses of a class are run.
    func useMetaclasses(of index: Int, _ methods: Set<String>, at offset: Int) {
        var open = [index]
        var seen: Set<Int> = []
        while let next = open.popLast() {
            guard seen.insert(next).inserted else { continue }
            valuesUsed += 1
            guard valuesUsed < limits.valuesUsed else {
                return reading.leaveOut(
                    "more classes whose code is in the pickle are used than are followed", at: offset)
            }
            let node = heap.nodes[next]
            if heap.global(node.callable)?.name != "_make_skeleton_enum", let first = node.items.first,
                case .ownClass(let metaclass) = made(first)
            {
                use(metaclass, methods, at: offset)
            }
            for base in bases(of: node) {
                if case .ownClass(let other) = made(base) { open.append(other) }
            }
        }
    }

    /// Checks the members of an enumeration, which are values and no methods: `EnumType` runs `__init__` for each.
    func checkMembers(_ value: PickleValue, at offset: Int) {
        guard let node = heap.node(value), node.kind == .dictionary, node.items.count == node.count else {
            return reading.leaveOut("an enumeration has members that are not in the pickle", at: offset)
        }
        valuesUsed += node.items.count
        for index in stride(from: 0, to: node.items.count - 1, by: 2) {
            let name = heap.wholeText(node.items[index]) ?? "_"
            let member = node.items[index + 1]
            if name.hasPrefix("_") || isOwn(member) {
                reading.leaveOut("an enumeration has a method among its members", subject: name, at: offset)
            }
            use(
                member, ["__hash__", "__eq__", "__set_name__", "__get__", "__reduce_ex__"], lists: 0, depth: 0,
                at: offset)
        }
    }

    /// Notes what the call of a class whose code is in the pickle runs.
    func useCall(of index: Int, _ arguments: ArraySlice<PickleValue>, isNew: Bool, at offset: Int) {
        use(index, isNew ? ["__new__"] : ["__new__", "__init__", "__call__"], at: offset)
        if !isNew {
            use(index, ["_missing_", "_value2member_map_", "_member_map_"], at: offset)
            useMetaclasses(of: index, ["__call__"], at: offset)
        }
        // Its base may be one of Python's own, which asks them for their hashes and elements.
        for argument in arguments { use(argument, Self.acting, lists: 2, depth: 0, at: offset) }
    }
}
