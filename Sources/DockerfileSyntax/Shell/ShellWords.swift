import SourceDocuments

/// Words and what is substituted in them.
extension ShellParser {
    /// The word that starts here; nil when none does.
    mutating func word() throws(ShellSyntaxError) -> ShellSyntaxWord? {
        let start = index
        var parts: [ShellWordPart] = []
        if let byte = peek, byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">"), peek(1) == UInt8(ascii: "(") {
            index += 2
            let (script, heredocs) = try nested()
            parts.append(.process(script, heredocs, range: start..<index))
        }
        while try wordPart(into: &parts) {}
        return index > start ? ShellSyntaxWord(parts: parts, range: start..<index) : nil
    }

    /// Reads one piece of a word; false when the word ends here.
    mutating func wordPart(into parts: inout [ShellWordPart]) throws(ShellSyntaxError) -> Bool {
        guard let byte = peek else { return false }
        switch byte {
        case UInt8(ascii: "'"):
            parts.append(try singleQuoted())
        case UInt8(ascii: "\""):
            try doubleQuoted(into: &parts)
        case UInt8(ascii: "\\"):
            if peek(1) == UInt8(ascii: "\n") {
                index += 2
            } else if index + 1 < end {
                let width = Rune.decode(bytes, index + 1, end).width
                parts.append(.text(text.slice((index + 1)..<(index + 1 + width)), isQuoted: true))
                index += 1 + width
            } else {
                parts.append(.text(text.slice(index..<end), isQuoted: false))
                index += 1
            }
        case UInt8(ascii: "$"), UInt8(ascii: "`"):
            if byte == UInt8(ascii: "$"), peek(1) == UInt8(ascii: "'") {
                parts.append(try ansiQuoted())
            } else if byte == UInt8(ascii: "$"), peek(1) == UInt8(ascii: "\"") {
                index += 1
                try doubleQuoted(into: &parts)
            } else if let part = try substitution(isQuoted: false) {
                parts.append(part)
            } else {
                parts.append(.text(text.slice(index..<(index + 1)), isQuoted: false))
                index += 1
            }
        case UInt8(ascii: "\r") where peek(1) == UInt8(ascii: "\n") || index + 1 == end:
            return false
        default:
            if Self.isMeta(byte) { return try extendedPattern(byte, &parts) }
            let start = index
            while let byte = peek, !Self.isMeta(byte), !Self.startsPart(byte), byte != UInt8(ascii: "\r") { index += 1 }
            if index == start { index += 1 }
            parts.append(.text(text.slice(start..<index), isQuoted: false))
        }
        return true
    }

    static func startsPart(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
            || byte == UInt8(ascii: "$") || byte == UInt8(ascii: "`")
    }

    /// `!(a|b)` of bash; false when the parenthesis ends the word.
    private mutating func extendedPattern(
        _ byte: UInt8, _ parts: inout [ShellWordPart]
    ) throws(ShellSyntaxError) -> Bool {
        guard byte == UInt8(ascii: "("), index > 0, "?*+@!".utf8.contains(bytes[index - 1]),
            case .text(_, isQuoted: false) = parts.last
        else { return false }
        let start = index
        var open = 0
        while let byte = peek {
            if byte == UInt8(ascii: "(") { open += 1 }
            if byte == UInt8(ascii: ")") { open -= 1 }
            if byte == UInt8(ascii: "\n") { break }
            index += 1
            if open == 0 {
                parts.append(.text(text.slice(start..<index), isQuoted: false))
                return true
            }
        }
        throw error("expected ')'")
    }

    private mutating func singleQuoted() throws(ShellSyntaxError) -> ShellWordPart {
        let start = index + 1
        guard let close = bytes[start..<end].firstIndex(of: UInt8(ascii: "'")) else {
            throw error("a single quote is not closed")
        }
        index = close + 1
        return .text(text.slice(start..<close), isQuoted: true)
    }

    private mutating func doubleQuoted(into parts: inout [ShellWordPart]) throws(ShellSyntaxError) {
        let opening = index
        index += 1
        var kept = MappedText()
        var from = index
        var isEmpty = true
        func flush(_ parser: ShellParser) {
            if from < parser.index { kept.append(parser.text, from..<parser.index) }
        }
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                flush(self)
                index += 1
                if kept.count > 0 || isEmpty { parts.append(.text(kept, isQuoted: true)) }
                return
            case UInt8(ascii: "\\"):
                guard let next = peek(1), "$`\"\\\n".utf8.contains(next) else {
                    index += 1
                    continue
                }
                flush(self)
                from = next == UInt8(ascii: "\n") ? index + 2 : index + 1
                index += 2
            case UInt8(ascii: "$"), UInt8(ascii: "`"):
                flush(self)
                let before = index
                if let part = try substitution(isQuoted: true) {
                    if kept.count > 0 { parts.append(.text(kept, isQuoted: true)) }
                    kept = MappedText()
                    parts.append(part)
                    isEmpty = false
                    from = index
                } else {
                    from = before
                    index += 1
                }
            default:
                index += 1
            }
        }
        index = opening
        throw error("a double quote is not closed")
    }

    /// `$'..'` with its escapes (https://www.gnu.org/software/bash/manual/html_node/ANSI_002dC-Quoting.html).
    private mutating func ansiQuoted() throws(ShellSyntaxError) -> ShellWordPart {
        let start = index
        index += 2
        var output: [UInt8] = []
        while let byte = peek {
            index += 1
            if byte == UInt8(ascii: "'") {
                var mapped = MappedText()
                mapped.append(output[...], standingFor: text.fileRange(start..<index))
                return .text(mapped, isQuoted: true)
            }
            guard byte == UInt8(ascii: "\\"), let next = peek else {
                output.append(byte)
                continue
            }
            index += 1
            switch next {
            case UInt8(ascii: "n"): output.append(UInt8(ascii: "\n"))
            case UInt8(ascii: "t"): output.append(UInt8(ascii: "\t"))
            case UInt8(ascii: "r"): output.append(UInt8(ascii: "\r"))
            case UInt8(ascii: "a"): output.append(0x07)
            case UInt8(ascii: "b"): output.append(0x08)
            case UInt8(ascii: "e"), UInt8(ascii: "E"): output.append(0x1B)
            case UInt8(ascii: "f"): output.append(0x0C)
            case UInt8(ascii: "v"): output.append(0x0B)
            case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "?"): output.append(next)
            case UInt8(ascii: "x"): output.append(UInt8(truncatingIfNeeded: number(16, atMost: 2)))
            case UInt8(ascii: "u"), UInt8(ascii: "U"):
                let value = number(16, atMost: next == UInt8(ascii: "u") ? 4 : 8)
                output += String(Unicode.Scalar(value) ?? "\u{FFFD}").utf8
            case UInt8(ascii: "0")...UInt8(ascii: "7"):
                index -= 1
                output.append(UInt8(truncatingIfNeeded: number(8, atMost: 3)))
            default: output += [byte, next]
            }
        }
        index = start
        throw error("a quote is not closed")
    }

    private mutating func number(_ radix: UInt8, atMost count: Int) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<count {
            guard let digit = peek?.hexDigitValue, digit < radix else { break }
            value = (value << (radix == 16 ? 4 : 3)) | UInt32(digit)
            index += 1
        }
        return value
    }

    /// The script inside of parentheses that are open here, and the closing one.
    mutating func nested() throws(ShellSyntaxError) -> (ShellScript, [ShellSyntaxHeredoc]) {
        try enter()
        defer { depth -= 1 }
        let outerHeredocs = heredocs
        let outerPending = pendingHeredocs
        heredocs = []
        pendingHeredocs = []
        // On an error too: the statements that were read before it refer to the outer here-documents.
        defer {
            heredocs = outerHeredocs
            pendingHeredocs = outerPending
        }
        var body = ShellBody()
        try statements(into: &body)
        guard peek == UInt8(ascii: ")") else { throw error("expected ')'") }
        index += 1
        return (ShellScript(text: text, body: body, problem: nil), heredocs)
    }

    /// `$name`, `${..}`, `$(..)`, `$((..))` or backticks; nil, and nothing read, when `$` stands for itself.
    mutating func substitution(isQuoted: Bool) throws(ShellSyntaxError) -> ShellWordPart? {
        let start = index
        if peek == UInt8(ascii: "`") { return try backticks(isQuoted) }
        guard let next = peek(1) else { return nil }
        if next == UInt8(ascii: "(") {
            if peek(2) == next, !noArithmetic.contains(index) {
                let saved = self
                index += 3
                do throws(ShellSyntaxError) {
                    let parts = try arithmeticParts()
                    return .arithmetic(parts, range: start..<index)
                } catch {
                    let tried = noArithmetic
                    self = saved
                    noArithmetic = tried
                    noArithmetic.insert(index)
                }
            }
            index += 2
            let (script, heredocs) = try nested()
            return .command(script, heredocs, isQuoted: isQuoted, range: start..<index)
        }
        if next == UInt8(ascii: "{") { return try bracedParameter(isQuoted) }
        if next == UInt8(ascii: "[") {
            index += 2
            var parts: [ShellWordPart] = []
            while let byte = peek, byte != UInt8(ascii: "]") {
                if !Self.isMeta(byte), try wordPart(into: &parts) { continue }
                index += 1
            }
            guard peek != nil else { throw error("expected ']'") }
            index += 1
            return .arithmetic(parts, range: start..<index)
        }
        var cursor = index + 1
        if Self.isNameStart(next) {
            while cursor < end, Self.isName(bytes[cursor]) { cursor += 1 }
        } else if next.isASCIIDigit || "@*#?-$!".utf8.contains(next) {
            cursor += 1
        } else {
            return nil
        }
        index = cursor
        return .parameter(
            ShellParameter(
                name: text.string((start + 1)..<cursor), index: nil, modifier: "", operand: [],
                replacement: [], range: start..<cursor), isQuoted: isQuoted)
    }

    private mutating func backticks(_ isQuoted: Bool) throws(ShellSyntaxError) -> ShellWordPart {
        let start = index
        index += 1
        var inner = MappedText()
        var from = index
        while let byte = peek, byte != UInt8(ascii: "`") {
            if byte == UInt8(ascii: "\\"), let next = peek(1),
                next == UInt8(ascii: "`") || next == UInt8(ascii: "\\") || next == UInt8(ascii: "$")
                    || (isQuoted && next == UInt8(ascii: "\""))
            {
                if from < index { inner.append(text, from..<index) }
                from = index + 1
                index += 2
                continue
            }
            index += 1
        }
        guard peek != nil else {
            index = start
            throw error("a backtick is not closed")
        }
        if from < index { inner.append(text, from..<index) }
        index += 1
        try enter()
        defer { depth -= 1 }
        let (script, heredocs) = ShellParser.parse(inner, depth: depth)
        if let problem = script.problem { throw ShellSyntaxError(reason: problem.reason, offset: start) }
        return .command(script, heredocs, isQuoted: isQuoted, range: start..<index)
    }

    /// What is substituted in arithmetic, up to its `))`.
    mutating func arithmeticParts() throws(ShellSyntaxError) -> [ShellWordPart] {
        try enter()
        defer { depth -= 1 }
        var parts: [ShellWordPart] = []
        var open = 0
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "("):
                open += 1
                index += 1
            case UInt8(ascii: ")"):
                if open == 0 {
                    guard peek(1) == byte else { throw error("expected '))'") }
                    index += 2
                    return parts
                }
                open -= 1
                index += 1
            case UInt8(ascii: "$"), UInt8(ascii: "`"), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "\\"):
                if !(try wordPart(into: &parts)) { index += 1 }
            default:
                index += 1
            }
        }
        throw error("expected '))'")
    }
}

extension ShellWordPart {
    /// The same piece as it is inside of double quotes: not split, no pattern.
    var quoted: ShellWordPart {
        switch self {
        case .text(let text, _): .text(text, isQuoted: true)
        case .parameter(let parameter, _): .parameter(parameter, isQuoted: true)
        case .command(let script, let heredocs, _, let range): .command(script, heredocs, isQuoted: true, range: range)
        case .process, .arithmetic: self
        }
    }
}
