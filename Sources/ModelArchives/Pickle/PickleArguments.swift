import PythonPackaging

/// Looks through what calls are given for what they, or what comes after them, may call.
extension PickleMachine {
    /// Returns the name of a function among values that is not known to only compute; nil for data.
    ///
    /// Wrappers such as `functools.partial` are followed to what they wrap, however deep they lie.
    func functionName(in values: [PickleValue]) -> String? {
        var open = values
        var seen: Set<Int> = []
        while let value = open.popLast() {
            if let global = resolved(value) {
                if let name = unsafeName(global) { return name }
                continue
            }
            guard case .node(let index) = value, seen.insert(index).inserted else { continue }
            let node = heap.nodes[index]
            valuesUsed += 1 + node.items.count
            guard valuesUsed < limits.valuesUsed, node.items.count == node.count else {
                return "more values than are followed"
            }
            if node.kind == .object {
                switch made(value) {
                case .function: return "a function whose code is in the pickle"
                case .lookedUp where !isMethodOfPattern(node): return "what another call returned"
                default: break
                }
                // A state may hold another function than the arguments.
                if heap.maker(value).map({ Self.wrappers.contains($0.module) }) != false { open.append(node.state) }
                if case .node = node.callable { open.append(node.callable) }
            }
            open += node.items
        }
        return nil
    }

    /// Modules whose objects call what they hold.
    private static let wrappers: Set<String> = [
        "functools", "_functools", "operator", "_operator", "types", "itertools", "builtins", "__builtin__",
    ]

    /// `re.compile("x").search`, which pickles as `getattr`.
    private func isMethodOfPattern(_ node: PickleNode) -> Bool {
        guard node.items.count == 2, heap.global(node.callable)?.name == "getattr",
            let maker = heap.maker(node.items[0]), let name = heap.wholeText(node.items[1])
        else { return false }
        return maker.path == "re._compile" && ["search", "match", "fullmatch", "findall", "finditer"].contains(name)
    }

    /// Returns the path of a class or function that must not be called with what a pickle says; nil for others.
    private func unsafeName(_ global: PickleGlobal) -> String? {
        if StandardCalls.contains(global.module) { return StandardCalls.isHarmless(global) ? nil : global.path }
        if Self.isCloudpickle(global.module) || Self.isDill(global.module) { return global.path }
        if OtherCalls.makesValue(global) { return nil }
        let last = global.name.split(separator: ".").last ?? ""
        if StandardCalls.isClassName(last) {
            let isSafe = OtherCalls.holdsData(global) ?? !OtherCalls.isSuspected(className: last)
            return isSafe && !LoaderNames.isSuspected(global.name) ? nil : global.path
        }
        // `numpy.add`, `torch.relu`: the main modules of these compute.
        let computes = ["numpy", "torch", "scipy.special"].contains(global.module) && !global.name.contains(".")
        return computes && !LoaderNames.isSuspected(global.name) ? nil : global.path
    }

    // MARK: The standard library

    /// Checks the arguments of a class or function of the standard library that only makes a value: of data, which have no methods that
    /// the pickle gave them.
    func checkPlain(_ arguments: [PickleValue], of function: PickleGlobal, at offset: Int) {
        if Self.holders.contains(function.name) {
            for argument in arguments { checkState(argument, of: .none, at: offset) }
        }
        if Self.keeping.contains(function.name) || ["datetime", "_datetime"].contains(function.module)
            || function.name.hasSuffix("Error") || function.name.hasSuffix("Exception")
            || function.name.hasSuffix("Warning")
        {
            return
        }
        var values = arguments
        if function.name == "defaultdict", let factory = values.first {
            values.removeFirst()
            // What a function whose code is in the pickle does only its user sees: nothing here asks for a missing key.
            if !isOwn(factory), let name = functionName(in: [factory]) {
                return reading.leaveOut("\(function.path) may call what it is given", subject: name, at: offset)
            }
        }
        if ["dict", "OrderedDict", "defaultdict"].contains(function.name), let pairs = values.first,
            let node = heap.node(pairs), node.kind != .object, node.kind != .dictionary
        {
            valuesUsed += node.items.count
            guard valuesUsed < limits.valuesUsed else {
                return reading.leaveOut("more values are converted than are followed", at: offset)
            }
            values += node.items.filter { heap.node($0)?.kind == .object }
        }
        for value in values {
            if let global = resolved(value) {
                guard let name = unsafeName(global) else { continue }
                return reading.leaveOut("\(function.path) may call what it is given", subject: name, at: offset)
            }
            let isObject = value == .opaque || heap.node(value)?.kind == .object
            if isObject, !isPlainObject(value) {
                return reading.leaveOut(
                    "the pickle has a method of an object run by a function of the standard library",
                    subject: function.path, at: offset)
            }
        }
    }

