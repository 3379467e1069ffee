import Testing

@testable import ProgramStart

/// What an image starts, followed from its entry point.
struct ProgramStartTests {
    private static let venv = "opt/venv/bin/python"
    private static let system = "usr/bin/python3"

    /// A command, other files, and the interpreter with the first directory that it looks into.
    struct Case: Sendable {
        let command: [String]
        var files: [String: String] = [:]
        var variables = ["PATH=/opt/venv/bin:/usr/bin:/bin"]
        let interpreter: String
        var first: String?
    }

    static let understood: [Case] = [
        // Entries of PATH that are empty or relative go from the working directory.
        Case(
            command: ["python", "serve.py"], files: ["srv/app/python": "-> /usr/bin/python3"],
            variables: ["PATH=:/opt/venv/bin"], interpreter: "srv/app/python"),
        Case(
            command: ["python", "serve.py"], files: ["srv/app/tools/python": "-> /usr/bin/python3"],
            variables: ["PATH=tools:/opt/venv/bin"], interpreter: "srv/app/tools/python"),
        // What only answers a question starts nothing of its own; a tool's other words are its own affair.
        Case(command: ["sh", "-c", "python -V; exec python serve.py"], interpreter: venv, first: "srv/app"),
        Case(
            command: ["/bin/sh", "-c", "python manage.py migrate; exec python serve.py"],
            files: ["srv/app/manage.py": ""], interpreter: venv, first: "srv/app"),
        Case(command: ["python", "-m", "serve", "--workers", "2", "app"], interpreter: venv, first: "srv/app"),
        Case(command: ["python", "serve.py", "settings.py"], files: ["srv/app/settings.py": ""], interpreter: venv),
        Case(command: ["python", "serve.py"], interpreter: venv, first: "srv/app"),
        Case(command: ["/opt/venv/bin/python", "-m", "serve"], interpreter: venv, first: "srv/app"),
        Case(command: ["/usr/bin/python3", "/srv/app/serve.py"], interpreter: system, first: "srv/app"),
        Case(command: ["python", "-I", "serve.py"], interpreter: venv, first: "usr/lib/python3.11"),
        Case(
            command: ["python", "-Esu", "-W", "ignore", "-X", "dev", "serve.py"], interpreter: venv, first: "srv/app"),
        Case(command: ["sh", "-c", "exec python3 serve.py"], interpreter: "opt/venv/bin/python3", first: "srv/app"),
        Case(command: ["/bin/sh", "-c", "python serve.py"], interpreter: venv, first: "srv/app"),
        Case(command: ["/bin/sh", "-c", "cd /opt && exec python -m serve"], interpreter: venv, first: "opt"),
        Case(command: ["sh", "-c", "PYTHONPATH=/x exec python -P serve.py"], interpreter: venv, first: "x"),
        Case(command: ["sh", "-c", "export PYTHONPATH=/x; exec python -P serve.py"], interpreter: venv, first: "x"),
        // What is not exported is not passed on.
        Case(
            command: ["sh", "-c", "PYTHONPATH=/x; exec python -P serve.py"], interpreter: venv,
            first: "usr/lib/python3.11"),
        // A login shell takes PATH from the profile.
        Case(command: ["sh", "-lc", "exec python3 serve.py"], interpreter: system, first: "srv/app"),
        Case(command: ["bash", "--login", "-c", "exec python3 serve.py"], interpreter: system, first: "srv/app"),
        Case(
            command: ["sh", "-lc", "exec python3 serve.py"],
            files: ["etc/profile.d/venv.sh": "PATH=/opt/venv/bin:$PATH\n"], interpreter: "opt/venv/bin/python3",
            first: "srv/app"),
        Case(command: ["bash", "--noprofile", "-lc", "python serve.py"], interpreter: venv),
        Case(
            command: ["bash", "-c", ". /opt/venv/bin/activate && exec python serve.py"],
            variables: ["PATH=/usr/bin:/bin"], interpreter: venv),
        Case(
            command: ["bash", "-c", "source /opt/venv/bin/activate; python serve.py"],
            variables: ["PATH=/usr/bin:/bin"], interpreter: venv),
        Case(
            command: ["bash", "-c", "python3 serve.py"], files: ["etc/own.sh": "PATH=/opt/venv/bin:$PATH\n"],
            variables: ["PATH=/usr/bin:/bin", "BASH_ENV=/etc/profile.d/own.sh"], interpreter: system),
        Case(command: ["env", "python", "serve.py"], interpreter: venv),
        Case(command: ["env", "PYTHONPATH=/x", "python", "-P", "serve.py"], interpreter: venv, first: "x"),
        Case(command: ["env", "-i", "/usr/bin/python3", "serve.py"], interpreter: system),
        Case(command: ["env", "-u", "PATH", "/opt/venv/bin/python", "serve.py"], interpreter: venv),
        Case(command: ["env", "-C", "/opt", "python", "-m", "serve"], interpreter: venv, first: "opt"),
        Case(command: ["env", "-S", "PYTHONPATH=/x python -P serve.py"], interpreter: venv, first: "x"),
        Case(command: ["tini", "--", "python", "serve.py"], interpreter: venv, first: "srv/app"),
        Case(command: ["tini", "-g", "-p", "SIGTERM", "--", "sh", "-c", "exec python serve.py"], interpreter: venv),
        Case(command: ["gunicorn", "app:app"], interpreter: "opt/venv/bin/python", first: "srv/app"),
        Case(command: ["gunicorn", "--chdir", "/opt", "app:app"], interpreter: venv, first: "opt"),
        Case(command: ["gunicorn", "--chdir=../lib", "app:app"], interpreter: venv, first: "srv/lib"),
        Case(command: ["gunicorn", "--pythonpath", "/a,/b", "app:app"], interpreter: venv, first: "b"),
        Case(
            command: ["gunicorn", "app:app"],
            variables: ["PATH=/opt/venv/bin:/usr/bin:/bin", "GUNICORN_CMD_ARGS=--chdir '/opt/x y'"], interpreter: venv,
            first: "opt/x y"),
        Case(
            command: ["gunicorn", "-c", "gunicorn.conf.py", "app:app"],
            files: ["srv/app/gunicorn.conf.py": "workers = 2\n"], interpreter: venv, first: "srv/app"),
        Case(command: ["uvicorn", "--app-dir", "/opt", "app:app"], interpreter: "opt/venv/bin/python3", first: "opt"),
        Case(command: ["uvicorn", "app:app"], interpreter: "opt/venv/bin/python3", first: "srv/app"),
        Case(command: ["python", "-m", "gunicorn", "--chdir", "/opt", "app"], interpreter: venv, first: "opt"),
        Case(
            command: ["/entry.sh", "serve"],
            files: [
                "entry.sh": """
                #!/bin/sh
                set -e
                export PYTHONPATH=/x
                if [ "$1" = "serve" ]; then
                  set -- python -P serve.py
                fi
                echo starting
                exec "$@"
                """
            ], interpreter: venv, first: "x"),
        Case(
            command: ["/entry.sh", "python", "serve.py"],
            files: ["entry.sh": "#!/usr/bin/env bash\nset -euo pipefail\nexec \"$@\"\n"], interpreter: venv),
        Case(
            command: ["/entry.sh"],
            files: [
                "entry.sh":
                    "#!/bin/sh\ncase \"$MODE\" in\n  dev) exec /usr/bin/python3 x.py ;;\n  *) exec python serve.py ;;\nesac\n"
            ], interpreter: venv),
        Case(
            command: ["/entry.sh"],
            files: [
                "entry.sh":
                    "#!/bin/sh\nstart() {\n  exec \"$1\" serve.py\n}\ncd \"$(dirname \"$0\")/srv/app\"\nstart python\n"
            ], interpreter: venv, first: "srv/app"),
        Case(
            command: ["/srv/app/run"], files: ["srv/app/run": "#!/opt/venv/bin/python\nimport serve\n"],
            interpreter: venv, first: "srv/app"),
        Case(
            command: ["/opt/a b/run"],
            files: ["opt/a b/run": "#!/bin/sh\n'''exec' \"/opt/venv/bin/python\" \"$0\" \"$@\"\n' '''\nimport sys\n"],
            interpreter: venv, first: "opt/a b"),
        // An archive is looked into itself.
        Case(
            command: ["python", "app.pyz"], files: ["srv/app/app.pyz": "PK\u{3}\u{4}"], interpreter: venv,
            first: "srv/app/app.pyz"),
        Case(
            command: ["python", "pkg"], files: ["srv/app/pkg/__main__.py": ""], interpreter: venv, first: "srv/app/pkg"),
    ]

