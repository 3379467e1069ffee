import EnvironmentInventory
import SourceDocuments

/// Reads a match specification of conda
/// (https://docs.conda.io/projects/conda/en/stable/user-guide/concepts/pkg-specs.html#package-match-specifications):
/// `[channel[/subdir]::]name[ version[ build]]`, with `=` in place of the spaces, or `name[key=value, ...]`, or a package's URL.
///
/// `name=1.8` means `1.8.*` and floats; `name==1.8` and `name=1.8=build` pin one version.
enum CondaSpecification {
    static func requirement(_ written: String, file: String, range: SourceRange) -> LockedPackage {
        var requirement = LockedPackage(
            .declared, ecosystem: .conda, name: nil, text: written, file: file, range: range)
        var text = written
        // A channel may be a URL, too: `https://host:443::flask=1.0.2`.
        if let colons = text.indexBehindChannel {
            text = String(text[colons...])
        } else if written.contains("://") {
            readURL(written, into: &requirement)
            return requirement
        }
        var brackets: [String: String] = [:]
        if let open = text.firstIndex(of: "["), text.hasSuffix("]") {
            brackets = keys(text[text.index(after: open)...].dropLast())
            text = String(text[..<open])
        }
        text = text.trimmingSpaces()
        let name = text.prefix { !" =<>!~".contains($0) }
        if !name.isEmpty { requirement.name = name.lowercased() }
        var version = text.dropFirst(name.count).trimmingSpaces()
        var build = brackets["build"]
        if let given = brackets["version"] { version = given }
        // `=1.8=build`, `==1.8=build` or `1.8 build`
        if version.hasPrefix("="), !version.hasPrefix("===") {
            let bare = version.dropFirst(version.hasPrefix("==") ? 2 : 1)
            let parts = bare.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2, !parts[1].isEmpty,
                !withoutEpoch(parts[0]).contains(where: { "<>!~,|".contains($0) })
            {
                version = "==" + parts[0]
                build = String(parts[1])
            }
        } else if let space = version.firstIndex(of: " "), !version[..<space].hasSuffix(",") {
            let head = version[..<space].trimmingSpaces()
            let tail = version[space...].trimmingSpaces()
            let joins = head.allSatisfy { "<>=!~".contains($0) } || tail.hasPrefix(",") || tail.hasPrefix("|")
            if joins {
                version = head + tail
            } else {
                version = head
                build = tail
            }
        }
        requirement.specifier = version
        requirement.version = exactVersion(version, hasBuild: build != nil)
        var hashes: [Digest] = []
        if let hex = brackets["sha256"], let digest = Digest(.sha256, hex: hex) { hashes.append(digest) }
        if let hex = brackets["md5"], let digest = Digest(.md5, hex: hex) { hashes.append(digest) }
        requirement.setHashes(hashes)
        return requirement
    }

    /// The one version that a version specification allows, or nil.
    private static func exactVersion(_ text: String, hasBuild: Bool) -> String? {
        var version = text[...]
        if version.hasPrefix("===") {
            version = version.dropFirst(3)
        } else if version.hasPrefix("==") {
            version = version.dropFirst(2)
        } else if version.hasPrefix("=") {
            return nil
        } else if version.first.map({ "<>!~^".contains($0) }) ?? true {
            return nil
        }
        let bare = version.trimmingSpaces()
        let release = withoutEpoch(bare[...])
        return release.isEmpty || release.contains(where: { "*<>=!,|~ ".contains($0) }) ? nil : bare
    }

    /// A version without its epoch, `164.3095` of `1!164.3095`.
    private static func withoutEpoch(_ version: Substring) -> Substring {
        let epoch = version.prefix { $0.isASCII && $0.isNumber }
        let rest = version.dropFirst(epoch.count)
        return !epoch.isEmpty && rest.first == "!" ? rest.dropFirst() : version
    }

    private static func keys(_ text: Substring) -> [String: String] {
        var keys: [String: String] = [:]
        var quote: Character?
        var part = ""
        func finish() {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if pair.count == 2 { keys[pair[0].trimmingSpaces()] = pair[1].trimmingSpaces() }
            part = ""
        }
        for character in text {
            if character == quote {
                quote = nil
            } else if quote == nil, character == "'" || character == "\"" {
                quote = character
            } else if quote == nil, character == "," {
                finish()
            } else {
                part.append(character)
            }
        }
        finish()
        return keys
    }

    private static func readURL(_ written: String, into requirement: inout LockedPackage) {
        let parts = written.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        requirement.origin = .archive(url: String(parts[0]), subdirectory: nil)
        if let fileName = LockText.fileName(ofURL: String(parts[0])), let named = CondaNames.parts(ofFileName: fileName)
        {
            requirement.name = named.name
            requirement.version = named.version
        }
        let digest = parts.count == 2 ? Digest(.md5, hex: parts[1]) ?? Digest(String(parts[1])) : nil
        requirement.setHashes(digest.map { [$0] } ?? [])
    }

    /// A conda version specification of Python as PEP 440 writes it; nil where it cannot be said.
    static func pythonSpecifier(_ text: String) -> String? {
        if text.contains("|") { return nil }
        var parts: [String] = []
        for part in text.split(separator: ",") {
            var part = part.trimmingSpaces()
            if part.hasPrefix("="), !part.hasPrefix("==") { part = "==" + part.dropFirst() + ".*" }
            if let first = part.first, first.isNumber { part = "==" + part }
            part = part.hasSuffix(".*.*") ? String(part.dropLast(2)) : part
            if part.hasPrefix("==") || part.hasPrefix("!=") || part.hasPrefix("~=") || !part.hasSuffix(".*") {
                parts.append(part)
            } else {
                parts.append(String(part.dropLast(2)))
            }
        }
        return parts.joined(separator: ",")
    }
}

extension String {
    /// The index after `::`, or nil.
    fileprivate var indexBehindChannel: String.Index? {
        var previous: Character?
        for index in indices {
            if self[index] == ":", previous == ":" { return self.index(after: index) }
            previous = self[index]
        }
        return nil
    }
}
