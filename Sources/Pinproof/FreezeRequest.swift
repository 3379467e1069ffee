import EnvironmentInventory
import ParallelWork

/// What one run of a freezer plans, and how it reads.
@dynamicMemberLookup
struct FreezeRequest: Sendable {
    let lock: String
    let base: String
    let options: Freezer.Options
    let reading: ReadingOptions

    init(lock: String, base: String, options: Freezer.Options, cancellation: Cancellation) {
        self.lock = lock
        self.base = base
        self.options = options
        reading = options.reading.cancelled(by: cancellation)
    }

    subscript<Value>(dynamicMember member: KeyPath<Freezer.Options, Value>) -> Value { options[keyPath: member] }
}
