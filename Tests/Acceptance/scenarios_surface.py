"""Scenarios of what surrounds the commands: schemas, completions, the manual page, standard input, the action, the wheel."""

import json
import os
import pathlib
import shutil
import socket
import subprocess

import threading

from runner import Skipped, check, check_status, run, scenario

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
DEMO = REPOSITORY / "docs/demo"
BASE = f"oci-archive:{DEMO}/base.oci.tar"
#: A base of which only the digest is known: the demo's own base has no pip.
FROZEN_BASE = "registry.example/python:3.11-slim-bookworm@sha256:" + "b" * 64


def tool(shop, name, *packages):
    """A program of a package, in an environment that later runs reuse."""
    folder = shop.kept / f"venv-{name}"
    if not (folder / "bin" / name).exists():
        shutil.rmtree(folder, ignore_errors=True)
        run("/usr/bin/python3", "-m", "venv", folder)
        try:
            run(folder / "bin/pip", "install", "--quiet", *packages)
        except AssertionError as error:
            raise Skipped(f"{name} cannot be installed: {error}") from error
    return folder / "bin" / name


@scenario
def outputs_follow_their_schemas(shop):
    """surface: every JSON output and pinproof.toml follow the schemas (check-jsonschema)"""
    run("python3", REPOSITORY / "schemas/make", "--check")
    program = tool(shop, "check-jsonschema", "check-jsonschema")
    folder = shop.work / "schemas"
    folder.mkdir(exist_ok=True)
    model, image = DEMO / "churn-model.tar.gz", DEMO / "churn-image.oci.tar"
    other, changed = DEMO / "churn-image-careless.oci.tar", DEMO / "churn-image-changed.oci.tar"
    verify = ["verify", model, image, "--wheels", DEMO / "wheels"]
    outputs = {
        "check": [["check", DEMO / "careless"], ["check", "--require", "hashed", DEMO / "requirements.lock"]],
        "inspect": [["inspect", path] for path in [model, image, DEMO / "requirements.lock", DEMO / "careless/Dockerfile"]],
        "diff": [["diff", image, other], ["diff", model, image], ["diff", image, image]],
        "verify": [verify, ["verify", model, other], ["verify", model, changed], ["verify", DEMO / "requirements.lock", image],
                   ["verify", model, image, "--evidence", "trained"]],
        "preflight": [["preflight", model, image], ["preflight", model, changed, "--previous", DEMO / "churn-model-previous.tar.gz",
                      "--deploy", DEMO / "preflight"]],
    }  # fmt: skip
    for name, commands in outputs.items():
        files = []
        for number, words in enumerate(commands):
            path = folder / f"{name}-{number}.json"
            shop.pinproof(*words, "--format", "json", "--output", path)
            files.append(path)
        run(program, "--schemafile", REPOSITORY / f"schemas/{name}-1.schema.json", *files)
    signed = folder / "signed"
    signed.mkdir(exist_ok=True)
    (signed / "MLmodel").write_text(
        "flavors:\n  python_function:\n    loader_module: mlflow.pyfunc.model\nsignature:\n"
        """  inputs: '[{"name": "age", "type": "long"}, {"name": "plan", "type": "boolean", "required": false}]'\n"""
        """  outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "int64", "shape": [-1]}}]'\n"""
        """  params: '[{"name": "top", "type": "long", "default": [1, 2], "shape": [-1]}]'\n""")
    shop.pinproof("inspect", signed, "--contract", "--format", "json", "--output", folder / "contract.json")
    shop.pinproof("inspect", signed, "--contract", "--format", "json-schema", "--output", folder / "row.schema.json")
    run(program, "--check-metaschema", folder / "row.schema.json")
    (folder / "row.json").write_text('{"age": 30}')
    run(program, "--schemafile", folder / "row.schema.json", folder / "row.json")
    shop.pinproof("wheels", DEMO / "wheels", "--files", "--output", folder / "wheels.json")
    shop.pinproof(*verify, "--attest", folder / "attestation.json")
    key, public = folder / "key.pem", folder / "key.pub"
    run("openssl", "genpkey", "-algorithm", "ed25519", "-out", key)
    run("openssl", "pkey", "-in", key, "-pubout", "-out", public)
    shop.pinproof(*verify, "--attest", folder / "signed.json", "--key", key)
    shop.pinproof(
        "verify-attestation", folder / "signed.json", "--key", public, "--no-image", "--no-model", "--format", "json",
        "--output", folder / "attested.json")
    shop.pinproof("check", DEMO / "careless", "--write-baseline", folder / "baseline.json")
    frozen = shop.work / "schemas-frozen"
    check_status(
        shop.pinproof(
            "freeze", DEMO / "requirements.lock", "--base", FROZEN_BASE, "--python", "3.11", "--force", "-o", frozen), 0)
    toml = folder / "pinproof.toml"
    toml.write_text(
        'require = "hashed"\nfail-on = "warning"\nexclude = ["vendor/"]\n[rules]\nfloating-image = "warning"\n'
        f'[images]\n"python:3.11" = "sha256:{"a" * 64}"\n[contexts]\n"docker/*" = "."\n')
    wrong = folder / "wrong.toml"
    wrong.write_text('requires = "hashed"\n')
    rows = folder / "rows.csv"
    rows.write_text("c,n\n" + "".join(f"{'ab'[row % 2]},{row}\n" for row in range(300)))
    check_status(shop.pinproof("profile", rows, "--output", folder / "profile.json"), 0)
    check_status(shop.pinproof("diff", folder / "profile.json", rows, "--format", "json", "--output", folder / "drift.json"), 0)
    for name, file in {
        "drift": folder / "drift.json",
        "wheels": folder / "wheels.json", "verify-attestation": folder / "attested.json", "baseline": folder / "baseline.json",
        "lock": frozen / "pinproof.lock.json", "contract": folder / "contract.json",
    }.items():  # fmt: skip
        run(program, "--schemafile", REPOSITORY / f"schemas/{name}-1.schema.json", file)
    settings = ["--schemafile", REPOSITORY / "schemas/pinproof.toml.schema.json", "--default-filetype", "toml"]
    run(program, *settings, toml)
    check(subprocess.run([program, *settings, wrong], capture_output=True).returncode == 1, "an unknown setting is refused")
    declaration = folder / "preflight.toml"
    declaration.write_text("".join(path.read_text() for path in sorted((DEMO / "preflight").glob("*.toml"))))
    settings = ["--schemafile", REPOSITORY / "schemas/preflight.toml.schema.json", "--default-filetype", "toml"]
    run(program, *settings, declaration)
    wrong.write_text(declaration.read_text() + "pager = 'x'\n")
    check(subprocess.run([program, *settings, wrong], capture_output=True).returncode == 1, "an unknown key is refused")
    # The schemas refuse what is not the program's: they can fail.
    data = json.loads((folder / "verify-1.json").read_text())
    data["verdict"] = "maybe"
    (folder / "wrong.json").write_text(json.dumps(data))
    done = subprocess.run(
        [program, "--schemafile", REPOSITORY / "schemas/verify-1.schema.json", folder / "wrong.json"], capture_output=True)
    check(done.returncode == 1, "another verdict is refused")


