import ArchiveReading
import EnvironmentInventory
import TestSupport
import Testing

@testable import ContainerImages

/// What runtimes make of hard links, of times and of the names of AUFS, which is not the same everywhere.
@Suite struct LayerAgreementTests {
    /// A layer of two files and hard links to them, each with what its header says more.
    private func linked(_ entries: [(path: String, target: String?, records: [(String, String)])]) throws
        -> FileSystemIndex
    {
        try stacked([
            layer {
                for entry in entries {
                    let text = entry.records.map { key, value in
                        let record = " \(key)=\(value)\n"
                        let digits = "\(record.utf8.count)".utf8.count
                        let count = record.utf8.count + digits
                        return "\("\(count)".utf8.count == digits ? count : count + 1)" + record
                    }
                    if !text.isEmpty { $0.add("x", type: "x", content: Array(text.joined().utf8)) }
                    if let target = entry.target {
                        $0.hardLink(entry.path, to: target)
                    } else {
                        $0.file(entry.path, "1")
                    }
                }
            }
        ])
    }

    /// containerd and Docker set the attributes of a link's header, and the owner before them, which takes capabilities away.
    @Test func hardLinksHaveTheAttributesOfTheirFile() throws {
        let (own, capability, list) = (
            ("SCHILY.xattr.user.a", "1"), ("SCHILY.xattr.security.capability", "cap"),
            ("SCHILY.xattr.system.posix_acl_access", "acl")
        )
        let accepted: [(file: [(String, String)], link: [(String, String)])] = [
            ([], []), ([own], [own]), ([own], []), ([own, list], [list]), ([capability], [capability]), ([list], []),
            ([own, capability], [capability]),
        ]
        for (file, link) in accepted {
            let files = try linked([("a", nil, file), ("b", "a", link)])
            #expect(files.lookup("b")?.attributes == files.lookup("a")?.attributes)
            #expect(files.lookup("a")?.attributes.count == file.count)
        }
        let refused: [(file: [(String, String)], link: [(String, String)])] = [
            ([], [own]), ([], [capability]), ([], [list]), ([own], [("SCHILY.xattr.user.a", "2")]),
            ([own], [own, list]),
            ([capability], []), ([own, capability], [own]),
        ]
        for (file, link) in refused {
            let error = #expect(throws: ImageReadingError.self, "\(file) \(link)") {
                try linked([("a", nil, file), ("b", "a", link)])
            }
            #expect(error?.description.contains("'b' is a hard link to a with") == true, "\(String(describing: error))")
        }
    }

    /// containerd and Docker give a file the time of its hard links, umoci does not; they bound times, umoci does not.
    @Test func filesMayHaveTheTimesOfTheirLinks() throws {
        let files = try linked([
            ("hidden", nil, []), ("hidden", nil, []), ("a", nil, []), ("b", "a", [("mtime", "1600000000")]),
            ("c", "b", [("mtime", "-5.5")]), ("d", nil, []), ("e", "d", []), ("f", nil, [("mtime", "9223372036")]),
            ("g", nil, [("mtime", "9223372035")]), ("h", nil, [("mtime", "-1")]),
        ])
        func times(_ path: String) throws -> [Int] { files.times(of: try #require(files.lookup(path))) }
        for path in ["a", "b", "c"] { #expect(try times(path) == [-6, 0, 1_600_000_000, 1_700_000_000]) }
        for path in ["d", "e", "hidden"] { #expect(try times(path) == [1_700_000_000]) }
        #expect(try times("f") == [0, 9_223_372_036])
        #expect(try times("g") == [9_223_372_035])
        #expect(try times("h") == [-1, 0])
    }

    /// Docker and podman extract nothing below such a name, and look for targets there by their last part.
    @Test(arguments: [".wh..wh.plnk", ".wh..wh.site", ".wh..wh.", ".wh..wh..opq", ".wh..wh..opqx"])
    func namesOfAUFSHoldNothing(name: String) throws {
        for path in ["\(name)/a", "\(name)/a/1.2", "./\(name)/a", "l/a"] {
            let upper = layer {
                $0.link("l", to: "/\(name)")
                $0.file(path, "1")
            }
            let error = #expect(throws: ImageReadingError.self, "\(path)") { try stacked([upper]) }
            #expect(error?.description.contains("a name of AUFS") == true, "\(String(describing: error))")
        }
        for target in [name, "\(name)/1.2", "./\(name)/1.2", "/\(name)/1.2"] {
            let upper = layer {
                $0.file("1.2", "1")
                $0.hardLink("b", to: target)
            }
            #expect(throws: ImageReadingError.self, "\(target)") { try stacked([upper]) }
        }
    }

    /// What Docker left in layers when it ran on AUFS.
    @Test func emptyNamesOfAUFSAreNothing() throws {
        let old = layer {
            $0.file(".wh..wh.aufs", "")
            $0.directory(".wh..wh.orph")
            $0.directory(".wh..wh.plnk")
            $0.file("a", "1")
            $0.directory("b")
            $0.file("b/.wh..wh.x/y", "2")
        }
        #expect(try paths([old, old]) == ["f a", "d b", "d b/.wh..wh.x", "f b/.wh..wh.x/y"])
    }
}