    @Test(
        "the start is followed to its interpreter and the first directory of the import path",
        arguments: understood.indices)
    func follows(index: Int) throws {
        let item = Self.understood[index]
        let start = try StartListing(item.files).start(item.command, item.variables)
        #expect(start.interpreter == item.interpreter, "\(item.command)")
        #expect(start.gaps.isEmpty, "\(item.command): \(start.gaps.map(\.description))")
        if let first = item.first { #expect(start.importPath?.directories.first?.path == first, "\(item.command)") }
    }

    @Test(
        "what is not understood is a gap",
        arguments: [
            ([], [:], "neither an entry point nor a command"),
            (["/srv/start"], ["srv/start": "ELF"], "is not followed"),
            (["nothing"], [:], "not in the image"),
            (["sh", "-c", "exec $UNKNOWN_PROGRAM$(cat /x) serve.py"], [:], "is not known"),
            (["sh", "-c", "export PYTHONPATH=$(cat /x); exec python serve.py"], [:], "this variable is not known"),
            (["sh", "-c", "cp /x /opt/venv/lib/y.py; exec python serve.py"], ["bin/cp": "ELF"], "is not followed"),
            (["sh", "-c", "echo import x > /opt/venv/lib/y.pth; exec python serve.py"], [:], "writes this file"),
            (
                ["sh", "-c", "pip install x; exec python serve.py"], ["opt/venv/bin/pip": "#!/opt/venv/bin/python\n"],
                "changes or chooses"
            ),
            (
                ["sh", "-c", "if grep -q x /proc/cpuinfo; then exec /usr/bin/python3 a.py; fi; exec python serve.py"],
                [:], "condition"
            ),
            (["sh", "-c", "if grep -q x /y; then cd /opt; fi; exec python -m serve"], [:], "working directory"),
            (["sh", "-c", "export PYTHONSAFEPATH=$(cat /x); exec python serve.py"], [:], "PYTHONSAFEPATH"),
            (["sh", "-c", "case x in"], [:], "cannot be parsed as a shell script"),
            (["sh"], [:], "interactive"),
            (["sh", "missing.sh"], [:], "not in the image"),
            (
                ["gunicorn", "-c", "gunicorn.conf.py", "app"], ["srv/app/gunicorn.conf.py": "pythonpath = '/x'\n"],
                "uses pythonpath"
            ),
            (["gunicorn", "-c", "python:conf", "app"], [:], "Python module"),
            (["gunicorn", "-e", "PYTHONPATH=/x", "app"], [:], "for its workers"),
            (["supervisord"], ["opt/venv/bin/supervisord": "#!/opt/venv/bin/python\n"], "supervisord"),
            (["python", "-m", "cProfile", "/opt/x/run.py"], ["opt/x/run.py": ""], "what cProfile runs"),
            (["python", "-m", "opentelemetry", "python", "serve.py"], [:], "may run python"),
            (["tool", "serve.py"], ["opt/venv/bin/tool": "#!/opt/venv/bin/python\n"], "may run serve.py"),
            (["tool", "gunicorn", "app"], ["opt/venv/bin/tool": "#!/opt/venv/bin/python\n"], "may run gunicorn"),
            (["/bin/sh", "-c", "PYTHONPATH=/x python -m serve; exec python -m serve"], [:], "before the last one"),
            (["sh", "-c", "python < run.py"], [:], "standard input"), (["python", "-"], [:], "standard input"),
            (["env", "--unknown", "python"], [:], "not known"),
            (["env", "A=b"], [:], "names no program"), (["env", "-i", "python3", "serve.py"], [:], "without PATH"),
            (["env", "-i", "sh", "-c", "PATH=/opt/venv/bin; python serve.py"], [:], "PATH is not in"),
            (["bash", "-c", "exec -a /x/python /opt/venv/bin/python serve.py"], [:], "another name"),
            (["bash", "-c", "exec -l python serve.py"], [:], "another name"),
            (["timeout", "5", "--", "python"], ["usr/bin/timeout": "ELF"], "not in the image"),
            (["nohup", "--", "--", "python"], ["usr/bin/nohup": "ELF"], "not in the image"),
            (["/loop.sh"], ["loop.sh": "#!/loop.sh\n"], "nested"),
        ] as [([String], [String: String], String)])
    func gaps(command: [String], files: [String: String], reason: String) throws {
        let start = try StartListing(files).start(command)
        #expect(!start.isUnderstood)
        #expect(start.gaps.contains { $0.description.contains(reason) }, "\(start.gaps.map(\.description))")
    }

    @Test("the variables are those of the process that starts")
    func variables() throws {
        let start = try StartListing().start(
            ["sh", "-c", "export A=1 B=\"$HOME/x\"; unset C; exec python serve.py"], ["PATH=/opt/venv/bin", "C=3"],
            user: "app")
        #expect(
            start.gaps.map(\.description) == [
                "sh -c export A=1 B=\"$HOME/x\"; unset C; exec python serve.py: the program is not in the image"
            ])
        let whole = try StartListing().start(
            ["/bin/sh", "-c", "export A=1 B=\"$HOME/x\"; unset C; exec python serve.py"],
            ["PATH=/opt/venv/bin", "C=3"], user: "app")
        #expect(whole.variables["A"] == "1" && whole.variables["B"] == "/home/app/x" && whole.variables["C"] == nil)
        #expect(whole.argv == ["python", "serve.py"])
        #expect(whole.workingDirectory == "/srv/app")
    }
}
