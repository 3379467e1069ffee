/// Command lines of the Python interpreter (https://docs.python.org/3/using/cmdline.html).
enum PythonCommand {
    /// Whether a program is an interpreter: `python`, `python3.11`, `pypy3`, `py`.
    static func isPython(_ program: String) -> Bool {
        for prefix in ["python", "pypy"] where program.hasPrefix(prefix) {
            return program.dropFirst(prefix.count).utf8.allSatisfy {
                $0.isASCIIDigit || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "t")
            }
        }
        return program == "py"
    }

    /// Whether a script's `#!` line names the interpreter.
    static func isScript(_ bytes: [UInt8]) -> Bool {
        guard bytes.starts(with: "#!".utf8) else { return false }
        let line = bytes.dropFirst(2).prefix { $0 != UInt8(ascii: "\n") }
        return line.split { $0.isASCIIBlank || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\r") }.contains {
            isPython(String(decoding: $0, as: UTF8.self))
        }
    }

    /// What an interpreter runs.
    enum Run {
        /// `-m module` and what is behind it.
        case module(String, ArraySlice<CommandWord>)
        /// `-c code`.
        case code(CommandWord)
        /// A file and what is behind it.
        case file(CommandWord, ArraySlice<CommandWord>)
    }

    /// What a command line of an interpreter runs; nil when it is none, or when that cannot be known.
    static func run(_ command: InstallerCommand) -> Run? {
        guard let program = command.program, isPython(program) else { return nil }
        let words = command.words
        var index = 1
        while index < words.count, let text = words[index].text, text.hasPrefix("-"), text != "-" {
            index += 1
            if text.hasPrefix("--") {
                if text == "--check-hash-based-pycs" { index += 1 }
                continue
            }
            // Short options stand together, `-Im pip`; the ones with a value end the word.
            guard let option = text.utf8.dropFirst().firstIndex(where: { "mcWX".utf8.contains($0) }) else { continue }
            let value = text[text.utf8.index(after: option)...]
            switch text[option] {
            case "m":
                if !value.isEmpty { return .module(String(value), words[index...]) }
                guard index < words.count, let module = words[index].text else { return nil }
                return .module(module, words[(index + 1)...])
            case "c":
                if !value.isEmpty { return .code(words[index - 1]) }
                return index < words.count ? .code(words[index]) : nil
            default: if value.isEmpty { index += 1 }
            }
        }
        guard index < words.count else { return nil }
        return .file(words[index], words[(index + 1)...])
    }
}
