import EnvironmentInventory

extension ReadingLimits {
    /// Throws when the reading is to stop.
    package func checkCancellation(_ archive: @autoclosure () -> String) throws(ArchiveReadingError) {
        guard let cancellation, cancellation.isCancelled else { return }
        throw ArchiveReadingError(archive: archive(), reason: .cancelled)
    }
}
