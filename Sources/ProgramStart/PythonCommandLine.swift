import SourceDocuments

/// A command line of CPython (https://docs.python.org/3/using/cmdline.html).
package struct PythonCommandLine: Sendable, Hashable {
    /// What runs.
    package enum Program: Sendable, Hashable {
        case script(String)
        case module(String)
        /// `-c`.
        case command
        /// Standard input, or an interactive session.
        case standardInput
    }

    /// What runs.
    package private(set) var program = Program.standardInput
    /// The arguments after the program.
    package private(set) var arguments: [String] = []
    /// `-I` or `-P`: neither the script's nor the working directory is on the import path.
    package private(set) var isSafePath = false
    /// `-I` or `-s`.
    package private(set) var hidesUserSite = false
    /// `-I` or `-E`.
    package private(set) var ignoresVariables = false
    /// `-S`: no `site`, so no site-packages either.
    package private(set) var skipsSite = false
    /// `-X pycache_prefix`.
    package private(set) var bytecodePrefix: String?
    /// `--check-hash-based-pycs`: `default`, `always` or `never`.
    package private(set) var hashChecks = "default"
    /// The values of `-W`.
    package private(set) var warnings: [String] = []
    /// The values of `-X`.
    package private(set) var implementationOptions: [String] = []

    /// Creates the command line of a plain interpreter.
    package init() {}

    /// Reads the words after the interpreter.
    package init(_ words: [String]) {
        var rest = words[...]
        while let word = rest.popFirst() {
            guard word.hasPrefix("-"), word != "-" else {
                program = word == "-" ? .standardInput : .script(word)
                arguments = Array(rest)
                return
            }
            if word == "--" {
                // The next word is the program, whatever it begins with.
                guard let word = rest.popFirst() else { return }
                program = word == "-" ? .standardInput : .script(word)
                arguments = Array(rest)
                return
            }
            if word.hasPrefix("--") {
                if word == "--check-hash-based-pycs" { hashChecks = rest.popFirst() ?? hashChecks }
                continue
            }
            var letters = word.dropFirst()
            while let letter = letters.popFirst() {
                switch letter {
                case "I":
                    isSafePath = true
                    hidesUserSite = true
                    ignoresVariables = true
                case "P": isSafePath = true
                case "s": hidesUserSite = true
                case "E": ignoresVariables = true
                case "S": skipsSite = true
                case "m", "c", "W", "X":
                    // The value is the rest of the word, or the next word.
                    let value = letters.isEmpty ? rest.popFirst() ?? "" : String(letters)
                    letters = ""
                    if take(letter, value) {
                        arguments = Array(rest)
                        return
                    }
                default: continue
                }
            }
        }
    }

    /// Takes an option's value; true when the program's own arguments follow it.
    private mutating func take(_ letter: Character, _ value: String) -> Bool {
        switch letter {
        case "m": program = .module(value)
        case "c": program = .command
        case "W":
            warnings.append(value)
            return false
        default:
            implementationOptions.append(value)
            // The first one counts, as in Python.
            if value.hasPrefix("pycache_prefix="), bytecodePrefix == nil {
                bytecodePrefix = String(value.dropFirst("pycache_prefix=".count))
            }
            return false
        }
        return true
    }

    /// Whether a program's name is that of a Python interpreter: `python`, `python3`, `python3.11`, `pypy3`.
    package static func isInterpreter(_ word: String) -> Bool {
        let name = word.split(separator: "/").last ?? ""
        let stem = name.hasPrefix("python") ? "python" : name.hasPrefix("pypy") ? "pypy" : ""
        guard !stem.isEmpty else { return false }
        let rest = name.dropFirst(stem.count)
        return rest.hasSuffix("t") ? isVersion(rest.dropLast()) && rest.count > 1 : isVersion(rest)
    }

    private static func isVersion(_ text: Substring) -> Bool {
        text.utf8.allSatisfy { $0.isASCIIDigit || $0 == UInt8(ascii: ".") }
    }
}
