import ArchiveReading
import EnvironmentInventory
import TestSupport
import Testing

@testable import ContainerImages

@Suite struct LayerStackTests {
    @Test func whiteoutHidesTheExactName() throws {
        let base = layer {
            $0.file("a/x", "1")
            $0.file("a/xy", "2")
            $0.file("b", "3")
        }
        #expect(try paths([base, layer { $0.file("a/.wh.x", "") }]) == ["d a", "f a/xy", "f b"])
        #expect(try paths([base, layer { $0.file(".wh.a", "") }]) == ["f b"])
        #expect(try paths([base, layer { $0.file(".wh.absent", "") }]) == ["d a", "f a/x", "f a/xy", "f b"])
    }

    @Test(arguments: [true, false])
    func opaqueHidesLowerLayersWhereverItStands(first: Bool) throws {
        let base = layer {
            $0.file("a/x", "1")
            $0.file("a/sub/y", "2")
        }
        let upper = layer {
            $0.directory("a")
            if first { $0.file("a/.wh..wh..opq", "") }
            $0.file("a/new", "3")
            $0.file("a/sub/z", "4")
            if !first { $0.file("a/.wh..wh..opq", "") }
        }
        #expect(try paths([base, upper]) == ["d a", "f a/new", "d a/sub", "f a/sub/z"])
    }

    @Test(arguments: [".wh.", "a/.wh.", ".wh..", ".wh..."])
    func whiteoutsWithoutANameAreInvalid(path: String) {
        #expect(throws: ImageReadingError.self) { try stacked([layer { $0.file(path, "") }]) }
    }

    /// Docker sets these attributes of a layer, and then hides lower files; containerd and umoci do not.
    @Test(arguments: [
        "trusted.overlay.opaque=y", "trusted.overlay.redirect=/b", "user.overlay.opaque=y",
        "user.fuseoverlayfs.opaque=y", "user.fuseoverlayfs.override_stat=0:0:0755",
        "user.containers.override_stat=0:0:0755", "security.fuseoverlayfs.override_stat=0:0:0755",
    ])
    func attributesOfOverlayAreRefused(attribute: String) throws {
        let record = " SCHILY.xattr.\(attribute)\n"
        let upper = layer {
            $0.add("x", type: "x", content: Array("\(record.utf8.count + 2)\(record)".utf8))
            $0.directory("a")
        }
        let error = #expect(throws: ImageReadingError.self) { try stacked([layer { $0.file("a/x", "1") }, upper]) }
        #expect(error?.description.contains("overlay") == true)
    }

    @Test(arguments: ["0", "1", "2", "3", "6"] as [Character])
    func theRootIsADirectory(type: Character) throws {
        #expect(try paths([layer { $0.add(".", type: "5", mode: 0o700) }]) == [])
        let other = layer {
            $0.file("a", "1")
            $0.add("./.", type: type, link: "12".contains(type) ? "a" : "")
        }
        #expect(throws: ImageReadingError.self) { try stacked([other]) }
    }

    @Test func filesAndFoldersReplaceEachOther() throws {
        let base = layer {
            $0.directory("a")
            $0.file("a/x", "1")
            $0.file("b", "2")
        }
        let upper = layer {
            $0.file("a", "now a file")
            $0.directory("b")
            $0.file("b/y", "3")
        }
        #expect(try paths([base, upper]) == ["f a", "d b", "f b/y"])
        #expect(try paths([base, upper, base]) == ["d a", "f a/x", "f b"])
    }

