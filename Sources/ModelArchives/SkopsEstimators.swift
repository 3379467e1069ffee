import EnvironmentInventory
import InputContracts
import SourceDocuments

/// Makes estimators of a skops document and of the arrays beside it
/// (https://github.com/skops-dev/skops/blob/main/skops/io/_general.py, `_numpy.py`).
struct SkopsEstimators {
    private let tree: ModelTree
    private var nodes: [Int64: DocumentNode] = [:]
    private var objects: [Int64: Estimator] = [:]
    private var valueCount = 0

    /// Reads with the arrays of a tree; `root` gives the nodes that others refer to.
    init(_ tree: ModelTree, root: DocumentNode) {
        self.tree = tree
        var pending = [root]
        while let node = pending.popLast() {
            if let elements = node.array { pending += elements }
            guard let table = node.table else { continue }
            if let id = table["__id__"]?.integer, table.string("__loader__") != "CachedNode", nodes[id] == nil {
                nodes[id] = node
            }
            pending += table.members.map(\.value)
        }
    }

    /// Returns a value with the objects in it; `other` for what is too deep, too large or not understood.
    mutating func value(_ node: DocumentNode, depth: Int = 0) -> EstimatorValue {
        valueCount += 1
        guard depth < EstimatorAttributes.maximumDepth, valueCount < EstimatorAttributes.maximumValues,
            let table = node.table
        else { return .other }
        switch table.string("__loader__") {
        case "CachedNode":
            guard let id = table["__id__"]?.integer, let target = nodes[id] else { return .other }
            return value(target, depth: depth + 1)
        case "JsonNode": return table.string("content").map(scalar) ?? .other
        case "ListNode", "TupleNode", "SetNode":
            guard let items = table["content"]?.array else { return .other }
            return .list(items.map { value($0, depth: depth + 1) })
        case "DictNode", "DefaultDictNode":
            guard let members = table["content"]?.table else { return .other }
            return .dictionary(members.members.map { (.text($0.key), value($0.value, depth: depth + 1)) })
        case "NdArrayNode": return array(table, depth: depth)
        case "TypeNode", "FunctionNode":
            let content = table["content"]?.table
            guard let module = content?.string("module_path") ?? table.string("__module__"),
                let name = content?.string("function") ?? table.string("__class__")
            else { return .other }
            return .name("\(module).\(name)")
        default: return object(node, table, depth: depth).map { .object($0) } ?? .other
        }
    }

    private mutating func object(_ node: DocumentNode, _ table: DocumentTable, depth: Int) -> Estimator? {
        let id = table["__id__"]?.integer
        if let id, let known = objects[id] { return known }
        guard objects.count < EstimatorAttributes.maximumObjects, let module = table.string("__module__"),
            let name = table.string("__class__")
        else { return nil }
        let path = "\(module).\(name)"
        var attributes: [String: EstimatorValue] = [:]
        // The state of an object is a dictionary node.
        let state = table["content"]?.table
        let members = (state?["content"] ?? state?["attrs"]?.table?["content"])?.table ?? DocumentTable()
        for member in members.members where EstimatorAttributes.keeps(member.key, of: path) {
            attributes[member.key] = value(member.value, depth: depth + 1)
        }
        let handle = (members["_handle"] ?? members["handle"])?.table?.string("content")
        let booster = path == BoosterLibrary.lightgbm.boosterPath ? handle.flatMap(booster) : nil
        let object = Estimator(path: path, line: node.place.line, attributes: attributes, booster: booster)
        if let id { objects[id] = object }
        return object
    }

    /// What the text of a LightGBM model says, which is JSON in a string.
    private func booster(_ text: String) -> InputContract? {
        guard let node = try? JSONReader.read(SourceText(name: "schema.json", bytes: Array(text.utf8))),
            let model = node.string
        else { return nil }
        var lines = BoosterText()
        Array(model.utf8).withUnsafeBytes { lines.take($0) }
        guard let part = lines.contract()?.read(file: "schema.json"), part.contract.gaps.isEmpty else { return nil }
        return part.contract
    }

    /// A value that is JSON in a string; `NaN` and `Infinity` as Python's json writes them.
    private func scalar(_ text: String) -> EstimatorValue {
        switch text {
        case "null": return .none
        case "true": return .boolean(true)
        case "false": return .boolean(false)
        case "NaN": return .number(.nan)
        case "Infinity": return .number(.infinity)
        case "-Infinity": return .number(-.infinity)
        default: break
        }
        guard text.utf8.count <= 1 << 16,
            let node = try? JSONReader.read(SourceText(name: "schema.json", bytes: Array(text.utf8)))
        else { return .other }
        switch node.value {
        case .string(let text): return .text(text)
        case .integer(let value): return .integer(value)
        case .float(let value): return .number(value)
        default: return .other
        }
    }

