/// A text that holds several words as `shlex.split` of Python reads it (https://docs.python.org/3/library/shlex.html):
/// `GUNICORN_CMD_ARGS`.
enum ShellWordList {
    /// Splits a text at white space, quotes taken off; nil when a quote is open.
    static func split(_ text: String) -> [String]? {
        var words: [String] = []
        var current = ""
        var isWord = false
        var quote: Unicode.Scalar?
        var scalars = Array(text.unicodeScalars)[...]
        while let scalar = scalars.popFirst() {
            if let open = quote {
                if scalar == open {
                    quote = nil
                } else if scalar == "\\", open == "\"", let next = scalars.first, next == "\"" || next == "\\" {
                    current.unicodeScalars.append(scalars.removeFirst())
                } else {
                    current.unicodeScalars.append(scalar)
                }
                continue
            }
            switch scalar {
            case " ", "\t", "\n", "\r":
                if isWord { words.append(current) }
                (current, isWord) = ("", false)
            case "'", "\"": (quote, isWord) = (scalar, true)
            case "\\":
                guard let next = scalars.popFirst() else { return nil }
                current.unicodeScalars.append(next)
                isWord = true
            default:
                current.unicodeScalars.append(scalar)
                isWord = true
            }
        }
        if quote != nil { return nil }
        if isWord { words.append(current) }
        return words
    }
}

/// The text of `env -S`
/// (https://www.gnu.org/software/coreutils/manual/html_node/env-invocation.html#g_t_002dS_002f_002d_002dsplit_002dstring-usage-in-scripts).
struct EnvironmentText {
    private var words: [String] = []
    private var current = ""
    private var isWord = false
    private let environment: [String: String?]

    private init(_ environment: [String: String?]) { self.environment = environment }

    /// Splits a text into words; nil for one that `env` refuses, or that uses a variable that is not known.
    static func split(_ text: String, environment: [String: String?]) -> [String]? {
        var reader = EnvironmentText(environment)
        return reader.read(text) ? reader.words : nil
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        current.unicodeScalars.append(scalar)
        isWord = true
    }

    private mutating func end() {
        if isWord { words.append(current) }
        (current, isWord) = ("", false)
    }

    private mutating func read(_ text: String) -> Bool {
        var quote: Unicode.Scalar?
        var scalars = Array(text.unicodeScalars)[...]
        while let scalar = scalars.popFirst() {
            switch scalar {
            case "'" where quote != "\"", "\"" where quote != "'":
                quote = quote == nil ? scalar : nil
                isWord = true
            case " ", "\t", "\n", "\u{B}", "\u{C}", "\r":
                if quote == nil { end() } else { append(scalar) }
            case "#" where !isWord: return true
            case "\\":
                guard let next = scalars.popFirst() else { return false }
                // In single quotes only these two are escapes.
                if quote == "'", next != "'", next != "\\" {
                    append(scalar)
                    append(next)
                } else if next == "c" {
                    end()
                    return quote == nil
                } else if !escape(next, isQuoted: quote != nil) {
                    return false
                }
            case "$" where quote != "'":
                guard expand(&scalars) else { return false }
            default: append(scalar)
            }
        }
        end()
        return quote == nil
    }

    private mutating func escape(_ scalar: Unicode.Scalar, isQuoted: Bool) -> Bool {
        switch scalar {
        case "_": if isQuoted { append(" ") } else { end() }
        case "f": append("\u{C}")
        case "n": append("\n")
        case "r": append("\r")
        case "t": append("\t")
        case "v": append("\u{B}")
        case "#", "$", "\"", "'", "\\": append(scalar)
        default: return false
        }
        return true
    }

    /// `${NAME}`; nothing else may follow the sign.
    private mutating func expand(_ scalars: inout ArraySlice<Unicode.Scalar>) -> Bool {
        guard scalars.popFirst() == "{", let end = scalars.firstIndex(of: "}") else { return false }
        let name = String(String.UnicodeScalarView(scalars[..<end]))
        scalars = scalars[(end + 1)...]
        let isName = name.utf8.enumerated().allSatisfy { index, byte in
            byte == UInt8(ascii: "_") || byte.isASCIILetter || (index > 0 && byte.isASCIIDigit)
        }
        guard isName, !name.isEmpty else { return false }
        switch environment[name] {
        case nil: return true
        case .some(nil): return false
        case .some(let value?):
            current += value
            isWord = true
            return true
        }
    }
}
