#!/opt/rattler/bin/python
"""`conda create`, `micromamba create` with an explicit file, by py-rattler: those programs themselves come from channels only.

It takes the options that a frozen Dockerfile gives, and refuses all else, so that what is built is what the command says.
"""

import asyncio
import hashlib
import os
import pathlib
import sys
import urllib.request

import rattler
from rattler.package_streaming import extract

FLAGS = {"--yes", "-y", "--quiet", "--no-rc", "--no-pyc", "--always-copy", "--copy"}


async def main():
    words = iter(sys.argv[1:])
    if next(words) != "create":
        sys.exit("only create is known")
    options = {}
    for word in words:
        if word in ("--prefix", "--file"):
            options[word] = next(words)
        elif word not in FLAGS:
            sys.exit(f"unknown: {word}")
    # The records name the folder of the package, as those of conda name its cache: always the same one.
    folder = pathlib.Path("/tmp/explicit-packages")
    folder.mkdir()
    lines = pathlib.Path(options["--file"]).read_text().split()
    if lines.pop(0) != "@EXPLICIT":
        sys.exit("not an explicit file")
    records = []
    for line in lines:
        url, _, digest = line.partition("#sha256:")
        name = url.rsplit("/", 1)[1]
        data = urllib.request.urlopen(url, timeout=60).read()
        if hashlib.sha256(data).hexdigest() != digest:
            sys.exit(f"{url} has another sha256")
        (folder / name).write_bytes(data)
        extract(folder / name, folder / f"{name}.d")
        record = rattler.PackageRecord.from_index_json(
            folder / f"{name}.d/info/index.json", size=len(data), sha256=digest)
        records.append(rattler.RepoDataRecord(record, name, url, url.rsplit("/", 2)[0]))
    await rattler.install(
        records=records, target_prefix=options["--prefix"], cache_dir=folder / "cache", show_progress=False)


asyncio.run(main())
# py-rattler's threads outlive the interpreter, which ends in a crash.
os._exit(0)
