@testable import ArchiveReading

/// Writes zip archives byte by byte, with every field open to a lie.
struct ZipMaker {
    struct Member {
        var name: [UInt8]
        var data: [UInt8] = Array("hello".utf8)
        var isDeflated = false
        var flags = 0
        var mode = 0o100644
        /// The system that the entry says it is from, and the attributes of MS-DOS.
        var host = 3
        var attributes = 0
        /// What the local header says where it is not what the directory says.
        var localName: [UInt8]?
        var localFlags: Int?
        var localMethod: Int?
        var localSize: Int?
        var localChecksum: UInt32?
        /// What the directory says where it is not the truth.
        var centralSize: Int?
        var centralCompressed: Int?
        var centralChecksum: UInt32?
        var centralOffset: Int?
        var centralExtra: [UInt8] = []
        var localExtra: [UInt8] = []
        /// The descriptor: nil for none; signature or not, eight-byte sizes or not.
        var descriptor: (signature: Bool, wide: Bool)?
        var before: [UInt8] = []
        var inDirectory = true

        init(_ name: String, _ change: (inout Member) -> Void = { _ in }) {
            self.name = Array(name.utf8)
            if !name.utf8.allSatisfy({ $0 < 0x80 }) { flags = 0x800 }
            change(&self)
        }

        /// Makes it a member without data, with a checksum of other data.
        mutating func makeEmptyWithChecksum() {
            data = []
            (localChecksum, centralChecksum) = (5, 5)
        }
    }

    var members: [Member]
    var beforeDirectory: [UInt8] = []
    var behindDirectory: [UInt8] = []
    var behind: [UInt8] = []
    var comment: [UInt8] = []
    var count: Int?
    var directoryOffsetLie = 0
    var directorySizeLie = 0
    var zip64End = false
    var zip64CountLie = 0
    var zip64LocatorLie = 0
    var zip64Extension: [UInt8] = []
    var saturated = false

    init(_ members: [Member], _ change: (inout ZipMaker) -> Void = { _ in }) {
        self.members = members
        change(&self)
    }

    /// As Info-ZIP writes a file to a pipe: the size is known in front of the data, all else behind it.
    static func streamed(size: Int, isDeflated: Bool = true) -> ZipMaker {
        let member = Member("a") {
            $0.isDeflated = isDeflated
            $0.descriptor = (true, false)
            $0.localSize = size
        }
        return ZipMaker([member, Member("b")])
    }

    static func number(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    /// One bit at a time: slow, and not the algorithm of any library under test.
    static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0xEDB8_8320 : crc >> 1 }
        }
        return ~crc
    }

    /// Deflate with stored blocks only (RFC 1951, 3.2.4).
    static func deflated(_ data: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        var rest = data[...]
        repeat {
            let piece = rest.prefix(65535)
            rest = rest.dropFirst(piece.count)
            output += [rest.isEmpty ? 1 : 0] + number(piece.count, 2) + number(~piece.count, 2) + piece
        } while !rest.isEmpty
        return output
    }

    func bytes() -> [UInt8] {
        var output: [UInt8] = []
        var directory: [UInt8] = []
        for member in members {
            output += member.before
            let offset = output.count
            let data = member.isDeflated ? Self.deflated(member.data) : member.data
            let checksum = Self.checksum(member.data)
            let method = member.isDeflated ? 8 : 0
            let name = member.localName ?? member.name
            let hasDescriptor = member.descriptor != nil
            let flags = member.flags | (hasDescriptor ? 8 : 0)
            output += Self.number(0x0403_4B50, 4) + Self.number(20, 2)
            output += Self.number(member.localFlags ?? flags, 2) + Self.number(member.localMethod ?? method, 2)
            output += Self.number(0x5A21_6000, 4)
            output += Self.number(Int(member.localChecksum ?? (hasDescriptor ? 0 : checksum)), 4)
            output += Self.number(hasDescriptor ? 0 : data.count, 4)
            output += Self.number(member.localSize ?? (hasDescriptor ? 0 : member.data.count), 4)
            output += Self.number(name.count, 2) + Self.number(member.localExtra.count, 2)
            output += name + member.localExtra + data
            if let descriptor = member.descriptor {
                let width = descriptor.wide ? 8 : 4
                output += descriptor.signature ? Self.number(0x0807_4B50, 4) : []
                output += Self.number(Int(checksum), 4) + Self.number(data.count, width)
                output += Self.number(member.data.count, width)
            }
            guard member.inDirectory else { continue }
            directory += Self.number(0x0201_4B50, 4) + Self.number(member.host << 8 | 20, 2) + Self.number(20, 2)
            directory += Self.number(flags, 2) + Self.number(method, 2) + Self.number(0x5A21_6000, 4)
            directory += Self.number(Int(member.centralChecksum ?? checksum), 4)
            directory += Self.number(member.centralCompressed ?? data.count, 4)
            directory += Self.number(member.centralSize ?? member.data.count, 4)
            directory += Self.number(member.name.count, 2) + Self.number(member.centralExtra.count, 2)
            directory += Self.number(0, 6) + Self.number(member.mode << 16 | member.attributes, 4)
            directory += Self.number(member.centralOffset ?? offset, 4) + member.name + member.centralExtra
        }
        output += beforeDirectory
        let start = output.count
        output += directory + behindDirectory
        let entries = count ?? members.filter(\.inDirectory).count
        let size = directory.count + directorySizeLie
        let offset = start + directoryOffsetLie
        if zip64End {
            let recordStart = output.count
            output +=
                Self.number(0x0606_4B50, 4) + Self.number(44 + zip64Extension.count, 8) + Self.number(45, 2)
                + Self.number(45, 2)
            output += Self.number(0, 8) + Self.number(entries + zip64CountLie, 8)
            output += Self.number(entries + zip64CountLie, 8) + Self.number(size, 8) + Self.number(offset, 8)
            output += zip64Extension
            output += Self.number(0x0706_4B50, 4) + Self.number(0, 4)
            output += Self.number(recordStart + zip64LocatorLie, 8) + Self.number(1, 4)
        }
        output += Self.number(0x0605_4B50, 4) + Self.number(0, 4)
        output += Self.number(saturated ? 0xFFFF : entries, 2) + Self.number(saturated ? 0xFFFF : entries, 2)
        output += Self.number(saturated ? 0xFFFF_FFFF : size, 4) + Self.number(saturated ? 0xFFFF_FFFF : offset, 4)
        output += Self.number(comment.count, 2) + comment
        return output + behind
    }
}

/// A source that gives a few bytes at a time.
final class DrippingByteSource: ByteSource {
    let name: String
    private var rest: ArraySlice<UInt8>
    private let step: Int

    init(_ bytes: [UInt8], step: Int, name: String = "test.zip") {
        rest = bytes[...]
        self.step = step
        self.name = name
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveReadingError) -> Int {
        let piece = rest.prefix(min(step, buffer.count))
        buffer.copyBytes(from: piece)
        rest = rest.dropFirst(piece.count)
        return piece.count
    }
}
