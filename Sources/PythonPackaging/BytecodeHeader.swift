import ArchiveReading

/// The first 16 bytes of a `.pyc` file: which interpreter it is for, and how it is tied to its source
/// (https://peps.python.org/pep-0552/; the layout before Python 3.7 is not read).
package struct BytecodeHeader: Sendable, Hashable {
    /// How the bytecode is tied to its source.
    package enum Tie: Sendable, Hashable {
        /// Used when the source has this modification time and size, each modulo 2³²; otherwise Python compiles it again.
        case timestamp(modified: UInt32, size: UInt32)
        /// Used when the source has this hash; otherwise Python compiles it again.
        case checkedHash(UInt64)
        /// Used whatever the source is.
        case uncheckedHash(UInt64)
        /// Flags that no interpreter knows: never used where there is a source.
        case unknown(flags: UInt32)
    }

    /// The magic number of the interpreter's bytecode.
    package let magic: UInt16
    /// How the bytecode is tied to its source.
    package let tie: Tie

    /// Reads a header; nil when it is cut off or does not begin as one.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count >= 16, bytes[2] == UInt8(ascii: "\r"), bytes[3] == UInt8(ascii: "\n") else { return nil }
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
    package static func magic(ofPython version: String) -> UInt16? {
        let parts = version.split(separator: ".")
        guard parts.count >= 2, parts[0] == "3", let minor = Int(parts[1]) else { return nil }
        return magics.first { $0.minor == minor }?.magic
    }

    /// The release that writes a magic number, `3.11`; nil when it is not known.
    package static func python(ofMagic magic: UInt16) -> String? {
        magics.first { $0.magic == magic }.map { "3.\($0.minor)" }
    }

    /// The magic number of the interpreter whose library contains a path, `lib/python3.11/`; nil when the path does not name one.
    static func magic(ofLibraryPath path: [UInt8]) -> UInt16? {
        for part in path.split(separator: UInt8(ascii: "/")).dropLast() where part.starts(with: libraryPrefix) {
            let digits = part.dropFirst(libraryPrefix.count)
            guard let minor = Int(String(decoding: digits, as: UTF8.self)) else { continue }
            return magics.first { $0.minor == minor }?.magic
        }
        return nil
    }

    private static let libraryPrefix = Array("python3.".utf8)
}

/// The location of a `.pyc` file and the source that it belongs to (https://peps.python.org/pep-3147/).
package struct BytecodePath: Sendable, Hashable {
    /// The path of the source.
    package let source: String
    /// The tag of the interpreter, `cpython-311`; nil for a file next to its source, which is only imported without one.
    package let tag: String?

    /// Reads a path; nil when it is not bytecode, or when no interpreter would look for it.
    ///
    /// - Parameter cachePrefix: the value of `PYTHONPYCACHEPREFIX`, below which sources' paths are repeated.
    package init?(_ path: String, cachePrefix: String? = nil) {
        let bytes = Array(path.utf8)
        guard PathBytes.ends(bytes, ".pyc"), bytes.last != UInt8(ascii: "/") else { return nil }
        var folder = PathBytes.folder(bytes)
        let name = bytes[(folder.isEmpty && bytes.first != UInt8(ascii: "/") ? 0 : folder.count + 1)...]
        let prefix = Array((cachePrefix ?? "").utf8.drop { $0 == UInt8(ascii: "/") }) + [UInt8(ascii: "/")]
        if prefix.count > 1, folder.starts(with: prefix) || folder.elementsEqual(prefix.dropLast()) {
            folder = folder.dropFirst(prefix.count)
        } else if PathBytes.ends(folder, "/__pycache__") || PathBytes.equals(folder, "__pycache__") {
            folder = folder.dropLast("/__pycache__".utf8.count)
        } else {
            source = String(path.dropLast())
            tag = nil
            return
        }
        // NAME.TAG.pyc or NAME.TAG.opt-1.pyc; a name may contain dots, a tag does not.
        var stem = name.dropLast(".pyc".utf8.count)
        if let dot = stem.lastIndex(of: UInt8(ascii: ".")), stem[dot...].starts(with: ".opt-".utf8),
            stem[..<dot].contains(UInt8(ascii: "."))
        {
            stem = stem[..<dot]
        }
        guard let dot = stem.lastIndex(of: UInt8(ascii: ".")), dot + 1 < stem.endIndex else { return nil }
        tag = String(decoding: stem[(dot + 1)...], as: UTF8.self)
        source = String(
            decoding: folder + (folder.isEmpty ? [] : [UInt8(ascii: "/")]) + stem[..<dot] + ".py".utf8, as: UTF8.self)
    }

    /// The magic number of the CPython release that the tag names; nil for another implementation, a release that is not
    /// known, or without a tag.
    package var magic: UInt16? {
        guard let tag, tag.hasPrefix("cpython-3") else { return nil }
        let digits = tag.utf8.dropFirst("cpython-3".utf8.count).prefix { $0.isASCIIDigit }
        guard let minor = Int(Substring(digits)) else { return nil }
        return BytecodeHeader.magics.first { $0.minor == minor }?.magic
    }
}
