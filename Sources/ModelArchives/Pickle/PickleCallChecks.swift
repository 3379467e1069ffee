/// Holds the calls of a pickle to what loading a model has to call: what looks something up, loads or runs its arguments, or was itself
/// made by loading, is named.
extension PickleMachine {
    /// What a value is that a pickle calls, or gives a state.
    enum Made {
        /// A function whose code is in the pickle.
        case function
        /// A class whose code is in the pickle.
        case ownClass(Int)
        /// A type of Python that has no name of its own, by its name in `types`.
        case type(String)
        /// A module or an attribute of a value.
        case lookedUp
        /// Something else.
        case other
    }

    static func isCloudpickle(_ module: String) -> Bool {
        module == "cloudpickle" || module.hasPrefix("cloudpickle.")
            || module.split(separator: ".").contains("cloudpickle")
    }

    static func isDill(_ module: String) -> Bool { module == "dill" || module.hasPrefix("dill.") }

    /// What made a value.
    func made(_ value: PickleValue, depth: Int = 0) -> Made {
        guard depth < 16, case .node(let index) = value, heap.nodes.indices.contains(index),
            heap.nodes[index].kind == .object
        else { return .other }
        let node = heap.nodes[index]
        guard let maker = heap.global(node.callable) else {
            if resolved(node.callable) != nil { return .other }
            switch made(node.callable, depth: depth + 1) {
            case .type("FunctionType"), .type("LambdaType"): return .function
            case .lookedUp, .other: return .lookedUp
            default: return .other
            }
        }
        let isCloudpickle = Self.isCloudpickle(maker.module)
        if isCloudpickle || Self.isDill(maker.module) {
            switch maker.name {
            case "_make_function", "_make_skel_func", "_create_function": return .function
            case "_make_skeleton_class", "_make_skeleton_enum", "_create_type", "_create_namedtuple":
                return .ownClass(index)
            case "_class_setstate", "_function_setstate", "_fill_function", "_rehydrate_skeleton_class":
                return node.items.first.map { made($0, depth: depth + 1) } ?? .other
            case "_lookup_class_or_track":
                return node.items.last.map { made($0, depth: depth + 1) } ?? .other
            case "_builtin_type", "_load_type":
                return node.items.first.flatMap { heap.wholeText($0) }.map { .type($0) } ?? .lookedUp
            case "subimport", "_import_module", "_get_attr", "_getattr": return .lookedUp
            default: return .other
            }
        }
        if ["types.FunctionType", "types.LambdaType"].contains(maker.path) { return .function }
        return Self.lookups.contains(maker.path) || ComputedNames.importers.contains(maker.path) ? .lookedUp : .other
    }

    private static let lookups: Set<String> = [
        "builtins.getattr", "__builtin__.getattr", "operator.getitem", "_operator.getitem", "builtins.vars",
        "functools.reduce", "_functools.reduce",
    ]

    // MARK: Calls

    /// Checks a call before anything is made of it.
    func checkCall(_ callable: PickleValue, _ arguments: ArraySlice<PickleValue>, isNew: Bool, at offset: Int) {
        if let function = resolved(callable) {
            return check(function, Array(arguments), isNew: isNew, at: offset)
        }
        switch made(callable) {
        case .function:
            reading.warn("loading calls a function whose code is in the pickle", at: offset)
            reading.leaveOut("loading calls a function whose code is in the pickle", at: offset)
        case .ownClass(let index):
            useCall(of: index, arguments, isNew: isNew, at: offset)
        case .type(let name) where !Self.actingTypes.contains(name): break
        default:
            // What dill makes of a cached function, and of the keys of a dictionary.
            let maker = heap.node(callable).flatMap { heap.global($0.callable) }
            if maker?.path == "functools.lru_cache", arguments.count == 1, let node = heap.node(callable),
                node.items.count <= 2, node.items.allSatisfy(Self.isSize)
            {
                return
            }
            if maker.map({ Self.isDill($0.module) && $0.name == "_getattr" }) == true,
                let node = heap.node(callable), node.items.count > 1, case .type = made(node.items[0]),
                ["keys", "values", "items", "__iter__"].contains(heap.wholeText(node.items[1]))
            {
                return
            }
            reading.leaveOut("loading calls what another call returned", at: offset)
        }
    }

    /// Whether a value is one that `lru_cache` takes for a size, or for whether types differ: of all others it makes a function.
    private static func isSize(_ value: PickleValue) -> Bool {
        switch value {
        case .none, .boolean, .integer: true
        default: false
        }
    }

