import EnvironmentInventory
import SourceDocuments

/// Reads renv.lock, the lock of R projects.
///
/// Format: https://rstudio.github.io/renv/articles/lockfile.html. `Hash` is an md5 over parts of the DESCRIPTION file, not over
/// an archive, so it is no artifact's hash. A package from version control is pinned by `RemoteSha`. Left out: requirements of
/// the packages, which are locked themselves.
enum RenvLock: LockFormat {
    static let name = "renv.lock"

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
            var requirement = LockRequirement(
                ecosystem: .cran, kind: .locked, name: name, text: name + (version.map { "@" + $0 } ?? ""),
                version: version, strength: version == nil ? .floating : .exact, file: text.name,
                range: SourceRange(start: member.keyPlace, end: fields.range.end))
            if let commit = try fields.string("RemoteSha"), GitRevision.isCommit(commit) {
                let url = try fields.string("RemoteUrl")
                let repository = try fields.string("RemoteRepo")
                requirement.origin = .git(url: url ?? repository ?? name, revision: commit)
                requirement.strength = .hashed
            } else if try fields.string("Source") == "Local" {
                requirement.origin = .path(try fields.string("RemoteUrl") ?? name, editable: false)
            }
            document.requirements.append(requirement)
        }
        document.selection = RequirementsSelection(file: text.name, requirements: document.requirements)
        return document
    }
}
