import TestSupport
import Testing

@testable import ModelArchives

/// The names in skops documents, and what loading does with them.
@Suite("Names in skops documents, and pipelines of spaCy")
struct SkopsNameTests {
    private func content(_ text: String) throws -> ModelFileContent? {
        let bytes = Array(text.utf8)
        let tree = ModelTree(kind: .zip, prefix: "m.skops!")
        tree.append(ModelTreeFile(path: "schema.json", sha256: nil, size: bytes.count, bytes: bytes))
        return try SkopsFormat.read(tree)
    }

    /// What is found in a document of one node, given without its braces.
    private func read(_ node: String, protocol version: Int = 2) throws -> ModelFileContent {
        try #require(try content("{\(node), \"protocol\": \(version), \"_skops_version\": \"0.16.0\"}"))
    }

    private func dangerous(_ content: ModelFileContent) -> [String] {
        content.findings.filter { $0.rule == "dangerous-global" }.compactMap(\.subject)
    }

    private static func node(_ loader: String, _ module: String, _ name: String, with rest: String = "") -> String {
        #""__class__": "\#(name)", "__module__": "\#(module)", "__loader__": "\#(loader)""#
            + (rest.isEmpty ? "" : ", \(rest)")
    }

    private static let emptyList = node("ListNode", "builtins", "list", with: #""content": []"#)
    private static let text = node("TypeNode", "builtins", "str")

    private static func keys(_ types: String, _ keys: String) -> String {
        let list = node("ListNode", "builtins", "list", with: #""content": [\#(types)]"#)
        return node("DictNode", "builtins", "dict", with: #""key_types": {\#(list)}, "content": {\#(keys)}"#)
    }

    private static func json(_ text: String) -> String {
        "{" + node("JsonNode", "builtins", "str", with: #""content": "\"\#(text)\"", "is_json": true"#) + "}"
    }

    private static func attributes(_ items: String) -> String {
        #""attrs": {\#(node("TupleNode", "builtins", "tuple", with: #""content": [\#(items)]"#))}"#
    }

    private static func method(_ function: String, of object: String) -> String {
        #""content": {"func": "\#(function)", "obj": {\#(object)}}"#
    }

    private static func generator(_ name: String) -> String {
        node(
            "RandomGeneratorNode", "numpy.random._generator", "Generator",
            with: #""content": {"bit_generator": {\#(keys("{\(text)}", #""bit_generator": \#(json(name))"#))}}"#)
    }

    /// A node, and what is dangerous in it.
    static let dangerousNodes: [(String, String)] = [
        (node("LossNode", "os", "system"), "os.system"),
        (node("ReduceNode", "os", "system"), "os.system"),
        (node("FunctionNode", "os", "system"), "os.system"),
        (
            node("FunctionNode", "numpy", "ufunc", with: #""content": {"module_path": "os", "function": "system"}"#),
            "os.system"
        ),
        (node("TypeNode", "builtins", "eval"), "builtins.eval"),
        (node("JsonNode", "subprocess", "Popen"), "subprocess.Popen"),
        (node("ListNode", "subprocess", "check_call", with: #""content": []"#), "subprocess.check_call"),
        (node("ObjectNode", "importlib", "import_module"), "importlib.import_module"),
        // Functions and losses of no known library.
        (node("FunctionNode", "own.code", "clean"), "own.code.clean"),
        (node("FunctionNode", "functools", "reduce"), "functools.reduce"),
        (node("FunctionNode", "own", "Net"), "own.Net"),
        (node("TypeNode", "own", "clean"), "own.clean"),
        (node("LossNode", "own", "Loss"), "own.Loss"),
        (node("LossNode", "numpy", "memmap"), "numpy.memmap"),
        (node("ListNode", "own", "run", with: #""content": []"#), "own.run"),
        (node("ConstructorFromReduceNode", "own", "run"), "own.run"),
        (node("PartialNode", "own", "run"), "own.run"),
        // Of known libraries, what loads, and the modules that they import.
        (node("FunctionNode", "numpy", "load"), "numpy.load"),
        (node("FunctionNode", "numpy.testing", "suppress_warnings"), "numpy.testing.suppress_warnings"),
        (node("FunctionNode", "sklearn.utils.fixes", "sys"), "sklearn.utils.fixes.sys"),
        (node("TypeNode", "numpy", "__loader__"), "numpy.__loader__"),
        (node("FunctionNode", "pandas", "to_pickle"), "pandas.to_pickle"),
        // Operators.
        (node("OperatorFuncNode", "operator", "call", with: attributes("")), "operator.call"),
        (node("OperatorFuncNode", "builtins", "call", with: attributes("")), "operator.call"),
        (node("OperatorFuncNode", "operator", "attrgetter", with: attributes("")), "operator.attrgetter"),
        (
            node("OperatorFuncNode", "operator", "attrgetter", with: attributes(json("a.__globals__"))),
            "operator.attrgetter"
        ),
        (
            node("OperatorFuncNode", "operator", "methodcaller", with: attributes(json("system"))),
            "operator.methodcaller"
        ),
        // Methods.
        (
            node("MethodNode", "own", "A", with: method("f", of: node("ObjectNode", "own", "A"))), "own.A.f"
        ),
        (
            node("MethodNode", "sklearn.b", "A", with: method("__init__", of: node("ObjectNode", "sklearn.b", "A"))),
            "sklearn.b.A.__init__"
        ),
        (
            node("MethodNode", "sklearn.b", "A", with: method("f", of: node("ObjectNode", "sklearn.b", "B"))),
            "sklearn.b.A.f"
        ),
        (
            node("MethodNode", "numpy", "log", with: method("f", of: node("FunctionNode", "numpy", "log"))),
            "numpy.log.f"
        ),
        // Keys are made by calling.
        (keys("{\(node("TypeNode", "own", "Name"))}", #""a": \#(json("b"))"#), "own.Name"),
        (keys("{\(node("FunctionNode", "numpy", "log"))}", #""a": \#(json("b"))"#), "numpy.log"),
        (generator("seed"), "numpy.random.seed"),
    ]

    @Test("names of what runs code, or of functions of no known library, are told", arguments: dangerousNodes)
    func dangerous(node: String, subject: String) throws {
        let content = try read(node)
        #expect(dangerous(content) == [subject])
    }

    /// What skops writes.
    static let plainNodes: [String] = [
        node("ObjectNode", "sklearn.linear_model._logistic", "LogisticRegression"),
        node("ObjectNode", "own.code", "Cleaner"), node("ObjectNode", "lightgbm.sklearn", "LGBMClassifier"),
        node(
            "DictNode", "sklearn.utils._bunch", "Bunch",
            with: #""key_types": {\#(emptyList)}, "content": {}"#),
        keys("{\(text)}, {\(node("TypeNode", "numpy", "int64"))}", #""a": \#(json("b")), "1": \#(json("c"))"#),
        emptyList, node("SetNode", "builtins", "set"),
        node("NdArrayNode", "numpy", "float64"), node("NdArrayNode", "numpy", "ndarray"),
        node("DTypeNode", "numpy", "dtype"), node("TypeNode", "numpy", "float32"), node("TypeNode", "own", "Net"),
        node("TypeNode", "builtins", "len"), node("FunctionNode", "numpy", "log1p"),
        node("FunctionNode", "scipy.special._ufuncs", "expit"), node("FunctionNode", "numpy", "copy"),
        node("FunctionNode", "sklearn.feature_selection._univariate_selection", "f_classif"),
        node("LossNode", "sklearn._loss._loss", "CyHalfBinomialLoss"), node("LossNode", "_loss", "CyPinballLoss"),
        node("LossNode", "sklearn.linear_model._sgd_fast", "Hinge"), node("TreeNode", "sklearn.tree._tree", "Tree"),
        node("ConstructorFromReduceNode", "datetime", "timezone"),
        node("ConstructorFromReduceNode", "builtins", "frozenset"),
        node("ConstructorFromReduceNode", "pandas._libs.interval", "Interval"),
        node("RandomStateNode", "numpy.random.mtrand", "RandomState"), generator("PCG64"),
        node("PartialNode", "functools", "partial"), node("SliceNode", "builtins", "slice"),
        node("SparseMatrixNode", "scipy.sparse._csr", "csr_matrix"),
        node("OperatorFuncNode", "operator", "itemgetter", with: attributes(json("a"))),
        node("OperatorFuncNode", "operator", "attrgetter", with: attributes(json("values.shape"))),
        node("OperatorFuncNode", "operator", "methodcaller", with: attributes(json("lower"))),
        node("MethodNode", "sklearn.svm", "SVC", with: method("predict", of: node("ObjectNode", "sklearn.svm", "SVC"))),
        node("QuantileForestNode", "quantile_forest._quantile_forest_fast", "QuantileForest"),
    ]

    @Test("what skops writes of a model of scikit-learn is no finding", arguments: plainNodes)
    func plain(node: String) throws {
        let content = try read(node)
        #expect(content.findings.isEmpty, "\(content.findings.map(\.message))")
        #expect(content.gaps.isEmpty, "\(content.gaps.map(\.description))")
    }

    /// What may be harmless.
    static let unknownNodes: [String] = [
        node("ConstructorFromReduceNode", "own", "Range"),
        node("ConstructorFromReduceNode", "scipy.optimize", "minimize"),
        node("ObjectNode", "logging", "FileHandler"),
        node("RandomGeneratorNode", "numpy.random._generator", "Generator"),
        node("DictNode", "builtins", "dict", with: #""key_types": {\#(node("SetNode", "builtins", "set"))}"#),
        node("ListNode", "builtins", "list", with: #""content": [], "__id__": 1.0"#),
        node(
            "ListNode", "builtins", "list",
            with: #""content": [{\#(node("TypeNode", "builtins", "str", with: #""__id__": 3"#))}, "#
                + #"{\#(node("FunctionNode", "numpy", "log", with: #""__id__": 3"#))}]"#),
    ]

    @Test("what is called or made and not known is a gap", arguments: unknownNodes)
    func unknown(node: String) throws {
        let content = try read(node)
        #expect(content.findings.isEmpty, "\(content.findings.map(\.message))")
        #expect(content.gaps.count == 1, "\(content.gaps.map(\.description))")
    }

    @Test("a list that other keys take for theirs, by its number, is one of types")
    func numberedKeys() throws {
        let list = Self.node(
            "ListNode", "builtins", "list",
            with: #""__id__": 5, "content": [{\#(Self.node("FunctionNode", "numpy", "log"))}]"#)
        let types = Self.node("ListNode", "builtins", "list", with: #""__id__": 5, "content": [{\#(Self.text)}]"#)
        let dictionary = Self.node("DictNode", "builtins", "dict", with: #""key_types": {\#(types)}, "content": {}"#)
        let content = try read(
            Self.node("TupleNode", "builtins", "tuple", with: #""content": [{\#(list)}, {\#(dictionary)}]"#))
        #expect(dangerous(content) == ["numpy.log"])
    }

    @Test("functions of the oldest protocol are named in their content")
    func oldest() throws {
        let ufunc = Self.node(
            "FunctionNode", "own", "ufunc", with: #""content": {"module_path": "scipy.special", "function": "expit"}"#)
        #expect(dangerous(try read(ufunc, protocol: 0)).isEmpty)
        #expect(try read(ufunc, protocol: 0).modules.contains("scipy.special"))
        #expect(dangerous(try read(ufunc)) == ["own.ufunc"])
    }

    @Test("a document without a version is loaded all the same")
    func noVersion() throws {
        let found = try #require(try content("{\(Self.node("LossNode", "os", "system")), \"protocol\": 2}"))
        #expect(dangerous(found) == ["os.system"])
        #expect(found.gaps.map(\.subject) == ["_skops_version"])
        #expect(try content("{\"type\": \"object\"}") == nil)
    }

    @Test("of many names the first have a finding each, and the rest one")
    func many() throws {
        let items = (0..<100).map { "{\(Self.node("FunctionNode", "own", "f\($0)"))}" }.joined(separator: ", ")
        let content = try read(Self.node("ListNode", "builtins", "list", with: "\"content\": [\(items)]"))
        #expect(dangerous(content).count == 65)
        #expect(content.findings.last?.message.contains("36 others") == true)
    }

    @Test("the files of a pipeline of spaCy are told by their names, whatever they hold")
    func spaCy() throws {
        func gaps(_ paths: [String]) -> [String?] {
            let tree = ModelTree(kind: .directory, prefix: "")
            for path in paths { tree.append(ModelTreeFile(path: path, sha256: nil, size: 1 << 30)) }
            return UnreadModels.gaps(in: tree).map(\.source?.file)
        }
        #expect(gaps(["config.cfg", "meta.json"]) == ["meta.json"])
        #expect(gaps(["nlp/config.cfg", "nlp/meta.json", "nlp/tokenizer"]) == ["nlp/meta.json"])
        #expect(gaps(["a/config.cfg", "b/meta.json"]).isEmpty)
        #expect(gaps(["config.json", "meta.json"]).isEmpty)
        let directory = TemporaryDirectory()
        let head = Array(#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#.utf8)
        let size: [UInt8] = (0..<8).map { UInt8(truncatingIfNeeded: head.count >> (8 * $0)) }
        directory.write("model.safetensors", size + head + [0])
        directory.write("nlp/meta.json", Array(#"{"lang": "en", "name": "x", "version": "1"}"#.utf8))
        directory.write("nlp/config.cfg", Array("[nlp]\n".utf8))
        #expect(try ModelReader.read(path: directory.path).environment.gaps.map(\.source?.file) == ["nlp/meta.json"])
    }
}
