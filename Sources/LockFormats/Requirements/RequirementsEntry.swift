import EnvironmentInventory
import SourceDocuments

/// Reads the text of one requirement: a PEP 508 requirement, a URL, a VCS reference or a local path, told apart as pip does.
enum RequirementsEntry {
    private static let versionControlSchemes = ["git+", "hg+", "svn+", "bzr+"]
    private static let urlSchemes = ["http://", "https://", "file:", "ftp://"]
    private static let archiveEndings = [".whl", ".zip", ".tar.gz", ".tgz", ".tar", ".tar.bz2", ".tar.xz"]

    /// Whether a text holds `${NAME}`.
    static func hasVariable(_ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        while let dollar = rest.firstIndex(of: UInt8(ascii: "$")) {
            rest = rest[(dollar + 1)...]
            guard rest.first == UInt8(ascii: "{"), let end = rest.firstIndex(of: UInt8(ascii: "}")) else { continue }
            let name = rest[(dollar + 2)..<end]
            let isName = name.allSatisfy {
                $0.isASCIIUppercase || $0.isASCIIDigit || $0 == UInt8(ascii: "_")
            }
            if !name.isEmpty, isName { return true }
        }
        return false
    }

    /// Reads a requirement that is not editable.
    static func read(
        _ text: String, file: String, range: SourceRange, kind: LockRequirement.Kind
    ) -> LockRequirement {
        var entry = LockRequirement(
            ecosystem: .pypi, kind: kind, name: nil, text: text, version: nil, strength: .floating, file: file,
            range: range)
        readAny(text, into: &entry)
        if hasVariable(text) { markVariable(&entry) }
        return entry
    }

    private static func readAny(_ text: String, into entry: inout LockRequirement) {
        let isURL = (urlSchemes + versionControlSchemes).contains { text.lowercased().hasPrefix($0) }
        // In a URL a semicolon belongs to the marker only behind a space.
        let parts = split(text, isURL ? " ;" : ";") ?? (isURL ? split(text, "; ") : nil)
        let head = (parts?.head ?? text).trimmingSpaces()
        if isURL {
            entry.marker = parts?.tail
            readURL(head, into: &entry)
            return
        }
        let namesURL = head.contains("@") && !looksLikePath(String(head.prefix { $0 != "@" }))
        let isArchive = archiveEndings.contains { head.lowercased().hasSuffix($0) }
        if !namesURL, looksLikePath(head) || isArchive {
            entry.marker = parts?.tail
            readPath(head, isEditable: false, into: &entry)
            return
        }
        switch PythonRules.requirement(text) {
        case .failure(let error):
            if hasVariable(text) {
                entry.name = PythonRules.leadingName(text)
            } else {
                entry.strength = .unknown
                entry.problems.append(
                    LockProblem(kind: .unreadable, file: entry.file, range: entry.range, message: error.reason))
            }
        case .success(let parsed):
            entry.name = parsed.name
            entry.extras = parsed.extras
            entry.specifier = parsed.specifier
            entry.marker = parsed.marker
            if let url = parsed.url {
                readURL(url, into: &entry)
                entry.name = parsed.name
            } else {
                entry.version = parsed.pinnedVersion
                entry.strength = parsed.pinnedVersion == nil ? .floating : .exact
            }
        }
    }

    /// Reads the value of `-e`.
    static func editable(
        _ text: String, file: String, range: SourceRange, kind: LockRequirement.Kind
    ) -> LockRequirement {
        var entry = LockRequirement(
            ecosystem: .pypi, kind: kind, name: nil, text: "-e " + text, version: nil, strength: .floating, file: file,
            range: range)
        let lower = text.lowercased()
        if (urlSchemes + versionControlSchemes).contains(where: { lower.hasPrefix($0) }) {
            readURL(text, into: &entry)
        } else if case .success(let parsed) = PythonRules.requirement(text), let url = parsed.url {
            readURL(url, into: &entry)
            entry.name = parsed.name
            entry.extras = parsed.extras
        } else {
            let parts = split(text, ";")
            entry.marker = parts?.tail
            readPath((parts?.head ?? text).trimmingSpaces(), isEditable: true, into: &entry)
        }
        if hasVariable(text) { markVariable(&entry) }
        return entry
    }

    private static func markVariable(_ entry: inout LockRequirement) {
        entry.strength = .unknown
        entry.version = nil
        entry.problems.append(
            LockProblem(
                kind: .unresolvedVariable, file: entry.file, range: entry.range,
                message: "\(entry.text) depends on a variable of the environment"))
    }

