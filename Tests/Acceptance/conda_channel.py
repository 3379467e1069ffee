"""Makes a small conda channel, and an environment of it with py-rattler. Run with the Python of an environment that has
py-rattler and zstandard: conda_channel.py CHANNEL PREFIX

Four packages: an interpreter with the prefix in a binary and in a text file (.tar.bz2), a noarch Python package with an
entry point and a script whose first line has the prefix, a package with plain files and a link, a package of another build.
"""

import asyncio
import base64
import hashlib
import io
import json
import os
import pathlib
import struct
import sys
import tarfile
import zipfile

import rattler
import zstandard

PLACEHOLDER = "/home/builder/placehold_" + "placehold_" * 18
# The headers of an ELF program for x86-64 that has one segment, of these bytes.
HEADER = b"\x7fELF" + struct.pack("<BBB9xHHIQQQIHHHHHH", 2, 1, 1, 2, 62, 1, 0, 64, 0, 0, 64, 56, 1, 64, 0, 0)
HEADER += struct.pack("<IIQQQQQQ", 1, 5, 0, 0, 0, 120, 120, 4096)
CONTENTS = {
    "python": {
        "bin/python3.11": HEADER + b"%b/lib:%b\0tail\0" % (PLACEHOLDER.encode(), PLACEHOLDER.encode()) + bytes(64),
        "lib/python3.11/os.py": b"name = 'posix'\n",
        "lib/python3.11/_sysconfigdata.py": f"build = {{'prefix': '{PLACEHOLDER}'}}\n".encode(),
    },
    "plain": {"share/plain/data.txt": b"data\n"},
}


def digest(data):
    return hashlib.sha256(data).hexdigest()


def record_row(path, data):
    encoded = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
    return f"{path},sha256={encoded},{len(data)}\n"


def demo():
    """A noarch Python package as conda-build makes it, with the RECORD of the pip that built it."""
    info = "site-packages/demo-1.0.dist-info"
    files = {
        "site-packages/demo/__init__.py": b"def main():\n    return 0\n",
        f"{info}/METADATA": b"Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n",
        f"{info}/INSTALLER": b"conda\n",
        f"{info}/entry_points.txt": b"[console_scripts]\ndemo = demo:main\n",
        "python-scripts/demo-tool": f"#!{PLACEHOLDER}/bin/python\nimport demo\n".encode(),
    }
    rows = ""
    for path, data in files.items():
        inner = path.removeprefix("site-packages/") if path.startswith("site-packages/") else "../../../bin/demo-tool"
        rows += record_row(inner, data)
    files[f"{info}/RECORD"] = (rows + "demo-1.0.dist-info/RECORD,,\n").encode()
    return files


def tar(files, links=()):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            entry.mode = 0o755 if "bin/" in name or "scripts/" in name else 0o644
            archive.addfile(entry, io.BytesIO(data))
        for name, target in links:
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = tarfile.SYMTYPE, target
            archive.addfile(entry)
    return buffer.getvalue()


def write(folder, name, version, subdir, files, kind, links=(), entry_points=(), depends=(), build="0", build_number=0):
    paths = []
    for path, data in files.items():
        row = {"_path": path, "path_type": "hardlink", "sha256": digest(data), "size_in_bytes": len(data)}
        if PLACEHOLDER.encode() in data:
            row["prefix_placeholder"] = PLACEHOLDER
            row["file_mode"] = "binary" if b"\0" in data else "text"
        paths.append(row)
    for path, target in links:
        data = files.get(str(pathlib.PurePosixPath(path).parent / target), b"")
        paths.append({"_path": path, "path_type": "softlink", "sha256": digest(data), "size_in_bytes": len(data)})
    index = {
        "name": name, "version": version, "build": build, "build_number": build_number, "subdir": subdir,
        "depends": list(depends), "arch": None, "platform": None,
    }  # fmt: skip
    information = {"info/index.json": index, "info/paths.json": {"paths": paths, "paths_version": 1}}
    information["info/files"] = None
    if subdir == "noarch":
        index["noarch"] = "python"
        noarch = {"type": "python", "entry_points": list(entry_points)}
        information["info/link.json"] = {"noarch": noarch, "package_metadata_version": 1}
    texts = {path: json.dumps(value).encode() for path, value in information.items() if value is not None}
    texts["info/files"] = "".join(row["_path"] + "\n" for row in paths).encode()
    stem = f"{name}-{version}-{build}"
    target = folder / subdir / f"{stem}.{kind}"
    target.parent.mkdir(parents=True, exist_ok=True)
    if kind == "tar.bz2":
        with tarfile.open(target, "w:bz2") as archive:
            for member in tarfile.open(fileobj=io.BytesIO(tar({**files, **texts}, links))):
                source = tarfile.open(fileobj=io.BytesIO(tar({**files, **texts}, links)))
                archive.addfile(member, source.extractfile(member) if member.isfile() else None)
    else:
        compress = zstandard.ZstdCompressor().compress
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr("metadata.json", json.dumps({"conda_pkg_format_version": 2}))
            archive.writestr(f"pkg-{stem}.tar.zst", compress(tar(files, links)))
            archive.writestr(f"info-{stem}.tar.zst", compress(tar(texts)))
    data = target.read_bytes()
    return target, {**index, "sha256": digest(data), "md5": hashlib.md5(data).hexdigest(), "size": len(data)}


async def install(channel, prefix):
    records = await rattler.solve(
        sources=[channel.as_uri()], specs=["python", "demo", "plain"], platforms=["linux-64", "noarch"]
    )
    await rattler.install(records=records, target_prefix=prefix, cache_dir=channel.parent / "cache", show_progress=False)


def main():
    channel, prefix = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
    made = [
        write(channel, "python", "3.11.4", "linux-64", CONTENTS["python"], "tar.bz2"),
        write(
            channel, "plain", "2.0", "linux-64", CONTENTS["plain"], "conda", links=[("share/plain/link", "data.txt")]
        ),
        write(
            channel, "demo", "1.0", "noarch", demo(), "conda", entry_points=["demo = demo:main"],
            depends=["python >=3.11"],
        ),
    ]  # fmt: skip
    for subdir in ["linux-64", "noarch"]:
        packages = {path.name: row for path, row in made if path.parent.name == subdir}
        old = {name: row for name, row in packages.items() if name.endswith(".tar.bz2")}
        new = {name: row for name, row in packages.items() if name.endswith(".conda")}
        repodata = {"info": {"subdir": subdir}, "packages": old, "packages.conda": new, "repodata_version": 1}
        (channel / subdir / "repodata.json").write_text(json.dumps(repodata))
    lines = [f"https://index.example/{path.parent.name}/{path.name}#sha256:{row['sha256']}" for path, row in made]
    (channel / "explicit.txt").write_text("\n".join(["# platform: linux-64", "@EXPLICIT", *lines]) + "\n")
    other, row = write(
        channel.parent / "other", "plain", "2.0", "linux-64", {"share/plain/data.txt": b"other\n"}, "conda", build="1"
    )
    text = (channel / "explicit.txt").read_text().splitlines()
    instead = f"https://index.example/linux-64/{other.name}#sha256:{row['sha256']}"
    text = [instead if "/plain-" in line else line for line in text]
    (channel / "other-build.txt").write_text("\n".join(text) + "\n")
    asyncio.run(install(channel, prefix))
    # py-rattler's threads outlive the interpreter, which ends in a crash.
    os._exit(0)


main()
