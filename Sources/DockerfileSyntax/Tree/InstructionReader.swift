/// Why BuildKit's parser refuses an instruction, and with it the file.
struct InstructionSyntaxError: Error, Sendable {
    let reason: String
}

/// What one line says, before its heredocs are read.
struct ParsedInstruction {
    var keyword = ""
    var keywordRange = 0..<0
    var flags: [InstructionFlag] = []
    var words: [DockerfileWord] = []
    var isJSON = false
    var isOldKeyValueForm = false
    var rest = MappedText()
    var trigger: [ParsedInstruction] = []

    /// Whether `<<` in the line starts a heredoc: on RUN, COPY and ADD, and on those below one ONBUILD, unless in JSON.
    var canContainHeredocs: Bool {
        let inner = keyword == "onbuild" ? trigger.first ?? self : self
        return InstructionKeyword(rawValue: inner.keyword)?.takesHeredocs == true && !inner.isJSON
    }

    func instruction(
        lines: ClosedRange<Int>, bytes: Range<Int>, logical: MappedText, heredocs: [Heredoc],
        comments: [Dockerfile.Comment]
    ) -> Instruction {
        Instruction(
            keyword: keyword, keywordRange: keywordRange, flags: flags, words: words, isJSON: isJSON,
            isOldKeyValueForm: isOldKeyValueForm, startLine: lines.lowerBound, endLine: lines.upperBound,
            byteRange: bytes, heredocs: trigger.isEmpty ? heredocs : [], logicalLine: logical, rest: rest,
            triggers: trigger.map {
                $0.instruction(lines: lines, bytes: bytes, logical: logical, heredocs: heredocs, comments: [])
            },
            precedingComments: comments)
    }
}

/// Splits one line, continuations already taken out, into keyword, flags and arguments.
///
/// Each keyword has its own way of splitting, which is BuildKit's.
struct InstructionReader {
    private let line: MappedText
    private let bytes: [UInt8]
    private let escape: UInt8
    private let depth: Int

    init(line: MappedText, escape: UInt8, depth: Int = 0) {
        self.line = line
        bytes = line.bytes
        self.escape = escape
        self.depth = depth
    }

    func read() throws(InstructionSyntaxError) -> ParsedInstruction {
        let whole = Rune.trimmed(bytes, 0..<bytes.count)
        var end = whole.lowerBound
        while end < whole.upperBound, !Rune.isBlank(bytes[end]) { end += 1 }
        var result = ParsedInstruction()
        result.keyword = Rune.lowercased(bytes[whole.lowerBound..<end])
        result.keywordRange = line.fileRange(whole.lowerBound..<end)
        var start = end
        while start < whole.upperBound, Rune.isBlank(bytes[start]) { start += 1 }
        let rest: Range<Int>
        (result.flags, rest) = readFlags(start..<whole.upperBound)
        result.rest = line.slice(rest)
        try readArguments(into: &result, rest)
        return result
    }

