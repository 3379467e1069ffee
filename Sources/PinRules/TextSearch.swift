extension String {
    /// The first place of a text, compared by UTF-8 bytes.
    func range(ofText needle: String) -> Range<String.Index>? {
        guard let offset = offset(ofText: needle) else { return nil }
        let start = utf8.index(utf8.startIndex, offsetBy: offset)
        return start..<utf8.index(start, offsetBy: needle.utf8.count)
    }

    /// Whether a text stands in this one, compared by UTF-8 bytes.
    func containsText(_ needle: String) -> Bool { offset(ofText: needle) != nil }

    private func offset(ofText needle: String) -> Int? {
        let found = utf8.withContiguousStorageIfAvailable { bytes in
            needle.utf8.withContiguousStorageIfAvailable { bytes.offset(ofBytes: $0) }
                ?? bytes.offset(ofBytes: needle.utf8)
        }
        return found ?? Array(utf8).offset(ofBytes: needle.utf8)
    }
}

extension RandomAccessCollection where Element == UInt8, Index == Int {
    /// How far behind the start some bytes stand first.
    func offset(ofBytes needle: some Collection<UInt8>) -> Int? {
        guard let first = needle.first else { return nil }
        let length = needle.count
        guard count >= length else { return nil }
        var index = startIndex
        let last = endIndex - length
        while index <= last {
            if self[index] == first, self[index..<(index + length)].elementsEqual(needle) { return index - startIndex }
            index += 1
        }
        return nil
    }

    /// Whether some bytes stand somewhere in these.
    func containsBytes(_ needle: some Collection<UInt8>) -> Bool { offset(ofBytes: needle) != nil }
}