    private static func split(_ text: String, _ separator: String) -> (head: String, tail: String)? {
        let bytes = Array(text.utf8)
        let mark = Array(separator.utf8)
        guard bytes.count >= mark.count else { return nil }
        for index in 0...(bytes.count - mark.count) where bytes[index..<index + mark.count].elementsEqual(mark) {
            let head = String(decoding: bytes[..<index], as: UTF8.self)
            return (head, String(decoding: bytes[(index + mark.count)...], as: UTF8.self).trimmingSpaces())
        }
        return nil
    }

    private static func looksLikePath(_ text: String) -> Bool { text.contains("/") || text.hasPrefix(".") }

    private static func readPath(_ text: String, isEditable: Bool, into entry: inout LockRequirement) {
        var path = text
        if path.hasSuffix("]"), let open = path.lastIndex(of: "[") {
            entry.extras = path[path.index(after: open)...].dropLast().split(separator: ",").map {
                PythonRules.normalizedName($0.trimmingSpaces())
            }
            path = String(path[..<open])
        }
        entry.origin = .path(path, editable: isEditable)
        nameFromFile(path, into: &entry)
        // A wheel that lies beside the file is named with its version, but nothing says that its bytes stay the same.
        entry.strength = entry.version == nil ? .floating : .exact
    }

    /// A wheel's or source archive's file name gives name and version.
    private static func nameFromFile(_ url: String, into entry: inout LockRequirement) {
        guard let fileName = LockText.fileName(ofURL: url), let named = PythonRules.archive(fileName) else { return }
        entry.name = entry.name ?? named.name
        entry.version = named.version
    }

    /// `scheme://host/path@revision#egg=name&subdirectory=x&sha256=...`
    private static func readURL(_ text: String, into entry: inout LockRequirement) {
        var url = text
        var fragment: [(key: String, value: String)] = []
        if let mark = url.firstIndex(of: "#") {
            fragment = url[url.index(after: mark)...].split(separator: "&").map { pair in
                let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return (String(parts[0]), parts.count == 2 ? String(parts[1]) : "")
            }
            url = String(url[..<mark])
        }
        for (key, value) in fragment {
            if key == "egg" {
                let name = LockText.percentDecoded(value)
                entry.name = PythonRules.normalizedName(String(name.prefix { $0 != "[" && $0 != "=" }))
            } else if let algorithm = HashAlgorithm(rawValue: key.lowercased()),
                let digest = Digest(algorithm, hex: value)
            {
                entry.hashes.append(digest)
                if algorithm.isWeak {
                    entry.problems.append(
                        LockProblem(
                            kind: .weakHash, file: entry.file, range: entry.range,
                            message: "\(algorithm.rawValue) proves nothing"))
                }
            }
        }
        if let scheme = versionControlSchemes.first(where: { url.lowercased().hasPrefix($0) }) {
            var location = String(url.dropFirst(scheme.count))
            var revision: String?
            // An @ before the path belongs to the user's name.
            if let at = location.lastIndex(of: "@"), at > location.pathStart {
                revision = String(location[location.index(after: at)...])
                location = String(location[..<at])
            }
            entry.origin = .git(url: location, revision: revision)
            entry.strength = GitRevision.strength(revision)
            return
        }
        if url.lowercased().hasPrefix("file:") {
            readPath(url, isEditable: false, into: &entry)
        } else {
            entry.origin = .url(text)
            nameFromFile(url, into: &entry)
            entry.strength = entry.version == nil ? .floating : .exact
        }
        if !entry.hashes.isEmpty { entry.strength = .hashed }
    }
}

/// Revisions of version control.
enum GitRevision {
    /// Whether a revision is a whole commit id: 40 hexadecimal digits, or 64 for SHA-256.
    static func isCommit(_ revision: String) -> Bool {
        (revision.utf8.count == 40 || revision.utf8.count == 64)
            && revision.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0 | 0x20) }
    }

    /// Hashed for a commit; exact for what reads like a release's tag; floating for the rest.
    static func strength(_ revision: String?) -> PinStrength {
        guard let revision else { return .floating }
        if isCommit(revision) { return .hashed }
        var digits = revision.utf8[...]
        if let first = digits.first, first | 0x20 == 0x76 { digits = digits.dropFirst() }
        let startsWithNumber = digits.first.map { $0.isASCIIDigit } ?? false
        return startsWithNumber && digits.contains(UInt8(ascii: ".")) ? .exact : .floating
    }
}

extension String {
    /// The index at which the path of a URL starts, behind scheme and host.
    fileprivate var pathStart: String.Index {
        var slashes = 0
        let isWhole = contains("://")
        for index in utf8.indices where utf8[index] == UInt8(ascii: "/") {
            slashes += 1
            if !isWhole || slashes == 3 { return index }
        }
        return endIndex
    }
}
