/// What a path is asked for as bytes: paths of an image are compared by the ten thousand, and need not be UTF-8.
public enum PathBytes {
    /// Whether bytes end with a text.
    public static func ends(_ bytes: some RandomAccessCollection<UInt8>, _ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard bytes.count >= count else { return false }
        return text.withUTF8Buffer { bytes.suffix(count).elementsEqual($0) }
    }

    /// Whether bytes are a text.
    public static func equals(_ bytes: some RandomAccessCollection<UInt8>, _ text: StaticString) -> Bool {
        bytes.count == text.utf8CodeUnitCount && ends(bytes, text)
    }

    /// Whether a text stands somewhere in bytes.
    public static func contains(_ bytes: ArraySlice<UInt8>, _ text: StaticString) -> Bool {
        text.withUTF8Buffer { wanted in
            guard let first = wanted.first, bytes.count >= wanted.count else { return false }
            var start = bytes.startIndex
            let last = bytes.endIndex - wanted.count
            while start <= last {
                if bytes[start] == first, bytes[start..<start + wanted.count].elementsEqual(wanted) { return true }
                start += 1
            }
            return false
        }
    }

    /// The folder of a path: all before the last slash, nothing without one.
    public static func folder(_ path: [UInt8]) -> ArraySlice<UInt8> { path[..<(path.lastIndex(of: 0x2F) ?? 0)] }
}
