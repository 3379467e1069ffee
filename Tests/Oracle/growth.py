#!/usr/bin/env python3
"""Measures how the work of a command grows with its input, in instructions, which no other load of the machine changes.

    growth.py PROGRAM [--small N] [--large N] [--only NAME,NAME] [--jobs N]

Each document, image and model is made with few and with many entries (by default 4,000 and 64,000), and read by `PROGRAM inspect` or `check` under
`valgrind --tool=callgrind`, several at a time. The exponent is log(large / small) / log(large count / small count): 1 is linear, 2 quadratic. Exits with 1 when one is
1.1 or more.
"""
import argparse
import base64
import concurrent.futures
import fractions
import hashlib
import io
import json
import math
import os
import pathlib
import pickle
import re
import sqlite3
import struct
import subprocess
import sys
import tarfile
import tempfile
import zipfile

import growth_checked
import growth_more


def sha(number):
    return hashlib.sha256(str(number).encode()).hexdigest()


def uv_lock(count):
    parts = ['version = 1\nrequires-python = ">=3.9"\n']
    for i in range(count):
        parts.append(
            f'[[package]]\nname = "p{i}"\nversion = "1.{i}"\nsource = {{ registry = "https://index.example/simple" }}\n'
            f'wheels = [\n    {{ url = "https://index.example/p{i}-1.{i}-py3-none-any.whl", hash = "sha256:{sha(i)}", size = {i} }},\n]\n')
    return "uv.lock", "\n".join(parts)


def toml_flat(count):
    """One table of many keys, in a lock that needs few of them."""
    return "pylock.toml", 'lock-version = "1.0"\ncreated-by = "x"\npackages = []\n[tool.x]\n' + "".join(f'k{i} = "{i}"\n' for i in range(count))


def toml_dotted(count):
    return "pylock.toml", 'lock-version = "1.0"\ncreated-by = "x"\npackages = []\n[tool]\n' + "".join(f'x.y{i}.z = {{ a = {i}, b = "c" }}\n' for i in range(count))


def toml_headers(count):
    return "pylock.toml", 'lock-version = "1.0"\ncreated-by = "x"\npackages = []\n' + "".join(f"[tool.h{i}.a]\nb = {i}\n" for i in range(count))


def pylock(count):
    parts = ['lock-version = "1.0"\ncreated-by = "x"\n']
    for i in range(count):
        parts.append(f'[[packages]]\nname = "p{i}"\nversion = "1.{i}"\n[[packages.wheels]]\nurl = "https://index.example/p{i}-1.{i}-py3-none-any.whl"\nhashes = {{sha256 = "{sha(i)}"}}\n')
    return "pylock.toml", "\n".join(parts)


def pipfile_lock(count):
    default = {f"p{i}": {"version": f"==1.{i}", "hashes": [f"sha256:{sha(i)}"]} for i in range(count)}
    return "Pipfile.lock", json.dumps({"_meta": {"pipfile-spec": 6, "requires": {}, "sources": []}, "default": default, "develop": {}}, indent=1)


def conda_lock(count):
    lines = ["version: 1", "metadata:", "  content_hash:", "    linux-64: 00", "  channels: []", "  platforms:", "  - linux-64", "  sources: []", "package:"]
    for i in range(count):
        lines += [f"- name: p{i}", "  version: 1.0.0", "  manager: conda", "  platform: linux-64", "  dependencies: {}",
                  f"  url: https://index.example/linux-64/p{i}-1.0.0-0.conda", "  hash:", f"    sha256: {sha(i)}", "  category: main", "  optional: false"]
    return "conda-lock.yml", "\n".join(lines) + "\n"


def yaml_events(count):
    """The same kind of text in flow style, which libyaml reads."""
    return "environment.yml", "name: x\ndependencies: [" + ", ".join(f"'p{i}=1.{i}'" for i in range(count)) + "]\n"


def yaml_unicode(count):
    """Text beyond ASCII, where libyaml's positions are counted in characters."""
    return "environment.yml", "# é\nname: x\ndependencies:\n" + "".join(f"- p{i}=1.{i} # é\n" for i in range(count))


