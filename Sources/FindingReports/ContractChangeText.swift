import EnvironmentInventory

extension ContractChange {
    /// `input plan type`, `output class-removed`.
    package var title: String {
        [isOutput ? "output" : "input", column.map { String($0.prefix(200)) }, kind].compactMap { $0 }.joined(
            separator: " ")
    }

    /// `boolean → string`; for what was added or removed the one value.
    package var values: String {
        guard let previous else { return now.map { "→ \($0)" } ?? "" }
        return now.map { "\(previous) → \($0)" } ?? "\(previous) →"
    }
}
