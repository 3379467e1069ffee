import EnvironmentInventory

/// The rules about what a model takes and gives, one file each.
package enum InputRules {
    /// Every rule, in the order of the documentation.
    package static let all: [Rule] = [
        NoInputContract.rule, ContradictingContract.rule, DuplicateColumn.rule, UselessColumn.rule,
        UnenforcedContract.rule, SilentCoercion.rule, BreakingInputChange.rule, BreakingOutputChange.rule,
        InvalidRequest.rule,
    ]
}
