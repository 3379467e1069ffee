import Glibc
import TestSupport
import Testing

@testable import Preflight

@Suite("References of a declaration")
struct ReferenceTests {
    private static func folder(_ files: [String: String]) -> TemporaryDirectory {
        let directory = TemporaryDirectory()
        for (name, text) in files { directory.write(name, Array(text.utf8)) }
        return directory
    }

    private static func problem(_ reference: String, _ roots: ReferenceRoots) -> ReferenceRoots.Problem? {
        do throws(ReferenceRoots.Problem) {
            _ = try roots.find(reference)
            return nil
        } catch { return error }
    }

    @Test("the first place that has it")
    func order() throws {
        let (one, two) = (Self.folder(["a": "1", "d/b": "2"]), Self.folder(["a": "3", "c": "4"]))
        let roots = ReferenceRoots([.directory(one.path), .directory(two.path), .file("\(two.path)/x/rules.yaml")])
        #expect(try roots.find("a").name == "\(one.path)/a")
        #expect(try roots.find("d/b").name == "\(one.path)/d/b")
        #expect(try roots.find("./c").name == "\(two.path)/c")
        #expect(try roots.read(roots.find("c")).bytes == Array("4".utf8))
        #expect(try roots.find("x/rules.yaml").name == "\(two.path)/x/rules.yaml")
        #expect(Self.problem("e", roots) == .missing && Self.problem("d", roots) == .missing)
    }

    @Test("no absolute path, no way up, no link that leads out")
    func hostile() throws {
        let outside = Self.folder(["secret": "x"])
        let inside = Self.folder(["a": "1", "d/b": "2"])
        for (name, target) in [
            ("out", "\(outside.path)/secret"), ("outer", outside.path), ("in", "d/b"), ("dead", "nowhere"),
        ] { #expect(symlink(target, "\(inside.path)/\(name)") == 0) }
        let roots = ReferenceRoots([.directory(inside.path)])
        for reference in ["/etc/passwd", "../a", "d/../a", "..", "", "a\\b", "out", "outer/secret", "a\u{0}b"] {
            #expect(Self.problem(reference, roots) == .leavesRoot, "\(reference)")
        }
        #expect(try roots.find("in").name == "\(inside.path)/in")
        #expect(Self.problem("dead", roots) == .missing)
    }

    @Test("an archive's documents by their path")
    func archive() throws {
        let roots = ReferenceRoots([
            .archive(name: "m.tar.gz", documents: ["b.json": [0x7B]], paths: ["b.json", "model.pkl"])
        ])
        #expect(try roots.find("b.json").name == "m.tar.gz!b.json")
        #expect(try roots.find("model.pkl").name == "m.tar.gz!model.pkl")
        #expect(Self.problem("c", roots) == .missing)
        #expect(throws: ReferenceRoots.Problem.self) { try roots.read(roots.find("model.pkl")) }
    }
}
