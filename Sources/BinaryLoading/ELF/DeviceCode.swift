/// The code for NVIDIA GPUs in an object: fat binaries, each for some architectures.
package struct DeviceCode: Sendable, Hashable {
    /// The code of one fat binary.
    package struct Region: Sendable, Hashable {
        /// The architectures with machine code, `80` for sm_80, in ascending order.
        package let cubins: [Int]
        /// The architectures with PTX, which a driver compiles for newer ones.
        package let ptx: [Int]

        /// Whether something of it runs on an architecture: machine code of the same major with a minor at most its own, or PTX
        /// at most the architecture
        /// (https://docs.nvidia.com/cuda/cuda-c-programming-guide/index.html#binary-compatibility).
        func runs(on architecture: Int, countsPTX: Bool) -> Bool {
            cubins.contains { $0 / 10 == architecture / 10 && $0 <= architecture }
                || (countsPTX && ptx.contains { $0 <= architecture })
        }
    }

    /// How many fat binaries have the same architectures.
    package let regions: [Region: Int]
    /// What could not be read of them; nil when everything was.
    package let problem: String?

    /// The architectures with machine code that the object was built for: single kernels are there for others too.
    package var cubins: [Int] { common(\.cubins) }
    /// The architectures with PTX that the object was built for.
    package var ptx: [Int] { common(\.ptx) }

    /// The architectures that a tenth as many fat binaries have as have the one that most have; half as many where that one is in
    /// nearly all: then each was built for the same list, and some have kernels for others besides.
    private func common(_ architectures: (Region) -> [Int]) -> [Int] {
        var counts: [Int: Int] = [:]
        for (region, count) in regions { for item in architectures(region) { counts[item, default: 0] += count } }
        let most = counts.values.max() ?? 0
        let part = most * 10 >= count * 9 && count > 9 ? 2 : 10
        return counts.filter { $0.value * part >= most }.keys.sorted()
    }

    /// Whether most fat binaries are for one architecture each, of several: libraries of kernels are made so (cuBLAS, cuSPARSE).
    package var isSplit: Bool {
        let single = regions.reduce(0) { sum, item in
            Set(item.key.cubins + item.key.ptx).count == 1 ? sum + item.value : sum
        }
        return single * 2 > count && cubins.count > 1
    }

    /// Whether one of the architectures that the object was built for runs on another one.
    package func covers(_ architecture: Int, countsPTX: Bool = true) -> Bool {
        Region(cubins: cubins, ptx: ptx).runs(on: architecture, countsPTX: countsPTX)
    }

    /// How many fat binaries there are.
    package var count: Int { regions.values.reduce(0, +) }

    /// Returns how many fat binaries have nothing that runs on an architecture.
    package func uncovered(_ architecture: Int, countsPTX: Bool = true) -> Int {
        regions.reduce(0) { $1.key.runs(on: architecture, countsPTX: countsPTX) ? $0 : $0 + $1.value }
    }
}

/// Reads the headers of fat binaries while an object passes: the magic number, then entry after entry. The code itself is
/// skipped.
struct DeviceCodeScan {
    private static let magic: UInt32 = 0xBA55_ED50
    private static let headerBytes = 16
    private static let entryBytes = 64
    /// The most fat binaries of one object.
    private static let maximumRegions = 1 << 20

    private enum State {
        /// The magic number is looked for at multiples of eight.
        case searching
        /// The header of a fat binary begins here.
        case region(Int)
        /// An entry begins here; the fat binary ends there.
        case entry(Int, end: Int)
    }

    private let size: Int
    private var state = State.searching
    /// The bytes of a header that two pieces share, and where they begin.
    private var partial: [UInt8] = []
    private var partialStart = 0
    private var position = 0
    private var cubins: Set<Int> = []
    private var ptx: Set<Int> = []
    private var regions: [DeviceCode.Region: Int] = [:]
    private var problem: String?

    init(size: Int) { self.size = size }

    mutating func update(_ piece: UnsafeRawBufferPointer, at offset: Int) {
        if offset != position {
            partial = []
            // A header in a part of the file that does not pass here is never read.
            switch state {
            case .searching: break
            case .region(let start): if start < offset { leave() }
            case .entry(let start, _): if start < offset { leave() }
            }
        }
        position = offset + piece.count
        if !partial.isEmpty {
            // Enough for one header; what follows it is read from the piece itself.
            let start = partialStart
            let joined = partial + piece.prefix(Self.entryBytes)
            partial = []
            joined.withUnsafeBytes { read($0, at: start, to: offset, isJoint: true) }
        }
        read(piece, at: offset, to: position, isJoint: false)
    }

