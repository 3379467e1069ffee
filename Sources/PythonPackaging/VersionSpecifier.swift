/// One comparison of a version specifier, `>=2.0`
/// (https://packaging.python.org/en/latest/specifications/version-specifiers/#version-specifiers).
package struct VersionSpecifier: Sendable, Hashable, CustomStringConvertible {
    /// The comparison.
    package enum Operator: String, Sendable, Hashable, CaseIterable {
        case arbitrary = "==="
        case compatible = "~="
        case equal = "=="
        case notEqual = "!="
        case lessOrEqual = "<="
        case greaterOrEqual = ">="
        case less = "<"
        case greater = ">"
    }

    /// The comparison.
    package let comparison: Operator
    /// The version's text as written, without `.*`.
    package let text: String
    /// Whether `.*` follows the version.
    package let isPrefix: Bool
    /// The version; nil for `===` with a text that is not a version.
    package let version: PythonVersion?

    /// `==1.26.*`.
    package var description: String { comparison.rawValue + text + (isPrefix ? ".*" : "") }

    /// Reads one comparison; nil when it is not of the grammar.
    package init?(_ written: some StringProtocol) {
        let trimmed = Self.trimmed(written)
        guard let comparison = Operator.allCases.first(where: { trimmed.hasPrefix($0.rawValue) }) else { return nil }
        var text = Self.trimmed(trimmed.dropFirst(comparison.rawValue.count))
        // The specification's expression for `===` takes everything up to a blank, a semicolon or a parenthesis.
        guard text.utf8.allSatisfy({ $0 > UInt8(ascii: " ") && $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: ")") })
        else { return nil }
        self.comparison = comparison
        if comparison == .arbitrary {
            self.text = text
            isPrefix = false
            version = PythonVersion(text)
            return
        }
        let isPrefix = text.hasSuffix(".*")
        if isPrefix { text = String(text.dropLast(2)) }
        guard let version = PythonVersion(text) else { return nil }
        self.isPrefix = isPrefix
        self.text = text
        self.version = version
        let isEquality = comparison == .equal || comparison == .notEqual
        if isPrefix, !isEquality || !version.isReleaseOnly { return nil }
        if !isEquality, !version.localParts.isEmpty { return nil }
        if comparison == .compatible, version.release.count < 2 { return nil }
    }

    /// Whether a version satisfies the comparison, pre-releases or not.
    package func accepts(_ candidate: PythonVersion) -> Bool {
        guard let version else {
            return comparison == .arbitrary && candidate.description.lowercased() == text.lowercased()
        }
        let publicCandidate = candidate.withoutLocal
        switch comparison {
        case .arbitrary: return candidate.description.lowercased() == text.lowercased()
        case .equal: return isPrefix ? hasPrefix(publicCandidate, version) : equal(candidate, version)
        case .notEqual: return isPrefix ? !hasPrefix(publicCandidate, version) : !equal(candidate, version)
        case .lessOrEqual: return publicCandidate <= version
        case .greaterOrEqual: return publicCandidate >= version
        case .compatible:
            let prefix = PythonVersion(
                epoch: version.epoch, release: Array(version.release.dropLast()), pre: nil, post: nil, dev: nil,
                localParts: [])
            return publicCandidate >= version && hasPrefix(publicCandidate, prefix)
        case .less:
            // `<3` excludes the pre-releases of 3, the first of which is 3.dev0.
            return candidate < (version.isPrerelease ? version : version.firstDevelopmentRelease)
        case .greater:
            if version.dev != nil || version.post != nil { return publicCandidate > version }
            // `>3` asks neither for 3+local nor for 3.post1.
            return candidate > version && !(sameRelease(candidate, version) && candidate.pre == version.pre)
        }
    }

    private func equal(_ candidate: PythonVersion, _ version: PythonVersion) -> Bool {
        (version.localParts.isEmpty ? candidate.withoutLocal : candidate) == version
    }

    private func sameRelease(_ left: PythonVersion, _ right: PythonVersion) -> Bool {
        left.epoch == right.epoch && left.trimmedRelease == right.trimmedRelease
    }

    private func hasPrefix(_ candidate: PythonVersion, _ prefix: PythonVersion) -> Bool {
        guard candidate.epoch == prefix.epoch else { return false }
        let missing = max(0, prefix.release.count - candidate.release.count)
        return (candidate.release + Array(repeating: PythonVersion.Number("0"), count: missing))
            .starts(with: prefix.release)
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        var text = text[...]
        while let first = text.first, first.isWhitespace { text = text.dropFirst() }
        while let last = text.last, last.isWhitespace { text = text.dropLast() }
        return String(text)
    }
}

/// Comparisons joined by commas: all of them have to hold.
package struct VersionSpecifierSet: Sendable, Hashable, CustomStringConvertible {
    /// The comparisons as written.
    package let specifiers: [VersionSpecifier]

    /// Reads `>=1.0,<2`; an empty text accepts every version. Nil when a comparison is not of the grammar.
    package init?(_ text: some StringProtocol) {
        var specifiers: [VersionSpecifier] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            if part.allSatisfy(\.isWhitespace) { continue }
            guard let specifier = VersionSpecifier(part) else { return nil }
            specifiers.append(specifier)
        }
        self.specifiers = specifiers
    }

    init(_ specifiers: [VersionSpecifier]) { self.specifiers = specifiers }

    /// The comparisons joined by commas, in the order as written.
    package var description: String { specifiers.map(\.description).joined(separator: ",") }

    /// The one version that the set pins: an `==` without a wildcard, or `===`; nil when it does not pin one.
    package var exactVersion: String? {
        specifiers.first { ($0.comparison == .equal && !$0.isPrefix) || $0.comparison == .arbitrary }?.text
    }

    /// Whether a version satisfies all comparisons. Pre-releases pass when they are allowed or a comparison names one.
    package func contains(_ version: PythonVersion, allowsPrereleases: Bool = false) -> Bool {
        if version.isPrerelease, !allowsPrereleases, !namesPrerelease { return false }
        return specifiers.allSatisfy { $0.accepts(version) }
    }

    /// The versions that satisfy all comparisons, pre-releases only where a comparison names one or nothing else is left.
    package func filter(_ versions: [PythonVersion]) -> [PythonVersion] {
        let accepted = versions.filter { version in specifiers.allSatisfy { $0.accepts(version) } }
        if namesPrerelease { return accepted }
        let final = accepted.filter { !$0.isPrerelease }
        return final.isEmpty ? accepted : final
    }

    private var namesPrerelease: Bool {
        specifiers.contains { $0.comparison != .notEqual && !$0.isPrefix && ($0.version?.isPrerelease ?? false) }
    }
}
