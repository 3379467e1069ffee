import EnvironmentInventory
import Testing

@testable import PinRules

/// Which names of git are taken for a commit, a release or a branch.
struct GitReferenceTests {
    private static let rows: [(String, PinStrength)] = [
        ("0123456789abcdef0123456789abcdef01234567", .hashed),
        (String(repeating: "a", count: 64), .hashed),
        ("0123456", .floating), ("v1.2", .exact), ("1.2.3", .exact), ("v2_02_103", .exact), ("n8.1", .exact),
        ("b4827", .exact), ("release-1.2", .exact), ("2024-01-31", .exact), ("refs/tags/latest", .exact),
        ("b7d29fb", .exact), ("9af0e0d12", .exact), ("deadbeef", .floating), ("b7d29f", .floating),
        ("main", .floating), ("v1", .floating), ("r1.15", .floating), ("release/1.2", .floating), ("1.2.x", .floating),
        ("branch-25.06.00", .floating), ("dev_2", .floating), ("", .floating),
    ]

    @Test("strength of a reference", arguments: rows.indices)
    func strength(index: Int) {
        #expect(GitReference.strength(Self.rows[index].0).0 == Self.rows[index].1, "\(Self.rows[index].0)")
    }
}
