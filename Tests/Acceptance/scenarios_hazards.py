"""What a record cannot see: changes of an image that make Python run other code while every package keeps its files.

Each attack is first run by Python in the image's root, then put into an image and held against what verify says.
"""

import contextlib
import json
import os
import pathlib
import random
import shutil
import struct
import subprocess

from runner import check, check_status, run, scenario
from scenarios_verify import report

# What an attacker would run; what he prints shows that it was.
EVIL = "print('attacked')\n"
MODULE = "threadpoolctl"


def compiled(source, python_mode, folder):
    """The bytecode of a source, by the system's own Python, which is the image's release too."""
    path = folder / "compiled.py"
    path.write_text(source)
    target = folder / "compiled.pyc"
    script = (
        "import py_compile, sys; py_compile.compile(sys.argv[1], sys.argv[2], doraise=True, "
        f"invalidation_mode=py_compile.PycInvalidationMode.{python_mode})"
    )
    run("/usr/bin/python3", "-c", script, path, target)
    return target.read_bytes()


class Attack:
    """Files to lay over the image: by path, bytes, a link, or None to take away."""

    def __init__(self, shop, tag, files, image="iris"):
        self.shop = shop
        self.tag = tag
        self.files = files
        self.image = image

    def run(self, code=f"import {MODULE}", **variables):
        """What Python prints in the image's root while the files are there."""
        root = self.shop.root[0]
        saved = []
        try:
            for path, content in self.files.items():
                target = root / path.lstrip("/")
                # An absolute link of the image would lead into this machine.
                check(target.parent.resolve().is_relative_to(root.resolve()) and not target.is_symlink(), f"{path} leads out")
                saved.append((target, target.read_bytes() if target.exists() else None, os.stat(target) if target.exists() else None))
                target.parent.mkdir(parents=True, exist_ok=True)
                if content is None:
                    target.unlink()
                else:
                    target.write_bytes(content)
            environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1", **variables}
            prefix = self.shop.site_packages.split("/lib/")[0]
            python = f"{prefix}/bin/python3" if (root / prefix[1:] / "pyvenv.cfg").exists() else "/usr/bin/python3"
            words = ["/usr/sbin/chroot", root, python, "-c", code]
            done = subprocess.run(words, capture_output=True, text=True, env=environment)
            return done.stdout + done.stderr
        finally:
            for target, content, state in reversed(saved):
                if content is None:
                    target.unlink(missing_ok=True)
                    with contextlib.suppress(OSError):
                        target.parent.rmdir()
                else:
                    target.write_bytes(content)
                    os.utime(target, ns=(state.st_atime_ns, state.st_mtime_ns))

    def verify(self, *words):
        """The verification of an image with the files in a layer of its own."""
        image = self.image
        for number, (path, content) in enumerate(self.files.items()):
            if content is None:
                self.shop.umoci_remove(self.tag, path, image=image)
            else:
                source = self.shop.work / f"attack-{self.tag}-{number}"
                source.write_bytes(content)
                self.shop.umoci_insert(self.tag, source, path, image=image)
            image = self.tag
        return self.shop.verify(f"oci:{self.shop.layout}:{self.tag}", "--format", "json", *words)


def found(outcome, rule):
    return [row for row in report(outcome)["findings"] if row["rule"] == rule]


def check_found(outcome, rule, severity, file, words=(), verdict=None):
    """The finding is there; an error makes a match not provable, a warning leaves it."""
    verdict = verdict or ("not-provable" if severity == "error" else "match")
    rows = [row for row in found(outcome, rule) if row["file"] == file.lstrip("/")]
    check(len(rows) == 1, f"{rule} should be found once at {file}: {found(outcome, rule)}", outcome)
    check(rows[0]["severity"] == severity, f"it should be {severity}: {rows[0]}", outcome)
    check(rows[0]["help"], "it says how to mend it", outcome)
    for word in words:
        check(word in rows[0]["message"], f"it should name {word}: {rows[0]['message']}", outcome)
    check(report(outcome)["verdict"] == verdict, f"the verdict should be {verdict}", outcome)
    check_status(outcome, {"match": 0, "mismatch": 1, "not-provable": 2}[verdict])


