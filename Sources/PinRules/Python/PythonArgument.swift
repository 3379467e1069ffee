import EnvironmentInventory
import PythonPackaging

/// An argument of an installer of Python packages: a requirement (PEP 508), a local path, or a URL.
enum PythonArgument {
    /// The pin of an argument; nil for a local archive, whose bytes the build context holds.
    static func pin(_ word: CommandWord, requestedBy by: String, in command: InstallerCommand) -> Pin? {
        func pin(_ strength: PinStrength, _ reason: String? = nil) -> Pin {
            word.pin(.pythonPackage, strength, requestedBy: by, in: command, reason: reason)
        }
        guard let text = word.text else { return pin(.unknown) }
        if text.isEmpty || isArchive(text) { return nil }
        if isProject(text) {
            return word.pin(
                .pythonProject, .floating, requestedBy: by, in: command,
                reason: "its dependencies are resolved at build time")
        }
        guard let requirement = try? Requirement(text) else {
            if text.hasPrefix("git+") { return GitReference.pin(word, url: text, requestedBy: by, in: command) }
            if text.containsText("://") {
                let (strength, reason) = url(text)
                return pin(strength, reason)
            }
            // `find dist -exec pip install {}` names files that the build made.
            return pin(.unknown, text.contains("{}") ? nil : "it is not a requirement that pip reads")
        }
        if let url = requirement.url {
            if url.hasPrefix("git+") { return GitReference.pin(word, url: url, requestedBy: by, in: command) }
            let (strength, reason) = Self.url(url)
            return pin(strength, reason)
        }
        let (strength, reason) = PinnedVersion.strength(of: requirement.specifiers)
        return pin(strength, reason)
    }

    /// `file.whl#sha256=...` is pinned by its hash; without one a URL is exact when it names a version or a commit.
    static func url(_ text: String) -> (PinStrength, String?) {
        let parts = text.split(separator: "#", maxSplits: 1)
        let isHashed = (parts.dropFirst().first ?? "").split(separator: "&").contains { part in
            let words = part.split(separator: "=", maxSplits: 1)
            guard words.count == 2, let algorithm = HashAlgorithm(rawValue: String(words[0])) else { return false }
            return !algorithm.isWeak && Digest(algorithm, hex: words[1]) != nil
        }
        if isHashed { return (.hashed, nil) }
        let components = (parts.first ?? "").split(separator: "/").dropFirst(2)
        let namesVersion = components.contains { component in
            var name = String(component)
            for ending in [".tar.gz", ".tgz", ".zip", ".tar.bz2", ".whl"] where name.hasSuffix(ending) {
                name.removeLast(ending.count)
            }
            return component.hasSuffix(".whl") || GitReference.isCommit(name) || GitReference.isRelease(name)
        }
        return namesVersion ? (.exact, nil) : (.floating, "its URL names no version")
    }

    /// A file that the build context or an earlier instruction put there.
    private static func isArchive(_ text: String) -> Bool {
        guard !text.containsText("://") || text.hasPrefix("file://") else { return false }
        // A pattern of file names, `dist/*`.
        if text.hasSuffix("*"), text.containsText("/") { return true }
        return [".whl", ".tar.gz", ".zip", ".tar.bz2", ".tgz"].contains { text.hasSuffix($0) }
            || text.hasSuffix("]") && text.containsText(".whl[")
    }

    /// A folder with a project: `.`, `./x[extra]`, `/src/x`.
    private static func isProject(_ text: String) -> Bool {
        if text.hasPrefix("file://") { return true }
        if text.containsText("://") || text.containsText(" @ ") { return false }
        let path = text.split(separator: "[", maxSplits: 1).first ?? ""
        return path == "." || path == ".." || path.utf8.contains(UInt8(ascii: "/")) || path.hasPrefix("~")
    }
}

/// How firmly version specifiers pin: one `==` without a wildcard, or `===`, is exact, everything else floats.
enum PinnedVersion {
    static func strength(of specifiers: VersionSpecifierSet) -> (PinStrength, String?) {
        let written = specifiers.description
        if written.isEmpty { return (.floating, nil) }
        if specifiers.exactVersion != nil { return (.exact, nil) }
        if written.contains("*") { return (.floating, "\(written) is a wildcard") }
        return (.floating, "\(written) is a range")
    }
}
