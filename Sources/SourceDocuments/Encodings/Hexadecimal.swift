extension UInt8 {
    /// The value of the byte as an ASCII hexadecimal digit of either case; nil when it is not one.
    @inlinable package var hexDigitValue: UInt8? {
        if isASCIIDigit { return self &- UInt8(ascii: "0") }
        // Upper and lower case differ in one bit.
        let letter = self | 0x20
        return letter &- UInt8(ascii: "a") < 6 ? letter &- UInt8(ascii: "a") &+ 10 : nil
    }
}

/// Hexadecimal text, as digests are written.
package enum Hexadecimal {
    /// Returns the lower-case digit of a value below 16.
    @inlinable package static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") &+ value : UInt8(ascii: "a") &- 10 &+ value
    }

    /// Returns bytes as lower-case digits, two for each byte.
    package static func encode(_ bytes: some Collection<UInt8>) -> String {
        String(unsafeUninitializedCapacity: bytes.count * 2) { buffer in
            var index = 0
            for byte in bytes {
                buffer[index] = digit(byte >> 4)
                buffer[index + 1] = digit(byte & 15)
                index += 2
            }
            return index
        }
    }

    /// Returns the bytes that digits of either case represent; nil for an odd number of digits and for any other character.
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        var bytes: [UInt8] = []
        var high: UInt8?
        for character in text.utf8 {
            guard let value = character.hexDigitValue else { return nil }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return high == nil ? bytes : nil
    }
}
