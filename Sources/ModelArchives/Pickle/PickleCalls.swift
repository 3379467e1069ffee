import PythonPackaging

/// What the calls of a pickle tell: the modules that functions of cloudpickle and dill refer to, and the Python whose code they
/// are.
///
/// Sources: cloudpickle/cloudpickle.py of cloudpickle 3.1, dill/_dill.py of dill 0.4.
extension PickleMachine {
    /// Observes a call whose result was pushed.
    func observeCall(_ callable: PickleValue, _ arguments: ArraySlice<PickleValue>, at offset: Int) {
        let first = arguments.first
        guard let function = heap.global(callable) else {
            if isCodeType(callable) { observeCode(Array(arguments), at: offset) }
            return
        }
        if function.module == "types", function.name == "CodeType" { observeCode(Array(arguments), at: offset) }
        if Self.isCloudpickle(function.module) {
            if function.name == "subimport" { observeImport(first, at: offset) }
        } else if Self.isDill(function.module) {
            observeDill(function.name, Array(arguments), at: offset)
        } else if ComputedNames.importers.contains(function.path) {
            // The name may be a literal; what is done with the module is not.
            if let name = first.flatMap({ heap.wholeText($0) }) {
                addImport(String(name.prefix { $0 != ":" }), at: offset)
            }
        } else if ["builtins.getattr", "__builtin__.getattr"].contains(function.path) {
            if !isStockMethod(Array(arguments)) { observeAttributes(arguments.dropFirst().prefix(1), at: offset) }
        } else if function.module == "operator" || function.module == "_operator" {
            if ["attrgetter", "methodcaller"].contains(function.name) { observeAttributes(arguments, at: offset) }
        }
    }

    /// Observes the names of attributes that loading looks up.
    private func observeAttributes(_ names: ArraySlice<PickleValue>, at offset: Int) {
        for value in names {
            guard let name = heap.wholeText(value) else {
                reading.leaveOut("the name of an attribute is computed while the pickle is loaded", at: offset)
                continue
            }
            if name.hasPrefix("__") || name.contains(".__") {
                reading.leaveOut("an attribute leads to the inner state of Python", subject: name, at: offset)
            }
        }
    }

    private func observeDill(_ name: String, _ arguments: [PickleValue], at offset: Int) {
        switch name {
        case "_import_module": observeImport(arguments.first, at: offset)
        case "_get_attr": observeAttributes(arguments.dropFirst().prefix(1), at: offset)
        case "_create_code":
            // Since 3.10 the line table of old interpreters precedes the arguments.
            let isLineTable = arguments.first.map { heap.integer($0) == nil } ?? false
            observeCode(isLineTable ? Array(arguments.dropFirst()) : arguments, at: offset)
        case "_unmarshal", "_eval_repr", "_create_capsule":
            reading.leaveOut("dill evaluates what the pickle holds", subject: name, at: offset)
        case "_getattr":
            let isPlain = arguments.dropFirst().allSatisfy { value in
                guard let text = heap.wholeText(value) else { return false }
                return text.utf8.allSatisfy { $0 != UInt8(ascii: "(") && $0 != UInt8(ascii: "[") }
            }
            if !isPlain { reading.leaveOut("dill evaluates what the pickle holds", subject: name, at: offset) }
        default: break
        }
    }

    private func observeImport(_ value: PickleValue?, at offset: Int) {
        guard let value, let name = heap.wholeText(value) else {
            return reading.leaveOut("the name of a module is computed while the pickle is loaded", at: offset)
        }
        addImport(name, at: offset)
    }

    func addImport(_ module: String, at offset: Int) {
        let item = PickleReading.Import(module: module, offset: offset)
        if !module.isEmpty, !reading.imports.contains(where: { $0.module == module }) { reading.imports.append(item) }
    }

    /// Returns whether a value is the type of code objects: `_builtin_type("CodeType")`, `_load_type("CodeType")`.
    private func isCodeType(_ value: PickleValue) -> Bool {
        guard let node = heap.node(value), node.kind == .object, let maker = heap.global(node.callable),
            ["_builtin_type", "_load_type"].contains(maker.name)
        else { return false }
        return node.items.first.flatMap { heap.text($0) } == "CodeType"
    }

