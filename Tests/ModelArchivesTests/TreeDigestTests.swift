import ContentHashing
import EnvironmentInventory
import TestSupport
import Testing

@testable import ModelArchives

/// The digest of a model's files, and where its links lead.
struct TreeDigestTests {
    private static let first = String(repeating: "1", count: 64)
    private static let second = String(repeating: "2", count: 64)

    private static func digest(_ text: String) throws -> Digest { try ContentHash.sha256(of: Array(text.utf8)) }

    private static func tree(_ build: (ModelTree) throws -> Void) rethrows -> ModelTree {
        let tree = ModelTree(kind: .directory, prefix: "")
        try build(tree)
        return tree
    }

    private static func file(_ path: String, _ hex: String, isExecutable: Bool = false) -> ModelTreeFile {
        ModelTreeFile(
            path: path, sha256: Digest("sha256:" + hex).flatMap { SHA256Value($0) }, size: 1, isExecutable: isExecutable
        )
    }

    @Test("a line an entry, in byte order of the paths")
    func lines() throws {
        let tree = Self.tree { tree in
            tree.append(Self.file("b", Self.second))
            tree.append(Self.file("a/x.sh", Self.first, isExecutable: true))
            tree.append(link: "a-link", target: "a/x.sh")
            tree.append(Self.file("a-link", Self.first))
            tree.append(emptyDirectory: "empty")
            tree.append(ModelTreeFile(path: "inner", sha256: nil, size: 3))
            tree.sort()
        }
        let expected =
            "a-link\u{0}->\u{0}a/x.sh\na/x.sh\u{0}\(Self.first)\u{0}x\nb\u{0}\(Self.second)\nempty/\u{0}\n"
        #expect(try TreeDigest.compute(of: tree, without: []) == Self.digest(expected))
        #expect(
            try TreeDigest.compute(of: tree, without: ["b", "a-link"])
                == Self.digest(expected.replacing("b\u{0}\(Self.second)\n", with: "")))
        #expect(try TreeDigest.compute(of: Self.tree { _ in }, without: []) == Self.digest(""))
    }

    @Test("a line feed in a name or a target makes no line")
    func lineFeeds() throws {
        func digest(_ target: String, _ path: String) throws -> Digest {
            try TreeDigest.compute(
                of: Self.tree { tree in
                    tree.append(Self.file(path, Self.first))
                    tree.append(link: "a", target: target)
                }, without: [])
        }
        #expect(try digest("t\nb", "c") != digest("t", "b\nc"))
        #expect(
            try digest("t\nb", "c") == Self.digest("a\u{0}->\u{0}t\n\u{0}b\nc\u{0}\(Self.first)\n"))
    }

    @Test("composed and decomposed names are two")
    func unicodeForms() throws {
        let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
        func tree(_ names: [String]) -> ModelTree {
            Self.tree { tree in
                for name in names { tree.append(Self.file(name + "/m", Self.first)) }
                tree.append(link: composed, target: "x")
                tree.append(Self.file(decomposed, Self.second))
                tree.sort()
            }
        }
        let linked = tree([])
        #expect(
            try TreeDigest.compute(of: linked, without: [])
                == Self.digest("\(decomposed)\u{0}\(Self.second)\n\(composed)\u{0}->\u{0}x\n"))
        #expect(linked[composed] == nil && linked[decomposed]?.size == 1)
        let both = try Self.tree { tree in
            for name in [composed, decomposed] { tree.append(Self.file(name + "/m", Self.first)) }
            tree.sort()
            try tree.strip(name: "m.tar")
        }
        #expect(both.files.map { Array($0.path.utf8) } == [decomposed, composed].map { Array("\($0)/m".utf8) })
    }

    @Test("a directory is read with both forms of a name, and a target that is not UTF-8 is refused")
    func directories() throws {
        func read(_ content: String, target: String) throws -> Digest {
            let folder = TemporaryDirectory()
            let status = shell(
                """
                cd '\(folder.path)' && mkdir caf\u{E9} cafe\u{301} && printf 'flavors: {}' > MLmodel \
                && printf \(content) > m\u{E9} && ln -s "$(printf '\(target)')" me\u{301}
                """)
            try #require(status == 0)
            return try ModelReader.read(path: folder.path).treeDigest
        }
        #expect(try read("good", target: "MLmodel") != read("evil", target: "MLmodel"))
        #expect(throws: ModelReadingError.self) { try read("good", target: "\\377") }
        #expect(throws: ModelReadingError.self) { try read("good", target: "../\u{301}x") }
        #expect(throws: ModelReadingError.self) { try read("good", target: "/\u{301}x") }
    }

    @Test("the order of entries in an archive does not count")
    func order() throws {
        let paths = (0..<60).map { "d\($0 % 7)/f\($0)" }
        func compute(_ paths: [String]) throws -> Digest {
            try TreeDigest.compute(
                of: Self.tree { tree in for path in paths { tree.append(Self.file(path, Self.first)) } },
                without: [])
        }
        #expect(try compute(paths) == compute(paths.reversed()))
        #expect(try compute(paths) != compute(Array(paths.dropLast())))
    }

    @Test("a file is found by its path, in whatever order the files came", arguments: [true, false])
    func lookup(isInOrder: Bool) {
        let paths = (0..<50).map { "d\($0 / 10)/f\($0 % 10)" }
        let tree = Self.tree { tree in
            for path in isInOrder ? paths : paths.reversed() { tree.append(Self.file(path, Self.first)) }
        }
        for _ in 0..<2 {
            for path in paths { #expect(tree[path]?.path == path) }
            for path in ["", "d", "d0/f", "d9/f9", "d0/f00", "z"] { #expect(tree[path] == nil) }
            tree.sort()
        }
        #expect(tree.files.map(\.path) == paths)
    }

    @Test(
        "a folder that all files lie in goes from the names, and the files are still found", arguments: [true, false])
    func strips(isInOrder: Bool) throws {
        let paths = ["m/a", "m/b/c", "m/d"]
        let tree = try Self.tree { tree in
            for path in isInOrder ? paths : paths.reversed() { tree.append(Self.file(path, Self.first)) }
            tree.sort()
            try tree.strip(name: "m.tar")
        }
        #expect(tree.files.map(\.path) == ["a", "b/c", "d"])
        #expect(tree["b/c"]?.size == 1 && tree["m/a"] == nil)
    }

    @Test("what a file's reader found lies beside the file, and each copy has its own")
    func content() throws {
        var file = Self.file("a", Self.first)
        #expect(file.content == nil)
        file.content = ModelFileContent("pickle")
        var copy = file
        copy.content?.modules.insert("os")
        #expect(file.content?.modules == [])
        #expect(copy.content?.modules == ["os"])
        copy.content = nil
        #expect(file.content?.format == "pickle")
    }

    @Test(
        "links are resolved through each other, and stay inside",
        arguments: [
            ("a", "x/y"), ("b", "x/y"), ("x/c", "x/y"), ("x/d", "x"), ("e", "gone"), ("f", "y"), ("g/h", "x/z"),
        ])
    func resolves(_ link: String, _ expected: String) throws {
        var links = ModelLinks()
        for (path, target) in [
            ("a", "x/y"), ("b", "a"), ("x/c", "y"), ("x/d", "."), ("e", "gone"), ("f", "x/../y"), ("g", "x"),
            ("x/h", "./z"), ("g/h", "z"),
        ] { links.add(path, target: target) }
        // `g` is a link itself: what lies below it is below `x`.
        #expect(try links.resolve(link) { $0 == "x" } == expected)
    }

    @Test(
        "a link out, or in a circle, is refused",
        arguments: ["out", "deep/out", "circle", "self", "absolute", "by/two"])
    func leadsOut(_ link: String) {
        var links = ModelLinks()
        for (path, target) in [
            ("out", "../x"), ("deep/out", "../../x"), ("circle", "other"), ("other", "circle"), ("self", "self"),
            ("absolute", "/etc/passwd"), ("by/two", "../out"),
        ] { links.add(path, target: target) }
        #expect(throws: ModelLinks.Problem.self) { try links.resolve(link) { _ in false } }
    }

    @Test("forty links are the most that one path goes through")
    func hops() throws {
        var links = ModelLinks()
        for number in 0..<41 { links.add("l\(number)", target: "l\(number + 1)") }
        #expect(try links.resolve("l1") { _ in false } == "l41")
        #expect(throws: ModelLinks.Problem.leadsOut("l0")) { try links.resolve("l0") { _ in false } }
    }

    @Test(
        "nothing lies below a link or a file",
        arguments: [("a/b", false), ("file/x", true), ("link/x/y", true), ("file", false)])
    func parents(_ path: String, _ isRefused: Bool) throws {
        var links = ModelLinks()
        links.add("link", target: "a")
        if isRefused {
            #expect(throws: ModelLinks.Problem.liesBelow(path)) {
                try links.checkParents(of: [path], isFile: { $0 == "file" })
            }
        } else {
            try links.checkParents(of: [path], isFile: { $0 == "file" })
        }
    }
}
