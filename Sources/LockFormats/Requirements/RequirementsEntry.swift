import EnvironmentInventory
import SourceDocuments

/// Reads the text of one requirement: a PEP 508 requirement, a URL, a VCS reference or a local path, told apart as pip does.
enum RequirementsEntry {
    private static let versionControlSchemes = VersionControl.systems.map { $0 + "+" }
    private static let urlSchemes = ["http://", "https://", "file:", "ftp://"]

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
        _ text: String, file: String, range: SourceRange, kind: LockedPackage.Kind
    ) -> LockedPackage {
        var entry = LockedPackage(
            kind, name: nil, text: text, file: file, range: range)
        readAny(text, into: &entry)
        if hasVariable(text) { markVariable(&entry) }
        return entry
    }

    private static func readAny(_ text: String, into entry: inout LockedPackage) {
        let isURL = (urlSchemes + versionControlSchemes).contains { text.lowercased().hasPrefix($0) }
        // In a URL a semicolon belongs to the marker only after a space.
        let parts = split(text, isURL ? "; " : ";") ?? (isURL ? split(text, " ;") : nil)
        let head = (parts?.head ?? text).trimmingSpaces()
        if isURL {
            entry.marker = parts?.tail
            readURL(head, into: &entry)
            return
        }
        let namesURL = head.contains("@") && !looksLikePath(String(head.prefix { $0 != "@" }))
        let isArchive = PythonRules.isArchive(head)
        if !namesURL, looksLikePath(head) || isArchive {
            entry.marker = parts?.tail
            readPath(head, isEditable: false, into: &entry)
            return
        }
        // An empty marker is none.
        switch PythonRules.requirement(parts?.tail.isEmpty == true ? head : text) {
        case .failure(let error):
            if hasVariable(text) {
                entry.name = PythonRules.leadingName(text)
            } else {
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
            }
        }
    }

    /// Reads the value of `-e`.
    static func editable(
        _ text: String, file: String, range: SourceRange, kind: LockedPackage.Kind
    ) -> LockedPackage {
        var entry = LockedPackage(
            kind, name: nil, text: "-e " + text, file: file, range: range)
        let lower = text.lowercased()
        // pip reads the scheme of a system as that system, `git://` as `git+git://`.
        if let system = VersionControl.systems.first(where: { lower.hasPrefix($0 + ":") }) {
            readURL("\(system)+\(text)", isEditable: true, into: &entry)
        } else if (urlSchemes + versionControlSchemes).contains(where: { lower.hasPrefix($0) }) {
            let parts = split(text, "; ")
            entry.marker = parts?.tail
            readURL((parts?.head ?? text).trimmingSpaces(), isEditable: true, into: &entry)
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

    private static func markVariable(_ entry: inout LockedPackage) {
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

    private static func readPath(_ text: String, isEditable: Bool, into entry: inout LockedPackage) {
        var path = text
        if path.hasSuffix("]"), let open = path.lastIndex(of: "[") {
            entry.extras = path[path.index(after: open)...].dropLast().split(separator: ",").map {
                PythonRules.normalizedName($0.trimmingSpaces())
            }
            path = String(path[..<open])
        }
        entry.origin = .path(path, isEditable: isEditable, subdirectory: nil)
        nameFromFile(path, into: &entry)
    }

    /// Takes name and version from the file name of a wheel, and the version from that of a source archive whose name is
    /// known. Installers hold a wheel to its file name; a source archive says only when it is built what it is.
    private static func nameFromFile(_ url: String, into entry: inout LockedPackage) {
        let path = url.lowercased().hasPrefix("file:") ? String(url.dropFirst(5)) : url
        guard let fileName = LockText.fileName(ofURL: path), let named = PythonRules.archive(fileName) else { return }
        if fileName.hasSuffix(".whl") {
            entry.name = entry.name ?? named.name
            entry.version = named.version
        } else if entry.name == named.name {
            entry.version = named.version
        }
    }

    /// What the fragment of a URL says.
    private struct Fragment {
        var subdirectory: String?
        var hashes: [Digest] = []

        /// Reads `egg=name[extras]&subdirectory=x&sha256=...`
        /// (https://pip.pypa.io/en/stable/topics/vcs-support/#url-fragments).
        init(_ text: Substring, into entry: inout LockedPackage) {
            for pair in text.split(separator: "&") {
                let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                let (key, value) = (String(parts[0]), parts.count == 2 ? String(parts[1]) : "")
                if key == "egg" {
                    let name = PercentEncoding.decode(value)
                    let bare = PythonRules.normalizedName(String(name.prefix { $0 != "[" && $0 != "=" }))
                    entry.name = bare.isEmpty ? nil : bare
                } else if key == "subdirectory" {
                    subdirectory = value.isEmpty ? nil : PercentEncoding.decode(value)
                } else if let algorithm = HashAlgorithm(rawValue: key.lowercased()),
                    let digest = Digest(algorithm, hex: value)
                {
                    hashes.append(digest)
                    guard algorithm.isWeak else { continue }
                    entry.problems.append(
                        LockProblem(
                            kind: .weakHash, file: entry.file, range: entry.range,
                            message: "\(algorithm.rawValue) proves nothing"))
                }
            }
        }
    }

    /// Reads `scheme://host/path@revision#fragment`.
    private static func readURL(_ text: String, isEditable: Bool = false, into entry: inout LockedPackage) {
        var url = text
        var fragment = Fragment("", into: &entry)
        if let mark = url.firstIndex(of: "#") {
            fragment = Fragment(url[url.index(after: mark)...], into: &entry)
            url = String(url[..<mark])
        }
        if let system = VersionControl.systems.first(where: { url.lowercased().hasPrefix($0 + "+") }) {
            var location = String(url.dropFirst(system.count + 1))
            var revision: String?
            // An @ before the path belongs to the user's name.
            if let at = location.lastIndex(of: "@"), at > location.pathStart {
                revision = String(location[location.index(after: at)...])
                location = String(location[..<at])
            }
            entry.origin = .repository(
                .init(system: system, url: location, revision: revision, subdirectory: fragment.subdirectory))
            return
        }
        if url.lowercased().hasPrefix("file:") {
            readPath(url, isEditable: isEditable, into: &entry)
        } else {
            // conda-lock writes a mark without a fragment after a URL.
            entry.origin = .archive(url: text.hasSuffix("#") ? url : text, subdirectory: fragment.subdirectory)
            nameFromFile(url, into: &entry)
        }
        entry.setHashes(fragment.hashes)
    }
}

extension String {
    /// The index at which the path of a URL starts, after scheme and host.
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
