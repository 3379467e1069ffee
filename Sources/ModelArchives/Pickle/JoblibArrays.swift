import ArchiveReading

/// The arrays that joblib writes between the opcodes of a pickle (joblib/numpy_pickle.py of joblib 0.10 to 1.6).
///
/// Where the bytes of an array end decides what is an opcode. An array is crossed only in the exact form that joblib writes; what could
/// make joblib or `pickle.load` see other opcodes than this machine is refused or leaves the pickle incomplete.
struct JoblibTracking {
    /// What has to follow the class of the wrappers on the stack.
    enum Expected { case nothing, arguments, creation, base, state, tuple, call }

    /// The names of the class: globals of the heap.
    var classes: Set<Int> = []
    /// Wrappers that were made, and the tuples that older protocols make them of.
    var nodes: Set<Int> = []
    /// Wrappers that have no state yet, and where they are on the stack.
    var open: [(node: Int, place: Int)] = []
    var expected = Expected.nothing
    /// How many bytes of stacks were compared for ``PlainReading``.
    var plainCost = 0
    var isLeftOut = false

    static func isClass(_ module: String, _ name: String) -> Bool {
        name == "NumpyArrayWrapper"
            && (module == "joblib.numpy_pickle" || module.hasSuffix("externals.joblib.numpy_pickle"))
    }

    /// Why a name may lead to the class by another way than joblib's; nil for all other names.
    static func reason(_ module: String, _ name: String) -> String? {
        if isClass(module, name) { return nil }
        let parts = name.split(separator: ".")
        if parts.last.map({ ["NDArrayWrapper", "ZNDArrayWrapper"].contains($0) }) == true {
            return "joblib loads an array of another file"
        }
        if parts.contains("NumpyArrayWrapper") || parts.contains("numpy_pickle")
            || module.split(separator: ".").contains("numpy_pickle")
        {
            return "the name leads to the inside of joblib's loader"
        }
        return nil
    }
}

extension PickleMachine {
    /// Follows the class and the wrappers of joblib's arrays after an opcode: they are used in no other way than joblib's.
    func followArrays(_ opcode: PickleOpcode, at offset: Int) {
        let isPut = [.put, .binput, .longBinput, .memoize].contains(opcode)
        if arrays.expected != .nothing, !isPut { advanceArrays(opcode, at: offset) }
        if let open = arrays.open.last, stack.count <= open.place || stack[open.place] != .node(open.node) {
            arrays.open.removeLast()
            leaveOutArrays(at: offset)
        }
        guard !isPut, let top = stack.last else { return }
        switch top {
        case .global(let index) where arrays.classes.contains(index) && arrays.expected == .nothing:
            if nesting > 0 { leaveOutArrays(at: offset) }
            let below = stack.count >= 2 ? heap.global(stack[stack.count - 2]) : nil
            let isReconstructed =
                below?.name == "_reconstructor" && ["copyreg", "copy_reg"].contains(below?.module ?? "")
                && marks.last == stack.count - 1
            arrays.expected = isReconstructed ? .base : .arguments
        case .node(let index)
        where [.get, .binget, .longBinget, .dup].contains(opcode) && arrays.nodes.contains(index):
            leaveOutArrays(at: offset)
        default: break
        }
    }

    private func advanceArrays(_ opcode: PickleOpcode, at offset: Int) {
        let expected = arrays.expected
        arrays.expected = .nothing
        switch (expected, opcode) {
        case (.arguments, .emptyTuple): arrays.expected = .creation
        case (.creation, .newobj), (.call, .reduce): openArray()
        case (.base, .global), (.base, .get), (.base, .binget), (.base, .longBinget):
            guard let base = stack.last.flatMap({ heap.global($0) }),
                ["builtins.object", "__builtin__.object"].contains(base.path)
            else { return leaveOutArrays(at: offset) }
            arrays.expected = .state
        case (.state, .none): arrays.expected = .tuple
        case (.tuple, .tuple):
            if case .node(let index)? = stack.last { arrays.nodes.insert(index) }
            arrays.expected = .call
        default: leaveOutArrays(at: offset)
        }
    }

    private func openArray() {
        guard case .node(let index)? = stack.last else { return }
        arrays.nodes.insert(index)
        arrays.open.append((index, stack.count - 1))
    }

    private func leaveOutArrays(at offset: Int) {
        arrays.expected = .nothing
        guard !arrays.isLeftOut else { return }
        arrays.isLeftOut = true
        reading.leaveOut("the class of joblib's arrays is used in a way in which joblib does not use it", at: offset)
    }

