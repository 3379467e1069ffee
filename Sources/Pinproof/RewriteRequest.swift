import EnvironmentInventory

/// What one run of a rewriter plans, and how it reads.
@dynamicMemberLookup
struct RewriteRequest: Sendable {
    let dockerfile: String
    let options: Rewriter.Options
    let reading: ReadingOptions

    subscript<Value>(dynamicMember member: KeyPath<Rewriter.Options, Value>) -> Value { options[keyPath: member] }
}
