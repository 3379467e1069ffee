#!/usr/bin/env python3
"""Compares the resolver of BinaryLoading with the loader of a root file system, object by object.

    compare_loader.py ROOT DIRECTORY...

ROOT is a Debian root as mmdebstrap makes it, with environments of wheels in it; DIRECTORY is searched for shared objects, as a
path inside of ROOT. The loader of the root runs in a chroot with LD_TRACE_LOADED_OBJECTS=1 and loads nothing but the objects
that it prints (root is required); musl's is asked with --list. The resolver runs as a test: TEST_COMMAND (default
`swift test --skip-build --filter LoaderOracleTests`) with PINPROOF_LOADER_* set. It prints the objects that differ.
"""

import concurrent.futures
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

VARIABLES = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}


def objects(root, directories):
    """The ELF files below some directories whose names are those of libraries, one path for each file."""
    found = {}
    for directory in directories:
        for path in sorted(pathlib.Path(str(root) + directory).rglob("*")):
            if path.is_symlink() or not path.is_file() or not re.search(r"\.so(\.\d+)*$", path.name):
                continue
            with open(path, "rb") as file:
                head = file.read(20)
            if head[:4] == b"\x7fELF" and head[16:17] == b"\x03":
                status = path.stat()
                found.setdefault((status.st_dev, status.st_ino), str(path)[len(str(root)):])
    return sorted(found.values())


def resolved(root, path):
    """A path of the root without links, none of which leads out of it."""
    current = "/"
    parts = [part for part in path.split("/") if part]
    steps = 0
    while parts:
        part = parts.pop(0)
        steps += 1
        if part == "." or steps > 400:
            continue
        if part == "..":
            current = os.path.dirname(current)
            continue
        full = os.path.join(current, part)
        host = str(root) + full
        if os.path.islink(host):
            target = os.readlink(host)
            parts = [item for item in target.split("/") if item] + parts
            if target.startswith("/"):
                current = "/"
        else:
            current = full
    return current


def trace(root, loader, path, library_path):
    """What the loader finds for one object: real paths, missing names, and the damaged file that ended it."""
    is_musl = "ld-musl" in loader
    # By env inside of the root: chroot itself would be traced.
    variables = ["LD_TRACE_LOADED_OBJECTS=1"] if not is_musl else []
    if library_path:
        variables.append(f"LD_LIBRARY_PATH={library_path}")
    command = ["chroot", str(root), "/usr/bin/env", *variables, loader, *(["--list"] if is_musl else []), path]
    run = subprocess.run(command, env=VARIABLES, capture_output=True, text=True, errors="replace", timeout=60)
    text = run.stdout + run.stderr
    found = {resolved(root, name) for name in re.findall(r"(?:=> |^\s+)(/\S+) \(0x", text, re.M)}
    missing = set(re.findall(r"^\s+(\S+) => not found", text, re.M))
    if is_musl:
        missing |= set(re.findall(r"Error loading shared library ([^:\s]+):", text))
    ended = re.search(r"error while loading shared libraries: (\S+): (?!cannot open)", text)
    found.discard(resolved(root, path))
    found.discard(resolved(root, loader))
    return found, missing, ended.group(1) if ended else ""


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    loader = os.environ.get("LOADER", "/lib64/ld-linux-x86-64.so.2")
    library_path = os.environ.get("LIBRARY_PATH", "")
    paths = objects(root, sys.argv[2:])
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        traced = dict(zip(paths, pool.map(lambda path: trace(root, loader, path, library_path), paths)))
    with tempfile.TemporaryDirectory() as work:
        listing, output = f"{work}/objects", f"{work}/output"
        pathlib.Path(listing).write_text("".join(path + "\n" for path in paths))
        environment = dict(
            os.environ, PINPROOF_LOADER_ROOT=str(root), PINPROOF_LOADER_OBJECTS=listing, PINPROOF_LOADER_OUTPUT=output,
            PINPROOF_LOADER=loader, PINPROOF_LOADER_LEVEL=os.environ.get("LEVEL", "1"),
        )  # fmt: skip
        if library_path:
            environment["PINPROOF_LOADER_LIBRARY_PATH"] = library_path
        command = os.environ.get("TEST_COMMAND", "swift test --skip-build --filter LoaderOracleTests")
        subprocess.run(shlex.split(command), env=environment, check=True, stdout=subprocess.DEVNULL)
        rows = pathlib.Path(output).read_text().splitlines()
    print(rows[0])
    differences = 0
    with_missing = 0
    for row in rows[1:]:
        path, found, missing, ended = row.split("\t")
        found = {name for name in found.split(",") if name} - {resolved(root, loader)}
        missing = {name for name in missing.split(",") if name}
        real_found, real_missing, real_ended = traced[path]
        with_missing += bool(real_missing or real_ended)
        if ended and ended == real_ended:
            continue
        if found != real_found or missing != real_missing:
            differences += 1
            print(path)
            print("   found only by the loader:", sorted(real_found - found), "only by the resolver:", sorted(found - real_found))
            print("   missing only for the loader:", sorted(real_missing - missing), "only for the resolver:", sorted(missing - real_missing), real_ended, ended)
    print(f"{len(rows) - 1} objects, {with_missing} with something missing, {differences} differences")
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()
