import EnvironmentInventory
import SourceDocuments

/// Reads renv.lock, the lock of R projects.
///
/// Format: https://rstudio.github.io/renv/articles/lockfile.html. `Hash` is an md5 over parts of the DESCRIPTION file, not over
/// an archive, so it is not an artifact's hash. A package from version control is pinned by `RemoteSha`. Left out: requirements of
/// the packages, which are locked themselves.
enum RenvLock: LockFormat {
    static let name = "renv.lock"
    static let ecosystem = Ecosystem.cran
    static let advice =
        "Run renv::snapshot(), and name a dated repository: renv.lock holds versions and commits, but no hashes of files"

    static func matches(fileName: String, text: SourceText) -> Bool {
        if fileName == "renv.lock" { return true }
        let head = text.string(0..<4096)
        return fileName.hasSuffix(".lock") && head.hasPrefix("{") && head.contains("\"R\"")
            && head.contains("\"Repositories\"")
    }

    static func read(
        _ text: SourceText, context: LockReadingContext
    ) throws(LockReadingError) -> LockDocument {
        let root = try LockText.json(text)
        var document = LockDocument(format: self, text: text)
        guard let interpreter = try root.fields("R") else { throw root.error("\"R\" is missing") }
        for repository in try interpreter.list("Repositories") {
            document.indexes.append(
                LockIndex(
                    kind: document.indexes.isEmpty ? .primary : .extra, url: try repository.requiredString("URL"),
                    file: text.name, range: repository.range))
        }
        guard let table = try root.fields("Packages") else { throw root.error("\"Packages\" is missing") }
        for member in table.table.members {
            let fields = try DocumentFields(member.value, file: text.name, what: "a package")
            let name = try fields.string("Package") ?? member.key
            let version = try fields.string("Version")
            var requirement = LockedPackage(
                .locked, ecosystem: .cran, name: name, version: version,
                text: name + (version.map { "@" + $0 } ?? ""), file: text.name,
                range: SourceRange(start: member.keyPlace, end: fields.range.end))
            requirement.origin = try origin(fields, name: name)
            document.add(requirement)
        }
        document.gaps = gaps(root, file: text.name)
        document.selection = RequirementsSelection(file: text.name, requirements: document.requirements)
        return document
    }

    /// The members of the file that say nothing of packages, or whose packages are read.
    private static let members: Set<String> = ["R", "Packages", "Bioconductor", "renv", "Python"]

    /// What else renv restores: the packages of a Python, which stand in files of their own
    /// (https://rstudio.github.io/renv/articles/python.html), and tables that nobody knows here.
    private static func gaps(_ root: DocumentFields, file: String) -> [Gap] {
        root.table.members.compactMap { member in
            let reason: String
            if member.key == "Python", let type = member.value.table?["Type"]?.string {
                reason = "renv restores Python packages of a \(type) too, which the lock does not hold"
            } else if !members.contains(member.key), member.value.table != nil || member.value.array != nil {
                reason = "Pinproof does not know this part of renv.lock"
            } else {
                return nil
            }
            return Gap(member.key, reason: reason, source: FileLocation(file: file, line: member.keyPlace.line))
        }
    }

    /// The repository of a package: its URL, or the names that its host knows it by.
    private static func repository(_ fields: DocumentFields) throws(LockReadingError) -> String? {
        if let url = try fields.string("RemoteUrl") { return url }
        guard let name = try fields.string("RemoteRepo") else { return nil }
        guard let user = try fields.string("RemoteUsername") else { return name }
        // The host is that of the programming interface: `api.` and a path come with it.
        guard let host = try fields.string("RemoteHost")?.prefix(while: { $0 != "/" }), !host.isEmpty else {
            return "\(user)/\(name)"
        }
        return "https://\(host.hasPrefix("api.") ? host.dropFirst(4) : host)/\(user)/\(name)"
    }

    /// The values of `Source` (https://rstudio.github.io/renv/articles/lockfile.html#package-records) for what renv installs
    /// from a repository of packages.
    private static let repositories: Set<String> = ["Repository", "CRAN", "Bioconductor", "RSPM", "PPM", "Posit"]
    /// The values of `Source` for what renv installs from version control.
    private static let versionControl: Set<String> = ["GitHub", "GitLab", "Bitbucket", "git2r", "xgit", "Git", "git"]

    private static func origin(
        _ fields: DocumentFields, name: String
    ) throws(LockReadingError) -> LockedPackage.Origin {
        let source = try fields.string("Source")
        let url = try fields.string("RemoteUrl")
        let repository = try repository(fields) ?? name
        let subdirectory = try fields.string("RemoteSubdir")
        if let commit = try fields.string("RemoteSha"), GitRevision.isCommit(commit) {
            return .repository(.init(url: repository, revision: commit, subdirectory: subdirectory))
        }
        guard let source, !repositories.contains(source) else { return .index }
        if source == "Local" { return .path(url ?? name, isEditable: false, subdirectory: subdirectory) }
        if versionControl.contains(source) {
            return .repository(
                .init(
                    url: repository, revision: try fields.string("RemoteRef"), isBranch: true,
                    subdirectory: subdirectory))
        }
        if source == "URL", let url { return .archive(url: url, subdirectory: subdirectory) }
        // renv names a repository of its own by the name that the project gave it.
        if try fields.string("Repository") != nil { return .index }
        return .unknown("Pinproof does not know the source \(source)")
    }
}
