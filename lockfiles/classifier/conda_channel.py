"""Makes a conda channel of the versions of uv.lock: conda_channel.py DIRECTORY.

The packages are stand-ins: right names, versions and dependencies, and no content, so that conda's own tools can solve, lock,
install and export where no public channel can be reached. Needs conda-package-handling and conda-index.
"""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import tomllib

from conda_package_handling.api import create

PYTHON = "3.11.7"
PLATFORMS = ("linux-64", "win-64")


def build(channel: pathlib.Path, platform: str, name: str, version: str, depends: list[str]) -> None:
    """Writes one package: an index entry and one small file."""
    build_name = "0" if name in ("python", "pip") else "py311_0"
    folder = pathlib.Path(tempfile.mkdtemp())
    (folder / "info").mkdir()
    (folder / "share").mkdir()
    (folder / "share" / f"{name}.txt").write_text(f"stand-in for {name} {version}\n")
    index = {
        "name": name, "version": version, "build": build_name, "build_number": 0, "subdir": platform,
        "arch": "x86_64", "platform": platform.split("-")[0], "depends": depends, "license": "MIT", "timestamp": 1760000000000,
    }
    (folder / "info" / "index.json").write_text(json.dumps(index))
    target = channel / platform
    target.mkdir(parents=True, exist_ok=True)
    create(str(folder), None, f"{name}-{version}-{build_name}.conda", str(target))
    shutil.rmtree(folder)


def main() -> None:
    channel = pathlib.Path(sys.argv[1])
    lock = tomllib.loads((pathlib.Path(__file__).parent / "uv.lock").read_text())
    versions = {package["name"]: package["version"] for package in lock["package"]}
    for platform in PLATFORMS:
        build(channel, platform, "python", PYTHON, [])
        build(channel, platform, "pip", "25.3", ["python"])
        for package in lock["package"]:
            if "registry" not in package["source"] or package["name"] == "colorama" and platform == "linux-64":
                continue
            depends = ["python >=3.11,<3.12.0a0"]
            depends += [f"{d['name']} =={versions[d['name']]}" for d in package.get("dependencies", [])]
            build(channel, platform, package["name"], package["version"], depends)
    subprocess.run([sys.executable, "-m", "conda_index", str(channel)], check=True)


main()
