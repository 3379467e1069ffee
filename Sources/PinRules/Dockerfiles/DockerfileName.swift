/// The names of Dockerfiles.
package enum DockerfileName {
    /// `Dockerfile` or `Containerfile` in any case, alone or with a prefix or suffix joined by `.`, `-` or `_`, unless the
    /// ending says that it is something else.
    package static func isOne(_ name: String) -> Bool {
        let name = name.lowercased()
        let parts = name.split(omittingEmptySubsequences: true) { ".-_".contains($0) }
        guard parts.contains(where: { $0 == "dockerfile" || $0 == "containerfile" }) else { return false }
        guard let last = parts.last, let dot = name.lastIndex(of: ".") else { return true }
        return name[name.index(after: dot)...] != last || !otherEndings.contains(last)
    }

    /// The endings of files that speak of a Dockerfile and are none.
    private static let otherEndings: Set<Substring> = [
        "md", "rst", "txt", "py", "sh", "js", "ts", "go", "rs", "json", "yml", "yaml", "html", "htm", "dockerignore",
        "template", "tmpl", "tpl", "j2", "jinja", "jinja2", "erb", "in", "lock", "toml", "png", "svg", "swift", "java",
        "rb", "patch", "diff", "hcl", "bak", "orig", "swp", "log", "css", "xml", "pyc", "cfg", "ini", "map", "mjs",
        "cjs",
        "jsx", "tsx", "vue", "ipynb", "csv", "pdf", "jpg", "gif", "ico", "zip", "gz", "c", "h", "cpp", "kt", "php",
        "pl",
        "lua", "ps1", "bat", "sum", "sig", "asc", "mdx", "mdown", "markdown", "adoc", "asciidoc", "rmd", "qmd", "tex",
        "scss", "less", "webp", "mp4", "drawio", "whl", "pem", "crt", "ejs", "hbs", "mustache", "liquid", "snap",
    ]
}
