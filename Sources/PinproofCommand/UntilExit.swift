import Synchronization

/// What a run has read, kept until the program ends: to free a large lock object by object takes a twentieth of a run, and the
/// end of the process frees it at once.
enum UntilExit {
    private static let values = Mutex<[any Sendable]?>(nil)

    /// Says that the process ends with the run; without it nothing is kept.
    static func begin() { values.withLock { $0 = [] } }

    /// Keeps a value.
    static func keep(_ value: some Sendable) { values.withLock { $0?.append(value) } }
}
