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
    /// Every step, in the order of the file.
    let steps: [RunStep]
    /// Where a file can come from that a step finds at an absolute path, the likeliest first.
    let sources: (_ path: String, _ step: RunStep) -> [FileSource]
    /// The names of files that instructions put into the image; nil when every file of the context is there.
    let copiedNames: Set<String>?
    /// The stage that another one builds on, by index.
    var bases: [Int: Int] = [:]

    /// The names of the environments that a step installs into: its stage and those that build on it.
    func environments(of step: RunStep) -> Set<String> {
        guard let stage = step.stageIndex else { return [text.name] }
        var stages: Set<Int> = [stage]
        // A stage builds on earlier ones only.
        for (later, base) in bases.sorted(by: { $0.key < $1.key }) where stages.contains(base) { stages.insert(later) }
        return Set(stages.map { "\(text.name) \($0)" })
    }

    /// The steps that run before another one, in the same stage or job.
    func steps(before step: RunStep) -> [RunStep] {
        steps.filter { $0.stageIndex == step.stageIndex && $0.instructionIndex < step.instructionIndex }
    }

    /// The steps that run after another one, in the same stage or job.
    func steps(after step: RunStep) -> [RunStep] {
        steps.filter { $0.stageIndex == step.stageIndex && $0.instructionIndex > step.instructionIndex }
    }
}

extension CommandSite {
    /// The site of a Dockerfile's RUN instructions.
    init(_ model: DockerfileModel, context: BuildContext) {
        self.init(
            text: model.dockerfile.text, context: context, steps: model.runs,
            sources: { path, step in model.contextSources(for: path, at: step.instructionIndex) },
            copiedNames: Self.copiedNames(model))
        for stage in model.stages {
            if case .stage(let base) = stage.base { bases[stage.index] = base }
        }
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
