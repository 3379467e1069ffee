import ArchiveReading

/// The text attributes of an HDF5 file's root group, found as the library finds them: from the superblock to the object
/// header of the root group, through its continuations and into the global heap
/// (https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html, II, III.E, IV.A.1, IV.A.2).
///
/// Bytes that only look like attributes do not count, wherever they stand. The file is read once, from start to end: what
/// lies before something that was needed first, and behind the bytes that are kept, is not read. Left out: attributes in a
/// fractal heap, which a group with many of them has, and shared or committed types.
struct HDF5Attributes {
    /// A text, and the offset of its attribute.
    struct Text {
        let value: [UInt8]
        let offset: Int
    }

    /// The texts by name.
    private(set) var texts: [String: Text] = [:]
    /// What was not read of the root group: the attribute, or nothing, and why.
    private(set) var gaps: [(name: String, reason: String)] = []
    /// Whether the start of the file has the name of an attribute that is wanted.
    private(set) var mentionsNames = false

    private let names: Set<String>
    private var pending: [Piece] = []
    private var met: Set<String> = []
    private var blocks = 0
    private var isSecondVersion = false
    private var tracksOrder = false

    /// A part of the file that is needed, and what for.
    private struct Piece {
        let range: Range<Int>
        let purpose: Purpose
    }

    private enum Purpose {
        case messages
        case heap(Reference)
        case collection(Reference)
    }

    /// A text of variable length: where it is in a global heap.
    private struct Reference {
        let name: String
        let index: Int
        let size: Int
        let offset: Int
    }

    private static let keptBytes = 4 << 20
    private static let largestBlock = 64 << 20
    private static let mostBlocks = 1024

    /// Reads as much of a file as is needed.
    init(_ source: any ByteSource, names: Set<String>) throws(ArchiveReadingError) {
        self.names = names
        let start = try Self.start(of: source)
        readSuperblock(start)
        try follow(source, from: start)
        // Of a file whose root group was not read, this alone tells that it may be Keras'.
        if texts.isEmpty, !gaps.isEmpty {
            mentionsNames = names.contains { Self.contains(start, Array($0.utf8) + [0]) }
        }
    }

    /// Reads the parts that are needed, the first in the file first.
    private mutating func follow(_ source: any ByteSource, from start: [UInt8]) throws(ArchiveReadingError) {
        var start = start
        let base = start.count
        let watched = WatchedByteSource(source)
        let input = PickleInput(watched)
        while let index = pending.indices.min(by: { pending[$0].range.lowerBound < pending[$1].range.lowerBound }) {
            let piece = pending.remove(at: index)
            blocks += 1
            guard blocks <= Self.mostBlocks, piece.range.count <= Self.largestBlock else {
                leaveOut("", "the header of the root group is too long")
                return
            }
            if piece.range.upperBound <= start.count {
                read(Array(start[piece.range]), piece)
                continue
            }
            let position = base + input.offset
            // A part that begins in the bytes that are kept goes on behind them.
            let isContinued = start.count == position && piece.range.upperBound <= 2 * Self.largestBlock
            guard piece.range.lowerBound >= position || isContinued else {
                leaveOut("", "a part of the root group's attributes lies before another one")
                continue
            }
            do throws(ArchiveReadingError) {
                if piece.range.lowerBound >= position {
                    try input.skip(piece.range.lowerBound - position)
                    read(try input.bytes(piece.range.count), piece)
                } else {
                    start += try input.bytes(piece.range.upperBound - position)
                    read(Array(start[piece.range]), piece)
                }
            } catch {
                if let failure = watched.failure { throw failure }
                leaveOut("", "a part of the root group's attributes lies behind the end of the file")
                return
            }
        }
    }

