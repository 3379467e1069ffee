#!/usr/bin/env python3
"""Random single changes in loadable files of an image, each verified: Tests/Acceptance/random_changes.py PROGRAM [COUNT [SEED [NUMBER ...]]].

A Debian with a virtual environment of real wheels is made once. Each change alters, replaces, adds, shadows or removes one file
that the started Python could load, in most cases with RECORD or dpkg's sums forged along, as a layer on top or inside of the layer.
The image is verified at `--evidence locked`, and with `--strict --base` besides. A change counts as found when the exit status is 1
or 2, or when the account names the file as one without a voucher, or a finding the distribution that has it. With dpkg's sums
forged along, and neither a base nor a capture, the file is `system`, a hint: those are counted apart. Roots and layers are kept in
.acceptance/. Root is required.
"""

import collections
import concurrent.futures
import hashlib
import importlib.util
import io
import marshal
import os
import pathlib
import random
import struct
import subprocess
import sys
import tarfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.dont_write_bytecode = True

from attack_images import Lab, archive, record_row, run, sha256, tar, text  # noqa: E402

WHEELS = [
    "numpy==1.26.4", "markupsafe==2.1.5", "pyyaml==6.0.2", "psutil==6.0.0", "setuptools==70.3.0", "joblib==1.4.2",
    "threadpoolctl==3.6.0", "gunicorn==23.0.0", "packaging==24.2",
]  # fmt: skip
HOME = "opt/random"
SITE = f"{HOME}/lib/python3.11/site-packages"
LIBRARY = "usr/lib/python3.11"
APP = "srv/random"
TAG = "cpython-311-x86_64-linux-gnu"
VARIABLES = ["PATH=/opt/random/bin:/usr/bin:/bin"]
COMMAND = ["python3", "serve.py"]
EVIL = b"import os\nos.environ['CHANGED'] = '1'\n"


