/// Bytes that a pickle has Python put together: what they are is not in the file as one value.
extension PickleMachine {
    private static let makersOfBytes: Set<String> = [
        "builtins.bytes", "builtins.bytearray", "builtins.memoryview", "__builtin__.bytes", "__builtin__.bytearray",
        "__builtin__.memoryview", "array.array", "array._array_reconstructor",
    ]

    /// Looks into the bytes that a call makes of numbers, and names those that it makes of what only loading computes.
    func checkBytes(_ arguments: [PickleValue], of function: PickleGlobal, at offset: Int) {
        guard Self.makersOfBytes.contains(function.path) else { return }
        for case .node(let index) in arguments {
            let node = heap.nodes[index]
            if node.kind == .object {
                // Made of a value that was looked into, or named.
                let maker = heap.global(node.callable)?.path ?? ""
                if Self.makersOfBytes.contains(maker) || maker == "_codecs.encode" { continue }
            } else if node.kind == .list || node.kind == .tuple {
                if lookAtNumbers(node, at: offset) { continue }
            }
            reading.leaveOut(Self.reason, subject: function.path, at: offset)
        }
    }

    /// Names the bytes that elements are added to one by one.
    func checkGrowth(of value: PickleValue, at offset: Int) {
        guard let maker = heap.maker(value), Self.makersOfBytes.contains(maker.path) else { return }
        reading.leaveOut(Self.reason, subject: maker.path, at: offset)
    }

    private static let reason = "bytes are put together while the pickle is loaded"

    /// Looks into bytes that are written as numbers; false where there are others among them, or more than are kept.
    private func lookAtNumbers(_ node: PickleNode, at offset: Int) -> Bool {
        guard node.items.count == node.count else { return false }
        valuesUsed += node.items.count
        guard valuesUsed < limits.valuesUsed else { return false }
        var bytes: [UInt8] = []
        for item in node.items {
            switch item {
            case .integer(let number) where (-128...255).contains(number):
                bytes.append(UInt8(truncatingIfNeeded: number))
            // An array of larger numbers.
            case .integer, .float, .number, .text, .boolean: return node.items.allSatisfy(Self.isNumber)
            default: return false
            }
        }
        _ = look(at: bytes, at: offset)
        return true
    }

    private static func isNumber(_ value: PickleValue) -> Bool {
        switch value {
        case .integer, .float, .number, .text, .boolean: true
        default: false
        }
    }
}
