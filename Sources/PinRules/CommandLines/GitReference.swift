import EnvironmentInventory

/// What a git reference pins: a commit is a hash, a tag is exact, a branch or nothing floats.
enum GitReference {
    /// Whether a text is a whole commit id, SHA-1 or SHA-256.
    static func isCommit(_ text: some StringProtocol) -> Bool {
        (text.utf8.count == 40 || text.utf8.count == 64)
            && text.utf8.allSatisfy {
                $0.isLowercaseHexDigit || (UInt8(ascii: "A")...UInt8(ascii: "F")).contains($0)
            }
    }

    /// Whether a text looks like a commit id cut short, `b7d29fb`: it names one commit as long as no other begins so.
    static func isAbbreviatedCommit(_ text: some StringProtocol) -> Bool {
        (7..<40).contains(text.utf8.count)
            && text.utf8.allSatisfy { $0.isLowercaseHexDigit }
            && text.utf8.contains { $0 < UInt8(ascii: ":") } && text.utf8.contains { $0 > UInt8(ascii: "`") }
    }

    /// Whether a name looks like the tag of a release: `v1.2`, `1.2.3`, `release-2024.1`.
    ///
    /// Git itself tells tags from branches only with the repository at hand, so this is about what people write.
    static func isRelease(_ text: some StringProtocol) -> Bool {
        let lowered = text.lowercased()
        // `branch-25.06`, `1.2.x`, `release/1.2` are names of branches that collect fixes.
        if lowered.containsText("branch") || lowered.hasSuffix(".x") || lowered.hasPrefix("release/") { return false }
        var longest = 0
        var run = 0
        for part in text.split(whereSeparator: { ".-_/vV".contains($0) }) {
            // `n8.1`, `b4827`: one letter in front of a number. `r1.15` is how branches are named.
            let isLettered = (part.first?.isLetter ?? false) && part.first != "r"
            let number = isLettered ? part.dropFirst() : part
            if isLettered, number.count > 2, number.allSatisfy(\.isNumber) { return true }
            run = number.first?.isNumber ?? false ? run + 1 : 0
            longest = max(longest, run)
        }
        // `v1.2`, `v2_02_103`, `2024-01-31`: two numbers that stand together, divided by a dot unless there are three.
        return longest > 2 || longest == 2 && text.contains(".")
    }

    /// The strength of a reference; nil for none.
    static func strength(_ reference: (some StringProtocol)?) -> (PinStrength, String?) {
        guard let reference, !reference.isEmpty else {
            return (.floating, "it takes the default branch as it is today")
        }
        if isCommit(reference) { return (.hashed, nil) }
        if reference.hasPrefix("refs/tags/") || reference.hasPrefix("tags/") || isRelease(reference) {
            return (.exact, nil)
        }
        if isAbbreviatedCommit(reference) { return (.exact, "\(reference) is a commit id cut short") }
        return (.floating, "\(reference) is a branch or a tag that can move")
    }

    /// The pin of `git+https://host/repo.git@reference#egg=x` (pip) or `host/repo.git#reference` (npm, ADD).
    static func pin(_ word: CommandWord, url: String, requestedBy by: String, in command: InstallerCommand) -> Pin {
        let parts = url.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let address = parts.first ?? ""
        var reference: Substring?
        // An @ behind the last slash of the path is a reference; one before it belongs to the user name.
        if let at = address.lastIndex(of: "@"), !address[at...].contains("/") || address[at...].contains("refs/"),
            let scheme = String(address).range(ofText: "://"), at > scheme.upperBound,
            address[scheme.upperBound..<at].contains("/")
        {
            reference = address[address.index(after: at)...]
        } else if parts.count == 2, !parts[1].contains("=") {
            reference = parts[1].split(separator: ":").first
        }
        let (strength, reason) = strength(reference)
        return word.pin(.gitCheckout, strength, requestedBy: by, in: command, reason: reason)
    }
}
