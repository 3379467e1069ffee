/// What the calls of cloudpickle's and dill's helpers make: functions and classes whose code is in the pickle.
///
/// Sources: cloudpickle/cloudpickle.py of cloudpickle 3.1, dill/_dill.py of dill 0.4.
extension PickleMachine {
    func checkCloudpickle(_ function: PickleGlobal, _ arguments: [PickleValue], at offset: Int) {
        switch function.name {
        case "_class_setstate", "_function_setstate", "_fill_function", "_rehydrate_skeleton_class":
            guard let first = arguments.first, isOwn(first) else {
                return reading.leaveOut("a class, function or module is changed", subject: function.path, at: offset)
            }
            if case .ownClass(let index) = made(first), arguments.count > 1 {
                ownClasses[index, default: []].append(arguments[1])
                useMetaclasses(of: index, ["__setattr__"], at: offset)
                if let registry = heap.member("_abc_impl", of: arguments[1]), heap.node(registry)?.count != 0 {
                    use(index, ["__subclasshook__", "register"], at: offset)
                    useMetaclasses(of: index, ["register", "__subclasscheck__"], at: offset)
                }
            }
        case "_make_skeleton_class":
            hasOwnClasses = true
            guard arguments.count >= 4 else { break }
            checkMetaclass(arguments[0], at: offset)
            useBases(arguments[2], at: offset)
            use(arguments[3], ["__set_name__"], lists: 1, depth: 0, at: offset)
        case "_make_skeleton_enum":
            hasOwnClasses = true
            guard arguments.count >= 4 else { break }
            useBases(arguments[0], at: offset)
            for base in heap.node(arguments[0])?.items ?? [] {
                if case .ownClass(let index) = made(base) { use(index, Self.methodsOfMembers, at: offset) }
            }
            checkMembers(arguments[3], at: offset)
        case "_builtin_type":
            guard let name = arguments.first.flatMap({ heap.wholeText($0) }), StandardCalls.isClassName(name) else {
                return reading.leaveOut("a type has no proper name", subject: function.path, at: offset)
            }
        case let name where Self.makersOfCloudpickle.contains(name): break
        default: checkHelper(function, at: offset)
        }
    }

    private static let makersOfCloudpickle: Set<String> = [
        "_make_function", "_make_skel_func", "_make_empty_cell", "_make_cell", "subimport", "dynamic_subimport",
        "_make_typevar", "_make_dict_keys", "_make_dict_values", "_make_dict_items", "_empty_cell_value",
        "_get_dataclass_field_type_sentinel", "_gen_ellipsis", "_gen_not_implemented", "_create_parametrized_type_hint",
        "_lookup_class_or_track",
    ]

    private func checkHelper(_ function: PickleGlobal, at offset: Int) {
        if LoaderNames.isSuspected(function.name) {
            reading.warn(
                "loading calls \(function.path), which loads what may run code", subject: function.path, at: offset)
        }
        reading.leaveOut(
            "the pickle calls a function that may load or run something", subject: function.path, at: offset)
    }

    private func checkMetaclass(_ value: PickleValue, at offset: Int) {
        if let global = heap.global(value) {
            if ["builtins.type", "__builtin__.type"].contains(global.path) { return }
            if !StandardCalls.isClassName(global.name) {
                reading.leaveOut("a class is made by a function", subject: global.path, at: offset)
            }
            return check(global, [], at: offset)
        }
        switch made(value) {
        case .ownClass(let index):
            use(index, Self.methodsOfMetaclasses, at: offset)
            useMetaclasses(of: index, ["__call__"], at: offset)
        case .type("type"), .type("ClassType"): break
        default: reading.leaveOut("a class is made by what another call returned", at: offset)
        }
    }

    private func useBases(_ value: PickleValue, at offset: Int) {
        for base in heap.node(value)?.items ?? [] {
            if case .ownClass(let index) = made(base) {
                use(index, ["__init_subclass__"], at: offset)
                // The class that is made has the metaclass of its bases.
                useMetaclasses(of: index, Self.methodsOfMetaclasses.union(["__call__"]), at: offset)
            }
            use(base, ["__mro_entries__"], lists: 0, depth: 0, at: offset)
        }
    }

