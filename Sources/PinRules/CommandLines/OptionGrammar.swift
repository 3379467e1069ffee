/// What a command line's words are: options with or without values, and operands.
///
/// Grammar: POSIX utility syntax with GNU long options (`-abc`, `-ovalue`, `-o value`, `--name`, `--name=value`,
/// `--name value`, `--`). Which options take a value is said by each installer.
struct OptionGrammar {
    /// The options that take a value, as they are written: `-r`, `--requirement`.
    let valueOptions: Set<String>
    /// Whether `-abc` is `-a -b -c`; false for tools whose long options have one dash.
    var bundlesShortOptions = true

    /// An option that was found.
    struct Option {
        /// The name as written, with its dashes.
        let name: String
        /// The word that holds the option.
        let word: CommandWord
        /// The value; nil when the option takes none, or when it cannot be known.
        let value: String?
        /// The word that holds the value.
        let valueWord: CommandWord?
    }

    /// The words of a command line, sorted into options and operands.
    struct Arguments {
        var options: [Option] = []
        var operands: [CommandWord] = []

        /// The first option that has one of the names.
        func option(_ names: String...) -> Option? { options.first { names.contains($0.name) } }
        /// Whether one of the options is there.
        func has(_ names: String...) -> Bool { options.contains { names.contains($0.name) } }
        /// The same without the unknown words before the subcommand: `dnf $OPTIONS install x` installs x.
        var fromSubcommand: Arguments {
            var result = self
            guard let first = operands.firstIndex(where: { $0.text != nil }) else { return self }
            result.operands.removeFirst(first)
            return result
        }
        /// All options that have one of the names.
        func all(_ names: String...) -> [Option] { options.filter { names.contains($0.name) } }
    }

    /// Sorts words. A word whose text cannot be known is an operand.
    func arguments(_ words: some Collection<CommandWord>) -> Arguments {
        var arguments = Arguments()
        var words = Array(words)[...]
        while let word = words.popFirst() {
            guard let text = word.text, text.hasPrefix("-"), text != "-" else {
                arguments.operands.append(word)
                continue
            }
            if text == "--" {
                arguments.operands += words
                break
            }
            if text.hasPrefix("--") || !bundlesShortOptions {
                let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                let name = String(parts.first ?? "")
                if parts.count == 2 {
                    arguments.options.append(Option(name: name, word: word, value: String(parts[1]), valueWord: word))
                } else if valueOptions.contains(name) {
                    let value = words.popFirst()
                    arguments.options.append(Option(name: name, word: word, value: value?.text, valueWord: value))
                } else {
                    arguments.options.append(Option(name: name, word: word, value: nil, valueWord: nil))
                }
                continue
            }
            readShortOptions(text, of: word, words: &words, into: &arguments)
        }
        return arguments
    }

    private func readShortOptions(
        _ text: String, of word: CommandWord, words: inout ArraySlice<CommandWord>, into arguments: inout Arguments
    ) {
        var letters = text.dropFirst()
        while let letter = letters.popFirst() {
            let name = "-\(letter)"
            guard valueOptions.contains(name) else {
                arguments.options.append(Option(name: name, word: word, value: nil, valueWord: nil))
                continue
            }
            if letters.isEmpty {
                let value = words.popFirst()
                arguments.options.append(Option(name: name, word: word, value: value?.text, valueWord: value))
            } else {
                let value = letters.first == "=" ? letters.dropFirst() : letters
                arguments.options.append(Option(name: name, word: word, value: String(value), valueWord: word))
            }
            return
        }
    }
}
