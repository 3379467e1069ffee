/// The patterns of one `.gitignore` file (https://git-scm.com/docs/gitignore).
///
/// Grammar: one pattern a line; `#` starts a comment, `!` takes back, a trailing `/` means folders only, a `/` elsewhere
/// anchors the pattern to the file's folder; `*`, `?`, `[...]`, `**`, and `\` before a character. Left out: nothing but
/// git's global and per-clone exclude files, which belong to a person and not to the project.
struct GitIgnore {
    private struct Pattern {
        let isNegated: Bool
        let isFolderOnly: Bool
        let isAnchored: Bool
        let glob: [UInt8]
    }

    private let patterns: [Pattern]

    /// Reads the file's bytes.
    init(_ bytes: [UInt8]) {
        patterns = bytes.split(separator: UInt8(ascii: "\n")).compactMap { Self.pattern(Array($0)) }
    }

    private static func pattern(_ line: [UInt8]) -> Pattern? {
        var line = line[...]
        if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
        while line.last == UInt8(ascii: " "), line.dropLast().last != UInt8(ascii: "\\") { line = line.dropLast() }
        guard let first = line.first, first != UInt8(ascii: "#") else { return nil }
        let isNegated = first == UInt8(ascii: "!")
        if isNegated { line = line.dropFirst() }
        let isFolderOnly = line.last == UInt8(ascii: "/")
        if isFolderOnly { line = line.dropLast() }
        let isAnchored = line.contains(UInt8(ascii: "/"))
        if line.first == UInt8(ascii: "/") { line = line.dropFirst() }
        guard !line.isEmpty else { return nil }
        return Pattern(isNegated: isNegated, isFolderOnly: isFolderOnly, isAnchored: isAnchored, glob: Array(line))
    }

    /// Whether a path below the file's folder is ignored; nil when no pattern speaks of it.
    func isIgnored(_ path: String, isFolder: Bool) -> Bool? {
        let bytes = Array(path.utf8)
        let nameStart = (bytes.lastIndex(of: UInt8(ascii: "/")) ?? -1) + 1
        for pattern in patterns.reversed() where !pattern.isFolderOnly || isFolder {
            let text = pattern.isAnchored ? bytes : Array(bytes[nameStart...])
            if Glob.matches(pattern.glob, text) { return !pattern.isNegated }
        }
        return nil
    }
}

/// Shell patterns over paths as git reads them: `*` and `?` stop at `/`, `**` does not.
enum Glob {
    /// Whether the whole text matches.
    ///
    /// A table instead of backtracking: the time is the product of the two lengths, whatever the pattern.
    static func matches(_ pattern: [UInt8], _ text: [UInt8]) -> Bool {
        let tokens = tokenized(pattern)
        var reachable = [Bool](repeating: false, count: text.count + 1)
        reachable[0] = true
        for token in tokens {
            var next = [Bool](repeating: false, count: text.count + 1)
            switch token {
            case .anyFolders:
                // `**/`: nothing, or any text that ends with a slash.
                var open = false
                for index in 0...text.count {
                    if reachable[index] || (open && index > 0 && text[index - 1] == UInt8(ascii: "/")) {
                        next[index] = true
                    }
                    if reachable[index] { open = true }
                }
            case .anything, .anyInFolder:
                var open = false
                for index in 0...text.count {
                    if index > 0, case .anyInFolder = token, text[index - 1] == UInt8(ascii: "/") { open = false }
                    if reachable[index] { open = true }
                    next[index] = open
                }
            case .one(let set):
                for index in 0..<text.count where reachable[index] && set.contains(text[index]) {
                    next[index + 1] = true
                }
            }
            reachable = next
        }
        return reachable[text.count]
    }

    private enum Token {
        case anyFolders
        case anything
        case anyInFolder
        case one(ByteSet)
    }

    private struct ByteSet {
        var members = [Bool](repeating: false, count: 256)
        func contains(_ byte: UInt8) -> Bool { members[Int(byte)] }
        mutating func insert(_ byte: UInt8) { members[Int(byte)] = true }
    }

    private static func tokenized(_ pattern: [UInt8]) -> [Token] {
        var tokens: [Token] = []
        var index = 0
        while index < pattern.count {
            let byte = pattern[index]
            switch byte {
            case UInt8(ascii: "*"):
                let start = index
                while index < pattern.count, pattern[index] == UInt8(ascii: "*") { index += 1 }
                let opensComponent = start == 0 || pattern[start - 1] == UInt8(ascii: "/")
                if index - start >= 2, opensComponent, index < pattern.count, pattern[index] == UInt8(ascii: "/") {
                    tokens.append(.anyFolders)
                    index += 1
                } else if index - start >= 2, opensComponent, index == pattern.count {
                    tokens.append(.anything)
                } else {
                    tokens.append(.anyInFolder)
                }
                continue
            case UInt8(ascii: "?"):
                var set = ByteSet(members: [Bool](repeating: true, count: 256))
                set.members[Int(UInt8(ascii: "/"))] = false
                tokens.append(.one(set))
            case UInt8(ascii: "["):
                if let (set, end) = bracket(pattern, from: index) {
                    tokens.append(.one(set))
                    index = end
                    continue
                }
                tokens.append(literal(byte))
            case UInt8(ascii: "\\") where index + 1 < pattern.count:
                index += 1
                tokens.append(literal(pattern[index]))
            default: tokens.append(literal(byte))
            }
            index += 1
        }
        return tokens
    }

    private static func literal(_ byte: UInt8) -> Token {
        var set = ByteSet()
        set.insert(byte)
        return .one(set)
    }

    /// `[abc]`, `[a-z]`, `[!a]`: the set and the offset behind it; nil when there is no closing bracket.
    private static func bracket(_ pattern: [UInt8], from start: Int) -> (ByteSet, Int)? {
        var index = start + 1
        var set = ByteSet()
        let isNegated =
            index < pattern.count && (pattern[index] == UInt8(ascii: "!") || pattern[index] == UInt8(ascii: "^"))
        if isNegated { index += 1 }
        let first = index
        while index < pattern.count {
            if pattern[index] == UInt8(ascii: "]"), index > first {
                if isNegated { set.members = set.members.map { !$0 } }
                set.members[Int(UInt8(ascii: "/"))] = false
                return (set, index + 1)
            }
            if pattern[index] == UInt8(ascii: "\\"), index + 1 < pattern.count { index += 1 }
            let low = pattern[index]
            if index + 2 < pattern.count, pattern[index + 1] == UInt8(ascii: "-"),
                pattern[index + 2] != UInt8(ascii: "]")
            {
                let high = pattern[index + 2]
                if low <= high { for byte in low...high { set.insert(byte) } }
                index += 3
            } else {
                set.insert(low)
                index += 1
            }
        }
        return nil
    }
}
