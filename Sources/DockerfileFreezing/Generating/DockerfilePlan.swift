import DockerfileSyntax
import EnvironmentInventory
import SourceDocuments

/// Everything that a frozen Dockerfile is made of; the same plan renders to the same bytes.
package struct DockerfilePlan: Sendable {
    /// The lock that the plan comes from.
    package struct Lock: Sendable {
        /// The file name, without its directory: the directory is the machine's and not the lock's.
        package let name: String
        /// The sha256 of its bytes.
        package let sha256: Digest

        /// Creates a lock.
        package init(name: String, sha256: Digest) {
            self.name = name
            self.sha256 = sha256
        }
    }

    /// The lock.
    package let lock: Lock
    /// The base image.
    package let base: BaseImage
    /// How the packages get into the image.
    package let installation: Installation
    /// What the lock is frozen for.
    package let target: FreezeTarget
    /// The words of the entry point; nil for the server's, or the interpreter.
    package var entrypoint: [String]?
    /// The packages of the operating system; nil for only the base's.
    package var system: SystemPackages?
    /// The model and its server; nil when the image serves none.
    package var serving: ModelServing?

    /// Creates a plan; everything else is set afterwards.
    package init(lock: Lock, base: BaseImage, installation: Installation, target: FreezeTarget) {
        self.lock = lock
        self.base = base
        self.installation = installation
        self.target = target
    }

    /// A user that is nobody's, by number, so that a cluster can see that it is not root.
    static let user = "65532:65532"
    /// 1980-01-01, the first time that a zip file can hold
    /// (https://reproducible-builds.org/specs/source-date-epoch/).
    package static let epoch = "315532800"

    /// What the names of a template stand for.
    var templateValues: TemplateValues {
        let words =
            entrypoint ?? serving?.command ?? [installation.environmentFolder + "/bin/python"]
        var values = TemplateValues()
        values[.version] = pinproofVersion
        values[.lockName] = FreezeText.oneLine(lock.name)
        values[.lockDigest] = lock.sha256.hex
        values[.baseReference] = base.reference.description
        values[.baseName] = base.reference.nameWithTag
        values[.baseDigest] = base.reference.digest?.description
        values[.epoch] = Self.epoch
        values[.user] = base.user ?? Self.user
        values[.entrypoint] = JSONLine.text(words)
        installation.add(to: &values)
        system?.add(to: &values)
        serving?.add(to: &values)
        return values
    }

    /// The files of the plan by name, the Dockerfile last: what it names is there before it.
    package func files(template: DockerfileTemplate) -> [(name: String, text: String)] {
        var files = installation.files
        if let configuration = serving?.configuration { files.append(configuration) }
        let context = files.map(\.name) + (serving?.model == nil ? [] : [ModelServing.contextFolder])
        return files + [
            (FreezeLock.fileName, freezeLock.json.document()),
            (SourcePolicy.fileName, SourcePolicy.json(images: freezeLock.images).document()),
            (".dockerignore", "*\n" + context.sorted().map { "!\($0)\n" }.joined()),
            ("Dockerfile", template.render(self)),
        ]
    }

    /// What the plan pins.
    package var freezeLock: FreezeLock {
        var images: [String: Digest] = [:]
        for reference in [installation.image?.reference, base.reference] {
            if let reference, let digest = reference.digest { images[reference.nameWithTag] = digest }
        }
        var lock = FreezeLock(images: images, packages: installation.packages)
        lock.lock = self.lock
        lock.target = target
        lock.base = base
        lock.installer = installation.installer
        lock.snapshot = system?.snapshot
        lock.system = system?.entries.map { ($0.name, $0.version) } ?? []
        lock.model = serving?.model
        for entry in (installation.requirements?.entries ?? []) + (installation.requirements?.sdists ?? []) {
            if let url = entry.url { lock.downloads[url] = entry.hashes.map(\.description) }
        }
        for entry in installation.explicit?.entries ?? [] { lock.downloads[entry.url] = [entry.sha256.description] }
        for repository in installation.requirements?.repositories ?? [] {
            lock.repositories[repository.url] = repository.commit
        }
        return lock
    }
}

extension ImageReference {
    /// `name:tag`, without the digest.
    package var nameWithTag: String { repository + (tag.map { ":\($0)" } ?? "") }
}

/// Words as a JSON list on one line, the exec form of a Dockerfile.
enum JSONLine {
    static func text(_ words: [String]) -> String {
        "[" + words.map { JSONValue.string($0).text() }.joined(separator: ", ") + "]"
    }
}
