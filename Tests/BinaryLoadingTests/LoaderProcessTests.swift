import BinaryLoading
import TestSupport
import Testing

/// A root with a loader, a C library and a program, as tests change it.
struct LoaderScene {
    var files = TestFiles()
    var launch = LoaderSettings.Launch()
    static let loader = "/lib64/ld-linux-x86-64.so.2"
    static let directories = ["/lib/x86_64-linux-gnu/", "/usr/lib/x86_64-linux-gnu/", "/lib/", "/usr/lib/"]

    init(loader: String = LoaderScene.loader) {
        var interpreter = ELFBytes(needed: [], soname: "ld-linux-x86-64.so.2")
        interpreter.constants = Array(Self.directories.joined(separator: "\0").utf8) + [0]
        files.add(loader, interpreter)
        var libc = ELFBytes(needed: ["ld-linux-x86-64.so.2"], soname: "libc.so.6")
        libc.versions = ["GLIBC_2.2.5", "GLIBC_2.36"]
        files.add("/lib/x86_64-linux-gnu/libc.so.6", libc)
        var program = ELFBytes(needed: ["libc.so.6"])
        program.interpreter = loader
        files.add("/usr/bin/python3.11", program)
        self.loader = loader
    }

    private let loader: String

    func settings() throws -> LoaderSettings {
        let identity = try #require(files.loaderFile("/usr/bin/python3.11")?.binary?.identity)
        return LoaderSettings(loader: loader, machine: identity, launch: launch, files: files)
    }

    func process() throws -> LoaderProcess {
        LoaderProcess("/usr/bin/python3.11", settings: try settings(), files: files)
    }

    /// The paths that opening a file maps, and what stands in its way.
    func open(_ path: String) throws -> (paths: [String], issues: [LoadingIssue]) {
        var process = try process()
        let opened = process.open(path)
        return (opened.scope.map { process.objects[$0].path }, opened.issues)
    }

    mutating func library(
        _ path: String, needed: [String] = [], soname: String? = nil, rpath: String? = nil, runpath: String? = nil,
        machine: UInt16 = 62, flags: UInt64 = 0
    ) {
        var file = ELFBytes(needed: needed, soname: soname)
        file.rpath = rpath
        file.runpath = runpath
        file.machine = machine
        file.is64Bit = machine != 3
        file.flags = flags
        files.add(path, file)
    }
}

struct LoaderProcessTests {
    @Test("the default directories, the library name and the release come from the image's own loader")
    func settings() throws {
        let scene = LoaderScene()
        let settings = try scene.settings()
        #expect(settings.family == .glibc)
        #expect(settings.defaultDirectories == LoaderScene.directories)
        #expect(settings.libraryName == "lib/x86_64-linux-gnu")
        #expect(settings.release?.minor == 36)
        #expect(settings.remarks.isEmpty)
        let process = try scene.process()
        #expect(process.issues.isEmpty)
        #expect(process.objects.map(\.realPath).contains("/lib/x86_64-linux-gnu/libc.so.6"))
    }