    private func readArguments(
        into result: inout ParsedInstruction, _ rest: Range<Int>
    ) throws(InstructionSyntaxError) {
        guard let keyword = InstructionKeyword(rawValue: result.keyword) else {
            result.words = [DockerfileWord(MappedText(), range: line.fileRange(rest.lowerBound..<rest.lowerBound))]
            return
        }
        switch keyword {
        case .from, .expose:
            result.words = splitAtBlanks(rest)
        case .maintainer, .stopsignal, .user, .workdir:
            result.words = wholeRest(rest)
        case .arg:
            result.words = DockerfileWords(line, rest, escape: escape).words.map(\.word)
        case .env, .label:
            (result.words, result.isOldKeyValueForm) = try keyValues(rest, result.keyword.uppercased())
        case .run, .cmd, .entrypoint, .shell:
            (result.words, result.isJSON) = try jsonOrRest(rest)
        case .add, .copy, .volume:
            if let words = try JSONForm.read(line, rest) {
                (result.words, result.isJSON) = (words, true)
            } else {
                result.words = splitAtBlanks(rest)
            }
        case .healthcheck:
            var end = rest.lowerBound
            while end < rest.upperBound, !Rune.isSpace(UInt32(bytes[end])) { end += 1 }
            guard end > rest.lowerBound else { return }
            var next = end
            while next < rest.upperBound, Rune.isSpace(UInt32(bytes[next])) { next += 1 }
            (result.words, result.isJSON) = try jsonOrRest(next..<rest.upperBound)
            result.words.insert(DockerfileWord(line.slice(rest.lowerBound..<end)), at: 0)
        case .onbuild:
            guard !rest.isEmpty else { return }
            guard depth < 32 else { throw InstructionSyntaxError(reason: "ONBUILD is nested too deeply") }
            let inner = InstructionReader(line: line.slice(rest), escape: escape, depth: depth + 1)
            result.trigger = [try inner.read()]
        }
    }

    private func wholeRest(_ rest: Range<Int>) -> [DockerfileWord] {
        rest.isEmpty ? [] : [DockerfileWord(line.slice(rest))]
    }

    private func jsonOrRest(_ rest: Range<Int>) throws(InstructionSyntaxError) -> ([DockerfileWord], Bool) {
        if let words = try JSONForm.read(line, rest) { return (words, true) }
        return (wholeRest(rest), false)
    }

    private func splitAtBlanks(_ rest: Range<Int>) -> [DockerfileWord] {
        guard !rest.isEmpty else { return [] }
        var words: [DockerfileWord] = []
        var start = rest.lowerBound
        var index = start
        while index <= rest.upperBound {
            if index == rest.upperBound || Rune.isBlank(bytes[index]) {
                words.append(
                    start < index
                        ? DockerfileWord(line.slice(start..<index))
                        : DockerfileWord(MappedText(), range: line.fileRange(start..<start)))
                while index < rest.upperBound, Rune.isBlank(bytes[index]) { index += 1 }
                if index == rest.upperBound { break }
                start = index
                continue
            }
            index += 1
        }
        return words
    }

    private func keyValues(
        _ rest: Range<Int>, _ keyword: String
    ) throws(InstructionSyntaxError) -> ([DockerfileWord], Bool) {
        let equals = UInt8(ascii: "=")
        let words = DockerfileWords(line, rest, escape: escape).words
        guard let first = words.first else { return ([], false) }
        guard first.word.mapped.bytes.contains(equals) else {
            var end = rest.lowerBound
            while end < rest.upperBound, !Rune.isBlank(bytes[end]) { end += 1 }
            var start = end
            while start < rest.upperBound, Rune.isBlank(bytes[start]) { start += 1 }
            guard start > end else {
                throw InstructionSyntaxError(reason: "\(keyword) must have two arguments")
            }
            return ([DockerfileWord(line.slice(rest.lowerBound..<end)), word(start..<rest.upperBound)], true)
        }
        var result: [DockerfileWord] = []
        for (word, range) in words {
            guard let split = word.mapped.bytes.firstIndex(of: equals) else {
                throw InstructionSyntaxError(
                    reason: "no = in '\(word.text)', which must be of the form name=value")
            }
            let name = word.mapped.slice(0..<split)
            let value = word.mapped.slice((split + 1)..<word.mapped.count)
            // The first = of the text is the first of the source too: nothing that is left out holds one.
            let place = bytes[range].firstIndex(of: equals) ?? range.upperBound
            result.append(DockerfileWord(name, range: line.fileRange(range.lowerBound..<place)))
            let valueStart = min(place + 1, range.upperBound)
            result.append(
                DockerfileWord(
                    value,
                    range: valueStart < range.upperBound
                        ? line.fileRange(valueStart..<range.upperBound)
                        : line.fileRange(place..<min(place + 1, range.upperBound))
                            .upperBound..<line.fileRange(place..<min(place + 1, range.upperBound)).upperBound))
        }
        return (result, false)
    }

