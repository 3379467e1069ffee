/// A list of tables that hold only plain strings and whole numbers, as locks list the files of a package: nine tenths of
/// their bytes. It stays text until somebody asks for its elements.
///
/// The reader has seen that all of it is well-formed: `[{key = "text", other = 12}, ...]` with bare keys, none twice in one
/// table, strings without escapes, decimal numbers of at most eighteen digits, and no comments.
package struct FlatTables: Sendable {
    /// A key or a value, as bytes of the text; a string without its quotes.
    package typealias Bytes = UnsafeBufferPointer<UInt8>

    /// One key with its value, while the list is walked.
    package struct Member {
        /// The number of its table in the list, from 0.
        package let row: Int
        /// The key.
        package let key: Bytes
        /// The string without its quotes, or the digits of the number.
        package let value: Bytes
        /// Whether the value is a string; else it is a number.
        package let isString: Bool
    }

    let text: SourceText
    /// The range from the opening bracket to the offset after the closing one.
    let range: Range<Int>
    /// The number of tables; at least one.
    package let count: Int

    /// Walks over the members of all tables, in document order, until told to stop.
    ///
    /// - Parameter body: returns whether to go on.
    package func forEachMember(_ body: (Member) -> Bool) {
        text.bytes.withUnsafeBufferPointer { bytes in
            var walk = FlatTableWalk(bytes: bytes, index: range.lowerBound)
            _ = walk.end(body)
        }
    }

    /// The elements as nodes.
    package var nodes: [DocumentNode] {
        var scanner = TOMLScanner(text, at: range.lowerBound)
        scanner.keepsFlatTables = false
        // Nothing can be wrong with it: see `found`.
        return (try? scanner.value(depth: 0))?.array ?? []
    }

    /// Returns the list that begins at an offset; nil for any other value, and for a list that needs the full parser.
    static func found(in text: SourceText, at offset: Int) -> FlatTables? {
        text.bytes.withUnsafeBufferPointer { bytes in
            // The keys of the table that is being walked, to find duplicates.
            var keys: [Bytes] = []
            keys.reserveCapacity(8)
            var row = -1
            var isPlain = true
            var walk = FlatTableWalk(bytes: bytes, index: offset)
            let end = walk.end { member in
                if member.row != row {
                    row = member.row
                    keys.removeAll(keepingCapacity: true)
                }
                isPlain = keys.count < 8 && !keys.contains { $0.elementsEqual(member.key) }
                keys.append(member.key)
                return isPlain
            }
            guard isPlain, let end, row >= 0 else { return nil }
            return FlatTables(text: text, range: offset..<end, count: row + 1)
        }
    }
}

/// One walk over the text of such a list.
private struct FlatTableWalk {
    let bytes: UnsafeBufferPointer<UInt8>
    var index: Int

    private var byte: UInt8 { index < bytes.count ? bytes[index] : 0 }

    private mutating func skipBlanks() { while byte.isASCIIBlank { index += 1 } }

    private mutating func skipSpace() { while byte.isASCIIBlank || byte == UInt8(ascii: "\n") { index += 1 } }

    private mutating func take(_ expected: UInt8) -> Bool {
        guard byte == expected else { return false }
        index += 1
        return true
    }

    /// Returns the offset after the list; nil when it is another value, or when `body` stopped the walk.
    mutating func end(_ body: (FlatTables.Member) -> Bool) -> Int? {
        guard take(UInt8(ascii: "[")) else { return nil }
        var row = 0
        skipSpace()
        while !take(UInt8(ascii: "]")) {
            guard take(UInt8(ascii: "{")) else { return nil }
            repeat {
                guard let member = member(row), body(member) else { return nil }
                skipBlanks()
            } while take(UInt8(ascii: ","))
            guard take(UInt8(ascii: "}")) else { return nil }
            row += 1
            skipSpace()
            if take(UInt8(ascii: ",")) { skipSpace() } else if byte != UInt8(ascii: "]") { return nil }
        }
        return index
    }

    /// `key = value`.
    private mutating func member(_ row: Int) -> FlatTables.Member? {
        skipBlanks()
        let keyStart = index
        while isBareKey(byte) { index += 1 }
        let key = UnsafeBufferPointer(rebasing: bytes[keyStart..<index])
        skipBlanks()
        guard !key.isEmpty, take(UInt8(ascii: "=")) else { return nil }
        skipBlanks()
        let start = index
        if take(UInt8(ascii: "\"")) {
            skipPlainCharacters()
            let value = UnsafeBufferPointer(rebasing: bytes[(start + 1)..<index])
            // Two quotes and a third begin a string of several lines.
            guard take(UInt8(ascii: "\"")), !(value.isEmpty && byte == UInt8(ascii: "\"")) else { return nil }
            return FlatTables.Member(row: row, key: key, value: value, isString: true)
        }
        while byte.isASCIIDigit { index += 1 }
        let value = UnsafeBufferPointer(rebasing: bytes[start..<index])
        guard (1...18).contains(value.count), value.count == 1 || value[0] != UInt8(ascii: "0") else { return nil }
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: ","), UInt8(ascii: "}"):
            return FlatTables.Member(row: row, key: key, value: value, isString: false)
        default: return nil
        }
    }

    /// Moves to the next quote, backslash or control character, eight bytes at a time.
    private mutating func skipPlainCharacters() {
        let everyByte: UInt64 = 0x0101_0101_0101_0101
        let highBits = everyByte &* 0x80
        func zeroBytes(_ block: UInt64) -> UInt64 { (block &- everyByte) & ~block & highBits }
        if let base = UnsafeRawPointer(bytes.baseAddress) {
            while bytes.count - index >= 8 {
                let block = base.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                let controls = (block &- everyByte &* 0x20) & ~block & highBits
                let special =
                    controls | zeroBytes(block ^ everyByte &* 0x22) | zeroBytes(block ^ everyByte &* 0x5C)
                    | zeroBytes(block ^ everyByte &* 0x7F)
                if special != 0 {
                    // The lowest flag is exact; those above it may come from a borrow.
                    index += UInt64(littleEndian: special).trailingZeroBitCount / 8
                    return
                }
                index += 8
            }
        }
        while byte >= UInt8(ascii: " "), byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte != 0x7F {
            index += 1
        }
    }

    private func isBareKey(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
