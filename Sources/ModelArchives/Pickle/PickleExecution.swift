import ArchiveReading

extension PickleMachine {
    /// Executes one opcode on the symbolic stack.
    func execute(_ opcode: PickleOpcode, at offset: Int) throws(ArchiveReadingError) {
        switch opcode {
        case .proto:
            let version = Int(try input.byte())
            guard version <= 5 else { throw input.damaged("pickle protocol \(version) is not known", at: offset) }
            reading.highestProtocol = max(reading.highestProtocol, version)
            protocolNow = version
        case .frame: try openFrame(try input.number(8), at: offset)
        case .stop: break
        case .none, .newtrue, .newfalse, .int, .long, .binint, .binint1, .binint2, .long1, .long4, .float, .binfloat:
            try pushScalar(opcode, at: offset)
        case .string, .binstring, .shortBinstring, .unicode, .binunicode, .shortBinunicode, .binunicode8, .binbytes,
            .shortBinbytes, .binbytes8, .bytearray8:
            try pushBytes(opcode, at: offset)
        case .mark: marks.append(stack.count)
        case .pop: if stack.count == (marks.last ?? -1) { marks.removeLast() } else { _ = try pop(offset) }
        case .popMark: _ = try popToMark(offset)
        case .dup: push(try top(offset))
        case .get, .binget, .longBinget, .put, .binput, .longBinput, .memoize: try useMemo(opcode, at: offset)
        case .emptyTuple: try pushNode(.tuple)
        case .emptyList: try pushNode(.list)
        case .emptyDict: try pushNode(.dictionary)
        case .emptySet: try pushNode(.set)
        case .tuple, .tuple1, .tuple2, .tuple3, .list, .dict, .frozenset, .append, .appends, .setitem, .setitems,
            .additems:
            try collect(opcode, at: offset)
        case .global, .stackGlobal, .inst, .obj, .reduce, .newobj, .newobjEx, .build: try make(opcode, at: offset)
        case .ext1, .ext2, .ext4:
            let code = try input.number(opcode == .ext1 ? 1 : opcode == .ext2 ? 2 : 4)
            reading.extensions.insert(code)
            push(.opaque)
        case .persid:
            let line = try input.line(limit: limits.line)
            if reading.persistent.count < 1024 {
                let name = String(decoding: line.prefix(128), as: UTF8.self)
                reading.persistent.append(.init(name: name, offset: offset))
            }
            push(.opaque)
        case .binpersid:
            push(observePersistent(try pop(offset), at: offset))
        case .nextBuffer:
            reading.outOfBandBuffers += 1
            push(.opaque)
        case .readonlyBuffer: try checkBuffer(try top(offset), at: offset)
        }
    }

    private func pushScalar(_ opcode: PickleOpcode, at offset: Int) throws(ArchiveReadingError) {
        switch opcode {
        case .none: push(.none)
        case .newtrue: push(.boolean(true))
        case .newfalse: push(.boolean(false))
        case .binint: push(.integer(Int64(Int32(truncatingIfNeeded: try input.number(4)))))
        case .binint1: push(.integer(Int64(try input.number(1))))
        case .binint2: push(.integer(Int64(try input.number(2))))
        case .binfloat:
            var bits: UInt64 = 0
            for _ in 0..<8 { bits = bits << 8 | UInt64(try input.byte()) }
            push(.float(Double(bitPattern: bits)))
        case .float:
            let line = try input.line(limit: limits.line)
            guard PickleText.isFloat(line) else {
                throw input.damaged("a number is not one that Python reads", at: offset)
            }
            push(Double(String(decoding: line, as: UTF8.self)).map { .float($0) } ?? .number)
        case .int, .long:
            let line = try input.line(limit: limits.line)
            if opcode == .int,
                line == [UInt8(ascii: "0"), UInt8(ascii: "0")] || line == [UInt8(ascii: "0"), UInt8(ascii: "1")]
            {
                return push(.boolean(line[1] == UInt8(ascii: "1")))
            }
            // Only LONG has the letter.
            let digits = opcode == .long && line.last == UInt8(ascii: "L") ? line.dropLast() : line[...]
            guard PickleText.isInteger(digits) else {
                throw input.damaged("a number is not written in digits", at: offset)
            }
            push(Int64(String(decoding: digits, as: UTF8.self)).map { .integer($0) } ?? .number)
        default:
            let count = try input.number(opcode == .long1 ? 1 : 4)
            guard opcode == .long1 || count < 1 << 31 else { throw input.damaged("a length is negative", at: offset) }
            guard count <= 8 else { return try pushLong(count, at: offset) }
            var value: UInt64 = 0
            let bytes = try input.bytes(count)
            for (index, byte) in bytes.enumerated() { value |= UInt64(byte) << UInt64(8 * index) }
            if count < 8, let last = bytes.last, last & 0x80 != 0 { value |= ~0 << UInt64(8 * count) }
            push(.integer(Int64(bitPattern: value)))
        }
    }

