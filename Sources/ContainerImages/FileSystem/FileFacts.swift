import EnvironmentInventory
import PythonPackaging

/// What not every file has, in one string of bytes: its head, its weak sums, the hashes of a Python source, its imports.
///
/// Only this process reads them. The sums come first, so that the sha1 can be cut out.
struct FileFacts: Sendable {
    private enum Flag {
        static let md5: UInt8 = 1
        static let sha1: UInt8 = 2
        /// A hash for each interpreter that is known, in the order of ``SourceHasher/magics``, without their numbers.
        static let knownHashes: UInt8 = 4
        static let otherHashes: UInt8 = 8
        static let head: UInt8 = 16
    }

    private static let md5Bytes = 16
    private static let sha1Bytes = 20

    /// Empty where there is nothing; else the flags, the sums, the hashes, the head, and the imports to the end.
    let bytes: ArraySlice<UInt8>

    /// Takes bytes that were made by the other initializer.
    init(bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    /// Writes facts.
    ///
    /// - Parameter checksums: the md5, or the md5 followed by the sha1; nothing is kept of any other count of bytes.
    init(head: [UInt8], checksums: [UInt8], sourceHashes: [SourceHash], imports: [UInt8]) {
        var flags: UInt8 = 0
        var sums = checksums
        switch checksums.count {
        case Self.md5Bytes: flags |= Flag.md5
        case Self.md5Bytes + Self.sha1Bytes: flags |= Flag.md5 | Flag.sha1
        default: sums = []
        }
        let isKnown =
            sourceHashes.count == SourceHasher.magics.count
            && zip(sourceHashes, SourceHasher.magics).allSatisfy { $0.magic == $1 }
        if !sourceHashes.isEmpty { flags |= isKnown ? Flag.knownHashes : Flag.otherHashes }
        if !head.isEmpty { flags |= Flag.head }
        var coded: [UInt8] = []
        if flags != 0 || !imports.isEmpty {
            coded.reserveCapacity(sums.count + 10 * sourceHashes.count + head.count + imports.count + 17)
            coded.append(flags)
            coded += sums
            if !sourceHashes.isEmpty, !isKnown { Self.append(sourceHashes.count, to: &coded) }
            for hash in sourceHashes {
                if !isKnown { withUnsafeBytes(of: hash.magic) { coded += $0 } }
                withUnsafeBytes(of: hash.value) { coded += $0 }
            }
            if !head.isEmpty {
                Self.append(head.count, to: &coded)
                coded += head
            }
            coded += imports
        }
        bytes = coded[...]
    }

    private static func append(_ count: Int, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: UInt32(clamping: count)) { bytes += $0 }
    }

    private var flags: UInt8 { bytes.first ?? 0 }

    /// The value that lies so far behind the start.
    private func load<Value: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, as type: Value.Type) -> Value {
        bytes.withUnsafeBytes { bytes in
            guard offset <= bytes.count - MemoryLayout<Value>.size else { return 0 }
            return bytes.loadUnaligned(fromByteOffset: offset, as: type)
        }
    }

    /// How many bytes come before the hashes.
    private var hashesStart: Int {
        1 + (flags & Flag.md5 == 0 ? 0 : Self.md5Bytes) + (flags & Flag.sha1 == 0 ? 0 : Self.sha1Bytes)
    }

    /// How many bytes come before the head.
    private var headStart: Int {
        let start = hashesStart
        if flags & Flag.knownHashes != 0 { return start + 8 * SourceHasher.magics.count }
        if flags & Flag.otherHashes != 0 { return start + 4 + 10 * Int(load(start, as: UInt32.self)) }
        return start
    }

    /// The first bytes of a script or of bytecode, else empty.
    var head: [UInt8] {
        guard flags & Flag.head != 0 else { return [] }
        let start = headStart
        return Array(bytes.dropFirst(start + 4).prefix(Int(load(start, as: UInt32.self))))
    }

    /// The md5 followed by the sha1, or the md5 alone; empty where nobody asked.
    var checksums: [UInt8] { flags & Flag.md5 == 0 ? [] : Array(bytes.dropFirst().prefix(hashesStart - 1)) }

    /// The md5; nil where nobody asked.
    var md5: [UInt8]? { flags & Flag.md5 == 0 ? nil : Array(bytes.dropFirst().prefix(Self.md5Bytes)) }

    /// The same without the sha1.
    var withoutSHA1: FileFacts {
        guard flags & Flag.sha1 != 0 else { return self }
        var rest = [flags & ~Flag.sha1]
        rest += bytes.dropFirst().prefix(Self.md5Bytes)
        rest += bytes.dropFirst(1 + Self.md5Bytes + Self.sha1Bytes)
        return FileFacts(bytes: rest[...])
    }

    /// The hashes of a Python source that hash-based bytecode is compared with, one for each interpreter that may read it.
    var sourceHashes: [SourceHash] {
        let start = hashesStart
        if flags & Flag.knownHashes != 0 {
            return SourceHasher.magics.enumerated().map {
                SourceHash(magic: $1, value: load(start + 8 * $0, as: UInt64.self))
            }
        }
        guard flags & Flag.otherHashes != 0 else { return [] }
        return (0..<Int(load(start, as: UInt32.self))).map {
            let place = start + 4 + 10 * $0
            return SourceHash(magic: load(place, as: UInt16.self), value: load(place + 2, as: UInt64.self))
        }
    }

    /// The import statements of a Python source, as ``ImportScan`` writes them; empty where no one asked for them.
    var imports: [UInt8] {
        guard !bytes.isEmpty else { return [] }
        let start = headStart
        return Array(bytes.dropFirst(flags & Flag.head == 0 ? start : start + 4 + Int(load(start, as: UInt32.self))))
    }
}