def yaml_anchors(count):
    return "environment.yml", "name: x\nprefix: &a é\ndependencies:\n" + "".join(f"- &a{i} p{i}=1.{i}\n" for i in range(count))


def requirements(count):
    return "requirements.txt", "".join(f"p{i}==1.{i} --hash=sha256:{sha(i)}\n" for i in range(count))


def marker(count):
    terms = " or ".join(f"python_version == '3.{i}'" for i in range(count))
    return "requirements.txt", f"a==1 ; {terms}\n"


def specifier(count):
    return "requirements.txt", "a" + ",".join(f">=1.{i}" for i in range(count)) + "\n"


def release(count):
    return "requirements.txt", "a==" + ".".join(str(i) for i in range(count)) + "\n"


def extras(count):
    return "requirements.txt", "a[" + ",".join(f"e{i}" for i in range(count)) + "]==1\n"


def poetry_lock(count):
    """Packages that need each other in one chain."""
    parts = []
    for i in range(count):
        parts.append(f'[[package]]\nname = "p{i}"\nversion = "1.{i}"\noptional = false\npython-versions = ">=3.9"\ngroups = ["main"]\n'
                     f'files = [\n    {{file = "p{i}-1.{i}-py3-none-any.whl", hash = "sha256:{sha(i)}"}},\n]\n'
                     + (f'[package.dependencies]\np{i + 1} = ">=1"\n' if i + 1 < count else ""))
    return "poetry.lock", "\n".join(parts) + '[metadata]\nlock-version = "2.1"\npython-versions = ">=3.9"\ncontent-hash = "0"\n'


def poetry_old(count):
    """The form before 2.1, which is narrowed with the project beside it."""
    return "poetry.lock", poetry_lock(count)[1].replace('groups = ["main"]\n', "").replace('"2.1"', '"2.0"')


def pdm_lock(count):
    parts = ['[metadata]\ngroups = ["default"]\nstrategy = ["inherit_metadata"]\nlock_version = "4.5.0"\n']
    for i in range(count):
        need = f'dependencies = ["p{i + 1}>=1"]\n' if i + 1 < count else ""
        parts.append(f'[[package]]\nname = "p{i}"\nversion = "1.{i}"\ngroups = ["default"]\n{need}'
                     f'files = [\n    {{file = "p{i}-1.{i}-py3-none-any.whl", hash = "sha256:{sha(i)}"}},\n]\n')
    return "pdm.lock", "\n".join(parts)


def pixi_lock(count):
    urls = [f"https://index.example/linux-64/p{i}-1.{i}-0.conda" for i in range(count)]
    lines = ["version: 6", "environments:", "  default:", "    channels:", "    - url: https://index.example/", "    packages:", "      linux-64:"]
    lines += [f"      - conda: {url}" for url in urls] or ["      []"]
    lines += ["packages:"] + [f"- conda: {url}\n  sha256: {sha(i)}\n  depends:\n  - p{i + 1}" for i, url in enumerate(urls)]
    return "pixi.lock", "\n".join(lines) + "\n"


def renv_lock(count):
    packages = {f"p{i}": {"Package": f"p{i}", "Version": f"1.{i}", "Source": "Repository", "Repository": "CRAN", "Requirements": [f"p{i + 1}"]} for i in range(count)}
    return "renv.lock", json.dumps({"R": {"Version": "4.3", "Repositories": []}, "Packages": packages}, indent=1)


def environment_yml(count):
    half = count // 2
    return "environment.yml", ("name: x\ndependencies:\n" + "".join(f"- p{i}=1.{i}\n" for i in range(half)) + "- pip:\n"
                               + "".join(f"  - q{i}==1.{i}\n" for i in range(count - half)))


def explicit(count):
    return "explicit.txt", "@EXPLICIT\n" + "".join(f"https://index.example/linux-64/p{i}-1.{i}-0.conda#sha256:{sha(i)}\n" for i in range(count))


def pipfile(count):
    return "Pipfile", "[packages]\n" + "".join(f'p{i} = "==1.{i}"\n' for i in range(count))


def pyproject(count):
    return "pyproject.toml", '[project]\nname = "me"\nversion = "1"\ndependencies = [\n' + "".join(f'"p{i}==1.{i}",\n' for i in range(count)) + "]\n"


