import ArchiveReading

/// What pickles tell about the environment that wrote them.
package struct PickleReading: Sendable {
    /// A library's version in the state of an object.
    package struct Version: Sendable, Hashable {
        /// The distribution's name.
        package let name: String
        /// The version as written.
        package let value: String
        /// The byte offset of the opcode that gave the object its state.
        package let offset: Int
    }

    /// Something that was not understood, and the byte offset of its opcode.
    package struct Unread: Sendable, Hashable {
        /// What it is, as far as it has a name.
        package let subject: String
        /// Why it was not understood.
        package let reason: String
        /// The byte offset.
        package let offset: Int
    }

    /// A module that code in the pickle imports, and the byte offset of the opcode that names it.
    package struct Import: Sendable, Hashable {
        /// The module's dotted name.
        package let module: String
        /// The byte offset.
        package let offset: Int
    }

    /// A reference to an object that is not in the pickle.
    package struct PersistentReference: Sendable, Hashable {
        /// The first element of the id where that is text, else empty.
        package let name: String
        /// The byte offset of the opcode.
        package let offset: Int
    }

    /// A storage that PyTorch keeps outside of its pickle.
    package struct Storage: Sendable, Hashable {
        let key: String
        let type: String
        let count: Int
    }

    /// The pickles read, nested ones included.
    package internal(set) var streams = 0
    /// The pickles that follow each other.
    package internal(set) var topStreams = 0
    /// The opcodes read.
    package internal(set) var opcodes = 0
    /// The highest protocol that a pickle announces.
    package internal(set) var highestProtocol = 0
    /// The versions, each once.
    package internal(set) var versions: [Version] = []
    /// The arrays whose raw bytes were crossed.
    package internal(set) var arrays = 0
    /// The bytes of these arrays.
    package internal(set) var arrayBytes = 0
    /// The buffers that are not in the file.
    package internal(set) var outOfBandBuffers = 0
    /// The codes of copyreg's extension registry, whose names only the reader's process knows.
    package internal(set) var extensions: Set<Int> = []
    /// The offsets of names that only loading would make.
    package internal(set) var computedNames: [Int] = []
    /// The persistent ids that are not storage of PyTorch's: the kind as far as it is said, and the opcode's offset.
    package internal(set) var persistent: [PersistentReference] = []
    /// What loading runs, besides the names that always do: the name, as far as there is one, what it is, and the offset.
    package internal(set) var warnings: [Unread] = []
    /// What was not understood besides.
    package internal(set) var unread: [Unread] = []
    /// The modules that functions in the pickle import or refer to.
    package internal(set) var imports: [Import] = []
    /// The minor versions of Python 3 whose bytecode all code objects can be; nil without a code object.
    package internal(set) var codeVersions: Set<Int>?
    var called: Set<Int> = []
    var storages: [Storage] = []
    /// The size in bytes and the kind of every dtype object, by node.
    var dtypes: [Int: PickleDType] = [:]
    /// The dtype objects that were given a state.
    var stateOfDTypes: Set<Int> = []
}

/// As much of a numpy dtype as tells how long an array is.
struct PickleDType: Sendable, Hashable {
    var size: Int
    var holdsObjects: Bool
    /// The letter of the kind: `f`, `i`, `U`.
    var kind: UInt8
    /// Whether the bytes of a number stand from the highest to the lowest.
    var isBigEndian = false

    /// Whether an array of it holds numbers or text, and not records as the nodes of a tree do.
    var isPlain: Bool { "fiubUS".utf8.contains(kind) }
}

extension PickleReading {
    /// Records something that loading runs, once for each name.
    mutating func warn(_ what: String, subject: String = "", at offset: Int) {
        guard warnings.count < 64, !warnings.contains(where: { $0.subject == subject && $0.reason == what }) else {
            return
        }
        warnings.append(.init(subject: subject, reason: what, offset: offset))
    }

