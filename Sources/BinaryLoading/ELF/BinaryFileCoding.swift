import EnvironmentInventory

extension BinaryFile {
    /// Writes what was read of a file.
    package func write(to writer: inout PackedWriter) {
        switch self {
        case .elf(let file):
            writer.byte(0)
            file.write(to: &writer)
        case .damaged(let damage):
            writer.byte(1)
            switch damage {
            case .empty: writer.byte(0)
            case .tooShort: writer.byte(1)
            case .noHeader: writer.byte(2)
            case .largeFilePointer: writer.byte(3)
            case .truncated(let what):
                writer.byte(4)
                writer.text(what)
            case .malformed(let what):
                writer.byte(5)
                writer.text(what)
            }
        case .unread(let identity, let reason):
            writer.byte(2)
            identity.write(to: &writer)
            writer.text(reason)
        }
    }

    /// Reads what ``write(to:)`` wrote, with its symbols from the lists of a table.
    package init(from reader: inout PackedReader, _ table: inout SymbolTable) throws(PackedError) {
        switch try reader.byte() {
        case 0: self = .elf(ELFFile(try ELFParts(from: &reader, &table)))
        case 1:
            switch try reader.byte() {
            case 0: self = .damaged(.empty)
            case 1: self = .damaged(.tooShort)
            case 2: self = .damaged(.noHeader)
            case 3: self = .damaged(.largeFilePointer)
            case 4: self = .damaged(.truncated(try reader.text()))
            case 5: self = .damaged(.malformed(try reader.text()))
            default: throw PackedError()
            }
        case 2: self = .unread(try ELFIdentity(from: &reader), reason: try reader.text())
        default: throw PackedError()
        }
    }
}

extension ELFIdentity {
    fileprivate func write(to writer: inout PackedWriter) {
        writer.byte((is64Bit ? 1 : 0) | (isLittleEndian ? 2 : 0))
        writer.unsigned(UInt64(machine))
        writer.unsigned(UInt64(type))
    }

    fileprivate init(from reader: inout PackedReader) throws(PackedError) {
        let flags = try reader.byte()
        guard flags < 4, let machine = UInt16(exactly: try reader.unsigned()),
            let type = UInt16(exactly: try reader.unsigned())
        else { throw PackedError() }
        self.init(is64Bit: flags & 1 != 0, isLittleEndian: flags & 2 != 0, machine: machine, type: type)
    }
}

extension ELFFile {
    fileprivate func write(to writer: inout PackedWriter) {
        identity.write(to: &writer)
        writer.texts(needed)
        for text in [soname, rpath, runpath, interpreter] { writer.optional(text) }
        writer.count(versionNeeds.count)
        for need in versionNeeds {
            writer.text(need.file)
            writer.texts(need.versions)
        }
        writer.texts(versions)
        writer.texts(symbols.versions)
        writer.unsigned(UInt64(instructionSets))
        writer.unsigned(flags)
        writer.byte((wantsExecutableStack ? 1 : 0) | (isDynamic ? 2 : 0))
        switch numpy {
        case nil: writer.byte(0)
        case .first: writer.byte(1)
        case .atLeast(let major, let minor):
            writer.byte(2)
            writer.signed(major)
            writer.signed(minor)
        case .core(let baseline):
            writer.byte(3)
            writer.texts(baseline)
        }
        writer.byte(deviceCode == nil ? 0 : 1)
        deviceCode?.write(to: &writer)
        writer.texts(systemDirectories)
        writer.texts(remarks)
    }
}

extension ELFParts {
    fileprivate init(from reader: inout PackedReader, _ table: inout SymbolTable) throws(PackedError) {
        self.init(identity: try ELFIdentity(from: &reader))
        needed = try reader.texts()
        soname = try reader.optional()
        rpath = try reader.optional()
        runpath = try reader.optional()
        interpreter = try reader.optional()
        for _ in 0..<(try reader.count()) {
            versionNeeds.append(.init(file: try reader.text(), versions: try reader.texts()))
        }
        versions = try reader.texts()
        symbols.versions = try reader.texts()
        (symbols.undefined, symbols.defined) = try table.take()
        guard let sets = UInt32(exactly: try reader.unsigned()) else { throw PackedError() }
        instructionSets = sets
        flags = try reader.unsigned()
        let booleans = try reader.byte()
        guard booleans < 4 else { throw PackedError() }
        wantsExecutableStack = booleans & 1 != 0
        isDynamic = booleans & 2 != 0
        switch try reader.byte() {
        case 0: numpy = nil
        case 1: numpy = .first
        case 2: numpy = .atLeast(major: try reader.signed(), minor: try reader.signed())
        case 3: numpy = .core(baseline: try reader.texts())
        default: throw PackedError()
        }
        if try reader.boolean() { deviceCode = try DeviceCode(from: &reader) }
        systemDirectories = try reader.texts()
        remarks = try reader.texts()
    }
}

extension DeviceCode {
    /// The most fat binaries with the same architectures, far more than an object can hold.
    private static let maximumCount = 1 << 32

    fileprivate func write(to writer: inout PackedWriter) {
        let ordered = regions.sorted {
            ($0.key.cubins + [-1] + $0.key.ptx).lexicographicallyPrecedes($1.key.cubins + [-1] + $1.key.ptx)
        }
        writer.count(ordered.count)
        for (region, count) in ordered {
            for architectures in [region.cubins, region.ptx] {
                writer.count(architectures.count)
                for architecture in architectures { writer.signed(architecture) }
            }
            writer.count(count)
        }
        writer.optional(problem)
    }

    fileprivate init(from reader: inout PackedReader) throws(PackedError) {
        var regions: [Region: Int] = [:]
        for _ in 0..<(try reader.count()) {
            var lists: [[Int]] = []
            for _ in 0..<2 {
                var architectures: [Int] = []
                for _ in 0..<(try reader.count()) { architectures.append(try reader.signed()) }
                lists.append(architectures)
            }
            regions[Region(cubins: lists[0], ptx: lists[1])] = try reader.number(upTo: Self.maximumCount)
        }
        self.init(regions: regions, problem: try reader.optional())
    }
}
