import Testing

@testable import ProgramStart

/// Launchers without a table of options, programs that start others, and the applets of busybox.
struct LauncherTests {
    private struct Case: Sendable {
        var command: [String]
        /// The first directory of the import path; nil where the case says nothing of it.
        var first: String?
        /// A part of a gap; nil where there is none.
        var gap: String?
    }

    private static func launcher(_ module: String) -> String {
        "#!/opt/venv/bin/python\nimport sys\nfrom \(module) import main\nif __name__ == '__main__':\n    sys.exit(main())\n"
    }

    private static func start(
        _ command: [String], _ more: [String: String] = [:], variables: [String] = []
    ) throws -> ProgramStart {
        var files = [
            "srv/app/service.py": "", "opt/x/y.py": "", "opt/model/weights.bin": "", "srv/app/settings.yaml": "",
            "srv/app/data/a.bin": "", "opt/y/": "",
        ]
        if let name = command.first, !name.contains("/"), name != "python" {
            files["opt/venv/bin/\(name)"] = launcher("package.cli")
        }
        for (path, text) in more { files[path] = text }
        return try StartListing(files).start(command, ["PATH=/opt/venv/bin:/usr/bin:/bin"] + variables)
    }

    private func expect(_ item: Case, _ more: [String: String] = [:], variables: [String] = []) throws {
        let start = try Self.start(item.command, more, variables: variables)
        let gaps = start.gaps.map(\.description)
        if let gap = item.gap {
            #expect(gaps.contains { $0.contains(gap) }, "\(item.command): \(gaps)")
        } else {
            #expect(start.isUnderstood, "\(item.command): \(gaps)")
        }
        if let first = item.first {
            let found = start.importPath?.directories.first?.path
            #expect(found == first, "\(item.command): \(found ?? "")")
        }
    }

