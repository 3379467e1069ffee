/// A version of symbols with numbers, `GLIBC_2.34`, `GLIBCXX_3.4.29`.
package struct SymbolVersion: Sendable, Hashable, Comparable {
    /// What stands before the numbers, `GLIBCXX`.
    package let name: String
    /// The numbers, `[3, 4, 29]`.
    package let numbers: [Int]

    /// Reads a version; nil when it has no numbers (`GLIBC_PRIVATE`).
    package init?(_ text: String) {
        guard let bar = text.lastIndex(of: "_"), bar != text.startIndex else { return nil }
        let parts = text[text.index(after: bar)...].split(separator: ".", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { Int($0) }
        guard numbers.count == parts.count, numbers.allSatisfy({ $0 >= 0 }) else { return nil }
        name = String(text[..<bar])
        self.numbers = numbers
    }

    /// Orders by name, then number by number.
    package static func < (left: SymbolVersion, right: SymbolVersion) -> Bool {
        left.name != right.name ? left.name < right.name : left.numbers.lexicographicallyPrecedes(right.numbers)
    }

    /// The numbers as text, `3.4.29`.
    package var number: String { numbers.map(String.init).joined(separator: ".") }
}
