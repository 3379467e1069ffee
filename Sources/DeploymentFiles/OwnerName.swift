/// The name of an owner, as CODEOWNERS, Backstage or a declaration writes it.
package struct OwnerName: Sendable, Hashable, CustomStringConvertible {
    /// The name as written.
    package let description: String

    /// Creates a name.
    package init(_ text: String) { description = text }

    /// The name that `@org/team`, `group:team`, `group:default/team` and `team` have in common.
    package var canonical: String {
        var name = Substring(description)
        if name.first == "@" { name = name.dropFirst() }
        if let colon = name.firstIndex(of: ":") { name = name[name.index(after: colon)...] }
        if let slash = name.lastIndex(of: "/") { name = name[name.index(after: slash)...] }
        return name.lowercased()
    }
}
