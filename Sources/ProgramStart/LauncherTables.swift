/// What is known of launchers of Python programs that have no table in ``ServerTables``.
enum LauncherTables {
    /// How a launcher comes to the code that it imports: all of these look into the working directory.
    struct Importing {
        /// Options whose values are put on the import path.
        var folders: Set<String> = []
        /// Whether an operand that is a folder is put on the import path.
        var takesFolders = false
        /// The commands that are followed, one of which has to be there; empty for a launcher without commands.
        var commands: Set<String> = []
        /// The beginnings of the names of modules that are followed without a command.
        var modules: [String] = []
        /// Options by which it runs what is not followed.
        var unread: Set<String> = []
        /// Endings of operands that name what is not followed.
        var unreadEndings: [String] = []
        /// Variables by which it runs what is not followed.
        var variables: [String] = []
        /// Whether a file `.env` of the working directory sets variables for processes that it starts.
        var readsVariables = false
        /// Whether `NAME:TAG` may be something else than a module.
        var hasStore = false
    }

    /// The launchers that import from the working directory, and how.
    ///
    /// - waitress: https://github.com/Pylons/waitress/blob/v3.0.2/src/waitress/runner.py, `run`
    /// - BentoML: https://github.com/bentoml/BentoML/blob/v1.4.40/src/bentoml_cli/serve.py, `--working-dir`, which is else the
    ///   folder that is served
    /// - MLServer: https://github.com/SeldonIO/MLServer/blob/1.7.1/mlserver/cli/serve.py, `load_settings`: also the folder
    /// - Ray Serve: https://docs.ray.io/en/latest/serve/api/index.html, `serve run --app-dir`
    /// - huey: https://github.com/coleifer/huey/blob/3.5.4/huey/bin/huey_consumer.py, `load_huey`
    /// - dramatiq: https://github.com/Bogdanp/dramatiq/blob/v2.2.1/dramatiq/cli.py, `--path`
    /// - Litestar: https://github.com/litestar-org/litestar/blob/v2.25.0/litestar/cli/_utils.py, `LitestarEnv.from_env`
    /// - Sanic: https://github.com/sanic-org/sanic/blob/v25.12.1/sanic/worker/loader.py, `AppLoader.load`
    /// - Chainlit: https://github.com/Chainlit/chainlit/blob/2.12.0/backend/chainlit/config.py, `load_module`
    /// - RQ: https://github.com/rq/rq/blob/v3.0.0/rq/cli/helpers.py, `--path`
    /// - arq: https://github.com/python-arq/arq/blob/v0.26.1/arq/cli.py
    /// - vLLM starts processes by `spawn`, which import before they are told where
    ///   (https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods); its options of code are in
    ///   https://docs.vllm.ai/en/latest/cli/serve/; the modules of its servers are programs without a command
    ///   (https://github.com/vllm-project/vllm/blob/0000977e/docker/Dockerfile, `ENTRYPOINT`)
    /// - TorchServe: https://docs.pytorch.org/serve/configuration.html
    static let importing: [String: Importing] = [
        "waitress-serve": Importing(),
        "bentoml": Importing(
            folders: ["--working-dir"], takesFolders: true, commands: ["serve", "serve-http", "serve-grpc"],
            hasStore: true),
        "mlserver": Importing(takesFolders: true, commands: ["start"]),
        "rayserve": Importing(
            folders: ["--app-dir", "-d"], commands: ["run"],
            unread: ["--runtime-env", "--runtime-env-json", "--working-dir", "--address"],
            unreadEndings: [".yaml", ".yml"]),
        "huey_consumer": Importing(), "huey_consumer.py": Importing(),
        "dramatiq": Importing(folders: ["--path", "-P"]), "dramatiq-gevent": Importing(folders: ["--path", "-P"]),
        "litestar": Importing(folders: ["--app-dir"], commands: ["run"], readsVariables: true),
        "sanic": Importing(), "chainlit": Importing(commands: ["run"]),
        "rq": Importing(folders: ["--path", "-P"], commands: ["worker", "worker-pool"]),
        "arq": Importing(),
        "vllm": Importing(
            commands: ["serve"],
            modules: ["vllm.entrypoints.openai.", "vllm.entrypoints.api_server"],
            unread: [
                "--config", "--trust-remote-code", "--middleware", "--tool-parser-plugin", "--reasoning-parser-plugin",
                "--worker-cls", "--worker-extension-cls", "--logits-processors", "--scheduler-cls",
            ]),
        "torchserve": Importing(variables: ["TS_INSTALL_PY_DEP_PER_MODEL"]),
    ]

