/// Why a word's variables could not be read.
struct WordSyntaxError: Error, Sendable {
    let reason: String
}

/// BuildKit's reading of quotes and `$` in the words of an instruction
/// (https://docs.docker.com/reference/dockerfile/#environment-replacement).
///
/// `$name`, `${name}`, and the modifiers `:-` `-` `:+` `+` `:?` `?` `#` `##` `%` `%%` `/` `//`, nested. A pattern knows `*` and
/// `?` only.
struct WordLexer {
    /// How quotes, escapes and unset variables are treated.
    struct Options {
        var keepsQuotes = false
        var keepsEscapes = false
        var readsQuotes = true
        /// Leaves a variable that is not set as it is written.
        var skipsUnset = false
    }

    private let source: MappedText
    private let bytes: [UInt8]
    private let escape: UInt8
    private let options: Options
    private let lookup: (String) -> VariableValue
    private var index = 0
    private var depth = 0
    private var keepsEscapes: Bool
    /// The words, split at spaces that are not quoted.
    private(set) var words: [[UInt8]] = []
    private var word: [UInt8] = []
    private static let maximumDepth = 64

    init(
        _ source: MappedText, escape: UInt8, options: Options = Options(),
        lookup: @escaping (String) -> VariableValue
    ) {
        self.source = source
        bytes = source.bytes
        self.escape = escape
        self.options = options
        self.lookup = lookup
        keepsEscapes = options.keepsEscapes
    }

    /// Puts the variables into a word.
    static func expand(
        _ source: MappedText, escape: UInt8, readsQuotes: Bool = true, lookup: @escaping (String) -> VariableValue
    ) throws(WordSyntaxError) -> Expansion {
        var options = Options()
        options.readsQuotes = readsQuotes
        var lexer = WordLexer(source, escape: escape, options: options, lookup: lookup)
        return try lexer.process(stopAt: nil)
    }

    /// Splits a line into words, variables left as they are.
    static func words(
        of line: [UInt8], keepingQuotes: Bool, keepingEscapes: Bool
    ) throws(WordSyntaxError) -> [[UInt8]] {
        var text = MappedText()
        text.append(line[...], at: 0)
        var options = Options()
        options.keepsQuotes = keepingQuotes
        options.keepsEscapes = keepingEscapes
        options.skipsUnset = true
        var lexer = WordLexer(text, escape: UInt8(ascii: "\\"), options: options) { _ in .unset }
        _ = try lexer.process(stopAt: nil)
        return lexer.words
    }

    private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func endWord() {
        if !word.isEmpty {
            words.append(word)
            word = []
        }
    }

    private mutating func process(stopAt stop: UInt8?, keepingEscapes: Bool? = nil) throws(WordSyntaxError)
        -> Expansion
    {
        guard depth < Self.maximumDepth else { throw WordSyntaxError(reason: "variables are nested too deeply") }
        depth += 1
        let outer = keepsEscapes
        keepsEscapes = keepingEscapes ?? keepsEscapes
        defer {
            depth -= 1
            keepsEscapes = outer
        }
        let collectsWords = depth == 1
        var result = Expansion()
        while let byte = peek {
            if byte == stop {
                index += 1
                return result
            }
            let start = index
            switch byte {
            case UInt8(ascii: "$"):
                try dollar(into: &result)
                if collectsWords { addSplit(result.mapped.bytes, from: start) }
            case UInt8(ascii: "'") where options.readsQuotes:
                try singleQuote(into: &result, collectsWords)
            case UInt8(ascii: "\"") where options.readsQuotes:
                try doubleQuote(into: &result, collectsWords)
            case UInt8(ascii: "<") where bytes.indices.contains(index + 1) && bytes[index + 1] == byte:
                index += 2
                while let next = peek, next.isASCIIBlank || next == UInt8(ascii: "\r") { index += 1 }
                keep(start..<index, &result)
                if collectsWords { word += bytes[start..<index] }
            case escape:
                index += 1
                if keepsEscapes {
                    keep(start..<index, &result)
                    if collectsWords { word.append(byte) }
                }
                guard index < bytes.count else { break }
                let width = Rune.decode(bytes, index, bytes.count).width
                keep(index..<(index + width), &result)
                if collectsWords { word += bytes[index..<(index + width)] }
                index += width
            case _ where Self.isPlain(byte) && byte != escape:
                // A run of characters that mean nothing here.
                var end = index + 1
                while end < bytes.count, Self.isPlain(bytes[end]), bytes[end] != escape, bytes[end] != stop { end += 1 }
                keep(index..<end, &result)
                if collectsWords { word += bytes[index..<end] }
                index = end
            default:
                let (value, width) = Rune.decode(bytes, index, bytes.count)
                keep(index..<(index + width), &result)
                if collectsWords {
                    if Rune.isSpace(value) { endWord() } else { word += bytes[index..<(index + width)] }
                }
                index += width
            }
        }
        if let stop {
            throw WordSyntaxError(
                reason: "unexpected end of statement while looking for matching \(Unicode.Scalar(stop))")
        }
        if collectsWords { endWord() }
        return result
    }

