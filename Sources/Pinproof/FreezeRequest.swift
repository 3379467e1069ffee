import EnvironmentInventory
import ParallelWork

/// What one run of a freezer plans, and how it reads.
@dynamicMemberLookup
struct FreezeRequest: Sendable {
    let lock: String
    let base: String
    private(set) var options: Freezer.Options
    let reading: ReadingOptions

    init(lock: String, base: String, options: Freezer.Options, cancellation: Cancellation) {
        self.lock = lock
        self.base = base
        self.options = options
        reading = options.reading.cancelled(by: cancellation)
    }

    /// Returns the request with more packages of the operating system; those that were asked for stay as they are.
    func adding(_ packages: [String]) -> FreezeRequest {
        var copy = self
        let known = Set(options.systemPackages.map { $0.split(separator: "=").first.map(String.init) ?? $0 })
        copy.options.systemPackages += packages.filter { !known.contains($0) }
        return copy
    }

    subscript<Value>(dynamicMember member: KeyPath<Freezer.Options, Value>) -> Value { options[keyPath: member] }
}
