/// Expanding words: variables, quotes, splitting at spaces.
///
/// Rules: https://pubs.opengroup.org/onlinepubs/9699919799/utilities/V3_chap02.html#tag_18_06. File names are not
/// expanded (nothing is looked up), nor are `~` and braces.
struct ShellExpander {
    let script: ShellScript
    var variables: ShellVariables
    /// A loop's variable that is bound to one of its values.
    var bound: (name: String, value: String)?
    /// Where the command runs, which `pwd` prints; nil when it cannot be known.
    var workingDirectory: String?

    /// A field while it is put together.
    struct Field {
        var text = MappedText()
        var isKnown = true
        var isQuoted = false
        var isPattern = false
        var uses: [String] = []
        var loopVariable: (name: String, values: [String])?
        /// The bytes of the fields before it.
        var before = 0

        /// An empty field behind this one.
        var next: Field {
            var next = Field()
            next.before = before + text.count
            return next
        }

        /// Whether so many more bytes are too many for one word.
        func isFull(with count: Int) -> Bool { before + text.count + count > ShellExpander.maximumWordBytes }
    }

    /// The most bytes that variables make of one word; a longer one is unknown.
    static let maximumWordBytes = 1 << 20

    /// The fields that a word gives: none, one or several.
    func expand(_ word: ShellSyntaxWord) -> [ShellWord] {
        // Most words are plain: one run of characters.
        if word.parts.count == 1, case .text(let text, let isQuoted) = word.parts[0] {
            return [
                ShellWord(
                    text: text.string, source: script.text, written: word.range,
                    range: script.text.fileRange(word.range), isPattern: !isQuoted && Self.isPattern(text.bytes),
                    alternatives: [], mapped: text, uses: [])
            ]
        }
        if let words = argumentWords(word) { return words }
        var fields: [Field] = []
        var current = Field()
        for part in word.parts { add(part, to: &current, &fields, in: word.range) }
        let isOnlyVariable = word.parts.allSatisfy { if case .parameter(_, false) = $0 { true } else { false } }
        if current.text.count > 0 || current.isQuoted || !current.isKnown || !(isOnlyVariable || !fields.isEmpty) {
            fields.append(current)
        }
        let range = script.text.fileRange(word.range)
        return fields.map { field in
            ShellWord(
                text: field.isKnown ? field.text.string : nil, source: script.text, written: word.range, range: range,
                isPattern: field.isPattern, alternatives: fields.count == 1 ? alternatives(word, field) : [],
                mapped: field.text, uses: field.uses)
        }
    }

    /// `"$@"`, `$@` or `$1` alone: the words of the call themselves, which keep their places; nil for anything else.
    private func argumentWords(_ word: ShellSyntaxWord) -> [ShellWord]? {
        guard let arguments = variables.arguments, word.parts.count == 1,
            case .parameter(let parameter, let isQuoted) = word.parts[0], parameter.modifier.isEmpty,
            parameter.index == nil
        else { return nil }
        let found: [ShellWord]
        switch parameter.name {
        case "@", "*":
            if parameter.name == "*", isQuoted { return nil }
            found = arguments
        default:
            guard let number = Int(parameter.name), number > 0 else { return nil }
            guard number <= arguments.count else { return isQuoted ? nil : [] }
            found = [arguments[number - 1]]
        }
        // Without quotes a text with spaces is split, and becomes other words.
        if !isQuoted {
            guard separators == nil else { return nil }
            let isSplit = found.contains { word in
                word.text.map { $0.isEmpty || $0.utf8.contains { $0.isASCIIBlank || $0 == UInt8(ascii: "\n") } }
                    ?? false
            }
            if isSplit { return nil }
        }
        return variables.argumentsStandElsewhere
            ? found.map { relocated($0, to: word.range, usedAs: parameter.name) } : found
    }

