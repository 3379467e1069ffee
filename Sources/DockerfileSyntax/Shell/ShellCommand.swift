/// A simple command of a RUN instruction, as far as it can be known without running anything.
package struct ShellCommand: Sendable {
    /// The command and its arguments, variables put in and split as the shell splits them; empty for an assignment that
    /// stands alone.
    package internal(set) var words: [ShellWord]
    /// The assignments in front of the command, `A=b cmd`.
    package internal(set) var assignments: [ShellAssignment]
    /// The redirections; their targets are not arguments.
    package internal(set) var redirections: [ShellRedirection]
    /// The byte offsets in the file, from the first word to the last.
    package internal(set) var range: Range<Int>
    /// The line of the file on which the command starts.
    package internal(set) var line: Int
    /// The operator before the command's pipeline.
    package internal(set) var connector: ShellConnector
    /// Which pipeline of the instruction it belongs to; two commands of one pipeline have the same number.
    package internal(set) var pipeline: Int
    /// The place in the pipeline, the first being 0.
    package internal(set) var pipelinePosition: Int
    /// How many commands the pipeline has.
    package internal(set) var pipelineCount: Int
    /// How the command came to be listed.
    package internal(set) var origin: Origin
    /// The index, in the instruction's commands, of the command that runs this one (a wrapper, `bash <<EOF`), or in whose
    /// words or redirections it is substituted; nil for a command of the script itself.
    package internal(set) var parent: Int?
    /// Whether the command may not run: below `if`, `case`, a loop, a function, or behind `||`.
    package internal(set) var isConditional: Bool
    /// The directory it runs in: WORKDIR, then `cd`; nil when it cannot be known.
    package internal(set) var workingDirectory: String?
    /// The user it runs as, as it is written: USER, then `sudo -u`, `su`; nil when it cannot be known.
    package internal(set) var user: String?
    /// The variables at this point: ARG, ENV, and what the script has set.
    package internal(set) var variables: ShellVariables
    /// Whether it stands in the body of a function whose calls list it again, with their arguments put in.
    package internal(set) var isListedAtCalls = false
    /// Whether it is listed for a call of the function in whose body it stands.
    package internal(set) var isFromCall = false
    /// Whether it never runs with the values that the file and the options give: it stands behind a test that fails.
    package internal(set) var isUnreachable = false

    /// How a command came to be listed.
    package enum Origin: Sendable, Hashable {
        /// It stands in the script.
        case script
        /// A wrapper runs it: `sudo`, `env`, `sh -c`.
        case wrapper
        /// It stands in `$(..)`, backticks, `<(..)` or `>(..)`.
        case substitution
        /// It stands in a here-document that feeds a shell.
        case heredoc
    }

    /// The static text of each word, nil where it cannot be known.
    package var argv: [String?] { words.map(\.text) }
    /// The command's name without its folder, `pip` of `/opt/venv/bin/pip`; nil when it cannot be known.
    package var name: String? {
        guard let word = words.first else { return nil }
        guard let text = word.text else {
            // `$VENV/bin/pip`: the folder cannot be known, the name can.
            let last = word.partialText.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
            let isPlain = last.utf8.allSatisfy {
                ShellParser.isName($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "+")
            }
            return isPlain && !last.isEmpty && word.partialText.utf8.contains(UInt8(ascii: "/")) ? String(last) : nil
        }
        guard let slash = text.lastIndex(ofByte: UInt8(ascii: "/")) else { return text }
        if text.utf8.index(after: slash) < text.utf8.endIndex {
            return String(text[text.utf8.index(after: slash)...])
        }
        return text.split(separator: "/", omittingEmptySubsequences: true).last.map(String.init) ?? text
    }
}

/// A word of a command.
package struct ShellWord: Sendable {
    /// The text; nil when it cannot be known.
    package let text: String?
    /// The text that the word was read from.
    let source: MappedText
    /// The bytes of the word in that text.
    let written: Range<Int>
    /// The text with the parts that cannot be known as they are written.
    package var partialText: String { text ?? mapped.string }
    /// The word as it is written; every word that one `$VARIABLE` gives has the same.
    package var raw: String { source.string(written) }
    /// Whether the word as written stands in the file at ``range`` (perhaps with a continuation inside), so that an edit may
    /// replace it; false for a word of a script that a variable holds.
    package var standsInFile: Bool { source.standsInFile(written) }
    /// The byte offsets in the file, quotes included.
    package let range: Range<Int>
    /// Whether an unquoted `*`, `?` or `[` makes it a pattern for file names.
    package let isPattern: Bool
    /// The texts that a `for` over a static list gives in turn; empty when there is no such variable in the word.
    package let alternatives: [String]
    /// The text with the way back to the file, for editing a part of the word.
    package let mapped: MappedText
    /// The variables whose values are in the text.
    package let uses: [String]
}