class RandomImage:
    """The image, and what of it can be loaded."""

    def __init__(self, lab):
        self.lab, self.lock = lab, threading.Lock()
        self.root = root = lab.debian()
        self.wheels = lab.kept / "random-wheels"
        if len(list(self.wheels.glob("*.whl"))) < len(WHEELS):
            run(
                *lab.pip(), "download", "-q", "-d", self.wheels, "--no-deps", "--only-binary", ":all:",
                "--python-version", "3.11", "--platform", "manylinux2014_x86_64", "--implementation", "cp", *WHEELS,
            )  # fmt: skip
        if not (root / HOME / ".done").exists():
            lab.enter(root, "/usr/bin/python3", "-m", "venv", "--without-pip", "/" + HOME)
            run("cp", "-r", self.wheels, root / "wheels-random")
            words = ["/usr/bin/python3", "-m", "pip", "--python", f"/{HOME}/bin/python3", "install", "-q", "--no-compile"]
            names = [wheel.split("==")[0] for wheel in WHEELS]
            lab.enter(root, *words, "--no-index", "--no-deps", "--find-links", "/wheels-random", *names)
            run("rm", "-r", root / "wheels-random")
            (root / APP).mkdir(parents=True, exist_ok=True)
            (root / APP / "serve.py").write_text("import numpy, yaml, markupsafe, psutil, joblib\nprint('served')\n")
            (root / HOME / ".done").touch()
        served = lab.enter(root, f"/{HOME}/bin/python3", f"/{APP}/serve.py")
        assert "served" in served, served
        self.base = lab.blob(archive(root, ["."], without=["opt", "srv", "wheels", ".done"]))
        self.upper_bytes = archive(root, [HOME, APP], without=[f"{HOME}/.done"])
        self.upper = lab.blob(self.upper_bytes)
        self.based = lab.image([self.base], ["python3"], ["PATH=/usr/bin:/bin"])
        rows = []
        for wheel in sorted(self.wheels.glob("*.whl")):
            rows.append("{}=={} --hash=sha256:{}\n".format(*wheel.name.split("-")[:2], sha256(wheel.read_bytes())))
        (lab.kept / "random-lock.txt").write_text("".join(rows))
        self.files = sorted(self.loadable())
        self.folders = sorted({os.path.dirname(path) for path in self.files if path.startswith((SITE, LIBRARY))})
        self.owners = self.distributions()
        self.system = self.system_packages()

    def loadable(self):
        """The paths of what the started Python could load, told by its own import path and by ldd."""
        root, found = self.root, set()
        skipped = ("/test/", "/tests/", "/idlelib/", "/lib2to3/tests/", "/turtledemo/", ".dist-info/", "/_distutils_hack/__pycache__")
        for top in [LIBRARY, SITE]:
            for path in (root / top).rglob("*"):
                name = path.relative_to(root).as_posix()
                if path.is_symlink() or not path.is_file() or any(part in name for part in skipped):
                    continue
                inner = os.path.dirname(name)[len(top) :]
                if path.suffix == ".py" and "-" not in inner or path.suffix == ".so" or ".so." in path.name:
                    found.add(name)
                elif path.suffix == ".pth" and not inner:
                    found.add(name)
                elif path.name.endswith(".cpython-311.pyc") and self.is_fresh(path):
                    found.add(name)
        found.add("usr/bin/python3.11")
        binaries = ["/usr/bin/python3.11"] + ["/" + path for path in found if ".so" in os.path.basename(path)]
        for line in self.ldd(binaries):
            words = line.split()
            library = words[2] if "=>" in words and len(words) > 2 else words[0] if words and words[0].startswith("/") else ""
            if library.startswith("/") and not library.endswith(":"):
                real = self.real(library)
                if (root / real).is_file():
                    found.add(real)
        for script in ["gunicorn", "f2py"]:
            found.add(f"{HOME}/bin/{script}")
        return {path for path in found if (root / path).is_file()}

    def ldd(self, binaries):
        """What ldd says inside of the root; it starts the loader of each file, which ends with an error for some."""
        done = subprocess.run(["/usr/sbin/chroot", self.root, "/usr/bin/ldd", *binaries], capture_output=True, text=True)
        return done.stdout.splitlines()

    def real(self, path):
        done = subprocess.run(["/usr/sbin/chroot", self.root, "/usr/bin/readlink", "-f", path], capture_output=True, text=True)
        return done.stdout.strip().lstrip("/")

    @staticmethod
    def is_fresh(path):
        source = path.parent.parent / (path.name.split(".")[0] + ".py")
        head = path.read_bytes()[:16]
        if not source.is_file() or head[:4] != importlib.util.MAGIC_NUMBER:
            return False
        return struct.unpack("<II", head[8:16]) == (int(source.stat().st_mtime), source.stat().st_size)

    def distributions(self):
        """The RECORD of each file of site-packages and of each script."""
        owners = {}
        for record in (self.root / SITE).glob("*.dist-info/RECORD"):
            for line in record.read_text().splitlines():
                path = os.path.normpath(os.path.join(SITE, line.rsplit(",", 2)[0].strip('"')))
                owners[path] = record.relative_to(self.root).as_posix()
        return owners

    def system_packages(self):
        """The md5 sums file of each file of dpkg."""
        owners = {}
        for sums in (self.root / "var/lib/dpkg/info").glob("*.md5sums"):
            for line in sums.read_text().splitlines():
                path = line.split("  ", 1)[1]
                for name in [path, "usr/" + path]:
                    if (self.root / name).is_file():
                        owners[name] = (sums.relative_to(self.root).as_posix(), path)
        return owners

    # Forging

    def forged(self, changes, removed):
        """The records with rows that fit what was changed, of the package that owns the file or its directory."""
        entries, is_system = [], False
        for path, data in [*changes, *((path, None) for path in removed)]:
            record = self.owners.get(path) or self.record_beside(path)
            if record:
                entries.append(self.record_entry(record, path, data))
            elif path in self.system or path.startswith(LIBRARY):
                is_system = True
                entries += self.sums_entries(path, data)
        return entries, is_system

    def record_beside(self, path):
        if not path.startswith(SITE + "/"):
            return None
        top = path[len(SITE) + 1 :].split("/")[0]
        for owned, record in self.owners.items():
            if owned.startswith(f"{SITE}/{top}/") or owned == f"{SITE}/{top}":
                return record
        return next(iter(sorted(set(self.owners.values()))))

    def record_entry(self, record, path, data):
        inner = os.path.relpath(path, SITE)
        lines = [line for line in (self.root / record).read_text().splitlines() if not line.startswith(inner + ",")]
        if data is not None:
            lines.append(record_row(inner, data))
        return text(record, "\n".join(lines) + "\n")

    def sums_entries(self, path, data):
        sums, recorded = self.system.get(path) or self.system[f"{LIBRARY}/os.py"]
        if path not in self.system:
            recorded = path
        lines = [line for line in (self.root / sums).read_text().splitlines() if line.split("  ", 1)[1] != recorded]
        listing = sums.replace(".md5sums", ".list")
        names = (self.root / listing).read_text().splitlines()
        if data is None:
            names = [name for name in names if name != "/" + recorded]
        else:
            lines.append(hashlib.md5(data).hexdigest() + "  " + recorded)
            names += [] if "/" + recorded in names else ["/" + recorded]
        return [text(sums, "\n".join(lines) + "\n"), text(listing, "\n".join(names) + "\n")]


