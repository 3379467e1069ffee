/// What is wrong with a tar entry, before the archive and the offset are known.
struct TarFault: Error, Sendable, Hashable {
    let reason: ArchiveReadingError.Reason
    /// Whether the header is one of a tar archive, and holds what programs disagree about.
    var isAmbiguous = false

    static func damaged(_ what: String) -> TarFault { TarFault(reason: .damaged(what)) }
    /// A construct that readers of tar archives take for different things.
    static func ambiguous(_ what: String) -> TarFault {
        TarFault(reason: .damaged("\(what): programs that read tar archives disagree about it"), isAmbiguous: true)
    }
}

/// One header block of a tar archive: v7, ustar, pax and GNU
/// (https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06,
/// https://www.gnu.org/software/tar/manual/html_node/Standard.html).
///
/// It is read as Go's archive/tar reads it, which is what container runtimes do
/// (https://cs.opensource.google/go/go/+/master:src/archive/tar/reader.go). What libarchive, GNU tar or Python would read
/// otherwise is refused.
struct TarHeader {
    static let size = 512

    let type: UInt8
    /// The name with its prefix.
    let name: [UInt8]
    let linkName: [UInt8]
    let fileSize: Int
    let mode: Int
    let uid: Int
    let gid: Int
    let modified: Int
    let isGNU: Bool
    /// The numbers of a device; 0 in an archive of version 7.
    let device: (major: Int, minor: Int)
    /// The blocks of data of an old GNU sparse file, and the size of the whole; nil for anything else.
    let oldSparse: OldSparse?

    struct OldSparse {
        var blocks: [(offset: Int, count: Int)]
        /// Whether a further block with more of the map follows.
        let continues: Bool
        let realSize: Int
    }

    /// Reads a block; nil when it holds nothing but zeros.
    init?(_ block: UnsafeRawBufferPointer) throws(TarFault) {
        if block.allSatisfy({ $0 == 0 }) { return nil }
        try Self.verifyChecksum(block)
        type = block[156]
        isGNU = Self.has("ustar  \0", block, at: 257)
        let isUstar = Self.has("ustar\0", block, at: 257)
        var name = Self.text(block, 0, 100)
        linkName = Self.text(block, 157, 100)
        fileSize = try Self.number(block, at: 124, count: 12, of: "size")
        mode = try Self.number(block, at: 100, count: 8, of: "mode")
        uid = try Self.number(block, at: 108, count: 8, of: "owner")
        gid = try Self.number(block, at: 116, count: 8, of: "group")
        modified = try Self.number(block, at: 136, count: 12, of: "modification time", mayBeNegative: true)
        var oldSparse: OldSparse?
        // Go reads the device's numbers of every entry, and refuses what is none.
        device =
            isUstar || isGNU
            ? (
                try Self.number(block, at: 329, count: 8, of: "device"),
                try Self.number(block, at: 337, count: 8, of: "device")
            ) : (0, 0)
        if isUstar {
            let prefix = Self.text(block, 345, 155)
            // The star format has a prefix of 131 bytes, and times after it.
            if Self.has("tar\0", block, at: 508), prefix.count >= 131 { throw .ambiguous("a name of the star format") }
            if !prefix.isEmpty { name = prefix + [UInt8(ascii: "/")] + name }
        } else if isGNU {
            // Where Go cannot read the times, it takes the bytes for a name's prefix.
            for (offset, what) in [(345, "access time"), (357, "change time")] where block[offset] != 0 {
                do throws(TarFault) {
                    _ = try Self.number(block, at: offset, count: 12, of: what, mayBeNegative: true)
                } catch {
                    throw .ambiguous("a GNU header with a prefix")
                }
            }
            if type == UInt8(ascii: "S") {
                oldSparse = OldSparse(
                    blocks: try Self.sparseBlocks(block, at: 386, count: 4), continues: block[482] != 0,
                    realSize: try Self.number(block, at: 483, count: 12, of: "real size"))
            } else if block[381..<512].contains(where: { $0 != 0 }) {
                throw .ambiguous("a GNU header with a prefix")
            }
        }
        if type == UInt8(ascii: "S"), oldSparse == nil { throw .ambiguous("a sparse file that is not GNU's") }
        self.name = name
        self.oldSparse = oldSparse
    }