def site(shop, path=""):
    return f"{shop.site_packages}/{path}"


HAZARDS = [
    "foreign-bytecode", "path-configuration-file", "site-customization", "shadowing-module", "redirecting-variable",
    "foreign-interpreter", "unreached-package",
]  # fmt: skip


@scenario
def an_honest_image_has_no_hazard(shop):
    """hazards: the built image has none; verify reports nothing above a note"""
    outcome = check_status(shop.verify(f"oci:{shop.layout}:iris", "--format", "json"), 0)
    rows = [row for row in report(outcome)["findings"] if row["rule"] in HAZARDS and row["severity"] != "note"]
    check(rows == [], f"there should be none: {rows}", outcome)


@scenario
def swapped_bytecode_is_found(shop):
    """hazards: bytecode that Python runs whatever the source is (unchecked hash)"""
    path = site(shop, f"__pycache__/{MODULE}.cpython-311.pyc")
    attack = Attack(shop, "unchecked", {path: compiled(EVIL, "UNCHECKED_HASH", shop.work)})
    check("attacked" in attack.run(), f"the attack should work: {attack.run()}")
    check_found(attack.verify(), "foreign-bytecode", "error", path, [f"{MODULE}.py", "unchecked"])
    text = shop.verify(f"oci:{shop.layout}:unchecked")
    check("foreign-bytecode" in text.output and text.output.startswith("not-provable: "), "so it is in the text", text)
    # What Python would run is not a matter of severities: no option makes it a match.
    check_status(shop.verify(f"oci:{shop.layout}:unchecked", "--fail-on", "never"), 2)


@scenario
def bytecode_without_a_source_is_found(shop):
    """hazards: bytecode without its source"""
    path = site(shop, "joblib/extra.pyc")
    attack = Attack(shop, "sourceless", {path: compiled(EVIL, "TIMESTAMP", shop.work)})
    check("attacked" in attack.run("import joblib.extra"), "the attack should work")
    check_found(attack.verify(), "foreign-bytecode", "error", path, ["without a source"])


@scenario
def stale_bytecode_is_a_warning(shop):
    """hazards: bytecode of another source, another time or another Python does not run, and is a warning"""
    path = site(shop, f"__pycache__/{MODULE}.cpython-311.pyc")
    stale = compiled(EVIL, "TIMESTAMP", shop.work)
    checked = compiled(EVIL, "CHECKED_HASH", shop.work)
    source = (shop.root[0] / site(shop, f"{MODULE}.py")[1:]).stat()
    other = struct.pack("<HBBI", 3531, 13, 10, 0) + struct.pack("<II", int(source.st_mtime), source.st_size) + stale[16:]
    for tag, content in [("stale", stale), ("checked", checked), ("magic", other)]:
        attack = Attack(shop, tag, {path: content})
        check("attacked" not in attack.run(), f"{tag} should not be run")
        check_found(attack.verify(), "foreign-bytecode", "warning", path)


@scenario
def bytecode_with_an_honest_header_is_not_proved(shop):
    """hazards: bytecode with its source's time and size runs, and is reported as not proved"""
    path = site(shop, f"__pycache__/{MODULE}.cpython-311.pyc")
    source = (shop.root[0] / site(shop, f"{MODULE}.py")[1:]).stat()
    evil = compiled(EVIL, "TIMESTAMP", shop.work)
    forged = evil[:8] + struct.pack("<II", int(source.st_mtime) & 0xFFFFFFFF, source.st_size) + evil[16:]
    attack = Attack(shop, "forged", {path: forged})
    check("attacked" in attack.run(), "the attack should work")
    outcome = check_status(attack.verify(), 0)
    rows = found(outcome, "unproved-bytecode")
    check(len(rows) == 1 and path[1:] in rows[0]["message"], f"it should be said: {rows}", outcome)
    check_status(attack.verify("--fail-on", "note"), 1)