    /// ASCII letters, digits and what else neither quotes, splits nor expands.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "%"), UInt8(ascii: "&"),
            UInt8(ascii: "(")...UInt8(ascii: ";"), UInt8(ascii: "=")...UInt8(ascii: "["),
            UInt8(ascii: "]")...UInt8(ascii: "_"), UInt8(ascii: "a")...UInt8(ascii: "~"):
            true
        default: false
        }
    }

    private func keep(_ range: Range<Int>, _ result: inout Expansion) { result.mapped.append(source, range) }

    /// Adds what a variable gave to the words: it is split at its spaces.
    private mutating func addSplit(_ output: [UInt8], from start: Int) {
        // Words are asked for only with unset variables left as written: the output is then the source itself.
        guard options.skipsUnset else { return }
        for byte in bytes[start..<index] {
            if Rune.isSpace(UInt32(byte)), byte < 0x80 { endWord() } else { word.append(byte) }
        }
    }

    private mutating func singleQuote(into result: inout Expansion, _ collectsWords: Bool) throws(WordSyntaxError) {
        let start = index
        index += 1
        while let byte = peek, byte != UInt8(ascii: "'") { index += 1 }
        guard index < bytes.count else {
            throw WordSyntaxError(reason: "unexpected end of statement while looking for matching single-quote")
        }
        index += 1
        let kept = options.keepsQuotes ? start..<index : (start + 1)..<(index - 1)
        if !kept.isEmpty { keep(kept, &result) }
        if collectsWords { word += bytes[kept] }
    }

    private mutating func doubleQuote(into result: inout Expansion, _ collectsWords: Bool) throws(WordSyntaxError) {
        let before = result.mapped.count
        if options.keepsQuotes { keep(index..<(index + 1), &result) }
        index += 1
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                if options.keepsQuotes { keep(index..<(index + 1), &result) }
                index += 1
                if collectsWords { word += result.mapped.bytes[before...] }
                return
            case UInt8(ascii: "$"):
                try dollar(into: &result)
            case escape:
                if keepsEscapes { keep(index..<(index + 1), &result) }
                index += 1
                guard let next = peek else { continue }
                if next == UInt8(ascii: "\"") || next == UInt8(ascii: "$") || next == escape {
                    keep(index..<(index + 1), &result)
                    index += 1
                } else {
                    keep((index - 1)..<index, &result)
                }
            default:
                keep(index..<(index + 1), &result)
                index += 1
            }
        }
        throw WordSyntaxError(reason: "unexpected end of statement while looking for matching double-quote")
    }

    private mutating func readName() -> String {
        let start = index
        while index < bytes.count {
            let (value, width) = Rune.decode(bytes, index, bytes.count)
            if index == start {
                if Rune.isDigit(value) {
                    while index < bytes.count {
                        let (value, width) = Rune.decode(bytes, index, bytes.count)
                        guard Rune.isDigit(value) else { break }
                        index += width
                    }
                    break
                }
                if value < 0x80, "@*#?-$!".utf8.contains(UInt8(value)) {
                    index += 1
                    break
                }
            }
            guard Rune.isLetter(value) || Rune.isDigit(value) || value == UInt8(ascii: "_") else { break }
            index += width
        }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private mutating func dollar(into result: inout Expansion) throws(WordSyntaxError) {
        let start = index
        index += 1
        guard peek == UInt8(ascii: "{") else {
            let name = readName()
            if name.isEmpty { return keep(start..<index, &result) }
            return put(lookup(name), of: name, from: start, &result)
        }
        index += 1
        switch peek {
        case nil: throw WordSyntaxError(reason: "syntax error: missing '}'")
        case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: ":"):
            throw WordSyntaxError(reason: "syntax error: bad substitution")
        default: break
        }
        let name = readName()
        guard let modifier = peek else {
            throw WordSyntaxError(reason: "unsupported modifier in substitution")
        }
        index += 1
        if modifier == UInt8(ascii: "}") { return put(lookup(name), of: name, from: start, &result) }
        if modifier == UInt8(ascii: "/") { return try replacement(name, start, &result) }
        var sign = modifier
        let emptyIsUnset = modifier == UInt8(ascii: ":")
        if emptyIsUnset {
            sign = peek ?? 0
            index = min(index + 1, bytes.count)
        }
        let isPattern = sign == UInt8(ascii: "#") || sign == UInt8(ascii: "%")
        guard "+-?#%".utf8.contains(sign), !(emptyIsUnset && isPattern) else {
            throw WordSyntaxError(
                reason: "unsupported modifier (\(emptyIsUnset ? ":" : "")\(Unicode.Scalar(sign))) in substitution")
        }
        var word: Expansion
        do throws(WordSyntaxError) {
            word = try process(stopAt: UInt8(ascii: "}"), keepingEscapes: isPattern)
        } catch {
            if peek == nil { throw WordSyntaxError(reason: "syntax error: missing '}'") }
            throw error
        }
        if options.skipsUnset { return keep(start..<index, &result) }
        let value = lookup(name)
        switch sign {
        case UInt8(ascii: "-"):
            switch value {
            case .known(let text) where !(emptyIsUnset && text.isEmpty): put(value, of: name, from: start, &result)
            case .known, .unset, .undeclared: put(word, start, &result)
            case .dynamic: put(value, of: name, from: start, &result)
            }
        case UInt8(ascii: "+"):
            switch value {
            case .known(let text) where !(emptyIsUnset && text.isEmpty): put(word, start, &result)
            case .known, .unset: put(.known(""), of: name, from: start, &result)
            case .undeclared, .dynamic: put(.dynamic, of: name, from: start, &result)
            }
        case UInt8(ascii: "?"):
            switch value {
            case .known(let text) where emptyIsUnset && text.isEmpty: put(.dynamic, of: name, from: start, &result)
            default: put(value, of: name, from: start, &result)
            }
        default:
            guard case .known(let text) = value, let pattern = word.known else {
                return put(.dynamic, of: name, from: start, &result)
            }
            word.mapped = MappedText()
            var patternBytes = Array(pattern.utf8)
            let greedy = patternBytes.first == sign
            if greedy { patternBytes.removeFirst() }
            let glob = try GlobPattern(patternBytes)
            let trimmed =
                sign == UInt8(ascii: "#")
                ? glob.removingPrefix(of: text, longest: greedy) : glob.removingSuffix(of: text, longest: greedy)
            put(trimmed.map { .known($0) } ?? .dynamic, of: name, from: start, &result)
        }
    }

    private mutating func replacement(
        _ name: String, _ start: Int, _ result: inout Expansion
    ) throws(WordSyntaxError) {
        let all = peek == UInt8(ascii: "/")
        if all { index += 1 }
        let pattern: Expansion
        let replacement: Expansion
        do throws(WordSyntaxError) {
            pattern = try process(stopAt: UInt8(ascii: "/"), keepingEscapes: true)
            replacement = try process(stopAt: UInt8(ascii: "}"), keepingEscapes: true)
        } catch {
            if peek == nil { throw WordSyntaxError(reason: "syntax error: missing '/' or '}' in ${}") }
            throw error
        }
        if options.skipsUnset { return keep(start..<index, &result) }
        guard case .known(let text) = lookup(name), let pattern = pattern.known, let with = replacement.known,
            !(all && with.utf8.contains(UInt8(ascii: "$")))
        else { return put(.dynamic, of: name, from: start, &result) }
        let glob = try GlobPattern(Array(pattern.utf8))
        put(
            glob.replacing(in: text, with: with, all: all).map { .known($0) } ?? .dynamic, of: name, from: start,
            &result)
    }

    /// Puts a value in the place of everything from `start` to here.
    private func put(_ value: VariableValue, of name: String, from start: Int, _ result: inout Expansion) {
        let before = result.mapped.count
        if case .known(let text) = value {
            result.mapped.append(text, standingFor: source.fileRange(start..<index))
            result.uses.append(Expansion.Use(name: name, range: before..<result.mapped.count, isKnown: true))
            return
        }
        keep(start..<index, &result)
        if !options.skipsUnset { result.isKnown = false }
        result.uses.append(Expansion.Use(name: name, range: before..<result.mapped.count, isKnown: false))
    }

    private func put(_ word: Expansion, _ start: Int, _ result: inout Expansion) {
        let before = result.mapped.count
        guard word.isKnown else {
            result.isKnown = false
            return keep(start..<index, &result)
        }
        result.mapped.append(word.mapped)
        for use in word.uses {
            result.uses.append(
                Expansion.Use(
                    name: use.name, range: (use.range.lowerBound + before)..<(use.range.upperBound + before),
                    isKnown: use.isKnown))
        }
    }
}