    /// Types that call what they are made of, make classes or open files.
    static let actingTypes: Set<String> = [
        "map", "filter", "type", "super", "FileType", "BufferedRandomType", "BufferedReaderType", "BufferedWriterType",
        "TextWrapperType", "PyBufferedRandomType", "PyBufferedReaderType", "PyBufferedWriterType", "PyTextWrapperType",
        "InputType", "OutputType", "ExitType", "CapsuleType", "PyCapsuleType",
    ]

    /// The class or function that a value is: a name, or `getattr(Outer, "Inner")`, by which protocols before 4 name what is in a class,
    /// and all protocols a method of one.
    func resolved(_ value: PickleValue, depth: Int = 0) -> PickleGlobal? {
        if let global = heap.global(value) { return global }
        guard depth < 8, let node = heap.node(value), node.kind == .object, (2...3).contains(node.items.count),
            let maker = heap.global(node.callable), ["builtins.getattr", "__builtin__.getattr"].contains(maker.path)
        else { return nil }
        // `getattr(dill._dill, "_setattr", setattr)`, with which dill fills cells.
        if node.items.count == 3 {
            guard heap.global(node.items[0])?.path == "dill._dill", heap.wholeText(node.items[1]) == "_setattr",
                let other = heap.global(node.items[2]), other.path == "builtins.setattr"
            else { return nil }
            return other
        }
        guard let owner = resolved(node.items[0], depth: depth + 1), let name = heap.wholeText(node.items[1]),
            !name.hasPrefix("__"), !name.isEmpty,
            StandardCalls.isClassName(owner.name.split(separator: ".").last ?? "")
        else { return nil }
        return PickleGlobal(module: owner.module, name: "\(owner.name).\(name)", offset: owner.offset)
    }

    func check(_ function: PickleGlobal, _ arguments: [PickleValue], isNew: Bool = true, at offset: Int) {
        if Self.isCloudpickle(function.module) {
            checkCloudpickle(function, arguments, at: offset)
        } else if Self.isDill(function.module) {
            checkDill(function, arguments, at: offset)
        } else if StandardCalls.contains(function.module) {
            checkStandard(function, arguments, at: offset)
        } else {
            checkOther(function, arguments, isNew: isNew, at: offset)
        }
    }

    private func checkStandard(_ function: PickleGlobal, _ arguments: [PickleValue], at offset: Int) {
        // These have a finding, or a gap, whether they are called or not.
        if DangerousNames.contains(function) || ComputedNames.importers.contains(function.path) { return }
        if hasOwnClasses { useArguments(arguments, of: function, at: offset) }
        var isPlain = StandardCalls.allows(function.module, function.name)
        switch (function.module, function.name) {
        case ("builtins", "getattr"), ("__builtin__", "getattr"):
            // A property whose code is in the pickle runs.
            if hasOwnClasses, arguments.count > 1, let name = heap.wholeText(arguments[1]) {
                use(arguments[0], [name], lists: 0, depth: 0, at: offset)
            }
            return checkAttribute(of: arguments.first, at: offset)
        case ("builtins", "setattr"):
            isPlain = arguments.count == 3 && sets(arguments[1], of: arguments[0], to: arguments[2])
        case ("builtins", "type"), ("__builtin__", "type"), ("builtins", "iter"), ("__builtin__", "iter"):
            isPlain = arguments.count == 1
        case ("abc", "ABCMeta"), ("_py_abc", "ABCMeta"), ("enum", "EnumMeta"), ("enum", "EnumType"):
            isPlain = arguments.isEmpty
        case ("enum", _):
            // With more than a value a class is made.
            isPlain = isPlain && arguments.count <= 1
        case ("copyreg", "_reconstructor"), ("copy_reg", "_reconstructor"):
            isPlain = arguments.count == 3
            guard isPlain else { break }
            checkClass(arguments[0], at: offset)
            // The second class makes the object, of the state.
            checkClass(arguments[1], arguments[2] == .none ? [] : [arguments[2]], at: offset)
        case ("copyreg", "__newobj__"), ("copy_reg", "__newobj__"), ("copyreg", "__newobj_ex__"):
            guard let first = arguments.first else { break }
            var values = arguments.dropFirst()
            if function.name == "__newobj_ex__" {
                values = []
                for value in arguments.dropFirst() {
                    guard let node = heap.node(value), node.kind != .object, node.count > 0 else { continue }
                    values += node.kind == .dictionary ? [value] + valuesOf(node) : node.items
                }
            }
            return checkCall(first, values, isNew: true, at: offset)
        case ("functools", "reduce"), ("_functools", "reduce"):
            // `int | None`
            isPlain =
                arguments.first.flatMap { heap.global($0) }.map { ["operator.or_", "_operator.or_"].contains($0.path) }
                ?? false
        case ("operator", "getitem"), ("_operator", "getitem"):
            // `Optional[int]`
            isPlain =
                arguments.first.flatMap { heap.global($0) }.map {
                    $0.module == "typing" || $0.module == "collections.abc"
                } ?? false
        case ("_codecs", "encode"), ("codecs", "encode"):
            isPlain =
                arguments.count == 2
                && ["latin1", "latin-1", "utf-8", "utf8", "ascii"].contains(heap.wholeText(arguments[1]) ?? "")
                && isEncodable(arguments[0], as: arguments[1])
        default: break
        }
        if !isPlain {
            reading.leaveOut(
                "the pickle calls a function of the standard library that is not known to only make a value",
                subject: function.path, at: offset)
        } else if StandardCalls.allows(function.module, function.name) || function.name == "iter" {
            if mayRefuse(arguments, of: function) {
                reading.leaveOut(
                    "the pickle calls a class with arguments that it may refuse", subject: function.path, at: offset)
            }
            checkPlain(arguments, of: function, at: offset)
            checkBytes(arguments, of: function, at: offset)
        }
    }

