"""Holds the artifact that Pinproof chooses from uv.lock files against the one that uv itself selects from the index for the same
target: uv_choice.py PINPROOF CORPUS [NUMBER-OF-LOCKS]. Needs uv and a registry. Exit status 1 when anything differs.

uv is asked for every pinned version with `uv pip install --dry-run -v`, which names the file that it selects; what the index no
longer has, or holds as a source archive only, is not compared.
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

PINPROOF, CORPUS = sys.argv[1], pathlib.Path(sys.argv[2])
NUMBER = int(sys.argv[3]) if len(sys.argv) > 3 else 20
TARGETS = [
    ("3.10", "linux/amd64", "glibc-2.28", "x86_64-manylinux_2_28"), ("3.11", "linux/amd64", "glibc-2.28", "x86_64-manylinux_2_28"),
    ("3.13", "linux/amd64", "glibc-2.28", "x86_64-manylinux_2_28"), ("3.12", "linux/arm64", "glibc-2.28", "aarch64-manylinux_2_28"),
    ("3.12", "linux/amd64", "musl-1.2", "x86_64-unknown-linux-musl"), ("3.12", "darwin/arm64", None, "aarch64-apple-darwin"),
]


def main():
    compared = different = refused = 0
    for lock in sorted(path for path in CORPUS.rglob("uv.lock") if path.is_file())[::3][:NUMBER]:
        for python, platform, library, name in TARGETS:
            options = ["--python", python, "--platform", platform, *(["--libc", library] if library else [])]
            done = subprocess.run([PINPROOF, "inspect", str(lock), "--format", "json", *options], capture_output=True, text=True)
            if done.returncode:
                refused += 1
                continue
            ours = {}
            for package in json.loads(done.stdout)["environment"]["packages"]:
                files = [artifact["name"] for artifact in package["artifacts"]]
                if files and files[0].endswith(".whl") and "+" not in package["version"]:
                    ours[package["name"]] = (package["version"], files[0])
            if not ours:
                continue
            with tempfile.TemporaryDirectory() as folder:
                answer = subprocess.run(
                    ["uv", "pip", "install", "--no-deps", "--dry-run", "-v", "--target", folder, "--only-binary", ":all:",
                     "--python-version", python, "--python-platform", name, *(f"{n}=={v}" for n, (v, _) in ours.items())],
                    capture_output=True, text=True)
            for package, file in re.findall(r"Selecting: ([^\s=]+)==\S+ \[.*?\] \((\S+?)\)", answer.stderr):
                if package in ours:
                    compared += 1
                    if ours[package][1] != file:
                        different += 1
                        print(f"DIFFERS {lock} {python} {name} {package}: {ours[package][1]}, uv takes {file}", flush=True)
    print(f"{compared} artifacts compared, {different} differ; {refused} targets refused by the lock", flush=True)
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
