import ContainerImages
import EnvironmentInventory
import ParallelWork

/// How images, models and environments are read.
public struct ReadingOptions: Sendable {
    /// How much of an input is read before it is refused.
    public var limits = ReadingLimits()
    /// Gets reports from several threads while an image is read; nil for none.
    public var progress: (@Sendable (ReadingProgress) -> Void)?

    /// How long a registry or a server may send fewer than 1,024 bytes before its request fails; with all retries and pauses,
    /// a request may take five times as long.
    public var timeout = Duration.seconds(60)

    /// What was read of layers in earlier runs; nil to read every layer.
    package var layerCache: LayerCache?

    /// Creates options with the default limits and no reports.
    public init() {}

    /// How registries are asked.
    var registry: RegistryOptions {
        var options = RegistryOptions()
        options.timeout = timeout
        return options
    }

    /// Returns the options of a job that can be cancelled.
    func cancelled(by cancellation: Cancellation) -> ReadingOptions {
        var options = self
        options.limits.cancellation = cancellation
        return options
    }
}
