import SourceDocuments

/// Aliases, and `((..))` where it is no arithmetic: what shells read in different ways is read in both.
extension ShellEvaluator {
    /// Keeps the aliases that a command defines.
    ///
    /// dash, busybox and bash in its POSIX mode replace them in scripts too
    /// (https://pubs.opengroup.org/onlinepubs/9699919799/utilities/V3_chap02.html#tag_18_03_01); they are never taken back here.
    mutating func defineAliases(_ command: ShellCommand) {
        guard command.words.first?.text == "alias" else { return }
        for word in command.words.dropFirst() {
            let bytes = word.mapped.bytes
            let equals = bytes.firstIndex(of: UInt8(ascii: "=")) ?? bytes.count
            let isKnown = word.text != nil || !bytes[..<equals].contains { $0 == UInt8(ascii: "$") || $0 == 0x60 }
            guard isKnown else {
                leaveOut(.computedScript, subject: word.raw, at: word.range, "the alias is known only during the build")
                continue
            }
            guard equals > 0, equals < bytes.count, aliases.count < Self.maximumAliases else { continue }
            aliases[word.mapped.string(0..<equals)] = word.mapped.slice((equals + 1)..<bytes.count)
        }
    }

    private static let maximumAliases = 1024

    /// Lists what a command is whose first word is an alias, behind the command as it is written.
    mutating func followAlias(_ simple: ShellSimple, _ context: Context) {
        guard let first = simple.words.first, let name = Self.plainText(first), let value = aliases[name],
            !replacing.contains(name)
        else { return }
        var used: Set<String> = [name]
        var text = value
        var end = first.range.upperBound
        for word in simple.words.dropFirst() {
            // An alias that ends in a blank has the next word replaced as well: `alias sudo='sudo '`.
            guard text.bytes.last?.isASCIIBlank == true, let name = Self.plainText(word), let value = aliases[name],
                !replacing.contains(name), used.insert(name).inserted
            else { break }
            text.append(value)
            end = word.range.upperBound
        }
        text.append(context.script.text.slice(end..<max(end, simple.range.upperBound)))
        count(bytes: 2 * text.count, in: context.script.text.fileRange(simple.range))
        let outer = replacing
        replacing.formUnion(used)
        run(text)
        replacing = outer
    }

    /// The text of a word that nothing of is quoted or substituted; nil for others.
    private static func plainText(_ word: ShellSyntaxWord) -> String? {
        guard word.parts.count == 1, case .text(let text, isQuoted: false)? = word.parts.first else { return nil }
        return text.string
    }

    /// Lists the commands of `((..))` where it is no arithmetic: dash and busybox read two subshells, as bash does where `))` does not
    /// stand together (https://pubs.opengroup.org/onlinepubs/9699919799/utilities/V3_chap02.html#tag_18_09_04).
    mutating func runAsSubshells(_ words: [ShellSyntaxWord], _ context: Context) {
        guard words.count == 1, case .arithmetic(_, let range)? = words.first?.parts.first, range.count > 4 else {
            return
        }
        let whole = context.script.text
        let text = whole.slice((range.lowerBound + 1)..<(range.upperBound - 1))
        guard whole.bytes[range.lowerBound] == UInt8(ascii: "("),
            ShellArithmetic.mayBeCommands(text.bytes.dropFirst().dropLast())
        else { return }
        guard depth < Self.maximumDepth else {
            return leaveOut(.limit, text, 0..<text.count, because: "scripts are nested too deeply")
        }
        let (script, heredocs) = ShellParser.parse(text)
        // A shell that reads no arithmetic here refuses the script.
        guard script.problem == nil else { return }
        depth += 1
        let before = state
        conditionally { $0.run(script.body, Context(script: script, heredocs: heredocs)) }
        state = before
        depth -= 1
    }
}

extension ShellArithmetic {
    /// Whether what stands in `((..))` may be meant as commands: it is no expression, or one of names and of operators between commands
    /// alone, as `make && make` is.
    static func mayBeCommands(_ expression: ArraySlice<UInt8>) -> Bool {
        var isBehindOperand = false
        var isOfNames = true
        var index = expression.startIndex
        while index < expression.endIndex {
            let byte = expression[index]
            let start = index
            index += 1
            switch byte {
            case 0x20, 0x09, 0x0A, 0x0D: continue
            case UInt8(ascii: "\\"):
                guard index < expression.endIndex, expression[index] == 0x0A else { return true }
                index += 1
                continue
            case UInt8(ascii: "$"), UInt8(ascii: "`"), UInt8(ascii: "\""), UInt8(ascii: "'"):
                isOfNames = false
                index = end(ofSubstitution: expression, at: start)
            case _ where ShellParser.isName(byte):
                while index < expression.endIndex, ShellParser.isName(expression[index]) { index += 1 }
                if index < expression.endIndex, expression[index] == UInt8(ascii: "#") {
                    index += 1
                    continue
                }
                if byte.isASCIIDigit { isOfNames = false }
            case UInt8(ascii: "("), UInt8(ascii: "["):
                if byte == UInt8(ascii: "("), isBehindOperand { return true }
                isBehindOperand = false
                continue
            case UInt8(ascii: ")"), UInt8(ascii: "]"):
                isBehindOperand = true
                continue
            case UInt8(ascii: "|"), UInt8(ascii: "&"), UInt8(ascii: "-"):
                isBehindOperand = false
                continue
            case UInt8(ascii: "="), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "+"), UInt8(ascii: "*"),
                UInt8(ascii: "/"), UInt8(ascii: "%"), UInt8(ascii: "?"), UInt8(ascii: ":"), UInt8(ascii: "~"),
                UInt8(ascii: "^"), UInt8(ascii: "!"), UInt8(ascii: ","):
                isOfNames = false
                isBehindOperand = false
                continue
            default: return true
            }
            // Two operands side by side are no expression; a substitution may hold a part of one.
            let isAdjacent = start > expression.startIndex && !ShellParser.isMeta(expression[start - 1])
            if isBehindOperand, !isAdjacent { return true }
            isBehindOperand = true
        }
        return isOfNames
    }

    /// The place behind a quoted string or a substitution: `$x`, `${x}`, `$(..)`, backticks.
    private static func end(ofSubstitution bytes: ArraySlice<UInt8>, at start: Int) -> Int {
        var index = start + 1
        guard index < bytes.endIndex else { return index }
        if bytes[start] != UInt8(ascii: "$") {
            let close = bytes[index...].firstIndex(of: bytes[start])
            return close.map { $0 + 1 } ?? bytes.endIndex
        }
        let open = bytes[index]
        guard open == UInt8(ascii: "(") || open == UInt8(ascii: "{") else {
            if !ShellParser.isName(open) { return index + 1 }
            while index < bytes.endIndex, ShellParser.isName(bytes[index]) { index += 1 }
            return index
        }
        let close = open == UInt8(ascii: "(") ? UInt8(ascii: ")") : UInt8(ascii: "}")
        var depth = 0
        while index < bytes.endIndex {
            if bytes[index] == open { depth += 1 }
            if bytes[index] == close { depth -= 1 }
            index += 1
            if depth == 0 { break }
        }
        return index
    }
}