    /// Pushes an integer of more than eight bytes, of which the last ones may only repeat its sign.
    private func pushLong(_ count: Int, at offset: Int) throws(ArchiveReadingError) {
        try pushBlob(count, at: offset)
        guard let pushed = stack.popLast(), let blob = heap.blob(pushed) else { return push(.number) }
        guard blob.isWhole else {
            if blob.head.allSatisfy({ $0 == 0 }) || blob.head.allSatisfy({ $0 == 0xFF }) {
                reading.leaveOut("a number is too long to tell whether it is zero", at: offset)
            }
            return push(.number)
        }
        var bytes = blob.head[...]
        while bytes.count > 8, let last = bytes.last, last == 0 || last == 0xFF,
            bytes[bytes.endIndex - 2] & 0x80 == last & 0x80
        {
            bytes = bytes.dropLast()
        }
        guard bytes.count == 8 else { return push(.number) }
        var value: UInt64 = 0
        for byte in bytes.reversed() { value = value << 8 | UInt64(byte) }
        push(.integer(Int64(bitPattern: value)))
    }

    private func pushBytes(_ opcode: PickleOpcode, at offset: Int) throws(ArchiveReadingError) {
        switch opcode {
        case .string:
            let line = try input.line(limit: limits.line)
            guard let bytes = PickleText.unquoted(line) else {
                throw input.damaged("a string has no quotes, or an escape that Python refuses", at: offset)
            }
            try pushText(bytes, isOfPython2: true, at: offset)
        case .unicode:
            guard let bytes = PickleText.rawUnicode(try input.line(limit: limits.line)) else {
                throw input.damaged("a string has an escape that Python refuses", at: offset)
            }
            try pushText(bytes, at: offset)
        case .binstring:
            let count = try input.number(4)
            guard count < 1 << 31 else { throw input.damaged("a length is negative", at: offset) }
            try pushText(count, isOfPython2: true, at: offset)
        case .shortBinstring: try pushText(try input.number(1), isOfPython2: true, at: offset)
        case .shortBinunicode: try pushText(try input.number(1), at: offset)
        case .binunicode: try pushText(try input.number(4), at: offset)
        case .binunicode8: try pushText(try input.number(8), at: offset)
        case .shortBinbytes: try pushBlob(try input.number(1), at: offset)
        case .binbytes: try pushBlob(try input.number(4), at: offset)
        case .binbytes8: try pushBlob(try input.number(8), at: offset)
        default:
            try pushBlob(try input.number(8), at: offset)
            try spend(onItems: 2, beside: 1)
            if case .blob(let index)? = stack.last { heap.bytearrays.insert(index) }
        }
    }