    /// Whether `setattr` only does what dill does: fill a cell, or give a class whose code is in the pickle, or a member of it, a value.
    private func sets(_ name: PickleValue, of object: PickleValue, to value: PickleValue) -> Bool {
        guard let text = heap.wholeText(name), isOwn(object) || isCell(object) else { return false }
        return !isCallable(value) || text == "cell_contents"
    }

    private func checkOther(_ function: PickleGlobal, _ arguments: [PickleValue], isNew: Bool, at offset: Int) {
        if LoaderNames.isKnown(function.path) {
            reading.warn(
                "loading calls \(function.path), which loads what may run code", subject: function.path, at: offset)
        }
        for argument in arguments { checkState(argument, of: .none, at: offset) }
        // What storages reduce to: a file of PyTorch's that was read, and told what it names.
        if function.path == "torch.storage._load_from_bytes", arguments.count == 1, isTorchFile(arguments[0]) { return }
        // `X.__new__(X)` does nothing.
        if isNew, arguments.isEmpty { return }
        let isKnown = OtherCalls.makesValue(function) && takes(arguments, function)
        if LoaderNames.isKnown(function.path) || (LoaderNames.isSuspected(function.name) && !isKnown) {
            return reading.leaveOut(
                "the pickle calls a function that may load or run something", subject: function.path, at: offset)
        }
        // With values it keeps them.
        if isNew, OtherCalls.holdsData(function) == nil { return }
        let last = function.name.split(separator: ".").last ?? ""
        let isClass = StandardCalls.isClassName(last)
        if isClass, let holdsData = OtherCalls.holdsData(function), !holdsData, !isKnown, !arguments.isEmpty {
            return reading.leaveOut(
                "the pickle calls a class that is not known to only hold data", subject: function.path, at: offset)
        }
        if isClass, !arguments.isEmpty, OtherCalls.isSuspected(className: last) {
            return reading.leaveOut(
                "the pickle calls a class that may open or run something", subject: function.path, at: offset)
        }
        if !isClass, !isKnown {
            return reading.leaveOut(
                "the pickle calls a function that is not known to only make a value", subject: function.path, at: offset
            )
        }
        guard isClass || OtherCalls.callers.contains(function.path) else { return }
        if let name = functionName(in: arguments) {
            reading.leaveOut("\(function.path) may call what it is given", subject: name, at: offset)
        }
    }

    /// Whether a value is the bytes of a whole file of PyTorch's: literally, or as protocols before 3 write them.
    private func isTorchFile(_ value: PickleValue) -> Bool {
        if embedded.torchValues.contains(value) { return true }
        guard let node = heap.node(value), node.kind == .object, node.items.count == 2,
            heap.global(node.callable)?.path == "_codecs.encode",
            ["latin1", "latin-1"].contains(heap.wholeText(node.items[1]) ?? "")
        else { return false }
        return embedded.torchValues.contains(node.items[0])
    }

