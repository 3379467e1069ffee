import DockerfileSyntax
import EnvironmentInventory

/// Checks a Dockerfile, and the files that it installs from.
///
/// Three steps: ``read(_:options:context:)`` turns the Dockerfile into pins and uses of files, ``FollowedFile`` checks each
/// file once for all of its users, and ``FileFindings`` puts the findings together. Who checks many Dockerfiles takes the
/// steps one by one, so that a file which several of them install is checked once.
package enum DockerfileCheck {
    /// Returns what a Dockerfile says, before rules judge it.
    package static func read(
        _ dockerfile: Dockerfile, options: DockerfileOptions, context: BuildContext
    ) -> FileReading {
        DockerfileReader.read(dockerfile, options: options, context: context)
    }

    /// Returns what a Dockerfile and the files that it installs from leave unpinned.
    package static func check(
        _ dockerfile: Dockerfile, options: DockerfileOptions, context: BuildContext, require: PinStrength
    ) -> FileFindings {
        let reading = read(dockerfile, options: options, context: context)
        var result = reading.judged(require: require)
        for file in FollowedFile.grouped(reading.followed) { result.merge(file.check(require: require)) }
        result.findings = FileFindings.deduplicated(result.findings)
        result.suppressed = FileFindings.deduplicated(result.suppressed)
        return result
    }
}
