/// The parts of a file that are kept while the file is read once from start to end.
struct ByteWindows {
    private struct Window {
        var range: Range<Int>
        var bytes: [UInt8]
    }

    /// In ascending order, none overlapping another.
    private var windows: [Window] = []
    /// How many bytes all windows have.
    private(set) var count = 0

    init() {}

    /// The ranges that are kept, in ascending order.
    var ranges: [Range<Int>] { windows.map(\.range) }

    /// Replaces the windows with windows over the given ranges. Bytes of these ranges that are kept already stay.
    ///
    /// - Parameter position: how many bytes of the file have passed.
    mutating func hold(_ ranges: [Range<Int>], passed position: Int) {
        var merged: [Range<Int>] = []
        for range in ranges.filter({ !$0.isEmpty }).sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, range.lowerBound <= last.upperBound {
                merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        var old = windows
        windows = []
        for (number, range) in merged.enumerated() {
            var bytes: [UInt8] = []
            let wanted = range.lowerBound..<max(range.lowerBound, min(range.upperBound, position))
            let next = number + 1 < merged.count ? merged[number + 1].lowerBound : Int.max
            for index in old.indices where old[index].range.lowerBound <= wanted.lowerBound + bytes.count {
                let window = old[index].range.lowerBound
                let end = min(old[index].bytes.count, wanted.upperBound - window)
                if bytes.isEmpty, window == wanted.lowerBound, end == old[index].bytes.count, window + end <= next {
                    // Nothing else uses the array: its megabytes are moved, not copied.
                    swap(&bytes, &old[index].bytes)
                    continue
                }
                // Only bytes that follow those that are there already can be added.
                let start = wanted.lowerBound + bytes.count - window
                if start >= 0, start < end { bytes.append(contentsOf: old[index].bytes[start..<end]) }
            }
            bytes.reserveCapacity(range.count)
            windows.append(Window(range: range, bytes: bytes))
        }
        count = windows.reduce(0) { $0 + $1.range.count }
    }

    /// Copies the bytes of a piece, which begins at an offset of the file, into the windows that cover them.
    mutating func take(_ piece: UnsafeRawBufferPointer, at offset: Int) {
        let end = offset + piece.count
        for index in windows.indices {
            let next = windows[index].range.lowerBound + windows[index].bytes.count
            let stop = min(windows[index].range.upperBound, end)
            guard next >= offset, next < stop else { continue }
            windows[index].bytes.append(contentsOf: piece[(next - offset)..<(stop - offset)])
        }
    }

    /// Drops the windows that contain none of the given offsets.
    mutating func keep(around offsets: [Int]) {
        windows.removeAll { window in !offsets.contains { window.range.contains($0) } }
        count = windows.reduce(0) { $0 + $1.range.count }
    }

    /// Stops copying bytes of a part of the file; the bytes after it are still copied.
    mutating func end(_ part: Range<Int>) {
        guard let index = windows.firstIndex(where: { $0.range.contains(part.lowerBound) }) else { return }
        let range = windows[index].range
        let held = range.lowerBound + windows[index].bytes.count
        guard held < min(part.upperBound, range.upperBound) else { return }
        windows[index].range = range.lowerBound..<held
        if range.upperBound > part.upperBound {
            windows.insert(Window(range: part.upperBound..<range.upperBound, bytes: []), at: index + 1)
        }
        count = windows.reduce(0) { $0 + $1.range.count }
    }

    /// Calls a closure with the bytes of a range; nil if not all of them are kept.
    func withBytes<Result>(_ range: Range<Int>, _ body: (UnsafeRawBufferPointer) -> Result) -> Result? {
        guard let window = windows.last(where: { $0.range.lowerBound <= range.lowerBound }),
            range.upperBound <= window.range.lowerBound + window.bytes.count
        else { return nil }
        let start = range.lowerBound - window.range.lowerBound
        return window.bytes.withUnsafeBytes {
            body(UnsafeRawBufferPointer(rebasing: $0[start..<(start + range.count)]))
        }
    }

    /// Returns how many consecutive bytes from an offset on are kept.
    func heldCount(from offset: Int) -> Int {
        guard let window = windows.last(where: { $0.range.lowerBound <= offset }) else { return 0 }
        return max(0, window.range.lowerBound + window.bytes.count - offset)
    }
}

/// Reads numbers of a byte order.
struct ELFNumbers: Sendable {
    let isLittleEndian: Bool

    /// Returns a number of one, two, four or eight bytes; nil outside of the bytes.
    func read<Number: FixedWidthInteger>(_ bytes: UnsafeRawBufferPointer, _ offset: Int, as: Number.Type) -> Number? {
        guard offset >= 0, offset <= bytes.count - MemoryLayout<Number>.size else { return nil }
        let value = bytes.loadUnaligned(fromByteOffset: offset, as: Number.self)
        return isLittleEndian ? Number(littleEndian: value) : Number(bigEndian: value)
    }

    func half(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt16? { read(bytes, offset, as: UInt16.self) }
    func word(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt32? { read(bytes, offset, as: UInt32.self) }

    /// Returns a number as wide as an address; nil when it does not fit into `Int`.
    func address(_ bytes: UnsafeRawBufferPointer, _ offset: Int, is64Bit: Bool) -> Int? {
        if is64Bit { return read(bytes, offset, as: UInt64.self).flatMap { Int(exactly: $0) } }
        return word(bytes, offset).map { Int($0) }
    }
}
