import DockerfileSyntax
import SourceDocuments

/// What `xargs` hands on to a command: the words that another command writes, or that a file holds
/// (https://pubs.opengroup.org/onlinepubs/9799919799/utilities/xargs.html).
enum ArgumentsFromInput {
    /// What writes names of files: those are at hand.
    private static let listsFiles: Set<String> = ["find", "ls", "fd"]

    /// The words of a command with those that `xargs` adds; nil when it is not `xargs` that runs it.
    static func words(of index: Int, in facts: CommandFacts, _ text: SourceText) -> [CommandWord]? {
        let commands = facts.commands
        var xargs: ShellCommand?
        var outermost = index
        // A wrapper's command ends with the wrapper's own words; a script in one of them does not.
        while let parent = commands[outermost].parent, commands[outermost].origin == .wrapper, parent < outermost,
            commands[parent].words.last?.range == commands[outermost].words.last?.range
        {
            outermost = parent
            if commands[parent].name == "xargs" { xargs = commands[parent] }
        }
        guard let xargs, let word = xargs.words.first else { return nil }
        let own = commands[index].words.map { CommandWord($0, in: text) }
        let input = input(
            of: xargs, outermost: commands[outermost], name: CommandWord(word, in: text), facts: facts, text: text
        )
        guard let placeholder = placeholder(xargs) else { return own + input }
        return own.flatMap { word -> [CommandWord] in
            guard let written = word.text, written.containsText(placeholder) else { return [word] }
            return written == placeholder ? input : [CommandWord(text: nil, raw: word.raw, range: word.range)]
        }
    }

    /// The text of `-I TEXT`, which stands for a line of the input.
    private static func placeholder(_ xargs: ShellCommand) -> String? {
        for (number, word) in xargs.words.enumerated() {
            guard let text = word.text else { continue }
            if text == "-I", number + 1 < xargs.words.count { return xargs.words[number + 1].text }
            if text == "-i" || text == "--replace" { return "{}" }
            for option in ["-I", "--replace="] where text.hasPrefix(option) && text != option {
                return String(text.dropFirst(option.count))
            }
        }
        return nil
    }

    /// The word that names the file of `-a FILE`.
    private static func file(_ xargs: ShellCommand) -> ShellWord? {
        for (number, word) in xargs.words.enumerated() {
            let written = word.partialText
            if written == "-a" || written == "--arg-file" {
                return number + 1 < xargs.words.count ? xargs.words[number + 1] : word
            }
            if written.hasPrefix("--arg-file=") || written.hasPrefix("-a") { return word }
            // Options stand before the command.
            if number > 0, !written.hasPrefix("-"), xargs.words[number - 1].partialText.utf8.first != UInt8(ascii: "-")
            {
                return nil
            }
        }
        return nil
    }

    private static func input(
        of xargs: ShellCommand, outermost: ShellCommand, name: CommandWord, facts: CommandFacts,
        text: SourceText
    ) -> [CommandWord] {
        if let file = file(xargs) { return [CommandWord(text: nil, raw: file.raw, range: text.range(file.range))] }
        let redirection = outermost.redirections.last { $0.symbol.hasPrefix("<") && $0.descriptor ?? "0" == "0" }
        if let redirection {
            if let heredoc = redirection.heredoc { return split(heredoc.string, name) }
            guard let target = redirection.target else { return [] }
            if redirection.symbol == "<<<" { return split(target.text, CommandWord(target, in: text)) }
            return [CommandWord(text: nil, raw: "$(< \(target.raw))", range: text.range(target.range))]
        }
        guard outermost.pipelinePosition > 0 else { return [] }
        let feeder = facts.feeder(of: outermost) { $0.origin == outermost.origin }
        guard let feeder else { return [CommandWord(text: nil, raw: name.raw, range: name.range)] }
        let words = feeder.words.dropFirst().map { CommandWord($0, in: text) }
        switch feeder.name {
        case let program? where listsFiles.contains(program): return []
        case "echo":
            return words.drop { ["-n", "-e", "-ne", "-en"].contains($0.text ?? "") }.flatMap { split($0.text, $0) }
        case "printf":
            guard let format = words.first, let written = format.text else { break }
            let rest = written.replacing("%s", with: "").replacing("\\n", with: "")
            if rest.allSatisfy(\.isWhitespace), written.containsText("%s") {
                return words.dropFirst().flatMap { split($0.text, $0) }
            }
            if !rest.contains(where: { "%\\".contains($0) }), !written.containsText("%s") {
                return split(written.replacing("\\n", with: " "), format)
            }
        default: break
        }
        let raw = "$(\(feeder.words.map(\.raw).joined(separator: " ")))"
        return [CommandWord(text: nil, raw: raw, range: text.range(feeder.range))]
    }

    /// The words of a text, at the place of the one that holds them; one unknown word when it is not known.
    private static func split(_ text: String?, _ word: CommandWord) -> [CommandWord] {
        guard let text, !text.contains(where: { "$`".contains($0) }) else {
            return [CommandWord(text: nil, raw: word.raw, range: word.range)]
        }
        return text.split(whereSeparator: \.isWhitespace).map {
            CommandWord(text: String($0), raw: word.raw, range: word.range)
        }
    }
}