    /// Launchers that import from the working directory.
    private static let importingCases: [Case] = [
        Case(command: ["waitress-serve", "--listen=*:80", "serve:app"], first: "srv/app"),
        Case(command: ["bentoml", "serve", "/opt/model", "--host", "0.0.0.0", "--port", "3000"], first: "opt/model"),
        Case(command: ["bentoml", "serve", "serve:svc"], first: "srv/app"),
        Case(command: ["bentoml", "serve", "--working-dir", "/opt/x", "serve:svc"], first: "opt/x"),
        Case(command: ["bentoml", "serve", "fraud:latest"], gap: "from a store"),
        Case(command: ["bentoml", "build"], gap: "what bentoml runs"),
        Case(command: ["bentoml", "serve-http", "serve:svc"], first: "srv/app"),
        Case(command: ["bentoml", "serve-grpc", "/opt/model"], first: "opt/model"),
        Case(command: ["mlserver", "start", "/opt/model"], first: "opt/model"),
        Case(command: ["mlserver", "start", "."], first: "srv/app"),
        Case(command: ["mlserver", "infer"], gap: "what mlserver runs"),
        Case(command: ["huey_consumer", "serve.huey"], first: "srv/app"),
        Case(command: ["dramatiq", "serve"], first: "srv/app"),
        Case(command: ["dramatiq", "serve", "--path", "/opt/y", "/opt/x"], first: "opt/y"),
        Case(command: ["dramatiq", "serve", "-P/opt/x"], first: "opt/x"),
        Case(command: ["dramatiq", "serve", "--pat", "/opt/x"], first: "opt/x"),
        Case(command: ["dramatiq", "serve", "--path", "/none"], gap: "is not in the image"),
        Case(command: ["litestar", "--app", "serve:app", "run"], first: "srv/app"),
        Case(command: ["litestar", "--app-dir", "/opt/x", "run"], first: "opt/x"),
        Case(command: ["sanic", "serve:app", "--host=0.0.0.0"], first: "srv/app"),
        Case(command: ["chainlit", "run", "/opt/x/y.py"], first: "opt/x"),
        Case(command: ["rq", "worker", "-P", "/opt/x"], first: "opt/x"), Case(command: ["rq", "info"], gap: "what rq"),
        Case(command: ["arq", "serve.Worker"], first: "srv/app"),
        Case(command: ["vllm", "serve", "/opt/model", "--reasoning-parser", "r1"], first: "srv/app"),
        Case(command: ["vllm", "serve", "/opt/model", "--trust_remote_code"], gap: "--trust_remote_code"),
        Case(command: ["vllm", "serve", "/opt/model", "--config=c.yaml"], gap: "--config"),
        Case(command: ["python", "-m", "vllm.entrypoints.openai.api_server", "--model", "X"], first: "srv/app"),
        Case(
            command: ["python", "-m", "vllm.entrypoints.openai.run_batch", "-i", "a", "-o", "b", "--model", "X"],
            first: "srv/app"),
        Case(command: ["python", "-m", "vllm.entrypoints.api_server", "--model", "X"], first: "srv/app"),
        Case(
            command: ["python", "-m", "vllm.entrypoints.openai.api_server", "--middleware", "serve.M"],
            gap: "--middleware"),
        Case(command: ["python", "-m", "vllm.benchmarks.own", "--model", "X"], gap: "what vllm runs"),
        Case(
            command: ["torchserve", "--start", "--foreground", "--ncs", "--ts-config", "/opt/ts.properties"],
            first: "srv/app"),
        Case(command: ["mlflow", "models", "serve", "-m", "/opt/model"], gap: "another environment"),
        Case(
            command: ["mlflow", "models", "serve", "-m", "/opt/model", "--env-manager=virtualenv"],
            gap: "another environment"),
        Case(
            command: ["mlflow", "models", "serve", "--model-uri", "/opt/model", "--env-manager", "local"],
            first: "srv/app"),
        Case(
            command: ["mlflow", "models", "serve", "--env-manager=local", "--enable-mlserver"], gap: "--enable-mlserver"
        ),
        Case(command: ["mlflow", "run", "/opt/x"], gap: "what mlflow run"),
        Case(command: ["mlflow", "server", "--gunicorn-opts", "--timeout 120", "--host", "0.0.0.0"], first: "srv/app"),
        Case(command: ["mlflow", "server", "--gunicorn-opts=--timeout=60 --log-level debug"], first: "srv/app"),
        Case(command: ["mlflow", "server", "--gunicorn-opts", "--pythonpath /opt/x"], first: "opt/x"),
        Case(command: ["mlflow", "server", "--gunicorn-opts", "--chdir /opt/x"], first: "opt/x"),
        Case(command: ["mlflow", "server", "--gunicorn-opts", "--bogus 1"], gap: "--bogus"),
        Case(command: ["mlflow", "server", "--gunicorn-opts", "--config /none.py"], gap: "is not in the image"),
        Case(command: ["mlflow", "server", "--gunicorn-opts", "--env PYTHONPATH=/opt/x"], gap: "for its workers"),
        Case(command: ["mlflow", "server", "--gunicorn-opts", "--name 'x"], gap: "--gunicorn-opts"),
        Case(command: ["mlflow", "server", "--x", "--gunicorn-opts=", "--gunicorn-opts=-t 1"], gap: "--gunicorn-opts"),
        Case(command: ["python", "-m", "mlflow", "models", "serve", "-m", "/opt/model"], gap: "another environment"),
        Case(command: ["python", "-P", "-m", "waitress", "serve:app"], first: "srv/app"),
    ]

    @Test(
        "launchers that look into the working directory have it on the import path", arguments: importingCases.indices)
    func importing(index: Int) throws { try expect(Self.importingCases[index]) }