/// `name=value` in front of a command, or alone.
package struct ShellAssignment: Sendable {
    /// The variable.
    package let name: String
    /// The value; nil when it cannot be known, or is an array.
    package let value: String?
    /// The byte offsets in the file.
    package let range: Range<Int>
}

/// A redirection of a command.
package struct ShellRedirection: Sendable {
    /// `<`, `>`, `>>`, `<<`, `<<-`, `<<<`, `>&`, `<&`, `<>`, `>|`, `&>` or `&>>`.
    package let symbol: String
    /// The descriptor in front of it, as written; nil when there is none.
    package let descriptor: String?
    /// The file, or the delimiter of a here-document.
    package let target: ShellWord?
    /// The content of a here-document, as written.
    package let heredoc: MappedText?
}

/// What is known about the shell's variables at a point of a script.
package struct ShellVariables: Sendable {
    enum Value: Sendable, Hashable {
        case scalar(VariableValue)
        case array([String])
        /// One of these: the variable of a `for` over a static list.
        case oneOf([String])
    }
    var values = SharedMap<Value>()
    /// Whether a file was sourced that may have set anything.
    var mayHoldMore = false
    /// Whether a file was sourced that may have set again what the script itself has set.
    var mayHaveChanged = false
    /// Whether every variable that is set is known: one without a value is unset.
    var isComplete = false
    /// The words that a function or a script was called with, `$1` first; nil when they cannot be known.
    var arguments: [ShellWord]?
    /// Whether these words stand in another file than the one that is read.
    var argumentsStandElsewhere = false

    /// What is known about a variable; ``VariableValue/undeclared`` when nothing in the file sets it.
    package subscript(name: String) -> VariableValue {
        switch values[name] {
        case .scalar(let value): value
        case .array(let elements): elements.first.map { .known($0) } ?? .unset
        case .oneOf: .dynamic
        case nil: mayHoldMore ? .dynamic : isComplete ? .unset : .undeclared
        }
    }

    /// The most arguments, or elements of an array, that are followed, and the most bytes that they may have.
    static let maximumElements = 4096
    static let maximumElementBytes = 1 << 20

    /// Sets `$1`, `$@` and the others to the words of a call; more than ``maximumElements`` are not known.
    mutating func setArguments(_ given: [ShellWord]?, standElsewhere: Bool = false) {
        var words = given
        if let given,
            given.count > Self.maximumElements
                || given.reduce(0, { $0 + $1.mapped.count }) > Self.maximumElementBytes
        {
            words = nil
        }
        arguments = words
        argumentsStandElsewhere = standElsewhere
        let texts = words.map { $0.map(\.text) }
        let known = texts?.compactMap { $0 }
        let whole = known.flatMap { $0.count == texts?.count ? $0 : nil }
        values["@"] = whole.map { .array($0) } ?? .scalar(.dynamic)
        values["*"] = values["@"]
        values["#"] = .scalar(texts.map { .known(String($0.count)) } ?? .dynamic)
        for number in 1...9 {
            let value: VariableValue
            if let texts {
                value = number > texts.count ? .unset : texts[number - 1].map { .known($0) } ?? .dynamic
            } else {
                value = .dynamic
            }
            values[String(number)] = .scalar(value)
        }
    }

    /// Gives the arguments back that another state has: those of a function end with its call.
    mutating func restoreArguments(of other: ShellVariables) {
        arguments = other.arguments
        argumentsStandElsewhere = other.argumentsStandElsewhere
        for name in Self.positional { values[name] = other.values[name] }
    }

    private static let positional = ["@", "*", "#", "1", "2", "3", "4", "5", "6", "7", "8", "9"]
}

/// Who reads the text of a RUN instruction.
package enum ShellInterpreter: Sendable, Hashable {
    /// A POSIX shell or bash: read.
    case shell
    case powerShell
    /// `cmd` of Windows.
    case commandPrompt
    /// What a `#!` line or SHELL names, `/usr/bin/env python3`.
    case other(String)
    /// The exec form: no shell.
    case none

    /// The interpreter's name when its text is not read as a shell script; nil for a shell and the exec form.
    package var unreadName: String? {
        switch self {
        case .shell, .none: nil
        case .powerShell: "PowerShell"
        case .commandPrompt: "cmd"
        case .other(let line): line
        }
    }
}