@scenario
def bytecode_of_real_installers_is_honest(shop):
    """hazards: what pip and uv compile is silent, with times, with hashes (SOURCE_DATE_EPOCH), and with rewritten times"""
    lock = shop.work / "hazard-requirements.txt"
    lock.write_text("joblib==1.5.2\nthreadpoolctl==3.6.0\n")
    wheels = shop.work / "hazard-wheels"
    shop.pip("download", "--quiet", "--no-deps", "-r", lock, "--dest", wheels)
    pip = shop.training_environment / "bin/pip"
    uv = shop.training_environment / "bin/uv"
    words = ["--no-index", "--find-links", wheels, "-r", lock]
    ways = {
        "pip": ([pip, "--python", "{}", "install", "--quiet", *words], {}),
        "epoch": ([pip, "--python", "{}", "install", "--quiet", *words], {"SOURCE_DATE_EPOCH": "1700000000"}),
        "none": ([pip, "--python", "{}", "install", "--quiet", "--no-compile", *words], {}),
        "uv": ([uv, "pip", "install", "--quiet", "--python", "{}", "--compile-bytecode", *words], {}),
    }
    for name, (command, variables) in ways.items():
        folder = shop.work / f"hazard-{name}"
        run("/usr/bin/python3", "-m", "venv", "--without-pip", folder)
        python = folder / "bin/python"
        run(*[str(word).replace("{}", str(python)) for word in command], env={**os.environ, **variables})
        if name == "pip":
            for path in folder.rglob("*.py"):
                os.utime(path, (1_600_000_000, 1_600_000_000))
        outcome = shop.pinproof("verify", lock, f"env:{folder}", "--wheels", wheels, "--format", "json")
        check_status(outcome, 0)
        rows = found(outcome, "foreign-bytecode")
        wanted = ["note"] if name == "pip" else []
        check([row["severity"] for row in rows] == wanted, f"{name}: {rows}", outcome)


@scenario
def a_path_configuration_file_is_found(shop):
    """hazards: a .pth file that runs code at every start"""
    path = site(shop, "startup.pth")
    attack = Attack(shop, "pth", {path: b"# a remark\nimport sys; print('attacked')\n"})
    check("attacked" in attack.run("pass"), "the attack should work")
    outcome = attack.verify()
    check_found(outcome, "path-configuration-file", "error", path, ["print('attacked')", "no package owns it"])
    rows = [row for row in found(outcome, "path-configuration-file") if row["file"] == path[1:]]
    check(rows[0]["line"] == 2, f"the line is said: {rows}", outcome)


@scenario
def site_customization_is_found(shop):
    """hazards: sitecustomize and usercustomize"""
    for name in ["sitecustomize", "usercustomize"]:
        path = site(shop, f"{name}.py")
        attack = Attack(shop, name, {path: EVIL.encode()})
        output = attack.run("pass")
        outcome = attack.verify()
        # Debian has a sitecustomize of its own, which goes before; a virtual environment runs no usercustomize.
        if "attacked" in output:
            check_found(outcome, "site-customization", "error", path, ["no package owns"])
        elif name == "sitecustomize":
            # It does not run, but it can be imported from site-packages and nobody vouches for it.
            check_found(outcome, "site-customization", "warning", path, ["no package owns"], verdict="not-provable")
            check(path[1:] in str(found(outcome, "unvouched-file")), "nobody vouches for it", outcome)
        else:
            check(path[1:] not in str(found(outcome, "site-customization")), "it is not run", outcome)


@scenario
def shadowing_modules_are_found(shop):
    """hazards: modules that shadow a package or the standard library"""
    beside = site(shop, f"{MODULE}/__init__.py")
    attack = Attack(shop, "beside", {beside: EVIL.encode()})
    check("attacked" in attack.run(), "the attack should work")
    check_found(attack.verify(), "shadowing-module", "error", beside, [f"{MODULE}'s", f"{MODULE}.py"])
    library = f"/usr/lib/python3.11/{MODULE}.py"
    attack = Attack(shop, "library", {library: EVIL.encode()})
    check("attacked" in attack.run(), "the attack should work")
    check_found(attack.verify(), "shadowing-module", "error", library, [f"{MODULE}.py"])


