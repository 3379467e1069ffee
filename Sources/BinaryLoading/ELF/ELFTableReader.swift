internal import Glibc

/// Why the tables of an ELF file give nothing.
enum ELFTableError: Error {
    /// A table was not held while the file passed.
    case unread(String)
    /// A table is outside of the file, or a name outside of the strings.
    case damaged(String)
}

/// Reads the tables that the dynamic section names, from the parts of the file that were held
/// (https://refspecs.linuxfoundation.org/LSB_5.0.0/LSB-Core-generic/LSB-Core-generic/symversion.html).
struct ELFTableReader {
    let windows: ByteWindows
    let header: ELFHeader
    let segments: [ELFHeader.Segment]

    private var numbers: ELFNumbers { ELFNumbers(isLittleEndian: header.identity.isLittleEndian) }
    private var is64Bit: Bool { header.identity.is64Bit }

    /// The most versions of one object, and the longest chain of dependencies with versions.
    private static let maximumVersions = 32_767
    private static let maximumName = 4096

    /// The tags that make loaders map more files and that linkers of today do not write by themselves.
    private static let unfollowed: [(DynamicSection.Tag, String)] = [
        (.auxiliary, "auxiliary libraries (DT_AUXILIARY)"), (.filter, "filters (DT_FILTER)"),
        (.audit, "auditing libraries (DT_AUDIT)"), (.dependencyAudit, "auditing libraries (DT_DEPAUDIT)"),
    ]

    // MARK: Segments

    /// Reads the loader's name, the stack flag and the notes.
    func readSegments(into parts: inout ELFParts) {
        for segment in segments {
            switch segment.type {
            // The kernel takes the first one.
            case ELFHeader.interpreter where parts.interpreter == nil:
                let start = segment.range.lowerBound
                let range = start..<(start + min(segment.range.count, Self.maximumName))
                let name = windows.withBytes(range) { bytes in
                    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                }
                if let name { parts.interpreter = name } else { parts.remarks.append("its loader's name is not in it") }
            case ELFHeader.stack: parts.wantsExecutableStack = segment.isExecutable
            case ELFHeader.note:
                let limit = min(segment.range.count, ELFStream.smallPart)
                let range = segment.range.lowerBound..<(segment.range.lowerBound + limit)
                _ = windows.withBytes(range) { readNotes($0, alignment: segment.alignment, into: &parts) }
            default: continue
            }
        }
    }

    /// Reads the default directories of a loader: absolute paths that end in a slash, one after the other
    /// (https://sourceware.org/git/?p=glibc.git;a=blob;f=elf/dl-load.c, `system_dirs`).
    func systemDirectories() -> [String] {
        var longest: [String] = []
        for segment in segments where segment.type == ELFHeader.loadable {
            let held = min(segment.range.count, windows.heldCount(from: segment.range.lowerBound))
            _ = windows.withBytes(segment.range.lowerBound..<(segment.range.lowerBound + held)) { bytes in
                var run: [String] = []
                for text in bytes.split(separator: 0, omittingEmptySubsequences: false) {
                    let isDirectory =
                        text.count > 2 && text.count < 256 && text.first == UInt8(ascii: "/")
                        && text.last == UInt8(ascii: "/") && text.allSatisfy { $0 > 32 && $0 < 127 && $0 != 37 }
                    if isDirectory { run.append(String(decoding: text, as: UTF8.self)) }
                    if run.count > longest.count { longest = run }
                    if !isDirectory { run = [] }
                }
            }
        }
        return longest
    }

    private func readNotes(_ bytes: UnsafeRawBufferPointer, alignment: Int, into parts: inout ELFParts) {
        let align = alignment == 8 ? 8 : 4
        func aligned(_ offset: Int, _ step: Int) -> Int { (offset + step - 1) / step * step }
        var offset = 0
        while offset + 12 <= bytes.count {
            guard let nameSize = numbers.word(bytes, offset), let size = numbers.word(bytes, offset + 4),
                let type = numbers.word(bytes, offset + 8)
            else { return }
            let name = offset + 12
            let start = aligned(name + Int(nameSize), align)
            let end = start + Int(size)
            guard end <= bytes.count else { return }
            let isGNU = nameSize == 4 && bytes[name..<(name + 4)].elementsEqual(Array("GNU\0".utf8))
            if isGNU, type == 5 {
                readProperties(UnsafeRawBufferPointer(rebasing: bytes[start..<end]), into: &parts)
            }
            offset = aligned(end, align)
        }
    }