    /// A word of another file, put where the word stands that hands it on.
    private func relocated(_ argument: ShellWord, to written: Range<Int>, usedAs name: String) -> ShellWord {
        let range = script.text.fileRange(written)
        var mapped = MappedText()
        if let text = argument.text {
            mapped.append(text, standingFor: range)
        } else {
            mapped.append(script.text, written)
        }
        return ShellWord(
            text: argument.text, source: script.text, written: written, range: range, isPattern: argument.isPattern,
            alternatives: argument.alternatives, mapped: mapped, uses: [name])
    }

    /// The one text of a word that is not split (an assignment's value, a redirection's target).
    func single(_ parts: [ShellWordPart], _ range: Range<Int>) -> (text: MappedText, isKnown: Bool) {
        var fields: [Field] = []
        var current = Field()
        for part in parts { add(part.quoted, to: &current, &fields, in: range) }
        return (current.text, current.isKnown)
    }

    private static func isPattern(_ bytes: [UInt8]) -> Bool {
        bytes.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "[") }
    }

    private func alternatives(_ word: ShellSyntaxWord, _ field: Field) -> [String] {
        guard bound == nil, let loop = field.loopVariable else { return [] }
        var result: [String] = []
        var bytes = 0
        for value in loop.values.prefix(256) {
            var expander = self
            expander.bound = (loop.name, value)
            let fields = expander.expand(word)
            guard fields.allSatisfy({ $0.text != nil }) else { return [] }
            result += fields.compactMap(\.text)
            bytes += fields.reduce(0) { $0 + $1.mapped.count }
            guard bytes <= Self.maximumWordBytes else { return [] }
        }
        return result
    }

    func add(_ part: ShellWordPart, to current: inout Field, _ fields: inout [Field], in word: Range<Int>) {
        switch part {
        case .text(let text, let isQuoted):
            current.text.append(text)
            if isQuoted {
                current.isQuoted = true
            } else if Self.isPattern(text.bytes) {
                current.isPattern = true
            }
        case .parameter(let parameter, let isQuoted):
            add(parameter, isQuoted: isQuoted, to: &current, &fields, in: word)
        case .command(let inner, _, let isQuoted, let range):
            guard let text = output(of: inner) else { return unknown(&current, range) }
            current.text.append(text, standingFor: script.text.fileRange(range))
            if isQuoted { current.isQuoted = true }
        case .process(_, _, let range), .arithmetic(_, let range):
            unknown(&current, range)
        }
    }

    /// Marks a field as unknown; what cannot be known is kept as it is written.
    func unknown(_ field: inout Field, _ range: Range<Int>) {
        field.isKnown = false
        field.text.append(script.text, range)
    }

    private func add(
        _ parameter: ShellParameter, isQuoted: Bool, to current: inout Field, _ fields: inout [Field],
        in word: Range<Int>
    ) {
        // Of the files that are being read only the innermost one is kept.
        if parameter.name == "BASH_SOURCE", let index = parameter.index, index != "0" {
            return unknown(&current, parameter.range)
        }
        if let index = parameter.index ?? (["@", "*"].contains(parameter.name) ? parameter.name : nil),
            index == "@" || index == "*", parameter.modifier.isEmpty
        {
            guard case .array(let elements) = variables.values[parameter.name] else {
                return unknown(&current, parameter.range)
            }
            current.uses.append(parameter.name)
            for (number, element) in elements.enumerated() {
                if number > 0 {
                    if isQuoted, index == "*" {
                        guard let joiner = separators ?? .some(" ") else { return unknown(&current, parameter.range) }
                        current.text.append(
                            String(joiner.prefix(1)), standingFor: script.text.fileRange(parameter.range))
                        current.isQuoted = true
                    } else {
                        fields.append(current)
                        current = current.next
                    }
                }
                put(element, isQuoted: isQuoted, of: parameter, to: &current, &fields)
            }
            return
        }
        if parameter.index == "0", parameter.modifier.isEmpty,
            case .array(let elements) = variables.values[parameter.name],
            let first = elements.first
        {
            return put(first, isQuoted: isQuoted, of: parameter, to: &current, &fields)
        }
        // `${name[0]-word}`: where all variables are known, arrays that are not of one word have no value here.
        if parameter.index != nil, parameter.index != "0" || !variables.isComplete {
            return unknown(&current, parameter.range)
        }
        if variables.isComplete, parameter.index == nil, parameter.name == "@" || parameter.name == "*" {
            return add(arguments: parameter, isQuoted: isQuoted, to: &current, &fields, in: word)
        }
        if case .oneOf(let values) = variables.values[parameter.name], bound?.name != parameter.name {
            if current.loopVariable == nil { current.loopVariable = (parameter.name, values) }
            return unknown(&current, parameter.range)
        }
        switch value(of: parameter) {
        case .text(let text):
            current.uses.append(parameter.name)
            put(text, isQuoted: isQuoted, of: parameter, to: &current, &fields)
        case .word(let parts):
            for part in parts {
                if case .text(let text, isQuoted: false) = part, !isQuoted {
                    put(text.string, isQuoted: false, of: parameter, to: &current, &fields)
                } else {
                    add(isQuoted ? part.quoted : part, to: &current, &fields, in: parameter.range)
                }
            }
            if isQuoted { current.isQuoted = true }
        case .unknown:
            unknown(&current, parameter.range)
        }
    }

    /// The characters of IFS where it is not the default; nil for the default, and a nil inside for a value that is not known.
    private var separators: String?? {
        switch variables.values["IFS"] {
        case nil, .scalar(.unset), .scalar(.undeclared), .scalar(.known(" \t\n")): nil
        case .scalar(.known(let text)): .some(text)
        default: .some(nil)
        }
    }

    func put(
        _ text: String, isQuoted: Bool, of parameter: ShellParameter, to current: inout Field, _ fields: inout [Field]
    ) {
        let range = script.text.fileRange(parameter.range)
        if current.isFull(with: text.utf8.count) {
            current.isKnown = false
            return
        }
        if isQuoted {
            current.text.append(text, standingFor: range)
            current.isQuoted = true
            return
        }
        if let separators {
            // Only a text in which nothing separates is followed with an IFS of the script's own.
            let isSplit = separators.map { separators in text.contains { separators.contains($0) } } ?? true
            if isSplit, !text.isEmpty { return unknown(&current, parameter.range) }
            if Self.isPattern(Array(text.utf8)) { current.isPattern = true }
            current.text.append(text, standingFor: range)
            return
        }
        var pending: [UInt8] = []
        for byte in text.utf8 {
            if byte.isASCIIBlank || byte == UInt8(ascii: "\n") {
                current.text.append(pending[...], standingFor: range)
                pending = []
                if current.text.count > 0 || current.isQuoted {
                    // An expansion that comes from outside must not grow without bound.
                    guard fields.count < 10_000 else { return }
                    fields.append(current)
                    current = current.next
                    current.uses = [parameter.name]
                }
            } else {
                if byte == UInt8(ascii: "*") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "[") {
                    current.isPattern = true
                }
                pending.append(byte)
            }
        }
        current.text.append(pending[...], standingFor: range)
    }

    private enum ParameterValue {
        case text(String)
        case word([ShellWordPart])
        case unknown
    }

    private func known(_ text: String?) -> ParameterValue { text.map { .text($0) } ?? .unknown }

    private func value(of parameter: ShellParameter) -> ParameterValue {
        var value: VariableValue
        if let bound, bound.name == parameter.name {
            value = .known(bound.value)
        } else {
            value = variables[parameter.name]
        }
        if parameter.name == "PWD", value == .undeclared, let workingDirectory { value = .known(workingDirectory) }
        // Where all variables are known, one that is not set is empty, unless a modifier asks.
        if variables.isComplete, value == .unset, !["-", "=", "+", "?"].contains(parameter.modifier.suffix(1)) {
            value = .known("")
        }
        let colon = parameter.modifier.hasPrefix(":")
        func isSet(_ text: String) -> Bool { !(colon && text.isEmpty) }
        switch parameter.modifier {
        case "":
            if case .known(let text) = value { return .text(text) }
            return .unknown
        case ":-", "-", ":=", "=":
            switch value {
            case .known(let text) where isSet(text): return .text(text)
            case .known, .unset, .undeclared: return .word(parameter.operand)
            case .dynamic: return .unknown
            }
        case ":+", "+":
            switch value {
            case .known(let text) where isSet(text): return .word(parameter.operand)
            case .known, .unset: return .text("")
            case .undeclared, .dynamic: return .unknown
            }
        case ":?", "?":
            if case .known(let text) = value, isSet(text) { return .text(text) }
            return .unknown
        case "#", "##", "%", "%%", "/", "//":
            guard case .known(let text) = value, let pattern = pattern(parameter.operand),
                let glob = try? GlobPattern(pattern)
            else { return .unknown }
            switch parameter.modifier {
            case "#", "##":
                return known(glob.removingPrefix(of: text, longest: parameter.modifier == "##"))
            case "%", "%%":
                return known(glob.removingSuffix(of: text, longest: parameter.modifier == "%%"))
            default:
                let with = single(parameter.replacement, parameter.range)
                guard with.isKnown else { return .unknown }
                return known(glob.replacing(in: text, with: with.text.string, all: parameter.modifier == "//"))
            }
        case "^^", "^", ",,", ",":
            guard case .known(let text) = value, parameter.operand.isEmpty else { return .unknown }
            switch parameter.modifier {
            case "^^": return .text(text.uppercased())
            case ",,": return .text(text.lowercased())
            case "^": return .text(text.prefix(1).uppercased() + text.dropFirst())
            default: return .text(text.prefix(1).lowercased() + text.dropFirst())
            }
        case ":":
            return substring(value, parameter)
        default:
            return .unknown
        }
    }

    /// `${name:offset}` and `${name:offset:length}` with plain numbers.
    private func substring(_ value: VariableValue, _ parameter: ShellParameter) -> ParameterValue {
        let operand = single(parameter.operand, parameter.range)
        guard case .known(let text) = value, operand.isKnown else { return .unknown }
        let numbers = operand.text.string.split(separator: ":", omittingEmptySubsequences: false).map {
            Int($0.filter { $0 != " " })
        }
        guard (1...2).contains(numbers.count), let offset = numbers[0], offset.magnitude < 1_000_000 else {
            return .unknown
        }
        let characters = Array(text.unicodeScalars)
        let start = min(max(offset < 0 ? characters.count + offset : offset, 0), characters.count)
        var end = characters.count
        if numbers.count == 2 {
            guard let length = numbers[1], length >= 0, length < 1_000_000 else { return .unknown }
            end = min(start + length, end)
        }
        var result = ""
        result.unicodeScalars.append(contentsOf: characters[start..<end])
        return .text(result)
    }

    /// A pattern whose quoted characters stand for themselves; nil when it cannot be known or uses `[`.
    private func pattern(_ parts: [ShellWordPart]) -> [UInt8]? {
        var result: [UInt8] = []
        for part in parts {
            switch part {
            case .text(let text, let isQuoted):
                for byte in text.bytes {
                    if byte == UInt8(ascii: "[") && !isQuoted { return nil }
                    if byte == UInt8(ascii: "\\")
                        || (isQuoted && (byte == UInt8(ascii: "*") || byte == UInt8(ascii: "?")))
                    {
                        result.append(UInt8(ascii: "\\"))
                    }
                    result.append(byte)
                }
            case .parameter(let parameter, _):
                guard case .text(let text) = value(of: parameter) else { return nil }
                result += text.utf8
            case .command, .process, .arithmetic:
                return nil
            }
        }
        return result
    }
}
