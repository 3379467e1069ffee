import DockerfileSyntax
import SourceDocuments

/// What commands ask of all steps of a file, or of those of their stage: found once, and brought forward when a step is added.
final class StepFacts {
    private(set) var steps: [RunStep] = []
    private var stages: [Int?: StageFacts] = [:]
    private var namedSteps = 0
    private var builds = BuiltNames()

    init(_ steps: [RunStep] = []) { for step in steps { append(step) } }

    func append(_ step: RunStep) {
        steps.append(step)
        if stages[step.stageIndex] == nil { stages[step.stageIndex] = StageFacts() }
        stages[step.stageIndex]?.steps.append(step)
    }

    /// The facts of the steps in a stage or job; nil when it has none.
    func stage(of step: RunStep) -> StageFacts? { stages[step.stageIndex] }

    // MARK: Builds of images

    /// Whether one of the steps, or one of other commands, builds a Dockerfile of that name: `docker build -f NAME`.
    func isBuilt(_ name: String, orBy commands: CommandFacts) -> Bool {
        note()
        return builds.files.contains(name) || commands.builds.files.contains(name)
    }

    /// Whether one of the steps, or one of other commands, writes a file of that name.
    func isWritten(_ name: String, orBy commands: CommandFacts) -> Bool {
        note()
        return builds.written.contains(name) || commands.builds.written.contains(name)
    }

    /// Whether one of the steps, or one of other commands, builds, tags or loads an image under that name.
    func isImageMade(_ name: String, orBy commands: CommandFacts) -> Bool {
        note()
        return builds.images.contains(name) || commands.builds.images.contains(name)
    }

    private func note() {
        for step in steps[namedSteps...] { builds.append(step.commands) }
        namedSteps = steps.count
    }
}

/// What commands of Docker and its kin build, `docker build -f NAME -t NAME`, and which files commands write.
struct BuiltNames {
    /// The names of Dockerfiles, without the folders in front of them.
    private(set) var files = Set<String>()
    /// Names under which images are built, tagged and loaded.
    private(set) var images = Set<String>()
    /// The names of files that commands write, without the folders in front of them.
    private(set) var written = Set<String>()

    private static let builders: Set<String> = ["docker", "podman", "nerdctl", "buildah"]
    private static let makers: Set<String> = ["build", "tag", "load", "buildx", "bake", "import"]

    mutating func append(_ commands: [ShellCommand]) {
        for command in commands {
            for target in command.redirections where [">", ">>", ">|"].contains(target.symbol) {
                if let path = target.target?.partialText { written.insert(PosixPath.lastComponent(path)) }
            }
            if ["cp", "mv", "ln", "tee", "install", "sed", "envsubst", "curl", "wget"].contains(command.name ?? "") {
                written.formUnion(command.words.dropFirst().map { PosixPath.lastComponent($0.partialText) })
            }
        }
        for command in commands where Self.builders.contains(command.name ?? "") {
            addFiles(of: command)
            addImages(of: command)
        }
    }

    private mutating func addFiles(of command: ShellCommand) {
        let words = command.words.map(\.partialText)
        for (index, word) in words.enumerated() where word == "-f" || word == "--file" {
            if words.indices.contains(index + 1) { files.insert(PosixPath.lastComponent(words[index + 1])) }
        }
    }

    private mutating func addImages(of command: ShellCommand) {
        // A name that the build gives is the same where it is written the same.
        let words = command.words.map { $0.text ?? $0.raw.filter { $0 != "\"" } }
        guard words.dropFirst().contains(where: { Self.makers.contains($0) }) else { return }
        for word in words {
            images.insert(word)
            // `--tag=NAME`, whose name may have the sign too.
            var rest = word[...]
            while let equals = rest.firstIndex(of: "=") {
                rest = rest[rest.index(after: equals)...]
                images.insert(String(rest))
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
    private var firstFreezing: Int?
    private var freezingSteps = 0
    /// The steps that fetch a file, by the end of its name.
    private var fetchers: [String: Int] = [:]
    private var fetchingSteps = 0

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

    /// Whether a step before another one freezes bundles.
    func freezesBundles(before step: RunStep) -> Bool {
        let end = start(from: step.instructionIndex)
        for index in freezingSteps..<steps.count where firstFreezing == nil {
            firstFreezing = steps[index].commands.firstIndex(where: BundleSettings.isFreezing).map {
                starts[index] + $0
            }
        }
        freezingSteps = steps.count
        return firstFreezing.map { $0 < end } ?? false
    }

    /// Whether a step before another one fetches a file of that name.
    func fetches(_ name: String, before step: RunStep) -> Bool {
        let end = start(from: step.instructionIndex)
        for index in fetchingSteps..<steps.count {
            for name in Downloads.Checks.fetchedNames(steps[index].commands) where fetchers[name] == nil {
                fetchers[name] = starts[index]
            }
        }
        fetchingSteps = steps.count
        return fetchers[name].map { $0 < end } ?? false
    }
}
