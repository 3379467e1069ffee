/// The dynamic section: numbers by tag (https://refspecs.linuxfoundation.org/elf/gabi4+/ch5.dynamic.html).
struct DynamicSection {
    /// The tags of the values that are read.
    enum Tag: Int {
        case needed = 1
        case hash = 4
        case strings = 5
        case symbols = 6
        case stringsSize = 10
        case soname = 14
        case rpath = 15
        case runpath = 29
        case gnuHash = 0x6FFF_FEF5
        case symbolVersions = 0x6FFF_FFF0
        case flags = 0x6FFF_FFFB
        case versionDefinitions = 0x6FFF_FFFC
        case versionDefinitionCount = 0x6FFF_FFFD
        case versionNeeds = 0x6FFF_FFFE
        case versionNeedCount = 0x6FFF_FFFF
        case auxiliary = 0x7FFF_FFFD
        case filter = 0x7FFF_FFFF
        case audit = 0x6FFF_FEFC
        case dependencyAudit = 0x6FFF_FEFB
    }

    private var values: [Int: UInt64] = [:]
    /// The offsets of the names of needed libraries in the string table, in their order.
    private(set) var needed: [Int] = []
    private let loads: [ELFHeader.Segment]

    /// The most libraries that one object may need.
    private static let maximumNeeded = 4096

    init(_ bytes: UnsafeRawBufferPointer, _ identity: ELFIdentity, _ segments: [ELFHeader.Segment]) {
        loads = segments.filter { $0.type == ELFHeader.loadable }
        let numbers = ELFNumbers(isLittleEndian: identity.isLittleEndian)
        let width = identity.is64Bit ? 8 : 4
        var offset = 0
        while offset + 2 * width <= bytes.count {
            let tag: UInt64?
            let value: UInt64?
            if identity.is64Bit {
                tag = numbers.read(bytes, offset, as: UInt64.self)
                value = numbers.read(bytes, offset + 8, as: UInt64.self)
            } else {
                tag = numbers.word(bytes, offset).map { UInt64($0) }
                value = numbers.word(bytes, offset + 4).map { UInt64($0) }
            }
            offset += 2 * width
            guard let tag, let value, tag != 0 else { break }
            guard let number = Int(exactly: tag) else { continue }
            if number == Tag.needed.rawValue {
                if needed.count < Self.maximumNeeded, let name = Int(exactly: value) { needed.append(name) }
            } else {
                values[number] = value
            }
        }
    }

    /// Returns a number; nil where the tag is not there or the number is too large.
    func number(_ tag: Tag) -> Int? { values[tag.rawValue].flatMap { Int(exactly: $0) } }

    /// Returns flags.
    func bits(_ tag: Tag) -> UInt64 { values[tag.rawValue] ?? 0 }

    /// Returns the offset in the file of the table at a tag's address; nil where the tag is not there or leads outside of all
    /// segments.
    func offset(_ tag: Tag) -> Int? {
        guard let address = number(tag) else { return nil }
        for load in loads where address >= load.address && address - load.address < load.range.count {
            return load.range.lowerBound + (address - load.address)
        }
        return nil
    }

    /// Whether a tag is there.
    func has(_ tag: Tag) -> Bool { values[tag.rawValue] != nil }

    /// Where the tables begin.
    var tableOffsets: [Int] {
        [.hash, .strings, .symbols, .gnuHash, .symbolVersions, .versionDefinitions, .versionNeeds].compactMap {
            offset($0)
        }
    }
}
