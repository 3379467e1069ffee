/// Turns UTF-16 and UTF-32 into UTF-8, as every reader of YAML has to (https://yaml.org/spec/1.2.2/#52-character-encodings):
/// by a byte order mark, else by the zero bytes of a first character that is ASCII. Places then count bytes of UTF-8.
package enum YAMLEncoding {
    /// The text in UTF-8.
    ///
    /// - Returns: the text, the name of its encoding if that is another, and what is wrong with its bytes; those that stand for
    ///   nothing are U+FFFD then.
    package static func decoded(_ text: SourceText) -> (text: SourceText, encoding: String?, problem: String?) {
        guard let form = Form(text.bytes.prefix(4).map { $0 }) else { return (text, nil, nil) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.bytes.count / 2)
        let isWhole = text.bytes.withUnsafeBufferPointer { form.decode($0, into: &bytes) }
        return (
            SourceText(name: text.name, bytes: bytes), form.name,
            isWhole ? nil : "is not \(form.name), as its first bytes say"
        )
    }

    /// How characters are written.
    private struct Form {
        let width: Int
        let isLittleEndian: Bool
        let hasMark: Bool

        var name: String { width == 2 ? "UTF-16" : "UTF-32" }

        init?(_ head: [UInt8]) {
            func isZero(_ index: Int) -> Bool { index < head.count && head[index] == 0 }
            func isText(_ index: Int) -> Bool { index < head.count && head[index] != 0 }
            if head.starts(with: [0xFF, 0xFE]) {
                (width, isLittleEndian, hasMark) = (isZero(2) && isZero(3) ? 4 : 2, true, true)
            } else if head.starts(with: [0xFE, 0xFF]) {
                (width, isLittleEndian, hasMark) = (2, false, true)
            } else if head.elementsEqual([0, 0, 0xFE, 0xFF]) {
                (width, isLittleEndian, hasMark) = (4, false, true)
            } else if isText(0), isZero(1) {
                (width, isLittleEndian, hasMark) = (isZero(2) && isZero(3) ? 4 : 2, true, false)
            } else if isZero(0), isText(1) {
                (width, isLittleEndian, hasMark) = (2, false, false)
            } else if isZero(0), isZero(1), isZero(2), isText(3) {
                (width, isLittleEndian, hasMark) = (4, false, false)
            } else {
                return nil
            }
        }

        private func unit(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) -> UInt32 {
            var value: UInt32 = 0
            for offset in 0..<width {
                value = value << 8 | UInt32(bytes[index + (isLittleEndian ? width - 1 - offset : offset)])
            }
            return value
        }

        /// Appends the characters as UTF-8; returns false when some bytes stand for none.
        func decode(_ bytes: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) -> Bool {
            var isWhole = bytes.count % width == 0
            var index = hasMark ? width : 0
            while index + width <= bytes.count {
                var value = unit(bytes, index)
                index += width
                if width == 2, value & 0xFC00 == 0xD800, index + width <= bytes.count {
                    let low = unit(bytes, index)
                    if low & 0xFC00 == 0xDC00 {
                        value = 0x10000 + (value & 0x3FF) << 10 + (low & 0x3FF)
                        index += width
                    }
                }
                if let scalar = Unicode.Scalar(value) {
                    UnicodeChecking.append(scalar, to: &output)
                } else {
                    isWhole = false
                    output += UTF8.encodedReplacementCharacter
                }
            }
            return isWhole
        }
    }
}
