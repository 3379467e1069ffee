#!/usr/bin/env python3
"""Rewrites Dockerfiles against a registry on loopback that holds a small image under every name that they need.

    rewrite_corpus.py PROGRAM FOLDER [COUNT]

Needs docker-registry, skopeo, sqlite3 of Python and, for BuildKit's own parser, the PyPI package `dockerfile` in the Python
that runs this. The images are of Debian, Alpine and Fedora as far as their databases and package lists say; these, an earlier
pinproof.lock.json, locks for pip and conda and the locks of the build context know nearly all that the files ask for, so that
every kind of edit is made. Each file is rewritten twice: by versions, and with --snapshot.

For each result, and all of this is checked by this script and not by Pinproof:
- it parses with BuildKit's parser, with the same instructions, save the one that sets a snapshot;
- rewriting it gives the same bytes;
- its words are the words of the original, save that pins stand behind words and that what was added is one of the few forms
  which a rewriting adds; all bytes between words are the same;
- every finding of `check --require hashed` on it was listed by the rewriting, not an image has one that is known.
"""

import collections
import difflib
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import zlib

import rewrite_images

try:
    import dockerfile
except ImportError:
    dockerfile = None

COMMIT = "c0ffee0123456789c0ffee0123456789c0ffee01"
HASH = "ab" * 32
SNAPSHOT = "20240601T000000Z"
LOCK_FILES = ["package-lock.json", "yarn.lock", "pnpm-lock.yaml", "uv.lock", "Pipfile.lock", "pixi.lock", "bun.lock"]
TOKENS = re.compile(rb"\s+|[^\s]+")
PINS = [
    re.compile(rb"(:latest)?@sha256:[0-9a-f]{64}"),
    re.compile(rb"@sha256:[0-9a-f]{64}"),
    re.compile(rb"[=-](1:)?9\.8\.7-(6\.el9|r6|6)"),
    re.compile(rb"[@#]" + COMMIT.encode()),
]
ADDED = [
    re.compile(rb"--checksum=sha256:[0-9a-f]{64}"),
    re.compile(rb'&&|;|echo|"[0-9a-f]{64}|[^\s"]+"|\||sha256sum|-c|-'),
    re.compile(rb"--require-hashes|--no-deps|-r|/tmp/requirements\.pinproof\.txt|--file|/tmp/conda\.pinproof\.txt"),
    re.compile(rb"git|-C|[\w./+-]+|fetch|--depth|1|origin|checkout|submodule|update|--init|--recursive"),
    re.compile(rb"--frozen-lockfile|--immutable|--locked|--deploy|ci"),
]
MOUNT = re.compile(
    rb" --mount=type=bind,source=(requirements|conda)\.pinproof\.txt,target=/tmp/(requirements|conda)\.pinproof\.txt")
SET_ARCHIVE = re.compile(
    rb"RUN rm -f /etc/apt/sources\.list /etc/apt/sources\.list\.d/\w+\.sources .\r?\n"
    rb"    && printf '%s\\n' .\r?\n(        'deb [^']*' .\r?\n){3}        > /etc/apt/sources\.list\r?\n")


def parsed(data):
    if dockerfile is None:
        return None
    with tempfile.NamedTemporaryFile("wb") as file:
        file.write(data)
        file.flush()
        return [c.cmd.lower() for c in dockerfile.parse_file(file.name)]


def is_pinned(before, after):
    """Whether one word is the other with a pin in it."""
    if any(before == pin.sub(b"", after) for pin in PINS):
        return True
    if after.strip(b"'\"") == COMMIT.encode() or (before, after) in [(b"install", b"ci"), (b"i", b"ci")]:
        return True
    # The commit in the place of a reference.
    left, mark, right = after.partition(COMMIT.encode())
    return bool(mark) and left[-1:] in (b"@", b"#") and before.startswith(left) and before.endswith(right)


def differs_only_in_pins(old, new, named):
    """Compares the words; gives what is not a pin. `named` are words of which pip and conda installs may be rid."""
    new = MOUNT.sub(b"", new)
    left, right = TOKENS.findall(old), TOKENS.findall(new)
    wrong = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        gone, come = left[a:b], right[c:d]
        if len(gone) == len(come) and all(x == y or is_pinned(x, y) for x, y in zip(gone, come)):
            continue
        # A word may touch an operator: `torch; \\`, and `numba>=1` without quotes, which a shell reads as a redirection.
        plain = [re.sub(rb"(?<=\.txt)[;>].*", b"", t).rstrip(b";") or t for t in come]
        is_added = all(
            t.isspace() or any(p.fullmatch(t) for p in ADDED) or any(is_pinned(x, t) for x in gone) for t in plain)
        is_named = all(
            t.isspace() or t == b"\\" or t.strip(b"'\";\\") in named or re.split(rb"[;>]", t)[0] in named
            or any(is_pinned(t, y) for y in come) for t in gone)
        if not (is_added and is_named):
            wrong.append((gone, come))
    return wrong


