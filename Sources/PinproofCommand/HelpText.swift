import ArgumentParser
import SourceDocuments

/// A command line that help shows, and what it is for.
struct CommandExample: Sendable {
    /// What it is for, without a full stop.
    let purpose: String
    /// The command line.
    let command: String

    init(_ purpose: String, _ command: String) {
        self.purpose = purpose
        self.command = command
    }
}

/// Help as the program prints it: what the parser makes of the declarations, with the limits last and examples at the end.
enum HelpText {
    /// The commands by their names.
    static var commands: [(name: String, type: any ResultCommand.Type)] {
        PinproofCommand.configuration.subcommands.compactMap { type in
            guard let type = type as? any ResultCommand.Type, let name = type.configuration.commandName else {
                return nil
            }
            return (name, type)
        }
    }

    /// The commands that only have others below them, by their names.
    private static var groups: [(name: String, type: any CommandGroup.Type)] {
        PinproofCommand.configuration.subcommands.compactMap { type in
            guard let type = type as? any CommandGroup.Type, let name = type.configuration.commandName else {
                return nil
            }
            return (name, type)
        }
    }

    /// The examples of the command that arguments name, past a leading `help`; those of the program where they name none.
    static func examples(namedIn arguments: [String]) -> [CommandExample] {
        let words = arguments.first == "help" ? arguments.dropFirst() : arguments[...]
        guard let word = words.first else { return PinproofCommand.examples }
        if let command = commands.first(where: { $0.name == word }) { return command.type.examples }
        guard let group = groups.first(where: { $0.name == word }) else { return PinproofCommand.examples }
        let below = group.type.configuration.subcommands.first {
            $0.configuration.commandName == words.dropFirst().first
        }
        return (below as? any ResultCommand.Type)?.examples ?? group.type.examples
    }

    /// Puts the section of limits behind the others, and the examples of the command at the end.
    static func arranged(_ text: String, examples: [CommandExample]) -> String {
        var sections: [String] = []
        for paragraph in text.split(separator: "\n\n", omittingEmptySubsequences: false) {
            sections.append(String(paragraph))
        }
        let limits = sections.filter { $0.hasPrefix("LIMITS:") }
        sections.removeAll { $0.hasPrefix("LIMITS:") }
        let all = (sections + limits).map { $0.trimmingLineFeeds() }.filter { !$0.isEmpty }
        let lines = examples.map { "  # \($0.purpose)\n  \($0.command)" }.joined(separator: "\n")
        return (all + ["EXAMPLES:\n" + lines]).joined(separator: "\n\n") + "\n"
    }

    /// What is said of a first argument that is not a command; nil where it is one, or an option.
    static func unknownCommand(_ arguments: [String]) -> String? {
        let isHelp = arguments.first == "help"
        guard let word = isHelp ? arguments.dropFirst().first : arguments.first, !word.hasPrefix("-"), word != "help"
        else { return nil }
        // Every run asks this, and casts to a protocol are slow the first time: only names are compared here.
        let isKnown = PinproofCommand.configuration.subcommands.contains { $0.configuration.commandName == word }
        guard !isKnown else { return nil }
        let names = commands.map(\.name) + groups.map(\.name)
        let near = nearest(word, among: names + ["help"])
        let suggestion = near.map { ". Did you mean '\($0)'?" } ?? ""
        return "Error: There is no command '\(printable(word))'\(suggestion)\n"
            + "Usage: " + PinproofCommand.usageString() + "\n  See 'pinproof --help' for more information.\n"
    }

    /// The usage of a command below what is wrong with it.
    static func usageError(_ message: String, of command: any ResultCommand.Type) -> String {
        let group = command.configuration._superCommandName.map { $0.split(separator: " ").dropFirst() } ?? []
        let name = (group.map(String.init) + [command.configuration.commandName ?? ""]).joined(separator: " ")
        return "Error: \(message)\nUsage: " + PinproofCommand.usageString(for: command)
            + "\n  See 'pinproof \(name) --help' for more information.\n"
    }

    /// The name that is at most two edits away, the nearest one; nil where none is.
    static func nearest(_ word: String, among names: [String]) -> String? {
        guard word.utf8.count <= 40 else { return nil }
        let ranked = names.map { (name: $0, distance: distance(Array(word.utf8), Array($0.utf8))) }
        let best = ranked.min { $0.distance < $1.distance }
        if let best, best.distance <= min(2, best.name.utf8.count / 2) { return best.name }
        let begun = names.filter { word.utf8.count >= 3 && $0.hasPrefix(word) }
        return begun.count == 1 ? begun[0] : nil
    }

    /// The number of bytes to insert, delete, replace or swap with the next one (optimal string alignment).
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var rows = [[Int]](repeating: Array(0...right.count), count: left.count + 1)
        for row in rows.indices { rows[row][0] = row }
        for row in rows.indices.dropFirst() {
            for column in rows[row].indices.dropFirst() {
                let isSame = left[row - 1] == right[column - 1]
                var best = min(
                    rows[row - 1][column] + 1, rows[row][column - 1] + 1, rows[row - 1][column - 1] + (isSame ? 0 : 1))
                if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
                    best = min(best, rows[row - 2][column - 2] + 1)
                }
                rows[row][column] = best
            }
        }
        return rows[left.count][right.count]
    }

    /// A word of the command line without characters that are not seen, cut.
    private static func printable(_ word: String) -> String {
        String(String.UnicodeScalarView(word.unicodeScalars.prefix(60).map { $0.isUnseen ? "?" : $0 }))
    }
}

extension String {
    fileprivate func trimmingLineFeeds() -> String {
        var text = self[...]
        while text.last == "\n" { text = text.dropLast() }
        while text.first == "\n" { text = text.dropFirst() }
        return String(text)
    }
}
