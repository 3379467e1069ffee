/// What a path is asked for as bytes: paths of an image are compared by the ten thousand, and need not be UTF-8.
///
/// Nothing here is generic: what is, is not specialised for those who call it from another room.
package enum PathBytes {
    /// Whether bytes end with a text.
    package static func ends(_ bytes: [UInt8], _ text: StaticString) -> Bool { ends(bytes[...], text) }

    /// Whether bytes end with a text.
    package static func ends(_ bytes: ArraySlice<UInt8>, _ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard bytes.count >= count else { return false }
        return bytes.withUnsafeBufferPointer { bytes in
            text.withUTF8Buffer { text in
                // The last byte is the one that differs most.
                var index = count
                while index > 0 {
                    index -= 1
                    if bytes[bytes.count - count + index] != text[index] { return false }
                }
                return true
            }
        }
    }

    /// Whether bytes are a text.
    package static func equals(_ bytes: ArraySlice<UInt8>, _ text: StaticString) -> Bool {
        bytes.count == text.utf8CodeUnitCount && ends(bytes, text)
    }

    /// Whether a text stands somewhere in bytes.
    package static func contains(_ bytes: ArraySlice<UInt8>, _ text: StaticString) -> Bool {
        bytes.withUnsafeBufferPointer { bytes in
            text.withUTF8Buffer { wanted in
                guard let first = wanted.first, bytes.count >= wanted.count else { return false }
                for start in 0...(bytes.count - wanted.count) where bytes[start] == first {
                    if UnsafeBufferPointer(rebasing: bytes[start..<start + wanted.count]).elementsEqual(wanted) {
                        return true
                    }
                }
                return false
            }
        }
    }

    /// The folder of a path: all before the last slash, nothing without one.
    package static func folder(_ path: [UInt8]) -> ArraySlice<UInt8> {
        path[..<(path.lastIndex(of: UInt8(ascii: "/")) ?? 0)]
    }
}
