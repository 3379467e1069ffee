import EnvironmentInventory
import PythonPackaging
import SourceDocuments

/// The names in a skops document, and what loading does with each of them.
///
/// skops loads what it trusts by itself, and what the caller trusts: MLflow takes the caller's list out of the model
/// (`skops_trusted_types`, mlflow/sklearn/__init__.py of MLflow 3.18). What skops calls of a trusted node, and what it
/// only compares, is from its source (https://github.com/skops-dev/skops/tree/main/skops/io, release 0.16). Older
/// releases were led around their check by nodes that name something else than what they load
/// (https://nvd.nist.gov/vuln/detail/CVE-2025-54412, https://nvd.nist.gov/vuln/detail/CVE-2025-54413).
struct SkopsNames {
    /// What loading does with a name.
    private enum Use {
        /// It compares the name with those that are trusted.
        case compared
        /// It makes an object without calling the class.
        case made
        /// It calls the class with the elements, or with nothing.
        case filled
        /// It calls the class or function with arguments of the file.
        case called
        /// The same, where only losses of scikit-learn stand.
        case loss
        /// It looks up a function, which the model calls.
        case function
        /// It looks up a class or a function of C.
        case type
    }

    private enum Verdict { case plain, unknown, untrusted, dangerous }

    /// What loading does with the name of a node of each kind; others compare it, or are read by themselves.
    private static let uses: [String: Use] = [
        "ObjectNode": .made, "TupleNode": .made, "DictNode": .filled, "ListNode": .filled, "SetNode": .filled,
        "NdArrayNode": .filled, "RandomStateNode": .filled, "RandomGeneratorNode": .filled,
        "ConstructorFromReduceNode": .called, "LossNode": .loss, "SGDNode": .loss, "CyLossNode": .loss,
        "ReduceNode": .loss, "FunctionNode": .function, "TypeNode": .type,
    ]

    private let file: String
    private let isOldest: Bool
    /// The numbers of the lists that say what the keys of dictionaries are made with.
    private var keyTypes: Set<Int64> = []
    /// The kind and the name of what has a number: of two nodes of one number skops takes the first for both.
    private var numbered: [Int64: String] = [:]
    private var found: Set<String> = []
    private var warnings: [(subject: String, message: String, help: String)] = []
    private var gaps: [(subject: String, reason: String, line: Int)] = []

    /// Prepares to take the nodes of a document.
    init(_ root: DocumentNode, file: String) {
        self.file = file
        isOldest = root.table?["protocol"]?.integer == 0
        var pending = [root]
        while let node = pending.popLast() {
            if let elements = node.array { pending += elements }
            guard let table = node.table else { continue }
            if let id = table["key_types"]?.table?["__id__"]?.integer { keyTypes.insert(id) }
            pending += table.members.map(\.value)
        }
    }

    /// Judges the names of one node.
    mutating func take(_ table: DocumentTable, line: Int) {
        let loader = table.string("__loader__") ?? ""
        takeNumber(table, loader: loader, line: line)
        let content = table["content"]?.table
        if let module = table.string("__module__"), let name = table.string("__class__") {
            switch loader {
            case "MethodNode": takeMethod(content, of: (module, name), line: line)
            case "OperatorFuncNode": takeOperator(name, table["attrs"], line: line)
            case "PartialNode":
                judge((module, name), module == "functools" && name == "partial" ? .compared : .called, line: line)
            case "FunctionNode" where isOldest && content?.string("function") != nil:
                // The name lies in the content, and this is that of its type.
                judge((module, name), .compared, line: line)
            default: judge((module, name), Self.uses[loader] ?? .compared, line: line)
            }
        }
        if let module = content?.string("module_path"), let name = content?.string("function") {
            judge((module, name), .function, line: line)
        }
        if loader == "DictNode" {
            if let types = table["key_types"] { takeKeys(types.table, line: line) }
            if let node = content?["bit_generator"], node.table?.string("__loader__") == "JsonNode" {
                takeGenerator(Self.literal(node), line: line)
            }
        } else if loader == "RandomGeneratorNode" {
            let state = content?["bit_generator"]?.table
            if let name = state?.string("bit_generator") {
                takeGenerator(name, line: line)
            } else if state?["content"]?.table?["bit_generator"].flatMap(Self.literal) == nil {
                takeGenerator(nil, line: line)
            }
        }
        if let id = table["__id__"]?.integer, keyTypes.contains(id), loader != "CachedNode" {
            takeKeys(table, line: line)
        }
    }

