import Testing

@testable import ProgramStart

/// Starts in which a detail decides which Python runs, or what it finds.
struct StartDetailTests {
    /// A command, what the image has besides, and the interpreter with its words.
    struct Case: Sendable {
        let command: [String]
        var files: [String: String] = [:]
        var without: [String] = []
        var variables = ["PATH=/opt/venv/bin:/usr/bin:/bin"]
        var directory = "/srv/app"
        let interpreter: String
        let argv: [String]
    }

    static let startsCases: [Case] = [
        // POSIX, 8.3: an empty element of PATH is the working directory, and an element may be relative.
        Case(
            command: ["python3", "a.py"], files: ["srv/app/python3": "-> /usr/bin/python3.11"],
            variables: ["PATH=:/usr/bin"], interpreter: "srv/app/python3", argv: ["python3", "a.py"]),
        Case(
            command: ["python3", "a.py"], files: ["srv/app/python3": "-> /usr/bin/python3.11"],
            variables: ["PATH=/usr/bin:"], interpreter: "usr/bin/python3", argv: ["python3", "a.py"]),
        Case(
            command: ["python3", "a.py"], files: ["srv/app/bin/python3": "-> /usr/bin/python3.11"],
            variables: ["PATH=bin:/usr/bin"], interpreter: "srv/app/bin/python3", argv: ["python3", "a.py"]),
        // 2.6.2: what `:=` assigns is there for what follows.
        Case(
            command: ["/bin/sh", "-c", ": ${SCRIPT:=serve.py}; exec python \"$SCRIPT\""],
            interpreter: "opt/venv/bin/python",
            argv: ["python", "serve.py"]),
        Case(
            command: ["/bin/sh", "-c", ": ${SCRIPT:=serve.py}; exec python \"$SCRIPT\""],
            variables: ["PATH=/opt/venv/bin", "SCRIPT=other.py"], interpreter: "opt/venv/bin/python",
            argv: ["python", "other.py"]),
        // 2.14: `return` and `break` leave what they stand in.
        Case(
            command: [
                "/bin/sh", "-c",
                "start() { if [ \"$1\" = a ]; then return; fi; exec /usr/bin/python3 b.py; }; start a; exec python a.py",
            ],
            interpreter: "opt/venv/bin/python", argv: ["python", "a.py"]),
        Case(
            command: ["/bin/sh", "-c", "for p in python /usr/bin/python3; do break; done; exec $p a.py"],
            interpreter: "opt/venv/bin/python", argv: ["python", "a.py"]),
        // A variable of a function is its own.
        Case(
            command: ["/bin/sh", "-c", "p=python; f() { local p=/usr/bin/python3; }; f; exec $p a.py"],
            interpreter: "opt/venv/bin/python", argv: ["python", "a.py"]),
        // What stands before a function's call is there for the call.
        Case(
            command: ["/bin/sh", "-c", "run() { exec \"$PROGRAM\" a.py; }; PROGRAM=/usr/bin/python3 run"],
            interpreter: "usr/bin/python3", argv: ["/usr/bin/python3", "a.py"]),
        // The status of the command before.
        Case(
            command: [
                "/bin/sh", "-c", "true; if [ \"$?\" = 0 ]; then exec python a.py; fi; exec /usr/bin/python3 b.py",
            ],
            interpreter: "opt/venv/bin/python", argv: ["python", "a.py"]),
        // The directory of the image is PWD.
        Case(
            command: ["/bin/sh", "-c", "exec python $PWD/serve.py"], interpreter: "opt/venv/bin/python",
            argv: ["python", "/srv/app/serve.py"]),
        // Quotes decide what a pattern is.
        Case(
            command: [
                "/bin/bash", "-c", "if [[ serve == s* ]]; then exec python a.py; else exec /usr/bin/python3 b.py; fi",
            ],
            interpreter: "opt/venv/bin/python", argv: ["python", "a.py"]),
        Case(
            command: [
                "/bin/sh", "-c", "case serve in 's*') exec /usr/bin/python3 b.py ;; *) exec python a.py ;; esac",
            ],
            interpreter: "opt/venv/bin/python", argv: ["python", "a.py"]),
        Case(
            command: [
                "/bin/sh", "-c", "case 8000 in [[:digit:]]*) exec python a.py ;; *) exec /usr/bin/python3 b.py ;; esac",
            ],
            interpreter: "opt/venv/bin/python", argv: ["python", "a.py"]),
        // dash has no BASH, so that root's profile reads nothing more.
        Case(
            command: ["/bin/sh", "-lc", "exec python3 a.py"],
            files: [
                "root/.profile": "if [ \"$BASH\" ]; then\n  if [ -f ~/.bashrc ]; then\n    . ~/.bashrc\n  fi\nfi\n",
                "root/.bashrc": "export PATH=/opt/venv/bin:$PATH\n",
            ], interpreter: "usr/bin/python3", argv: ["python3", "a.py"]),
        // Variables in the quotes of env -S.
        Case(
            command: ["env", "-S", "A=\"${HOME}/x\" python a.py"], interpreter: "opt/venv/bin/python",
            argv: ["python", "a.py"]),
    ]

    @Test("the interpreter and its words are those that the container runs", arguments: startsCases.indices)
    func starts(index: Int) throws {
        let item = Self.startsCases[index]
        let start = try StartListing(item.files, without: item.without).start(
            item.command, item.variables, directory: item.directory)
        #expect(start.gaps.isEmpty, "\(item.command): \(start.gaps.map(\.description))")
        #expect(start.interpreter == item.interpreter, "\(item.command)")
        #expect(start.argv == item.argv, "\(item.command)")
    }

