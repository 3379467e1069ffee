import EnvironmentInventory
import ParallelWork

/// What one run of a checker reads, and how.
struct CheckRequest: Sendable {
    let paths: [String]
    let options: Checker.Options
    let reading: ReadingOptions
    let cancellation: Cancellation

    init(paths: [String], options: Checker.Options, cancellation: Cancellation) {
        self.paths = paths
        self.options = options
        self.cancellation = cancellation
        reading = options.reading.cancelled(by: cancellation)
    }
}