    /// Adds what was found.
    func report(into content: inout ModelFileContent) {
        let limit = 64
        for warning in warnings.prefix(limit) {
            content.findings.append(finding(warning.subject, warning.message, help: warning.help))
        }
        if let next = warnings.dropFirst(limit).first {
            let count = warnings.count - limit
            content.findings.append(
                finding(next.subject, "loading may call \(count) others that the file names", help: next.help))
        }
        for gap in gaps.prefix(limit) {
            content.leaveOut(gap.subject, gap.reason, in: file, at: .line(gap.line))
        }
    }

    private func finding(_ subject: String, _ message: String, help: String) -> Finding {
        Finding(
            rule: ModelRules.dangerousGlobal.name, severity: .warning, file: file, range: nil, message: message,
            help: help, ecosystem: .model, subject: subject)
    }

    // MARK: Names that a model has skops trust

    /// What skops is told to trust.
    enum Trust { case plain, unknown, dangerous }

    /// Names whose nodes are judged by what they hold.
    private static let judgedByContent: Set<String> = [
        "functools.partial", "operator.attrgetter", "operator.itemgetter", "operator.methodcaller",
    ]

    /// Judges a name that the caller has skops trust: a class is made, and a function is looked up for the model to call.
    static func trust(of path: String) -> Trust {
        if judgedByContent.contains(path) { return .plain }
        guard let dot = path.lastIndex(of: "."), dot != path.startIndex else { return .unknown }
        let name = String(path[path.index(after: dot)...])
        let global = PickleGlobal(module: String(path[..<dot]), name: name, offset: 0)
        guard !name.isEmpty else { return .unknown }
        switch verdict(global, StandardCalls.isClassName(name) ? .made : .function) {
        case .plain: return .plain
        case .unknown: return .unknown
        case .untrusted, .dangerous: return .dangerous
        }
    }

    // MARK: Nodes

    private mutating func takeNumber(_ table: DocumentTable, loader: String, line: Int) {
        guard let node = table["__id__"], !node.isNull, !loader.isEmpty, loader != "CachedNode" else { return }
        guard let id = node.integer else {
            return leaveOut(node.text ?? "", "the number of a node is no whole number", line: line)
        }
        guard id != 0 else { return }
        let what = "\(loader) \(table.string("__module__") ?? "").\(table.string("__class__") ?? "")"
        if numbered[id, default: what] != what {
            leaveOut("\(id)", "two nodes have this number, and skops takes the first for both", line: line)
        }
        numbered[id] = what
    }

    /// Each key of a dictionary is made by calling what the list has at its place.
    private mutating func takeKeys(_ list: DocumentTable?, line: Int) {
        if list?.string("__loader__") == "CachedNode" { return }
        guard list?.string("__loader__") == "ListNode", let items = list?["content"]?.array else {
            return leaveOut("key_types", "the types of the keys of a dictionary are no list", line: line)
        }
        for item in items {
            let table = item.table
            let path = "\(table?.string("__module__") ?? "").\(table?.string("__class__") ?? "")"
            guard table?.string("__loader__") != "TypeNode" || !Self.isKeyType(path) else { continue }
            warn(path, "loading calls \(path) with the keys of a dictionary", line: line)
        }
    }

    private static func isKeyType(_ path: String) -> Bool {
        let parts = path.split(separator: ".")
        guard parts.count == 2 else { return false }
        return ["builtins.str", "builtins.int", "builtins.float", "builtins.bool", "builtins.bytes"].contains(path)
            || (parts[0] == "numpy" && parts[1] != "memmap"
                && OtherCalls.makesValue(PickleGlobal(module: "numpy", name: String(parts[1]), offset: 0)))
    }

