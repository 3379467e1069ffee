import EnvironmentInventory
import Testing

/// What counts as another place or version of a shared library.
struct LibraryDifferenceTests {
    private static func file(
        _ path: String, _ byte: String? = "a", _ owner: String? = nil, name: String = "libdemo.so.1"
    ) -> LibrarySource {
        LibrarySource(
            name: name,
            place: .file(
                path: path, sha256: byte.flatMap { Digest(.sha256, hex: String(repeating: $0, count: 64)) },
                owner: owner))
    }
    private static let outside = LibrarySource(name: "libdemo.so.1", place: .outside)
    private static let missing = LibrarySource(name: "libdemo.so.1", place: .missing)
    /// Makes a side one that is not a whole system.
    private static let base = LibrarySource(name: "libc.so.6", place: .outside)

    static let cases: [(left: [LibrarySource], right: [LibrarySource], isOther: Bool)] = [
        ([file("usr/lib/l.so.1")], [file("usr/lib/l.so.1")], false),
        // Another place, other bytes, and an owner alone where the bytes are not known.
        ([file("usr/lib/l.so.1")], [file("opt/lib/l.so.1")], true),
        ([file("usr/lib/l.so.1")], [file("usr/lib/l.so.1", "b")], true),
        ([file("l.so", nil, "apt demo 1")], [file("l.so", nil, "apt demo 2")], true),
        ([file("l.so", nil, "apt demo 1")], [file("l.so", nil, "apt demo 1")], false),
        ([file("usr/lib/l.so.1")], [missing], true), ([missing], [missing], false),
        // Without a system below it, an environment's paths are its own.
        ([file("lib/l.so.1"), base], [file("opt/conda/lib/l.so.1")], false),
        ([file("lib/l.so.1"), base], [file("usr/lib/l.so.1", "b")], true),
        ([outside], [file("usr/lib/l.so.1")], false), ([file("lib/l.so.1"), base], [outside], false),
        ([outside], [missing], false),
        // What only one side asks for is not a change of place.
        ([file("usr/lib/l.so.1")], [], false), ([], [file("usr/lib/l.so.1")], false),
        // Two packages with a library of one name.
        ([file("a/l.so"), file("b/l.so", "b")], [file("b/l.so", "b"), file("a/l.so")], false),
        ([file("a/l.so"), file("b/l.so", "b")], [file("a/l.so")], true),
    ]

    @Test("another place or other bytes are a difference, in both directions", arguments: cases.indices)
    func compare(index: Int) {
        let item = Self.cases[index]
        let found = LibraryDifference.compare(item.left, item.right)
        #expect(found.map(\.name) == (item.isOther ? ["libdemo.so.1"] : []))
        #expect(
            found.first?.left ?? item.left.sorted()
                == item.left.sorted().filter { $0.name != "libc.so.6" || found.isEmpty })
        #expect(LibraryDifference.compare(item.right, item.left).count == found.count)
    }
}