    /// Launchers that run something else.
    private static let runnerCases: [Case] = [
        Case(command: ["dotenv", "run", "gunicorn", "serve:app"], gap: "may run gunicorn"),
        Case(command: ["dotenv", "run", "own", "serve:app"], gap: "what dotenv runs"),
        Case(
            command: ["opentelemetry-instrument", "--traces_exporter", "console", "gunicorn", "serve:app"],
            gap: "may run gunicorn"),
        Case(command: ["opentelemetry-instrument", "flask", "run"], gap: "what opentelemetry-instrument runs"),
        Case(command: ["ddtrace-run", "celery", "worker"], gap: "what ddtrace-run runs"),
        Case(command: ["newrelic-admin", "run-program", "gunicorn", "serve:app"], gap: "may run gunicorn"),
        Case(command: ["watchmedo", "auto-restart", "--", "gunicorn", "serve:app"], gap: "may run gunicorn"),
        Case(command: ["hupper", "-m", "serve"], gap: "what hupper runs"),
        Case(command: ["ray", "start"], gap: "what ray"),
        Case(command: ["airflow", "standalone"], gap: "what airflow"),
        Case(command: ["my_init"], gap: "what my_init starts"),
        Case(command: ["python", "-m", "torch.distributed.run", "-m", "serve"], gap: "what torchrun runs"),
        Case(command: ["python", "-m", "torch.utils.bottleneck", "serve.py"], gap: "what torch.utils.bottleneck runs"),
        Case(command: ["tritonserver", "--model-repository", "/opt/model"], first: "opt/venv/bin"),
        Case(command: ["s6-svscan", "/etc/services"], first: "opt/venv/bin"),
        Case(command: ["python", "-m", "accelerate.commands.launch", "-m", "serve"], gap: "what accelerate runs"),
        Case(command: ["python", "-m", "dotenv", "run", "gunicorn"], gap: "may run gunicorn"),
        Case(command: ["python", "-m", "ddtrace.commands.ddtrace_run", "x"], gap: "what ddtrace-run runs"),
        Case(command: ["streamlit", "run", "https://example.com/x.py"], gap: "from the network"),
        Case(command: ["streamlit", "run", "HTTPS://example.com/x"], gap: "from the network"),
        Case(command: ["streamlit", "run", "serve.py", "--", "--api", "http://backend"], first: "srv/app"),
        Case(
            command: ["streamlit", "run", "--browser.serverAddress", "a.py", "https://example.com/app.py"],
            gap: "from the network"),
        Case(
            command: ["streamlit", "--log_level", "info", "run", "--server.headless=true", "https://example.com/a.py"],
            gap: "from the network"),
        Case(
            command: ["streamlit", "run", "--server.headless", "true", "--", "http://x/a.py"], gap: "from the network"),
        Case(command: ["streamlit", "run", "--browser.serverAddress", "https://x", "serve.py"], first: "srv/app"),
        Case(command: ["streamlit", "run", "--browser.serverAddress=https://x", "serve.py"], first: "srv/app"),
    ]

    @Test("launchers that run another program are gaps", arguments: runnerCases.indices)
    func runners(index: Int) throws { try expect(Self.runnerCases[index]) }