@scenario
def completions_and_the_manual_work(shop):
    """surface: bash completes commands, values and files; man shows the manual without a warning"""
    folder = shop.work / "share"
    run("python3", REPOSITORY / "Packaging/make_man", shop.pinproof.path, folder)
    page = folder / "share/man/man1/pinproof.1"
    if shutil.which("man"):
        done = subprocess.run(
            ["man", "--warnings", "-E", "UTF-8", "-l", page], capture_output=True, text=True,
            env={**os.environ, "MANWIDTH": "120", "LC_ALL": "C.UTF-8"})  # fmt: skip
        check(done.returncode == 0 and not done.stderr, f"man says: {done.stderr[:500]}")
        for word in ["PINPROOF VERIFY", "--evidence <level>", "EXIT STATUS", "NO_COLOR"]:
            check(word in done.stdout, f"{word} is in the manual")
    script = folder / "share/bash-completion/completions/pinproof"
    (shop.work / "complete-me.lock").write_text("")

    def completed(*words):
        """What bash offers for the last word."""
        line = " ".join(words)
        text = f"""
            source {script}
            COMP_WORDS=({" ".join(f"'{word}'" for word in words)}); COMP_CWORD={len(words) - 1}
            COMP_LINE='{line}'; COMP_POINT={len(line)}; COMPREPLY=()
            function=$(complete -p pinproof | sed -n 's/.*-F \\([^ ]*\\) .*/\\1/p')
            "$function" pinproof '{words[-1]}' '{words[-2]}'
            printf '%s\\n' "${{COMPREPLY[@]}}"
        """
        environment = {"PATH": f"{pathlib.Path(shop.pinproof.path).parent}:/usr/bin:/bin", "HOME": str(shop.work)}
        done = subprocess.run(["bash", "--norc", "-c", text], capture_output=True, text=True, cwd=shop.work, env=environment)
        return {word.strip() for word in done.stdout.split("\n") if word.strip()}

    check({"verify", "verify-attestation"} <= completed("pinproof", "ver"), f"commands: {completed('pinproof', 'ver')}")
    for option, values in {
        "--format": {"text", "json", "html", "markdown", "junit", "sarif", "github"},
        "--evidence": {"locked", "trained", "claimed", "intact", "named"}, "--fail-on": {"error", "warning", "note", "never"},
    }.items():  # fmt: skip
        found = completed("pinproof", "verify", option, "")
        check(values <= found, f"{option}: {found}")
    check({"exact", "hashed"} <= completed("pinproof", "check", "--require", ""), "values of --require")
    check("complete-me.lock" in completed("pinproof", "inspect", "complete-"), "file names")


