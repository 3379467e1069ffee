import PythonPackaging

/// A version constraint as Poetry writes it: PEP 440 comparisons, `^1.2`, `~1.2`, bare versions, `*`, joined by commas or spaces
/// (all must hold) and by `||` (one must hold).
///
/// Source: https://python-poetry.org/docs/dependency-specification/#version-constraints.
package struct PoetryConstraint: Sendable {
    private let alternatives: [VersionSpecifierSet]

    /// Reads a constraint; nil when a part is not of the grammar, as an alternative that is empty
    /// (https://github.com/python-poetry/poetry-core/blob/main/src/poetry/core/constraints/version/parser.py).
    package init?(_ text: String) {
        var alternatives: [VersionSpecifierSet] = []
        let parts = Self.alternatives(text)
        for part in parts {
            // Commas at the end of an alternative are passed over.
            var part = part[...]
            while let last = part.last, last == "," || last.isWhitespace { part = part.dropLast() }
            let written = Self.comparisons(String(part))
            if written.isEmpty, parts.count > 1 || text.contains(",") { return nil }
            var comparisons: [String] = []
            for comparison in written {
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

    /// Splits at `||` and at `|`.
    private static func alternatives(_ text: String) -> [String] {
        var parts: [String] = []
        var rest = text[...]
        while let bar = rest.firstIndex(of: "|") {
            parts.append(rest[..<bar].trimmingSpaces())
            rest = rest[bar...].dropFirst()
            if rest.first == "|" { rest = rest.dropFirst() }
        }
        return parts + [rest.trimmingSpaces()]
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

    /// Whether a comparison is `*`, `x` or `*.*`, which every version satisfies.
    private static func isAny(_ comparison: some StringProtocol) -> Bool {
        let isPrefixed = comparison.first == "v" || comparison.first == "V"
        let parts = comparison.dropFirst(isPrefixed ? 1 : 0).split(separator: ".", omittingEmptySubsequences: false)
        return parts.allSatisfy { ["*", "x", "X"].contains($0) }
    }

    private static func translated(_ comparison: String) -> [String]? {
        if isAny(comparison) { return [] }
        if comparison.hasPrefix("^") { return bounds(comparison.dropFirst(), caret: true) }
        if comparison.hasPrefix("~") {
            guard comparison.hasPrefix("~=") else { return bounds(comparison.dropFirst(), caret: false) }
            // Where PEP 440 wants two numbers, Poetry takes one.
            let isOneNumber = numbers(comparison.dropFirst(2))?.release.count == 1
            return isOneNumber ? bounds(comparison.dropFirst(2), caret: false) : [comparison]
        }
        if comparison.hasPrefix("<>") { return ["!=" + comparison.dropFirst(2)] }
        if comparison.hasPrefix("="), !comparison.hasPrefix("==") { return ["=" + comparison] }
        guard let first = comparison.utf8.first else { return nil }
        return first.isASCIIDigit || first == UInt8(ascii: "v") ? ["==" + comparison] : [comparison]
    }

    /// `^1.2.3` is `>=1.2.3,<2`, `^0.2` is `>=0.2,<0.3`; `~1.2.3` is `>=1.2.3,<1.3`, `~1` is `>=1,<2`.
    private static func bounds(_ text: Substring, caret: Bool) -> [String]? {
        guard let (epoch, release) = numbers(text) else { return nil }
        var index = min(1, release.count - 1)
        if caret { index = release.firstIndex { $0 != 0 } ?? release.count - 1 }
        var upper = Array(release[...index])
        guard upper[index] < Int.max else { return nil }
        upper[index] += 1
        return [">=" + text.trimmingSpaces(), "<" + epoch + upper.map(String.init).joined(separator: ".")]
    }

    /// The epoch with its mark, empty where there is none, and the numbers of the release.
    private static func numbers(_ text: Substring) -> (epoch: String, release: [Int])? {
        guard let normal = PythonVersion(text.trimmingSpaces())?.description else { return nil }
        let epoch = normal.firstIndex(of: "!").map { String(normal[...$0]) } ?? ""
        var release: [Int] = []
        for part in normal.dropFirst(epoch.count).split(separator: ".") {
            let digits = part.prefix { $0.isASCII && $0.isNumber }
            guard !digits.isEmpty else { break }
            guard let number = Int(digits) else { return nil }
            release.append(number)
            if digits.count < part.count { break }
        }
        return release.isEmpty ? nil : (epoch, release)
    }
}
