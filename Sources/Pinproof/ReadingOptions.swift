import EnvironmentInventory
import ParallelWork

/// How images, models and environments are read.
public struct ReadingOptions: Sendable {
    /// How much of an input is read before it is refused.
    public var limits = ReadingLimits()
    /// Gets reports from several threads while an image is read; nil for none.
    public var progress: (@Sendable (ReadingProgress) -> Void)?

    /// Creates options with the default limits and no reports.
    public init() {}

    /// Returns the options of a job that can be cancelled.
    func cancelled(by cancellation: Cancellation) -> ReadingOptions {
        var options = self
        options.limits.cancellation = cancellation
        return options
    }
}
