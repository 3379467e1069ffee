/// Reads an ELF file while its bytes pass once, front to back.
///
/// Held are the program headers, the small segments, the first megabyte of larger ones, and the last four megabytes before
/// the dynamic section; once that has passed, the tables that it names and that are still to come. Code and constants that are
/// in segments of their own are not held. What is held is bounded, whatever the file says of itself.
package struct ELFStream {
    private enum State {
        /// Nothing is known yet; the start is held.
        case start
        /// The windows are set.
        case segments
        /// The dynamic section was read.
        case tables
        case damaged(BinaryDamage)
        /// Another kind of ELF file, or tables that were not held.
        case unread(ELFIdentity, String)
    }

    /// The largest segment that is held whole.
    static let smallSegment = 4 << 20
    /// How much of a larger segment is held from its start on: the tables of a shared object stand there.
    static let segmentHead = 1 << 20
    /// How much of the first segment is held where it holds nothing but tables.
    static let tableSegment = 24 << 20
    /// The most that is held of one file.
    static let maximumHeld = 32 << 20
    /// The largest dynamic section, and the largest note.
    static let smallPart = 64 << 10

    private let size: Int
    private let isLoader: Bool
    private var position = 0
    private var state = State.start
    private var windows = ByteWindows()
    private var header: ELFHeader?
    private var segments: [ELFHeader.Segment] = []
    /// The part of a first segment without code that is held for the tables in it, until its relocations begin.
    private var tables: Range<Int>?
    /// Where the dynamic section may be, from its start to the end of its segment.
    private var dynamic: Range<Int>?
    private var strings: NumPyScan?
    private var code: DeviceCodeScan?
    /// The parts of the file that are not code: what constants and code for GPUs are looked for in.
    private var data: [Range<Int>] = []

    /// Creates a reader of one file.
    ///
    /// - Parameters:
    ///   - size: the size of the file in bytes.
    ///   - isPackageFile: whether the file belongs to a Python package: then it is looked at for NumPy's constants.
    ///   - isLoader: whether the file has the name of a loader: then its default directories are read.
    package init(size: Int, isPackageFile: Bool, isLoader: Bool = false) {
        self.size = size
        self.isLoader = isLoader
        if isPackageFile { strings = NumPyScan() }
    }

    /// Whether the file can still turn out to be an ELF file.
    package static func begins(_ piece: UnsafeRawBufferPointer) -> Bool {
        piece.count >= 4 && piece[0] == 0x7F && piece[1] == UInt8(ascii: "E") && piece[2] == UInt8(ascii: "L")
            && piece[3] == UInt8(ascii: "F")
    }

    /// Returns why a file that should be a library is none, by its first bytes; nil for one that begins as ELF files do.
    package static func damage(size: Int, head: UnsafeRawBufferPointer) -> BinaryDamage? {
        if size == 0 { return .empty }
        if begins(head) { return nil }
        if head.starts(with: Array("version https://git-lfs.github.com/spec/".utf8)) { return .largeFilePointer }
        return size < ELFHeader.byteCount ? .tooShort : .noHeader
    }

    /// Takes the next bytes.
    package mutating func update(_ piece: UnsafeRawBufferPointer) {
        let start = position
        position += piece.count
        switch state {
        case .damaged, .unread: return
        case .start:
            if start == 0 {
                // The first piece nearly always has all headers: what is held is known before anything is copied.
                readStart(piece)
                if case .start = state { windows.hold([0..<min(size, Self.segmentHead)], passed: 0) }
                windows.take(piece, at: 0)
                endTables(piece, at: 0)
            } else {
                windows.take(piece, at: start)
                readHeldStart()
            }
            if case .segments = state { readDynamicSection() }
            // The scans begin with the piece that completes the program headers: nothing that they look for is before it.
            scan(piece, at: start)
        case .segments:
            windows.take(piece, at: start)
            endTables(piece, at: start)
            scan(piece, at: start)
            readDynamicSection()
        case .tables:
            windows.take(piece, at: start)
            scan(piece, at: start)
        }
    }

    private mutating func scan(_ piece: UnsafeRawBufferPointer, at offset: Int) {
        for range in data where range.lowerBound < offset + piece.count && range.upperBound > offset {
            let from = max(range.lowerBound, offset)
            let part = UnsafeRawBufferPointer(
                rebasing: piece[(from - offset)..<(min(range.upperBound, offset + piece.count) - offset)])
            strings?.update(part, at: from)
            code?.update(part, at: from)
        }
    }

    // MARK: The start

    private mutating func readHeldStart() {
        let isEnough = windows.heldCount(from: 0) >= header?.table.upperBound ?? ELFHeader.byteCount
        guard isEnough || position >= size else { return }
        let head = windows.withBytes(0..<windows.heldCount(from: 0)) { Array($0) } ?? []
        head.withUnsafeBytes { readStart($0) }
    }

    /// Reads the headers, if they are whole.
    ///
    /// - Parameter head: all bytes that have passed.
    private mutating func readStart(_ head: UnsafeRawBufferPointer) {
        guard head.count >= ELFHeader.byteCount || position >= size else { return }
        if header == nil {
            do throws(ELFHeaderError) {
                header = try ELFHeader.read(UnsafeRawBufferPointer(rebasing: head.prefix(ELFHeader.byteCount)))
            } catch {
                switch error {
                case .damaged(let damage): state = .damaged(damage)
                case .other(let identity): state = .unread(identity, "it is neither a program nor a shared object")
                }
                return
            }
        }
        guard let header else { return }
        guard header.table.upperBound <= size else {
            state = .damaged(.truncated("its program headers end at \(header.table.upperBound), the file at \(size)"))
            return
        }
        guard header.table.upperBound <= Self.segmentHead else {
            state = .unread(header.identity, "its program headers are not at its start")
            return
        }
        guard head.count >= header.table.upperBound else { return }
        guard let segments = header.segments(UnsafeRawBufferPointer(rebasing: head[header.table])) else {
            state = .damaged(.malformed("a program header does not fit into the address space"))
            return
        }
        self.segments = segments
        if let cut = segments.first(where: {
            $0.type == ELFHeader.loadable && !$0.range.isEmpty && $0.range.upperBound > size
        }) {
            state = .damaged(.truncated("a segment ends at \(cut.range.upperBound), the file at \(size)"))
            return
        }
        hold(header)
        state = .segments
    }

    private mutating func hold(_ header: ELFHeader) {
        let loads = segments.filter { $0.type == ELFHeader.loadable && !$0.range.isEmpty }
        let first = loads.first { $0.range.lowerBound == 0 }
        // Linkers put code into segments of its own, or everything but data into the first one.
        let isSeparate = first.map { !$0.isExecutable } ?? true
        dynamic = Self.dynamicRange(segments, loads, size)
        var wanted: [Range<Int>] = [0..<min(size, header.table.upperBound)]
        if let dynamic { wanted.append(dynamic) }
        for segment in segments {
            switch segment.type {
            case ELFHeader.interpreter: wanted.append(Self.prefix(segment.range, 4096, size))
            case ELFHeader.note: wanted.append(Self.prefix(segment.range, Self.smallPart, size))
            default: continue
            }
        }
        for segment in loads where !(isSeparate && segment.isExecutable) {
            data.append(segment.range)
            // Constants between the code and the data: no linker puts tables there, and patchelf makes what it adds writable.
            let isConstants =
                !segment.isExecutable && !segment.isWritable && segment.range.lowerBound > 0
                && segment.range.upperBound <= dynamic?.lowerBound ?? 0
            if isConstants, !isLoader { continue }
            let isTables = isSeparate && segment.range.lowerBound == 0
            if isTables { tables = Self.prefix(segment.range, Self.tableSegment, size) }
            if segment.range.count <= Self.smallSegment {
                wanted.append(segment.range)
                continue
            }
            // Old linkers put the tables before the code, into one segment.
            let head = segment.range.lowerBound == 0 ? Self.smallSegment : Self.segmentHead
            wanted.append(Self.prefix(segment.range, isTables ? Self.tableSegment : head, size))
            if let dynamic {
                let before = max(
                    segment.range.lowerBound, dynamic.lowerBound - min(dynamic.lowerBound, Self.smallSegment))
                if before < min(dynamic.lowerBound, segment.range.upperBound) {
                    wanted.append(before..<min(dynamic.lowerBound, segment.range.upperBound))
                }
                // What follows it passes in the same piece, before it is known which of it are tables.
                if segment.range.contains(dynamic.lowerBound) {
                    wanted.append(
                        Self.prefix(dynamic.lowerBound..<segment.range.upperBound, Self.segmentHead, size))
                }
            }
        }
        data = Self.merged(data)
        if header.identity.is64Bit, header.identity.isLittleEndian { code = DeviceCodeScan(size: size) }
        setWindows(wanted)
    }

    /// Stops holding the segment of tables where relocations begin: linkers write these after all other tables, and constants
    /// follow them, megabytes of both.
    private mutating func endTables(_ piece: UnsafeRawBufferPointer, at offset: Int) {
        guard let tables, let header, tables.contains(offset + piece.count - 1) else { return }
        // What is found by the dynamic section is not known before it has passed.
        if let dynamic, tables.contains(dynamic.lowerBound) { return }
        guard Self.endsInRelocations(piece, header.identity) else { return }
        windows.end(tables)
        self.tables = nil
    }

    /// Whether bytes end in rows of `Elf64_Rela` that add to the address of the file alone, in the order of their places.
    private static func endsInRelocations(_ piece: UnsafeRawBufferPointer, _ identity: ELFIdentity) -> Bool {
        let (rows, size) = (64, 24)
        let types: [UInt16: UInt64] = [62: 8, 183: 1027]
        guard identity.is64Bit, identity.isLittleEndian, let type = types[identity.machine],
            piece.count >= (rows + 2) * size
        else { return false }
        func number(_ offset: Int) -> UInt64 {
            UInt64(littleEndian: piece.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        }
        // The piece may end anywhere in a row, and anywhere in a number.
        return (0..<size).contains { phase in
            let first = piece.count - rows * size - phase
            guard number(first + 8) == type else { return false }
            return (1..<rows).allSatisfy { row in
                let start = first + row * size
                return number(start + 8) == type && number(start) > number(start - size)
            }
        }
    }

    /// Holds ranges as long as their sum is bounded; what comes later is left out, and its tables are unread.
    private mutating func setWindows(_ wanted: [Range<Int>]) {
        var sum = 0
        let held = wanted.filter { range in
            guard range.count <= Self.maximumHeld - sum else { return false }
            sum += range.count
            return true
        }
        windows.hold(held, passed: position)
    }

    private static func prefix(_ range: Range<Int>, _ limit: Int, _ size: Int) -> Range<Int> {
        let start = min(range.lowerBound, size)
        return start..<min(size, max(start, range.upperBound), start + limit)
    }

    private static func merged(_ ranges: [Range<Int>]) -> [Range<Int>] {
        var result: [Range<Int>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = result.last, range.lowerBound <= last.upperBound {
                result[result.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                result.append(range)
            }
        }
        return result
    }

    // MARK: The dynamic section

    private mutating func readDynamicSection() {
        guard let header, let range = dynamic else { return }
        guard windows.heldCount(from: range.lowerBound) >= range.count else { return }
        state = .tables
        guard let section = readSection(header, range) else { return }
        // Tables that the section names and that have not passed whole, each up to the next one or the end of its segment.
        let starts = section.tableOffsets.sorted()
        // A loader's default directories may be anywhere.
        if !isLoader { windows.keep(around: starts + [range.lowerBound] + partOffsets) }
        let ends = segments.filter { $0.type == ELFHeader.loadable }.map(\.range)
        var wanted = windows.ranges
        let heldCount = wanted.count
        for (index, start) in starts.enumerated() {
            let segmentEnd = ends.first { $0.contains(start) }?.upperBound ?? start
            let next = index + 1 < starts.count ? starts[index + 1] : segmentEnd
            let end = min(segmentEnd, max(start, next))
            if end > max(start, position) { wanted.append(start..<end) }
        }
        if wanted.count > heldCount { setWindows(wanted) }
    }

    /// Where the parts begin that are read besides the tables.
    private var partOffsets: [Int] {
        segments.filter { $0.type == ELFHeader.interpreter || $0.type == ELFHeader.note }.map(\.range.lowerBound)
    }

    /// Returns where loaders read the dynamic section: at the address of the last header of its kind that is not empty, up to a
    /// row of zeros, whatever the header says of its offset and its size
    /// (https://sourceware.org/git/?p=glibc.git;a=blob;f=elf/dl-load.c, `_dl_map_object_from_fd`).
    private static func dynamicRange(
        _ segments: [ELFHeader.Segment], _ loads: [ELFHeader.Segment], _ size: Int
    ) -> Range<Int>? {
        let headers = segments.filter { $0.type == ELFHeader.dynamic }
        guard let header = headers.last(where: { !$0.range.isEmpty }) else { return nil }
        for load in loads where header.address >= load.address && header.address - load.address < load.range.count {
            let start = load.range.lowerBound + (header.address - load.address)
            return prefix(start..<load.range.upperBound, smallPart, size)
        }
        return prefix(header.range, smallPart, size)
    }

    private func readSection(_ header: ELFHeader, _ range: Range<Int>) -> DynamicSection? {
        windows.withBytes(range) { DynamicSection($0, header.identity, segments) }
    }

    // MARK: The end

    /// Returns what was read, once all bytes have passed.
    package mutating func finish() -> BinaryFile {
        switch state {
        case .damaged(let damage): return .damaged(damage)
        case .unread(let identity, let reason): return .unread(identity, reason: reason)
        case .start:
            readHeldStart()
            if case .damaged(let damage) = state { return .damaged(damage) }
            if case .unread(let identity, let reason) = state { return .unread(identity, reason: reason) }
            guard header != nil, case .segments = state else { return .damaged(.tooShort) }
        case .segments, .tables: break
        }
        guard let header else { return .damaged(.tooShort) }
        guard position >= size else { return .damaged(.truncated("it has \(position) bytes of \(size)")) }
        var parts = ELFParts(identity: header.identity)
        let reader = ELFTableReader(windows: windows, header: header, segments: segments)
        reader.readSegments(into: &parts)
        if let range = dynamic {
            parts.isDynamic = true
            guard let section = readSection(header, range) else {
                return .unread(header.identity, reason: "its dynamic section was not held")
            }
            do throws(ELFTableError) { try reader.readTables(section, into: &parts) } catch {
                switch error {
                case .unread(let what): return .unread(header.identity, reason: what)
                case .damaged(let what): return .damaged(.malformed(what))
                }
            }
        }
        if isLoader { parts.systemDirectories = reader.systemDirectories() }
        parts.numpy = strings?.finish()
        parts.deviceCode = code?.finish()
        return .elf(ELFFile(parts))
    }
}
