#!/usr/bin/env python3
"""Changes one library of an environment, asks `verify` whether the image still loads, and imports the module for real.

    executed_removals.py PROGRAM ROOT WORK [--seed N] [--cases N] [--only ENVIRONMENT] [--foreign FILE] [--older FILE]

ROOT is a Debian root as mmdebstrap makes it, with virtual environments /opt/NAME of the root's own Python, filled with wheels by
`uv pip install --target`. Every case is one seeded change: a library is removed, cut, emptied, made a pointer of Git LFS, replaced
by one for another machine (--foreign), by an older one (--older FILE, a libstdc++.so.6), by a stub of its name without symbols, or
an extension module is renamed for another Python. `verify` gets an image of three layers, the last of which holds the change (the
others come from its cache), and a model whose pickle names the module. Then the change is made in ROOT, the module is imported by
chroot (root is required), and the change is undone. Without a change, each module is asked about first.

It prints a row a case, and counts: how many predicted failures are real, how many real failures are predicted or warned of, how
often the missing name stands in the real message. WORK keeps layers and results (results.jsonl).
"""

import argparse
import gzip
import hashlib
import io
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tarfile

SITE = "lib/python3.11/site-packages"
SYSTEM = "usr/lib/x86_64-linux-gnu"
KINDS = ["remove", "remove", "remove", "cut", "empty", "pointer", "foreign", "stub", "older", "tag"]


class Hashing:
    """A file that hashes what is written to it."""

    def __init__(self, file):
        self.file, self.hash = file, hashlib.sha256()

    def write(self, data):
        self.hash.update(data)
        return self.file.write(data)


