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
        document.selection = RequirementsSelection(file: text.name, requirements: document.requirements)
        return document
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
        let repository = try fields.string("RemoteRepo")
        let subdirectory = try fields.string("RemoteSubdir")
        if let commit = try fields.string("RemoteSha"), GitRevision.isCommit(commit) {
            return .repository(.init(url: url ?? repository ?? name, revision: commit, subdirectory: subdirectory))
        }
        guard let source, !repositories.contains(source) else { return .index }
        if source == "Local" { return .path(url ?? name, isEditable: false, subdirectory: subdirectory) }
        if versionControl.contains(source) {
            return .repository(
                .init(
                    url: url ?? repository ?? name, revision: try fields.string("RemoteRef"), isBranch: true,
                    subdirectory: subdirectory))
        }
        if source == "URL", let url { return .archive(url: url, subdirectory: subdirectory) }
        // renv names a repository of its own by the name that the project gave it.
        if try fields.string("Repository") != nil { return .index }
        return .unknown("Pinproof does not know the source \(source)")
    }
}
