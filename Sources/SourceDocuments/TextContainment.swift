internal import Glibc

extension String {
    /// Returns the first occurrence of a text, compared by UTF-8 bytes.
    package func range(ofText needle: String) -> Range<String.Index>? {
        guard let offset = offset(ofText: needle) else { return nil }
        let start = utf8.index(utf8.startIndex, offsetBy: offset)
        return start..<utf8.index(start, offsetBy: needle.utf8.count)
    }

    /// Returns whether this text contains another one, compared by UTF-8 bytes.
    package func containsText(_ needle: String) -> Bool { offset(ofText: needle) != nil }

    /// Returns the index of the last byte of a value; nil where there is none.
    ///
    /// `utf8.lastIndex(of:)` takes a hundred instructions a byte.
    package func lastIndex(ofByte byte: UInt8) -> String.Index? {
        var text = self
        let offset = text.withUTF8 { $0.lastIndex(of: byte) }
        return offset.map { utf8.index(utf8.startIndex, offsetBy: $0) }
    }

    private func offset(ofText needle: String) -> Int? {
        var (text, needle) = (self, needle)
        return text.withUTF8 { bytes in needle.withUTF8 { bytes.offset(of: $0) } }
    }
}

extension ArraySlice<UInt8> {
    /// Returns whether these bytes contain others.
    package func containsBytes(_ needle: [UInt8]) -> Bool {
        firstRange(ofBytes: needle) != nil
    }

    /// Returns where these bytes hold others for the first time; nil when they do not.
    package func firstRange(ofBytes needle: [UInt8]) -> Range<Int>? {
        let offset = withUnsafeBufferPointer { bytes in needle.withUnsafeBufferPointer { bytes.offset(of: $0) } }
        return offset.map { (startIndex + $0)..<(startIndex + $0 + needle.count) }
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Returns the offset of the first occurrence of bytes; nil when there is none, or when they are empty.
    fileprivate func offset(of needle: UnsafeBufferPointer<UInt8>) -> Int? {
        guard let base = baseAddress, let first = needle.first, let start = needle.baseAddress else { return nil }
        var index = 0
        while count - index >= needle.count {
            guard let found = memchr(base + index, Int32(first), count - index - needle.count + 1) else { return nil }
            index = UnsafeRawPointer(found) - UnsafeRawPointer(base)
            if memcmp(base + index, start, needle.count) == 0 { return index }
            index += 1
        }
        return nil
    }
}
