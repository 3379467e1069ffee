#!/usr/bin/env python3
"""Damages real libraries at random and lets `inspect` read them: no signal, no hang, bounded memory.

    mutated_libraries.py PROGRAM ROOT [--count 3000] [--seed 1] [--batch 100] [--memory MIB] [--seconds N]

ROOT's /usr/lib and /opt are searched for shared objects of at most 3 MiB; ROOT may be `/` of a Debian with python3. Each batch is a root of
its own: ROOT's interpreter with its loader and C library, and a package whose extension modules are damaged copies: bytes changed in headers, dynamic sections, symbol and string
tables or anywhere, 0xFF over numbers, ends cut off. The program runs with a limit of its address space and must end with an exit
status below 3 within the time. It prints what failed, and the largest resident size.
"""

import argparse
import json
import os
import pathlib
import random
import resource
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time


def libraries(root):
    found = []
    for path in sorted(path for top in ("usr/lib", "opt") for path in (pathlib.Path(root) / top).rglob("*.so*")):
        if path.is_file() and not path.is_symlink() and 64 < path.stat().st_size <= 3 << 20:
            with open(path, "rb") as file:
                if file.read(4) == b"\x7fELF":
                    found.append(path)
    return found


def places(data):
    """The start and length of what a loader reads: headers, dynamic section, and the tables that it names."""
    areas = [(0, 64)]
    try:
        offset, size, count = struct.unpack_from("<Q", data, 32)[0], *struct.unpack_from("<HH", data, 54)
        areas.append((offset, size * count))
        loads = []
        for index in range(count):
            kind, _, start, address, _, length = struct.unpack_from("<IIQQQQ", data, offset + index * size)
            if kind == 1:
                loads.append((address, start, length))
            if kind in (2, 4):
                areas.append((start, length))
            if kind == 2:
                for row in range(start, start + length - 15, 16):
                    tag, value = struct.unpack_from("<QQ", data, row)
                    if tag in (4, 5, 6, 0x6FFFFEF5, 0x6FFFFFF0, 0x6FFFFFFC, 0x6FFFFFFE):
                        for base, file, bytes_ in loads:
                            if base <= value < base + bytes_:
                                areas.append((file + value - base, 512))
    except struct.error:
        pass
    return [(start, min(length, len(data) - start)) for start, length in areas if 0 <= start < len(data) and length > 0]


def mutated(data, generator):
    data = bytearray(data)
    areas = places(data)
    for _ in range(generator.randint(1, 8)):
        start, length = generator.choice(areas) if generator.random() < 0.85 else (0, len(data))
        if not data or length <= 0:
            break
        place = min(start + generator.randrange(length), len(data) - 1)
        kind = generator.randrange(5)
        if kind == 0:
            data[place] = generator.randrange(256)
        elif kind == 1:
            data[place : place + 8] = b"\xff" * len(data[place : place + 8])
        elif kind == 2:
            data[place : place + 8] = bytes(len(data[place : place + 8]))
        elif kind == 3:
            number = struct.pack("<Q", generator.choice([1 << 63, (1 << 31) - 1, len(data), len(data) - 1, 1 << 40, 0x7FFFFFFFFFFFFFFF]))
            data[place : place + 8] = number[: len(data[place : place + 8])]
        else:
            del data[generator.randrange(len(data)) :]
    return bytes(data)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program"), parser.add_argument("root")
    parser.add_argument("--count", type=int, default=3000), parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--batch", type=int, default=100), parser.add_argument("--memory", type=int, default=1024)
    parser.add_argument("--seconds", type=int, default=120)
    options = parser.parse_args()
    root = pathlib.Path(options.root).resolve()
    generator = random.Random(options.seed)
    sources = libraries(root)
    releases = [path.name.removeprefix("python3.") for path in (root / "usr/bin").glob("python3.*") if path.name.removeprefix("python3.").isdigit()]
    if not sources or not releases:
        sys.exit(f"{root}: there are no shared objects, or no /usr/bin/python3.N")
    release = max(releases, key=int)
    failures, largest, slowest, read, judged = 0, 0, 0.0, 0, 0
    for batch in range((options.count + options.batch - 1) // options.batch):
        with tempfile.TemporaryDirectory() as work:
            work = pathlib.Path(work)
            site = work / f"usr/local/lib/python3.{release}/dist-packages"
            (site / "demo").mkdir(parents=True)
            (site / "demo-1.0.dist-info").mkdir()
            for name in [f"usr/bin/python3.{release}", "lib64/ld-linux-x86-64.so.2", *(f"lib/x86_64-linux-gnu/lib{item}" for item in ["c.so.6", "m.so.6", "z.so.1", "expat.so.1"]), f"usr/lib/python3.{release}/os.py", "etc/os-release"]:
                if (root / name).exists():
                    (work / name).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(root / name, work / name)
            rows = []
            for index in range(min(options.batch, options.count - batch * options.batch)):
                name = f"demo/m{index}.abi3.so"
                (site / name).write_bytes(mutated(generator.choice(sources).read_bytes(), generator))
                rows.append(f"{name},,\n")
            (site / "demo/__init__.py").write_text("")
            (site / "demo-1.0.dist-info/METADATA").write_text("Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n\n")
            (site / "demo-1.0.dist-info/WHEEL").write_text(f"Wheel-Version: 1.0\nTag: cp3{release}-abi3-manylinux_2_17_x86_64\n")
            (site / "demo-1.0.dist-info/RECORD").write_text("".join(rows))
            limit = options.memory << 20
            start = time.monotonic()
            process = subprocess.Popen(
                [options.program, "inspect", str(work), "--needs", "--format", "json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
            )  # fmt: skip
            try:
                output, errors = process.communicate(timeout=options.seconds)
                status = process.returncode
            except subprocess.TimeoutExpired:
                process.kill()
                output, errors = process.communicate()
                status = "a hang"
            slowest = max(slowest, time.monotonic() - start)
            read += len(rows)
            if status not in (0, 1, 2):
                failures += 1
                named = signal.Signals(-status).name if isinstance(status, int) and status < 0 else status
                kept = pathlib.Path(tempfile.mkdtemp(prefix="mutated-")) / "root"
                shutil.copytree(work, kept)
                print(f"batch {batch}: {named}, {errors[-300:]!r}; its files are in {kept}", flush=True)
            else:
                loading = json.loads(output).get("loading") or {}
                judged += (loading.get("counts") or {}).get("roots", 0)
        largest = max(largest, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
    if judged == 0:
        failures += 1
    print(f"{read} damaged libraries, {judged} judged as roots, {failures} failures; at most {largest >> 10} MiB, {slowest:.1f} s a batch of {options.batch}")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
