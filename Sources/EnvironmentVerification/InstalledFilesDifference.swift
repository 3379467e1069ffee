import EnvironmentInventory

/// Tells whether the installed files of two Python packages of one version differ where their content digests say nothing: one
/// lost a file, which leaves it without a digest, or has another script.
enum InstalledFilesDifference {
    /// Whether something is known to differ.
    static func isKnown(_ left: Package, _ right: Package) -> Bool {
        guard left.ecosystem == .pypi, right.ecosystem == .pypi else { return false }
        switch (left.recordCheck, right.recordCheck) {
        case (let one?, let other?):
            if let leftDigest = left.installedDigest, let rightDigest = right.installedDigest, leftDigest != rightDigest
            {
                return true
            }
            // Of a package without a record, such as Debian's, nothing is known that the other side could lack.
            if case .uncheckable = one { return false }
            if case .uncheckable = other { return false }
            return (left.contentDigest == nil) != (right.contentDigest == nil)
                || disagreements(one) != disagreements(other)
        case (nil, _?): return left.contentDigest != nil && isOtherThanCaptured(right)
        case (_?, nil): return right.contentDigest != nil && isOtherThanCaptured(left)
        case (nil, nil): return false
        }
    }

    /// Whether an installation is not what a capture with a content digest can have seen without a word: a capture keeps no
    /// disagreements, and its digest covers what lies in the package's directory.
    private static func isOtherThanCaptured(_ installed: Package) -> Bool {
        if !installed.foreignLaunchers.isEmpty { return true }
        guard case .altered(let disagreements)? = installed.recordCheck else { return false }
        guard let location = installed.location, installed.contentDigest != nil else { return true }
        return disagreements.contains { !$0.path.hasPrefix(location + "/") || $0.kind == .missing }
    }

    /// What does not agree with the record, each by the end of its path, which is alike wherever the package is installed; nil
    /// where the record agrees or cannot be checked.
    ///
    /// Which bytes are there tell the digests; those that the record has of a launcher depend on the installer.
    private static func disagreements(_ check: RecordCheck) -> Set<String>? {
        guard case .altered(let disagreements) = check else { return nil }
        return Set(
            disagreements.map { item in
                let name = item.path.split(separator: "/").suffix(2).joined(separator: "/")
                return item.kind == .missing ? "missing \(name)" : name
            })
    }
}
