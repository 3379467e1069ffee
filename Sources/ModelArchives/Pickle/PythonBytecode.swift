/// The bytecode of one minor version of CPython 3, as far as it tells the version and what the code imports.
///
/// Sources: `Lib/opcode.py` of 3.8 to 3.12 and `Lib/_opcode_metadata.py` of 3.13 and 3.14; the number of inline cache entries
/// is that of `_inline_cache_entries` (https://docs.python.org/3/library/dis.html).
struct PythonBytecode: Sendable {
    /// The minor version.
    let minor: Int
    /// The opcodes that exist.
    private let opcodes: Set<UInt8>
    /// How many inline cache entries, two zero bytes each, follow an opcode.
    private let caches: [UInt8: Int]
    private let extendedArgument: UInt8
    private let importName: UInt8
    /// RESUME, which every function has since 3.11.
    private let resume: UInt8?
    /// What may precede RESUME: MAKE_CELL, COPY_FREE_VARS, RETURN_GENERATOR, POP_TOP.
    private let preludes: Set<UInt8>

    private init(
        _ minor: Int, _ opcodes: [ClosedRange<UInt8>], caches: [UInt8: Int] = [:], extendedArgument: UInt8,
        importName: UInt8, resume: UInt8? = nil, preludes: Set<UInt8> = []
    ) {
        self.minor = minor
        self.opcodes = Set(opcodes.flatMap { Array($0) })
        self.caches = caches
        self.extendedArgument = extendedArgument
        self.importName = importName
        self.resume = resume
        self.preludes = preludes
    }

    /// The versions that are known, the oldest first.
    static let all: [PythonBytecode] = [
        .init(
            8,
            [
                1...6, 9...12, 15...17, 19...20, 22...29, 50...57, 59...73, 75...79, 81...98, 100...116, 122...122,
                124...126, 130...133, 135...138, 141...158, 160...163,
            ], extendedArgument: 144, importName: 108),
        .init(
            9,
            [
                1...6, 9...12, 15...17, 19...20, 22...29, 48...52, 54...57, 59...79, 82...87, 89...98, 100...118,
                121...122, 124...126, 130...133, 135...138, 141...148, 154...157, 160...165,
            ], extendedArgument: 144, importName: 108),
        .init(
            10,
            [
                1...6, 9...12, 15...17, 19...20, 22...34, 49...52, 54...57, 59...79, 82...87, 89...119, 121...122,
                124...126, 129...133, 135...138, 141...148, 152...152, 154...157, 160...165,
            ], extendedArgument: 144, importName: 108),
        .init(
            11,
            [
                1...2, 9...12, 15...15, 25...25, 30...33, 35...37, 49...54, 60...61, 68...71, 74...75, 82...112,
                114...120, 122...126, 128...140, 142...142, 144...149, 151...152, 155...157, 160...160, 162...166,
                171...176,
            ],
            caches: [25: 4, 60: 1, 92: 1, 95: 4, 106: 4, 107: 2, 116: 5, 122: 1, 160: 10, 166: 1, 171: 4],
            extendedArgument: 144, importName: 108, resume: 151, preludes: [1, 75, 135, 149]),
        .init(
            12,
            [
                1...2, 4...5, 9...9, 11...12, 15...15, 17...17, 25...27, 30...33, 35...37, 49...55, 60...61, 68...69,
                71...71, 74...75, 83...83, 85...85, 87...87, 89...110, 114...147, 149...152, 155...157, 162...165,
                171...176,
            ],
            caches: [25: 1, 60: 1, 92: 1, 93: 1, 95: 4, 106: 9, 107: 1, 116: 4, 122: 1, 123: 1, 141: 1, 171: 3],
            extendedArgument: 144, importName: 108, resume: 151, preludes: [1, 75, 135, 149]),
        .init(
            13, [1...2, 4...118, 149...149],
            caches: [
                5: 1, 39: 1, 40: 3, 45: 1, 53: 3, 58: 1, 59: 1, 72: 1, 77: 1, 82: 9, 91: 4, 93: 1, 97: 1, 98: 1,
                99: 1, 100: 1, 104: 1, 108: 4, 117: 1,
            ], extendedArgument: 71, importName: 75, resume: 149, preludes: [32, 35, 62, 94]),
        .init(
            14, [1...120, 128...128],
            caches: [
                38: 1, 39: 3, 44: 5, 52: 3, 55: 3, 56: 1, 57: 1, 70: 1, 75: 1, 80: 9, 92: 4, 96: 1, 100: 1, 101: 1,
                102: 1, 103: 1, 106: 1, 110: 4, 119: 1,
            ], extendedArgument: 69, importName: 73, resume: 128, preludes: [31, 34, 60, 97]),
    ]

    /// Returns the versions whose code objects are made of a number of arguments: `co_posonlyargcount` came with 3.8,
    /// `co_qualname` and `co_exceptiontable` with 3.11.
    static func candidates(argumentCount: Int) -> [PythonBytecode] {
        switch argumentCount {
        case 16: all.filter { (8...10).contains($0.minor) }
        case 18: all.filter { $0.minor >= 11 }
        default: []
        }
    }

    /// Returns the indices of the names that code imports, or nil if the code is not of this version.
    func imports(of code: [UInt8]) -> [Int]? {
        guard code.count.isMultiple(of: 2), !code.isEmpty else { return nil }
        var imports: [Int] = []
        var argument = 0
        var hasResumed = resume == nil
        var index = 0
        while index < code.count {
            let opcode = code[index]
            guard opcodes.contains(opcode) else { return nil }
            argument = argument << 8 | Int(code[index + 1])
            guard argument <= Int(Int32.max) else { return nil }
            if !hasResumed, opcode != extendedArgument {
                if opcode == resume { hasResumed = true } else if !preludes.contains(opcode) { return nil }
            }
            index += 2
            for _ in 0..<(caches[opcode] ?? 0) {
                guard index + 1 < code.count, code[index] == 0, code[index + 1] == 0 else { return nil }
                index += 2
            }
            if opcode == extendedArgument { continue }
            if opcode == importName { imports.append(argument) }
            argument = 0
        }
        return hasResumed ? imports : nil
    }
}
