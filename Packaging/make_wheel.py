#!/usr/bin/env python3
"""Packs the portable program and the Python package into a wheel: Packaging/make_wheel.py PROGRAM DIRECTORY

The wheel holds the program as a script (it is on PATH after the installation), the package ``pinproof``, the licences of
everything that is linked in, and a bill of materials in CycloneDX (PEP 770). The same input gives the same bytes.

Source of the format: https://packaging.python.org/en/latest/specifications/binary-distribution-format/
"""

import argparse
import base64
import hashlib
import json
import os
import pathlib
import platform
import re
import subprocess
import sys
import tempfile
import time
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
# The static libraries that Packaging/link names, and the Debian package that owns the text of their licences.
LIBRARIES = {
    "libarchive": "libarchive-dev",
    "libcrypto, libssl": "libssl-dev",
    "libyaml": "libyaml-dev",
    "nettle": "nettle-dev",
    "acl": "libacl1-dev",
    "attr": "libattr1-dev",
    "liblzma": "liblzma-dev",
    "zstd": "libzstd-dev",
    "lz4": "liblz4-dev",
    "bzip2": "libbz2-dev",
    "zlib": "zlib1g-dev",
    "isa-l": "libisal-dev",
    "jemalloc": "libjemalloc-dev",
    "curl": "libcurl4-openssl-dev",
    "libstdc++": "libstdc++-12-dev",
}
SUMMARY = "Pins machine-learning environments and proves that they stayed the same"


def fail(message):
    sys.exit(f"make_wheel: {message}")


def version_of(package):
    query = subprocess.run(
        ["dpkg-query", "--show", "--showformat=${Version}", package], capture_output=True, text=True, check=False)
    if query.returncode != 0:
        fail(f"{package} is not installed; run .ci/setup package")
    return query.stdout


def swift_version():
    text = subprocess.run(["swiftc", "--version"], capture_output=True, text=True, check=True).stdout
    return re.search(r"Swift version ([0-9.]+)", text).group(1)


def swift_license():
    swift = pathlib.Path(os.path.realpath(subprocess.run(
        ["sh", "-c", "command -v swiftc"], capture_output=True, text=True, check=True).stdout.strip()))
    for place in (swift.parent.parent / "share/swift/LICENSE.txt", swift.parent.parent / "share/doc/swift/LICENSE.txt"):
        if place.is_file():
            return place.read_bytes()
    return None


def argument_parser():
    """The checkout of swift-argument-parser that the program was built from, and its version."""
    checkout = next(iter(ROOT.glob(".build/checkouts/swift-argument-parser")), None)
    resolved = ROOT / "Package.resolved"
    if checkout is None or not resolved.is_file():
        fail("swift-argument-parser is not there; build the program first")
    for pin in json.loads(resolved.read_text())["pins"]:
        if pin["identity"] == "swift-argument-parser":
            return checkout, pin["state"].get("version") or pin["state"]["revision"]
    fail("Package.resolved does not name swift-argument-parser")


def bill(version, program):
    """What is linked in, as CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/)."""
    components = []
    for name, package in sorted(LIBRARIES.items()):
        number = version_of(package)
        components.append({
            "type": "library", "bom-ref": f"debian/{package}", "name": name, "version": number,
            "purl": f"pkg:deb/debian/{package}@{number.replace(':', '%3A').replace('+', '%2B')}",
        })
    components.append({"type": "library", "bom-ref": "swift", "name": "Swift runtime", "version": swift_version()})
    components.append({
        "type": "library", "bom-ref": "swift-argument-parser", "name": "swift-argument-parser",
        "version": argument_parser()[1],
        "purl": f"pkg:swift/github.com/apple/swift-argument-parser@{argument_parser()[1]}",
    })
    return {
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "metadata": {"component": {
            "type": "application", "bom-ref": "pinproof", "name": "pinproof", "version": version,
            "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(program).hexdigest()}],
        }},
        "components": components,
        "dependencies": [{"ref": "pinproof", "dependsOn": [item["bom-ref"] for item in components]}],
    }


def members(program, executable, version, tag):
    """Path to (bytes, mode) of everything in the wheel but RECORD."""
    info = f"pinproof-{version}.dist-info"
    files = {f"pinproof-{version}.data/scripts/pinproof": (program, 0o755)}
    for path in sorted((ROOT / "Python/pinproof").rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            files[f"pinproof/{path.relative_to(ROOT / 'Python/pinproof')}"] = (path.read_bytes(), 0o644)
    # Installers put data below the prefix: man and the shells look there.
    with tempfile.TemporaryDirectory() as directory:
        subprocess.run([ROOT / "Packaging/make_man", executable, directory], check=True)
        for path in sorted(pathlib.Path(directory).rglob("*")):
            if path.is_file():
                files[f"pinproof-{version}.data/data/{path.relative_to(directory)}"] = (path.read_bytes(), 0o644)
    licenses = {"LICENSE": (ROOT / "LICENSE").read_bytes()}
    for package in sorted(set(LIBRARIES.values())):
        licenses[f"{package}.txt"] = pathlib.Path(f"/usr/share/doc/{package}/copyright").read_bytes()
    licenses["swift-argument-parser.txt"] = (argument_parser()[0] / "LICENSE.txt").read_bytes()
    if (text := swift_license()) is not None:
        licenses["swift.txt"] = text
    for name, data in licenses.items():
        files[f"{info}/licenses/{name}"] = (data, 0o644)
    files[f"{info}/sboms/pinproof.cdx.json"] = (
        (json.dumps(bill(version, program), indent=2) + "\n").encode(), 0o644)
    headers = [
        "Metadata-Version: 2.4", "Name: pinproof", f"Version: {version}", f"Summary: {SUMMARY}",
        "License-Expression: Apache-2.0", *(f"License-File: {name}" for name in sorted(licenses)),
        "Requires-Python: >=3.9", "Classifier: Typing :: Typed",
        "Description-Content-Type: text/markdown",
    ]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    files[f"{info}/METADATA"] = (("\n".join(headers) + "\n\n" + readme).encode(), 0o644)
    files[f"{info}/WHEEL"] = (
        f"Wheel-Version: 1.0\nGenerator: pinproof make_wheel\nRoot-Is-Purelib: false\nTag: py3-none-{tag}\n".encode(), 0o644)
    return info, files


def write(path, info, files):
    moment = time.gmtime(max(int(os.environ.get("SOURCE_DATE_EPOCH", "1577836800")), 315532800))[:6]
    record = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        def add(name, data, mode):
            member = zipfile.ZipInfo(name, moment)
            member.external_attr = (0o100000 | mode) << 16
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, data, compresslevel=9)
        # The dist-info directory comes last, as the format recommends.
        for name, (data, mode) in sorted(files.items(), key=lambda item: (item[0].startswith(info), item[0])):
            add(name, data, mode)
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            record.append(f"{name},sha256={digest},{len(data)}")
        add(f"{info}/RECORD", ("\n".join([*record, f"{info}/RECORD,,"]) + "\n").encode(), 0o644)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--machine", default=platform.machine(), help="x86_64 or aarch64")
    arguments = parser.parse_args()
    program = arguments.program.read_bytes()
    version = subprocess.run(
        [arguments.program, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    tag = f"manylinux_2_28_{arguments.machine}"
    info, files = members(program, arguments.program, version, tag)
    arguments.directory.mkdir(parents=True, exist_ok=True)
    path = arguments.directory / f"pinproof-{version}-py3-none-{tag}.whl"
    write(path, info, files)
    print(f"{path} ({path.stat().st_size / 1e6:.1f} MB)")


if __name__ == "__main__":
    main()
