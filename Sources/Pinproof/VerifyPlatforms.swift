import ContainerImages
import EnvironmentInventory
import EnvironmentVerification

extension Verify {
    /// What was read for a verification, for who asks more of the same files.
    struct Sides: Sendable {
        /// What of the two sides was compared.
        var verification: Verification
        /// The training side as it was read.
        let training: SubjectContent
        /// The serving side, which can be held against another training side.
        let serving: Serving
    }

    /// A serving side as it was read.
    struct Serving: Sendable {
        /// The side.
        let side: ServingSide
        /// What the subject is.
        let about: SubjectDescription
        /// What of the system's packages was read.
        let records: SystemRecords
    }

    /// Verifies every image of an index, each by the digest of its manifest, and returns the verification that decides: the
    /// first with the worst verdict.
    ///
    /// - Throws: ``InputError`` that names the image which cannot be verified, or where the name means another index meanwhile.
    static func everyPlatform(
        _ request: VerifyRequest, _ options: Verifier.Options
    ) throws(InputError) -> Sides {
        guard let name = ImageName(request.image) else { return try read(request) }
        let (index, images) = try InputError.wrapping { () throws(ImageReadingError) in
            try ImageDigestSource.images(
                of: name, limits: request.reading.limits, registry: request.reading.registry)
        }
        guard images.count > 1 else { return try read(request) }
        // Before anything is read: what cannot be verified ends the run anyway.
        let targets = try images.map { image throws(InputError) in try target(of: image, in: request.image) }
        var deciding: Sides?
        var verdicts: [Verification.PlatformVerdict] = []
        for (image, known) in zip(images, targets) {
            var options = options
            var target = options.target ?? TargetSelection()
            target.platform = known
            options.target = target
            var one = VerifyRequest(
                model: request.model, image: request.image, options: options, cancellation: request.cancellation)
            one.keepsDocuments = request.keepsDocuments
            one.imageManifest = image.manifest
            let sides = try read(one)
            let verification = sides.verification
            let identity = verification.identity.image
            guard identity?.manifest == image.manifest, identity?.index == index else {
                throw InputError("\(request.image): the name means another index now than when its images were listed")
            }
            verdicts.append(
                .init(
                    platform: image.platform?.description ?? known.rawValue, manifest: image.manifest,
                    verdict: verification.verdict))
            if let known = deciding?.verification.verdict, known.combined(with: verification.verdict) == known {
                continue
            }
            deciding = sides
        }
        guard var result = deciding else { return try read(request) }
        result.verification.platforms = verdicts
        result.verification.context.command = request.command(identity: nil) + ["--all-platforms"]
        return result
    }

    /// The target as which an image of an index is verified.
    private static func target(of image: IndexedImage, in name: String) throws(InputError) -> TargetPlatform {
        guard let written = image.platform else {
            throw InputError(
                "\(name): the index gives no platform to the image \(image.manifest): it cannot be verified")
        }
        let platform = written.normalized
        let known = TargetPlatform.allCases.first { known in
            guard let other = known.platform, other.os == platform.os else { return false }
            return other.architecture == platform.architecture
                && (other.variant == platform.variant || other.architecture == "arm64")
        }
        guard let known else {
            throw InputError("\(name): the image of \(written), \(image.manifest), cannot be verified")
        }
        return known
    }
}
