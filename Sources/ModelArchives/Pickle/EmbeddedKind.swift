import ArchiveReading

/// What the first bytes of a value say that it may be, as far as code that is given it may find a pickle in it.
enum EmbeddedKind {
    /// A pickle of protocol 2 or later, by its header.
    case marked
    /// A pickle without a header, if it is one.
    case plain
    /// A zip archive: PyTorch's files, numpy's archives.
    case zip
    /// An array in numpy's format.
    case numpy
    case compressed
    case joblib(JoblibCompression)
    /// Base64 of one of the others.
    case base64

    /// The shortest pickle that calls something, and the longest of the beginnings that tell a kind.
    static let leastBytes = 6
    static let startBytes = 32
    /// So many bytes are followed to see whether it is one.
    static let windowBytes = 64 << 10

    /// The opcodes that push something onto an empty stack, or a mark.
    private static let starts: [Bool] = {
        var starts = [Bool](repeating: false, count: 256)
        for byte in "c(]})NSVILFKMJGUXTBCP".utf8 { starts[Int(byte)] = true }
        for byte in [0x80, 0x82, 0x83, 0x84, 0x88, 0x89, 0x8A, 0x8B, 0x8C, 0x8D, 0x8E, 0x8F, 0x95, 0x96, 0x97] {
            starts[byte] = true
        }
        return starts
    }()

    /// The first bytes of all kinds but base64: most values begin with others.
    private static let firsts: [Bool] = {
        var firsts = starts
        for byte in [0x04, 0x1F, 0x28, 0x42, 0x93, 0xFD] + Array(0x50...0x5F) + [0x78] { firsts[byte] = true }
        return firsts
    }()

    /// The kind of a value by its first bytes; nil where nothing finds a pickle in it.
    static func of(_ head: UnsafeRawBufferPointer) -> EmbeddedKind? {
        guard head.count >= leastBytes else { return nil }
        if firsts[Int(head[0])], let kind = ofBytes(head) { return kind }
        return isEncoded(head) ? .base64 : nil
    }

    /// Whether a value may be base64 of one of the others; text may begin like a pickle as well.
    static func isEncoded(_ head: UnsafeRawBufferPointer) -> Bool {
        guard let first = Base64Bytes.first(of: head), firsts[Int(first)] else { return false }
        var decoded = Base64Bytes()
        for byte in head where decoded.bytes.count < 12 { decoded.take(byte) }
        // Too few of a long text are no start of another.
        guard decoded.bytes.count >= leastBytes else { return false }
        return decoded.bytes.withUnsafeBytes { ofBytes($0) } != nil
    }

    /// The kind of bytes that are not encoded.
    private static func ofBytes(_ head: UnsafeRawBufferPointer) -> EmbeddedKind? {
        let (first, second) = (head[0], head[1])
        switch first {
        case 0x80 where second <= 5: return .marked
        case 0x50 where ZipReader.detect(head): return .zip
        case 0x93 where head.dropFirst().starts(with: "NUMPY".utf8): return .numpy
        case 0x04, 0x78, 0x5D:
            if let compression = JoblibCompression.detect(head) { return .joblib(compression) }
        case 0x1F, 0x28, 0x50...0x5F, 0xFD, 0x42:
            if Compression.detect(head) != .none { return .compressed }
        default: break
        }
        guard starts[Int(first)] else { return nil }
        // A name stands on lines of its own, or behind an opcode that is no ASCII.
        return head.count < startBytes && !head.contains(where: { $0 == 0x0A || $0 >= 0x80 }) ? nil : .plain
    }
}

/// A value in which a pickle may lie.
struct EmbeddedSuspect {
    let kind: EmbeddedKind
    /// What of a pickle loading looks up or calls.
    let what: String?
    /// Whether that was seen, and is not only behind what was followed.
    var isSeen: Bool { what != nil && what != PlainReading.beyond }

    /// Follows the bytes of a value, or its first ones; nil where nothing that loads them runs anything.
    ///
    /// - Parameter size: how many bytes the value has, where that is known.
    static func find(_ window: [UInt8], size: Int?) -> EmbeddedSuspect? {
        let kind = window.withUnsafeBytes { bytes in
            EmbeddedKind.of(UnsafeRawBufferPointer(rebasing: bytes.prefix(EmbeddedKind.startBytes)))
        }
        guard let kind else { return nil }
        switch kind {
        case .marked, .plain:
            if PyTorchLegacyFormat.begins(window) { return EmbeddedSuspect(kind: kind, what: nil) }
            var isMarked = false
            if case .marked = kind { isMarked = true }
            var plain = PlainReading(
                window: window, isWhole: window.count == size, left: size, isMarked: isMarked)
            if let what = plain.outcome() { return EmbeddedSuspect(kind: kind, what: what) }
            return isMarked ? nil : findEncoded(window, size: size)
        case .base64: return findEncoded(window, size: size)
        case .zip, .numpy, .compressed, .joblib: return EmbeddedSuspect(kind: kind, what: nil)
        }
    }
}

extension EmbeddedSuspect {
    /// The same of what base64 stands for.
    private static func findEncoded(_ window: [UInt8], size: Int?) -> EmbeddedSuspect? {
        let isEncoded = window.withUnsafeBytes { bytes in
            EmbeddedKind.isEncoded(UnsafeRawBufferPointer(rebasing: bytes.prefix(EmbeddedKind.startBytes)))
        }
        guard isEncoded else { return nil }
        var decoded = Base64Bytes()
        for byte in window { decoded.take(byte) }
        let isWhole = window.count == size
        return find(decoded.bytes, size: isWhole ? decoded.bytes.count : nil) == nil
            ? nil : EmbeddedSuspect(kind: .base64, what: nil)
    }
}

/// Decodes base64 as Python does by default: what belongs to no alphabet is gone over, and padding ends it.
struct Base64Bytes {
    private(set) var bytes: [UInt8] = []
    private var bits: UInt32 = 0
    private var count = 0
    private var isAtEnd = false

    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 0xFF, count: 256)
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        for (value, byte) in alphabet.utf8.enumerated() { values[Int(byte)] = UInt8(value) }
        values[Int(UInt8(ascii: "-"))] = 62
        values[Int(UInt8(ascii: "_"))] = 63
        return values
    }()

    /// The first byte that others stand for; nil where they stand for none.
    static func first(of head: UnsafeRawBufferPointer) -> UInt8? {
        var high: UInt8?
        for byte in head {
            let value = values[Int(byte)]
            if value == 0xFF { continue }
            if let high { return high << 2 | value >> 4 }
            high = value
        }
        return nil
    }

    /// Takes the next character.
    mutating func take(_ byte: UInt8) {
        if byte == UInt8(ascii: "="), count >= 2 { isAtEnd = true }
        let value = Self.values[Int(byte)]
        guard value != 0xFF, !isAtEnd else { return }
        bits = bits << 6 | UInt32(value)
        count += 1
        // The bytes before the fourth character are known, and needed where padding follows.
        switch count {
        case 2: bytes.append(UInt8(truncatingIfNeeded: bits >> 4))
        case 3: bytes.append(UInt8(truncatingIfNeeded: bits >> 2))
        case 4:
            bytes.append(UInt8(truncatingIfNeeded: bits))
            (bits, count) = (0, 0)
        default: break
        }
    }
}
