/// The shell's pattern matching, without character classes by name
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
            guard let end = pattern[(index + 1)...].dropFirst().firstIndex(of: UInt8(ascii: "]")) else {
                return pattern[index] == byte ? index + 1 : nil
            }
            var members = pattern[(index + 1)..<end]
            let isNegated = members.first == UInt8(ascii: "!") || members.first == UInt8(ascii: "^")
            if isNegated { members = members.dropFirst() }
            return contains(members, byte) != isNegated ? end + 1 : nil
        default: return pattern[index] == byte ? index + 1 : nil
        }
    }

    private static func contains(_ members: ArraySlice<UInt8>, _ byte: UInt8) -> Bool {
        var index = members.startIndex
        while index < members.endIndex {
            if index + 2 < members.endIndex, members[index + 1] == UInt8(ascii: "-") {
                if members[index] <= byte, byte <= members[index + 2] { return true }
                index += 3
            } else {
                if members[index] == byte { return true }
                index += 1
            }
        }
        return false
    }
}