    /// Records something that was not understood.
    mutating func leaveOut(_ reason: String, subject: String = "", at offset: Int) {
        // Once for each name: the first place tells enough.
        guard unread.count < 64, !unread.contains(where: { $0.subject == subject && $0.reason == reason }) else {
            return
        }
        unread.append(.init(subject: subject, reason: reason, offset: offset))
    }
}

extension PickleMachine {
    /// Notes a version of a distribution, once.
    func note(_ name: String, _ value: String, at offset: Int) {
        guard !value.isEmpty, value.utf8.count <= 128,
            !reading.versions.contains(where: { $0.name == name && $0.value == value })
        else { return }
        reading.versions.append(.init(name: name, value: value, offset: offset))
    }

    func observeBuild(_ object: PickleValue, _ state: PickleValue, at offset: Int) {
        // The same state may be given to many objects; `checkState` has said so where there are too many.
        if valuesUsed < limits.valuesUsed,
            let version = heap.member("_sklearn_version", of: state).flatMap({ heap.text($0) })
        {
            note("scikit-learn", version, at: offset)
        }
        guard let maker = heap.maker(object) else { return }
        switch (maker.module, maker.name) {
        case ("numpy", "dtype"): observeDType(object, state)
        case ("xgboost.core", "Booster") where valuesUsed < limits.valuesUsed:
            let handle = heap.member("handle", of: state)
            if let blob = handle.flatMap({ heap.blob($0) ?? firstBlob($0) }),
                let version = UBJSONVersion.find(in: blob)
            {
                note("xgboost", version, at: offset)
            }
        default: break
        }
    }

    private func firstBlob(_ value: PickleValue) -> PickleBlob? {
        heap.node(value)?.items.lazy.compactMap { self.heap.blob($0) }.first
    }

    /// Observes a persistent id, and returns what it stands for.
    func observePersistent(_ value: PickleValue, at offset: Int) -> PickleValue {
        // ("storage", class, key, location, count), https://github.com/pytorch/pytorch/blob/main/torch/serialization.py
        let node = heap.node(value)
        let kind = heap.text(value) ?? node?.items.first.flatMap { heap.text($0) } ?? ""
        // A module's source, which versions before 1.6 put beside the class, is shown in a warning and never run.
        if kind == "module", let node, node.kind == .tuple, node.items.count > 1 { return node.items[1] }
        guard let node, node.items.count >= 5, kind == "storage",
            let type = heap.global(node.items[1]), let key = heap.text(node.items[2]),
            let count = heap.integer(node.items[4]), reading.storages.count < 1 << 20
        else {
            if reading.persistent.count < 1024 { reading.persistent.append(.init(name: kind, offset: offset)) }
            return .opaque
        }
        reading.storages.append(.init(key: key, type: type.name, count: count))
        return .opaque
    }

    /// Reads a dtype in the form that numpy writes, `dtype("f8", False, True)` and its state; another form has no size.
    private func observeDType(_ object: PickleValue, _ state: PickleValue) {
        guard case .node(let index) = object else { return }
        // numpy changes a dtype that is given a state again: what it is then is not known.
        guard reading.stateOfDTypes.insert(index).inserted else {
            reading.dtypes[index] = nil
            return
        }
        let node = heap.nodes[index]
        guard heap.global(node.callable)?.path == "numpy.dtype", node.items.count == 3,
            let code = heap.wholeText(node.items[0]), let state = heap.node(state), state.kind == .tuple,
            state.items.count == state.count, (8...9).contains(state.count),
            heap.integer(state.items[0]) == state.count - 5, let order = heap.wholeText(state.items[1]),
            let size = heap.integer(state.items[5]), let flags = heap.integer(state.items[7])
        else { return }
        reading.dtypes[index] = PickleDType(code: code, order: order, size: size, flags: flags)
    }
}

extension PickleDType {
    /// The sizes of the kinds whose state says no size.
    private static let sizes: [UInt8: Set<Int>] = [
        UInt8(ascii: "b"): [1], UInt8(ascii: "i"): [1, 2, 4, 8], UInt8(ascii: "u"): [1, 2, 4, 8],
        UInt8(ascii: "f"): [2, 4, 8, 12, 16], UInt8(ascii: "c"): [8, 16, 24, 32], UInt8(ascii: "O"): [4, 8],
        UInt8(ascii: "M"): [8], UInt8(ascii: "m"): [8],
    ]