    private static func start(of source: any ByteSource) throws(ArchiveReadingError) -> [UInt8] {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
        defer { buffer.deallocate() }
        var start: [UInt8] = []
        while start.count < keptBytes {
            let room = min(buffer.count, keptBytes - start.count)
            let count = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<room]))
            if count == 0 { break }
            start.append(contentsOf: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
        return start
    }

    private static func contains(_ bytes: [UInt8], _ needle: [UInt8]) -> Bool {
        guard bytes.count >= needle.count, let first = needle.first else { return false }
        return (0...bytes.count - needle.count).contains { bytes[$0] == first && bytes[$0...].starts(with: needle) }
    }

    private mutating func leaveOut(_ name: String, _ reason: String) {
        if !gaps.contains(where: { $0.name == name && $0.reason == reason }) { gaps.append((name, reason)) }
    }

    // MARK: Headers

    private mutating func readSuperblock(_ bytes: [UInt8]) {
        let version = bytes.count > 8 ? bytes[8] : 0xFF
        // The size of offsets, that of lengths, the base address, the address of the root group's header.
        let places: (Int, Int, Int, Int)? =
            switch version {
            case 0: (13, 14, 24, 64)
            case 1: (13, 14, 28, 68)
            case 2, 3: (9, 10, 12, 36)
            default: nil
            }
        guard let places, bytes.count >= 80, bytes[places.0] == 8, bytes[places.1] == 8,
            Self.number(bytes, places.2, 8) == 0, let address = Self.number(bytes, places.3, 8)
        else { return leaveOut("", "the superblock is of a kind that is not read") }
        guard address <= bytes.count - 16 else { return leaveOut("", "the root group lies too far behind") }
        let isSecond = bytes[address...].starts(with: Array("OHDR".utf8))
        var start = address + 16
        var size = Self.number(bytes, address + 8, 4)
        if isSecond {
            let flags = bytes[address + 5]
            start = address + 6 + (flags & 0x20 != 0 ? 16 : 0) + (flags & 0x10 != 0 ? 4 : 0)
            let width = 1 << Int(flags & 3)
            size = Self.number(bytes, start, width)
            start += width
            tracksOrder = flags & 4 != 0
        }
        isSecondVersion = isSecond
        guard bytes[isSecond ? address + 4 : address] == (isSecond ? 2 : 1), let size, size <= bytes.count - start
        else { return leaveOut("", "the root group's header is of a kind that is not read") }
        pending.append(Piece(range: start..<start + size, purpose: .messages))
    }

    private mutating func read(_ bytes: [UInt8], _ piece: Piece) {
        switch piece.purpose {
        case .messages: readMessages(bytes, at: piece.range.lowerBound)
        case .heap(let reference):
            guard bytes.starts(with: Array("GCOL".utf8)), let size = Self.number(bytes, 8, 8), size >= 16,
                size <= Self.largestBlock
            else { return leaveOut(reference.name, "its heap is not read") }
            let start = piece.range.lowerBound
            pending.append(Piece(range: start + 16..<start + size, purpose: .collection(reference)))
        case .collection(let reference): readObject(reference, in: bytes)
        }
    }

    private mutating func readMessages(_ bytes: [UInt8], at base: Int) {
        var position = 0
        let header = isSecondVersion ? (tracksOrder ? 6 : 4) : 8
        // Fewer bytes than a header has are a gap in a block of the second version.
        while position + header <= bytes.count {
            let type = isSecondVersion ? Int(bytes[position]) : Self.number(bytes, position, 2) ?? 0
            let sizePlace = position + (isSecondVersion ? 1 : 2)
            let flags = bytes[position + (isSecondVersion ? 3 : 4)]
            let start = position + header
            guard let size = Self.number(bytes, sizePlace, 2), size <= bytes.count - start else {
                return leaveOut("", "the root group's header is damaged")
            }
            let body = Array(bytes[start..<start + size])
            switch type {
            case 0x0C where flags & 2 != 0: leaveOut("", "an attribute of the root group is shared")
            case 0x0C: readAttribute(body, at: base + start)
            case 0x10:
                // The second version has a signature before the messages and a checksum behind them.
                let (before, behind) = isSecondVersion ? (4, 4) : (0, 0)
                guard let address = Self.number(body, 0, 8), let length = Self.number(body, 8, 8),
                    length >= before + behind, length <= Self.largestBlock, address <= Int.max - length
                else { return leaveOut("", "the root group's header is damaged") }
                pending.append(Piece(range: address + before..<address + length - behind, purpose: .messages))
            case 0x15:
                let place = body.count > 1 && body[1] & 1 != 0 ? 4 : 2
                if body.count < place + 8 || !body[place..<place + 8].allSatisfy({ $0 == 0xFF }) {
                    leaveOut("", "the root group has more attributes than are read")
                }
            default: break
            }
            position = start + size
        }
    }

    // MARK: Attributes

    private mutating func readAttribute(_ body: [UInt8], at offset: Int) {
        guard let version = body.first, (1...3).contains(version), let length = Self.number(body, 2, 2),
            let typeSize = Self.number(body, 4, 2), let spaceSize = Self.number(body, 6, 2)
        else { return leaveOut("", "an attribute of the root group is of a kind that is not read") }
        // The first version pads each part to eight bytes; the third tells how the name is encoded.
        func padded(_ size: Int) -> Int { version == 1 ? (size + 7) & ~7 : size }
        let start = version == 3 ? 9 : 8
        let type = start + padded(length)
        let space = type + padded(typeSize)
        let data = space + padded(spaceSize)
        guard data <= body.count else { return leaveOut("", "the root group's header is damaged") }
        let name = String(decoding: body[start..<start + length].prefix { $0 != 0 }, as: UTF8.self)
        guard names.contains(name) else { return }
        guard met.insert(name).inserted else { return leaveOut(name, "the attribute is there twice") }
        let isScalar =
            spaceSize >= 4 && body[space + 1] == 0 && (body[space] == 1 || body[space] == 2 && body[space + 3] == 0)
        guard isScalar, version == 1 || body[1] == 0, typeSize >= 8 else {
            return leaveOut(name, "the attribute is not a single text")
        }
        switch body[type] & 0x0F {
        case 3:
            guard let size = Self.number(body, type + 4, 4), size <= body.count - data else {
                return leaveOut(name, "the attribute is damaged")
            }
            var value = body[data..<data + size]
            while value.last == 0 { value.removeLast() }
            texts[name] = Text(value: Array(value), offset: offset)
        case 9 where body[type + 1] & 0x0F == 1:
            guard let size = Self.number(body, data, 4), let heap = Self.number(body, data + 4, 8),
                let index = Self.number(body, data + 12, 4), heap <= Int.max - Self.largestBlock
            else { return leaveOut(name, "the attribute is damaged") }
            let reference = Reference(name: name, index: index, size: size, offset: offset)
            if size == 0 {
                texts[name] = Text(value: [], offset: offset)
            } else {
                pending.append(Piece(range: heap..<heap + 16, purpose: .heap(reference)))
            }
        default: leaveOut(name, "the attribute is not a single text")
        }
    }

    /// Reads an object of a global heap, which ends at a NUL if it has one.
    private mutating func readObject(_ reference: Reference, in bytes: [UInt8]) {
        var position = 0
        var found: [UInt8]?
        while position + 16 <= bytes.count, let index = Self.number(bytes, position, 2),
            let count = Self.number(bytes, position + 8, 8), count <= bytes.count
        {
            let start = position + 16
            if index == reference.index, index != 0 {
                guard found == nil, reference.size <= count, reference.size <= bytes.count - start else {
                    return leaveOut(reference.name, "its heap is not read")
                }
                found = Array(bytes[start..<start + reference.size].prefix { $0 != 0 })
            }
            // The size of the free space counts its own header.
            guard index != 0 || count >= 16 else { break }
            position = index == 0 ? position + count : start + (count + 7) & ~7
        }
        guard let found else { return leaveOut(reference.name, "its heap is not read") }
        texts[reference.name] = Text(value: found, offset: reference.offset)
    }

    private static func number(_ bytes: [UInt8], _ at: Int, _ count: Int) -> Int? {
        guard at >= 0, at <= bytes.count - count else { return nil }
        let value = (0..<count).reduce(UInt64(0)) { $0 | UInt64(bytes[at + $1]) << UInt64(8 * $1) }
        return Int(exactly: value)
    }
}
