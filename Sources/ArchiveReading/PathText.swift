/// Paths as texts: names on Linux are bytes, and need not be UTF-8.
///
/// A name that is UTF-8 is its own text. A byte that is not part of UTF-8 is written `\\xFF`; a name that holds such a byte, or
/// the two characters `\\x` themselves, has each of its own backslashes doubled, so that two names never have one text.
package enum PathText {
    /// The text of a path.
    package static func text(_ path: some Collection<UInt8>) -> String {
        let bytes = Array(path)
        if !holdsEscape(bytes), let text = String(validating: bytes, as: UTF8.self) { return text }
        var output: [UInt8] = []
        for (number, name) in bytes.split(separator: slash, omittingEmptySubsequences: false).enumerated() {
            if number > 0 { output.append(slash) }
            if !holdsEscape(name), String(validating: name, as: UTF8.self) != nil {
                output.append(contentsOf: name)
            } else {
                escape(name, into: &output)
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// The bytes of a path, of its text.
    package static func bytes(_ text: String) -> [UInt8] {
        let written = Array(text.utf8)
        guard holdsEscape(written) else { return written }
        var output: [UInt8] = []
        for (number, name) in written.split(separator: slash, omittingEmptySubsequences: false).enumerated() {
            if number > 0 { output.append(slash) }
            if holdsEscape(name) { unescape(name, into: &output) } else { output.append(contentsOf: name) }
        }
        return output
    }

    private static let slash = UInt8(ascii: "/")
    private static let backslash = UInt8(ascii: "\\")

    private static func holdsEscape(_ bytes: some Collection<UInt8>) -> Bool {
        var wasBackslash = false
        for byte in bytes {
            if wasBackslash, byte == UInt8(ascii: "x") { return true }
            wasBackslash = byte == backslash
        }
        return false
    }

    private static func escape(_ name: ArraySlice<UInt8>, into output: inout [UInt8]) {
        var rest = name
        while let first = rest.first {
            if first == backslash {
                output += [backslash, backslash]
                rest = rest.dropFirst()
                continue
            }
            // The longest character of UTF-8 has four bytes.
            let character = (1...4).first { count in
                count <= rest.count && String(validating: rest.prefix(count), as: UTF8.self) != nil
            }
            if let character {
                output.append(contentsOf: rest.prefix(character))
                rest = rest.dropFirst(character)
            } else {
                output += [backslash, UInt8(ascii: "x")] + Array((first < 16 ? "0" : "").utf8)
                output += Array(String(first, radix: 16, uppercase: true).utf8)
                rest = rest.dropFirst()
            }
        }
    }

    private static func unescape(_ name: ArraySlice<UInt8>, into output: inout [UInt8]) {
        var rest = name
        while let first = rest.popFirst() {
            if first == backslash, rest.first == backslash {
                rest = rest.dropFirst()
                output.append(backslash)
            } else if first == backslash, rest.first == UInt8(ascii: "x"),
                let byte = UInt8(String(decoding: rest.dropFirst().prefix(2), as: UTF8.self), radix: 16),
                rest.count >= 3
            {
                output.append(byte)
                rest = rest.dropFirst(3)
            } else {
                output.append(first)
            }
        }
    }
}
