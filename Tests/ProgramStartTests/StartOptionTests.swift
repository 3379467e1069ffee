import Testing

@testable import ProgramStart

/// First lines, trampolines, wrappers and servers whose smallest detail decides what starts.
struct StartOptionTests {
    private static let venv = "opt/venv/bin/python"

    private static func programs(_ names: [String]) -> [String: String] {
        Dictionary(uniqueKeysWithValues: names.map { ("usr/bin/\($0)", "ELF") })
    }

    /// The first line of `/srv/app/run`, and the interpreter; nil for a gap.
    private static let firstLines: [(line: String, interpreter: String?)] = [
        ("#!/opt/venv/bin/python", venv), ("#! \t/opt/venv/bin/python \t", venv),
        ("#!/usr/bin/env -S  python -P", venv), ("#!/opt/venv/bin/python\r", nil),
        ("#!/opt/venv/bin/python -u\r", venv),
        ("#!/usr/bin/env -S" + String(repeating: " ", count: 80) + "/opt/venv/bin/python", venv),
        ("#!/usr/bin/env -S" + String(repeating: " ", count: 100) + "/opt/venv/bin/python", nil),
        ("#!/usr/bin/env -S" + String(repeating: " ", count: 219) + "/opt/venv/bin/python", nil),
        ("#!/usr/bin/env -S" + String(repeating: " ", count: 300) + "/opt/venv/bin/python", nil),
        ("#!" + String(repeating: " ", count: 300), nil), ("#!", nil), ("#!  ", nil),
        // The kernel looks in the working directory.
        ("#!python", nil), ("#!tools/python", "srv/app/tools/python"), ("#!/opt/venv/bin/python\0 -u", nil),
    ]