@scenario
def standard_input_and_an_engine_are_subjects(shop):
    """surface: an image from standard input (docker save), and from an engine's socket, gives what the file gives"""
    archive = shop.work / "saved.tar"
    archive.unlink(missing_ok=True)
    run("skopeo", "copy", "--quiet", f"oci-archive:{DEMO}/churn-image.oci.tar", f"docker-archive:{archive}:registry.example/churn:1")
    expected = json.loads(shop.pinproof("inspect", archive, "--format", "json").output)
    temporary = shop.work / "temporary"
    temporary.mkdir(exist_ok=True)
    environment = {**os.environ, "TMPDIR": str(temporary)}

    def piped(*words, data=archive, status=0):
        with open(data, "rb") as file:
            # Through a pipe, as `docker save` gives it.
            cat = subprocess.Popen(["cat"], stdin=file, stdout=subprocess.PIPE)
            done = subprocess.run(
                [shop.pinproof.path, *words], stdin=cat.stdout, capture_output=True, text=True, env=environment)
            cat.stdout.close()
            cat.wait()
        check(done.returncode == status, f"{words}: {done.returncode} {done.stderr}")
        check(list(temporary.iterdir()) == [], "nothing is left behind")
        check(str(temporary) not in done.stdout + done.stderr, f"the temporary file is not named: {done.stdout} {done.stderr}")
        return done

    found = json.loads(piped("inspect", "-", "--format", "json").stdout)
    check(found["environment"] == expected["environment"], "the same environment")
    check(found["subject"]["name"] == "standard input", f"{found['subject']}")
    piped("verify", DEMO / "churn-model.tar.gz", "-", "--wheels", DEMO / "wheels", "--evidence", "locked")
    piped("diff", "-", archive)
    piped("capture", "-")
    cut = shop.work / "saved-cut.tar"
    cut.write_bytes(archive.read_bytes()[:-5000])
    empty = shop.work / "empty"
    empty.write_bytes(b"")
    check("standard input" in piped("inspect", "-", data=empty, status=2).stderr, "an empty input is an error")
    done = piped("inspect", "-", "--max-total-size", "1000", status=2, data=archive)
    check("more than 1000 bytes" in done.stderr, done.stderr)

    # An engine, as far as this program sees one.
    path = shop.work / "engine.sock"
    path.unlink(missing_ok=True)
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(path))
    server.listen()
    requests = []

    def serve():
        for _ in range(2):
            connection, _ = server.accept()
            request = b""
            while b"\r\n\r\n" not in request:
                request += connection.recv(4096)
            requests.append(request.split(b"\r\n")[0].decode())
            if b"/churn:1/get" in request:
                connection.sendall(b"HTTP/1.0 200 OK\r\nContent-Type: application/x-tar\r\n\r\n" + archive.read_bytes())
            else:
                connection.sendall(b'HTTP/1.0 404 Not Found\r\n\r\n{"message": "No such image"}')
            connection.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    environment["DOCKER_HOST"] = f"unix://{path}"
    words = [shop.pinproof.path, "inspect", "--format", "json"]
    done = subprocess.run([*words, "docker-daemon:registry.example/churn:1"], capture_output=True, text=True, env=environment)
    check(done.returncode == 0 and json.loads(done.stdout)["environment"] == expected["environment"], done.stderr)
    done = subprocess.run([*words, "docker-daemon:nothing:1"], capture_output=True, text=True, env=environment)
    check(done.returncode == 2 and "No such image" in done.stderr, done.stderr)
    check(requests == ["GET /images/registry.example/churn:1/get HTTP/1.0", "GET /images/nothing:1/get HTTP/1.0"], f"{requests}")
    thread.join(10)
    server.close()


