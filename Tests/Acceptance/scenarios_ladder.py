"""The ladder of evidence and what counts: wheels that lie, launchers, scripts, system packages, the model in the image."""

import base64
import csv
import hashlib
import io
import json
import os
import random
import shutil
import sys
import zipfile

from runner import check, check_status, run, scenario
from scenarios_verify import changed_byte, record_of, report


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def row(path, data):
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
    return f"{path},sha256={digest},{len(data)}\n"


SCRIPT = b"#!python\nimport tool\nprint(tool.name)\n"


def wheel(folder, name="tool", members=None, edit=lambda text: text, extra=()):
    """A wheel with a module, a script, an entry point; `edit` changes its RECORD, `extra` are files that it does not list."""
    info = f"{name}-1.0.dist-info"
    files = {
        f"{name}/__init__.py": b"name = 'tool'\ndef main():\n    return 0\n",
        f"{name}-1.0.data/scripts/{name}-script": SCRIPT.replace(b"tool", name.encode()),
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": f"[console_scripts]\n{name}-run = {name}:main\n".encode(),
        **(members or {}),
    }
    record = "".join(row(path, data) for path, data in files.items()) + f"{info}/RECORD,,\n"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for member, data in {**files, **dict(extra), f"{info}/RECORD": edit(record).encode()}.items():
            archive.writestr(member, data)
    return path


@scenario
def lying_wheels_are_found(shop):
    """pinproof wheels: a wrong hash, an unlisted file, a ghost row, a row twice, a path of two distributions: exit 1 each"""
    folder = shop.work / "lying"
    honest = folder / "honest"
    wheel(honest)
    outcome = check_status(shop.pinproof("wheels", honest), 0)
    check(json.loads(outcome.output)["wheels"][0]["name"] == "tool", "the map should hold the wheel", outcome)

    def first_line(text):
        return text.splitlines()[0]

    cases = {
        "hash": ({"edit": lambda text: text.replace("sha256=", "sha256=AAAA", 1).replace("A", "B", 1)}, None),
        "wrong": ({"edit": lambda text: text.replace(first_line(text), row("tool/__init__.py", b"x").strip())}, "RECORD says"),
        "unlisted": ({"extra": [("tool/extra.py", b"x = 1\n")]}, "does not list tool/extra.py"),
        "ghost": ({"edit": lambda text: row("tool/gone.py", b"") + text}, "tool/gone.py, which does not exist"),
        "twice": ({"edit": lambda text: first_line(text) + "\n" + text}, "lists tool/__init__.py twice"),
        "nohash": ({"edit": lambda text: text.replace(first_line(text), "tool/__init__.py,,")}, "no hash of tool"),
    }  # fmt: skip
    for name, (options, words) in cases.items():
        wheel(folder / name, **options)
        outcome = shop.pinproof("wheels", folder / name)
        check(outcome.status == (2 if words is None else 1), f"{name}: the status", outcome)
        check((words or "tool-1.0-py3-none-any.whl") in outcome.errors, f"{name}: it should say what is wrong", outcome)

    shared = folder / "shared"
    wheel(shared, members={"common/x.py": b"1\n", "common/__init__.py": b""})
    wheel(shared, name="other", members={"common/x.py": b"2\n", "common/__init__.py": b""})
    outcome = check_status(shop.pinproof("wheels", shared), 1)
    check("both install common/x.py" in outcome.errors, "the shared path should be named", outcome)
    check("common/__init__.py" not in outcome.errors, "equal bytes do no harm", outcome)


