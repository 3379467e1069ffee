internal import Glibc

/// Checks that all readers of documents make before they parse a text.
enum UnicodeChecking {
    /// The largest document that is read, in bytes: ten times the largest lock file in the wild, small enough for memory.
    static let maximumByteCount = 64 << 20
    /// The maximum nesting depth of values.
    static let maximumDepth = 128

    /// Returns where the text starts, after a byte order mark; refuses a text that is too large or not UTF-8.
    ///
    /// - Returns: the offset after a byte order mark, or 0.
    static func start(of text: SourceText) throws(DocumentError) -> Int {
        if text.bytes.count > maximumByteCount {
            throw DocumentError(
                file: text.name, place: nil,
                reason: "has \(text.bytes.count) bytes; documents larger than \(maximumByteCount) bytes are not read")
        }
        if let offset = firstInvalidOffset(text.bytes) {
            throw DocumentError(file: text.name, place: text.place(at: offset), reason: "is not UTF-8")
        }
        return text.bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    /// The offset of the first byte that is not part of well-formed UTF-8 (Unicode 15, table 3-7), or nil.
    static func firstInvalidOffset(_ bytes: [UInt8]) -> Int? {
        bytes.withUnsafeBufferPointer { buffer in
            var index = 0
            let count = buffer.count
            while index < count {
                let byte = buffer[index]
                if byte < 0x80 {
                    // Most text is ASCII: eight bytes at a time.
                    while count - index >= 8, let base = UnsafeRawPointer(buffer.baseAddress),
                        base.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
                    {
                        index += 8
                    }
                    while index < count, buffer[index] < 0x80 { index += 1 }
                    continue
                }
                let second: ClosedRange<UInt8>
                let length: Int
                switch byte {
                case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
                case 0xE0: (length, second) = (3, 0xA0...0xBF)
                case 0xED: (length, second) = (3, 0x80...0x9F)
                case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
                case 0xF0: (length, second) = (4, 0x90...0xBF)
                case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
                case 0xF4: (length, second) = (4, 0x80...0x8F)
                default: return index
                }
                guard count - index >= length, second.contains(buffer[index + 1]) else { return index }
                for place in index + 2..<max(index + length, index + 2) where buffer[place] & 0xC0 != 0x80 {
                    return index
                }
                index += length
            }
            return nil
        }
    }

    /// The offset of the first NUL, or nil.
    static func firstNUL(_ bytes: [UInt8]) -> Int? {
        bytes.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress, let found = memchr(base, 0, bytes.count) else { return nil }
            return UnsafeRawPointer(found) - UnsafeRawPointer(base)
        }
    }

    /// Appends a Unicode scalar as UTF-8.
    static func append(_ scalar: Unicode.Scalar, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }
}

extension SourceText {
    /// Refuses a text that is not UTF-8, or that is larger than any document that is read.
    package func checkUTF8() throws(DocumentError) {
        _ = try UnicodeChecking.start(of: self)
    }
}