def runner(shop, name, program, **inputs):
    """Runs the steps of action.yml as a runner would, with a stand-in for the installation: status, annotations, summary, outputs."""
    import re

    folder = shop.work / f"runner-{name}"
    shutil.rmtree(folder, ignore_errors=True)
    workspace = folder / "workspace"
    shutil.copytree(DEMO / "careless", workspace / "docker dir")
    (workspace / "requirements one.txt").write_text("attrs==25.3.0\n")
    (workspace / "requirements two.txt").write_text("bottle\n")
    text = (REPOSITORY / "action.yml").read_text()
    defaults = dict(re.findall(r'^  (\S+):\n    description: .*\n    default: "?(.*?)"?$', text, re.M))
    step = text[text.index("- name: Run pinproof") :]
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "GITHUB_OUTPUT": str(folder / "output"),
                   "GITHUB_STEP_SUMMARY": str(folder / "summary")}  # fmt: skip
    for variable, expression in re.findall(r"^        ([A-Z_]+): (.*)$", step, re.M):
        value = expression.replace("${{ github.action_path }}", str(REPOSITORY)).replace("${{ runner.temp }}", str(folder))
        value = value.replace("${{ steps.install.outputs.pinproof }}", str(program))
        found = re.fullmatch(r"\$\{\{ inputs\.(\S+) \}\}", value)
        environment[variable] = inputs.get(found[1], defaults.get(found[1], "")) if found else value
    for file in ["output", "summary"]:
        (folder / file).write_text("")
    done = subprocess.run(
        ["bash", REPOSITORY / "Packaging/action/run"], cwd=workspace, env=environment, capture_output=True, text=True)
    outputs = dict(line.split("=", 1) for line in (folder / "output").read_text().splitlines())
    return done, (folder / "summary").read_text(), outputs


@scenario
def the_action_runs_in_a_simulated_runner(shop):
    """surface: the steps of action.yml write annotations, SARIF and a job summary in one run; blanks and globs in paths"""
    calls = shop.work / "counted"
    calls.write_text(f'#!/bin/sh\necho run >>"{shop.work}/calls"\nexec "{shop.pinproof.path}" "$@"\n')
    calls.chmod(0o755)
    (shop.work / "calls").unlink(missing_ok=True)
    done, summary, outputs = runner(shop, "check", calls, paths="docker dir\nrequirements *.txt", **{"require": "exact"})
    check(done.returncode == 1 and outputs["status"] == "1", f"{done.returncode} {done.stderr} {outputs}")
    check((shop.work / "calls").read_text() == "run\n", "check runs once")
    check("::error file=docker dir/Dockerfile,line=2," in done.stdout, done.stdout)
    check("requirements two.txt" in done.stdout and "requirements one.txt" not in done.stdout, done.stdout)
    check(summary.startswith("### Pinproof: ") and "floating-apt-package" in summary, summary)
    sarif = json.loads(pathlib.Path(outputs["sarif-file"]).read_text())
    check(len(sarif["runs"][0]["results"]) == done.stdout.count("::error"), "each finding is in SARIF too")
    done, summary, outputs = runner(shop, "clean", calls, paths="requirements one.txt")
    check(done.returncode == 0 and done.stdout == "" and "nothing floats" in summary, f"{done.stdout} {summary}")
    done, summary, outputs = runner(shop, "missing", calls, paths="no such file")
    check(done.returncode == 2 and outputs["status"] == "2", f"{done.returncode} {outputs}")
    verify = {"mode": "verify", "model": str(DEMO / "churn-model.tar.gz"), "base": BASE}
    done, summary, outputs = runner(shop, "refused", calls, image=str(DEMO / "churn-image-careless.oci.tar"), **verify)
    check(done.returncode == 1 and done.stdout.startswith("::error title=refused::this image would serve"), done.stdout)
    check("refused, mismatch" in summary and "**cattrs 25.3.0**" in summary and "pinproof freeze" in summary, summary)
    check(json.loads(pathlib.Path(outputs["sarif-file"]).read_text())["runs"][0]["results"], "SARIF of verify")
    done, summary, outputs = runner(shop, "match", calls, image=str(DEMO / "churn-image.oci.tar"), **verify)
    check(done.returncode == 0 and "Pinproof verify: match" in summary, f"{done.stdout}{done.stderr}{summary}")
    done, summary, outputs = runner(shop, "nothing", calls, image=str(shop.work / "nothing.tar"), **verify)
    check(done.returncode == 2 and "could not decide" in summary, f"{done.returncode} {summary}")
    done, _, _ = runner(shop, "mode", calls, mode="deploy")
    check(done.returncode == 64, f"an unknown mode: {done.returncode}")