    func checkDill(_ function: PickleGlobal, _ arguments: [PickleValue], at offset: Int) {
        switch function.name {
        case "_create_type":
            hasOwnClasses = true
            guard let first = arguments.first else { break }
            guard arguments.count == 4 else { return checkCall(first, arguments.dropFirst(), isNew: false, at: offset) }
            checkMetaclass(first, at: offset)
            useBases(arguments[2], at: offset)
            use(arguments[3], ["__set_name__"], lists: 1, depth: 0, at: offset)
        case "_create_ftype":
            if let first = arguments.first, case .type("PartialType") = made(first) { break }
            if arguments.first.flatMap({ heap.global($0) })?.path == "functools.partial" { break }
            reading.leaveOut("dill calls what the pickle names", subject: function.path, at: offset)
        case "_create_array":
            guard arguments.count >= 2, let items = heap.node(arguments[1])?.items else { break }
            checkCall(arguments[0], items[...], isNew: false, at: offset)
        case "_setitems":
            // The dictionary may become the attributes of an object.
            for value in arguments.dropFirst() { checkState(value, of: .none, at: offset) }
            if let first = arguments.first, heap.node(first)?.kind == .dictionary { break }
            reading.leaveOut("what another call returned is changed", subject: function.path, at: offset)
        case "_import_module":
            // The last part may be a function: `_import_module("os.system")`.
            guard let name = arguments.first.flatMap({ heap.wholeText($0) }), let dot = name.lastIndex(of: ".") else {
                break
            }
            let global = PickleGlobal(
                module: String(name[..<dot]), name: String(name[name.index(after: dot)...]), offset: offset)
            if DangerousNames.contains(global) {
                reading.warn("loading runs or fetches \(global.path)", subject: global.path, at: offset)
            }
        case "_load_type", "_get_attr", "_getattr", "_dict_from_dictproxy", "_unmarshal", "_eval_repr": break
        case let name where name.hasPrefix("_create_") && name != "_create_filehandle": break
        default: checkHelper(function, at: offset)
        }
    }

    // MARK: Classes whose code is in the pickle

    func use(_ owner: Int, _ methods: Set<String>, at offset: Int) {
        let all = methods.union(["__del__", "__getattr__", "__getattribute__"])
        guard usesOfClasses.count < 1 << 16 else {
            return reading.leaveOut("more classes whose code is in the pickle are used than are followed", at: offset)
        }
        usesOfClasses[owner, default: [:]].merge(all.map { ($0, offset) }) { first, _ in first }
    }

    /// Notes that values are keys or elements of a set, whose hashes Python asks for, and those of what tuples hold.
    func useKeys(_ keys: some Sequence<PickleValue>, at offset: Int) {
        for key in keys { use(key, ["__hash__", "__eq__"], lists: 0, depth: 0, at: offset) }
    }

    /// Notes that a function of Python's own that only makes a value is given arguments: it iterates, converts, compares and
    /// hashes them by their own methods.
    func useArguments(_ arguments: [PickleValue], of function: PickleGlobal, at offset: Int) {
        guard Self.containers.contains(function.module), !Self.keeping.contains(function.name) else { return }
        for argument in arguments { use(argument, Self.acting, lists: 2, depth: 0, at: offset) }
    }

    private static let containers: Set<String> = [
        "builtins", "__builtin__", "collections", "_collections", "itertools", "array", "decimal", "fractions",
    ]
    /// What keeps its arguments as they are.
    private static let keeping: Set<String> = ["property", "staticmethod", "classmethod", "slice"]
    static let acting: Set<String> = [
        "__hash__", "__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__iter__", "__next__", "__len__",
        "__length_hint__", "__getitem__", "__contains__", "__reversed__", "keys", "__index__", "__int__", "__float__",
        "__complex__", "__bool__", "__str__", "__repr__", "__bytes__", "__format__", "__trunc__", "__buffer__",
        "__mro_entries__", "__get__", "__set_name__",
    ]

    /// Notes that methods of a value are run, and of what tuples hold, and lists, dictionaries and sets so many levels down.
    func use(_ value: PickleValue, _ methods: Set<String>, lists: Int, depth: Int, at offset: Int) {
        guard case .node(let index) = value else { return }
        let node = heap.nodes[index]
        if node.kind == .object {
            if case .ownClass(let owner) = made(node.callable) { use(owner, methods, at: offset) }
            return
        }
        guard node.kind == .tuple || lists > 0 else { return }
        valuesUsed += 1 + node.items.count
        guard depth < 16, valuesUsed < limits.valuesUsed else {
            return reading.leaveOut("more values are hashed or converted than are followed", at: offset)
        }
        let left = node.kind == .tuple ? lists : lists - 1
        for item in node.items { use(item, methods, lists: left, depth: depth + 1, at: offset) }
    }

    /// Names the methods that loading has run, now that all classes have theirs.
    func settleClasses() {
        for (owner, methods) in usesOfClasses.sorted(by: { $0.key < $1.key }) {
            for (name, offset) in methods.sorted(by: { $0.key < $1.key }) where defines(owner, name, depth: 0) {
                reading.leaveOut(
                    "loading runs a method of a class whose code is in the pickle", subject: name, at: offset)
            }
        }
        usesOfClasses = [:]
    }

    private func defines(_ owner: Int, _ name: String, depth: Int) -> Bool {
        let node = heap.nodes[owner]
        var dictionaries = ownClasses[owner] ?? []
        if node.items.count > 3 { dictionaries.append(node.items[3]) }
        for value in dictionaries {
            guard let found = heap.member(name, of: value), !isStockMethod(found) else { continue }
            if isOwn(found) { return true }
            // A property, or a static method, of a function.
            if heap.node(found)?.kind == .object { return true }
            if functionName(in: [found]) != nil { return true }
        }
        guard depth < 16 else { return false }
        return bases(of: node).contains { base in
            if case .ownClass(let index) = made(base), index != owner { return defines(index, name, depth: depth + 1) }
            return false
        }
    }
}
