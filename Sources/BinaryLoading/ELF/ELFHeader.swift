/// The header of an ELF file and its program headers (https://refspecs.linuxfoundation.org/elf/gabi4+/ch5.pheader.html).
struct ELFHeader {
    /// One program header.
    struct Segment {
        let type: UInt32
        let isExecutable: Bool
        let isWritable: Bool
        let address: Int
        /// The bytes of the file.
        let range: Range<Int>
        let alignment: Int
    }

    let identity: ELFIdentity
    /// Where the program headers are.
    let table: Range<Int>
    let entrySize: Int

    static let loadable: UInt32 = 1
    static let dynamic: UInt32 = 2
    static let interpreter: UInt32 = 3
    static let note: UInt32 = 4
    static let stack: UInt32 = 0x6474_E551

    /// How many bytes the header of a 64-bit file has.
    static let byteCount = 64

    /// Reads the first bytes of a file.
    ///
    /// - Parameter bytes: the first 64 bytes, or all bytes of a shorter file.
    static func read(_ bytes: UnsafeRawBufferPointer) throws(ELFHeaderError) -> ELFHeader {
        guard bytes.count >= 4, bytes.starts(with: [0x7F] + "ELF".utf8) else { throw .damaged(.noHeader) }
        guard bytes.count >= 52 else { throw .damaged(.tooShort) }
        let is64Bit: Bool
        switch bytes[4] {
        case 1: is64Bit = false
        case 2: is64Bit = true
        default: throw .damaged(.malformed("its class is neither 32 nor 64 bits"))
        }
        guard bytes[5] == 1 || bytes[5] == 2 else { throw .damaged(.malformed("its byte order is unknown")) }
        let numbers = ELFNumbers(isLittleEndian: bytes[5] == 1)
        guard !is64Bit || bytes.count >= byteCount else { throw .damaged(.tooShort) }
        guard bytes[6] == 1, numbers.word(bytes, 20) == 1 else {
            throw .damaged(.malformed("its ELF version is not the current one"))
        }
        guard bytes[7] == 0 || bytes[7] == 3 else { throw .damaged(.malformed("its OS ABI is another one")) }
        guard let type = numbers.half(bytes, 16), let machine = numbers.half(bytes, 18),
            let offset = numbers.address(bytes, is64Bit ? 32 : 28, is64Bit: is64Bit),
            let size = numbers.half(bytes, is64Bit ? 54 : 42), let count = numbers.half(bytes, is64Bit ? 56 : 44)
        else { throw .damaged(.malformed("its program headers are nowhere")) }
        let identity = ELFIdentity(
            is64Bit: is64Bit, isLittleEndian: numbers.isLittleEndian, machine: machine, type: type)
        guard type == 2 || type == 3 else { throw .other(identity) }
        guard size == (is64Bit ? 56 : 32) else { throw .damaged(.malformed("its program headers have another size")) }
        let length = Int(size) * Int(count)
        guard count > 0, offset <= Int.max - length else {
            throw .damaged(.malformed("it has no program headers"))
        }
        return ELFHeader(identity: identity, table: offset..<(offset + length), entrySize: Int(size))
    }

    /// Reads the program headers; nil where one of them does not fit into the address space.
    ///
    /// - Parameter bytes: the bytes of ``table``.
    func segments(_ bytes: UnsafeRawBufferPointer) -> [Segment]? {
        let numbers = ELFNumbers(isLittleEndian: identity.isLittleEndian)
        let is64Bit = identity.is64Bit
        var segments: [Segment] = []
        var start = 0
        while start + entrySize <= bytes.count {
            guard let type = numbers.word(bytes, start),
                let flags = numbers.word(bytes, start + (is64Bit ? 4 : 24)),
                let offset = numbers.address(bytes, start + (is64Bit ? 8 : 4), is64Bit: is64Bit),
                let address = numbers.address(bytes, start + (is64Bit ? 16 : 8), is64Bit: is64Bit),
                let size = numbers.address(bytes, start + (is64Bit ? 32 : 16), is64Bit: is64Bit),
                let alignment = numbers.address(bytes, start + (is64Bit ? 48 : 28), is64Bit: is64Bit),
                offset <= Int.max - size, address <= Int.max - size
            else { return nil }
            segments.append(
                Segment(
                    type: type, isExecutable: flags & 1 != 0, isWritable: flags & 2 != 0, address: address,
                    range: offset..<(offset + size), alignment: alignment))
            start += entrySize
        }
        return segments
    }
}

/// Why a header leads to no program headers.
enum ELFHeaderError: Error {
    /// No loader accepts the file.
    case damaged(BinaryDamage)
    /// It is an object file, a core or something else that is not loaded.
    case other(ELFIdentity)
}
