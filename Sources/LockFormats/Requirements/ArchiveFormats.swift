/// Which archives pip takes of a package, as `--no-binary` and `--only-binary` say one after the other
/// (https://github.com/pypa/pip/blob/25.0/src/pip/_internal/models/format_control.py).
struct ArchiveFormats {
    private var source: Set<String> = []
    private var wheels: Set<String> = []
    private static let all = ":all:"
    private static let none = ":none:"

    /// Applies `--no-binary`.
    mutating func noBinary(_ value: String) { Self.apply(value, to: &source, against: &wheels) }

    /// Applies `--only-binary`.
    mutating func onlyBinary(_ value: String) { Self.apply(value, to: &wheels, against: &source) }

    private static func apply(_ value: String, to own: inout Set<String>, against other: inout Set<String>) {
        var names = value.split(separator: ",", omittingEmptySubsequences: false)[...]
        while let place = names.firstIndex(where: { $0 == all }) {
            other = []
            own = [all]
            names = names[(place + 1)...]
            // All names stand until `:none:` takes them away.
            if !names.contains(where: { $0 == none }) { return }
        }
        for name in names {
            if name == none {
                own = []
            } else {
                let name = PythonRules.normalizedName(String(name))
                other.remove(name)
                own.insert(name)
            }
        }
    }

    /// Whether pip builds a package, by its normalised name, though there are wheels of it.
    func isBuilt(_ name: String) -> Bool {
        if wheels.contains(name) { return false }
        if source.contains(name) { return true }
        return !wheels.contains(Self.all) && source.contains(Self.all)
    }
}