    @Test("env -S gives its variables to the program")
    func environmentText() throws {
        let start = try StartListing().start(["env", "-S", "A=\"${HOME}/x\" B='${HOME}' python a.py"])
        #expect(start.variables["A"] == "/root/x")
        #expect(start.variables["B"] == "${HOME}")
    }

    /// A command, its variables, and the first directory of the import path.
    private static let serversCases: [(command: [String], variables: [String], first: String)] = [
        (["uvicorn", "a:b"], ["UVICORN_APP_DIR=/opt"], "opt"),
        (["uvicorn", "--app-dir", "/srv", "a:b"], ["UVICORN_APP_DIR=/opt"], "srv"),
        (["uvicorn", "--app-dir=lib", "a:b"], [], "srv/app/lib"),
        (["uvicorn", "--app-dir", "", "a:b"], [], "srv/app"),
        (["gunicorn", "-w", "2", "--chdir=/opt", "a:b"], [], "opt"),
        (["gunicorn", "--chdir", "/opt", "a:b"], ["GUNICORN_CMD_ARGS=--chdir /srv"], "opt"),
        (["gunicorn", "a:b"], ["GUNICORN_CMD_ARGS=--chdir=/srv --bind 0.0.0.0"], "srv"),
        (["gunicorn", "a:b"], ["GUNICORN_CMD_ARGS=--chdir \"/srv/x y\""], "srv/x y"),
        (["gunicorn", "--pythonpath", "/a", "--chdir", "/opt", "a:b"], [], "a"),
    ]

    @Test("a server's options and variables move the import path", arguments: serversCases.indices)
    func servers(index: Int) throws {
        let (command, variables, first) = Self.serversCases[index]
        let start = try StartListing(["opt/": "", "srv/app/lib/": "", "srv/x y/": "", "a/": ""]).start(
            command, ["PATH=/opt/venv/bin:/usr/bin:/bin"] + variables)
        #expect(start.importPath?.directories.first?.path == first, "\(command) \(variables)")
    }

    /// A script, and what is said of it.
    private static let unreadCases: [(script: String, reason: String)] = [
        // A command that is substituted runs.
        ("x=$(cp /x /opt/venv/lib/y.py); exec python a.py", "is not followed"),
        (": $(cp /x /opt/venv/lib/y.py); exec python a.py", "is not followed"),
        ("export X=\"$(cp /x /opt/venv/lib/y.py)\"; exec python a.py", "is not followed"),
        ("if [ -n \"$(cp /x /y)\" ]; then exec python a.py; fi; exec python a.py", "is not followed"),
        ("cat <<E\n$(cp /x /opt/venv/lib/y.py)\nE\nexec python a.py", "is not followed"),
        ("echo <(cp /x /opt/venv/lib/y.py); exec python a.py", "is not followed"),
        // A path that may leave a function.
        ("f() { if grep -q x /y; then return; fi; exec /usr/bin/python3 b.py; }; f; exec python a.py", "condition"),
        // IFS splits elsewhere than at blanks.
        ("IFS=,; set -- python,a.py; x=python,a.py; exec $x", "not known"),
        // Arithmetic assigns.
        ("x=1; y=$((x = 2)); if [ $x = 1 ]; then exec /usr/bin/python3 b.py; fi; exec python a.py", "condition"),
    ]

    @Test("a login bash has BASH: what root's profile reads for it, and the listing does not keep, is said")
    func loginBash() throws {
        let start = try StartListing([
            "root/.profile": "if [ \"$BASH\" ]; then . ~/.bashrc; fi\n",
            "root/.bashrc": "export PATH=/opt/venv/bin:$PATH\n",
        ]).start(["/bin/bash", "-lc", "exec python3 a.py"])
        #expect(start.gaps.contains { $0.subject == "/root/.bashrc" })
    }

    @Test("an interpreter whose link leads to nothing is said, and what it would import is still told")
    func danglingInterpreter() throws {
        let whole = try StartListing([:]).start(["/opt/venv/bin/python", "a.py"])
        let broken = try StartListing([:], without: ["usr/bin/python3.11"]).start(["/opt/venv/bin/python", "a.py"])
        #expect(whole.isUnderstood && !broken.isUnderstood)
        #expect(broken.gaps.map(\.reason) == ["the program is a link to something that is not in the image"])
        #expect(broken.interpreter == whole.interpreter && broken.importPath != nil)
    }

    @Test("PATH passes over a link that leads to nothing, as the system does")
    func danglingLinkInPath() throws {
        let more = ["opt/a/bin/python3": "-> /nowhere/python3"]
        let found = try StartListing(more).start(["/usr/bin/env", "PATH=/opt/a/bin:/usr/bin", "python3", "a.py"])
        #expect(found.interpreter == "usr/bin/python3" && found.isUnderstood)
        let alone = try StartListing(more).start(["/usr/bin/env", "PATH=/opt/a/bin", "python3", "a.py"])
        #expect(alone.interpreter == "opt/a/bin/python3" && !alone.isUnderstood)
    }

    @Test("what is not followed is said", arguments: unreadCases)
    func unread(script: String, reason: String) throws {
        let start = try StartListing(["bin/cp": "ELF", "bin/cat": "ELF", "bin/grep": "ELF"]).start([
            "/bin/bash", "-c", script,
        ])
        #expect(!start.isUnderstood)
        #expect(start.gaps.contains { $0.description.contains(reason) }, "\(start.gaps.map(\.description))")
    }
}
