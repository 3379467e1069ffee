/// Which keys the documents of a YAML text have at their root, whatever their spelling: quoted, with a blank before the colon,
/// in a flow mapping or JSON, indented, behind a tag or an anchor.
///
/// Most texts are decided by a look at their lines. Only where a spelling needs it, the text is parsed.
package enum YAMLRootKeys {
    /// Whether a document has all of some keys at its root.
    ///
    /// Of a text that cannot be parsed the lines decide, so that a broken document is still known for what it is; of a template
    /// that cannot be parsed only keys count that begin a line and end with a colon.
    package static func has(_ keys: [String], in text: SourceText) -> Bool {
        if keys.allSatisfy({ text.hasLine(startingWith: $0 + ":") }) { return true }
        guard keys.allSatisfy({ text.mayHoldKey($0) }) else { return false }
        let (isFound, isUnsure) = YAMLOutline.look(for: keys, in: text)
        guard isUnsure else { return isFound }
        let (documents, error) = YAMLReader.readAll(text, acceptsDuplicates: true)
        if documents.contains(where: { document in keys.allSatisfy { document.table?[$0] != nil } }) { return true }
        return error != nil && !text.isTemplate && isFound
    }

    /// Whether a text is neither YAML nor a template of it, so that nobody can say what it holds.
    package static func isBroken(_ text: SourceText) -> Bool {
        YAMLReader.readAll(text, acceptsDuplicates: true).error != nil && !text.isTemplate
    }
}

extension SourceText {
    /// Whether a line starts with a text.
    package func hasLine(startingWith start: String) -> Bool {
        let wanted = Array(start.utf8)
        // A byte order mark may stand before the first line.
        let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        if bytes[start...].starts(with: wanted) { return true }
        return bytes[...].containsBytes([UInt8(ascii: "\n")] + wanted)
    }

    /// Whether the text holds actions of a template language.
    package var isTemplate: Bool {
        bytes.withUnsafeBufferPointer { bytes in
            bytes.indices.dropLast().contains { index in
                guard bytes[index] == UInt8(ascii: "{") else { return false }
                // `${{ }}` is an expression of the file's own language.
                if bytes[index + 1] == UInt8(ascii: "{") { return index == 0 || bytes[index - 1] != UInt8(ascii: "$") }
                return bytes[index + 1] == UInt8(ascii: "%")
            }
        }
    }

    /// Whether a text holds a word, or an escape that may stand for a letter of it.
    fileprivate func mayHoldKey(_ key: String) -> Bool {
        if bytes[...].containsBytes(Array(key.utf8)) { return true }
        return ["\\x", "\\u", "\\U"].contains { bytes[...].containsBytes(Array($0.utf8)) }
    }
}

/// A look at the lines of a YAML text for keys at the roots of its documents.
private struct YAMLOutline {
    private let wanted: [[UInt8]]
    /// The keys of the current document that were seen, a bit each.
    private var seen = 0
    private var isFound = false
    private var isUnsure = false
    /// The indentation of the current document's root; nil before its first line.
    private var indentation: Int?
    /// Whether the current document begins as a flow mapping, whose keys stand anywhere in a line.
    private var isFlow = false

    private init(_ keys: [String]) { wanted = keys.map { Array($0.utf8) } }

    /// Returns whether a document seems to have all keys, and whether only a parser can tell.
    static func look(for keys: [String], in text: SourceText) -> (isFound: Bool, isUnsure: Bool) {
        var outline = YAMLOutline(keys)
        text.bytes.withUnsafeBufferPointer { bytes in
            outline.isUnsure = hasOtherBreak(bytes)
            var start = text.bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
            while start < bytes.count, !outline.isFound {
                var end = start
                while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
                outline.read(UnsafeBufferPointer(rebasing: bytes[start..<end]))
                start = end + 1
            }
        }
        return (outline.isFound, outline.isUnsure)
    }

    /// Whether a text has line breaks of YAML 1.1 besides line feeds: CR alone, NEL, LS, PS.
    private static func hasOtherBreak(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        func byte(_ index: Int) -> UInt8? { index < bytes.count ? bytes[index] : nil }
        for index in bytes.indices {
            switch bytes[index] {
            case 0x0D: if byte(index + 1) != 0x0A { return true }
            case 0xC2: if byte(index + 1) == 0x85 { return true }
            case 0xE2: if byte(index + 1) == 0x80, let last = byte(index + 2), 0xA8...0xA9 ~= last { return true }
            default: break
            }
        }
        return false
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte.isASCIIBlank || byte == 0x0D }

