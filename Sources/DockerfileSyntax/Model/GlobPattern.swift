/// A pattern of `${v#p}`, `${v%p}` and `${v/p/r}`: `*`, `?` and literal characters; a backslash quotes `*`, `?`, `\`, `/`, `}`.
package struct GlobPattern {
    private enum Token: Hashable {
        case any
        case star
        case literal(Unicode.Scalar)
    }
    private let tokens: [Token]

    init(_ pattern: [UInt8]) throws(WordSyntaxError) {
        var tokens: [Token] = []
        var isEscaped = false
        for scalar in String(decoding: pattern, as: UTF8.self).unicodeScalars {
            if isEscaped {
                guard "*?\\/}".unicodeScalars.contains(scalar) else {
                    throw WordSyntaxError(reason: "invalid escape '\\\(scalar)' in a pattern")
                }
                tokens.append(.literal(scalar))
                isEscaped = false
                continue
            }
            switch scalar {
            case "\\": isEscaped = true
            case "*": if tokens.last != .star { tokens.append(.star) }
            case "?": tokens.append(.any)
            default: tokens.append(.literal(scalar))
            }
        }
        if isEscaped { throw WordSyntaxError(reason: "a pattern ends with its escape character") }
        self.tokens = tokens
    }

    /// Returns whether a text matches a pattern of file names; false for a pattern that cannot be read.
    package static func matches(_ pattern: String, _ text: String) -> Bool {
        (try? GlobPattern(Array(pattern.utf8)))?.matches(text) ?? false
    }

    private init(tokens: [Token]) { self.tokens = tokens }

    /// Where a match that starts at an index ends; nil when there is none. Time is the product of both lengths.
    private func end(_ text: [Unicode.Scalar], from start: Int, longest: Bool) -> Int? {
        var reachable = [Bool](repeating: false, count: text.count - start + 1)
        reachable[0] = true
        for token in tokens {
            var next = [Bool](repeating: false, count: reachable.count)
            var wasReached = false
            for index in reachable.indices {
                switch token {
                case .star:
                    wasReached = wasReached || reachable[index]
                    next[index] = wasReached
                case .any:
                    if index > 0 { next[index] = reachable[index - 1] }
                case .literal(let scalar):
                    if index > 0 { next[index] = reachable[index - 1] && text[start + index - 1] == scalar }
                }
            }
            reachable = next
        }
        let end = longest ? reachable.lastIndex(of: true) : reachable.firstIndex(of: true)
        return end.map { $0 + start }
    }

    private func isTooLarge(_ count: Int) -> Bool {
        // The product is bounded, so that no file can make the reader slow.
        count.multipliedReportingOverflow(by: tokens.count + 1).partialValue > 4_000_000
    }

    /// The text without its prefix that matches; nil when that would take too long.
    func removingPrefix(of text: String, longest: Bool) -> String? {
        let scalars = Array(text.unicodeScalars)
        if isTooLarge(scalars.count) { return nil }
        guard let end = end(scalars, from: 0, longest: longest) else { return text }
        return Self.string(scalars[end...])
    }

    /// The text without its suffix that matches; nil when that would take too long.
    func removingSuffix(of text: String, longest: Bool) -> String? {
        let reversed = Array(text.unicodeScalars.reversed())
        let pattern = GlobPattern(tokens: tokens.reversed())
        if isTooLarge(reversed.count) { return nil }
        guard let end = pattern.end(reversed, from: 0, longest: longest) else { return text }
        return Self.string(reversed[end...].reversed())
    }

    /// The text with matches replaced; nil when that would take too long, or would be longer than any value is.
    func replacing(in text: String, with replacement: String, all: Bool) -> String? {
        let scalars = Array(text.unicodeScalars)
        guard scalars.count < 2_000, !isTooLarge(scalars.count) else { return nil }
        var output = ""
        var index = 0
        var lastEnd = -1
        while index <= scalars.count {
            if let end = end(scalars, from: index, longest: true), !(end == index && index == lastEnd) {
                guard output.utf8.count + replacement.utf8.count <= ModelBuilder.maximumValueLength else { return nil }
                output += replacement
                lastEnd = end
                if !all { return output + Self.string(scalars[end...]) }
                if end > index {
                    index = end
                    continue
                }
            }
            if index < scalars.count { output.unicodeScalars.append(scalars[index]) }
            index += 1
        }
        return output
    }

    /// Whether the whole text matches.
    func matches(_ text: String) -> Bool {
        let scalars = Array(text.unicodeScalars)
        guard !isTooLarge(scalars.count) else { return false }
        return end(scalars, from: 0, longest: true) == scalars.count
    }

    private static func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var result = ""
        result.unicodeScalars.append(contentsOf: scalars)
        return result
    }
}