    private mutating func array(_ table: DocumentTable, depth: Int) -> EstimatorValue {
        if table.string("type") == "json" {
            guard let items = table["content"]?.array, items.count <= EstimatorArray.maximumElements,
                let shapeNode = table["shape"], let shape = value(shapeNode, depth: depth + 1).integers,
                shape.allSatisfy({ $0 >= 0 })
            else { return .other }
            let isFlat = shape.count == 1 && shape[0] == items.count
            guard isFlat else { return .other }
            return .array(
                EstimatorArray(
                    shape: shape, kind: "O", itemSize: 0, elements: items.map { value($0, depth: depth + 1) }))
        }
        guard table.string("type") == "numpy", let file = table.string("file"), let bytes = tree[file]?.bytes,
            let found = NumpyFile.array(bytes)
        else { return .other }
        valueCount += found.elements.count
        // A scalar of numpy is written as an array without axes.
        if found.shape.isEmpty, let only = found.elements.first { return only }
        return .array(found)
    }
}

/// numpy's own file of one array (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
enum NumpyFile {
    /// The largest file that is kept.
    static let maximumSize = 512 << 10

    /// Returns how many bytes a file has, by its first bytes; nil for another file, or one whose header is longer.
    static func size(head: [UInt8]) -> Int? {
        guard let header = Header(head) else { return nil }
        var count = header.itemSize
        for length in header.shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: length)
            guard !overflow else { return nil }
            count = product
        }
        let (size, overflow) = count.addingReportingOverflow(header.length)
        return overflow ? nil : size
    }

    /// Returns the array of a whole file; nil for one that is not read.
    static func array(_ bytes: [UInt8]) -> EstimatorArray? {
        guard let header = Header(bytes), header.length <= bytes.count else { return nil }
        return EstimatorArray(
            shape: header.shape, kind: header.kind, itemSize: header.itemSize, bytes: bytes[header.length...],
            isBigEndian: header.isBigEndian, isFortran: header.isFortran)
    }

    private struct Header {
        var length: Int
        var kind: Character
        var itemSize: Int
        var isBigEndian: Bool
        var isFortran: Bool
        var shape: [Int]

        /// Reads `{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }`.
        init?(_ bytes: [UInt8]) {
            guard bytes.count > 10, bytes.starts(with: [0x93] + Array("NUMPY".utf8)) else { return nil }
            let isLong = bytes[6] >= 2
            guard !isLong || bytes.count > 12 else { return nil }
            let count =
                isLong
                ? Int(bytes[8]) | Int(bytes[9]) << 8 | Int(bytes[10]) << 16 | Int(bytes[11]) << 24
                : Int(bytes[8]) | Int(bytes[9]) << 8
            let start = isLong ? 12 : 10
            guard count <= 4096, start + count <= bytes.count else { return nil }
            length = start + count
            // One that may hold objects is looked into.
            guard !NumpyFormat.mayHoldObjects(Array(bytes[start..<length])) else { return nil }
            let text = String(decoding: bytes[start..<length], as: UTF8.self)
            guard let descr = Self.quoted(after: "'descr':", in: text), let shapeText = Self.tuple(in: text),
                let first = descr.first
            else { return nil }
            isBigEndian = first == ">"
            let code = "<>|=".contains(first) ? descr.dropFirst() : descr[...]
            guard let letter = code.first, "fiubU".contains(letter), let size = Int(code.dropFirst()), size >= 0,
                size <= 1 << 18
            else { return nil }
            kind = letter
            itemSize = letter == "U" ? 4 * size : size
            isFortran = text.contains("'fortran_order': True")
            let parts = shapeText.split(separator: ",").map { part in part.filter { $0 != " " } }.filter { !$0.isEmpty }
            let lengths = parts.compactMap { Int($0) }
            guard lengths.count == parts.count, lengths.count <= 8, lengths.allSatisfy({ $0 >= 0 }) else { return nil }
            shape = lengths
        }

        private static func quoted(after key: String, in text: String) -> String? {
            let parts = text.split(separator: "'", omittingEmptySubsequences: false).map(String.init)
            guard let index = parts.firstIndex(of: key.filter { $0 != "'" && $0 != ":" }), index + 2 < parts.count
            else { return nil }
            return parts[index + 1].contains(":") ? parts[index + 2] : nil
        }

        private static func tuple(in text: String) -> String? {
            guard let open = text.lastIndex(of: "("), let close = text.lastIndex(of: ")"), open < close else {
                return nil
            }
            return String(text[text.index(after: open)..<close])
        }
    }
}
