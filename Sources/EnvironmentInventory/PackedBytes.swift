/// Values one after the other in as few bytes as is cheap: numbers in base 128 with the least group first
/// (https://protobuf.dev/programming-guides/encoding/#varints), texts with their length.
package struct PackedWriter: Sendable {
    /// What was written.
    package private(set) var bytes: [UInt8] = []

    /// How many bytes a piece has.
    package static let pieceBytes = 256 << 10

    /// Starts without bytes.
    package init() {}

    /// Hands over what was written and starts anew, where it is at least so many bytes: of what is compressed on the way,
    /// nothing else has to be in memory.
    package mutating func pass<Failure>(
        atLeast least: Int, to sink: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        guard !bytes.isEmpty, bytes.count >= least else { return }
        var failure: Failure?
        bytes.withUnsafeBytes { piece in
            do throws(Failure) { try sink(piece) } catch { failure = error }
        }
        if let failure { throw failure }
        bytes.removeAll(keepingCapacity: true)
    }

    /// Writes one byte.
    package mutating func byte(_ value: UInt8) { bytes.append(value) }

    /// Writes a number.
    package mutating func unsigned(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// Writes a count, which is never negative.
    package mutating func count(_ value: Int) { unsigned(UInt64(max(value, 0))) }

    /// Writes a number that may be negative; those near zero are the shortest.
    package mutating func signed(_ value: Int) {
        unsigned(UInt64(bitPattern: Int64((value << 1) ^ (value >> (Int.bitWidth - 1)))))
    }

    /// Writes bytes without their count.
    package mutating func raw(_ value: some Collection<UInt8>) { bytes.append(contentsOf: value) }

    /// Writes bytes with their count.
    package mutating func data(_ value: [UInt8]) {
        count(value.count)
        bytes.append(contentsOf: value)
    }

    /// Writes a text with its count.
    package mutating func text(_ value: String) { data(Array(value.utf8)) }

    /// Writes a text or that there is none.
    package mutating func optional(_ value: String?) {
        byte(value == nil ? 0 : 1)
        if let value { text(value) }
    }

    /// Writes texts with their number.
    package mutating func texts(_ values: [String]) {
        count(values.count)
        for value in values { text(value) }
    }
}

/// Bytes that are not what a ``PackedWriter`` wrote.
package struct PackedError: Error, Sendable, Hashable {
    /// Creates an error.
    package init() {}
}

/// Reads what a ``PackedWriter`` wrote. Nothing is believed: a count is never more than the bytes that are left.
package struct PackedReader: Sendable {
    private let bytes: [UInt8]
    private var position = 0

    /// Reads bytes from their start.
    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// How many bytes are left.
    package var remaining: Int { bytes.count - position }

    /// Reads one byte.
    package mutating func byte() throws(PackedError) -> UInt8 {
        guard position < bytes.count else { throw PackedError() }
        position += 1
        return bytes[position - 1]
    }

    /// Reads a number.
    package mutating func unsigned() throws(PackedError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            guard shift < 63 || byte <= 1 else { throw PackedError() }
            value |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value }
            shift += 7
        }
        throw PackedError()
    }

    /// Reads a number that is at most `limit`.
    package mutating func number(upTo limit: Int = .max) throws(PackedError) -> Int {
        guard let value = Int(exactly: try unsigned()), value <= limit else { throw PackedError() }
        return value
    }

    /// Reads the count of things of which each takes at least one byte.
    package mutating func count() throws(PackedError) -> Int { try number(upTo: remaining) }

    /// Reads a number that may be negative.
    package mutating func signed() throws(PackedError) -> Int {
        let value = try unsigned()
        return Int(truncatingIfNeeded: Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1))
    }

    /// Reads bytes without their count.
    package mutating func raw(_ count: Int) throws(PackedError) -> [UInt8] {
        guard count >= 0, count <= remaining else { throw PackedError() }
        defer { position += count }
        return Array(bytes[position..<(position + count)])
    }

    /// Reads bytes without their count and copies nothing.
    package mutating func slice(_ count: Int) throws(PackedError) -> ArraySlice<UInt8> {
        let start = position
        try skip(count)
        return bytes[start..<position]
    }

    /// Passes bytes over. A copy of the reader that was made before reads them: columns are read side by side so.
    package mutating func skip(_ count: Int) throws(PackedError) {
        guard count >= 0, count <= remaining else { throw PackedError() }
        position += count
    }

    /// Passes so many numbers over; whether they are sound is seen where they are read.
    package mutating func skipNumbers(_ count: Int) throws(PackedError) {
        guard count <= remaining else { throw PackedError() }
        var left = count
        while left > 0 {
            guard position < bytes.count else { throw PackedError() }
            if bytes[position] < 0x80 { left -= 1 }
            position += 1
        }
    }

    /// Reads bytes with their count.
    package mutating func data() throws(PackedError) -> [UInt8] { try raw(count()) }

    /// Reads a text with its count.
    package mutating func text() throws(PackedError) -> String { String(decoding: try data(), as: UTF8.self) }

    /// Reads a text or that there is none.
    package mutating func optional() throws(PackedError) -> String? {
        switch try byte() {
        case 0: nil
        case 1: try text()
        default: throw PackedError()
        }
    }

    /// Reads texts with their number.
    package mutating func texts() throws(PackedError) -> [String] {
        var values: [String] = []
        for _ in 0..<(try count()) { values.append(try text()) }
        return values
    }

    /// Reads a truth value.
    package mutating func boolean() throws(PackedError) -> Bool {
        let value = try byte()
        guard value <= 1 else { throw PackedError() }
        return value == 1
    }
}
