import Testing

@testable import ProgramStart

/// Where an interpreter looks for modules.
struct ImportPathTests {
    private static func paths(
        _ command: [String] = ["python", "serve.py"], _ variables: [String] = ["PATH=/opt/venv/bin:/usr/bin:/bin"],
        files: [String: String] = [:], without: [String] = [], user: String = ""
    ) throws -> [String] {
        let start = try StartListing(files, without: without).start(command, variables, user: user)
        return (start.importPath?.directories ?? []).map(\.path)
    }

    private static let library = ["usr/lib/python3.11", "usr/lib/python3.11/lib-dynload"]
    private static let site = "opt/venv/lib/python3.11/site-packages"

    @Test("a virtual environment")
    func virtualEnvironment() throws {
        let own = try Self.paths()
        #expect(Array(own.prefix(4)) == ["srv/app"] + Self.library + [Self.site])
        #expect(!own.contains("usr/lib/python3/dist-packages"))
        // Without the key, site looks into the installation too.
        let open = try Self.paths(files: ["opt/venv/pyvenv.cfg": "home = /usr/bin\n"])
        #expect(
            open.contains("usr/lib/python3/dist-packages") && open.contains("root/.local/lib/python3.11/site-packages"))
        // The first home wins.
        let twice = try Self.paths(files: [
            "opt/venv/pyvenv.cfg": "home = /opt/other/bin\nhome = /usr/bin\n", "opt/other/lib/python3.11/os.py": "",
        ])
        #expect(twice.contains("opt/other/lib/python3.11") && !twice.contains("usr/lib/python3.11"))
        // site reads the file next to the interpreter first, getpath the one above.
        let both = try Self.paths(files: ["opt/venv/bin/pyvenv.cfg": "include-system-site-packages = true\n"])
        #expect(both.contains("usr/lib/python3/dist-packages"))
    }

    @Test("the system's Python has Debian's directories")
    func system() throws {
        let paths = try Self.paths(["python3", "serve.py"], ["PATH=/usr/bin:/bin"])
        #expect(Array(paths.prefix(3)) == ["srv/app"] + Self.library)
        #expect(
            paths.contains("usr/local/lib/python3.11/dist-packages") && paths.contains("usr/lib/python3/dist-packages"))
        #expect(
            !(try Self.paths(["python3", "-S", "serve.py"], ["PATH=/usr/bin:/bin"]).contains(
                "usr/lib/python3/dist-packages")))
    }

    @Test(
        "variables and options",
        arguments: [
            (["python", "serve.py"], ["PYTHONPATH=/a::b"], ["srv/app", "a", "srv/app/b"]),
            (["python", "-P", "serve.py"], ["PYTHONPATH=/a"], ["a", "usr/lib/python3.11"]),
            // Separators with an accent behind them, and two forms of one name.
            (
                ["python", "serve.py"], ["PYTHONPATH=\u{301}b:\u{301}c:/\u{301}d"],
                ["srv/app", "srv/app/\u{301}b", "srv/app/\u{301}c", "\u{301}d"]
            ),
            (["python", "serve.py"], ["PYTHONPATH=/\u{E9}:/e\u{301}"], ["srv/app", "\u{E9}", "e\u{301}"]),
            (["python", "-E", "serve.py"], ["PYTHONPATH=/a"], ["srv/app", "usr/lib/python3.11"]),
            (["python", "-I", "serve.py"], ["PYTHONPATH=/a"], ["usr/lib/python3.11"]),
            (["python", "serve.py"], ["PYTHONSAFEPATH=1"], ["usr/lib/python3.11"]),
            (["python", "serve.py"], ["PYTHONHOME=/opt/home"], ["srv/app", "opt/home/lib/python3.11"]),
            (["python", "-c", "import x"], [], ["srv/app", "usr/lib/python3.11"]),
        ] as [([String], [String], [String])])
    func variables(command: [String], variables: [String], first: [String]) throws {
        let paths = try Self.paths(command, ["PATH=/opt/venv/bin:/usr/bin:/bin"] + variables)
        #expect(Array(paths.prefix(first.count)) == first, "\(paths)")
    }

    @Test("the user's own packages lie in the home directory that /etc/passwd says")
    func userSite() throws {
        let site = "lib/python3.11/site-packages"
        func paths(_ variables: [String], _ user: String) throws -> [String] {
            try Self.paths(["python3", "serve.py"], ["PATH=/usr/bin"] + variables, user: user)
        }
        #expect(try paths([], "app").contains("home/app/.local/\(site)"))
        #expect(try paths([], "1000:1000").contains("home/app/.local/\(site)"))
        #expect(try paths([], "").contains("root/.local/\(site)"))
        #expect(try paths(["HOME=/data"], "app").contains("data/.local/\(site)"))
        #expect(try paths(["PYTHONUSERBASE=/u"], "app").contains("u/\(site)"))
        #expect(!(try paths(["PYTHONNOUSERSITE=1"], "app").contains("home/app/.local/\(site)")))
    }

    @Test(
        "the standard library is that of the first directory with a landmark, the interpreter's own included",
        arguments: [
            (["usr/bin/lib/python3.11/os.py"], ["usr/bin/lib/python3.11", "usr/lib/python3.11/lib-dynload"]),
            (["usr/bin/lib/python3.11/lib-dynload/"], ["usr/lib/python3.11", "usr/bin/lib/python3.11/lib-dynload"]),
            (["usr/bin/lib/python311.zip"], ["usr/bin/lib/python3.11", "usr/lib/python3.11/lib-dynload"]),
            (
                ["usr/lib64/python3.11/os.py"],
                ["usr/lib/python3.11", "usr/lib/python3.11/lib-dynload", "usr/lib64/python3.11"]
            ),
        ] as [([String], [String])])
    func landmarks(files: [String], library: [String]) throws {
        let all = Dictionary(files.map { ($0, "") }, uniquingKeysWith: { first, _ in first })
        let paths = try Self.paths(files: all)
        #expect(Array(paths.dropFirst().prefix(library.count)) == library, "\(paths)")
    }

    @Test("Python keeps the links of the folders on the way to it, and follows the one that it is")
    func linkedFolders() throws {
        let folder = ["opt/other/bin": "-> /usr/bin", "opt/other/lib/python3.11/os.py": ""]
        let paths = try Self.paths(["/opt/other/bin/python3", "serve.py"], [], files: folder)
        #expect(paths.contains("opt/other/lib/python3.11") && !paths.contains("usr/lib/python3.11"), "\(paths)")
        let system = try Self.paths(["/opt/all/bin/python3", "serve.py"], [], files: ["opt/all": "-> /usr"])
        #expect(system.contains("opt/all/lib/python3.11") && system.contains("opt/all/lib/python3/dist-packages"))
        let merged = ["bin": "-> usr/bin", "lib": "-> usr/lib", "usr/bin/sh": "ELF"]
        let usual = try Self.paths(
            ["/bin/python3", "serve.py"], [], files: merged, without: ["bin/sh", "bin/bash"])
        #expect(Array(usual.dropFirst().prefix(2)) == Self.library, "\(usual)")
    }

    @Test(
        "a path with .. behind a link is a gap where Python takes it for another one than the system",
        arguments: [
            ("/opt/link/../bin/python", [], true), ("/opt/venv/../venv/bin/python", [], false),
            ("/opt/venv/bin/python", ["PYTHONPATH=/opt/link/../x"], true), ("/srv/py", [], true),
            ("/srv/good", [], false), ("/opt/venv/bin/python", ["PYTHONPATH=/srv/../x"], false),
        ] as [(String, [String], Bool)])
    func ambiguousPaths(program: String, variables: [String], isGap: Bool) throws {
        let files = [
            "opt/link": "-> /evil/x", "evil/x/": "", "evil/bin/python": "-> /usr/bin/python3", "opt/bin/python": "ELF",
            "opt/x/": "", "evil/x.py": "", "srv/py": "-> ../opt/link/../bin/python",
            "srv/good": "-> ../opt/../usr/bin/python3",
        ]
        let start = try StartListing(files).start([program, "serve.py"], variables)
        #expect(start.gaps.contains { $0.reason.contains("behind a link") } == isGap, "\(start.gaps)")
    }

    @Test(
        "what leads through folders of the kernel, or to nothing in the image, is a gap",
        arguments: [
            (["python", "/proc/self/root/srv/evil.py"], [], "the file that Python runs"),
            (["python", "/dev/stdin"], [], "the file that Python runs"),
            (["python", "none.py"], [], nil), (["python", "link.py"], [], "the file that Python runs"),
            (["/proc/self/root/opt/venv/bin/python", "serve.py"], [], "not in the image"),
            (["python", "serve.py"], ["PATH=/proc/self/root/evil:/opt/venv/bin"], "kernel"),
            (["python", "serve.py"], ["PYTHONPATH=/sys/x"], "kernel"),
            (["python", "serve.py"], ["PYTHONHOME=/dev/x"], "kernel"),
            (["python", "serve.py"], [], nil), (["python", "-m", "x"], [], nil), (["python", "/srv/app"], [], nil),
        ] as [([String], [String], String?)])
    func absentPaths(command: [String], variables: [String], reason: String?) throws {
        let variables =
            variables.contains { $0.hasPrefix("PATH") } ? variables : ["PATH=/opt/venv/bin:/bin"] + variables
        let gaps = try StartListing(["evil/python": "ELF", "srv/app/link.py": "-> /mnt/x"]).start(command, variables)
            .gaps
        #expect(reason.map { reason in gaps.contains { $0.reason.contains(reason) } } ?? gaps.isEmpty, "\(gaps)")
    }

    @Test(
        "links of Python's own files that lead to nothing are gaps",
        arguments: [
            "opt/venv/lib/python3.11/site-packages/x.pth", "opt/venv/bin/pyvenv.cfg", "etc/ld.so.preload",
        ])
    func danglingFiles(path: String) throws {
        let gaps = try StartListing([path: "-> /proc/self/root/x"]).start(
            ["python", "serve.py"], ["PATH=/opt/venv/bin"]
        ).gaps
        #expect(gaps.contains { $0.reason == ImportPath.dangling }, "\(gaps)")
    }

    @Test(
        "a FIFO or a device that Python opens is a gap; what it passes over is not",
        arguments: [
            ("opt/venv/lib/python3.11/site-packages/x.pth", "other FIFO", true),
            ("opt/venv/lib/python3.11/site-packages/x.pth", "other character device 1:5", true),
            ("opt/venv/lib/python3.11/site-packages/x.pth", "-> /srv/pipe", true),
            ("opt/venv/bin/pyvenv.cfg", "other FIFO", true),
            ("opt/venv/lib/python3.11/site-packages/x.pth", "other socket", false),
            ("opt/venv/lib/python3.11/site-packages/x.pth/", "", false),
            ("opt/venv/lib/python3.11/site-packages/x.py", "other FIFO", false),
        ])
    func devices(path: String, text: String, isGap: Bool) throws {
        let gaps = try StartListing([path: text, "srv/pipe": "other FIFO"]).start(
            ["python", "serve.py"], ["PATH=/opt/venv/bin:/bin"]
        ).gaps
        #expect(gaps.contains { $0.reason.contains("it is no file but a") } == isGap, "\(gaps)")
        #expect(gaps.isEmpty == !isGap, "\(gaps)")
    }

    @Test(
        "home is what the interpreter reads as such",
        arguments: [
            ("home\u{0C} = /evil/bin\nhome = /usr/bin\n", true), ("x\rhome = /usr/bin\nhome = /evil/bin\n", true),
            ("HOME\u{2003}=\u{A0}/evil/bin\u{1F}\n", true), ("home = /usr/bin\nhome = /evil/bin\n", false),
            ("home = /evil/bin/\r\n", true), ("x = 1\n\u{0}home = /evil/bin\n", false), ("home = /usr/bin", false),
        ])
    func home(text: String, isEvil: Bool) throws {
        let paths = try Self.paths(files: ["opt/venv/pyvenv.cfg": text, "evil/lib/python3.11/os.py": ""])
        #expect(paths.contains("evil/lib/python3.11") == isEvil, "\(paths)")
        #expect(paths.contains("usr/lib/python3.11") != isEvil, "\(paths)")
    }

    @Test("what stands in for the place of the interpreter, and what it finds besides")
    func places() throws {
        func paths(_ variables: [String], _ files: [String: String] = [:]) throws -> [String] {
            try Self.paths(["python", "serve.py"], ["PATH=/opt/venv/bin:/usr/bin"] + variables, files: files)
        }
        let evil = ["evil/pyvenv.cfg": "home = /usr/bin\n", "evil/lib/python3.11/site-packages/": ""]
        for name in ["PYTHONEXECUTABLE", "__PYVENV_LAUNCHER__"] {
            #expect(try paths(["\(name)=/evil/bin/python"], evil).contains("evil/lib/python3.11/site-packages"))
        }
        // `site` takes the environment from any pyvenv.cfg, with PYTHONHOME as well.
        #expect(try paths(["PYTHONHOME=/usr"]).contains(Self.site))
        #expect(try paths([], ["opt/venv/pyvenv.cfg": "x = 1\n"]).contains(Self.site))
        let platform = ["usr/evil": "-> lib", "opt/venv/evil/python3.11/site-packages/": ""]
        let found = try paths(["PYTHONPLATLIBDIR=evil"], platform)
        #expect(found.contains("usr/evil/python3.11") && found.contains("opt/venv/evil/python3.11/site-packages"))
        let debian = "opt/venv/local/lib/python3.11/dist-packages"
        #expect(try paths([], [debian + "/": ""]).contains(debian))
        let replaced = try paths(["PYTHONHOME=/opt/home"], ["opt/venv/bin/python._pth": "/evil # x\n"])
        #expect(replaced.contains("evil") && !replaced.contains("opt/home/lib/python3.11"))
        // A relative home goes from the working directory.
        let relative = ["opt/venv/pyvenv.cfg": "home = x/bin\n", "srv/app/x/lib/python3.11/os.py": ""]
        #expect(try paths([], relative).contains("srv/app/x/lib/python3.11"))
    }

    @Test("a build directory is among the files that decide, and a home that leads nowhere is a gap")
    func deciding() throws {
        let start = try StartListing(["usr/bin/Modules/Setup.local": ""]).start(["python", "serve.py"])
        #expect(start.importPath?.decidingFiles.contains("usr/bin/Modules/Setup.local") == true)
        let own = [
            "opt/p/bin/python3.11": "ELF", "opt/p/lib/python3.11/os.py": "",
            "opt/venv/bin/python": "-> /opt/p/bin/python3.11",
        ]
        for (home, isGap) in [("/none/bin", true), ("/opt/p/bin", false)] {
            let files = own.merging(["opt/venv/pyvenv.cfg": "home = \(home)\n"]) { _, new in new }
            let start = try StartListing(files).start(["python", "serve.py"])
            #expect(start.gaps.contains { $0.reason.contains("standard library") } == isGap)
        }
        // Before 3.11 PYTHONSAFEPATH and python._pth mean nothing.
        let older = try StartListing([
            "usr/bin/python3.10": "ELF", "usr/lib/python3.10/os.py": "", "usr/bin/python3.10._pth": "/evil\n",
        ]).start(["python3.10", "-m", "serve"], ["PATH=/usr/bin", "PYTHONSAFEPATH=1"])
        #expect(older.importPath?.directories.map(\.path).prefix(2) == ["srv/app", "usr/lib/python3.10"])
    }

    @Test("what runtimes differ in about the home directory is a gap where Python looks below it")
    func homes() throws {
        let open = "home = /usr/bin\ninclude-system-site-packages = true\n"
        func gaps(_ variables: [String], user: String = "", users: String? = nil, system: Bool = true) throws
            -> [String]
        {
            var files = ["srv/app/serve.py": ""]
            if system { files["opt/venv/pyvenv.cfg"] = open }
            if let users { files["etc/passwd"] = users }
            return try StartListing(files).start(
                ["python", "serve.py"], ["PATH=/opt/venv/bin:/usr/bin"] + variables, user: user
            ).gaps.map(\.subject)
        }
        #expect(try gaps(["HOME="]) == ["HOME"])
        #expect(try gaps(["HOME="], system: false).isEmpty)
        #expect(try gaps(["HOME=/x"]).isEmpty && gaps([], user: "app").isEmpty && gaps([], user: "65532").isEmpty)
        let twice = "root:x:0:0::/root:/bin/sh\nfirst:x:7:7::/first:/bin/sh\nsecond:x:7:7::/second:/bin/sh\n"
        #expect(try gaps([], user: "second", users: twice) == ["HOME"])
        #expect(try gaps([], user: "first", users: twice).isEmpty && gaps([], user: "7", users: twice).isEmpty)
    }

    @Test("a server's change of the directory comes after Python's own paths")
    func changedDirectory() throws {
        let start = try StartListing(["opt/": ""]).start(
            ["gunicorn", "--chdir", "/opt", "a:b"], ["PATH=/opt/venv/bin", "PYTHONPATH=lib"])
        #expect(start.importPath?.directories.map(\.path).contains("srv/app/lib") ?? false)
        #expect(start.workingDirectory == "/opt" && start.startDirectory == "/srv/app")
    }

    @Test("python._pth replaces the path")
    func replacement() throws {
        let paths = try Self.paths(files: ["opt/venv/bin/python._pth": "/evil\nlib\n# remark\nimport site\n"])
        #expect(paths.contains("evil") && paths.contains("opt/venv/bin/lib") && !paths.contains("usr/lib/python3.11"))
        #expect(paths.contains(Self.site))
        // Next to the program that the link leads to as well.
        let behind = try Self.paths(files: ["usr/bin/python3.11._pth": "/evil\n"])
        #expect(behind.contains("evil") && !behind.contains(Self.site))
    }

    @Test(".pth files add directories that are there")
    func pathConfiguration() throws {
        let paths = try Self.paths(files: [
            "\(Self.site)/a.pth": "# remark\n/opt/extra\nsub\n/opt/none\nimport os\n", "opt/extra/": "",
            "\(Self.site)/sub/": "", "\(Self.site)/.hidden.pth": "/opt/hidden\n", "opt/hidden/": "",
        ])
        #expect(paths.contains("opt/extra") && paths.contains("\(Self.site)/sub"))
        // Hidden ones too: releases before 3.11.8 read them.
        #expect(!paths.contains("opt/none") && paths.contains("opt/hidden"))
        // A directory of packages that is a link.
        let linked = try StartListing(
            [Self.site: "-> /opt/pkgs", "opt/pkgs/hook.pth": "import os\n"], without: [Self.site + "/"])
        #expect(linked.start(["python", "serve.py"]).importPath?.configurations == ["opt/pkgs/hook.pth"])
    }

    @Test(
        "lines of .pth files end where that version of Python ends them",
        arguments: [
            ("import os\n", 11, ["import os"]), ("import os\r\n/a\r\n", 11, ["import os", "/a"]),
            ("# remark\rimport x\n", 11, ["import x"]), ("# remark\rimport x\n", 13, ["import x"]),
            ("# r\u{0C}import x\n", 11, []), ("# r\u{0C}import x\n", 13, ["import x"]),
            ("# r\u{2028}import x\n", 12, []), ("# r\u{2028}import x\n", 13, ["import x"]),
            ("# r\u{85}import x\n", 13, ["import x"]), ("# r\u{1C}import x\n", 13, ["import x"]),
            ("\u{FEFF}import x\n", 13, ["import x"]), ("\u{FEFF}import x\n", 11, ["\u{FEFF}import x"]),
            ("  \n\n\t\n", 11, []), (" import x\n", 11, [" import x"]), ("", 11, []),
        ] as [(String, Int, [String])])
    func lines(text: String, minor: Int, lines: [String]) {
        #expect(PathConfiguration(Array(text.utf8), minor: minor).lines.map(\.text) == lines)
    }

    @Test("line numbers are those of an editor")
    func lineNumbers() {
        let file = PathConfiguration(Array("/a\r\n/b\r/c\n/d".utf8), minor: 11)
        #expect(file.lines.map(\.number) == [1, 2, 2, 3])
        #expect(file.lines.map(\.isCode) == [false, false, false, false])
    }

    @Test(
        "interpreters by their names",
        arguments: [
            ("python", true), ("/usr/bin/python3.11", true), ("python3.13t", true), ("pypy3", true), ("pythonw", false),
            ("python-config", false), ("ipython", false), ("", false),
        ])
    func names(name: String, isInterpreter: Bool) {
        #expect(PythonCommandLine.isInterpreter(name) == isInterpreter)
    }
}
