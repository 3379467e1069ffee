internal import Synchronization

/// A request to stop that the threads of one job share.
///
/// Blocking work tests ``isCancelled`` where it reads the next bytes or begins the next file, and throws.
package final class Cancellation: Sendable {
    private let state = Atomic(false)

    /// Creates a request that nobody has made yet.
    package init() {}

    /// Whether the work is to stop.
    package var isCancelled: Bool { state.load(ordering: .relaxed) }

    /// Asks the work to stop.
    package func cancel() { state.store(true, ordering: .relaxed) }
}

extension Cancellation: Hashable {
    /// Whether two are the same object.
    package static func == (left: Cancellation, right: Cancellation) -> Bool { left === right }

    /// Hashes the identity.
    package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