    private mutating func takeMethod(_ content: DocumentTable?, of owner: (module: String, name: String), line: Int) {
        judge(owner, .compared, line: line)
        guard let function = content?.string("func") else { return }
        let object = content?["obj"]?.table
        let isObject = object?.string("__loader__").map { !Self.noObjects.contains($0) } ?? false
        let isSame = object?.string("__module__") == owner.module && object?.string("__class__") == owner.name
        let isKnown = Self.classLibraries.contains(Self.top(owner.module)) && !Self.acts(function)
        if isObject, isSame, isKnown { return }
        let path = "\(owner.module).\(owner.name).\(function)"
        warn(path, "the model calls the method \(path), which skops does not trust by itself", line: line)
    }

    /// Nodes whose methods would be those of functions, classes and modules.
    private static let noObjects: Set<String> = [
        "TypeNode", "FunctionNode", "MethodNode", "OperatorFuncNode", "PartialNode", "CachedNode",
    ]

    /// skops writes `attrgetter`, `itemgetter` and `methodcaller`, and calls any function of `operator`, `call` too.
    private mutating func takeOperator(_ name: String, _ attributes: DocumentNode?, line: Int) {
        let items = attributes?.table?["content"]?.array ?? []
        let isPlain: Bool
        switch name {
        case "itemgetter": isPlain = true
        case "attrgetter": isPlain = !items.isEmpty && items.allSatisfy(Self.isAttribute)
        case "methodcaller": isPlain = items.first.map(Self.isAttribute) ?? false
        default: isPlain = false
        }
        if isPlain { return }
        warn("operator.\(name)", "loading calls operator.\(name), or the model calls what it returns", line: line)
    }

