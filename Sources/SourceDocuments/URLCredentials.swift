/// Removes credentials from URLs before they are shown or written.
package enum URLCredentials {
    private static let mark: [UInt8] = Array("***".utf8)

    /// Returns `text` with the user part of every URL, every token of a conda channel (`/t/TOKEN/`), and every token and
    /// signature of a query replaced by `***`.
    ///
    /// The text may be a whole line. The user of an ssh URL without a password and variables (`${TOKEN}`) stay. Syntax: https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1 and
    /// https://docs.anaconda.com/anacondaorg/user-guide/tasks/work-with-accounts/#access-tokens.
    package static func redacted(_ text: String) -> String {
        guard mayHold(text) else { return text }
        let bytes = Array(text.utf8)
        // A URL may hold another one, whose user comes before a token that was found already: they are in no order.
        var secrets: [Range<Int>] = []
        var searched = 0
        var index = 0
        while index + 2 < bytes.count {
            guard bytes[index] == UInt8(ascii: ":"), bytes[index + 1] == UInt8(ascii: "/"),
                bytes[index + 2] == UInt8(ascii: "/")
            else {
                index += 1
                continue
            }
            let authority = (index + 3)..<end(of: bytes, from: index + 3, isStop: isAuthorityStop)
            if let secret = secret(bytes, authority, isSSH: isSSH(bytes[..<index])) {
                secrets.append(secret)
            }
            // A URL inside of another one was gone through with it.
            if authority.upperBound >= searched {
                searched = end(of: bytes, from: authority.upperBound, isStop: isURLStop)
                secrets += channelTokens(bytes, authority.upperBound..<searched)
                secrets += queryTokens(bytes, authority.upperBound..<searched)
            }
            // What follows may be the next URL: an authority, a path or a value can hold one too.
            index = authority.lowerBound
        }
        return secrets.isEmpty ? text : String(decoding: replacing(secrets, in: bytes), as: UTF8.self)
    }

    /// Puts the mark in place of each range; ranges that overlap or touch are one.
    private static func replacing(_ secrets: [Range<Int>], in bytes: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        var copied: Int?
        for range in secrets.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            let start = copied ?? 0
            if copied == nil || range.lowerBound > start { output += bytes[start..<range.lowerBound] + mark }
            copied = max(start, range.upperBound)
        }
        return output + bytes[(copied ?? 0)...]
    }

    /// Whether a text holds `:` and one of `@`, `?` and `/t/`, without which ``redacted(_:)`` changes nothing.
    ///
    /// A lock names tens of thousands of URLs; nearly all of them end here.
    package static func mayHold(_ text: String) -> Bool {
        text.containsText(":") && ["@", "?", "/t/"].contains { text.containsText($0) }
    }

    private static func end(of bytes: [UInt8], from start: Int, isStop: (UInt8) -> Bool) -> Int {
        bytes[start...].firstIndex(where: isStop) ?? bytes.endIndex
    }

    private static func isURLStop(_ byte: UInt8) -> Bool {
        byte <= UInt8(ascii: " ") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'")
    }

    private static func isAuthorityStop(_ byte: UInt8) -> Bool {
        isURLStop(byte) || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#")
    }

    private static func isSSH(_ head: ArraySlice<UInt8>) -> Bool {
        guard head.count >= 3, head.suffix(3).map({ $0 | 0x20 }) == Array("ssh".utf8) else { return false }
        let before = head.dropLast(3).last
        return before.map { !($0.isASCIILetter || $0.isASCIIDigit) } ?? true
    }

    /// The range of the secret in the user information of an authority.
    private static func secret(_ bytes: [UInt8], _ authority: Range<Int>, isSSH: Bool) -> Range<Int>? {
        guard let last = bytes[authority].lastIndex(of: UInt8(ascii: "@")) else { return nil }
        // `docker://NAME@sha256:...`: no host has a port of that many digits.
        let end = isDigest(bytes[(last + 1)..<authority.upperBound]) ? last : authority.upperBound
        guard let at = bytes[authority.lowerBound..<end].lastIndex(of: UInt8(ascii: "@")) else { return nil }
        let user = authority.lowerBound..<at
        let colon = bytes[user].firstIndex(of: UInt8(ascii: ":"))
        if user.isEmpty || colon == nil && isSSH { return nil }
        let parts = colon.map { [bytes[user.lowerBound..<$0], bytes[($0 + 1)..<at]] } ?? [bytes[user]]
        return parts.allSatisfy { $0.isEmpty || isVariable($0) } ? nil : user
    }

    /// Whether a text begins as a digest does, `sha256:` and its digits.
    private static func isDigest(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.starts(with: "sha256:".utf8) || text.starts(with: "sha512:".utf8) else { return false }
        return text.dropFirst("sha256:".utf8.count).prefix(while: \.isLowercaseHexDigit).count >= 64
    }

    /// Whether a text is `${NAME}` or `$NAME`.
    private static func isVariable(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.first == UInt8(ascii: "$") else { return false }
        var name = text.dropFirst()
        if name.first == UInt8(ascii: "{") {
            guard name.last == UInt8(ascii: "}") else { return false }
            name = name.dropFirst().dropLast()
        }
        return !name.isEmpty && name.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || $0 == UInt8(ascii: "_") }
    }

    /// The words in the names of parameters that hold a secret: `access_token`, `X-Amz-Signature`, `sig`, `api_key`.
    private static let secretWords = [
        "token", "signature", "sig", "password", "passwd", "secret", "credential", "key", "auth",
    ]
    .map { Array($0.utf8) }

    /// The ranges of the values of a query's parameters that hold a secret, those of a URL in the path or a value among them.
    private static func queryTokens(_ bytes: [UInt8], _ url: Range<Int>) -> [Range<Int>] {
        guard let mark = bytes[url].firstIndex(of: UInt8(ascii: "?")) else { return [] }
        var ranges: [Range<Int>] = []
        var parameter = mark + 1
        var isNamed = false
        var secret: Int?
        func finish(_ end: Int) {
            if let start = secret, start < end, !isVariable(bytes[start..<end]) { ranges.append(start..<end) }
            secret = nil
        }
        for index in (mark + 1)..<url.upperBound {
            switch bytes[index] {
            case UInt8(ascii: "&"), UInt8(ascii: "#"):
                finish(index)
                (parameter, isNamed) = (index + 1, false)
            case UInt8(ascii: "?") where secret == nil: (parameter, isNamed) = (index + 1, false)
            case UInt8(ascii: "=") where !isNamed:
                isNamed = true
                let words = bytes[parameter..<index].map { $0 | 0x20 }.split { !$0.isASCIILetter }.map(Array.init)
                if words.contains(where: { secretWords.contains($0) }) { secret = index + 1 }
            default: break
            }
        }
        finish(url.upperBound)
        return ranges
    }

    /// The ranges of TOKEN in a path with `/t/TOKEN/`.
    private static func channelTokens(_ bytes: [UInt8], _ path: Range<Int>) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var index = path.lowerBound
        while index + 3 < path.upperBound {
            guard bytes[index] == UInt8(ascii: "/"), bytes[index + 1] == UInt8(ascii: "t"),
                bytes[index + 2] == UInt8(ascii: "/")
            else {
                index += 1
                continue
            }
            let start = index + 3
            let end = bytes[start..<path.upperBound].firstIndex(of: UInt8(ascii: "/")) ?? path.upperBound
            if end > start, !isVariable(bytes[start..<end]) { ranges.append(start..<end) }
            index = max(end, start)
        }
        return ranges
    }
}
