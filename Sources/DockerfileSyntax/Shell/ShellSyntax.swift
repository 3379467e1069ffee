/// A shell script as the shell reads it, before anything is expanded.
///
/// Grammar: https://pubs.opengroup.org/onlinepubs/9699919799/utilities/V3_chap02.html, and bash's arrays, `[[ ]]`, `(( ))`,
/// `$'..'`, process substitution, `|&`, `&>`, `<<<`, `select`, `coproc`, `for ((;;))`. Ranges are byte offsets of ``text``.
/// Left out: history expansion, what arithmetic and `[[ ]]` mean.
struct ShellScript: Sendable {
    /// The script's text, with the way back to the file.
    let text: MappedText
    /// The statements that were read.
    let body: ShellBody
    /// Why the reader stopped before the end; nil when it read everything.
    let problem: ShellSyntaxError?
}

/// Why a script could not be read to its end.
struct ShellSyntaxError: Error, Sendable, Hashable {
    let reason: String
    /// The byte offset in the script.
    let offset: Int
}

/// Statements in their order.
struct ShellBody: Sendable {
    var statements: [ShellStatement] = []

    init() {}

    /// A body of one command.
    init(_ node: ShellNode) {
        let pipeline = ShellPipeline(isNegated: false, commands: [node])
        statements = [ShellStatement(elements: [.init(connector: .sequence, pipeline: pipeline)], isBackground: false)]
    }
}

/// One and-or list: pipelines joined by `&&` and `||`.
struct ShellStatement: Sendable {
    struct Element: Sendable {
        /// The operator before this pipeline; ``ShellConnector/sequence`` for the first.
        let connector: ShellConnector
        let pipeline: ShellPipeline
    }
    var elements: [Element]
    /// Whether `&` ends it.
    var isBackground: Bool

    /// Whether its last command is not a simple command.
    var endsWithCompound: Bool {
        guard let last = elements.last?.pipeline.commands.last else { return false }
        if case .simple = last { return false }
        return true
    }
}

/// Commands joined by `|` or `|&`.
struct ShellPipeline: Sendable {
    var isNegated: Bool
    var commands: [ShellNode]
}

/// What stands between a command and the one before it.
package enum ShellConnector: String, Sendable, Hashable {
    /// `;`, a line feed, or nothing: the first command.
    case sequence = ";"
    case and = "&&"
    case or = "||"
    case background = "&"
}

/// A command: simple, or compound with its own redirections.
indirect enum ShellNode: Sendable {
    case simple(ShellSimple)
    case group(ShellBody, [ShellRedirect])
    case subshell(ShellBody, [ShellRedirect])
    case ifClause([(condition: ShellBody, body: ShellBody)], otherwise: ShellBody?, [ShellRedirect])
    case loop(condition: ShellBody, body: ShellBody, [ShellRedirect])
    case forEach(name: String, words: [ShellSyntaxWord]?, body: ShellBody, [ShellRedirect])
    case caseClause(ShellSyntaxWord, [ShellCaseItem], [ShellRedirect])
    case function(name: String, body: ShellNode)
    /// `[[ ]]`, `(( ))`, `for ((;;))`: only the words and what is substituted in them.
    case test([ShellSyntaxWord], body: ShellBody?, [ShellRedirect])
}

/// One item of a `case`.
struct ShellCaseItem: Sendable {
    /// What ends an item.
    enum Ending: Sendable, Hashable {
        /// `;;`, or `esac`.
        case ends
        /// `;&`: the next item's commands run as well.
        case fallsThrough
        /// `;;&`: the next patterns are compared as well.
        case goesOn
    }
    let patterns: [ShellSyntaxWord]
    let body: ShellBody
    var ending = Ending.ends
}

/// A simple command.
struct ShellSimple: Sendable {
    var assignments: [ShellSyntaxAssignment] = []
    var words: [ShellSyntaxWord] = []
    var redirects: [ShellRedirect] = []
    var range: Range<Int>
}

/// `name=value`, `name+=value`, `name=(a b)`.
struct ShellSyntaxAssignment: Sendable {
    let name: String
    let isAppend: Bool
    /// `name[index]=`.
    let hasIndex: Bool
    let value: ShellSyntaxWord?
    let array: [ShellSyntaxWord]?
    let range: Range<Int>
}

/// A redirection with its target or its here-document.
struct ShellRedirect: Sendable {
    /// `<`, `>`, `>>`, `<<`, `<<-`, `<<<`, `>&`, `<&`, `<>`, `>|`, `&>`, `&>>`.
    let symbol: String
    let descriptor: String
    let target: ShellSyntaxWord
    /// The place of the here-document among ``ShellParser/heredocs``; nil for every other redirection.
    let heredoc: Int?
    let range: Range<Int>
}

/// A here-document of a script.
struct ShellSyntaxHeredoc: Sendable {
    let delimiter: String
    let isQuoted: Bool
    let stripsTabs: Bool
    var content: Range<Int> = 0..<0
    /// What is substituted in the content, unless the delimiter is quoted.
    var parts: [ShellWordPart] = []
}

/// A word as it is written.
struct ShellSyntaxWord: Sendable {
    var parts: [ShellWordPart]
    let range: Range<Int>
}

/// A piece of a word.
indirect enum ShellWordPart: Sendable {
    /// Characters, quotes and escapes taken off.
    case text(MappedText, isQuoted: Bool)
    case parameter(ShellParameter, isQuoted: Bool)
    /// `$(..)` or backticks.
    case command(ShellScript, [ShellSyntaxHeredoc], isQuoted: Bool, range: Range<Int>)
    /// `<(..)` or `>(..)`.
    case process(ShellScript, [ShellSyntaxHeredoc], range: Range<Int>)
    /// `$((..))`, with what is substituted in it.
    case arithmetic([ShellWordPart], range: Range<Int>)
}

/// `$name` or `${name..}`.
struct ShellParameter: Sendable {
    let name: String
    /// `[@]`, `[*]` or another index; nil when there is none.
    let index: String?
    /// The modifier, `:-`; empty for none, `?` for what is not understood.
    let modifier: String
    /// What stands behind the modifier.
    let operand: [ShellWordPart]
    /// The replacement of `${v/p/r}`.
    let replacement: [ShellWordPart]
    /// Bytes of the script.
    let range: Range<Int>
}