    /// After the BUILD of a joblib array wrapper: skips the array's bytes, or returns true if a nested pickle follows.
    func crossArray(at offset: Int) throws(ArchiveReadingError) -> Bool {
        let object = try top(offset)
        guard case .node(let index) = object, let maker = heap.maker(object),
            JoblibTracking.isClass(maker.module, maker.name)
        else { return false }
        // joblib reads the pickle of an array of objects with a plain unpickler, for which a wrapper is an object.
        guard nesting == 0 else { return false }
        guard let open = arrays.open.last, open.node == index, open.place == stack.count - 1 else {
            throw input.damaged("a joblib array is given a state twice", at: offset)
        }
        arrays.open.removeLast()
        let array = try describedArray(index, at: offset)
        guard !isInsideFrame else { throw input.damaged("a joblib array is inside of a frame", at: offset) }
        reading.arrays += 1
        if array.type.holdsObjects { return true }
        if array.isAligned {
            // No opcode has a byte of 1 to 16: no other reader takes these bytes for opcodes.
            let padding = Int(try input.byte())
            guard (1...16).contains(padding), try input.bytes(padding).allSatisfy({ $0 == 0xFF }) else {
                throw input.damaged("a joblib array has no proper padding", at: offset)
            }
        } else if array.count > 0 {
            try readPlainly(at: offset)
        }
        let isKept = array.type.isPlain ? try keepArray(array.count, of: index, at: offset) : false
        if !isKept {
            // Its bytes may be a pickle for whoever is given the array.
            let bytes = PickleSlice(input, count: array.count)
            if try input.withNext(min(array.count, EmbeddedKind.startBytes), { EmbeddedKind.of($0) }) != nil {
                _ = look(into: PickleInput(bytes, size: array.count), size: array.count, at: offset)
                try bytes.finish()
            } else {
                try input.skip(array.count)
            }
        }
        reading.arrayBytes += array.count
        return false
    }

    private struct DescribedArray {
        let type: PickleDType
        let count: Int
        let isAligned: Bool
    }

    /// What the state of a wrapper says, which has the keys that joblib writes and no others.
    private func describedArray(_ index: Int, at offset: Int) throws(ArchiveReadingError) -> DescribedArray {
        guard let state = heap.node(heap.nodes[index].state), state.kind == .dictionary,
            state.items.count == state.count, state.count <= 12
        else { throw input.damaged("a joblib array has no proper state", at: offset) }
        var members: [String: PickleValue] = [:]
        for position in stride(from: 0, to: state.count, by: 2) {
            if let key = heap.wholeText(state.items[position]) { members[key] = state.items[position + 1] }
        }
        let alignment = members.removeValue(forKey: "numpy_array_alignment_bytes")
        guard members.count * 2 + (alignment == nil ? 0 : 2) == state.count, members.count == 5,
            let subclass = members["subclass"].flatMap({ heap.global($0) }),
            subclass.module == "numpy" || subclass.module.hasPrefix("numpy."),
            let order = members["order"].flatMap({ heap.wholeText($0) }), ["C", "F"].contains(order),
            case .boolean? = members["allow_mmap"],
            alignment == nil || [PickleValue.none, .integer(16)].contains(alignment)
        else { throw input.damaged("a joblib array has no proper state", at: offset) }
        guard let shape = members["shape"].flatMap({ heap.node($0) }), shape.kind == .tuple else {
            throw input.damaged("a joblib array has no shape or dtype", at: offset)
        }
        guard case .node(let typeIndex)? = members["dtype"],
            let type = reading.dtypes[typeIndex] ?? stringType(typeIndex)
        else {
            throw input.damaged("a joblib array has a dtype of unknown size", at: offset)
        }
        var count = type.size
        guard shape.items.count == shape.count else {
            throw input.damaged("a joblib array has too many axes", at: offset)
        }
        for axis in shape.items {
            guard let length = heap.integer(axis), length >= 0 else {
                throw input.damaged("a joblib array has no proper shape", at: offset)
            }
            let (product, overflow) = count.multipliedReportingOverflow(by: length)
            guard !overflow else { throw input.damaged("a joblib array is impossibly large", at: offset) }
            count = product
        }
        return DescribedArray(type: type, count: count, isAligned: alignment == .integer(16))
    }

    /// numpy's dtype of strings of any length, whose arrays hold references whatever its arguments are: joblib pickles them
    /// (new_stringdtype_instance in numpy/_core/src/multiarray/stringdtype/dtype.c).
    private func stringType(_ index: Int) -> PickleDType? {
        let node = heap.nodes[index]
        guard node.state == .none, let maker = heap.global(node.callable),
            ["numpy._core._internal", "numpy.core._internal"].contains(maker.module),
            maker.name == "_convert_to_stringdtype_kwargs"
        else { return nil }
        return PickleDType(size: 0, holdsObjects: true, kind: UInt8(ascii: "T"))
    }

    /// Finds out what `pickle.load`, which knows no arrays, makes of the bytes of one.
    private func readPlainly(at offset: Int) throws(ArchiveReadingError) {
        let window = try input.lookahead(PlainReading.windowBytes)
        guard let first = window.first, PickleOpcode(rawValue: first) != nil else { return }
        let (cost, overflow) = arrays.plainCost.addingReportingOverflow(stack.count + window.count)
        arrays.plainCost = cost
        guard !overflow, cost < 1 << 28 else {
            return reading.leaveOut("the bytes of an array may be opcodes for pickle.load", at: offset)
        }
        var plain = PlainReading(
            window: window, isWhole: window.count < PlainReading.windowBytes, left: input.left, stack: stack,
            marks: marks, memoCount: memoIndexCount)
        if let what = plain.outcome({ self.recalled($0) }, { self.plainKind($0) }) {
            reading.leaveOut("for pickle.load the bytes of a joblib array are opcodes", subject: what, at: offset)
        }
    }

    private func plainKind(_ value: PickleValue) -> PlainReading.Kind {
        switch value {
        case .none, .boolean, .integer, .float, .number, .blob: .inert
        case .text: .text
        case .global, .opaque: .object
        case .node(let index):
            switch heap.nodes[index].kind {
            case .tuple: .tuple
            case .list, .dictionary, .set: .container
            case .object: arrays.nodes.contains(index) ? .wrapper : .object
            }
        }
    }
}
