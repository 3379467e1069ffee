import SourceDocuments

/// A value on the symbolic stack. Names are never resolved.
package enum PickleValue: Sendable, Hashable {
    case none
    case boolean(Bool)
    case integer(Int64)
    /// A float.
    case float(Double)
    /// An integer of more than 64 bits.
    case number
    /// An index into ``PickleHeap/texts``.
    case text(Int)
    /// An index into ``PickleHeap/blobs``.
    case blob(Int)
    /// An index into ``PickleHeap/globals``.
    case global(Int)
    /// An index into ``PickleHeap/nodes``.
    case node(Int)
    /// A value that only loading would give: a persistent object, an out-of-band buffer, an extension.
    case opaque

    /// Whether a value is no container, no object and no bytes value.
    var isPlain: Bool {
        switch self {
        case .node, .blob: false
        default: true
        }
    }
}

/// A class or function that a pickle names.
package struct PickleGlobal: Sendable, Hashable {
    /// The module as written.
    package let module: String
    /// The qualified name as written.
    package let name: String
    /// The byte offset of the opcode that names it first.
    package let offset: Int

    /// `module.name`.
    package var path: String { "\(module).\(name)" }

    /// Whether the module and the class have names that Python can look up: none of their parts is empty.
    var isNamed: Bool {
        !name.isEmpty
            && !module.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).contains(
                where: \.isEmpty)
    }
}

/// A container or an object on the symbolic heap.
package struct PickleNode: Sendable {
    /// What a node is.
    package enum Kind: Sendable {
        case list, tuple, dictionary, set, object
    }
    let kind: Kind
    /// Whether a dictionary was given to an object as its state.
    var isState = false
    /// Whether a set is a `frozenset`.
    var isFrozen = false
    /// Whether none of what ``items`` had no room for is a container, an object or a bytes value.
    var restIsPlain = true
    /// What was called to make an object.
    var callable = PickleValue.none
    /// The first elements; of a dictionary keys and values in turn; of an object its arguments.
    var items: [PickleValue] = []
    /// What ``items`` had room for and what it had not.
    var count = 0
    var state = PickleValue.none

    /// How many elements are kept: the state of objects, and lists of categories and names of columns.
    static let keptItems = 1 << 16

    mutating func append(_ values: ArraySlice<PickleValue>) {
        count += values.count
        let room = Self.keptItems - items.count
        if room > 0 { items.append(contentsOf: values.prefix(room)) }
        if restIsPlain, values.count > room {
            restIsPlain = values.dropFirst(max(0, room)).allSatisfy(\.isPlain)
        }
    }

    /// Whether all elements are kept, or all others are ones that Python hashes.
    var restIsHashable: Bool { items.count == count || restIsPlain }
}

/// What the values of the stack and the memo refer to.
package struct PickleHeap: Sendable {
    /// Strings; long ones are truncated.
    package internal(set) var texts: [String] = []
    /// The indices of strings of which only the first bytes are kept.
    package internal(set) var truncatedTexts: Set<Int> = []
    /// Bytes values.
    package internal(set) var blobs: [PickleBlob] = []
    /// The names, each once, in the order in which they come.
    package internal(set) var globals: [PickleGlobal] = []
    /// The indices of bytes values that are a `bytearray`.
    var bytearrays: Set<Int> = []
    /// The indices of strings of which only the first bytes are kept and that have characters which Latin-1 has not.
    var wideTexts: Set<Int> = []
    /// The indices of strings of Python 2 that are not ASCII.
    var textsOfPython2: Set<Int> = []
    /// Containers and objects.
    package internal(set) var nodes: [PickleNode] = []
    /// The byte offset of the opcode that made an object; of other nodes none.
    var places: [Int: Int] = [:]
    /// What follows a joblib array wrapper, by the wrapper's node: raw bytes, or the value of a pickle of its own.
    var arrayContents: [Int: PickleValue] = [:]
    /// What strings that are models of LightGBM say of their features, by the index of the string.
    var boosterTexts: [Int: LightGBMContract] = [:]
    /// What bytes values that are models of XGBoost say of theirs, by the index of the value.
    var boosterDocuments: [Int: DocumentTable] = [:]

    func text(_ value: PickleValue) -> String? {
        guard case .text(let index) = value, texts.indices.contains(index) else { return nil }
        return texts[index]
    }

    /// Returns a string that was kept whole, as a name must be.
    func wholeText(_ value: PickleValue) -> String? {
        guard case .text(let index) = value, !truncatedTexts.contains(index) else { return nil }
        return text(value)
    }

    func integer(_ value: PickleValue) -> Int? {
        guard case .integer(let integer) = value else { return nil }
        return Int(integer)
    }

    func node(_ value: PickleValue) -> PickleNode? {
        guard case .node(let index) = value, nodes.indices.contains(index) else { return nil }
        return nodes[index]
    }

    func global(_ value: PickleValue) -> PickleGlobal? {
        guard case .global(let index) = value, globals.indices.contains(index) else { return nil }
        return globals[index]
    }

    func blob(_ value: PickleValue) -> PickleBlob? {
        guard case .blob(let index) = value, blobs.indices.contains(index) else { return nil }
        return blobs[index]
    }

    /// The class of an object, or what a function made it.
    func maker(_ value: PickleValue) -> PickleGlobal? {
        guard let node = node(value), node.kind == .object else { return nil }
        let called = global(node.callable)
        // copyreg's helpers take the class as their first argument.
        if let called, ["copyreg", "copy_reg"].contains(called.module), let first = node.items.first {
            return global(first) ?? called
        }
        return called
    }

    /// The value of a key of a dictionary, or of the dictionary in a pair of state and slots.
    func member(_ key: String, of value: PickleValue) -> PickleValue? {
        guard let node = node(value) else { return nil }
        if node.kind == .tuple {
            for item in node.items.prefix(2) {
                if self.node(item)?.kind == .dictionary, let found = member(key, of: item) { return found }
            }
            return nil
        }
        guard node.kind == .dictionary else { return nil }
        var index = 0
        var found: PickleValue?
        while index + 1 < node.items.count {
            if text(node.items[index]) == key { found = node.items[index + 1] }
            index += 2
        }
        return found
    }
}

/// The bounds of the machine; every limit is far above what real models need.
package struct PickleLimits: Sendable {
    /// The opcodes of one file.
    package var opcodes = 1 << 28
    /// The values on the stack.
    package var stack = 1 << 22
    /// The marks on the stack.
    package var marks = 1 << 16
    /// The entries of the memo.
    package var memo = 1 << 24
    /// The nodes, strings and bytes values of the heap.
    package var heap = 1 << 24
    /// The memory of these values, of the memo and of the names, in bytes.
    package var memory = 512 << 20
    /// The different names.
    package var globals = 1 << 16
    /// The bytes of one name, number or protocol 0 string.
    package var line = 1 << 20
    /// The bytes of all strings and bytes values that are kept.
    package var keptBytes = 48 << 20
    /// The values that are looked through for what may be called, each as often as it is given to something.
    package var valuesUsed = 1 << 24
    /// The pickles that follow each other in one file, and that joblib nests for arrays of objects.
    package var streams = 1 << 20

    /// The defaults.
    package init() {}
}