    /// What makes attributes of its arguments.
    private static let holders: Set<String> = ["Values", "Namespace", "SimpleNamespace", "ModuleType"]
    /// What keeps its arguments as they are.
    private static let keeping: Set<String> = [
        "partial", "partialmethod", "lru_cache", "cached_property", "singledispatchmethod", "itemgetter", "attrgetter",
        "methodcaller", "property", "staticmethod", "classmethod", "MethodType", "GenericAlias", "SimpleNamespace",
        "Field", "InitVar", "Parameter", "JSONEncoder", "JSONDecoder", "TypeVar",
        "slice", "range", "xrange", "complex", "float", "int", "bool", "long", "ParamSpec", "TypeVarTuple",
        "_GenericAlias", "_LiteralGenericAlias", "_UnpackGenericAlias",
        "_ConcatenateGenericAlias", "_CallableGenericAlias", "LogRecord", "repeat", "type", "object",
    ]

    /// Whether an object is one of Python's own that has no methods of the pickle.
    private func isPlainObject(_ value: PickleValue) -> Bool {
        guard case .node(let index) = value, !armed.contains(index) else { return false }
        // What these do is followed by name: see `useArguments`.
        if case .ownClass = made(heap.nodes[index].callable) { return true }
        switch made(value) {
        case .ownClass: return true
        case .type(let name): return !Self.actingTypes.contains(name)
        default: break
        }
        guard let maker = heap.maker(value) else { return false }
        if maker.name == "iter" || maker.path == "_codecs.encode" { return true }
        return Self.plainModules.contains(maker.module) && !Self.notPlain.contains(maker.name)
            && StandardCalls.allows(maker.module, maker.name)
    }

    private static let plainModules: Set<String> = [
        "builtins", "__builtin__", "collections", "_collections", "datetime", "_datetime", "decimal", "_decimal",
        "_pydecimal", "fractions", "uuid", "pathlib", "pathlib._local", "array", "itertools", "re", "zoneinfo",
        "zoneinfo._zoneinfo", "ipaddress",
    ]
    /// What asks its parts by their own methods.
    private static let notPlain: Set<String> = [
        "ChainMap", "UserDict", "UserList", "UserString", "property", "classmethod", "staticmethod",
    ]

    // MARK: States

    /// Checks the attributes that an object is given: Python looks some methods up in an object before its class.
    func checkState(_ state: PickleValue, of object: PickleValue, at offset: Int) {
        guard let node = heap.node(state), node.kind == .dictionary || node.kind == .tuple else { return }
        let parts = node.kind == .dictionary ? [state] : Array(node.items.prefix(64))
        var isArmed = false
        for part in parts {
            if isCallable(part) { isArmed = true }
            guard case .node(let index) = part, heap.nodes[index].kind == .dictionary else { continue }
            // Some objects keep it as their own, and what is added to it later is theirs.
            heap.nodes[index].isState = true
            let dictionary = heap.nodes[index]
            // The same state may be given to many objects.
            valuesUsed += dictionary.items.count
            guard valuesUsed < limits.valuesUsed, dictionary.items.count == dictionary.count else {
                reading.leaveOut("an object has more attributes than are followed", at: offset)
                isArmed = true
                break
            }
            if checkAttributes(dictionary.items[...], at: offset, isName: isCallable) { isArmed = true }
        }
        guard isArmed, case .node(let index) = object else { return }
        // Only of these is it asked.
        guard heap.maker(object).map({ Self.plainModules.contains($0.module) }) != false else { return }
        guard armed.count < 1 << 18 else {
            return reading.leaveOut("an object has more attributes than are followed", at: offset)
        }
        armed.insert(index)
    }

    /// Checks the keys that an object is given: there are dictionaries whose keys are their attributes.
    func checkKeys(_ items: ArraySlice<PickleValue>, of object: PickleValue, at offset: Int) {
        if let node = heap.node(object), node.kind == .dictionary {
            if node.isState { checkAttributes(items, at: offset, isName: isCallable) }
            return
        }
        guard let maker = heap.maker(object), !StandardCalls.contains(maker.module) else { return }
        checkAttributes(items, at: offset) { key in
            let made = self.heap.node(key).flatMap { self.heap.global($0.callable) }
            return made.map { Self.makersOfText.contains($0.name) } ?? false
        }
    }

    /// What makes something that equals a string.
    private static let makersOfText: Set<String> = [
        "str", "unicode", "scalar", "encode", "UserString", "_reconstructor", "__newobj__",
    ]

    /// Checks names and values in turn, and returns whether there are functions or objects among the values.
    @discardableResult
    private func checkAttributes(
        _ items: ArraySlice<PickleValue>, at offset: Int, isName: (PickleValue) -> Bool
    ) -> Bool {
        var isArmed = false
        for index in stride(from: items.startIndex, to: items.endIndex - 1, by: 2) where isCallable(items[index + 1]) {
            isArmed = true
            let name = heap.text(items[index])
            // A name that another call makes may be each of them.
            if name.map({ Self.instanceMethods.contains($0) }) ?? isName(items[index]) {
                reading.leaveOut(
                    "an object is given a method that loading may call", subject: name ?? "", at: offset)
            }
        }
        return isArmed
    }

    /// The methods that unpickling, `getattr` and the making of classes look up in an object itself.
    private static let instanceMethods: Set<String> = [
        "append", "extend", "add", "__setstate__", "__getattr__", "__class__", "__mro_entries__", "__prepare__",
    ]

    func isCallable(_ value: PickleValue) -> Bool {
        if case .global = value { return true }
        return value == .opaque || heap.node(value)?.kind == .object
    }
}
