import ArchiveReading
import EnvironmentInventory
import Testing

@testable import ModelArchives

/// A pickle that is put together opcode by opcode.
struct HandmadePickle {
    var bytes: [UInt8] = [0x80, 2]

    static func text(_ text: String) -> [UInt8] {
        let count = UInt32(text.utf8.count)
        return [0x58] + (0..<4).map { UInt8(truncatingIfNeeded: count >> (8 * UInt32($0))) } + Array(text.utf8)
    }

    static func global(_ path: String, _ name: String) -> [UInt8] { [0x63] + Array("\(path)\n\(name)\n".utf8) }

    /// `posix.system("x")`.
    static let evil = global("posix", "system") + text("x") + [0x85, 0x52]

    static func number(_ value: Int) -> [UInt8] {
        [0x4A] + (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    static func dtype(_ code: String, order: String = "|", size: Int = -1, flags: Int = 0) -> [UInt8] {
        global("numpy", "dtype") + [0x28] + text(code) + [0x89, 0x88, 0x74, 0x52, 0x28] + number(3) + text(order)
            + [0x4E, 0x4E, 0x4E] + number(size) + number(-1) + number(flags) + [0x74, 0x62]
    }

    static let maker = global("joblib.numpy_pickle", "NumpyArrayWrapper") + [0x29, 0x81]

    /// The pairs of a wrapper's state as joblib writes them.
    static func pairs(
        count: Int, dtype: [UInt8] = dtype("u1"), alignment: [UInt8]? = nil
    ) -> [UInt8] {
        text("subclass") + global("numpy", "ndarray") + text("shape") + number(count) + [0x85] + text("order")
            + text("C") + text("dtype") + dtype + text("allow_mmap") + [0x89]
            + (alignment.map { text("numpy_array_alignment_bytes") + $0 } ?? [])
    }

    static func wrapper(
        count: Int, dtype: [UInt8] = dtype("u1"), alignment: [UInt8]? = nil, maker: [UInt8] = maker
    ) -> [UInt8] {
        maker + [0x7D, 0x28] + pairs(count: count, dtype: dtype, alignment: alignment) + [0x75, 0x62]
    }
}

private typealias P = HandmadePickle

private func read(_ bytes: [UInt8]) throws -> ModelFileContent {
    let head = FileHead(path: "m.joblib", bytes: Array(bytes.prefix(512)), size: bytes.count)
    let source = MemoryByteSource(bytes, name: "m.joblib")
    return try #require(try PickleFormat.readFile(source, head: head, file: "m.joblib"))
}

/// Returns whether a pickle is refused, or incomplete, or has a finding.
private func isHeld(_ bytes: [UInt8]) -> Bool {
    guard let content = try? read(bytes) else { return true }
    return !content.gaps.isEmpty || content.findings.contains { $0.rule == "dangerous-global" }
}

/// An array of strings of any length, whose dtype has no code: its elements are pickled.
private let stringArray: [UInt8] = {
    var dtype = P.global("numpy._core._internal", "_convert_to_stringdtype_kwargs")
    dtype += [0x28] + P.number(1) + [0x74, 0x52]
    return P.wrapper(count: 1, dtype: dtype) + [0x80, 2, 0x5D, 0x2E]
}()

@Test("arrays as joblib writes them are crossed")
func joblibArraysAreCrossed() throws {
    let arrays: [[UInt8]] = [
        P.wrapper(count: 3) + [0, 0, 0], P.wrapper(count: 0), P.wrapper(count: 2, alignment: [0x4E]) + [7, 7],
        P.wrapper(count: 2, alignment: [0x4B, 16]) + [3, 0xFF, 0xFF, 0xFF] + P.evil.prefix(2),
        P.wrapper(count: 1, dtype: P.dtype("f8", order: "<")) + [UInt8](repeating: 0, count: 8),
        P.wrapper(count: 1, dtype: P.dtype("U2", order: "<", size: 8, flags: 8)) + [UInt8](repeating: 0, count: 8),
        P.wrapper(count: 1, dtype: P.dtype("O8", flags: 63)) + [0x80, 2, 0x5D, 0x2E],
        stringArray,
        // What older protocols write: copyreg's helper in place of NEWOBJ.
        P.wrapper(
            count: 1,
            maker: P.global("copy_reg", "_reconstructor") + [0x28]
                + P.global("joblib.numpy_pickle", "NumpyArrayWrapper") + [0x71, 9] + P.global("builtins", "object")
                + [0x4E, 0x74, 0x71, 8, 0x52]) + [0],
    ]
    for array in arrays {
        let content = try read([0x80, 2] + array + [0x2E])
        #expect(content.gaps.isEmpty && content.format == "joblib", "\(content.gaps)")
        #expect(content.modules.isSuperset(of: ["joblib.numpy_pickle", "numpy"]))
        // Two of them, the class from the memo.
        #expect(try read([0x80, 2, 0x28] + array + array + [0x74, 0x2E]).gaps.isEmpty)
    }
}

@Test("what joblib and pickle.load could read as other opcodes is never complete")
func joblibArraysThatHideOpcodes() {
    let size = P.evil.count
    let slots = [0x7D] + P.text("shape") + P.number(4) + [0x85, 0x73] as [UInt8]
    let zeros = [0, 0, 0, 0] as [UInt8]
    let blob = [0x43, UInt8(size)] + P.evil as [UInt8]
    let class_ = P.global("joblib.numpy_pickle", "NumpyArrayWrapper")
    let dotted = P.text("joblib") + P.text("numpy_pickle.NumpyArrayWrapper") + [0x93, 0x29, 0x81] as [UInt8]
    let inner = [0x80, 2] + P.wrapper(count: size + 1) + P.evil + [0x2E, 0x2E] as [UInt8]
    let keys = (0..<32768).flatMap { P.text("k\($0)") + [0x4E] as [UInt8] }
    let cases: [(String, [UInt8])] = [
        ("opcodes for pickle.load", P.wrapper(count: size + 1) + P.evil + [0x2E]),
        (
            "a dtype that lies",
            P.wrapper(count: 1, dtype: P.dtype("f8", size: 8 + size)) + zeros + zeros + P.evil + [0x30]
        ),
        (
            "the name of a dtype",
            P.wrapper(count: size, dtype: P.dtype("int8")) + [UInt8](repeating: 0, count: 8 * size)
        ),
        ("objects in a number", P.wrapper(count: 1, dtype: P.dtype("f8", flags: 1)) + [0x4E, 0x2E]),
        ("no objects in O", P.wrapper(count: 1, dtype: P.dtype("O8")) + zeros + zeros),
        ("a dotted name", [0x28] + P.wrapper(count: 2, maker: dotted) + blob + [0x74]),
        (
            "slots",
            P.maker + [0x7D, 0x28] + P.pairs(count: 4 + size) + [0x75] + slots + [0x86, 0x62] + zeros + P.evil
        ),
        (
            "many keys",
            P.maker + [0x7D, 0x28] + P.pairs(count: 4 + size) + keys + P.text("shape") + P.number(4)
                + [0x85, 0x75, 0x62] + zeros + P.evil
        ),
        (
            "an alignment of the constructor",
            [0x28] + P.wrapper(count: 4, maker: class_ + [0x28, 0x4E, 0x4B, 1, 0x85, 0x4E, 0x4E, 0x74, 0x52])
                + [1, 0, 0, 0] + blob + [0x74]
        ),
        ("a pickle in an array", P.wrapper(count: 1, dtype: P.dtype("O8", flags: 63)) + inner),
        ("padding", P.wrapper(count: 1, alignment: [0x4B, 16]) + [2, 0xFF, 0, 0]),
        (
            "padding of 99",
            P.wrapper(count: 1, alignment: [0x4B, 16]) + [99] + [UInt8](repeating: 0xFF, count: 99) + [0]
        ),
        ("a state twice", P.maker + [0x71, 1] + P.wrapper(count: 1, maker: []) + [0, 0x30, 0x68, 1, 0x7D, 0x62]),
        ("a wrapper by its memo", P.maker + [0x71, 1] + P.wrapper(count: 1, maker: []) + [0, 0x68, 1, 0x86]),
        ("a class in a tuple", class_ + [0x85]), ("a wrapper without a state", P.maker + [0x85]),
        ("a copied wrapper", P.global("copy", "copy") + P.maker + [0x85, 0x52, 0x7D, 0x62]),
        ("an array of joblib before 0.10", P.global("joblib.numpy_pickle", "NDArrayWrapper") + [0x29, 0x81]),
        (
            "a dtype with two states",
            P.wrapper(
                count: 1,
                dtype: P.dtype("S1", size: 1) + [0x28] + P.number(3) + P.text("|")
                    + [0x4E, 0x4E, 0x4E] + P.number(9) + P.number(1) + P.number(0) + [0x74, 0x62]) + [0]
        ),
    ]
    for (name, bytes) in cases { #expect(isHeld([0x80, 2] + bytes + [0x2E]), "\(name)") }
}

@Test("bytes of an array that pickle.load cannot go on with are no opcodes")
func bytesOfArraysAreNoOpcodes() throws {
    // Opcodes that fail: the wrapper is no tuple, no memo entry, a string without quotes, no module of that name.
    for raw in ["RNNN", "h9NN", "Sab\n", "c \na\n", "}}}}", "P123", "\u{1}R)R", "(((("] {
        #expect(try read([0x80, 2] + P.wrapper(count: 4) + Array(raw.utf8).prefix(4) + [0x2E]).gaps.isEmpty, "\(raw)")
    }
    // What pickle.load would go on with behind the bytes that are followed.
    let long = [0x42, 0xFF, 0xFF, 0, 0] + [UInt8](repeating: 0, count: 0x1FFFB) as [UInt8]
    #expect(!(try read([0x80, 2] + P.wrapper(count: long.count) + long + [0x2E]).gaps.isEmpty))
}
