import SourceDocuments

/// Splits a file into directives, comments and instructions, line by line, as BuildKit's parser does.
///
/// A line ends at LF; carriage returns before it are removed. A line longer than 65,535 bytes stops BuildKit.
struct DockerfileParser {
    private let text: SourceText
    private let bytes: [UInt8]
    private var escape = UInt8(ascii: "\\")
    private var line = 0
    private var position = 0
    private var directives: [Dockerfile.Directive] = []
    private var directivesAreOver = false
    private var comments: [Dockerfile.Comment] = []
    private var pendingComments: [Dockerfile.Comment] = []
    private var instructions: [Instruction] = []
    private var problems: [DockerfileProblem] = []
    private var sawInstruction = false
    private static let maximumLineLength = 65_535

    init(_ text: SourceText) {
        self.text = text
        bytes = text.bytes
    }

    mutating func parse() -> Dockerfile {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        while let content = nextLine() { readInstruction(startingAt: content) }
        if !sawInstruction, !problems.contains(where: { $0.kind == .syntax }) {
            report(.syntax, "file with no instructions", bytes.count..<bytes.count)
        }
        for instruction in instructions { checkInstruction(instruction) }
        // In the order of the file, so that the first problem is the one that BuildKit reports.
        problems = problems.enumerated().sorted {
            ($0.element.range.start, $0.offset) < ($1.element.range.start, $1.offset)
        }.map(\.element)
        return Dockerfile(
            text: text, directives: directives, escape: escape, instructions: instructions, comments: comments,
            problems: problems)
    }

    private mutating func report(_ kind: DockerfileProblem.Kind, _ reason: String, _ range: Range<Int>) {
        problems.append(
            DockerfileProblem(kind: kind, file: text.name, reason: reason, range: text.range(range)))
    }

    /// The next line with its carriage returns but without its line feed; nil at the end of the file.
    private mutating func nextLine() -> Range<Int>? {
        guard position < bytes.count else { return nil }
        let start = position
        line += 1
        // SourceText has found the line feeds already.
        let end = max(start, text.offsets(ofLine: line)?.upperBound ?? bytes.count)
        position = end + 1
        if end - start > Self.maximumLineLength {
            report(
                .syntax, "a line of \(end - start) bytes; BuildKit reads at most \(Self.maximumLineLength)", start..<end
            )
        }
        return start..<end
    }

    private func withoutNewline(_ range: Range<Int>) -> Range<Int> {
        var end = range.upperBound
        while end > range.lowerBound, bytes[end - 1] == UInt8(ascii: "\r") || bytes[end - 1] == UInt8(ascii: "\n") {
            end -= 1
        }
        return range.lowerBound..<end
    }

    /// Returns the line without a continuation character at its end, and whether it ends the instruction.
    ///
    /// The character continues the line only when the one before it is another: `\\` at the end of a line is no
    /// continuation.
    private func withoutContinuation(_ range: Range<Int>) -> (content: Range<Int>, isLast: Bool) {
        var end = range.upperBound
        while end > range.lowerBound, bytes[end - 1].isASCIIBlank { end -= 1 }
        guard end > range.lowerBound, bytes[end - 1] == escape else { return (range, true) }
        if end - 1 > range.lowerBound, bytes[end - 2] == escape { return (range, true) }
        return (range.lowerBound..<(end - 1), false)
    }

    /// Records a comment line; nil if the line is not a comment.
    private mutating func noteComment(_ range: Range<Int>) -> Dockerfile.Comment? {
        let start = Rune.trimmedStart(bytes, range)
        guard start < range.upperBound, bytes[start] == UInt8(ascii: "#") else { return nil }
        let comment = Dockerfile.Comment(
            text: text.string(Rune.trimmed(bytes, (start + 1)..<range.upperBound)), line: line,
            range: start..<range.upperBound)
        comments.append(comment)
        return comment
    }

