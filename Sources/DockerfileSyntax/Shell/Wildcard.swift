/// The shell's pattern matching, with the character classes of the C locale
/// (https://pubs.opengroup.org/onlinepubs/9699919799/utilities/V3_chap02.html#tag_18_13).
enum Wildcard {
    /// Returns whether a text matches a pattern of `*`, `?`, `[...]` and characters, in time linear in both.
    static func matches(_ text: String, pattern: String) -> Bool {
        let text = Array(text.utf8)
        let pattern = Array(pattern.utf8)
        var (textIndex, patternIndex) = (0, 0)
        var star: (pattern: Int, text: Int)?
        while textIndex < text.count {
            if patternIndex < pattern.count, pattern[patternIndex] == UInt8(ascii: "*") {
                star = (patternIndex, textIndex)
                patternIndex += 1
            } else if let next = matchOne(text[textIndex], pattern, patternIndex) {
                textIndex += 1
                patternIndex = next
            } else if let (starPattern, starText) = star {
                star = (starPattern, starText + 1)
                textIndex = starText + 1
                patternIndex = starPattern + 1
            } else {
                return false
            }
        }
        while patternIndex < pattern.count, pattern[patternIndex] == UInt8(ascii: "*") { patternIndex += 1 }
        return patternIndex == pattern.count
    }

    /// Returns the index after the pattern's character or class when it matches a byte.
    private static func matchOne(_ byte: UInt8, _ pattern: [UInt8], _ index: Int) -> Int? {
        guard index < pattern.count else { return nil }
        switch pattern[index] {
        case UInt8(ascii: "?"): return index + 1
        case UInt8(ascii: "\\") where index + 1 < pattern.count:
            return pattern[index + 1] == byte ? index + 2 : nil
        case UInt8(ascii: "["):
            guard let (matches, end) = bracket(pattern, index, byte) else {
                return pattern[index] == byte ? index + 1 : nil
            }
            return matches ? end : nil
        default: return pattern[index] == byte ? index + 1 : nil
        }
    }

    /// Returns whether `[...]` at an index has a byte, and the index after it; nil when nothing closes it.
    private static func bracket(_ pattern: [UInt8], _ start: Int, _ byte: UInt8) -> (matches: Bool, end: Int)? {
        var index = start + 1
        var isNegated = false
        if index < pattern.count, pattern[index] == UInt8(ascii: "!") || pattern[index] == UInt8(ascii: "^") {
            isNegated = true
            index += 1
        }
        var isMember = false
        let first = index
        while index < pattern.count {
            if pattern[index] == UInt8(ascii: "]"), index > first { return (isMember != isNegated, index + 1) }
            if let (name, end) = className(pattern, index) {
                isMember = isMember || classes[name]?(byte) == true
                index = end
                continue
            }
            guard let low = member(pattern, &index) else { return nil }
            var high = low
            if index + 1 < pattern.count, pattern[index] == UInt8(ascii: "-"), pattern[index + 1] != UInt8(ascii: "]") {
                index += 1
                guard let end = member(pattern, &index) else { return nil }
                high = end
            }
            isMember = isMember || (low...max(low, high)).contains(byte) && low <= high
        }
        return nil
    }

    /// One character of a bracket expression, a backslash before it taken off.
    private static func member(_ pattern: [UInt8], _ index: inout Int) -> UInt8? {
        if index + 1 < pattern.count, pattern[index] == UInt8(ascii: "\\") { index += 1 }
        guard index < pattern.count else { return nil }
        defer { index += 1 }
        return pattern[index]
    }

    /// The name of `[:digit:]` at an index, and the index after it.
    private static func className(_ pattern: [UInt8], _ start: Int) -> (name: String, end: Int)? {
        guard start + 1 < pattern.count, pattern[start] == UInt8(ascii: "["), pattern[start + 1] == UInt8(ascii: ":")
        else { return nil }
        let letters = pattern[(start + 2)...].prefix { $0.isASCIILowercase }
        let end = letters.endIndex
        guard end + 1 < pattern.count, pattern[end] == UInt8(ascii: ":"), pattern[end + 1] == UInt8(ascii: "]") else {
            return nil
        }
        return (String(decoding: letters, as: UTF8.self), end + 2)
    }

    /// https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/V1_chap07.html#tag_07_03_01
    private static let classes: [String: @Sendable (UInt8) -> Bool] = [
        "alpha": { $0.isASCIILetter },
        "digit": { $0.isASCIIDigit },
        "alnum": { $0.isASCIILetter || $0.isASCIIDigit },
        "upper": { $0.isASCIILetter && !$0.isASCIILowercase },
        "lower": { $0.isASCIILowercase },
        "xdigit": { $0.hexDigitValue != nil },
        "blank": { $0.isASCIIBlank },
        "space": { $0 == 0x20 || (0x09...0x0D).contains($0) },
        "cntrl": { $0 < 0x20 || $0 == 0x7F },
        "graph": { (0x21...0x7E).contains($0) },
        "print": { (0x20...0x7E).contains($0) },
        "punct": { (0x21...0x7E).contains($0) && !$0.isASCIILetter && !$0.isASCIIDigit },
    ]
}