class Change:
    """One change: what it is, the files that are new, and those that are gone."""

    def __init__(self, image, dice):
        self.image, self.dice = image, dice
        self.files, self.links, self.removed, self.extra, self.name = [], [], [], [], ""
        kind = dice.choices(
            ["content", "replaced", "linked", "added", "shadow", "bytecode", "gone", "distribution", "library"],
            [30, 12, 6, 14, 14, 8, 8, 4, 4],
        )[0]
        getattr(self, kind)()
        is_forged = dice.random() < 0.7
        self.records, self.is_system = image.forged(self.files, self.removed) if is_forged else ([], False)
        self.is_inside = dice.random() < 0.1 and all(path.startswith((HOME, APP)) for path in self.paths())
        self.title = f"{kind}{' forged' if self.records else ''}{' inside' if self.is_inside else ''}: {' '.join(self.paths())}"

    def paths(self):
        return [path for path, _ in self.files] + [path for path, _ in self.links] + self.removed

    def entries(self):
        rows = [(path, data, 0o755) for path, data in self.files] + [(path, ("link", target), 0o777) for path, target in self.links]
        return rows + self.extra + self.records

    def any_file(self, *suffixes):
        return self.dice.choice([path for path in self.image.files if not suffixes or path.endswith(suffixes)])

    def bytes(self, path):
        return (self.image.root / path).read_bytes()

    def altered(self, path):
        data, dice = self.bytes(path), self.dice
        if path.endswith(".py") or path.startswith(f"{HOME}/bin/"):
            return dice.choice([data + EVIL, EVIL + data if b"__future__" not in data else data + b"\n#\n", data + b"\n"])
        if path.endswith(".pth"):
            return dice.choice([data + b"\n" + b"import os; os.environ['A'] = 'b'\n", b"import antigravity\n", data + b"\n/opt/more\n"])
        # A byte of the code, or of a table.
        place = dice.randrange(16 if path.endswith(".pyc") else 64, max(65, len(data)))
        if place >= len(data):
            return data + b"\0"
        return data[:place] + bytes([data[place] ^ dice.randrange(1, 256)]) + data[place + 1 :]

    def content(self):
        path = self.any_file()
        self.files = [(path, self.altered(path))]

    def replaced(self):
        path = self.any_file()
        other = self.any_file(".so") if ".so" in path else self.any_file(".py")
        data = (self.bytes(other) if ".so" in path or self.dice.random() < 0.5 else EVIL) + b"\n"
        if path.endswith(".pyc"):
            # A header that does not fit would be compiled anew.
            data = self.bytes(path)[:16] + marshal.dumps(compile(EVIL, "x.py", "exec"))
        self.files = [(path, data)]

    def linked(self):
        path = self.any_file()
        target = f"opt/elsewhere/{os.path.basename(path)}"
        self.links = [(path, "/" + target)]
        self.extra = [(target, self.altered(path), 0o755)]

    def added(self):
        folder = self.dice.choice(self.image.folders).removesuffix("/__pycache__")
        name = self.dice.choice(
            [f"zz{self.dice.randrange(10**6)}.py", "sitecustomize.py", "_distributor_init_local.py", f"z{self.dice.randrange(9)}.{TAG}.so", "z.abi3.so", "lz4.py", "zz.pyc"]
        )
        data = self.bytes(self.any_file(".so")) + b"\0" if name.endswith(".so") else self.compiled(b"", 0) if name.endswith(".pyc") else EVIL
        if self.dice.random() < 0.15:
            folder, name, data = SITE, f"zz{self.dice.randrange(99)}.pth", b"import os; os.environ['A'] = 'b'\n"
        self.files = [(f"{folder}/{name}", data)]

    def shadow(self):
        if self.dice.random() < 0.3:
            top = self.dice.choice(["numpy", "yaml", "psutil", "joblib", "threadpoolctl", "random", "json", "typing", "packaging"])
            folder = self.dice.choice([APP, LIBRARY + "/lib-dynload", LIBRARY])
            name = self.dice.choice([f"{top}.py", f"{top}/__init__.py", f"{top}.{TAG}.so", f"{top}.pyc"])
            path = f"{folder}/{name}"
            # Python takes the source beside a compiled file: that would change nothing.
            while path in self.image.files or path.endswith(".pyc") and path[:-1] in self.image.files:
                path = f"{APP}/{name}"
        else:
            path = self.any_file(".py")
            stem = path.removesuffix("/__init__.py").removesuffix(".py")
            path = f"{stem}{self.dice.choice(['/__init__.py', f'.{TAG}.so', '.abi3.so', '.so'])}" if not path.endswith("__init__.py") else f"{stem}/__init__.{TAG}.so"
        data = self.bytes(self.any_file(".so")) + b"\0" if path.endswith(".so") else self.compiled(b"", 0) if path.endswith(".pyc") else EVIL
        self.files = [(path, data)]

    @staticmethod
    def compiled(source, modified):
        return importlib.util.MAGIC_NUMBER + struct.pack("<III", 0, modified, len(source)) + marshal.dumps(compile(EVIL, "x.py", "exec"))

    def bytecode(self):
        path = self.any_file(".py")
        source = self.image.root / path
        data = self.compiled(source.read_bytes(), int(source.stat().st_mtime))
        self.files = [(f"{os.path.dirname(path)}/__pycache__/{source.stem}.cpython-311.pyc", data)]

    def gone(self):
        """One file is gone; its row is dropped where records are forged."""
        self.removed = [self.dice.choice([path for path in self.image.files if not path.endswith(".pyc")])]

    def distribution(self):
        name = f"extra{self.dice.randrange(10**4)}"
        module = self.dice.choice([f"{name}.py", "lz4.py", "threadpoolctl/__init__.py", "numpy/_distributor_init_local.py", f"{name}.pth", "sitecustomize.py"])
        data = b"import os; os.environ['A'] = 'b'\n"
        self.name = name
        info = f"{SITE}/{name}-1.0.dist-info"
        rows = f"{record_row(module, data)}\n{name}-1.0.dist-info/METADATA,,\n{name}-1.0.dist-info/RECORD,,\n"
        self.files = [(f"{SITE}/{module}", data)]
        self.extra = [text(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"), text(f"{info}/RECORD", rows)]

    def library(self):
        """Another copy of a library where the loader looks first."""
        path = self.dice.choice([path for path in self.image.files if ".so." in os.path.basename(path)])
        level = self.dice.choice(["x86-64-v2", "x86-64-v3"])
        name = self.soname(path)
        folder = f"{os.path.dirname(path)}/glibc-hwcaps/{level}"
        self.files = [(f"{folder}/{name}", self.bytes(path) + b"\0")]

    def soname(self, path):
        lines = subprocess.run(["readelf", "-d", self.image.root / path], capture_output=True, text=True).stdout.splitlines()
        return next((line.split("[")[1].rstrip("]") for line in lines if "SONAME" in line), os.path.basename(path))


def whiteouts(paths):
    return [(f"{os.path.dirname(path)}/.wh.{os.path.basename(path)}", b"", 0o644) for path in paths]


def inside(image, change):
    """The upper layer with the change made in it."""
    new = {path: row for path, *row in change.entries()}
    source, stream = io.BytesIO(image.upper_bytes), io.BytesIO()
    with tarfile.open(fileobj=source) as old, tarfile.open(fileobj=stream, mode="w") as made:
        for member in old:
            if member.name not in new and member.name not in change.removed:
                made.addfile(member, old.extractfile(member) if member.isreg() else None)
        with tarfile.open(fileobj=io.BytesIO(tar(change.entries()))) as more:
            for member in more:
                made.addfile(member, more.extractfile(member) if member.isreg() else None)
    return stream.getvalue()


def verified(image, change, words):
    """How a change was found: `status`, `account`, `system`, or nothing."""
    status, report = image.lab.verify(f"lock:{image.lab.kept / 'random-lock.txt'}", change.image_name, *words)
    if status in (1, 2) and "error" not in report:
        return "status", report
    if status != 0:
        return f"broken {status}", report
    files = {file["path"] for file in (report.get("account") or {}).get("files", []) if file["voucher"] in ("none", "app")}
    named = set(change.paths()) | {path for path, *_ in change.extra}
    if named & files:
        return "account", report
    # A distribution that training does not name is a warning that names it, and --strict does not accept it.
    said = " ".join(row["message"] for row in report.get("findings", []) if row["rule"] == "extra-package")
    if change.name and change.name in said:
        return "finding", report
    return "system" if change.is_system and "--strict" not in words else "", report


def main():
    program = pathlib.Path(sys.argv[1]).resolve()
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 20_260_101
    kept = pathlib.Path(__file__).resolve().parents[2] / ".acceptance/kept"
    numbers = [int(word) for word in sys.argv[4:]] or range(count)
    return changes(Lab(program, kept), numbers, seed)


def changes(lab, numbers, seed):
    """Makes the changes of these numbers, prints what was not found, and returns how many that are."""
    image = RandomImage(lab)
    cache = ["--cache", lab.kept / "random-cache"]
    map_file = lab.kept / "random-wheels.json"
    run(lab.program, "wheels", image.wheels, "-o", map_file)
    levels = {
        "locked": ["--wheels", map_file, "--evidence", "locked", *cache],
        "strict": ["--wheels", map_file, "--evidence", "locked", "--strict", "--base", image.based, "--app", "/" + APP, *cache],
    }
    lock = lab.kept / "random-lock.txt"
    honest = lab.image([image.base, image.upper], COMMAND, VARIABLES, directory="/" + APP)
    for level, words in levels.items():
        status, report = lab.verify(f"lock:{lock}", honest, *words)
        if status != 0:
            print(f"the honest image ends with {status} at {level}: {report}")
            return len(numbers)
    print(f"{len(image.files)} loadable files; seed {seed}", flush=True)
    counts = {level: collections.Counter() for level in levels}
    missed = 0

    def one(number):
        change = Change(image, random.Random(f"{seed}.{number}"))
        with image.lock:
            if change.is_inside:
                layers = [image.base, lab.blob(inside(image, change))]
            else:
                layers = [image.base, image.upper, lab.blob(tar(change.entries() + whiteouts(change.removed)))]
            change.image_name = lab.image(layers, COMMAND, VARIABLES, directory="/" + APP)
        outcome = number, change, {level: verified(image, change, words) for level, words in levels.items()}
        if change.is_inside:
            (lab.blobs / layers[-1]["digest"].split(":")[1]).unlink()
            run("rm", "-r", change.image_name.removeprefix("oci:"))
        return outcome

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for number, change, found in pool.map(one, numbers):
            for level, (how, report) in found.items():
                counts[level][how or "missed"] += 1
                if how not in ("status", "account", "finding", "system"):
                    missed += 1
                    print(f"MISSED {number} at {level} ({how}): {change.title}", report.get("error", ""), flush=True)
    for level, counter in counts.items():
        print(level, dict(counter.most_common()))
    print(f"{len(numbers)} changes, {missed} not found")
    return missed


if __name__ == "__main__":
    sys.exit(main() != 0)
