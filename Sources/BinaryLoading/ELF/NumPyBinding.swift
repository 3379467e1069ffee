/// How an object is bound to NumPy's C interface, by the messages that NumPy's headers compile into it
/// (https://github.com/numpy/numpy/blob/main/numpy/_core/code_generators/generate_numpy_api.py).
package enum NumPyBinding: Sendable, Hashable {
    /// Built with headers of NumPy 1: it fails under NumPy 2.
    case first
    /// Built with headers of NumPy 2: it runs with NumPy of this version or newer, also with 1.x.
    case atLeast(major: Int, minor: Int)
    /// NumPy's own core, built for these instruction sets: `SSE SSE2`, `X86_V2`.
    case core(baseline: [String])

    /// The level of x86-64 that the baseline of NumPy's core needs; nil for another object, 1 where no level is named.
    package var instructionLevel: Int? {
        guard case .core(let baseline) = self else { return nil }
        return baseline.map { Self.levels[$0] ?? 1 }.max() ?? 1
    }

    /// The instruction sets that NumPy names, by the level that brings them
    /// (https://numpy.org/doc/stable/reference/simd/build-options.html).
    private static let levels: [String: Int] = [
        "X86_V2": 2, "X86_V3": 3, "X86_V4": 4, "SSE3": 2, "SSSE3": 2, "SSE41": 2, "POPCNT": 2, "SSE42": 2, "AVX": 3,
        "F16C": 3, "FMA3": 3, "AVX2": 3, "AVX512F": 4, "AVX512CD": 4, "AVX512_SKX": 4,
    ]
}

/// Looks for NumPy's messages in the constants of an object while they pass.
struct NumPyScan {
    /// The longest message that is looked for.
    private static let messageBytes = 192
    /// The most messages of one piece that are read.
    private static let maximumMessages = 64
    private static let texts = TextSearch([
        "module compiled against API version 0x%x but this version of numpy is",
        "module was compiled against NumPy C-API version 0x%x (NumPy ",
        "NumPy was built with baseline optimizations: ",
    ])

    private var found: NumPyBinding?
    /// The last bytes of the piece before, for a message that two pieces share.
    private var tail: [UInt8] = []
    private var next = 0

    mutating func update(_ piece: UnsafeRawBufferPointer, at offset: Int) {
        if offset != next { tail = [] }
        next = offset + piece.count
        if !tail.isEmpty {
            let joined = tail + piece.prefix(Self.messageBytes)
            joined.withUnsafeBytes { search($0) }
        }
        search(piece)
        let rest = piece.suffix(Self.messageBytes)
        tail = rest.count < Self.messageBytes ? Array((tail + rest).suffix(Self.messageBytes)) : Array(rest)
    }

    mutating func finish() -> NumPyBinding? { found }

    private mutating func search(_ bytes: UnsafeRawBufferPointer) {
        var position = 0
        for _ in 0..<Self.maximumMessages {
            guard let message = Self.texts.first(in: bytes, from: position) else { return }
            position = message.end
            switch message.number {
            // The message of the newer headers says more than that of the older ones.
            case 0: if found == nil { found = .first }
            case 1:
                guard let binding = Self.version(bytes[message.end...].prefix(62)) else { continue }
                switch found {
                case nil, .first: found = binding
                default: break
                }
            default: if let core = Self.baseline(bytes[message.end...].prefix(128)) { found = core }
            }
        }
    }

    /// Reads `1.23)`.
    private static func version(_ bytes: Slice<UnsafeRawBufferPointer>) -> NumPyBinding? {
        let text = String(decoding: bytes, as: UTF8.self)
        let version = text.prefix { $0 != ")" && $0 != "+" }.split(separator: ".")
        guard version.count >= 2, let major = Int(version[0]), let minor = Int(version[1]) else { return nil }
        return .atLeast(major: major, minor: minor)
    }

    /// Reads `\n(X86_V2)`.
    private static func baseline(_ bytes: Slice<UnsafeRawBufferPointer>) -> NumPyBinding? {
        let text = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        guard let open = text.firstIndex(of: "("), let close = text[open...].firstIndex(of: ")") else { return nil }
        return .core(baseline: text[text.index(after: open)..<close].split(separator: " ").map(String.init))
    }
}
