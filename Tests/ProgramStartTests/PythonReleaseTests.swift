import Testing

@testable import ProgramStart

/// Which Python an interpreter is, and what does not agree with it.
struct PythonReleaseTests {
    private static let site = "lib/python3.12/site-packages/"
    /// A virtual environment with a copy of an interpreter, of a system that has the modules of 3.11 and 3.12.
    private static func copied(_ program: String, states version: String, library: String = "3.12") -> [String: String]
    {
        [
            "opt/copy/bin/python3": program, "usr/lib/python\(library)/os.py": "",
            "opt/copy/\(site)": "", "opt/copy/lib/python3.11/site-packages/": "",
            "opt/copy/pyvenv.cfg":
                "home = /usr/bin\ninclude-system-site-packages = false\nversion = \(version)\n",
        ]
    }

    private static func start(_ files: [String: String], _ program: String = "/opt/copy/bin/python3") throws
        -> ProgramStart
    {
        try StartListing(files).start([program, "serve.py"])
    }

    private static let shared = "ELF libpython3.12.so.1.0 libc.so.6"
    private static let fixed =
        "ELF libc.so.6 +PyFrame_GetBack +PyIter_Send +PyErr_GetHandledException"
        + " +PyErr_GetRaisedException"

    @Test("the program says the release, whatever pyvenv.cfg states", arguments: [shared, fixed])
    func ownTables(program: String) throws {
        for (version, isGap) in [("3.12.3", false), ("3.12.4.final.0", false), ("3.11.9", true), ("3.13.0", true)] {
            let start = try Self.start(Self.copied(program, states: version))
            #expect(start.importPath?.python == "3.12")
            let paths = (start.importPath?.directories ?? []).map(\.path)
            #expect(paths.contains("opt/copy/lib/python3.12/site-packages"), "\(paths)")
            #expect(!paths.contains("opt/copy/lib/python3.11/site-packages"), "\(paths)")
            #expect(start.gaps.contains { $0.reason.contains("it states Python") } == isGap, "\(start.gaps)")
            #expect(start.gaps.isEmpty != isGap, "\(start.gaps)")
        }
    }

    @Test("a program that does not say its release, beside a pyvenv.cfg that states one, is a gap")
    func unknownRelease() throws {
        let start = try Self.start(Self.copied("ELF libc.so.6", states: "3.12.3"))
        #expect(start.gaps.contains { $0.reason.contains("does not say which release") }, "\(start.gaps)")
    }

    @Test(
        "a name of another release than the program's is a gap",
        arguments: [
            ("python3.12", shared, false), ("python3.12", fixed, false), ("python3.11", shared, true),
            ("python3.11", fixed, true), ("python3.12", "ELF libc.so.6", false), ("python3.12t", shared, true),
            ("python3.12", "ELF libpython3.12t.so.1.0", true), ("python3", shared, false),
            ("python3.14", "ELF +PyIter_Send +PyUnicodeWriter_Create", false),
            ("python3.15", "ELF +PyIter_Send +PyUnicodeWriter_Create", true),
            ("python3.15", "ELF +PyUnicodeWriter_Create +PySys_GetAttr", false),
            ("python3.16", "ELF +PyUnicodeWriter_Create +PySys_GetAttr", false),
        ] as [(String, String, Bool)])
    func names(name: String, program: String, isGap: Bool) throws {
        let folders = ["3.12", "3.11", "3.14", "3.15", "3.16", "3.12t"].map { ("opt/p/lib/python\($0)/os.py", "") }
        var files = Dictionary(folders, uniquingKeysWith: { first, _ in first })
        files["opt/p/bin/\(name)"] = program
        let start = try Self.start(files, "/opt/p/bin/\(name)")
        #expect(start.gaps.contains { $0.reason.contains("its name says") } == isGap, "\(start.gaps)")
        #expect(start.gaps.isEmpty != isGap, "\(start.gaps)")
    }

    @Test(
        "an interpreter without its standard library is a gap",
        arguments: [
            ("lib/python3.12/os.py", false), ("lib/python3.12/os.pyc", false), ("lib/python312.zip", false),
            ("lib64/python3.12/os.py", false), ("lib/python3.11/os.py", true), ("lib/python3.12/re.py", true),
        ])
    func library(file: String, isGap: Bool) throws {
        let start = try Self.start(
            ["opt/p/bin/python3.12": Self.shared, "opt/p/\(file)": ""], "/opt/p/bin/python3.12")
        #expect(start.gaps.contains { $0.reason.contains("no os.py") } == isGap, "\(start.gaps)")
        #expect(start.gaps.isEmpty != isGap, "\(start.gaps)")
    }

