"""The inputs of the benchmarks: made from numbers, so that they are the same on every machine and in every run."""

import base64
import gzip
import hashlib
import io
import json
import pathlib
import random
import shutil
import tarfile

DOCKERFILE = """\
# syntax=docker/dockerfile:1
FROM python:3.{minor}-slim AS build
ARG VERSION={number}
ENV PIP_NO_CACHE_DIR=1 \\
    PYTHONUNBUFFERED=1
RUN apt-get update && apt-get install -y --no-install-recommends gcc curl={number}.88 ca-certificates \\
    && rm -rf /var/lib/apt/lists/*
WORKDIR /srv
COPY requirements.txt /srv/
RUN pip install -r requirements.txt numpy scikit-learn==1.{minor}.2 "pandas>=2" \\
    && curl -sSL https://index.example/{number}.tar.gz -o tool.tar.gz && tar -xzf tool.tar.gz && rm tool.tar.gz
FROM python:3.{minor}-slim
COPY --from=build /srv /srv
RUN set -eux; for name in a b c; do echo "$name"; done; pip install --no-cache-dir waitress
USER 10001
CMD ["python", "-m", "srv"]
"""


def dockerfiles(folder, count):
    """A directory of `count` Dockerfiles."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for number in range(count):
        text = DOCKERFILE.format(number=number, minor=8 + number % 6)
        (folder / f"{number:04}.Dockerfile").write_text(text)


def tree(folder, count):
    """A directory of `count` files, 20 Dockerfiles among them; kept between runs."""
    marker = folder / f".{count}"
    if marker.exists():
        return
    shutil.rmtree(folder, ignore_errors=True)
    for number in range(count):
        directory = folder / f"package-{number // 5000}" / f"module-{number // 100 % 50}"
        directory.mkdir(parents=True, exist_ok=True)
        if number % (count // 20) == 0:
            text = DOCKERFILE.format(number=number, minor=8 + number % 6)
            (directory / f"{number}.Dockerfile").write_text(text)
        else:
            (directory / f"file-{number}.py").write_text(f"x = {number}\n")
    marker.touch()


# Locks


def sha256(number):
    return hashlib.sha256(str(number).encode()).hexdigest()


def uv_project(folder, count):
    """A project of `count` packages with a uv.lock as uv writes it, which `uv export --frozen` reads; returns the lock."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [f"package-{number}" for number in range(count)]
    first = ", ".join(f'"{name}"' for name in names[:50])
    (folder / "pyproject.toml").write_text(
        f'[project]\nname = "measured"\nversion = "1"\nrequires-python = ">=3.10"\ndependencies = [{first}]\n'
    )
    lines = ["version = 1", "revision = 3", 'requires-python = ">=3.10"', ""]
    lines += ["[[package]]", 'name = "measured"', 'version = "1"', 'source = { virtual = "." }', "dependencies = ["]
    lines += [f'    {{ name = "{name}" }},' for name in names[:50]] + ["]", "", "[package.metadata]", "requires-dist = ["]
    lines += [f'    {{ name = "{name}" }},' for name in names[:50]] + ["]"]
    base = "https://files.index.example/packages"
    for number, name in enumerate(names):
        wheel = name.replace("-", "_")
        lines += ["", "[[package]]", f'name = "{name}"', f'version = "1.{number}.0"']
        lines += ['source = { registry = "https://index.example/simple" }']
        needs = [f"package-{other}" for other in range(number + 1, min(number + 60, count), 19)]
        if needs:
            lines += ["dependencies = ["] + [f'    {{ name = "{need}" }},' for need in needs] + ["]"]
        lines += [
            f'sdist = {{ url = "{base}/{sha256(-number)[:60]}/{name}-1.{number}.0.tar.gz", hash = "sha256:{sha256(-number)}", '
            f'size = {1000 + number} }}',
            "wheels = [",
        ]
        tags = ["cp310-cp310-manylinux_2_17_x86_64", "cp311-cp311-manylinux_2_17_x86_64", "cp312-cp312-macosx_11_0_arm64"]
        tags += ["cp311-cp311-win_amd64", "cp311-cp311-manylinux_2_17_aarch64", "cp312-cp312-manylinux_2_17_x86_64"]
        for index, tag in enumerate(tags if number % 3 == 0 else ["py3-none-any"]):
            value = sha256(number * 10 + index)
            lines.append(
                f'    {{ url = "{base}/{value[:2]}/{value[2:4]}/{value[4:]}/{wheel}-1.{number}.0-{tag}.whl", '
                f'hash = "sha256:{value}", size = {1000 + number} }},'
            )
        lines.append("]")
    lock = folder / "uv.lock"
    lock.write_text("\n".join(lines) + "\n")
    return lock


