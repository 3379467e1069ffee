import EnvironmentInventory

/// How images, models and environments are read while a command runs that does not say so itself.
package enum ReadingSettings {
    /// The settings of the command that runs.
    @TaskLocal package static var current = ReadingOptionsBox()
}

/// Reading options as a task-local value.
package struct ReadingOptionsBox: Sendable {
    package var options = ReadingOptions()
    package var limits: ReadingLimits { options.limits }
    package var progress: (@Sendable (ReadingProgress) -> Void)? { options.progress }
    package init(options: ReadingOptions = ReadingOptions()) { self.options = options }
}
