import SourceDocuments
import Synchronization

/// What script files do when they are called, kept for the next call that finds the same values: hundreds of workflows may
/// run one script, and going through it takes longer than everything else that is read of them.
///
/// Only what was asked for twice is kept, and no more than ``maximumCommands`` commands.
package final class ScriptEvaluations: Sendable {
    /// What an evaluation depends on: the text, the values that it finds, and the words that it was called with.
    struct Key: Hashable {
        let file: String
        let start: Int
        let count: Int
        let workingDirectory: String?
        let user: String?
        let variables: [NamedValue]
        let mayHoldMore: Bool
        let mayHaveChanged: Bool
        let isComplete: Bool
        let arguments: [Argument]?
    }

    struct NamedValue: Hashable {
        let name: String
        let value: ShellVariables.Value
    }

    /// A word of a call; where it stands in the calling file says nothing to the script.
    struct Argument: Hashable {
        let text: String?
        let isPattern: Bool
        let alternatives: [String]
        /// The index of the first argument at the same place: two words of one variable.
        let place: Int
    }

    /// What going through a script gave.
    struct Evaluation {
        let commands: [ShellCommand]
        let problems: [(reason: String, range: Range<Int>)]
        let gaps: [SyntaxGap]
    }

    private struct Store {
        var seen = Set<Int>()
        var kept: [Key: Evaluation] = [:]
        var commands = 0
    }

    private static let maximumCommands = 20_000
    private static let maximumSeen = 100_000
    private static let maximumArguments = 64
    private let store = Mutex(Store())

    /// Creates an empty collection.
    package init() {}

    /// Returns what a script does, from an earlier call with the same key if there was one.
    func evaluation(for key: Key?, _ evaluate: () -> Evaluation) -> Evaluation {
        guard let key else { return evaluate() }
        let (known, wasSeen) = store.withLock { store in
            if let known = store.kept[key] { return (known as Evaluation?, true) }
            if store.seen.count >= Self.maximumSeen { return (nil, false) }
            return (nil, !store.seen.insert(key.hashValue).inserted)
        }
        if let known { return known }
        let result = evaluate()
        guard wasSeen else { return result }
        store.withLock { store in
            guard store.commands + result.commands.count <= Self.maximumCommands, store.kept[key] == nil else { return }
            store.commands += result.commands.count
            store.kept[key] = result
        }
        return result
    }

    /// The key of a call; nil for one whose words stand in the script itself, or are too many.
    static func key(
        _ content: MappedText, in file: SourceText, _ variables: ShellVariables, workingDirectory: String?,
        user: String?
    ) -> Key? {
        guard variables.argumentsStandElsewhere, variables.arguments?.count ?? 0 <= maximumArguments else { return nil }
        let arguments = variables.arguments.map { words in
            words.map { word in
                Argument(
                    text: word.text, isPattern: word.isPattern, alternatives: word.alternatives,
                    place: words.firstIndex { $0.range == word.range } ?? 0)
            }
        }
        return Key(
            file: file.name, start: content.offset(of: 0), count: content.count, workingDirectory: workingDirectory,
            user: user, variables: variables.values.compactMap { NamedValue(name: $0, value: $1) },
            mayHoldMore: variables.mayHoldMore, mayHaveChanged: variables.mayHaveChanged,
            isComplete: variables.isComplete, arguments: arguments)
    }
}