def conda_package(number, count):
    """The URL, the two digests and the dependencies of one of `count` invented conda packages."""
    text = str(number).encode()
    needs = [f"package-{(number * step) % min(997, count)} >={step}.1,<{step + 1}.0a0" for step in range(1, 2 + number % 9)]
    url = f"https://index.example/conda-forge/linux-64/package-{number}-1.{number % 40}.2-h{number:07x}_0.conda"
    return url, hashlib.sha256(text).hexdigest(), hashlib.md5(text).hexdigest(), needs


def pixi_lock(path, count):
    """A pixi.lock as pixi writes it."""
    packages = [conda_package(number, count) for number in range(count)]
    lines = ["version: 6", "environments:", "  default:", "    channels:", "    - url: https://index.example/conda-forge/"]
    lines += ["    packages:", "      linux-64:"] + [f"      - conda: {url}" for url, *_ in packages[:900]] + ["packages:"]
    for url, sha, md5, needs in packages:
        lines += [f"- conda: {url}", f"  sha256: {sha}", f"  md5: {md5}", "  depends:"]
        lines += [f"  - {need}" for need in needs] + ["  license: MIT", "  size: 99425", "  timestamp: 1733217236728"]
    path.write_text("\n".join(lines) + "\n")
    return path


def conda_lock(path, count):
    """A conda-lock.yml as conda-lock writes it: each package for the platforms that it locks by default."""
    platforms = ["linux-64", "osx-64", "win-64"]
    lines = ["version: 1", "metadata:", "  content_hash:"] + [f"    {name}: {'0' * 64}" for name in platforms]
    lines += ["  channels:", "  - url: conda-forge", "    used_env_vars: []", "  platforms:"]
    lines += [f"  - {name}" for name in platforms] + ["  sources:", "  - environment.yml", "package:"]
    for number in range(count):
        url, sha, md5, needs = conda_package(number // len(platforms), count // len(platforms))
        platform = platforms[number % len(platforms)]
        url = url.replace("linux-64", platform)
        lines += [f"- name: package-{number // len(platforms)}", f"  version: 1.{number // len(platforms) % 40}.2"]
        lines += ["  manager: conda", f"  platform: {platform}", "  dependencies:"]
        lines += [f"    {name}: '{versions}'" for name, versions in dict(need.split() for need in needs).items()]
        lines += [f"  url: {url}", "  hash:", f"    md5: {md5}", f"    sha256: {sha}", "  category: main", "  optional: false"]
    path.write_text("\n".join(lines) + "\n")
    return path


def poetry_lock(path, count):
    """A poetry.lock as Poetry 2 writes it."""
    lines = []
    for number in range(count):
        lines += ["[[package]]", f'name = "package-{number}"', f'version = "1.{number}.0"', 'description = "A package"']
        lines += ["optional = false", 'python-versions = ">=3.10"', 'groups = ["main"]', "files = ["]
        for index in range(6 if number % 3 == 0 else 2):
            name = f"package_{number}-1.{number}.0-cp31{index}-cp31{index}-manylinux_2_17_x86_64.whl"
            lines.append(f'    {{file = "{name}", hash = "sha256:{sha256(number * 10 + index)}"}},')
        lines += ["]", "", "[package.dependencies]"]
        lines += [f'package-{other} = ">=1"' for other in range(number + 1, min(number + 60, count), 19)] + [""]
    lines += ["[metadata]", 'lock-version = "2.1"', 'python-versions = ">=3.10"', f'content-hash = "{"0" * 64}"']
    path.write_text("\n".join(lines) + "\n")
    return path


# Images


def content(generator, size):
    """Bytes that gzip makes about half as large, as it does with programs."""
    piece = generator.randbytes(4096)
    return b"".join((generator.randbytes(2048) + piece[:2048]) for _ in range(size // 4096)) + piece[: size % 4096]


class Layer:
    """One layer of an image, written as it is made."""

    def __init__(self, path):
        self.file = path.open("wb")
        self.tar = tarfile.open(fileobj=self.file, mode="w|", format=tarfile.GNU_FORMAT)

    def add(self, name, data):
        info = tarfile.TarInfo(name)
        info.size, info.mode, info.mtime = len(data), 0o644, 1_700_000_000
        self.tar.addfile(info, io.BytesIO(data))

    def close(self):
        self.tar.close()
        self.file.close()


def image_layers(folder, megabytes):
    """The layers of an image of Debian with Python packages, as tar files, and the lock of these packages."""
    folder.mkdir(parents=True, exist_ok=True)
    generator = random.Random(20)
    lock, paths = [], []
    status, layer = [], None
    half = megabytes * 1_000_000 // 2
    paths.append(folder / "0.tar")
    layer = Layer(paths[-1])
    layer.add("etc/os-release", b'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n')
    written, number = 0, 0
    while written < half // 2:
        listed, sums = ["/."], []
        for file in range(20):
            data = content(generator, 2_000 + (number * 20 + file) * 7919 % 60_000)
            name = f"usr/lib/debian-{number}/file-{file}.so"
            layer.add(name, data)
            listed.append("/" + name)
            sums.append(f"{hashlib.md5(data).hexdigest()}  {name}")
            written += len(data)
        layer.add(f"var/lib/dpkg/info/debian-{number}.list", ("\n".join(listed) + "\n").encode())
        layer.add(f"var/lib/dpkg/info/debian-{number}.md5sums", ("\n".join(sums) + "\n").encode())
        status.append(f"Package: debian-{number}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.{number}\n")
        number += 1
    layer.add("var/lib/dpkg/status", ("\n".join(status) + "\n").encode())
    layer.add("usr/local/bin/python3.11", content(generator, 6_000_000))
    layer.close()
    site = "usr/local/lib/python3.11/site-packages"
    for index in range(1, 4):
        paths.append(folder / f"{index}.tar")
        layer = Layer(paths[-1])
        written = 0
        while written < half // 2:
            name = f"python_{len(lock)}"
            record = []
            for file in range(30):
                data = content(generator, 1_000 + (len(lock) * 30 + file) * 6151 % (400_000 if file < 3 else 40_000))
                path = f"{name}/module_{file}.py"
                layer.add(f"{site}/{path}", data)
                digest = hashlib.sha256(data).digest()
                record.append(f"{path},sha256={encoded(digest)},{len(data)}")
                written += len(data)
            metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n".encode()
            info = f"{name}-1.0.dist-info"
            layer.add(f"{site}/{info}/METADATA", metadata)
            layer.add(f"{site}/{info}/WHEEL", b"Wheel-Version: 1.0\nTag: py3-none-any\n")
            record.append(f"{info}/METADATA,sha256={encoded(hashlib.sha256(metadata).digest())},{len(metadata)}")
            record.append(f"{info}/RECORD,,")
            layer.add(f"{site}/{info}/RECORD", ("\n".join(record) + "\n").encode())
            lock.append(f"{name.replace('_', '-')}==1.0 --hash=sha256:{sha256(len(lock))}")
        layer.close()
    (folder / "requirements.txt").write_text("\n".join(lock) + "\n")
    return paths


def many_files(path, count):
    """A tar of one file system, as `docker export` writes it, with many small files."""
    layer = Layer(path)
    layer.add("etc/os-release", b'ID=debian\nVERSION_ID="12"\n')
    layer.add("usr/lib/python3.11/os.py", b"")
    for number in range(count):
        layer.add(f"srv/data/{number // 1000:03}/file-{number:06}.json", b"{}\n")
    layer.close()


def encoded(digest):
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def oci_layout(folder, layers, media_type="application/vnd.oci.image.layer.v1.tar+gzip", compress=None, entrypoint="python3.11"):
    """An OCI layout of layers; `compress` writes one, gzip without a name and a time by default."""
    blobs = folder / "blobs/sha256"
    shutil.rmtree(folder, ignore_errors=True)
    blobs.mkdir(parents=True)

    def blob(data):
        digest = hashlib.sha256(data).hexdigest()
        (blobs / digest).write_bytes(data)
        return {"digest": "sha256:" + digest, "size": len(data)}

    descriptors, diff_ids = [], []
    for path in layers:
        data = path.read_bytes()
        diff_ids.append("sha256:" + hashlib.sha256(data).hexdigest())
        packed = compress(path) if compress else gzip.compress(data, 6, mtime=0)
        descriptors.append({"mediaType": media_type, **blob(packed)})
    config = {
        "architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": diff_ids},
        "config": {"Entrypoint": ["/usr/local/bin/" + entrypoint], "Env": ["PATH=/usr/local/bin:/usr/bin:/bin"]},
    }
    manifest = {
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": {"mediaType": "application/vnd.oci.image.config.v1+json", **blob(json.dumps(config).encode())},
        "layers": descriptors,
    }
    index = {"mediaType": manifest["mediaType"], **blob(json.dumps(manifest).encode())}
    index["annotations"] = {"org.opencontainers.image.ref.name": "measured"}
    (folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [index]}))
    (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    return folder


def archive(path, folder):
    """An oci-archive of a layout."""
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as tar:
        for file in sorted(pathlib.Path(folder).rglob("*")):
            if file.is_file():
                tar.add(file, str(file.relative_to(folder)))
    return path


def docker_archive(path, folder, layers):
    """A docker-archive of a layout's image, as `docker save` writes it: uncompressed layers."""
    index = json.loads((folder / "index.json").read_text())["manifests"][0]["digest"]
    manifest = json.loads((folder / "blobs" / index.replace(":", "/")).read_text())
    config = (folder / "blobs" / manifest["config"]["digest"].replace(":", "/")).read_bytes()
    name = hashlib.sha256(config).hexdigest() + ".json"
    names = [f"{number}/layer.tar" for number in range(len(layers))]
    document = [{"Config": name, "RepoTags": ["measured:1"], "Layers": names}]
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as tar:
        for layer, layer_name in zip(layers, names):
            tar.add(layer, layer_name)
        for file, data in [(name, config), ("manifest.json", json.dumps(document).encode())]:
            info = tarfile.TarInfo(file)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return path
