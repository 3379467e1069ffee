import EnvironmentInventory
import InputContracts

/// Makes estimators of the values of a pickle, without resolving a name.
struct PickleEstimators {
    private let heap: PickleHeap
    private let dtypes: [Int: PickleDType]
    private var objects: [Int: Estimator] = [:]
    private var valueCount = 0

    private let file: String

    /// Reads what a machine kept of a file.
    init(_ machine: PickleMachine, file: String) {
        self.file = file
        heap = machine.heap
        dtypes = machine.reading.dtypes
    }

    /// Returns a value with the objects in it; `other` for what is too deep, too large or not understood.
    mutating func value(_ value: PickleValue, depth: Int = 0) -> EstimatorValue {
        valueCount += 1
        guard depth < EstimatorAttributes.maximumDepth, valueCount < EstimatorAttributes.maximumValues else {
            return .other
        }
        switch value {
        case .none: return .none
        case .boolean(let value): return .boolean(value)
        case .integer(let value): return .integer(value)
        case .float(let value): return .number(value)
        case .text: return heap.wholeText(value).map { .text($0) } ?? .other
        case .global: return heap.global(value).map { .name($0.path) } ?? .other
        case .number, .blob, .opaque: return .other
        case .node(let index): return node(index, depth: depth)
        }
    }

    private mutating func node(_ index: Int, depth: Int) -> EstimatorValue {
        guard heap.nodes.indices.contains(index) else { return .other }
        let node = heap.nodes[index]
        guard node.items.count == node.count else { return .other }
        switch node.kind {
        case .list, .tuple, .set: return .list(node.items.map { value($0, depth: depth + 1) })
        case .dictionary:
            var pairs: [(key: EstimatorValue, value: EstimatorValue)] = []
            for position in stride(from: 0, to: node.items.count - 1, by: 2) {
                pairs.append(
                    (value(node.items[position], depth: depth + 1), value(node.items[position + 1], depth: depth + 1)))
            }
            return .dictionary(pairs)
        case .object:
            if let found = array(index, depth: depth) { return found }
            return object(index, depth: depth).map { .object($0) } ?? .other
        }
    }

    /// The object of a node; an object that holds itself ends at the limit of depth.
    private mutating func object(_ index: Int, depth: Int) -> Estimator? {
        if let known = objects[index] { return known }
        guard objects.count < EstimatorAttributes.maximumObjects, let maker = heap.maker(.node(index)) else {
            return nil
        }
        var attributes: [String: EstimatorValue] = [:]
        for dictionary in states(heap.nodes[index].state) {
            guard dictionary.items.count == dictionary.count else { return nil }
            for position in stride(from: 0, to: dictionary.items.count - 1, by: 2) {
                guard let name = heap.wholeText(dictionary.items[position]),
                    EstimatorAttributes.keeps(name, of: maker.path)
                else { continue }
                attributes[name] = value(dictionary.items[position + 1], depth: depth + 1)
            }
        }
        let booster = PickledBoosters.contract(of: maker.path, state: heap.nodes[index].state, heap, file: file)
        let object = Estimator(
            path: maker.path, offset: heap.places[index], attributes: attributes, booster: booster)
        objects[index] = object
        return object
    }

    /// The dictionaries of a state: it is one, or a pair of one and the slots.
    private func states(_ state: PickleValue) -> [PickleNode] {
        guard let node = heap.node(state) else { return [] }
        switch node.kind {
        case .dictionary: return [node]
        case .tuple: return node.items.prefix(2).compactMap { heap.node($0) }.filter { $0.kind == .dictionary }
        default: return []
        }
    }

    // MARK: Arrays

    /// The array, or the scalar, that an object is; nil for an object of another class.
    private mutating func array(_ index: Int, depth: Int) -> EstimatorValue? {
        guard let maker = heap.global(heap.nodes[index].callable) else { return nil }
        let node = heap.nodes[index]
        switch maker.name {
        case "NumpyArrayWrapper" where maker.module.hasSuffix("numpy_pickle"): return wrapped(index, depth: depth)
        case "_reconstruct" where maker.module.hasPrefix("numpy."):
            guard let state = heap.node(node.state), state.kind == .tuple, state.items.count == 5,
                let shape = shape(state.items[1])
            else { return .other }
            return array(
                shape, dtype: state.items[2], content: state.items[4], isFortran: state.items[3] == .boolean(true),
                depth: depth)
        case "_frombuffer" where maker.module.hasPrefix("numpy."):
            guard node.items.count >= 3, let shape = shape(node.items[2]) else { return .other }
            let order = node.items.count > 3 ? heap.wholeText(node.items[3]) : "C"
            return array(
                shape, dtype: node.items[1], content: node.items[0], isFortran: order == "F", depth: depth)
        case "scalar" where maker.module.hasPrefix("numpy."):
            guard node.items.count == 2 else { return .other }
            let found = array([1], dtype: node.items[0], content: node.items[1], isFortran: false, depth: depth)
            if case .array(let array) = found, let first = array.elements.first { return first }
            return .other
        default: return nil
        }
    }