    private mutating func read(_ line: UnsafeBufferPointer<UInt8>) {
        guard let first = line.firstIndex(where: { !Self.isBlank($0) }), line[first] != UInt8(ascii: "#") else {
            return
        }
        if first == 0, Self.isMark(line, "---") || Self.isMark(line, "...") {
            (seen, indentation, isFlow) = (0, nil, false)
            let rest = line.dropFirst(3).drop(while: Self.isBlank)
            if let next = rest.first, next != UInt8(ascii: "#") {
                // The root begins behind the mark, as a flow mapping or with a tag or an anchor.
                isUnsure = true
                (indentation, isFlow) = (0, rest.contains(UInt8(ascii: "{")))
                if isFlow { seeAnywhere(rest) }
            }
            return
        }
        if indentation == nil {
            if first == 0, line[0] == UInt8(ascii: "%") { return }
            indentation = first
            isUnsure = isUnsure || first > 0
            isFlow = line[first] == UInt8(ascii: "{")
        }
        if isFlow {
            isUnsure = true
            return seeAnywhere(line[...])
        }
        if first == indentation { readRoot(line[first...]) }
    }

    private static func isMark(_ line: UnsafeBufferPointer<UInt8>, _ mark: StaticString) -> Bool {
        mark.withUTF8Buffer { line.starts(with: $0) } && (line.count == 3 || isBlank(line[3]))
    }

    /// Reads a line that begins where the root does.
    private mutating func readRoot(_ line: Slice<UnsafeBufferPointer<UInt8>>) {
        guard let first = line.first else { return }
        switch first {
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            let inner = line.dropFirst()
            guard let close = inner.firstIndex(of: first), !inner[..<close].contains(UInt8(ascii: "\\")) else {
                isUnsure = true
                return
            }
            see(inner[..<close], before: inner[close...].dropFirst())
        case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "?"), UInt8(ascii: "&"), UInt8(ascii: "!"),
            UInt8(ascii: "*"), UInt8(ascii: "|"), UInt8(ascii: ">"), UInt8(ascii: "%"), UInt8(ascii: "@"),
            UInt8(ascii: "`"):
            isUnsure = true
        case UInt8(ascii: "<"): isUnsure = isUnsure || line.starts(with: "<<".utf8)
        default:
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return }
            let end = line[..<colon].lastIndex { !Self.isBlank($0) }.map { $0 + 1 } ?? line.startIndex
            see(line[..<end], before: line[colon...])
        }
    }

    /// Notes a key if a colon follows it.
    private mutating func see(
        _ key: Slice<UnsafeBufferPointer<UInt8>>, before rest: Slice<UnsafeBufferPointer<UInt8>>
    ) {
        guard rest.first(where: { !Self.isBlank($0) }) == UInt8(ascii: ":") else { return }
        for (index, word) in wanted.enumerated() where key.elementsEqual(word) { note(index) }
    }

    private mutating func note(_ index: Int) {
        seen |= 1 << index
        if seen == 1 << wanted.count - 1 { isFound = true }
    }

    /// Notes the keys that stand anywhere in a line of a flow mapping.
    private mutating func seeAnywhere(_ line: Slice<UnsafeBufferPointer<UInt8>>) {
        for (index, word) in wanted.enumerated() where Array(line)[...].namesKey(word) { note(index) }
    }
}

extension ArraySlice<UInt8> {
    /// Whether bytes hold a word as a key, in quotes or without: a colon is the next thing behind it.
    package func namesKey(_ word: [UInt8]) -> Bool {
        var rest = self
        while let found = rest.firstRange(ofBytes: word) {
            rest = rest[found.upperBound...]
            let next = rest.drop { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "'") }.drop(while: \.isASCIIBlank)
            let isWhole = found.lowerBound == startIndex || !self[found.lowerBound - 1].isASCIIAlphanumeric
            if isWhole, next.first == UInt8(ascii: ":") { return true }
        }
        return false
    }
}
