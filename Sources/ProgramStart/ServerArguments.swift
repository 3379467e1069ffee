/// The words of a server, read with a table of its options.
struct ServerArguments {
    /// How the words are read.
    enum Style {
        /// Python's argparse: long options may be cut as long as one begins like that
        /// (https://docs.python.org/3/library/argparse.html#argument-abbreviations-prefix-matching).
        case argparse
        /// click, which takes whole names alone (https://click.palletsprojects.com/en/stable/options/).
        case click
    }

    /// The options that have a value, by their first names, in their order.
    private(set) var values: [(name: String, value: String)] = []
    /// The options without a value.
    private(set) var flags: Set<String> = []
    /// The words that are no option.
    private(set) var operands: [String] = []
    /// The first option that is not in the table.
    private(set) var unknown: String?

    private let style: Style
    /// The option that each name is for, and whether it has a value.
    private var options: [String: (name: String, hasValue: Bool)] = [:]

    /// Reads words.
    ///
    /// - Parameter table: the options, blanks between them, other names of one after a slash, and a colon after those with a
    ///   value: `chdir: b/bind: D/daemon`.
    init(_ words: [String], table: String, style: Style) {
        self.style = style
        for item in table.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
            let names = item.filter { $0 != ":" }.split(separator: "/").map(String.init)
            for name in names { options[name] = (names.last ?? "", item.hasSuffix(":")) }
        }
        read(words)
    }

    /// Returns an option's last value.
    func last(_ name: String) -> String? { values.last { $0.name == name }?.value }

    private mutating func read(_ words: [String]) {
        var rest = words[...]
        while let word = rest.popFirst() {
            guard word.hasPrefix("-"), word != "-" else {
                operands.append(word)
                continue
            }
            if word == "--" {
                operands += rest
                return
            }
            if word.hasPrefix("--") {
                let equals = word.firstIndex(of: "=")
                let name = String(word[..<(equals ?? word.endIndex)].dropFirst(2))
                guard let option = option(name), name.count > 1, option.hasValue || equals == nil else {
                    unknown = unknown ?? word
                    continue
                }
                take(option, equals.map { String(word[word.index(after: $0)...]) }, &rest)
            } else {
                letters(word, &rest)
            }
        }
    }

    /// The option that a long name is for.
    private func option(_ name: String) -> (name: String, hasValue: Bool)? {
        if let option = options[name] { return option }
        guard style == .argparse, !name.isEmpty else { return nil }
        let matches = options.filter { $0.key.count > 1 && $0.key.hasPrefix(name) }
        return matches.count == 1 ? matches.first?.value : nil
    }

    private mutating func letters(_ word: String, _ rest: inout ArraySlice<String>) {
        var letters = word.dropFirst()
        while let letter = letters.popFirst() {
            guard let option = options[String(letter)] else {
                unknown = unknown ?? word
                return
            }
            guard option.hasValue else {
                flags.insert(option.name)
                continue
            }
            if style == .argparse, letters.first == "=" { letters = letters.dropFirst() }
            take(option, letters.isEmpty ? nil : String(letters), &rest)
            return
        }
    }

    private mutating func take(
        _ option: (name: String, hasValue: Bool), _ value: String?, _ rest: inout ArraySlice<String>
    ) {
        if !option.hasValue {
            flags.insert(option.name)
        } else {
            values.append((option.name, value ?? rest.popFirst() ?? ""))
        }
    }
}