class Installed:
    """The wheel of above, installed by pip or uv into an environment of its own, with its lock."""

    def __init__(self, shop, name, installer="pip"):
        self.shop = shop
        self.wheels = shop.work / "ladder-wheels"
        self.wheel = wheel(self.wheels)
        self.lock = shop.work / "ladder.txt"
        self.lock.write_text(f"tool==1.0 --hash=sha256:{sha256(self.wheel.read_bytes())}\n")
        self.folder = shop.work / f"ladder-{name}"
        run(sys.executable, "-m", "venv", "--without-pip", self.folder)
        python = self.folder / "bin/python"
        if installer == "pip":
            shop.pip("--python", python, "install", "--quiet", "--no-deps", "--no-index", self.wheel)
        else:
            shop.uv("pip", "install", "--quiet", "--no-index", "--python", python, self.wheel)
        self.site = next(self.folder.glob("lib/python3*/site-packages"))
        self.record = self.site / "tool-1.0.dist-info/RECORD"

    def forge(self, path, data):
        """Writes a file and its row of RECORD."""
        path.write_bytes(data)
        inner = f"../../../bin/{path.name}" if path.parent.name == "bin" else str(path.relative_to(self.site))
        lines = []
        for fields in csv.reader(io.StringIO(self.record.read_text())):
            lines.append(row(inner, data) if fields[0] == inner else ",".join(fields) + "\n")
        self.record.write_text("".join(lines))

    def verify(self, *words):
        return self.shop.pinproof("verify", self.lock, self.folder, "--format", "json", *words)


def check_found(outcome, word):
    check_status(outcome, 1)
    reasons = report(outcome)["packages"][0]["reasons"]
    check(any(word in reason for reason in reasons), f"{word} should be named: {reasons}", outcome)


@scenario
def launchers_and_scripts_are_compared(shop):
    """a changed launcher, script or module is found with a forged RECORD: pip and uv"""
    for installer in ["pip", "uv"]:
        installed = Installed(shop, installer, installer)
        check_status(installed.verify("--wheels", installed.wheels, "--evidence", "locked"), 0)
        wheel_map = shop.work / "ladder-map.json"
        check_status(shop.pinproof("wheels", installed.wheels, "-o", wheel_map), 0)
        check_status(installed.verify("--wheels", wheel_map, "--evidence", "locked"), 0)

        launcher = installed.folder / "bin/tool-run"
        honest = launcher.read_bytes()
        installed.forge(launcher, honest.replace(b"import sys\n", b"import sys\nimport os; os.putenv('A', 'B')\n"))
        check_found(installed.verify("--wheels", wheel_map), "bin/tool-run")
        check_found(installed.verify(), "bin/tool-run")
        # Without its row nobody would miss it.
        lines = installed.record.read_text().splitlines(keepends=True)
        installed.record.write_text("".join(line for line in lines if "bin/tool-run" not in line))
        check_found(installed.verify("--wheels", wheel_map), "bin/tool-run")
        installed.record.write_text("".join(lines))
        installed.forge(launcher, honest)
        check_status(installed.verify("--wheels", wheel_map, "--evidence", "locked"), 0)

        script = installed.folder / "bin/tool-script"
        honest = script.read_bytes()
        installed.forge(script, honest + b"import os\n")
        check_status(installed.verify(), 0)
        check_found(installed.verify("--wheels", wheel_map), "bin/tool-script")
        installed.forge(script, honest)

        module = installed.site / "tool/__init__.py"
        honest = module.read_bytes()
        installed.forge(module, honest + b"import os\n")
        check_found(installed.verify("--wheels", installed.wheels), "tool/__init__.py")
        check_status(installed.verify("--wheels", wheel_map), 1)
        installed.forge(module, honest)
        check_status(installed.verify("--wheels", wheel_map, "--evidence", "locked"), 0)


@scenario
def a_forged_record_names_its_file(shop):
    """a changed file with a forged RECORD row is named, from the wheels and from a map with files"""
    inner = f"{shop.site_packages}/threadpoolctl.py"
    changed = shop.work / "named-file"
    changed_byte(shop.root[0] / inner[1:], changed)
    record = record_of(shop, "threadpoolctl")
    lines = []
    for fields in csv.reader(io.StringIO(record.read_text())):
        is_it = fields[0] == "threadpoolctl.py"
        lines.append(row("threadpoolctl.py", changed.read_bytes()) if is_it else ",".join(fields) + "\n")
    forged = shop.work / "named-record"
    forged.write_text("".join(lines))
    shop.umoci_insert("named-file", changed, inner)
    image = shop.umoci_insert("named", forged, f"{shop.site_packages}/{record.parent.name}/RECORD", image="named-file")
    wheel_map = shop.work / "files-map.json"
    check_status(shop.pinproof("wheels", shop.wheels, "--files", "-o", wheel_map), 0)
    for wheels in [shop.wheels, wheel_map]:
        outcome = shop.pinproof(
            "verify", shop.model_archive, image, "--lock", shop.lock, "--wheels", wheels, "--format", "json"
        )
        check_status(outcome, 1)
        reasons = [item["reasons"] for item in report(outcome)["packages"] if item["verdict"] == "mismatch"]
        check(len(reasons) == 1 and "threadpoolctl.py (layer" in reasons[0][0], f"the file: {reasons}", outcome)


