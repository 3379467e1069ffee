import DockerfileSyntax
import SourceDocuments

/// The commands of git in a script, or in the steps of a stage, by what clones, fetches and checkouts ask of them.
struct GitHistory {
    /// A command with a subcommand.
    struct Entry {
        /// The number of the command among all that were added.
        let position: Int
        let subcommand: String
        /// The words behind the subcommand.
        let operands: ArraySlice<CommandWord>
        /// Where it runs; nil when that is not known.
        let folder: String?

        var isCheckout: Bool { ["checkout", "reset", "switch"].contains(subcommand) }
    }

    private var count = 0
    private(set) var entries: [Entry] = []
    private var positions: [Int] = []
    /// The indexes of the fetches and checkouts, by the folder that they run in.
    private var byFolder: [String: [Int]] = [:]
    /// The positions of the commands with the subcommand `clone`.
    private var clones: [Int] = []
    /// The position of the first command with the word `clone`.
    private(set) var firstClone: Int?
    /// The position of the first command that names a repository to fetch from: `init`, `remote add`.
    private(set) var firstRemote: Int?
    /// The indexes of the checkouts and merges that name a reference.
    private var heads: [Int] = []
    /// The commands that update submodules, by their positions.
    private var updates: [(position: Int, folder: String?)] = []

    private static let grammar = OptionGrammar(valueOptions: ["-C", "-b", "-B", "--git-dir", "--work-tree", "-c"])
    private static let nowhere = SourceRange(
        start: SourcePosition(line: 1, column: 1), end: SourcePosition(line: 1, column: 1))

    mutating func append(_ commands: [ShellCommand]) {
        for (index, command) in commands.enumerated() where command.name == "git" { add(command, at: count + index) }
        count += commands.count
    }

    private mutating func add(_ command: ShellCommand, at position: Int) {
        if firstClone == nil, command.words.contains(where: { $0.text == "clone" }) { firstClone = position }
        let arguments = Self.grammar.arguments(
            command.words.dropFirst().map { CommandWord(text: $0.text, raw: $0.raw, range: Self.nowhere) })
        let folder = Self.folder(command, arguments)
        if Self.updatesSubmodules(command) { updates.append((position, folder)) }
        guard let subcommand = arguments.operands.first?.text else { return }
        let operands = arguments.operands.dropFirst()
        if ["checkout", "reset", "switch", "merge"].contains(subcommand), !operands.isEmpty {
            heads.append(entries.count)
        }
        if firstRemote == nil, subcommand == "init" || subcommand == "remote" { firstRemote = position }
        if subcommand == "clone" { clones.append(position) }
        let entry = Entry(position: position, subcommand: subcommand, operands: operands, folder: folder)
        if let folder, entry.isCheckout || subcommand == "fetch" {
            byFolder[folder, default: []].append(entries.count)
        }
        entries.append(entry)
        positions.append(position)
    }

    /// The first checkout or merge from a position on.
    func head(from position: Int) -> Entry? {
        heads.first(from: positions.lowerBound(position)).map { entries[$0] }
    }

    /// The fetches and checkouts from a position on that run in a folder, in their order.
    func entries(in folder: String, from position: Int) -> some Sequence<Entry> {
        let found = byFolder[folder] ?? []
        return found[found.lowerBound(positions.lowerBound(position))...].lazy.map { entries[$0] }
    }

    /// The commands from a position on and before the next clone.
    func entriesBeforeClone(from position: Int) -> some Sequence<Entry> {
        let end = clones.first(from: position).map { positions.lowerBound($0) } ?? entries.count
        return entries[min(positions.lowerBound(position), end)..<end]
    }

    /// Whether a command from a position on updates the submodules of a folder; nil for one that is not known.
    func updatesSubmodules(of folder: String?, from position: Int) -> Bool {
        updates.reversed().lazy.prefix { $0.position >= position }
            .contains { folder == nil || $0.folder == nil || $0.folder == folder }
    }

    private static func updatesSubmodules(_ command: ShellCommand) -> Bool {
        let words = command.words.compactMap(\.text)
        return words.contains("submodule") && words.contains("update")
            || words.contains { $0.hasPrefix("--recurse-submodules") } && !words.contains("clone")
    }

    private static func folder(_ command: ShellCommand, _ arguments: OptionGrammar.Arguments) -> String? {
        guard let base = command.workingDirectory else { return nil }
        guard let option = arguments.option("-C") else { return PosixPath.clamped(base) }
        return option.value.map { PosixPath.clamped($0, in: base) }
    }
}
