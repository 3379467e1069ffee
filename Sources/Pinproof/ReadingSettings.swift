import ArchiveReading
import ContainerImages

/// How images, models and environments are read while a command runs: how much of them at most, and who is told how far it
/// is.
///
/// Set around a command: `ReadingSettings.$current.withValue(settings) { try Inspect.run(request) }`.
package struct ReadingSettings: Sendable {
    /// How much is read before an input is refused.
    package var limits = ReadingLimits()
    /// Called now and then, from several threads, while an image is read; nil for nobody.
    package var progress: (@Sendable (ImageReadingProgress) -> Void)?

    /// The settings of the command that runs.
    @TaskLocal package static var current = ReadingSettings()

    /// The default limits, and nobody is told.
    package init() {}
}