@scenario
def what_is_not_needed_is_a_warning(shop):
    """a package that the model does not need: a warning; with --strict a mismatch"""
    lock = shop.work / "more.lock"
    lock.write_text(shop.lock.read_text() + f"six==1.16.0 \\\n    --hash=sha256:{'0' * 64}\n")
    words = ["verify", shop.model_archive, f"oci:{shop.layout}:iris", "--lock", lock, "--format", "json"]
    outcome = check_status(shop.pinproof(*words), 0)
    rows = {item["name"]: item for item in report(outcome)["packages"]}
    check(rows["six"]["needed"] is False and rows["six"]["verdict"] == "mismatch", "six is only around", outcome)
    for name in ["scikit-learn", "numpy", "joblib", "cloudpickle"]:
        check(rows[name]["needed"] is True, f"{name} is needed", outcome)
    check("unneeded-package-differs" in {item["rule"] for item in report(outcome)["findings"]}, "a warning", outcome)
    check_status(shop.pinproof(*words, "--strict"), 1)


@scenario
def the_model_in_the_image_is_compared(shop):
    """the model in the image is found and compared file by file; a changed file is a mismatch"""
    image = shop.umoci_insert("with-model", shop.model, "/opt/model")
    outcome = check_status(shop.verify(image, "--format", "json"), 0)
    found = report(outcome)["modelFiles"]
    check(found["path"] == "/opt/model" and found["verdict"] == "match" and not found["given"], "it is found", outcome)
    check_status(shop.verify(image, "--model-path", "/opt/model"), 0)
    check_status(shop.verify(image, "--model-path", "/opt/nothing"), 1)
    changed = shop.work / "changed-model"
    changed_byte(shop.model / "model.pkl", changed)
    image = shop.umoci_insert("other-model", changed, "/opt/model/model.pkl", image="with-model")
    outcome = check_status(shop.verify(image, "--format", "json"), 1)
    files = report(outcome)["modelFiles"]["files"]
    check([(item["path"], item["kind"]) for item in files] == [("model.pkl", "changed")], "the file", outcome)
    check("other-model-file" in {item["rule"] for item in report(outcome)["findings"]}, "the finding", outcome)
    # An archive in the image is the model too.
    image = shop.umoci_insert("with-archive", shop.model_archive, "/srv/m.tar.gz")
    outcome = check_status(shop.verify(image, "--format", "json"), 0)
    check(report(outcome)["modelFiles"]["path"] == "/srv/m.tar.gz", "the archive is found", outcome)


@scenario
def debian_packages_are_held_against_their_sums(shop):
    """dpkg: inspect and verify find a changed binary, and report an edited conffile"""
    base = f"oci:{shop.base_layout}:localhost/pinproof-base:bookworm"
    states = {
        item["name"]: item["record"]
        for item in report(check_status(shop.pinproof("inspect", "--format", "json", base), 0))["environment"]["packages"]
        if item["ecosystem"] == "apt"
    }
    # The one file that the workshop removes is missed.
    altered = [name for name, record in states.items() if record["state"] != "intact"]
    check(altered == ["libpython3.11-stdlib"], f"only the interpreter's marker file is gone: {altered}")

    tool = shop.root[0] / "usr/bin/env"
    changed = shop.work / "changed-env"
    changed_byte(tool, changed)
    edited = shop.work / "edited-conf"
    edited.write_text("# edited\n")
    shop.umoci_insert("edited", edited, "/etc/debconf.conf")
    image = shop.umoci_insert("debian", changed, "/usr/bin/env", image="edited")
    found = {
        item["name"]: item
        for item in report(check_status(shop.pinproof("inspect", "--format", "json", image), 0))["environment"]["packages"]
        if item["ecosystem"] == "apt"
    }
    check(found["debconf"]["record"]["state"] == "intact", "an edited conffile is allowed")
    check(found["coreutils"]["record"]["state"] == "altered", "a changed binary is not")
    outcome = check_status(shop.pinproof("verify", f"oci:{shop.layout}:iris", image, "--format", "json"), 1)
    apt = {item["name"]: item for item in report(outcome)["packages"] if item["ecosystem"] == "apt"}
    check(apt["coreutils"]["verdict"] == "mismatch", "coreutils differs", outcome)
    check("usr/bin/env" in apt["coreutils"]["reasons"][0], "the file is named", outcome)
    check(apt["debconf"]["verdict"] == "match" and apt["debconf"]["evidence"] == "trained", "debconf is the same", outcome)