    @Test("a first line is read as Linux reads it", arguments: firstLines.indices)
    func firstLine(index: Int) throws {
        let item = Self.firstLines[index]
        let start = try StartListing(
            ["srv/app/run": item.line + "\nimport sys\n", "srv/app/tools/python": "-> /opt/venv/bin/python"]
        ).start(["/srv/app/run"])
        #expect(start.isUnderstood == (item.interpreter != nil), "\(item.line): \(start.gaps.map(\.description))")
        if let interpreter = item.interpreter { #expect(start.interpreter == interpreter, "\(item.line)") }
    }

    @Test(
        "a shell that starts a Python is followed in the forms that installers write",
        arguments: [
            ("/opt/venv/bin/python", true), ("\"/opt/venv/bin/python\"", true), ("'/opt/venv/bin/python'", true),
            ("\"/opt/a b/python\"", true), ("/opt/a b/python", false), ("/opt/venv/bin/python$X", false),
            ("\"/opt/venv/bin/python$X\"", false), ("\"/opt/venv/bin/python`:`\"", false), ("~/python", false),
            ("/opt/venv/bin/pytho?", false), ("\"/opt/venv/bin/python\\\\\"", false), ("python", false),
            ("/opt/venv/bin/python;x", false), ("\"/opt/venv/bin/python'", false), ("/opt/{venv,x}/bin/python", false),
        ])
    func trampolines(path: String, isPlain: Bool) throws {
        let text = "#!/bin/sh\n'''exec' \(path) \"$0\" \"$@\"\n' '''\nimport sys\n"
        #expect((Trampoline.target(Array(text.utf8)) != nil) == isPlain)
        #expect(Trampoline.target(Array("#!/bin/sh\n'''exec' \(path) \"$0\" \"$@\"".utf8)) == nil)
        let start = try StartListing(
            [
                "srv/app/run": text, "opt/a b/python": "-> /usr/bin/python3", "opt/venv/bin/python$X": "-> python",
                "opt/venv/bin/python-evil": "ELF",
            ]
        ).start(["/srv/app/run"], ["PATH=/usr/bin:/bin", "X=-evil"])
        // What is not plain is followed as any script, or a gap.
        let found = "\(start.interpreter ?? "?") \(start.gaps.map(\.description))"
        #expect(isPlain ? start.isUnderstood : !start.isUnderstood || start.interpreter == Self.venv, "\(found)")
        if start.isUnderstood { #expect(start.programs == ["/bin/sh"]) }
    }

    @Test("the shell of a trampoline is one, or it is followed for what it is")
    func trampolineShell() throws {
        let text = "#!/bin/sh\n'''exec' /opt/venv/bin/python \"$0\" \"$@\"\n' '''\n"
        for (files, isUnderstood) in [
            (["bin/sh": "-> dash", "bin/dash": "ELF"], true), (["bin/sh": "#!/bin/bash\necho\n"], false),
            (["bin/sh": "-> /opt/evil", "opt/evil": "ELF"], true), (["bin/sh": "-> /none"], false),
        ] {
            let start = try StartListing(files.merging(["srv/app/run": text]) { $1 }).start(["/srv/app/run"])
            #expect(start.isUnderstood == isUnderstood, "\(files)")
            // What it is has to be vouched for.
            if isUnderstood { #expect(start.programs == ["/bin/sh"]) }
        }
        // A path past the first bytes.
        let long = "/opt/" + String(repeating: "a", count: 200) + "/python"
        let start = try StartListing([
            "opt/venv/bin/run": text.replacing("/opt/venv/bin/python", with: long),
            String(long.dropFirst()): "-> /usr/bin/python3",
        ]).start(["/opt/venv/bin/run"])
        #expect(start.isUnderstood && start.interpreter == String(long.dropFirst()))
    }

    @Test(
        "options of wrappers that change nothing are passed over, all others are gaps",
        arguments: [
            (["nice", "-n", "5"], true), (["nice", "-5"], true), (["nice", "-n5"], true),
            (["nice", "--adjustment=5"], true),
            (["nice", "--adj", "5"], false), (["timeout", "-k5", "10"], true),
            (["timeout", "--preserve-status", "--signal", "INT", "10"], true), (["timeout", "--other", "10"], false),
            (["tini", "-vvg", "--"], true), (["tini", "-gp", "SIGTERM", "--"], true), (["tini", "-x", "--"], false),
            (["taskset", "-c", "0-1"], true), (["taskset", "-p", "1"], false), (["chrt", "-f", "10"], true),
            (["numactl", "--interleave=all"], true), (["numactl", "-N", "0", "-m", "0", "--"], true),
            (["numactl", "--file", "/x"], false), (["ionice", "-c2", "-n", "0"], true), (["ionice", "-p", "1"], false),
            (["dumb-init", "--single-child", "-r", "15:3", "--"], true), (["setsid", "-w"], true),
            (["setpriv", "--reuid=1000", "--regid", "1000", "--init-groups"], true),
            (["setpriv", "--reset-env"], false), (["setpriv", "--reset"], false),
            (["setpriv", "--reuid=app", "--clear-groups", "--ambient-caps", "+all"], false),
            (["gosu", "app"], true), (["su-exec", "app:app"], true), (["gosu", "--x", "app"], false),
        ] as [([String], Bool)])
    func wrappers(words: [String], isUnderstood: Bool) throws {
        let start = try StartListing(Self.programs([words[0]])).start(words + ["python", "serve.py"])
        #expect(start.isUnderstood == isUnderstood, "\(words): \(start.gaps.map(\.description))")
        if isUnderstood { #expect(start.interpreter == Self.venv && start.argv == ["python", "serve.py"]) }
    }

    @Test(
        "stdbuf loads the library beside it, or that of coreutils",
        arguments: [
            ("stdbuf", ["usr/libexec/coreutils/libstdbuf.so"], "/usr/libexec/coreutils/libstdbuf.so"),
            ("stdbuf", ["usr/libexec/coreutils/libstdbuf.so", "usr/bin/libstdbuf.so"], "/usr/bin/libstdbuf.so"),
            ("/x/stdbuf", ["x/libstdbuf.so", "usr/bin/libstdbuf.so"], "/x/libstdbuf.so"),
            ("/x/stdbuf", ["usr/libexec/coreutils/libstdbuf.so", "usr/lib/coreutils/libstdbuf.so"], nil),
            ("stdbuf", [], nil),
        ] as [(String, [String], String?)])
    func buffering(program: String, libraries: [String], preload: String?) throws {
        var files = Self.programs(["stdbuf"])
        files["x/stdbuf"] = "-> /usr/bin/stdbuf"
        for library in libraries { files[library] = "ELF" }
        let listing = try StartListing(files)
        let start = listing.start([program, "-oL", "python", "serve.py"])
        #expect(start.isUnderstood == (preload != nil), "\(start.gaps.map(\.description))")
        if let preload {
            #expect(start.variables["LD_PRELOAD"] == preload)
            let more = listing.start(
                [program, "-oL", "python", "s.py"], ["PATH=/opt/venv/bin:/usr/bin", "LD_PRELOAD=/a.so"])
            #expect(more.variables["LD_PRELOAD"] == "/a.so:" + preload)
        }
    }

    /// A command, the first directory of the import path, and the subject of a gap; nil for none.
    private static let serverCases: [(command: [String], first: String?, isUnderstood: Bool)] = [
        (["gunicorn", "--pythonp", "/opt", "a:b"], "opt", true), (["gunicorn", "--pythonp=/opt", "a:b"], "opt", true),
        (["gunicorn", "--chd", "/opt", "a:b"], "opt", true), (["gunicorn", "--conf", "/opt/c.py", "a:b"], nil, false),
        (["gunicorn", "-Dc", "/opt/c.py", "a:b"], nil, false), (["gunicorn", "-c=/opt/c.py", "a:b"], nil, false),
        (["gunicorn", "-Rc/opt/c.py", "a:b"], nil, false), (["gunicorn", "--en", "PYTHONPATH=/x", "a:b"], nil, false),
        (["gunicorn", "-e=PYTHONPATH=/x", "a:b"], nil, false),
        (["gunicorn", "--env=LD_PRELOAD=/x", "a:b"], nil, false),
        (["gunicorn", "--past", "/x.ini"], nil, false), (["gunicorn", "--new-option", "x", "a:b"], nil, false),
        (["gunicorn", "-Z", "a:b"], nil, false), (["gunicorn", "--log", "debug", "a:b"], nil, false),
        (
            [
                "gunicorn", "-w", "4", "-k", "uvicorn.workers.UvicornWorker", "-b", "0.0.0.0:80", "--timeout=120",
                "--access-logfile", "-", "--preload", "--log-level", "info", "a:b",
            ], "srv/app", true
        ),
        (["uvicorn", "--app-di", "/opt", "a:b"], nil, false), (["uvicorn", "a:b", "--bogus"], nil, false),
        (["uvicorn", "a:b", "--host", "0.0.0.0", "--port=80", "--workers", "4", "--proxy-headers"], "srv/app", true),
        (["uvicorn", "a:b", "--env-file", ".env"], "srv/app", true),
        (["uvicorn", "a:b", "--env-file", ".env", "--workers", "2"], nil, false),
        (["hypercorn", "a:b", "--bind", "0.0.0.0:80"], "srv/app", true),
        (["hypercorn", "../lib/a:b"], "srv/lib", true),
        (["hypercorn", "asgi:/opt/a.py:b"], "opt", true), (["hypercorn", "-c", "file:/opt/c.py", "a:b"], nil, false),
        (["hypercorn", "--conf=python:c", "a:b"], nil, false), (["hypercorn", "-c", "h.toml", "a:b"], nil, false),
        (["flask", "--app", "/opt/a", "run"], "opt", true),
        (["flask", "-A", "a", "run", "--host=0.0.0.0"], "srv/app", true),
        (["flask", "-e", "x.env", "--app", "a", "run"], nil, false), (["flask", "run", "-p", "80"], "srv/app", true),
        (["flask", "--app", "/opt/pkg/a.py:create()", "run"], "opt", true),
        (["celery", "-A", "a", "worker", "-c", "2", "-l", "info"], "srv/app", true),
        (["celery", "--workdir", "/opt", "-A", "a", "worker"], nil, false),
        (["daphne", "-b", "0.0.0.0", "-p", "80", "a:b"], "srv/app", true),
        (["tool", "--script=serve.py"], nil, false), (["tool", "--name=x"], nil, true),
    ]

    @Test("options of servers, whole, cut and with their values in one word", arguments: serverCases.indices)
    func servers(index: Int) throws {
        let (command, first, isUnderstood) = Self.serverCases[index]
        var files = [
            "opt/": "", "srv/lib/": "", "opt/c.py": "x = 1\nimport sys; sys.path.append('/x')\n", "opt/a.py": "",
        ]
        files["opt/pkg/__init__.py"] = ""
        files["opt/pkg/a.py"] = ""
        files["opt/venv/bin/\(command[0])"] = "#!/opt/venv/bin/python\nimport sys\n"
        let start = try StartListing(files).start(command)
        #expect(start.isUnderstood == isUnderstood, "\(command): \(start.gaps.map(\.description))")
        if let first { #expect(start.importPath?.directories.first?.path == first, "\(command)") }
    }

    @Test("files that a server runs are the program's own")
    func serverFiles() throws {
        let listing = try StartListing([
            "opt/gunicorn.conf.py": "workers = 2\n", "srv/app/log.ini": "",
            "opt/venv/bin/hypercorn": "#!/opt/venv/bin/python\n",
        ])
        #expect(
            listing.start(["gunicorn", "-c", "/opt/gunicorn.conf.py", "--log-config", "log.ini", "a:b"]).mainFiles
                .suffix(2) == ["/opt/gunicorn.conf.py", "/srv/app/log.ini"])
        #expect(listing.start(["uvicorn", "--log-config=log.ini", "a:b"]).mainFiles.last == "/srv/app/log.ini")
        #expect(listing.start(["hypercorn", "-c", "log.ini", "a:b"]).mainFiles.last == "/srv/app/log.ini")
        #expect(!listing.start(["uvicorn", "--log-config=none.ini", "a:b"]).isUnderstood)
    }

    @Test("variables that stand for options of servers, and files that set them")
    func serverVariables() throws {
        let launcher = "#!/opt/venv/bin/python\nimport sys\n"
        func start(_ command: [String], _ variables: [String] = [], _ files: [String: String] = [:]) throws
            -> ProgramStart
        {
            var files = files
            files["opt/venv/bin/\(command[0])"] = launcher
            return try StartListing(files).start(command, ["PATH=/opt/venv/bin:/usr/bin"] + variables)
        }
        #expect(try start(["flask", "run"], ["FLASK_APP=/opt/a"]).importPath?.directories.first?.path == "opt")
        #expect(try !start(["flask", "run"], [], ["srv/.flaskenv": ""]).isUnderstood)
        #expect(try start(["flask", "--app", "a", "run"], [], ["srv/.flaskenv": ""]).isUnderstood)
        #expect(try !start(["celery", "-A", "a", "worker"], ["CELERY_WORKDIR=/opt"]).isUnderstood)
        #expect(try !start(["uvicorn", "a:b", "--workers", "2"], ["UVICORN_ENV_FILE=x"]).isUnderstood)
    }

    @Test(
        "a server is known by whatever name it is started",
        arguments: [
            (["python", "-m", "gunicorn.app.wsgiapp", "--pythonpath", "/opt", "a:b"], "opt", true),
            (["python", "-m", "gunicorn.__main__", "--chdir=/opt", "a:b"], "opt", true),
            (["python", "-m", "gunicorn.app.pasterapp", "a:b"], nil, false),
            (["python", "/opt/venv/bin/gunicorn", "--pythonpath", "/opt", "a:b"], "opt", true),
            (["python", "gunicorn", "--pythonpath", "/opt", "a:b"], "opt", true),
            (["/srv/app/start", "--pythonpath", "/opt", "a:b"], "opt", true),
            (["/srv/app/copy", "--pythonpath", "/opt", "a:b"], "opt", true),
            (["python", "copy", "--bogus", "a:b"], nil, false),
            (["python", "-m", "uvicorn.__main__", "--app-dir", "/opt", "a:b"], "opt", true),
            (["python", "-m", "uvicorn.main", "--app-dir", "/opt", "a:b"], "opt", true),
            (["python", "-m", "uvicorn.workers"], nil, false), (["python", "-m", "flask.app"], nil, false),
            // A program of the application with words of its own.
            (["python", "serve.py", "--bogus", "x"], "srv/app", true),
            (["python", "own.py", "--bogus", "x"], "srv/app", true),
        ] as [([String], String?, Bool)])
    func serverNames(command: [String], first: String?, isUnderstood: Bool) throws {
        let launcher = "#!/opt/venv/bin/python\nimport sys\nfrom gunicorn.app.wsgiapp import run\nsys.exit(run())\n"
        let start = try StartListing([
            "srv/app/start": "-> /opt/venv/bin/gunicorn", "srv/app/gunicorn": "-> /opt/venv/bin/gunicorn",
            "srv/app/copy": launcher, "opt/a.py": "",
            "srv/app/own.py": "from gunicorn.app.base import BaseApplication\n",
        ]).start(command)
        #expect(start.isUnderstood == isUnderstood, "\(command): \(start.gaps.map(\.description))")
        if let first { #expect(start.importPath?.directories.first?.path == first, "\(command)") }
    }

    @Test(
        "modules of the standard library that run others are gaps",
        arguments: [
            (["unittest", "discover", "-s", "/opt"], false), (["pickle", "/opt/x.pkl"], false),
            (["unittest.__main__"], false), (["venv", "/x"], false), (["idlelib"], false), (["pdb.x"], false),
            (["http.server", "80"], true), (["http.server", "--cgi"], false), (["http.server", "--cg"], false),
            (["json.tool", "x.json"], true), (["compileall", "."], true), (["colorsys"], true), (["code"], true),
        ] as [([String], Bool)])
    func standardModules(words: [String], isUnderstood: Bool) throws {
        let listing = try StartListing(["srv/app/code/__init__.py": "", "srv/app/unittest/x.py": ""])
        let start = listing.start(["python", "-m"] + words)
        #expect(start.isUnderstood == isUnderstood, "\(words): \(start.gaps.map(\.description))")
        if words == ["code"] { #expect(!listing.start(["python", "-P", "-m", "code"]).isUnderstood) }
    }

    @Test("uvicorn takes its application and its log from variables")
    func uvicornVariables() throws {
        let listing = try StartListing(["opt/log.ini": ""])
        func start(_ words: [String], _ variable: String) -> ProgramStart {
            listing.start(["uvicorn"] + words, ["PATH=/opt/venv/bin:/usr/bin", variable])
        }
        #expect(start(["a:b"], "UVICORN_LOG_CONFIG=/opt/log.ini").mainFiles.last == "/opt/log.ini")
        #expect(!start(["a:b"], "UVICORN_LOG_CONFIG=/none").isUnderstood)
        #expect(!start([], "UVICORN_APP=a:b").isUnderstood)
        #expect(start(["a:b"], "UVICORN_APP=c:d").isUnderstood)
        #expect(start(["a:b"], "UVICORN_LOG_LEVEL=info").isUnderstood)
    }

    @Test("a health check is told, and NONE is none")
    func healthCheck() throws {
        var listing = try StartListing()
        listing.configuration.otherSettings["Healthcheck"] = #"{"Test":["CMD-SHELL","/opt/hc"]}"#
        #expect(listing.start(["python", "serve.py"]).healthCheck?.contains("/opt/hc") == true)
        listing.configuration.otherSettings["Healthcheck"] = #"{"Test":["NONE"]}"#
        #expect(listing.start(["python", "serve.py"]).healthCheck == nil)
    }
}
