/// An ELF file that a test writes: one segment with the tables that a loader reads, and whatever else a test wants in it.
package struct ELFBytes {
    /// A symbol that the file needs.
    package struct Undefined {
        package var name: String
        package var version: String?
        package var isWeak: Bool

        /// Creates a symbol.
        package init(_ name: String, _ version: String? = nil, isWeak: Bool = false) {
            self.name = name
            self.version = version
            self.isWeak = isWeak
        }
    }

    package var machine: UInt16 = 62
    package var is64Bit = true
    package var isLittleEndian = true
    package var type: UInt16 = 3
    package var needed: [String] = []
    package var soname: String?
    package var rpath: String?
    package var runpath: String?
    package var interpreter: String?
    /// Versions that libraries have to define.
    package var versionNeeds: [(file: String, versions: [String])] = []
    /// Versions whose absence is allowed.
    package var weakVersions: Set<String> = []
    /// Versions that the file defines.
    package var versions: [String] = []
    /// Whether the file defines its base version though it has no other one.
    package var hasBaseVersion = false
    /// Symbols with the version that they have, an element of ``versions``; nil for none.
    package var defined: [(name: String, version: String?)] = []
    package var undefined: [Undefined] = []
    package var flags: UInt64 = 0
    /// Whether the stack is executable; nil for a file that does not say it.
    package var executableStack: Bool? = false
    package var instructionSets: UInt32?
    /// Bytes in front of the tables.
    package var constants: [UInt8] = []
    /// Bytes after everything else.
    package var trailer: [UInt8] = []
    /// Whether the symbols are counted by a GNU hash table.
    package var hasGNUHash = false

    /// Creates a shared object for x86-64 that needs nothing.
    package init() {}

    /// Creates a shared object that needs some libraries.
    package init(needed: [String] = [], soname: String? = nil) {
        self.needed = needed
        self.soname = soname
    }

    /// Whether the dynamic section stands before the tables that it names, as `patchelf` leaves it.
    package var isDynamicFirst = false
    /// Whether the one segment may be run.
    package var isExecutable = false

    /// Returns the bytes of the file.
    package func build() -> [UInt8] {
        var file = Output(isLittleEndian: isLittleEndian, is64Bit: is64Bit)
        let headerSize = is64Bit ? 64 : 52
        let entrySize = is64Bit ? 56 : 32
        let hasNote = instructionSets != nil
        let count = 2 + (interpreter == nil ? 0 : 1) + (executableStack == nil ? 0 : 1) + (hasNote ? 1 : 0)
        file.bytes = [UInt8](repeating: 0, count: headerSize + count * entrySize)
        var strings = Strings()
        let interp = interpreter.map { file.add(Array($0.utf8) + [0]) }
        file.align(8)
        let note = instructionSets.map { bits in file.add(noteBytes(bits)) }
        file.align(64)
        _ = file.add(constants)
        file.align(8)
        let reserved = isDynamicFirst ? file.add([UInt8](repeating: 0, count: 512)) : nil
        let tables = addTables(&file, &strings)
        var section = Output(isLittleEndian: isLittleEndian, is64Bit: is64Bit)
        let dynamic: Range<Int>
        if let reserved {
            _ = addDynamic(&section, tables)
            file.replace(reserved.lowerBound, section.bytes)
            dynamic = reserved
        } else {
            dynamic = addDynamic(&file, tables)
        }
        _ = file.add(trailer)
        let size = file.bytes.count
        var headers = Output(isLittleEndian: isLittleEndian, is64Bit: is64Bit)
        headers.program(1, isExecutable ? 5 : 4, 0..<size)
        headers.program(2, 6, dynamic)
        if let interp { headers.program(3, 4, interp) }
        if let note { headers.program(4, 4, note, alignment: 8) }
        if let executableStack { headers.program(0x6474_E551, executableStack ? 7 : 6, 0..<0) }
        file.replace(headerSize, headers.bytes)
        file.replace(0, elfHeader(entrySize, count))
        return file.bytes
    }

    private struct Tables {
        var needed: [Int] = []
        var soname: Int?
        var rpath: Int?
        var runpath: Int?
        var strings = 0..<0
        var symbols = 0
        var hash = 0
        var gnuHash: Int?
        var numbers: Int?
        var definitions: Int?
        var needs: Int?
    }

    private func addTables(_ file: inout Output, _ strings: inout Strings) -> Tables {
        var tables = Tables()
        tables.needed = needed.map { strings.add($0) }
        tables.soname = soname.map { strings.add($0) }
        tables.rpath = rpath.map { strings.add($0) }
        tables.runpath = runpath.map { strings.add($0) }
        // Versions that are defined are numbered from 2 on, those that are needed after them.
        var numbers: [String: UInt16] = [:]
        for version in versions { numbers[version] = UInt16(numbers.count + 2) }
        for need in versionNeeds {
            for version in need.versions where numbers[version] == nil { numbers[version] = UInt16(numbers.count + 2) }
        }
        var symbols: [(name: Int, info: UInt8, section: UInt16, version: UInt16)] = [(0, 0, 0, 0)]
        for symbol in undefined {
            symbols.append(
                (strings.add(symbol.name), symbol.isWeak ? 0x22 : 0x12, 0, symbol.version.flatMap { numbers[$0] } ?? 1))
        }
        for symbol in defined {
            symbols.append((strings.add(symbol.name), 0x12, 7, symbol.version.flatMap { numbers[$0] } ?? 1))
        }
        let definitionNames = versions.map { strings.add($0) }
        let base = strings.add(soname ?? "base")
        let needNames = versionNeeds.map { (strings.add($0.file), $0.versions.map { strings.add($0) }) }
        file.align(8)
        tables.symbols = file.bytes.count
        for symbol in symbols { file.symbol(symbol.name, symbol.info, symbol.section) }
        file.align(8)
        tables.hash = file.bytes.count
        if hasGNUHash {
            tables.gnuHash = tables.hash
            let first = 1 + undefined.count
            for value in [1, first, 1, 0] { file.word(UInt32(value)) }
            file.address(UInt64.max)
            file.word(defined.isEmpty ? 0 : UInt32(first))
            for index in defined.indices { file.word(index == defined.count - 1 ? 1 : 2) }
        } else {
            for value in [1, symbols.count, 0] { file.word(UInt32(value)) }
            for _ in symbols { file.word(0) }
        }
        if !versions.isEmpty || !versionNeeds.isEmpty {
            file.align(2)
            tables.numbers = file.bytes.count
            for symbol in symbols { file.half(symbol.version) }
        }
        if !versions.isEmpty || hasBaseVersion {
            file.align(8)
            tables.definitions = file.bytes.count
            var rows: [(flags: UInt16, number: UInt16, name: Int)] = [(1, 1, base)]
            for (version, name) in zip(versions, definitionNames) { rows.append((0, numbers[version] ?? 0, name)) }
            for (index, row) in rows.enumerated() {
                for value in [1, row.flags, row.number, 1] as [UInt16] { file.half(value) }
                for value in [0, 20, index == rows.count - 1 ? 0 : 28, UInt32(row.name), 0] as [UInt32] {
                    file.word(value)
                }
            }
        }
        if !versionNeeds.isEmpty {
            file.align(8)
            tables.needs = file.bytes.count
            for (index, need) in versionNeeds.enumerated() {
                let names = needNames[index]
                file.half(1)
                file.half(UInt16(need.versions.count))
                file.word(UInt32(names.0))
                file.word(16)
                file.word(index == versionNeeds.count - 1 ? 0 : UInt32(16 + 16 * need.versions.count))
                for (number, version) in need.versions.enumerated() {
                    file.word(0)
                    file.half(weakVersions.contains(version) ? 2 : 0)
                    file.half(numbers[version] ?? 0)
                    file.word(UInt32(names.1[number]))
                    file.word(number == need.versions.count - 1 ? 0 : 16)
                }
            }
        }
        let start = file.bytes.count
        file.bytes += strings.bytes
        tables.strings = start..<file.bytes.count
        return tables
    }

    private func addDynamic(_ file: inout Output, _ tables: Tables) -> Range<Int> {
        file.align(8)
        let start = file.bytes.count
        func entry(_ tag: UInt64, _ value: Int?) {
            guard let value else { return }
            file.address(tag)
            file.address(UInt64(value))
        }
        for name in tables.needed { entry(1, name) }
        entry(14, tables.soname)
        entry(15, tables.rpath)
        entry(29, tables.runpath)
        entry(5, tables.strings.lowerBound)
        entry(10, tables.strings.count)
        entry(6, tables.symbols)
        if tables.gnuHash == nil { entry(4, tables.hash) } else { entry(0x6FFF_FEF5, tables.gnuHash) }
        entry(0x6FFF_FFF0, tables.numbers)
        entry(0x6FFF_FFFC, tables.definitions)
        entry(0x6FFF_FFFD, tables.definitions == nil ? nil : versions.count + 1)
        entry(0x6FFF_FFFE, tables.needs)
        entry(0x6FFF_FFFF, tables.needs == nil ? nil : versionNeeds.count)
        if flags != 0 { entry(0x6FFF_FFFB, Int(truncatingIfNeeded: flags)) }
        entry(0, 0)
        return start..<file.bytes.count
    }

    private func noteBytes(_ bits: UInt32) -> [UInt8] {
        var note = Output(isLittleEndian: isLittleEndian, is64Bit: is64Bit)
        for value in [4, is64Bit ? 16 : 12, 5] as [UInt32] { note.word(value) }
        note.bytes += Array("GNU\0".utf8)
        for value in [0xC000_8002, 4, bits] as [UInt32] { note.word(value) }
        if is64Bit { note.word(0) }
        return note.bytes
    }

    private func elfHeader(_ entrySize: Int, _ count: Int) -> [UInt8] {
        var header = Output(isLittleEndian: isLittleEndian, is64Bit: is64Bit)
        header.bytes = [0x7F] + Array("ELF".utf8) + [is64Bit ? 2 : 1, isLittleEndian ? 1 : 2, 1, 0]
        header.bytes += [UInt8](repeating: 0, count: 8)
        header.half(type)
        header.half(machine)
        header.word(1)
        header.address(0)
        header.address(is64Bit ? 64 : 52)
        header.address(0)
        header.word(0)
        for value in [is64Bit ? 64 : 52, entrySize, count, 0, 0, 0] { header.half(UInt16(value)) }
        return header.bytes
    }

    private struct Strings {
        var bytes: [UInt8] = [0]
        private var places: [String: Int] = [:]
        mutating func add(_ text: String) -> Int {
            if let place = places[text] { return place }
            places[text] = bytes.count
            defer { bytes += Array(text.utf8) + [0] }
            return bytes.count
        }
    }

    private struct Output {
        let isLittleEndian: Bool
        let is64Bit: Bool
        var bytes: [UInt8] = []

        init(isLittleEndian: Bool, is64Bit: Bool) {
            self.isLittleEndian = isLittleEndian
            self.is64Bit = is64Bit
        }

        mutating func number<Number: FixedWidthInteger>(_ value: Number) {
            withUnsafeBytes(of: isLittleEndian ? value.littleEndian : value.bigEndian) { bytes += Array($0) }
        }
        mutating func half(_ value: UInt16) { number(value) }
        mutating func word(_ value: UInt32) { number(value) }
        mutating func address(_ value: UInt64) {
            if is64Bit { number(value) } else { number(UInt32(truncatingIfNeeded: value)) }
        }
        mutating func align(_ step: Int) { while bytes.count % step != 0 { bytes.append(0) } }
        mutating func add(_ more: [UInt8]) -> Range<Int> {
            bytes += more
            return (bytes.count - more.count)..<bytes.count
        }
        mutating func replace(_ start: Int, _ more: [UInt8]) {
            for (index, byte) in more.enumerated() { bytes[start + index] = byte }
        }
        mutating func program(_ type: UInt32, _ flags: UInt32, _ range: Range<Int>, alignment: Int = 4096) {
            word(type)
            if is64Bit { word(flags) }
            for value in [range.lowerBound, range.lowerBound, range.lowerBound, range.count, range.count] {
                address(UInt64(value))
            }
            if !is64Bit { word(flags) }
            address(UInt64(alignment))
        }
        mutating func symbol(_ name: Int, _ info: UInt8, _ section: UInt16) {
            word(UInt32(name))
            if is64Bit {
                bytes += [info, 0]
                half(section)
                number(UInt64(0x10))
                number(UInt64(8))
            } else {
                word(0x10)
                word(8)
                bytes += [info, 0]
                half(section)
            }
        }
    }
}
