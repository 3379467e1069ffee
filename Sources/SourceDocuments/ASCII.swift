extension UInt8 {
    /// Whether the byte is an ASCII digit, `0` to `9`.
    @inlinable package var isASCIIDigit: Bool { self &- UInt8(ascii: "0") < 10 }

    /// Whether the byte is an ASCII letter from `A` to `Z`.
    @inlinable package var isASCIIUppercase: Bool { self &- UInt8(ascii: "A") < 26 }

    /// Whether the byte is an ASCII letter from `a` to `z`.
    @inlinable package var isASCIILowercase: Bool { self &- UInt8(ascii: "a") < 26 }

    /// Whether the byte is an ASCII letter of either case.
    @inlinable package var isASCIILetter: Bool { isASCIIUppercase || isASCIILowercase }

    /// Whether the byte is an ASCII letter or an ASCII digit.
    @inlinable package var isASCIIAlphanumeric: Bool { isASCIILetter || isASCIIDigit }

    /// Whether the byte is a hexadecimal digit as digests write it, `0` to `9` or `a` to `f`.
    @inlinable package var isLowercaseHexDigit: Bool { isASCIIDigit || self &- UInt8(ascii: "a") < 6 }

    /// Whether the byte is a space or a tab.
    @inlinable package var isASCIIBlank: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }
}
