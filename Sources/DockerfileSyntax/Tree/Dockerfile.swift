import SourceDocuments

/// A Dockerfile as BuildKit's parser reads it, with the place of every byte.
///
/// Grammar: https://docs.docker.com/reference/dockerfile/ and the behaviour of BuildKit's parser
/// (https://github.com/moby/buildkit/tree/master/frontend/dockerfile/parser), release 0.22 and later. Left out: the
/// check that a value makes sense to the builder (ports, durations, signals).
package struct Dockerfile: Sendable {
    /// The file.
    package let text: SourceText
    /// The parser directives at the top of the file.
    package let directives: [Directive]
    /// The character that escapes and continues lines: a backslash or a backtick.
    package let escape: UInt8
    /// The instructions, in the order in which they stand; a bad one is left out and is among the problems.
    package let instructions: [Instruction]
    /// All comment lines, those inside of continued instructions too; not those in heredocs.
    package let comments: [Comment]
    /// What is wrong with the file, in the order of the lines.
    package let problems: [DockerfileProblem]

    /// The first thing for which BuildKit's parser refuses the whole file; nil when it reads it.
    package var refusal: DockerfileProblem? { problems.first { $0.kind == .syntax } }

    /// Reads a file; never fails, what is wrong is in ``problems``.
    package static func parse(_ text: SourceText) -> Dockerfile {
        var parser = DockerfileParser(text)
        return parser.parse()
    }

    /// A parser directive: `# syntax=docker/dockerfile:1`.
    package struct Directive: Sendable, Hashable {
        /// `syntax`, `escape` or `check`, in lower case.
        package let name: String
        /// The value without the spaces around it.
        package let value: String
        /// The line, the first being 1.
        package let line: Int
        /// The byte offsets of the value.
        package let valueRange: Range<Int>
    }

    /// A comment line.
    package struct Comment: Sendable, Hashable {
        /// The text behind `#`, without the spaces around it.
        package let text: String
        /// The line, the first being 1.
        package let line: Int
        /// The byte offsets from `#` to the end of the line, without the line feed.
        package let range: Range<Int>
    }
}

/// Something wrong with a Dockerfile: what, and where.
package struct DockerfileProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// How far the problem reaches.
    package enum Kind: Sendable, Hashable {
        /// BuildKit's parser refuses the whole file.
        case syntax
        /// BuildKit's parser reads the file, but the build stops at this instruction.
        case instruction
        /// Something in a shell script or a name that Pinproof could not read.
        case content
    }
    /// How far the problem reaches.
    package let kind: Kind
    /// The name of the file.
    package let file: String
    /// What is wrong, in a few words, without the place.
    package let reason: String
    /// The stretch of the file; its first line is where the instruction starts.
    package let range: SourceRange

    /// Makes a problem.
    package init(kind: Kind, file: String, reason: String, range: SourceRange) {
        self.kind = kind
        self.file = file
        self.reason = reason
        self.range = range
    }

    /// `file:line:column: reason`.
    package var description: String { "\(file):\(range.start.line):\(range.start.column): \(reason)" }
}

/// A word of an instruction with the bytes of the file that it was read from.
package struct DockerfileWord: Sendable {
    /// The text as BuildKit's parser gives it, with the way back to the file.
    package let mapped: MappedText
    /// The byte offsets of the word in the file, quotes included.
    package let range: Range<Int>

    /// The text as BuildKit's parser gives it.
    package var text: String { mapped.string }

    init(_ mapped: MappedText, range: Range<Int>) {
        self.mapped = mapped
        self.range = range
    }

    /// A word that stands in the file as it is read.
    init(_ mapped: MappedText) {
        self.mapped = mapped
        range = mapped.fileRange(0..<mapped.count)
    }
}

