import DockerfileSyntax
import EnvironmentInventory
import SourceDocuments

/// An image that a manifest builds.
package struct ImageBuild: Sendable, Hashable {
    /// What the paths are relative to.
    package enum Base: Sendable, Hashable {
        /// The manifest's own directory.
        case manifest
        /// The root of the repository.
        case checkout
        /// The directory in which the build is started: the nearest one, from the manifest's own up, that holds the Dockerfile.
        case start
    }
    /// What the paths are relative to.
    package let base: Base
    /// The directory of the build context.
    package let context: String
    /// The Dockerfile's path.
    package let dockerfile: String
    /// `--build-arg`; nil for a value that the manifest does not give.
    package let arguments: [String: String]
    /// `--build-context`.
    package let contexts: [String: String]
    /// Where the manifest asks for the build.
    package let location: FileLocation
    /// What is not read when there is no such Dockerfile.
    package let unread: Pin?
}

/// What a manifest says.
package struct ManifestReading: Sendable {
    /// Images, packages, downloads, and the files that commands install from.
    package var reading = FileReading()
    /// The images that it builds.
    package var builds: [ImageBuild] = []
    /// Dockerfiles that it holds itself.
    package var dockerfiles: [EmbeddedDockerfile] = []
    /// The manifests that it uses: local actions and workflows, local includes.
    package var used: [UsedManifest] = []
}

/// A manifest that another one uses.
package struct UsedManifest: Sendable, Hashable {
    /// What it is used as.
    package enum Role: Sendable, Hashable {
        /// An action or a workflow of GitHub, whose name says what it is.
        case action
        /// A part of a pipeline of GitLab.
        case gitLab
        /// A part of a pipeline of Azure DevOps.
        case azure
        /// A file of Groovy that a pipeline of Jenkins loads.
        case jenkins
        /// A compose file.
        case compose
    }

    /// The path from the root of the checkout, or from the manifest's own directory for compose and Azure; the last
    /// component of an include of GitLab may be a pattern.
    package let path: String
    /// What it is used as.
    package let role: Role
    /// What is not read when there is no such file.
    package let unread: Pin
}

/// A Dockerfile inside of a manifest, `dockerfile_inline`.
package struct EmbeddedDockerfile: Sendable {
    /// The Dockerfile's own text, under the manifest's name.
    let content: SourceText
    /// The same text with the way back to the manifest.
    let mapped: MappedText
    let host: SourceText
    /// The pragmas of the manifest; nil when they are not asked for.
    var pragmas: Pragmas?
    /// How it is built.
    package let build: ImageBuild

    /// Returns what it says, with the positions of the manifest.
    package func read(options: DockerfileOptions, context: BuildContext) -> FileReading {
        var reading = DockerfileCheck.read(Dockerfile.parse(content), options: options, context: context)
        func moved(_ range: SourceRange, _ file: String) -> SourceRange {
            guard file == content.name else { return range }
            return host.range(mapped.fileRange(content.offsets(of: range)))
        }
        reading.pins = reading.pins.map { pin in
            let moved = pin.moved(to: moved(pin.range, pin.file))
            return pin.subject.containsText(Expressions.prefix)
                ? moved.named(pin.subject.replacing(Expressions.prefix, with: "${")) : moved
        }
        reading.findings = reading.findings.map { finding in
            finding.moved(to: finding.range.map { moved($0, finding.file) })
        }
        reading.files.removeAll { $0.file.path == content.name }
        reading.pragmas[content.name] = pragmas
        return reading
    }
}