    /// Reads `NT_GNU_PROPERTY_TYPE_0` (https://gitlab.com/x86-psABIs/x86-64-ABI).
    private func readProperties(_ bytes: UnsafeRawBufferPointer, into parts: inout ELFParts) {
        let step = is64Bit ? 8 : 4
        var offset = 0
        while offset + 8 <= bytes.count {
            guard let type = numbers.word(bytes, offset), let size = numbers.word(bytes, offset + 4) else { return }
            let isX86 = header.identity.machine == 62 || header.identity.machine == 3
            if isX86, type == 0xC000_8002, size >= 4, let bits = numbers.word(bytes, offset + 8) {
                parts.instructionSets |= bits
            }
            offset += 8 + (Int(size) + step - 1) / step * step
        }
    }

    // MARK: Tables

    /// Reads the names, versions and symbols.
    func readTables(_ section: DynamicSection, into parts: inout ELFParts) throws(ELFTableError) {
        parts.flags = section.bits(.flags)
        guard section.has(.strings) else { return }
        guard let start = section.offset(.strings) else {
            throw .damaged("its string table is outside of its segments")
        }
        let strings = try StringTable(windows, start: start, count: section.number(.stringsSize) ?? 0)
        for offset in section.needed { parts.needed.append(try strings.string(offset)) }
        if let offset = section.number(.soname) { parts.soname = try strings.string(offset) }
        if let offset = section.number(.rpath) { parts.rpath = try strings.string(offset) }
        if let offset = section.number(.runpath) { parts.runpath = try strings.string(offset) }
        var versions = VersionNumbers()
        if section.has(.versionDefinitions) { try readDefinitions(section, strings, &versions, into: &parts) }
        if section.has(.versionNeeds) { try readNeeds(section, strings, &versions, into: &parts) }
        for (tag, what) in Self.unfollowed where section.has(tag) {
            parts.remarks.append("it names \(what), which are not followed")
        }
        if section.has(.symbols) {
            do throws(ELFTableError) {
                try readSymbols(section, start..<(start + strings.count), versions, into: &parts)
            } catch {
                // Names and versions are known; that its symbols are not is said.
                parts.symbols = ELFSymbols()
                switch error {
                case .unread(let what), .damaged(let what): parts.remarks.append(what)
                }
            }
        }
    }

    /// The names of versions by their number in `.gnu.version`.
    private struct VersionNumbers {
        private(set) var names: [String] = []
        /// What each number stands for; 0 for nothing.
        private var byNumber: [UInt16] = []

        mutating func set(_ number: UInt16, _ name: String) {
            let number = Int(number & 0x7FFF)
            if number >= byNumber.count {
                byNumber.append(contentsOf: repeatElement(0, count: number + 1 - byNumber.count))
            }
            byNumber[number] = UInt16(truncatingIfNeeded: names.count + 1)
            names.append(name)
        }

        /// The number of a version for ``ELFSymbols``; 0 for a symbol without one.
        func index(_ number: UInt16) -> UInt64 {
            let number = Int(number & 0x7FFF)
            return number < byNumber.count ? UInt64(byNumber[number]) : 0
        }
    }

    private func bytes<Result>(
        at start: Int, count: Int, of what: String, _ body: (UnsafeRawBufferPointer) -> Result
    ) throws(ELFTableError) -> Result {
        guard start >= 0, count >= 0, start <= Int.max - count else { throw .damaged("\(what) is outside of the file") }
        guard let result = windows.withBytes(start..<(start + count), body) else {
            throw .unread("\(what) was not held")
        }
        return result
    }

    private func next(_ start: Int, _ step: UInt32) -> Int? {
        step == 0 || start > Int.max - Int(step) ? nil : start + Int(step)
    }