    @Test(
        "layouts of images, conda and uv are understood",
        arguments: [
            ["usr/bin/python3.11": "ELF libc.so.6 +PyIter_Send +PyErr_GetHandledException"],
            [
                "opt/venv/bin/python": "-> /usr/local/bin/python3", "usr/local/bin/python3": "-> python3.11",
                "usr/local/bin/python3.11": "ELF libpython3.11.so.1.0", "usr/local/lib/python3.11/os.py": "",
                "opt/venv/pyvenv.cfg": "home = /usr/local/bin\nversion = 3.11.2\n",
            ],
            [
                "opt/venv/bin/python": "-> /root/uv/cpython-3.11.9/bin/python3.11",
                "root/uv/cpython-3.11.9/bin/python3.11": "ELF libc.so.6 +PyIter_Send +PyErr_GetHandledException",
                "root/uv/cpython-3.11.9/lib/python3.11/os.py": "",
                "opt/venv/pyvenv.cfg": "home = /root/uv/cpython-3.11.9/bin\nuv = 0.5.0\nversion_info = 3.11.7\n",
            ],
            [
                "opt/venv/bin/python": "-> python3.11",
                "opt/venv/bin/python3.11": "ELF libc.so.6 +PyErr_GetHandledException",
                "opt/venv/lib/python3.11/os.py": "", "opt/venv/pyvenv.cfg": "version = 3.11\n",
            ],
        ])
    func honest(files: [String: String]) throws {
        let start = try Self.start(files, "/opt/venv/bin/python")
        #expect(start.gaps.isEmpty && start.importPath?.python == "3.11", "\(start.gaps)")
    }

    @Test(
        "a build without the global lock has folders of its own",
        arguments: [
            ("python3.13t", "ELF libpython3.13t.so.1.0"), ("python3.13t", "ELF"),
            ("python3", "ELF libc.so.6 +PyList_GetItemRef +_Py_MergeZeroLocalRefcount"),
        ])
    func threads(name: String, program: String) throws {
        let start = try Self.start(
            ["opt/p/bin/\(name)": program, "opt/p/lib/python3.13t/os.py": "", "opt/p/lib/python3.13/os.py": ""],
            "/opt/p/bin/\(name)")
        let paths = (start.importPath?.directories ?? []).map(\.path)
        #expect(start.gaps.isEmpty && start.importPath?.python == "3.13", "\(start.gaps)")
        #expect(start.importPath?.threads == "t" && start.importPath?.archives == ["opt/p/lib/python313t.zip"])
        #expect(paths.contains("opt/p/lib/python3.13t/site-packages"), "\(paths)")
        #expect(!paths.contains { $0.contains("python3.13/") }, "\(paths)")
    }

    @Test(
        "implementations that are not followed are gaps",
        arguments: [
            (["opt/p/bin/pypy3": "-> pypy3.10", "opt/p/bin/pypy3.10": "ELF"], "opt/p/bin/pypy3"),
            (["opt/p/bin/python3": "-> pypy3.10", "opt/p/bin/pypy3.10": "ELF libpypy3.10-c.so"], "opt/p/bin/python3"),
            (["opt/p/bin/python3": "ELF libpypy3.10-c.so"], "opt/p/bin/python3"),
            (["opt/p/bin/python3": "-> graalpy", "opt/p/bin/graalpy": "ELF"], "opt/p/bin/python3"),
        ] as [([String: String], String)])
    func implementations(files: [String: String], program: String) throws {
        var files = files
        files["opt/p/lib/pypy3.10/os.py"] = ""
        let start = try Self.start(files, "/" + program)
        #expect(start.gaps.contains { $0.reason.contains("is not followed") } && !start.isUnderstood)
        if !files.keys.contains("opt/p/bin/graalpy") {
            let paths = (start.importPath?.directories ?? []).map(\.path)
            #expect(paths.contains("opt/p/lib/pypy3.10/site-packages"), "\(paths)")
        }
    }

    @Test("NIX_PYTHONPATH has directories of packages, which a Python without site does not read")
    func nix() throws {
        let files = ["opt/nix/a.pth": "/opt/more\n", "opt/more/": "", "srv/app/own/": ""]
        func paths(_ words: [String]) throws -> [String] {
            try StartListing(files).start(
                words, ["PATH=/opt/venv/bin:/usr/bin", "NIX_PYTHONPATH=/opt/nix:own"]
            ).importPath?.directories.map(\.path) ?? []
        }
        let read = try paths(["python", "-E", "serve.py"])
        #expect(Array(read.suffix(3)) == ["opt/nix", "opt/more", "srv/app/own"], "\(read)")
        #expect(!(try paths(["python", "-S", "serve.py"]).contains("opt/nix")))
    }
}
