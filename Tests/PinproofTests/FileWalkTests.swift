import EnvironmentInventory
import SourceDocuments
import TestSupport
import Testing

@testable import Pinproof

@Suite("Walks through directories")
struct FileWalkTests {
    private static func walk(_ files: [String: String], exclude: String = "", links: [String: String] = [:]) throws
        -> [String]
    {
        let directory = TemporaryDirectory()
        for (name, text) in files { directory.write(name, Array(text.utf8)) }
        for (name, target) in links { shell("ln -s '\(target)' '\(directory.path)/\(name)'") }
        let walk = FileWalk(exclude: GitIgnore(Array(exclude.utf8)))
        return try walk.files(below: directory.path).map(\.relativePath)
    }

    @Test("files come in byte order of their paths, without .git")
    func order() throws {
        let names = ["b", "a/b", "a.c", "a/a", "Z", "é", ".git/config", ".hidden"]
        let found = try Self.walk(Dictionary(uniqueKeysWithValues: names.map { ($0, "x") }))
        let expected = names.filter { !$0.hasPrefix(".git/") }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        #expect(found == expected)
    }

    @Test("a .gitignore speaks for its directory and those below it, the deepest one last")
    func ignored() throws {
        let found = try Self.walk([
            ".gitignore": "*.log\n/build\n", "a.log": "", "build/x": "", "sub/build/x": "",
            "sub/.gitignore": "!keep.log\n",
            "sub/keep.log": "", "sub/other.log": "", "sub/deep/keep.log": "",
        ])
        #expect(found == [".gitignore", "sub/.gitignore", "sub/build/x", "sub/deep/keep.log", "sub/keep.log"])
    }

    @Test("what the configuration excludes stays excluded, whatever .gitignore says")
    func excluded() throws {
        let files = [".gitignore": "!vendor\n", "vendor/x": "", "src/vendor/x": "", "src/a": ""]
        #expect(try Self.walk(files, exclude: "vendor\n") == [".gitignore", "src/a"])
        #expect(try Self.walk(files, exclude: "/vendor\n") == [".gitignore", "src/a", "src/vendor/x"])
    }

    @Test("a link to a directory is not followed, and one to a file that the walk finds anyway is not a second file")
    func links() throws {
        let found = try Self.walk(["a/x": ""], links: ["loop": ".", "file": "a/x"])
        #expect(found == ["a/x"])
    }

    @Test("a link that leads nowhere is an error that names it")
    func danglingLink() {
        let error = #expect(throws: InputError.self) {
            _ = try Self.walk(["a/x": ""], links: ["nowhere": "/nonexistent"])
        }
        #expect(error?.description.hasSuffix("/nowhere: the link is broken") == true)
    }

    @Test("a directory that is not there is an error that names it")
    func missing() {
        let error = #expect(throws: InputError.self) {
            _ = try FileWalk(exclude: GitIgnore([])).files(below: "/nonexistent/directory")
        }
        #expect(error?.description == "/nonexistent/directory: No such file or directory")
    }
}

@Suite("Names of files and images")
struct NameTests {
    @Test(
        "a name in a directory",
        arguments: [(".", "a", "a"), ("", "a", "a"), ("d", "a", "d/a"), ("d/", "a", "d/a"), ("/", "a", "/a")])
    func joined(directory: String, name: String, path: String) {
        #expect(join(directory, name) == path)
        #expect(fileName(path) == name)
    }

    @Test("the directory of a path", arguments: [("a/b", "a"), ("b", "."), ("/b", "/"), ("/a/b", "/a"), ("a/", "a")])
    func directories(path: String, directory: String) { #expect(folder(of: path) == directory) }

    @Test(
        "a mirror is asked in place of its registry",
        arguments: [
            (["m.example"], "python:3.11", "m.example/library/python:3.11"),
            (["m.example/hub"], "a/b:1", "m.example/hub/a/b:1"),
            (["ghcr.io=m.example:5000"], "ghcr.io/a/b:1", "m.example:5000/a/b:1"),
            (["ghcr.io=m.example"], "python:3.11", nil),
            (["*=m.example"], "ghcr.io/a/b:1", "m.example/ghcr.io/a/b:1"),
            (["*=m.example", "ghcr.io=g.example"], "ghcr.io/a/b:1", "g.example/a/b:1"),
            ([], "python:3.11", nil),
        ] as [([String], String, String?)])
    func mirrors(texts: [String], image: String, place: String?) throws {
        let mirrors = ImageMirrors(texts.compactMap { RegistryMirror($0) })
        #expect(mirrors.isEmpty == texts.isEmpty)
        let reference = try #require(ImageReference(image))
        #expect(mirrors.place(of: reference)?.description == place)
    }

    @Test(
        "a baseline that is none is refused, with the place",
        arguments: [
            ("{}", "not a baseline"), (#"{"schema": "other", "findings": []}"#, "not a baseline"),
            (#"{"schema": "pinproof/baseline/1", "findings": [{"rule": "x"}]}"#, "a finding without a fingerprint"),
        ])
    func baselines(text: String, reason: String) {
        let error = #expect(throws: DocumentError.self) {
            _ = try CheckBaseline(SourceText(name: "b.json", text: text))
        }
        #expect(
            error.map { "\($0)".contains("b.json:1:") && "\($0)".contains(reason) } == true,
            "\(String(describing: error))")
    }
}
