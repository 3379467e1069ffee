/// The variables that a file gives to its scripts; nil for one whose value it does not give.
///
/// Copies share what they have in common: a thousand steps below a thousand variables would be a million entries otherwise.
package struct ScriptVariables: Sendable, ExpressibleByDictionaryLiteral {
    private(set) var values = SharedMap<ShellVariables.Value>()

    /// Creates variables from a dictionary.
    package init(_ values: [String: String?] = [:]) { merge(values) }

    package init(dictionaryLiteral elements: (String, String?)...) {
        for (name, value) in elements { self[name] = .some(value) }
    }

    /// The value of a variable, `.some(nil)` when it has one that is not known; nil when there is no such variable.
    package subscript(name: String) -> String?? {
        get {
            switch values[name] {
            case nil: nil
            case .scalar(.known(let text)): .some(text)
            default: .some(nil)
            }
        }
        set {
            values[name] = newValue.map { value in .scalar(value.map { .known($0) } ?? .dynamic) }
        }
    }

    /// Sets variables; those that were there have the new values.
    package mutating func merge(_ values: [String: String?]) {
        for (name, value) in values { self[name] = .some(value) }
    }

    /// Returns the variables with others, which win.
    package func merging(_ values: [String: String?]) -> ScriptVariables {
        var result = self
        result.merge(values)
        return result
    }
}
