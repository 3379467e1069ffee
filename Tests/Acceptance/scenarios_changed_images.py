"""Images that were changed so that another Python runs, or none: what the records of the packages cannot show."""

import base64
import csv
import hashlib
import io
import shutil

from runner import check, check_status, run, scenario
from scenarios_hazards import Attack, check_found, found
from scenarios_verify import record_of, report


def forged_record(shop, distribution, inner, content):
    """The RECORD of a distribution with the row of one file made to fit; `inner` is the path in RECORD."""
    lines = []
    for row in csv.reader(io.StringIO(record_of(shop, distribution).read_text())):
        if row[0] == inner:
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
            row = [inner, f"sha256={digest}", str(len(content))]
        lines.append(",".join(f'"{field}"' if "," in field else field for field in row))
    return ("\n".join(lines) + "\n").encode()


@scenario
def a_launcher_of_another_interpreter_is_found(shop):
    """changed images: a launcher with another interpreter and a forged RECORD row"""
    prefix = shop.site_packages.split("/lib/")[0]
    launcher = f"{prefix}/bin/f2py"
    honest = (shop.root[0] / launcher[1:]).read_bytes()
    changed = b"#!/opt/patches/python3\n" + honest.split(b"\n", 1)[1]
    record = record_of(shop, "numpy")
    attack = Attack(
        shop, "launcher",
        {
            "/opt/patches/python3": b"#!/bin/sh\necho attacked\n", launcher: changed,
            f"{shop.site_packages}/{record.parent.name}/RECORD": forged_record(
                shop, "numpy", "../../../bin/f2py", changed
            ),
        },
    )  # fmt: skip
    code = f"import os, subprocess; os.chmod('/opt/patches/python3', 0o755); subprocess.run(['{launcher}'])"
    check("attacked" in attack.run(code), f"the attack should work: {attack.run(code)}")
    outcome = attack.verify("--evidence", "locked")
    check_found(outcome, "foreign-interpreter", "error", launcher, ["/opt/patches/python3", "no package owns"])
    # `-m` in the first line runs a module in place of the script.
    changed = honest.split(b"\n", 1)[0] + b" -mantigravity\n" + honest.split(b"\n", 1)[1]
    attack = Attack(
        shop, "launcher-option",
        {
            launcher: changed,
            f"{shop.site_packages}/{record.parent.name}/RECORD": forged_record(
                shop, "numpy", "../../../bin/f2py", changed
            ),
        },
    )  # fmt: skip
    outcome = check_status(attack.verify(), 1)
    rows = {row["name"]: row for row in report(outcome)["packages"]}
    check(rows["numpy"]["verdict"] == "mismatch" and "bin/f2py" in str(rows["numpy"]["reasons"]), "numpy", outcome)


@scenario
def packages_that_are_not_imported_are_said(shop):
    """changed images: the packages are the locked ones, but the started Python does not look there"""
    image = f"{shop.layout}:iris"
    run("umoci", "config", "--image", image, "--tag", "entry", "--config.entrypoint", "/usr/bin/python3")
    outcome = check_status(shop.verify(f"oci:{shop.layout}:entry", "--format", "json"), 1)
    rows = found(outcome, "unreached-package")
    check([row["severity"] for row in rows] == ["error"], f"the entry point says it: {rows}", outcome)
    check(shop.site_packages[1:] in rows[0]["message"] and "usr/bin/python3" in rows[0]["message"], "places", outcome)
    run(
        "umoci", "config", "--image", image, "--tag", "path", "--config.entrypoint", "/srv/start.sh", "--config.env",
        "PATH=/usr/bin:/bin",
    )  # fmt: skip
    outcome = check_status(shop.verify(f"oci:{shop.layout}:path", "--format", "json"), 0)
    check([row["severity"] for row in found(outcome, "unreached-package")] == ["warning"], "PATH", outcome)


