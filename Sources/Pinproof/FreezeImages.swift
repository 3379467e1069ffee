import ContainerImages
import DockerfileFreezing
import EnvironmentInventory
import SourceDocuments

/// An image that a frozen Dockerfile names: its pinned reference, and what is known of what it holds.
struct FreezeImage {
    let reference: ImageReference
    /// The version of the Python that `python3` starts; nil when it has none, or when nothing is known.
    let python: String?
    let platform: Platform?
    /// The user and the layers.
    let base: BaseImage
    /// The image itself, where it was read.
    let image: Image?
    /// The Python of an image that was read.
    let interpreter: FreezePython?

    /// An image that was read.
    init(_ reference: ImageReference, _ image: Image) throws(InputError) {
        do throws(FreezeError) {
            base = try BaseImage(
                reference: reference, configuredUser: image.configuration.user, diffIDs: image.layers.map(\.diffID))
        } catch { throw InputError(error.description) }
        self.reference = reference
        self.image = image
        interpreter = FreezePython(image)
        python = interpreter?.version
        platform = image.environment.platform
    }

    /// An image of which nothing is known but what an earlier run wrote.
    init(_ reference: ImageReference, platform: Platform?, earlier: FreezeLock?) {
        self.reference = reference
        let known = earlier?.base.flatMap { $0.reference.digest == reference.digest ? $0 : nil }
        base = BaseImage(reference: reference, user: known?.user, diffIDs: known?.diffIDs ?? [])
        image = nil
        interpreter = nil
        python = earlier?.target.python
        self.platform = platform ?? earlier?.target.platform
    }

    /// The first of some paths that the image has; nil when it has none or was not read.
    func first(of paths: [String]) -> String? { paths.first { image?.fileSystem.lookup($0) != nil } }
}

/// Finds the digests of images: in the image that was named, in the reference itself, in the JSON of an earlier run, in a
/// registry.
struct FreezeImages {
    let request: FreezeRequest
    /// What an earlier run pinned.
    let earlier: FreezeLock?
    /// The file that says so.
    let earlierPath: String

    init(_ request: FreezeRequest) throws(InputError) {
        self.request = request
        earlierPath = request.earlierLock ?? join(request.directory, FreezeLock.fileName)
        guard request.earlierLock != nil || isRegularFile(earlierPath) else {
            earlier = nil
            return
        }
        let text = try readText(earlierPath)
        earlier = try InputError.wrapping { () throws(DocumentError) in try FreezeLock(json: text) }
    }

    /// Finds an image by its name.
    ///
    /// - Parameter needsContents: whether its files have to be read, from a registry too.
    func find(_ text: String, role: Freezer.ImageRole, needsContents: Bool) throws(InputError) -> FreezeImage {
        guard let name = ImageName(text) else {
            throw invalid(role, text, "a transport without an image")
        }
        if let transport = name.transport, transport != .docker { return try stored(name, role) }
        guard let reference = ImageReference(name.location) else {
            throw invalid(role, text, "it is not an image reference")
        }
        if reference.digest != nil {
            guard reference.tag != nil else {
                throw invalid(role, text, "name the tag too, name:tag@sha256:...")
            }
            return try pinned(reference, needsContents)
        }
        if !request.isUpdating, let digest = earlier?.digest(of: reference) {
            let tag = reference.tag ?? "latest"
            return try pinned(
                ImageReference(repository: reference.repository, tag: tag, digest: digest), needsContents)
        }
        // Only what is asked for goes to the network: a registry that was named, or an update.
        if name.transport == .docker || request.isUpdating {
            return try stored(
                ImageName(transport: .docker, location: reference.description, reference: nil), role,
                needsContents: needsContents)
        }
        if request.earlierLock != nil { throw InputError("\(earlierPath): it pins no \(text)") }
        throw InputError(
            "\(role.option) \(text): its digest is not known. Name where the image is (oci:DIR:REF, oci-archive:FILE:REF, "
                + "docker://\(text)), write the digest after it (\(text)@sha256:...), or pass the pinproof.lock.json of an "
                + "earlier run with --from-lock")
    }

    private func invalid(_ role: Freezer.ImageRole, _ text: String, _ reason: String) -> InputError {
        InputError(FreezingError.invalidImage(role, text, reason: reason))
    }

    private func pinned(_ reference: ImageReference, _ needsContents: Bool) throws(InputError) -> FreezeImage {
        var image: Image?
        if needsContents {
            // A repository by digest: the tag may have moved.
            let exact = ImageReference(repository: reference.repository, tag: nil, digest: reference.digest)
            do throws(InputError) {
                image = try read(ImageName(transport: .docker, location: exact.description, reference: nil))
            } catch {
                throw InputError(
                    "\(error.description)\n  --apt has to know the release and the packages of \(reference.nameWithTag): name where "
                        + "the image is, oci:DIR:REF or oci-archive:FILE:REF")
            }
        }
        if let image { return try FreezeImage(reference, image) }
        return FreezeImage(reference, platform: nil, earlier: earlier)
    }

    private func read(_ name: ImageName) throws(InputError) -> Image {
        let platform = request.target?.platform?.platform
        return try InputError.wrapping { () throws(ImageReadingError) in
            try ImageReader.read(
                name, platform: platform, limits: request.reading.limits, registry: request.reading.registry,
                readsBinaries: !request.wheels.isEmpty, progress: request.reading.progress)
        }
    }

    private func stored(
        _ name: ImageName, _ role: Freezer.ImageRole, needsContents: Bool = false
    ) throws(InputError) -> FreezeImage {
        let platform = request.target?.platform?.platform
        let resolved = try InputError.wrapping { () throws(ImageReadingError) in
            try ImageDigestSource.resolve(
                name, platform: platform, limits: request.reading.limits, registry: request.reading.registry)
        }
        guard let found = resolved.reference, found.tag != nil || name.transport == .docker else {
            throw InputError(
                "\(role.option) \(name): the image has no name of its own that FROM could use: its "
                    + "org.opencontainers.image.ref.name has to be a whole reference, name:tag")
        }
        let reference = ImageReference(
            repository: found.repository, tag: found.tag ?? "latest", digest: resolved.digest)
        if let old = earlier?.digest(of: reference), old != resolved.digest, !request.isUpdating,
            !request.acceptsMovedTags
        {
            throw InputError(
                "\(role.option) \(name): \(reference.nameWithTag) has moved since \(earlierPath): \(old) -> \(resolved.digest). "
                    + "--update takes the new one and reports what changed")
        }
        // The interpreter decides which packages of the lock apply; the image itself knows it.
        // A base decides which packages of the lock apply, and an installer's image is asked for the installer's path only.
        if role == .base || needsContents || resolved.format != .docker {
            return try FreezeImage(reference, try read(name))
        }
        return FreezeImage(reference, platform: resolved.platform, earlier: nil)
    }
}

extension Freezer.ImageRole {
    /// The option of the command line, for messages that say what to do.
    fileprivate var option: String {
        switch self {
        case .base: "--base"
        case .installer: "--installer-image"
        }
    }
}
