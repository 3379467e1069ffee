import PythonPackaging

/// A version constraint as Poetry writes it: PEP 440 comparisons, `^1.2`, `~1.2`, bare versions, `*`, joined by commas or spaces
/// (all must hold) and by `||` (one must hold).
///
/// Source: https://python-poetry.org/docs/dependency-specification/#version-constraints.
package struct PoetryConstraint: Sendable {
    private let alternatives: [VersionSpecifierSet]

    /// Reads a constraint; nil when a part is not of the grammar.
    package init?(_ text: String) {
        var alternatives: [VersionSpecifierSet] = []
        var parts: [String] = []
        for part in text.split(separator: "|", omittingEmptySubsequences: true) { parts.append(part.trimmingSpaces()) }
        if parts.isEmpty { parts = [""] }
        for part in parts {
            var comparisons: [String] = []
            for comparison in Self.comparisons(part) {
                guard let translated = Self.translated(comparison) else { return nil }
                comparisons += translated
            }
            guard let set = VersionSpecifierSet(comparisons.joined(separator: ",")) else { return nil }
            alternatives.append(set)
        }
        self.alternatives = alternatives
    }

    /// Whether a version satisfies the constraint; pre-releases count like any other version.
    package func contains(_ version: PythonVersion) -> Bool {
        alternatives.contains { $0.contains(version, allowsPrereleases: true) }
    }

    /// Splits `>=1.0 <2.0` and `>=1.0,<2.0`, also with a space after the operator.
    private static func comparisons(_ text: String) -> [String] {
        var comparisons: [String] = []
        for piece in text.split(whereSeparator: { $0 == "," || $0 == " " }) {
            if let last = comparisons.last, last.allSatisfy({ "<>=!~^".contains($0) }) {
                comparisons[comparisons.count - 1] = last + piece
            } else {
                comparisons.append(String(piece))
            }
        }
        return comparisons
    }

    private static func translated(_ comparison: String) -> [String]? {
        if comparison == "*" { return [] }
        if comparison.hasPrefix("^") { return bounds(comparison.dropFirst(), caret: true) }
        if comparison.hasPrefix("~"), !comparison.hasPrefix("~=") {
            return bounds(comparison.dropFirst(), caret: false)
        }
        if let first = comparison.utf8.first, first.isASCIIDigit { return ["==" + comparison] }
        if comparison.hasPrefix("="), !comparison.hasPrefix("==") { return ["=" + comparison] }
        return [comparison]
    }

    /// `^1.2.3` is `>=1.2.3,<2`, `^0.2` is `>=0.2,<0.3`; `~1.2.3` is `>=1.2.3,<1.3`, `~1` is `>=1,<2`.
    private static func bounds(_ version: Substring, caret: Bool) -> [String]? {
        var release: [Int] = []
        for part in version.trimmingSpaces().split(separator: ".") {
            let digits = part.prefix { $0.isASCII && $0.isNumber }
            guard let number = Int(digits), number < Int.max else { break }
            release.append(number)
            if digits.count < part.count { break }
        }
        guard !release.isEmpty else { return nil }
        var index = min(1, release.count - 1)
        if caret { index = release.firstIndex { $0 != 0 } ?? release.count - 1 }
        var upper = Array(release[...index])
        upper[index] += 1
        return [">=" + version.trimmingSpaces(), "<" + upper.map(String.init).joined(separator: ".")]
    }
}
