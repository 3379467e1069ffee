// Made by Tests/InputContractsTests/Oracle/make_table.py of what scikit-learn itself has shown; not edited by hand.

/// What estimators of scikit-learn do with bad values: a line a class, the minor versions and the letters.
enum BehaviourTable {
    /// The minor versions of scikit-learn 1 that were measured.
    static let minors: Set<Int> = [3, 4, 5, 6, 7, 8, 9]
    /// The letters of a class, for ranges of versions.
    static let rows = lines(of: [rows1])
    /// The pairs of versions, from and to, between which files of a class fail (!) or are not known (?).
    static let crossings: [String: String] = lines(of: [crossingsText]).compactMapValues { Int($0).map { sets[$0] } }

    private static func lines(of texts: [String]) -> [String: String] {
        var result: [String: String] = [:]
        for text in texts {
            for line in text.split(separator: "\n") {
                guard let space = line.firstIndex(of: " ") else { continue }
                result[String(line[..<space])] = String(line[line.index(after: space)...])
            }
        }
        return result
    }
}