    /// The entries of a GNU sparse map: an offset and a count each, up to the first empty one.
    static func sparseBlocks(
        _ block: UnsafeRawBufferPointer, at start: Int, count: Int
    ) throws(TarFault) -> [(offset: Int, count: Int)] {
        var blocks: [(offset: Int, count: Int)] = []
        for index in 0..<count {
            let offset = start + index * 24
            if block[offset] == 0 { break }
            blocks.append(
                (
                    try number(block, at: offset, count: 12, of: "sparse map"),
                    try number(block, at: offset + 12, count: 12, of: "sparse map")
                ))
        }
        return blocks
    }

    /// Whether the name is one that writers give to a global header: git, Go, GNU tar and Python.
    ///
    /// Docker and containerd remove what stands at the name of a global header, and a whiteout counts
    /// (https://github.com/moby/moby/blob/v24.0.0/pkg/archive/diff.go, `UnpackLayer`).
    var hasGlobalName: Bool {
        if name.elementsEqual("pax_global_header".utf8) || name.elementsEqual("././@PaxHeader".utf8) { return true }
        let components = name.split(separator: UInt8(ascii: "/"))
        guard let last = components.last, !components.contains(where: { $0.starts(with: ".wh.".utf8) }) else {
            return false
        }
        let parts = last.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count == 3 && parts[0].elementsEqual("GlobalHead".utf8)
            && parts.dropFirst().allSatisfy { !$0.isEmpty && $0.allSatisfy(\.isASCIIDigit) }
    }

    private static func verifyChecksum(_ block: UnsafeRawBufferPointer) throws(TarFault) {
        let written: Int
        do throws(TarFault) { written = try number(block, at: 148, count: 8, of: "checksum") } catch {
            throw .damaged("a header without a checksum")
        }
        // The checksum's own field counts as blanks. Old writers added signed bytes.
        let field = block[148..<156]
        let unsigned = sum(block) - field.reduce(0) { $0 + Int($1) } + 8 * Int(UInt8(ascii: " "))
        guard written != unsigned else { return }
        let negative = block.count { $0 >= 128 } - field.count { $0 >= 128 }
        guard written == unsigned - 256 * negative else { throw .damaged("the checksum of a header is wrong") }
    }

    /// The sum of a block's bytes, eight at a time: its 64 words keep four sums of 16 bits below 2 to the power of 16.
    private static func sum(_ block: UnsafeRawBufferPointer) -> Int {
        let mask: UInt64 = 0x00FF_00FF_00FF_00FF
        var lanes: UInt64 = 0
        for offset in stride(from: 0, to: min(block.count, 512) - 7, by: 8) {
            let word = block.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            lanes &+= (word & mask) &+ ((word >> 8) & mask)
        }
        return stride(from: 0, to: 64, by: 16).reduce(0) { $0 + Int((lanes >> $1) & 0xFFFF) }
    }

    private static func has(_ text: StaticString, _ block: UnsafeRawBufferPointer, at offset: Int) -> Bool {
        text.withUTF8Buffer { block[offset..<(offset + $0.count)].elementsEqual($0) }
    }

    /// The bytes of a field up to its first NUL.
    private static func text(_ block: UnsafeRawBufferPointer, _ offset: Int, _ count: Int) -> [UInt8] {
        Array(block[offset..<(offset + count)].prefix { $0 != 0 })
    }

    /// A number: octal digits with blanks before and blanks or NULs after, or base 256 where the first bit is set. Nothing but
    /// blanks and NULs is 0.
    static func number(
        _ block: UnsafeRawBufferPointer, at offset: Int, count: Int, of what: String, mayBeNegative: Bool = false
    ) throws(TarFault) -> Int {
        let field = block[offset..<(offset + count)]
        let fault = TarFault.ambiguous("the \(what) of a header is not a plain number")
        guard let first = field.first else { return 0 }
        if first & 0x80 != 0 {
            guard first == 0x80 || (first == 0xFF && mayBeNegative) else { throw fault }
            var value = first == 0xFF ? -1 : 0
            for byte in field.dropFirst() {
                let (shifted, overflow) = value.multipliedReportingOverflow(by: 256)
                guard !overflow else { throw fault }
                value = shifted | Int(byte)
            }
            return value
        }
        if field.allSatisfy({ $0 == 0 || $0 == UInt8(ascii: " ") }) { return 0 }
        let digits = field.drop { $0 == UInt8(ascii: " ") }
        var value = 0
        var isEnded = false
        var hasDigit = false
        for byte in digits {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "7") where !isEnded:
                guard value <= Int.max >> 3 else { throw fault }
                value = value << 3 | Int(byte - UInt8(ascii: "0"))
                hasDigit = true
            case 0, UInt8(ascii: " "): isEnded = true
            default: throw fault
            }
        }
        guard hasDigit else { throw fault }
        return value
    }
}