/// A flag of an instruction: `--from=build`.
package struct InstructionFlag: Sendable {
    /// The whole flag as BuildKit's parser gives it, quotes taken off: `--from=build`.
    package let word: DockerfileWord

    /// The whole flag: `--from=build`.
    package var text: String { word.text }

    /// The name without the dashes, `from`.
    package var name: String {
        String(decoding: word.mapped.bytes.prefix { $0 != UInt8(ascii: "=") }.dropFirst(2), as: UTF8.self)
    }

    /// The value behind `=`; nil when there is no `=`.
    package var value: String? { mappedValue?.string }

    /// The value behind `=` with its place in the file; nil when there is no `=`.
    package var mappedValue: MappedText? {
        guard let equals = word.mapped.bytes.firstIndex(of: UInt8(ascii: "=")) else { return nil }
        return word.mapped.slice((equals + 1)..<word.mapped.count)
    }
}

/// A here-document of RUN, COPY or ADD.
package struct Heredoc: Sendable {
    /// The name that ends it, quotes taken off.
    package let name: String
    /// The number before `<<`, 0 when there is none.
    package let fileDescriptor: Int
    /// Whether variables in the content are expanded: the name was not quoted.
    package let expand: Bool
    /// Whether leading tabs are taken off: `<<-`.
    package let chomp: Bool
    /// The lines up to the name, as they stand in the file.
    package let content: String
    /// The byte offsets of the content.
    package let contentRange: Range<Int>
    /// The line of the first line of the content.
    package let contentLine: Int
    /// The byte offsets of the line with the name, without the line feed; nil when the file ends before it.
    package let terminatorRange: Range<Int>?
}

/// One instruction, read as BuildKit's parser reads it.
package struct Instruction: Sendable {
    /// The keyword in lower case: `from`.
    package let keyword: String
    /// The keyword as it is written, with its place.
    package let keywordRange: Range<Int>
    /// The flags, in their order.
    package let flags: [InstructionFlag]
    /// The arguments as BuildKit's parser splits them, with their places: one for shell form; ENV and LABEL as name,
    /// value, name, value; for a keyword that BuildKit does not know one empty argument.
    package let words: [DockerfileWord]
    /// Whether the arguments were a JSON array.
    package let isJSON: Bool
    /// Whether ENV or LABEL is written in the old form `name value`, without `=`.
    package let isOldKeyValueForm: Bool
    /// The first line, the file's first being 1.
    package let startLine: Int
    /// The last line, that of the last heredoc's name included.
    package let endLine: Int
    /// The byte offsets of all lines, without the last line feed.
    package let byteRange: Range<Int>
    /// The heredocs, in their order; those of ONBUILD are in its trigger.
    package let heredocs: [Heredoc]
    /// The line without continuations and comments, as the shell gets it: keyword, flags and arguments.
    package let logicalLine: MappedText
    /// Everything behind the keyword and the flags, trimmed.
    package let rest: MappedText
    /// The instruction that ONBUILD holds; at most one element.
    let triggers: [Instruction]
    /// The comment lines just above the instruction, as BuildKit attaches them.
    package let precedingComments: [Dockerfile.Comment]

    /// The arguments as BuildKit's parser splits them.
    package var arguments: [String] { words.map(\.text) }
    /// The instruction that ONBUILD holds; nil for every other keyword.
    package var trigger: Instruction? { triggers.first }
    /// Whether BuildKit knows the keyword.
    package var isKnown: Bool { InstructionKeyword(rawValue: keyword) != nil }

    /// The first flag of a name; nil when there is none.
    package func flag(_ name: String) -> InstructionFlag? { flags.first { $0.name == name } }
}

/// The keywords that BuildKit knows.
enum InstructionKeyword: String, Sendable, CaseIterable {
    case add, arg, cmd, copy, entrypoint, env, expose, from, healthcheck, label, maintainer, onbuild, run, shell
    case stopsignal, user, volume, workdir

    var takesHeredocs: Bool { self == .add || self == .copy || self == .run }
}
