/// The first 16 bytes of a `.pyc` file: which interpreter it is for, and how it is tied to its source
/// (https://peps.python.org/pep-0552/; the layout before Python 3.7 is not read).
public struct BytecodeHeader: Sendable, Hashable {
    /// How the bytecode is tied to its source.
    public enum Tie: Sendable, Hashable {
        /// Used when the source has this modification time and size, each modulo 2³²; else Python compiles anew.
        case timestamp(modified: UInt32, size: UInt32)
        /// Used when the source has this hash; else Python compiles anew.
        case checkedHash(UInt64)
        /// Used whatever the source is.
        case uncheckedHash(UInt64)
        /// Flags that no interpreter knows: never used where there is a source.
        case unknown(flags: UInt32)
    }

    /// The magic number of the interpreter's bytecode.
    public let magic: UInt16
    /// How the bytecode is tied to its source.
    public let tie: Tie

    /// Reads a header; nil when it is cut off or does not begin as one.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count >= 16, bytes[2] == 0x0D, bytes[3] == 0x0A else { return nil }
        func word(_ offset: Int) -> UInt32 {
            (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << UInt32($1 * 8) }
        }
        magic = UInt16(bytes[0]) | UInt16(bytes[1]) << 8
        let hash = UInt64(word(8)) | UInt64(word(12)) << 32
        tie =
            switch word(4) {
            case 0: .timestamp(modified: word(8), size: word(12))
            case 1: .uncheckedHash(hash)
            case 3: .checkedHash(hash)
            case let flags: .unknown(flags: flags)
            }
    }

    /// The magic numbers of CPython's releases
    /// (https://github.com/python/cpython/blob/main/Include/internal/pycore_magic_number.h).
    static let magics: [(minor: Int, magic: UInt16)] = [
        (7, 3394), (8, 3413), (9, 3425), (10, 3439), (11, 3495), (12, 3531), (13, 3571), (14, 3627),
    ]

    /// From this number on sources are hashed with SipHash-1-3.
    static let firstShortHash: UInt16 = 3440

    /// The magic number of a release, `3.11`; nil when it is not known.
    public static func magic(ofPython version: String) -> UInt16? {
        let parts = version.split(separator: ".")
        guard parts.count >= 2, parts[0] == "3", let minor = Int(parts[1]) else { return nil }
        return magics.first { $0.minor == minor }?.magic
    }

    /// The release that writes a magic number, `3.11`; nil when it is not known.
    public static func python(ofMagic magic: UInt16) -> String? {
        magics.first { $0.magic == magic }.map { "3.\($0.minor)" }
    }

    /// The magic number of the interpreter in whose library a path lies, `lib/python3.11/`; nil when the path does not tell.
    static func magic(ofLibraryPath path: [UInt8]) -> UInt16? {
        for part in path.split(separator: 0x2F).dropLast() where part.starts(with: libraryPrefix) {
            let digits = part.dropFirst(libraryPrefix.count)
            guard let minor = Int(String(decoding: digits, as: UTF8.self)) else { continue }
            return magics.first { $0.minor == minor }?.magic
        }
        return nil
    }

    private static let libraryPrefix = Array("python3.".utf8)
}

/// Where a `.pyc` file lies and which source it stands for (https://peps.python.org/pep-3147/).
public struct BytecodePath: Sendable, Hashable {
    /// The path of the source.
    public let source: String
    /// The tag of the interpreter, `cpython-311`; nil for a file beside its source, which is only imported without one.
    public let tag: String?

    /// Reads a path; nil when it is none of bytecode, or one that no interpreter would look for.
    ///
    /// - Parameter cachePrefix: the value of `PYTHONPYCACHEPREFIX`, below which sources' paths are repeated.
    public init?(_ path: String, cachePrefix: String? = nil) {
        guard path.hasSuffix(".pyc") else { return nil }
        var folders = path.split(separator: "/").map(String.init)
        guard let name = folders.popLast() else { return nil }
        let prefix = (cachePrefix ?? "").split(separator: "/").map(String.init)
        let isBelowPrefix = !prefix.isEmpty && folders.starts(with: prefix)
        guard folders.last == "__pycache__" || isBelowPrefix else {
            source = String(path.dropLast())
            tag = nil
            return
        }
        if isBelowPrefix { folders.removeFirst(prefix.count) } else { folders.removeLast() }
        // NAME.TAG.pyc or NAME.TAG.opt-1.pyc; a name can hold dots itself, a tag none.
        var parts = name.split(separator: ".", omittingEmptySubsequences: false).dropLast()
        if parts.count > 2, let last = parts.last, last.hasPrefix("opt-") { parts.removeLast() }
        guard parts.count >= 2, let tag = parts.popLast(), !tag.isEmpty else { return nil }
        self.tag = String(tag)
        source = (folders + [parts.joined(separator: ".") + ".py"]).joined(separator: "/")
    }

    /// The CPython release that the tag names, `3.11`; nil for another implementation or without a tag.
    public var python: String? {
        guard let tag, tag.hasPrefix("cpython-3") else { return nil }
        let minor = tag.dropFirst("cpython-3".count).prefix { $0.isNumber }
        return minor.isEmpty ? nil : "3.\(minor)"
    }
}