    /// The array after a joblib wrapper.
    private mutating func wrapped(_ index: Int, depth: Int) -> EstimatorValue {
        guard let content = heap.arrayContents[index] else { return .other }
        let state = heap.nodes[index].state
        guard case .blob = content else { return value(content, depth: depth + 1) }
        guard let shape = heap.member("shape", of: state).flatMap({ self.shape($0) }),
            let dtype = heap.member("dtype", of: state)
        else { return .other }
        let order = heap.member("order", of: state).flatMap { heap.wholeText($0) }
        return array(shape, dtype: dtype, content: content, isFortran: order == "F", depth: depth)
    }

    private func shape(_ value: PickleValue) -> [Int]? {
        guard let node = heap.node(value), node.kind == .tuple, node.items.count == node.count, node.count <= 8 else {
            return nil
        }
        let lengths = node.items.compactMap { heap.integer($0) }
        return lengths.count == node.count && lengths.allSatisfy { $0 >= 0 } ? lengths : nil
    }

    private mutating func array(
        _ shape: [Int], dtype: PickleValue, content: PickleValue, isFortran: Bool, depth: Int
    ) -> EstimatorValue {
        guard case .node(let index) = dtype, let type = dtypes[index] else { return .other }
        let kind = Character(Unicode.Scalar(type.kind))
        if type.holdsObjects {
            guard kind == "O", let list = heap.node(content), list.kind == .list, list.items.count == list.count else {
                return .other
            }
            // Python's numbers of elements: a shape that says another number is not one that numpy takes.
            var count = 1
            for length in shape {
                let (product, overflow) = count.multipliedReportingOverflow(by: length)
                guard !overflow else { return .other }
                count = product
            }
            guard count == list.count, count <= EstimatorArray.maximumElements else { return .other }
            let elements = list.items.map { value($0, depth: depth + 1) }
            return .array(
                EstimatorArray(shape: shape, kind: kind, itemSize: 0, elements: elements, isFortran: isFortran))
        }
        guard let bytes = bytes(content),
            let array = EstimatorArray(
                shape: shape, kind: kind, itemSize: type.size, bytes: bytes, isBigEndian: type.isBigEndian,
                isFortran: isFortran)
        else { return .other }
        valueCount += array.elements.count
        return .array(array)
    }

    /// The bytes of a value: a bytes value, or what protocols before 3 make of one, `_codecs.encode(text, "latin1")`.
    private func bytes(_ value: PickleValue) -> [UInt8]? {
        if let blob = heap.blob(value) { return blob.isWhole ? blob.head : nil }
        guard let node = heap.node(value), node.kind == .object, let maker = heap.global(node.callable) else {
            return nil
        }
        if maker.path == "_codecs.encode", let text = node.items.first.flatMap({ heap.wholeText($0) }),
            node.items.count == 2, heap.wholeText(node.items[1]) == "latin1"
        {
            let bytes = text.unicodeScalars.compactMap { UInt8(exactly: $0.value) }
            return bytes.count == text.unicodeScalars.count ? bytes : nil
        }
        if ["builtins.bytes", "__builtin__.bytes", "builtins.bytearray", "__builtin__.bytearray"].contains(maker.path) {
            guard let first = node.items.first else { return [] }
            return bytes(first)
        }
        return nil
    }
}

/// The contracts of the estimators that a pickle holds.
enum PickledEstimators {
    /// Returns whether a pickle names a class of a library whose estimators are read.
    static func mayHold(_ heap: PickleHeap) -> Bool {
        heap.globals.contains { global in
            let top = global.module.prefix { $0 != "." }
            return ["sklearn", "lightgbm", "xgboost", "imblearn", "catboost"].contains(String(top))
        }
    }

    /// Returns what the value of a pickle says about its inputs; where the pickle was not understood, the gaps alone.
    static func parts(_ root: PickleValue, of machine: PickleMachine, file: String, gaps: [Gap]) -> [ContractPart] {
        var gaps = gaps
        if machine.reading.topStreams > 1 {
            gaps.append(
                Gap("", reason: "bytes follow the end of the pickle", source: FileLocation(file: file, line: nil)))
        }
        if !gaps.isEmpty {
            var contract = InputContract()
            contract.gaps = gaps
            return [ContractPart(kind: .estimator, file: file, contract: contract)]
        }
        var estimators = PickleEstimators(machine, file: file)
        let value = estimators.value(root)
        return [EstimatorContract.part(value, file: file) ?? EstimatorContract.unread(file: file)]
    }
}
