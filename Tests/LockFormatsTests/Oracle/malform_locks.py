"""Breaks real locks in every way and looks at what Pinproof says: malform_locks.py PINPROOF FOLDER [BIG-MEGABYTES].

FOLDER holds one file of each format under its own name (`lockfiles/classifier` does). Each broken file must end with exit status 2,
one error with line and column, and less memory than twenty times its size above 64 MiB; never with a signal. A file that is cut may
be read when the cut leaves a whole file: such cuts are counted and named.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

PINPROOF, FOLDER = sys.argv[1], pathlib.Path(sys.argv[2])
BIG = int(sys.argv[3]) if len(sys.argv) > 3 else 200
#: Formats that are lists of lines: less of them is a whole file.
LINES = ("requirements", "explicit", "conda-linux-64.lock")
FILES = (
    "uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "Pipfile", "pylock.toml", "pyproject.toml", "requirements.txt",
    "environment.yml", "explicit.txt", "conda-lock.yml", "pixi.lock", "renv.lock")
#: How each format writes its version, and a newer one.
VERSIONS = {
    "uv.lock": (rb"^version = 1", b"version = 2"), "poetry.lock": (rb'lock-version = "[\d.]+"', b'lock-version = "9.0"'),
    "pdm.lock": (rb'lock_version = "[\d.]+"', b'lock_version = "9.0"'),
    "Pipfile.lock": (rb'"pipfile-spec": 6', b'"pipfile-spec": 9'), "pylock.toml": (rb'lock-version = "1.0"', b'lock-version = "9.0"'),
    "conda-lock.yml": (rb"(?m)^version: 1", b"version: 9"), "pixi.lock": (rb"(?m)^version: \d", b"version: 99"),
}
failures = 0
whole = 0


def fail(file, kind, what):
    global failures
    failures += 1
    print(f"FAIL {file} {kind}: {what}", flush=True)


def run(path):
    """Exit status, standard error and peak memory in MiB."""
    with open(path.with_suffix(".err"), "w+") as errors, open(os.devnull, "w") as nothing:
        process = subprocess.Popen([PINPROOF, "inspect", f"lock:{path}", "--format", "json"], stdout=nothing, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        errors.seek(0)
        return os.waitstatus_to_exitcode(status), errors.read(), usage.ru_maxrss // 1024


def check(folder, file, kind, content, may_be_whole=False, needs=None):
    global whole
    path = folder / file
    path.write_bytes(content)
    status, message, memory = run(path)
    lines = message.strip().splitlines()
    if memory > 64 + 20 * len(content) // 2**20:
        fail(file, kind, f"{memory} MiB for {len(content) >> 20} MiB")
    if status == 0 and may_be_whole:
        whole += 1
        if not file.startswith(LINES):
            print(f"whole {file} {kind}", flush=True)
    elif status != 2:
        fail(file, kind, f"exit {status}: {message[:200]}")
    elif len(lines) != 1 or len(message) > 600:
        fail(file, kind, f"{len(lines)} lines, {len(message)} bytes of error: {message[:200]}")
    elif not re.search(rf"{re.escape(file)}(:\d+:\d+)?: ", message) or needs and needs not in message:
        fail(file, kind, message[:300])
    elif ":" not in message.split(file, 1)[1][:2] and kind != "empty":
        fail(file, kind, f"no place: {message[:200]}")


def nested(file):
    if file.endswith((".yml", "pixi.lock")):
        return b"dependencies: " + b"[" * 100_000
    if file in ("Pipfile.lock", "renv.lock"):
        return b'{"a":' * 100_000
    return b"a = " + b"[" * 100_000


def doubled(file, content):
    """The file with its first key written twice."""
    if file in ("Pipfile.lock", "renv.lock"):
        return content.replace(b"{", b'{"x": 1, "x": 2, ', 1)
    if file.endswith((".yml", "pixi.lock")):
        return content + b"\nxx: 1\nxx: 2\n"
    return b"xx = 1\nxx = 2\n" + content


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for file in FILES:
            content = (FOLDER / file).read_bytes()
            for project in ("pyproject.toml",):
                (folder / project).write_bytes((FOLDER / project).read_bytes())
            is_lines = file.startswith(LINES)
            step = min(1000, max(1, len(content) // 12))
            for end in range(step, len(content), max(step, len(content) // 80)):
                check(folder, file, f"cut at {end}", content[:end], may_be_whole=True)
            check(folder, file, "empty", b"")
            check(folder, file, "zeros", bytes(4096))
            check(folder, file, "not UTF-8", content[:100] + b"\xff\xfe\xfa" + content[100:])
            if not is_lines:
                check(folder, file, "deep nesting", nested(file))
                check(folder, file, "duplicate key", doubled(file, content), may_be_whole=file == "Pipfile")
            if file in VERSIONS:
                newer, count = re.subn(VERSIONS[file][0], VERSIONS[file][1], content, count=1)
                assert count == 1, file
                check(folder, file, "newer version", newer, needs="9" if file != "uv.lock" else "2")
            # Every scalar type in place of each key's first value.
            for key in sorted(set(re.findall(rb'(?m)^\s*-? ?"?([A-Za-z_-]+)"? ?[=:] ', content)))[:40] if not is_lines else []:
                for value in (b"[[]]", b"true"):
                    broken = re.sub(rb'(?m)^(\s*-? ?"?' + key + rb'"? ?[=:] ).+$', rb"\g<1>" + value + (b"," if file in ("Pipfile.lock", "renv.lock") else b""), content, count=1)
                    path = folder / file
                    path.write_bytes(broken)
                    status, message, _ = run(path)
                    if status not in (0, 2) or status == 2 and len(message.strip().splitlines()) != 1:
                        fail(file, f"{key} = {value}", f"exit {status}: {message[:200]}")
            (folder / file).unlink()
        # Last, because the memory of a process counts from that of whoever started it.
        for file in FILES if BIG else ():
            line = b"a" * 79 + b"\n"
            check(folder, file, f"{BIG} MB", (FOLDER / file).read_bytes() + line * (BIG * 1_000_000 // len(line)))
            (folder / file).unlink()
    print(f"{failures} failures; {whole} cuts leave a whole file", flush=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