def uv_chain(count):
    """Packages that need each other in one chain, resolved for a target."""
    parts = ['version = 1\nrequires-python = ">=3.9"\n[[package]]\nname = "me"\nversion = "1"\nsource = { virtual = "." }\n' + ('dependencies = [{ name = "p0" }]\n' if count else "")]
    for i in range(count):
        need = f'dependencies = [{{ name = "p{i + 1}" }}]\n' if i + 1 < count else ""
        parts.append(
            f'[[package]]\nname = "p{i}"\nversion = "1.{i}"\nsource = {{ registry = "https://index.example/simple" }}\n{need}'
            f'wheels = [\n    {{ url = "https://index.example/p{i}-1.{i}-py3-none-any.whl", hash = "sha256:{sha(i)}", size = {i} }},\n]\n')
    return "uv.lock", "\n".join(parts)


def uv_versions(count):
    """Many versions of one package, each chosen by a marker of its own."""
    parts = ['version = 1\nrequires-python = ">=3.9"\n[[package]]\nname = "me"\nversion = "1"\nsource = { virtual = "." }\ndependencies = [\n'
             + "".join(f'{{ name = "p", version = "1.{i}", source = {{ registry = "https://index.example/simple" }}, marker = "python_full_version == \'3.9.{i}\'" }},\n' for i in range(count)) + "]\n"]
    for i in range(count):
        parts.append(f'[[package]]\nname = "p"\nversion = "1.{i}"\nsource = {{ registry = "https://index.example/simple" }}\n'
                     f'wheels = [\n    {{ url = "https://index.example/p-1.{i}-py3-none-any.whl", hash = "sha256:{sha(i)}" }},\n]\n')
    return "uv.lock", "\n".join(parts)


def include_groups(count):
    """Groups that include each other in one chain; a chain this long is refused in as little time."""
    return "pyproject.toml", '[project]\nname = "me"\nversion = "1"\n[dependency-groups]\n' + "".join(
        f'g{i} = ["p{i}==1", {{ include-group = "g{i + 1}" }}]\n' for i in range(count)) + f'g{count} = ["z==1"]\n'


def constrained(count):
    """Requirements without a version, each with its constraint."""
    return "requirements.txt", "".join(f"p{i}\n" for i in range(count)) + "-c constraints.txt\n"


def constrained_sources(count):
    """One name again and again, and as many constraints that give it a source."""
    return "requirements.txt", "foo\n" * count + "-c constraints.txt\n"


def record(text):
    value = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
    return f"sha256={value},{len(text.encode())}"


