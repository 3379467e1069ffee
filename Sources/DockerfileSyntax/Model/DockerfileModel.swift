import EnvironmentInventory

/// A Dockerfile with its names resolved: stages, images, commands, copied files.
///
/// Scopes: https://docs.docker.com/build/building/variables/#scoping. A value that the file and the options do not give is
/// unknown; it is never guessed.
package struct DockerfileModel: Sendable {
    /// The syntax tree.
    package let dockerfile: Dockerfile
    /// What was given from outside.
    package let options: DockerfileOptions
    /// The build stages, in their order.
    package internal(set) var stages: [DockerfileStage] = []
    /// Every place that names an image, in the order of the file; stages and `scratch` are left out.
    package internal(set) var images: [ImageUse] = []
    /// The RUN instructions, those below ONBUILD too, in the order of the file.
    package internal(set) var runs: [RunStep] = []
    /// The COPY and ADD instructions, those below ONBUILD too, in the order of the file.
    package internal(set) var copies: [CopyStep] = []
    /// Every ARG, in the order of the file, with the place of its default.
    package internal(set) var arguments: [ArgumentDefinition] = []
    /// What could not be read in scripts and names; the syntax tree has its own problems.
    package internal(set) var problems: [DockerfileProblem] = []
    /// The CMD, ENTRYPOINT and HEALTHCHECK instructions: what a container runs, not the build.
    package internal(set) var starts: [RunStep] = []
    /// HEALTHCHECK, whose commands run in the container again and again.
    package internal(set) var probes: [RunStep] = []
    /// What could not be read: text of other interpreters, scripts that are computed, what exceeds a limit.
    package internal(set) var gaps: [SyntaxGap] = []

    /// The commands that write a file by a redirection, by its path: the index in ``runs``, the indexes of the commands.
    let writers: [String: [(run: Int, commands: [Int])]]
    /// The COPY and ADD instructions by their destinations.
    let copyIndex: CopyIndex
    /// The bind mounts of RUN instructions by their targets.
    let mountIndex: MountIndex

    /// Resolves the names of a Dockerfile.
    package init(_ dockerfile: Dockerfile, options: DockerfileOptions = DockerfileOptions()) {
        self.dockerfile = dockerfile
        self.options = options
        var builder = ModelBuilder(dockerfile, options)
        builder.build()
        stages = builder.stages
        images = builder.images
        runs = builder.runs
        copies = builder.copies
        arguments = builder.arguments
        problems = builder.problems
        starts = builder.starts
        probes = builder.probes
        gaps = builder.gaps
        writers = Self.writers(runs)
        copyIndex = CopyIndex(copies)
        mountIndex = MountIndex(runs)
    }

    /// The commands of an instruction, by its index in the syntax tree; none for anything but RUN and ONBUILD RUN.
    package func commands(ofInstruction index: Int) -> [ShellCommand] { run(ofInstruction: index)?.commands ?? [] }

    /// The RUN instruction at an index of the syntax tree.
    func run(ofInstruction index: Int) -> RunStep? {
        // They stand in the order of the file.
        var (low, high) = (0, runs.count)
        while low < high {
            let middle = low + (high - low) / 2
            if runs[middle].instructionIndex < index { low = middle + 1 } else { high = middle }
        }
        return low < runs.count && runs[low].instructionIndex == index ? runs[low] : nil
    }
}

/// A build stage.
package struct DockerfileStage: Sendable {
    /// What a stage is built on.
    package enum Base: Sendable, Hashable {
        /// An earlier stage, by its index.
        case stage(Int)
        /// Nothing: `scratch`.
        case scratch
        /// An image: the index in ``DockerfileModel/images``.
        case image(Int)
        /// A named build context that is not an image.
        case buildContext(String)
        /// A stage whose name depends on a variable, such as `build-${TARGETARCH}`.
        case someStage
    }
    /// The place among the stages, the first being 0.
    package let index: Int
    /// The name behind AS, in lower case; nil when there is none.
    package let name: String?
    /// The base as BuildKit expands it; what cannot be known is as written.
    package let baseText: String
    /// The base.
    package let base: Base
    /// `--platform`, expanded; nil when there is none or it cannot be known.
    package let platform: String?
    /// The line of FROM.
    package let line: Int
    /// The index of FROM among the instructions.
    package let fromInstruction: Int
    /// The indices of the stage's instructions, FROM first.
    package internal(set) var instructions: Range<Int>
}