    /// The launchers that run another program, or code that their own files and options name: what these run is not followed.
    ///
    /// `dotenv run` (https://github.com/theskumar/python-dotenv/blob/v1.2.4/src/dotenv/cli.py) and `newrelic-admin`
    /// (https://github.com/newrelic/newrelic-python-agent/blob/v14.1.0/newrelic/admin/run_program.py) set variables for it;
    /// `opentelemetry-instrument` sets PYTHONPATH
    /// (https://opentelemetry-python-contrib.readthedocs.io/en/latest/instrumentation/auto-instrumentation/), and so does
    /// `ddtrace-run` (https://ddtrace.readthedocs.io/en/stable/installation_quickstart.html); `watchmedo`
    /// (https://github.com/gorakhargosh/watchdog), hupper (https://docs.pylonsproject.org/projects/hupper/) start it again and
    /// again; airflow, prefect, dagster and ray start workers.
    static let runners: Set<String> = [
        "dotenv", "opentelemetry-instrument", "opentelemetry-bootstrap", "ddtrace-run", "newrelic-admin", "watchmedo",
        "watchfiles", "hupper", "elasticapm-run", "sw-python", "deepspeed", "horovodrun", "lightning", "fabric",
        "composer", "memray", "pytest", "py.test", "papermill", "jupyter", "ipython", "voila", "marimo", "bokeh",
        "panel", "pserve", "paster", "pyuwsgi", "robyn", "quart", "faust", "taskiq", "kedro", "airflow", "prefect",
        "dagster", "dagster-webserver", "dagster-daemon", "ray", "gradio", "reflex", "solara", "mesop", "twist",
        "twistd", "luigi", "luigid", "scrapy", "locust", "invoke", "fab", "nox", "tox", "pipx", "litserve",
        "dask", "dask-worker", "dask-scheduler", "nameko", "dask-ssh",
        "line_profiler", "pymon",
    ]

    /// Init programs in Python, whose services are in folders of their own
    /// (https://github.com/phusion/baseimage-docker#adding-additional-daemons, http://supervisord.org,
    /// https://circus.readthedocs.io, https://github.com/garywiz/chaperone).
    static let inits: Set<String> = [
        "supervisord", "circusd", "honcho", "my_init", "chaperone",
    ]

    /// The launchers that modules are, by the beginnings of the modules' names, where they are called otherwise.
    private static let modules = [
        "torch.distributed": "torchrun", "torch.utils.bottleneck": "torch.utils.bottleneck",
        "accelerate.commands": "accelerate",
        "ray.serve": "rayserve", "ray.scripts": "ray", "ts.model_server": "torchserve", "waitress": "waitress-serve",
        "opentelemetry": "opentelemetry-instrument", "ddtrace": "ddtrace-run", "newrelic": "newrelic-admin",
        "watchdog": "watchmedo", "huey": "huey_consumer", "bentoml_cli": "bentoml", "vllm.entrypoints.cli": "vllm",
        "jupyter_core": "jupyter", "jupyterlab": "jupyter", "notebook": "jupyter", "nbconvert": "jupyter",
        "jupyter_server": "jupyter", "nbclient": "jupyter", "IPython": "ipython", "_pytest": "pytest",
        "elasticapm": "elasticapm-run", "pyramid": "pserve", "horovod": "horovodrun", "supervisor": "supervisord",
        "circus": "circusd", "distributed": "dask", "twisted": "twist",
        "pytorch_lightning": "lightning", "sky_walking": "sw-python", "skywalking": "sw-python",
    ]

    /// Returns the launcher that a module is; nil for one that is called as its package.
    static func program(ofModule module: String) -> String? {
        var name = module
        while true {
            if let program = modules[name] { return program }
            guard let dot = name.lastIndex(of: ".") else { return nil }
            name = String(name[..<dot])
        }
    }

    /// Whether anything is known of a launcher of this name.
    static func isKnown(_ name: String) -> Bool {
        importing[name] != nil || runners.contains(name) || inits.contains(name)
            || ["mlflow", "torchrun", "accelerate", "coverage"].contains(name)
    }
}
