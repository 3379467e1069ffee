"""inspect and wheels, compared with pip, uv and dpkg."""

import json
import re

from runner import check, check_status, run, scenario
from scenarios_verify import report


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def differences(said, true):
    return f"only inspect: {sorted(said - true)[:10]}, only the tool: {sorted(true - said)[:10]}"


def environment(shop, subject):
    outcome = check_status(shop.pinproof("inspect", subject, "--format", "json"), 0)
    return report(outcome)["environment"]


@scenario
def inspect_agrees_with_dpkg(shop):
    """inspect lists the same Debian packages as dpkg-query -W inside of the image"""
    said = {
        (row["name"], row["version"])
        for row in environment(shop, f"oci:{shop.layout}:iris")["packages"]
        if row["ecosystem"] == "apt"
    }
    listed = shop.inside("dpkg-query", "-W", "-f", "${Package} ${Version}\\n")
    true = {tuple(line.split()) for line in listed.splitlines()}
    check(said == true, differences(said, true))


@scenario
def inspect_agrees_with_pip(shop):
    """inspect lists the same Python packages as pip list inside of the image"""
    found = environment(shop, f"oci:{shop.layout}:iris")
    said = {(row["name"], row["version"]) for row in found["packages"] if row["ecosystem"] == "pypi"}
    true = set()
    for folder in ["/usr/lib/python3/dist-packages", shop.site_packages]:
        # The environment has no pip of its own, as freeze leaves it.
        listed = shop.inside("/usr/bin/python3", "-m", "pip", "list", "--path", folder, "--format", "json")
        true |= {(normal(row["name"]), row["version"]) for row in json.loads(listed)}
    check(said == true, differences(said, true))
    version = shop.inside("python3", "-c", "import platform; print(platform.python_version())").strip()
    check(version.startswith(str(found["python"]["version"])), f"Python is {version}, not {found['python']}")
    check(found["platform"]["os"] == "linux", f"the platform is linux, not {found['platform']}")


@scenario
def inspect_reads_the_model(shop):
    """inspect names what the model was trained with"""
    for subject in [shop.model, shop.model_archive]:
        found = environment(shop, subject)
        said = {row["name"]: row["version"] for row in found["packages"]}
        check(said.get("scikit-learn") == "1.9.1", f"scikit-learn 1.9.1 is missing: {said}")


@scenario
def inspect_reads_the_lock(shop):
    """inspect of the lock lists what uv wrote into it"""
    said = {(row["name"], row["version"]) for row in environment(shop, shop.lock)["packages"]}
    true = set(re.findall(r"^([a-z0-9-]+)==([^ ]+)", shop.lock.read_text(), re.M))
    check(said == true, differences(said, true))


def digests(shop, subject):
    """The content digest of each Python package of a subject."""
    return {
        row["name"]: row["contentDigest"]
        for row in environment(shop, subject)["packages"]
        if row["ecosystem"] == "pypi" and row["contentDigest"]
    }


@scenario
def pip_uv_and_wheels_give_one_digest(shop):
    """the content digests are the same from pip, from uv and from the wheels"""
    words = ["--no-deps", "--no-index", "--find-links", shop.wheels, "--require-hashes", "-r", shop.lock]
    found = {}
    for installer in ["pip", "uv"]:
        folder = shop.work / f"by-{installer}"
        run("/usr/bin/python3", "-m", "venv", "--without-pip", folder / "opt/environment")
        python = folder / "opt/environment/bin/python"
        if installer == "pip":
            shop.pip("--python", python, "install", *words)
        else:
            shop.uv("pip", "install", "--quiet", "--python", python, *words)
        found[f"{installer}, folder"] = digests(shop, f"env:{folder / 'opt/environment'}")
        layout = shop.work / f"layout-{installer}"
        run("umoci", "init", "--layout", layout)
        run("umoci", "new", "--image", f"{layout}:x")
        run("umoci", "insert", "--image", f"{layout}:x", folder, "/")
        found[f"{installer}, image"] = digests(shop, f"oci:{layout}:x")
    wheel_map = shop.work / "digests.json"
    check_status(shop.pinproof("wheels", shop.wheels, "-o", wheel_map), 0)
    true = wheel_digests(json.loads(wheel_map.read_text()))
    check(len(true) == len(list(shop.wheels.glob("*.whl"))), f"one row a wheel: {wheel_map.read_text()[:300]}")
    for name, said in found.items():
        check(said == true, f"{name} and the wheels differ: {differences(set(said.items()), set(true.items()))}")


def wheel_digests(wheel_map):
    """Normalised name to content digest, from the rows of a wheel map."""
    return {normal(row["file"].split("-")[0]): row["contentDigest"] for row in wheel_map["wheels"]}
