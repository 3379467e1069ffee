import ArchiveReading
import Testing

@testable import ContainerImages

/// Patterns of paths, and the walk through a file system with links.
struct PathTests {
    @Test(
        "a pattern matches whole paths",
        arguments: [
            ("etc/passwd", "etc/passwd", true), ("etc/passwd", "etc/passwd2", false),
            ("etc/passwd", "x/etc/passwd", false),
            ("**/etc/passwd", "etc/passwd", true), ("**/etc/passwd", "a/b/etc/passwd", true),
            ("**/etc/passwd", "aetc/passwd", false), ("etc/*.d/*", "etc/a.d/b", true),
            ("etc/*.d/*", "etc/a.d/b/c", false),
            ("etc/*.d/*", "etc/.d/", true), ("a/**", "a/b/c", true), ("a/**", "ab", false), ("**/*.py", "x.py", true),
            ("**/*.py", "a/x.py", true), ("**/*.py", "a/x.pyc", false), ("**/a*b*c", "x/a1b2c", true),
            ("**/a*b*c", "x/a1b/2c", false), ("*", "", true), ("*", "a", true), ("*", "a/b", false),
        ])
    func patterns(_ pattern: String, _ path: String, _ matches: Bool) {
        #expect(PathPattern(stringLiteral: pattern).matches(Array(path.utf8)) == matches)
    }

    @Test("a set matches as its patterns do one by one")
    func patternSet() {
        let patterns: [PathPattern] = ["etc/passwd", "**/*.py", "a/**", "**/x*y", "var/lib/*/list", "**/q*"]
        let set = PathPatternSet(patterns + patterns)
        let names = ["etc", "passwd", "a", "x.py", "y", "xy", "var", "lib", "list", "q", "b", "xay"]
        for first in names {
            for second in names {
                for path in [first, "\(first)/\(second)", "\(first)/\(second)/list", "b/\(first)\(second)"] {
                    let bytes = Array(path.utf8)
                    #expect(set.matches(bytes) == patterns.contains { $0.matches(bytes) }, "\(path)")
                }
            }
        }
        #expect(!PathPatternSet([]).matches(Array("a".utf8)))
        #expect(!set.matches([]))
    }

    @Test(
        "components come one by one, those of a link first",
        arguments: [
            ("a/b", ["a", "b"]), ("/a//b/", ["a", "b"]), ("", []), ("///", []), ("./a/..", [".", "a", ".."]),
        ])
    func components(_ path: String, _ expected: [String]) {
        var components = PathComponents(path.utf8)
        var found: [String] = []
        while let next = components.next() { found.append(String(decoding: next, as: UTF8.self)) }
        #expect(found == expected)
        #expect(components.isEmpty)
        var linked = PathComponents("l/rest".utf8)
        _ = linked.next()
        linked.prepend(path.utf8)
        var all: [String] = []
        while let next = linked.next() { all.append(String(decoding: next, as: UTF8.self)) }
        #expect(all == expected + ["rest"])
    }

    private static func files(_ build: (inout TarBytes) -> Void) throws -> FileSystemIndex {
        var tar = TarBytes()
        build(&tar)
        return try stacked([tar])
    }

    @Test(
        "links are followed inside of the root",
        arguments: [
            ("d/f", "d/f"), ("l/f", "d/f"), ("abs/f", "d/f"), ("up/d/f", "d/f"), ("chain/f", "d/f"),
            ("d/../d/f", "d/f"),
            ("../../d/f", "d/f"), ("d/f/x", nil), ("gone", nil), ("circle/f", nil), ("absent/f", nil), ("d/./f", "d/f"),
            ("deep/1", "d/e/1"), ("", ""), ("/", ""), ("l", "d"),
        ] as [(String, String?)])
    func links(_ path: String, _ expected: String?) throws {
        let files = try Self.files { tar in
            tar.file("d/f", "x")
            tar.file("d/e/1", "y")
            tar.link("l", to: "d")
            tar.link("abs", to: "/d")
            tar.link("up", to: "../../..")
            tar.link("chain", to: "l")
            tar.link("gone", to: "nowhere")
            tar.link("circle", to: "circle2")
            tar.link("circle2", to: "circle")
            tar.link("deep", to: "up/l/e")
        }
        #expect(files.lookup(path)?.path == expected)
    }

    @Test("a walk passes every entry once, in byte order of the paths, and two walks compare")
    func walk() throws {
        let names = ["a/b", "a-b", "a.b/c", "a/b.c", "b", "\u{e9}/x", "z/1/2/3", "a0"]
        let files = try Self.files { tar in for name in names { tar.file(name, name) } }
        var walk = files.walk
        var found: [String] = []
        while walk.next() { found.append(String(decoding: walk.path, as: UTF8.self)) }
        var listed: [String] = []
        files.forEachEntry { listed.append($0.path) }
        #expect(found == listed.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
        #expect(found.count == names.count + 6)
        let other = try Self.files { tar in for name in names.reversed() { tar.file(name, name) } }
        var (left, right) = (files.walk, other.walk)
        while left.next() {
            let moved = right.next()
            #expect(moved)
            #expect(left.isSame(as: right) && left.order(to: right) == 0 && right.order(to: left) == 0)
        }
        let hasMore = right.next()
        #expect(!hasMore)
    }
}
