import DockerfileSyntax
import SourceDocuments

/// What is asked again and again of the commands of one step, found once: commands that each look through all others take the
/// square of their number.
final class CommandFacts {
    let commands: [ShellCommand]
    private var tables: [Bool: Downloads.Checks.Table] = [:]

    init(_ commands: [ShellCommand]) { self.commands = commands }

    /// Whether these are the facts of an array of commands, and not of another one with the same commands.
    func areOf(_ other: [ShellCommand]) -> Bool {
        commands.count == other.count
            && commands.withUnsafeBufferPointer { own in
                other.withUnsafeBufferPointer { own.baseAddress == $0.baseAddress }
            }
    }

    // MARK: Pipelines

    private struct Place: Hashable {
        let pipeline: Int
        let position: Int
    }

    /// The indexes of commands by their place in a pipeline: a command and those that it wraps have one place.
    private lazy var places: [Place: [Int]] = {
        var places: [Place: [Int]] = [:]
        for (index, command) in commands.enumerated() {
            places[Place(pipeline: command.pipeline, position: command.pipelinePosition), default: []].append(index)
        }
        return places
    }()

    /// The indexes of the commands at a place of the pipeline of another one.
    func indices(at position: Int, ofPipelineOf command: ShellCommand) -> [Int] {
        places[Place(pipeline: command.pipeline, position: position)] ?? []
    }

    /// The command that a pipeline gives the output of another one to.
    func next(after command: ShellCommand) -> ShellCommand? {
        indices(at: command.pipelinePosition + 1, ofPipelineOf: command).first.map { commands[$0] }
    }

    /// The last command that stands directly in front of another one in its pipeline and fulfils a condition.
    func feeder(of command: ShellCommand, where condition: (ShellCommand) -> Bool = { _ in true }) -> ShellCommand? {
        guard command.pipelinePosition > 0 else { return nil }
        return indices(at: command.pipelinePosition - 1, ofPipelineOf: command).last { condition(commands[$0]) }
            .map { commands[$0] }
    }

    /// The commands in front of another one in its pipeline, in their order.
    func feeders(of command: ShellCommand) -> [ShellCommand] {
        guard command.pipelinePosition > 0 else { return [] }
        return (0..<command.pipelinePosition).flatMap { indices(at: $0, ofPipelineOf: command) }.sorted()
            .map { commands[$0] }
    }

    // MARK: What follows

    /// For each command the index of the next one with the same parent, and of the next one that is not behind `&&`.
    private lazy var siblings: (next: [Int], nextNotAnd: [Int]) = {
        var next = [Int](repeating: commands.count, count: commands.count)
        var nextNotAnd = next
        var last: [Int?: Int] = [:]
        var lastNotAnd: [Int?: Int] = [:]
        for index in commands.indices.reversed() {
            let command = commands[index]
            next[index] = last[command.parent] ?? commands.count
            nextNotAnd[index] = lastNotAnd[command.parent] ?? commands.count
            last[command.parent] = index
            if command.connector != .and { lastNotAnd[command.parent] = index }
        }
        return (next, nextNotAnd)
    }()

    /// The first commands behind another one with the same parent, but for those of its own pipeline.
    func following(_ index: Int, atMost count: Int) -> [ShellCommand] {
        var found: [ShellCommand] = []
        var next = siblings.next[index]
        while next < commands.count, found.count < count {
            if commands[next].pipeline != commands[index].pipeline { found.append(commands[next]) }
            next = siblings.next[next]
        }
        return found
    }

    /// The first of them that does not stand behind `&&`.
    func followingNotAnd(_ index: Int) -> ShellCommand? {
        var next = siblings.nextNotAnd[index]
        while next < commands.count, commands[next].pipeline == commands[index].pipeline {
            next = siblings.nextNotAnd[next]
        }
        return next < commands.count ? commands[next] : nil
    }

    /// The index of the first `set -e`; the number of commands where there is none.
    private(set) lazy var firstStop = commands.firstIndex(where: Downloads.Checks.stopsShell) ?? commands.count

    // MARK: Downloads

    /// The names of the files that the step fetches.
    private(set) lazy var fetchedFiles = Downloads.Checks.fetchedFiles(commands)

    /// The indexes of the commands that run or unpack a file, by its name.
    private lazy var uses: [String: [Int]] = {
        var uses: [String: [Int]] = [:]
        for (index, command) in commands.enumerated() {
            for name in Downloads.Checks.usedFiles(command) { uses[name, default: []].append(index) }
        }
        return uses
    }()

    /// The ends of the words of commands that fetch: the names of what they fetch, and of the files that they write.
    private(set) lazy var fetchedNames = Downloads.Checks.fetchedNames(commands)

    /// The index of the first command behind another one that runs or unpacks one of some files.
    func firstUse(of names: Set<String>, after index: Int) -> Int {
        names.compactMap { name in uses[name].flatMap { $0.first(from: index + 1) } }.min() ?? commands.count
    }

    /// The checks of downloads.
    func checks(stopsAtFailure: Bool) -> Downloads.Checks.Table {
        if let table = tables[stopsAtFailure] { return table }
        let table = Downloads.Checks.Table(self, stopsAtFailure: stopsAtFailure)
        tables[stopsAtFailure] = table
        return table
    }

    /// Where in the file the last command stands that names a file, by the file's name.
    private lazy var lastMentions: [String: Int] = {
        var mentions: [String: Int] = [:]
        for command in commands {
            for word in command.words {
                let name = PosixPath.lastComponent(word.partialText)
                mentions[name] = max(mentions[name] ?? 0, command.range.lowerBound)
            }
        }
        return mentions
    }()

    /// Whether a command behind another one names one of some files.
    func areNamed(_ names: [String], after command: ShellCommand) -> Bool {
        names.contains { lastMentions[$0].map { $0 > command.range.lowerBound } ?? false }
    }

    // MARK: Builds and settings

    /// The Dockerfiles that the commands build, and the images that they make.
    private(set) lazy var builds: BuiltNames = {
        var builds = BuiltNames()
        builds.append(commands)
        return builds
    }()

    /// The index of the first command that freezes bundles; the number of commands where there is none.
    private(set) lazy var firstFreezing = commands.firstIndex(where: BundleSettings.isFreezing) ?? commands.count

    // MARK: Checkouts and files

    /// The index of the first `git clone`, `checkout` or `reset`; the number of commands where there is none.
    private(set) lazy var firstCheckout =
        commands.firstIndex {
            $0.name == "git" && ["clone", "checkout", "reset"].contains($0.words.dropFirst().first?.text ?? "")
        } ?? commands.count

    /// The commands of git.
    private(set) lazy var history: GitHistory = {
        var history = GitHistory()
        history.append(commands)
        return history
    }()

    /// Whether a command unpacks, clones or writes files.
    private(set) lazy var makesFiles = commands.contains(where: CommandReader.makesFiles)

    /// The files that the commands change.
    private(set) lazy var edits: EditedFiles = {
        var edits = EditedFiles()
        edits.append(commands)
        return edits
    }()
}

extension [Int] {
    /// The first of ascending numbers that is not below a bound.
    func first(from bound: Int) -> Int? {
        let index = lowerBound(bound)
        return index < count ? self[index] : nil
    }

    /// The index of the first of ascending numbers that is not below a bound.
    func lowerBound(_ bound: Int) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = low + (high - low) / 2
            if self[middle] < bound { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
