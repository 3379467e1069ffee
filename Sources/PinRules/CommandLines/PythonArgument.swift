/// An argument of an installer of Python packages: a requirement (PEP 508), a local path, or a URL.
enum PythonArgument {
    /// The pin of an argument; nil for a local archive, whose bytes the build context holds.
    static func pin(_ word: CommandWord, by: String, in command: InstallerCommand) -> Pin? {
        func pin(_ strength: PinStrength, _ reason: String? = nil) -> Pin {
            word.pin(.pythonPackage, strength, by: by, in: command, reason: reason)
        }
        guard let text = word.text else { return pin(.unknown) }
        if text.isEmpty || isArchive(text) { return nil }
        if isProject(text) {
            return word.pin(
                .pythonProject, .floating, by: by, in: command, reason: "its dependencies are resolved at build time")
        }
        guard let requirement = try? Requirement(text) else {
            if text.hasPrefix("git+") { return GitReference.pin(word, url: text, by: by, in: command) }
            return text.containsText("://") ? pin(url(text)) : pin(.unknown, "it is no requirement that pip reads")
        }
        if let url = requirement.url {
            if url.hasPrefix("git+") { return GitReference.pin(word, url: url, by: by, in: command) }
            return pin(Self.url(url))
        }
        let (strength, reason) = PinnedVersion.strength(of: requirement.specifiers)
        return pin(strength, reason)
    }

    /// `file.whl#sha256=...` is pinned by its hash, a URL without one by its name at most.
    static func url(_ text: String) -> PinStrength {
        let fragment = text.split(separator: "#", maxSplits: 1).dropFirst().first ?? ""
        let isHashed = fragment.split(separator: "&").contains { part in
            let words = part.split(separator: "=", maxSplits: 1)
            guard words.count == 2, let algorithm = HashAlgorithm(rawValue: String(words[0])) else { return false }
            return !algorithm.isWeak && Digest(algorithm, hex: words[1]) != nil
        }
        return isHashed ? .hashed : .exact
    }

    /// A file that the build context or an earlier instruction put there.
    private static func isArchive(_ text: String) -> Bool {
        guard !text.containsText("://") else { return false }
        // A pattern of file names, `dist/*`.
        if text.hasSuffix("*"), text.containsText("/") { return true }
        return [".whl", ".tar.gz", ".zip", ".tar.bz2", ".tgz"].contains { text.hasSuffix($0) }
            || text.hasSuffix("]") && text.containsText(".whl[")
    }

    /// A folder with a project: `.`, `./x[extra]`, `/src/x`.
    private static func isProject(_ text: String) -> Bool {
        if text.containsText("://") || text.containsText(" @ ") { return false }
        let path = text.split(separator: "[", maxSplits: 1).first ?? ""
        return path == "." || path == ".." || path.utf8.contains(0x2F) || path.hasPrefix("~")
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