    private func useMemo(_ opcode: PickleOpcode, at offset: Int) throws(ArchiveReadingError) {
        switch opcode {
        case .get, .put:
            let line = try input.line(limit: 32)
            guard let index = Int(String(decoding: line, as: UTF8.self)), index >= 0 else {
                throw input.damaged("a memo index is not a number", at: offset)
            }
            if opcode == .get { push(try remembered(index, at: offset)) } else { try memoize(index, at: offset) }
        case .binget: push(try remembered(try input.number(1), at: offset))
        case .longBinget: push(try remembered(try input.number(4), at: offset))
        case .binput: try memoize(try input.number(1), at: offset)
        case .longBinput: try memoize(try input.number(4), at: offset)
        default: try memoize(nil, at: offset)
        }
    }

    private func collect(_ opcode: PickleOpcode, at offset: Int) throws(ArchiveReadingError) {
        switch opcode {
        case .tuple1, .tuple2, .tuple3:
            let count = opcode == .tuple1 ? 1 : opcode == .tuple2 ? 2 : 3
            var items: [PickleValue] = []
            for _ in 0..<count { items.append(try pop(offset)) }
            try pushNode(.tuple, items.reversed()[...])
        case .tuple: try pushNode(.tuple, try popToMark(offset))
        case .list: try pushNode(.list, try popToMark(offset))
        case .dict: try pushNode(.dictionary, try popPairs(offset))
        case .frozenset:
            let values = try popToMark(offset)
            try checkKeys(values, at: offset)
            try pushNode(.set, values)
            heap.nodes[heap.nodes.count - 1].isFrozen = true
        case .append:
            let value = try pop(offset)
            try extend(try top(offset), of: .list, with: [value], at: offset)
        case .appends, .additems:
            let values = try popToMark(offset)
            if opcode == .additems { try checkKeys(values, at: offset) }
            try extend(try top(offset), of: opcode == .appends ? .list : .set, with: values, at: offset)
        case .setitem:
            let value = try pop(offset)
            let key = try pop(offset)
            try checkKeys([key], at: offset)
            try extend(try top(offset), of: .dictionary, with: [key, value], at: offset)
        default:
            let pairs = try popPairs(offset)
            try extend(try top(offset), of: .dictionary, with: pairs, at: offset)
        }
    }

    private func popPairs(_ offset: Int) throws(ArchiveReadingError) -> ArraySlice<PickleValue> {
        let values = try popToMark(offset)
        guard values.count.isMultiple(of: 2) else { throw input.damaged("a key has no value", at: offset) }
        try checkKeys(stride(from: values.startIndex, to: values.endIndex, by: 2).lazy.map { values[$0] }, at: offset)
        return values
    }

    private func extend(
        _ target: PickleValue, of kind: PickleNode.Kind, with values: ArraySlice<PickleValue>, at offset: Int
    ) throws(ArchiveReadingError) {
        switch target {
        case .node(let index):
            // An object takes elements with its own methods: they are not arguments, and not kept.
            if kind == .dictionary { checkKeys(values, of: target, at: offset) }
            if heap.nodes[index].kind == .object {
                checkGrowth(of: target, at: offset)
                checkElements(kind, of: target, at: offset)
                return checkChange(of: target, ["append", "extend", "add", "update", "__setitem__"], at: offset)
            }
            guard heap.nodes[index].kind == kind, !heap.nodes[index].isFrozen else { break }
            try spend(onItems: values.count, beside: heap.nodes[index].items.count)
            return heap.nodes[index].append(values)
        case .opaque: return checkChange(of: target, [], at: offset)
        default: break
        }
        throw input.damaged("elements are added to a value that takes none of them", at: offset)
    }