@scenario
def redirecting_variables_are_found(shop):
    """hazards: PYTHONPATH and LD_PRELOAD of the configuration, with the imported modules"""
    path = "/opt/patches/random.py"
    attack = Attack(shop, "variable", {path: EVIL.encode()})
    check("attacked" in attack.run("import random", PYTHONPATH="/opt/patches"), "the attack should work")
    attack.verify()
    run(
        "umoci", "config", "--image", f"{shop.layout}:variable", "--config.env", "PYTHONPATH=/opt/patches",
        "--config.env", "LD_PRELOAD=/usr/lib/libother.so",
    )  # fmt: skip
    outcome = shop.verify(f"oci:{shop.layout}:variable", "--format", "json")
    check_found(outcome, "shadowing-module", "error", path, ["random.py"])
    rows = found(outcome, "redirecting-variable")
    check([row["subject"] for row in rows] == ["LD_PRELOAD", "PYTHONPATH"], f"both are named: {rows}", outcome)
    difference = shop.pinproof("diff", f"oci:{shop.layout}:iris", f"oci:{shop.layout}:variable", "--format", "json")
    names = [row["name"] for row in report(check_status(difference, 1))["configuration"]]
    check(names == ["LD_PRELOAD", "PYTHONPATH"], f"diff names the variables: {names}", difference)


@scenario
def preloaded_libraries_are_found(shop):
    """hazards: /etc/ld.so.preload"""
    attack = Attack(shop, "preload", {"/etc/ld.so.preload": b"/usr/lib/libother.so\n"})
    check("libother" in attack.run("pass"), "the loader should look for the library")
    check_found(attack.verify(), "redirecting-variable", "error", "etc/ld.so.preload", ["/usr/lib/libother.so"])


def changes(outcome):
    return {row["name"]: row["reasons"] for row in report(outcome)["packages"] if row["verdict"] == "mismatch"}


@scenario
def what_is_left_of_a_package_is_no_package(shop):
    """changed images: a package whose dist-info was left, a file that was removed, a layer that upgrades"""
    image = shop.umoci_remove("only-info", site(shop, "joblib"))
    outcome = check_status(shop.verify(image, "--format", "json"), 1)
    check("missing" in " ".join(changes(outcome)["joblib"]), f"files are missing: {changes(outcome)}", outcome)
    image = shop.umoci_remove("no-file", site(shop, "joblib/parallel.py"))
    outcome = check_status(shop.verify(image, "--format", "json"), 1)
    check("joblib/parallel.py" in " ".join(changes(outcome)["joblib"]), f"{changes(outcome)}", outcome)


@scenario
def another_platform_is_said(shop):
    """changed images: another platform in the configuration is said"""
    run("umoci", "config", "--image", f"{shop.layout}:iris", "--tag", "arm", "--architecture", "arm64")
    outcome = shop.verify(f"oci:{shop.layout}:arm", "--platform", "linux/arm64", "--format", "json")
    said = json.dumps(report(outcome)["findings"]) + json.dumps(report(outcome)["environment"])
    check("arm64" in said, "the platform should be named", outcome)


def change_byte(path, place):
    state = path.stat()
    with open(path, "r+b") as stream:
        stream.seek(place)
        byte = stream.read(1)
        stream.seek(place)
        stream.write(bytes([byte[0] ^ 1 << random.randrange(8)]))
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    return byte


