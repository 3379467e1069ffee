import SourceDocuments

/// One value of a row; its bytes hold only while the row is handled.
package struct Cell {
    /// What the value is.
    package enum Kind {
        case missing, integer, float, text, nested
    }

    /// What the value is.
    package let kind: Kind
    /// The value of a number; infinite when no float is large enough.
    package let number: Double
    /// The text as written, without quotes.
    package let bytes: UnsafeBufferPointer<UInt8>

    init(_ kind: Kind, number: Double = 0, bytes: UnsafeBufferPointer<UInt8> = .init(start: nil, count: 0)) {
        self.kind = kind
        self.number = number
        self.bytes = bytes
    }

    /// The text as a string.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Understands a field of CSV: missing, a number, or text.
    init(field bytes: UnsafeBufferPointer<UInt8>) {
        if MissingWords.contains(bytes) {
            self.init(.missing)
        } else if let number = NumberText.read(bytes) {
            self.init(number.isInteger ? .integer : .float, number: number.value, bytes: bytes)
        } else {
            self.init(.text, bytes: bytes)
        }
    }
}

/// What stands for no value in CSV: nothing, or a word that pandas.read_csv takes for it by default
/// (https://pandas.pydata.org/docs/reference/api/pandas.read_csv.html, na_values).
enum MissingWords {
    private static let words: Set<[UInt8]> = Set(
        [
            "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA",
            "NULL", "NaN", "None", "n/a", "nan", "null",
        ].map { Array($0.utf8) })

    static func contains(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = bytes.first else { return true }
        guard bytes.count <= 8 else { return false }
        switch first {
        case UInt8(ascii: "#"), UInt8(ascii: "-"), UInt8(ascii: "1"), UInt8(ascii: "<"), UInt8(ascii: "N"),
            UInt8(ascii: "n"):
            return words.contains(Array(bytes))
        default: return false
        }
    }
}

/// Reads the decimal numbers of CSV.
enum NumberText {
    /// Powers of ten that a float holds exactly.
    private static let powers: [Double] = (0...22).map { power in
        (0..<power).reduce(1.0) { result, _ in result * 10 }
    }

    /// Returns the number that text is from its first byte to its last one, blanks around it left out; nil for other text.
    static func read(_ bytes: UnsafeBufferPointer<UInt8>) -> (value: Double, isInteger: Bool)? {
        var start = 0
        var end = bytes.count
        while start < end, bytes[start].isASCIIBlank { start += 1 }
        while end > start, bytes[end - 1].isASCIIBlank { end -= 1 }
        guard start < end else { return nil }
        var index = start
        let isNegative = bytes[index] == UInt8(ascii: "-")
        if isNegative || bytes[index] == UInt8(ascii: "+") { index += 1 }
        var mantissa: UInt64 = 0
        var digits = 0
        var fraction = 0
        var isInteger = true
        var isExact = true
        func take(_ byte: UInt8) {
            digits += 1
            if mantissa > 900_719_925_474_099 {
                isExact = false
            } else {
                mantissa = mantissa * 10 + UInt64(byte - UInt8(ascii: "0"))
            }
        }
        while index < end, bytes[index].isASCIIDigit {
            take(bytes[index])
            index += 1
        }
        if index < end, bytes[index] == UInt8(ascii: ".") {
            isInteger = false
            index += 1
            while index < end, bytes[index].isASCIIDigit {
                take(bytes[index])
                fraction += 1
                index += 1
            }
        }
        guard digits > 0 else { return infinity(bytes, start, end) }
        if index < end, bytes[index] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            isExact = false
            index += 1
            if index < end, bytes[index] == UInt8(ascii: "-") || bytes[index] == UInt8(ascii: "+") { index += 1 }
            let first = index
            while index < end, bytes[index].isASCIIDigit { index += 1 }
            guard index > first else { return nil }
        }
        guard index == end else { return nil }
        if isExact, fraction < powers.count {
            let value = Double(mantissa) / powers[fraction]
            return (isNegative ? -value : value, isInteger)
        }
        let text = String(decoding: bytes[start..<end], as: UTF8.self)
        // An integer beyond 64 bits is a float.
        if isInteger { isInteger = Int64(text) != nil }
        return Double(text).map { ($0, isInteger) }
    }

    /// `inf` and `Infinity` as Python and R write them.
    private static func infinity(
        _ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int
    ) -> (value: Double, isInteger: Bool)? {
        guard end - start <= 9 else { return nil }
        var word = String(decoding: bytes[start..<end], as: UTF8.self).lowercased()[...]
        let isNegative = word.first == "-"
        if isNegative || word.first == "+" { word = word.dropFirst() }
        return word == "inf" || word == "infinity" ? (isNegative ? -Double.infinity : .infinity, false) : nil
    }
}
