import ArchiveReading

/// Skips one UBJSON value (https://ubjson.org/type-reference/) except for the numbers of the outermost
/// key `version`.
struct UBJSONWalker {
    let input: PickleInput
    private(set) var version: (text: String, offset: Int)?

    private struct Container {
        let isObject: Bool
        /// The type of all values, if the container declares it.
        let kind: UInt8?
        /// The number of values left, if the container declares it.
        var left: Int?
    }

    init(input: PickleInput) { self.input = input }

    /// Reads one value to its last byte.
    mutating func walk() throws(ArchiveReadingError) {
        var open: [Container] = []
        var key = ""
        var numbers: [Int] = []
        var kind = try input.byte()
        while true {
            // One value of the type `kind`; a container is opened and its first value comes next.
            if kind == UInt8(ascii: "{") || kind == UInt8(ascii: "[") {
                guard open.count < 128 else { throw input.limit("values are nested too deep") }
                open.append(try container(isObject: kind == UInt8(ascii: "{")))
            } else if let number = try scalar(kind), open.count == 2, !open[1].isObject, key == "version",
                numbers.count < 3
            {
                numbers.append(number)
            }
            // On to the next value: close what is full, skip the bytes of typed arrays at once.
            var next: UInt8?
            while next == nil {
                guard var top = open.last else { return }
                if let left = top.left {
                    if left == 0 {
                        if open.count == 2, key == "version" { note(numbers) }
                        open.removeLast()
                        continue
                    }
                    if !top.isObject, let kind = top.kind, let width = Self.widths[kind],
                        open.count != 2 || key != "version"
                    {
                        let (bytes, overflow) = left.multipliedReportingOverflow(by: width)
                        guard !overflow else { throw input.damaged("an array is impossibly long") }
                        try input.skip(bytes)
                        top.left = 0
                        open[open.count - 1] = top
                        continue
                    }
                    top.left = left - 1
                    open[open.count - 1] = top
                } else if try input.peek() == (top.isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                    _ = try input.byte()
                    if open.count == 2, key == "version" { note(numbers) }
                    open.removeLast()
                    continue
                }
                if top.isObject {
                    let length = try self.length()
                    if open.count == 1 {
                        key = length <= 64 ? String(decoding: try input.bytes(length), as: UTF8.self) : ""
                        if length > 64 { try input.skip(length) }
                        numbers = []
                    } else {
                        try input.skip(length)
                    }
                }
                if let kind = top.kind { next = kind } else { next = try input.byte() }
            }
            kind = next ?? 0
        }
    }

    private mutating func note(_ numbers: [Int]) {
        guard numbers.count == 3 else { return }
        version = (numbers.map(String.init).joined(separator: "."), input.offset)
    }

    private static let widths: [UInt8: Int] = [
        UInt8(ascii: "Z"): 0, UInt8(ascii: "N"): 0, UInt8(ascii: "T"): 0, UInt8(ascii: "F"): 0, UInt8(ascii: "i"): 1,
        UInt8(ascii: "U"): 1, UInt8(ascii: "C"): 1, UInt8(ascii: "I"): 2, UInt8(ascii: "l"): 4, UInt8(ascii: "d"): 4,
        UInt8(ascii: "L"): 8, UInt8(ascii: "D"): 8,
    ]

    private func container(isObject: Bool) throws(ArchiveReadingError) -> Container {
        var kind: UInt8?
        var left: Int?
        if try input.peek() == UInt8(ascii: "$") {
            _ = try input.byte()
            kind = try input.byte()
        }
        if try input.peek() == UInt8(ascii: "#") {
            _ = try input.byte()
            left = try length()
        }
        guard kind == nil || left != nil else { throw input.damaged("a typed container has no length") }
        // Values without bytes would cost nothing to announce and much to walk.
        if let kind, Self.widths[kind] == 0, isObject == false { left = 0 }
        return Container(isObject: isObject, kind: kind, left: left)
    }

    private func length() throws(ArchiveReadingError) -> Int {
        guard let length = try scalar(try input.byte()), length >= 0 else {
            throw input.damaged("a length is no number")
        }
        return length
    }

    /// Reads a scalar; gives the value of an integer.
    private func scalar(_ kind: UInt8) throws(ArchiveReadingError) -> Int? {
        switch kind {
        case UInt8(ascii: "i"), UInt8(ascii: "U"), UInt8(ascii: "I"), UInt8(ascii: "l"), UInt8(ascii: "L"):
            var value: UInt64 = 0
            let width = Self.widths[kind] ?? 0
            for _ in 0..<width { value = value << 8 | UInt64(try input.byte()) }
            if kind == UInt8(ascii: "U") { return Int(value) }
            let shift = UInt64(64 - 8 * width)
            return Int(Int64(bitPattern: value << shift) >> Int64(shift))
        case UInt8(ascii: "S"), UInt8(ascii: "H"): try input.skip(try length())
        default:
            guard let width = Self.widths[kind] else { throw input.damaged("no UBJSON type has the byte \(kind)") }
            try input.skip(width)
        }
        return nil
    }
}
