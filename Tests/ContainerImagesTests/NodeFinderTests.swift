import Testing

@testable import ContainerImages

/// The nodes of the paths in a list.
struct NodeFinderTests {
    private static func files() -> FileSystemIndex {
        var tree = FileTree()
        func add(_ kind: FileNode.Kind, _ name: String, to parent: Int32) -> Int32 {
            tree.append(
                FileNode(kind: kind, mode: 0o755, uid: 0, gid: 0, modified: 0, layer: 0), Array(name.utf8)[...],
                to: parent)
        }
        let usr = add(.directory, "usr", to: 0)
        let lib = add(.directory, "lib", to: usr)
        _ = add(.other(what: 0), "a", to: lib)
        _ = add(.other(what: 0), "...", to: lib)
        _ = add(.symbolicLink(target: tree.addTarget(Array("usr/lib".utf8))), "lib", to: 0)
        _ = add(.symbolicLink(target: tree.addTarget(Array("a".utf8))), "link", to: lib)
        _ = add(.other(what: 0), "top", to: 0)
        return FileSystemIndex(tree)
    }

    @Test(
        "a path has the node that a walk of its own finds",
        arguments: [
            "/usr/lib/a", "usr/lib/a", "/lib/a", "/lib/link", "/usr/lib", "/usr/lib/", "/usr/lib/.", "/usr/lib/..",
            "/usr/lib/...", "top", "/top", "/top/a", "/usr/none/a", "/usr/lib/none", "//usr//lib//a", "/lib/../lib/a",
            "/",
            "", "/usr/lib/a/b",
        ])
    func finds(_ path: String) {
        let files = Self.files()
        let wanted = files.node(at: path.utf8)
        var finder = NodeFinder(files)
        // Once as the first path, once after one of the same and one of another directory.
        #expect(finder.node(at: Array(path.utf8)[...]) == wanted)
        for other in ["/usr/lib/a", "/lib/none", "top"] {
            _ = finder.node(at: Array(other.utf8)[...])
            #expect(finder.node(at: Array(path.utf8)[...]) == wanted, "after \(other)")
        }
    }
}
