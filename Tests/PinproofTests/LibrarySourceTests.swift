import EnvironmentInventory
import Glibc
import TestSupport
import Testing

@testable import Pinproof

/// Where shared libraries are taken from, as captures record it and `diff` compares it.
struct LibrarySourceTests {
    /// A root whose interpreter needs a library, which lies in some directory.
    private static func root(_ directory: String?, bytes: String = "one", glibc: String = "GLIBC_2.36")
        -> TemporaryDirectory
    {
        let root = TemporaryDirectory()
        var loader = ELFBytes(needed: [], soname: "ld-linux-x86-64.so.2")
        loader.constants = Array("/lib/x86_64-linux-gnu/\0/usr/lib/x86_64-linux-gnu/\0/lib/\0/usr/lib/\0".utf8)
        root.write("lib64/ld-linux-x86-64.so.2", loader.build())
        var library = ELFBytes(needed: [], soname: "libc.so.6")
        library.versions = ["GLIBC_2.2.5", "GLIBC_2.36"]
        root.write("lib/x86_64-linux-gnu/libc.so.6", library.build())
        var python = ELFBytes(needed: ["libc.so.6", "libdemo.so.1"])
        python.interpreter = "/lib64/ld-linux-x86-64.so.2"
        root.write("usr/bin/python3.11", python.build())
        if let directory {
            var demo = ELFBytes(needed: [], soname: "libdemo.so.1")
            demo.constants = Array(bytes.utf8)
            root.write("\(directory)/libdemo.so.1", demo.build())
        }
        root.write("etc/os-release", Array("ID=debian\nVERSION_ID=\"12\"\n".utf8))
        root.write("usr/lib/python3.11/os.py", [10])
        let site = "usr/local/lib/python3.11/dist-packages"
        root.write(
            "\(site)/demo-1.0.dist-info/METADATA", Array("Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n".utf8))
        root.write("\(site)/demo-1.0.dist-info/RECORD", Array("demo/core.abi3.so,,\n".utf8))
        var module = ELFBytes(needed: ["libc.so.6"])
        module.defined = [("PyInit_core", nil)]
        module.versionNeeds = [("libc.so.6", [glibc])]
        module.instructionSets = 2
        root.write("\(site)/demo/core.abi3.so", module.build())
        return root
    }

    @Test("diff names a library that is taken from another place, has other bytes, or is gone")
    func difference() async throws {
        let left = Self.root("lib/x86_64-linux-gnu")
        defer { withExtendedLifetime(left) {} }
        let others: [(TemporaryDirectory, [String?])] = [
            (Self.root("usr/lib"), ["usr/lib/libdemo.so.1"]),
            (Self.root("lib/x86_64-linux-gnu", bytes: "two"), ["lib/x86_64-linux-gnu/libdemo.so.1"]),
            (Self.root(nil), [nil]),
        ]
        defer { withExtendedLifetime(others) {} }
        for (right, paths) in others {
            let found = try await Differ().compare(left.path, right.path)
            let libraries = try #require(found.libraries)
            #expect(libraries.map(\.name) == ["libdemo.so.1"])
            #expect(libraries.first?.left.map(\.path) == ["lib/x86_64-linux-gnu/libdemo.so.1"])
            #expect(libraries.first?.right.map(\.path) == paths)
            #expect(!found.isEmpty)
        }
        let copy = Self.root("lib/x86_64-linux-gnu")
        defer { withExtendedLifetime(copy) {} }
        let same = try await Differ().compare(left.path, copy.path)
        #expect(same.libraries == [])
        var options = Differ.Options()
        options.comparesOnlyPackages = true
        #expect(try await Differ(options: options).compare(left.path, others[0].0.path).libraries == nil)
    }

    @Test("a capture records needs and libraries, which diff compares with what is served")
    func capture() async throws {
        let trained = Self.root("lib/x86_64-linux-gnu", glibc: "GLIBC_2.2.5")
        let other = Self.root("usr/lib", glibc: "GLIBC_2.2.5")
        defer { withExtendedLifetime((trained, other)) {} }
        let text = try await Capturer().capture(trained.path).text
        #expect(text.contains("[tool.pinproof.needs]\nglibc = \"2.2.5\"\ncpu = \"x86-64-v2\"\n"))
        #expect(text.contains("name = \"libdemo.so.1\"\npath = \"lib/x86_64-linux-gnu/libdemo.so.1\"\n"))
        #expect(try await Capturer().capture(trained.path).text == text)
        let folder = TemporaryDirectory()
        defer { withExtendedLifetime(folder) {} }
        folder.write("pylock.toml", Array(text.utf8))
        let capture = folder.path + "/pylock.toml"
        #expect(try await Differ().compare(capture, trained.path).libraries == [])
        let served = try await Differ().compare(capture, other.path)
        #expect(served.libraries?.map(\.name) == ["libdemo.so.1"])
        #expect(!served.isEmpty)
        let needs = try await Inspector().inspect(capture).loading(LoadingOptions())?.needs
        #expect(needs?.glibc == "2.2.5" && needs?.cpu == "x86-64-v2")
    }

    @Test("of an environment without its system needs are stated, and nothing is judged")
    func alone() async throws {
        let folder = TemporaryDirectory()
        defer { withExtendedLifetime(folder) {} }
        let site = "lib/python3.11/site-packages"
        folder.write("pyvenv.cfg", Array("home = /usr/bin\nversion = 3.11.2\n".utf8))
        folder.write("bin/activate", [])
        #expect(symlink("/nonexistent/python3.11", folder.path + "/bin/python") == 0)
        folder.write(
            "\(site)/demo-1.0.dist-info/METADATA", Array("Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n".utf8))
        folder.write("\(site)/demo-1.0.dist-info/RECORD", Array("demo/core.abi3.so,,\ndemo/libown.so.2,,\n".utf8))
        var module = ELFBytes(needed: ["libc.so.6", "libown.so.2"])
        module.runpath = "$ORIGIN"
        module.defined = [("PyInit_core", nil)]
        module.versionNeeds = [("libc.so.6", ["GLIBC_2.17"])]
        folder.write("\(site)/demo/core.abi3.so", module.build())
        folder.write("\(site)/demo/libown.so.2", ELFBytes(needed: [], soname: "libown.so.2").build())
        var options = Inspector.Options()
        options.judgesLoading = true
        let loading = try #require(try await Inspector(options: options).inspect(folder.path).loading(LoadingOptions()))
        #expect(loading.verdict == .notJudged && loading.problems.isEmpty && loading.libraries.isEmpty)
        #expect(loading.needs.glibc == "2.17")
        #expect(loading.sources.map(\.name) == ["libc.so.6", "libown.so.2"])
        #expect(loading.sources.map(\.path) == [nil, "\(site)/demo/libown.so.2"])
        #expect(loading.sources.first?.place == .outside)
        #expect(loading.sources.last?.owner == "pypi demo 1.0")
        #expect(try await Capturer().capture(folder.path).text.contains("name = \"libc.so.6\"\nsource = \"system\"\n"))
    }
}