    private static func isAttribute(_ node: DocumentNode) -> Bool {
        guard let text = literal(node) else { return false }
        return text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty && !acts(String(part))
        }
    }

    /// The class that makes the numbers of a `Generator` is called by its name in `numpy.random`.
    private mutating func takeGenerator(_ name: String?, line: Int) {
        guard let name else {
            return leaveOut("bit_generator", "the class of a generator of random numbers is not named", line: line)
        }
        if ["MT19937", "PCG64", "PCG64DXSM", "Philox", "SFC64"].contains(name) { return }
        warn("numpy.random.\(name)", "loading calls numpy.random.\(name), which is no bit generator", line: line)
    }

    /// A text in a node of JSON, which is written in quotes; nil for one with escapes, and for other values.
    private static func literal(_ node: DocumentNode) -> String? {
        guard let table = node.table, table.string("__loader__") == "JsonNode", let text = table.string("content"),
            text.utf8.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"")
        else { return nil }
        let inner = String(text.dropFirst().dropLast())
        return inner.utf8.contains(UInt8(ascii: "\\")) || inner.utf8.contains(UInt8(ascii: "\"")) ? nil : inner
    }

    // MARK: Names

    private mutating func judge(_ owner: (module: String, name: String), _ use: Use, line: Int) {
        let global = PickleGlobal(module: owner.module, name: owner.name, offset: 0)
        switch Self.verdict(global, use) {
        case .plain: break
        case .unknown:
            leaveOut(global.path, "skops calls or makes what it does not trust by itself", line: line)
        case .untrusted:
            guard found.insert("\(global.path)()").inserted else { return }
            warnings.append(
                (
                    global.path,
                    "loading looks up or calls \(global.path), which skops does not trust by itself (line \(line))",
                    "read what it does before you trust it"
                ))
        case .dangerous: warn(global.path, "loading runs or fetches \(global.path)", line: line)
        }
    }

    private mutating func warn(_ subject: String, _ message: String, line: Int) {
        guard found.insert("\(subject)()").inserted else { return }
        warnings.append((subject, "\(message) (line \(line))", "do not load this file; ask where it comes from"))
    }

    private mutating func leaveOut(_ subject: String, _ reason: String, line: Int) {
        guard found.insert("\(subject) \(reason)").inserted else { return }
        gaps.append((subject, reason, line))
    }

    private static func verdict(_ global: PickleGlobal, _ use: Use) -> Verdict {
        if DangerousNames.contains(global) || ComputedNames.importers.contains(global.path)
            || LoaderNames.isKnown(global.path)
        {
            return .dangerous
        }
        let top = top(global.module)
        let isClass = StandardCalls.isClassName(global.name)
        if use == .compared { return .plain }
        if top != "__main__", StandardLibrary.contains(top) { return standard(global, use, isClass: isClass) }
        switch use {
        case .compared, .made: return .plain
        case .type where isClass: return .plain
        case .type, .function:
            return functionLibraries.contains(top) && !acts(global) ? .plain : .untrusted
        case .loss: return lossLibraries.contains(top) && isClass && !acts(global) ? .plain : .untrusted
        case .filled, .called:
            let isKnown = classLibraries.contains(top)
            if acts(global) || (!isClass && !isKnown) { return .untrusted }
            if isClass, isKnown || use == .filled { return .plain }
            return OtherCalls.makesValue(global) ? .plain : .unknown
        }
    }

    /// Judges a name of the standard library.
    private static func standard(_ global: PickleGlobal, _ use: Use, isClass: Bool) -> Verdict {
        let isMaker = global.module.hasPrefix("_frozen_importlib")
        let makesValue = !isMaker && StandardCalls.allows(global.module, global.name)
        switch use {
        case .compared: return .plain
        case .made: return makesValue || StandardCalls.isHarmless(global) ? .plain : .unknown
        case .type, .function:
            if makesValue || StandardCalls.isHarmless(global) || global.path == "builtins.map" { return .plain }
            return use == .type && isClass ? .unknown : .untrusted
        case .filled, .called, .loss: return makesValue ? .plain : .untrusted
        }
    }

    private static func top(_ module: String) -> String { String(module.prefix { $0 != "." }) }

    /// Libraries whose functions compute.
    private static let functionLibraries: Set<String> = ["numpy", "scipy", "sklearn", "pandas", "imblearn"]
    /// Libraries whose classes hold what a model learned.
    private static let classLibraries = functionLibraries.union([
        "lightgbm", "xgboost", "catboost", "quantile_forest", "category_encoders", "statsmodels",
    ])
    /// Cython gives some of the losses of scikit-learn a module without its package.
    private static let lossLibraries: Set<String> = ["sklearn", "_loss", "_sgd_fast"]
    /// Modules of these libraries that read files, fetch, compile or evaluate.
    private static let actingModules: Set<Substring> = [
        "testing", "_testing", "tests", "_testutils", "conftest", "f2py", "distutils", "ctypeslib", "_ctypeslib",
        "datasets", "externals", "io", "npyio", "_npyio_impl", "_datasource", "iolib", "computation", "weave",
        "_build_utils", "_mocking", "_tester",
    ]
    /// Functions that are named as modules of the standard library are.
    private static let namedAsModules: Set<String> = ["array", "copy", "select", "trace"]

    /// Whether a name of a library is that of something that loads, runs or imports.
    private static func acts(_ global: PickleGlobal) -> Bool {
        let modules = global.module.split(separator: ".").dropFirst()
        if modules.contains(where: { actingModules.contains($0) }) { return true }
        if StandardCalls.isClassName(global.name), OtherCalls.isSuspected(className: global.name[...]) { return true }
        return acts(global.name)
    }

    /// Whether an attribute is one of Python's own, a module that a library imports, or a function that loads or runs.
    private static func acts(_ name: String) -> Bool {
        if name.hasPrefix("__") || name.contains("pickle") || LoaderNames.isSuspected(name) { return true }
        return StandardLibrary.contains(name) && !namedAsModules.contains(name)
    }
}