/// A place of the file that names an image.
package struct ImageUse: Sendable {
    /// Which instruction names it.
    package enum Role: String, Sendable, Hashable {
        case from
        case copyFrom
        case mountFrom
        case syntax
        /// `COPY --from` or `RUN --mount=from` below ONBUILD.
        case onbuild
    }
    /// Which instruction names it.
    package let role: Role
    /// The reference after expansion; what cannot be known is as written.
    package let text: String
    /// The reference as it is written.
    package let written: String
    /// The byte offsets of the reference in the file.
    package let range: Range<Int>
    /// The line on which the reference stands.
    package let line: Int
    /// The parts of the reference; nil when it is not known or not a reference.
    package let reference: ImageReference?
    /// Whether every variable in it is known.
    package let isKnown: Bool
    /// How firmly it is pinned.
    package let strength: PinStrength
    /// Whether the digest comes out of a variable that holds only a part of the reference, so that a build argument for
    /// the version loses it.
    package let hasOverridableDigest: Bool
    /// The variables in it.
    package let variables: [String]
    /// Whether a `--build-context` has put this reference in the place of what is written.
    package let isFromBuildContext: Bool
    /// The index of the stage; nil for the syntax directive.
    package let stageIndex: Int?
    /// The index of the instruction; nil for the syntax directive.
    package let instructionIndex: Int?
}

/// One name of an ARG instruction.
package struct ArgumentDefinition: Sendable {
    /// The name.
    package let name: String
    /// The byte offsets of the default, quotes included; nil when there is none.
    package let valueRange: Range<Int>?
    /// The default as it is written, quotes included; nil when there is none.
    package let writtenValue: String?
    /// The index of the instruction.
    package let instructionIndex: Int
    /// The index of the stage; nil before the first FROM.
    package let stageIndex: Int?
}

/// A RUN instruction.
package struct RunStep: Sendable {
    /// The index of the instruction.
    package let instructionIndex: Int
    /// The index of the stage; nil before the first FROM.
    package let stageIndex: Int?
    /// Whether it stands below ONBUILD.
    package let isTrigger: Bool
    /// Who reads its text.
    package let interpreter: ShellInterpreter
    /// The text that the interpreter gets, heredocs included, with the way back to the file; empty for the exec form.
    package let script: MappedText
    /// Its simple commands, in the order of the script; a command that another one runs stands behind it.
    package let commands: [ShellCommand]
    /// Its `--mount` flags.
    package let mounts: [RunMount]
    /// The shell's WORKDIR; nil when it cannot be known.
    package let workingDirectory: String?
    /// USER as it is written; nil when it cannot be known; empty when none was said.
    package let user: String?
    /// ARG and ENV at this point.
    package let variables: ShellVariables
    /// What of the script could not be read.
    package let gaps: [SyntaxGap]
    /// Whether the first command that fails ends the script, as `set -e` does: steps of workflows run so.
    package var stopsAtFailure = false

    /// A command without words that runs where the step runs: the state that its interpreter finds.
    package var emptyCommand: ShellCommand {
        ShellCommand(
            words: [], assignments: [], redirections: [], range: script.fileRange(0..<0), line: 0, connector: .sequence,
            pipeline: 0, pipelinePosition: 0, pipelineCount: 1, origin: .script, parent: nil, isConditional: false,
            workingDirectory: workingDirectory, user: user, variables: variables)
    }
}

/// A `--mount` flag of RUN.
package struct RunMount: Sendable {
    /// `bind`, `cache`, `secret`, `ssh` or `tmpfs`.
    package let type: String
    /// Where it comes from; ``FileOrigin/context`` when nothing is said.
    package let origin: FileOrigin
    /// The path in the origin; nil when it cannot be known.
    package let source: String?
    /// The path in the container; nil when it cannot be known.
    package let target: String?
}

/// Where the files of COPY, ADD and mounts come from.
package enum FileOrigin: Sendable, Hashable {
    /// The build context.
    case context
    /// A stage, by its index.
    case stage(Int)
    /// An image: the index in ``DockerfileModel/images``.
    case image(Int)
    /// A named build context that is not an image.
    case buildContext(String)
    /// `scratch`, or something that cannot be known.
    case unknown
}

/// A COPY or ADD instruction.
package struct CopyStep: Sendable {
    /// One source.
    package struct Source: Sendable {
        /// The path or URL after expansion; nil when it cannot be known.
        package let text: String?
        /// The path or URL as it is written.
        package let written: String
        /// The byte offsets in the file.
        package let range: Range<Int>
        /// The content, when the source is a here-document.
        package let heredoc: Heredoc?
    }
    /// The index of the instruction.
    package let instructionIndex: Int
    /// The index of the stage; nil before the first FROM.
    package let stageIndex: Int?
    /// Whether it stands below ONBUILD.
    package let isTrigger: Bool
    /// Whether it is ADD.
    package let isAdd: Bool
    /// Where its files come from.
    package let origin: FileOrigin
    /// The sources.
    package let sources: [Source]
    /// The destination as an absolute path; nil when it cannot be known.
    package let destination: String?
    /// Whether the destination is written as a folder: it ends with `/` or `.`, or there are several sources.
    package let isDestinationFolder: Bool
    /// `--checksum`, expanded; nil when there is none.
    package let checksum: String?
    /// Whether `--parents` keeps the folders of the sources.
    package let keepsParents: Bool
}