    @Test("RUNPATH is not inherited, RPATH is")
    func inheritance() throws {
        for isRunpath in [true, false] {
            var scene = LoaderScene()
            scene.library(
                "/opt/m/x.so", needed: ["liba.so"], rpath: isRunpath ? nil : "$ORIGIN/libs",
                runpath: isRunpath ? "${ORIGIN}/libs" : nil)
            scene.library("/opt/m/libs/liba.so", needed: ["libb.so"])
            scene.library("/opt/m/libs/libb.so")
            let (paths, issues) = try scene.open("/opt/m/x.so")
            #expect(paths.contains("/opt/m/libs/liba.so"))
            #expect(paths.contains("/opt/m/libs/libb.so") == !isRunpath)
            #expect(issues.map(\.cause) == (isRunpath ? [.missingLibrary("libb.so", elsewhere: nil)] : []))
            if isRunpath { #expect(issues.first?.chain == ["/opt/m/x.so", "/opt/m/libs/liba.so"]) }
        }
    }

    @Test("an RPATH counts for nothing beside a RUNPATH, and for an object that has one itself")
    func rpathAndRunpath() throws {
        var scene = LoaderScene()
        scene.library("/opt/x.so", needed: ["liba.so"], rpath: "/opt/old", runpath: "/opt/new")
        scene.library("/opt/old/liba.so")
        #expect(try scene.open("/opt/x.so").issues.count == 1)
        scene.library("/opt/new/liba.so")
        #expect(try scene.open("/opt/x.so").paths == ["/opt/x.so", "/opt/new/liba.so"])
    }

    @Test("LD_LIBRARY_PATH goes after RPATH and before RUNPATH")
    func libraryPath() throws {
        for (isRunpath, expected) in [(true, "/env/liba.so"), (false, "/own/liba.so")] {
            var scene = LoaderScene()
            scene.launch.libraryPath = "/nowhere:/env"
            scene.library(
                "/opt/x.so", needed: ["liba.so"], rpath: isRunpath ? nil : "/own", runpath: isRunpath ? "/own" : nil)
            scene.library("/env/liba.so")
            scene.library("/own/liba.so")
            #expect(try scene.open("/opt/x.so").paths.last == expected)
        }
    }

    @Test("a file for another machine is passed over, and named when it is the only one")
    func foreign() throws {
        var scene = LoaderScene()
        scene.library("/opt/x.so", needed: ["liba.so"], runpath: "/one:/two")
        scene.library("/one/liba.so", machine: 183)
        #expect(
            try scene.open("/opt/x.so").issues.map(\.cause) == [
                .wrongArchitecture("liba.so", paths: ["/one/liba.so"], found: "aarch64")
            ])
        scene.library("/two/liba.so")
        #expect(try scene.open("/opt/x.so").paths.last == "/two/liba.so")
        scene.library("/arm/y.so", machine: 183)
        #expect(
            try scene.open("/arm/y.so").issues.map(\.cause) == [
                .wrongArchitecture("y.so", paths: ["/arm/y.so"], found: "aarch64")
            ])
    }

    @Test(
        "a damaged file ends the search",
        arguments: [
            ("", BinaryDamage.empty),
            ("version https://git-lfs.github.com/spec/v1\n" + String(repeating: "x", count: 90), .largeFilePointer),
            (String(repeating: "text", count: 30), .noHeader),
        ])
    func damaged(text: String, expected: BinaryDamage) throws {
        var scene = LoaderScene()
        scene.library("/opt/x.so", needed: ["liba.so"], runpath: "/one:/two")
        scene.files.add("/one/liba.so", Array(text.utf8))
        scene.library("/two/liba.so")
        #expect(try scene.open("/opt/x.so").issues.map(\.cause) == [.damaged(path: "/one/liba.so", expected)])
    }

    @Test("a library that is mapped is found by the name that was asked for and by its DT_SONAME")
    func mappedNames() throws {
        var scene = LoaderScene()
        scene.library("/opt/x.so", needed: ["liba-1.so", "libb.so"], runpath: "/opt/libs")
        scene.library("/opt/libs/liba-1.so", soname: "liba.so.1")
        scene.library("/opt/libs/libb.so", needed: ["liba.so.1", "liba-1.so"])
        let (paths, issues) = try scene.open("/opt/x.so")
        #expect(issues.isEmpty)
        #expect(paths == ["/opt/x.so", "/opt/libs/liba-1.so", "/opt/libs/libb.so"])
    }

    @Test("a file behind two names is mapped once, a dangling link is not a file")
    func links() throws {
        var scene = LoaderScene()
        scene.library("/opt/x.so", needed: ["liba.so", "liba.so.1", "libgone.so"], runpath: "/opt")
        scene.library("/opt/liba.so.1.2")
        scene.files.link("/opt/liba.so", "liba.so.1.2")
        scene.files.link("/opt/liba.so.1", "/opt/liba.so.1.2")
        scene.files.link("/opt/libgone.so", "libgone.so.1")
        let (paths, issues) = try scene.open("/opt/x.so")
        #expect(paths == ["/opt/x.so", "/opt/liba.so"])
        #expect(issues.map(\.cause) == [.missingLibrary("libgone.so", elsewhere: nil)])
    }

    @Test("all missing libraries are named, each for the object that needs it")
    func allMissing() throws {
        var scene = LoaderScene()
        scene.library("/opt/x.so", needed: ["lib1.so", "liba.so", "lib2.so"], runpath: "/opt")
        scene.library("/opt/liba.so", needed: ["lib3.so", "lib1.so"])
        let issues = try scene.open("/opt/x.so").issues
        #expect(
            issues.map(\.cause)
                == ["lib1.so", "lib2.so", "lib3.so", "lib1.so"].map {
                    .missingLibrary($0, elsewhere: nil)
                })
        #expect(issues.map(\.object) == ["/opt/x.so", "/opt/x.so", "/opt/liba.so", "/opt/liba.so"])
    }

    @Test("hwcaps directories are for the processors that have the level")
    func levels() throws {
        for (level, expected) in [
            (1, "/opt/liba.so"), (2, "/opt/glibc-hwcaps/x86-64-v2/liba.so"), (4, "/opt/glibc-hwcaps/x86-64-v3/liba.so"),
        ] {
            var scene = LoaderScene()
            scene.launch.level = level
            scene.library("/opt/x.so", needed: ["liba.so"], runpath: "/opt")
            scene.library("/opt/liba.so")
            scene.library("/opt/glibc-hwcaps/x86-64-v2/liba.so")
            scene.library("/opt/glibc-hwcaps/x86-64-v3/liba.so")
            #expect(try scene.open("/opt/x.so").paths.last == expected)
        }
    }

    @Test("DF_1_NODEFLIB leaves out the default directories")
    func noDefaults() throws {
        for flags in [0, 0x800] as [UInt64] {
            var scene = LoaderScene()
            scene.library("/opt/x.so", needed: ["liba.so"], flags: flags)
            scene.library("/usr/lib/liba.so")
            #expect(try scene.open("/opt/x.so").issues.isEmpty == (flags == 0))
        }
    }

    @Test("$LIB and $PLATFORM are replaced, an empty entry is the working directory")
    func tokens() throws {
        for (runpath, place) in [
            ("/opt/$LIB", "/opt/lib/x86_64-linux-gnu"), ("/opt/${PLATFORM}", "/opt/x86_64"), (":/none", "/srv"),
            ("$ORIGIN/a", "/opt/a"),
        ] {
            var scene = LoaderScene()
            scene.launch.workingDirectory = "/srv"
            scene.library("/opt/x.so", needed: ["liba.so"], runpath: runpath)
            scene.library("\(place)/liba.so")
            #expect(try scene.open("/opt/x.so").paths.last == "\(place)/liba.so", "\(runpath)")
        }
    }

    @Test("the name of a variable ends where no letter, digit or underscore follows, and an empty path is none")
    func tokenEnds() throws {
        for (runpath, place) in [
            ("/opt/$LIBX", "/opt/$LIBX"), ("/opt/$LIB64", "/opt/$LIB64"),
            ("/opt/${LIB}X", "/opt/lib/x86_64-linux-gnuX"),
            ("/opt/$ORIGIN_A", "/opt/$ORIGIN_A"), ("/opt/$LIB-a", "/opt/lib/x86_64-linux-gnu-a"),
        ] {
            var scene = LoaderScene()
            scene.library("/opt/x.so", needed: ["liba.so"], runpath: runpath)
            scene.library("\(place)/liba.so")
            #expect(try scene.open("/opt/x.so").paths.last == "\(place)/liba.so", "\(runpath)")
        }
        for isRunpath in [true, false] {
            var scene = LoaderScene()
            scene.library(
                "/opt/x.so", needed: ["liba.so"], rpath: isRunpath ? nil : "", runpath: isRunpath ? "" : nil)
            scene.library("/liba.so")
            #expect(
                try scene.open("/opt/x.so").issues.map(\.cause) == [.missingLibrary("liba.so", elsewhere: nil)])
        }
        var musl = LoaderScene(loader: "/lib/ld-musl-x86_64.so.1")
        musl.library("/opt/x.so", needed: ["liba.so"], runpath: "/opt/libs:/opt/$OTHER")
        musl.library("/opt/libs/liba.so")
        #expect(!(try musl.open("/opt/x.so").issues.isEmpty))
    }

    @Test("a file that loaders open and refuse ends the search")
    func refused() throws {
        let changes: [(String, (inout ELFBytes) -> Void)] = [
            ("another byte order", { $0.isLittleEndian = false }), ("an object file", { $0.type = 1 }),
            ("a program", { $0.flags = 0x0800_0000 }), ("not to be opened", { $0.flags = 0x40 }),
        ]
        for (name, change) in changes {
            var scene = LoaderScene()
            scene.library("/opt/x.so", needed: ["liba.so"], runpath: "/one:/two")
            var file = ELFBytes()
            change(&file)
            scene.files.add("/one/liba.so", file)
            scene.library("/two/liba.so")
            guard case .damaged(let path, _)? = try scene.open("/opt/x.so").issues.first?.cause else {
                Issue.record("\(name)")
                continue
            }
            #expect(path == "/one/liba.so")
        }
        var scene = LoaderScene()
        scene.library("/opt/x.so", needed: ["liba.so"], runpath: "/one:/two")
        var bytes = ELFBytes().build()
        // The header of the dynamic section becomes one that says nothing.
        bytes.replaceSubrange(64 + 56..<64 + 60, with: [0, 0, 0, 0x65])
        scene.files.add("/one/liba.so", bytes)
        scene.library("/two/liba.so")
        #expect(
            try scene.open("/opt/x.so").issues.map(\.cause) == [
                .damaged(path: "/one/liba.so", .malformed("it has no dynamic section"))
            ])
    }

    @Test("the legacy directories of old releases are searched in their order")
    func legacyDirectories() throws {
        let directories = ["tls/x86_64/x86_64", "tls/x86_64", "tls", "x86_64/x86_64", "x86_64"]
        for count in directories.indices {
            var scene = LoaderScene()
            scene.library("/opt/x.so", needed: ["liba.so"], runpath: "/opt/libs")
            for directory in directories[count...] { scene.library("/opt/libs/\(directory)/liba.so") }
            scene.library("/opt/libs/liba.so")
            #expect(try scene.open("/opt/x.so").paths.last == "/opt/libs/\(directories[count])/liba.so")
        }
    }

    @Test("comments of ld.so.preload are none of its libraries, and variables in LD_PRELOAD are replaced")
    func preloadSyntax() throws {
        var scene = LoaderScene()
        scene.launch.preload = "/opt/$LIB/liba.so"
        scene.files.add("/etc/ld.so.preload", Array("# liba of old\n/opt/libb.so#c\n\t/opt/libc9.so:/opt/libd.so".utf8))
        for path in ["/opt/lib/x86_64-linux-gnu/liba.so", "/opt/libb.so", "/opt/libc9.so", "/opt/libd.so"] {
            scene.library(path)
        }
        let process = try scene.process()
        #expect(process.unread.isEmpty)
        #expect(
            process.objects.map(\.path).filter { $0.hasPrefix("/opt") } == [
                "/opt/lib/x86_64-linux-gnu/liba.so", "/opt/libb.so", "/opt/libc9.so", "/opt/libd.so",
            ])
    }

    @Test("an object with nothing but its base version lacks the versions that others need")
    func baseVersions() throws {
        var scene = LoaderScene()
        scene.library("/opt/liba.so")
        var user = ELFBytes(needed: ["liba.so"])
        user.runpath = "/opt"
        user.versionNeeds = [("liba.so", ["A_1"])]
        scene.files.add("/opt/x.so", user)
        var process = try scene.process()
        var check = BindingCheck(process)
        let plain = process.open("/opt/x.so")
        #expect(check.issues(process, scope: plain.scope).isEmpty)
        var based = ELFBytes(soname: "liba.so")
        based.hasBaseVersion = true
        scene.files.add("/opt/liba.so", based)
        process = try scene.process()
        check = BindingCheck(process)
        let opened = process.open("/opt/x.so")
        #expect(
            check.issues(process, scope: opened.scope).map(\.cause) == [
                .missingVersions(["A_1"], of: "liba.so", path: "/opt/liba.so")
            ])
    }

    @Test("what is preloaded is mapped first, and what cannot be is only a remark")
    func preloads() throws {
        var scene = LoaderScene()
        scene.launch.preload = "/opt/liba.so:libnone.so"
        scene.files.add("/etc/ld.so.preload", Array("/opt/libb.so\n".utf8))
        scene.library("/opt/liba.so", soname: "liba.so")
        scene.library("/opt/libb.so", soname: "libb.so")
        scene.library("/opt/x.so", needed: ["liba.so", "libb.so"])
        var process = try scene.process()
        #expect(process.open("/opt/x.so").issues.isEmpty)
        #expect(process.unread.map(\.file) == ["libnone.so"])
    }

    @Test("a program cannot be opened, a file that is not there is said")
    func noLibraries() throws {
        var scene = LoaderScene()
        scene.library("/opt/pie.so", flags: 0x0800_0000)
        #expect(try scene.open("/opt/pie.so").issues.map(\.cause) == [.program])
        #expect(try scene.open("/opt/none.so").issues.map(\.cause) == [.missingFile])
        scene.files.add("/opt/empty.so", [])
        #expect(try scene.open("/opt/empty.so").issues.map(\.cause) == [.damaged(path: "/opt/empty.so", .empty)])
    }

    @Test("musl looks into its own path, inherits paths, and is its own C library")
    func musl() throws {
        var scene = LoaderScene(loader: "/lib/ld-musl-x86_64.so.1")
        scene.library(
            "/opt/x.so", needed: ["liba.so", "libc.musl-x86_64.so.1", "libpthread.so.0"], runpath: "$ORIGIN/libs")
        scene.library("/opt/libs/liba.so", needed: ["libb.so", "libsys.so"])
        scene.library("/opt/libs/libb.so")
        scene.library("/usr/local/lib/libsys.so")
        let (paths, issues) = try scene.open("/opt/x.so")
        #expect(issues.isEmpty)
        #expect(paths.contains("/opt/libs/libb.so"))
        #expect(paths.contains("/usr/local/lib/libsys.so"))
        scene.files.add("/etc/ld-musl-x86_64.path", Array("/only\n".utf8))
        #expect(try scene.open("/opt/x.so").issues.map(\.cause) == [.missingLibrary("libsys.so", elsewhere: nil)])
        #expect(try scene.settings().family == .musl)
    }

    @Test(
        "musl's path file ends at its first zero, and its parts at colons and line feeds",
        arguments: [
            ("/opt/evil\0:/lib:/usr/lib", ["/opt/evil"]), ("/a:/b\n\n/c:\n", ["/a", "/b", "/c"]), ("", []),
            ("\0/lib", []), ("own dir\n", ["own dir"]), ("/a#b\t", ["/a#b\t"]),
        ] as [(String, [String])])
    func muslPathFile(text: String, directories: [String]) throws {
        var scene = LoaderScene(loader: "/lib/ld-musl-x86_64.so.1")
        scene.files.add("/etc/ld-musl-x86_64.path", Array(text.utf8))
        #expect(try scene.settings().defaultDirectories == directories)
        // The file of a loader elsewhere lies beside it.
        var other = LoaderScene(loader: "/opt/musl/lib/ld-musl-x86_64.so.1")
        other.files.add("/etc/ld-musl-x86_64.path", Array(text.utf8))
        #expect(try other.settings().defaultDirectories == ["/lib", "/usr/local/lib", "/usr/lib"])
        other.files.add("/opt/musl/etc/ld-musl-x86_64.path", Array(text.utf8))
        #expect(try other.settings().defaultDirectories == directories)
    }
}