    /// Reads the arguments of a code object: its version, and the modules that it imports.
    private func observeCode(_ arguments: [PickleValue], at offset: Int) {
        let candidates = PythonBytecode.candidates(argumentCount: arguments.count)
        // Before 3.8 there is one argument fewer in front of the code.
        let position = arguments.count == 15 ? 5 : 6
        guard arguments.count >= 15, let code = heap.blob(arguments[position]), code.isWhole,
            let names = heap.node(arguments[position + 2]), names.items.count == names.count
        else {
            return reading.leaveOut("the code of a function is not read to its end", at: offset)
        }
        let readings = candidates.compactMap { version in version.imports(of: code.head).map { (version.minor, $0) } }
        let versions = Set(readings.map(\.0))
        if arguments.count == 15 {
            return reading.leaveOut("the code of a function is of Python 3.7 or before, and is not read", at: offset)
        }
        reading.codeVersions = reading.codeVersions.map { $0.intersection(versions) } ?? versions
        for index in Set(readings.flatMap(\.1)).sorted() {
            guard names.items.indices.contains(index), let name = heap.wholeText(names.items[index]) else {
                reading.leaveOut("the code of a function imports a module without a name", at: offset)
                continue
            }
            addImport(name, at: offset)
        }
    }
}

/// Functions that look names up which no saved model has to compute.
enum ComputedNames {
    /// Functions that import a module by a name that is a string.
    static let importers: Set<String> = [
        "pkgutil.resolve_name", "pkgutil.get_loader", "pkgutil.find_loader", "importlib.import_module",
        "importlib.__import__", "importlib.reload", "importlib._bootstrap._gcd_import",
        "importlib._bootstrap.__import__", "_frozen_importlib._gcd_import", "_frozen_importlib.__import__",
        "builtins.__import__", "__builtin__.__import__", "pydoc.locate", "pydoc.safeimport", "runpy.run_module",
        "imp.load_module", "imp.load_source", "zipimport.zipimporter", "inspect.getmodule",
    ]

    /// Returns why a name is not resolved; nil for the name of a class or function.
    static func reason(_ global: PickleGlobal) -> String? {
        if importers.contains(global.path) {
            return "the pickle calls a function that looks up a name while it is loaded"
        }
        if !global.isNamed { return "Python has no module or class of that name" }
        if StockMethods.contains(global) { return nil }
        let parts = global.name.split(separator: ".", omittingEmptySubsequences: false)
        // The qualified name of a nested class has no dunder, and no module that the first one imports.
        if parts.count > 1, parts.contains(where: { $0.hasPrefix("__") || modules.contains(bare($0)) }) {
            return "the name leads through a module's own imports"
        }
        let first = parts.first ?? ""
        // Only classes have names in them, and the standard library's have capitals: `random` has `_os`.
        if parts.count > 1, StandardCalls.contains(global.module), !StandardCalls.isClassName(first),
            !StandardCalls.allows(global.module, global.name),
            !StandardCalls.allows(global.module, String(first)), !lowercaseClasses.contains(String(first))
        {
            return "the name leads through what may be a module"
        }
        if parts.count == 1, isImport(global) { return "the name is that of a module's own import" }
        if StandardNames.lacks(global) { return "Python is not known to have that name" }
        return nil
    }

    private static func bare(_ name: Substring) -> String { String(name.drop { $0 == "_" }) }

    /// Returns whether a name is that of a module that another one imports: `posixpath.os`, `collections._sys`.
    private static func isImport(_ global: PickleGlobal) -> Bool {
        let name = bare(global.name[...])
        guard StandardCalls.contains(global.module) else { return ownImports.contains(name) }
        return StandardLibrary.contains(name) && name != global.module.split(separator: ".").last.map { bare($0) }
            && !StandardCalls.allows(global.module, global.name)
    }

    private static let lowercaseClasses: Set<String> = ["ndarray", "generic", "no_grad", "enable_grad", "dtype"]

    /// Modules through which everything can be reached, and that nothing else is called after.
    private static let ownImports: Set<String> = [
        "os", "sys", "subprocess", "builtins", "importlib", "socket", "shutil", "pickle", "ctypes", "runpy", "pty",
        "posix",
        "nt", "pkgutil", "marshal", "imp", "tempfile", "multiprocessing", "threading", "asyncio", "posixpath", "ntpath",
        "copyreg", "linecache", "codeop", "pydoc", "webbrowser",
    ]

    private static let modules: Set<String> = [
        "os", "sys", "subprocess", "builtins", "importlib", "socket", "shutil", "pickle", "ctypes", "runpy", "pty",
        "posix", "nt", "commands", "platform", "code", "codecs", "io", "pkgutil", "inspect", "types", "marshal",
    ]
}
