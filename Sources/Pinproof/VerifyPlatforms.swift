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

    /// Verifies every image of an index, and returns the verification that decides: the first with the worst verdict.
    static func everyPlatform(
        _ request: VerifyRequest, _ options: Verifier.Options
    ) throws(InputError) -> Sides {
        guard let name = ImageName(request.image) else { return try read(request) }
        let platforms = try InputError.wrapping { () throws(ImageReadingError) in
            try ImageDigestSource.platforms(of: name, limits: request.reading.limits)
        }
        guard platforms.count > 1 else { return try read(request) }
        var deciding: Sides?
        var verdicts: [Verification.PlatformVerdict] = []
        for platform in platforms {
            var options = options
            var target = options.target ?? TargetSelection()
            let known = TargetPlatform.allCases.first { known in
                guard let other = known.platform, other.os == platform.os else { return false }
                return other.architecture == platform.architecture
                    && (other.variant == platform.variant || other.architecture == "arm64")
            }
            guard let known else {
                throw InputError("\(request.image): the image of \(platform) cannot be verified")
            }
            target.platform = known
            options.target = target
            var one = VerifyRequest(
                model: request.model, image: request.image, options: options, cancellation: request.cancellation)
            one.keepsDocuments = request.keepsDocuments
            let sides = try read(one)
            let verification = sides.verification
            verdicts.append(
                .init(
                    platform: platform.description, manifest: verification.identity.image?.manifest,
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
}
