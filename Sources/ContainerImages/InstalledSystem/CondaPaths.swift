/// Paths of conda packages that are the same in the package and in every environment.
package enum CondaPaths {
    /// The path without what depends on the interpreter: `lib/python3.11/site-packages/x` and a noarch package's
    /// `site-packages/x` are `site-packages/x`, a noarch package's `python-scripts/x` is `bin/x`.
    package static func canonical(_ path: String) -> String {
        if path.hasPrefix("python-scripts/") { return "bin/" + path.dropFirst("python-scripts/".count) }
        let parts = path.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        if parts.count == 4, parts[0] == "lib", parts[1].hasPrefix("python"), parts[2] == "site-packages" {
            return "site-packages/" + parts[3]
        }
        return path
    }

    /// The path under which a link's target has its part in the content digest.
    package static func link(_ path: String) -> String { "<link>/" + path }
}