@scenario
def another_python_is_a_mismatch(shop):
    """changed images: another Python is an error if the minor version differs, otherwise a warning"""
    for version, status, severity in [("3.12.1", 1, "error"), ("3.11.99", 0, "warning")]:
        model = shop.work / f"model-{version}"
        shutil.copytree(shop.model, model)
        changed = 0
        for path in model.rglob("*"):
            if path.name in ["MLmodel", "python_env.yaml", "conda.yaml"]:
                text = path.read_text()
                path.write_text(text.replace("3.11.2", version))
                changed += text.count("3.11.2")
        check(changed >= 2, f"the model should say its Python: {changed}")
        words = ["verify", model, f"oci:{shop.layout}:iris", "--lock", shop.lock, "--wheels", shop.wheels]
        outcome = check_status(shop.pinproof(*words, "--format", "json"), status)
        rows = found(outcome, "other-interpreter")
        check([row["severity"] for row in rows] == [severity], f"{version}: {rows}", outcome)
        check(version in rows[0]["message"] and "3.11.2" in rows[0]["message"], f"both versions: {rows}", outcome)
        check_status(shop.pinproof(*words, "--strict"), 1)
        if severity == "error":
            check(report(outcome)["verdict"] == "mismatch", "the verdict", outcome)


@scenario
def installer_makes_no_difference(shop):
    """changed images: uv instead of pip, in a separate layer: locked, and diff has no changed package"""
    site = shop.site_packages
    folder = shop.work / "by-uv"
    shop.uv(
        "pip", "install", "--quiet", "--no-deps", "--no-index", "--find-links", shop.wheels, "--link-mode", "copy",
        "--require-hashes", "-r", shop.lock, "--prefix", folder, "--python", "/usr/bin/python3",
    )  # fmt: skip
    installed = next(folder.rglob("sklearn")).parent
    # The launchers are rewritten in each installer's own words, and RECORD holds the digests of those.
    shop.umoci_insert("by-uv-scripts", folder / "bin", site.split("/lib/")[0] + "/bin")
    image = f"{shop.layout}:by-uv-scripts"
    run("umoci", "insert", "--image", image, "--tag", "by-uv", "--opaque", installed, site)
    outcome = check_status(shop.verify(f"oci:{shop.layout}:by-uv", "--evidence", "locked", "--format", "json"), 0)
    check(report(outcome)["verdict"] == "match", "the verdict", outcome)
    difference = shop.pinproof("diff", f"oci:{shop.layout}:iris", f"oci:{shop.layout}:by-uv", "--format", "json")
    check(report(difference)["changes"] == [], f"no package differs: {report(difference)['changes'][:2]}", difference)


@scenario
def a_universal_lock_is_narrowed_to_what_is_installed(shop):
    """diff of a universal lock and what was installed from it: no difference on either side of it, unless asked for all"""
    wanted = shop.work / "universal.in"
    wanted.write_text("tqdm==4.67.1\n")
    lock = shop.work / "universal.txt"
    shop.uv(
        "pip", "compile", "--universal", "--python-version", "3.11", "--quiet", "--generate-hashes", wanted,
        "--output-file", lock,
    )  # fmt: skip
    check("colorama" in lock.read_text(), "the lock should hold a package of Windows")
    folder = shop.work / "universal"
    run("/usr/bin/python3", "-m", "venv", "--without-pip", folder)
    shop.uv("pip", "install", "--quiet", "--python", folder / "bin/python", "-r", lock)
    for pair in [(lock, f"env:{folder}"), (f"env:{folder}", lock)]:
        outcome = check_status(shop.pinproof("diff", *pair, "--format", "json"), 0)
        check(report(outcome)["summary"]["same"] == 1, "tqdm is the same", outcome)
    outcome = check_status(shop.pinproof("diff", lock, f"env:{folder}", "--platform", "windows/amd64"), 1)
    check("colorama" in outcome.output, "for Windows it is missing", outcome)
