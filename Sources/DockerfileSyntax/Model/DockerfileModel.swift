/// A Dockerfile with its names resolved: stages, images, commands, copied files.
///
/// Scopes: https://docs.docker.com/build/building/variables/#scoping. A value that the file and the options do not give is
/// unknown; it is never guessed.
public struct DockerfileModel: Sendable {
    /// The syntax tree.
    public let dockerfile: Dockerfile
    /// What was given from outside.
    public let options: DockerfileOptions
    /// The build stages, in their order.
    public internal(set) var stages: [DockerfileStage] = []
    /// Every place that names an image, in the order of the file; stages and `scratch` are left out.
    public internal(set) var images: [ImageUse] = []
    /// The RUN instructions, those below ONBUILD too, in the order of the file.
    public internal(set) var runs: [RunStep] = []
    /// The COPY and ADD instructions, those below ONBUILD too, in the order of the file.
    public internal(set) var copies: [CopyStep] = []
    /// Every ARG, in the order of the file, with the place of its default.
    public internal(set) var arguments: [ArgumentDefinition] = []
    /// What could not be read in scripts and names; the syntax tree has its own problems.
    public internal(set) var problems: [DockerfileProblem] = []

    /// Resolves the names of a Dockerfile.
    public init(_ dockerfile: Dockerfile, options: DockerfileOptions = DockerfileOptions()) {
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
    }

    /// The commands of an instruction, by its index in the syntax tree; none for anything but RUN and ONBUILD RUN.
    public func commands(ofInstruction index: Int) -> [ShellCommand] {
        runs.first { $0.instructionIndex == index }?.commands ?? []
    }
}

/// A build stage.
public struct DockerfileStage: Sendable {
    /// What a stage is built on.
    public enum Base: Sendable, Hashable {
        /// An earlier stage, by its index.
        case stage(Int)
        /// Nothing: `scratch`.
        case scratch
        /// An image: the index in ``DockerfileModel/images``.
        case image(Int)
        /// A named build context that is no image.
        case buildContext(String)
        /// A stage whose name depends on a variable, such as `build-${TARGETARCH}`.
        case someStage
    }
    /// The place among the stages, the first being 0.
    public let index: Int
    /// The name behind AS, in lower case; nil when there is none.
    public let name: String?
    /// The base as BuildKit expands it; what cannot be known is as written.
    public let baseText: String
    /// The base.
    public let base: Base
    /// `--platform`, expanded; nil when there is none or it cannot be known.
    public let platform: String?
    /// The line of FROM.
    public let line: Int
    /// The index of FROM among the instructions.
    public let fromInstruction: Int
    /// The indices of the stage's instructions, FROM first.
    public internal(set) var instructions: Range<Int>
}

/// A place of the file that names an image.
public struct ImageUse: Sendable {
    /// Which instruction names it.
    public enum Role: String, Sendable, Hashable {
        case from
        case copyFrom
        case mountFrom
        case syntax
        /// `COPY --from` or `RUN --mount=from` below ONBUILD.
        case onbuild
    }
    /// Which instruction names it.
    public let role: Role
    /// The reference after expansion; what cannot be known is as written.
    public let text: String
    /// The reference as it is written.
    public let written: String
    /// The byte offsets of the reference in the file.
    public let range: Range<Int>
    /// The line on which the reference stands.
    public let line: Int
    /// The parts of the reference; nil when it is not known or not a reference.
    public let reference: ImageReference?
    /// Whether every variable in it is known.
    public let isKnown: Bool
    /// How firmly it is pinned.
    public let strength: PinStrength
    /// Whether the digest comes out of a variable that holds only a part of the reference, so that a build argument for
    /// the version loses it.
    public let hasOverridableDigest: Bool
    /// The variables in it.
    public let variables: [String]
    /// Whether a `--build-context` has put this reference in the place of what is written.
    public let isFromBuildContext: Bool
    /// The index of the stage; nil for the syntax directive.
    public let stageIndex: Int?
    /// The index of the instruction; nil for the syntax directive.
    public let instructionIndex: Int?
}

/// One name of an ARG instruction.
public struct ArgumentDefinition: Sendable {
    /// The name.
    public let name: String
    /// The byte offsets of the default, quotes included; nil when there is none.
    public let valueRange: Range<Int>?
    /// The default as it is written, quotes included; nil when there is none.
    public let writtenValue: String?
    /// The index of the instruction.
    public let instructionIndex: Int
    /// The index of the stage; nil before the first FROM.
    public let stageIndex: Int?
}

/// A RUN instruction.
public struct RunStep: Sendable {
    /// The index of the instruction.
    public let instructionIndex: Int
    /// The index of the stage; nil before the first FROM.
    public let stageIndex: Int?
    /// Whether it stands below ONBUILD.
    public let isTrigger: Bool
    /// Who reads its text.
    public let interpreter: ShellInterpreter
    /// The text that the interpreter gets, heredocs included, with the way back to the file; empty for the exec form.
    public let script: MappedText
    /// Its simple commands, in the order of the script; a command that another one runs stands behind it.
    public let commands: [ShellCommand]
    /// Its `--mount` flags.
    public let mounts: [RunMount]
    /// The shell's WORKDIR; nil when it cannot be known.
    public let workingDirectory: String?
    /// USER as it is written; nil when it cannot be known; empty when none was said.
    public let user: String?
    /// ARG and ENV at this point.
    public let variables: ShellVariables
}

/// A `--mount` flag of RUN.
public struct RunMount: Sendable {
    /// `bind`, `cache`, `secret`, `ssh` or `tmpfs`.
    public let type: String
    /// Where it comes from; ``FileOrigin/context`` when nothing is said.
    public let origin: FileOrigin
    /// The path in the origin; nil when it cannot be known.
    public let source: String?
    /// The path in the container; nil when it cannot be known.
    public let target: String?
}

/// Where the files of COPY, ADD and mounts come from.
public enum FileOrigin: Sendable, Hashable {
    /// The build context.
    case context
    /// A stage, by its index.
    case stage(Int)
    /// An image: the index in ``DockerfileModel/images``.
    case image(Int)
    /// A named build context that is no image.
    case buildContext(String)
    /// `scratch`, or something that cannot be known.
    case unknown
}

/// A COPY or ADD instruction.
public struct CopyStep: Sendable {
    /// One source.
    public struct Source: Sendable {
        /// The path or URL after expansion; nil when it cannot be known.
        public let text: String?
        /// The path or URL as it is written.
        public let written: String
        /// The byte offsets in the file.
        public let range: Range<Int>
        /// The content, when the source is a here-document.
        public let heredoc: Heredoc?
    }
    /// The index of the instruction.
    public let instructionIndex: Int
    /// The index of the stage; nil before the first FROM.
    public let stageIndex: Int?
    /// Whether it stands below ONBUILD.
    public let isTrigger: Bool
    /// Whether it is ADD.
    public let isAdd: Bool
    /// Where its files come from.
    public let origin: FileOrigin
    /// The sources.
    public let sources: [Source]
    /// The destination as an absolute path; nil when it cannot be known.
    public let destination: String?
    /// Whether the destination is written as a folder: it ends with `/` or `.`, or there are several sources.
    public let isDestinationFolder: Bool
    /// `--checksum`, expanded; nil when there is none.
    public let checksum: String?
    /// Whether `--parents` keeps the folders of the sources.
    public let keepsParents: Bool
}