    /// umoci leaves the file as it is, containerd and Docker change its mode.
    @Test func hardLinksHaveTheModeOfTheirFile() throws {
        let same = try stacked([layer { $0.file("a", "1") }, layer { $0.add("b", type: "1", link: "a", mode: 0o644) }])
        #expect(same.lookup("b")?.mode == 0o644)
        for mode in [0, 0o755, 0o4755] {
            let error = #expect(throws: ImageReadingError.self) {
                try stacked([layer { $0.file("a", "1") }, layer { $0.add("b", type: "1", link: "a", mode: mode) }])
            }
            #expect(error?.description.contains("'b' is a hard link with another owner or mode than a") == true)
        }
    }

    /// Runtimes remove what has the name of a hard link before they look for its target.
    @Test func hardLinksToWhatTheyReplaceAreRefused() throws {
        let base = layer {
            $0.file("a/f", "1")
            $0.link("s", to: "a")
        }
        for (path, target) in [("a/f", "a/f"), ("a/f", "./a/f"), ("a", "a/f"), ("s", "s/f"), ("s/f", "a/f")] {
            // The last one is behind a link of a lower layer, unless the link is its own layer's.
            for layers in [
                [base, layer { $0.hardLink(path, to: target) }],
                [TarBytes(base.bytes + layer { $0.hardLink(path, to: target) }.bytes)],
            ] {
                let error = #expect(throws: ImageReadingError.self, "\(path) to \(target)") { try stacked(layers) }
                #expect(error?.description.contains("'\(path)' is ") == true)
            }
        }
        let again = try stacked([base, layer { $0.hardLink("h", to: "a/f") }, layer { $0.hardLink("h", to: "a/f") }])
        #expect(again.lookup("h")?.size == 1)
    }

    @Test func hardLinksReachLowerLayers() throws {
        let files = try stacked([
            layer { $0.file("a/x", "hello") }, layer { $0.hardLink("b", to: "a/x") }, layer { $0.file(".wh.a", "") },
        ])
        #expect(files.lookup("b")?.size == 5)
        #expect(files.lookup("a") == nil)
        #expect(throws: ImageReadingError.self) { try stacked([layer { $0.hardLink("b", to: "absent") }]) }
    }

    @Test func linksStayInsideOfTheRoot() throws {
        let files = try stacked([
            layer {
                $0.directory("usr/lib")
                $0.link("lib", to: "usr/lib")
                $0.link("up", to: "../../../../usr")
                $0.link("absolute", to: "/usr/lib")
                $0.link("loop", to: "loop2")
                $0.link("loop2", to: "/loop")
                $0.file("lib/a", "1")
                $0.file("absolute/b", "2")
                $0.file("up/lib/c", "3")
            }
        ])
        #expect(files.names(in: "usr/lib") == ["a", "b", "c"])
        #expect(files.lookup("lib/a")?.path == "usr/lib/a")
        #expect(files.lookup("/lib/../lib/../../../up/lib/c")?.path == "usr/lib/c")
        #expect(files.lookup("loop") == nil)
        #expect(files.lookup("loop/x") == nil)
        #expect(files.lookup("loop", followingLast: false)?.kind == .symbolicLink(target: "loop2"))
    }

    @Test func linksThatGrowWithoutEndAreNoTrap() throws {
        let files = try stacked([
            layer { tar in
                tar.link("l0", to: ".")
                for index in 1..<40 { tar.link("l\(index)", to: "l\(index - 1)/l\(index - 1)") }
            }
        ])
        #expect(files.lookup("l39") == nil)
    }

    @Test func whiteoutsGoThroughLinksOfTheirLayer() throws {
        let base = layer {
            $0.file("usr/lib/a", "1")
            $0.file("usr/lib/b", "1")
        }
        let upper = layer {
            $0.link("lib", to: "usr/lib")
            $0.file("lib/.wh.a", "")
        }
        #expect(try paths([base, upper]) == ["l lib", "d usr", "d usr/lib", "f usr/lib/b"])
    }

    /// Seen with buildah 1.28 on overlayfs and on vfs, and with umoci 0.4.7: each left other files.
    @Test(
        "what runtimes with overlayfs and others make different files of is refused",
        arguments: [
            (["lib/a"], "is behind the symbolic link 'lib' of a lower layer"),
            (["lib/sub/deep/a"], "'lib' of a lower layer"), (["chain/a"], "'lib' of a lower layer"),
            (["lib/.wh.a"], "'lib' of a lower layer"), (["lib/.wh..wh..opq"], "'lib' of a lower layer"),
            (["usr/lib/a", "usr/lib/.wh.a"], "is a whiteout of what its own layer holds"),
            (["usr/lib/.wh.a", "usr/lib/a"], "'usr/lib/a' is in a layer that has a whiteout of it"),
            (["usr/.wh.lib", "usr/lib/"], "'usr/lib' is in a layer that has a whiteout of it"),
            (["usr/.wh.lib", "usr/lib/new"], "'usr/lib/new' is in a layer that has a whiteout of it"),
            (["usr/lib/new", "usr/.wh.lib"], "is a whiteout of what its own layer holds"),
            ([".wh..wh..opq", "usr/lib/new"], "hides all lower layers at the root"),
            (["./.wh..wh..opq"], "hides all lower layers at the root"),
            (["usr/", "own/", ".wh..wh..opq"], "hides all lower layers at the root"),
            (["usr/lib", "usr/lib/"], "'usr/lib' is a directory again that its own layer replaced"),
            (["usr/lib", "usr/lib", "usr/lib/", "usr/lib/new"], "is a directory again"),
            (["own>usr/lib", "own/.wh..wh..opq"], "behind the symbolic link 'own', which not all runtimes follow"),
            (["usr/lib/a/.wh.x"], "is in something that is not a directory"),
        ])
    func refusesWhatRuntimesReadDifferently(entries: [String], reason: String) throws {
        let base = layer {
            $0.file("usr/lib/a", "1")
            $0.link("lib", to: "usr/lib")
        }
        let upper = layer { tar in
            if entries[0].hasPrefix("chain") { tar.link("chain", to: "lib") }
            for entry in entries {
                let parts = entry.split(separator: ">").map(String.init)
                if parts.count == 2 {
                    tar.link(parts[0], to: parts[1])
                } else if entry.hasSuffix("/") {
                    tar.directory(String(entry.dropLast()))
                } else {
                    tar.file(entry, "2")
                }
            }
        }
        let error = #expect(throws: ImageReadingError.self) { try stacked([base, upper]) }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
        // A directory on disk has no layers.
        var stack = LayerStack(image: "test", honorsWhiteouts: false)
        for layer in [base, upper] {
            let reader = try TarReader(MemoryByteSource(layer.archive, name: "layer"))
            let isFile = reason.hasPrefix("is in something")
            do { try stack.apply(LayerReader(limits: ReadingLimits()).read(reader), name: "layer") } catch {
                #expect(isFile)
            }
        }
    }

    @Test(
        "what Linux cannot hold is refused, before much of it is kept",
        arguments: [
            (String(repeating: "n", count: 255), 4095, nil as String?),
            (String(repeating: "n", count: 256), 1, "a name of more than 255 bytes"),
            ("a/" + String(repeating: "n", count: 300) + "/b", 1, "a name of more than 255 bytes"),
            ("l", 4096, "a target of more than 4095 bytes"),
        ])
    func refusesLongNames(path: String, target: Int, reason: String?) throws {
        let tar = layer { tar in
            let records = [("path", path), ("linkpath", String(repeating: "t", count: target))].map { key, value in
                let rest = " \(key)=\(value)\n"
                let digits = (1...4).first { "\(rest.utf8.count + $0)".utf8.count == $0 } ?? 0
                return "\(rest.utf8.count + digits)\(rest)"
            }
            tar.add("x", type: "x", content: Array(records.joined().utf8))
            tar.add("l", type: "2", link: "t")
        }
        guard let reason else {
            #expect(try stacked([tar]).lookup(path, followingLast: false) != nil)
            return
        }
        let error = #expect(throws: ArchiveReadingError.self) { try stacked([tar]) }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }

    /// As umoci repack writes a directory that became a file.
    @Test func whiteoutsOfAReplacedDirectoryHideNothing() throws {
        let base = layer {
            $0.file("d/x", "1")
            $0.file("d/sub/y", "1")
        }
        let upper = layer {
            $0.file("d", "now a file")
            for whiteout in ["d/.wh.sub", "d/.wh.x", "d/sub/.wh.y"] { $0.file(whiteout, "") }
        }
        #expect(try paths([base, upper]) == ["f d"])
    }

    /// What takes a link's place says so by an entry of its own.
    @Test func aDirectoryTakesThePlaceOfALink() throws {
        let base = layer {
            $0.file("usr/lib/a", "1")
            $0.link("lib", to: "usr/lib")
        }
        let upper = layer {
            $0.directory("lib")
            $0.file("lib/b", "2")
        }
        #expect(try paths([base, upper]) == ["d lib", "f lib/b", "d usr", "d usr/lib", "f usr/lib/a"])
        #expect(try paths([layer { $0.file(".wh..wh..opq", "") }, base]).count == 4)
    }

    @Test func theLastOfDuplicatesCounts() throws {
        let files = try stacked([
            layer {
                $0.file("a", "first")
                $0.file("./a", "second one")
            }
        ])
        #expect(files.lookup("a")?.size == 10)
    }

    @Test func namesAreBytes() throws {
        // The same letter composed and decomposed: two files, though equal as Swift strings.
        let files = try stacked([
            layer {
                $0.file("\u{E9}", "1")
                $0.file("e\u{301}", "22")
            }
        ])
        #expect(files.files.count == 2)
        #expect(files.lookup("\u{E9}")?.size == 1)
        #expect(files.lookup("e\u{301}")?.size == 2)
    }

    @Test func readsALongChainOfFolders() throws {
        let deep = (0..<60).map { "d\($0 % 10)" }.joined(separator: "/")
        #expect(try stacked([layer { $0.file(deep.prefix(90) + "x", "1") }]).files.count == 1)
    }

    /// Random layers, unpacked by umoci and by us.
    @Test(.enabled(if: hasProgram("umoci") && getuidIsRoot), arguments: 0..<12)
    func agreesWithUmoci(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1)
        let names = ["a", "b", "c", "ab"]
        func path() -> String { (0..<random.next(1...3)).map { _ in names[random.next(0...3)] }.joined(separator: "/") }
        var layers: [TarBytes] = []
        for number in 0..<4 {
            var tar = TarBytes()
            // Every parent is listed, as builders do: what tools do with unlisted ones differs.
            func parents(_ path: String) {
                let parts = path.split(separator: "/").dropLast()
                for count in 0..<parts.count { tar.directory(parts[...count].joined(separator: "/")) }
            }
            var used: Set<String> = []
            for _ in 0..<8 {
                let path = path()
                // One layer names a place once, and does not put a file where it has a folder.
                if used.contains(where: { $0 == path || $0.hasPrefix(path + "/") || path.hasPrefix($0 + "/") }) {
                    continue
                }
                used.insert(path)
                parents(path)
                switch random.next(0...5) {
                case 0 where number > 0:
                    let parts = path.split(separator: "/")
                    tar.file(
                        (parts.dropLast().map(String.init) + [".wh.\(parts.last ?? "x")"]).joined(separator: "/"), "")
                case 1: tar.directory(path)
                case 2 where number > 0:
                    tar.directory(path)
                    tar.file(path + "/.wh..wh..opq", "")
                case 3: tar.link(path, to: names[random.next(0...3)])
                default: tar.file(path, "\(number) \(path)")
                }
            }
            layers.append(tar)
        }
        let folder = TemporaryFolder()
        try writeLayout(folder, "oci", layers: layers.map(\.archive))
        let status = shell(
            "cd '\(folder.path)' && umoci --log=fatal unpack --image oci:example.org/app:1 bundle 2>/dev/null")
        let ours = try? readImage("oci:\(folder.path)/oci")
        try #require(status == 0)
        let theirs = try InstalledEnvironmentLines.walk("\(folder.path)/bundle/rootfs")
        let image = try #require(ours)
        #expect(lines(image.fileSystem).sorted() == theirs.sorted())
    }
}

enum InstalledEnvironmentLines {
    static func walk(_ path: String) throws -> [String] {
        var stack = LayerStack(image: "walk", honorsWhiteouts: false)
        try stack.apply(LayerReader(limits: ReadingLimits()).read(DirectoryReader(path: path)), name: "walk")
        return lines(FileSystemIndex(stack.finish()))
    }
}