    /// Reads headers that begin before `end`; one that is cut off at the end of the bytes is kept for the next piece.
    private mutating func read(_ bytes: UnsafeRawBufferPointer, at offset: Int, to end: Int, isJoint: Bool) {
        var cursor = offset
        while true {
            switch state {
            case .searching:
                guard let found = search(bytes, at: offset, from: cursor, to: end) else {
                    if !isJoint { keep(bytes, at: offset, from: max(offset, (end - 3 + 7) / 8 * 8)) }
                    return
                }
                state = .region(found)
            case .region(let start):
                guard start >= offset, start < end else { return }
                guard start + Self.headerBytes <= offset + bytes.count else {
                    return keep(bytes, at: offset, from: start)
                }
                readHeader(bytes, start - offset, start)
                if case .searching = state { cursor = start + 8 }
            case .entry(let start, let regionEnd):
                guard start < regionEnd else {
                    finishRegion()
                    state = .region((regionEnd + 7) / 8 * 8)
                    continue
                }
                guard start >= offset, start < end else { return }
                guard start + Self.entryBytes <= offset + bytes.count else {
                    return keep(bytes, at: offset, from: start)
                }
                readEntry(bytes, at: start - offset, start: start, end: regionEnd)
                if case .searching = state { cursor = start + 8 }
            }
        }
    }

    private mutating func keep(_ bytes: UnsafeRawBufferPointer, at offset: Int, from start: Int) {
        guard start - offset >= 0, start - offset < bytes.count else { return }
        partial = Array(bytes[(start - offset)...].prefix(Self.entryBytes))
        partialStart = start
    }

    private func search(_ bytes: UnsafeRawBufferPointer, at offset: Int, from cursor: Int, to end: Int) -> Int? {
        var position = (max(cursor, offset) + 7) / 8 * 8
        let limit = min(end, offset + bytes.count - 3)
        // Blocks without the number are passed over with one test; nearly every object has no such code.
        while position + 128 <= limit - 4 {
            var isHit = false
            var step = 0
            while step < 128 {
                let word = bytes.loadUnaligned(fromByteOffset: position &- offset &+ step, as: UInt32.self)
                isHit = isHit || UInt32(littleEndian: word) == Self.magic
                step &+= 8
            }
            if isHit { break }
            position &+= 128
        }
        while position < limit {
            let word = bytes.loadUnaligned(fromByteOffset: position - offset, as: UInt32.self)
            if UInt32(littleEndian: word) == Self.magic { return position }
            position += 8
        }
        return nil
    }

    private mutating func readHeader(_ bytes: UnsafeRawBufferPointer, _ index: Int, _ start: Int) {
        let numbers = ELFNumbers(isLittleEndian: true)
        guard numbers.word(bytes, index) == Self.magic, let version = numbers.half(bytes, index + 4),
            let headerSize = numbers.half(bytes, index + 6),
            let count = numbers.read(bytes, index + 8, as: UInt64.self).flatMap({ Int(exactly: $0) })
        else {
            // Nothing follows the fat binary before: the search goes on.
            state = .searching
            return
        }
        guard version == 1, (16...256).contains(headerSize), start <= size - Int(headerSize),
            count <= size - start - Int(headerSize)
        else {
            // Four bytes of something else that are the number by chance, or a damaged header.
            if problem == nil, version == 1 { problem = "a fat binary ends after the end of the file" }
            state = .searching
            return
        }
        let first = start + Int(headerSize)
        state = .entry(first, end: first + count)
    }

    private mutating func readEntry(_ bytes: UnsafeRawBufferPointer, at index: Int, start: Int, end: Int) {
        let numbers = ELFNumbers(isLittleEndian: true)
        guard let kind = numbers.half(bytes, index), let headerSize = numbers.word(bytes, index + 4),
            let count = numbers.read(bytes, index + 8, as: UInt64.self).flatMap({ Int(exactly: $0) }),
            let architecture = numbers.word(bytes, index + 28), (32...65_536).contains(headerSize),
            count <= end - start - Int(headerSize), architecture > 0, architecture < 10_000
        else {
            leave()
            return
        }
        switch kind {
        case 1: ptx.insert(Int(architecture))
        case 2: cubins.insert(Int(architecture))
        default: if problem == nil { problem = "a fat binary has an entry of the unknown kind \(kind)" }
        }
        state = .entry(start + Int(headerSize) + count, end: end)
    }

    /// Ends a fat binary that cannot be followed to its end.
    private mutating func leave() {
        if problem == nil { problem = "a fat binary has an entry that cannot be read" }
        finishRegion()
        state = .searching
    }

    private mutating func finishRegion() {
        defer {
            cubins = []
            ptx = []
        }
        guard !cubins.isEmpty || !ptx.isEmpty else { return }
        guard regions.count < 4096 || regions[.init(cubins: cubins.sorted(), ptx: ptx.sorted())] != nil else { return }
        regions[DeviceCode.Region(cubins: cubins.sorted(), ptx: ptx.sorted()), default: 0] += 1
    }

    mutating func finish() -> DeviceCode? {
        if case .entry(let start, let end) = state {
            if start >= end { finishRegion() } else { leave() }
        }
        guard !regions.isEmpty || problem != nil else { return nil }
        return DeviceCode(regions: regions, problem: problem)
    }
}
