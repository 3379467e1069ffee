import Synchronization

/// Finds digests for a rewriting, at hand first: `--digest`, `--image`, `[images]` of lockstep.toml, what an earlier run
/// pinned; then, when that is allowed, mirrors and registries.
final class RewriteFacts: Sendable {
    private let given: [(reference: ImageReference, digest: Digest)]
    private let earlier: RewritingRecord
    private let mirrors: ImageMirrors
    private let mayFetch: Bool
    private let isUpdating: Bool
    private let platform: Platform?
    private let asked = Mutex<[String: Result<Digest, PinFailure>]>([:])

    init(_ request: RewriteRequest, earlier: RewritingRecord) throws(CommandError) {
        self.earlier = earlier
        mayFetch = request.mayFetch
        isUpdating = request.isUpdating
        mirrors = try ImageMirrors(request.mirrors)
        let platform = try request.target?.checkedPlatform()
        self.platform = platform
        var given: [(reference: ImageReference, digest: Digest)] = []
        for word in request.digests {
            guard let equals = word.lastIndex(of: "="), let reference = ImageReference(String(word[..<equals])),
                let digest = Digest(word[word.index(after: equals)...]), digest.algorithm == .sha256
            else { throw CommandError("--digest takes NAME:TAG=sha256:..., not '\(word)'", kind: .usage) }
            given.append((reference, digest))
        }
        for text in request.images {
            guard let name = ImageName(text), ImageName.namesTransport(text) else {
                throw CommandError("--image takes oci:DIR:REF, oci-archive:FILE:REF, dir:DIR", kind: .usage)
            }
            let resolved = try CommandError.wrapping { () throws(ImageReadingError) in
                try ImageDigestSource.resolve(name, platform: platform)
            }
            guard let reference = resolved.reference else {
                throw CommandError("--image \(text): the image has no name of its own, so no FROM can mean it")
            }
            given.append((reference, resolved.digest))
        }
        let configured = try CheckConfiguration.find(from: request.dockerfile).images
        for (name, digest) in configured.sorted(by: { $0.key < $1.key }) {
            if let reference = ImageReference(name) { given.append((reference, digest)) }
        }
        self.given = given
    }

    /// The digest that an image's name stands for.
    func image(_ reference: ImageReference) -> Result<Digest, PinFailure> {
        if let known = given.first(where: { Self.isSame($0.reference, reference) }) { return .success(known.digest) }
        if !isUpdating, let digest = earlier.digest(of: reference) { return .success(digest) }
        let place = mirrors.place(of: reference)
        guard let place = place ?? (mayFetch ? reference : nil) else {
            return .failure(
                PinFailure(
                    "its digest is not known, and no registry may be asked",
                    remedy:
                        "Pass --fetch to ask its registry, --digest \(reference)=sha256:..., --image oci:DIR:REF, or an "
                        + "earlier lockstep.lock.json with --from-lock"))
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
            return .success(try ImageDigestSource.resolve(name, platform: platform).digest)
        } catch { return .failure(PinFailure(error.description, remedy: "Write its digest behind it by hand")) }
    }

    /// The sha256 of what a URL gives.
    func download(_ url: String) -> Result<Digest, PinFailure> {
        if !isUpdating, let digest = earlier.downloads[url], digest.algorithm == .sha256 { return .success(digest) }
        guard mayFetch else {
            return .failure(
                PinFailure(
                    "its hash is not known, and nothing may be fetched",
                    remedy: "Pass --fetch to download and hash it, or an earlier lockstep.lock.json with --from-lock"))
        }
        if let known = asked.withLock({ $0[url] }) { return known }
        let result: Result<Digest, PinFailure>
        do throws(RemoteFileError) { result = .success(try RemoteFile.sha256(of: url)) } catch {
            result = .failure(PinFailure(error.reason))
        }
        asked.withLock { $0[url] = result }
        return result
    }

    private static func isSame(_ left: ImageReference, _ right: ImageReference) -> Bool {
        left.canonicalRepository == right.canonicalRepository && (left.tag ?? "latest") == (right.tag ?? "latest")
    }
}