class Layout:
    """An OCI layout of one image, whose blobs are links to files that several layouts share."""

    def __init__(self, work):
        self.work = work
        self.blobs = work / "blobs"
        self.blobs.mkdir(parents=True, exist_ok=True)

    def layer(self, name, base, members):
        """A compressed layer of files below a directory, made once: its digest, size and diff_id."""
        path, note = self.work / f"{name}.tar.gz", self.work / f"{name}.json"
        if not note.exists():
            with open(path, "wb") as file, gzip.GzipFile(fileobj=file, mode="wb", compresslevel=1, mtime=0) as packed:
                counted = Hashing(packed)
                with tarfile.open(fileobj=counted, mode="w|", format=tarfile.PAX_FORMAT) as archive:
                    for member in members:
                        archive.add(base / member, member, filter=self.plain)
            note.write_text(json.dumps([*self.keep(path), counted.hash.hexdigest()]))
        return json.loads(note.read_text())

    @staticmethod
    def plain(info):
        info.uid = info.gid = 0
        info.uname = info.gname = ""
        return None if info.isdev() or info.isfifo() else info

    def keep(self, path):
        with open(path, "rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        target = self.blobs / digest
        if not target.exists():
            os.link(path, target)
        return digest, path.stat().st_size

    def document(self, value):
        data = json.dumps(value).encode()
        digest = hashlib.sha256(data).hexdigest()
        return digest, len(data), data

    def write(self, place, layers, command, variables):
        """Writes a layout whose image has some layers."""
        shutil.rmtree(place, ignore_errors=True)
        blobs = place / "blobs/sha256"
        blobs.mkdir(parents=True)
        for digest, *_ in layers:
            os.link(self.blobs / digest, blobs / digest)
        config = self.document(
            {
                "architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": ["sha256:" + item[2] for item in layers]},
                "config": {"Cmd": command, "Env": ["PATH=/usr/local/bin:/usr/bin:/bin", *variables]},
            }
        )  # fmt: skip
        kind = "application/vnd.oci.image."
        manifest = self.document(
            {
                "schemaVersion": 2, "mediaType": kind + "manifest.v1+json",
                "config": {"mediaType": kind + "config.v1+json", "digest": "sha256:" + config[0], "size": config[1]},
                "layers": [{"mediaType": kind + ("layer.v1.tar" if item[0] == item[2] else "layer.v1.tar+gzip"), "digest": "sha256:" + item[0], "size": item[1]} for item in layers],
            }
        )  # fmt: skip
        for item in (config, manifest):
            (blobs / item[0]).write_bytes(item[2])
        index = {"schemaVersion": 2, "manifests": [{"mediaType": kind + "manifest.v1+json", "digest": "sha256:" + manifest[0], "size": manifest[1]}]}
        (place / "index.json").write_text(json.dumps(index))
        (place / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')


class Change:
    """One change: paths of the root, each with its new bytes, or None for a file that goes."""

    def __init__(self, label, files):
        self.label = label
        self.files = files

    def layer(self, path):
        with tarfile.open(path, "w") as archive:
            for name, data in self.files.items():
                if data is None:
                    parent, _, last = name.rpartition("/")
                    archive.addfile(tarfile.TarInfo(f"{parent}/.wh.{last}"))
                else:
                    info = tarfile.TarInfo(name)
                    info.size = len(data)
                    info.mode = 0o755
                    archive.addfile(info, io.BytesIO(data))

    def __call__(self, root):
        return Applied(self, root)


class Applied:
    """A change while it stands in the root."""

    def __init__(self, change, root):
        self.change, self.root = change, root

    def __enter__(self):
        for name, data in self.change.files.items():
            path = self.root / name
            if os.path.lexists(path):
                os.rename(path, str(path) + ".away")
            if data is not None:
                path.write_bytes(data)
                path.chmod(0o755)

    def __exit__(self, *_):
        for name, data in self.change.files.items():
            path = self.root / name
            if data is not None:
                path.unlink()
            if os.path.lexists(str(path) + ".away"):
                os.rename(str(path) + ".away", path)


def real_import(root, environment, module):
    """The last line of what an import prints; empty where it succeeds."""
    code = "import os,sys,importlib;sys.dont_write_bytecode=True\nimportlib.import_module(sys.argv[1])\nos._exit(0)"
    command = ["/usr/sbin/chroot", str(root), f"/opt/{environment}/bin/python", "-c", code, module]
    variables = {"PATH": "/usr/bin:/bin", "HOME": "/tmp", "OPENBLAS_NUM_THREADS": "1", "MPLCONFIGDIR": "/tmp/mpl", "NUMBA_CACHE_DIR": "/tmp"}
    run = subprocess.run(command, env=variables, capture_output=True, text=True, errors="replace", timeout=240)
    if run.returncode == 0:
        return "", ""
    lines = [line for line in (run.stdout + run.stderr).strip().splitlines() if line.strip()]
    return (lines[-1] if lines else f"status {run.returncode}"), "\n".join(lines)


def model(work, module, distribution):
    """A model whose pickle names a module."""
    place = work / "models" / module
    if not place.exists():
        place.mkdir(parents=True)
        (place / "model.pkl").write_bytes(b"\x80\x02c" + module.encode() + b"\nnothing\n.")
        (place / "requirements.txt").write_text(f"{distribution[0]}=={distribution[1]}\n")
    return place


def predict(program, work, model_place, image):
    run = subprocess.run(
        [program, "verify", str(model_place), f"oci:{image}", "--cache", str(work / "cache"), "--format", "json", "-q"],
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    try:
        return json.loads(run.stdout).get("loading") or {"verdict": "none", "problems": []}
    except json.JSONDecodeError:
        sys.exit(f"no result: {run.returncode} {run.stdout[:500]} {run.stderr[:2000]}")


def libraries(root, environment, rows):
    """The libraries of an environment that the modules' packages bring, and some of the system's."""
    site = root / "opt" / environment / SITE
    found = {}
    for _, distribution, *_ in rows:
        name = distribution.replace("-", "_")
        records = [path for path in site.glob("*.dist-info") if path.name.lower().startswith(name.lower() + "-")]
        for record in records:
            for line in (record / "RECORD").read_text().splitlines():
                path = line.split(",")[0]
                if re.search(r"\.so(\.[\d.]+)?$", path) and (site / path).is_file():
                    found.setdefault(distribution, []).append(f"opt/{environment}/{SITE}/{path}")
    return found


def stub(work, soname):
    """A library of a name that defines nothing."""
    path = work / "stub.so"
    source = work / "stub.c"
    source.write_text("int pinproof_stub_of_nothing;\n")
    subprocess.run(["gcc", "-shared", "-nostdlib", f"-Wl,-soname,{soname}", "-o", str(path), str(source)], check=True)
    return path.read_bytes()


def soname(path):
    text = subprocess.run(["readelf", "-d", str(path)], capture_output=True, text=True, errors="replace").stdout
    match = re.search(r"SONAME.*\[(.*)\]", text)
    return match.group(1) if match else path.name


def cases(root, work, environment, rows, count, generator, foreign, older):
    """Seeded changes: pairs of a module and a change."""
    owned = libraries(root, environment, rows)
    result = []
    seen = set()
    tries = 0
    while len(result) < count and tries < count * 60:
        tries += 1
        module, distribution, *extra = generator.choice(rows)
        files = list(owned.get(distribution, []))
        for other in extra:
            files += owned.get(other, [])
        kind = generator.choice(KINDS)
        vendored = [name for name in files if not re.search(r"\.(cpython|abi3)[^/]*\.so$", name)]
        if kind == "older":
            target = f"{SYSTEM}/libstdc++.so.6"
            pool = [os.path.relpath(os.path.realpath(root / target), root)]
        elif kind == "tag":
            pool = [name for name in files if ".cpython-311" in name]
        elif kind == "remove" and generator.random() < 0.3:
            pool = [os.path.relpath(os.path.realpath(root / SYSTEM / name), root) for name in ["libstdc++.so.6", "libgcc_s.so.1", "libffi.so.8", "libz.so.1", "libexpat.so.1", "liblzma.so.5", "libbz2.so.1.0", "libssl.so.3", "libcrypto.so.3", "libuuid.so.1"] if (root / SYSTEM / name).exists()]
        else:
            pool = vendored if kind in ("remove", "stub") or (vendored and generator.random() < 0.75) else files
        if not pool:
            continue
        name = generator.choice(sorted(pool))
        path = root / name
        if (module, kind, name) in seen or not path.is_file():
            continue
        seen.add((module, kind, name))
        data = {"remove": None, "empty": b"", "pointer": b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 123456\n"}
        if kind in data:
            change = {name: data[kind]}
        elif kind == "cut":
            bytes_ = path.read_bytes()
            change = {name: bytes_[: int(len(bytes_) * generator.choice([0.2, 0.5, 0.8, 0.95]))]}
        elif kind == "foreign":
            change = {name: pathlib.Path(foreign).read_bytes()} if foreign else None
        elif kind == "older":
            change = {name: pathlib.Path(older).read_bytes()} if older else None
        elif kind == "stub":
            change = {name: stub(work, soname(path))}
        else:
            change = {name: None, name.replace(".cpython-311", ".cpython-312"): path.read_bytes()}
            # As an installer for another Python writes it: the record names the file, too.
            short = name.removeprefix(f"opt/{environment}/{SITE}/")
            for record in (root / "opt" / environment / SITE).glob("*.dist-info/RECORD"):
                text = record.read_text()
                if short + "," in text:
                    change[os.path.relpath(record, root)] = text.replace(short, short.replace(".cpython-311", ".cpython-312")).encode()
        if change:
            result.append((module, distribution, Change(f"{kind} {name.removeprefix(f'opt/{environment}/{SITE}/')}", change)))
    return result


def named(problem, text):
    """Whether what is missing stands in the real message."""
    words = [problem["needs"], problem["file"].split("/")[-1], *re.findall(r"[\w.+-]+\.so[\w.]*", problem.get("found") or "")]
    words += [part for part in problem["needs"].replace(",", " ").split() if len(part) > 4]
    root = problem["root"].split(".")[-1]
    if problem["rule"] in ("wrong-python-abi", "wrong-wheel"):
        words.append(root)
    if problem["rule"] == "missing-symbol":
        words.append("undefined symbol")
    return any(word in text for word in words)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program"), parser.add_argument("root"), parser.add_argument("work")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", type=int, default=100)
    parser.add_argument("--only")
    parser.add_argument("--foreign"), parser.add_argument("--older")
    parser.add_argument("--modules", required=True, help="a file of rows: ENVIRONMENT MODULE DISTRIBUTION [DISTRIBUTION...]")
    options = parser.parse_args()
    root, work = pathlib.Path(options.root).resolve(), pathlib.Path(options.work).resolve()
    rows = [line.split() for line in open(options.modules) if line.strip() and not line.startswith("#")]
    layout = Layout(work)
    base = layout.layer("system", root, sorted(item.name for item in root.iterdir() if item.name not in ("opt", "proc", "sys", "dev")))
    environments = sorted({row[0] for row in rows if not options.only or row[0] in options.only.split(",")})
    generator = random.Random(options.seed)
    counts = dict.fromkeys(["cases", "real", "fails", "fails true", "may-fail", "warned", "missed", "false may-fail", "named", "named of", "untouched", "untouched false"], 0)
    log = open(work / "results.jsonl", "a")

    def judge(environment, module, distribution, change, layers):
        versions = [path.name for path in (root / "opt" / environment / SITE).glob("*.dist-info") if path.name.lower().startswith(distribution.replace("-", "_").lower() + "-")]
        version = versions[0].removesuffix(".dist-info").split("-")[1] if versions else "0"
        all_layers = list(layers)
        if change:
            change.layer(work / "change.tar")
            digest, size = layout.keep(work / "change.tar")
            all_layers.append((digest, size, digest))
        layout.write(work / "image", all_layers, [f"/opt/{environment}/bin/python", "/srv/serve.py"], [])
        loading = predict(options.program, work, model(work, module, (distribution, version)), work / "image")
        if change:
            (layout.blobs / all_layers[-1][0]).unlink()
            (work / "change.tar").unlink()
            with change(root):
                last, text = real_import(root, environment, module)
        else:
            last, text = real_import(root, environment, module)
        verdict = loading["verdict"]
        problems = [item for item in loading["problems"] if item["rule"] != "requires-unsatisfied" and item["reach"] in ("fails", "may-fail")]
        if verdict == "may-fail" and not problems:
            verdict = "loads"
        own = [item for item in problems if item["reach"] == "fails"] or problems
        is_named = any(named(item, text) for item in own)
        state = "ok"
        if verdict == "fails" and not last:
            state = "FALSE"
        elif verdict in ("loads", "not-judged", "none") and last:
            state = "MISSED"
        elif verdict == "may-fail":
            state = "warned" if last else "false warning"
        row = {"environment": environment, "module": module, "change": change.label if change else "", "verdict": verdict, "real": last, "state": state, "named": is_named, "problems": own[:4]}
        log.write(json.dumps(row) + "\n")
        log.flush()
        shown = "; ".join(sorted({f"{item['rule']} {item['root']}: {item['needs']}" for item in own}))[:160]
        print(f"{state:13} {verdict:9} {module:28} {row['change'][:70]:70} | {last[:110]} | {shown}{'' if is_named or not last or not own else ' (another name)'}", flush=True)
        return verdict, last, state, is_named, own

    for environment in environments:
        mine = [row[1:] for row in rows if row[0] == environment]
        layers = [base, layout.layer(environment, root, [f"opt/{environment}"])]
        for module, distribution, *_ in mine:
            verdict, last, state, _, own = judge(environment, module, distribution, None, layers)
            counts["untouched"] += 1
            counts["untouched false"] += state in ("FALSE", "false warning")
        loads = [row for row in mine if not real_import(root, environment, row[0])[0]]
        share = options.cases // len(environments) + (environments.index(environment) < options.cases % len(environments))
        for module, distribution, change in cases(root, work, environment, loads, share, generator, options.foreign, options.older):
            verdict, last, state, is_named, own = judge(environment, module, distribution, change, layers)
            counts["cases"] += 1
            counts["real"] += bool(last)
            counts["fails"] += verdict == "fails"
            counts["fails true"] += verdict == "fails" and bool(last)
            counts["may-fail"] += verdict == "may-fail"
            counts["warned"] += bool(last) and verdict == "may-fail"
            counts["missed"] += state == "MISSED"
            counts["false may-fail"] += state == "false warning"
            if last and own:
                counts["named of"] += 1
                counts["named"] += is_named
    print(json.dumps(counts))


if __name__ == "__main__":
    main()