def image(directory, files):
    """An image in the layout of OCI with one layer: paths with texts, or with a `tarfile.TarInfo` for what is not a file."""
    layer = io.BytesIO()
    with tarfile.open(fileobj=layer, mode="w") as tar:
        for name, content in files:
            if isinstance(content, tarfile.TarInfo):
                tar.addfile(content)
                continue
            data = content if isinstance(content, bytes) else content.encode()
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    blobs = pathlib.Path(directory) / "image/blobs/sha256"
    blobs.mkdir(parents=True)

    def blob(data, kind):
        digest = hashlib.sha256(data).hexdigest()
        (blobs / digest).write_bytes(data)
        return {"mediaType": f"application/vnd.oci.image.{kind}", "digest": "sha256:" + digest, "size": len(data)}

    data = layer.getvalue()
    layers = [blob(data, "layer.v1.tar")]
    config = blob(json.dumps({"architecture": "amd64", "os": "linux", "config": {}, "rootfs": {"type": "layers", "diff_ids": [layers[0]["digest"]]}}).encode(), "config.v1+json")
    manifest = blob(json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "config": config, "layers": layers}).encode(), "manifest.v1+json")
    root = blobs.parent.parent
    (root / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [manifest]}))
    (root / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    return f"oci:{root}"


SITE = "usr/lib/python3.11/site-packages"


def installed(directory, files, requires):
    """One distribution: RECORD with many rows, METADATA with many requirements."""
    metadata = "Metadata-Version: 2.1\nName: a\nVersion: 1\n" + "".join(f"Requires-Dist: p{i}>=1\n" for i in range(requires))
    rows = "".join(f"a/m{i}.py,{record('')}\n" for i in range(files)) + f"a-1.dist-info/METADATA,{record(metadata)}\na-1.dist-info/RECORD,,\n"
    return image(directory, [(f"{SITE}/a-1.dist-info/METADATA", metadata), (f"{SITE}/a-1.dist-info/RECORD", rows)] + [(f"{SITE}/a/m{i}.py", "") for i in range(files)])


def distributions(directory, count):
    files = []
    for i in range(count):
        metadata = f"Metadata-Version: 2.1\nName: p{i}\nVersion: 1\n"
        files += [(f"{SITE}/p{i}-1.dist-info/METADATA", metadata), (f"{SITE}/p{i}-1.dist-info/RECORD", f"p{i}-1.dist-info/METADATA,{record(metadata)}\n")]
    return image(directory, files)


def layer_files(directory, count):
    return image(directory, [(f"srv/d{i % 97}/f{i}", "x") for i in range(count)])


def one_directory(directory, count):
    return image(directory, [(f"srv/f{i}", "") for i in range(count)])


def whiteouts(directory, count):
    return image(directory, [(f"srv/.wh.f{i}", "") for i in range(count)])


def links(directory, count):
    def link(i, kind, target):
        info = tarfile.TarInfo(f"srv/l{i}")
        info.type, info.linkname = kind, target
        return info
    hard = [(None, link(i, tarfile.LNKTYPE, "srv/a")) for i in range(0, count, 2)]
    return image(directory, [("srv/a", "x")] + hard + [(None, link(i, tarfile.SYMTYPE, f"../srv/l{i - 1}")) for i in range(1, count, 2)])


def dpkg(directory, count):
    status = "".join(f"Package: p{i}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.{i}\nDepends: p{i - 1}\n\n" for i in range(count))
    return image(directory, [("var/lib/dpkg/status", status)])


def dpkg_files(directory, count):
    status = "Package: p\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n\n"
    sums = "".join(f"{hashlib.md5(b'').hexdigest()}  srv/f{i}\n" for i in range(count))
    paths = "/.\n/srv\n" + "".join(f"/srv/f{i}\n" for i in range(count))
    return image(directory, [("var/lib/dpkg/status", status), ("var/lib/dpkg/info/p.list", paths), ("var/lib/dpkg/info/p.md5sums", sums)] + [(f"srv/f{i}", "") for i in range(count)])


def apk(directory, count):
    value = "Q1" + base64.b64encode(hashlib.sha1(b"").digest()).decode()
    installed = "".join(f"P:p{i}\nV:1.{i}-r0\nA:x86_64\nF:srv\nR:f{i}\nZ:{value}\n\n" for i in range(count))
    return image(directory, [("lib/apk/db/installed", installed)] + [(f"srv/f{i}", "") for i in range(count)])


def rpm(directory, count):
    def header(tags):
        index, data = b"", b""
        for tag, text in tags:
            index += struct.pack(">IIII", tag, 6, len(data), 1)
            data += text.encode() + b"\0"
        return struct.pack(">II", len(index) // 16, len(data)) + index + data

    path = os.path.join(directory, "rpmdb.sqlite")
    with sqlite3.connect(path) as base:
        base.execute("CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)")
        base.executemany("INSERT INTO Packages (blob) VALUES (?)", ((header([(1000, f"p{i}"), (1001, "1"), (1002, "1"), (1022, "noarch")]),) for i in range(count)))
    base.close()
    return image(directory, [("var/lib/rpm/rpmdb.sqlite", pathlib.Path(path).read_bytes())])


def conda(directory, count):
    return image(directory, [(f"opt/conda/conda-meta/p{i}-1-0.json", json.dumps({"name": f"p{i}", "version": "1", "build": "0", "files": [], "paths_data": {"paths": []}})) for i in range(count)])


def linked_records(directory, count):
    """Links where records of conda and eggs may be, all to one large folder."""
    def link(name):
        info = tarfile.TarInfo(name)
        info.type, info.linkname = tarfile.SYMTYPE, "/big"
        return None, info

    links = [link(f"c{i}/conda-meta") for i in range(count)] + [link(f"e{i}.egg") for i in range(count)]
    return image(directory, [(f"big/f{i}", "") for i in range(count)] + links)


def model(directory, name, data):
    path = os.path.join(directory, name)
    pathlib.Path(path).write_bytes(data)
    return f"model:{path}"


def pickle_list(directory, count):
    return model(directory, "m.pkl", pickle.dumps([f"s{i}" for i in range(count)], 4))


def pickle_objects(directory, count):
    return model(directory, "m.pkl", pickle.dumps({f"k{i}": (fractions.Fraction(i, 7), i) for i in range(count)}, 2))


def safetensors(directory, count):
    header = json.dumps({f"t{i}": {"dtype": "F32", "shape": [1], "data_offsets": [4 * i, 4 * i + 4]} for i in range(count)}).encode()
    return model(directory, "m.safetensors", struct.pack("<Q", len(header)) + header + bytes(4 * count))


def model_files(count):
    return [("MLmodel", b"flavors:\n  sklearn:\n    a: b\n")] + [(f"d{i % 31}/f{i}", b"") for i in range(count)]


def model_directory(directory, count):
    for name, data in model_files(count):
        path = pathlib.Path(directory) / "m" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return f"model:{directory}/m"


def model_zip(directory, count):
    path = os.path.join(directory, "m.zip")
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in model_files(count):
            archive.writestr(name, data)
    return f"model:{path}"


def model_tar(directory, count):
    path = os.path.join(directory, "m.tar")
    with tarfile.open(path, "w") as archive:
        for name, data in model_files(count):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return f"model:{path}"


def froms(count):
    return "Dockerfile", "".join(f"FROM a:{i} AS s{i}\n" for i in range(count)) + "FROM scratch\n"


def copies_from_stages(count):
    return "Dockerfile", "".join(f"FROM a:{i} AS s{i}\nCOPY --from=s{max(i - 1, 0)} /a /b\n" for i in range(count)) + "FROM scratch\n"


def runs(count):
    return "Dockerfile", "FROM a:1\n" + "".join(f"RUN pip install p{i}\n" for i in range(count))


def commands(count):
    return "Dockerfile", "FROM a:1\nRUN true" + "".join(f" && \\\n    pip install p{i}" for i in range(count)) + "\n"


def assignments(count):
    return "Dockerfile", "FROM a:1\nRUN true" + "".join(f"; a{i}={i}" for i in range(count)) + "\n"


def env_and_run(count):
    return "Dockerfile", "FROM a:1\n" + "".join(f"ENV A{i}={i}\nRUN echo $A{i}\n" for i in range(count))


def arguments(count):
    return "Dockerfile", "".join(f"ARG A{i}={i}\n" for i in range(count)) + "FROM a:1\n"


def conditions(count):
    return "Dockerfile", "FROM a:1\nRUN true" + "".join(f"; if test -e f{i}; then a{i}=1; fi" for i in range(count)) + "\n"


def heredocs(count):
    return "Dockerfile", "FROM a:1\n" + "".join(f"RUN <<E\npip install p{i}\nE\n" for i in range(count))


def ignores(count):
    return "Dockerfile", "".join(f"# pinproof:ignore floating-tag -- because {i}\nFROM a:{i}\n" for i in range(count))


def compose(count):
    return "compose.yaml", "services:\n" + "".join(f"  s{i}:\n    image: a:{i}\n" for i in range(count))


def workflow(count):
    return ".github/workflows/w.yml", "on: push\njobs:\n  a:\n    runs-on: ubuntu-22.04\n    steps:\n" + "".join(f"    - uses: a/b@v{i}\n" for i in range(max(count, 1)))


BESIDE = {
    "poetry_old": lambda count: ("pyproject.toml", '[tool.poetry]\nname = "me"\nversion = "1"\n[tool.poetry.dependencies]\np0 = "*"\n'),
    "constrained": lambda count: ("constraints.txt", "".join(f"p{i}==1.{i}\n" for i in range(count))),
    "constrained_sources": lambda count: ("constraints.txt", "foo @ git+https://index.example/foo@main\n" * count),
    "make_additions": growth_checked.additions,
}
TARGET = ["--python", "3.11", "--platform", "linux/amd64"]
RESOLVED = {"uv_chain", "uv_versions", "poetry_lock", "poetry_old", "pdm_lock", "pixi_lock", "conda_lock", "pylock", "pipfile_lock"}
DOCUMENTS = [poetry_lock, poetry_old, pdm_lock, pixi_lock, renv_lock, environment_yml, explicit, pipfile, pyproject, uv_chain, uv_versions, include_groups, constrained, constrained_sources,
             uv_lock, toml_flat, toml_dotted, toml_headers, pylock, pipfile_lock, conda_lock, yaml_events, yaml_unicode, yaml_anchors, requirements, marker, specifier, release, extras]
CHECKED = [froms, copies_from_stages, runs, commands, assignments, env_and_run, arguments, conditions, heredocs, ignores, compose, workflow]
IMAGES = {"record": lambda directory, count: installed(directory, count, 0), "metadata": lambda directory, count: installed(directory, 1, count)}
IMAGES |= {make.__name__: make for make in [
    layer_files, one_directory, whiteouts, links, distributions, dpkg, dpkg_files, apk, rpm, conda, linked_records, pickle_list, pickle_objects, safetensors,
    model_directory, model_zip, model_tar]}
IMAGES |= {make.__name__: make for make in growth_more.MODELS}
CHECKED += growth_more.CHECKED + growth_checked.CHECKED
OTHERS = {make.__name__: make for make in growth_more.DEPLOYED + growth_more.PROFILED}
DEMO = pathlib.Path(__file__).resolve().parents[2] / "docs/demo"


def words_of(name, subject):
    """The command that reads a subject."""
    if name in (make.__name__ for make in growth_more.PROFILED):
        return ["profile", subject]
    if name == "mlflow_store" or name in OTHERS:
        return ["preflight", "--format", "json", "--no-loading", "--deploy", subject, str(DEMO / "churn-model.tar.gz"), str(DEMO / "churn-image.oci.tar")]
    command = "check" if name in [make.__name__ for make in CHECKED] else "inspect"
    return [command, "--format", "json", *(TARGET if name in RESOLVED else []), subject]


def instructions(program, subject, words):
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program, *words]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    found = re.search(r"Collected : (\d+)", done.stderr)
    if not found or done.returncode not in (0, 1, 2):
        own = [line for line in done.stderr.splitlines() if not line.startswith("==")]
        raise SystemExit(f"{subject}: exit {done.returncode}: {' '.join(own)[:300]}")
    return int(found.group(1))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--small", type=int, default=4000)
    parser.add_argument("--large", type=int, default=64000)
    parser.add_argument("--only")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    worst = 0
    names = [make.__name__ for make in DOCUMENTS + CHECKED] + list(IMAGES) + list(OTHERS) + ["mlflow_store"]
    makers = {make.__name__: make for make in DOCUMENTS + CHECKED} | OTHERS
    names = names if not options.only else options.only.split(",")

    def measured(name):
        counts = []
        for entries in (0, options.small, options.large):
            with tempfile.TemporaryDirectory() as directory:
                if name in IMAGES or name == "mlflow_store":
                    subject = (growth_more.mlflow_store if name == "mlflow_store" else IMAGES[name])(directory, entries)
                else:
                    file, text = makers[name](entries if entries or name not in ("specifier", "marker", "release") else 1)
                    subject = os.path.join(directory, file)
                    os.makedirs(os.path.dirname(subject), exist_ok=True)
                    pathlib.Path(subject).write_text(text)
                    if name in BESIDE:
                        beside, text = BESIDE[name](entries)
                        (pathlib.Path(directory) / beside).write_text(text)
                counts.append(instructions(options.program, subject, words_of(name, subject)))
        return counts

    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        # Each as it comes: the whole range takes hours on a busy machine.
        for name, (start, small, large) in zip(names, pool.map(measured, names)):
            # Without the start of the program, which a small document would hide in.
            exponent = math.log(max(large - start, 1) / max(small - start, 1)) / math.log(options.large / options.small)
            worst = max(worst, exponent)
            print(f"{name:18} {small / 1e6:10.1f} {large / 1e6:10.1f} million instructions, exponent {exponent:.2f}", flush=True)
    return 1 if worst >= 1.1 else 0


sys.exit(main())