    private func readDefinitions(
        _ section: DynamicSection, _ strings: StringTable, _ versions: inout VersionNumbers, into parts: inout ELFParts
    ) throws(ELFTableError) {
        guard let first = section.offset(.versionDefinitions) else {
            throw .damaged("its version definitions are outside of its segments")
        }
        let count = min(section.number(.versionDefinitionCount) ?? 0, Self.maximumVersions)
        var offset: Int? = first
        var base: [String] = []
        for _ in 0..<count {
            guard let start = offset else { break }
            let row = try bytes(at: start, count: 20, of: "a version definition") { bytes in
                (
                    numbers.half(bytes, 2) ?? 0, numbers.half(bytes, 4) ?? 0, numbers.word(bytes, 12) ?? 0,
                    numbers.word(bytes, 16) ?? 0
                )
            }
            let (flags, number, auxiliary, step) = row
            guard let aux = next(start, auxiliary) else { throw .damaged("a version definition has no name") }
            let name = try strings.string(
                try bytes(at: aux, count: 8, of: "a version's name") { Int(numbers.word($0, 0) ?? 0) })
            // The base version is the object's own name: its symbols satisfy any version.
            if flags & 1 == 0 {
                versions.set(number, name)
                parts.versions.append(name)
            } else {
                base.append(name)
            }
            offset = next(start, step)
        }
        // An object that defines nothing else lacks every version that is needed of it.
        if parts.versions.isEmpty { parts.versions = base }
    }

    private func readNeeds(
        _ section: DynamicSection, _ strings: StringTable, _ versions: inout VersionNumbers, into parts: inout ELFParts
    ) throws(ELFTableError) {
        guard let first = section.offset(.versionNeeds) else {
            throw .damaged("its version needs are outside of its segments")
        }
        let count = min(section.number(.versionNeedCount) ?? 0, Self.maximumVersions)
        var total = 0
        var offset: Int? = first
        for _ in 0..<count {
            guard let start = offset else { return }
            let row = try bytes(at: start, count: 16, of: "a version need") { bytes in
                (
                    numbers.half(bytes, 2) ?? 0, numbers.word(bytes, 4) ?? 0, numbers.word(bytes, 8) ?? 0,
                    numbers.word(bytes, 12) ?? 0
                )
            }
            let (auxiliaries, file, auxiliary, step) = row
            var names: [String] = []
            var aux = next(start, auxiliary)
            for _ in 0..<auxiliaries {
                guard let place = aux else { break }
                total += 1
                guard total <= Self.maximumVersions else { throw .damaged("it needs more versions than an object may") }
                let item = try bytes(at: place, count: 16, of: "a needed version") { bytes in
                    (
                        numbers.half(bytes, 4) ?? 0, numbers.half(bytes, 6) ?? 0, numbers.word(bytes, 8) ?? 0,
                        numbers.word(bytes, 12) ?? 0
                    )
                }
                let name = try strings.string(Int(item.2))
                versions.set(item.1, name)
                if item.0 & 2 == 0 { names.append(name) }
                aux = next(place, item.3)
            }
            parts.versionNeeds.append(.init(file: try strings.string(Int(file)), versions: names))
            offset = next(start, step)
        }
    }

    private func readSymbols(
        _ section: DynamicSection, _ strings: Range<Int>, _ versions: VersionNumbers, into parts: inout ELFParts
    ) throws(ELFTableError) {
        guard let start = section.offset(.symbols) else { throw .damaged("its symbols are outside of its segments") }
        let size = is64Bit ? 24 : 16
        let count = try symbolCount(section)
        guard count <= windows.count / size + 1 else {
            throw .unread("its symbol table was not held")
        }
        let rows = windows.withBytes(start..<(start + count * size)) { table in
            windows.withBytes(strings) { names -> SymbolLists? in
                guard let numbers = section.offset(.symbolVersions) else {
                    return symbolLists(of: table, names: names, numbered: nil, versions)
                }
                return windows.withBytes(numbers..<(numbers + count * 2)) {
                    symbolLists(of: table, names: names, numbered: $0, versions)
                }
            }
        }
        guard let lists = (rows ?? nil) ?? nil else { throw .unread("its symbol table was not held") }
        guard lists.unreadBytes >= 0 else { throw .unread("its symbols share longer names than are read") }
        parts.symbols = ELFSymbols(
            versions: versions.names, undefined: ELFSymbols.sorted(lists.undefined),
            defined: ELFSymbols.sorted(lists.defined))
    }

    private struct SymbolLists {
        var undefined: [UInt64] = []
        var defined: [UInt64] = []
        /// How many bytes of names may still be read; below zero where that was too little.
        var unreadBytes: Int
    }

