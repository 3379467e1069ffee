import InputContracts
import SourceDocuments

/// skops files (https://skops.readthedocs.io/en/stable/persistence.html): a zip with `schema.json`, which names every class
/// with its module, and arrays beside it.
enum SkopsFormat: ModelFormat {
    static let name = "skops"

    /// The nodes that skops loads, of the protocols 0 to 2 (skops/io/_general.py, _numpy.py, _scipy.py, _sklearn.py,
    /// _quantile_forest.py and old/ of skops 0.16).
    private static let loaders: Set<String> = [
        "DictNode", "DefaultDictNode", "ListNode", "SetNode", "TupleNode", "BytesNode", "BytearrayNode", "SliceNode",
        "FunctionNode", "MethodNode", "PartialNode", "TypeNode", "ConstructorFromReduceNode", "ObjectNode", "JsonNode",
        "OperatorFuncNode", "NdArrayNode", "MaskedArrayNode", "DTypeNode", "RandomStateNode", "RandomGeneratorNode",
        "QuantileForestNode", "SparseMatrixNode", "LossNode", "TreeNode", "_DictWithDeprecatedKeysNode", "CachedNode",
        "ReduceNode", "SGDNode", "CyLossNode",
    ]

    static func keeps(_ path: String) -> Bool { baseName(path) == "schema.json" }

    /// Returns the size of an array that belongs to a skops file, `139751128619248.npy`, and is small enough to keep; else nil.
    static func arraySize(_ head: FileHead) -> Int? {
        let name = baseName(head.path)
        guard name.hasSuffix(".npy"), name.dropLast(4).allSatisfy({ $0.isASCII && $0.isNumber }),
            let size = NumpyFile.size(head: head.bytes), size <= NumpyFile.maximumSize
        else { return nil }
        return size
    }

    static func isOneFile(_ members: [String]) -> Bool {
        members.contains("schema.json") && members.allSatisfy { !$0.contains("/") }
    }

    static func read(_ tree: ModelTree) throws(DocumentError) -> ModelFileContent? {
        guard tree.kind == .zip, let text = tree.text("schema.json") else { return nil }
        let root = try JSONReader.read(text)
        // skops loads a document without its version too.
        guard let table = root.table, table["_skops_version"] != nil || table["__loader__"] != nil else { return nil }
        var content = ModelFileContent(name)
        if let version = table["_skops_version"]?.text {
            content.record(
                .package, name: "skops", value: version, strength: .recorded, file: text.name,
                place: (table["_skops_version"]?.place.line).map { .line($0) })
        } else {
            content.leaveOut("_skops_version", "the version of skops is not recorded", in: text.name)
        }
        content.modules.insert("skops")
        var names = SkopsNames(root, file: text.name)
        // The reader of JSON bounds the depth; a list of what is left to visit needs no recursion.
        var pending = [root]
        while let node = pending.popLast() {
            if let elements = node.array { pending += elements }
            guard let table = node.table else { continue }
            if let module = table["__module__"]?.string { content.modules.insert(module) }
            if let module = table["module_path"]?.string { content.modules.insert(module) }
            names.take(table, line: node.place.line)
            if let loader = table["__loader__"], !(loader.string.map { loaders.contains($0) } ?? false) {
                content.leaveOut(
                    loader.string ?? "", "skops has no loader of this name", in: text.name,
                    at: .line(loader.place.line))
            }
            if let written = table["_sklearn_version"]?.table?["content"], let version = written.string {
                let plain = version.filter { $0 != "\"" }
                let fact = ModelFact(
                    about: .package, name: "scikit-learn", value: plain, strength: .recorded, file: text.name,
                    place: .line(written.place.line))
                if !content.facts.contains(where: { $0.name == fact.name && $0.value == fact.value }) {
                    content.facts.append(fact)
                }
            }
            pending += table.members.map(\.value)
        }
        names.report(into: &content)
        var estimators = SkopsEstimators(tree, root: root)
        if let part = EstimatorContract.part(estimators.value(root), file: text.name) { content.contracts.append(part) }
        return content
    }
}