@scenario
def precommit_runs_the_hooks(shop):
    """surface: pre-commit (PyPI) runs both hooks for real from a local clone"""
    wheels = sorted((REPOSITORY / "dist").glob("pinproof-*.whl"))
    if not wheels:
        raise Skipped("there is no wheel in dist (make wheel)")
    program = tool(shop, "pre-commit", "pre-commit")
    folder = shop.work / "hooks"
    shutil.rmtree(folder, ignore_errors=True)
    clone, project = folder / "clone", folder / "project"
    project.mkdir(parents=True)
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    run("git", "clone", "--quiet", REPOSITORY, clone)
    commit = run("git", "-C", clone, "rev-parse", "HEAD").strip()
    run("git", "init", "--quiet", project)
    (project / "Dockerfile").write_text("FROM python:3.11-slim\nRUN pip install six\n")
    (project / "compose.yaml").write_text("services:\n  cache:\n    image: redis:latest\n")
    (project / "notes.txt").write_text("nothing\n")
    (project / ".pre-commit-config.yaml").write_text(
        f"repos:\n- repo: {clone}\n  rev: {commit}\n  hooks:\n  - id: pinproof-check\n    args: [--require, exact]\n  - id: pinproof-fix\n")
    run("git", "-C", project, "add", ".")
    run("git", "-C", project, *identity, "commit", "--quiet", "--message", "first")
    environment = {**os.environ, "PRE_COMMIT_HOME": str(folder / "home"), "PIP_FIND_LINKS": str(wheels[-1].parent), "PIP_NO_CACHE_DIR": "1"}

    def hooks():
        return subprocess.run(
            [program, "run", "--all-files"], cwd=project, env=environment, capture_output=True, text=True, timeout=600)

    done = hooks()
    check(done.returncode == 1 and "floating-python-package" in done.stdout, f"{done.stdout}{done.stderr}")
    check("redis:latest" in done.stdout, f"manifests are checked: {done.stdout}{done.stderr}")
    check("notes.txt" not in done.stdout, "other files are not checked")
    (project / "Dockerfile").write_text("FROM python:3.11.9-slim\nRUN pip install six==1.17.0\n")
    (project / "compose.yaml").write_text("services:\n  cache:\n    image: redis:7.2.4\n")
    run("git", "-C", project, "add", ".")
    done = hooks()
    check(done.returncode == 0 and done.stdout.count("Passed") == 2, f"{done.stdout}{done.stderr}")


@scenario
def the_wheel_runs_by_itself(shop):
    """surface: the wheel of make wheel installs by pip, brings manual and completions, and runs the demo without libraries"""
    wheels = sorted((REPOSITORY / "dist").glob("pinproof-*.whl"))
    if not wheels:
        raise Skipped("there is no wheel in dist (make wheel)")
    folder = shop.work / "wheel-venv"
    shutil.rmtree(folder, ignore_errors=True)
    run("/usr/bin/python3", "-m", "venv", folder)
    run(folder / "bin/pip", "install", "--quiet", "--no-index", wheels[-1])
    needed = run("readelf", "--dynamic", folder / "bin/pinproof")
    for name in ["libarchive", "libcrypto", "libcurl", "libyaml"]:
        check(name not in needed, f"{name} is linked in")
    run(folder / "bin/python", "-m", "pinproof", "--version")
    for path in ["share/man/man1/pinproof.1", "share/bash-completion/completions/pinproof"]:
        check((folder / path).is_file(), path)
    done = subprocess.run(
        [folder / "bin/pinproof", "verify", "churn-model.tar.gz", "churn-image.oci.tar", "--wheels", "wheels", "--evidence", "locked"],
        cwd=DEMO, capture_output=True, text=True)  # fmt: skip
    check(done.returncode == 0, done.stdout + done.stderr)
    environment = {**os.environ, "PYTHONPATH": ""}
    run(folder / "bin/python", "-m", "unittest", "discover", "-s", REPOSITORY / "Python/tests", env=environment, cwd=shop.work)