    /// Whether the first argument of a known function is what the library gives it, where the function looks it up or makes it.
    private func takes(_ arguments: [PickleValue], _ function: PickleGlobal) -> Bool {
        guard let first = arguments.first else { return true }
        switch function.name {
        case "_new_Index", "_new_PeriodIndex", "_new_DatetimeIndex", "_new_IntervalIndex":
            guard let global = resolved(first) else { return isOwn(first) }
            return !StandardCalls.contains(global.module) && global.name.hasSuffix("Index")
        case "_mareconstruct", "_mrreconstruct":
            return arguments.prefix(2).allSatisfy { value in
                guard let global = resolved(value) else { return isOwn(value) }
                return global.module.hasPrefix("numpy") && global.name != "memmap"
            }
        case "_unpickle": return resolved(first)?.module.hasPrefix("dateutil.") ?? false
        case "_rebuild_from_type", "_rebuild_from_type_v2":
            return resolved(first).map { OtherCalls.makesValue($0) } ?? false
        case "__randomstate_ctor", "__generator_ctor":
            return arguments.dropFirst().allSatisfy { resolved($0)?.module == "numpy.random._pickle" }
        case "_ufunc_reconstruct":
            return heap.wholeText(first).map { $0.hasPrefix("numpy") || $0.hasPrefix("scipy.special") } ?? false
        default: return true
        }
    }

    // MARK: What copies and sets attributes

    func isOwn(_ value: PickleValue) -> Bool {
        switch made(value) {
        case .function, .ownClass: true
        default: false
        }
    }

    private func checkClass(_ value: PickleValue, _ arguments: [PickleValue] = [], at offset: Int) {
        if let global = resolved(value) { return check(global, arguments, isNew: arguments.isEmpty, at: offset) }
        if case .ownClass = made(value) { return }
        reading.leaveOut("an object is made of a class that is computed while the pickle is loaded", at: offset)
    }

    /// A cell of dill's functions, or an object of a class whose code is in the pickle, as the members of its enumerations are.
    private func isCell(_ value: PickleValue) -> Bool {
        guard let node = heap.node(value), node.kind == .object else { return false }
        if let maker = heap.global(node.callable) { return Self.isDill(maker.module) && maker.name == "_create_cell" }
        if case .ownClass = made(node.callable) { return true }
        return false
    }

    func checkAttribute(of value: PickleValue?, at offset: Int) {
        guard let value else { return }
        // Looked up by dill for itself: see `resolved`.
        if heap.global(value)?.path == "dill._dill" { return }
        if let global = resolved(value) {
            let last = global.name.split(separator: ".").last ?? ""
            let isNumpy =
                global.module == "numpy" || global.module.hasPrefix("numpy.")
                || global.module.hasPrefix("scipy.")
            if StandardCalls.isClassName(last) || StandardCalls.allows(global.module, global.name)
                || (isNumpy && !Self.modulesOfNumpy.contains(String(last)))
                || ["builtins.type", "__builtin__.type"].contains(global.path)
            {
                return
            }
            return reading.leaveOut("the attribute may be one of a module", subject: global.path, at: offset)
        }
        guard let node = heap.node(value), node.kind == .object else {
            if value == .opaque { reading.leaveOut("an attribute of an object that is not in the pickle", at: offset) }
            return
        }
        if let maker = heap.global(node.callable),
            ["subimport", "_import_module", "_builtin_type"].contains(maker.name)
                || ComputedNames.importers.contains(maker.path)
        {
            reading.leaveOut("an attribute of a module is looked up", subject: maker.path, at: offset)
        }
    }

    private static let modulesOfNumpy: Set<String> = [
        "core", "_core", "random", "linalg", "fft", "lib", "testing", "f2py", "distutils", "ctypeslib", "ma",
        "polynomial", "compat", "os", "sys",
    ]

    /// Checks what a state, or elements, are given to.
    func checkChange(of value: PickleValue, _ methods: Set<String>, at offset: Int) {
        switch value {
        case .global(let index):
            reading.leaveOut(
                "a class, function or module is changed", subject: heap.globals[index].path, at: offset)
        case .opaque:
            reading.leaveOut("an object that is not in the pickle is changed", at: offset)
        case .node(let index) where heap.nodes[index].kind == .object:
            switch made(value) {
            case .lookedUp:
                reading.leaveOut("what another call returned is changed", at: offset)
            case .type: reading.leaveOut("a type is changed", at: offset)
            default:
                let node = heap.nodes[index]
                // A class has the methods of its objects among its attributes.
                if case .ownClass(let owner) = made(value) {
                    use(owner, methods, at: offset)
                    useMetaclasses(of: owner, methods.union(["__setattr__"]), at: offset)
                }
                if case .ownClass(let owner) = made(node.callable) { use(owner, methods, at: offset) }
                if let maker = heap.global(node.callable), ["copyreg", "copy_reg"].contains(maker.module),
                    let first = node.items.first, case .ownClass(let owner) = made(first)
                {
                    use(owner, methods, at: offset)
                }
            }
        default: break
        }
    }
}
