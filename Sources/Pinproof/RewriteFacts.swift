import ContainerImages
import DockerfileFreezing
import EnvironmentInventory
import Synchronization

/// Finds digests for a rewriting, at hand first: `--digest`, `--image`, `[images]` of pinproof.toml, what an earlier run
/// pinned; then, when that is allowed, mirrors and registries.
final class RewriteFacts: Sendable {
    private let given: [Given]
    private let earlier: RewritingRecord
    private let mirrors: ImageMirrors
    private let mayFetch: Bool
    private let isUpdating: Bool
    private let platform: Platform?
    private let reading: ReadingOptions
    private let asked = Mutex<[String: Result<Digest, PinFailure>]>([:])
    private let askedSystems = Mutex<[String: Result<PackageLists, PinFailure>]>([:])
    private let askedCommits = Mutex<[String: Result<String, PinFailure>]>([:])

    /// An image whose digest was named, and where it is, when that was named.
    private struct Given {
        let reference: ImageReference
        let digest: Digest
        var place: ImageName?
    }

    init(_ request: RewriteRequest, earlier: RewritingRecord) throws(InputError) {
        self.earlier = earlier
        mayFetch = request.mayFetch
        isUpdating = request.isUpdating
        mirrors = ImageMirrors(request.mirrors)
        reading = request.reading
        let platform = request.target?.platform?.platform
        self.platform = platform
        var given: [Given] = []
        for (reference, digest) in request.digests.sorted(by: { $0.key.description < $1.key.description }) {
            given.append(Given(reference: reference, digest: digest))
        }
        for text in request.images {
            guard let name = ImageName(text), ImageName.namesTransport(text) else {
                throw InputError(RewritingError.imageWithoutTransport(text))
            }
            let resolved = try InputError.wrapping { () throws(ImageReadingError) in
                try ImageDigestSource.resolve(
                    name, platform: platform, limits: request.reading.limits, registry: request.reading.registry)
            }
            guard let reference = resolved.reference else {
                throw InputError("--image \(text): the image has no name of its own, so that no FROM can name it")
            }
            given.append(Given(reference: reference, digest: resolved.digest, place: name))
        }
        let configured = try CheckConfiguration.find(from: request.dockerfile).images
        for (name, digest) in configured.sorted(by: { $0.key < $1.key }) {
            if let reference = ImageReference(name) { given.append(Given(reference: reference, digest: digest)) }
        }
        self.given = given
    }

    /// The digest that an image's name stands for.
    func image(_ reference: ImageReference) -> Result<Digest, PinFailure> {
        if let digest = reference.digest { return .success(digest) }
        if let known = given.first(where: { Self.isSame($0.reference, reference) }) { return .success(known.digest) }
        if !isUpdating, let digest = earlier.digest(of: reference) { return .success(digest) }
        let place = mirrors.place(of: reference)
        guard let place = place ?? (mayFetch ? reference : nil) else {
            return .failure(
                PinFailure(
                    "its digest is not known, and no registry may be asked",
                    remedy:
                        "Pass --fetch to ask its registry, --digest \(reference)=sha256:..., --image oci:DIR:REF, or an "
                        + "earlier pinproof.lock.json with --from-lock"))
        }
        let key = place.description
        if let known = asked.withLock({ $0[key] }) { return known }
        let result = ask(place)
        asked.withLock { $0[key] = result }
        return result
    }

    private func ask(_ place: ImageReference) -> Result<Digest, PinFailure> {
        do throws(ImageReadingError) {
            let name = ImageName(transport: .docker, location: place.description, reference: nil)
            return .success(
                try ImageDigestSource.resolve(
                    name, platform: platform, limits: reading.limits, registry: reading.registry
                ).digest)
        } catch { return .failure(PinFailure(error.description, remedy: "Write its digest after it by hand")) }
    }

    /// What an image knows of the operating system's packages: read from where it was named to be, else from a mirror or its
    /// registry.
    func system(_ reference: ImageReference, _ platform: Platform?) -> Result<PackageLists, PinFailure> {
        let platform = platform ?? self.platform
        let known = given.first {
            $0.place != nil && Self.isSame($0.reference, reference)
                && (reference.digest == nil || reference.digest == $0.digest)
        }
        let name: ImageName
        if let place = known?.place {
            name = place
        } else if let place = mirrors.place(of: reference) ?? (mayFetch ? reference : nil) {
            // The bytes that the file will name, whatever the tag is by now.
            let digest = (try? image(reference).get()) ?? reference.digest
            let exact = ImageReference(
                repository: place.repository, tag: digest == nil ? place.tag : nil, digest: digest)
            name = ImageName(transport: .docker, location: exact.description, reference: nil)
        } else {
            return .failure(.noBase)
        }
        let key = "\(name) \(platform?.description ?? "")"
        if let known = askedSystems.withLock({ $0[key] }) { return known }
        let result: Result<PackageLists, PinFailure>
        do throws(ImageReadingError) {
            result = .success(
                PackageLists(
                    try ImageReader.read(
                        name, platform: platform, limits: reading.limits, registry: reading.registry,
                        systemRecords: .named,
                        keepsPackageLists: true,
                        progress: reading.progress)))
        } catch { result = .failure(PinFailure(error.description, remedy: PinFailure.noBase.remedy)) }
        askedSystems.withLock { $0[key] = result }
        return result
    }

    /// The commit that a name of a repository stands for; nil is the default branch.
    func commit(_ url: String, _ reference: String?) -> Result<String, PinFailure> {
        let key = reference.map { "\(url)#\($0)" } ?? url
        if !isUpdating, let commit = earlier.commit(key) { return .success(commit) }
        guard mayFetch else {
            return .failure(
                PinFailure(
                    "its commit is not known, and nothing may be fetched",
                    remedy: "Pass --fetch to ask the server, or an earlier pinproof.lock.json with --from-lock"))
        }
        if let known = askedCommits.withLock({ $0[key] }) { return known }
        let result: Result<String, PinFailure>
        do throws(RemoteFileError) {
            result = .success(try GitRemote.commit(of: reference, at: url, timeout: reading.timeout))
        } catch {
            result = .failure(PinFailure(error.description, remedy: "Check out the commit by its full id"))
        }
        askedCommits.withLock { $0[key] = result }
        return result
    }

    /// The sha256 of what a URL gives.
    func download(_ url: String) -> Result<Digest, PinFailure> {
        if !isUpdating, let digest = earlier.download(url), digest.algorithm == .sha256 { return .success(digest) }
        guard mayFetch else {
            return .failure(
                PinFailure(
                    "its hash is not known, and nothing may be fetched",
                    remedy: "Pass --fetch to download and hash it, or an earlier pinproof.lock.json with --from-lock"))
        }
        if let known = asked.withLock({ $0[url] }) { return known }
        let result: Result<Digest, PinFailure>
        do throws(RemoteFileError) { result = .success(try RemoteFile.sha256(of: url, timeout: reading.timeout)) } catch
        {
            result = .failure(PinFailure(error.reason))
        }
        asked.withLock { $0[url] = result }
        return result
    }

    private static func isSame(_ left: ImageReference, _ right: ImageReference) -> Bool {
        left.canonicalRepository == right.canonicalRepository && (left.tag ?? "latest") == (right.tag ?? "latest")
    }
}