    /// A dtype by its code, `f8`, `U10`, `O8`, `V48`, and its state; nil for what numpy does not write.
    ///
    /// numpy takes the size of a number from the code, and that of text and records from the state; whether there are objects in it from
    /// the state's flags (arraydescr_setstate in numpy/_core/src/multiarray/descriptor.c).
    init?(code: String, order: String, size: Int, flags: Int) {
        let bytes = Array(code.utf8)
        let digits = bytes.dropFirst()
        guard let kind = bytes.first, ["<", ">", "|", "="].contains(order), (0...255).contains(flags),
            !digits.isEmpty, digits.count <= 9, digits.allSatisfy(\.isASCIIDigit),
            digits.first != UInt8(ascii: "0") || digits.count == 1,
            let length = Int(String(decoding: digits, as: UTF8.self))
        else { return nil }
        let holdsObjects = flags & 1 != 0
        if let sizes = Self.sizes[kind] {
            guard sizes.contains(length), size == -1, holdsObjects == (kind == UInt8(ascii: "O")) else { return nil }
            self.init(size: length, holdsObjects: holdsObjects, kind: kind)
        } else {
            // Four bytes a character.
            let expected = kind == UInt8(ascii: "U") ? 4 * length : length
            guard "SUV".utf8.contains(kind), size == expected, kind == UInt8(ascii: "V") || !holdsObjects else {
                return nil
            }
            self.init(size: size, holdsObjects: holdsObjects, kind: kind)
        }
        isBigEndian = order == ">"
    }
}

/// The version in XGBoost's UBJSON, which is the last key of a model: `version` and an array of three numbers
/// (https://ubjson.org, https://xgboost.readthedocs.io/en/stable/tutorials/saving_model.html).
enum UBJSONVersion {
    static func find(in blob: PickleBlob) -> String? {
        find(in: blob.tail) ?? find(in: blob.head)
    }

    /// Searches for the last `version` key that an array of numbers follows.
    static func find(in bytes: [UInt8]) -> String? {
        let key = Array("version[".utf8)
        guard bytes.count >= key.count else { return nil }
        for start in stride(from: bytes.count - key.count, through: 0, by: -1)
        where bytes[start..<start + key.count].elementsEqual(key) {
            if let version = numbers(bytes[(start + key.count)...]) { return version }
        }
        return nil
    }

    private static func numbers(_ bytes: ArraySlice<UInt8>) -> String? {
        var position = bytes.startIndex
        func number(_ kind: UInt8) -> Int? {
            let widths: [UInt8: Int] = [
                UInt8(ascii: "i"): 1, UInt8(ascii: "U"): 1, UInt8(ascii: "I"): 2, UInt8(ascii: "l"): 4,
                UInt8(ascii: "L"): 8,
            ]
            guard let width = widths[kind], position + width <= bytes.endIndex else { return nil }
            var value: UInt64 = 0
            for byte in bytes[position..<position + width] { value = value << 8 | UInt64(byte) }
            position += width
            return Int(exactly: value)
        }
        func byte() -> UInt8? {
            guard position < bytes.endIndex else { return nil }
            defer { position += 1 }
            return bytes[position]
        }
        var kind: UInt8?
        var count = 3
        if position < bytes.endIndex, bytes[position] == UInt8(ascii: "$") {
            position += 1
            kind = byte()
        }
        if position < bytes.endIndex, bytes[position] == UInt8(ascii: "#") {
            position += 1
            guard let width = byte(), let length = number(width) else { return nil }
            count = length
        }
        guard count == 3 else { return nil }
        var parts: [String] = []
        for _ in 0..<3 {
            guard let marker = kind ?? byte(), let value = number(marker), value < 10_000 else { return nil }
            parts.append(String(value))
        }
        return parts.joined(separator: ".")
    }
}
