internal import Glibc

/// Finds when a Python source opens a library by ctypes or cffi, as far as the source itself tells: at the left margin, in a
/// block there, or in a function that is called from there. What other calls lead to is not followed.
struct LibraryOpening {
    /// The calls that open a library
    /// (https://docs.python.org/3/library/ctypes.html#loading-shared-libraries, https://cffi.readthedocs.io/en/stable/cdef.html).
    private static let calls = ["CDLL(", "PyDLL(", "LoadLibrary(", "dlopen("].map { Array($0.utf8) }
    /// How many functions are gone through from a call at the left margin.
    private static let maximumDepth = 3
    /// What bounds the work on a source that is made to be slow: the functions and calls that are looked at, and the size.
    private static let maximumFunctions = 8
    private static let maximumCalls = 256
    private static let maximumBytes = 1 << 20

    /// A line at the left margin with what is indented below it.
    private struct Block {
        let start: Int
        /// The name of a function with the bracket behind it; nil for other code.
        let function: [UInt8]?
        let isClass: Bool
    }

    private let bytes: UnsafeRawBufferPointer
    private var blocks: [Block] = []

    private init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        var line = 0
        while line < bytes.count {
            let first = bytes[line]
            if first.isASCIILetter || first == UInt8(ascii: "_") || first == UInt8(ascii: "@") {
                blocks.append(
                    Block(
                        start: line, function: Self.function(bytes[line...]),
                        isClass: bytes[line...].starts(with: "class ".utf8)))
            }
            guard let base = bytes.baseAddress, let end = memchr(base + line, 0x0A, bytes.count - line) else { return }
            line = UnsafeRawPointer(end) - base + 1
        }
    }

    private static func function(_ line: Slice<UnsafeRawBufferPointer>) -> [UInt8]? {
        for word in ["def ", "async def "] where line.starts(with: word.utf8) {
            let name = line.dropFirst(word.utf8.count).prefix { $0.isASCIIAlphanumeric || $0 == UInt8(ascii: "_") }
            return name.isEmpty ? nil : Array(name) + [UInt8(ascii: "(")]
        }
        return nil
    }

    /// The least condition under which the source opens a library when it is imported; nil where it has no such call.
    static func place(in bytes: UnsafeRawBufferPointer) -> ImportStatement.Place? {
        guard bytes.count <= maximumBytes, calls.contains(where: { find($0, in: bytes, from: 0) != nil }) else {
            return nil
        }
        let opening = LibraryOpening(bytes)
        var wanted = calls
        var known: Set<[UInt8]> = []
        var result: ImportStatement.Place?
        for _ in 0...maximumDepth {
            var callers: [[UInt8]] = []
            for position in opening.positions(of: wanted) {
                let place = opening.place(of: position)
                result = min(result ?? place.condition, place.condition)
                if let function = place.function, known.count < maximumFunctions, known.insert(function).inserted {
                    callers.append(function)
                }
            }
            guard result != .always, !callers.isEmpty else { break }
            wanted = callers
        }
        return result
    }

    /// Where one of the calls stands outside of strings and comments, in ascending order.
    private func positions(of calls: [[UInt8]]) -> [Int] {
        var all: [Int] = []
        for call in calls {
            var start = 0
            while let found = Self.find(call, in: bytes, from: start) {
                start = found + 1
                let before = found > 0 ? bytes[found - 1] : 0x0A
                guard !before.isASCIIAlphanumeric, before != UInt8(ascii: "_"), !isDefinition(found) else { continue }
                all.append(found)
            }
        }
        var text = SourcePlaces(bytes)
        var code: [Int] = []
        for position in all.sorted() where code.count < Self.maximumCalls && text.isOutsideText(at: position) {
            code.append(position)
        }
        return code
    }

    private func isDefinition(_ position: Int) -> Bool {
        position >= 4 && bytes[(position - 4)..<position].elementsEqual("def ".utf8)
    }

    /// When a call runs, and the function that has it.
    private func place(of position: Int) -> (condition: ImportStatement.Place, function: [UInt8]?) {
        let next = blocks.partitioningIndex { $0.start > position }
        guard let block = blocks[..<next].last else { return (.handled, nil) }
        if let function = block.function { return (.handled, function) }
        if block.isClass { return (.handled, nil) }
        var line = position
        while line > block.start, bytes[line - 1] != 0x0A { line -= 1 }
        if line == block.start { return (.always, nil) }
        var start = line
        while start < position, bytes[start] == UInt8(ascii: " ") || bytes[start] == UInt8(ascii: "\t") { start += 1 }
        return (SourcePlaces(bytes).place(of: start, indent: start - line, top: block.start), nil)
    }

    private static func find(_ text: [UInt8], in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard let base = bytes.baseAddress, let first = text.first else { return nil }
        var position = start
        while position <= bytes.count - text.count,
            let found = memchr(base + position, Int32(first), bytes.count - text.count + 1 - position)
        {
            position = UnsafeRawPointer(found) - base
            if memcmp(found, text, text.count) == 0 { return position }
            position += 1
        }
        return nil
    }
}

extension Array {
    /// The index of the first element that a predicate holds for, in an array where it holds for all behind it.
    fileprivate func partitioningIndex(where holds: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = low + (high - low) / 2
            if holds(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