@scenario
def every_changed_byte_of_a_locked_package_is_found(shop):
    """500 random single-byte changes in files of locked packages: 500 found"""
    random.seed(7)
    folder = shop.work / "bytes"
    words = ["--quiet", "--no-deps", "--target", folder, "--require-hashes", "-r", shop.lock]
    shop.uv("pip", "install", "--no-index", "--find-links", shop.wheels, *words)
    wheel_map = shop.work / "bytes-map.json"
    check_status(shop.pinproof("wheels", shop.wheels, "-o", wheel_map), 0)
    owned = {}
    for record in folder.glob("*.dist-info/RECORD"):
        name = record.parent.name.split("-")[0].lower().replace("_", "-")
        for line in record.read_text().splitlines():
            path = folder / line.rsplit(",", 2)[0].strip('"')
            if path.is_file() and path.stat().st_size and path.suffix != ".pyc":
                owned[path] = name
    paths = sorted(owned)
    check(len(paths) > 500, f"there should be many files: {len(paths)}")
    outcome = shop.pinproof("verify", shop.lock, f"env:{folder}", "--wheels", wheel_map, "--format", "json")
    check(report(outcome)["verdict"] == "match", "unchanged it is a match", outcome)
    remaining = random.sample(paths, 500)
    total = 0
    # Each file is changed at one place; every file has to be named, or its package be no match where RECORD itself was hit.
    for start in range(0, 500, 50):
        hit = remaining[start : start + 50]
        undo = []
        for path in hit:
            place = random.randrange(path.stat().st_size)
            undo.append((path, place, change_byte(path, place)))
        outcome = shop.pinproof(
            "verify", shop.lock, f"env:{folder}", "--wheels", wheel_map, "--format", "json",
            "--evidence", "locked",
        )  # fmt: skip
        rows = {row["name"]: row for row in report(outcome)["packages"]}
        for path in hit:
            row = rows[owned[path]]
            relative = str(path.relative_to(folder))
            named = relative in " ".join(row["reasons"])
            check(row["verdict"] != "match", f"{relative}: {row}", None)
            check(named or ".dist-info/" in relative or ".dist-info/" in " ".join(row["reasons"]), f"{relative} is not named: {row['reasons'][:3]}", None)
            total += 1
        for path, place, byte in undo:
            with open(path, "r+b") as stream:
                stream.seek(place)
                stream.write(byte)
    check(total == 500, f"500, not {total}")


@scenario
def changed_bytes_outside_of_packages_show_in_diff(shop):
    """200 random single-byte changes outside of packages: no package's verdict breaks, diff of the images names all"""
    random.seed(11)
    before = report(shop.pinproof("inspect", f"oci:{shop.layout}:iris", "--files", "--format", "json"))
    owned = [row for row in before["files"] if row["owner"]]
    free = [
        row for row in before["files"]
        if row["type"] == "file" and row["size"] and not row["owner"]
        and not row["path"].startswith(("var/lib/dpkg/", "dev/", "proc/"))
    ]  # fmt: skip
    check(len(owned) > 1000 and len(free) >= 200, f"files with an owner: {len(owned)}, without: {len(free)}")
    chosen = random.sample(free, 200)
    root = shop.root[0]
    tree = shop.work / "outside"
    for row in chosen:
        target = tree / row["path"]
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(root / row["path"], target)
        change_byte(target, random.randrange(row["size"]))
        os.chown(target, row["uid"], row["gid"])
    shop.umoci_insert("outside", tree, "/")
    outcome = shop.verify(f"oci:{shop.layout}:outside", "--format", "json")
    check(report(outcome)["verdict"] == "match", "no package's verdict should break", outcome)
    difference = check_status(
        shop.pinproof("diff", f"oci:{shop.layout}:iris", f"oci:{shop.layout}:outside", "--format", "json"), 1
    )
    named = {row["path"] for row in report(difference)["files"] if row["kind"] == "changed"}
    missing = [row["path"] for row in chosen if row["path"] not in named]
    check(missing == [], f"{len(missing)} of 200 are missing: {missing[:5]}", difference)
    check(report(difference)["changes"] == [], "no package differs", difference)
    check_status(
        shop.pinproof("diff", "--packages-only", f"oci:{shop.layout}:iris", f"oci:{shop.layout}:outside"), 0
    )