    private func word(_ range: Range<Int>) -> DockerfileWord {
        DockerfileWord(line.slice(range), range: line.fileRange(range))
    }

    /// Reads `--name=value` words up to the first that is none, or behind `--`.
    ///
    /// BuildKit goes through them byte by byte, so that a byte above 0x7F becomes a scalar of its own.
    private func readFlags(_ range: Range<Int>) -> ([InstructionFlag], Range<Int>) {
        var flags: [InstructionFlag] = []
        let dash = UInt8(ascii: "-")
        var index = range.lowerBound
        while index < range.upperBound {
            if Rune.isSpace(UInt32(bytes[index])) {
                index += 1
                continue
            }
            guard bytes[index] == dash, index + 1 < range.upperBound, bytes[index + 1] == dash else {
                return (flags, Rune.trimmed(bytes, index..<range.upperBound))
            }
            let start = index
            var text = MappedText()
            var quote: UInt8?
            var wasQuoted = false
            while index < range.upperBound {
                let byte = bytes[index]
                if quote == nil, Rune.isSpace(UInt32(byte)) { break }
                if byte == quote {
                    quote = nil
                } else if quote == nil, byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
                    quote = byte
                    wasQuoted = true
                } else {
                    if byte == escape {
                        index += 1
                        guard index < range.upperBound else { break }
                    }
                    appendByte(at: index, to: &text)
                }
                index += 1
            }
            index = min(index, range.upperBound)
            if text.bytes == [dash, dash] {
                return (flags, Rune.trimmed(bytes, index..<range.upperBound))
            }
            if wasQuoted || text.count > 0 {
                flags.append(InstructionFlag(word: DockerfileWord(text, range: line.fileRange(start..<index))))
            }
        }
        return (flags, range.upperBound..<range.upperBound)
    }

    private func appendByte(at index: Int, to text: inout MappedText) {
        let byte = bytes[index]
        if byte < 0x80 {
            text.append(byte: byte, at: line.offset(of: index))
        } else {
            text.append([0xC0 | byte >> 6, 0x80 | byte & 0x3F], standingFor: line.fileRange(index..<(index + 1)))
        }
    }
}

/// The words of ARG, ENV and LABEL: separated by spaces, quotes and escapes kept as they are.
struct DockerfileWords {
    private(set) var words: [(word: DockerfileWord, range: Range<Int>)] = []

    init(_ line: MappedText, _ rest: Range<Int>, escape: UInt8) {
        let bytes = line.bytes
        let end = rest.upperBound
        var index = rest.lowerBound
        while index < end {
            let (value, width) = Rune.decode(bytes, index, end)
            if Rune.isSpace(value) {
                index += width
                continue
            }
            let start = index
            var text = MappedText()
            var keptFrom = index
            var quote: UInt8?
            var wasQuoted = false
            while index < end {
                let (value, width) = Rune.decode(bytes, index, end)
                if quote == nil, Rune.isSpace(value) { break }
                let byte = bytes[index]
                if byte == quote {
                    quote = nil
                } else if quote == nil, byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
                    quote = byte
                    wasQuoted = true
                } else if byte == escape, quote != UInt8(ascii: "'") {
                    if index + 1 == end {
                        // A lone escape at the end of the line is dropped.
                        if keptFrom < index { text.append(line, keptFrom..<index) }
                        keptFrom = end
                        quote = nil
                        index = end
                        break
                    }
                    index += 1
                    index += Rune.decode(bytes, index, end).width
                    continue
                }
                index += width
            }
            index = min(index, end)
            if keptFrom < index { text.append(line, keptFrom..<index) }
            if wasQuoted || text.count > 0 {
                words.append((DockerfileWord(text, range: line.fileRange(start..<index)), start..<index))
            }
        }
    }
}