    private func make(_ opcode: PickleOpcode, at offset: Int) throws(ArchiveReadingError) {
        switch opcode {
        case .global:
            let (module, name) = try nameLines()
            push(try global(module, name, at: offset))
        case .stackGlobal:
            let name = try pop(offset)
            let module = try pop(offset)
            guard let moduleText = heap.wholeText(module), let nameText = heap.wholeText(name) else {
                // CPython would look up a string that only loading computes.
                reading.computedNames.append(offset)
                return push(.opaque)
            }
            push(try global(moduleText, nameText, at: offset))
        case .inst:
            let (module, name) = try nameLines()
            let arguments = try popToMark(offset)
            try call(try global(module, name, at: offset), arguments, isNew: false, at: offset)
        case .obj:
            let values = try popToMark(offset)
            guard let callable = values.first else { throw input.damaged("there is nothing to call", at: offset) }
            try call(callable, values.dropFirst(), isNew: false, at: offset)
        case .reduce, .newobj, .newobjEx:
            let named = opcode == .newobjEx ? try pop(offset) : .none
            let tuple = try pop(offset)
            let callable = try pop(offset)
            var arguments = try self.arguments(tuple, at: offset)
            if opcode == .newobjEx {
                // The values of named arguments reach the class as the others do.
                let node = heap.node(named)
                if named == .opaque || node?.kind == .object {
                    reading.leaveOut("the arguments of a call are computed while the pickle is loaded", at: offset)
                } else if let node, node.kind == .dictionary {
                    if node.count > 0 { arguments += [named] + valuesOf(node) }
                } else {
                    throw input.damaged("the named arguments of a call are not a dictionary", at: offset)
                }
            }
            try call(callable, arguments, isNew: opcode != .reduce, at: offset)
        default:
            let state = try pop(offset)
            let object = try top(offset)
            switch object {
            case .node(let index) where heap.nodes[index].kind == .object: heap.nodes[index].state = state
            case .opaque, .global: break
            default: throw input.damaged("a value that has no state is given one", at: offset)
            }
            // Slots are set one by one.
            let methods = heap.node(state)?.kind == .dictionary ? [] : ["__setattr__"]
            checkChange(of: object, Set(methods).union(["__setstate__"]), at: offset)
            checkState(state, of: object, at: offset)
            checkHasState(object, state, at: offset)
            observeBuild(object, state, at: offset)
        }
    }

    /// The values of a dictionary.
    func valuesOf(_ node: PickleNode) -> [PickleValue] {
        stride(from: 1, to: node.items.count, by: 2).map { node.items[$0] }
    }

    private func nameLines() throws(ArchiveReadingError) -> (String, String) {
        let module = try input.line(limit: 4096)
        let name = try input.line(limit: 4096)
        guard let moduleText = String(validating: module, as: UTF8.self),
            let nameText = String(validating: name, as: UTF8.self)
        else { throw input.damaged("a name is not UTF-8") }
        return (moduleText, nameText)
    }

    /// Returns the elements of an argument tuple.
    private func arguments(
        _ value: PickleValue, at offset: Int
    ) throws(ArchiveReadingError) -> ArraySlice<PickleValue> {
        switch value {
        case .node(let index):
            let node = heap.nodes[index]
            if node.kind == .tuple { return node.items[...] }
            guard node.kind == .object else { break }
            reading.leaveOut("the arguments of a call are computed while the pickle is loaded", at: offset)
            return []
        case .opaque:
            reading.leaveOut("the arguments of a call are computed while the pickle is loaded", at: offset)
            return []
        default: break
        }
        throw input.damaged("the arguments of a call are not a tuple", at: offset)
    }

    private func call(
        _ callable: PickleValue, _ arguments: ArraySlice<PickleValue>, isNew: Bool, at offset: Int
    ) throws(ArchiveReadingError) {
        switch callable {
        case .global(let index): reading.called.insert(index)
        case .node(let index) where heap.nodes[index].kind == .object: break
        case .opaque: break
        default: throw input.damaged("a value that is not a function is called", at: offset)
        }
        try pushNode(.object, arguments, callable: callable)
        heap.places[heap.nodes.count - 1] = offset
        checkCall(callable, arguments, isNew: isNew, at: offset)
        observeCall(callable, arguments, at: offset)
    }
}
