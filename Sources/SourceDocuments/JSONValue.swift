import ParallelWork

/// A JSON value to be written; members keep the order in which they are given.
package enum JSONValue: Sendable, Hashable {
    case null
    case boolean(Bool)
    case integer(Int)
    /// A finite number; another one is written as null.
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([Member])
    /// An array whose elements are made while it is written, for those that are too many to be kept.
    case made(MadeList)

    /// The elements of an array, made one by one.
    package struct MadeList: Sendable, Hashable {
        let count: Int
        let element: @Sendable (Int) -> JSONValue

        /// Creates a list of so many elements, each made of its position.
        package init(count: Int, element: @escaping @Sendable (Int) -> JSONValue) {
            self.count = count
            self.element = element
        }

        /// Writes the list as a member of the outermost object and hands it over on the way.
        fileprivate func write(into output: inout JSONText, to sink: (UnsafeRawBufferPointer) -> Void) {
            output.bytes.append(UInt8(ascii: "["))
            let positions = Array(0..<count)
            for start in stride(from: 0, to: count, by: JSONValue.passedElements) {
                let piece = positions[start..<min(start + JSONValue.passedElements, count)]
                JSONValue.writeAll(piece, into: &output, 1) { [self] position, output in
                    element(position).write(into: &output, indentation: 2)
                }
                output.pass(to: sink)
            }
            JSONValue.putLine(1, into: &output.bytes)
            output.bytes.append(UInt8(ascii: "]"))
        }

        /// Compares the elements.
        package static func == (left: MadeList, right: MadeList) -> Bool {
            left.count == right.count && (0..<left.count).allSatisfy { left.element($0) == right.element($0) }
        }

        /// Adds the number of the elements.
        package func hash(into hasher: inout Hasher) { hasher.combine(count) }
    }

    /// One member of an object.
    package struct Member: Sendable, Hashable {
        /// The key.
        package let key: String
        /// The value.
        package let value: JSONValue

        /// Creates a member.
        package init(_ key: String, _ value: JSONValue) {
            self.key = key
            self.value = value
        }
    }

    /// An object from pairs, in their order.
    package static func members(_ pairs: KeyValuePairs<String, JSONValue>) -> JSONValue {
        .object(pairs.map { Member($0.key, $0.value) })
    }

    /// A string, or null when there is none.
    package static func optional(_ string: String?) -> JSONValue { string.map { .string($0) } ?? .null }
    /// An integer, or null when there is none.
    package static func optional(_ integer: Int?) -> JSONValue { integer.map { .integer($0) } ?? .null }
    /// An array whose elements are made of others while it is written.
    package static func made<Element: Sendable>(
        _ elements: [Element], _ value: @escaping @Sendable (Element) -> JSONValue
    ) -> JSONValue {
        .made(MadeList(count: elements.count) { value(elements[$0]) })
    }
    /// A list of strings.
    package static func strings(_ strings: some Sequence<String>) -> JSONValue { .array(strings.map { .string($0) }) }
    /// A list of strings. Most lists are arrays, and generic code of another module is slow (docs/architecture.md).
    package static func strings(_ strings: [String]) -> JSONValue { .array(strings.map { .string($0) }) }

    /// The text, indented by two spaces a level, without a line feed at the end (RFC 8259).
    package func text() -> String {
        var output = JSONText()
        write(into: &output, indentation: 0)
        return output.finish()
    }

    /// The text in one line, without a line feed at the end: one of JSON Lines (https://jsonlines.org).
    package func line() -> String {
        // A line feed in a string is escaped: every one in the text is between values.
        text().split(separator: "\n").map { $0.drop { $0 == " " } }.joined(separator: " ")
    }

    /// The text with a line feed at the end: as it is written to files and pipes.
    package func document() -> String {
        var output = JSONText()
        write(into: &output, indentation: 0)
        output.bytes.append(UInt8(ascii: "\n"))
        return output.finish()
    }

    /// How many elements of a list are written before they are handed over.
    private static let passedElements = 4096

    /// Hands ``document()`` over piece by piece: of the lists among an object's members whose elements are made while they are
    /// written, no more than a piece is in memory.
    package func document(to sink: (UnsafeRawBufferPointer) -> Void) {
        var output = JSONText()
        if case .object(let members) = self, !members.isEmpty {
            output.bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { output.bytes.append(UInt8(ascii: ",")) }
                Self.putLine(1, into: &output.bytes)
                Self.quote(member.key, into: &output.bytes)
                Self.put(": ", into: &output.bytes)
                if case .made(let list) = member.value, list.count > 0 {
                    list.write(into: &output, to: sink)
                } else {
                    member.value.write(into: &output, indentation: 1)
                }
                output.pass(to: sink)
            }
            Self.put("\n}", into: &output.bytes)
        } else {
            write(into: &output, indentation: 0)
        }
        output.bytes.append(UInt8(ascii: "\n"))
        output.pass(to: sink)
    }

    private func write(into output: inout JSONText, indentation: Int) {
        switch self {
        case .null: Self.put("null", into: &output.bytes)
        case .boolean(let value): Self.put(value ? "true" : "false", into: &output.bytes)
        case .integer(let value): output.bytes += String(value).utf8
        case .number(let value): output.bytes += (value.isFinite ? value.description : "null").utf8
        case .string(let value): Self.quote(value, into: &output.bytes)
        case .array(let elements):
            Self.writeList(elements, open: 0x5B, close: 0x5D, into: &output, indentation: indentation) {
                element, output in
                element.write(into: &output, indentation: indentation + 1)
            }
        case .object(let members):
            Self.writeList(members, open: 0x7B, close: 0x7D, into: &output, indentation: indentation) {
                member, output in
                Self.quote(member.key, into: &output.bytes)
                Self.put(": ", into: &output.bytes)
                member.value.write(into: &output, indentation: indentation + 1)
            }
        case .made(let list):
            Self.writeList(
                Array(0..<list.count), open: 0x5B, close: 0x5D, into: &output, indentation: indentation
            ) { index, output in
                list.element(index).write(into: &output, indentation: indentation + 1)
            }
        }
    }

    private static func writeElements<Element>(
        _ elements: ArraySlice<Element>, into output: inout JSONText, _ indentation: Int,
        _ write: (Element, inout JSONText) -> Void
    ) {
        for index in elements.indices {
            if index > 0 { output.bytes.append(UInt8(ascii: ",")) }
            putLine(indentation + 1, into: &output.bytes)
            write(elements[index], &output)
            output.putAside()
        }
    }

    private static func writeList<Element: Sendable>(
        _ elements: [Element], open: UInt8, close: UInt8, into output: inout JSONText, indentation: Int,
        _ write: @escaping @Sendable (Element, inout JSONText) -> Void
    ) {
        output.bytes.append(open)
        writeAll(elements[...], into: &output, indentation, write)
        if !elements.isEmpty { putLine(indentation, into: &output.bytes) }
        output.bytes.append(close)
    }

    private static func writeAll<Element: Sendable>(
        _ elements: ArraySlice<Element>, into output: inout JSONText, _ indentation: Int,
        _ write: @escaping @Sendable (Element, inout JSONText) -> Void
    ) {
        // A list of a thousand packages is worth a second core; most lists have a few elements.
        let minimum = 128
        let pieces = elements.count < 2 * minimum ? [] : pieces(of: elements, minimum: minimum)
        if pieces.count > 1 {
            let texts = mapInParallel(pieces) { piece in
                var text = JSONText()
                // What a package takes, so that the text is not moved again and again while it grows.
                text.reserve(piece.count << 10)
                writeElements(piece, into: &text, indentation, write)
                return text
            }
            for text in texts { output.append(text) }
        } else {
            writeElements(elements, into: &output, indentation, write)
        }
    }

    private static func put(_ text: StaticString, into output: inout [UInt8]) {
        output.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Begins a line, two spaces a level.
    private static func putLine(_ level: Int, into output: inout [UInt8]) {
        output.append(UInt8(ascii: "\n"))
        let spaces: StaticString = "                        "
        let count = min(2 * level, spaces.utf8CodeUnitCount)
        output.append(contentsOf: UnsafeBufferPointer(start: spaces.utf8Start, count: count))
        if 2 * level > count { output += repeatElement(UInt8(ascii: " "), count: 2 * level - count) }
    }

    /// Whether nothing is to be escaped; eight bytes at a time, as every digest and every URL comes through here.
    ///
    /// C2, D8 and E2 begin C1 controls and bidirectional marks, among others.
    private static func needsNoEscape(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let high = ones &<< 7
        // The highest bit of each byte that is 0; more than these only above one that is.
        func zeros(_ word: UInt64) -> UInt64 { (word &- ones) & ~word & high }
        var index = 0
        while index &+ 8 <= bytes.count {
            let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            let controls = (word &- ones &* 0x20) & ~word & high
            let others =
                zeros(word ^ ones &* 0x22) | zeros(word ^ ones &* 0x5C) | zeros(word ^ ones &* 0x7F)
                | zeros(word ^ ones &* 0xC2) | zeros(word ^ ones &* 0xD8) | zeros(word ^ ones &* 0xE2)
            if controls | others != 0 { return false }
            index &+= 8
        }
        return bytes[index...].allSatisfy {
            $0 >= UInt8(ascii: " ") && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") && $0 != 0x7F
                && $0 != 0xC2 && $0 != 0xD8 && $0 != 0xE2
        }
    }

    private static func quote(_ string: String, into output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        var string = string
        let isPlain = string.withUTF8 { bytes in
            guard needsNoEscape(UnsafeRawBufferPointer(bytes)) else { return false }
            output.append(contentsOf: bytes)
            return true
        }
        if isPlain {
            output.append(UInt8(ascii: "\""))
            return
        }
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": output += "\\\"".utf8
            case "\\": output += "\\\\".utf8
            case "\n": output += "\\n".utf8
            case "\r": output += "\\r".utf8
            case "\t": output += "\\t".utf8
            case _ where scalar.isControlOrBidirectional:
                output += "\\u".utf8
                let value = UInt16(truncatingIfNeeded: scalar.value)
                for shift in [12, 8, 4, 0] as [UInt16] {
                    output.append(Hexadecimal.digit(UInt8(truncatingIfNeeded: value >> shift & 15)))
                }
            default: output.append(contentsOf: String(scalar).utf8)
            }
        }
        output.append(UInt8(ascii: "\""))
    }
}