    /// Reads the rows of a symbol table with their names and the numbers of their versions.
    private func symbolLists(
        of table: UnsafeRawBufferPointer, names: UnsafeRawBufferPointer, numbered: UnsafeRawBufferPointer?,
        _ versions: VersionNumbers
    ) -> SymbolLists {
        // Names share bytes where one ends as another one does; a table whose rows all name one long text is not read.
        var lists = SymbolLists(unreadBytes: 16 * names.count + (1 << 20))
        guard let base = names.baseAddress else { return lists }
        let isWide = is64Bit
        let numbers = numbers
        let size = isWide ? 24 : 16
        for index in 1..<max(1, table.count / size) {
            let row = index * size
            guard let name = numbers.word(table, row), name != 0, Int(name) < names.count,
                let section = numbers.half(table, row + (isWide ? 6 : 14))
            else { continue }
            let info = table[row + (isWide ? 4 : 12)]
            let visibility = table[row + (isWide ? 5 : 13)] & 3
            let binding = info >> 4
            if binding == 0 { continue }
            if section == 0, binding == 2 { continue }
            if section != 0, visibility == 1 || visibility == 2 { continue }
            let end = memchr(base + Int(name), 0, names.count - Int(name))
            let length = end.map { UnsafeRawPointer($0) - (base + Int(name)) } ?? (names.count - Int(name))
            lists.unreadBytes -= length
            if lists.unreadBytes < 0 { return lists }
            if end == nil { continue }
            let hash = ELFSymbols.hash(UnsafeRawBufferPointer(start: base + Int(name), count: length))
            let version = numbered.flatMap { numbers.half($0, index * 2) } ?? 0
            if section == 0 {
                lists.undefined.append(hash | versions.index(version))
            } else {
                lists.defined.append(hash | versions.index(version))
            }
        }
        return lists
    }

    /// Returns how many symbols there are, which only the hash tables say.
    private func symbolCount(_ section: DynamicSection) throws(ELFTableError) -> Int {
        if let start = section.offset(.hash) {
            return try bytes(at: start, count: 8, of: "its hash table") { Int(numbers.word($0, 4) ?? 0) }
        }
        guard let start = section.offset(.gnuHash) else {
            // Without a hash table nothing is found in the object; what it needs stands before the versions.
            guard let symbols = section.offset(.symbols), let end = section.offset(.strings), end > symbols else {
                return 0
            }
            return (end - symbols) / (is64Bit ? 24 : 16)
        }
        let head = try bytes(at: start, count: 16, of: "its hash table") { bytes in
            (Int(numbers.word(bytes, 0) ?? 0), Int(numbers.word(bytes, 4) ?? 0), Int(numbers.word(bytes, 8) ?? 0))
        }
        let (bucketCount, firstSymbol, filterSize) = head
        let buckets = start + 16 + filterSize * (is64Bit ? 8 : 4)
        let last = try bytes(at: buckets, count: bucketCount * 4, of: "its hash table") { bytes in
            var last = 0
            for index in 0..<bucketCount { last = max(last, Int(numbers.word(bytes, index * 4) ?? 0)) }
            return last
        }
        guard last >= firstSymbol else { return firstSymbol }
        let chains = buckets + bucketCount * 4
        let held = windows.heldCount(from: chains)
        let count = try bytes(at: chains, count: held / 4 * 4, of: "its hash table") { bytes in
            var symbol = last
            while let hash = numbers.word(bytes, (symbol - firstSymbol) * 4) {
                symbol += 1
                if hash & 1 == 1 { return symbol as Int? }
            }
            return nil
        }
        guard let count else { throw .unread("its hash table was not held to its end") }
        return count
    }
}

/// The names of the dynamic section.
private final class StringTable {
    private let windows: ByteWindows
    private let start: Int
    let count: Int
    /// How many bytes of names may still be read: thousands of rows may name the same long text.
    private var unreadBytes = 1 << 20

    init(_ windows: ByteWindows, start: Int, count: Int) throws(ELFTableError) {
        guard count >= 0, start <= Int.max - count else { throw .damaged("its string table is outside of the file") }
        guard windows.heldCount(from: start) >= count else { throw .unread("its string table was not held") }
        self.windows = windows
        self.start = start
        self.count = count
    }

    func string(_ offset: Int) throws(ELFTableError) -> String {
        guard offset >= 0, offset < count else { throw .damaged("a name is outside of its string table") }
        let range = (start + offset)..<(start + count)
        let text = windows.withBytes(range) { bytes -> String? in
            guard let end = bytes.prefix(65_536).firstIndex(of: 0) else { return nil }
            return String(decoding: bytes[..<end], as: UTF8.self)
        }
        guard let text = text ?? nil else { throw .damaged("a name in its string table has no end") }
        unreadBytes -= text.utf8.count
        guard unreadBytes >= 0 else { throw .unread("its names are longer than is read") }
        return text
    }
}