    /// Launchers of which nothing is known.
    private static let unknownCases: [Case] = [
        Case(command: ["tool", "serve:app"], first: "srv/app", gap: "loads by serve:app"),
        Case(command: ["tool", "--app", "serve:app"], first: "srv/app", gap: "loads by serve:app"),
        Case(command: ["tool", "--app=service"], first: "srv/app", gap: "loads by service"),
        Case(command: ["tool", "run", "package.module"], gap: "loads by package.module"),
        Case(command: ["tool", "service"], gap: "loads by service"), Case(command: ["tool", "."], gap: "loads by ."),
        Case(command: ["tool", "/opt/x"], gap: "loads by /opt/x"),
        Case(command: ["tool", "--dir=/opt/x"], gap: "/opt/x"),
        Case(command: ["tool", "Procfile"], gap: "does with Procfile"),
        Case(command: ["tool", "data"], gap: "does with data"),
        Case(command: ["tool", "--x", "y", "gunicorn"], gap: "may run gunicorn"),
        Case(command: ["tool", "--shell=sh"], gap: "may run sh"),
        Case(command: ["tool", "load", "main"], gap: "loads by main"),
        Case(command: ["tool", "--load", "main"], gap: "loads by main"),
        Case(command: ["tool", "--service", "main:app"], gap: "loads by main:app"),
        Case(command: ["tool", "--app", "api.db"], gap: "loads by api.db"),
        Case(command: ["tool", "api.log"], gap: "loads by api.log"),
        Case(command: ["tool", "main.py"], gap: "may run main.py"),
        Case(command: ["tool", "api"], gap: "loads by api"),
        Case(command: ["tool", "settings.yaml"], first: "opt/venv/bin"),
        Case(command: ["tool", "models/m.pkl"], first: "opt/venv/bin"),
        Case(command: ["tool", "run", "--config", "settings.yaml"], first: "opt/venv/bin"),
        Case(command: ["tool", "--config=settings.yaml", "--env-file", ".env"], first: "opt/venv/bin"),
        Case(command: ["tool", "run", "--model", "models/m.pkl"], first: "opt/venv/bin"),
        Case(command: ["tool", "run", "--model", "./models/none.bin"], first: "opt/venv/bin"),
        Case(command: ["tool", "--models=models", "--procfile", "Procfile"], first: "opt/venv/bin"),
        Case(command: ["tool", "--host", "api.example.ai", "--name=api.v1"], first: "opt/venv/bin"),
        Case(command: ["tool", "--mode", "main", "--env=main", "--queue", "main"], first: "opt/venv/bin"),
        Case(command: ["tool", "--device=main", "--log_level", "main"], first: "opt/venv/bin"),
        Case(command: ["tool", "--service", "service", "--log-level=main"], first: "opt/venv/bin"),
        Case(command: ["tool", "env"], first: "opt/venv/bin"),
        Case(command: ["tool", "--host", "0.0.0.0", "--port", "80"], first: "opt/venv/bin"),
        Case(command: ["tool", "run", "--bind", "0.0.0.0:80", "--log-level", "info"], first: "opt/venv/bin"),
        Case(command: ["tool", "--name", "example.com", "--model", "/opt/model"], first: "opt/venv/bin"),
        Case(command: ["tool"], first: "opt/venv/bin"), Case(command: ["python", "-m", "service", "data", "a:b"]),
        Case(command: ["python", "-P", "-m", "tool", "a:b"], first: "srv/app", gap: "loads by a:b"),
        Case(command: ["python", "serve.py", "serve:app", "data"], first: "srv/app"),
    ]

    @Test("a launcher of which nothing is known is a gap where its words name code", arguments: unknownCases.indices)
    func unknown(index: Int) throws {
        let files = [
            "usr/bin/info": "ELF", "srv/app/settings.py": "", "srv/app/models/m.pkl": "", "srv/app/main.py": "",
            "srv/app/api/x.py": "", "srv/app/Procfile": "", "srv/app/.env": "",
        ]
        try expect(Self.unknownCases[index], files)
    }

    @Test("a launcher with more than 256 words is a gap, and its words are not looked for")
    func manyWords() throws {
        var files: [String: String] = [:]
        for number in 0..<300 { files["srv/app/big/f\(number)"] = "" }
        try expect(Case(command: ["tool"] + Array(repeating: "x", count: 256), first: "opt/venv/bin"), files)
        try expect(Case(command: ["tool"] + Array(repeating: "x", count: 255) + ["main:app"], gap: "main:app"), files)
        for name in ["tool", "bentoml", "mlflow", "vllm"] {
            let command = [name] + Array(repeating: "big", count: 255)
            let long = try Self.start(command + ["a:b", "c"], files)
            let gaps = long.gaps.map(\.reason)
            #expect(gaps == ["\(name) has more than 256 words, which are not followed"], "\(gaps)")
            #expect(long.importPath?.directories.first?.path == "srv/app", "\(name)")
            let short = try Self.start(command, files)
            #expect(!short.gaps.contains { $0.reason.contains("256 words") }, "\(name)")
        }
    }