class Facts:
    """What the rewriting is given: everything that the files ask for, save each tenth package."""

    def __init__(self, work, findings):
        self.names = collections.defaultdict(set)
        self.named = set()
        python, conda, downloads, repositories = {}, {}, {}, {}
        for path, finding in findings:
            subject, ecosystem = finding["subject"] or "", finding["ecosystem"]
            if ecosystem in ("apt", "apk", "rpm") and re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.+_-]*", subject):
                if zlib.crc32(subject.encode()) % 10:
                    self.names[ecosystem].add(subject)
            if ecosystem in ("pypi", "conda"):
                self.named.add(subject.encode())
                # As it is written, where a variable gives the version.
                written = path.read_bytes().split(b"\n")[finding["line"] - 1]
                self.named.update(w.strip(b"'\"") for w in written.split() if b"$" in w)
                name = re.match(r"(?:[\w.-]+::)?([A-Za-z0-9][A-Za-z0-9._-]*)", subject)
                version = re.search(r"==?([0-9][\w.]*)", subject)
                known = python if ecosystem == "pypi" else conda
                if name and subject != ".":
                    known[re.sub(r"[-_.]+", "-", name[1].lower()) if ecosystem == "pypi" else name[1]] = (
                        version[1] if version else "3.11.7" if name[1] == "python" else "99.0")
            if ecosystem == "download" and "$" not in subject:
                downloads[subject] = "sha256:" + HASH
            if ecosystem == "git":
                text = path.read_text(errors="replace")
                url = re.split(r"#", subject)[0].removeprefix("git+")
                plain = re.sub(r"(?<=/)([^@/]+)@[^/]*$", r"\1", url)
                words = re.findall(r"(?:-b|--branch|checkout|--hard|[@#])[ =]*([\w./-]+)", text)
                for base in (url, plain):
                    repositories[base] = COMMIT
                    for word in words:
                        repositories[f"{base}#{word}"] = COMMIT
        self.lock = work / "earlier.json"
        self.lock.write_text(json.dumps({
            "schema": "pinproof/lock/1", "images": {}, "downloads": downloads, "repositories": repositories}))
        self.python = work / "requirements.txt"
        python.setdefault("six", "1.16.0")
        conda.setdefault("python", "3.11.7")
        self.python.write_text("".join(f"{n}=={v} --hash=sha256:{HASH}\n" for n, v in sorted(python.items())))
        self.conda = work / "explicit.txt"
        self.conda.write_text("@EXPLICIT\n" + "".join(
            f"https://index.example/linux-64/{n}-{v}-0.conda#sha256:{HASH}\n" for n, v in sorted(conda.items())))

    def context(self, folder, text):
        """Locks wherever the file seems to want one."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in LOCK_FILES:
            for path in {name, *re.findall(r"([\w./-]*/)?" + re.escape(name), text)}:
                place = folder / path.lstrip("./") / ("" if path.endswith(name) else name)
                if ".." not in place.parts:
                    place.parent.mkdir(parents=True, exist_ok=True)
                    place.write_text("{}\n")


def main():
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 100
    with tempfile.TemporaryDirectory() as work:
        return run(program, folder, count, pathlib.Path(work))


def chosen(program, folder, count):
    """Files that BuildKit and Pinproof read, spread over the folder, the same ones each time."""
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    step = max(1, len(files) // (count * 2))
    found = []
    for path in files[::step] + [p for i, p in enumerate(files) if i % step]:
        if len(found) == count:
            break
        try:
            parsed(path.read_bytes())
        except Exception:  # noqa: BLE001  the binding has an exception of its own
            continue
        seen = subprocess.run(
            [program, "inspect", "--format", "json", f"dockerfile:{path}"], capture_output=True, text=True)
        if seen.returncode == 0:
            found.append((path, json.loads(seen.stdout)["images"]))
    return found


def findings_of(program, path, name="Dockerfile", context=None):
    words = [program, "check", "--require", "hashed", "--format", "json"]
    words += ["--context", str(context)] if context else []
    done = subprocess.run(
        [*words, "--stdin-name", name, "-"], stdin=open(path, "rb"), capture_output=True, text=True)
    return json.loads(done.stdout)["findings"]


def run(program, folder, count, work):
    files = chosen(program, folder, count)
    facts = Facts(work, [(p, f) for p, _ in files for f in findings_of(program, p)])
    registry = rewrite_images.Registry(work, facts.names)
    failures, kinds, left = [], collections.Counter(), collections.Counter()
    try:
        for number, (path, images) in enumerate(files):
            # One Dockerfile, one folder.
            place = work / f"file-{number}" / "Dockerfile"
            old = path.read_bytes()
            facts.context(place.parent, old.decode(errors="replace"))
            place.write_bytes(old)
            first = findings_of(program, path)
            ecosystems = collections.Counter(f["ecosystem"] for f in first)
            kind = max(["apt", "apk", "rpm"], key=lambda name: ecosystems[name])
            pushed = {i["reference"]: registry.push(i["reference"], kind) for i in images
                      if "$" not in i["reference"] and "@" not in i["reference"]}
            for more in [[], ["--snapshot", SNAPSHOT]]:
                words = [program, "freeze", "--dockerfile", place, "--mirror", f"*={registry.address}/{kind}",
                         "--from-lock", facts.lock, "--lock", facts.python, "--lock", facts.conda, *more]

                def fail(reason):
                    failures.append(f"{path.name}{' at a snapshot' if more else ''}: {reason}")

                def freeze(data):
                    place.write_bytes(data)
                    return subprocess.run(words, capture_output=True)

                done = freeze(old)
                if done.returncode not in (0, 1):
                    fail(f"exit {done.returncode}: {done.stderr.decode()[-300:]}")
                    continue
                new = done.stdout
                again = freeze(new)
                if again.stdout != new:
                    fail("rewriting the rewritten changes it")
                try:
                    without = SET_ARCHIVE.sub(b"", new)
                    parsed(new)
                    if parsed(old) != parsed(without):
                        fail("BuildKit's parser reads other instructions")
                except Exception as error:  # noqa: BLE001
                    fail(f"BuildKit's parser refuses it: {error}")
                if wrong := differs_only_in_pins(old, without, facts.named):
                    fail(f"other words: {wrong[:3]}")
                # In place, so that the files which are mounted are there for check.
                place.write_bytes(old)
                place.with_name("pinproof.lock.json").unlink(missing_ok=True)
                written = subprocess.run([*words, "--in-place"], capture_output=True, text=True)
                if place.read_bytes() != new:
                    fail("--in-place writes something else")
                for line in written.stdout.splitlines():
                    kinds[kind_of(line)] += 1
                listed = done.stderr.decode()
                for finding in findings_of(program, place, str(place), place.parent):
                    if finding.get("strength") is None and finding["severity"] != "error":
                        continue
                    left[finding["rule"]] += 1
                    where = f":{finding['line']}:{finding['column']}: left as it is"
                    if where not in listed:
                        fail(f"not said: {finding['rule']} {finding['subject']} line {finding['line']}")
                    if finding["rule"] in ("floating-image", "image-without-digest") and pushed.get(finding["subject"]):
                        fail(f"an image whose digest is known stays: {finding['subject']}")
    finally:
        registry.stop()
    for failure in failures:
        print(failure)
    print("pinned: " + ", ".join(f"{n} {name}" for name, n in kinds.most_common()))
    print("left and said: " + ", ".join(f"{n} {name}" for name, n in left.most_common()))
    print(f"{len(files)} files, {sum(kinds.values())} pins written, {sum(left.values())} left and said, "
          f"{len(failures)} failures")
    return 1 if failures or not files else 0


def kind_of(line):
    """What a line of --in-place tells of."""
    _, _, pinned = line.partition(" -> ")
    for name, pattern in {
        "digests": "@sha256:", "checksums": "--checksum=|sha256sum -c", "archives": "as it was at", "commits": COMMIT,
        "conda installs": "--file conda", "pip installs": "-r requirements", "versions": r"9\.8\.7-",
        "locked projects": "npm ci|--frozen-lockfile|--immutable|--locked|--deploy",
    }.items():
        if re.search(pattern, pinned):
            return name
    return "other"


if __name__ == "__main__":
    sys.exit(main())
