import DockerfileSyntax
import EnvironmentInventory
import SourceDocuments

/// Where commands run: which files they find, and which commands run before and after them.
///
/// A Dockerfile and a checkout of a repository (a workflow, a devcontainer) are read by the same reader of commands.
struct CommandSite {
    /// The file that holds the commands, or their first caller.
    let text: SourceText
    /// The files of the build context or of the checkout.
    let context: BuildContext
    /// Every step, in the order of the file, and what is known of them.
    let facts: StepFacts
    var steps: [RunStep] { facts.steps }
    /// Goes through the places where a file can come from that a step finds at an absolute path, the likeliest first, until
    /// one is the answer.
    let sources: (_ path: String, _ step: RunStep, _ isAnswer: (FileSource) -> Bool) -> Void
    /// The names of files that instructions put into the image; nil when every file of the context is there.
    let copiedNames: Set<String>?
    /// The stages and those that build on them.
    var lineage = StageLineage()

    /// The environments that a step installs into: its stage and those that build on it.
    func environments(of step: RunStep) -> InstallEnvironments {
        InstallEnvironments(owner: text.name, stages: step.stageIndex.map { lineage.numbers(from: $0) })
    }
}

extension CommandSite {
    /// The site of a Dockerfile's RUN instructions.
    init(_ model: DockerfileModel, context: BuildContext) {
        self.init(
            text: model.dockerfile.text, context: context, facts: StepFacts(model.runs),
            sources: { path, step, isAnswer in
                model.findSource(of: path, at: step.instructionIndex, isAnswer)
            }, copiedNames: Self.copiedNames(model))
        lineage = StageLineage(
            bases: model.stages.map { stage in
                if case .stage(let base) = stage.base, base < stage.index { base } else { nil }
            })
    }

    private static func copiedNames(_ model: DockerfileModel) -> Set<String> {
        var names = Set<String>()
        func add(_ path: String?) {
            let name = path.map { PosixPath.lastComponent($0) } ?? ""
            if !name.isEmpty { names.insert(name) }
        }
        for copy in model.copies {
            add(copy.destination)
            for source in copy.sources { add(source.text) }
        }
        for mount in model.runs.flatMap(\.mounts) {
            add(mount.source)
            add(mount.target)
        }
        return names
    }
}

/// Where commands stand: in the Dockerfile, or in a script that it runs.
struct CommandSource {
    let text: SourceText
    /// The place that runs the script; nil for the first file itself.
    let usedBy: FileLocation?
    /// Whether the archive of the distribution is one of a date.
    let hasSnapshot: Bool
    /// How many scripts have called each other.
    let depth: Int
}

/// Which stages of a Dockerfile build on which others: trees, whose nodes are numbered so that those below a node follow it.
struct StageLineage {
    /// For each stage its number, and the first number that is not below it.
    private var numbers: [Range<Int>] = []

    init() {}

    /// - Parameter bases: the stage that each stage builds on, an earlier one; nil for an image.
    init(bases: [Int?]) {
        var sizes = [Int](repeating: 1, count: bases.count)
        for stage in bases.indices.reversed() { if let base = bases[stage] { sizes[base] += sizes[stage] } }
        numbers = sizes.map { 0..<$0 }
        // Where the next stage goes that builds on each one.
        var next = [Int](repeating: 0, count: bases.count)
        var nextRoot = 0
        for stage in bases.indices {
            let start: Int
            if let base = bases[stage] {
                start = next[base]
                next[base] += sizes[stage]
            } else {
                start = nextRoot
                nextRoot += sizes[stage]
            }
            numbers[stage] = start..<(start + sizes[stage])
            next[stage] = start + 1
        }
    }

    /// The numbers of the stage itself and of those that build on it: those of two stages are apart, or the one holds the other.
    func numbers(from stage: Int) -> Range<Int> {
        numbers.indices.contains(stage) ? numbers[stage] : stage..<(stage + 1)
    }

    /// Whether a stage is another one or builds on it; nil stands for what is in no stage.
    func isStage(_ stage: Int?, from base: Int?) -> Bool {
        guard let stage, let base, stage != base else { return stage == base }
        guard numbers.indices.contains(stage), numbers.indices.contains(base) else { return false }
        return numbers[base].contains(numbers[stage].lowerBound)
    }
}