    @Test("a launcher is known by what it imports, also under another name")
    func names() throws {
        for (module, gap) in [
            ("dotenv.__main__", "dotenv"), ("ray.scripts.scripts", "ray"), ("mlserver.cli", "mlserver"),
        ] {
            let files = ["opt/venv/bin/own": Self.launcher(module)]
            try expect(Case(command: ["own", "x"], gap: "what \(gap) runs"), files)
        }
        let serve = ["opt/venv/bin/serve": Self.launcher("ray.serve.scripts")]
        try expect(Case(command: ["serve", "run", "serve:app"], first: "srv/app"), serve)
        try expect(Case(command: ["serve", "run", "settings.yaml"], gap: "settings.yaml"), serve)
        try expect(Case(command: ["serve", "deploy", "x"], gap: "what rayserve runs"), serve)
        // The user's own.
        try expect(Case(command: ["serve", "--port", "80"], first: "opt/venv/bin"))
        try expect(
            Case(command: ["/srv/app/run", "--bogus", "x"]), ["srv/app/run": "#!/opt/venv/bin/python\nimport x\n"])
        try expect(
            Case(command: ["torchserve", "--start"], gap: "TS_INSTALL"), variables: ["TS_INSTALL_PY_DEP_PER_MODEL=true"]
        )
        try expect(Case(command: ["litestar", "run"], gap: ".env"), ["srv/app/.env": ""])
    }

    @Test(
        "fastapi puts the folder above the topmost package first",
        arguments: [
            (["run", "/opt/p/pkg/main.py"], "opt/p"), (["run", "/opt/p/pkg/__init__.py"], "opt/p"),
            (["run", "/opt/p/pkg"], "opt/p"), (["run", "/opt/x/y.py"], "opt/x"), (["run"], "srv/app/app"),
            (["run", "serve.py"], "srv/app"), (["run", "--app", "x", "serve.py"], "srv/app"),
        ] as [([String], String)])
    func fastapi(words: [String], first: String) throws {
        let files = ["opt/p/pkg/__init__.py": "", "opt/p/pkg/main.py": "", "srv/app/app/main.py": ""]
        try expect(Case(command: ["fastapi"] + words, first: first), files)
    }

    @Test(
        "applets of busybox are followed with busybox's own options",
        arguments: [
            (["env"], true), (["env", "-i", "PATH=/opt/venv/bin"], true), (["env", "-u", "X"], true),
            (["env", "-S"], false), (["env", "-C", "/opt"], false), (["env", "--chdir=/opt"], false),
            (["timeout", "60"], true), (["timeout", "-s", "INT", "-k", "5", "60"], true),
            (["timeout", "-v", "60"], false),
            (["timeout", "-t", "60"], false), (["nice", "-n", "5"], true), (["nice", "-5"], true), (["nohup"], true),
            (["nohup", "--"], false), (["nice", "-n", "5", "--"], false), (["setsid", "-c"], true),
            (["setsid", "-w"], false), (["ionice", "-c2"], true),
            (["taskset", "-c", "0"], true), (["chrt", "-f", "10"], true), (["setpriv", "--nnp"], true),
            (["chroot", "/x"], false), (["busybox", "env"], true), (["busybox", "busybox", "nice"], true),
            (["busybox", "/usr/bin/timeout", "60"], true), (["busybox"], false), (["busybox", "chpst"], false),
        ] as [([String], Bool)])
    func applets(words: [String], isUnderstood: Bool) throws {
        var files = ["bin/busybox": "ELF"]
        for name in ["env", "timeout", "nice", "nohup", "setsid", "ionice", "taskset", "chrt", "setpriv", "chroot"] {
            files["usr/bin/\(name)"] = "-> /bin/busybox"
        }
        let start = try StartListing(files).start(words + ["python", "serve.py"])
        #expect(start.isUnderstood == isUnderstood, "\(words): \(start.gaps.map(\.description))")
        if isUnderstood { #expect(start.argv == ["python", "serve.py"], "\(words)") }
        if isUnderstood, words == ["env"] {
            let script = ["srv/app/run": "#!/usr/bin/env python3\nimport x\n"].merging(files) { $1 }
            #expect(try StartListing(script).start(["/srv/app/run"]).isUnderstood)
        }
    }
}