@scenario
def alpine_packages_are_held_against_their_sums(shop):
    """apk: a tree with its database: intact, a changed file, an edited file of etc"""
    def tree(name, tool=b"tool\n", conf=b"a=1\n"):
        root = shop.work / f"alpine-{name}"
        for path, data in {"usr/bin/tool": tool, "etc/tool.conf": conf}.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(data)
        def q1(data):
            return "Q1" + base64.b64encode(hashlib.sha1(data).digest()).decode()
        (root / "lib/apk/db").mkdir(parents=True)
        (root / "lib/apk/db/installed").write_text(
            f"C:{q1(b'')}\nP:tool\nV:1.0-r0\nA:x86_64\nF:etc\nR:tool.conf\nZ:{q1(b'a=1' + bytes([10]))}\n"
            f"F:usr/bin\nR:tool\na:0:0:755\nZ:{q1(b'tool' + bytes([10]))}\n\n"
        )
        outcome = check_status(shop.pinproof("inspect", "--format", "json", f"env:{root}"), 0)
        return report(outcome)["environment"]["packages"][0]["record"]

    check(tree("same")["state"] == "intact", "it should be intact")
    check(tree("edited", conf=b"a=2\n")["state"] == "intact", "an edited file of etc is allowed")
    changed = tree("changed", tool=b"evil\n")
    check(changed["state"] == "altered" and "usr/bin/tool" in changed["reasons"][0], f"it should be named: {changed}")
    shutil.rmtree(shop.work / "alpine-same")


@scenario
def random_changes_are_found(shop):
    """random single-byte changes in the files of locked packages: each is found, and the file or its package named"""
    folder = shop.work / "random"
    run(sys.executable, "-m", "venv", "--without-pip", folder)
    names = ["cloudpickle", "joblib", "threadpoolctl", "narwhals"]
    wheels = [path for path in shop.wheels.glob("*.whl") if path.name.split("-")[0] in names]
    shop.pip("--python", folder / "bin/python", "install", "--quiet", "--no-deps", "--no-index", "--no-compile", *wheels)
    lock = shop.work / "random.txt"
    pins = [path.name.split("-")[:2] + [sha256(path.read_bytes())] for path in wheels]
    lock.write_text("".join(f"{name}=={version} --hash=sha256:{digest}\n" for name, version, digest in pins))
    wheel_map = shop.work / "random-map.json"
    check_status(shop.pinproof("wheels", shop.wheels, "-o", wheel_map), 0)
    words = ["verify", lock, folder, "--wheels", wheel_map, "--evidence", "locked", "--format", "json"]
    check_status(shop.pinproof(*words), 0)
    site = next(folder.glob("lib/python3*/site-packages"))
    # Empty files have no byte to change.
    files = sorted(path for path in site.rglob("*") if path.is_file() and path.stat().st_size)
    chance = random.Random(7)
    for _ in range(int(os.environ.get("PINPROOF_RANDOM_CHANGES", "40"))):
        path = chance.choice(files)
        honest = path.read_bytes()
        changed = bytearray(honest)
        place = chance.randrange(len(changed))
        changed[place] ^= 1 << chance.randrange(8)
        path.write_bytes(changed)
        outcome = shop.pinproof(*words)
        where = f"{path.relative_to(site)} byte {place}: {honest[place]} to {changed[place]}"
        check(outcome.status in (1, 2), f"it should be found: {where}", outcome)
        verdicts = {item["verdict"] for item in report(outcome)["packages"]}
        check(verdicts != {"match"}, f"no package is the changed one: {where}", outcome)
        path.write_bytes(honest)
    check_status(shop.pinproof(*words), 0)
