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
    private static let needle = Needle(" compiled against ")
    private static let baseline = Needle("built with baseline optimizations: ")

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
        for position in Self.positions(of: Self.needle, in: bytes) {
            let before = bytes[max(0, position - 10)..<position]
            let after = bytes[position...].dropFirst(Self.needle.bytes.count).prefix(96)
            guard
                let binding = Self.binding(
                    String(decoding: before, as: UTF8.self), String(decoding: after, as: UTF8.self))
            else { continue }
            // The message of the newer headers says more than that of the older ones.
            switch (found, binding) {
            case (nil, _), (.first, .atLeast): found = binding
            default: break
            }
        }
        for position in Self.positions(of: Self.baseline, in: bytes) {
            let after = bytes[position...].dropFirst(Self.baseline.bytes.count).prefix(128)
            let text = String(decoding: after.prefix { $0 != 0 }, as: UTF8.self)
            guard let open = text.firstIndex(of: "("), let close = text[open...].firstIndex(of: ")") else { continue }
            found = .core(
                baseline: text[text.index(after: open)..<close].split(separator: " ").map(String.init))
        }
    }

    private static func binding(_ before: String, _ after: String) -> NumPyBinding? {
        if before.hasSuffix("module"), after.hasPrefix("API version 0x%x but this version of numpy is") {
            return .first
        }
        let start = "NumPy C-API version 0x%x (NumPy "
        guard before.hasSuffix("module was"), after.hasPrefix(start) else { return nil }
        let version = after.dropFirst(start.count).prefix { $0 != ")" && $0 != "+" }.split(separator: ".")
        guard version.count >= 2, let major = Int(version[0]), let minor = Int(version[1]) else { return nil }
        return .atLeast(major: major, minor: minor)
    }

    /// Returns where a text begins, by the last byte of each place where it could be (Horspool's search).
    private static func positions(of needle: Needle, in bytes: UnsafeRawBufferPointer) -> [Int] {
        var positions: [Int] = []
        let count = needle.bytes.count
        let last = needle.bytes[count - 1]
        needle.skips.withUnsafeBufferPointer { skips in
            var end = count - 1
            while end < bytes.count, positions.count < 64 {
                let byte = bytes[end]
                if byte == last, bytes[(end + 1 - count)...end].elementsEqual(needle.bytes) {
                    positions.append(end + 1 - count)
                }
                end += skips[Int(byte)]
            }
        }
        return positions
    }

    /// A text with how far the search may go on after each byte.
    private struct Needle {
        let bytes: [UInt8]
        let skips: [Int]

        init(_ text: String) {
            bytes = Array(text.utf8)
            var skips = [Int](repeating: bytes.count, count: 256)
            for (index, byte) in bytes.dropLast().enumerated() { skips[Int(byte)] = bytes.count - 1 - index }
            self.skips = skips
        }
    }
}
