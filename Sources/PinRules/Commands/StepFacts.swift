import DockerfileSyntax
import SourceDocuments

/// What commands ask of all steps of a file, or of those of their stage: found once, and brought forward when a step is added.
final class StepFacts {
    private(set) var steps: [RunStep] = []
    private var stages: [Int?: StageFacts] = [:]
    private var namedSteps = 0
    private var builtFiles = Set<String>()
    private var images = Set<String>()

    init(_ steps: [RunStep] = []) { for step in steps { append(step) } }

    func append(_ step: RunStep) {
        steps.append(step)
        if stages[step.stageIndex] == nil { stages[step.stageIndex] = StageFacts() }
        stages[step.stageIndex]?.steps.append(step)
    }

    /// The facts of the steps in a stage or job; nil when it has none.
    func stage(of step: RunStep) -> StageFacts? { stages[step.stageIndex] }

    // MARK: Builds of images

    private static let builders: Set<String> = ["docker", "podman", "nerdctl", "buildah"]

    /// Whether one of the steps, or another one, builds a Dockerfile of that name: `docker build -f NAME`.
    func isBuilt(_ name: String, orIn step: RunStep) -> Bool {
        note()
        if builtFiles.contains(name) { return true }
        var names = Set<String>()
        for command in step.commands where Self.builders.contains(command.name ?? "") {
            Self.add(filesOf: command, to: &names)
        }
        return names.contains(name)
    }

    /// Whether one of the steps, or another one, builds, tags or loads an image under that name.
    func isImageMade(_ name: String, orIn step: RunStep) -> Bool {
        note()
        if images.contains(name) { return true }
        var names = Set<String>()
        for command in step.commands where Self.builders.contains(command.name ?? "") {
            Self.add(imagesOf: command, to: &names)
        }
        return names.contains(name)
    }

    private func note() {
        for step in steps[namedSteps...] {
            for command in step.commands where Self.builders.contains(command.name ?? "") {
                Self.add(filesOf: command, to: &builtFiles)
                Self.add(imagesOf: command, to: &images)
            }
        }
        namedSteps = steps.count
    }

    private static func add(filesOf command: ShellCommand, to names: inout Set<String>) {
        let words = command.words.map(\.partialText)
        for (index, word) in words.enumerated() where word == "-f" || word == "--file" {
            if words.indices.contains(index + 1) { names.insert(PosixPath.lastComponent(words[index + 1])) }
        }
    }

    private static func add(imagesOf command: ShellCommand, to names: inout Set<String>) {
        let makers: Set<String> = ["build", "tag", "load", "buildx", "bake", "import"]
        // A name that the build gives is the same where it is written the same.
        let words = command.words.map { $0.text ?? $0.raw.filter { $0 != "\"" } }
        guard words.dropFirst().contains(where: { makers.contains($0) }) else { return }
        for word in words {
            names.insert(word)
            // `--tag=NAME`, whose name may have the sign too.
            var rest = word[...]
            while let equals = rest.firstIndex(of: "=") {
                rest = rest[rest.index(after: equals)...]
                names.insert(String(rest))
            }
        }
    }
}

/// What commands ask of the steps in their stage or job, which stand in the order of the file.
final class StageFacts {
    fileprivate(set) var steps: [RunStep] = []
    /// The number of the first command of each step among those of the stage.
    private var starts: [Int] = []
    private var count = 0
    private var history = GitHistory()
    private var edits = EditedFiles()
    private var makers: [Int] = []

    /// Brings the facts forward; they are not found for files that nobody asks about.
    private func note() {
        for step in steps[starts.count...] {
            starts.append(count)
            history.append(step.commands)
            edits.append(step.commands)
            if let first = step.commands.firstIndex(where: CommandReader.makesFiles) { makers.append(count + first) }
            count += step.commands.count
        }
    }

    /// The number of the first command of the first step from an instruction on.
    private func start(from instruction: Int) -> Int {
        note()
        var (low, high) = (0, steps.count)
        while low < high {
            let middle = low + (high - low) / 2
            if steps[middle].instructionIndex < instruction { low = middle + 1 } else { high = middle }
        }
        return low < starts.count ? starts[low] : count
    }

    /// The commands of git in the steps behind another one.
    func gitCommands(after step: RunStep) -> GitCheckouts.OtherSteps {
        let end = start(from: step.instructionIndex + 1)
        return GitCheckouts.OtherSteps(history: history, end: end)
    }

    /// Whether a step before another one clones a repository.
    func clones(before step: RunStep) -> Bool {
        let end = start(from: step.instructionIndex)
        return history.firstClone.map { $0 < end } ?? false
    }

    /// What the steps before another one make of a file; nil when they leave it.
    func edit(of path: String, before step: RunStep) -> String? {
        let end = start(from: step.instructionIndex)
        return edits.edit(of: path, before: end)
    }

    /// Whether a step before another one unpacks, clones or writes files.
    func makesFiles(before step: RunStep) -> Bool {
        let end = start(from: step.instructionIndex)
        return makers.first.map { $0 < end } ?? false
    }
}
