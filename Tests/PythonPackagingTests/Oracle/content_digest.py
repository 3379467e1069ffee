#!/usr/bin/env python3
"""Downloads wheels, installs each in eight ways, and leaves the trees for ContentDigestTests.oracle.

usage: content_digest.py FOLDER UV REQUIREMENT...
then:  PINPROOF_DIGEST_ORACLE=FOLDER swift test --filter ContentDigestTests
"""
import pathlib, subprocess, sys, venv, zipfile

root, uv, wanted = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2], sys.argv[3:]
wheels, unpacked, installed = root / "wheels", root / "unpacked", root / "installed"


def run(*command):
    subprocess.run([str(word) for word in command], check=True, stdout=subprocess.DEVNULL)


wheels.mkdir(parents=True, exist_ok=True)
run(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", "-d", wheels, *wanted)
files = sorted(wheels.glob("*.whl"))
for wheel in files:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(unpacked / wheel.name)


def environment(name):
    folder = installed / name
    venv.create(folder, with_pip=False, clear=True)
    return folder, folder / "bin" / "python"


offline = ["--no-deps", "--no-index", "--quiet"]
pip = [sys.executable, "-m", "pip"]
for name, extra in [("pip", []), ("pip-no-compile", ["--no-compile"]), ("pip-user-style", ["--ignore-installed"])]:
    _, python = environment(name)
    run(*pip, "--python", python, "install", *offline, *extra, *files)
run(*pip, "install", *offline, "--target", installed / "pip-target", *files)
run(*pip, "install", *offline, "--prefix", installed / "pip-prefix", "--ignore-installed", *files)
for name, extra in [("uv", []), ("uv-compile", ["--compile-bytecode"]), ("uv-copy", ["--link-mode", "copy"])]:
    _, python = environment(name)
    run(uv, "pip", "install", *offline, "--python", python, *extra, *files)
run(uv, "pip", "install", *offline, "--target", installed / "uv-target", *files)
run(uv, "pip", "install", *offline, "--prefix", installed / "uv-prefix", *files)
print(f"{len(files)} wheels, {len(list(installed.iterdir()))} ways")
