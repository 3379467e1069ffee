import SourceDocuments
import Testing

@Suite("Paths as text")
struct PosixPathTests {
    @Test(
        "The last component has no slashes",
        arguments: [
            ("/a/b/c", "c"), ("c", "c"), ("/a/b/", "b"), ("a//", "a"), ("/", ""), ("", ""), ("//", ""), ("a/.", "."),
            ("/é/ü", "ü"),
        ])
    func lastComponent(path: String, name: String) {
        #expect(PosixPath.lastComponent(path) == name)
    }

    @Test(
        "The directory ends before the last slash", arguments: [("/a/b", "/a"), ("/a", ""), ("a", ""), ("a/b/", "a/b")])
    func directory(path: String, directory: String) {
        #expect(PosixPath.directory(path) == directory)
    }

    @Test(
        "A path below a directory stays below the root",
        arguments: [
            ("/a/b", "/x", "/a/b"), ("b", "/x", "/x/b"), ("../b", "/x", "/b"), ("../../../b", "/x", "/b"),
            ("", "/x", "/x"),
            (".", "/x/", "/x"), ("/..", "/x", "/"), ("//a///b/", "/", "/a/b"), ("...", "/", "/..."),
            ("a/./b/..", "/", "/a"),
            (".hidden/..a", "/", "/.hidden/..a"), ("a", "relative", "/relative/a"),
        ])
    func clamped(path: String, directory: String, expected: String) {
        #expect(PosixPath.clamped(path, in: directory) == expected)
    }

    @Test(
        "A path below the root has no slash at its ends",
        arguments: [("/a/b/", "a/b"), ("a/b", "a/b"), ("../../a", "a"), ("/", ""), ("", ""), ("./a/./b", "a/b")])
    func belowRoot(path: String, expected: String) {
        #expect(PosixPath.belowRoot(path) == expected)
    }

    @Test(
        "A path is simplified without another meaning",
        arguments: [
            ("docker/../x", "x"), ("../x", "../x"), ("../../x/..", "../.."), ("/../x", "/x"), ("./", ""), ("", ""),
            ("/", "/"),
            ("a/../../b", "../b"), ("a//b", "a/b"), ("/a/./b", "/a/b"),
        ])
    func simplified(path: String, expected: String) {
        #expect(PosixPath.simplified(path) == expected)
    }

    @Test(
        "A path that leaves the root is none",
        arguments: [
            ("a/b", "d", "d/a/b"), ("../b", "d", "b"), ("../../b", "d", nil), ("/../b", "d", nil), ("/b/..", "d", ""),
            ("../../d/b", "d", nil), ("..", "", nil), ("a/../..", "", nil),
        ] as [(String, String, String?)])
    func contained(path: String, directory: String, expected: String?) {
        #expect(PosixPath.contained(path, in: directory) == expected)
    }

    /// The short way for a path that is normal already must give what the long way gives.
    @Test("Random paths resolve as a reader of components resolves them", arguments: 0..<200)
    func random(seed: Int) {
        var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        let pieces = ["/", "/", ".", "..", "a", "b.c", "..d", "é"]
        for _ in 0..<50 {
            let path = (0..<next(9)).map { _ in pieces[next(pieces.count)] }.joined()
            var stack: [String] = []
            for name in path.split(separator: "/").map(String.init) where name != "." {
                if name == ".." { _ = stack.popLast() } else { stack.append(name) }
            }
            #expect(PosixPath.belowRoot(path) == stack.joined(separator: "/"), "\(path)")
            #expect(PosixPath.clamped(path) == "/" + stack.joined(separator: "/"), "\(path)")
        }
    }
}
