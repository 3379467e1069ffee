import EnvironmentInventory
import SourceDocuments

/// Revisions of version control.
enum GitRevision {
    /// Returns whether a revision is a whole commit id: 40 hexadecimal digits, or 64 for SHA-256.
    static func isCommit(_ revision: String) -> Bool {
        (revision.utf8.count == 40 || revision.utf8.count == 64)
            && revision.utf8.allSatisfy {
                $0.isASCIIDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0 | 0x20)
            }
    }

    /// Returns hashed for a commit; exact for what reads like a release's tag; floating for the rest.
    static func strength(_ revision: String?) -> PinStrength {
        guard let revision else { return .floating }
        if isCommit(revision) { return .hashed }
        var digits = revision.utf8[...]
        if let first = digits.first, first | 0x20 == UInt8(ascii: "v") { digits = digits.dropFirst() }
        let startsWithNumber = digits.first.map { $0.isASCIIDigit } ?? false
        return startsWithNumber && digits.contains(UInt8(ascii: ".")) ? .exact : .floating
    }
}

extension LockedPackage.Repository {
    /// The members of a query that say what of the repository is meant.
    private static let members: Set<Substring> = ["rev", "tag", "branch", "subdirectory", "lfs"]

    /// Creates a repository from its URL as uv, pixi and conda-lock write it:
    /// `[git+]https://host/repository?rev=main&subdirectory=sub#COMMIT`, or with `@COMMIT` in place of the fragment.
    ///
    /// Without a commit the revision is what the query asks for.
    init(source: String) {
        var location = source[...]
        if location.hasPrefix("git+") { location = location.dropFirst(4) }
        var revision: Substring?
        var subdirectory: String?
        if let mark = location.firstIndex(of: "#") {
            for part in location[location.index(after: mark)...].split(separator: "&") {
                if part.hasPrefix("subdirectory=") {
                    subdirectory = PercentEncoding.decode(String(part.dropFirst(13)))
                } else if !part.contains("=") {
                    revision = part
                }
            }
            location = location[..<mark]
        }
        var asked: Substring?
        var isBranch = false
        var isTag = false
        if let mark = location.firstIndex(of: "?") {
            var kept: [Substring] = []
            for part in location[location.index(after: mark)...].split(separator: "&") {
                let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard pair.count == 2, Self.members.contains(pair[0]) else {
                    kept.append(part)
                    continue
                }
                switch pair[0] {
                case "rev", "tag":
                    asked = pair[1]
                    isTag = pair[0] == "tag"
                case "branch":
                    asked = pair[1]
                    isBranch = true
                case "subdirectory": subdirectory = PercentEncoding.decode(String(pair[1]))
                default: break
                }
            }
            location = location[..<mark] + (kept.isEmpty ? "" : "?" + kept.joined(separator: "&"))
        }
        if revision == nil, let at = location.lastIndex(of: "@") {
            let tail = location[location.index(after: at)...]
            if GitRevision.isCommit(String(tail)) {
                revision = tail
                location = location[..<at]
            }
        }
        self.init(
            url: String(location), revision: (revision ?? asked).map { PercentEncoding.decode(String($0)) },
            isBranch: revision == nil && isBranch, subdirectory: subdirectory.flatMap { $0.isEmpty ? nil : $0 })
        self.isTag = revision == nil && isTag
    }
}

/// Version control systems, as pip, pdm and Pipenv name them (https://pip.pypa.io/en/stable/topics/vcs-support/).
enum VersionControl {
    static let systems = ["git", "hg", "svn", "bzr"]
}