    private mutating func readInstruction(startingAt lineRange: Range<Int>) {
        let content = withoutNewline(lineRange)
        let trimmed = Rune.trimmedStart(bytes, content)..<content.upperBound
        if !directivesAreOver { readDirective(trimmed) }
        if let comment = noteComment(content) {
            if directives.last?.line == line { return }
            if comment.text.isEmpty { pendingComments = [] } else { pendingComments.append(comment) }
            return
        }
        var (piece, isLast) = withoutContinuation(trimmed)
        if isLast, piece.isEmpty { return }
        let startLine = line
        var logical = MappedText(bytes, piece)
        var lastContent = content.upperBound
        while !isLast, let next = nextLine() {
            let content = withoutNewline(next)
            if noteComment(content) != nil { continue }
            if Rune.trimmedStart(bytes, content) == content.upperBound { continue }
            (piece, isLast) = withoutContinuation(content)
            logical.append(bytes[piece], at: piece.lowerBound, continuingLine: true)
            lastContent = content.upperBound
        }
        sawInstruction = true
        let attached = pendingComments
        pendingComments = []
        let whole = trimmed.lowerBound..<max(lastContent, trimmed.lowerBound)
        let parsed: ParsedInstruction
        do throws(InstructionSyntaxError) {
            parsed = try InstructionReader(line: logical, escape: escape).read()
        } catch {
            report(.syntax, error.reason, whole)
            return
        }
        var heredocs: [Heredoc] = []
        if parsed.canContainHeredocs {
            do throws(InstructionSyntaxError) {
                heredocs = try readHeredocs(of: logical, whole)
            } catch {
                report(.syntax, error.reason, whole)
            }
        }
        let end = heredocs.last.map { $0.terminatorRange?.upperBound ?? bytes.count } ?? lastContent
        instructions.append(
            parsed.instruction(
                lines: startLine...max(line, startLine), bytes: whole.lowerBound..<max(end, whole.lowerBound),
                logical: logical, heredocs: heredocs, comments: attached))
    }

    private mutating func readHeredocs(
        of logical: MappedText, _ instruction: Range<Int>
    ) throws(InstructionSyntaxError) -> [Heredoc] {
        var heredocs: [Heredoc] = []
        for marker in try HeredocMarker.markers(in: logical.bytes) {
            let name = Array(marker.name.utf8)
            let start = min(position, bytes.count)
            let contentLine = line + 1
            var end = start
            var terminator: Range<Int>?
            while let next = nextLine() {
                let content = withoutNewline(next)
                var possible = content
                if marker.chomp {
                    let tabs = bytes[possible].prefix { $0 == UInt8(ascii: "\t") }.count
                    possible = (possible.lowerBound + tabs)..<possible.upperBound
                }
                if bytes[possible].elementsEqual(name) {
                    terminator = content
                    break
                }
                end = min(position, bytes.count)
            }
            heredocs.append(
                Heredoc(
                    name: marker.name, fileDescriptor: marker.fileDescriptor, expand: marker.expand,
                    chomp: marker.chomp, content: text.string(start..<end), contentRange: start..<end,
                    contentLine: contentLine, terminatorRange: terminator))
            if terminator == nil {
                // The content is kept, so that what it installs is read.
                report(.syntax, "unterminated heredoc \(marker.name)", instruction)
                return heredocs
            }
        }
        return heredocs
    }

    private mutating func readDirective(_ range: Range<Int>) {
        guard let parsed = DirectiveLine(bytes, range), ["syntax", "escape", "check"].contains(parsed.name) else {
            directivesAreOver = true
            return
        }
        let directive = Dockerfile.Directive(
            name: parsed.name, value: text.string(parsed.value), line: line, valueRange: parsed.value)
        if directives.contains(where: { $0.name == directive.name }) {
            report(.syntax, "only one \(parsed.name) parser directive can be used", range)
            return
        }
        directives.append(directive)
        guard parsed.name == "escape" else { return }
        if directive.value == "\\" || directive.value == "`" {
            escape = bytes[parsed.value.lowerBound]
        } else {
            report(
                .syntax, "invalid escape token '\(directive.value)', only ` and \\ are allowed", parsed.value)
        }
    }

    private mutating func checkInstruction(_ instruction: Instruction) {
        for reason in InstructionCheck.problems(of: instruction) {
            report(.instruction, reason, instruction.byteRange)
        }
    }
}

/// `# name = value`, at the top of the file only.
struct DirectiveLine {
    let name: String
    let value: Range<Int>

    init?(_ bytes: [UInt8], _ range: Range<Int>) {
        guard range.lowerBound < range.upperBound, bytes[range.lowerBound] == UInt8(ascii: "#") else { return nil }
        var index = Rune.trimmedStart(bytes, (range.lowerBound + 1)..<range.upperBound)
        let start = index
        func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte & 0xDF) && byte >= 0x41 }
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0C || byte == 0x0D }
        while index < range.upperBound,
            isLetter(bytes[index]) || (index > start && bytes[index].isASCIIDigit)
        {
            index += 1
        }
        guard index > start else { return nil }
        name = Rune.lowercased(bytes[start..<index])
        while index < range.upperBound, isSpace(bytes[index]) { index += 1 }
        guard index < range.upperBound, bytes[index] == UInt8(ascii: "=") else { return nil }
        index += 1
        guard index < range.upperBound else { return nil }
        while index < range.upperBound, isSpace(bytes[index]) { index += 1 }
        var end = range.upperBound
        while end > index, isSpace(bytes[end - 1]) { end -= 1 }
        // Spaces alone are a value of one space to BuildKit's regular expression.
        value = end > index ? index..<end : (range.upperBound - 1)..<range.upperBound
    }
}
